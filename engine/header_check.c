#include "engine/header_check.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/block_codec.h"
#include "engine/block_fees.h"
#include "engine/chain.h"
#include "engine/difficulty.h"
#include "engine/fork_rules.h"
#include "engine/header_codec.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* One check of one block: what it looks at and where its words go. */
typedef struct check {
    const weft_header *header;
    const weft_header *parent;
    const weft_chain *chain;
    weft_fork fork;
    const fork_rules *rules;
    char *explanation;
    size_t explanation_size;
} check;

__attribute__((format(printf, 3, 4))) static weft_verdict explain(const check *c, weft_verdict verdict,
                                                                  const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(c->explanation, c->explanation_size, format, arguments);
    va_end(arguments);
    return verdict;
}

static weft_verdict explain_hash(const check *c, weft_verdict verdict, const char *what, const weft_bytes32 *stated,
                                 const weft_bytes32 *computed) {
    char stated_text[65], computed_text[65];
    hex_encode(stated_text, stated->bytes, sizeof stated->bytes);
    hex_encode(computed_text, computed->bytes, sizeof computed->bytes);
    return explain(c, verdict, "%s: the header says 0x%s, it is 0x%s", what, stated_text, computed_text);
}

static weft_verdict explain_u256(const check *c, weft_verdict verdict, const char *what, const weft_u256 *stated,
                                 const weft_u256 *expected) {
    weft_bytes32 stated_bytes = u256_to_bytes32(stated), expected_bytes = u256_to_bytes32(expected);
    char stated_text[65], expected_text[65];
    hex_encode(stated_text, stated_bytes.bytes, sizeof stated_bytes.bytes);
    hex_encode(expected_text, expected_bytes.bytes, sizeof expected_bytes.bytes);
    return explain(c, verdict, "%s is 0x%s, must be 0x%s", what, stated_text, expected_text);
}

static weft_verdict check_fields(const check *c) {
    if (c->header->field_count != c->rules->header_field_count) {
        return explain(c, WEFT_BLOCK_FORMAT, "the header has %u fields, one of %s has %u", c->header->field_count,
                       weft_fork_name(c->fork), c->rules->header_field_count);
    }
    return WEFT_VALID;
}

static weft_verdict check_gas_used(const check *c) {
    const weft_header *h = c->header;
    if (h->gas_used > h->gas_limit) {
        return explain(c, WEFT_BLOCK_GAS_USED_ABOVE_LIMIT, "gas used %" PRIu64 " is above the gas limit %" PRIu64,
                       h->gas_used, h->gas_limit);
    }
    return WEFT_VALID;
}

static weft_verdict check_gas_limit(const check *c) {
    enum { GAS_LIMIT_MIN = 5000, GAS_LIMIT_BOUND_DIVISOR = 1024 };
    const weft_header *h = c->header;
    if (h->gas_limit > INT64_MAX) {
        return explain(c, WEFT_BLOCK_GAS_LIMIT_TOO_BIG, "gas limit %" PRIu64 " is above 2^63 - 1", h->gas_limit);
    }
    if (h->gas_limit < GAS_LIMIT_MIN) {
        return explain(c, WEFT_BLOCK_GAS_LIMIT, "gas limit %" PRIu64 " is below %d", h->gas_limit, GAS_LIMIT_MIN);
    }
    if (c->parent == NULL) {
        return WEFT_VALID;
    }
    uint64_t before = c->rules->has_fee_market ? parent_gas_limit(c->parent) : c->parent->gas_limit;
    uint64_t change = h->gas_limit > before ? h->gas_limit - before : before - h->gas_limit;
    if (change >= before / GAS_LIMIT_BOUND_DIVISOR) {
        return explain(c, WEFT_BLOCK_GAS_LIMIT,
                       "gas limit %" PRIu64 " differs from the parent's %" PRIu64 " by 1/%d or more", h->gas_limit,
                       before, GAS_LIMIT_BOUND_DIVISOR);
    }
    return WEFT_VALID;
}

/* The headers of authority chains hold their seal in the extra data, which has no limit then. */
static weft_verdict check_extra_data(const check *c) {
    enum { EXTRA_DATA_SIZE_MAX = 32 };
    const weft_header *h = c->header;
    if (h->extra_data.size > EXTRA_DATA_SIZE_MAX && !c->chain->no_block_reward) {
        return explain(c, WEFT_BLOCK_EXTRA_DATA_TOO_BIG, "extra data has %zu bytes, %d are allowed", h->extra_data.size,
                       EXTRA_DATA_SIZE_MAX);
    }
    if (chain_is_dao_marked(c->chain, h->number) &&
        !bytes_equal(h->extra_data, bytes_of(DAO_EXTRA_DATA, sizeof DAO_EXTRA_DATA - 1))) {
        return explain(c, WEFT_BLOCK_EXTRA_DATA_DAO, "extra data of the ten blocks from %" PRIu64 " on must be \"%s\"",
                       c->chain->dao_fork_block, DAO_EXTRA_DATA);
    }
    return WEFT_VALID;
}

