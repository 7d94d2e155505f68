#include "bench/measure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench/known_senders.h"
#include "bench/tx_costs.h"
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

double bench_instruction_seconds(const bench_result *result, const bench_series *execute) {
    return execute->median / (double)result->instruction_count;
}

const simulated *bench_model_of(const bench_result *result, unsigned workers) {
    for (size_t i = 0; i < BENCH_SIMULATIONS && result->has_model; i++) {
        if (result->model[i].workers == workers) {
            return &result->model[i];
        }
    }
    return NULL;
}

const unsigned bench_simulated_workers[BENCH_SIMULATIONS] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
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

void bench_pause(void) {
    const struct timespec pause = {.tv_nsec = 3000000};
    (void)nanosleep(&pause, NULL);
}

/* In: known   the block with its senders, where others are measured in the same rounds; or NULL. They execute the block
 *             twice and the second time counts, without senders to recover: so does this of the execution, while the
 *             rest is of the first time. What planning has left to do then (intrinsic gas, rules, the signatures of
 *             EIP-7702's authorizations) they do while they execute, so it counts as execution. */
static weft_status time_once(bench_side *side, samples *s, size_t index, weft_engine *engine, const bench_block *b,
                             const weft_execute_options *options, const weft_block *known) {
    weft_block_result result = {0};
    bench_pause();
    double before = cpu_seconds();
    weft_status status = weft_engine_execute(engine, &result, b->block, b->view, options);
    s->cpu[index] = cpu_seconds() - before;
    if (status == WEFT_OK) {
        s->recover[index] = result.stats.recover_seconds;
        s->finish[index] = result.stats.finish_seconds;
        status = known == NULL ? status : weft_engine_execute(engine, &result, known, b->view, options);
    }
    if (status == WEFT_OK) {
        s->total[index] = result.stats.execute_seconds + s->recover[index] + s->finish[index];
        s->execute[index] = result.stats.execute_seconds + (known == NULL ? 0 : result.stats.recover_seconds);
        side->reexecutions = result.stats.reexecutions;
        side->fell_back = result.stats.fell_back;
        side->gas = result.gas_used;
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

static void on_step(void *context, const weft_trace_step *step) {
    (void)step;
    ++*(uint64_t *)context;
}

static weft_status count_instructions(bench_result *result, weft_engine *engine, const bench_block *b, failure *f) {
    const weft_tracer tracer = {.size = sizeof tracer, .context = &result->instruction_count, .step = on_step};
    weft_execute_options options = *b->options;
    weft_block_result traced;
    options.tracer = &tracer;
    result->instruction_count = 0;
    weft_status status = weft_engine_execute(engine, &traced, b->block, b->view, &options);
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
}

/* Let the peers execute the block on the same state, and compare. */
static weft_status load_peers(bench_result *result, const bench_plan *plan, const bench_block *b,
                              const weft_block *known, const weft_block_result *expected, failure *f) {
    const peer_case c = {result->name, b->chain, known, b->view, expected->block_access_list};
    uint64_t *gas_used = malloc((expected->receipt_count + 1) * sizeof *gas_used);
    if (gas_used == NULL) {
        return failure_no_memory(f);
    }
    for (size_t i = 0; i < expected->receipt_count; i++) {
        gas_used[i] = expected->receipts[i].gas_used;
    }
    weft_status status = peers_load(plan->peers, result->peers, &c, gas_used, plan->cold_code, f);
    result->peer_count = plan->peers->count;
    free(gas_used);
    return status;
}

/* In: known   the block with its senders, for peers; or NULL. Out: list   the block's access list, to be freed. */
static weft_status check(bench_result *result, weft_bytes *list, const bench_plan *plan, const bench_engines *engines,
                         const bench_block *b, const weft_block *known, failure *f) {
    weft_execute_options options = *b->options;
    weft_block_result expected;
    options.measure_critical_path = true;
    options.build_block_access_list = true;
    weft_status status = weft_engine_execute(engines->serial, &expected, b->block, b->view, &options);
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
        return failure_no_memory(f);
    }
    if (expected.block_access_list.size > 0) {
        memcpy(copy, expected.block_access_list.data, expected.block_access_list.size);
    }
    *list = (weft_bytes){copy, expected.block_access_list.size};
    options = *b->options;
    status = check_one(engines->parallel, b, &options, &expected, result->name, f);
    options.block_access_list = *list;
    if (status == WEFT_OK) {
        status = check_one(engines->parallel, b, &options, &expected, result->name, f);
    }
    if (status == WEFT_OK && known != NULL) {
        status = load_peers(result, plan, b, known, &expected, f);
    }
    /* Last: what was expected is the serial engine's. */
    return status == WEFT_OK ? count_instructions(result, engines->serial, b, f) : status;
}

/* A block that is over in less than a millisecond needs more runs before its median stands still. */
#define SHORT_SECONDS 1e-3
enum { SHORT_REPEAT_FACTOR = 10 };

static size_t repeat_of(const bench_plan *plan, double seconds) {
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

/* What is run in rounds. */
typedef struct contest {
    const bench_plan *plan;
    const bench_engines *engines;
    const bench_block *block;
    const weft_block *known; /* with its senders, where there are peers; or NULL */
    bench_result *result;
    contestant contestants[CONTESTANTS];
    samples *samples; /* of each */
    peer_samples *peer_times;
    tx_costs *costs; /* or NULL */
} contest;

static weft_status explain(weft_status status, const contest *c, failure *f) {
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", c->result->name, weft_status_message(status));
}

static weft_status run_peers(const contest *c, size_t index, failure *f) {
    double seconds[PEERS_MAX] = {0};
    const peers *all = c->plan->peers;
    if (all == NULL) {
        return WEFT_OK;
    }
    weft_status status = peers_run(all, c->result->peers, seconds, c->plan->cold_code, f);
    for (size_t i = 0; i < all->count; i++) {
        c->peer_times->seconds[i][index] = seconds[i];
    }
    return status;
}

/* Each kind goes first in one round of three; the peers come after them. In: run   of all; index   of those that count. */
static weft_status run_round(contest *c, size_t run, size_t index, failure *f) {
    weft_status status = WEFT_OK;
    for (size_t turn = 0; turn < CONTESTANTS && status == WEFT_OK; turn++) {
        size_t i = (run + turn) % CONTESTANTS;
        const contestant *who = &c->contestants[i];
        status = time_once(who->side, &c->samples[i], index, who->engine, c->block, &who->options, c->known);
    }
    return status == WEFT_OK ? run_peers(c, index, f) : explain(status, c, f);
}

static weft_status time_all(contest *c, size_t *repeat, failure *f) {
    weft_status status = WEFT_OK;
    weft_engine *serial = c->engines->serial, *modelled = c->engines->modelled;
    for (size_t run = 0; run < c->plan->warmup && status == WEFT_OK; run++) {
        status = run_round(c, run, 0, f); /* to be overwritten */
    }
    *repeat = c->plan->repeat;
    for (size_t i = 0; i < *repeat && status == WEFT_OK; i++) {
        status = run_round(c, c->plan->warmup + i, i, f);
        if (status == WEFT_OK && i == 0) {
            *repeat = repeat_of(c->plan, c->samples[0].total[0]);
            status = c->costs == NULL ? WEFT_OK : tx_costs_begin(c->costs, serial, modelled, c->block, *repeat);
            status = explain(status, c, f);
        }
        if (status == WEFT_OK && c->costs != NULL) {
            status = explain(tx_costs_run(c->costs, serial, modelled, c->block, i), c, f);
        }
    }
    return status;
}

static void summarize_all(contest *c, size_t repeat) {
    for (size_t i = 0; i < CONTESTANTS; i++) {
        summarize(c->contestants[i].side, &c->samples[i], repeat);
    }
    for (size_t i = 0; i < c->result->peer_count; i++) {
        c->result->peers[i].execute = bench_series_of(c->peer_times->seconds[i], repeat);
    }
    if (c->costs != NULL) {
        tx_costs_finish(c->costs);
    }
}

weft_status bench_measure(bench_result *result, tx_costs *costs, const bench_plan *plan, const bench_engines *engines,
                          const bench_block *b, failure *f) {
    weft_bytes list = {NULL, 0};
    known_senders known = {.transactions = NULL};
    const weft_block *known_block = plan->peers != NULL ? &known.block : NULL;
    weft_status status = known_block == NULL ? WEFT_OK : known_senders_create(&known, b->block, b->chain);
    status = status == WEFT_OK ? check(result, &list, plan, engines, b, known_block, f) : failure_no_memory(f);
    contest c = {.plan = plan,
                 .engines = engines,
                 .block = b,
                 .known = known_block,
                 .result = result,
                 .contestants = {{&result->serial, engines->serial, *b->options},
                                 {&result->parallel, engines->parallel, *b->options},
                                 {&result->listed, engines->parallel, *b->options}},
                 .samples = malloc(CONTESTANTS * sizeof *c.samples),
                 .peer_times = malloc(sizeof *c.peer_times),
                 .costs = costs};
    size_t repeat;
    c.contestants[2].options.block_access_list = list;
    if (status == WEFT_OK && (c.samples == NULL || c.peer_times == NULL)) {
        status = explain(WEFT_NO_MEMORY, &c, f);
    }
    if (status == WEFT_OK) {
        status = time_all(&c, &repeat, f);
    }
    if (status == WEFT_OK) {
        summarize_all(&c, repeat);
    }
    free(c.peer_times);
    free(c.samples);
    free((void *)list.data);
    known_senders_free(&known);
    return status;
}
