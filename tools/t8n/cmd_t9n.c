#include <stdio.h>
#include <string.h>

#include <weft/transaction.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/json_writer.h"
#include "tools/suite/networks.h"
#include "tools/t8n/t8n_input.h"
#include "tools/trace/geth_words.h"

static const char help[] =
    "usage: weft t9n [OPTIONS]\n"
    "\n"
    "Judge transactions without a state, as `evm t9n` does: a JSON list of {error, address, hash, intrinsicGas}.\n"
    "\n"
    "  --input.txs FILE    RLP list of transactions in hex (txs.rlp); `stdin` = member txsRlp of an object there\n"
    "  --state.fork NAME   rules (GrayGlacier); weft t8n --help has the names\n"
    "  --state.chainid N   chain id (1)\n"
    "  --verbosity N       taken for compatibility\n"
    "  --help              this text\n"
    "\n"
    "Exit status: 0 judged, 2 the machine failed, 3 bad fork, 10 bad JSON, 11 a file or the list itself is bad.\n";

/* What cannot even be decoded, in the words that tell the reasons apart. */
static void write_undecodable(json_writer *w, weft_bytes item, const char *rule) {
    char words[320];
    if (item.size <= 1) {
        (void)snprintf(words, sizeof words, "typed transaction too short");
    } else if (item.data[0] < 0xc0 && (item.data[0] < WEFT_TX_ACCESS_LIST || item.data[0] > WEFT_TX_SET_CODE)) {
        (void)snprintf(words, sizeof words, "%s", geth_rejection(WEFT_TX_TYPE_NOT_SUPPORTED));
    } else {
        (void)snprintf(words, sizeof words, "rlp: %s", rule);
    }
    json_write_text(w, "error", words);
}

static void write_facts(json_writer *w, const weft_transaction *tx, const weft_transaction_facts *facts) {
    weft_bytes32 hash = weft_transaction_hash(tx);
    char words[160];
    if (facts->verdict == WEFT_TX_INTRINSIC_GAS_TOO_LOW || facts->verdict == WEFT_TX_BELOW_FLOOR_GAS) {
        uint64_t wanted = facts->verdict == WEFT_TX_BELOW_FLOOR_GAS ? facts->floor_gas : facts->intrinsic_gas;
        (void)snprintf(words, sizeof words, "%s: have %llu, want %llu", geth_rejection(facts->verdict),
                       (unsigned long long)tx->gas_limit, (unsigned long long)wanted);
        json_write_text(w, "error", words);
    } else if (facts->verdict != WEFT_VALID) {
        json_write_text(w, "error", geth_rejection(facts->verdict));
    }
    bool is_known = facts->has_sender && !geth_knows_no_such_type(facts->verdict);
    if (is_known) {
        json_write_address(w, "address", &facts->sender);
    }
    json_write_bytes32(w, "hash", &hash);
    if (is_known) {
        json_write_quantity(w, "intrinsicGas", facts->intrinsic_gas);
    }
}

static weft_status judge(json_writer *w, weft_decoder *decoder, weft_bytes item, const weft_chain *chain) {
    weft_transaction tx;
    weft_transaction_facts facts;
    weft_error error;
    weft_status status = weft_transaction_decode(decoder, &tx, item, &error);
    if (status == WEFT_OK) {
        status = weft_transaction_check(&facts, &tx, chain, weft_chain_fork(chain, 0, 0, true));
        if (status != WEFT_OK) {
            return status;
        }
    } else if (status != WEFT_DECODE) {
        return status;
    }
    json_write_open(w, NULL, '{');
    if (status == WEFT_DECODE) {
        write_undecodable(w, item, error.message);
    } else {
        write_facts(w, &tx, &facts);
    }
    json_write_close(w, '}');
    return WEFT_OK;
}

/* In: name   of the file. */
static t8n_exit judge_list(weft_bytes rlp, const char *name, const weft_chain *chain, failure *f) {
    weft_decoder *decoder;
    const weft_bytes *items;
    size_t count;
    weft_error error = {.message = ""};
    weft_status status = weft_decoder_create(&decoder);
    if (status == WEFT_OK) {
        status = weft_transaction_list_split(decoder, &items, &count, rlp, &error);
    }
    if (status == WEFT_OK) {
        json_writer w = {0};
        json_write_open(&w, NULL, '[');
        for (size_t i = 0; i < count && status == WEFT_OK; i++) {
            status = judge(&w, decoder, items[i], chain);
        }
        json_write_close(&w, ']');
        json_write_end(&w);
    }
    weft_decoder_destroy(decoder);
    if (status == WEFT_DECODE) {
        (void)failure_set(f, status, "%s: rlp: at byte %zu: %s", name, error.position, error.message);
        return T8N_IO;
    }
    return status == WEFT_OK ? T8N_OK : T8N_EVM;
}

static t8n_exit run(const char *path, const weft_chain *chain, failure *f) {
    json_document document = {0};
    weft_bytes rlp = {NULL, 0};
    bool is_stdin = strcmp(path, "stdin") == 0;
    t8n_exit status = T8N_OK;
    if (is_stdin) {
        status = t8n_exit_of_file(json_load(&document, "/dev/stdin", f));
        if (status == T8N_OK && !json_bytes(&document, document.root, "txsRlp", &rlp)) {
            status = T8N_JSON;
        }
    } else if (!file_has_suffix(path, ".rlp")) {
        (void)failure_set(f, WEFT_IO, "%s: only files with the suffix .rlp are read", path);
        status = T8N_IO;
    } else {
        status = t8n_read_hex(&rlp, &document, path, f);
    }
    if (status == T8N_OK) {
        status = judge_list(rlp, document.name, chain, f);
    }
    json_free(&document);
    return status;
}

int cmd_t9n(int argc, char **argv) {
    const char *path = "txs.rlp", *fork = "GrayGlacier", *verbosity = NULL;
    uint64_t chain_id = 1;
    weft_chain chain;
    const argument options[] = {{.name = "input.txs", .text = &path},
                                {.name = "state.fork", .text = &fork},
                                {.name = "state.chainid", .count = &chain_id},
                                {.name = "verbosity", .text = &verbosity}};
    arguments a = {
        .command = "t9n", .help = help, .options = options, .option_count = sizeof options / sizeof options[0]};
    int status = arguments_read(&a, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (a.rest_count != 0) {
        return arguments_refuse(&a, "takes no arguments but options, '%s' is none", a.rest[0]);
    }
    failure f = {.message = "out of memory"};
    t8n_exit result = T8N_CONFIG;
    if (network_choose(&chain, fork, &f) == WEFT_OK) {
        chain.chain_id = chain_id;
        result = run(path, &chain, &f);
    }
    if (result != T8N_OK) {
        fprintf(stderr, "ERROR(%d): %s\n", result, f.message);
    }
    return (int)result;
}
