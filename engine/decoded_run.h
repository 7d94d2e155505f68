/** The interpreter of decoded code (decoded_code.h): the way that all code is executed which is worth decoding and which
 *  nobody watches. Gives what plain_run.c gives, opcode by opcode, to the last unit of gas. */
#ifndef ENGINE_DECODED_RUN_H
#define ENGINE_DECODED_RUN_H

#include "engine/frame.h"

/** Run `f` from the block head f->decoded on, until it ends or waits; then f->decoded is the head to go on from.
 *
 *  Returns:  never FRAME_RUNS. With FRAME_HALTED the gas left in the frame means nothing.
 */
frame_state decoded_run(machine *m, frame *f);

#endif
