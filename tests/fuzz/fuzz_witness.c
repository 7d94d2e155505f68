/* Witnesses: any nodes, linked (linked_nodes.h), then changes to apply. The view answers, and always the same, or says that it
 * cannot; codes are what their hashes say; the state root after the changes is the same each time, by one worker and by two,
 * or every time impossible to tell. Nothing that is changed moves the state before. */
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
    if (view->has_storage != NULL) {
        weft_status status = view->has_storage(view->context, &has_storage, address);
        check_status(status);
        FUZZ_CHECK(status != WEFT_OK || has_storage || !any, "an account without storage has some");
    }
}

static void ask_account(const weft_state_view *view, unsigned index) {
    weft_address address = address_of(index);
    weft_account first = {.nonce = 0}, second = {.nonce = 0};
    weft_status status = view->account(view->context, &first, &address);
    check_status(status);
    FUZZ_CHECK(view->account(view->context, &second, &address) == status, "an answer changes");
    if (status == WEFT_OK) {
        FUZZ_CHECK(first.exists == second.exists && first.nonce == second.nonce &&
                       memcmp(&first.balance, &second.balance, sizeof first.balance) == 0 &&
                       fuzz_hash_equal(&first.code_hash, &second.code_hash),
                   "an answer changes");
        ask_storage(view, &address, first.exists);
    }
    if (status == WEFT_OK && first.exists) {
        ask_code(view, &address, &first.code_hash);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static linked_nodes all;
    static changes edits;
    weft_witness *witness;
    weft_bytes32 root = weft_keccak256((weft_bytes){(const uint8_t *)"\x80", 1}); /* of the empty trie */
    fuzz_input input = {data, size};
    linked_nodes_read(&all, &input);
    read_changes(&edits, &input);
    if (all.node_count > 0) {
        root = all.node_hashes[all.node_count - 1];
    }
    FUZZ_CHECK(weft_witness_create(&witness, &root, all.nodes, all.node_count, all.codes, all.code_count) == WEFT_OK,
               "out of memory");
    weft_state_view view = weft_witness_view(witness);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        ask_account(&view, i);
    }
    check_changes(witness, &edits.delta, &root);
    for (unsigned i = 0; i < ACCOUNT_COUNT; i++) {
        ask_account(&view, i);
    }
    weft_witness_destroy(witness);
    return 0;
}
