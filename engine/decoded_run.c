#include "engine/decoded_run.h"

#include "base/assert.h"
#include "engine/decoded_code.h"
#include "engine/decoded_handlers.h"
#include "engine/opcodes.h"

/* Labels as values are GNU C, which both compilers we build with speak; -Wpedantic would name every use. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

// clang-format off

/* The top of the stack is in `top`, in registers; its place in memory, sp[-1], is written when something is pushed on
 * it, and before anyone else looks at the stack. Below the first word there is one that may be read and written, for
 * when the stack is empty. */
#define SPILL() (sp[-1] = top)
#define REFILL() (top = word_of(sp - 1))

/* Every instruction ends in its own indirect jump, so that each learns by itself what usually follows it. */
#define DISPATCH() goto *labels[DECODED_HANDLER(*ip)]
#define NEXT()                                                                                                         \
    do {                                                                                                               \
        ip++;                                                                                                          \
        DISPATCH();                                                                                                    \
    } while (0)

/* Go on behind a block's head, if gas, stack and fork allow what is in the block. */
#define ENTER(to)                                                                                                      \
    do {                                                                                                               \
        ip = (to);                                                                                                     \
        gas -= DECODED_GAS(ip[0]);                                                                                     \
        size_t height = (size_t)(sp - f->stack);                                                                       \
        if (WEFT_UNLIKELY(gas < 0 || height < DECODED_STACK_NEEDS(ip[1]) ||                                            \
                          height + DECODED_STACK_GROWS(ip[1]) > STACK_WORDS_MAX || DECODED_SINCE(ip[0]) > fork)) {     \
            goto on_HALT;                                                                                              \
        }                                                                                                              \
        ip += DECODED_HEAD_UNITS;                                                                                      \
        DISPATCH();                                                                                                    \
    } while (0)

#define COMPUTE_FROM_NONE(name, expression)                                                                            \
    on_##name : {                                                                                                      \
        SPILL();                                                                                                       \
        sp++;                                                                                                          \
        top = (expression);                                                                                            \
        NEXT();                                                                                                        \
    }

#define COMPUTE_FROM_ONE(name, expression)                                                                             \
    on_##name : {                                                                                                      \
        const weft_u256 first = top, *const a = &first;                                                                \
        top = (expression);                                                                                            \
        NEXT();                                                                                                        \
    }

#define COMPUTE_FROM_TWO(name, expression)                                                                             \
    on_##name : {                                                                                                      \
        const weft_u256 first = top, *const a = &first, *const b = sp - 2;                                             \
        top = (expression);                                                                                            \
        sp--;                                                                                                          \
        NEXT();                                                                                                        \
    }

#define COMPUTE_FROM_THREE(name, expression)                                                                           \
    on_##name : {                                                                                                      \
        const weft_u256 first = top, *const a = &first, *const b = sp - 2, *const c = sp - 3;                          \
        top = (expression);                                                                                            \
        sp -= 2;                                                                                                       \
        NEXT();                                                                                                        \
    }

/* Computations of two whose first operand is in the code, … */
#define COMPUTE_WITH_CONSTANT(name, expression)                                                                        \
    on_CONSTANT_##name : {                                                                                             \
        const weft_u256 first = OPERAND_WORD(), second = top, *const a = &first, *const b = &second;                   \
        top = (expression);                                                                                            \
        NEXT();                                                                                                        \
    }

#define COMPUTE_WITH_WIDE(name, expression)                                                                            \
    on_WIDE_##name : {                                                                                                 \
        const weft_u256 first = wide_word(ip + 1), second = top, *const a = &first, *const b = &second;                \
        top = (expression);                                                                                            \
        ip += DECODED_WIDE_UNITS;                                                                                      \
        NEXT();                                                                                                        \
    }

/* … whose second operand is, … */
#define COMPUTE_WITH_SECOND(name, expression)                                                                          \
    on_SECOND_##name : {                                                                                               \
        const weft_u256 first = top, second = OPERAND_WORD(), *const a = &first, *const b = &second;                   \
        top = (expression);                                                                                            \
        NEXT();                                                                                                        \
    }

/* … whose first operand is a copy of one deeper in the stack, … */
#define COMPUTE_WITH_COPY(name, expression)                                                                            \
    on_COPY_##name : {                                                                                                 \
        const weft_u256 second = top, *const a = sp - DECODED_OPERAND(*ip), *const b = &second;                        \
        top = (expression);                                                                                            \
        NEXT();                                                                                                        \
    }

