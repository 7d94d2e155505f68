#include "tools/suite/networks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- The stages of Ethereum's rules, oldest first */

typedef enum stage_kind {
    STAGE_BLOCK_FORK, /* begins at a block */
    STAGE_TIME_FORK,  /* begins at a timestamp */
    STAGE_GLACIER,    /* moves only the difficulty bomb */
    STAGE_BLOBS,      /* changes only the blob parameters (EIP-7892) */
    STAGE_DAO         /* EIP-779; no rules of its own */
} stage_kind;

typedef struct blob_numbers {
    uint64_t target, max, base_fee_update_fraction;
} blob_numbers;

typedef struct stage {
    const char *name;
    stage_kind kind;
    size_t which;       /* a weft_fork, or the offset of a glacier's block number in weft_chain */
    blob_numbers blobs; /* EIP-7840; all 0 where nothing changes */
} stage;

static const stage stages[] = {
    {"Frontier", STAGE_BLOCK_FORK, WEFT_FRONTIER, {0}},
    {"Homestead", STAGE_BLOCK_FORK, WEFT_HOMESTEAD, {0}},
    {"EIP150", STAGE_BLOCK_FORK, WEFT_TANGERINE_WHISTLE, {0}},
    {"EIP158", STAGE_BLOCK_FORK, WEFT_SPURIOUS_DRAGON, {0}},
    {"Byzantium", STAGE_BLOCK_FORK, WEFT_BYZANTIUM, {0}},
    {"Constantinople", STAGE_BLOCK_FORK, WEFT_CONSTANTINOPLE, {0}},
    {"ConstantinopleFix", STAGE_BLOCK_FORK, WEFT_PETERSBURG, {0}},
    {"Istanbul", STAGE_BLOCK_FORK, WEFT_ISTANBUL, {0}},
    {"MuirGlacier", STAGE_GLACIER, offsetof(weft_chain, muir_glacier_block), {0}},
    {"Berlin", STAGE_BLOCK_FORK, WEFT_BERLIN, {0}},
    {"London", STAGE_BLOCK_FORK, WEFT_LONDON, {0}},
    {"ArrowGlacier", STAGE_GLACIER, offsetof(weft_chain, arrow_glacier_block), {0}},
    {"GrayGlacier", STAGE_GLACIER, offsetof(weft_chain, gray_glacier_block), {0}},
    {"Paris", STAGE_BLOCK_FORK, WEFT_PARIS, {0}},
    {"Shanghai", STAGE_TIME_FORK, WEFT_SHANGHAI, {0}},
    {"Cancun", STAGE_TIME_FORK, WEFT_CANCUN, {3, 6, 3338477}},
    {"Prague", STAGE_TIME_FORK, WEFT_PRAGUE, {6, 9, 5007716}},
    {"Osaka", STAGE_TIME_FORK, WEFT_OSAKA, {0}},
    {"BPO1", STAGE_BLOBS, 0, {10, 15, 8346193}},
    {"BPO2", STAGE_BLOBS, 0, {14, 21, 11684671}},
    {"BPO3", STAGE_BLOBS, 0, {21, 32, 20609697}},
    {"BPO4", STAGE_BLOBS, 0, {14, 21, 13739630}},
    /* BPO3 and BPO4 exist in tests only: Amsterdam follows BPO2. */
    {"Amsterdam", STAGE_TIME_FORK, WEFT_AMSTERDAM, {14, 21, 11684671}},
};
enum { STAGE_COUNT = sizeof stages / sizeof stages[0] };

/* Names that are written in more than one way. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    {"Merge", "Paris"},
    {"Petersburg", "ConstantinopleFix"},
    {"TangerineWhistle", "EIP150"},
    {"Tangerine Whistle", "EIP150"},
    {"SpuriousDragon", "EIP158"},
    {"Spurious Dragon", "EIP158"},
};

static const stage stage_dao = {"Dao", STAGE_DAO, 0, {0}};

static bool is_named(const char *name, const char *text, size_t size) {
    return strlen(name) == size && memcmp(name, text, size) == 0;
}

/* Returns: NULL if no stage has this name. */
static const stage *stage_find(const char *text, size_t size) {
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (is_named(aliases[i].alias, text, size)) {
            text = aliases[i].name;
            size = strlen(text);
            break;
        }
    }
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        if (is_named(stages[i].name, text, size)) {
            return &stages[i];
        }
    }
    return is_named(stage_dao.name, text, size) ? &stage_dao : NULL;
}

/* --- A network's name */

typedef enum change_point { CHANGE_NEVER, CHANGE_AT_BLOCK, CHANGE_AT_TIME, CHANGE_AT_DIFFICULTY } change_point;

typedef struct network {
    const stage *first, *last; /* last = first if nothing changes */
    change_point change;
    uint64_t at; /* block, Unix seconds or total difficulty */
} network;

static bool parse_change(network *n, const char *text) {
    static const struct {
        const char *prefix;
        change_point change;
        int base;
    } forms[] = {{"AtTime", CHANGE_AT_TIME, 10}, {"AtDiff", CHANGE_AT_DIFFICULTY, 16}, {"At", CHANGE_AT_BLOCK, 10}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t size = strlen(forms[i].prefix);
        if (strncmp(text, forms[i].prefix, size) != 0) {
            continue;
        }
        char *end;
        n->change = forms[i].change;
        n->at = strtoull(text + size, &end, forms[i].base);
        if (*end == 'k') {
            n->at *= 1000;
            end++;
        }
        return end != text + size && *end == '\0';
    }
    return false;
}

