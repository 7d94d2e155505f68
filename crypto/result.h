/** What a cryptographic operation on foreign bytes can come to. Only CRYPTO_INVALID is a fact about the bytes; the
 *  last two are facts about this machine and this build and must never become a consensus result. */
#ifndef CRYPTO_RESULT_H
#define CRYPTO_RESULT_H

typedef enum crypto_result {
    CRYPTO_OK,
    CRYPTO_INVALID, /* the input is not a point, not in the field, not in the subgroup, of a wrong size … */
    CRYPTO_NO_MEMORY,
    CRYPTO_UNSUPPORTED /* built without the library this needs */
} crypto_result;

#endif
