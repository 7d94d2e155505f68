#include "tools/logs_hash.h"

#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>

/* An RLP item at the beginning of `rlp`, which the library encoded: well-formed. Returns: its size with the header.
 * Out: payload   what the item holds. */
static size_t item_split(weft_bytes rlp, weft_bytes *payload) {
    uint8_t first = rlp.data[0];
    uint8_t offset = first < 0xc0 ? 0x80 : 0xc0; /* strings, lists (Yellow Paper appendix B) */
    size_t header_size = 1, size = 0;
    if (first < 0x80) {
        *payload = (weft_bytes){rlp.data, 1};
        return 1;
    }
    if (first - offset <= 55) {
        size = (size_t)(first - offset);
    } else {
        header_size += (size_t)(first - offset - 55);
        for (size_t i = 1; i < header_size; i++) {
            size = size << 8 | rlp.data[i];
        }
    }
    *payload = (weft_bytes){rlp.data + header_size, size};
    return header_size + size;
}

/* The encoded logs of a receipt: the last item of [status, gas, bloom, logs], a type byte perhaps before it. */
static weft_bytes encoded_logs(weft_bytes receipt) {
    enum { FIELDS_BEFORE_LOGS = 3 };
    weft_bytes fields, logs, ignored;
    size_t type_size = receipt.data[0] < 0x80;
    (void)item_split((weft_bytes){receipt.data + type_size, receipt.size - type_size}, &fields);
    for (unsigned i = 0; i < FIELDS_BEFORE_LOGS; i++) {
        size_t size = item_split(fields, &ignored);
        fields = (weft_bytes){fields.data + size, fields.size - size};
    }
    (void)item_split(fields, &logs);
    return logs;
}

/* Returns: the header's size. In: header   room for 9 bytes. */
static size_t write_list_header(uint8_t *header, size_t payload_size) {
    if (payload_size <= 55) {
        header[0] = (uint8_t)(0xc0 + payload_size);
        return 1;
    }
    size_t length_size = 0;
    for (size_t rest = payload_size; rest > 0; rest >>= 8) {
        length_size++;
    }
    header[0] = (uint8_t)(0xf7 + length_size);
    for (size_t i = 0; i < length_size; i++) {
        header[length_size - i] = (uint8_t)(payload_size >> 8 * i);
    }
    return 1 + length_size;
}

weft_status logs_hash(weft_bytes32 *hash, const weft_block_result *result) {
    enum { HEADER_SIZE_MAX = 9 };
    size_t payload_size = 0;
    for (size_t i = 0; i < result->receipt_count; i++) {
        payload_size += encoded_logs(result->encoded_receipts[i]).size;
    }
    uint8_t *list = malloc(HEADER_SIZE_MAX + payload_size);
    if (list == NULL) {
        return WEFT_NO_MEMORY;
    }
    size_t size = write_list_header(list, payload_size);
    for (size_t i = 0; i < result->receipt_count; i++) {
        weft_bytes logs = encoded_logs(result->encoded_receipts[i]);
        if (logs.size > 0) {
            memcpy(list + size, logs.data, logs.size);
        }
        size += logs.size;
    }
    *hash = weft_keccak256((weft_bytes){list, size});
    free(list);
    return WEFT_OK;
}
