#include "tools/t8n/t8n_result.h"

#include <weft/crypto.h>
#include <weft/transaction.h>

#include "tools/hex.h"

enum { GAS_PER_BLOB = 131072 };

/* There is no block yet when receipts are written; geth names it so. */
static const weft_bytes32 block_hash = {{0x13, 0x37}};

/* --- Receipts */

static void write_log(json_writer *w, const t8n_transition *t, const weft_log *log, size_t transaction, size_t index) {
    weft_bytes32 hash = weft_transaction_hash(&t->transactions[transaction]);
    json_write_open(w, NULL, '{');
    json_write_address(w, "address", &log->address);
    json_write_open(w, "topics", '[');
    for (unsigned i = 0; i < log->topic_count; i++) {
        json_write_bytes32(w, NULL, &log->topics[i]);
    }
    json_write_close(w, ']');
    json_write_bytes(w, "data", log->data);
    json_write_quantity(w, "blockNumber", t->env.header.number);
    json_write_bytes32(w, "transactionHash", &hash);
    json_write_quantity(w, "transactionIndex", transaction);
    json_write_bytes32(w, "blockHash", &block_hash);
    json_write_quantity(w, "blockTimestamp", t->env.header.timestamp);
    json_write_quantity(w, "logIndex", index);
    json_write_boolean(w, "removed", false);
    json_write_close(w, '}');
}

static void write_outcome(json_writer *w, const weft_receipt *receipt) {
    if (receipt->type != WEFT_TX_LEGACY) {
        json_write_quantity(w, "type", receipt->type);
    }
    json_write_hex(w, "root", receipt->intermediate_root.bytes, receipt->has_intermediate_root ? 32 : 0);
    json_write_quantity(w, "status", receipt->success);
    json_write_quantity(w, "cumulativeGasUsed", receipt->cumulative_gas_used);
    json_write_hex(w, "logsBloom", receipt->logs_bloom.bytes, sizeof receipt->logs_bloom.bytes);
}

static void write_place(json_writer *w, const t8n_transition *t, size_t index) {
    const weft_transaction *tx = &t->transactions[index];
    const weft_receipt *receipt = &t->result.receipts[index];
    weft_bytes32 hash = weft_transaction_hash(tx);
    static const weft_address none;
    json_write_bytes32(w, "transactionHash", &hash);
    json_write_address(w, "contractAddress", receipt->has_contract_address ? &receipt->contract_address : &none);
    json_write_quantity(w, "gasUsed", receipt->gas_used);
    json_write_null(w, "effectiveGasPrice");
    if (tx->type == WEFT_TX_BLOB) {
        weft_u256 price = weft_blob_base_fee(&t->env.header, &t->chain);
        json_write_quantity(w, "blobGasUsed", tx->blob_count * GAS_PER_BLOB);
        json_write_u256(w, "blobGasPrice", &price);
    }
    json_write_bytes32(w, "blockHash", &block_hash);
    json_write_quantity(w, "blockNumber", t->env.header.number);
    json_write_quantity(w, "transactionIndex", index);
}

