#include "tools/replay_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/file.h"
#include "tools/json_writer.h"
#include "tools/table.h"

static const char *const check_words[REPLAY_CHECK_COUNT] = {
#define CHECK_WORDS(name, words) words,
    REPLAY_CHECK_MAP(CHECK_WORDS)
#undef CHECK_WORDS
};
static const struct {
    const char *what, *why;
} gap_words[REPLAY_GAP_COUNT] = {
#define GAP_WORDS(name, what, why) {what, why},
    REPLAY_GAP_MAP(GAP_WORDS)
#undef GAP_WORDS
};
static const char *const result_words[] = {
    [REPLAY_OK] = "ok", [REPLAY_FAILED] = "failed", [REPLAY_UNCHECKED] = "unchecked"};

/* --- Counting */

static void sum_add(replay_sum *sum, const replay_row *row) {
    sum->blocks++;
    sum->ok += row->result == REPLAY_OK;
    sum->failed += row->result == REPLAY_FAILED;
    sum->unchecked += row->result == REPLAY_UNCHECKED;
    sum->host_failures += row->is_host_failure;
    sum->txs += row->tx_count;
    if (row->outcome != NULL) {
        sum->gas += row->outcome->result.gas_used;
        sum->reexecutions += row->outcome->result.stats.reexecutions;
        sum->critical_path_gas += row->outcome->result.stats.critical_path_gas;
        sum->serial_seconds += row->outcome->serial_seconds;
        sum->parallel_seconds += row->outcome->parallel_seconds;
    }
}

/* --- For people */

static const table_column columns[] = {{"block", -28}, {"txs", 6},      {"gas", 13},     {"Mgas/s", 8},
                                       {"re-exec", 7}, {"speed-up", 8}, {"parallel", 8}, {"verdict", -9}};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static void print_row(replay_report *report, const char *name, const replay_sum *sum, const char *verdict) {
    if (!report->titles_printed) {
        table_print_titles(columns, COLUMN_COUNT);
        report->titles_printed = true;
    }
    double seconds = sum->parallel_seconds > 0 ? sum->parallel_seconds : sum->serial_seconds;
    bool has_both = sum->parallel_seconds > 0 && sum->serial_seconds > 0;
    double path = (double)sum->critical_path_gas;
    table_cell cells[6];
    const char *row[COLUMN_COUNT] = {
        name,
        table_count(&cells[0], sum->txs),
        table_count(&cells[1], sum->gas),
        table_figure(&cells[2], seconds > 0 ? (double)sum->gas * 1e-6 / seconds : 0, 1, ""),
        table_count(&cells[3], sum->reexecutions),
        table_figure(&cells[4], has_both ? sum->serial_seconds / sum->parallel_seconds : 0, 2, "x"),
        table_figure(&cells[5], path > 0 ? (double)sum->gas / path : 0, 1, "x"),
        verdict,
    };
    table_print_row(columns, row, COLUMN_COUNT);
}

static void print_complaint(FILE *stream, const replay_row *row) {
    fprintf(stream, "  %s", row->name);
    if (!row->is_unreadable) {
        fprintf(stream, ": block %" PRIu64, row->number);
    }
    if (row->transaction_index != SIZE_MAX) {
        fprintf(stream, ", transaction %zu", row->transaction_index);
    }
    fprintf(stream, ": %s%s%s\n", row->rule, row->rule[0] != '\0' ? ": " : "", row->message);
}

static void print_for_people(replay_report *report, const replay_row *row) {
    bool is_trouble = row->result == REPLAY_FAILED;
    if (report->quiet) {
        if (is_trouble) {
            print_complaint(stderr, row);
        }
        return;
    }
    if (!report->is_condensed || is_trouble) {
        char name[96];
        const char *chain = report->group_folder[0] != '\0' ? report->group_folder : report->group_file;
        replay_sum alone = {0};
        sum_add(&alone, row);
        (void)snprintf(name, sizeof name, "%s", file_base_name(row->name));
        if (report->is_group) {
            (void)snprintf(name, sizeof name, "%s %" PRIu64, chain, row->number);
        }
        print_row(report, name, &alone, is_trouble ? "FAILED" : result_words[row->result]);
    }
    if (row->message[0] != '\0' && (is_trouble || !report->is_condensed)) {
        print_complaint(stdout, row);
    }
}

