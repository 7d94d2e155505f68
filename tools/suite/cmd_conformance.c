#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/clock.h"
#include "tools/commands.h"
#include "tools/json_writer.h"
#include "tools/progress.h"
#include "tools/runner.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_run.h"
#include "tools/suite/tally.h"
#include "tools/table.h"

static const char help[] =
    "usage: weft conformance [OPTIONS] PATH...\n"
    "\n"
    "Run official test fixtures of every format that weft knows, each case serially and in parallel, and count.\n"
    "Each PATH, a folder that is searched for *.json and *.json.gz or a file, is one suite of the table.\n"
    "\n"
    "  --threads LIST     workers inside a block, one number per execution, compared in full with the first (1,2,8)\n"
    "  --workers N|auto   files at once (auto: one per processor)\n"
    "  --excuses FILE     cases about proof of work itself, or of drafts that weft does not know: NAME: reason\n"
    "  --json             one JSON object per row, failure and slow case, then a summary\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 every case passes or is excused, 1 not, or an excuse is needless, 2 usage,\n"
    "3 a path or the machine failed.\n";

typedef struct conformance {
    bool json;
    variant_list variants;
    unsigned workers;
    excuses excuses;
    char **paths;
    size_t path_count;
    fixture_files *files; /* of each path */
    const char *suite;    /* under way */
    tally tally;
    progress progress;
    double seconds;
} conformance;

/* --- Running */

static weft_status find_files(conformance *c, failure *f) {
    size_t total = 0;
    c->files = calloc(c->path_count, sizeof *c->files);
    if (c->files == NULL) {
        return failure_no_memory(f);
    }
    for (size_t i = 0; i < c->path_count; i++) {
        weft_status status = fixture_files_add(&c->files[i], c->paths[i], f);
        if (status != WEFT_OK) {
            return status;
        }
        total += c->files[i].count;
    }
    progress_begin(&c->progress, true, total, "files");
    return WEFT_OK;
}

static void take(void *context, const fixture_results *results) {
    conformance *c = context;
    tally_add(&c->tally, c->suite, results);
    progress_step(&c->progress, 0);
}