/* … or which have changed places. */
#define COMPUTE_SWAPPED(name, expression)                                                                              \
    on_SWAPPED_##name : {                                                                                              \
        const weft_u256 second = top, *const a = sp - 2, *const b = &second;                                           \
        top = (expression);                                                                                            \
        sp--;                                                                                                          \
        NEXT();                                                                                                        \
    }

#define OPERAND_WORD() u256_from_u64((uint64_t)DECODED_OPERAND(*ip))

/* Comparisons whose result is only for a JUMPI. */
#define JUMP_ON(label, count, condition)                                                                               \
    label : {                                                                                                          \
        const weft_u256 first = top, *const a = &first, *const b = sp - 2;                                             \
        (void)b;                                                                                                       \
        bool jumps = (condition);                                                                                      \
        sp -= (count);                                                                                                 \
        REFILL();                                                                                                      \
        if (jumps) {                                                                                                   \
            ENTER(ip + DECODED_OPERAND(*ip));                                                                          \
        }                                                                                                              \
        ENTER(ip + 1);                                                                                                 \
    }
#define JUMP_IF(name, condition) JUMP_ON(on_IF_##name, 2, condition)
#define JUMP_UNLESS(name, condition) JUMP_ON(on_UNLESS_##name, 2, !(condition))

/* The selector in the next unit is compared with the top, which stays. */
#define JUMP_ON_SELECTOR(label, comparison)                                                                            \
    label:                                                                                                             \
    if (comparison) {                                                                                                  \
        ENTER(ip + DECODED_OPERAND(*ip));                                                                              \
    }                                                                                                                  \
    ENTER(ip + 2);

/* Instructions that are functions; gas and stack are the frame's while they run. */
#define CALL_OUT(name, call)                                                                                           \
    SPILL();                                                                                                           \
    f->gas = gas;                                                                                                      \
    end = (call);                                                                                                      \
    gas = f->gas;                                                                                                      \
    sp += OPCODE_PUSHES_##name - OPCODE_POPS_##name;                                                                   \
    if (WEFT_UNLIKELY(end != FRAME_RUNS)) {                                                                            \
        goto leave;                                                                                                    \
    }                                                                                                                  \
    REFILL();                                                                                                          \
    memory = frame_memory(m, f, 0);

#define ROUTINE(name, call)                                                                                            \
    on_##name : {                                                                                                      \
        CALL_OUT(name, call)                                                                                           \
        NEXT();                                                                                                        \
    }

#define OUTWARD_ROUTINE(name, call)                                                                                    \
    on_##name : {                                                                                                      \
        CALL_OUT(name, call)                                                                                           \
        ENTER(ip + 1);                                                                                                 \
    }

/* Make sure that the word at `offset` is in memory. */
#define NEED_WORD(offset)                                                                                              \
    if (WEFT_UNLIKELY(!memory_holds_word(f, offset))) {                                                                \
        const weft_u256 from = *(offset), size = u256_from_u64(32);                                                    \
        f->gas = gas;                                                                                                  \
        end = memory_extend(m, f, &from, &size);                                                                       \
        gas = f->gas;                                                                                                  \
        if (end != FRAME_RUNS) {                                                                                       \
            goto leave;                                                                                                \
        }                                                                                                              \
        memory = frame_memory(m, f, 0);                                                                                \
    }

#define DUP(n)                                                                                                         \
    on_DUP##n : {                                                                                                      \
        SPILL();                                                                                                       \
        sp++;                                                                                                          \
        top = (n) == 1 ? top : word_of(sp - 1 - (n));                                                                  \
        NEXT();                                                                                                        \
    }

#define SWAP(n)                                                                                                        \
    on_SWAP##n : {                                                                                                     \
        const weft_u256 first = top;                                                                                   \
        top = word_of(sp - 1 - (n));                                                                                   \
        sp[-1 - (n)] = first;                                                                                          \
        NEXT();                                                                                                        \
    }

