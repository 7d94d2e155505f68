#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/transaction.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/json_writer.h"
#include "tools/suite/header_json.h"
#include "tools/t8n/clique_seal.h"
#include "tools/t8n/output_file.h"
#include "tools/withdrawals_json.h"

static const char help[] =
    "usage: weft b11r [OPTIONS]\n"
    "\n"
    "Build a block from its parts, as `evm b11r` does: {rlp, hash}.\n"
    "\n"
    "  --input.header FILE        fields by the names of JSON-RPC (header.json); `stdin` = member of an object there,\n"
    "                             here and below: header, ommers, withdrawals, txs, clique\n"
    "  --input.ommers FILE        JSON list of blocks in RLP\n"
    "  --input.withdrawals FILE   JSON list\n"
    "  --input.txs FILE           RLP list of transactions in hex (txs.rlp)\n"
    "  --seal.clique FILE         {secretKey, voted, authorize, vanity}: sign the header (EIP-225)\n"
    "  --output.basedir DIR       where the output file goes; made if need be\n"
    "  --output.block FILE        (block.json); may be `stdout` or `stderr`\n"
    "  --verbosity N              taken for compatibility\n"
    "  --help                     this text\n"
    "\n"
    "Exit status: 0 built, 2 the machine failed, 3 parts that contradict each other, 10 bad JSON, 11 a file failed,\n"
    "12 bad RLP.\n";

typedef struct b11r_command {
    const char *header, *ommers, *withdrawals, *txs, *clique; /* NULL = none */
    const char *base_folder, *block;
    const char *verbosity;
} b11r_command;

enum { PART_HEADER, PART_OMMERS, PART_WITHDRAWALS, PART_TXS, PART_CLIQUE, PART_COUNT };

static const char *const part_keys[PART_COUNT] = {"header", "ommers", "withdrawals", "txs", "clique"};

/* A part of the input, and the document it is in. */
typedef struct part {
    json_document own;
    json_document *document;
    const json_value *value; /* NULL = there is none */
} part;

typedef struct building {
    json_document standard_input;
    part parts[PART_COUNT];
    weft_decoder *decoder;
    clique_seal seal;
    weft_block block;
} building;

/* --- Reading */

static t8n_exit find_parts(building *b, const char *const paths[PART_COUNT], failure *f) {
    t8n_exit status = T8N_OK;
    for (size_t i = 0; i < PART_COUNT && status == T8N_OK; i++) {
        part *p = &b->parts[i];
        if (paths[i] == NULL || paths[i][0] == '\0') {
            continue;
        }
        if (strcmp(paths[i], "stdin") != 0) {
            status = t8n_exit_of_file(json_load(&p->own, paths[i], f));
            *p = (part){.own = p->own, .document = &p->own, .value = p->own.root};
            continue;
        }
        if (b->standard_input.root == NULL) {
            status = t8n_exit_of_file(json_load(&b->standard_input, "/dev/stdin", f));
        }
        p->document = &b->standard_input;
        p->value = json_get(b->standard_input.root, part_keys[i]);
    }
    return status;
}

/* What is not told: no ommers, no transactions, no receipts. */
static bool read_header(const part *p, weft_header *header) {
    static const char *const required[] = {"stateRoot", "number", "gasLimit", "timestamp"};
    static const char *const blobs[] = {"blobGasUsed", "excessBlobGas"};
    weft_block nothing = {.transaction_count = 0};
    if (weft_transactions_root(&header->transactions_root, &nothing) != WEFT_OK) {
        return json_fail(p->document, WEFT_NO_MEMORY);
    }
    header->receipts_root = header->transactions_root;
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (json_get(p->value, required[i]) == NULL) {
            return json_refuse(p->document, p->value, "`%s` is missing", required[i]);
        }
    }
    if (!header_json_fill(p->document, p->value, header)) {
        return false;
    }
    for (size_t i = 0; i < sizeof blobs / sizeof blobs[0]; i++) {
        if (json_get(p->value, blobs[i]) != NULL && header->field_count < 20) {
            return json_refuse(p->document, p->value, "`%s` needs `parentBeaconBlockRoot` beside it", blobs[i]);
        }
    }
    return true;
}

