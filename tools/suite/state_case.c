#include "tools/suite/state_case.h"

#include <inttypes.h>
#include <stdio.h>

#include <weft/crypto.h>

#include "tools/alloc.h"
#include "tools/suite/networks.h"
#include "tools/suite/state_transaction.h"

/* Wei; of an environment that does not say. */
enum { BASE_FEE_DEFAULT = 10 };

bool state_setting_read(state_setting *setting, json_document *document, const json_value *test) {
    const json_value *env = json_get(test, "env"), *random = json_get(env, "currentRandom");
    *setting = (state_setting){.document = document, .test = test};
    weft_header *h = &setting->header;
    h->base_fee_per_gas = (weft_u256){{BASE_FEE_DEFAULT}};
    h->field_count = 21;
    return json_expect(document, env, JSON_OBJECT, "env") &&
           json_address(document, env, "currentCoinbase", &h->coinbase) &&
           json_u64(document, env, "currentGasLimit", &h->gas_limit) &&
           json_u64(document, env, "currentNumber", &h->number) &&
           json_u64(document, env, "currentTimestamp", &h->timestamp) &&
           json_u256(document, env, "currentDifficulty", &h->difficulty) &&
           json_u256(document, env, "currentBaseFee", &h->base_fee_per_gas) &&
           json_u64(document, env, "currentExcessBlobGas", &h->excess_blob_gas) &&
           (random == NULL || json_value_padded32(document, random, &h->mix_hash)) &&
           state_transaction_sender(&setting->sender, document, json_get(test, "transaction"));
}

static bool read_chain(state_case *c, const state_setting *s, const json_value *post, const char *fork) {
    if (!network_chain(&c->chain, fork)) {
        return json_refuse(s->document, post, "weft does not know the fork %s", fork);
    }
    c->chain.no_block_reward = true;
    c->is_of_unknown_draft = !network_revise(&c->chain, json_get(s->test, "_info"));
    return network_configure(&c->chain, fork, s->document, json_get(s->test, "config"));
}

static bool read_transaction(state_case *c, const state_setting *s, const json_value *post) {
    const json_value *indexes = json_get(post, "indexes");
    state_indexes chosen = {.data = 0};
    return json_u64(s->document, indexes, "data", &chosen.data) && json_u64(s->document, indexes, "gas", &chosen.gas) &&
           json_u64(s->document, indexes, "value", &chosen.value) &&
           state_transaction_read(&c->tx, &c->is_encodable, s->document, json_get(s->test, "transaction"), &chosen,
                                  &s->sender);
}

static bool read_state(state_case *c, const state_setting *s) {
    weft_status status = weft_memory_state_create(&c->state, NULL);
    return status == WEFT_OK ? alloc_read(s->document, json_get(s->test, "pre"), c->state)
                             : json_fail(s->document, status);
}

bool state_case_read(state_case *c, const state_setting *setting, const json_value *post, const char *fork) {
    *c = (state_case){.state = NULL};
    return read_chain(c, setting, post, fork) && read_transaction(c, setting, post) && read_state(c, setting);
}

void state_case_free(state_case *c) {
    weft_memory_state_destroy(c->state);
}

weft_block state_case_block(const state_case *c, const state_setting *setting) {
    weft_block block = {
        .header = setting->header, .transactions = &c->tx, .transaction_count = 1, .has_withdrawals = true};
    if (weft_chain_fork(&c->chain, block.header.number, block.header.timestamp, false) >= WEFT_PARIS) {
        block.header.difficulty = (weft_u256){{0}};
    }
    return block;
}

static weft_status block_hash_of_number(void *context, weft_bytes32 *hash, uint64_t number) {
    (void)context;
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRIu64, number);
    *hash = weft_keccak256((weft_bytes){(const uint8_t *)digits, (size_t)size});
    return WEFT_OK;
}

weft_state_view state_case_view(const state_case *c) {
    weft_state_view view = weft_memory_state_view(c->state);
    view.block_hash = block_hash_of_number;
    return view;
}
