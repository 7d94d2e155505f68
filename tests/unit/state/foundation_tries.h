/* The trie tests of the Ethereum Foundation (repository ethereum/tests, directory TrieTests, MIT licence): all but the
 * one about iteration. Keys and values in hexadecimal; a step without value removes the key. In a secure trie the key
 * is replaced by its keccak256. */
#ifndef TESTS_UNIT_STATE_FOUNDATION_TRIES_H
#define TESTS_UNIT_STATE_FOUNDATION_TRIES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct foundation_step {
    const char *key;
    const char *value;
} foundation_step;

typedef struct foundation_trie {
    const char *name;
    const foundation_step *steps;
    size_t step_count;
    bool secure;
    const char *root;
} foundation_trie;

static const foundation_step steps_trieanyorder_singleItem[] = {
    {"41", "6161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161"},
};

static const foundation_step steps_trieanyorder_dogs[] = {
    {"646f65", "7265696e64656572"},
    {"646f67", "7075707079"},
    {"646f67676c6573776f727468", "636174"},
};

static const foundation_step steps_trieanyorder_puppy[] = {
    {"646f", "76657262"},
    {"686f727365", "7374616c6c696f6e"},
    {"646f6765", "636f696e"},
    {"646f67", "7075707079"},
};

static const foundation_step steps_trieanyorder_foo[] = {
    {"666f6f", "626172"},
    {"666f6f64", "62617373"},
};

static const foundation_step steps_trieanyorder_smallValues[] = {
    {"6265", "65"},
    {"646f67", "7075707079"},
    {"626564", "64"},
};

static const foundation_step steps_trieanyorder_testy[] = {
    {"74657374", "74657374"},
    {"7465", "7465737479"},
};

static const foundation_step steps_trieanyorder_hex[] = {
    {"0045", "0123456789"},
    {"4500", "9876543210"},
};

static const foundation_step steps_trietest_emptyValues[] = {
    {"646f", "76657262"},
    {"6574686572", "776f6f6b6965646f6f"},
    {"686f727365", "7374616c6c696f6e"},
    {"7368616d616e", "686f727365"},
    {"646f6765", "636f696e"},
    {"6574686572", NULL},
    {"646f67", "7075707079"},
    {"7368616d616e", NULL},
};

