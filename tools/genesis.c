#include "tools/genesis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/alloc.h"
#include "tools/json.h"

/* keccak256 of an empty list: of no ommers, and of an empty block access list (EIP-7928). */
static const weft_bytes32 empty_list_hash = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                              0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                              0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};
static const weft_bytes32 empty_trie_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45,
                                              0xe6, 0x92, 0xc0, 0xf8, 0x6e, 0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c,
                                              0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};
/* sha256 of nothing: EIP-7685's hash of no requests. */
static const weft_bytes32 no_requests_hash = {{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
                                               0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
                                               0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}};

/* --- Rules */

/* First blocks and first times. A fork that is not named keeps WEFT_NEVER; a later one brings it along. */
static bool read_activations(const json_document *document, const json_value *config, weft_chain *chain) {
    const struct {
        const char *key;
        uint64_t *activation;
    } forks[] = {
        {"homesteadBlock", &chain->activation_block[WEFT_HOMESTEAD]},
        {"eip150Block", &chain->activation_block[WEFT_TANGERINE_WHISTLE]},
        {"eip155Block", &chain->activation_block[WEFT_SPURIOUS_DRAGON]},
        {"eip158Block", &chain->activation_block[WEFT_SPURIOUS_DRAGON]},
        {"byzantiumBlock", &chain->activation_block[WEFT_BYZANTIUM]},
        {"constantinopleBlock", &chain->activation_block[WEFT_CONSTANTINOPLE]},
        {"constantinopleFixBlock", &chain->activation_block[WEFT_PETERSBURG]},
        {"petersburgBlock", &chain->activation_block[WEFT_PETERSBURG]},
        {"istanbulBlock", &chain->activation_block[WEFT_ISTANBUL]},
        {"muirGlacierBlock", &chain->muir_glacier_block},
        {"berlinBlock", &chain->activation_block[WEFT_BERLIN]},
        {"londonBlock", &chain->activation_block[WEFT_LONDON]},
        {"arrowGlacierBlock", &chain->arrow_glacier_block},
        {"grayGlacierBlock", &chain->gray_glacier_block},
        {"shanghaiTime", &chain->activation_time[WEFT_SHANGHAI]},
        {"cancunTime", &chain->activation_time[WEFT_CANCUN]},
        {"pragueTime", &chain->activation_time[WEFT_PRAGUE]},
        {"osakaTime", &chain->activation_time[WEFT_OSAKA]},
        {"amsterdamTime", &chain->activation_time[WEFT_AMSTERDAM]},
    };
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        if (!json_u64(document, config, forks[i].key, forks[i].activation)) {
            return false;
        }
    }
    return true;
}

static bool read_dao_fork(const json_document *document, const json_value *config, weft_chain *chain) {
    bool is_supported = true;
    uint64_t block = WEFT_NEVER;
    if (!json_boolean(document, config, "daoForkSupport", &is_supported) ||
        !json_u64(document, config, "daoForkBlock", &block)) {
        return false;
    }
    chain->dao_fork_block = is_supported ? block : WEFT_NEVER;
    return true;
}

/* The forks that carry blobs; blobs are counted as the last one did unless the genesis says otherwise (0: it must). */
static const struct {
    const char *name, *time_key;
    uint64_t target, max, base_fee_update_fraction;
} blob_forks[] = {
    {"cancun", "cancunTime", 3, 6, 3338477}, {"prague", "pragueTime", 6, 9, 5007716},
    {"osaka", "osakaTime", 0, 0, 0},         {"bpo1", "bpo1Time", 0, 0, 0},
    {"bpo2", "bpo2Time", 0, 0, 0},           {"bpo3", "bpo3Time", 0, 0, 0},
    {"bpo4", "bpo4Time", 0, 0, 0},           {"bpo5", "bpo5Time", 0, 0, 0},
    {"amsterdam", "amsterdamTime", 0, 0, 0},
};

/* EIP-7840. Cancun and Prague have parameters of their own when the schedule does not name them. */
static bool read_blob_schedule(const json_document *document, const json_value *config, weft_chain *chain) {
    const json_value *schedule = json_get(config, "blobSchedule");
    for (size_t i = 0; i < sizeof blob_forks / sizeof blob_forks[0]; i++) {
        const json_value *entry = json_get(schedule, blob_forks[i].name);
        weft_blob_parameters blobs = {WEFT_NEVER, blob_forks[i].target, blob_forks[i].max,
                                      blob_forks[i].base_fee_update_fraction};
        if (!json_u64(document, config, blob_forks[i].time_key, &blobs.activation_time) ||
            !json_u64(document, entry, "target", &blobs.target) || !json_u64(document, entry, "max", &blobs.max) ||
            !json_u64(document, entry, "baseFeeUpdateFraction", &blobs.base_fee_update_fraction)) {
            return false;
        }
        if (blobs.activation_time == WEFT_NEVER || (entry == NULL && blob_forks[i].max == 0)) {
            continue;
        }
        if (blobs.base_fee_update_fraction == 0) {
            return json_refuse(document, entry, "baseFeeUpdateFraction must be above 0");
        }
        size_t count = chain->blob_schedule_count;
        if (count > 0 && blobs.activation_time < chain->blob_schedule[count - 1].activation_time) {
            return json_refuse(document, config, "%s is before the blob-carrying fork that precedes it",
                               blob_forks[i].time_key);
        }
        chain->blob_schedule[chain->blob_schedule_count++] = blobs;
    }
    return true;
}

