/* prestateTracer: every account and slot that the transaction looked at, as they were before it; in diff mode only what
 * it changed, before and after. The state before a transaction is what the engine's view shows until it ends, so that an
 * account is noted when it is first named and read only at the end. */
#include <stdlib.h>
#include <string.h>

#include <weft/transaction.h>

#include "tools/hex.h"
#include "tools/list.h"
#include "tools/number.h"
#include "tools/trace/result_tracer.h"
#include "tools/trace/seen_index.h"

typedef struct seen_slot {
    weft_bytes32 slot;
    weft_u256 before, after;
} seen_slot;

typedef struct seen_account {
    weft_address address;
    weft_account before, after;
    uint8_t *code_before, *code_after; /* copies */
    size_t code_size_before, code_size_after;
    bool was_empty; /* nothing was there */
    bool is_created, is_deleted;
    seen_slot *slots;
    size_t slot_count, slot_capacity;
} seen_account;

typedef struct prestate_tracer {
    result_tracer base;
    bool diff_mode, no_code, no_storage, include_empty;
    weft_fork fork;
    const weft_state_view *state; /* from transaction_begin to transaction_end */
    seen_account *accounts;
    size_t account_count, account_capacity;
    seen_index seen; /* positions of accounts, and of slots in their accounts */

    /* The instruction under way. */
    uint8_t opcode;
    weft_address address; /* whose storage is in use */
    weft_u256 operand[2]; /* the top of the stack, and what is below it */
    size_t stack_count;
} prestate_tracer;

enum {
    OPCODE_BALANCE = 0x31,
    OPCODE_EXTCODESIZE = 0x3b,
    OPCODE_EXTCODECOPY = 0x3c,
    OPCODE_EXTCODEHASH = 0x3f,
    OPCODE_SLOAD = 0x54,
    OPCODE_SSTORE = 0x55,
    OPCODE_CREATE = 0xf0,
    OPCODE_CALL = 0xf1,
    OPCODE_CALLCODE = 0xf2,
    OPCODE_DELEGATECALL = 0xf4,
    OPCODE_CREATE2 = 0xf5,
    OPCODE_STATICCALL = 0xfa,
    OPCODE_SELFDESTRUCT = 0xff
};

static bool is_zero_address(const weft_address *address) {
    static const weft_address zero;
    return memcmp(address, &zero, sizeof zero) == 0;
}

static bool equal(const weft_u256 *a, const weft_u256 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/* --- What was looked at */

static bool remember(prestate_tracer *t, const seen_key *key, size_t position) {
    bool is_added = seen_index_add(&t->seen, key, position);
    if (!is_added) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
    }
    return is_added;
}

static bool copy_code(prestate_tracer *t, uint8_t **copy, size_t *size, const seen_account *a,
                      const weft_account *account) {
    weft_bytes code = {NULL, 0};
    weft_status status = WEFT_OK;
    if (account->exists) {
        status = t->state->code(t->state->context, &code, &a->address, &account->code_hash);
    }
    *copy = status == WEFT_OK ? malloc(code.size + 1) : NULL;
    *size = code.size;
    if (*copy == NULL) {
        result_tracer_fail(&t->base, status == WEFT_OK ? WEFT_NO_MEMORY : status);
        return false;
    }
    if (code.size != 0) {
        memcpy(*copy, code.data, code.size);
    }
    return true;
}

/* Returns: NULL when out of memory or when the state cannot answer. */
static seen_account *look_up(prestate_tracer *t, const weft_address *address) {
    const seen_key key = seen_account_key(address);
    size_t position;
    if (seen_index_find(&t->seen, &key, &position)) {
        return &t->accounts[position];
    }
    if (t->base.status != WEFT_OK) {
        return NULL;
    }
    seen_account *accounts = list_reserve(t->accounts, t->account_count, &t->account_capacity, sizeof *accounts);
    if (accounts == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return NULL;
    }
    t->accounts = accounts;
    seen_account *a = &t->accounts[t->account_count];
    *a = (seen_account){.address = *address};
    weft_status status = t->state->account(t->state->context, &a->before, address);
    if (status != WEFT_OK) {
        result_tracer_fail(&t->base, status);
        return NULL;
    }
    if (!copy_code(t, &a->code_before, &a->code_size_before, a, &a->before)) {
        return NULL;
    }
    if (!remember(t, &key, t->account_count)) {
        free(a->code_before);
        return NULL;
    }
    a->was_empty = a->before.nonce == 0 && number_is_zero(&a->before.balance) && a->code_size_before == 0;
    t->account_count++;
    return a;
}