#define LABEL(name, expression) [DECODED_##name] = &&on_##name,
#define LABEL_ALONE(name) [DECODED_##name] = &&on_##name,
#define LABEL_CONSTANT(name, expression) [DECODED_CONSTANT_##name] = &&on_CONSTANT_##name,
#define LABEL_WIDE(name, expression) [DECODED_WIDE_##name] = &&on_WIDE_##name,
#define LABEL_COPY(name, expression) [DECODED_COPY_##name] = &&on_COPY_##name,
#define LABEL_SECOND(name, expression) [DECODED_SECOND_##name] = &&on_SECOND_##name,
#define LABEL_SWAPPED(name, expression) [DECODED_SWAPPED_##name] = &&on_SWAPPED_##name,
#define LABEL_IF(name, condition) [DECODED_IF_##name] = &&on_IF_##name,
#define LABEL_UNLESS(name, condition) [DECODED_UNLESS_##name] = &&on_UNLESS_##name,

// clang-format on

/* The word that begins here, limb by limb: see word_of(). */
static inline weft_u256 wide_word(const decoded_unit *units) {
    return (weft_u256){
        {decoded_limb(units), decoded_limb(units + 2), decoded_limb(units + 4), decoded_limb(units + 6)}};
}

static inline const decoded_unit *destination(const frame *f, const weft_u256 *pc) {
    bool is_inside = u256_fits_u64(pc) && pc->limb[0] < f->code->size;
    return is_inside ? decoded_code_at(f->decoded_code, (uint32_t)pc->limb[0]) : NULL;
}

