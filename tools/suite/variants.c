#include "tools/suite/variants.h"

#include <stdio.h>
#include <string.h>

#include "tools/runner.h"

void variants_free(variant_engines *engines) {
    for (unsigned i = 0; i < VARIANTS_MAX; i++) {
        weft_engine_destroy(engines->engines[i]);
        engines->engines[i] = NULL;
    }
}

static weft_status prepare_engine(variant_engines *engines, unsigned index, const weft_chain *chain) {
    if (engines->engines[index] != NULL) {
        return weft_engine_set_chain(engines->engines[index], chain);
    }
    /* Each runs code in another way, too: as it is written, decoded, and, from the third on, as the engine chooses. */
    static const weft_interpreter interpreters[VARIANTS_MAX] = {WEFT_INTERPRETER_PLAIN, WEFT_INTERPRETER_DECODED};
    const weft_engine_config config = {.size = sizeof config,
                                       .threads = engines->list.threads[index],
                                       .force_parallel = true,
                                       .keep_code_cache = true,
                                       .interpreter = interpreters[index]};
    return weft_engine_create(&engines->engines[index], chain, &config);
}

static void disagree(variant_engines *engines, variant_outcome *outcome, unsigned index, const char *what) {
    engines->disagreement_count++;
    outcome->agreeing &= ~(1u << index);
    if (outcome->difference[0] == '\0') {
        (void)snprintf(outcome->difference, sizeof outcome->difference, "execution by %u workers differs: %s",
                       engines->list.threads[index], what);
    }
}

/* Compare the result of a later variant with the first one's. */
static weft_status compare(variant_engines *engines, variant_outcome *outcome, unsigned index,
                           const weft_block_result *result) {
    weft_bytes32 digest;
    weft_status status = weft_state_delta_digest(&digest, &result->delta);
    if (status != WEFT_OK) {
        return status;
    }
    const char *what = runner_difference(&outcome->result, result);
    if (what == NULL && memcmp(&digest, &outcome->delta_digest, sizeof digest) != 0) {
        what = "state delta";
    }
    if (what != NULL) {
        disagree(engines, outcome, index, what);
    }
    return WEFT_OK;
}

weft_status variants_execute(variant_engines *engines, variant_outcome *outcome, const weft_chain *chain,
                             const weft_block *block, const weft_state_view *view, const weft_execute_options *options,
                             void (*prepare)(void *context), void *prepare_context) {
    *outcome = (variant_outcome){.agreeing = variants_all(&engines->list)};
    for (unsigned i = 0; i < engines->list.count; i++) {
        weft_block_result result;
        weft_status status = prepare_engine(engines, i, chain);
        if (status != WEFT_OK) {
            return status;
        }
        if (prepare != NULL) {
            prepare(prepare_context);
        }
        status = weft_engine_execute(engines->engines[i], i == 0 ? &outcome->result : &result, block, view, options);
        if (status == WEFT_OK) {
            status = i == 0 ? weft_state_delta_digest(&outcome->delta_digest, &outcome->result.delta)
                            : compare(engines, outcome, i, &result);
        } else if (i > 0 && status != WEFT_NO_MEMORY) {
            disagree(engines, outcome, i, weft_status_message(status));
            status = WEFT_OK;
        }
        if (status != WEFT_OK) {
            return status;
        }
    }
    return WEFT_OK;
}
