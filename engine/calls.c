#include "engine/access.h"
#include "engine/instructions.h"

#include "crypto/keccak.h"
#include "engine/ether_log.h"

bool call_resolve(machine *m, call_request *request, tx_account *callee, tx_account **delegate) {
    *delegate = NULL;
    request->code_account = NULL;
    request->precompile = precompile_find(m->block->fork, tx_account_address(callee));
    if (request->precompile != NULL) {
        tx_account_access(m->ts, callee);
        return true;
    }
    request->code_account = callee;
    if (!m->rules->has_delegation) {
        return true;
    }
    const code *c = tx_account_code(m->ts, callee);
    if (c == NULL || !c->is_delegation) {
        return c != NULL;
    }
    *delegate = tx_state_account(m->ts, &c->delegate);
    /* A delegation is followed once, and to a precompile it leads to empty code. */
    request->code_account = precompile_find(m->block->fork, &c->delegate) == NULL ? *delegate : NULL;
    return *delegate != NULL;
}

/* The operands of a call, from the top of the stack downwards: gas, address, value (CALL and CALLCODE only), input
 * offset and size, output offset and size. */
typedef struct call_operands {
    const weft_u256 *gas, *address, *value, *input_offset, *input_size, *output_offset, *output_size;
} call_operands;

static const weft_u256 no_value;

static call_operands call_operands_read(const weft_u256 *sp, evm_kind kind) {
    bool has_value = kind == EVM_CALL || kind == EVM_CALLCODE;
    const weft_u256 *rest = has_value ? sp - 3 : sp - 2;
    return (call_operands){sp - 1, sp - 2, has_value ? sp - 3 : &no_value, rest - 1, rest - 2, rest - 3, rest - 4};
}

/* Memory, target and value: everything that a call costs but for the gas it hands on. */
static frame_state call_charge(machine *m, frame *f, const call_operands *o, evm_kind kind, tx_account **callee) {
    const fork_rules *rules = m->rules;
    call_request *request = &f->request;
    frame_state state = memory_extend(m, f, o->input_offset, o->input_size);
    if (state == FRAME_RUNS) {
        state = memory_extend(m, f, o->output_offset, o->output_size);
    }
    if (state == FRAME_RUNS) {
        state = account_access(m, f, o->address, rules->gas_call, callee);
    }
    if (state != FRAME_RUNS) {
        return state;
    }
    bool moves_value = !u256_is_zero(o->value), is_new = false;
    if (moves_value && !frame_charge(f, rules->gas_call_value)) {
        return FRAME_HALTED;
    }
    if (kind == EVM_CALL) {
        is_new = rules->has_state_clearing ? moves_value && tx_account_is_dead(m->ts, *callee)
                                           : !tx_account_exists(m->ts, *callee);
    }
    if (is_new && !frame_charge(f, rules->gas_call_new_account)) {
        return FRAME_HALTED;
    }
    tx_account *delegate = NULL;
    if (!call_resolve(m, request, *callee, &delegate)) {
        return FRAME_FAILED;
    }
    if (delegate != NULL) {
        bool was_warm =
            tx_account_warm(m->ts, delegate) || precompile_find(m->block->fork, tx_account_address(delegate)) != NULL;
        if (!frame_charge(f, account_temperature_gas(m, was_warm))) {
            return FRAME_HALTED;
        }
        tx_account_access(m->ts, delegate);
        /* Whoever proves the block must hold the code of a call that then cannot begin, too (EIP-8025). */
        if (rules->has_block_access_list && tx_account_code(m->ts, delegate) == NULL) {
            return FRAME_FAILED;
        }
    }
    request->account_gas = is_new ? state_gas_of_account(rules) : 0;
    return frame_charge_state(m, f, request->account_gas) ? FRAME_RUNS : FRAME_HALTED;
}

/* Take the callee's gas from the caller: before EIP-150 exactly what was asked for, since then at most all but 1/64. */
static bool call_hand_on_gas(machine *m, frame *f, const weft_u256 *wanted, bool moves_value) {
    int64_t most = m->rules->has_63_64 ? gas_all_but_64th(f->gas) : f->gas;
    bool fits = u256_fits_u64(wanted) && wanted->limb[0] <= (uint64_t)most;
    if (!fits && !m->rules->has_63_64) {
        return false;
    }
    int64_t gas = fits ? (int64_t)wanted->limb[0] : most;
    f->gas -= gas;
    f->request.gas = gas + (moves_value ? GAS_CALL_STIPEND : 0);
    return true;
}

