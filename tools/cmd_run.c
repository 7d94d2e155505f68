#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/transaction.h>
#include <weft/weft.h>

#include "tools/arguments.h"
#include "tools/clock.h"
#include "tools/commands.h"
#include "tools/genesis.h"
#include "tools/hex.h"
#include "tools/number.h"
#include "tools/suite/networks.h"
#include "tools/t8n/t8n_result.h"
#include "tools/trace/trace_flags.h"

static const char help[] =
    "usage: weft run [OPTIONS] [CODE]\n"
    "\n"
    "Run EVM code, given in hex, as `evm run` does: the code of --receiver, called by --sender.\n"
    "\n"
    "  --codefile FILE     hex code from a file, - = standard input\n"
    "  --input HEX         call data (behind the code with --create)\n"
    "  --inputfile FILE    the same from a file\n"
    "  --gas N             gas the code begins with (10000000000, or what the rules allow)\n"
    "  --price N           gas price in wei (0, or the base fee of the prestate); the sender is given what it costs\n"
    "  --value N           wei sent along (0)\n"
    "  --sender ADDRESS    caller (\"sender\" as bytes)\n"
    "  --receiver ADDRESS  callee (\"receiver\" as bytes)\n"
    "  --create            the code is init code\n"
    "  --prestate FILE     genesis.json: state, rules and block\n"
    "  --state.fork NAME   rules (Prague, or those of the prestate); weft t8n --help has the names\n"
    "  --dump              the state afterwards, {root, accounts}\n"
    "  --bench             time the run, averaged over a second\n"
    "  --statdump          time of one run\n"
    "  --verbosity N       taken for compatibility\n"
    "  --help              this text\n"
    "\n"
    "Traces, instead of the output:\n" TRACE_FLAGS_HELP
    "\n"
    "The code runs in a transaction, whose rules hold: 2^24 gas at most in Osaka, 2^32 - 1 from Amsterdam on.\n"
    "\n"
    "Exit status: 0 it was run, whatever came of it; 1 it could not be; 2 usage; 3 the machine or a file failed.\n";

/* geth's. */
#define GAS_DEFAULT UINT64_C(10000000000)

typedef struct run_options {
    const char *code_file, *input, *input_file, *price, *value, *sender, *receiver, *prestate, *fork, *verbosity;
    uint64_t gas; /* WEFT_NEVER: not said */
    bool create, dump, bench, statdump, trace;
    json_trace_options trace_options;
} run_options;

/* Everything of one run. */
typedef struct code_run {
    genesis genesis; /* state, header and chain; perhaps without a file */
    bool is_loaded;
    weft_engine *engine;
    weft_transaction tx;
    weft_block block;
    weft_block_result result;
    uint8_t *code, *input, *data; /* data: both, with --create */
    size_t code_size, input_size;
    /* What the message came to. */
    uint8_t *output;
    size_t output_size;
    uint64_t gas_used;
    weft_fault fault;
    bool out_of_memory;
} code_run;

/* --- Reading */

/* Hex digits, white space around them. */
static weft_status decode_text(uint8_t **bytes, size_t *size, const char *text, const char *what, failure *f) {
    text += strspn(text, " \t\r\n");
    size_t text_size = strcspn(text, " \t\r\n");
    const char *digits = hex_skip_prefix(text, &text_size);
    *bytes = malloc(text_size / 2 + 1);
    *size = text_size / 2;
    if (*bytes == NULL) {
        return failure_no_memory(f);
    }
    return hex_decode(*bytes, digits, text_size)
               ? WEFT_OK
               : failure_set(f, WEFT_DECODE, "%s is not an even number of hex digits", what);
}

static weft_status decode_source(uint8_t **bytes, size_t *size, const char *file, const char *text, const char *what,
                                 failure *f) {
    file_bytes contents;
    if (file == NULL) {
        return decode_text(bytes, size, text == NULL ? "" : text, what, f);
    }
    weft_status status = file_read(&contents, strcmp(file, "-") == 0 ? "/dev/stdin" : file, f);
    if (status == WEFT_OK) {
        status = decode_text(bytes, size, contents.data, what, f);
        file_free(&contents);
    }
    return status;
}

static weft_status read_address(weft_address *address, const char *text, failure *f) {
    return text == NULL || hex_decode_padded(address->bytes, sizeof address->bytes, text, strlen(text))
               ? WEFT_OK
               : failure_set(f, WEFT_DECODE, "'%s' is no address", text);
}

