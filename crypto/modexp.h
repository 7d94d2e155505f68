/** base ^ exponent mod modulus for numbers of any size: precompile 0x05 (EIP-198), on GMP's mpn layer.
 *
 *  Before EIP-7823 only gas bounds the operands, and a host may run blocks with any gas limit; GMP aborts the process
 *  when its own allocator fails. So no path here makes GMP allocate: the number of limbs is known beforehand, one
 *  allocation of ours holds every intermediate result, and its failure is reported. Up to a fixed size the work is done
 *  by GMP's fast functions, whose scratch space is then on the stack; beyond it by the mpn_sec functions, which take
 *  ours. (A GMP configured with --disable-alloca takes even that little stack space from the heap.)
 *
 *  Time grows as size(modulus)^2 * bits(exponent), as the gas of every fork does, and memory as
 *  size(base) + size(exponent) + 36 * size(modulus) at most.
 */
#ifndef CRYPTO_MODEXP_H
#define CRYPTO_MODEXP_H

#include "crypto/result.h"
#include <weft/types.h>

/** All numbers are big-endian, with any number of leading zeros; 0 ^ 0 is 1, and modulus 0 gives 0.
 *
 *  Returns:  CRYPTO_OK, CRYPTO_NO_MEMORY.
 *  Threads:  any.
 *  Out:      out   modulus.size bytes, apart from the operands; unspecified unless CRYPTO_OK.
 */
crypto_result modexp(uint8_t *out, weft_bytes base, weft_bytes exponent, weft_bytes modulus);

#endif
