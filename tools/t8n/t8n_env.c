#include "tools/t8n/t8n_env.h"

#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>

#include "tools/hex.h"
#include "tools/number.h"
#include "tools/withdrawals_json.h"

/* What is written: as it is, and which of it. */
typedef struct env_text {
    json_document *document;
    const json_value *object;
    weft_header parent;
    bool has_random, has_parent_difficulty, has_parent_base_fee, has_parent_blobs, has_beacon_root;
} env_text;

static bool has(const env_text *text, const char *key) {
    return json_get(text->object, key) != NULL;
}

static t8n_exit refuse(const env_text *text, const char *words) {
    (void)failure_set(text->document->failure, WEFT_INVALID_ARGUMENT, "%s: %s", text->document->name, words);
    return T8N_CONFIG;
}

/* --- Reading */

static bool read_required(const env_text *text, weft_header *header) {
    static const char *const required[] = {"currentCoinbase", "currentGasLimit", "currentNumber", "currentTimestamp"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (!has(text, required[i])) {
            return json_refuse(text->document, text->object, "`%s` is missing", required[i]);
        }
    }
    return json_address(text->document, text->object, "currentCoinbase", &header->coinbase) &&
           json_u64(text->document, text->object, "currentGasLimit", &header->gas_limit) &&
           json_u64(text->document, text->object, "currentNumber", &header->number) &&
           json_u64(text->document, text->object, "currentTimestamp", &header->timestamp);
}

static bool read_random(env_text *text, weft_header *header) {
    weft_u256 random = {{0}};
    text->has_random = has(text, "currentRandom");
    if (!json_u256(text->document, text->object, "currentRandom", &random)) {
        return false;
    }
    header->mix_hash = hex_number_bytes(&random);
    return true;
}

static bool read_current(env_text *text, t8n_env *env) {
    weft_header *h = &env->header;
    env->has_difficulty = has(text, "currentDifficulty");
    env->has_base_fee = has(text, "currentBaseFee");
    env->has_blob_fee = has(text, "currentExcessBlobGas");
    env->has_withdrawals = has(text, "withdrawals");
    text->has_beacon_root = has(text, "parentBeaconBlockRoot");
    return read_random(text, h) && json_u256(text->document, text->object, "currentDifficulty", &h->difficulty) &&
           json_u256(text->document, text->object, "currentBaseFee", &h->base_fee_per_gas) &&
           json_u64(text->document, text->object, "currentExcessBlobGas", &h->excess_blob_gas) &&
           json_u64(text->document, text->object, "slotNumber", &h->slot_number) &&
           json_bytes32(text->document, text->object, "parentBeaconBlockRoot", &h->parent_beacon_block_root);
}

/* Zero or missing means that the parent had no ommers. */
static bool read_parent_ommers(env_text *text) {
    static const weft_bytes32 zero;
    static const uint8_t empty_list = 0xc0;
    weft_bytes32 *hash = &text->parent.ommers_hash;
    bool ok = json_bytes32(text->document, text->object, "parentUncleHash", hash);
    if (memcmp(hash, &zero, sizeof zero) == 0) {
        *hash = weft_keccak256((weft_bytes){&empty_list, 1});
    }
    return ok;
}

static bool read_parent(env_text *text) {
    weft_header *p = &text->parent;
    text->has_parent_difficulty = has(text, "parentDifficulty");
    text->has_parent_base_fee = has(text, "parentBaseFee");
    text->has_parent_blobs = has(text, "parentExcessBlobGas") && has(text, "parentBlobGasUsed");
    return json_u256(text->document, text->object, "parentDifficulty", &p->difficulty) &&
           json_u64(text->document, text->object, "parentTimestamp", &p->timestamp) && read_parent_ommers(text) &&
           json_u256(text->document, text->object, "parentBaseFee", &p->base_fee_per_gas) &&
           json_u64(text->document, text->object, "parentGasUsed", &p->gas_used) &&
           json_u64(text->document, text->object, "parentGasLimit", &p->gas_limit) &&
           json_u64(text->document, text->object, "parentExcessBlobGas", &p->excess_blob_gas) &&
           json_u64(text->document, text->object, "parentBlobGasUsed", &p->blob_gas_used);
}

static bool read_withdrawals(const env_text *text, t8n_env *env) {
    const json_value *list = json_get(text->object, "withdrawals");
    return list == NULL || withdrawals_json_read(text->document, list, &env->withdrawals, &env->withdrawal_count);
}

static bool read_ommers(const env_text *text, t8n_env *env) {
    const json_value *list = json_get(text->object, "ommers");
    if (list == NULL) {
        return true;
    }
    env->ommer_count = list->child_count;
    env->ommers = json_allocate(text->document, (list->child_count + 1) * sizeof *env->ommers);
    t8n_ommer *ommer = env->ommers;
    if (ommer == NULL || !json_expect(text->document, list, JSON_ARRAY, "the list of ommers")) {
        return false;
    }
    for (const json_value *v = json_first(list); v != NULL; v = v->next, ommer++) {
        *ommer = (t8n_ommer){0};
        if (!json_u64(text->document, v, "delta", &ommer->delta) ||
            !json_address(text->document, v, "address", &ommer->address)) {
            return false;
        }
        if (ommer->delta == 0 || ommer->delta > 8) {
            return json_refuse(text->document, v, "an ommer's delta must be 1 to 8");
        }
    }
    return true;
}