static weft_verdict check_proof_of_stake(const check *c) {
    static const uint8_t zero_nonce[sizeof c->header->nonce];
    const weft_header *h = c->header;
    if (!c->rules->is_proof_of_stake) {
        return WEFT_VALID;
    }
    if (!u256_is_zero(&h->difficulty)) {
        return explain(c, WEFT_BLOCK_DIFFICULTY_AFTER_PARIS, "difficulty must be 0 under proof of stake");
    }
    if (!bytes32_equal(&h->ommers_hash, &ommers_hash_empty)) {
        return explain(c, WEFT_BLOCK_OMMERS_AFTER_PARIS,
                       "the ommers hash must be the empty list's under proof of stake");
    }
    if (memcmp(h->nonce, zero_nonce, sizeof zero_nonce) != 0) {
        return explain(c, WEFT_BLOCK_FORMAT, "the nonce must be 0 under proof of stake");
    }
    return WEFT_VALID;
}

static weft_verdict check_sequence(const check *c) {
    const weft_header *h = c->header;
    if (h->number == 0 || h->number - 1 != c->parent->number) {
        return explain(c, WEFT_BLOCK_NUMBER, "number %" PRIu64 " does not follow the parent's %" PRIu64, h->number,
                       c->parent->number);
    }
    if (h->timestamp <= c->parent->timestamp) {
        return explain(c, WEFT_BLOCK_TIMESTAMP, "timestamp %" PRIu64 " is not after the parent's %" PRIu64,
                       h->timestamp, c->parent->timestamp);
    }
    return WEFT_VALID;
}

static weft_verdict check_base_fee(const check *c) {
    if (!c->rules->has_fee_market) {
        return WEFT_VALID;
    }
    weft_u256 expected = base_fee_after(c->parent);
    if (!u256_equal(&c->header->base_fee_per_gas, &expected)) {
        return explain_u256(c, WEFT_BLOCK_BASE_FEE, "base fee", &c->header->base_fee_per_gas, &expected);
    }
    return WEFT_VALID;
}

static weft_verdict check_difficulty(const check *c) {
    const weft_header *h = c->header;
    if (c->rules->is_proof_of_stake || c->chain->no_block_reward) {
        return WEFT_VALID;
    }
    weft_u256 expected = u256_from_u64(c->chain->fixed_difficulty);
    if (u256_is_zero(&expected)) {
        expected =
            difficulty_after(c->parent, c->rules->difficulty, chain_bomb_delay(c->chain, h->number), h->timestamp);
    }
    if (c->rules->has_fee_market && u256_is_zero(&h->difficulty)) {
        return explain(c, WEFT_BLOCK_STAKE_BEFORE_PARIS, "difficulty 0 means proof of stake, which has not begun");
    }
    if (!u256_equal(&h->difficulty, &expected)) {
        return explain_u256(c, WEFT_BLOCK_DIFFICULTY, "difficulty", &h->difficulty, &expected);
    }
    return WEFT_VALID;
}

static weft_verdict check_excess_blob_gas(const check *c) {
    const weft_header *h = c->header;
    const weft_blob_parameters *parameters = chain_blob_parameters(c->chain, h->timestamp);
    if (!c->rules->has_blobs || parameters == NULL) {
        return WEFT_VALID;
    }
    uint64_t expected = excess_blob_gas_after(c->parent, parameters, c->rules->has_blob_reserve_price);
    if (h->excess_blob_gas != expected) {
        return explain(c, WEFT_BLOCK_EXCESS_BLOB_GAS, "excess blob gas is %" PRIu64 ", must be %" PRIu64,
                       h->excess_blob_gas, expected);
    }
    return WEFT_VALID;
}

typedef weft_verdict header_rule(const check *c);

static weft_verdict first_violation(const check *c, header_rule *const *rules, size_t count) {
    for (size_t i = 0; i < count; i++) {
        weft_verdict verdict = rules[i](c);
        if (verdict != WEFT_VALID) {
            return verdict;
        }
    }
    return WEFT_VALID;
}