static const foundation_step steps_trietest_branchingTests[] = {
    {"04110d816c380812a427968ece99b1c963dfbce6", "736f6d657468696e67"},
    {"095e7baea6a6c7c4c2dfeb977efac326af552d87", "736f6d657468696e67"},
    {"0a517d755cebbf66312b30fff713666a9cb917e0", "736f6d657468696e67"},
    {"24dd378f51adc67a50e339e8031fe9bd4aafab36", "736f6d657468696e67"},
    {"293f982d000532a7861ab122bdc4bbfd26bf9030", "736f6d657468696e67"},
    {"2cf5732f017b0cf1b1f13a1478e10239716bf6b5", "736f6d657468696e67"},
    {"31c640b92c21a1f1465c91070b4b3b4d6854195f", "736f6d657468696e67"},
    {"37f998764813b136ddf5a754f34063fd03065e36", "736f6d657468696e67"},
    {"37fa399a749c121f8a15ce77e3d9f9bec8020d7a", "736f6d657468696e67"},
    {"4f36659fa632310b6ec438dea4085b522a2dd077", "736f6d657468696e67"},
    {"62c01474f089b07dae603491675dc5b5748f7049", "736f6d657468696e67"},
    {"729af7294be595a0efd7d891c9e51f89c07950c7", "736f6d657468696e67"},
    {"83e3e5a16d3b696a0314b30b2534804dd5e11197", "736f6d657468696e67"},
    {"8703df2417e0d7c59d063caa9583cb10a4d20532", "736f6d657468696e67"},
    {"8dffcd74e5b5923512916c6a64b502689cfa65e1", "736f6d657468696e67"},
    {"95a4d7cccb5204733874fa87285a176fe1e9e240", "736f6d657468696e67"},
    {"99b2fcba8120bedd048fe79f5262a6690ed38c39", "736f6d657468696e67"},
    {"a4202b8b8afd5354e3e40a219bdc17f6001bf2cf", "736f6d657468696e67"},
    {"a94f5374fce5edbc8e2a8697c15331677e6ebf0b", "736f6d657468696e67"},
    {"a9647f4a0a14042d91dc33c0328030a7157c93ae", "736f6d657468696e67"},
    {"aa6cffe5185732689c18f37a7f86170cb7304c2a", "736f6d657468696e67"},
    {"aae4a2e3c51c04606dcb3723456e58f3ed214f45", "736f6d657468696e67"},
    {"c37a43e940dfb5baf581a0b82b351d48305fc885", "736f6d657468696e67"},
    {"d2571607e241ecf590ed94b12d87c94babe36db6", "736f6d657468696e67"},
    {"f735071cbee190d76b704ce68384fc21e389fbe7", "736f6d657468696e67"},
    {"04110d816c380812a427968ece99b1c963dfbce6", NULL},
    {"095e7baea6a6c7c4c2dfeb977efac326af552d87", NULL},
    {"0a517d755cebbf66312b30fff713666a9cb917e0", NULL},
    {"24dd378f51adc67a50e339e8031fe9bd4aafab36", NULL},
    {"293f982d000532a7861ab122bdc4bbfd26bf9030", NULL},
    {"2cf5732f017b0cf1b1f13a1478e10239716bf6b5", NULL},
    {"31c640b92c21a1f1465c91070b4b3b4d6854195f", NULL},
    {"37f998764813b136ddf5a754f34063fd03065e36", NULL},
    {"37fa399a749c121f8a15ce77e3d9f9bec8020d7a", NULL},
    {"4f36659fa632310b6ec438dea4085b522a2dd077", NULL},
    {"62c01474f089b07dae603491675dc5b5748f7049", NULL},
    {"729af7294be595a0efd7d891c9e51f89c07950c7", NULL},
    {"83e3e5a16d3b696a0314b30b2534804dd5e11197", NULL},
    {"8703df2417e0d7c59d063caa9583cb10a4d20532", NULL},
    {"8dffcd74e5b5923512916c6a64b502689cfa65e1", NULL},
    {"95a4d7cccb5204733874fa87285a176fe1e9e240", NULL},
    {"99b2fcba8120bedd048fe79f5262a6690ed38c39", NULL},
    {"a4202b8b8afd5354e3e40a219bdc17f6001bf2cf", NULL},
    {"a94f5374fce5edbc8e2a8697c15331677e6ebf0b", NULL},
    {"a9647f4a0a14042d91dc33c0328030a7157c93ae", NULL},
    {"aa6cffe5185732689c18f37a7f86170cb7304c2a", NULL},
    {"aae4a2e3c51c04606dcb3723456e58f3ed214f45", NULL},
    {"c37a43e940dfb5baf581a0b82b351d48305fc885", NULL},
    {"d2571607e241ecf590ed94b12d87c94babe36db6", NULL},
    {"f735071cbee190d76b704ce68384fc21e389fbe7", NULL},
};

