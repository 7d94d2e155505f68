#include "tools/suite/block_case.h"

#include <stdlib.h>
#include <string.h>

#include "tools/access_list_json.h"
#include "tools/alloc.h"
#include "tools/suite/header_json.h"
#include "tools/suite/networks.h"
#include "tools/suite/payload.h"

bool block_case_has_payloads(const json_value *test) {
    return json_get(test, "engineNewPayloads") != NULL && json_get(test, "pre") != NULL;
}

bool block_case_has_blocks(const json_value *test) {
    return json_get(test, "blocks") != NULL && json_get(test, "network") != NULL && json_get(test, "pre") != NULL;
}

bool block_case_read_network(block_case *c, json_document *document, const json_value *test) {
    const json_value *network = json_get(test, "network");
    *c = (block_case){.document = document, .test = test};
    if (!json_expect(c->document, network, JSON_STRING, "\"network\"")) {
        return false;
    }
    c->network = network->text;
    if (!network_chain(&c->chain, c->network)) {
        return json_refuse(c->document, network, "weft does not know the network '%s'", network->text);
    }
    c->is_of_unknown_draft = !network_revise(&c->chain, json_get(c->test, "_info"));
    return network_configure(&c->chain, c->network, c->document, json_get(c->test, "config"));
}

/* An official fixture holds the genesis block as RLP; some hold the header's fields only. */
static bool read_genesis(block_case *c) {
    const json_value *rlp = json_get(c->test, "genesisRLP");
    if (rlp == NULL) {
        return header_json_read(c->document, json_get(c->test, "genesisBlockHeader"), &c->genesis.header,
                                &c->genesis.hash);
    }
    weft_bytes bytes;
    weft_error error = {.message = ""};
    if (!json_value_bytes(c->document, rlp, &bytes)) {
        return false;
    }
    weft_status status = weft_block_decode(c->decoder, &c->genesis, NULL, bytes, &error);
    return status == WEFT_OK || json_refuse(c->document, rlp, "byte %zu: %s", error.position, error.message);
}

/* `expectException`, or in older fixtures that name with the network, or ALL, behind it. A block of which only the RLP
 * is given is invalid too, without a reason. */
static const char *expected_exception(const block_case *c, const json_value *block) {
    static const char key[] = "expectException";
    for (const json_value *v = json_first(block); v != NULL; v = v->next) {
        if (v->key_size < sizeof key - 1 || memcmp(v->key, key, sizeof key - 1) != 0 || v->kind != JSON_STRING) {
            continue;
        }
        const char *whom = v->key + sizeof key - 1;
        size_t whom_size = v->key_size - (sizeof key - 1);
        if (whom_size == 0 || (whom_size == 3 && memcmp(whom, "ALL", 3) == 0) ||
            (whom_size == strlen(c->network) && memcmp(whom, c->network, whom_size) == 0)) {
            return v->text;
        }
    }
    return json_get(block, "blockHeader") == NULL ? "" : NULL;
}

/* The list is given as JSON, of an invalid block among its decoded parts. */
static bool read_access_list(block_case *c, block_step *s) {
    const json_value *accounts = json_get(s->json, "blockAccessList");
    if (accounts == NULL) {
        accounts = json_get(json_get(s->json, "rlp_decoded"), "blockAccessList");
    }
    weft_block_access_list list;
    if (accounts == NULL) {
        return true;
    }
    if (!access_list_json_read(c->document, accounts, &list)) {
        return false;
    }
    weft_status status = weft_block_access_list_encode(c->decoder, &s->access_list, &list);
    return status == WEFT_OK || json_fail(c->document, status);
}

static bool read_step(block_case *c, const json_value *block, block_step *s) {
    weft_bytes rlp = {0};
    s->json = block;
    s->expected = expected_exception(c, block);
    if (!json_expect(c->document, block, JSON_OBJECT, "a block") ||
        !json_expect(c->document, json_get(block, "rlp"), JSON_STRING, "\"rlp\"") ||
        !json_bytes(c->document, block, "rlp", &rlp)) {
        return false;
    }
    weft_status status = weft_block_decode(c->decoder, &s->block, NULL, rlp, &s->decode_error);
    if (status == WEFT_NO_MEMORY) {
        return json_fail(c->document, status);
    }
    s->is_decoded = status == WEFT_OK;
    return read_access_list(c, s);
}

/* A payload that is invalid names the reason; one that breaks the interface itself, an error code. */
static bool read_payload(block_case *c, const json_value *entry, block_step *s) {
    payload_refusal refusal;
    const json_value *reason = json_get(entry, "validationError"), *code = json_get(entry, "errorCode");
    const json_value *parameters = json_get(entry, "params");
    uint64_t version = 0;
    s->json = entry;
    s->expected = reason != NULL && reason->kind == JSON_STRING ? reason->text : NULL;
    s->expected_code = code != NULL && code->text != NULL ? (int)strtol(code->text, NULL, 10) : PAYLOAD_ACCEPTABLE;
    if (!json_expect(c->document, parameters, JSON_ARRAY, "\"params\"") ||
        !json_u64(c->document, entry, "newPayloadVersion", &version) ||
        !payload_check_interface(c->document, parameters, version, &c->chain, &s->error_code)) {
        return false;
    }
    if (s->error_code != PAYLOAD_ACCEPTABLE) {
        return true;
    }
    if (!payload_read(c->document, parameters, c->decoder, &s->block, &s->access_list, &refusal)) {
        return false;
    }
    s->is_decoded = refusal.verdict == WEFT_VALID;
    s->decode_error.verdict = refusal.verdict;
    memcpy(s->decode_error.message, refusal.words, sizeof refusal.words);
    return true;
}

static bool read_steps(block_case *c) {
    const json_value *payloads = json_get(c->test, "engineNewPayloads");
    const json_value *blocks = payloads != NULL ? payloads : json_get(c->test, "blocks");
    if (!json_expect(c->document, blocks, JSON_ARRAY, "the blocks")) {
        return false;
    }
    c->steps = calloc(blocks->child_count + 1, sizeof *c->steps);
    if (c->steps == NULL) {
        return json_fail(c->document, WEFT_NO_MEMORY);
    }
    for (const json_value *b = json_first(blocks); b != NULL; b = b->next) {
        block_step *s = &c->steps[c->step_count++];
        if (payloads != NULL ? !read_payload(c, b, s) : !read_step(c, b, s)) {
            return false;
        }
    }
    return true;
}

bool block_case_read_state(const block_case *c, const json_value *accounts, weft_memory_state **state) {
    weft_status status = weft_memory_state_create(state, NULL);
    if (status != WEFT_OK) {
        *state = NULL;
        return json_fail(c->document, status);
    }
    if (!alloc_read(c->document, accounts, *state)) {
        weft_memory_state_destroy(*state);
        *state = NULL;
        return false;
    }
    return true;
}

bool block_case_read(block_case *c) {
    weft_status status = weft_decoder_create(&c->decoder);
    return status == WEFT_OK ? read_genesis(c) && read_steps(c) : json_fail(c->document, status);
}

void block_case_free(block_case *c) {
    free(c->steps);
    weft_decoder_destroy(c->decoder);
}
