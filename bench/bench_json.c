#include "bench/bench_json.h"

#include <math.h>
#include <omp.h>

#include <weft/version.h>

#include "tools/json_writer.h"

/* --- A block */

static void write_series(json_writer *w, const char *key, const bench_series *series) {
    json_write_open(w, key, '{');
    json_write_figure(w, "median", series->median);
    json_write_figure(w, "min", series->min);
    json_write_figure(w, "max", series->max);
    json_write_close(w, '}');
}

static void write_side(json_writer *w, const char *key, const bench_side *side) {
    json_write_open(w, key, '{');
    write_series(w, "execute_s", &side->execute);
    write_series(w, "recover_s", &side->recover);
    write_series(w, "finish_s", &side->finish);
    write_series(w, "total_s", &side->total);
    write_series(w, "cpu_s", &side->cpu);
    json_write_count(w, "reexecutions", side->reexecutions);
    json_write_boolean(w, "fell_back", side->fell_back);
    json_write_close(w, '}');
}

/* Seconds per transaction, and gas per second, as they are spoken of. */
static void write_rates(json_writer *w, double seconds, uint64_t gas, uint64_t txs) {
    json_write_figure(w, "mgas_per_s", (double)gas * 1e-6 / seconds);
    json_write_figure(w, "us_per_tx", seconds * 1e6 / (double)txs);
}

static void write_transactions(json_writer *w, const bench_tx_summary *t) {
    json_write_figure(w, "critical_path_s", t->critical_path_seconds);
    json_write_open(w, "tx_us", '[');
    for (size_t i = 0; i < BENCH_QUANTILES; i++) {
        json_write_figure(w, NULL, t->quantiles[i] * 1e6);
    }
    json_write_close(w, ']');
}

static void write_after(json_writer *w, const bench_after *after) {
    if (after->has_root) {
        write_series(w, "root_s", &after->root);
    }
    if (after->has_commit) {
        write_series(w, "commit_s", &after->commit);
    }
}

/* A block of transfers executes none. */
static void write_instruction(json_writer *w, const bench_result *r, const bench_series *execute) {
    if (r->instruction_count > 0) {
        json_write_figure(w, "ns_per_instruction", bench_instruction_seconds(r, execute) * 1e9);
    }
}

