#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <weft/store.h>

#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/failure.h"
#include "tools/hex.h"
#include "tools/json_writer.h"

static const char help[] =
    "usage: weft store info DIR [--json]\n"
    "       weft store check DIR [--json]\n"
    "       weft store rewind DIR --to N [--json]\n"
    "\n"
    "Look after the store that weft replay --store made.\n"
    "\n"
    "info says where the store stands and how far it can go back.\n"
    "check reads the whole state: accounts and storage must give the head's state root by full\n"
    "computation, the nodes of the tries must be those of that root, no more and no less, and the\n"
    "codes must be there and have their hashes.\n"
    "rewind takes back the blocks after block N. The next replay goes on from there.\n"
    "\n"
    "  --to N     the block to go back to\n"
    "  --json     one JSON object\n"
    "  --help     this text\n"
    "\n"
    "Exit status: 0 done, 1 the store does not agree with itself, 2 usage, 3 the store failed.\n";

typedef struct store_order {
    const char *path;
    uint64_t to;
    bool json;
    bool is_checked;
    failure failure;
} store_order;

static weft_status fail(store_order *order, weft_status status, const weft_error *error) {
    if (status == WEFT_OK || status == WEFT_NOT_FOUND) { /* of what, the words say themselves */
        return status == WEFT_OK ? status : failure_about(&order->failure, status, order->path, error->message);
    }
    return failure_set(&order->failure, status, "%s: %s: %s", order->path, weft_status_message(status), error->message);
}

/* --- What can be ordered. Each returns what the library says, with the failure set. --- */

static void print_head(const store_order *order, const weft_store_head *head) {
    char text[HEX_BYTES32_TEXT_SIZE];
    if (order->json) {
        json_writer w = {0};
        json_write_open(&w, NULL, '{');
        json_write_count(&w, "block", head->number);
        json_write_hex(&w, "hash", head->hash.bytes, sizeof head->hash.bytes);
        json_write_hex(&w, "stateRoot", head->state_root.bytes, sizeof head->state_root.bytes);
        json_write_count(&w, "chainId", head->chain_id);
        json_write_count(&w, "rewindLimit", head->rewind_limit);
        if (order->is_checked) {
            json_write_boolean(&w, "checked", true);
        }
        json_write_close(&w, '}');
        json_write_end(&w);
        return;
    }
    printf("block         %" PRIu64 "\n", head->number);
    printf("hash          %s\n", hex_encode(text, head->hash.bytes, sizeof head->hash.bytes));
    printf("state root    %s\n", hex_encode(text, head->state_root.bytes, sizeof head->state_root.bytes));
    printf("chain id      %" PRIu64 "\n", head->chain_id);
    printf("can go back to block %" PRIu64 "\n", head->rewind_limit);
    if (order->is_checked) {
        puts("checked: the accounts, their storage and codes, and the nodes of the tries are those of the state root");
    }
}

static weft_status info(store_order *order, weft_store *store) {
    weft_error error = {.message = "the head"};
    weft_store_head head;
    weft_status status = weft_store_get_head(store, &head);
    if (status == WEFT_OK && head.empty) {
        return failure_set(&order->failure, WEFT_NOT_FOUND, "%s: the store holds no block", order->path);
    }
    if (status == WEFT_OK) {
        print_head(order, &head);
    }
    return fail(order, status, &error);
}

static weft_status check(store_order *order, weft_store *store) {
    weft_error error = {.message = ""};
    weft_status status = weft_store_check(store, &error);
    order->is_checked = status == WEFT_OK;
    return status == WEFT_OK ? info(order, store) : fail(order, status, &error);
}

static weft_status rewind_to(store_order *order, weft_store *store) {
    weft_error error = {.message = ""};
    weft_status status = weft_store_rewind(store, order->to, &error);
    return status == WEFT_OK ? info(order, store) : fail(order, status, &error);
}

static const struct {
    const char *name;
    weft_status (*run)(store_order *order, weft_store *store);
    bool writes;
} actions[] = {
    {"info", info, false},
    {"check", check, false},
    {"rewind", rewind_to, true},
};

/* --- The command --- */

/* A store that is there. To open one for writing makes it where there is none: so it is opened for reading first. */
static weft_status open_store(store_order *order, weft_store **store, bool writes) {
    weft_store_config config = {.size = sizeof config, .read_only = true};
    weft_error error = {.message = ""};
    weft_status status = weft_store_open(store, order->path, &config, &error);
    if (status == WEFT_OK && writes) {
        weft_store_close(*store);
        config.read_only = false;
        status = weft_store_open(store, order->path, &config, &error);
    }
    return status == WEFT_OK ? status : failure_about(&order->failure, status, order->path, error.message);
}

static weft_status carry_out(store_order *order, size_t action) {
    weft_store *store;
    weft_status status = open_store(order, &store, actions[action].writes);
    if (status != WEFT_OK) {
        return status;
    }
    status = actions[action].run(order, store);
    weft_store_close(store);
    return status;
}

int cmd_store(int argc, char **argv) {
    store_order order = {.to = UINT64_MAX};
    const argument options[] = {{.name = "to", .count = &order.to}, {.name = "json", .flag = &order.json}};
    arguments a = {.command = "store", .help = help, .options = options, .option_count = 2};
    int status = arguments_read(&a, argc, argv);
    if (status >= 0) {
        return status;
    }
    size_t action = 0, action_count = sizeof actions / sizeof actions[0];
    while (a.rest_count == 2 && action < action_count && strcmp(a.rest[0], actions[action].name) != 0) {
        action++;
    }
    if (a.rest_count != 2 || action == action_count) {
        return arguments_refuse(&a, "needs info, check or rewind, and the folder of a store");
    }
    bool has_target = (a.given & 1) != 0;
    if (actions[action].writes != has_target) {
        return arguments_refuse(&a, has_target ? "--to N goes with rewind" : "rewind needs --to N, the block to go to");
    }
    order.path = a.rest[1];
    weft_status result = carry_out(&order, action);
    if (result != WEFT_OK) {
        fprintf(stderr, "weft store: %s\n", order.failure.message);
    }
    return result == WEFT_OK ? EXIT_RIGHT : result == WEFT_STORE_CORRUPT ? EXIT_WRONG : EXIT_HOST;
}