frame_state instruction_call(machine *m, frame *f, weft_u256 *sp, evm_kind kind) {
    call_operands o = call_operands_read(sp, kind);
    call_request *request = &f->request;
    bool moves_value = !u256_is_zero(o.value);
    if (f->is_static && kind == EVM_CALL && moves_value) {
        return FRAME_HALTED;
    }
    tx_account *callee = NULL;
    frame_state state = call_charge(m, f, &o, kind, &callee);
    if (state != FRAME_RUNS) {
        return state;
    }
    if (!call_hand_on_gas(m, f, o.gas, moves_value)) {
        return FRAME_HALTED;
    }
    bool keeps_context = kind == EVM_DELEGATECALL;
    bool runs_in_caller = keeps_context || kind == EVM_CALLCODE;
    request->kind = kind;
    request->is_static = f->is_static || kind == EVM_STATICCALL;
    request->payer = f->account;
    request->sender = keeps_context ? f->sender : *f->address;
    request->value = keeps_context ? f->value : *o.value;
    request->recipient = runs_in_caller ? f->account : callee;
    request->callee = callee;
    request->input_size = o.input_size->limb[0];
    request->input_offset = f->memory_offset + (request->input_size == 0 ? 0 : o.input_offset->limb[0]);
    request->output_size = o.output_size->limb[0];
    request->output_offset = f->memory_offset + (request->output_size == 0 ? 0 : o.output_offset->limb[0]);
    return FRAME_WAITS;
}

frame_state instruction_create(machine *m, frame *f, weft_u256 *sp, evm_kind kind) {
    const fork_rules *rules = m->rules;
    const weft_u256 *offset = &sp[-2], *size = &sp[-3];
    if (f->is_static) {
        return FRAME_HALTED;
    }
    frame_state state = memory_extend(m, f, offset, size);
    if (state != FRAME_RUNS) {
        return state;
    }
    uint64_t input_size = size->limb[0], words = gas_words(input_size), gas = rules->gas_create;
    if (rules->max_initcode_size != 0) {
        if (input_size > rules->max_initcode_size) {
            return FRAME_HALTED;
        }
        gas += GAS_INITCODE_WORD * words;
    }
    if (kind == EVM_CREATE2) {
        gas += GAS_KECCAK_WORD * words;
    }
    if (!frame_charge(f, gas)) {
        return FRAME_HALTED;
    }
    int64_t handed_on = rules->has_63_64 ? gas_all_but_64th(f->gas) : f->gas;
    f->gas -= handed_on;
    f->request = (call_request){
        .kind = kind,
        .gas = handed_on,
        .payer = f->account,
        .sender = *f->address,
        .value = sp[-1],
        .salt = kind == EVM_CREATE2 ? sp[-4] : u256_zero(),
        .input_offset = f->memory_offset + (input_size == 0 ? 0 : offset->limb[0]),
        .input_size = input_size,
    };
    return FRAME_WAITS;
}

/* Whether SELFDESTRUCT pays for bringing its beneficiary into being: any absent one at first, since EIP-161 only a dead
 * one that receives something. */
static bool selfdestruct_makes_account(machine *m, tx_account *beneficiary, const weft_u256 *balance) {
    if (m->rules->has_state_clearing) {
        return !u256_is_zero(balance) && tx_account_is_dead(m->ts, beneficiary);
    }
    return !tx_account_exists(m->ts, beneficiary);
}

frame_state instruction_selfdestruct(machine *m, frame *f, weft_u256 *sp) {
    const fork_rules *rules = m->rules;
    if (f->is_static) {
        return FRAME_HALTED;
    }
    tx_account *beneficiary = NULL;
    bool was_warm = false;
    if (!account_find(m, &sp[-1], &beneficiary, &was_warm)) {
        return FRAME_FAILED;
    }
    uint64_t gas = rules->gas_selfdestruct + (was_warm ? 0 : rules->gas_cold_account);
    if (!frame_charge(f, gas)) {
        return FRAME_HALTED;
    }
    weft_u256 balance = tx_account_balance(m->ts, f->account);
    uint64_t state_gas = state_gas_of_account(rules);
    if ((rules->gas_selfdestruct_new_account | state_gas) != 0 &&
        selfdestruct_makes_account(m, beneficiary, &balance) &&
        !(frame_charge(f, rules->gas_selfdestruct_new_account) && frame_charge_state(m, f, state_gas))) {
        return FRAME_HALTED;
    }
    tx_state_transfer(m->ts, f->account, beneficiary, &balance);
    if (!rules->selfdestruct_only_new || tx_account_is_created(f->account)) {
        if (rules->has_burn_logs && beneficiary == f->account && !u256_is_zero(&balance)) {
            ether_log_burn(m->ts, f->address, &balance);
        }
        bool was_destroyed = tx_account_destroy(m->ts, f->account);
        if (!was_destroyed && rules->has_refund_for_selfdestruct) {
            tx_state_add_refund(m->ts, REFUND_SELFDESTRUCT);
        }
    }
    f->output_offset = f->output_size = 0;
    return FRAME_STOPPED;
}