static bool read_consensus(const json_document *document, const json_value *config, weft_chain *chain) {
    weft_u256 final_difficulty;
    /* The total difficulty itself is not followed: a header without difficulty says that it was reached. */
    chain->paris_by_difficulty =
        json_get(config, "terminalTotalDifficulty") != NULL || chain->activation_time[WEFT_SHANGHAI] != WEFT_NEVER;
    chain->no_block_reward =
        json_get(config, "clique") != NULL || json_get(config, "ibft2") != NULL || json_get(config, "qbft") != NULL;
    return json_u256(document, config, "terminalTotalDifficulty", &final_difficulty) &&
           json_u64(document, json_get(config, "ethash"), "fixeddifficulty", &chain->fixed_difficulty) &&
           json_address(document, config, "depositContractAddress", &chain->deposit_contract);
}

static bool is_known_time(const char *key) {
    bool is_known = strcmp(key, "shanghaiTime") == 0;
    for (size_t i = 0; i < sizeof blob_forks / sizeof blob_forks[0]; i++) {
        is_known = is_known || strcmp(key, blob_forks[i].time_key) == 0;
    }
    return is_known;
}

/* Forks that weft does not know: their blocks cannot be judged. */
static bool read_unknown_forks(const json_document *document, const json_value *config, genesis *g) {
    g->first_unsupported_time = WEFT_NEVER;
    for (const json_value *v = json_first(config); v != NULL; v = v->next) {
        uint64_t time = WEFT_NEVER;
        bool is_number = v->kind == JSON_NUMBER || v->kind == JSON_STRING;
        if (!is_number || !file_has_suffix(v->key, "Time") || is_known_time(v->key)) {
            continue;
        }
        if (!json_u64(document, config, v->key, &time)) {
            return false;
        }
        if (time < g->first_unsupported_time) {
            g->first_unsupported_time = time;
            (void)snprintf(g->unsupported_fork, sizeof g->unsupported_fork, "%s", v->key);
        }
    }
    return true;
}

static bool read_config(const json_document *document, const json_value *config, genesis *g) {
    weft_chain *chain = &g->chain;
    for (size_t fork = 0; fork < WEFT_FORK_COUNT; fork++) {
        chain->activation_block[fork] = WEFT_NEVER;
        chain->activation_time[fork] = WEFT_NEVER;
    }
    chain->activation_block[WEFT_FRONTIER] = 0;
    chain->muir_glacier_block = chain->arrow_glacier_block = chain->gray_glacier_block = WEFT_NEVER;
    if (!json_expect(document, config, JSON_OBJECT, "\"config\"") ||
        !json_u64(document, config, "chainId", &chain->chain_id) || !read_activations(document, config, chain) ||
        !read_dao_fork(document, config, chain) || !read_blob_schedule(document, config, chain) ||
        !read_consensus(document, config, chain) || !read_unknown_forks(document, config, g)) {
        return false;
    }
    /* To geth, Constantinople without a Petersburg block is Petersburg; to Besu it is what was withdrawn. */
    bool is_besu = chain->fixed_difficulty != 0 || json_get(config, "contractSizeLimit") != NULL;
    if (chain->activation_block[WEFT_PETERSBURG] == WEFT_NEVER && !is_besu) {
        chain->activation_block[WEFT_PETERSBURG] = chain->activation_block[WEFT_CONSTANTINOPLE];
    }
    return true;
}

/* --- State and header */

static bool read_alloc(json_document *document, genesis *g) {
    const json_value *alloc = json_get(document->root, "alloc");
    return json_expect(document, alloc, JSON_OBJECT, "\"alloc\"") && alloc_read(document, alloc, g->state);
}