static weft_status read_number(weft_u256 *number, const char *text, failure *f) {
    return text == NULL || hex_parse_number(number, text, strlen(text))
               ? WEFT_OK
               : failure_set(f, WEFT_DECODE, "'%s' is no number below 2^256", text);
}

/* --- The world around the code */

static weft_status open_world(code_run *r, const run_options *o, failure *f) {
    weft_status status;
    if (o->prestate != NULL) {
        status = genesis_load(&r->genesis, o->prestate, f);
    } else {
        r->genesis = (genesis){.header = {.gas_limit = INT64_MAX}};
        status = weft_memory_state_create(&r->genesis.state, NULL);
    }
    r->is_loaded = status == WEFT_OK;
    if (status == WEFT_OK && (o->prestate == NULL || o->fork != NULL)) {
        status = network_choose(&r->genesis.chain, o->fork == NULL ? "Prague" : o->fork, f);
    }
    r->genesis.header.gas_limit = INT64_MAX;
    return status;
}

static weft_status set_account(code_run *r, const weft_address *address, uint64_t price, uint64_t gas,
                               const weft_bytes *code, uint64_t *nonce) {
    weft_state_view view = weft_memory_state_view(r->genesis.state);
    weft_account account;
    weft_bytes old_code = {NULL, 0};
    weft_status status = view.account(view.context, &account, address);
    if (status == WEFT_OK && account.exists) {
        status = view.code(view.context, &old_code, address, &account.code_hash);
    }
    if (status != WEFT_OK) {
        return status;
    }
    const weft_u256 fee = number_of_wide((uint128)price * gas);
    weft_u256 balance = account.balance;
    number_add(&balance, &fee);
    *nonce = account.nonce;
    return weft_memory_state_set_account(r->genesis.state, address, &balance, account.nonce,
                                         code != NULL ? *code : old_code);
}

static weft_status set_accounts(code_run *r) {
    const weft_bytes code = {r->code, r->code_size};
    uint64_t ignored;
    weft_status status =
        set_account(r, &r->tx.sender, r->tx.max_fee_per_gas.limb[0], r->tx.gas_limit, NULL, &r->tx.nonce);
    if (status == WEFT_OK && !r->tx.is_creation && code.size != 0) {
        status = set_account(r, &r->tx.to, 0, 0, &code, &ignored);
    }
    return status;
}

/* Of one transaction: EIP-7825 in Osaka, a number of 32 bits where state gas comes on top (EIP-8037). */
static uint64_t transaction_gas_max(weft_fork fork) {
    return fork < WEFT_OSAKA ? INT64_MAX : fork == WEFT_OSAKA ? 1 << 24 : UINT32_MAX;
}

/* The gas that the transaction itself costs comes on top of the code's. Code to which nothing was promised gets as much
 * of geth's default as the rules allow. */
static weft_status set_gas(code_run *r, const run_options *o, failure *f) {
    const weft_header *h = &r->genesis.header;
    weft_transaction_facts facts;
    weft_fork fork = weft_chain_fork(&r->genesis.chain, h->number, h->timestamp, true);
    weft_status status = weft_transaction_check(&facts, &r->tx, &r->genesis.chain, fork);
    if (status != WEFT_OK) {
        return failure_set(f, status, "%s", weft_status_message(status));
    }
    uint64_t max = transaction_gas_max(fork), gas = o->gas;
    uint64_t most = facts.intrinsic_gas < max ? max - facts.intrinsic_gas : 0;
    if (gas == WEFT_NEVER) {
        gas = most < GAS_DEFAULT ? most : GAS_DEFAULT;
    } else if (gas > most) {
        return failure_set(
            f, WEFT_INVALID_ARGUMENT,
            "--gas may be %llu at most: a transaction of this fork has no more than %llu, and costs %llu",
            (unsigned long long)most, (unsigned long long)max, (unsigned long long)facts.intrinsic_gas);
    }
    r->tx.gas_limit = gas + facts.intrinsic_gas;
    return WEFT_OK;
}

