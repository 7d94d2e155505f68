/** Reading structured inputs: bytes in order, zeros when there are none left, so that every input means something. */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include "tests/fuzz/fuzz.h"

typedef struct fuzz_input {
    const uint8_t *data;
    size_t size; /* left */
} fuzz_input;

static inline uint8_t input_byte(fuzz_input *input) {
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

/** A number below `bound`, which is at most 256. */
static inline unsigned input_below(fuzz_input *input, unsigned bound) {
    return input_byte(input) % bound;
}

/** The next `size` bytes, or as many as there are. */
static inline weft_bytes input_bytes(fuzz_input *input, size_t size) {
    weft_bytes bytes = {input->data, size < input->size ? size : input->size};
    input->data += bytes.size;
    input->size -= bytes.size;
    return bytes;
}

#endif
