#include "engine/instructions.h"

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "crypto/keccak_memo.h"
#include "engine/access.h"

/* Offsets and sizes above this cost more gas than any block has; refusing them keeps all sums below 64 bits. */
static const uint64_t memory_extent_max = UINT64_C(1) << 32;

frame_state memory_extend(machine *m, frame *f, const weft_u256 *offset, const weft_u256 *size) {
    if (u256_is_zero(size)) {
        return FRAME_RUNS;
    }
    if (!u256_fits_u64(offset) || !u256_fits_u64(size) || offset->limb[0] > memory_extent_max ||
        size->limb[0] > memory_extent_max) {
        return FRAME_HALTED;
    }
    uint64_t end = offset->limb[0] + size->limb[0];
    if (end <= f->memory_size) {
        return FRAME_RUNS;
    }
    uint64_t words = gas_words(end);
    if (!frame_charge(f, gas_memory(words) - gas_memory(f->memory_size / 32))) {
        return FRAME_HALTED;
    }
    if (!buffer_reserve(&m->memory, f->memory_offset + words * 32)) {
        return machine_out_of_memory(m);
    }
    memset(frame_memory(m, f, f->memory_size), 0, words * 32 - f->memory_size);
    f->memory_size = words * 32;
    return FRAME_RUNS;
}

/* Memory and gas for copying `size` bytes to `offset`. */
static frame_state copy_prepare(machine *m, frame *f, const weft_u256 *offset, const weft_u256 *size) {
    frame_state state = memory_extend(m, f, offset, size);
    if (state != FRAME_RUNS) {
        return state;
    }
    return frame_charge(f, GAS_COPY_WORD * gas_words(size->limb[0])) ? FRAME_RUNS : FRAME_HALTED;
}

/* Copy `size` bytes of `source` from `offset` on, reading zeros past its end. */
static void copy_padded(uint8_t *target, weft_bytes source, const weft_u256 *offset, size_t size) {
    size_t copied = 0;
    if (u256_fits_u64(offset) && offset->limb[0] < source.size) {
        size_t available = source.size - offset->limb[0];
        copied = available < size ? available : size;
        memcpy(target, source.data + offset->limb[0], copied);
    }
    memset(target + copied, 0, size - copied);
}

/* CALLDATACOPY and CODECOPY, their operands at sp: target offset, source offset, size. */
static frame_state copy_to_memory(machine *m, frame *f, const weft_u256 *sp, const uint8_t *source, size_t size) {
    if (!u256_is_zero(&sp[-3])) {
        copy_padded(frame_memory(m, f, sp[-1].limb[0]), bytes_of(source, size), &sp[-2], sp[-3].limb[0]);
    }
    return FRAME_RUNS;
}

frame_state instruction_exp(machine *m, frame *f, weft_u256 *sp) {
    if (!frame_charge(f, (uint64_t)m->rules->gas_exp_byte * u256_byte_length(&sp[-2]))) {
        return FRAME_HALTED;
    }
    sp[-2] = u256_exp(&sp[-1], &sp[-2]);
    return FRAME_RUNS;
}

frame_state instruction_keccak256(machine *m, frame *f, weft_u256 *sp) {
    frame_state state = memory_extend(m, f, &sp[-1], &sp[-2]);
    if (state != FRAME_RUNS) {
        return state;
    }
    uint64_t size = sp[-2].limb[0];
    if (!frame_charge(f, GAS_KECCAK_WORD * gas_words(size))) {
        return FRAME_HALTED;
    }
    weft_bytes32 digest =
        size == 0 ? keccak256_empty : keccak_memo_hash(m->hashes, frame_memory(m, f, sp[-1].limb[0]), size);
    sp[-2] = u256_from_bytes32(&digest);
    return FRAME_RUNS;
}

frame_state instruction_calldatacopy(machine *m, frame *f, weft_u256 *sp) {
    frame_state state = copy_prepare(m, f, &sp[-1], &sp[-3]);
    return state != FRAME_RUNS ? state : copy_to_memory(m, f, sp, m->memory.bytes + f->input_offset, f->input_size);
}

frame_state instruction_codecopy(machine *m, frame *f, weft_u256 *sp) {
    frame_state state = copy_prepare(m, f, &sp[-1], &sp[-3]);
    return state != FRAME_RUNS ? state : copy_to_memory(m, f, sp, f->code->bytes, f->code->size);
}

frame_state instruction_extcodecopy(machine *m, frame *f, weft_u256 *sp) {
    tx_account *account = NULL;
    frame_state state = account_access(m, f, &sp[-1], m->rules->gas_ext_code, &account);
    if (state != FRAME_RUNS) {
        return state;
    }
    state = copy_prepare(m, f, &sp[-2], &sp[-4]);
    if (state != FRAME_RUNS) {
        return state;
    }
    const code *c = tx_account_code(m->ts, account);
    return c == NULL ? FRAME_FAILED : copy_to_memory(m, f, sp - 1, c->bytes, c->size);
}

