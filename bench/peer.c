#include "bench/peer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/json.h"

extern char **environ;

/* A block that takes longer is not worth waiting for. */
enum { ANSWER_SECONDS_MAX = 600 };

struct peer {
    pid_t process;
    FILE *to, *from;
    char *line; /* the last answer */
    size_t line_capacity;
    char name[64];
};

/* --- Answers */

/* Returns: WEFT_OK with the answer parsed, to be freed. An answer that says why not is WEFT_UNSUPPORTED. */
static weft_status read_answer(peer *p, json_document *answer, failure *f) {
    struct pollfd ready = {.fd = fileno(p->from), .events = POLLIN};
    if (poll(&ready, 1, ANSWER_SECONDS_MAX * 1000) != 1) {
        return failure_set(f, WEFT_IO, "%s: no answer within %d s", p->name, ANSWER_SECONDS_MAX);
    }
    ssize_t size = getline(&p->line, &p->line_capacity, p->from);
    if (size < 0) {
        return failure_set(f, WEFT_IO, "%s: has ended", p->name);
    }
    weft_status status = json_parse(answer, p->name, p->line, (size_t)size, f);
    const json_value *error = status == WEFT_OK ? json_get(answer->root, "error") : NULL;
    if (error != NULL) {
        status =
            failure_set(f, WEFT_UNSUPPORTED, "%s: %s", p->name, error->kind == JSON_STRING ? error->text : "no words");
        json_free(answer);
    }
    return status;
}

static weft_status no_answer(const peer *p, const char *what, failure *f) {
    return failure_set(f, WEFT_DECODE, "%s: does not say %s", p->name, what);
}

/* --- The process */

static weft_status spawn(peer *p, const char *program, failure *f) {
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    char *arguments[] = {(char *)program, NULL};
    int error = pipe(in) != 0 || pipe(out) != 0 ? errno : posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        (void)posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
        (void)posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        for (int i = 0; i < 2; i++) {
            (void)posix_spawn_file_actions_addclose(&actions, in[i]);
            (void)posix_spawn_file_actions_addclose(&actions, out[i]);
        }
        error = posix_spawnp(&p->process, program, &actions, NULL, arguments, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    p->to = error == 0 ? fdopen(in[1], "w") : NULL;
    p->from = error == 0 ? fdopen(out[0], "r") : NULL;
    if (error != 0) {
        (void)close(in[1]);
        (void)close(out[0]);
        return failure_set(f, WEFT_IO, "%s: %s", program, strerror(error));
    }
    return p->to != NULL && p->from != NULL ? WEFT_OK : failure_set(f, WEFT_NO_MEMORY, "%s: out of memory", program);
}

static weft_status hear_name(peer *p, failure *f) {
    json_document answer;
    weft_status status = read_answer(p, &answer, f);
    if (status != WEFT_OK) {
        return status;
    }
    const json_value *name = json_get(answer.root, "peer");
    if (name != NULL && name->kind == JSON_STRING) {
        (void)snprintf(p->name, sizeof p->name, "%s", name->text);
    } else {
        status = no_answer(p, "who it is", f);
    }
    json_free(&answer);
    return status;
}

weft_status peer_start(peer **p, const char *program, failure *f) {
    *p = calloc(1, sizeof **p);
    if (*p == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s: out of memory", program);
    }
    /* Its end is seen where it is asked something, not by a signal. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf((*p)->name, sizeof(*p)->name, "%s", program);
    weft_status status = spawn(*p, program, f);
    status = status == WEFT_OK ? hear_name(*p, f) : status;
    if (status != WEFT_OK) {
        peer_stop(*p);
        *p = NULL;
    }
    return status;
}

void peer_stop(peer *p) {
    if (p == NULL) {
        return;
    }
    if (p->to != NULL) {
        (void)fclose(p->to);
    }
    if (p->from != NULL) {
        (void)fclose(p->from);
    }
    if (p->process > 0) {
        (void)kill(p->process, SIGTERM);
        (void)waitpid(p->process, NULL, 0);
    }
    free(p->line);
    free(p);
}

const char *peer_name(const peer *p) {
    return p->name;
}

/* --- Blocks */

static weft_status compare_gas(const peer *p, const peer_case *c, const json_document *answer, const uint64_t *gas_used,
                               failure *f) {
    const json_value *list = json_get(answer->root, "gas_used");
    if (list == NULL || list->kind != JSON_ARRAY || list->child_count != c->block->transaction_count) {
        return no_answer(p, "what gas each transaction used", f);
    }
    size_t index = 0;
    for (const json_value *v = json_first(list); v != NULL; v = v->next, index++) {
        if (v->kind != JSON_NUMBER || strtoull(v->text, NULL, 10) != gas_used[index]) {
            return failure_set(f, WEFT_DECODE, "%s: %s: transaction %zu: used %s gas, weft says %llu", p->name, c->name,
                               index, v->text != NULL ? v->text : "no", (unsigned long long)gas_used[index]);
        }
    }
    return WEFT_OK;
}

/* Whole or not at all: half a block would be answered too. */
static weft_status send_case(peer *p, const peer_case *c, failure *f) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s: out of memory", c->name);
    }
    weft_status status = peer_case_write(memory, c, f);
    if (fclose(memory) != 0 && status == WEFT_OK) {
        status = failure_set(f, WEFT_NO_MEMORY, "%s: out of memory", c->name);
    }
    if (status == WEFT_OK && (fwrite(text, 1, size, p->to) != size || fflush(p->to) != 0)) {
        status = failure_set(f, WEFT_IO, "%s: %s", p->name, strerror(errno));
    }
    free(text);
    return status;
}

weft_status peer_load(peer *p, const peer_case *c, const uint64_t *gas_used, failure *f) {
    json_document answer;
    weft_status status = send_case(p, c, f);
    if (status == WEFT_OK) {
        status = read_answer(p, &answer, f);
    }
    if (status == WEFT_OK) {
        status = compare_gas(p, c, &answer, gas_used, f);
        json_free(&answer);
    }
    return status;
}

weft_status peer_run(peer *p, double *seconds, bool cold_code, failure *f) {
    json_document answer;
    fputs(cold_code ? "run cold\n" : "run\n", p->to);
    (void)fflush(p->to);
    weft_status status = read_answer(p, &answer, f);
    if (status != WEFT_OK) {
        return status;
    }
    const json_value *value = json_get(answer.root, "seconds");
    *seconds = value != NULL && value->kind == JSON_NUMBER ? strtod(value->text, NULL) : -1;
    if (*seconds < 0) {
        status = no_answer(p, "how long it took", f);
    }
    json_free(&answer);
    return status;
}