frame_state decoded_run(machine *m, frame *f) {
    static const void *const labels[DECODED_HANDLER_COUNT] = {
        [DECODED_NONE] = &&on_HALT,
        COMPUTATIONS_OF_NONE(LABEL) COMPUTATIONS_OF_ONE(LABEL) COMPUTATIONS_OF_TWO(LABEL) COMPUTATIONS_OF_THREE(LABEL)
            ROUTINES(LABEL) OUTWARD_ROUTINES(LABEL) DECODED_OPCODES(LABEL_ALONE) COMPUTATIONS_OF_TWO(LABEL_CONSTANT)
                COMPUTATIONS_OF_TWO(LABEL_WIDE) COMPUTATIONS_OF_TWO(LABEL_COPY) COMPUTATIONS_OF_TWO(LABEL_SECOND)
                    COMPUTATIONS_OF_TWO(LABEL_SWAPPED) DECODED_CONDITIONS(LABEL_IF) DECODED_CONDITIONS(LABEL_UNLESS)
                        DECODED_FORMS(LABEL_ALONE)};
    const evm_block *const block = m->block;
    const unsigned fork = block->fork;
    const decoded_unit *ip;
    weft_u256 *sp = f->sp;
    int64_t gas = f->gas;
    uint8_t *memory = frame_memory(m, f, 0);
    weft_u256 top = word_of(sp - 1);
    frame_state end;

    ENTER(f->decoded);

on_ENTER:
    ENTER(ip + 1);

    COMPUTATIONS_OF_NONE(COMPUTE_FROM_NONE)
    COMPUTATIONS_OF_ONE(COMPUTE_FROM_ONE)
    COMPUTATIONS_OF_TWO(COMPUTE_FROM_TWO)
    COMPUTATIONS_OF_THREE(COMPUTE_FROM_THREE)
    ROUTINES(ROUTINE)
    OUTWARD_ROUTINES(OUTWARD_ROUTINE)
    COMPUTATIONS_OF_TWO(COMPUTE_WITH_CONSTANT)
    COMPUTATIONS_OF_TWO(COMPUTE_WITH_WIDE)
    COMPUTATIONS_OF_TWO(COMPUTE_WITH_SECOND)
    COMPUTATIONS_OF_TWO(COMPUTE_WITH_COPY)
    COMPUTATIONS_OF_TWO(COMPUTE_SWAPPED)
    DECODED_CONDITIONS(JUMP_IF)
    DECODED_CONDITIONS(JUMP_UNLESS)
    JUMP_ON(on_JUMP_IF_ISZERO, 1, u256_is_zero(a))
    JUMP_ON(on_JUMP_TO_IF, 1, !u256_is_zero(a))
    JUMP_ON_SELECTOR(on_JUMP_IF_SELECTOR, u256_fits_u64(&top) && ip[1] == top.limb[0])
    JUMP_ON_SELECTOR(on_JUMP_BELOW_SELECTOR, u256_fits_u64(&top) && ip[1] > top.limb[0])

    /* --- The stack */

    TIMES_16(DUP)
    TIMES_16(SWAP)

on_POP:
    sp--;
    REFILL();
    NEXT();
on_POPS:
    sp -= DECODED_OPERAND(*ip);
    REFILL();
    NEXT();
on_SWAP1_POP:
    sp--;
    NEXT();
on_SWAP_POP:
    *(sp - DECODED_OPERAND(*ip)) = top;
    sp--;
    REFILL();
    NEXT();
on_CONSTANT:
    SPILL();
    sp++;
    top = OPERAND_WORD();
    NEXT();
on_CONSTANT_LIMB:
    SPILL();
    sp++;
    top = u256_from_u64(decoded_limb(ip + 1));
    ip += DECODED_LIMB_UNITS;
    NEXT();
on_CONSTANT_WIDE:
    SPILL();
    sp++;
    top = wide_word(ip + 1);
    ip += DECODED_WIDE_UNITS;
    NEXT();
on_DUPN:
    SPILL();
    sp++;
    top = word_of(sp - 1 - DECODED_OPERAND(*ip));
    NEXT();
on_SWAPN:
on_EXCHANGE:
    SPILL();
    swap_words(sp - 1 - (DECODED_OPERAND(*ip) >> 12), sp - 1 - (DECODED_OPERAND(*ip) & 0xfff));
    REFILL();
    NEXT();

    /* --- Memory */

on_MLOAD:
    NEED_WORD(&top)
    top = u256_from_be32(memory + top.limb[0]);
    NEXT();
on_CONSTANT_MLOAD:
    SPILL();
    sp++;
    top = OPERAND_WORD();
    NEED_WORD(&top)
    top = u256_from_be32(memory + DECODED_OPERAND(*ip));
    NEXT();
on_COPY_MLOAD:
    SPILL();
    top = word_of(sp - DECODED_OPERAND(*ip));
    sp++;
    NEED_WORD(&top)
    top = u256_from_be32(memory + top.limb[0]);
    NEXT();
on_MSTORE:
    NEED_WORD(&top)
    u256_to_be32(memory + top.limb[0], sp - 2);
    sp -= 2;
    REFILL();
    NEXT();
on_CONSTANT_MSTORE : {
    const weft_u256 offset = OPERAND_WORD();
    NEED_WORD(&offset)
    u256_to_be32(memory + DECODED_OPERAND(*ip), &top);
    sp--;
    REFILL();
    NEXT();
}
on_COPY_MSTORE : {
    const weft_u256 offset = word_of(sp - DECODED_OPERAND(*ip));
    NEED_WORD(&offset)
    u256_to_be32(memory + offset.limb[0], &top);
    sp--;
    REFILL();
    NEXT();
}
on_SWAPPED_MSTORE : {
    const weft_u256 offset = word_of(sp - 2);
    NEED_WORD(&offset)
    u256_to_be32(memory + offset.limb[0], &top);
    sp -= 2;
    REFILL();
    NEXT();
}
on_CONSTANT_CALLDATALOAD : {
    const weft_u256 offset = OPERAND_WORD();
    SPILL();
    sp++;
    top = call_data_load(m, f, &offset);
    NEXT();
}

    /* --- Where to go on */

on_JUMP : {
    const decoded_unit *to = destination(f, &top);
    if (to == NULL) {
        goto on_HALT;
    }
    sp--;
    REFILL();
    ENTER(to);
}
on_JUMPI : {
    const weft_u256 target = top;
    bool jumps = !u256_is_zero(sp - 2);
    sp -= 2;
    REFILL();
    if (!jumps) {
        ENTER(ip + 1);
    }
    const decoded_unit *to = destination(f, &target);
    if (to == NULL) {
        goto on_HALT;
    }
    ENTER(to);
}
on_JUMP_TO:
    ENTER(ip + DECODED_OPERAND(*ip));
on_GO:
    ip += DECODED_OPERAND(*ip);
    DISPATCH();

on_GAS:
    SPILL();
    sp++;
    top = u256_from_u64((uint64_t)gas + ip[1]);
    ip++;
    NEXT();

on_HALT:
    end = FRAME_HALTED;
leave:
    f->decoded = ip + 1;
    f->sp = sp;
    f->gas = gas;
    return end;
}

#pragma GCC diagnostic pop