static void write_receipts(json_writer *w, const t8n_transition *t) {
    size_t log_index = 0;
    json_write_open(w, "receipts", '[');
    for (size_t i = 0; i < t->transaction_count; i++) {
        const weft_receipt *receipt = &t->result.receipts[i];
        json_write_open(w, NULL, '{');
        write_outcome(w, receipt);
        json_write_open(w, "logs", '[');
        for (size_t k = 0; k < receipt->log_count; k++) {
            write_log(w, t, &receipt->logs[k], i, log_index++);
        }
        json_write_close(w, ']');
        write_place(w, t, i);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

/* --- The result */

static void write_rejections(json_writer *w, const t8n_transition *t) {
    if (t->rejection_count == 0) {
        return;
    }
    json_write_open(w, "rejected", '[');
    for (size_t i = 0; i < t->rejection_count; i++) {
        json_write_open(w, NULL, '{');
        json_write_count(w, "index", t->rejections[i].index);
        json_write_text(w, "error", t->rejections[i].words);
        json_write_close(w, '}');
    }
    json_write_close(w, ']');
}

static void write_roots(json_writer *w, const t8n_transition *t) {
    json_write_bytes32(w, "stateRoot", &t->state_root);
    json_write_bytes32(w, "txRoot", &t->transactions_root);
    json_write_bytes32(w, "receiptsRoot", &t->result.receipts_root);
    json_write_bytes32(w, "logsHash", &t->logs_hash);
    json_write_hex(w, "logsBloom", t->result.logs_bloom.bytes, sizeof t->result.logs_bloom.bytes);
}

static uint64_t blob_gas_used(const t8n_transition *t) {
    uint64_t blobs = 0;
    for (size_t i = 0; i < t->transaction_count; i++) {
        blobs += t->transactions[i].blob_count;
    }
    return blobs * GAS_PER_BLOB;
}

static void write_header_fields(json_writer *w, const t8n_transition *t) {
    const weft_header *h = &t->env.header;
    if (t->env.has_difficulty) {
        json_write_u256(w, "currentDifficulty", &h->difficulty);
    } else {
        json_write_null(w, "currentDifficulty");
    }
    json_write_quantity(w, "gasUsed", t->result.gas_used);
    if (t->env.has_base_fee) {
        json_write_u256(w, "currentBaseFee", &h->base_fee_per_gas);
    }
    if (t->env.has_withdrawals) {
        json_write_bytes32(w, "withdrawalsRoot", &t->withdrawals_root);
    }
    if (t->env.has_blob_fee) {
        json_write_quantity(w, "currentExcessBlobGas", h->excess_blob_gas);
        json_write_quantity(w, "blobGasUsed", blob_gas_used(t));
    }
}

static void write_requests(json_writer *w, const t8n_transition *t) {
    if (t->env.fork < WEFT_PRAGUE) {
        json_write_null(w, "requests");
        return;
    }
    json_write_bytes32(w, "requestsHash", &t->result.requests_hash);
    json_write_open(w, "requests", '[');
    for (size_t i = 0; i < t->result.request_count; i++) {
        json_write_bytes(w, NULL, t->result.requests[i]);
    }
    json_write_close(w, ']');
}

/* EIP-7928 */
static void write_block_access_list(json_writer *w, const t8n_transition *t) {
    if (t->env.fork >= WEFT_AMSTERDAM) {
        weft_bytes32 hash = weft_keccak256(t->result.block_access_list);
        json_write_bytes(w, "blockAccessList", t->result.block_access_list);
        json_write_bytes32(w, "blockAccessListHash", &hash);
    }
}

void t8n_write_result(json_writer *w, const char *key, const t8n_transition *t) {
    json_write_open(w, key, '{');
    write_roots(w, t);
    write_receipts(w, t);
    write_rejections(w, t);
    write_header_fields(w, t);
    write_requests(w, t);
    write_block_access_list(w, t);
    json_write_close(w, '}');
}

weft_status t8n_write_body(json_writer *w, const char *key, const t8n_transition *t) {
    weft_bytes rlp;
    weft_status status = weft_transaction_list_encode(t->decoder, &rlp, t->transactions, t->transaction_count);
    if (status == WEFT_OK) {
        json_write_bytes(w, key, rlp);
    }
    return status;
}

/* --- The state */

static void write_account(json_writer *w, const weft_account_change *a) {
    char key[HEX_BYTES32_TEXT_SIZE];
    json_write_open(w, hex_encode(key, a->address.bytes, sizeof a->address.bytes), '{');
    if (a->code.size != 0) {
        json_write_bytes(w, "code", a->code);
    }
    if (a->slot_count != 0) {
        json_write_open(w, "storage", '{');
        for (size_t i = 0; i < a->slot_count; i++) {
            weft_bytes32 value = hex_number_bytes(&a->slots[i].value);
            hex_encode(key, a->slots[i].slot.bytes, sizeof a->slots[i].slot.bytes);
            json_write_bytes32(w, key, &value);
        }
        json_write_close(w, '}');
    }
    json_write_u256(w, "balance", &a->account.balance);
    if (a->account.nonce != 0) {
        json_write_quantity(w, "nonce", a->account.nonce);
    }
    json_write_close(w, '}');
}

weft_status state_write_alloc(json_writer *w, const char *key, weft_memory_state *state) {
    weft_state_delta all;
    weft_status status = weft_memory_state_delta(state, &all);
    if (status != WEFT_OK) {
        return status;
    }
    json_write_open(w, key, '{');
    for (size_t i = 0; i < all.account_count; i++) {
        write_account(w, &all.accounts[i]);
    }
    json_write_close(w, '}');
    return WEFT_OK;
}
