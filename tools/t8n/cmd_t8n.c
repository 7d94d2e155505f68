#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/suite/networks.h"
#include "tools/t8n/output_file.h"
#include "tools/t8n/t8n_input.h"
#include "tools/t8n/t8n_result.h"
#include "tools/t8n/trace_files.h"
#include "tools/trace/opcode_counter.h"

static const char help[] =
    "usage: weft t8n [OPTIONS]\n"
    "\n"
    "Execute transactions on a state, as `evm t8n` does: alloc, env and txs in, alloc, result and body out.\n"
    "\n"
    "  --input.alloc FILE        accounts before (alloc.json); FILE may be `stdin` here and below\n"
    "  --input.env FILE          the block around the transactions (env.json)\n"
    "  --input.txs FILE          transactions: a JSON list, or with the suffix .rlp the RLP of a body in hex "
    "(txs.json)\n"
    "  --input.blobParams FILE   {target, max, baseFeeUpdateFraction} instead of the fork's\n"
    "  --output.basedir DIR      where output files go; made if need be\n"
    "  --output.alloc FILE       accounts after (alloc.json); may be `stdout` or `stderr` here and below, \"\" is "
    "nowhere\n"
    "  --output.result FILE      roots, receipts, rejected transactions (result.json)\n"
    "  --output.body FILE        RLP of the transactions that are in the block\n"
    "  --state.fork NAME         rules (GrayGlacier); the names are below\n"
    "  --state.chainid N         chain id (1)\n"
    "  --state.reward N          block reward in wei (0, which still touches the coinbase); -1 = none\n"
    "  --trace                   write each transaction's EIP-3155 trace to DIR/trace-INDEX-HASH.jsonl\n"
    "  --trace.memory, --trace.nostack, --trace.returndata, --trace.callframes   what is in it\n"
    "  --trace.tracer NAME       instead write the result of callTracer, flatCallTracer, prestateTracer or\n"
    "                            4byteTracer to DIR/trace-INDEX-HASH.json\n"
    "  --trace.jsonconfig JSON   settings of that tracer\n"
    "  --opcode.count FILE       how often each opcode was executed, {name: count}\n"
    "  --verbosity N             taken for compatibility\n"
    "  --help                    this text\n"
    "\n"
    "Exit status: 0 done, 2 cannot be executed, 3 bad fork or environment, 4 a block hash is missing,\n"
    "10 bad JSON, 11 a file failed, 12 bad RLP.\n";

typedef struct t8n_command {
    t8n_paths paths;
    const char *base_folder;
    const char *alloc, *result, *body; /* outputs */
    const char *fork, *chain_id, *reward;
    const char *opcode_count, *verbosity;
    bool trace, nomemory, noreturndata;
    trace_choice choice;
} t8n_command;

/* --- Output */

typedef weft_status part_writer(json_writer *w, const char *key, t8n_transition *t);

static weft_status write_alloc(json_writer *w, const char *key, t8n_transition *t) {
    return state_write_alloc(w, key, t->state);
}

static weft_status write_result(json_writer *w, const char *key, t8n_transition *t) {
    t8n_write_result(w, key, t);
    return WEFT_OK;
}

static weft_status write_body(json_writer *w, const char *key, t8n_transition *t) {
    return t8n_write_body(w, key, t);
}

typedef struct output_part {
    const char *key;
    const char *target; /* "", stdout, stderr, or a file in the base folder */
    part_writer *write;
} output_part;
enum { OUTPUT_PART_COUNT = 3 };

static bool goes_to(const output_part *part, const char *stream) {
    return strcmp(part->target, stream) == 0;
}

/* One object with all parts that go to this stream. */
static weft_status write_stream(const output_part *parts, const char *name, FILE *stream, t8n_transition *t) {
    json_writer w = {.stream = stream};
    weft_status status = WEFT_OK;
    bool is_open = false;
    for (size_t i = 0; i < OUTPUT_PART_COUNT && status == WEFT_OK; i++) {
        if (goes_to(&parts[i], name)) {
            if (!is_open) {
                json_write_open(&w, NULL, '{');
                is_open = true;
            }
            status = parts[i].write(&w, parts[i].key, t);
        }
    }
    if (is_open) {
        json_write_close(&w, '}');
        json_write_end(&w);
    }
    return status;
}

static t8n_exit write_file(const output_part *part, const char *folder, t8n_transition *t, failure *f) {
    FILE *stream;
    if (output_open(&stream, folder, part->target, f) != T8N_OK) {
        return T8N_IO;
    }
    json_writer w = {.stream = stream};
    weft_status status = part->write(&w, NULL, t);
    json_write_end(&w);
    t8n_exit closed = output_close(stream, part->target, f);
    return status == WEFT_OK ? closed : t8n_exit_of_file(status);
}

static t8n_exit write_counts(const opcode_counter *counter, const char *folder, const char *name, failure *f) {
    FILE *stream;
    if (output_open(&stream, folder, name, f) != T8N_OK) {
        return T8N_IO;
    }
    json_writer w = {.stream = stream};
    opcode_counter_write(counter, &w);
    return output_close(stream, name, f);
}

static t8n_exit write_outputs(const t8n_command *command, t8n_transition *t, failure *f) {
    const output_part parts[OUTPUT_PART_COUNT] = {{"alloc", command->alloc, write_alloc},
                                                  {"result", command->result, write_result},
                                                  {"body", command->body, write_body}};
    weft_status status = write_stream(parts, "stdout", stdout, t);
    if (status == WEFT_OK) {
        status = write_stream(parts, "stderr", stderr, t);
    }
    t8n_exit result = t8n_exit_of_file(status);
    for (size_t i = 0; i < OUTPUT_PART_COUNT && result == T8N_OK; i++) {
        if (!goes_to(&parts[i], "") && !goes_to(&parts[i], "stdout") && !goes_to(&parts[i], "stderr")) {
            result = write_file(&parts[i], command->base_folder, t, f);
        }
    }
    return result;
}