static t8n_exit refuse_rlp(const part *p, const char *what, const weft_error *error) {
    (void)failure_set(p->document->failure, WEFT_DECODE, "%s: %s: at byte %zu: %s", p->document->name, what,
                      error->position, error->message);
    return T8N_RLP;
}

static t8n_exit host_failure(const part *p, weft_status status) {
    (void)json_fail(p->document, status);
    return T8N_EVM;
}

/* Each is written as a block of its own, of which the header counts. */
static t8n_exit read_ommers(building *b, const part *p) {
    if (!json_expect(p->document, p->value, JSON_ARRAY, "the list of ommers")) {
        return T8N_JSON;
    }
    weft_header *ommers = json_allocate(p->document, (p->value->child_count + 1) * sizeof *ommers);
    if (ommers == NULL) {
        return T8N_EVM;
    }
    b->block.ommers = ommers;
    for (const json_value *v = json_first(p->value); v != NULL; v = v->next) {
        weft_bytes rlp;
        weft_block ommer;
        weft_error error = {.message = ""};
        if (!json_value_bytes(p->document, v, &rlp)) {
            return T8N_JSON;
        }
        weft_status status = weft_block_decode(b->decoder, &ommer, NULL, rlp, &error);
        if (status != WEFT_OK) {
            return status == WEFT_DECODE ? refuse_rlp(p, "an ommer", &error) : host_failure(p, status);
        }
        ommers[b->block.ommer_count++] = ommer.header;
    }
    return T8N_OK;
}

static t8n_exit read_transactions(building *b, const part *p) {
    weft_bytes rlp;
    const weft_bytes *items;
    weft_error error = {.message = ""};
    if (!json_value_bytes(p->document, p->value, &rlp)) {
        return T8N_JSON;
    }
    if (rlp.size == 0) {
        return T8N_OK;
    }
    size_t count;
    weft_status status = weft_transaction_list_split(b->decoder, &items, &count, rlp, &error);
    weft_transaction *transactions =
        status == WEFT_OK ? json_allocate(p->document, (count + 1) * sizeof *transactions) : NULL;
    if (status == WEFT_OK && transactions == NULL) {
        return T8N_EVM;
    }
    for (size_t i = 0; i < count && status == WEFT_OK; i++) {
        status = weft_transaction_decode(b->decoder, &transactions[i], items[i], &error);
    }
    if (status != WEFT_OK) {
        return status == WEFT_DECODE ? refuse_rlp(p, "the transactions", &error) : host_failure(p, status);
    }
    b->block.transactions = transactions;
    b->block.transaction_count = count;
    return T8N_OK;
}

static t8n_exit read_parts(building *b, failure *f) {
    const part *header = &b->parts[PART_HEADER], *ommers = &b->parts[PART_OMMERS];
    const part *withdrawals = &b->parts[PART_WITHDRAWALS], *txs = &b->parts[PART_TXS];
    if (header->value == NULL) {
        (void)failure_set(f, WEFT_DECODE, "there is no header");
        return T8N_JSON;
    }
    t8n_exit status = read_header(header, &b->block.header) ? T8N_OK : T8N_JSON;
    if (status == T8N_OK && ommers->value != NULL) {
        status = read_ommers(b, ommers);
    }
    if (status == T8N_OK && withdrawals->value != NULL) {
        b->block.has_withdrawals = true;
        if (!withdrawals_json_read(withdrawals->document, withdrawals->value, &b->block.withdrawals,
                                   &b->block.withdrawal_count)) {
            status = T8N_JSON;
        }
    }
    return status == T8N_OK && txs->value != NULL ? read_transactions(b, txs) : status;
}

/* --- Building */

static t8n_exit refuse_overwrite(failure *f, const char *what) {
    (void)failure_set(f, WEFT_INVALID_ARGUMENT, "sealing with clique would overwrite the header's %s", what);
    return T8N_CONFIG;
}

