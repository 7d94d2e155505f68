/** The instructions that are more than arithmetic, out of the interpreter's line: memory growth, hashing, copying,
 *  the state, logs, calls and creations.
 *
 *  Each finds its constant gas (opcodes.h) already taken and the stack height checked, reads its operands at sp[-1]
 *  (the top) downwards, charges the rest to the frame and writes its result where its lowest operand was. The
 *  interpreter moves sp. Nothing they read from the state may be relied upon to be consistent: see tx_state.h.
 *
 *  Each returns FRAME_RUNS to go on, or what the frame has come to.
 */
#ifndef ENGINE_INSTRUCTIONS_H
#define ENGINE_INSTRUCTIONS_H

#include "engine/frame.h"

/** Extend the frame's memory so that [offset, offset + size) is in it, zeroing and charging for what is new. A size of
 *  0 needs nothing, whatever the offset. */
frame_state memory_extend(machine *m, frame *f, const weft_u256 *offset, const weft_u256 *size);

frame_state instruction_exp(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_keccak256(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_calldatacopy(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_codecopy(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_extcodecopy(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_returndatacopy(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_mcopy(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_mstore8(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_blockhash(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_log(machine *m, frame *f, weft_u256 *sp, unsigned topic_count);

frame_state instruction_balance(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_extcodesize(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_extcodehash(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_sload(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_sstore(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_tload(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_tstore(machine *m, frame *f, weft_u256 *sp);
frame_state instruction_selfdestruct(machine *m, frame *f, weft_u256 *sp);

/** RETURN and REVERT: `end` is FRAME_STOPPED or FRAME_REVERTED, and returned. */
frame_state instruction_return(machine *m, frame *f, weft_u256 *sp, frame_state end);
/** The four calls and two creations; FRAME_WAITS with frame->request filled. */
frame_state instruction_call(machine *m, frame *f, weft_u256 *sp, evm_kind kind);
frame_state instruction_create(machine *m, frame *f, weft_u256 *sp, evm_kind kind);

/** Decide what a call of `callee` runs: a precompile, its code, or the code it delegates to (EIP-7702). Only under
 *  EIP-7702 that takes a look at the callee's code, which may otherwise stay unread when the call cannot begin.
 *  Returns: false on a host failure. Out: request->precompile, request->code_account; delegate: NULL unless there is
 *  one, and then not yet warmed. */
bool call_resolve(machine *m, call_request *request, tx_account *callee, tx_account **delegate);

#endif