static bool parse_network(network *n, const char *name) {
    const char *to = strstr(name, "To");
    const char *at = to == NULL ? NULL : strstr(to, "At");
    *n = (network){.first = stage_find(name, at == NULL ? strlen(name) : (size_t)(to - name))};
    if (n->first == NULL || n->first->kind == STAGE_DAO) {
        return false;
    }
    if (at == NULL) {
        n->last = n->first;
        return true;
    }
    n->last = stage_find(to + 2, (size_t)(at - to) - 2);
    return n->last != NULL && parse_change(n, at);
}

/* The block or time from which on a stage of the network holds. */
static uint64_t stage_activation(const network *n, const stage *s) {
    if (s <= n->first) {
        return 0;
    }
    return n->last->kind != STAGE_DAO && s <= n->last && n->change != CHANGE_AT_DIFFICULTY ? n->at : WEFT_NEVER;
}

/* --- The chain of a network */

static void add_blobs(weft_chain *chain, uint64_t activation_time, blob_numbers blobs) {
    if (activation_time != WEFT_NEVER && blobs.max != 0 && chain->blob_schedule_count < WEFT_BLOB_SCHEDULE_MAX) {
        chain->blob_schedule[chain->blob_schedule_count++] =
            (weft_blob_parameters){activation_time, blobs.target, blobs.max, blobs.base_fee_update_fraction};
    }
}

static void activate(weft_chain *chain, const stage *s, uint64_t activation) {
    switch (s->kind) {
    case STAGE_BLOCK_FORK: chain->activation_block[s->which] = activation; break;
    case STAGE_TIME_FORK: chain->activation_time[s->which] = activation; break;
    case STAGE_GLACIER: memcpy((char *)chain + s->which, &activation, sizeof activation); break;
    case STAGE_BLOBS:
    case STAGE_DAO: break;
    }
    add_blobs(chain, activation, s->blobs);
}

bool network_chain(weft_chain *chain, const char *name) {
    network n;
    if (!parse_network(&n, name)) {
        return false;
    }
    *chain = (weft_chain){.chain_id = 1,
                          .dao_fork_block = n.last->kind == STAGE_DAO ? n.at : WEFT_NEVER,
                          .deposit_contract = weft_chain_mainnet()->deposit_contract};
    for (size_t fork = 0; fork < WEFT_FORK_COUNT; fork++) {
        chain->activation_block[fork] = chain->activation_time[fork] = WEFT_NEVER;
    }
    for (const stage *s = stages; s < stages + STAGE_COUNT; s++) {
        activate(chain, s, stage_activation(&n, s));
    }
    if (n.change == CHANGE_AT_DIFFICULTY) {
        chain->paris_by_difficulty = true;
        chain->terminal_total_difficulty.limb[0] = n.at;
    }
    return true;
}

/* The name that is meant by one in other letters. Returns: NULL if there is none. */
static const char *meant_by(const char *name) {
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        if (strcasecmp(stages[i].name, name) == 0) {
            return stages[i].name;
        }
    }
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strcasecmp(aliases[i].alias, name) == 0) {
            return aliases[i].alias;
        }
    }
    return NULL;
}

weft_status network_choose(weft_chain *chain, const char *name, failure *f) {
    if (network_chain(chain, name)) {
        return WEFT_OK;
    }
    const char *meant = meant_by(name);
    return meant != NULL
               ? failure_set(f, WEFT_INVALID_ARGUMENT, "there is no fork '%s' (%s?)", name, meant)
               : failure_set(f, WEFT_INVALID_ARGUMENT, "there is no fork '%s'; weft t8n --help lists them", name);
}

static bool read_blobs(const json_document *document, const json_value *entry, blob_numbers *blobs) {
    if (!json_u64(document, entry, "target", &blobs->target) || !json_u64(document, entry, "max", &blobs->max) ||
        !json_u64(document, entry, "baseFeeUpdateFraction", &blobs->base_fee_update_fraction)) {
        return false;
    }
    return blobs->base_fee_update_fraction != 0 ||
           json_refuse(document, entry, "baseFeeUpdateFraction must be above 0");
}

bool network_configure(weft_chain *chain, const char *name, const json_document *document, const json_value *config) {
    const json_value *schedule = json_get(config, "blobSchedule");
    if (!json_u64(document, config, "chainid", &chain->chain_id)) {
        return false;
    }
    network n;
    if (schedule == NULL || !parse_network(&n, name)) {
        return true;
    }
    chain->blob_schedule_count = 0;
    for (const stage *s = stages; s < stages + STAGE_COUNT; s++) {
        const json_value *entry = json_get(schedule, s->name);
        blob_numbers blobs = {0};
        if (entry != NULL && !read_blobs(document, entry, &blobs)) {
            return false;
        }
        add_blobs(chain, stage_activation(&n, s), blobs);
    }
    return true;
}

bool network_revise(weft_chain *chain, const json_value *info) {
    static const struct {
        const char *release;
        weft_amsterdam_revision revision;
        bool is_exact;
    } releases[] = {
        {"/tests-snobal-devnet-5@", WEFT_AMSTERDAM_SNOBAL_DEVNET_5, true},
        {"/tests-zkevm@v0.3.", WEFT_AMSTERDAM_SNOBAL_DEVNET_5, false},
    };
    const json_value *url = json_get(info, "url");
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++) {
        if (url != NULL && url->kind == JSON_STRING && strstr(url->text, releases[i].release) != NULL) {
            chain->amsterdam_revision = releases[i].revision;
            return releases[i].is_exact;
        }
    }
    return true;
}

void network_names(void (*visit)(void *context, const char *name), void *context) {
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        visit(context, stages[i].name);
    }
}