static bool read_header_basics(json_document *document, genesis *g) {
    const json_value *root = document->root;
    const json_value *config = json_get(root, "config");
    weft_header *h = &g->header;
    uint64_t nonce = 0;
    bool ok = json_u64(document, root, "number", &h->number) && json_u64(document, root, "timestamp", &h->timestamp) &&
              json_u64(document, root, "gasLimit", &h->gas_limit) &&
              json_u64(document, root, "gasUsed", &h->gas_used) && json_u64(document, root, "nonce", &nonce) &&
              json_bytes32(document, root, "mixHash", &h->mix_hash) &&
              json_bytes32(document, root, "parentHash", &h->parent_hash) &&
              json_address(document, root, "coinbase", &h->coinbase) &&
              json_bytes(document, root, "extraData", &h->extra_data);
    for (size_t i = 0; i < sizeof h->nonce; i++) {
        h->nonce[i] = (uint8_t)(nonce >> (56 - 8 * i));
    }
    static const weft_bytes32 zero = {{0}};
    if (json_get(config, "ethash") != NULL && memcmp(&h->mix_hash, &zero, sizeof zero) == 0) {
        h->difficulty.limb[0] = 131072;
    }
    return ok && json_u256(document, root, "difficulty", &h->difficulty);
}

/* The fields that came with later forks, each with the value it has when the file does not say. */
static bool read_header_extensions(const json_document *document, genesis *g) {
    const json_value *root = document->root;
    const weft_chain *chain = &g->chain;
    weft_header *h = &g->header;
    h->field_count = 15;
    if (h->number < chain->activation_block[WEFT_LONDON]) {
        return true;
    }
    h->field_count = 16;
    h->base_fee_per_gas.limb[0] = 1000000000;
    if (h->timestamp >= chain->activation_time[WEFT_SHANGHAI]) {
        h->field_count = 17;
        h->withdrawals_root = empty_trie_root;
    }
    if (h->timestamp >= chain->activation_time[WEFT_CANCUN]) {
        h->field_count = 20;
    }
    if (h->timestamp >= chain->activation_time[WEFT_PRAGUE]) {
        h->field_count = 21;
        h->requests_hash = no_requests_hash;
    }
    if (h->timestamp >= chain->activation_time[WEFT_AMSTERDAM]) {
        h->field_count = 23;
        h->block_access_list_hash = empty_list_hash;
    }
    return json_u256(document, root, "baseFeePerGas", &h->base_fee_per_gas) &&
           json_u64(document, root, "blobGasUsed", &h->blob_gas_used) &&
           json_u64(document, root, "excessBlobGas", &h->excess_blob_gas) &&
           json_bytes32(document, root, "parentBeaconBlockRoot", &h->parent_beacon_block_root) &&
           json_u64(document, root, "slotNumber", &h->slot_number);
}

static weft_status seal_header(genesis *g, failure *f, const char *name) {
    weft_header *h = &g->header;
    weft_status status = weft_memory_state_root(g->state, &h->state_root);
    g->extra_data = malloc(h->extra_data.size + 1);
    if (g->extra_data == NULL) {
        status = WEFT_NO_MEMORY;
    } else if (h->extra_data.size > 0) {
        memcpy(g->extra_data, h->extra_data.data, h->extra_data.size);
    }
    h->extra_data.data = g->extra_data;
    if (status == WEFT_OK) {
        status = weft_header_hash(&g->hash, h);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_set_block_hash(g->state, h->number, &g->hash);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", name, weft_status_message(status));
}

/* --- All of it */

weft_status genesis_read(genesis *g, json_document *document, failure *f) {
    *g = (genesis){.header = {.ommers_hash = empty_list_hash,
                              .transactions_root = empty_trie_root,
                              .receipts_root = empty_trie_root,
                              .gas_limit = 4712388}};
    weft_status status = weft_memory_state_create(&g->state, NULL);
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", document->name, weft_status_message(status));
    }
    const json_value *config = json_get(document->root, "config");
    if (json_expect(document, document->root, JSON_OBJECT, "a genesis file") && read_config(document, config, g) &&
        read_alloc(document, g) && read_header_basics(document, g) && read_header_extensions(document, g)) {
        status = seal_header(g, f, document->name);
    } else {
        status = f->status;
    }
    if (status != WEFT_OK) {
        genesis_free(g);
    }
    return status;
}

weft_status genesis_parse(genesis *g, const char *name, const char *text, size_t size, failure *f) {
    json_document document;
    weft_status status = json_parse(&document, name, text, size, f);
    if (status == WEFT_OK) {
        status = genesis_read(g, &document, f);
        json_free(&document);
    }
    return status;
}

weft_status genesis_load(genesis *g, const char *path, failure *f) {
    file_bytes bytes;
    weft_status status = file_read(&bytes, path, f);
    if (status == WEFT_OK) {
        status = genesis_parse(g, path, bytes.data, bytes.size, f);
        file_free(&bytes);
    }
    return status;
}

void genesis_free(genesis *g) {
    weft_memory_state_destroy(g->state);
    free(g->extra_data);
    *g = (genesis){0};
}
