#include "engine/interpreter.h"

#include "engine/decoded_run.h"
#include "engine/plain_run.h"

frame_state interpreter_run(machine *m, frame *f) {
    return f->decoded != NULL ? decoded_run(m, f) : plain_run(m, f);
}