static void write_peers(json_writer *w, const bench_result *r) {
    if (r->peer_count == 0) {
        return;
    }
    json_write_open(w, "peers", '[');
    for (size_t i = 0; i < r->peer_count; i++) {
        const peer_result *p = &r->peers[i];
        json_write_open(w, NULL, '{');
        json_write_text(w, "peer", p->name);
        if (p->refusal[0] != '\0') {
            json_write_text(w, "refused", p->refusal);
        } else {
            write_series(w, "execute_s", &p->execute);
            write_instruction(w, r, &p->execute);
            json_write_figure(w, "weft_serial_speed_up", p->execute.median / r->serial.execute.median);
            json_write_figure(w, "weft_parallel_speed_up", p->execute.median / r->parallel.execute.median);
        }
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_model(json_writer *w, const bench_result *r) {
    json_write_open(w, "model", '[');
    for (size_t i = 0; i < BENCH_SIMULATIONS && r->has_model; i++) {
        const simulated *m = &r->model[i];
        json_write_open(w, NULL, '{');
        json_write_count(w, "workers", m->workers);
        json_write_figure(w, "execute_s", m->execute);
        json_write_figure(w, "total_s", m->total);
        json_write_figure(w, "speed_up", r->model[0].execute / m->execute);
        json_write_figure(w, "speed_up_whole", r->model[0].total / m->total);
        json_write_count(w, "reexecutions", m->reexecutions);
        json_write_boolean(w, "fell_back", m->fell_back);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

void bench_json_block(FILE *stream, const bench_result *r) {
    json_writer w = {.stream = stream};
    json_write_open(&w, NULL, '{');
    json_write_text(&w, "block", r->name);
    json_write_text(&w, "workload", r->workload);
    json_write_text(&w, "label", r->label);
    json_write_text(&w, "state", r->state);
    json_write_count(&w, "txs", r->tx_count);
    json_write_count(&w, "gas", r->gas);
    if (r->call_count > 0) {
        json_write_count(&w, "calls", r->call_count);
    }
    json_write_count(&w, "instructions", r->instruction_count);
    write_instruction(&w, r, &r->serial.execute);
    json_write_count(&w, "critical_path_gas", r->critical_path_gas);
    write_transactions(&w, &r->transactions);
    json_write_count(&w, "threads", r->threads);
    json_write_figure(&w, "speed_up", bench_speed_up(r));
    json_write_figure(&w, "speed_up_whole", bench_whole_speed_up(r));
    json_write_figure(&w, "bound", bench_gas_bound(r));
    json_write_figure(&w, "bound_by_time", bench_time_bound(r));
    json_write_figure(&w, "of_bound", bench_speed_up(r) / bench_gas_bound(r));
    json_write_figure(&w, "serial_mgas_per_s", (double)r->gas * 1e-6 / r->serial.execute.median);
    write_rates(&w, r->parallel.execute.median, r->gas, r->tx_count);
    write_side(&w, "serial", &r->serial);
    write_side(&w, "parallel", &r->parallel);
    json_write_figure(&w, "speed_up_from_list", bench_listed_speed_up(r));
    write_side(&w, "from_list", &r->listed);
    write_after(&w, &r->after);
    write_peers(&w, r);
    write_model(&w, r);
    json_write_close(&w, '}');
    json_write_end(&w);
}

/* --- The summary */

static void write_losses(json_writer *w, const char *key, const bench_losses *losses) {
    json_write_open(w, key, '{');
    json_write_figure(w, "speed_up_min", losses->ratio_min);
    json_write_text(w, "block", losses->block);
    json_write_count(w, "slower", losses->slower);
    json_write_close(w, '}');
}

static void write_model_sum(json_writer *w, const bench_sum *s) {
    json_write_count(w, "model_blocks", s->model_count);
    json_write_count(w, "model_blocks_compared", s->model_compared);
    json_write_count(w, "model_blocks_close", s->model_close);
    json_write_count(w, "model_blocks_close_serially", s->model_serial_close);
    json_write_boolean(w, "model_close", bench_model_is_close(s));
    json_write_open(w, "model", '[');
    for (size_t i = 0; i < BENCH_SIMULATIONS && s->model_count > 0; i++) {
        json_write_open(w, NULL, '{');
        json_write_count(w, "workers", bench_simulated_workers[i]);
        json_write_figure(w, "execute_s", s->model_execute[i]);
        json_write_figure(w, "speed_up", s->model_execute[0] / s->model_execute[i]);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_sum(json_writer *w, const char *workload, const bench_sum *s) {
    json_write_open(w, NULL, '{');
    if (workload != NULL) {
        json_write_text(w, "workload", workload);
    }
    json_write_count(w, "threads", s->threads);
    json_write_count(w, "blocks", s->blocks);
    json_write_count(w, "txs", s->txs);
    json_write_count(w, "gas", s->gas);
    json_write_figure(w, "serial_s", s->serial_execute);
    json_write_figure(w, "parallel_s", s->parallel_execute);
    json_write_figure(w, "speed_up", s->serial_execute / s->parallel_execute);
    json_write_figure(w, "from_list_s", s->listed_execute);
    json_write_figure(w, "speed_up_from_list", s->serial_execute / s->listed_execute);
    json_write_count(w, "reexecutions_from_list", s->listed_reexecutions);
    json_write_figure(w, "speed_up_geometric_mean", exp(s->log_ratio / (double)s->blocks));
    write_losses(w, "execution_losses", &s->execute_losses);
    write_losses(w, "whole_losses", &s->total_losses);
    json_write_figure(w, "serial_total_s", s->serial_total);
    json_write_figure(w, "parallel_total_s", s->parallel_total);
    json_write_figure(w, "serial_cpu_s", s->serial_cpu);
    json_write_figure(w, "parallel_cpu_s", s->parallel_cpu);
    json_write_figure(w, "bound", s->serial_execute / s->gas_bound_execute);
    json_write_figure(w, "bound_by_time", s->serial_execute / s->time_bound_execute);
    json_write_figure(w, "of_bound", s->gas_bound_execute / s->parallel_execute);
    json_write_figure(w, "serial_mgas_per_s", (double)s->gas * 1e-6 / s->serial_execute);
    write_rates(w, s->parallel_execute, s->gas, s->txs);
    json_write_count(w, "reexecutions", s->reexecutions);
    json_write_figure(w, "recover_s", s->recover);
    json_write_figure(w, "finish_s", s->finish);
    json_write_count(w, "root_blocks", s->root_count);
    json_write_figure(w, "root_s", s->root);
    json_write_count(w, "commit_blocks", s->commit_count);
    json_write_figure(w, "commit_s", s->commit);
    write_model_sum(w, s);
    json_write_close(w, '}');
}

static void write_peer_sums(json_writer *w, const bench_result *results, size_t count) {
    if (count == 0 || results[0].peer_count == 0) {
        return;
    }
    json_write_open(w, "peers", '[');
    for (size_t i = 0; i < results[0].peer_count; i++) {
        bench_peer_sum s = bench_peer_sum_of(results, count, i, NULL);
        json_write_open(w, NULL, '{');
        json_write_text(w, "peer", results[0].peers[i].name);
        json_write_count(w, "blocks", s.blocks);
        json_write_count(w, "refused", s.refused);
        json_write_figure(w, "execute_s", s.peer);
        json_write_figure(w, "weft_serial_s", s.serial);
        json_write_figure(w, "weft_parallel_s", s.parallel);
        if (s.blocks > 0) {
            json_write_figure(w, "weft_serial_speed_up_geometric_mean", exp(s.log_ratio / (double)s.blocks));
            write_losses(w, "losses", &s.losses);
        }
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

void bench_json_summary(FILE *stream, const bench_result *results, size_t count, const bench_plan *plan) {
    json_writer w = {.stream = stream};
    unsigned threads;
    const char *workload;
    json_write_open(&w, NULL, '{');
    json_write_open(&w, "summary", '[');
    for (size_t cursor = 0; bench_next_threads(results, count, &cursor, &threads);) {
        bench_sum sum = bench_sum_of(results, count, threads, NULL);
        write_sum(&w, NULL, &sum);
    }
    json_write_close(&w, ']');
    json_write_open(&w, "workloads", '[');
    for (size_t cursor = 0; bench_next_workload(results, count, &cursor, &workload, &threads);) {
        bench_sum sum = bench_sum_of(results, count, threads, workload);
        write_sum(&w, workload, &sum);
    }
    json_write_close(&w, ']');
    write_peer_sums(&w, results, count);
    json_write_text(&w, "version", weft_version());
    json_write_count(&w, "processors", (uint64_t)omp_get_num_procs());
    json_write_count(&w, "repeat", plan->repeat);
    json_write_count(&w, "warmup", plan->warmup);
    json_write_boolean(&w, "cold_code", plan->cold_code);
    json_write_close(&w, '}');
    json_write_end(&w);
}
