#include "tools/suite/suite_run.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/clock.h"
#include "tools/hex.h"

/* --- One file */

bool fixture_wants(const fixture_run *run, const char *fork, size_t index) {
    const fixture_filter *filter = run->filter;
    return (filter->fork == NULL || strcmp(filter->fork, fork) == 0) && (!filter->has_index || filter->index == index);
}

bool fixture_report(fixture_run *run, const fixture_case *c) {
    double now = clock_seconds();
    fixture_case timed = *c;
    timed.seconds = now - run->case_started;
    run->case_started = now;
    if (run->hooks->like_evm && c->has_root) {
        char text[HEX_BYTES32_TEXT_SIZE];
        fprintf(stderr, "{\"stateRoot\": \"%s\"}\n", hex_encode(text, c->root.bytes, sizeof c->root.bytes));
    }
    return fixture_results_add(run->results, &timed) || json_fail(run->document, WEFT_NO_MEMORY);
}

static const fixture_kind *kind_of(const suite_config *config, const json_value *test) {
    for (size_t i = 0; test->kind == JSON_OBJECT && i < config->kind_count; i++) {
        if (config->kinds[i]->recognises(test)) {
            return config->kinds[i];
        }
    }
    return NULL;
}

static bool matches(const suite_config *config, const json_value *test) {
    return config->run == NULL || regexec(config->run, test->key, 0, NULL, 0) == 0;
}

/* Returns: WEFT_OK, or WEFT_NO_MEMORY with the document's failure set. */
static weft_status run_test(fixture_run *run, const fixture_kind *kind, const json_value *test) {
    fixture_results *results = run->results;
    results->kind = kind;
    results->expected_count += kind->count(test);
    run->case_started = clock_seconds();
    run->document->failure->status = WEFT_OK;
    if (kind->run(run, test)) {
        return WEFT_OK;
    }
    if (run->document->failure->status == WEFT_NO_MEMORY) {
        return WEFT_NO_MEMORY;
    }
    fixture_case malformed = {.test = test->key, .fork = "", .error = run->document->failure->message};
    return fixture_report(run, &malformed) ? WEFT_OK : WEFT_NO_MEMORY;
}

void suite_run_document(const suite_config *config, variant_engines *engines, json_document *document,
                        fixture_results *results) {
    failure in_test = {.status = WEFT_OK};
    results->failure.status = WEFT_OK;
    document->failure = &in_test;
    fixture_run run = {.document = document,
                       .engines = engines,
                       .filter = &config->filter,
                       .hooks = &config->hooks,
                       .results = results};
    for (const json_value *test = json_first(document->root); test != NULL; test = test->next) {
        const fixture_kind *kind = test->key != NULL ? kind_of(config, test) : NULL;
        if (kind == NULL) {
            results->unrecognised_count++;
            continue;
        }
        results->recognised_count++;
        if (matches(config, test) && run_test(&run, kind, test) != WEFT_OK) {
            results->failure = in_test;
            break;
        }
    }
    document->failure = &results->failure;
}

static void run_file(const suite_config *config, variant_engines *engines, fixture_results *results) {
    json_document document;
    if (json_load(&document, results->path, &results->failure) == WEFT_OK) {
        suite_run_document(config, engines, &document, results);
        json_free(&document);
    }
}

/* --- All files */

typedef struct slot {
    fixture_results results;
    bool is_done;
} slot;

typedef struct work {
    const suite_config *config;
    const fixture_files *files;
    slot *slots;
    pthread_mutex_t lock; /* of everything below, and of the calls of config->take */
    size_t next;          /* file to run */
    size_t taken;         /* files handed on */
} work;

typedef struct worker {
    work *shared;
    variant_engines *engines;
    pthread_t thread;
} worker;

static bool claim(work *w, size_t *index) {
    pthread_mutex_lock(&w->lock);
    *index = w->next;
    bool claimed = w->next < w->files->count;
    w->next += claimed;
    pthread_mutex_unlock(&w->lock);
    return claimed;
}

static void hand_on(work *w, size_t index) {
    pthread_mutex_lock(&w->lock);
    w->slots[index].is_done = true;
    while (w->taken < w->files->count && w->slots[w->taken].is_done) {
        slot *s = &w->slots[w->taken++];
        w->config->take(w->config->context, &s->results);
        fixture_results_free(&s->results);
    }
    pthread_mutex_unlock(&w->lock);
}

static void *work_off(void *context) {
    worker *self = context;
    work *w = self->shared;
    size_t index;
    while (claim(w, &index)) {
        fixture_results *results = &w->slots[index].results;
        results->path = w->files->paths[index];
        run_file(w->config, self->engines, results);
        hand_on(w, index);
    }
    return NULL;
}

weft_status suite_run(suite_runner *runner, const fixture_files *files) {
    work shared = {.config = &runner->config, .files = files, .lock = PTHREAD_MUTEX_INITIALIZER};
    worker workers[SUITE_WORKERS_MAX];
    unsigned started = 0, wanted = runner->config.workers;
    shared.slots = calloc(files->count + 1, sizeof *shared.slots);
    if (shared.slots == NULL) {
        return WEFT_NO_MEMORY;
    }
    /* The caller is worker 0; a thread that cannot be started is one fewer. */
    workers[0] = (worker){.shared = &shared, .engines = &runner->engines[0]};
    for (unsigned i = 1; i < wanted && i < files->count; i++) {
        workers[i] = (worker){.shared = &shared, .engines = &runner->engines[i]};
        if (pthread_create(&workers[i].thread, NULL, work_off, &workers[i]) != 0) {
            break;
        }
        started = i;
    }
    work_off(&workers[0]);
    for (unsigned i = 1; i <= started; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    free(shared.slots);
    return WEFT_OK;
}

weft_status suite_create(suite_runner *runner, const suite_config *config) {
    *runner = (suite_runner){.config = *config};
    runner->engines = calloc(config->workers, sizeof *runner->engines);
    if (runner->engines == NULL) {
        return WEFT_NO_MEMORY;
    }
    for (unsigned i = 0; i < config->workers; i++) {
        runner->engines[i].list = config->variants;
    }
    return WEFT_OK;
}

void suite_free(suite_runner *runner) {
    for (unsigned i = 0; runner->engines != NULL && i < runner->config.workers; i++) {
        variants_free(&runner->engines[i]);
    }
    free(runner->engines);
    *runner = (suite_runner){0};
}
