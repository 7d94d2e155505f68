/** The plain interpreter: executes code as it is written, opcode by opcode, after nothing but a search for its JUMPDESTs.
 *  Tracers watch it; code that is not worth decoding runs in it; and it is what decoded_run.c is compared with. */
#ifndef ENGINE_PLAIN_RUN_H
#define ENGINE_PLAIN_RUN_H

#include "engine/frame.h"

/** Run `f` from f->pc on, until it ends, waits, or has executed f->patience bytes of code and comes to a jump;
 *  it leaves how many of them remain.
 *
 *  Returns:  FRAME_RUNS: it has come to a JUMPDEST without patience. With FRAME_HALTED the gas left in the frame means
 *            nothing.
 */
frame_state plain_run(machine *m, frame *f);

#endif
