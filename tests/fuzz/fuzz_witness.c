/* Witnesses: any nodes, linked (linked_nodes.h), then changes to apply. The view answers, or says that it cannot; codes are
 * what their hashes say; the state root after the changes is the same each time, by one worker and by two, or every time
 * impossible to tell. Nothing that is changed moves the state before. A witness made of this one for some questions and the
 * changes has the same answers to those, and leads to the same root. */
#include "tests/fuzz/linked_nodes.h"

enum { ACCOUNT_COUNT = 12, SLOT_COUNT = 6, THREADS = 2 };

/* Keys of the universe: accounts 1 .. ACCOUNT_COUNT, slots 0 .. SLOT_COUNT - 1. */
static weft_address address_of(unsigned index) {
    return (weft_address){{[19] = (uint8_t)(1 + index)}};
}

static weft_bytes32 slot_of(unsigned index) {
    return (weft_bytes32){{[31] = (uint8_t)index}};
}

/* --- Questions */

static void check_status(weft_status status) {
    FUZZ_CHECK(status == WEFT_OK || status == WEFT_STATE_UNAVAILABLE, "status %d", (int)status);
}

static void ask_code(const weft_state_view *view, const weft_address *address, const weft_bytes32 *code_hash) {
    weft_bytes code;
    weft_status status = view->code(view->context, &code, address, code_hash);
    check_status(status);
    if (status == WEFT_OK) {
        weft_bytes32 hash = weft_keccak256(code);
        FUZZ_CHECK(fuzz_hash_equal(&hash, code_hash), "the code has another hash");
    }
}

static void ask_storage(const weft_state_view *view, const weft_address *address, bool exists) {
    bool has_storage = false, any = false;
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        weft_bytes32 slot = slot_of(i);
        weft_u256 value = {{0}};
        check_status(view->storage(view->context, &value, address, &slot));
        any |= (value.limb[0] | value.limb[1] | value.limb[2] | value.limb[3]) != 0;
    }
    FUZZ_CHECK(exists || !any, "an account that does not exist has storage");
    weft_status status = view->has_storage(view->context, &has_storage, address);
    check_status(status);
    FUZZ_CHECK(status != WEFT_OK || has_storage || !any, "an account without storage has some");
}

static void ask_account(const weft_state_view *view, unsigned index) {
    weft_address address = address_of(index);
    weft_account account = {.nonce = 0};
    weft_status status = view->account(view->context, &account, &address);
    check_status(status);
    if (status == WEFT_OK) {
        ask_storage(view, &address, account.exists);
    }
    if (status == WEFT_OK && account.exists) {
        ask_code(view, &address, &account.code_hash);
    }
}

/* --- The same questions to two views: equal answers, or none */

static void compare_code(const weft_state_view *a, const weft_state_view *b, const weft_address *address,
                         const weft_bytes32 *code_hash) {
    weft_bytes in_a, in_b;
    weft_status status = a->code(a->context, &in_a, address, code_hash);
    FUZZ_CHECK(b->code(b->context, &in_b, address, code_hash) == status, "one of two codes is missing");
    FUZZ_CHECK(status != WEFT_OK || fuzz_equal(in_a, in_b), "two codes");
}

static void compare_storage(const weft_state_view *a, const weft_state_view *b, const weft_address *address) {
    bool has_a = false, has_b = false;
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        weft_bytes32 slot = slot_of(i);
        weft_u256 in_a, in_b;
        weft_status status = a->storage(a->context, &in_a, address, &slot);
        FUZZ_CHECK(b->storage(b->context, &in_b, address, &slot) == status, "one of two values is missing");
        FUZZ_CHECK(status != WEFT_OK || memcmp(&in_a, &in_b, sizeof in_a) == 0, "two values");
    }
    weft_status status = a->has_storage(a->context, &has_a, address);
    FUZZ_CHECK(b->has_storage(b->context, &has_b, address) == status && has_a == has_b, "two opinions on storage");
}