static void look_up_slot(prestate_tracer *t, const weft_address *address, const weft_u256 *number) {
    seen_account *a = look_up(t, address);
    weft_bytes32 slot = hex_number_bytes(number);
    const seen_key key = seen_slot_key(address, &slot);
    size_t position;
    if (a == NULL || t->no_storage || seen_index_find(&t->seen, &key, &position)) {
        return;
    }
    seen_slot *slots = list_reserve(a->slots, a->slot_count, &a->slot_capacity, sizeof *slots);
    if (slots == NULL) {
        result_tracer_fail(&t->base, WEFT_NO_MEMORY);
        return;
    }
    a->slots = slots;
    seen_slot *s = &a->slots[a->slot_count];
    *s = (seen_slot){.slot = slot};
    weft_status status = t->state->storage(t->state->context, &s->before, address, &slot);
    if (status != WEFT_OK) {
        result_tracer_fail(&t->base, status);
        return;
    }
    a->slot_count += remember(t, &key, a->slot_count);
}

/* The account that code before the transaction delegates to (EIP-7702). */
static void look_up_delegate(prestate_tracer *t, const weft_address *address) {
    static const uint8_t designator[3] = {0xef, 0x01, 0x00};
    const seen_account *a = look_up(t, address);
    weft_address delegate;
    if (a == NULL || t->fork < WEFT_PRAGUE || a->code_size_before != sizeof designator + sizeof delegate ||
        memcmp(a->code_before, designator, sizeof designator) != 0) {
        return;
    }
    memcpy(delegate.bytes, a->code_before + sizeof designator, sizeof delegate);
    (void)look_up(t, &delegate);
}

static void forget(prestate_tracer *t) {
    for (size_t i = 0; i < t->account_count; i++) {
        free(t->accounts[i].code_before);
        free(t->accounts[i].code_after);
        free(t->accounts[i].slots);
    }
    t->account_count = 0;
    seen_index_clear(&t->seen);
}

/* --- Events */

static void on_begin(void *context, const weft_trace_transaction *transaction) {
    prestate_tracer *t = context;
    const weft_transaction *tx = transaction->transaction;
    forget(t);
    t->base.status = WEFT_OK;
    t->state = transaction->state;
    t->fork = transaction->fork;
    (void)look_up(t, &transaction->sender);
    (void)look_up(t, &transaction->coinbase);
    if (!tx->is_creation) {
        look_up_delegate(t, &tx->to);
    }
    for (size_t i = 0; i < tx->authorization_count; i++) {
        weft_address authority;
        if (weft_authorization_signer(&authority, &tx->authorizations[i])) {
            (void)look_up(t, &authority);
        }
    }
}

static void on_enter(void *context, const weft_trace_enter *e) {
    prestate_tracer *t = context;
    if (e->opcode == OPCODE_CREATE || e->opcode == OPCODE_CREATE2) {
        seen_account *a = look_up(t, &e->to);
        if (a != NULL) {
            a->is_created = true;
        }
    } else if (e->depth > 0 && e->opcode != OPCODE_SELFDESTRUCT && !is_zero_address(&e->code_address)) {
        (void)look_up(t, &e->code_address);
    }
}

static void on_step(void *context, const weft_trace_step *s) {
    prestate_tracer *t = context;
    t->opcode = s->opcode;
    t->address = s->address;
    t->stack_count = s->stack_count;
    for (size_t i = 0; i < 2 && i < s->stack_count; i++) {
        t->operand[i] = s->stack[s->stack_count - 1 - i];
    }
}

static weft_address address_in(const weft_u256 *word) {
    weft_bytes32 bytes = hex_number_bytes(word);
    weft_address address;
    memcpy(address.bytes, bytes.bytes + 12, sizeof address.bytes);
    return address;
}

