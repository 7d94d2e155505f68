#include "bench/bench_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/json_writer.h"
#include "tools/table.h"

static const double slow_ratio = 0.9;

/* --- For people */

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
    {"Mgas/s", 8},
    {"us/tx", 7},
    {"re-exec", 7},
    {"cpu ms", 8},
    {"recover", 8},
    {"finish", 7},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static const char *milliseconds(table_cell *cell, const bench_series *series) {
    (void)snprintf(cell->text, sizeof cell->text, "%.2f (%.2f-%.2f)", series->median * 1e3, series->min * 1e3,
                   series->max * 1e3);
    return cell->text;
}

static void print_row(bench_report *report, const bench_result *r) {
    if (!report->titles_printed) {
        table_print_titles(columns, COLUMN_COUNT);
        report->titles_printed = true;
    }
    table_cell cells[16];
    double seconds = r->parallel.execute.median, speed_up = bench_speed_up(r), bound = bench_bound(r);
    double whole = bench_whole_speed_up(r);
    const char *row[COLUMN_COUNT] = {
        r->name,
        table_count(&cells[0], r->tx_count),
        table_count(&cells[1], r->gas),
        table_count(&cells[2], r->threads),
        milliseconds(&cells[3], &r->serial.execute),
        milliseconds(&cells[4], &r->parallel.execute),
        table_figure(&cells[5], speed_up, 2, speed_up < slow_ratio ? "x!" : "x"),
        table_figure(&cells[15], bench_listed_speed_up(r), 2, "x"),
        table_figure(&cells[14], whole, 2, whole < slow_ratio ? "x!" : "x"),
        table_figure(&cells[6], bound, 2, "x"),
        table_figure(&cells[7], 100 * speed_up / bound, 0, "%"),
        table_figure(&cells[8], (double)r->gas * 1e-6 / seconds, 1, ""),
        table_figure(&cells[9], seconds * 1e6 / (double)r->tx_count, 1, ""),
        table_count(&cells[10], r->parallel.reexecutions),
        table_figure(&cells[11], r->parallel.cpu.median * 1e3, 2, ""),
        table_figure(&cells[12], r->parallel.recover.median * 1e3, 2, ""),
        table_figure(&cells[13], r->parallel.finish.median * 1e3, 2, ""),
    };
    table_print_row(columns, row, COLUMN_COUNT);
}

static void print_losses(const char *what, const bench_losses *losses) {
    printf("  %-15s %.3fx, %s; %zu block%s below %.1fx (marked x!)\n", what, losses->ratio_min, losses->block,
           losses->slower, table_plural(losses->slower), slow_ratio);
}

static void print_sum(const bench_sum *s) {
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
    printf("  bound           %.3fx by dependencies and threads; reached %.0f%%\n",
           s->serial_execute / s->bound_execute, 100 * s->bound_execute / s->parallel_execute);
    printf("  processor time  serial %.2f ms, parallel %.2f ms; %llu re-executions of %llu transactions\n",
           s->serial_cpu * 1e3, s->parallel_cpu * 1e3, (unsigned long long)s->reexecutions, (unsigned long long)s->txs);
}

/* --- For machines */

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

static void print_json(const bench_result *r) {
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_text(&w, "block", r->name);
    json_write_text(&w, "state", r->state);
    json_write_count(&w, "txs", r->tx_count);
    json_write_count(&w, "gas", r->gas);
    json_write_count(&w, "critical_path_gas", r->critical_path_gas);
    json_write_count(&w, "threads", r->threads);
    json_write_figure(&w, "speed_up", bench_speed_up(r));
    json_write_figure(&w, "speed_up_whole", bench_whole_speed_up(r));
    json_write_figure(&w, "bound", bench_bound(r));
    write_side(&w, "serial", &r->serial);
    write_side(&w, "parallel", &r->parallel);
    json_write_figure(&w, "speed_up_from_list", bench_listed_speed_up(r));
    write_side(&w, "from_list", &r->listed);
    json_write_close(&w, '}');
    json_write_end(&w);
}

static void write_losses(json_writer *w, const char *key, const bench_losses *losses) {
    json_write_open(w, key, '{');
    json_write_figure(w, "speed_up_min", losses->ratio_min);
    json_write_text(w, "block", losses->block);
    json_write_count(w, "slower", losses->slower);
    json_write_close(w, '}');
}

static void write_sum(json_writer *w, const bench_sum *s) {
    json_write_open(w, NULL, '{');
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
    json_write_figure(w, "bound", s->serial_execute / s->bound_execute);
    json_write_count(w, "reexecutions", s->reexecutions);
    json_write_close(w, '}');
}

/* --- Both */

static void losses_add(bench_losses *losses, double ratio, const bench_result *r) {
    if (losses->block[0] == '\0' || ratio < losses->ratio_min) {
        losses->ratio_min = ratio;
        memcpy(losses->block, r->name, sizeof losses->block);
    }
    losses->slower += ratio < slow_ratio;
}

static void sum_add(bench_sum *sum, const bench_result *r) {
    double speed_up = bench_speed_up(r);
    losses_add(&sum->execute_losses, speed_up, r);
    losses_add(&sum->total_losses, bench_whole_speed_up(r), r);
    sum->threads = r->threads;
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
    sum->bound_execute += r->serial.execute.median / bench_bound(r);
}

void bench_report_block(bench_report *report, bench_sum *sum, const bench_result *result) {
    sum_add(sum, result);
    if (report->json) {
        print_json(result);
    } else {
        print_row(report, result);
    }
}

void bench_report_finish(const bench_report *report, const bench_sum *sums, size_t sum_count, const bench_plan *plan) {
    if (!report->json) {
        for (size_t i = 0; i < sum_count; i++) {
            if (sums[i].blocks > 0) {
                print_sum(&sums[i]);
            }
        }
        if (sum_count > 0 && sums[0].blocks > 0) {
            printf(
                "\nmedians of %zu run%s (ten times as many of a block under 1 ms) after %zu warm-up run%s\n"
                "codes were analysed before, for both\n",
                plan->repeat, table_plural(plan->repeat), plan->warmup, table_plural(plan->warmup));
        }
        return;
    }
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_open(&w, "summary", '[');
    for (size_t i = 0; i < sum_count; i++) {
        if (sums[i].blocks > 0) {
            write_sum(&w, &sums[i]);
        }
    }
    json_write_close(&w, ']');
    json_write_count(&w, "repeat", plan->repeat);
    json_write_count(&w, "warmup", plan->warmup);
    json_write_close(&w, '}');
    json_write_end(&w);
}
