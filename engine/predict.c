#include "engine/predict.h"

#include "base/bytes.h"
#include "base/hash.h"

enum { SELECTOR_SIZE = 4, WORD_SIZE = 32, PATH_LENGTH_MAX = 8, EFFECTS_MAX = 3, CHEAP_GAS_MAX = 250000 };

typedef enum effect_kind {
    EFFECT_NONE,
    EFFECT_FIELD,
    EFFECT_ENTRY1,
    EFFECT_ENTRY2,
    EFFECT_PAIR,
    EFFECT_PATH
} effect_kind;

/* Names of mappings, and of the location classes that are no mapping. */
typedef enum location_table { BALANCES, ALLOWANCES, TOTAL_SUPPLY, POOLS, ETHER, ACCESS_LIST_SLOT } location_table;

/* A word is an argument's index, or this. */
enum { SENDER = -1 };

typedef struct effect {
    effect_kind kind;
    location_table table;
    int word1, word2;
} effect;

typedef struct selector_rule {
    uint32_t selector;
    effect effects[EFFECTS_MAX];
} selector_rule;

// clang-format off
#define ARG(n) (n)
#define FIELD(table) {EFFECT_FIELD, table, 0, 0}
#define ENTRY1(table, word) {EFFECT_ENTRY1, table, word, 0}
#define ENTRY2(table, word1, word2) {EFFECT_ENTRY2, table, word1, word2}
#define PAIR(word1, word2) {EFFECT_PAIR, POOLS, word1, word2}
#define PATH(word) {EFFECT_PATH, POOLS, word, 0}
#define SELECTOR(selector, ...) {selector, {__VA_ARGS__}},

static const selector_rule selector_rules[] = {
#include "engine/selectors.inc"
};
// clang-format on

/* What a location is hashed from; written whole, padding included. */
typedef struct location {
    weft_address contract;
    uint32_t table;
    uint8_t words[2][WORD_SIZE];
} location;

typedef struct predictor {
    const tx_plan *plan;
    uint64_t seed;
    predict_listener *listener;
    void *context;
    size_t count;
} predictor;

static location location_of(location_table table, const weft_address *contract) {
    location l;
    memset(&l, 0, sizeof l);
    l.table = table;
    if (contract != NULL) {
        l.contract = *contract;
    }
    return l;
}

static void predict(predictor *p, const location *l, bool reads, bool writes) {
    p->listener(p->context, hash_bytes(p->seed, l, sizeof *l), reads, writes);
    p->count++;
}

/* The word as the callee sees it: zeros past the end of the data. */
static void read_word(const predictor *p, int word, uint8_t out[WORD_SIZE]) {
    memset(out, 0, WORD_SIZE);
    if (word == SENDER) {
        memcpy(out + WORD_SIZE - sizeof p->plan->sender.bytes, p->plan->sender.bytes, sizeof p->plan->sender.bytes);
        return;
    }
    weft_bytes data = p->plan->tx->data;
    size_t offset = SELECTOR_SIZE + (size_t)word * WORD_SIZE;
    if (offset < data.size) {
        size_t size = data.size - offset;
        memcpy(out, data.data + offset, size < WORD_SIZE ? size : WORD_SIZE);
    }
}

static void predict_pair(predictor *p, const uint8_t *a, const uint8_t *b) {
    location l = location_of(POOLS, NULL);
    bool ascending = memcmp(a, b, WORD_SIZE) < 0;
    memcpy(l.words[0], ascending ? a : b, WORD_SIZE);
    memcpy(l.words[1], ascending ? b : a, WORD_SIZE);
    predict(p, &l, true, true);
}

/* An ABI word read as a small number: offsets and lengths of dynamic arguments. */
static bool small_number(const uint8_t word[WORD_SIZE], size_t *value) {
    weft_u256 number = u256_from_be32(word);
    *value = (size_t)number.limb[0];
    return u256_fits_u64(&number) && number.limb[0] < UINT32_MAX;
}

static void predict_path(predictor *p, int argument) {
    uint8_t words[2][WORD_SIZE];
    size_t offset, length;
    read_word(p, argument, words[0]);
    if (!small_number(words[0], &offset) || offset % WORD_SIZE != 0) {
        return;
    }
    int first = (int)(offset / WORD_SIZE);
    read_word(p, first, words[0]);
    if (!small_number(words[0], &length) || length > PATH_LENGTH_MAX) {
        return;
    }
    read_word(p, first + 1, words[0]);
    for (int i = 1; i < (int)length; i++) {
        read_word(p, first + 1 + i, words[i & 1]);
        predict_pair(p, words[0], words[1]);
    }
}

static void predict_effect(predictor *p, const effect *e) {
    location l = location_of(e->table, &p->plan->tx->to);
    switch (e->kind) {
    case EFFECT_NONE: return;
    case EFFECT_PATH: predict_path(p, e->word1); return;
    case EFFECT_ENTRY2:
        read_word(p, e->word2, l.words[1]);
        /* fall through */
    case EFFECT_ENTRY1:
        read_word(p, e->word1, l.words[0]);
        /* fall through */
    case EFFECT_FIELD: predict(p, &l, true, true); return;
    case EFFECT_PAIR:
        read_word(p, e->word1, l.words[0]);
        read_word(p, e->word2, l.words[1]);
        predict_pair(p, l.words[0], l.words[1]);
        return;
    }
}

static void predict_call(predictor *p) {
    weft_bytes data = p->plan->tx->data;
    if (data.size < SELECTOR_SIZE) {
        return;
    }
    uint32_t selector =
        (uint32_t)data.data[0] << 24 | (uint32_t)data.data[1] << 16 | (uint32_t)data.data[2] << 8 | data.data[3];
    for (size_t i = 0; i < sizeof selector_rules / sizeof *selector_rules; i++) {
        if (selector_rules[i].selector == selector) {
            for (size_t k = 0; k < EFFECTS_MAX; k++) {
                predict_effect(p, &selector_rules[i].effects[k]);
            }
            return;
        }
    }
}

/* Balances are read as "at least" and added to, so payers and payees do not conflict as such; but who spends may be
 * spending what an earlier transaction of the block brought. */
static void predict_ether(predictor *p) {
    location spent = location_of(ETHER, &p->plan->sender);
    predict(p, &spent, true, false);
    if (!p->plan->tx->is_creation && !u256_is_zero(&p->plan->tx->value)) {
        location received = location_of(ETHER, &p->plan->tx->to);
        predict(p, &received, false, true);
    }
}

static void predict_access_list(predictor *p) {
    for (size_t i = 0; i < p->plan->tx->access_count; i++) {
        const weft_access_entry *entry = &p->plan->tx->access_list[i];
        for (size_t k = 0; k < entry->slot_count; k++) {
            location l = location_of(ACCESS_LIST_SLOT, &entry->address);
            memcpy(l.words[0], entry->slots[k].bytes, WORD_SIZE);
            predict(p, &l, true, true);
        }
    }
}

size_t predict_accesses(const tx_plan *plan, uint64_t seed, predict_listener *listener, void *context) {
    predictor p = {.plan = plan, .seed = seed, .listener = listener, .context = context};
    predict_ether(&p);
    predict_access_list(&p);
    if (!plan->tx->is_creation) {
        predict_call(&p);
    }
    return p.count;
}

bool predict_is_cheap(const tx_plan *plan) {
    return !plan->tx->is_creation && plan->tx->data.size == 0 && plan->tx->authorization_count == 0 &&
           plan->tx->gas_limit <= CHEAP_GAS_MAX;
}