/* EIP-6780: since Cancun only what was created in the same transaction goes. */
static void destroy_account(prestate_tracer *t) {
    weft_address beneficiary = address_in(&t->operand[0]);
    (void)look_up(t, &beneficiary);
    seen_account *a = look_up(t, &t->address);
    if (a != NULL && (t->fork < WEFT_CANCUN || a->is_created)) {
        a->is_deleted = true;
    }
}

static void on_step_end(void *context, const weft_trace_step_end *e) {
    prestate_tracer *t = context;
    weft_address named;
    if (e->fault != WEFT_FAULT_NONE) {
        return;
    }
    switch (t->opcode) {
    case OPCODE_SLOAD:
    case OPCODE_SSTORE: look_up_slot(t, &t->address, &t->operand[0]); break;
    case OPCODE_BALANCE:
    case OPCODE_EXTCODESIZE:
    case OPCODE_EXTCODECOPY:
    case OPCODE_EXTCODEHASH:
        named = address_in(&t->operand[0]);
        (void)look_up(t, &named);
        break;
    case OPCODE_SELFDESTRUCT: destroy_account(t); break;
    case OPCODE_CALL:
    case OPCODE_CALLCODE:
    case OPCODE_DELEGATECALL:
    case OPCODE_STATICCALL:
        named = address_in(&t->operand[1]);
        (void)look_up(t, &named);
        break;
    default: break;
    }
}

/* The same accounts and slots as they are now. */
static void read_after(prestate_tracer *t) {
    for (size_t i = 0; i < t->account_count && t->base.status == WEFT_OK; i++) {
        seen_account *a = &t->accounts[i];
        weft_status status = t->state->account(t->state->context, &a->after, &a->address);
        for (size_t k = 0; k < a->slot_count && status == WEFT_OK; k++) {
            status = t->state->storage(t->state->context, &a->slots[k].after, &a->address, &a->slots[k].slot);
        }
        if (status != WEFT_OK) {
            result_tracer_fail(&t->base, status);
        } else {
            (void)copy_code(t, &a->code_after, &a->code_size_after, a, &a->after);
        }
    }
}

static void on_end(void *context, const weft_trace_transaction *transaction) {
    prestate_tracer *t = context;
    if (transaction->receipt == NULL) {
        forget(t);
    }
    if (t->diff_mode) {
        read_after(t);
    }
    result_tracer_done(&t->base, transaction);
}

/* --- The result */

static bool code_changed(const seen_account *a) {
    return a->code_size_before != a->code_size_after || memcmp(a->code_before, a->code_after, a->code_size_before) != 0;
}

static bool account_changed(const seen_account *a) {
    bool changed = a->is_deleted || !equal(&a->before.balance, &a->after.balance) ||
                   a->before.nonce != a->after.nonce || code_changed(a);
    for (size_t i = 0; !changed && i < a->slot_count; i++) {
        changed = !equal(&a->slots[i].before, &a->slots[i].after);
    }
    return changed;
}

/* Which slots are told, and with what value. */
typedef enum slot_choice { SLOTS_ALL, SLOTS_BEFORE, SLOTS_AFTER } slot_choice;

static bool is_told(const seen_account *a, const seen_slot *s, slot_choice choice) {
    if (choice == SLOTS_ALL || (choice == SLOTS_BEFORE && a->is_deleted)) {
        return true;
    }
    return !equal(&s->before, &s->after) && !number_is_zero(choice == SLOTS_AFTER ? &s->after : &s->before);
}

static void write_slots(json_writer *w, const seen_account *a, slot_choice choice) {
    bool is_open = false;
    for (size_t i = 0; i < a->slot_count; i++) {
        const seen_slot *s = &a->slots[i];
        if (!is_told(a, s, choice)) {
            continue;
        }
        if (!is_open) {
            json_write_open(w, "storage", '{');
            is_open = true;
        }
        char key[HEX_BYTES32_TEXT_SIZE];
        weft_bytes32 value = hex_number_bytes(choice == SLOTS_AFTER ? &s->after : &s->before);
        json_write_bytes32(w, hex_encode(key, s->slot.bytes, sizeof s->slot.bytes), &value);
    }
    if (is_open) {
        json_write_close(w, '}');
    }
}

