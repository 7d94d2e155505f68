#include "tools/witness_maker.h"

#include <inttypes.h>
#include <string.h>

#include <weft/witness_builder.h>

#include "tools/block_file.h"
#include "tools/witness_json.h"

/* A block on its way to a witness. */
typedef struct making {
    witness_maker *maker;
    const weft_block *block;
    failure *failure;
    weft_witness_parts parts;
    weft_bytes headers[HEADER_TRAIL_LENGTH];
    size_t header_count;
} making;

static weft_status fail(const making *m, weft_status status, const char *why) {
    return status == WEFT_OK
               ? status
               : failure_set(m->failure, status, "the witness of block %" PRIu64 ": %s", m->block->header.number, why);
}

/* From the first block whose hash was asked for, or from the parent, to the parent. */
static weft_status headers_collect(making *m) {
    uint64_t parent = m->block->header.number - 1, first = m->parts.first_block_hash;
    for (uint64_t number = first < parent ? first : parent; number <= parent; number++) {
        weft_bytes header = header_trail_get(&m->maker->ancestors, number);
        if (header.size == 0 || m->header_count == HEADER_TRAIL_LENGTH) {
            return fail(m, WEFT_NOT_FOUND, "the header of an ancestor is not known");
        }
        m->headers[m->header_count++] = header;
    }
    return WEFT_OK;
}

static bool write_json(FILE *stream, const void *context) {
    const making *m = context;
    json_writer w = {.stream = stream};
    witness_json_write(&w, &m->parts, m->headers, m->header_count);
    return ferror(stream) == 0;
}

static weft_status parts_keep(making *m) {
    if (memcmp(&m->parts.state_root, &m->block->header.state_root, sizeof(weft_bytes32)) != 0) {
        return WEFT_OK; /* an invalid block, which the replay itself reports */
    }
    weft_status status = headers_collect(m);
    return status == WEFT_OK
               ? block_file_write(m->maker->folder, m->block, WITNESS_FILE_SUFFIX, write_json, m, m->failure)
               : status;
}

static weft_status execute(making *m, weft_witness_builder *builder, const weft_execute_options *given) {
    weft_execute_options options = *given;
    weft_block_result result;
    weft_error error = {.message = ""};
    weft_state_view view = weft_witness_builder_view(builder);
    options.intermediate_root = NULL;
    options.measure_critical_path = false;
    weft_status status = weft_engine_execute(m->maker->engine, &result, m->block, &view, &options);
    if (status != WEFT_OK || result.verdict != WEFT_VALID) {
        return fail(m, status, weft_status_message(status));
    }
    status = weft_witness_builder_finish(builder, &m->parts, &result.delta, &error);
    return status == WEFT_OK ? parts_keep(m) : fail(m, status, error.message);
}

static weft_status engine_prepare(witness_maker *maker, const weft_chain *chain) {
    if (maker->engine != NULL) {
        return weft_engine_set_chain(maker->engine, chain);
    }
    const weft_engine_config config = {.size = sizeof config, .threads = 1, .keep_code_cache = false};
    return weft_engine_create(&maker->engine, chain, &config);
}

weft_status witness_maker_make(witness_maker *maker, const weft_chain *chain, const weft_block *block,
                               const weft_execute_options *options, const weft_state_view *view,
                               const weft_node_source *nodes, const weft_bytes32 *root, failure *f) {
    making m = {.maker = maker, .block = block, .failure = f};
    weft_witness_builder *builder = NULL;
    if (maker->folder == NULL || block->header.number == 0) {
        return WEFT_OK;
    }
    weft_status status = engine_prepare(maker, chain);
    status = status == WEFT_OK ? weft_witness_builder_create(&builder, view, nodes, root) : status;
    status = status == WEFT_OK ? execute(&m, builder, options) : fail(&m, status, weft_status_message(status));
    weft_witness_builder_destroy(builder);
    return status;
}

void witness_maker_free(witness_maker *maker) {
    header_trail_free(&maker->ancestors);
    weft_engine_destroy(maker->engine);
    *maker = (witness_maker){.folder = NULL};
}
