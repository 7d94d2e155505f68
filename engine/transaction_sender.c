#include "engine/transaction_sender.h"

#include "base/u256.h"
#include "crypto/ecrecover.h"
#include "crypto/ecsign.h"
#include "crypto/keccak.h"
#include "engine/fork_rules.h"
#include "engine/transaction_codec.h"
#include <weft/transaction.h>
#include <stdlib.h>

/* How a transaction was signed, as its v (or y parity) says. */
typedef struct signature_form {
    bool replay_protected;
    unsigned y_parity;
} signature_form;

/* Whether v is `base` or `base` + 1; the difference is the y parity. */
static bool parity_above(unsigned *y_parity, const weft_u256 *v, const weft_u256 *base) {
    weft_u256 difference = u256_sub(v, base);
    *y_parity = (unsigned)difference.limb[0] & 1;
    return u256_fits_u64(&difference) && difference.limb[0] <= 1;
}

static weft_verdict legacy_form(signature_form *form, const weft_u256 *v, const weft_chain *chain,
                                const fork_rules *rules) {
    weft_u256 plain = u256_from_u64(27);
    if (parity_above(&form->y_parity, v, &plain)) {
        return WEFT_VALID;
    }
    /* Any other v is some chain's, be it of none that has a number; but for 0 and 1, which are y parities. */
    weft_u256 any_chain = u256_from_u64(35), zero = u256_zero();
    if (!rules->has_replay_protection || parity_above(&form->y_parity, v, &zero)) {
        return WEFT_TX_INVALID_SIGNATURE;
    }
    weft_u256 chain_id = u256_from_u64(chain->chain_id);
    weft_u256 doubled = u256_shift_left(&chain_id, 1);
    weft_u256 this_chain = u256_add(&any_chain, &doubled);
    form->replay_protected = true;
    return parity_above(&form->y_parity, v, &this_chain) ? WEFT_VALID : WEFT_TX_INVALID_CHAIN_ID;
}

static weft_verdict form_of(signature_form *form, const weft_transaction *tx, const weft_chain *chain,
                            const fork_rules *rules) {
    *form = (signature_form){0};
    if (tx->type == WEFT_TX_LEGACY) {
        return legacy_form(form, &tx->v, chain, rules);
    }
    if (tx->chain_id != chain->chain_id) {
        return WEFT_TX_INVALID_CHAIN_ID;
    }
    weft_u256 zero = u256_zero();
    return parity_above(&form->y_parity, &tx->v, &zero) ? WEFT_VALID : WEFT_TX_INVALID_SIGNATURE;
}

static weft_status signing_hash(weft_bytes32 *hash, const weft_transaction *tx, bool replay_protected,
                                uint64_t chain_id) {
    enum { USUAL_SIZE = 1024 };
    uint8_t usual[USUAL_SIZE];
    rlp_writer measure = {0};
    transaction_put_signed_part(&measure, tx, replay_protected, chain_id);
    uint8_t *message = measure.size <= sizeof usual ? usual : malloc(measure.size);
    if (message == NULL) {
        return WEFT_NO_MEMORY;
    }
    rlp_writer writer = {.next = message};
    transaction_put_signed_part(&writer, tx, replay_protected, chain_id);
    *hash = keccak256(message, writer.size);
    if (message != usual) {
        free(message);
    }
    return WEFT_OK;
}

weft_status weft_transaction_sender(weft_address *sender, weft_verdict *verdict, const weft_transaction *tx,
                                    const weft_chain *chain, weft_fork fork) {
    const fork_rules *rules = fork_rules_of(fork);
    signature_form form;
    *verdict = form_of(&form, tx, chain, rules);
    if (*verdict != WEFT_VALID) {
        return WEFT_OK;
    }
    if (rules->low_s_required && !ecrecover_is_low_s(&tx->s)) {
        *verdict = WEFT_TX_INVALID_SIGNATURE;
        return WEFT_OK;
    }
    weft_bytes32 hash;
    weft_status status = signing_hash(&hash, tx, form.replay_protected, chain->chain_id);
    if (status == WEFT_OK && ecrecover_address(sender, &hash, &tx->r, &tx->s, form.y_parity) != CRYPTO_OK) {
        *verdict = WEFT_TX_INVALID_SIGNATURE;
    }
    return status;
}

weft_status weft_transaction_sign(weft_transaction *tx, const weft_bytes32 *secret_key) {
    bool is_protected = tx->type == WEFT_TX_LEGACY && tx->has_chain_id;
    weft_bytes32 hash;
    unsigned y_parity;
    weft_status status = signing_hash(&hash, tx, is_protected, tx->chain_id);
    if (status != WEFT_OK) {
        return status;
    }
    crypto_result result = ecsign(&tx->r, &tx->s, &y_parity, &hash, secret_key);
    if (result != CRYPTO_OK) {
        return result == CRYPTO_NO_MEMORY ? WEFT_NO_MEMORY : WEFT_INVALID_ARGUMENT;
    }
    tx->v = u256_from_u64(y_parity + (tx->type == WEFT_TX_LEGACY ? 27 : 0));
    if (is_protected) {
        weft_u256 chain_id = u256_from_u64(tx->chain_id), base = u256_from_u64(35 + y_parity);
        weft_u256 doubled = u256_shift_left(&chain_id, 1);
        tx->v = u256_add(&base, &doubled);
    }
    tx->has_sender = ecrecover_address(&tx->sender, &hash, &tx->r, &tx->s, y_parity) == CRYPTO_OK;
    return WEFT_OK;
}

bool authorization_signer(weft_address *signer, const weft_authorization *authorization) {
    enum { MAGIC = 0x05, MESSAGE_SIZE_MAX = 1 + 2 + 33 + 21 + 9 };
    if (!u256_fits_u64(&authorization->y_parity) || authorization->y_parity.limb[0] > 1 ||
        !ecrecover_is_low_s(&authorization->s)) {
        return false;
    }
    size_t payload_size = rlp_size_u256(&authorization->chain_id) + 1 + sizeof authorization->address.bytes +
                          rlp_size_u64(authorization->nonce);
    uint8_t message[MESSAGE_SIZE_MAX] = {MAGIC};
    rlp_writer writer = {.next = message + 1};
    put_list_header(&writer, payload_size);
    put_u256(&writer, &authorization->chain_id);
    put_string(&writer, authorization->address.bytes, sizeof authorization->address.bytes);
    put_u64(&writer, authorization->nonce);
    weft_bytes32 hash = keccak256(message, 1 + writer.size);
    return ecrecover_address(signer, &hash, &authorization->r, &authorization->s,
                             (unsigned)authorization->y_parity.limb[0]) == CRYPTO_OK;
}

bool weft_authorization_signer(weft_address *signer, const weft_authorization *authorization) {
    return authorization_signer(signer, authorization);
}
