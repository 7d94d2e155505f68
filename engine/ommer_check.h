/** The rules for a block's ommers (Yellow Paper section 11.1): blocks beside the chain that it declares and pays for.
 *
 *  An ommer is a valid child of one of the last seven ancestors other than the parent, no ancestor itself, and declared
 *  only once. Its own proof of work is not checked.
 */
#ifndef ENGINE_OMMER_CHECK_H
#define ENGINE_OMMER_CHECK_H

#include <weft/block.h>

/** The blocks before the one at hand, the parent first. */
typedef struct ommer_ancestors {
    const weft_block *const *blocks; /* NULL = unknown: only what the ommers say of themselves is checked */
    size_t count;
} ommer_ancestors;

/** Check block->ommers. The block has passed header_check().
 *
 *  Returns:  WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT for an ommer with a field_count that no header has.
 *  Out:      verdict      WEFT_VALID or the first violation; for an ommer with an invalid header, what is wrong with it.
 *            explanation  set unless the verdict is WEFT_VALID.
 */
weft_status ommer_check(weft_verdict *verdict, const weft_block *block, const weft_chain *chain,
                        const ommer_ancestors *ancestors, char *explanation, size_t explanation_size);

#endif
