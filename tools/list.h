/** Lists that grow as items come. */
#ifndef TOOLS_LIST_H
#define TOOLS_LIST_H

#include <stddef.h>
#include <stdlib.h>

/** Room for one item more. Returns: the list, moved perhaps; NULL when out of memory, the list being as it was. */
static inline void *list_reserve(void *list, size_t count, size_t *capacity, size_t item_size) {
    if (count < *capacity) {
        return list;
    }
    size_t larger = 2 * *capacity + 16;
    void *moved = reallocarray(list, larger, item_size);
    *capacity = moved != NULL ? larger : *capacity;
    return moved;
}

#endif
