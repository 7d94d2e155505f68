/** Digests for RIPEMD-160 around its block size of 64 bytes.
 *
 *  Computed with Python 3.11 hashlib.
 */
#ifndef TESTS_VECTORS_RIPEMD160_H
#define TESTS_VECTORS_RIPEMD160_H

#include "tests/unit/crypto/known_digests.h"

static const known_digest ripemd160_vectors[] = {
    {0, "9c1185a5c5e9fc54612808977ee8f548b2258d31"},    {1, "b2afadd73b9922f395573a52e7032b7597ff8c3e"},
    {55, "ced4a416d2eddc4c54a59c57fa299bc86af70de9"},   {56, "581330764dcfaa5bbe4de58601aa56a838cc58d7"},
    {63, "f946627df85129e38a6142b694aed087f2f85d71"},   {64, "6049fc18acb2ba0205d12fbf2ebc57628031d28c"},
    {65, "a03bc7711af42632ce8e675adbdc1d690a850f07"},   {119, "22d9d4f2a6368b58145202e9ffa1479f0a13fd11"},
    {120, "c7ca324844fcb190fb8a9e7d843251391e2556de"},  {128, "0612b629dd5aedbd608df63782bac221b62336df"},
    {1000, "462fa67a8f19c1df2d98cff47379ba31d681b572"},
};

/* The digest of the digests, one after the other, of the messages of 0, 1, ... 600 bytes. */
static const char ripemd160_of_all_digests[] = "9f50bff90b89806b86a01ed5d841bbf9bedf00af";

#endif