static const foundation_step steps_trietest_jeff[] = {
    {"0000000000000000000000000000000000000000000000000000000000000045", "22b224a1420a802ab51d326e29fa98e34c4f24ea"},
    {"0000000000000000000000000000000000000000000000000000000000000046",
     "67706c2076330000000000000000000000000000000000000000000000000000"},
    {"0000000000000000000000000000000000000000000000000000001234567890", "697c7b8c961b56f675d570498424ac8de1a918f6"},
    {"000000000000000000000000697c7b8c961b56f675d570498424ac8de1a918f6", "1234567890"},
    {"0000000000000000000000007ef9e639e2733cb34e4dfc576d4b23f72db776b2",
     "4655474156000000000000000000000000000000000000000000000000000000"},
    {"000000000000000000000000ec4f34c97e43fbb2816cfd95e388353c7181dab1",
     "4e616d6552656700000000000000000000000000000000000000000000000000"},
    {"4655474156000000000000000000000000000000000000000000000000000000", "7ef9e639e2733cb34e4dfc576d4b23f72db776b2"},
    {"4e616d6552656700000000000000000000000000000000000000000000000000", "ec4f34c97e43fbb2816cfd95e388353c7181dab1"},
    {"0000000000000000000000000000000000000000000000000000001234567890", NULL},
    {"000000000000000000000000697c7b8c961b56f675d570498424ac8de1a918f6",
     "6f6f6f6820736f2067726561742c207265616c6c6c793f000000000000000000"},
    {"6f6f6f6820736f2067726561742c207265616c6c6c793f000000000000000000", "697c7b8c961b56f675d570498424ac8de1a918f6"},
};

static const foundation_step steps_trietest_insert_middle_leaf[] = {
    {"6b6579316161", "30313233343536373839303132333435363738393031323334353637383930313233343536373839787878"},
    {"6b657931", "30313233343536373839303132333435363738393031323334353637383930313233343536373839566572795f4c6f6e67"},
    {"6b6579326262", "6176616c33"},
    {"6b657932", "73686f7274"},
    {"6b6579336363", "6176616c33"},
    {"6b657933", "31323334353637383930313233343536373839303132333435363738393031"},
};

static const foundation_step steps_trietest_branch_value_update[] = {
    {"616263", "313233"},
    {"61626364", "61626364"},
    {"616263", "616263"},
};