static weft_status make_transaction(code_run *r, const run_options *o, failure *f) {
    weft_transaction *tx = &r->tx;
    weft_u256 price = {{0}};
    *tx = (weft_transaction){.is_creation = o->create, .has_sender = true};
    memcpy(tx->sender.bytes + 14, "sender", 6);
    memcpy(tx->to.bytes + 12, "receiver", 8);
    weft_status status = read_address(&tx->sender, o->sender, f);
    status = status == WEFT_OK ? read_address(&tx->to, o->receiver, f) : status;
    status = status == WEFT_OK ? read_number(&tx->value, o->value, f) : status;
    status = status == WEFT_OK ? read_number(&price, o->price, f) : status;
    if (status != WEFT_OK) {
        return status;
    }
    if (!number_fits(&price, UINT64_MAX) || (o->gas != WEFT_NEVER && o->gas > INT64_MAX / 2)) {
        return failure_set(f, WEFT_INVALID_ARGUMENT, "--price must be below 2^64 and --gas below 2^62");
    }
    const weft_u256 *base_fee = &r->genesis.header.base_fee_per_gas;
    price.limb[0] = price.limb[0] < base_fee->limb[0] ? base_fee->limb[0] : price.limb[0];
    tx->max_fee_per_gas = tx->max_priority_fee_per_gas = price;
    tx->data = (weft_bytes){r->input, r->input_size};
    if (o->create) {
        r->data = malloc(r->code_size + r->input_size + 1);
        if (r->data == NULL) {
            return failure_no_memory(f);
        }
        memcpy(r->data, r->code, r->code_size);
        memcpy(r->data + r->code_size, r->input, r->input_size);
        tx->data = (weft_bytes){r->data, r->code_size + r->input_size};
    }
    status = set_gas(r, o, f);
    if (status != WEFT_OK) {
        return status;
    }
    status = set_accounts(r);
    return status == WEFT_OK ? status : failure_set(f, status, "%s", weft_status_message(status));
}

/* --- Running */

static void on_leave(void *context, const weft_trace_leave *l) {
    code_run *r = context;
    if (l->depth != 0) {
        return;
    }
    r->gas_used = l->gas_used;
    r->fault = l->fault;
    free(r->output);
    r->output = malloc(l->output.size + 1);
    r->output_size = r->output == NULL ? 0 : l->output.size;
    r->out_of_memory = r->output == NULL;
    if (r->output_size != 0) {
        memcpy(r->output, l->output.data, r->output_size);
    }
}

static weft_status execute(code_run *r, const weft_tracer *tracer) {
    const weft_execute_options options = {
        .size = sizeof options, .no_header_checks = true, .partial_state = true, .tracer = tracer};
    weft_state_view view = weft_memory_state_view(r->genesis.state);
    r->block = (weft_block){
        .header = r->genesis.header, .transactions = &r->tx, .transaction_count = 1, .has_withdrawals = true};
    return weft_engine_execute(r->engine, &r->result, &r->block, &view, &options);
}

/* The traced runs give what the command prints; a run without a tracer is what is timed. */
static weft_status run_code(code_run *r, const run_options *o, failure *f) {
    const weft_engine_config config = {.size = sizeof config, .threads = 1, .keep_code_cache = true};
    const weft_tracer tracer = {.size = sizeof tracer, .context = r, .leave = on_leave};
    r->genesis.chain.no_block_reward = true;
    weft_status status = weft_engine_create(&r->engine, &r->genesis.chain, &config);
    status = status == WEFT_OK ? execute(r, &tracer) : status;
    if (status == WEFT_OK && r->result.verdict == WEFT_VALID && o->trace) {
        json_trace lines;
        status = json_trace_open(&lines, stderr, &o->trace_options) ? execute(r, &lines.tracer) : WEFT_NO_MEMORY;
        json_trace_close(&lines);
    }
    if (status != WEFT_OK || r->out_of_memory) {
        status = status == WEFT_OK ? WEFT_NO_MEMORY : status;
        return failure_set(f, status, "%s", weft_status_message(status));
    }
    if (r->result.verdict != WEFT_VALID) {
        return failure_set(f, WEFT_INVALID_ARGUMENT, "%s: %s", weft_verdict_name(r->result.verdict),
                           r->result.explanation);
    }
    return WEFT_OK;
}

static weft_status print_times(code_run *r, const run_options *o) {
    double wanted = o->bench ? 1 : 0, start = clock_seconds(), passed = 0;
    size_t count = 0;
    weft_status status = WEFT_OK;
    do {
        status = execute(r, NULL);
        passed = clock_seconds() - start;
        count++;
    } while (status == WEFT_OK && passed < wanted);
    fprintf(stderr, "EVM gas used:    %llu\nexecution time:  %.3f\302\265s\n", (unsigned long long)r->gas_used,
            1e6 * passed / (double)count);
    return status;
}