/* --- For machines */

static void print_json(const replay_row *row) {
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_text(&w, "source", row->name);
    if (!row->is_unreadable) {
        json_write_count(&w, "block", row->number);
        json_write_hex(&w, "hash", row->hash.bytes, sizeof row->hash.bytes);
        json_write_count(&w, "txs", row->tx_count);
    }
    json_write_text(&w, "result", result_words[row->result]);
    json_write_text(&w, "verdict", row->rule);
    if (row->transaction_index != SIZE_MAX) {
        json_write_count(&w, "transaction", row->transaction_index);
    }
    if (row->message[0] != '\0') {
        json_write_text(&w, "message", row->message);
    }
    if (row->outcome != NULL && row->outcome->result.stats.threads > 0) { /* not refused before it was executed */
        const weft_execution_stats *stats = &row->outcome->result.stats;
        json_write_count(&w, "gas", row->outcome->result.gas_used);
        json_write_hex(&w, "delta_digest", row->outcome->delta_digest.bytes, sizeof(weft_bytes32));
        json_write_count(&w, "threads", stats->threads);
        json_write_figure(&w, "serial_s", row->outcome->serial_seconds);
        json_write_figure(&w, "parallel_s", row->outcome->parallel_seconds);
        json_write_count(&w, "executions", stats->executions);
        json_write_count(&w, "reexecutions", stats->reexecutions);
        json_write_boolean(&w, "fell_back", stats->fell_back);
        json_write_boolean(&w, "used_access_list", stats->used_access_list);
        json_write_count(&w, "critical_path_gas", stats->critical_path_gas);
    }
    json_write_open(&w, "checked", '[');
    for (unsigned i = 0; i < REPLAY_CHECK_COUNT; i++) {
        if ((row->checks >> i & 1) != 0) {
            json_write_text(&w, NULL, check_words[i]);
        }
    }
    json_write_close(&w, ']');
    json_write_open(&w, "unchecked", '[');
    for (unsigned i = 0; i < REPLAY_GAP_COUNT; i++) {
        if ((row->gaps >> i & 1) != 0) {
            char words[160];
            (void)snprintf(words, sizeof words, "%s: %s", gap_words[i].what, gap_words[i].why);
            json_write_text(&w, NULL, words);
        }
    }
    json_write_close(&w, ']');
    json_write_close(&w, '}');
    json_write_end(&w);
}

static void print_json_failure(const char *source, const failure *f) {
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_text(&w, "source", source);
    json_write_text(&w, "result", result_words[REPLAY_FAILED]);
    json_write_text(&w, "message", f->message);
    json_write_close(&w, '}');
    json_write_end(&w);
}

static void print_json_summary(const replay_report *report) {
    const replay_sum *sum = &report->sum;
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_open(&w, "summary", '{');
    json_write_count(&w, "blocks", sum->blocks);
    json_write_count(&w, "ok", sum->ok);
    json_write_count(&w, "failed", report->sum.failed + report->failed_sources);
    json_write_count(&w, "unchecked", sum->unchecked);
    json_write_count(&w, "txs", sum->txs);
    json_write_count(&w, "gas", sum->gas);
    json_write_count(&w, "threads", report->threads);
    json_write_figure(&w, "serial_s", sum->serial_seconds);
    json_write_figure(&w, "parallel_s", sum->parallel_seconds);
    json_write_count(&w, "reexecutions", sum->reexecutions);
    json_write_close(&w, '}');
    json_write_close(&w, '}');
    json_write_end(&w);
}

/* --- Both */

void report_expect_blocks(replay_report *report, size_t block_count) {
    progress_begin(&report->progress, !report->quiet && !report->json, block_count, "blocks");
}

void report_begin_group(replay_report *report, const char *path, size_t block_count) {
    enum { ROWS_MAX = 64 };
    file_folder_name(report->group_folder, sizeof report->group_folder, path);
    (void)snprintf(report->group_file, sizeof report->group_file, "%s", file_base_name(path));
    report->is_group = true;
    report->is_condensed = block_count > ROWS_MAX;
    report->group = (replay_sum){0};
    report_expect_blocks(report, block_count);
}

