#include "engine/plain_run.h"

#include "base/assert.h"
#include "engine/code.h"
#include "engine/computations.h"
#include "engine/opcodes.h"
#include "engine/trace.h"

/* Labels as values are GNU C, which both compilers we build with speak; -Wpedantic would name every use. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

// clang-format off

/* Distance of an opcode's code from that of an undefined one; 0, undefined, where the fork does not have it. */
#define JUMP_ENTRY(row_fork, opcode, name, since, gas, pops, pushes)                                                   \
    [opcode] = WEFT_##since <= (row_fork) ? (int32_t)((char *)&&on_##name - (char *)&&on_undefined) : 0,
#define JUMP_ROW(fork, text) [WEFT_##fork] = {OPCODES(JUMP_ENTRY, WEFT_##fork)},

/* Continue with the opcode at pc. Every instruction ends in its own indirect jump, so that each learns by itself what
 * usually follows it. */
#define DISPATCH() goto *((char *)&&on_undefined + jumps[*pc])
#define NEXT()                                                                                                         \
    do {                                                                                                               \
        pc++;                                                                                                          \
        DISPATCH();                                                                                                    \
    } while (0)

/* Begin an instruction: stack height and constant gas. All constants; checks that cannot fail vanish. */
#define ON(name)                                                                                                       \
    on_##name:                                                                                                         \
    if (OPCODE_POPS_##name != 0 && WEFT_UNLIKELY(sp < f->stack + OPCODE_POPS_##name)) {                                \
        goto halt;                                                                                                     \
    }                                                                                                                  \
    if (OPCODE_PUSHES_##name > OPCODE_POPS_##name && WEFT_UNLIKELY(sp == f->stack + STACK_WORDS_MAX)) {                \
        goto halt;                                                                                                     \
    }                                                                                                                  \
    gas -= OPCODE_GAS_##name;                                                                                          \
    if (OPCODE_GAS_##name != 0 && WEFT_UNLIKELY(gas < 0)) {                                                            \
        goto halt;                                                                                                     \
    }

/* A whole instruction that replaces its operands by one value. */
#define COMPUTE(name, operands, expression)                                                                            \
    ON(name) {                                                                                                         \
        operands;                                                                                                      \
        const weft_u256 result = (expression);                                                                         \
        sp += OPCODE_PUSHES_##name - OPCODE_POPS_##name;                                                               \
        sp[-1] = word_of(&result);                                                                                     \
        NEXT();                                                                                                        \
    }
#define COMPUTE_FROM_NONE(name, expression) COMPUTE(name, (void)0, expression)
#define COMPUTE_FROM_ONE(name, expression) COMPUTE(name, const weft_u256 *const a = sp - 1, expression)
#define COMPUTE_FROM_TWO(name, expression)                                                                             \
    COMPUTE(name, const weft_u256 *const a = sp - 1 COMMA *const b = sp - 2, expression)
#define COMPUTE_FROM_THREE(name, expression)                                                                           \
    COMPUTE(name, const weft_u256 *const a = sp - 1 COMMA *const b = sp - 2 COMMA *const c = sp - 3, expression)
#define COMMA ,

/* A whole instruction that is a function; gas is the frame's while it runs. */
#define EXECUTE(name, call)                                                                                            \
    ON(name) {                                                                                                         \
        f->gas = gas;                                                                                                  \
        end = (call);                                                                                                  \
        gas = f->gas;                                                                                                  \
        sp += OPCODE_PUSHES_##name - OPCODE_POPS_##name;                                                               \
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {                                                                        \
            goto leave;                                                                                                \
        }                                                                                                              \
        NEXT();                                                                                                        \
    }

#define PUSH(n)                                                                                                        \
    ON(PUSH##n) {                                                                                                      \
        *sp++ = push_value(pc + 1, n);                                                                                 \
        pc += n;                                                                                                       \
        NEXT();                                                                                                        \
    }

#define DUP(n)                                                                                                         \
    ON(DUP##n) {                                                                                                       \
        *sp = word_of(sp - (n));                                                                                       \
        sp++;                                                                                                          \
        NEXT();                                                                                                        \
    }

#define SWAP(n)                                                                                                        \
    ON(SWAP##n) {                                                                                                      \
        swap_words(sp - 1, sp - 1 - (n));                                                                              \
        NEXT();                                                                                                        \
    }

// clang-format on

/* memory_holds_word() by extending memory. `gas` is the frame's gas. */
static inline frame_state memory_need_word(machine *m, frame *f, const weft_u256 *offset, int64_t *gas) {
    if (WEFT_LIKELY(memory_holds_word(f, offset))) {
        return FRAME_RUNS;
    }
    weft_u256 size = u256_from_u64(32);
    f->gas = *gas;
    frame_state state = memory_extend(m, f, offset, &size);
    *gas = f->gas;
    return state;
}

