#include "state/store_rows.h"

#include "base/bytes.h"
#include "base/u256.h"

static const uint8_t format_magic[4] = {'w', 'e', 'f', 't'};

static void store_be32(uint8_t *bytes, uint32_t value) {
    value = __builtin_bswap32(value);
    memcpy(bytes, &value, sizeof value);
}

static uint32_t load_be32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return __builtin_bswap32(value);
}

void format_row_write(uint8_t row[FORMAT_ROW_SIZE]) {
    memcpy(row, format_magic, sizeof format_magic);
    store_be32(row + 4, STORE_FORMAT_VERSION);
}

bool format_row_read(uint32_t *version, weft_bytes row) {
    if (row.size != FORMAT_ROW_SIZE || memcmp(row.data, format_magic, sizeof format_magic) != 0) {
        return false;
    }
    *version = load_be32(row.data + 4);
    return true;
}

void head_row_write(uint8_t row[HEAD_ROW_SIZE], const weft_store_head *head) {
    store_be64(row, head->number);
    memcpy(row + 8, head->hash.bytes, 32);
    memcpy(row + 40, head->state_root.bytes, 32);
    store_be64(row + 72, head->chain_id);
}

bool head_row_read(weft_store_head *head, weft_bytes row) {
    if (row.size != HEAD_ROW_SIZE) {
        return false;
    }
    head->empty = false;
    head->number = load_be64(row.data);
    memcpy(head->hash.bytes, row.data + 8, 32);
    memcpy(head->state_root.bytes, row.data + 40, 32);
    head->chain_id = load_be64(row.data + 72);
    return true;
}

void account_row_write(uint8_t row[ACCOUNT_ROW_SIZE], const weft_account *account) {
    store_be64(row, account->nonce);
    u256_to_be32(row + 8, &account->balance);
    memcpy(row + 40, account->code_hash.bytes, 32);
}

bool account_row_read(weft_account *account, weft_bytes row) {
    if (row.size != ACCOUNT_ROW_SIZE) {
        return false;
    }
    account->exists = true;
    account->nonce = load_be64(row.data);
    account->balance = u256_from_be32(row.data + 8);
    memcpy(account->code_hash.bytes, row.data + 40, 32);
    return true;
}

size_t storage_row_write(uint8_t row[32], const weft_u256 *value) {
    uint8_t bytes[32];
    size_t size = u256_byte_length(value);
    u256_to_be32(bytes, value);
    memcpy(row, bytes + 32 - size, size);
    return size;
}

bool storage_row_read(weft_u256 *value, weft_bytes row) {
    if (row.size == 0 || row.size > 32 || row.data[0] == 0) {
        return false;
    }
    *value = u256_from_be(row.data, row.size);
    return true;
}

void block_row_write(uint8_t row[BLOCK_ROW_SIZE], const weft_store_block *block) {
    memcpy(row, block->hash.bytes, 32);
    memcpy(row + 32, block->parent_hash.bytes, 32);
    memcpy(row + 64, block->state_root.bytes, 32);
    store_be64(row + 96, block->timestamp);
    store_be64(row + 104, block->gas_used);
    store_be32(row + 112, (uint32_t)block->receipt_count);
}

bool block_row_read(weft_store_block *block, weft_bytes row) {
    if (row.size != BLOCK_ROW_SIZE) {
        return false;
    }
    memcpy(block->hash.bytes, row.data, 32);
    memcpy(block->parent_hash.bytes, row.data + 32, 32);
    memcpy(block->state_root.bytes, row.data + 64, 32);
    block->timestamp = load_be64(row.data + 96);
    block->gas_used = load_be64(row.data + 104);
    block->receipt_count = load_be32(row.data + 112);
    block->encoded_receipts = NULL;
    return true;
}

void storage_key_write(uint8_t key[STORAGE_KEY_SIZE], const weft_address *address, const weft_bytes32 *slot) {
    memcpy(key, address->bytes, 20);
    memcpy(key + 20, slot->bytes, 32);
}

bool storage_key_is_of(weft_bytes key, const weft_address *address) {
    return key.size == STORAGE_KEY_SIZE && memcmp(key.data, address->bytes, sizeof address->bytes) == 0;
}

void receipt_key_write(uint8_t key[RECEIPT_KEY_SIZE], uint64_t number, uint32_t index) {
    store_be64(key, number);
    store_be32(key + 8, index);
}

size_t node_key_write(uint8_t key[NODE_KEY_SIZE_MAX], const weft_bytes32 *owner, trie_path path) {
    size_t size = 0, path_size = (path.to + 1) / 2;
    if (owner != NULL) {
        memcpy(key, owner->bytes, sizeof owner->bytes);
        size = sizeof owner->bytes;
    }
    memcpy(key + size, path.key, path_size);
    size += path_size;
    if (path.to % 2 == 1) {
        key[size - 1] &= 0xf0;
    }
    key[size] = (uint8_t)path.to; /* tells a path from one that goes on with a zero */
    return size + 1;
}

size_t undo_key_write(uint8_t out[UNDO_KEY_SIZE_MAX], uint64_t number, weft_bytes key) {
    store_be64(out, number);
    if (key.size != 0) {
        memcpy(out + 8, key.data, key.size);
    }
    return 8 + key.size;
}
