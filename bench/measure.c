#include "bench/measure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tools/runner.h"

/* What one kind of run gave, run by run. */
typedef struct samples {
    double execute[BENCH_REPEAT_MAX], recover[BENCH_REPEAT_MAX], finish[BENCH_REPEAT_MAX];
    double total[BENCH_REPEAT_MAX], cpu[BENCH_REPEAT_MAX];
} samples;

/* The same of the peers. */
typedef struct peer_samples {
    double seconds[PEERS_MAX][BENCH_REPEAT_MAX];
} peer_samples;

double bench_speed_up(const bench_result *result) {
    return result->serial.execute.median / result->parallel.execute.median;
}

double bench_whole_speed_up(const bench_result *result) {
    return result->serial.total.median / result->parallel.total.median;
}

double bench_listed_speed_up(const bench_result *result) {
    return result->serial.execute.median / result->listed.execute.median;
}

static double bound(double all, double path, unsigned threads) {
    double limit = path > 0 ? all / path : 1;
    return limit < threads ? limit : threads;
}

double bench_gas_bound(const bench_result *result) {
    return bound((double)result->gas, (double)result->critical_path_gas, result->threads);
}

double bench_time_bound(const bench_result *result) {
    return bound(result->transactions.seconds, result->transactions.critical_path_seconds, result->threads);
}

const double bench_quantile_shares[BENCH_QUANTILES] = {0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1};

static void summarize(bench_side *side, samples *s, size_t count) {
    side->execute = bench_series_of(s->execute, count);
    side->recover = bench_series_of(s->recover, count);
    side->finish = bench_series_of(s->finish, count);
    side->total = bench_series_of(s->total, count);
    side->cpu = bench_series_of(s->cpu, count);
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static weft_status time_once(bench_side *side, samples *s, size_t index, weft_engine *engine, const bench_block *b,
                             const weft_execute_options *options) {
    const struct timespec pause = {.tv_nsec = 3000000};
    weft_block_result result;
    (void)nanosleep(&pause, NULL);
    double before = cpu_seconds();
    weft_status status = weft_engine_execute(engine, &result, b->block, b->view, options);
    s->cpu[index] = cpu_seconds() - before;
    if (status == WEFT_OK) {
        s->execute[index] = result.stats.execute_seconds;
        s->recover[index] = result.stats.recover_seconds;
        s->finish[index] = result.stats.finish_seconds;
        s->total[index] = s->execute[index] + s->recover[index] + s->finish[index];
        side->reexecutions = result.stats.reexecutions;
        side->fell_back = result.stats.fell_back;
    }
    return status;
}

/* Whether `engine` comes to what serial execution did. */
static weft_status check_one(weft_engine *engine, const bench_block *b, const weft_execute_options *options,
                             const weft_block_result *expected, const char *name, failure *f) {
    weft_block_result found;
    weft_bytes32 expected_digest, found_digest;
    weft_status status = weft_engine_execute(engine, &found, b->block, b->view, options);
    if (status == WEFT_OK) {
        status = weft_state_delta_digest(&expected_digest, &expected->delta);
    }
    if (status == WEFT_OK) {
        status = weft_state_delta_digest(&found_digest, &found.delta);
    }
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", name, weft_status_message(status));
    }
    found.block_access_list = expected->block_access_list; /* built once, with the serial result */
    const char *difference = runner_difference(expected, &found);
    if (difference != NULL || memcmp(&expected_digest, &found_digest, sizeof found_digest) != 0) {
        return failure_set(f, WEFT_DECODE, "%s: serial and %s execution differ: %s", name,
                           options->block_access_list.size > 0 ? "listed" : "parallel",
                           difference != NULL ? difference : "state delta");
    }
    return WEFT_OK;
}

/* Let the peers execute the block on the same state, and compare. */
static weft_status load_peers(bench_result *result, const peers *all, const bench_block *b,
                              const weft_block_result *expected, failure *f) {
    const peer_case c = {result->name, b->chain, b->block, b->view, expected->block_access_list};
    uint64_t *gas_used = malloc((expected->receipt_count + 1) * sizeof *gas_used);
    if (gas_used == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
    }
    for (size_t i = 0; i < expected->receipt_count; i++) {
        gas_used[i] = expected->receipts[i].gas_used;
    }
    weft_status status = peers_load(all, result->peers, &c, gas_used, f);
    result->peer_count = all->count;
    free(gas_used);
    return status;
}

