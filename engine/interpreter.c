#include "engine/interpreter.h"

#include "engine/decoded_code.h"
#include "engine/decoded_run.h"
#include "engine/plain_run.h"

/* Run code as it is written, until so much of it has been executed that decoding it has become worth it: then go on at
 * the JUMPDEST that it has come to. */
static frame_state warm_up(machine *m, frame *f) {
    uint32_t patience = f->patience;
    frame_state state = plain_run(m, f);
    if (patience == UINT32_MAX) {
        return state;
    }
    f->decoded_code = code_cache_heat(m->block->codes, f->code, patience - f->patience);
    if (state != FRAME_RUNS) {
        return state;
    }
    if (f->decoded_code == NULL) { /* for want of memory */
        f->patience = UINT32_MAX;
        return plain_run(m, f);
    }
    f->decoded = decoded_code_at(f->decoded_code, (uint32_t)(f->pc - f->code->bytes));
    return decoded_run(m, f);
}

frame_state interpreter_run(machine *m, frame *f) {
    return f->decoded != NULL ? decoded_run(m, f) : warm_up(m, f);
}
