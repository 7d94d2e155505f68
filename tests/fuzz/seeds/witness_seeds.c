/* Tries, built the slow and simple way of the Yellow Paper's appendix D, and written with links in place of hashes. */
#include "tests/fuzz/linked_nodes.h"
#include "tests/fuzz/seeds/rlp_buffer.h"
#include "tests/fuzz/seeds/seeds.h"

enum { ENTRIES_MAX = 16, PATH_SIZE = 64, NODE_SIZE_MAX = 1024 };

typedef struct entry {
    uint8_t path[PATH_SIZE]; /* nibbles */
    rlp_buffer value;
} entry;

typedef struct node {
    uint8_t bytes[NODE_SIZE_MAX];
    size_t size;
    weft_bytes32 hash;
} node;

/* Every node of more than 31 bytes, children before parents. */
typedef struct node_list {
    node nodes[LINKED_NODES_MAX];
    size_t count;
} node_list;

/* --- The trie */

static const node *keep(node_list *list, const rlp_buffer *rlp) {
    SEED_NEED(list->count < LINKED_NODES_MAX && rlp->size <= NODE_SIZE_MAX);
    node *n = &list->nodes[list->count++];
    n->size = rlp->size;
    memcpy(n->bytes, rlp->data, rlp->size);
    n->hash = weft_keccak256(rlp_buffer_bytes(rlp));
    return n;
}

/* Hex-prefix encoding (appendix C). */
static void append_path(rlp_buffer *b, const uint8_t *nibbles, size_t count, bool is_leaf) {
    uint8_t bytes[1 + PATH_SIZE / 2];
    bool is_odd = count % 2 == 1;
    bytes[0] = (uint8_t)(is_leaf << 5 | is_odd << 4 | (is_odd ? nibbles[0] : 0));
    for (size_t i = is_odd; i + 1 < count; i += 2) {
        bytes[1 + i / 2] = (uint8_t)(nibbles[i] << 4 | nibbles[i + 1]);
    }
    rlp_append_string(b, bytes, 1 + count / 2);
}

static void append_node(node_list *list, rlp_buffer *parent, entry *const *entries, size_t count, size_t depth);

static void append_branch(node_list *list, rlp_buffer *b, entry *const *entries, size_t count, size_t depth) {
    size_t start = b->size, begin = 0;
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        size_t end = begin;
        while (end < count && entries[end]->path[depth] == nibble) {
            end++;
        }
        if (end > begin) {
            append_node(list, b, entries + begin, end - begin, depth + 1);
        } else {
            rlp_append_string(b, NULL, 0);
        }
        begin = end;
    }
    rlp_append_string(b, NULL, 0);
    rlp_append_list(b, start);
}

static void encode_node(node_list *list, rlp_buffer *b, entry *const *entries, size_t count, size_t depth) {
    size_t shared = 0;
    if (count == 1) {
        append_path(b, entries[0]->path + depth, PATH_SIZE - depth, true);
        rlp_append_string(b, entries[0]->value.data, entries[0]->value.size);
        rlp_append_list(b, 0);
        return;
    }
    while (entries[0]->path[depth + shared] == entries[count - 1]->path[depth + shared]) {
        shared++;
    }
    if (shared == 0) {
        append_branch(list, b, entries, count, depth);
        return;
    }
    append_path(b, entries[0]->path + depth, shared, false);
    append_node(list, b, entries, count, depth + shared);
    rlp_append_list(b, 0);
}

/* Sorted entries that agree in their first `depth` nibbles, as their parent has them: the node, or its hash. */
static void append_node(node_list *list, rlp_buffer *parent, entry *const *entries, size_t count, size_t depth) {
    rlp_buffer *b = calloc(1, sizeof *b);
    SEED_NEED(b != NULL);
    encode_node(list, b, entries, count, depth);
    if (b->size < 32) {
        rlp_append(parent, rlp_buffer_bytes(b));
    } else {
        rlp_append_string(parent, keep(list, b)->hash.bytes, 32);
    }
    free(b);
}

static int compare_entries(const void *left, const void *right) {
    entry *const *a = left, *const *b = right;
    return memcmp((*a)->path, (*b)->path, PATH_SIZE);
}

static weft_bytes32 add_trie(node_list *list, entry *entries, size_t count) {
    entry *sorted[ENTRIES_MAX];
    rlp_buffer *root = calloc(1, sizeof *root);
    SEED_NEED(root != NULL && count > 0 && count <= ENTRIES_MAX);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &entries[i];
    }
    qsort(sorted, count, sizeof sorted[0], compare_entries);
    encode_node(list, root, sorted, count, 0);
    weft_bytes32 hash = keep(list, root)->hash;
    free(root);
    return hash;
}

/* --- A state like those that fuzz_witness.c asks for */

