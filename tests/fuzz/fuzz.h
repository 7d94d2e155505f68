/** What every fuzz target shares.
 *
 *  A target is one file with LLVMFuzzerTestOneInput(), which takes any bytes and must neither crash nor find one of its
 *  checks false. It is linked twice over: with libFuzzer (`./dev fuzz`), which searches for such bytes, and in every other
 *  build with replay_corpus.c, which runs it over the seed corpus and mutations of it. What a target keeps between inputs
 *  (engines, decoders) it makes at its first input and never frees: there is no last one.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

/** The target. Returns: 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Optional: change the `size` bytes at `data`, of which there may be `size_max`. Returns: their new size. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

/** The driver's own mutation, for a LLVMFuzzerCustomMutator() to fall back on. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

/** A property that holds for every input. Its violation is a finding. */
#define FUZZ_CHECK(condition, ...)                         \
    do {                                                   \
        if (!(condition)) {                                \
            fuzz_finding(__FILE__, __LINE__, __VA_ARGS__); \
        }                                                  \
    } while (0)

__attribute__((format(printf, 3, 4), noreturn)) static inline void fuzz_finding(const char *file, int line,
                                                                                const char *format, ...) {
    va_list values;
    va_start(values, format);
    fprintf(stderr, "%s:%d: finding: ", file, line);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    abort();
}

static inline bool fuzz_equal(weft_bytes a, weft_bytes b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool fuzz_hash_equal(const weft_bytes32 *a, const weft_bytes32 *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

/** What a decoder that took or refused `size` bytes says of them. */
static inline void fuzz_check_decoded(weft_status status, const weft_error *error, size_t size) {
    FUZZ_CHECK(status == WEFT_OK || status == WEFT_DECODE, "status %d", (int)status);
    if (status == WEFT_DECODE) {
        FUZZ_CHECK(error->position <= size, "position %zu of %zu bytes", error->position, size);
        FUZZ_CHECK(memchr(error->message, '\0', sizeof error->message) != NULL && error->message[0] != '\0',
                   "refused without words");
    }
}

/** A decoder without blocks in it, always the same. */
static inline weft_decoder *fuzz_decoder(void) {
    static weft_decoder *decoder;
    FUZZ_CHECK(decoder != NULL || weft_decoder_create(&decoder) == WEFT_OK, "out of memory");
    weft_decoder_reset(decoder);
    return decoder;
}

#endif
