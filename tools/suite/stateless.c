#include "tools/suite/stateless.h"

#include <stdio.h>
#include <string.h>

#include "tools/witness_json.h"

/* "0x", the root of the payload's request, and a byte that is 1 for success; what follows depends on the release. */
enum { SUCCESS_POSITION = 2 + 2 * 32 };

bool stateless_is_given(const json_value *block, bool *expected) {
    const json_value *output = json_get(block, "statelessOutputBytes");
    if (json_get(block, "executionWitness") == NULL || output == NULL || output->kind != JSON_STRING ||
        output->size < SUCCESS_POSITION + 2) {
        return false;
    }
    *expected = memcmp(output->text + SUCCESS_POSITION, "01", 2) == 0;
    return true;
}

static weft_status check_root(stateless_outcome *outcome, const witness_json *witness, const weft_block *block,
                              const weft_state_delta *delta) {
    weft_bytes32 root;
    weft_error error;
    weft_status status = weft_witness_apply(witness->witness, &root, delta, 1, &error);
    if (status != WEFT_OK) {
        (void)snprintf(outcome->why, sizeof outcome->why, "%s", error.message);
        return status;
    }
    outcome->is_proved = memcmp(&root, &block->header.state_root, sizeof root) == 0;
    if (!outcome->is_proved) {
        (void)snprintf(outcome->why, sizeof outcome->why, "the state root is another");
    }
    return WEFT_OK;
}

weft_status stateless_execute(stateless_outcome *outcome, json_document *document, const json_value *json,
                              const weft_chain *chain, const variant_list *variants, const weft_block *block,
                              weft_bytes access_list) {
    *outcome = (stateless_outcome){.agreeing = variants_all(variants)};
    witness_json witness;
    weft_status status = witness_json_read(&witness, document, json_get(json, "executionWitness"), &block->header);
    if (status != WEFT_OK) {
        (void)snprintf(outcome->why, sizeof outcome->why, "%.255s", document->failure->message);
        return status == WEFT_NO_MEMORY ? status : WEFT_OK;
    }
    const weft_execute_options options = {
        .size = sizeof options, .parent = &witness.ancestors[0].header, .block_access_list = access_list};
    weft_state_view view = weft_witness_view(witness.witness);
    variant_outcome executed;
    variant_engines engines = {.list = *variants}; /* that remember no code of other blocks */
    status = variants_execute(&engines, &executed, chain, block, &view, &options, NULL, NULL);
    if (status != WEFT_OK) {
        (void)snprintf(outcome->why, sizeof outcome->why, "%s", weft_status_message(status));
    } else {
        outcome->agreeing = executed.agreeing;
        memcpy(outcome->difference, executed.difference, sizeof outcome->difference);
        if (executed.result.verdict == WEFT_VALID) {
            status = check_root(outcome, &witness, block, &executed.result.delta);
        } else {
            (void)snprintf(outcome->why, sizeof outcome->why, "%s: %.200s", weft_verdict_name(executed.result.verdict),
                           executed.result.explanation);
        }
    }
    variants_free(&engines);
    witness_json_free(&witness);
    return status == WEFT_NO_MEMORY ? status : WEFT_OK;
}