static void set_path(entry *e, const void *key, size_t size) {
    weft_bytes32 hash = weft_keccak256((weft_bytes){key, size});
    for (size_t i = 0; i < PATH_SIZE; i++) {
        e->path[i] = hash.bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0x0f;
    }
    e->value.size = 0;
}

static weft_bytes32 add_storage(node_list *list, unsigned slot_count) {
    static entry entries[ENTRIES_MAX];
    for (unsigned i = 0; i < slot_count; i++) {
        const uint8_t slot[32] = {[31] = (uint8_t)i};
        const weft_u256 value = {{i + 1, 0, 0, i % 2 == 1 ? UINT64_C(1) << 60 : 0}};
        set_path(&entries[i], slot, sizeof slot);
        rlp_append_u256(&entries[i].value, &value);
    }
    return slot_count > 0 ? add_trie(list, entries, slot_count)
                          : weft_keccak256((weft_bytes){(const uint8_t *)"\x80", 1});
}

static const uint8_t account_code[] = {0x60, 0x01, 0x60, 0x00, 0x55, 0x00};

static void add_state(node_list *list, unsigned account_count) {
    static entry entries[ENTRIES_MAX];
    for (unsigned i = 0; i < account_count; i++) {
        const uint8_t address[20] = {[19] = (uint8_t)(1 + i)};
        weft_bytes32 storage = add_storage(list, i % 4);
        weft_bytes32 code = weft_keccak256((weft_bytes){account_code, i % 3 == 0 ? sizeof account_code : 0});
        rlp_buffer *b = &entries[i].value;
        set_path(&entries[i], address, sizeof address);
        rlp_append_u64(b, i);
        rlp_append_u64(b, UINT64_C(1) << (4 * i));
        rlp_append_string(b, storage.bytes, sizeof storage.bytes);
        rlp_append_string(b, code.bytes, sizeof code.bytes);
        rlp_append_list(b, 0);
    }
    (void)add_trie(list, entries, account_count);
}

/* --- With links */

static void replace_hash(node *n, const weft_bytes32 *hash, const char *words, size_t number) {
    for (size_t i = 0; i + sizeof *hash <= n->size; i++) {
        if (memcmp(n->bytes + i, hash, sizeof *hash) == 0) {
            memset(n->bytes + i, 0, sizeof *hash);
            memcpy(n->bytes + i, words, LINK_WORDS_SIZE);
            n->bytes[i + LINK_WORDS_SIZE] = (uint8_t)number;
        }
    }
}

static void append_run(rlp_buffer *b, const uint8_t *bytes, size_t size) {
    const uint8_t prefix[] = {(uint8_t)size, (uint8_t)(size >> 8)};
    rlp_append(b, (weft_bytes){prefix, sizeof prefix});
    rlp_append(b, (weft_bytes){bytes, size});
}

static void write_state(const char *corpus, unsigned account_count, const char *name, weft_bytes changes) {
    static node_list list;
    static rlp_buffer out;
    weft_bytes32 code_hash = weft_keccak256((weft_bytes){account_code, sizeof account_code});
    list.count = out.size = 0;
    add_state(&list, account_count);
    const uint8_t node_count = (uint8_t)list.count, code_count = 1;
    rlp_append(&out, (weft_bytes){&node_count, 1});
    for (size_t i = 0; i < list.count; i++) {
        for (size_t k = 0; k < i; k++) {
            replace_hash(&list.nodes[i], &list.nodes[k].hash, link_to_node, k);
        }
        replace_hash(&list.nodes[i], &code_hash, link_to_code, 0);
        append_run(&out, list.nodes[i].bytes, list.nodes[i].size);
    }
    rlp_append(&out, (weft_bytes){&code_count, 1});
    append_run(&out, account_code, sizeof account_code);
    rlp_append(&out, changes);
    seed_write(corpus, "witness", name, rlp_buffer_bytes(&out));
}

void witness_seeds(const char *corpus) {
    /* As read_changes() of fuzz_witness.c takes them: account, how, balance, a byte for each slot; then what is asked. */
    static const uint8_t changed[] = {0, 5, 7, 0x81, 0x80, 0,    0xff, 0, 0, 2,  0,
                                      1, 3, 9, 0xc1, 0,    0x80, 0x80, 0, 0, 11, 0x55};
    static const uint8_t removed[] = {0, 0, 0, 0, 1, 0, 0, 0, 11, 0x0f};
    const weft_bytes none = {NULL, 0};
    write_state(corpus, 1, "one_account", none);
    write_state(corpus, 12, "twelve_accounts", none);
    write_state(corpus, 8, "changed", (weft_bytes){changed, sizeof changed});
    write_state(corpus, 4, "removed", (weft_bytes){removed, sizeof removed});
}
