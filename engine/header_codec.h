/** Headers to and from RLP, for everything that holds headers: blocks, their ommers, witnesses. */
#ifndef ENGINE_HEADER_CODEC_H
#define ENGINE_HEADER_CODEC_H

#include "engine/decoding.h"
#include "engine/rlp_writer.h"
#include <weft/block.h>

/** keccak256 of the empty list: the ommers hash of a block without ommers. */
extern const weft_bytes32 ommers_hash_empty;

/** Whether a header can have so many fields. */
bool header_field_count_is_known(size_t field_count);

/** Read the next item of `c` as a header. `extra_data` borrows from the bytes read. */
void header_read(decoding *d, rlp_cursor *c, weft_header *header);

/** Put the encoding of `header`, whose field_count is a known one. */
void header_put(rlp_writer *w, const weft_header *header);

/** Put the list of `count` such headers. */
void header_list_put(rlp_writer *w, const weft_header *headers, size_t count);

/** keccak256 of the list of headers. Returns: WEFT_OK, WEFT_NO_MEMORY, WEFT_INVALID_ARGUMENT (see weft_header_hash()).
 *  Threads: any. */
weft_status ommers_hash(weft_bytes32 *hash, const weft_header *ommers, size_t count);

#endif
