#include <stdio.h>
#include <string.h>

#include <weft/store.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/failure.h"
#include "tools/hex.h"
#include "tools/json_writer.h"

static const char help[] =
    "usage: weft state --store DIR [--json] ADDRESS [SLOT]\n"
    "\n"
    "Read an account, or one of its storage slots, from a store, as of the store's head.\n"
    "ADDRESS is 20 bytes in hex; SLOT a number, decimal or 0x-hex.\n"
    "\n"
    "  --store DIR   the store that weft replay --store made\n"
    "  --json        one JSON object\n"
    "  --help        this text\n"
    "\n"
    "Exit status: 0 found, 1 there is no such account, 2 usage, 3 the store failed.\n";

typedef struct state_query {
    const char *store;
    bool json;
    weft_address address;
    bool has_slot;
    weft_bytes32 slot;
} state_query;

static void print_account(const state_query *query, const weft_account *account, const weft_store_head *head) {
    char text[HEX_BYTES32_TEXT_SIZE];
    weft_bytes32 balance = hex_number_bytes(&account->balance);
    if (query->json) {
        json_writer w = {0};
        json_write_open(&w, NULL, '{');
        json_write_count(&w, "block", head->number);
        json_write_hex(&w, "address", query->address.bytes, sizeof query->address.bytes);
        json_write_boolean(&w, "exists", account->exists);
        json_write_hex(&w, "balance", balance.bytes, sizeof balance.bytes);
        json_write_count(&w, "nonce", account->nonce);
        json_write_hex(&w, "codeHash", account->code_hash.bytes, sizeof account->code_hash.bytes);
        json_write_close(&w, '}');
        json_write_end(&w);
    } else if (account->exists) {
        printf("block      %llu\n", (unsigned long long)head->number);
        char decimal[HEX_DECIMAL_TEXT_SIZE];
        printf("balance    %s wei\n", hex_format_decimal(decimal, &account->balance));
        printf("nonce      %llu\n", (unsigned long long)account->nonce);
        printf("code hash  %s\n", hex_encode(text, account->code_hash.bytes, sizeof account->code_hash.bytes));
    } else {
        printf("no such account at block %llu\n", (unsigned long long)head->number);
    }
}

static void print_slot(const state_query *query, const weft_u256 *value, const weft_store_head *head) {
    char text[HEX_BYTES32_TEXT_SIZE];
    weft_bytes32 bytes = hex_number_bytes(value);
    if (query->json) {
        json_writer w = {0};
        json_write_open(&w, NULL, '{');
        json_write_count(&w, "block", head->number);
        json_write_hex(&w, "address", query->address.bytes, sizeof query->address.bytes);
        json_write_hex(&w, "slot", query->slot.bytes, sizeof query->slot.bytes);
        json_write_hex(&w, "value", bytes.bytes, sizeof bytes.bytes);
        json_write_close(&w, '}');
        json_write_end(&w);
    } else {
        puts(hex_encode(text, bytes.bytes, sizeof bytes.bytes));
    }
}

static weft_status answer(const state_query *query, const weft_state_view *view, const weft_store_head *head,
                          bool *exists) {
    weft_account account;
    weft_u256 value;
    weft_status status = view->account(view->context, &account, &query->address);
    if (status == WEFT_OK && query->has_slot) {
        status = view->storage(view->context, &value, &query->address, &query->slot);
    }
    if (status != WEFT_OK) {
        return status;
    }
    *exists = account.exists;
    if (query->has_slot) {
        print_slot(query, &value, head);
    } else {
        print_account(query, &account, head);
    }
    return WEFT_OK;
}

static weft_status read_store(const state_query *query, bool *exists, failure *f) {
    const weft_store_config config = {.size = sizeof config, .read_only = true};
    weft_store *store;
    weft_store_head head;
    weft_state_view view;
    weft_error error = {.message = ""};
    weft_status status = weft_store_open(&store, query->store, &config, &error);
    if (status != WEFT_OK) {
        return failure_about(f, status, query->store, error.message);
    }
    status = weft_store_get_head(store, &head);
    if (status == WEFT_OK) {
        status = weft_store_view_begin(store, &view, &error);
    }
    if (status == WEFT_OK) {
        status = answer(query, &view, &head, exists);
        weft_store_view_end(store, &view);
    }
    weft_store_close(store);
    return status == WEFT_OK ? status : failure_set(f, status, "%s: %s", query->store, weft_status_message(status));
}

int cmd_state(int argc, char **argv) {
    state_query query = {.store = NULL};
    const argument options[] = {{.name = "store", .text = &query.store}, {.name = "json", .flag = &query.json}};
    arguments a = {.command = "state", .help = help, .options = options, .option_count = 2};
    int status = arguments_read(&a, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (query.store == NULL || a.rest_count == 0 || a.rest_count > 2) {
        return arguments_refuse(&a, "needs --store DIR, an address, and at most one slot");
    }
    if (!hex_decode_exact(query.address.bytes, sizeof query.address.bytes, a.rest[0], strlen(a.rest[0]))) {
        return arguments_refuse(&a, "'%s' is not an address, 20 bytes in hex", a.rest[0]);
    }
    weft_u256 slot;
    query.has_slot = a.rest_count == 2;
    if (query.has_slot) {
        if (!hex_parse_number(&slot, a.rest[1], strlen(a.rest[1]))) {
            return arguments_refuse(&a, "'%s' is not a slot, a number below 2^256", a.rest[1]);
        }
        query.slot = hex_number_bytes(&slot);
    }
    failure f;
    bool exists = false;
    if (read_store(&query, &exists, &f) != WEFT_OK) {
        fprintf(stderr, "weft state: %s\n", f.message);
        return EXIT_HOST;
    }
    return exists ? EXIT_RIGHT : EXIT_WRONG;
}
