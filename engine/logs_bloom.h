/** The Bloom filters over the addresses and topics of logs (Yellow Paper section 4.3.1), of all receipts of a block
 *  together: the same contracts and events are named again and again, and are rarely hashed again. */
#ifndef ENGINE_LOGS_BLOOM_H
#define ENGINE_LOGS_BLOOM_H

#include <weft/engine.h>

/** Fill in the blooms of the receipts. Threads: one caller; as many as `thread_count` take part. */
void logs_bloom_fill(weft_receipt *receipts, size_t count, unsigned thread_count);

/** Add what `other` contains to `bloom`: a block's bloom is that of all its receipts. */
void logs_bloom_add(weft_bloom *bloom, const weft_bloom *other);

#endif