/* --- Settings */

static bool read_number(uint64_t *number, const char *text) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0' && text[0] != '-';
}

static t8n_exit set_rules(const t8n_command *command, t8n_transition *t, failure *f) {
    if (network_choose(&t->chain, command->fork, f) != WEFT_OK) {
        return T8N_CONFIG;
    }
    if (!read_number(&t->chain.chain_id, command->chain_id)) {
        (void)failure_set(f, WEFT_INVALID_ARGUMENT, "'%s' is no chain id", command->chain_id);
        return T8N_CONFIG;
    }
    t->has_reward = strcmp(command->reward, "-1") != 0;
    if (t->has_reward && command->reward[0] != '\0' && !read_number(&t->reward, command->reward)) {
        (void)failure_set(f, WEFT_INVALID_ARGUMENT, "'%s' is no block reward", command->reward);
        return T8N_CONFIG;
    }
    return T8N_OK;
}

/* Trace files and opcode counts, as far as they are wanted. */
static t8n_exit execute(const t8n_command *command, t8n_transition *t, failure *f) {
    const weft_tracer *tracers[2];
    size_t count = 0;
    bool has_files = command->trace || command->choice.tracer != NULL;
    trace_files files = {.result = NULL};
    opcode_counter counter;
    t8n_exit status = T8N_OK;
    opcode_counter_init(&counter);
    if (has_files) {
        status = trace_files_open(&files, command->base_folder, &command->choice, f);
        tracers[count++] = files.tracer;
    }
    if (command->opcode_count[0] != '\0') {
        tracers[count++] = &counter.tracer;
    }
    if (status == T8N_OK) {
        status = t8n_execute(t, tracers, count, f);
    }
    if (status == T8N_OK && files.failure.status != WEFT_OK) {
        *f = files.failure;
        status = T8N_IO;
    }
    trace_files_close(&files);
    bool has_counts = command->opcode_count[0] != '\0';
    return status == T8N_OK && has_counts ? write_counts(&counter, command->base_folder, command->opcode_count, f)
                                          : status;
}

static t8n_exit run(const t8n_command *command, failure *f) {
    t8n_transition t = {0};
    t8n_input input = {0};
    t8n_exit status = output_folder_make(command->base_folder, f);
    if (status == T8N_OK) {
        status = set_rules(command, &t, f);
    }
    if (status == T8N_OK) {
        status = t8n_input_read(&input, &t, &command->paths, f);
    }
    if (status == T8N_OK) {
        status = execute(command, &t, f);
    }
    if (status == T8N_OK) {
        status = write_outputs(command, &t, f);
    }
    t8n_transition_free(&t);
    t8n_input_free(&input);
    return status;
}

static void print_fork(void *context, const char *name) {
    (void)context;
    printf("  %s\n", name);
}

int cmd_t8n(int argc, char **argv) {
    t8n_command c = {.paths = {.alloc = "alloc.json", .env = "env.json", .txs = "txs.json"},
                     .base_folder = ".",
                     .alloc = "alloc.json",
                     .result = "result.json",
                     .body = "",
                     .fork = "GrayGlacier",
                     .chain_id = "1",
                     .reward = "0",
                     .opcode_count = ""};
    const argument options[] = {{.name = "input.alloc", .text = &c.paths.alloc},
                                {.name = "input.env", .text = &c.paths.env},
                                {.name = "input.txs", .text = &c.paths.txs},
                                {.name = "input.blobParams", .text = &c.paths.blob_params},
                                {.name = "output.basedir", .text = &c.base_folder},
                                {.name = "output.alloc", .text = &c.alloc},
                                {.name = "output.result", .text = &c.result},
                                {.name = "output.body", .text = &c.body},
                                {.name = "state.fork", .text = &c.fork},
                                {.name = "state.chainid", .text = &c.chain_id},
                                {.name = "state.reward", .text = &c.reward},
                                {.name = "trace", .flag = &c.trace},
                                {.name = "trace.memory", .flag = &c.choice.lines.memory},
                                {.name = "trace.nomemory", .flag = &c.nomemory},
                                {.name = "trace.nostack", .flag = &c.choice.lines.no_stack},
                                {.name = "trace.returndata", .flag = &c.choice.lines.return_data},
                                {.name = "trace.noreturndata", .flag = &c.noreturndata},
                                {.name = "trace.callframes", .flag = &c.choice.lines.call_frames},
                                {.name = "trace.tracer", .text = &c.choice.tracer},
                                {.name = "trace.jsonconfig", .text = &c.choice.config},
                                {.name = "opcode.count", .text = &c.opcode_count},
                                {.name = "verbosity", .text = &c.verbosity}};
    arguments a = {
        .command = "t8n", .help = help, .options = options, .option_count = sizeof options / sizeof options[0]};
    int status = arguments_read(&a, argc, argv);
    if (status == EXIT_RIGHT) {
        puts("\nForks, and changes between two of them such as BerlinToLondonAt5 and CancunToPragueAtTime15k:");
        network_names(print_fork, NULL);
    }
    if (status >= 0) {
        return status;
    }
    if (a.rest_count != 0) {
        return arguments_refuse(&a, "takes no arguments but options, '%s' is none", a.rest[0]);
    }
    c.base_folder = c.base_folder[0] == '\0' ? "." : c.base_folder;
    failure f = {.message = "out of memory"};
    t8n_exit result = run(&c, &f);
    if (result != T8N_OK) {
        fprintf(stderr, "ERROR(%d): %s\n", result, f.message);
    }
    return (int)result;
}
