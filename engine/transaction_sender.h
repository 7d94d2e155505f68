/** Who signed an EIP-7702 authorization. A transaction's own sender is weft_transaction_sender()'s. */
#ifndef ENGINE_TRANSACTION_SENDER_H
#define ENGINE_TRANSACTION_SENDER_H

#include <weft/block.h>

/** The account that signed the authorization. Returns: false when its signature is none (EIP-7702: y parity above 1,
 *  high s, no such key); the tuple is then passed over. Threads: any. */
bool authorization_signer(weft_address *signer, const weft_authorization *authorization);

#endif
