#include "tools/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void table_print_row(const table_column *columns, const char *const *cells, size_t count) {
    for (size_t i = 0; i < count; i++) {
        /* Nothing pads the last column, so that no line ends in blanks. */
        int width = i + 1 < count || columns[i].width > 0 ? columns[i].width : 0;
        printf("%s%*s", i == 0 ? "" : "  ", width, cells[i]);
    }
    putchar('\n');
}

void table_print_titles(const table_column *columns, size_t count) {
    enum { COLUMNS_MAX = 32 };
    const char *titles[COLUMNS_MAX];
    for (size_t i = 0; i < count && i < COLUMNS_MAX; i++) {
        titles[i] = columns[i].title;
    }
    table_print_row(columns, titles, count < COLUMNS_MAX ? count : COLUMNS_MAX);
}

const char *table_count(table_cell *cell, uint64_t count) {
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRIu64, count);
    char *next = cell->text;
    for (int i = 0; i < size; i++) {
        if (i > 0 && (size - i) % 3 == 0) {
            *next++ = ',';
        }
        *next++ = digits[i];
    }
    *next = '\0';
    return cell->text;
}

const char *table_plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

const char *table_figure(table_cell *cell, double figure, int decimals, const char *suffix) {
    if (figure > 0) {
        (void)snprintf(cell->text, sizeof cell->text, "%.*f%s", decimals, figure, suffix);
    } else {
        (void)snprintf(cell->text, sizeof cell->text, "-");
    }
    return cell->text;
}
