#include "engine/dependencies.h"

#include <stdlib.h>

#include "base/map.h"

/* Per cell and lane: who changed it last, so far. */
typedef struct last_writers {
    uint32_t transaction[ACCOUNT_LANES]; /* + 1; 0: nobody */
    unsigned hidden;                     /* lanes of which the change was not published */
} last_writers;

typedef struct finder {
    map writers;      /* mv_cell * → last_writers */
    uint32_t *places; /* per transaction: where in the list at hand it stands, + 1 */
    weft_dependency *list;
    size_t count;
} finder;

static void need(finder *f, const mv_cell *cell, unsigned lanes) {
    const last_writers *w = lanes == 0 ? NULL : map_find(&f->writers, &cell);
    for (unsigned lane = 0; w != NULL && lane < ACCOUNT_LANES; lane++) {
        if ((lanes >> lane & 1) == 0 || w->transaction[lane] == 0) {
            continue;
        }
        uint32_t transaction = w->transaction[lane] - 1;
        bool is_hidden = (w->hidden >> lane & 1) != 0;
        if (f->places[transaction] == 0) {
            f->list[f->count++] = (weft_dependency){transaction, is_hidden};
            f->places[transaction] = (uint32_t)f->count;
        } else {
            f->list[f->places[transaction] - 1].is_hidden |= is_hidden;
        }
    }
}

static bool change(finder *f, uint32_t transaction, const mv_cell *cell, unsigned lanes, unsigned shown) {
    last_writers *w = lanes == 0 ? NULL : map_insert(&f->writers, &cell, NULL);
    for (unsigned lane = 0; w != NULL && lane < ACCOUNT_LANES; lane++) {
        if ((lanes >> lane & 1) != 0) {
            w->transaction[lane] = transaction + 1;
        }
    }
    if (w != NULL) {
        w->hidden = (w->hidden & ~lanes) | (lanes & ~shown);
    }
    return lanes == 0 || w != NULL;
}

/* A sender's nonce is expected, not waited for. A balance that was enough before the block is enough in any order; one that
 * was not had to be brought by somebody. */
static unsigned lanes_needed(const tx_account *a) {
    unsigned lanes = a->seen.reads & ~(a->seen.nonce_expected ? (unsigned)LANE_BIT_NONCE : 0);
    bool was_poor = a->cell != NULL && u256_less(&mv_cell_base(a->cell)[LANE_BALANCE], &a->seen.balance_min);
    return lanes | (was_poor ? (unsigned)LANE_BIT_BALANCE : 0);
}

static size_t list_size_max(const tx_outcome *outcome, uint32_t transaction) {
    size_t count = 0;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        count += ACCOUNT_LANES;
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        count++;
    }
    return count < transaction ? count : transaction;
}

static bool follow(finder *f, uint32_t transaction, const tx_outcome *outcome) {
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        need(f, a->cell, lanes_needed(a));
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        need(f, s->cell, 1);
    }
    for (size_t i = 0; i < f->count; i++) {
        f->places[f->list[i].transaction] = 0;
    }
    bool ok = true;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        ok = change(f, transaction, a->cell, outcome_account_changes(a), outcome_account_shows(a)) && ok;
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        ok = change(f, transaction, s->cell, outcome_slot_changed(s), 1) && ok;
    }
    return ok;
}

const weft_dependencies *dependencies_find(const tx_outcome *outcomes, size_t count, arena *memory) {
    finder f = {.places = arena_alloc_zero(memory, (count + 1) * sizeof *f.places)};
    weft_dependencies *found = arena_alloc_array(memory, count + 1, sizeof *found);
    bool ok = f.places != NULL && found != NULL;
    map_init(&f.writers, sizeof(mv_cell *), sizeof(last_writers), 1);
    for (uint32_t i = 0; i < count && ok; i++) {
        f.count = 0;
        f.list = arena_alloc_array(memory, list_size_max(&outcomes[i], i), sizeof *f.list);
        ok = f.list != NULL && follow(&f, i, &outcomes[i]);
        found[i] = (weft_dependencies){f.list, f.count};
    }
    map_free(&f.writers);
    return ok ? found : NULL;
}

weft_status weft_critical_path(double *path, const weft_dependencies *dependencies, const double *weights,
                               size_t count) {
    double *ends = malloc((count + 1) * sizeof *ends); /* per transaction: the heaviest chain that ends in it */
    if (ends == NULL) {
        return WEFT_NO_MEMORY;
    }
    *path = 0;
    for (size_t i = 0; i < count; i++) {
        double before = 0;
        for (size_t k = 0; k < dependencies[i].count; k++) {
            double end = ends[dependencies[i].list[k].transaction];
            before = end > before ? end : before;
        }
        ends[i] = before + weights[i];
        *path = ends[i] > *path ? ends[i] : *path;
    }
    free(ends);
    return WEFT_OK;
}