static void compare_account(const weft_state_view *a, const weft_state_view *b, unsigned index) {
    weft_address address = address_of(index);
    weft_account in_a = {.nonce = 0}, in_b = {.nonce = 0};
    weft_status status = a->account(a->context, &in_a, &address);
    FUZZ_CHECK(b->account(b->context, &in_b, &address) == status, "one of two accounts is missing");
    if (status == WEFT_OK) {
        FUZZ_CHECK(in_a.exists == in_b.exists && in_a.nonce == in_b.nonce &&
                       memcmp(&in_a.balance, &in_b.balance, sizeof in_a.balance) == 0 &&
                       fuzz_hash_equal(&in_a.code_hash, &in_b.code_hash),
                   "two accounts");
        compare_storage(a, b, &address);
    }
    if (status == WEFT_OK && in_a.exists) {
        compare_code(a, b, &address, &in_a.code_hash);
    }
}

/* --- Changes */

typedef struct changes {
    weft_state_delta delta;
    weft_account_change accounts[ACCOUNT_COUNT];
    weft_slot_change slots[ACCOUNT_COUNT][SLOT_COUNT];
} changes;

/* One byte says which of the accounts to come changes, one how; then slots, the same way. */
static void read_changes(changes *out, fuzz_input *input) {
    size_t count = 0;
    for (unsigned index = input_byte(input); index < ACCOUNT_COUNT && input->size > 0;
         index += 1u + input_below(input, ACCOUNT_COUNT)) {
        uint8_t choice = input_byte(input);
        weft_account_change *change = &out->accounts[count];
        *change = (weft_account_change){
            .address = address_of(index), .storage_cleared = (choice & 3) == 3, .slots = out->slots[count]};
        if ((choice & 0x0f) != 0) {
            change->account = (weft_account){.exists = true, .nonce = choice, .balance = {{input_byte(input)}}};
            change->account.code_hash = weft_keccak256((weft_bytes){NULL, 0});
        }
        for (unsigned slot = 0; change->account.exists && slot < SLOT_COUNT; slot++) {
            uint8_t value = input_byte(input);
            if (value >= 0x80) { /* a value, or often zero: the slot is removed */
                out->slots[count][change->slot_count++] =
                    (weft_slot_change){.slot = slot_of(slot), .value = {{value & 1, 0, 0, value & 1 ? value : 0}}};
            }
        }
        count++;
    }
    out->delta = (weft_state_delta){out->accounts, count};
}

typedef struct outcome {
    weft_status status;
    weft_bytes32 root;
} outcome;

static outcome apply(weft_witness *witness, const weft_state_delta *delta, unsigned threads) {
    outcome o = {.status = WEFT_OK};
    weft_error error = {.message = ""};
    weft_witness_rewind(witness);
    o.status = weft_witness_apply(witness, &o.root, delta, threads, &error);
    check_status(o.status);
    FUZZ_CHECK(o.status == WEFT_OK || error.message[0] != '\0', "refused without words");
    return o;
}

static void check_changes(weft_witness *witness, const weft_state_delta *delta, const weft_bytes32 *root) {
    outcome first = apply(witness, delta, 1), again = apply(witness, delta, 1),
            parallel = apply(witness, delta, THREADS);
    FUZZ_CHECK(first.status == again.status && first.status == parallel.status, "status %d, %d, in parallel %d",
               (int)first.status, (int)again.status, (int)parallel.status);
    FUZZ_CHECK(first.status != WEFT_OK ||
                   (fuzz_hash_equal(&first.root, &again.root) && fuzz_hash_equal(&first.root, &parallel.root)),
               "the root after the changes is another each time");
    const weft_state_delta nothing = {NULL, 0};
    outcome unchanged = apply(witness, &nothing, 1);
    FUZZ_CHECK(unchanged.status != WEFT_OK || fuzz_hash_equal(&unchanged.root, root), "no change gives another root");
}

