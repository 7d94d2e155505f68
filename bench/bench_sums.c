#include "bench/bench_sums.h"

#include <math.h>
#include <omp.h>
#include <string.h>

const double bench_slow_ratio = 0.9;
const double bench_model_tolerance = 0.15;

static void losses_add(bench_losses *losses, double ratio, const bench_result *r) {
    if (losses->block[0] == '\0' || ratio < losses->ratio_min) {
        losses->ratio_min = ratio;
        memcpy(losses->block, r->name, sizeof losses->block);
    }
    losses->slower += ratio < bench_slow_ratio;
}

static bool is_close(double model, double measured) {
    return fabs(model / measured - 1) <= bench_model_tolerance;
}

bool bench_model_is_close(const bench_sum *sum) {
    return sum->model_compared > 0 &&
           is_close(sum->model_execute[0] / sum->model_here, sum->serial_execute / sum->parallel_execute);
}

static void model_add(bench_sum *sum, const bench_result *r) {
    const simulated *here = bench_model_of(r, r->threads);
    if (here == NULL) {
        return;
    }
    if ((int)r->threads <= omp_get_num_procs()) { /* the model's workers have a core each */
        sum->model_compared++;
        sum->model_close += is_close(r->model[0].execute / here->execute, bench_speed_up(r));
        sum->model_serial_close += is_close(r->model[0].execute, r->serial.execute.median);
    }
    sum->model_count++;
    sum->model_here += here->execute;
    for (size_t i = 0; i < BENCH_SIMULATIONS; i++) {
        sum->model_execute[i] += r->model[i].execute;
    }
}

static void add(bench_sum *sum, const bench_result *r) {
    double speed_up = bench_speed_up(r);
    losses_add(&sum->execute_losses, speed_up, r);
    losses_add(&sum->total_losses, bench_whole_speed_up(r), r);
    model_add(sum, r);
    sum->blocks++;
    sum->txs += r->tx_count;
    sum->gas += r->gas;
    sum->reexecutions += r->parallel.reexecutions;
    sum->serial_execute += r->serial.execute.median;
    sum->parallel_execute += r->parallel.execute.median;
    sum->listed_execute += r->listed.execute.median;
    sum->listed_reexecutions += r->listed.reexecutions;
    sum->serial_total += r->serial.total.median;
    sum->parallel_total += r->parallel.total.median;
    sum->serial_cpu += r->serial.cpu.median;
    sum->parallel_cpu += r->parallel.cpu.median;
    sum->log_ratio += log(speed_up);
    sum->gas_bound_execute += r->serial.execute.median / bench_gas_bound(r);
    sum->time_bound_execute += r->serial.execute.median / bench_time_bound(r);
    sum->recover += r->parallel.recover.median;
    sum->finish += r->parallel.finish.median;
    sum->root_count += r->after.has_root;
    sum->root += r->after.has_root ? r->after.root.median : 0;
    sum->commit_count += r->after.has_commit;
    sum->commit += r->after.has_commit ? r->after.commit.median : 0;
}

static bool is_like(const bench_result *r, unsigned threads, const char *workload) {
    return r->threads == threads && (workload == NULL || strcmp(r->workload, workload) == 0);
}

bench_sum bench_sum_of(const bench_result *results, size_t count, unsigned threads, const char *workload) {
    bench_sum sum = {.threads = threads};
    for (size_t i = 0; i < count; i++) {
        if (is_like(&results[i], threads, workload)) {
            add(&sum, &results[i]);
        }
    }
    return sum;
}

bench_peer_sum bench_peer_sum_of(const bench_result *results, size_t count, size_t index, const char *workload) {
    bench_peer_sum sum = {0};
    for (size_t i = 0; i < count; i++) {
        const bench_result *r = &results[i];
        if (index >= r->peer_count || !is_like(r, r->threads, workload)) {
            continue;
        }
        if (r->peers[index].refusal[0] != '\0') {
            sum.refused++;
            continue;
        }
        double seconds = r->peers[index].execute.median, ratio = seconds / r->serial.execute.median;
        sum.blocks++;
        sum.peer += seconds;
        sum.serial += r->serial.execute.median;
        sum.parallel += r->parallel.execute.median;
        sum.log_ratio += log(ratio);
        losses_add(&sum.losses, ratio, r);
    }
    return sum;
}

/* Whether none before it is like the one at `index`. */
static bool is_first(const bench_result *results, size_t index, const char *workload) {
    for (size_t i = 0; i < index; i++) {
        if (is_like(&results[i], results[index].threads, workload)) {
            return false;
        }
    }
    return true;
}

bool bench_next_threads(const bench_result *results, size_t count, size_t *cursor, unsigned *threads) {
    while (*cursor < count) {
        size_t i = (*cursor)++;
        *threads = results[i].threads;
        if (is_first(results, i, NULL)) {
            return true;
        }
    }
    return false;
}

bool bench_next_workload(const bench_result *results, size_t count, size_t *cursor, const char **workload,
                         unsigned *threads) {
    while (*cursor < count) {
        size_t i = (*cursor)++;
        *threads = results[i].threads;
        *workload = results[i].workload;
        if (is_first(results, i, *workload)) {
            return true;
        }
    }
    return false;
}
