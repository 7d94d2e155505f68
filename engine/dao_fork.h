/** The irregular state change of EIP-779: before the first transaction of the chain's dao_fork_block, the whole balance
 *  of each drained account moves to the refund contract. */
#ifndef ENGINE_DAO_FORK_H
#define ENGINE_DAO_FORK_H

#include <weft/types.h>

enum { DAO_ACCOUNT_COUNT = 116 };

extern const weft_address dao_accounts[DAO_ACCOUNT_COUNT];
extern const weft_address dao_refund_contract;

#endif