/* --- A witness made of another, for the changes and some accounts: bit i of `asked` is account i's */

static weft_witness *create(const weft_bytes32 *root, const weft_bytes *nodes, size_t node_count,
                            const weft_bytes *codes, size_t code_count) {
    weft_witness *witness;
    FUZZ_CHECK(weft_witness_create(&witness, root, nodes, node_count, codes, code_count) == WEFT_OK, "out of memory");
    return witness;
}

static void check_extract(weft_witness *whole, const weft_witness_parts *parts, const weft_state_delta *delta,
                          const weft_bytes32 *root, unsigned asked) {
    weft_witness *extract = create(root, parts->nodes, parts->node_count, parts->codes, parts->code_count);
    weft_state_view in_whole = weft_witness_view(whole), in_extract = weft_witness_view(extract);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        if ((asked >> i & 1) != 0) {
            compare_account(&in_whole, &in_extract, i);
        }
    }
    outcome expected = apply(whole, delta, 1), found = apply(extract, delta, 1);
    FUZZ_CHECK(expected.status == WEFT_OK && found.status == WEFT_OK, "status %d, by what was made of it %d",
               (int)expected.status, (int)found.status);
    FUZZ_CHECK(fuzz_hash_equal(&expected.root, &found.root) && fuzz_hash_equal(&expected.root, &parts->state_root),
               "what was made of it leads to another root");
    weft_witness_destroy(extract);
}

static void check_builder(weft_witness *witness, const weft_state_delta *delta, const weft_bytes32 *root,
                          unsigned asked) {
    weft_witness_builder *builder;
    weft_witness_parts parts;
    weft_error error = {.message = ""};
    weft_state_view view = weft_witness_view(witness);
    weft_node_source nodes = weft_witness_nodes(witness);
    FUZZ_CHECK(weft_witness_builder_create(&builder, &view, &nodes, root) == WEFT_OK, "out of memory");
    weft_state_view watched = weft_witness_builder_view(builder);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        if ((asked >> i & 1) != 0) {
            ask_account(&watched, i);
        }
    }
    weft_status status = weft_witness_builder_finish(builder, &parts, delta, &error);
    check_status(status);
    FUZZ_CHECK(status == WEFT_OK || error.message[0] != '\0', "refused without words");
    if (status == WEFT_OK) {
        check_extract(witness, &parts, delta, root, asked);
    }
    weft_witness_builder_destroy(builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static linked_nodes all;
    static changes edits;
    weft_bytes32 root = weft_keccak256((weft_bytes){(const uint8_t *)"\x80", 1}); /* of the empty trie */
    fuzz_input input = {data, size};
    linked_nodes_read(&all, &input);
    read_changes(&edits, &input);
    unsigned asked = input_byte(&input);
    if (all.node_count > 0) {
        root = all.node_hashes[all.node_count - 1];
    }
    weft_witness *witness = create(&root, all.nodes, all.node_count, all.codes, all.code_count);
    weft_witness *untouched = create(&root, all.nodes, all.node_count, all.codes, all.code_count);
    weft_state_view view = weft_witness_view(witness), view_untouched = weft_witness_view(untouched);
    check_changes(witness, &edits.delta, &root);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        ask_account(&view, i);
        compare_account(&view, &view_untouched, i);
    }
    check_builder(witness, &edits.delta, &root, asked);
    weft_witness_destroy(untouched);
    weft_witness_destroy(witness);
    return 0;
}

/* Half of the mutations leave the nodes alone: few changed nodes are nodes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    static linked_nodes all;
    fuzz_input input = {data, size};
    linked_nodes_read(&all, &input);
    size_t kept = seed % 2 == 0 ? size - input.size : 0;
    return kept < size_max ? kept + LLVMFuzzerMutate(data + kept, size - kept, size_max - kept) : size;
}
