/* A host with its own state and its own threads executes a block and prints the receipts. */
#include <weft/weft.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { PAYERS = 4 };

/* The host's state: accounts 0xaa…01 to 0xaa…04 own an ether each, nothing else exists. Constant, so any thread may ask. */
static weft_status host_account(void *context, weft_account *out, const weft_address *address) {
    (void)context;
    static const weft_bytes32 no_code = {{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d,
                                          0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82,
                                          0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};
    *out = (weft_account){.exists = false};
    if (address->bytes[0] == 0xaa && address->bytes[19] >= 1 && address->bytes[19] <= PAYERS) {
        *out = (weft_account){.balance = {{1000000000000000000, 0, 0, 0}}, .code_hash = no_code, .exists = true};
    }
    return WEFT_OK;
}

static weft_status host_code(void *context, weft_bytes *out, const weft_address *address, const weft_bytes32 *hash) {
    (void)context, (void)out, (void)address, (void)hash;
    return WEFT_STATE_UNAVAILABLE; /* no account has code, so nobody asks */
}

static weft_status host_storage(void *context, weft_u256 *out, const weft_address *address, const weft_bytes32 *slot) {
    (void)context, (void)address, (void)slot;
    *out = (weft_u256){{0, 0, 0, 0}};
    return WEFT_OK;
}

static weft_status host_block_hash(void *context, weft_bytes32 *out, uint64_t number) {
    (void)context, (void)number;
    memset(out, 0, sizeof *out);
    return WEFT_OK;
}

/* The README shows this function; tests/lint/readme.sh holds the two together. */
static int execute(const weft_block *block, const weft_state_view *state) {
    weft_engine *engine;
    weft_block_result result;
    weft_execute_options options = {.size = sizeof options, .no_header_checks = true, .partial_state = true};
    if (weft_engine_create(&engine, weft_chain_mainnet(), NULL) != WEFT_OK) {
        return 1;
    }
    weft_status status = weft_engine_execute(engine, &result, block, state, &options);
    if (status != WEFT_OK) { /* the host failed: nothing is known about the block */
        printf("undecided: %s\n", weft_status_message(status));
    } else if (result.verdict != WEFT_VALID) {
        printf("invalid: %s, %s\n", weft_verdict_name(result.verdict), result.explanation);
    } else {
        for (size_t i = 0; i < result.receipt_count; i++) {
            printf("tx %zu: status %d, gas %llu\n", i, result.receipts[i].success,
                   (unsigned long long)result.receipts[i].gas_used);
        }
    }
    weft_engine_destroy(engine); /* and with it the result */
    return status != WEFT_OK || result.verdict != WEFT_VALID;
}

static weft_address host_address(unsigned char n) {
    return (weft_address){.bytes = {[0] = 0xaa, [19] = n}};
}

/* A block of transfers made by hand; one that came from the network goes through weft_block_decode() instead. */
static int execute_transfers(void) {
    weft_transaction transfers[PAYERS] = {0};
    for (unsigned char i = 0; i < PAYERS; i++) {
        transfers[i] = (weft_transaction){.has_sender = true,
                                          .sender = host_address((unsigned char)(i + 1)),
                                          .to = host_address((unsigned char)(100 + i)),
                                          .value = {{1000, 0, 0, 0}},
                                          .gas_limit = 21000,
                                          .max_fee_per_gas = {{10000000000, 0, 0, 0}},
                                          .max_priority_fee_per_gas = {{10000000000, 0, 0, 0}}};
    }
    const weft_block block = {.header = {.number = 23000000,
                                         .timestamp = 1755000000,
                                         .gas_limit = 30000000,
                                         .base_fee_per_gas = {{7, 0, 0, 0}},
                                         .coinbase = host_address(200)},
                              .transactions = transfers,
                              .transaction_count = PAYERS};
    const weft_state_view state = {
        .account = host_account, .code = host_code, .storage = host_storage, .block_hash = host_block_hash};
    return execute(&block, &state);
}

/* OpenMP keeps its helper threads per calling thread. So one thread of the host calls the engine, every time; here it is
 * not the main one. Two engines on two host threads would get a team each: give each fewer threads then. */
static void *execution_thread(void *failed) {
    *(int *)failed = execute_transfers();
    return NULL;
}

int main(void) {
    pthread_t thread;
    int failed = 1;
    if (pthread_create(&thread, NULL, execution_thread, &failed) != 0 || pthread_join(thread, NULL) != 0) {
        return 1;
    }
    return failed;
}
