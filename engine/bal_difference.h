/** Where two block access lists differ, in words: for the person who has to find out why a block was refused. */
#ifndef ENGINE_BAL_DIFFERENCE_H
#define ENGINE_BAL_DIFFERENCE_H

#include <weft/block_access_list.h>

/** Write the first difference, at most `size` bytes with the terminator; nothing if the lists are equal. */
void bal_difference(char *words, size_t size, const weft_block_access_list *given, const weft_block_access_list *found);

#endif
