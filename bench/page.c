#include "bench/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench_json.h"

/* page.html as it is, with a zero byte after it: C17 has no #embed. */
__asm__(
    ".pushsection .rodata\n"
    "page_template:\n"
    ".incbin \"" WEFT_PAGE_TEMPLATE
    "\"\n"
    ".byte 0\n"
    ".popsection\n");
__attribute__((visibility("hidden"))) extern const char page_template[];

static const char place[] = "@DATA@\n";

/* No text of a block may end the element that the data are in. */
static void write_escaped(FILE *stream, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '<') {
            fputs("\\u003c", stream);
        } else {
            putc(*text, stream);
        }
    }
}

static char *json_of(const bench_result *results, size_t count, const bench_plan *plan) {
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bench_json_block(stream, &results[i]);
    }
    bench_json_summary(stream, results, count, plan);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static weft_status cannot_be_written(const char *path, failure *f) {
    return failure_set(f, WEFT_IO, "%s: cannot be written", path);
}

weft_status page_check(const char *path, failure *f) {
    FILE *stream = fopen(path, "a");
    return stream == NULL || fclose(stream) != 0 ? cannot_be_written(path, f) : WEFT_OK;
}

weft_status page_write(const char *path, const bench_result *results, size_t count, const bench_plan *plan,
                       failure *f) {
    char *json = json_of(results, count, plan);
    if (json == NULL) {
        return failure_set(f, WEFT_NO_MEMORY, "%s: %s", path, weft_status_message(WEFT_NO_MEMORY));
    }
    FILE *stream = fopen(path, "w");
    const char *data = strstr(page_template, place);
    if (stream != NULL) {
        fwrite(page_template, 1, (size_t)(data - page_template), stream);
        write_escaped(stream, json);
        fputs(data + strlen(place), stream);
    }
    free(json);
    if (stream == NULL || ferror(stream) != 0 || fclose(stream) != 0) {
        return cannot_be_written(path, f);
    }
    return WEFT_OK;
}
