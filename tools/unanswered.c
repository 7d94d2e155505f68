#include "tools/unanswered.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "tools/hex.h"

/* Workers ask at the same time: the first to set the flag owns the words. Whoever reads them has joined the workers. */
__attribute__((format(printf, 3, 4))) static weft_status take(unanswered *u, weft_status status, const char *format,
                                                              ...) {
    if (status == WEFT_STATE_UNAVAILABLE && !atomic_flag_test_and_set(&u->is_found)) {
        va_list values;
        va_start(values, format);
        (void)vsnprintf(u->question, sizeof u->question, format, values);
        va_end(values);
    }
    return status;
}

typedef char address_text[2 * sizeof(weft_address) + 3];

static const char *words_of(address_text text, const weft_address *address) {
    return hex_encode(text, address->bytes, sizeof address->bytes);
}

static weft_status account(void *context, weft_account *out, const weft_address *address) {
    unanswered *u = context;
    address_text text;
    weft_status status = u->asked->account(u->asked->context, out, address);
    return status == WEFT_OK ? status : take(u, status, "account %s", words_of(text, address));
}

static weft_status code(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *code_hash) {
    unanswered *u = context;
    address_text text;
    char hash[HEX_BYTES32_TEXT_SIZE];
    weft_status status = u->asked->code(u->asked->context, out, address, code_hash);
    return status == WEFT_OK
               ? status
               : take(u, status, "the code %s of account %s",
                      hex_encode(hash, code_hash->bytes, sizeof code_hash->bytes), words_of(text, address));
}

static weft_status storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    unanswered *u = context;
    address_text text;
    char key[HEX_BYTES32_TEXT_SIZE];
    weft_status status = u->asked->storage(u->asked->context, out, address, slot);
    return status == WEFT_OK ? status
                             : take(u, status, "slot %s of account %s",
                                    hex_encode(key, slot->bytes, sizeof slot->bytes), words_of(text, address));
}

static weft_status has_storage(void *context, bool *out, const weft_address *address) {
    unanswered *u = context;
    address_text text;
    weft_status status = u->asked->has_storage(u->asked->context, out, address);
    return status == WEFT_OK ? status : take(u, status, "the storage of account %s", words_of(text, address));
}

static weft_status block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    unanswered *u = context;
    weft_status status = u->asked->block_hash(u->asked->context, out, number);
    return status == WEFT_OK ? status : take(u, status, "the hash of block %" PRIu64, number);
}

void unanswered_watch(unanswered *u, const weft_state_view *asked) {
    *u = (unanswered){.asked = asked, .is_found = ATOMIC_FLAG_INIT};
    (void)snprintf(u->question, sizeof u->question, "what execution takes");
    u->view = (weft_state_view){.context = u,
                                .account = account,
                                .code = code,
                                .storage = storage,
                                .has_storage = asked->has_storage != NULL ? has_storage : NULL,
                                .block_hash = block_hash};
}
