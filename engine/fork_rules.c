#include "engine/fork_rules.h"

#include "base/assert.h"

/* One line per rule, one column per fork, so that a rule's history reads from left to right. COLUMN_n picks column n
 * to initialise row n of the table: the n-th fork's rules; the last two are revisions of Amsterdam. Every sum of ether is in wei. */
#define ETHER UINT64_C(1000000000000000000)
#define MIB (1024 * 1024)
#define U32 UINT32_MAX

// clang-format off
#define FORK_RULES(R) \
  /*                          Fron Home Tang Spur Byza Cons Pete Ista Berl Lond Pari Shan Canc Prag Osak Snob Amst \
   *                          tier stea erin ious ntiu tant rsbu nbul in   on   s    ghai un   ue   a    al-5 erdm */ \
  R(tx_type_max,                0,   0,   0,   0,   0,   0,   0,   0,   1,   2,   2,   2,   3,   4,   4,   4,   4) \
  R(low_s_required,             0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(has_replay_protection,      0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(has_fee_market,             0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(warm_coinbase,              0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1) \
  R(has_blobs,                  0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1) \
  R(has_delegation,             0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1) \
  R(has_receipt_status,         0,   0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(gas_tx_base,              21000, 21000, 21000, 21000, 21000, 21000, 21000, 21000, 21000, \
                              21000, 21000, 21000, 21000, 21000, 21000, 21000, 12000) \
  R(gas_tx_creation,              0, 32000, 32000, 32000, 32000, 32000, 32000, 32000, 32000, \
                              32000, 32000, 32000, 32000, 32000, 32000,  9000, 12000) \
  R(gas_tx_nonzero_byte,       68,  68,  68,  68,  68,  68,  68,  16,  16,  16,  16,  16,  16,  16,  16,  16,  16) \
  R(gas_access_list_address,    0,   0,   0,   0,   0,   0,   0,   0,2400,2400,2400,2400,2400,2400,2400,2400,2900) \
  R(gas_access_list_slot,       0,   0,   0,   0,   0,   0,   0,   0,1900,1900,1900,1900,1900,1900,1900,1900,2000) \
  R(gas_authorization,            0,     0,     0,     0,     0,     0,     0,     0,     0, \
                                  0,     0,     0,     0, 25000, 25000,  7500,  7816) \
  R(authorization_refund,         0,     0,     0,     0,     0,     0,     0,     0,     0, \
                                  0,     0,     0,     0, 12500, 12500,     0,     0) \
  R(floor_gas_zero_byte,        0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  10,  10,  64,  64) \
  R(floor_gas_nonzero_byte,     0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,  40,  40,  64,  64) \
  R(refund_quotient,            2,   2,   2,   2,   2,   2,   2,   2,   2,   5,   5,   5,   5,   5,   5,   5,   5) \
  R(tx_gas_limit_max,             0,     0,     0,     0,     0,     0,     0,     0,     0, \
                                  0,     0,     0,     0,     0, 1<<24,     0,   U32) \
  R(blobs_per_tx_max,           0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   6,   6,   6) \
  \
  R(header_field_count,        15,  15,  15,  15,  15,  15,  15,  15,  15,  16,  16,  17,  20,  21,  21,  23,  23) \
  R(difficulty,                F_,  H_,  H_,  H_,  B_,  B_,  B_,  B_,  B_,  B_,  Z_,  Z_,  Z_,  Z_,  Z_,  Z_,  Z_) \
  R(is_proof_of_stake,          0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1,   1) \
  R(has_withdrawals,            0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1) \
  R(has_beacon_root,            0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1) \
  R(has_history_contract,       0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1) \
  R(has_requests,               0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1) \
  R(has_blob_reserve_price,     0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1) \
  R(block_size_max,               0,     0,     0,     0,     0,     0,     0,     0,     0, \
                                  0,     0,     0,     0,     0, 8*MIB, 8*MIB, 8*MIB) \
  R(block_reward,              E5,  E5,  E5,  E5,  E3,  E2,  E2,  E2,  E2,  E2,   0,   0,   0,   0,   0,   0,   0) \
  \
  R(has_state_clearing,         0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(homestead_creation,         0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(rejects_ef_code,            0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(selfdestruct_only_new,      0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1) \
  R(new_contract_nonce,         0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(max_code_size,                0,     0,     0, 24576, 24576, 24576, 24576, 24576, 24576, \
                              24576, 24576, 24576, 24576, 24576, 24576, 32768, 65536) \
  R(max_initcode_size,             0,      0,      0,      0,      0,      0,      0,      0,      0, \
                                   0,      0,  49152,  49152,  49152,  49152,  65536, 131072) \
  \
  R(has_63_64,                  0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(has_access_lists,           0,   0,   0,   0,   0,   0,   0,   0,   1,   1,   1,   1,   1,   1,   1,   1,   1) \
  R(has_refund_for_selfdestruct,   1,   1,   1,   1,   1,   1,   1,   1,   1,   0,   0,   0,   0,   0,   0,   0,   0) \
  R(gas_cold_account,           0,   0,   0,   0,   0,   0,   0,   0,2600,2600,2600,2600,2600,2600,2600,2600,3000) \
  R(gas_cold_slot,              0,   0,   0,   0,   0,   0,   0,   0,2100,2100,2100,2100,2100,2100,2100,2100,2100) \
  R(gas_warm,                   0,   0,   0,   0,   0,   0,   0,   0, 100, 100, 100, 100, 100, 100, 100, 100, 100) \
  R(gas_balance,               20,  20, 400, 400, 400, 400, 400, 700,   0,   0,   0,   0,   0,   0,   0,   0,   0) \
  R(gas_ext_code,              20,  20, 700, 700, 700, 700, 700, 700,   0,   0,   0,   0,   0,   0,   0,   0, 100) \
  R(gas_ext_code_hash,          0,   0,   0,   0,   0, 400, 400, 700,   0,   0,   0,   0,   0,   0,   0,   0,   0) \
  R(gas_sload,                 50,  50, 200, 200, 200, 200, 200, 800,   0,   0,   0,   0,   0,   0,   0,   0,   0) \
  R(gas_call,                  40,  40, 700, 700, 700, 700, 700, 700,   0,   0,   0,   0,   0,   0,   0,   0,   0) \
  R(gas_call_value,            9000,  9000,  9000,  9000,  9000,  9000,  9000,  9000,  9000, \
                               9000,  9000,  9000,  9000,  9000,  9000,  9000, 11300) \
  R(gas_call_new_account,     25000, 25000, 25000, 25000, 25000, 25000, 25000, 25000, 25000, \
                              25000, 25000, 25000, 25000, 25000, 25000,     0,     0) \
  R(gas_create,               32000, 32000, 32000, 32000, 32000, 32000, 32000, 32000, 32000, \
                              32000, 32000, 32000, 32000, 32000, 32000,  9000, 12000) \
  R(gas_code_byte,            200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200,   0,   0) \
  R(gas_selfdestruct,           0,   0,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000,5000) \
  R(gas_selfdestruct_new_account,     0,     0, 25000, 25000, 25000, 25000, 25000, 25000, 25000, \
                                  25000, 25000, 25000, 25000, 25000, 25000,     0,  9000) \
  R(gas_exp_byte,              10,  10,  10,  50,  50,  50,  50,  50,  50,  50,  50,  50,  50,  50,  50,  50,  50) \
  R(sstore,                    S0,  S0,  S0,  S0,  S0,  S1,  S0,  S2,  S3,  S3,  S3,  S3,  S3,  S3,  S3,  S3,  S3) \
  R(gas_sstore_set,           20000, 20000, 20000, 20000, 20000, 20000, 20000, 20000, 20000, \
                              20000, 20000, 20000, 20000, 20000, 20000,  2900, 10000) \
  R(gas_sstore_reset,          5000,  5000,  5000,  5000,  5000,  5000,  5000,  5000,  2900, \
                               2900,  2900,  2900,  2900,  2900,  2900,  2900, 10000) \
  R(gas_sstore_dirty,           0,   0,   0,   0,   0, 200,   0, 800, 100, 100, 100, 100, 100, 100, 100, 100,   0) \
  R(sstore_clear_refund,      15000, 15000, 15000, 15000, 15000, 15000, 15000, 15000, 15000, \
                               4800,  4800,  4800,  4800,  4800,  4800,  4800, 11616) \
  \
  R(modexp,                    M0,  M0,  M0,  M0,  M0,  M0,  M0,  M0,  M1,  M1,  M1,  M1,  M1,  M1,  M2,  M2,  M2) \
  R(gas_bn254_add,            500, 500, 500, 500, 500, 500, 500, 150, 150, 150, 150, 150, 150, 150, 150, 150, 150) \
  R(gas_bn254_mul,            40000, 40000, 40000, 40000, 40000, 40000, 40000,  6000,  6000, \
                               6000,  6000,  6000,  6000,  6000,  6000,  6000,  6000) \
  R(gas_bn254_pairing,        100000, 100000, 100000, 100000, 100000, 100000, 100000,  45000,  45000, \
                               45000,  45000,  45000,  45000,  45000,  45000,  45000,  45000) \
  R(gas_bn254_pairing_pair,   80000, 80000, 80000, 80000, 80000, 80000, 80000, 34000, 34000, \
                              34000, 34000, 34000, 34000, 34000, 34000, 34000, 34000)

/* What begins with Amsterdam, in its revisions. */
#define AMSTERDAM_RULES(R) \
  /*                              Snob   Amst \
   *                              al-5   erdm */ \
  R(execution_gas_max,         1<<24,  1<<24) \
  R(has_resource_pricing,          0,      1) \
  R(gas_tx_recipient,              0,   3000) \
  R(gas_tx_value,                  0,   6000) \
  R(gas_access_list_byte,         64,     64) \
  R(gas_account_write,             0,   9000) \
  R(has_refund_free_blocks,        1,      1) \
  R(collisions_uncounted,          1,      0) \
  \
  R(has_block_access_list,         1,      1) \
  R(has_builder_requests,          0,      1) \
  \
  R(has_transfer_logs,             1,      1) \
  R(has_burn_logs,                 1,      0) \
  R(destroyed_keeps_balance,       0,      1) \
  \
  R(state_gas, STATE_GAS_AT_FRAME_END, STATE_GAS_AT_OPERATION) \
  R(gas_state_byte,             1174,   1530) \
  R(state_bytes_account,         112,    120) \
  R(state_bytes_slot,             32,     64) \
  R(state_bytes_authorization,     23,     23) \
  R(system_call_slots,              0,     16) \
  \
  R(gas_code_word,                 6,      6) \
  R(gas_sstore_warm,               0,    100)
// clang-format on

#define F_ DIFFICULTY_FRONTIER
#define H_ DIFFICULTY_HOMESTEAD
#define B_ DIFFICULTY_BYZANTIUM
#define Z_ DIFFICULTY_ZERO
#define E5 (5 * ETHER)
#define E3 (3 * ETHER)
#define E2 (2 * ETHER)
#define S0 SSTORE_SIMPLE
#define S1 SSTORE_EIP1283
#define S2 SSTORE_EIP2200
#define S3 SSTORE_EIP2929
#define M0 MODEXP_EIP198
#define M1 MODEXP_EIP2565
#define M2 MODEXP_EIP7883

#define COLUMN_0(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = a,
#define COLUMN_1(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = b,
#define COLUMN_2(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = c,
#define COLUMN_3(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = d,
#define COLUMN_4(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = e,
#define COLUMN_5(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = f,
#define COLUMN_6(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = g,
#define COLUMN_7(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = h,
#define COLUMN_8(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = i,
#define COLUMN_9(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = j,
#define COLUMN_10(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = k,
#define COLUMN_11(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = l,
#define COLUMN_12(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = m,
#define COLUMN_13(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = n,
#define COLUMN_14(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = o,
#define COLUMN_15(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = p,
#define COLUMN_16(rule, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) .rule = q,

#define SNOBAL(rule, snobal, final) .rule = snobal,
#define FINAL(rule, snobal, final) .rule = final,

static const fork_rules table[WEFT_FORK_COUNT] = {
    [WEFT_FRONTIER] = {FORK_RULES(COLUMN_0)},
    [WEFT_HOMESTEAD] = {FORK_RULES(COLUMN_1)},
    [WEFT_TANGERINE_WHISTLE] = {FORK_RULES(COLUMN_2)},
    [WEFT_SPURIOUS_DRAGON] = {FORK_RULES(COLUMN_3)},
    [WEFT_BYZANTIUM] = {FORK_RULES(COLUMN_4)},
    [WEFT_CONSTANTINOPLE] = {FORK_RULES(COLUMN_5)},
    [WEFT_PETERSBURG] = {FORK_RULES(COLUMN_6)},
    [WEFT_ISTANBUL] = {FORK_RULES(COLUMN_7)},
    [WEFT_BERLIN] = {FORK_RULES(COLUMN_8)},
    [WEFT_LONDON] = {FORK_RULES(COLUMN_9)},
    [WEFT_PARIS] = {FORK_RULES(COLUMN_10)},
    [WEFT_SHANGHAI] = {FORK_RULES(COLUMN_11)},
    [WEFT_CANCUN] = {FORK_RULES(COLUMN_12)},
    [WEFT_PRAGUE] = {FORK_RULES(COLUMN_13)},
    [WEFT_OSAKA] = {FORK_RULES(COLUMN_14)},
    [WEFT_AMSTERDAM] = {FORK_RULES(COLUMN_16) AMSTERDAM_RULES(FINAL)},
};

/* Amsterdam as it was once. */
static const fork_rules snobal_devnet_5 = {FORK_RULES(COLUMN_15) AMSTERDAM_RULES(SNOBAL)};

const fork_rules *fork_rules_of(weft_fork fork) {
    WEFT_ASSERT(fork >= WEFT_FRONTIER && fork < WEFT_FORK_COUNT);
    return &table[fork];
}

const fork_rules *fork_rules_of_revision(weft_fork fork, weft_amsterdam_revision revision) {
    return fork == WEFT_AMSTERDAM && revision == WEFT_AMSTERDAM_SNOBAL_DEVNET_5 ? &snobal_devnet_5
                                                                                : fork_rules_of(fork);
}