void report_end_group(replay_report *report) {
    progress_hide(&report->progress);
    if (report->is_condensed && !report->json && !report->quiet) {
        char name[160], verdict[96];
        const replay_sum *sum = &report->group;
        (void)snprintf(name, sizeof name, "%s%s%s", report->group_folder, report->group_folder[0] != '\0' ? "/" : "",
                       report->group_file);
        (void)snprintf(verdict, sizeof verdict, "%zu ok, %zu failed, %zu unchecked", sum->ok, sum->failed,
                       sum->unchecked);
        print_row(report, name, sum, verdict);
    }
    report->is_condensed = false;
    report->is_group = false;
}

void report_block(replay_report *report, const replay_row *row) {
    sum_add(&report->sum, row);
    sum_add(&report->group, row);
    for (unsigned i = 0; i < REPLAY_CHECK_COUNT; i++) {
        report->checked[i] += row->checks >> i & 1;
    }
    for (unsigned i = 0; i < REPLAY_GAP_COUNT; i++) {
        report->gaps[i] += row->gaps >> i & 1;
    }
    if (report->json) {
        if (!report->quiet || row->result == REPLAY_FAILED) {
            print_json(row);
        }
        return;
    }
    if (!report->is_condensed || row->result == REPLAY_FAILED) {
        progress_hide(&report->progress);
    }
    print_for_people(report, row);
    progress_step(&report->progress, row->outcome != NULL ? row->outcome->result.gas_used : 0);
}

void report_failure(replay_report *report, const char *source, const failure *f) {
    progress_hide(&report->progress);
    fprintf(stderr, "weft replay: %s\n", f->message);
    if (report->json) {
        print_json_failure(source, f);
    }
    report->failed_sources++;
    report->sum.host_failures += f->status != WEFT_DECODE;
}

static void print_summary(const replay_report *report) {
    const replay_sum *sum = &report->sum;
    table_cell txs, gas;
    printf("\n%zu block%s: %zu ok, %zu failed, %zu unchecked; %s transaction%s, %s gas\n", sum->blocks,
           table_plural(sum->blocks), sum->ok, sum->failed, sum->unchecked, table_count(&txs, sum->txs),
           table_plural(sum->txs), table_count(&gas, sum->gas));
    if (report->failed_sources > 0) {
        printf("%zu more failure%s, of files or the store\n", report->failed_sources,
               table_plural(report->failed_sources));
    }
    if (sum->serial_seconds > 0) {
        printf("serial    %.3f s, %.1f Mgas/s\n", sum->serial_seconds, (double)sum->gas * 1e-6 / sum->serial_seconds);
    }
    if (sum->parallel_seconds > 0) {
        printf("parallel  %.3f s, %.1f Mgas/s, %u thread%s, %" PRIu64 " re-execution%s\n", sum->parallel_seconds,
               (double)sum->gas * 1e-6 / sum->parallel_seconds, report->threads, table_plural(report->threads),
               sum->reexecutions, table_plural(sum->reexecutions));
    }
    const char *title = "checked";
    for (size_t i = 0; i < REPLAY_CHECK_COUNT; i++) {
        if (report->checked[i] > 0) {
            printf("%-12s %7zu  %s\n", title, report->checked[i], check_words[i]);
            title = "";
        }
    }
    title = "not checked";
    for (size_t i = 0; i < REPLAY_GAP_COUNT; i++) {
        if (report->gaps[i] > 0) {
            printf("%-12s %7zu  %s: %s\n", title, report->gaps[i], gap_words[i].what, gap_words[i].why);
            title = "";
        }
    }
}

int report_finish(replay_report *report) {
    if (report->json) {
        print_json_summary(report);
    } else if (!report->quiet && (report->sum.blocks > 0 || report->failed_sources == 0)) {
        print_summary(report);
    }
    bool is_wrong = report->sum.failed > 0 || report->failed_sources > 0;
    return report->sum.host_failures > 0 ? EXIT_HOST : is_wrong ? EXIT_WRONG : EXIT_RIGHT;
}