/* EIP-211: unlike the other copies, reading past the end halts, even when nothing is read. */
frame_state instruction_returndatacopy(machine *m, frame *f, weft_u256 *sp) {
    const weft_u256 *offset = &sp[-2], *size = &sp[-3];
    uint64_t available = m->return_data.size;
    if (!u256_fits_u64(offset) || !u256_fits_u64(size) || offset->limb[0] > available ||
        size->limb[0] > available - offset->limb[0]) {
        return FRAME_HALTED;
    }
    frame_state state = copy_prepare(m, f, &sp[-1], size);
    return state != FRAME_RUNS ? state : copy_to_memory(m, f, sp, m->return_data.bytes, available);
}

frame_state instruction_mcopy(machine *m, frame *f, weft_u256 *sp) {
    const weft_u256 *target = &sp[-1], *source = &sp[-2], *size = &sp[-3];
    frame_state state = memory_extend(m, f, source, size);
    if (state != FRAME_RUNS) {
        return state;
    }
    state = copy_prepare(m, f, target, size);
    if (state == FRAME_RUNS && size->limb[0] != 0) {
        memmove(frame_memory(m, f, target->limb[0]), frame_memory(m, f, source->limb[0]), size->limb[0]);
    }
    return state;
}

frame_state instruction_mstore8(machine *m, frame *f, weft_u256 *sp) {
    weft_u256 one = u256_from_u64(1);
    frame_state state = memory_extend(m, f, &sp[-1], &one);
    if (state == FRAME_RUNS) {
        *frame_memory(m, f, sp[-1].limb[0]) = (uint8_t)sp[-2].limb[0];
    }
    return state;
}

frame_state instruction_blockhash(machine *m, frame *f, weft_u256 *sp) {
    (void)f;
    uint64_t current = m->block->number, number = sp[-1].limb[0];
    if (!u256_fits_u64(&sp[-1]) || number >= current || current - number > 256) {
        sp[-1] = u256_zero();
        return FRAME_RUNS;
    }
    const weft_state_view *view = m->block->view;
    weft_bytes32 hash;
    weft_status status = view->block_hash(view->context, &hash, number);
    if (status != WEFT_OK) {
        tx_state_fail(m->ts, status);
        return FRAME_FAILED;
    }
    sp[-1] = u256_from_bytes32(&hash);
    return FRAME_RUNS;
}

frame_state instruction_log(machine *m, frame *f, weft_u256 *sp, unsigned topic_count) {
    if (f->is_static) {
        return FRAME_HALTED;
    }
    frame_state state = memory_extend(m, f, &sp[-1], &sp[-2]);
    if (state != FRAME_RUNS) {
        return state;
    }
    uint64_t size = sp[-2].limb[0];
    if (!frame_charge(f, GAS_LOG_BYTE * size)) {
        return FRAME_HALTED;
    }
    weft_u256 topics[4];
    for (unsigned i = 0; i < topic_count; i++) {
        topics[i] = *(sp - 3 - i);
    }
    const uint8_t *data = size == 0 ? NULL : frame_memory(m, f, sp[-1].limb[0]);
    bool logged = tx_state_log(m->ts, f->address, topics, topic_count, data, size);
    return logged ? FRAME_RUNS : FRAME_FAILED;
}

frame_state instruction_balance(machine *m, frame *f, weft_u256 *sp) {
    tx_account *account = NULL;
    frame_state state = account_access(m, f, &sp[-1], m->rules->gas_balance, &account);
    if (state == FRAME_RUNS) {
        sp[-1] = tx_account_balance(m->ts, account);
    }
    return state;
}

frame_state instruction_extcodesize(machine *m, frame *f, weft_u256 *sp) {
    tx_account *account = NULL;
    frame_state state = account_access(m, f, &sp[-1], m->rules->gas_ext_code, &account);
    if (state != FRAME_RUNS) {
        return state;
    }
    const code *c = tx_account_code(m->ts, account);
    if (c == NULL) {
        return FRAME_FAILED;
    }
    sp[-1] = u256_from_u64(c->size);
    return FRAME_RUNS;
}

frame_state instruction_extcodehash(machine *m, frame *f, weft_u256 *sp) {
    tx_account *account = NULL;
    frame_state state = account_access(m, f, &sp[-1], m->rules->gas_ext_code_hash, &account);
    if (state == FRAME_RUNS) {
        bool dead = tx_account_is_dead(m->ts, account);
        sp[-1] = dead ? u256_zero() : u256_from_bytes32(tx_account_code_hash(m->ts, account));
    }
    return state;
}

frame_state instruction_sload(machine *m, frame *f, weft_u256 *sp) {
    const fork_rules *rules = m->rules;
    tx_slot *slot = tx_account_slot(m->ts, f->account, &sp[-1]);
    if (slot == NULL) {
        return FRAME_FAILED;
    }
    uint64_t gas = rules->gas_sload;
    if (rules->has_access_lists) {
        gas = tx_slot_warm(m->ts, slot) ? rules->gas_warm : rules->gas_cold_slot;
    }
    if (!frame_charge(f, gas)) {
        return FRAME_HALTED;
    }
    const weft_u256 *value = tx_slot_value(m->ts, slot);
    if (value == NULL) {
        return FRAME_FAILED;
    }
    sp[-1] = *value;
    return FRAME_RUNS;
}