static t8n_exit apply_seal(building *b, failure *f) {
    const part *p = &b->parts[PART_CLIQUE];
    const json_value *header = b->parts[PART_HEADER].value;
    if (p->value == NULL) {
        return T8N_OK;
    }
    if (!clique_seal_read(&b->seal, p->document, p->value)) {
        return T8N_JSON;
    }
    if (json_get(header, "extraData") != NULL) {
        return refuse_overwrite(f, "extra data");
    }
    if (b->seal.has_vote && json_get(header, "miner") != NULL) {
        return refuse_overwrite(f, "coinbase");
    }
    if (b->seal.has_authorize && json_get(header, "nonce") != NULL) {
        return refuse_overwrite(f, "nonce");
    }
    weft_status status = clique_seal_apply(&b->seal, &b->block.header);
    if (status != WEFT_OK) {
        (void)failure_set(f, status, "%s: %s", p->document->name, weft_status_message(status));
    }
    return status == WEFT_OK ? T8N_OK : status == WEFT_INVALID_ARGUMENT ? T8N_JSON : T8N_EVM;
}

static weft_status find_ommers_hash(building *b) {
    const json_value *header = b->parts[PART_HEADER].value;
    if (json_get(header, "sha3Uncles") != NULL || json_get(header, "uncleHash") != NULL) {
        return WEFT_OK;
    }
    return weft_ommers_hash(&b->block.header.ommers_hash, &b->block);
}

static t8n_exit build(building *b, weft_bytes *rlp, failure *f) {
    weft_status status = find_ommers_hash(b);
    t8n_exit sealed = status == WEFT_OK ? apply_seal(b, f) : T8N_OK;
    if (sealed != T8N_OK) {
        return sealed;
    }
    if (status == WEFT_OK) {
        status = weft_header_hash(&b->block.hash, &b->block.header);
    }
    if (status == WEFT_OK) {
        status = weft_block_encode(b->decoder, rlp, &b->block);
    }
    if (status != WEFT_OK) {
        (void)failure_set(f, status, "%s", weft_status_message(status));
    }
    return status == WEFT_OK ? T8N_OK : T8N_EVM;
}

static t8n_exit write_block(const b11r_command *command, const weft_block *block, weft_bytes rlp, failure *f) {
    bool is_stdout = strcmp(command->block, "stdout") == 0, is_stderr = strcmp(command->block, "stderr") == 0;
    FILE *stream = is_stderr ? stderr : stdout;
    if (!is_stdout && !is_stderr && output_open(&stream, command->base_folder, command->block, f) != T8N_OK) {
        return T8N_IO;
    }
    json_writer w = {.stream = stream};
    json_write_open(&w, NULL, '{');
    json_write_bytes(&w, "rlp", rlp);
    json_write_bytes32(&w, "hash", &block->hash);
    json_write_close(&w, '}');
    json_write_end(&w);
    return is_stdout || is_stderr ? T8N_OK : output_close(stream, command->block, f);
}

static t8n_exit run(const b11r_command *command, failure *f) {
    building b = {.decoder = NULL};
    const char *const paths[PART_COUNT] = {command->header, command->ommers, command->withdrawals, command->txs,
                                           command->clique};
    weft_bytes rlp;
    t8n_exit status = output_folder_make(command->base_folder, f);
    if (status == T8N_OK && weft_decoder_create(&b.decoder) != WEFT_OK) {
        status = T8N_EVM;
    }
    if (status == T8N_OK) {
        status = find_parts(&b, paths, f);
    }
    if (status == T8N_OK) {
        status = read_parts(&b, f);
    }
    if (status == T8N_OK) {
        status = build(&b, &rlp, f);
    }
    if (status == T8N_OK) {
        status = write_block(command, &b.block, rlp, f);
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        json_free(&b.parts[i].own);
    }
    json_free(&b.standard_input);
    weft_decoder_destroy(b.decoder);
    return status;
}

int cmd_b11r(int argc, char **argv) {
    b11r_command c = {.header = "header.json", .txs = "txs.rlp", .base_folder = ".", .block = "block.json"};
    const argument options[] = {{.name = "input.header", .text = &c.header},
                                {.name = "input.ommers", .text = &c.ommers},
                                {.name = "input.withdrawals", .text = &c.withdrawals},
                                {.name = "input.txs", .text = &c.txs},
                                {.name = "seal.clique", .text = &c.clique},
                                {.name = "output.basedir", .text = &c.base_folder},
                                {.name = "output.block", .text = &c.block},
                                {.name = "verbosity", .text = &c.verbosity}};
    arguments a = {
        .command = "b11r", .help = help, .options = options, .option_count = sizeof options / sizeof options[0]};
    int status = arguments_read(&a, argc, argv);
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
