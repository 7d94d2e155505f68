/** The precompiled contracts: which exist under a fork, what they cost, what they do (Yellow Paper appendix E and the
 *  EIPs named in precompiles.c). They see input bytes and nothing else, so their results depend on no state. */
#ifndef ENGINE_PRECOMPILES_H
#define ENGINE_PRECOMPILES_H

#include "crypto/result.h"
#include "engine/buffer.h"
#include "engine/fork_rules.h"

typedef struct precompile precompile;

/** Returns: NULL when `address` is none under `fork`. Threads: any. Lifetime: constant. */
const precompile *precompile_find(weft_fork fork, const weft_address *address);

/** What running on `input` costs; UINT64_MAX when no gas suffices. Having paid bounds the work of precompile_run(). */
uint64_t precompile_gas(const precompile *p, const fork_rules *rules, weft_bytes input);

/** Run on an input whose precompile_gas() the caller has charged.
 *
 *  Returns:  CRYPTO_OK           `output` holds the result, which may be empty.
 *            CRYPTO_INVALID      the call fails; all its gas is lost.
 *            CRYPTO_NO_MEMORY, CRYPTO_UNSUPPORTED   no verdict: the host failed.
 *  Out:      output   replaced; does not overlap `input`.
 */
crypto_result precompile_run(const precompile *p, weft_bytes input, buffer *output);

#endif