/* Net metering (EIP-1283, EIP-2200, EIP-2929, EIP-8038): what changing `current` to `value` costs. */
static uint64_t sstore_gas(const fork_rules *rules, const weft_u256 *original, const weft_u256 *current,
                           const weft_u256 *value) {
    if (u256_equal(current, value) || !u256_equal(original, current)) {
        return rules->gas_sstore_dirty;
    }
    return u256_is_zero(original) ? rules->gas_sstore_set : rules->gas_sstore_reset;
}

/* Net metering: what it refunds, negative when an earlier refund is taken back. */
static int64_t sstore_refund(const fork_rules *rules, const weft_u256 *original, const weft_u256 *current,
                             const weft_u256 *value) {
    if (u256_equal(current, value)) {
        return 0;
    }
    if (u256_equal(original, current)) {
        return !u256_is_zero(original) && u256_is_zero(value) ? rules->sstore_clear_refund : 0;
    }
    int64_t refund = 0;
    if (!u256_is_zero(original)) {
        if (u256_is_zero(current)) {
            refund -= rules->sstore_clear_refund;
        } else if (u256_is_zero(value)) {
            refund += rules->sstore_clear_refund;
        }
    }
    if (u256_equal(original, value)) {
        refund += (int64_t)(u256_is_zero(original) ? rules->gas_sstore_set : rules->gas_sstore_reset) -
                  (int64_t)rules->gas_sstore_dirty;
    }
    return refund;
}

/* A slot that the transaction brings into being is paid for, and paid back when it goes again (EIP-8037). Returns: false
 * when the gas is not enough. */
static bool sstore_state_gas(machine *m, frame *f, const weft_u256 *original, const weft_u256 *current,
                             const weft_u256 *value) {
    uint64_t gas = state_gas_of_slot(m->rules);
    if (gas == 0 || !u256_is_zero(original) || u256_is_zero(current) == u256_is_zero(value)) {
        return true;
    }
    if (u256_is_zero(current)) {
        return frame_charge_state(m, f, gas);
    }
    state_gas_refill(m->ts, gas, &f->gas, &f->spilled);
    return true;
}

frame_state instruction_sstore(machine *m, frame *f, weft_u256 *sp) {
    const fork_rules *rules = m->rules;
    const weft_u256 *value = &sp[-2];
    if (f->is_static || (rules->sstore >= SSTORE_EIP2200 && f->gas <= GAS_SSTORE_SENTRY)) {
        return FRAME_HALTED;
    }
    tx_slot *slot = tx_account_slot(m->ts, f->account, &sp[-1]);
    if (slot == NULL) {
        return FRAME_FAILED;
    }
    if (rules->sstore == SSTORE_EIP2929 &&
        !frame_charge(f, tx_slot_warm(m->ts, slot) ? rules->gas_sstore_warm : rules->gas_cold_slot)) {
        return FRAME_HALTED;
    }
    const weft_u256 *current = tx_slot_value(m->ts, slot), *original = tx_slot_original(slot);
    if (current == NULL) {
        return FRAME_FAILED;
    }
    uint64_t gas;
    int64_t refund;
    if (rules->sstore == SSTORE_SIMPLE) {
        gas = u256_is_zero(current) && !u256_is_zero(value) ? rules->gas_sstore_set : rules->gas_sstore_reset;
        refund = !u256_is_zero(current) && u256_is_zero(value) ? rules->sstore_clear_refund : 0;
    } else {
        gas = sstore_gas(rules, original, current, value);
        refund = sstore_refund(rules, original, current, value);
    }
    if (!frame_charge(f, gas) || !sstore_state_gas(m, f, original, current, value)) {
        return FRAME_HALTED;
    }
    if (refund != 0) {
        tx_state_add_refund(m->ts, refund);
    }
    if (u256_equal(current, value)) {
        return FRAME_RUNS;
    }
    return tx_slot_store(m->ts, slot, value) ? FRAME_RUNS : FRAME_FAILED;
}

frame_state instruction_tload(machine *m, frame *f, weft_u256 *sp) {
    weft_u256 slot = sp[-1];
    return tx_transient_load(m->ts, f->account, &slot, &sp[-1]) ? FRAME_RUNS : FRAME_FAILED;
}

frame_state instruction_tstore(machine *m, frame *f, weft_u256 *sp) {
    if (f->is_static) {
        return FRAME_HALTED;
    }
    return tx_transient_store(m->ts, f->account, &sp[-1], &sp[-2]) ? FRAME_RUNS : FRAME_FAILED;
}

frame_state instruction_return(machine *m, frame *f, weft_u256 *sp, frame_state end) {
    frame_state state = memory_extend(m, f, &sp[-1], &sp[-2]);
    if (state != FRAME_RUNS) {
        return state;
    }
    f->output_size = sp[-2].limb[0];
    f->output_offset = f->output_size == 0 ? 0 : sp[-1].limb[0];
    return end;
}
