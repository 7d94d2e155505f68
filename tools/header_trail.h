/** The encoded headers of a chain's last blocks, as many as BLOCKHASH reaches back: what witnesses say of ancestors. */
#ifndef TOOLS_HEADER_TRAIL_H
#define TOOLS_HEADER_TRAIL_H

#include <weft/block.h>

enum { HEADER_TRAIL_LENGTH = 256 };

/** Zero-initialise it. */
typedef struct header_trail {
    weft_decoder *decoder;
    weft_bytes headers[HEADER_TRAIL_LENGTH]; /* owned; that of block n stands at n modulo the length */
    uint64_t first, last;                    /* numbers; both 0 and no header there: the trail is empty */
} header_trail;

/** Add the header of the next block, or begin anew with it if it does not follow the last by number.
 *  Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT (see weft_header_encode()). */
weft_status header_trail_add(header_trail *trail, const weft_header *header);
/** Returns: the encoding, empty if the trail does not reach there. Lifetime: until as many blocks were added. */
weft_bytes header_trail_get(const header_trail *trail, uint64_t number);
void header_trail_free(header_trail *trail);

#endif