static const foundation_step steps_hex_encoded_securetrie_test_test1[] = {
    {"a94f5374fce5edbc8e2a8697c15331677e6ebf0b",
     "f848018405f446a7a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c"
     "927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"095e7baea6a6c7c4c2dfeb977efac326af552d87",
     "f8440101a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a004bccc5d94f4d1f99aab4436"
     "9a910179931772f2a5c001c3229f57831c102769"},
    {"d2571607e241ecf590ed94b12d87c94babe36db6",
     "f8440180a0ba4b47865c55a341a4a78759bb913cd15c3ee8eaf30a62fa8d1c8863113d84e8a0c5d2460186f7233c927e7db2"
     "dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"62c01474f089b07dae603491675dc5b5748f7049",
     "f8448080a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c927e7db2"
     "dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
     "f8478083019a59a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c92"
     "7e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
};

static const foundation_step steps_hex_encoded_securetrie_test_test2[] = {
    {"a94f5374fce5edbc8e2a8697c15331677e6ebf0b",
     "f84c01880de0b6b3a7622746a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d24601"
     "86f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"095e7baea6a6c7c4c2dfeb977efac326af552d87",
     "f84780830186b7a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0501653f02840675b1a"
     "ab0328c6634762af5d51764e78f9641cccd9b27b90db4f"},
    {"2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
     "f8468082521aa056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c927e"
     "7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
};

static const foundation_step steps_hex_encoded_securetrie_test_test3[] = {
    {"a94f5374fce5edbc8e2a8697c15331677e6ebf0b",
     "f84c01880de0b6b3a7614bc3a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d24601"
     "86f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"095e7baea6a6c7c4c2dfeb977efac326af552d87",
     "f84880840132b3a0a065fee2fffd7a68488cf7ef79f35f7979133172ac5727b5e0cf322953d13de492a06e5d8fec8b6b9bf4"
     "1c3fb9b61696d5c87b66f6daa98d5f02ba9361b0c6916467"},
    {"0000000000000000000000000000000000000001",
     "f8448080a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c927e7db2"
     "dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {"2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
     "f8478083012d9da056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c92"
     "7e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
};

static const foundation_trie foundation_tries[] = {
    {"trieanyorder.json: singleItem", steps_trieanyorder_singleItem, 1, false,
     "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"},
    {"trieanyorder.json: dogs", steps_trieanyorder_dogs, 3, false,
     "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3"},
    {"trieanyorder.json: puppy", steps_trieanyorder_puppy, 4, false,
     "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"},
    {"trieanyorder.json: foo", steps_trieanyorder_foo, 2, false,
     "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3"},
    {"trieanyorder.json: smallValues", steps_trieanyorder_smallValues, 3, false,
     "3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b"},
    {"trieanyorder.json: testy", steps_trieanyorder_testy, 2, false,
     "8452568af70d8d140f58d941338542f645fcca50094b20f3c3d8c3df49337928"},
    {"trieanyorder.json: hex", steps_trieanyorder_hex, 2, false,
     "285505fcabe84badc8aa310e2aae17eddc7d120aabec8a476902c8184b3a3503"},
    {"trietest.json: emptyValues", steps_trietest_emptyValues, 8, false,
     "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"},
    {"trietest.json: branchingTests", steps_trietest_branchingTests, 50, false,
     "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"},
    {"trietest.json: jeff", steps_trietest_jeff, 11, false,
     "9f6221ebb8efe7cff60a716ecb886e67dd042014be444669f0159d8e68b42100"},
    {"trietest.json: insert-middle-leaf", steps_trietest_insert_middle_leaf, 6, false,
     "cb65032e2f76c48b82b5c24b3db8f670ce73982869d38cd39a624f23d62a9e89"},
    {"trietest.json: branch-value-update", steps_trietest_branch_value_update, 3, false,
     "7a320748f780ad9ad5b0837302075ce0eeba6c26e3d8562c67ccc0f1b273298a"},
    {"trieanyorder_secureTrie.json: singleItem", steps_trieanyorder_singleItem, 1, true,
     "e9e2935138352776cad724d31c9fa5266a5c593bb97726dd2a908fe6d53284df"},
    {"trieanyorder_secureTrie.json: dogs", steps_trieanyorder_dogs, 3, true,
     "d4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585"},
    {"trieanyorder_secureTrie.json: puppy", steps_trieanyorder_puppy, 4, true,
     "29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d"},
    {"trieanyorder_secureTrie.json: foo", steps_trieanyorder_foo, 2, true,
     "1385f23a33021025d9e87cca5c66c00de06178807b96a9acc92b7d651ccde842"},
    {"trieanyorder_secureTrie.json: smallValues", steps_trieanyorder_smallValues, 3, true,
     "826a4f9f9054a3e980e54b20da992c24fa20467f1ca635115ef4917be66e746f"},
    {"trieanyorder_secureTrie.json: testy", steps_trieanyorder_testy, 2, true,
     "aea54fb6c80499674248a462864c420c9d9f3b3d38c879c12425bade1ad76552"},
    {"trieanyorder_secureTrie.json: hex", steps_trieanyorder_hex, 2, true,
     "bc11c02c8ab456db0c4d2728b6a2a6210d06f26a2ace4f7d8bdfc72ddf2630ab"},
    {"trietest_secureTrie.json: emptyValues", steps_trietest_emptyValues, 8, true,
     "29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d"},
    {"trietest_secureTrie.json: branchingTests", steps_trietest_branchingTests, 50, true,
     "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"},
    {"trietest_secureTrie.json: jeff", steps_trietest_jeff, 11, true,
     "72adb52e9d9428f808e3e8045be18d3baa77881d0cfab89a17a2bcbacee2f320"},
    {"hex_encoded_securetrie_test.json: test1", steps_hex_encoded_securetrie_test_test1, 5, true,
     "730a444e08ab4b8dee147c9b232fc52d34a223d600031c1e9d25bfc985cbd797"},
    {"hex_encoded_securetrie_test.json: test2", steps_hex_encoded_securetrie_test_test2, 3, true,
     "a7c787bf470808896308c215e22c7a580a0087bb6db6e8695fb4759537283a83"},
    {"hex_encoded_securetrie_test.json: test3", steps_hex_encoded_securetrie_test_test3, 4, true,
     "40b37be88a49e2c08b8d33fcb03a0676ffd0481df54dfebd3512b8ec54f40cad"},
};

#endif
