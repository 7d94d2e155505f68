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

double bench_speed_up(const bench_result *result) {
    return result->serial.execute.median / result->parallel.execute.median;
}

double bench_whole_speed_up(const bench_result *result) {
    return result->serial.total.median / result->parallel.total.median;
}

double bench_bound(const bench_result *result) {
    double path = result->critical_path_gas > 0 ? (double)result->gas / (double)result->critical_path_gas : 1;
    return path < result->threads ? path : result->threads;
}

static int double_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the values. */
static bench_series series_of(double *values, size_t count) {
    qsort(values, count, sizeof *values, double_compare);
    double median = count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    return (bench_series){.median = median, .min = values[0], .max = values[count - 1]};
}

static void summarize(bench_side *side, samples *s, size_t count) {
    side->execute = series_of(s->execute, count);
    side->recover = series_of(s->recover, count);
    side->finish = series_of(s->finish, count);
    side->total = series_of(s->total, count);
    side->cpu = series_of(s->cpu, count);
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static weft_status time_once(bench_side *side, samples *s, size_t index, weft_engine *engine, const bench_block *b) {
    const struct timespec pause = {.tv_nsec = 3000000};
    weft_block_result result;
    (void)nanosleep(&pause, NULL);
    double before = cpu_seconds();
    weft_status status = weft_engine_execute(engine, &result, b->block, b->view, b->options);
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

static weft_status check(bench_result *result, weft_engine *serial, weft_engine *parallel, const bench_block *b,
                         failure *f) {
    weft_execute_options options = *b->options;
    weft_block_result expected, found;
    weft_bytes32 expected_digest, found_digest;
    options.measure_critical_path = true;
    weft_status status = weft_engine_execute(serial, &expected, b->block, b->view, &options);
    if (status == WEFT_OK) {
        status = weft_engine_execute(parallel, &found, b->block, b->view, b->options);
    }
    if (status == WEFT_OK) {
        status = weft_state_delta_digest(&expected_digest, &expected.delta);
    }
    if (status == WEFT_OK) {
        status = weft_state_delta_digest(&found_digest, &found.delta);
    }
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
    }
    if (expected.verdict != WEFT_VALID && !b->any_verdict) {
        return failure_set(f, WEFT_DECODE, "%s: %s: %s", result->name, weft_verdict_name(expected.verdict),
                           expected.explanation);
    }
    const char *difference = runner_difference(&expected, &found);
    if (difference != NULL || memcmp(&expected_digest, &found_digest, sizeof found_digest) != 0) {
        return failure_set(f, WEFT_DECODE, "%s: serial and parallel execution differ: %s", result->name,
                           difference != NULL ? difference : "state delta");
    }
    result->tx_count = b->block->transaction_count;
    result->gas = expected.gas_used;
    result->critical_path_gas = expected.stats.critical_path_gas;
    return WEFT_OK;
}

/* A block that is over in less than a millisecond needs more runs before its median stands still. */
#define SHORT_SECONDS 1e-3
enum { SHORT_REPEAT_FACTOR = 10 };

static size_t repeat_of(const bench_plan *plan, double serial_seconds) {
    size_t repeat = serial_seconds < SHORT_SECONDS ? plan->repeat * SHORT_REPEAT_FACTOR : plan->repeat;
    return repeat < BENCH_REPEAT_MAX ? repeat : BENCH_REPEAT_MAX;
}

weft_status bench_measure(bench_result *result, const bench_plan *plan, weft_engine *serial, weft_engine *parallel,
                          const bench_block *b, failure *f) {
    weft_status status = check(result, serial, parallel, b, f);
    samples *sides = status == WEFT_OK ? malloc(2 * sizeof *sides) : NULL;
    if (sides == NULL) {
        return status != WEFT_OK ? status : failure_set(f, WEFT_NO_MEMORY, "%s", weft_status_message(WEFT_NO_MEMORY));
    }
    size_t repeat = plan->repeat;
    for (size_t run = 0; run < plan->warmup + repeat && status == WEFT_OK; run++) {
        size_t index = run < plan->warmup ? 0 : run - plan->warmup; /* the first timed run overwrites warm-ups */
        for (size_t turn = 0; turn < 2 && status == WEFT_OK; turn++) {
            bool is_serial = (run + turn) % 2 == 0;
            status = is_serial ? time_once(&result->serial, &sides[0], index, serial, b)
                               : time_once(&result->parallel, &sides[1], index, parallel, b);
        }
        if (run == plan->warmup && status == WEFT_OK) {
            repeat = repeat_of(plan, sides[0].total[0]);
        }
    }
    if (status == WEFT_OK) {
        summarize(&result->serial, &sides[0], repeat);
        summarize(&result->parallel, &sides[1], repeat);
    } else {
        failure_set(f, status, "%s: %s", result->name, weft_status_message(status));
    }
    free(sides);
    return status;
}