/* The hash of the block before is also what EIP-2935 stores. */
static bool read_block_hashes(const env_text *text, weft_header *header, weft_memory_state *state) {
    const json_value *hashes = json_get(text->object, "blockHashes");
    if (hashes != NULL && !json_expect(text->document, hashes, JSON_OBJECT, "the block hashes")) {
        return false;
    }
    for (const json_value *v = json_first(hashes); v != NULL; v = v->next) {
        weft_bytes32 hash;
        char *end;
        uint64_t number = strtoull(v->key, &end, 0);
        if (v->key_size == 0 || *end != '\0') {
            return json_refuse(text->document, v, "the key must be a block number");
        }
        if (!json_value_exact(text->document, v, hash.bytes, sizeof hash.bytes)) {
            return false;
        }
        weft_status status = weft_memory_state_set_block_hash(state, number, &hash);
        if (status != WEFT_OK) {
            return json_fail(text->document, status);
        }
        if (number + 1 == header->number) {
            header->parent_hash = hash;
        }
    }
    return true;
}

/* --- Completing, in the order in which geth complains */

static t8n_exit complete_base_fee(const env_text *text, t8n_env *env, const weft_header *derived) {
    if (env->fork < WEFT_LONDON || env->has_base_fee) {
        return T8N_OK;
    }
    if (!text->has_parent_base_fee || env->header.number == 0) {
        return refuse(text, "EIP-1559 config but missing 'parentBaseFee' in env section");
    }
    env->has_base_fee = true;
    env->header.base_fee_per_gas = derived->base_fee_per_gas;
    return T8N_OK;
}

static t8n_exit complete_difficulty(const env_text *text, t8n_env *env, const weft_header *derived) {
    if (env->fork >= WEFT_PARIS) {
        if (!text->has_random) {
            return refuse(text, "post-merge requires currentRandom to be defined in env");
        }
        env->has_difficulty = false;
        return number_is_zero(&env->header.difficulty)
                   ? T8N_OK
                   : refuse(text, "post-merge difficulty must be zero (or omitted) in env");
    }
    if (env->has_difficulty) {
        return T8N_OK;
    }
    if (!text->has_parent_difficulty) {
        return refuse(text,
                      "currentDifficulty was not provided, and cannot be calculated due to missing parentDifficulty");
    }
    if (env->header.number == 0) {
        return refuse(text, "currentDifficulty needs to be provided for block number 0");
    }
    if (env->header.timestamp <= text->parent.timestamp) {
        return refuse(text, "currentDifficulty cannot be calculated: the time is not after the parent's");
    }
    env->has_difficulty = true;
    env->header.difficulty = derived->difficulty;
    return T8N_OK;
}

static t8n_exit complete_blobs(const env_text *text, t8n_env *env, const weft_header *derived) {
    if (env->fork < WEFT_CANCUN) {
        env->has_blob_fee = false;
        return T8N_OK;
    }
    if (!text->has_beacon_root) {
        return refuse(text, "post-cancun env requires parentBeaconBlockRoot to be set");
    }
    if (!env->has_blob_fee && text->has_parent_blobs) {
        env->has_blob_fee = true;
        env->header.excess_blob_gas = derived->excess_blob_gas;
    }
    return T8N_OK;
}

static t8n_exit complete(env_text *text, t8n_env *env, const weft_chain *chain) {
    const weft_header *h = &env->header;
    bool is_staked = number_is_zero(&h->difficulty) && text->has_random;
    env->fork = weft_chain_fork(chain, h->number, h->timestamp, is_staked);
    text->parent.number = h->number - 1;
    bool parent_has_base_fee =
        weft_chain_fork(chain, text->parent.number, text->parent.timestamp, is_staked) >= WEFT_LONDON;
    text->parent.field_count = parent_has_base_fee ? 16 : 15;
    weft_header derived = *h;
    weft_header_derive(&derived, &text->parent, chain, env->fork);
    t8n_exit status = complete_base_fee(text, env, &derived);
    if (status == T8N_OK && env->fork >= WEFT_SHANGHAI && !env->has_withdrawals) {
        status = refuse(text, "Shanghai config but missing 'withdrawals' in env section");
    }
    if (status == T8N_OK) {
        status = complete_difficulty(text, env, &derived);
    }
    return status == T8N_OK ? complete_blobs(text, env, &derived) : status;
}

t8n_exit t8n_env_read(t8n_env *env, json_document *document, const json_value *object, const weft_chain *chain,
                      weft_memory_state *state) {
    env_text text = {.document = document, .object = object};
    *env = (t8n_env){0};
    if (!json_expect(document, object, JSON_OBJECT, "env") || !read_required(&text, &env->header) ||
        !read_current(&text, env) || !read_parent(&text) || !read_withdrawals(&text, env) || !read_ommers(&text, env) ||
        !read_block_hashes(&text, &env->header, state)) {
        return T8N_JSON;
    }
    return complete(&text, env, chain);
}
