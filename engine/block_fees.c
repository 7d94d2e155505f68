#include "engine/block_fees.h"

#include "base/u256.h"

enum {
    ELASTICITY = 2,
    BASE_FEE_CHANGE_DENOMINATOR = 8,
    BLOB_BASE_COST = 8192, /* EIP-7918 */
    LONDON_FIELD_COUNT = 16,
    CANCUN_FIELD_COUNT = 20
};

static const uint64_t initial_base_fee = 1000000000;

/* Unsigned integers a little wider than 256 bits, least significant limb first: room for a 256-bit result times the
 * 64-bit factor and divisor of the formulas above, before it is divided down. */
enum { WIDE_LIMBS = 6 };

typedef struct wide {
    uint64_t limb[WIDE_LIMBS];
} wide;

static wide wide_from_u256(const weft_u256 *value) {
    wide r = {{0}};
    memcpy(r.limb, value->limb, sizeof value->limb);
    return r;
}

static void wide_mul(wide *a, uint64_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < WIDE_LIMBS; i++) {
        uint128 product = (uint128)a->limb[i] * factor + carry;
        a->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

static void wide_div(wide *a, uint64_t divisor) {
    uint64_t remainder = 0;
    for (int i = WIDE_LIMBS - 1; i >= 0; i--) {
        uint128 dividend = (uint128)remainder << 64 | a->limb[i];
        a->limb[i] = (uint64_t)(dividend / divisor);
        remainder = (uint64_t)(dividend % divisor);
    }
}

static void wide_add(wide *a, const wide *b) {
    uint128 sum = 0;
    for (int i = 0; i < WIDE_LIMBS; i++) {
        sum += (uint128)a->limb[i] + b->limb[i];
        a->limb[i] = (uint64_t)sum;
        sum >>= 64;
    }
}

static bool wide_fits(const wide *a, int limb_count) {
    uint64_t above = 0;
    for (int i = limb_count; i < WIDE_LIMBS; i++) {
        above |= a->limb[i];
    }
    return above == 0;
}

static weft_u256 u256_max(void) {
    return (weft_u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

static weft_u256 wide_to_u256(const wide *a) {
    return wide_fits(a, 4) ? (weft_u256){{a->limb[0], a->limb[1], a->limb[2], a->limb[3]}} : u256_max();
}

uint64_t parent_gas_limit(const weft_header *parent) {
    if (parent->field_count >= LONDON_FIELD_COUNT) {
        return parent->gas_limit;
    }
    return parent->gas_limit <= UINT64_MAX / ELASTICITY ? parent->gas_limit * ELASTICITY : UINT64_MAX;
}

weft_u256 base_fee_after(const weft_header *parent) {
    if (parent->field_count < LONDON_FIELD_COUNT) {
        return u256_from_u64(initial_base_fee);
    }
    uint64_t target = parent->gas_limit / ELASTICITY;
    uint64_t used = parent->gas_used;
    if (used == target || target == 0) {
        return parent->base_fee_per_gas;
    }
    wide scaled = wide_from_u256(&parent->base_fee_per_gas);
    wide_mul(&scaled, used > target ? used - target : target - used);
    wide_div(&scaled, target);
    wide_div(&scaled, BASE_FEE_CHANGE_DENOMINATOR);
    weft_u256 change = wide_to_u256(&scaled);
    if (used < target) {
        return u256_sub(&parent->base_fee_per_gas, &change);
    }
    if (u256_is_zero(&change)) {
        change = u256_from_u64(1);
    }
    unsigned carry;
    weft_u256 fee = u256_add_carry(&parent->base_fee_per_gas, &change, &carry);
    return carry == 0 ? fee : u256_max();
}

weft_u256 fake_exponential(uint64_t factor, uint64_t numerator, uint64_t denominator) {
    wide term = {{factor}};
    wide sum = {{0}};
    wide_mul(&term, denominator);
    /* A sum of six limbs has a result of five: it can stop there. Until then the terms of the series, which have no
     * more limbs than their sum, leave room for the factor. */
    for (uint64_t i = 1; !wide_fits(&term, 0); i++) {
        wide_add(&sum, &term);
        if (!wide_fits(&sum, WIDE_LIMBS - 1)) {
            return u256_max();
        }
        wide_mul(&term, numerator);
        wide_div(&term, denominator);
        wide_div(&term, i);
    }
    wide_div(&sum, denominator);
    return wide_to_u256(&sum);
}

weft_u256 blob_base_fee(uint64_t excess_blob_gas, const weft_blob_parameters *parameters) {
    return fake_exponential(1, excess_blob_gas, parameters->base_fee_update_fraction);
}

/* EIP-7918: whether the execution gas of a blob transaction costs more than its blob does. */
static bool is_below_reserve_price(const weft_header *parent, const weft_blob_parameters *parameters) {
    weft_u256 blob_fee = blob_base_fee(parent->excess_blob_gas, parameters);
    wide blob_price = wide_from_u256(&blob_fee);
    wide_mul(&blob_price, GAS_PER_BLOB / BLOB_BASE_COST);
    weft_u256 price = wide_to_u256(&blob_price);
    return u256_less(&price, &parent->base_fee_per_gas);
}

uint64_t excess_blob_gas_after(const weft_header *parent, const weft_blob_parameters *parameters,
                               bool has_reserve_price) {
    if (parent->field_count < CANCUN_FIELD_COUNT) {
        return 0;
    }
    uint128 available = (uint128)parent->excess_blob_gas + parent->blob_gas_used;
    uint128 target = (uint128)parameters->target * GAS_PER_BLOB;
    if (available < target) {
        return 0;
    }
    uint128 excess = available - target;
    if (has_reserve_price && parameters->max >= parameters->target && parameters->max != 0 &&
        is_below_reserve_price(parent, parameters)) {
        excess = (uint128)parent->blob_gas_used * (parameters->max - parameters->target) / parameters->max +
                 parent->excess_blob_gas;
    }
    return excess <= UINT64_MAX ? (uint64_t)excess : UINT64_MAX;
}
