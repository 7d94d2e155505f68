/** The interpreter: executes analysed code in a frame.
 *
 *  Everything outside the frame's own stack, memory and gas is reached through the machine: the transaction's state,
 *  the block, the return data. The interpreter never enters another frame. When code calls or creates, it fills
 *  frame->request, reserves the result's place on top of the stack and returns FRAME_WAITS; the driver (evm.c) does
 *  what is asked for, writes the result and runs the frame again.
 */
#ifndef ENGINE_INTERPRETER_H
#define ENGINE_INTERPRETER_H

#include "engine/frame.h"

/** Run `f` until it ends or waits. `f` is the deepest frame of `m`.
 *
 *  Returns:  never FRAME_RUNS. With FRAME_HALTED the gas left in the frame means nothing.
 */
frame_state interpreter_run(machine *m, frame *f);

#endif