/* Behind code that was executed from one jump to the next. */
static inline uint32_t patience_left(uint32_t patience, const uint8_t *from, const uint8_t *to) {
    ptrdiff_t executed = to - from;
    return patience == UINT32_MAX ? patience : executed < (ptrdiff_t)patience ? patience - (uint32_t)executed : 0;
}

frame_state plain_run(machine *m, frame *f) {
    static const int32_t jump_table[WEFT_FORK_COUNT][256] = {WEFT_FORK_MAP(JUMP_ROW)};
    static const int32_t traced[256] = {[0 ... 255] = (int32_t)((char *)&&on_any - (char *)&&on_undefined)};
    const int32_t *const jumps = m->trace == NULL ? jump_table[m->block->fork] : traced;
    const evm_block *const block = m->block;
    const uint8_t *pc = f->pc;
    weft_u256 *sp = f->sp;
    int64_t gas = f->gas;
    uint32_t patience = f->patience;
    const uint8_t *straight_from = pc;
    frame_state end;

    DISPATCH();

    COMPUTATIONS_OF_NONE(COMPUTE_FROM_NONE)
    COMPUTATIONS_OF_ONE(COMPUTE_FROM_ONE)
    COMPUTATIONS_OF_TWO(COMPUTE_FROM_TWO)
    COMPUTATIONS_OF_THREE(COMPUTE_FROM_THREE)
    ROUTINES(EXECUTE)
    OUTWARD_ROUTINES(EXECUTE)

    ON(POP) {
        sp--;
        NEXT();
    }
    ON(MLOAD) {
        end = memory_need_word(m, f, &sp[-1], &gas);
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {
            goto leave;
        }
        sp[-1] = u256_from_be32(frame_memory(m, f, sp[-1].limb[0]));
        NEXT();
    }
    ON(MSTORE) {
        end = memory_need_word(m, f, &sp[-1], &gas);
        if (WEFT_UNLIKELY(end != FRAME_RUNS)) {
            goto leave;
        }
        u256_to_be32(frame_memory(m, f, sp[-1].limb[0]), &sp[-2]);
        sp -= 2;
        NEXT();
    }
    ON(JUMP) {
        sp--;
        goto jump;
    }
    ON(JUMPI) {
        sp -= 2;
        if (u256_is_zero(&sp[0])) {
            NEXT();
        }
        sp[0] = word_of(&sp[1]);
        goto jump;
    }
    ON(JUMPDEST) {
        NEXT();
    }
    COMPUTE_FROM_NONE(PC, u256_from_u64((uint64_t)(pc - f->code->bytes)))
    COMPUTE_FROM_NONE(GAS, u256_from_u64((uint64_t)gas))

    TIMES_16(PUSH)
    TIMES_17_TO_32(PUSH)
    TIMES_16(DUP)
    TIMES_16(SWAP)
    ON(DUPN) {
        unsigned n = deep_operand(pc[1]);
        if (!deep_operand_is_valid(pc[1]) || sp - f->stack < (ptrdiff_t)n || sp == f->stack + STACK_WORDS_MAX) {
            goto halt;
        }
        *sp = word_of(sp - n);
        sp++;
        pc++;
        NEXT();
    }
    ON(SWAPN) {
        unsigned n = deep_operand(pc[1]);
        if (!deep_operand_is_valid(pc[1]) || sp - f->stack < (ptrdiff_t)n + 1) {
            goto halt;
        }
        swap_words(sp - 1, sp - 1 - n);
        pc++;
        NEXT();
    }
    ON(EXCHANGE) {
        unsigned first, second;
        exchange_operands(pc[1], &first, &second);
        if (!exchange_operand_is_valid(pc[1]) || sp - f->stack < (ptrdiff_t)second + 1) {
            goto halt;
        }
        swap_words(sp - 1 - first, sp - 1 - second);
        pc++;
        NEXT();
    }

jump:
    /* The destination is the word that was popped last. */
    if (!u256_fits_u64(sp) || !code_is_jump_destination(f->code, sp->limb[0])) {
        goto halt;
    }
    patience = patience_left(patience, straight_from, pc + 1);
    straight_from = pc = f->code->bytes + sp->limb[0];
    if (WEFT_UNLIKELY(patience == 0)) {
        end = FRAME_RUNS;
        straight_from = pc--; /* not an instruction that was executed */
        goto leave;
    }
    DISPATCH();

on_any:
    f->pc = pc;
    f->sp = sp;
    f->gas = gas;
    trace_step(m, f);
    goto *((char *)&&on_undefined + jump_table[m->block->fork][*pc]);

on_undefined:
halt:
    end = FRAME_HALTED;
leave:
    f->pc = pc + 1;
    f->patience = patience_left(patience, straight_from, f->pc);
    f->sp = sp;
    f->gas = gas;
    return end;
}

#pragma GCC diagnostic pop
