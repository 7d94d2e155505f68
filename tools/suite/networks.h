/** The rules of the networks that test fixtures name: "Cancun", "BerlinToLondonAt5", "CancunToPragueAtTime15k",
 *  "ArrowGlacierToParisAtDiffC0000".
 *
 *  A plain name means that fork's rules from the first block on. XToYAtN changes from X to Y at block N, ...AtTime15k at
 *  timestamp 15000, ...AtDiffN when the total difficulty reaches N (hexadecimal).
 */
#ifndef TOOLS_SUITE_NETWORKS_H
#define TOOLS_SUITE_NETWORKS_H

#include <weft/chain.h>

#include "tools/json.h"

/** The network as its name says: chain id 1, mainnet's deposit contract, the blob schedule of mainnet's forks.
 *  Returns: false if weft does not know the name. */
bool network_chain(weft_chain *chain, const char *name);

/** The same for a name that a person wrote. Returns: WEFT_OK; WEFT_INVALID_ARGUMENT, the failure naming what was probably
 *  meant. */
weft_status network_choose(weft_chain *chain, const char *name, failure *f);

/** What a fixture's `config` says otherwise: chainid, blobSchedule. `config` may be NULL.
 *  Returns: false with the document's failure set. In: name   the one `chain` was made of. */
bool network_configure(weft_chain *chain, const char *name, const json_document *document, const json_value *config);

/** Which revision of Amsterdam the test means: the one that was current for the release it is from, which its `_info.url`
 *  names. One that names no release means the final rules.
 *
 *  Returns:  false for a release filled by a draft that weft has no revision of: the nearest one is taken.
 *  In:       info   the test's `_info`; may be NULL.
 */
bool network_revise(weft_chain *chain, const json_value *info);

/** Call `visit` with every plain name, oldest fork first. */
void network_names(void (*visit)(void *context, const char *name), void *context);

#endif