weft_verdict header_check(const weft_header *header, const weft_header *parent, const weft_chain *chain, weft_fork fork,
                          char *explanation, size_t explanation_size) {
    static header_rule *const alone[] = {check_gas_limit, check_fields, check_proof_of_stake, check_extra_data,
                                         check_gas_used};
    static header_rule *const with_parent[] = {check_sequence, check_difficulty, check_base_fee, check_excess_blob_gas};
    check c = {header, parent, chain, fork, fork_rules_of(fork), explanation, explanation_size};
    weft_verdict verdict = first_violation(&c, alone, sizeof alone / sizeof alone[0]);
    if (verdict == WEFT_VALID && parent != NULL) {
        verdict = first_violation(&c, with_parent, sizeof with_parent / sizeof with_parent[0]);
    }
    return verdict;
}

static weft_verdict check_blob_gas_used(const check *c, const weft_block *block) {
    uint64_t blob_count = 0;
    for (size_t i = 0; i < block->transaction_count; i++) {
        blob_count += block->transactions[i].blob_count;
    }
    if (c->rules->has_blobs && c->header->blob_gas_used != blob_count * GAS_PER_BLOB) {
        return explain(c, WEFT_BLOCK_BLOB_GAS_USED, "blob gas used is %" PRIu64 ", the transactions' is %" PRIu64,
                       c->header->blob_gas_used, blob_count * GAS_PER_BLOB);
    }
    return WEFT_VALID;
}

static weft_verdict check_size(const check *c, const weft_block *block) {
    if (c->rules->block_size_max != 0 && block->rlp_size > c->rules->block_size_max) {
        return explain(c, WEFT_BLOCK_SIZE_EXCEEDED, "the block has %zu bytes, %" PRIu32 " are allowed", block->rlp_size,
                       c->rules->block_size_max);
    }
    if (block->has_withdrawals != c->rules->has_withdrawals) {
        return explain(c, WEFT_BLOCK_WITHDRAWALS_LIST, "a block of %s must %shave withdrawals", weft_fork_name(c->fork),
                       c->rules->has_withdrawals ? "" : "not ");
    }
    return WEFT_VALID;
}

/* A hash that the header states, and how to compute it. */
typedef weft_status body_hash(weft_bytes32 *hash, const weft_block *block);

static weft_status hash_ommers(weft_bytes32 *hash, const weft_block *block) {
    return ommers_hash(hash, block->ommers, block->ommer_count);
}

static weft_status check_hash(weft_verdict *verdict, const check *c, const weft_block *block, weft_verdict if_other,
                              const char *what, const weft_bytes32 *stated, body_hash *compute) {
    weft_bytes32 computed;
    weft_status status = compute(&computed, block);
    if (status == WEFT_OK && !bytes32_equal(stated, &computed)) {
        *verdict = explain_hash(c, if_other, what, stated, &computed);
    }
    return status;
}

static weft_status check_parent_hash(weft_verdict *verdict, const check *c) {
    weft_bytes32 hash;
    weft_status status = weft_header_hash(&hash, c->parent);
    if (status == WEFT_OK && !bytes32_equal(&c->header->parent_hash, &hash)) {
        *verdict = explain_hash(c, WEFT_BLOCK_UNKNOWN_PARENT, "parent hash", &c->header->parent_hash, &hash);
    }
    return status;
}

weft_status body_check(weft_verdict *verdict, const weft_block *block, const weft_header *parent,
                       const ommer_ancestors *ancestors, const weft_chain *chain, weft_fork fork, char *explanation,
                       size_t explanation_size) {
    const weft_header *h = &block->header;
    check c = {h, parent, chain, fork, fork_rules_of(fork), explanation, explanation_size};
    weft_status status = WEFT_OK;
    *verdict = check_size(&c, block);
    if (*verdict == WEFT_VALID && parent != NULL) {
        status = check_parent_hash(verdict, &c);
    }
    if (status == WEFT_OK && *verdict == WEFT_VALID && c.rules->has_withdrawals) {
        status = check_hash(verdict, &c, block, WEFT_BLOCK_WITHDRAWALS_ROOT, "withdrawals root", &h->withdrawals_root,
                            weft_withdrawals_root);
    }
    if (status == WEFT_OK && *verdict == WEFT_VALID) {
        status = check_hash(verdict, &c, block, WEFT_BLOCK_OMMERS_HASH, "ommers hash", &h->ommers_hash, hash_ommers);
    }
    if (status == WEFT_OK && *verdict == WEFT_VALID) {
        status = ommer_check(verdict, block, chain, ancestors, explanation, explanation_size);
    }
    if (status == WEFT_OK && *verdict == WEFT_VALID) {
        *verdict = check_blob_gas_used(&c, block);
    }
    return status;
}