static const char *open_account(json_writer *w, const seen_account *a, char key[HEX_BYTES32_TEXT_SIZE]) {
    json_write_open(w, hex_encode(key, a->address.bytes, sizeof a->address.bytes), '{');
    return key;
}

static void write_before(const prestate_tracer *t, json_writer *w, const seen_account *a) {
    char key[HEX_BYTES32_TEXT_SIZE];
    (void)open_account(w, a, key);
    json_write_u256(w, "balance", &a->before.balance);
    if (a->before.nonce != 0) {
        json_write_count(w, "nonce", a->before.nonce);
    }
    if (a->code_size_before != 0 && !t->no_code) {
        json_write_hex(w, "code", a->code_before, a->code_size_before);
    }
    if (a->code_size_before != 0) {
        json_write_bytes32(w, "codeHash", &a->before.code_hash);
    }
    write_slots(w, a, t->diff_mode ? SLOTS_BEFORE : SLOTS_ALL);
    json_write_close(w, '}');
}

static void write_after(const prestate_tracer *t, json_writer *w, const seen_account *a) {
    char key[HEX_BYTES32_TEXT_SIZE];
    (void)open_account(w, a, key);
    if (!equal(&a->before.balance, &a->after.balance)) {
        json_write_u256(w, "balance", &a->after.balance);
    }
    if (a->before.nonce != a->after.nonce && a->after.nonce != 0) {
        json_write_count(w, "nonce", a->after.nonce);
    }
    if (code_changed(a)) {
        if (!t->no_code) {
            json_write_hex(w, "code", a->code_after, a->code_size_after);
        }
        json_write_bytes32(w, "codeHash", &a->after.code_hash);
    }
    write_slots(w, a, SLOTS_AFTER);
    json_write_close(w, '}');
}

static void write_accounts_before(const prestate_tracer *t, json_writer *w, const char *key) {
    json_write_open(w, key, '{');
    for (size_t i = 0; i < t->account_count; i++) {
        const seen_account *a = &t->accounts[i];
        bool is_told = (!a->was_empty || t->include_empty) && (!t->diff_mode || account_changed(a));
        if (is_told) {
            write_before(t, w, a);
        }
    }
    json_write_close(w, '}');
}

static void write_accounts_after(const prestate_tracer *t, json_writer *w, const char *key) {
    json_write_open(w, key, '{');
    for (size_t i = 0; i < t->account_count; i++) {
        const seen_account *a = &t->accounts[i];
        if (!a->is_deleted && account_changed(a)) {
            write_after(t, w, a);
        }
    }
    json_write_close(w, '}');
}

static void write_result(result_tracer *base, json_writer *w, const char *key) {
    const prestate_tracer *t = (const prestate_tracer *)base;
    if (!t->diff_mode) {
        write_accounts_before(t, w, key);
        return;
    }
    json_write_open(w, key, '{');
    write_accounts_after(t, w, "post");
    write_accounts_before(t, w, "pre");
    json_write_close(w, '}');
}

static void destroy(result_tracer *base) {
    prestate_tracer *t = (prestate_tracer *)base;
    forget(t);
    seen_index_free(&t->seen);
    free(t->accounts);
    free(t);
}

result_tracer *prestate_tracer_create(const json_document *document, const json_value *config) {
    prestate_tracer *t = calloc(1, sizeof *t);
    if (t == NULL) {
        (void)json_fail(document, WEFT_NO_MEMORY);
        return NULL;
    }
    t->base = (result_tracer){.write = write_result,
                              .destroy = destroy,
                              .tracer = {.size = sizeof(weft_tracer),
                                         .context = t,
                                         .transaction_begin = on_begin,
                                         .transaction_end = on_end,
                                         .enter = on_enter,
                                         .step = on_step,
                                         .step_end = on_step_end}};
    bool is_read = json_boolean(document, config, "diffMode", &t->diff_mode) &&
                   json_boolean(document, config, "disableCode", &t->no_code) &&
                   json_boolean(document, config, "disableStorage", &t->no_storage) &&
                   json_boolean(document, config, "includeEmpty", &t->include_empty);
    if (is_read && t->diff_mode && t->include_empty) {
        is_read = json_refuse(document, config, "cannot use diffMode with includeEmpty");
    }
    if (!is_read) {
        destroy(&t->base);
        return NULL;
    }
    return &t->base;
}
