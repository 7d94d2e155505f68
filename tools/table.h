/** Tables for people: fixed columns, printed row by row as the rows become known. */
#ifndef TOOLS_TABLE_H
#define TOOLS_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct table_column {
    const char *title;
    int width; /* characters; negative = left-aligned; a longer cell moves the rest of its row */
} table_column;

/** Room for one printed figure. */
typedef struct table_cell {
    char text[40];
} table_cell;

void table_print_titles(const table_column *columns, size_t count);
void table_print_row(const table_column *columns, const char *const *cells, size_t count);

/** 1,234,567 */
const char *table_count(table_cell *cell, uint64_t count);
/** "s" for a noun of which there are so many, "" for one. */
const char *table_plural(uint64_t count);
/** A figure with so many decimals; "-" for one that is not above 0. In: suffix   "" or a unit. */
const char *table_figure(table_cell *cell, double figure, int decimals, const char *suffix);

#endif
