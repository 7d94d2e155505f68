#include "tools/pre_state.h"

#include <stdlib.h>
#include <string.h>

#include "tools/alloc.h"
#include "tools/hex.h"

/* --- Plain form */

typedef struct known_hash {
    weft_address address;
    weft_bytes32 code_hash;
} known_hash;

static int known_hash_compare(const void *a, const void *b) {
    return memcmp(((const known_hash *)a)->address.bytes, ((const known_hash *)b)->address.bytes, 20);
}

static const known_hash *known_hash_find(const pre_state *state, const weft_address *address) {
    known_hash wanted = {.address = *address};
    return state->known_hash_count == 0
               ? NULL
               : bsearch(&wanted, state->known_hashes, state->known_hash_count, sizeof wanted, known_hash_compare);
}

static weft_status plain_account(void *context, weft_account *out, const weft_address *address) {
    const pre_state *state = context;
    weft_status status = state->memory_view.account(state->memory_view.context, out, address);
    const known_hash *known = known_hash_find(state, address);
    if (status == WEFT_OK && known != NULL) {
        out->code_hash = known->code_hash;
    }
    return status;
}

static weft_status plain_code(void *context, weft_bytes *out, const weft_address *address,
                              const weft_bytes32 *code_hash) {
    const pre_state *state = context;
    const weft_state_view *view = &state->memory_view;
    return known_hash_find(state, address) != NULL ? WEFT_STATE_UNAVAILABLE
                                                   : view->code(view->context, out, address, code_hash);
}

static weft_status plain_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    const weft_state_view *view = &((const pre_state *)context)->memory_view;
    return view->storage(view->context, out, address, slot);
}

static weft_status plain_has_storage(void *context, bool *out, const weft_address *address) {
    const weft_state_view *view = &((const pre_state *)context)->memory_view;
    return view->has_storage(view->context, out, address);
}

static weft_status plain_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    const weft_state_view *view = &((const pre_state *)context)->memory_view;
    return view->block_hash(view->context, out, number);
}

static bool read_known_hashes(const json_document *document, pre_state *state) {
    state->known_hashes = calloc(document->root->child_count + 1, sizeof *state->known_hashes);
    if (state->known_hashes == NULL) {
        return json_fail(document, WEFT_NO_MEMORY);
    }
    for (const json_value *account = json_first(document->root); account != NULL; account = account->next) {
        known_hash *known = &state->known_hashes[state->known_hash_count];
        if (json_get(account, "codeHash") == NULL || json_get(account, "code") != NULL) {
            continue;
        }
        if (!json_key_address(document, account, &known->address) ||
            !json_bytes32(document, account, "codeHash", &known->code_hash)) {
            return false;
        }
        state->known_hash_count++;
    }
    qsort(state->known_hashes, state->known_hash_count, sizeof *state->known_hashes, known_hash_compare);
    return true;
}

weft_status pre_state_read_accounts(pre_state *state, const char *name, const char *text, size_t size, failure *f) {
    *state = (pre_state){0};
    json_document document;
    weft_status status = json_parse(&document, name, text, size, f);
    if (status != WEFT_OK) {
        return status;
    }
    status = weft_memory_state_create(&state->memory, NULL);
    if (status != WEFT_OK) {
        json_fail(&document, status);
    } else if (!json_expect(&document, document.root, JSON_OBJECT, "a state") ||
               !alloc_read(&document, document.root, state->memory) || !read_known_hashes(&document, state)) {
        status = f->status;
    }
    json_free(&document);
    if (status != WEFT_OK) {
        pre_state_free(state);
        return status;
    }
    state->memory_view = weft_memory_state_view(state->memory);
    state->view = (weft_state_view){.context = state,
                                    .account = plain_account,
                                    .code = plain_code,
                                    .storage = plain_storage,
                                    .has_storage = plain_has_storage,
                                    .block_hash = plain_block_hash};
    return WEFT_OK;
}

/* --- Trie form */

static void trie_form_free(pre_state *state) {
    witness_json_free(&state->trie);
    json_free(&state->document);
}

static weft_status trie_form_read(pre_state *state, const char *name, const char *text, size_t size,
                                  const weft_header *header, failure *f) {
    weft_status status = json_parse(&state->document, name, text, size, f);
    if (status != WEFT_OK) {
        return status;
    }
    status = witness_json_read(&state->trie, &state->document, state->document.root, header);
    if (status != WEFT_OK) {
        trie_form_free(state);
    }
    return status;
}

weft_status pre_state_read_witness(pre_state *state, const char *name, const char *text, size_t size,
                                   const weft_header *header, failure *f) {
    *state = (pre_state){0};
    weft_status status = trie_form_read(state, name, text, size, header, f);
    if (status == WEFT_OK) {
        state->view = weft_witness_view(state->trie.witness);
    }
    return status;
}

weft_status pre_state_add_witness(pre_state *state, const char *name, const char *text, size_t size,
                                  const weft_header *header, failure *f) {
    weft_status status = trie_form_read(state, name, text, size, header, f);
    for (size_t i = 0; i < state->trie.ancestor_count && status == WEFT_OK; i++) {
        const witness_ancestor *ancestor = &state->trie.ancestors[i];
        status = weft_memory_state_set_block_hash(state->memory, ancestor->header.number, &ancestor->hash);
        if (status != WEFT_OK) {
            json_fail(&state->document, status);
        }
    }
    return status == WEFT_NOT_FOUND ? WEFT_OK : status;
}

const weft_header *pre_state_parent(const pre_state *state) {
    return state->trie.witness != NULL ? &state->trie.ancestors[0].header : NULL;
}

/* --- Both */

weft_status pre_state_set_block_hash(pre_state *state, uint64_t number, const weft_bytes32 *hash) {
    return state->memory != NULL ? weft_memory_state_set_block_hash(state->memory, number, hash)
                                 : weft_witness_set_block_hash(state->trie.witness, number, hash);
}

static bool read_block_hash(const json_document *document, const json_value *member, pre_state *state) {
    weft_u256 number;
    weft_bytes32 hash;
    if (!hex_parse_number(&number, member->key, member->key_size)) {
        return json_refuse(document, member, "the key must be a block number");
    }
    if (!json_value_exact(document, member, hash.bytes, sizeof hash.bytes)) {
        return false;
    }
    weft_status status = pre_state_set_block_hash(state, number.limb[0], &hash);
    return status == WEFT_OK || json_fail(document, status);
}

weft_status pre_state_add_block_hashes(pre_state *state, const json_document *document, const json_value *hashes) {
    bool ok = json_expect(document, hashes, JSON_OBJECT, "block hashes");
    for (const json_value *v = json_first(hashes); ok && v != NULL; v = v->next) {
        ok = read_block_hash(document, v, state);
    }
    return ok ? WEFT_OK : document->failure->status;
}

void pre_state_free(pre_state *state) {
    weft_memory_state_destroy(state->memory);
    trie_form_free(state);
    free(state->known_hashes);
    *state = (pre_state){0};
}
