/** A block with a few transactions among a handful of accounts, read from bytes: fork, header, the contracts' code, who calls
 *  whom with what. Any bytes are a case. Addresses are written as one byte, in the input as a number below EVM_ADDRESS_COUNT,
 *  in code mostly as PUSH1 too.
 */
#ifndef TESTS_FUZZ_EVM_CASE_H
#define TESTS_FUZZ_EVM_CASE_H

#include "tests/fuzz/input.h"
#include "tests/fuzz/precompile_input.h"

enum {
    EVM_CONTRACTS_MAX = 6,
    EVM_SENDER_COUNT = 6, /* three plain ones, and three who also sign authorizations (EIP-7702) */
    EVM_AUTHORITY_COUNT = 3,
    EVM_TRANSACTIONS_MAX = 10,
    EVM_ENTRIES_MAX = 3, /* of an access list, an authorization list, blobs */
    EVM_SLOT_COUNT = 4,  /* set beforehand, or small numbers in access lists */
    EVM_CODE_SIZE_MAX = 255,
    EVM_DATA_WORDS_FROM = 224,   /* where the size of a transaction's data begins to count whole words of 32 bytes */
    EVM_CONTRACT_ADDRESS = 0x20, /* last byte of the first contract's address, the others being zero */
    EVM_ACCOUNT_ADDRESS = 0x40,  /* the same of the first plain sender */
    EVM_SLOT_OF_ADDRESSES = 0x10 /* slots from this one on hold the addresses that do not fit PUSH1 */
};

/* What addresses there are, by number. */
enum {
    EVM_CONTRACTS = 0,
    EVM_SENDERS = EVM_CONTRACTS + EVM_CONTRACTS_MAX,
    EVM_ABSENT = EVM_SENDERS + EVM_SENDER_COUNT, /* two */
    EVM_COINBASE = EVM_ABSENT + 2,
    EVM_CHILDREN,                  /* what the first three contracts create first */
    EVM_SYSTEM = EVM_CHILDREN + 3, /* the contracts of EIP-4788, 2935, 7002, 7251 and 8282 */
    EVM_SYSTEM_COUNT = 6,
    EVM_PRECOMPILES = EVM_SYSTEM + EVM_SYSTEM_COUNT,
    EVM_ADDRESS_COUNT = EVM_PRECOMPILES + PRECOMPILE_COUNT
};

typedef struct evm_case {
    weft_chain chain;
    weft_memory_state *state;
    weft_block block;
    unsigned threads; /* of the parallel execution: 2 or 3 */
    bool is_traced, has_access_list;
    bool has_empty_account; /* beforehand, which no network has after the merge (EIP-7523) */

    /* What the block borrows. */
    weft_transaction transactions[EVM_TRANSACTIONS_MAX];
    weft_access_entry access[EVM_TRANSACTIONS_MAX][EVM_ENTRIES_MAX];
    weft_bytes32 slots[EVM_TRANSACTIONS_MAX][EVM_ENTRIES_MAX];
    weft_bytes32 blob_hashes[EVM_ENTRIES_MAX];
    weft_authorization authorizations[EVM_TRANSACTIONS_MAX][EVM_ENTRIES_MAX];
    weft_withdrawal withdrawals[EVM_ENTRIES_MAX];
    uint64_t nonces[EVM_SENDER_COUNT]; /* of the senders, if all goes well */
} evm_case;

/** The address of this number. */
weft_address evm_address(unsigned number);

/** Read a case. Lifetime: it borrows `data`; its state is used again by the next case that is read. */
void evm_case_read(evm_case *c, const uint8_t *data, size_t size);

/** The state before the block; every block has a hash. */
weft_state_view evm_case_view(const evm_case *c);

#endif
