/** Digests for Keccak-256 around its block size of 136 bytes.
 *
 *  Computed with @noble/hashes 2.4.0 (sha3.js, keccak_256).
 */
#ifndef TESTS_VECTORS_KECCAK_H
#define TESTS_VECTORS_KECCAK_H

#include "tests/unit/crypto/known_digests.h"

static const known_digest keccak_vectors[] = {
    {0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
    {1, "69c322e3248a5dfc29d73c5b0553b0185a35cd5bb6386747517ef7e53b15e287"},
    {20, "f1248f559b83aacc18c0277fa455c2a51780517aedcc63d398d41219adfa7f47"},
    {32, "04d1b47ed3b04c5ff6a0280293cb2ab55bd297c9c2e0c3449831b419285d7df2"},
    {64, "0251cf13aa5b18f1cbda7cddbe85f3dc536fc93df590c2d20ca9b28af1ed2c39"},
    {135, "00ef96af9cf4b24c7f269d922294444a197d0a33638c2e56634c57e892103a8f"},
    {136, "742061bcad767ed4c4f5883b1dcb1aad11afdcc140dc469d953759b127b9f9ed"},
    {137, "e3371f61e770abf254c34239c3b0099ad90594507415bc81dd0a10b9692bbf2a"},
    {271, "4401c4afbe16ff911bdbf2d38e556e5b861f3fdf0f9d4306b1c46f6ae4f73584"},
    {272, "ac141fd7b0a0ffcd2e967254d508da3ec616596493c36fa304425647d90e6de5"},
    {532, "6e76175cc6afcacd5c28d11f960ef881e3b7bae6370861ad5866871ff58bc279"},
};

/* The digest of the digests, one after the other, of the messages of 0, 1, ... 600 bytes. */
static const char keccak_of_all_digests[] = "f08f149f3ec5580d040fdd873cdd3827d1f2aa2e36cc68c64cc8a7a474a8b98d";

#endif