static weft_status run_suites(conformance *c, failure *f) {
    suite_runner suites;
    const suite_config config = {.kinds = fixture_kinds,
                                 .kind_count = fixture_kind_count,
                                 .variants = c->variants,
                                 .workers = c->workers,
                                 .take = take,
                                 .context = c};
    weft_status status = suite_create(&suites, &config);
    for (size_t i = 0; i < c->path_count && status == WEFT_OK; i++) {
        c->suite = file_base_name(c->paths[i]);
        status = suite_run(&suites, &c->files[i]);
    }
    suite_free(&suites);
    progress_hide(&c->progress);
    if (status == WEFT_OK && c->tally.is_incomplete) {
        status = WEFT_NO_MEMORY;
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s", weft_status_message(status));
}

/* --- Output for people */

enum { COLUMN_SUITE, COLUMN_KIND, COLUMN_FORK, COLUMN_CASES, COLUMN_VARIANTS };

static void print_row(const conformance *c, const table_column *columns, const tally_row *row) {
    const char *cells[COLUMN_VARIANTS + VARIANTS_MAX];
    table_cell counts[VARIANTS_MAX + 1];
    cells[COLUMN_SUITE] = row->suite;
    cells[COLUMN_KIND] = row->kind != NULL ? row->kind->name : "";
    cells[COLUMN_FORK] = row->fork != NULL ? row->fork : "";
    cells[COLUMN_CASES] = table_count(&counts[VARIANTS_MAX], row->cases);
    for (unsigned i = 0; i < c->variants.count; i++) {
        bool is_judged = i == 0 || row->kind == NULL || !row->kind->is_judged_once;
        cells[COLUMN_VARIANTS + i] = is_judged ? table_count(&counts[i], row->passed[i]) : "-";
    }
    table_print_row(columns, cells, COLUMN_VARIANTS + c->variants.count);
}

static void print_table(const conformance *c, const tally_row *total) {
    table_column columns[COLUMN_VARIANTS + VARIANTS_MAX] = {
        {"suite", -24}, {"tests", -12}, {"fork", -32}, {"cases", 9}};
    char titles[VARIANTS_MAX][16];
    for (unsigned i = 0; i < c->variants.count; i++) {
        unsigned threads = c->variants.threads[i];
        (void)snprintf(titles[i], sizeof titles[i], threads == 1 ? "serial" : "x%u", threads);
        columns[COLUMN_VARIANTS + i] = (table_column){titles[i], 9};
    }
    table_print_titles(columns, COLUMN_VARIANTS + c->variants.count);
    for (size_t i = 0; i < c->tally.row_count; i++) {
        print_row(c, columns, &c->tally.rows[i]);
    }
    print_row(c, columns, total);
}

static void print_excuses(const conformance *c) {
    for (size_t i = 0; i < c->excuses.count; i++) {
        const excuse *e = &c->excuses.items[i];
        if (e->is_used || excuse_is_stale(e)) {
            printf("%s %s: %s\n", e->is_used ? "excused:" : "excuse that nothing needs:", e->test, e->reason);
        }
    }
}

static void print_text(const conformance *c, const tally_row *total) {
    const tally *t = &c->tally;
    print_table(c, total);
    puts("\nslowest:");
    for (size_t i = 0; i < TALLY_SLOWEST_COUNT && t->slowest[i].text != NULL; i++) {
        printf("  %7.2f s  %s\n", t->slowest[i].seconds, t->slowest[i].text);
    }
    puts("");
    print_excuses(c);
    for (size_t i = 0; i < t->failure_count; i++) {
        printf("failed: %s\n", t->failures[i].text);
    }
    printf(
        "%zu files, %zu of them without a known test; %zu cases, %zu failures, %zu excused; %.1f s, %u files at once\n",
        t->file_count, t->unrecognised_file_count, total->cases, t->failure_count, total->excused, c->seconds,
        c->workers);
}

/* --- Output for machines */

static void write_passed(const conformance *c, json_writer *w, const tally_row *row) {
    json_write_count(w, "cases", row->cases);
    json_write_open(w, "passed", '{');
    for (unsigned i = 0; i < c->variants.count; i++) {
        char threads[16];
        (void)snprintf(threads, sizeof threads, "%u", c->variants.threads[i]);
        json_write_count(w, threads, row->passed[i]);
    }
    json_write_close(w, '}');
    json_write_count(w, "excused", row->excused);
}

static void write_mention(const char *key, const tally_mention *mention) {
    json_writer w = {0};
    json_write_open(&w, NULL, '{');
    json_write_text(&w, key, mention->text);
    if (mention->seconds > 0) {
        json_write_figure(&w, "seconds", mention->seconds);
    }
    json_write_close(&w, '}');
    json_write_end(&w);
}

static void print_json(const conformance *c, const tally_row *total) {
    const tally *t = &c->tally;
    json_writer w = {0};
    for (size_t i = 0; i < t->row_count; i++) {
        json_write_open(&w, NULL, '{');
        json_write_text(&w, "suite", t->rows[i].suite);
        json_write_text(&w, "tests", t->rows[i].kind->name);
        json_write_text(&w, "fork", t->rows[i].fork);
        write_passed(c, &w, &t->rows[i]);
        json_write_close(&w, '}');
        json_write_end(&w);
    }
    for (size_t i = 0; i < TALLY_SLOWEST_COUNT && t->slowest[i].text != NULL; i++) {
        write_mention("slow", &t->slowest[i]);
    }
    for (size_t i = 0; i < t->failure_count; i++) {
        write_mention("failure", &t->failures[i]);
    }
    json_write_open(&w, NULL, '{');
    json_write_open(&w, "summary", '{');
    json_write_count(&w, "files", t->file_count);
    json_write_count(&w, "unrecognised_files", t->unrecognised_file_count);
    write_passed(c, &w, total);
    json_write_count(&w, "failures", t->failure_count);
    json_write_figure(&w, "seconds", c->seconds);
    json_write_close(&w, '}');
    json_write_close(&w, '}');
    json_write_end(&w);
}

/* --- The command */

/* "1,2,8". Returns: false if it is no such list. */
static bool parse_variants(const char *text, variant_list *variants) {
    *variants = (variant_list){.count = 0};
    while (variants->count < VARIANTS_MAX) {
        char number[8];
        size_t size = strcspn(text, ",");
        unsigned threads;
        if (size == 0 || size >= sizeof number) {
            return false;
        }
        memcpy(number, text, size);
        number[size] = '\0';
        if (!arguments_threads(number, &threads) || threads == 0) {
            return false;
        }
        variants->threads[variants->count++] = threads;
        if (text[size] == '\0') {
            return true;
        }
        text += size + 1;
    }
    return false;
}

static int run(conformance *c) {
    failure f;
    double started = clock_seconds();
    c->tally = (tally){.variants = c->variants, .excuses = &c->excuses};
    if (find_files(c, &f) != WEFT_OK || run_suites(c, &f) != WEFT_OK) {
        fprintf(stderr, "weft conformance: %s\n", f.message);
        return EXIT_HOST;
    }
    c->seconds = clock_seconds() - started;
    tally_sort(&c->tally);
    tally_row total = tally_total(&c->tally);
    if (c->json) {
        print_json(c, &total);
    } else {
        print_text(c, &total);
    }
    bool is_right = c->tally.failure_count == 0 && excuses_stale_count(&c->excuses) == 0;
    return is_right && total.cases > 0 ? EXIT_RIGHT : EXIT_WRONG;
}

static void release(conformance *c) {
    for (size_t i = 0; c->files != NULL && i < c->path_count; i++) {
        fixture_files_free(&c->files[i]);
    }
    free(c->files);
    tally_free(&c->tally);
    excuses_free(&c->excuses);
}

int cmd_conformance(int argc, char **argv) {
    conformance c = {.variants = {.count = 0}};
    const char *threads = "1,2,8", *workers = "auto", *list = NULL;
    const argument options[] = {{.name = "threads", .text = &threads},
                                {.name = "workers", .text = &workers},
                                {.name = "excuses", .text = &list},
                                {.name = "json", .flag = &c.json}};
    arguments a = {.command = "conformance", .help = help, .options = options, .option_count = 4};
    int status = arguments_read(&a, argc, argv);
    failure f;
    if (status >= 0) {
        return status;
    }
    if (a.rest_count == 0) {
        return arguments_refuse(&a, "name a folder of fixtures");
    }
    if (!parse_variants(threads, &c.variants)) {
        return arguments_refuse(&a, "--threads needs at most %d numbers from 1 to %d, such as 1,2,8; not '%s'",
                                VARIANTS_MAX, RUNNER_THREADS_MAX, threads);
    }
    if (!arguments_threads(workers, &c.workers)) {
        return arguments_refuse(&a, "--workers needs a number from 1 to %d or auto, not '%s'", SUITE_WORKERS_MAX,
                                workers);
    }
    if (list != NULL && excuses_load(&c.excuses, list, &f) != WEFT_OK) {
        fprintf(stderr, "weft conformance: %s\n", f.message);
        return EXIT_HOST;
    }
    c.workers = c.workers == 0 ? runner_threads_auto() : c.workers;
    c.paths = a.rest;
    c.path_count = a.rest_count;
    status = run(&c);
    release(&c);
    return status;
}
