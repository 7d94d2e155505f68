#include "tools/suite/state_details.h"

#include <stdio.h>

#include "tools/json_writer.h"
#include "tools/t8n/t8n_result.h"

static weft_status write_dump(json_writer *w, weft_memory_state *state, const weft_bytes32 *root) {
    json_write_open(w, "state", '{');
    json_write_bytes32(w, "root", root);
    weft_status status = state_write_alloc(w, "accounts", state);
    json_write_close(w, '}');
    return status;
}

static void write_cost(json_writer *w, const state_cost *cost) {
    json_write_open(w, "benchStats", '{');
    json_write_count(w, "time", (uint64_t)(cost->seconds * 1e9)); /* nanoseconds, as in geth's */
    json_write_count(w, "gasUsed", cost->gas);
    json_write_close(w, '}');
}

weft_status state_details_make(char **details, const fixture_hooks *hooks, weft_memory_state *state,
                               const weft_bytes32 *root, const state_cost *cost) {
    size_t size;
    *details = NULL;
    if (!hooks->dump && !hooks->bench) {
        return WEFT_OK;
    }
    json_writer w = {.stream = open_memstream(details, &size)};
    if (w.stream == NULL) {
        return WEFT_NO_MEMORY;
    }
    weft_status status = hooks->dump ? write_dump(&w, state, root) : WEFT_OK;
    if (hooks->bench) {
        write_cost(&w, cost);
    }
    return fclose(w.stream) == 0 ? status : WEFT_NO_MEMORY;
}
