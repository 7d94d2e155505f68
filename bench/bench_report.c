#include "bench/bench_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_json.h"
#include "tools/list.h"
#include "tools/table.h"

/* --- Blocks */

static const table_column columns[] = {
    {"block", -28},
    {"txs", 6},
    {"gas", 12},
    {"threads", 7},
    {"serial ms (min-max)", 24},
    {"parallel ms (min-max)", 24},
    {"speed-up", 8},
    {"from list", 9},
    {"whole", 7},
    {"bound", 6},
    {"of bound", 8},
    {"by time", 7},
    {"Mgas/s", 8},
    {"us/tx", 7},
    {"re-exec", 7},
    {"cpu ms", 8},
    {"recover", 8},
    {"finish", 7},
    {"root", 7},
    {"commit", 8},
    {"model ms", 8},
    {"model", 7},
    {"what it is", -1},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static const char *milliseconds(table_cell *cell, const bench_series *series) {
    (void)snprintf(cell->text, sizeof cell->text, "%.2f (%.2f-%.2f)", series->median * 1e3, series->min * 1e3,
                   series->max * 1e3);
    return cell->text;
}

static const char *ratio(table_cell *cell, double figure) {
    return table_figure(cell, figure, 2, figure < bench_slow_ratio ? "x!" : "x");
}

/* What the model says of as many workers as there were threads. */
static const char *model_speed_up(table_cell *cell, const bench_result *r) {
    const simulated *model = bench_model_of(r, r->threads);
    return table_figure(cell, model == NULL ? 0 : r->model[0].execute / model->execute, 2, "x");
}

static void print_block(const bench_result *r) {
    table_cell cells[COLUMN_COUNT];
    double seconds = r->parallel.execute.median, speed_up = bench_speed_up(r), bound = bench_gas_bound(r);
    const char *row[COLUMN_COUNT] = {
        r->name,
        table_count(&cells[0], r->tx_count),
        table_count(&cells[1], r->gas),
        table_count(&cells[2], r->threads),
        milliseconds(&cells[3], &r->serial.execute),
        milliseconds(&cells[4], &r->parallel.execute),
        ratio(&cells[5], speed_up),
        table_figure(&cells[6], bench_listed_speed_up(r), 2, "x"),
        ratio(&cells[7], bench_whole_speed_up(r)),
        table_figure(&cells[8], bound, 2, "x"),
        table_figure(&cells[9], 100 * speed_up / bound, 0, "%"),
        table_figure(&cells[10], bench_time_bound(r), 2, "x"),
        table_figure(&cells[11], (double)r->gas * 1e-6 / seconds, 1, ""),
        table_figure(&cells[12], seconds * 1e6 / (double)r->tx_count, 1, ""),
        table_count(&cells[13], r->parallel.reexecutions),
        table_figure(&cells[14], r->parallel.cpu.median * 1e3, 2, ""),
        table_figure(&cells[15], r->parallel.recover.median * 1e3, 2, ""),
        table_figure(&cells[16], r->parallel.finish.median * 1e3, 2, ""),
        table_figure(&cells[17], r->after.root.median * 1e3, 2, ""),
        table_figure(&cells[18], r->after.commit.median * 1e3, 2, ""),
        table_figure(&cells[19], r->model[0].execute * 1e3, 2, ""),
        model_speed_up(&cells[20], r),
        r->label,
    };
    table_print_row(columns, row, COLUMN_COUNT);
}

/* Below its block: the peer's time where weft's serial one is, and how many times as fast weft is. */
static void print_peer(const bench_result *r, const peer_result *p) {
    table_cell cells[3];
    char name[80];
    (void)snprintf(name, sizeof name, "  %s", p->name);
    const char *row[COLUMN_COUNT] = {name};
    for (size_t i = 1; i < COLUMN_COUNT; i++) {
        row[i] = "";
    }
    if (p->refusal[0] == '\0') {
        row[4] = milliseconds(&cells[0], &p->execute);
        row[5] = table_figure(&cells[1], p->execute.median / r->parallel.execute.median, 2, "x in parallel");
        row[6] = ratio(&cells[2], p->execute.median / r->serial.execute.median);
    } else {
        row[COLUMN_COUNT - 1] = p->refusal;
    }
    table_print_row(columns, row, COLUMN_COUNT);
}

/* Below a block that makes one call many times: what a call takes, of it and of the peers. */
static void print_call(const bench_result *r, const char *name, const bench_series *execute) {
    const double calls = (double)r->call_count;
    printf("  one of %zu calls, %s: %.3f us, %.0f gas, %.1f Mgas/s\n", r->call_count, name,
           execute->median * 1e6 / calls, (double)r->gas / calls, (double)r->gas * 1e-6 / execute->median);
}

/* Below a block of one transaction, the same of an instruction. */
static void print_instruction(const bench_result *r, const char *name, const bench_series *execute) {
    table_cell count;
    printf("  one of %s instructions, %s: %.3f ns, %.1f Mgas/s\n", table_count(&count, r->instruction_count), name,
           bench_instruction_seconds(r, execute) * 1e9, (double)r->gas * 1e-6 / execute->median);
}

static void print_each(const bench_result *r,
                       void (*print)(const bench_result *r, const char *name, const bench_series *execute)) {
    print(r, "weft", &r->serial.execute);
    for (size_t i = 0; i < r->peer_count; i++) {
        if (r->peers[i].refusal[0] == '\0') {
            print(r, r->peers[i].name, &r->peers[i].execute);
        }
    }
}

/* --- Workloads */

static const table_column workload_columns[] = {
    {"workload", -28}, {"blocks", 6},         {"txs", 6},      {"gas", 13},      {"threads", 7},
    {"serial ms", 9},  {"serial Mgas/s", 13}, {"speed-up", 8}, {"from list", 9}, {"whole", 7},
    {"bound", 6},      {"of bound", 8},       {"by time", 7},  {"re-exec", 7},   {"recover", 8},
    {"execute", 8},    {"finish", 7},         {"root", 7},     {"commit", 8},
};
enum { WORKLOAD_COLUMN_COUNT = sizeof workload_columns / sizeof workload_columns[0] };

static void print_workload(const char *name, const bench_sum *s) {
    table_cell cells[WORKLOAD_COLUMN_COUNT];
    const char *row[WORKLOAD_COLUMN_COUNT] = {
        name,
        table_count(&cells[0], s->blocks),
        table_count(&cells[1], s->txs),
        table_count(&cells[2], s->gas),
        table_count(&cells[3], s->threads),
        table_figure(&cells[4], s->serial_execute * 1e3, 2, ""),
        table_figure(&cells[5], (double)s->gas * 1e-6 / s->serial_execute, 1, ""),
        ratio(&cells[6], s->serial_execute / s->parallel_execute),
        table_figure(&cells[7], s->serial_execute / s->listed_execute, 2, "x"),
        ratio(&cells[8], s->serial_total / s->parallel_total),
        table_figure(&cells[9], s->serial_execute / s->gas_bound_execute, 2, "x"),
        table_figure(&cells[10], 100 * s->gas_bound_execute / s->parallel_execute, 0, "%"),
        table_figure(&cells[11], s->serial_execute / s->time_bound_execute, 2, "x"),
        table_count(&cells[12], s->reexecutions),
        table_figure(&cells[13], s->recover * 1e3, 2, ""),
        table_figure(&cells[14], s->parallel_execute * 1e3, 2, ""),
        table_figure(&cells[15], s->finish * 1e3, 2, ""),
        table_figure(&cells[16], s->root * 1e3, 2, ""),
        table_figure(&cells[17], s->commit * 1e3, 2, ""),
    };
    table_print_row(workload_columns, row, WORKLOAD_COLUMN_COUNT);
}

/* Where every workload is one block, this would say it all again. */
static void print_workloads(const bench_report *report) {
    const char *workload;
    unsigned threads;
    size_t rows = 0;
    for (size_t cursor = 0; bench_next_workload(report->results, report->count, &cursor, &workload, &threads);) {
        rows++;
    }
    if (rows == report->count) {
        return;
    }
    printf("\nper workload, sums of medians; stages in ms\n");
    table_print_titles(workload_columns, WORKLOAD_COLUMN_COUNT);
    for (size_t cursor = 0; bench_next_workload(report->results, report->count, &cursor, &workload, &threads);) {
        bench_sum sum = bench_sum_of(report->results, report->count, threads, workload);
        print_workload(workload, &sum);
    }
}

/* --- The model */

static const table_column model_columns[] = {
    {"model: workers", -28},
    {"1", 6},
    {"2", 6},
    {"3", 6},
    {"4", 6},
    {"6", 6},
    {"8", 6},
    {"12", 6},
    {"16", 6},
    {"24", 6},
    {"32", 6},
    {"48", 6},
    {"64", 6},
};
enum { MODEL_COLUMN_COUNT = sizeof model_columns / sizeof model_columns[0] };
_Static_assert(MODEL_COLUMN_COUNT == 1 + BENCH_SIMULATIONS, "one column for each of bench_simulated_workers");

static void print_model(const char *name, const bench_sum *s) {
    table_cell cells[BENCH_SIMULATIONS];
    const char *row[MODEL_COLUMN_COUNT] = {name};
    for (size_t i = 0; i < BENCH_SIMULATIONS; i++) {
        row[i + 1] = table_figure(&cells[i], s->model_execute[0] / s->model_execute[i], 2, "x");
    }
    table_print_row(model_columns, row, MODEL_COLUMN_COUNT);
}

/* Speed-ups of the execution on more workers than there may be cores. */
static void print_models(const bench_report *report) {
    const char *workload;
    unsigned threads;
    bool any = false;
    for (size_t cursor = 0; bench_next_workload(report->results, report->count, &cursor, &workload, &threads);) {
        bench_sum sum = bench_sum_of(report->results, report->count, threads, workload);
        if (threads != report->results[0].threads || sum.model_count == 0) {
            continue; /* the model is of the block, not of a number of threads */
        }
        if (!any) {
            putchar('\n');
            table_print_titles(model_columns, MODEL_COLUMN_COUNT);
        }
        any = true;
        print_model(workload, &sum);
    }
}

/* --- All */

static void print_losses(const char *what, const bench_losses *losses) {
    printf("  %-15s %.3fx, %s; %zu block%s below %.1fx (marked x!)\n", what, losses->ratio_min, losses->block,
           losses->slower, table_plural(losses->slower), bench_slow_ratio);
}

/* How often the model was right, on as many workers as there were threads and on one. */
static void print_model_closeness(const bench_report *report, const bench_sum *s) {
    const char *workload;
    unsigned threads;
    size_t count = 0, close = 0;
    for (size_t cursor = 0; bench_next_workload(report->results, report->count, &cursor, &workload, &threads);) {
        bench_sum sum = bench_sum_of(report->results, report->count, s->threads, workload);
        count += threads == s->threads;
        close += threads == s->threads && bench_model_is_close(&sum);
    }
    if (s->model_compared > 0) {
        printf(
            "  model           within %.0f%% of the measured ratio on %zu of %zu workloads, %zu of %zu blocks; of the "
            "serial "
            "time on %zu\n",
            100 * bench_model_tolerance, close, count, s->model_close, s->model_compared, s->model_serial_close);
    }
}

static void print_sum(const bench_report *report, const bench_sum *s) {
    table_cell gas;
    printf("\n%u thread%s: %zu block%s, %s gas\n", s->threads, table_plural(s->threads), s->blocks,
           table_plural(s->blocks), table_count(&gas, s->gas));
    printf("  execution       serial %.2f ms, parallel %.2f ms: %.3fx (%.1f Mgas/s)\n", s->serial_execute * 1e3,
           s->parallel_execute * 1e3, s->serial_execute / s->parallel_execute,
           (double)s->gas * 1e-6 / s->parallel_execute);
    printf("  from the list   %.2f ms: %.3fx, each block's access list (EIP-7928) given; %llu re-executions\n",
           s->listed_execute * 1e3, s->serial_execute / s->listed_execute, (unsigned long long)s->listed_reexecutions);
    printf("  whole block     serial %.2f ms, parallel %.2f ms: %.3fx, with sender recovery and finish\n",
           s->serial_total * 1e3, s->parallel_total * 1e3, s->serial_total / s->parallel_total);
    printf("  geometric mean  %.3fx\n", exp(s->log_ratio / (double)s->blocks));
    print_losses("worst execution", &s->execute_losses);
    print_losses("worst whole", &s->total_losses);
    printf("  bound           %.3fx by dependencies and threads (by time %.3fx); reached %.0f%%\n",
           s->serial_execute / s->gas_bound_execute, s->serial_execute / s->time_bound_execute,
           100 * s->gas_bound_execute / s->parallel_execute);
    print_model_closeness(report, s);
    printf("  processor time  serial %.2f ms, parallel %.2f ms; %llu re-executions of %llu transactions\n",
           s->serial_cpu * 1e3, s->parallel_cpu * 1e3, (unsigned long long)s->reexecutions, (unsigned long long)s->txs);
}

static void print_peer_sum(const bench_report *report, size_t index) {
    bench_peer_sum s = bench_peer_sum_of(report->results, report->count, index, NULL);
    printf("\n%s: %zu block%s, %zu refused\n", report->results[0].peers[index].name, s.blocks, table_plural(s.blocks),
           s.refused);
    if (s.blocks > 0) {
        printf("  execution       %.2f ms; weft serial %.2f ms: %.3fx as fast, parallel %.2f ms: %.3fx\n", s.peer * 1e3,
               s.serial * 1e3, s.peer / s.serial, s.parallel * 1e3, s.peer / s.parallel);
        printf("  geometric mean  %.3fx, serial\n", exp(s.log_ratio / (double)s.blocks));
        print_losses("worst block", &s.losses);
    }
}

static void print_result(const bench_report *report, const bench_result *result) {
    if (report->json) {
        bench_json_block(stdout, result);
        return;
    }
    if (report->count == 1) {
        table_print_titles(columns, COLUMN_COUNT);
    }
    print_block(result);
    for (size_t i = 0; i < result->peer_count; i++) {
        print_peer(result, &result->peers[i]);
    }
    if (result->call_count > 0) {
        print_each(result, print_call);
    } else if (result->tx_count == 1 && result->instruction_count > 0) {
        print_each(result, print_instruction);
    }
}

bool bench_report_block(bench_report *report, const bench_result *result) {
    bench_result *larger = list_reserve(report->results, report->count, &report->capacity, sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    report->results = larger;
    report->results[report->count++] = *result;
    print_result(report, result);
    (void)fflush(stdout); /* the next block may take minutes */
    return true;
}

void bench_report_finish(const bench_report *report, const bench_plan *plan) {
    unsigned threads;
    if (report->json) {
        bench_json_summary(stdout, report->results, report->count, plan);
        return;
    }
    print_workloads(report);
    print_models(report);
    for (size_t cursor = 0; bench_next_threads(report->results, report->count, &cursor, &threads);) {
        bench_sum sum = bench_sum_of(report->results, report->count, threads, NULL);
        print_sum(report, &sum);
    }
    for (size_t i = 0; report->count > 0 && i < report->results[0].peer_count; i++) {
        print_peer_sum(report, i);
    }
    if (report->count > 0) {
        printf(
            "\nmedians of %zu run%s (ten times as many of a block under 1 ms) after %zu warm-up run%s\n"
            "codes were %s\n",
            plan->repeat, table_plural(plan->repeat), plan->warmup, table_plural(plan->warmup),
            plan->cold_code ? "unknown at the beginning of each run"
                            : "known from the runs before: weft decodes what they executed often");
    }
}

void bench_report_free(bench_report *report) {
    free(report->results);
}
