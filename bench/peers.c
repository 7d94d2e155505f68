#include "bench/peers.h"

weft_status peers_add(peers *all, const char *program, failure *f) {
    if (all->count == PEERS_MAX) {
        return failure_set(f, WEFT_INVALID_ARGUMENT, "%s: there are %d peers already", program, PEERS_MAX);
    }
    weft_status status = peer_start(&all->list[all->count], program, f);
    all->count += status == WEFT_OK;
    return status;
}

void peers_stop(peers *all) {
    for (size_t i = 0; i < all->count; i++) {
        peer_stop(all->list[i]);
    }
    all->count = 0;
}

static weft_status load(peer *p, peer_result *result, const peer_case *c, const uint64_t *gas_used, bool cold_code,
                        failure *f) {
    failure refusal;
    double seconds;
    *result = (peer_result){.refusal = ""};
    (void)snprintf(result->name, sizeof result->name, "%s", peer_name(p));
    weft_status status = peer_load(p, c, gas_used, &refusal);
    if (status == WEFT_OK && cold_code) {
        status = peer_run(p, &seconds, cold_code, &refusal);
    }
    if (status == WEFT_UNSUPPORTED) {
        (void)snprintf(result->refusal, sizeof result->refusal, "%.255s", refusal.message);
        return WEFT_OK;
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s", refusal.message);
}

weft_status peers_load(const peers *all, peer_result *results, const peer_case *c, const uint64_t *gas_used,
                       bool cold_code, failure *f) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < all->count && status == WEFT_OK; i++) {
        status = load(all->list[i], &results[i], c, gas_used, cold_code, f);
    }
    return status;
}

weft_status peers_run(const peers *all, const peer_result *results, double *seconds, bool cold_code, failure *f) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < all->count && status == WEFT_OK; i++) {
        if (results[i].refusal[0] != '\0') {
            continue;
        }
        status = peer_run(all->list[i], &seconds[i], cold_code, f);
        if (status == WEFT_OK) { /* the first of the two found the caches full of what others did */
            status = peer_run(all->list[i], &seconds[i], cold_code, f);
        }
    }
    return status;
}