/* Out: list   the block's access list, to be freed. */
static weft_status check(bench_result *result, weft_bytes *list, const bench_plan *plan, weft_engine *serial,
                         weft_engine *parallel, const bench_block *b, failure *f) {
    weft_execute_options options = *b->options;
    weft_block_result expected;
    options.measure_critical_path = true;
    options.build_block_access_list = true;
    weft_status status = weft_engine_execute(serial, &expected, b->block, b->view, &options);
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
    }
    if (expected.verdict != WEFT_VALID && !b->any_verdict) {
        return failure_set(f, WEFT_DECODE, "%s: %s: %s", result->name, weft_verdict_name(expected.verdict),
                           expected.explanation);
    }
    result->peer_count = 0;
    result->tx_count = b->block->transaction_count;
    result->gas = expected.gas_used;
    result->critical_path_gas = expected.stats.critical_path_gas;
    uint8_t *copy = malloc(expected.block_access_list.size + 1);
    if (copy == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
    }
    if (expected.block_access_list.size > 0) {
        memcpy(copy, expected.block_access_list.data, expected.block_access_list.size);
    }
    *list = (weft_bytes){copy, expected.block_access_list.size};
    options = *b->options;
    status = check_one(parallel, b, &options, &expected, result->name, f);
    options.block_access_list = *list;
    if (status == WEFT_OK) {
        status = check_one(parallel, b, &options, &expected, result->name, f);
    }
    return status == WEFT_OK && plan->peers != NULL ? load_peers(result, plan->peers, b, &expected, f) : status;
}

/* A block that is over in less than a millisecond needs more runs before its median stands still. */
#define SHORT_SECONDS 1e-3
enum { SHORT_REPEAT_FACTOR = 10 };

size_t bench_repeat_of(const bench_plan *plan, double seconds) {
    size_t repeat = seconds < SHORT_SECONDS ? plan->repeat * SHORT_REPEAT_FACTOR : plan->repeat;
    return repeat < BENCH_REPEAT_MAX ? repeat : BENCH_REPEAT_MAX;
}

/* The kinds of run, in the order of the first round. */
typedef struct contestant {
    bench_side *side;
    weft_engine *engine;
    weft_execute_options options;
} contestant;
enum { CONTESTANTS = 3 };

static weft_status time_peers(const bench_plan *plan, const bench_result *result, peer_samples *s, size_t index,
                              failure *f) {
    double seconds[PEERS_MAX] = {0};
    if (plan->peers == NULL) {
        return WEFT_OK;
    }
    weft_status status = peers_run(plan->peers, result->peers, seconds, f);
    for (size_t i = 0; i < plan->peers->count; i++) {
        s->seconds[i][index] = seconds[i];
    }
    return status;
}

/* Each kind goes first in one round of three; the peers come after them. */
static weft_status time_all(const bench_result *result, contestant *contestants, samples *s, peer_samples *peer_times,
                            const bench_plan *plan, const bench_block *b, size_t *repeat, failure *f) {
    weft_status status = WEFT_OK;
    *repeat = plan->repeat;
    for (size_t run = 0; run < plan->warmup + *repeat && status == WEFT_OK; run++) {
        size_t index = run < plan->warmup ? 0 : run - plan->warmup; /* the first timed run overwrites warm-ups */
        for (size_t turn = 0; turn < CONTESTANTS; turn++) {
            size_t i = (run + turn) % CONTESTANTS;
            const contestant *c = &contestants[i];
            status = time_once(c->side, &s[i], index, c->engine, b, &c->options);
            if (status != WEFT_OK) {
                return failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
            }
        }
        status = time_peers(plan, result, peer_times, index, f);
        if (run == plan->warmup && status == WEFT_OK) {
            *repeat = bench_repeat_of(plan, s[0].total[0]);
        }
    }
    return status;
}

static void summarize_all(bench_result *result, contestant *contestants, samples *s, peer_samples *peer_times,
                          size_t repeat) {
    for (size_t i = 0; i < CONTESTANTS; i++) {
        summarize(contestants[i].side, &s[i], repeat);
    }
    for (size_t i = 0; i < result->peer_count; i++) {
        result->peers[i].execute = bench_series_of(peer_times->seconds[i], repeat);
    }
}

weft_status bench_measure(bench_result *result, const bench_plan *plan, weft_engine *serial, weft_engine *parallel,
                          const bench_block *b, failure *f) {
    weft_bytes list = {NULL, 0};
    weft_status status = check(result, &list, plan, serial, parallel, b, f);
    samples *s = malloc(CONTESTANTS * sizeof *s);
    peer_samples *peer_times = malloc(sizeof *peer_times);
    if (status == WEFT_OK && (s == NULL || peer_times == NULL)) {
        status = failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
    }
    contestant contestants[CONTESTANTS] = {{&result->serial, serial, *b->options},
                                           {&result->parallel, parallel, *b->options},
                                           {&result->listed, parallel, *b->options}};
    contestants[2].options.block_access_list = list;
    size_t repeat = 0;
    if (status == WEFT_OK) {
        status = time_all(result, contestants, s, peer_times, plan, b, &repeat, f);
    }
    if (status == WEFT_OK) {
        summarize_all(result, contestants, s, peer_times, repeat);
    }
    free(peer_times);
    free(s);
    free((void *)list.data);
    return status;
}