static weft_status print_dump(code_run *r) {
    weft_bytes32 root;
    json_writer w = {0};
    weft_status status = execute(r, NULL);
    status = status == WEFT_OK ? weft_memory_state_apply(r->genesis.state, &r->result.delta) : status;
    status = status == WEFT_OK ? weft_memory_state_root(r->genesis.state, &root) : status;
    if (status == WEFT_OK) {
        json_write_open(&w, NULL, '{');
        json_write_bytes32(&w, "root", &root);
        status = state_write_alloc(&w, "accounts", r->genesis.state);
        json_write_close(&w, '}');
        json_write_end(&w);
    }
    return status;
}

static void print_output(const code_run *r) {
    fputs("0x", stdout);
    for (size_t i = 0; i < r->output_size; i++) {
        printf("%02x", r->output[i]);
    }
    putchar('\n');
    if (r->fault != WEFT_FAULT_NONE) {
        printf(" error: %s\n", weft_fault_message(r->fault));
    }
}

static weft_status print_all(code_run *r, const run_options *o, failure *f) {
    weft_status status = WEFT_OK;
    if (o->bench || o->statdump) {
        status = print_times(r, o);
    }
    if (status == WEFT_OK && o->dump) {
        status = print_dump(r);
    }
    if (!o->trace) {
        print_output(r);
    }
    return status == WEFT_OK ? status : failure_set(f, status, "%s", weft_status_message(status));
}

static void close_run(code_run *r) {
    weft_engine_destroy(r->engine);
    if (r->is_loaded) {
        genesis_free(&r->genesis);
    }
    free(r->code);
    free(r->input);
    free(r->data);
    free(r->output);
}

static int run(const run_options *o, const char *code_text) {
    failure f = {.message = ""};
    code_run r = {.is_loaded = false};
    weft_status status = decode_source(&r.code, &r.code_size, o->code_file, code_text, "the code", &f);
    status =
        status == WEFT_OK ? decode_source(&r.input, &r.input_size, o->input_file, o->input, "the input", &f) : status;
    status = status == WEFT_OK ? open_world(&r, o, &f) : status;
    status = status == WEFT_OK ? make_transaction(&r, o, &f) : status;
    status = status == WEFT_OK ? run_code(&r, o, &f) : status;
    status = status == WEFT_OK ? print_all(&r, o, &f) : status;
    close_run(&r);
    if (status == WEFT_OK) {
        return EXIT_RIGHT;
    }
    fprintf(stderr, "weft run: %s\n", f.message);
    return status == WEFT_DECODE || status == WEFT_INVALID_ARGUMENT ? EXIT_WRONG : EXIT_HOST;
}

int cmd_run(int argc, char **argv) {
    run_options o = {.gas = WEFT_NEVER};
    trace_flags flags = TRACE_FLAGS_DEFAULT;
    const argument options[] = {
        {.name = "codefile", .text = &o.code_file},   {.name = "input", .text = &o.input},
        {.name = "inputfile", .text = &o.input_file}, {.name = "gas", .count = &o.gas},
        {.name = "price", .text = &o.price},          {.name = "value", .text = &o.value},
        {.name = "sender", .text = &o.sender},        {.name = "receiver", .text = &o.receiver},
        {.name = "create", .flag = &o.create},        {.name = "prestate", .text = &o.prestate},
        {.name = "state.fork", .text = &o.fork},      TRACE_FLAGS_ARGUMENTS(flags),
        {.name = "verbosity", .text = &o.verbosity},  {.name = "dump", .flag = &o.dump},
        {.name = "bench", .flag = &o.bench},          {.name = "statdump", .flag = &o.statdump}};
    arguments a = {
        .command = "run", .help = help, .options = options, .option_count = sizeof options / sizeof options[0]};
    int status = arguments_read(&a, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (a.rest_count > 1 || (a.rest_count == 1 && o.code_file != NULL)) {
        return arguments_refuse(&a, "needs one piece of code, here or in --codefile");
    }
    status = trace_flags_read(&o.trace, &o.trace_options, &flags, &a);
    return status >= 0 ? status : run(&o, a.rest_count == 1 ? a.rest[0] : NULL);
}
