#include "bench/known_senders.h"

#include <stdlib.h>

#include "tools/header_fork.h"

weft_status known_senders_create(known_senders *k, const weft_block *block, const weft_chain *chain) {
    const weft_fork fork = header_fork(chain, &block->header);
    weft_status status = WEFT_OK;
    *k = (known_senders){.block = *block};
    k->transactions = malloc((block->transaction_count + 1) * sizeof *k->transactions);
    if (k->transactions == NULL) {
        return WEFT_NO_MEMORY;
    }
    k->block.transactions = k->transactions;
    for (size_t i = 0; i < block->transaction_count && status == WEFT_OK; i++) {
        weft_transaction *tx = &k->transactions[i];
        weft_verdict verdict = WEFT_VALID;
        *tx = block->transactions[i];
        if (!tx->has_sender) {
            status = weft_transaction_sender(&tx->sender, &verdict, tx, chain, fork);
            tx->has_sender = status == WEFT_OK && verdict == WEFT_VALID;
        }
    }
    return status;
}

void known_senders_free(known_senders *k) {
    free(k->transactions);
    k->transactions = NULL;
}
