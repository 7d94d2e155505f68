/** A loop whose steps may be taken by several threads, in any order. */
#ifndef STATE_PARALLEL_H
#define STATE_PARALLEL_H

#include <stddef.h>

/** Entries that change in a trie, or in several, before other threads are woken: bringing their paths up to date takes one
 *  thread about 1 ms. On a busy machine the end of a region may wait longer than that for a thread that lost its core. */
#define PARALLEL_CHANGE_COUNT 512

typedef void parallel_step(void *context, size_t index);

/** step(context, i) for every i below `count`. One thread makes no OpenMP region: libgomp ends the process when it has no
 *  memory for one, so who asks for one thread is safe from that. */
void parallel_for(size_t count, unsigned threads, parallel_step *step, void *context);

/** `threads`, or as many as OpenMP would use if that is 0. */
unsigned parallel_threads(unsigned threads);

#endif
