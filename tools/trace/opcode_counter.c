#include "tools/trace/opcode_counter.h"

#include "tools/trace/geth_words.h"

static void on_step(void *context, const weft_trace_step *s) {
    ((opcode_counter *)context)->counts[s->opcode]++;
}

void opcode_counter_init(opcode_counter *c) {
    *c = (opcode_counter){.tracer = {.size = sizeof c->tracer, .context = c, .step = on_step}};
}

void opcode_counter_write(const opcode_counter *c, json_writer *w) {
    char text[GETH_WORDS_SIZE];
    json_write_open(w, NULL, '{');
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        if (c->counts[opcode] != 0) {
            json_write_count(w, geth_opcode_name(text, (uint8_t)opcode), c->counts[opcode]);
        }
    }
    json_write_close(w, '}');
    json_write_end(w);
}
