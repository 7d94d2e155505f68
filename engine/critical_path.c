#include "engine/critical_path.h"

#include "base/map.h"

/* Per cell and lane: gas of the heaviest chain that ends in its last writer. */
typedef struct path_ends {
    uint64_t gas[ACCOUNT_LANES];
} path_ends;

static uint64_t heaviest(const map *ends, const mv_cell *cell, unsigned lanes, uint64_t gas) {
    const path_ends *e = map_find(ends, &cell);
    for (unsigned lane = 0; e != NULL && lane < ACCOUNT_LANES; lane++) {
        if ((lanes >> lane & 1) != 0 && e->gas[lane] > gas) {
            gas = e->gas[lane];
        }
    }
    return gas;
}

static bool end_here(map *ends, const mv_cell *cell, unsigned lanes, uint64_t gas) {
    path_ends *e = lanes == 0 ? NULL : map_insert(ends, &cell, NULL);
    for (unsigned lane = 0; e != NULL && lane < ACCOUNT_LANES; lane++) {
        if ((lanes >> lane & 1) != 0) {
            e->gas[lane] = gas;
        }
    }
    return lanes == 0 || e != NULL;
}

static bool follow(map *ends, const tx_outcome *outcome, uint64_t *path) {
    uint64_t before = 0;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        /* A sender's nonce is expected, not waited for. */
        unsigned reads = a->seen.reads & ~(a->seen.nonce_expected ? (unsigned)LANE_BIT_NONCE : 0);
        before = heaviest(ends, a->cell, reads, before);
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        before = heaviest(ends, s->cell, 1, before);
    }
    *path = before + outcome->gas_used;
    bool ok = true;
    for (const tx_account *a = outcome->accounts; a != NULL; a = a->next) {
        ok = end_here(ends, a->cell, outcome_account_changes(a), *path) && ok;
    }
    for (const tx_slot *s = outcome->slots; s != NULL; s = s->next) {
        ok = end_here(ends, s->cell, outcome_slot_changed(s), *path) && ok;
    }
    return ok;
}

weft_status critical_path_gas(uint64_t *gas, const tx_outcome *outcomes, size_t count) {
    map ends;
    map_init(&ends, sizeof(mv_cell *), sizeof(path_ends), 1);
    bool ok = true;
    *gas = 0;
    for (size_t i = 0; i < count && ok; i++) {
        uint64_t path;
        ok = follow(&ends, &outcomes[i], &path);
        *gas = path > *gas ? path : *gas;
    }
    map_free(&ends);
    return ok ? WEFT_OK : WEFT_NO_MEMORY;
}
