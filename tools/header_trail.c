#include "tools/header_trail.h"

#include <stdlib.h>
#include <string.h>

static void forget(weft_bytes *header) {
    free((void *)(uintptr_t)header->data);
    *header = (weft_bytes){NULL, 0};
}

static void clear(header_trail *trail) {
    for (size_t i = 0; i < HEADER_TRAIL_LENGTH; i++) {
        forget(&trail->headers[i]);
    }
}

void header_trail_free(header_trail *trail) {
    clear(trail);
    weft_decoder_destroy(trail->decoder);
    *trail = (header_trail){.decoder = NULL};
}

weft_status header_trail_add(header_trail *trail, const weft_header *header) {
    weft_bytes encoding;
    weft_status status = trail->decoder == NULL ? weft_decoder_create(&trail->decoder) : WEFT_OK;
    if (status != WEFT_OK) {
        return status;
    }
    weft_decoder_reset(trail->decoder);
    status = weft_header_encode(trail->decoder, &encoding, header);
    uint8_t *copy = status == WEFT_OK ? malloc(encoding.size) : NULL;
    if (copy == NULL) {
        return status == WEFT_OK ? WEFT_NO_MEMORY : status;
    }
    memcpy(copy, encoding.data, encoding.size);
    if (header->number != trail->last + 1) {
        clear(trail);
        trail->first = header->number;
    }
    trail->last = header->number;
    if (trail->last - trail->first == HEADER_TRAIL_LENGTH) {
        trail->first++;
    }
    weft_bytes *place = &trail->headers[header->number % HEADER_TRAIL_LENGTH];
    forget(place);
    *place = (weft_bytes){copy, encoding.size};
    return WEFT_OK;
}

weft_bytes header_trail_get(const header_trail *trail, uint64_t number) {
    return number >= trail->first && number <= trail->last ? trail->headers[number % HEADER_TRAIL_LENGTH]
                                                           : (weft_bytes){NULL, 0};
}
