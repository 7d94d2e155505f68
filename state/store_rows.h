/** Keys and values of the store's tables as bytes; docs/store-format.md describes them for readers outside weft.
 *
 *  All integers are big-endian, so that keys sort as numbers. The readers are strict: whatever the writers cannot have
 *  written is refused, and the caller reports a corrupt store.
 */
#ifndef STATE_STORE_ROWS_H
#define STATE_STORE_ROWS_H

#include "state/trie_node.h"

#include <weft/store.h>

#define STORE_FORMAT_VERSION 2

#define FORMAT_ROW_SIZE 8
#define HEAD_ROW_SIZE 80
#define ACCOUNT_ROW_SIZE 72
#define BLOCK_ROW_SIZE 116
#define STORAGE_KEY_SIZE 52
#define RECEIPT_KEY_SIZE 12
#define BLOCK_KEY_SIZE 8
#define NODE_KEY_SIZE_MAX 65
#define UNDO_KEY_SIZE_MAX 60
#define UNDO_ROW_SIZE 8

void format_row_write(uint8_t row[FORMAT_ROW_SIZE]);
/** Returns: false when it is no format record. */
bool format_row_read(uint32_t *version, weft_bytes row);

void head_row_write(uint8_t row[HEAD_ROW_SIZE], const weft_store_head *head);
bool head_row_read(weft_store_head *head, weft_bytes row);

void account_row_write(uint8_t row[ACCOUNT_ROW_SIZE], const weft_account *account);
bool account_row_read(weft_account *account, weft_bytes row);

/** The value of a slot without leading zeros: 1 to 32 bytes. Returns: its size. */
size_t storage_row_write(uint8_t row[32], const weft_u256 *value);
bool storage_row_read(weft_u256 *value, weft_bytes row);

void block_row_write(uint8_t row[BLOCK_ROW_SIZE], const weft_store_block *block);
/** Reads everything but the number, which is the key. */
bool block_row_read(weft_store_block *block, weft_bytes row);

void storage_key_write(uint8_t key[STORAGE_KEY_SIZE], const weft_address *address, const weft_bytes32 *slot);
/** Whether this is the key of a slot of the account: its slots are one run in the table. */
bool storage_key_is_of(weft_bytes key, const weft_address *address);
void receipt_key_write(uint8_t key[RECEIPT_KEY_SIZE], uint64_t number, uint32_t index);

/** The place of a trie's node. In: owner   hashed address of the account whose storage it is, NULL for the state trie;
 *  path.from is 0. Returns: the size of the key. */
size_t node_key_write(uint8_t key[NODE_KEY_SIZE_MAX], const weft_bytes32 *owner, trie_path path);

/** What undo data of a commit are about: the commit itself (`key` empty), an account or a slot by the key of its table.
 *  Returns: the size of the key. In: number   of the last block of the commit. */
size_t undo_key_write(uint8_t out[UNDO_KEY_SIZE_MAX], uint64_t number, weft_bytes key);

#endif
