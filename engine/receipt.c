#include "engine/receipt.h"

#include "engine/rlp_writer.h"

static void log_put(rlp_writer *w, const weft_log *log) {
    enum { ADDRESS_ITEM_SIZE = 21, TOPIC_ITEM_SIZE = 33 };
    size_t topics_size = (size_t)log->topic_count * TOPIC_ITEM_SIZE;
    put_list_header(w, ADDRESS_ITEM_SIZE + rlp_size_list(topics_size) + rlp_size_string(log->data));
    put_string(w, log->address.bytes, sizeof log->address.bytes);
    put_list_header(w, topics_size);
    for (unsigned i = 0; i < log->topic_count; i++) {
        put_string(w, log->topics[i].bytes, sizeof log->topics[i].bytes);
    }
    put_string(w, log->data.data, log->data.size);
}

static void fields_put(rlp_writer *w, const weft_receipt *receipt, bool has_status, size_t logs_size) {
    if (has_status) {
        put_u64(w, receipt->success ? 1 : 0);
    } else {
        weft_bytes32 root = {{0}};
        if (receipt->has_intermediate_root) {
            root = receipt->intermediate_root;
        }
        put_string(w, root.bytes, sizeof root.bytes);
    }
    put_u64(w, receipt->cumulative_gas_used);
    put_string(w, receipt->logs_bloom.bytes, sizeof receipt->logs_bloom.bytes);
    put_list_header(w, logs_size);
    for (size_t i = 0; i < receipt->log_count; i++) {
        log_put(w, &receipt->logs[i]);
    }
}

weft_status receipt_encode(weft_bytes *encoded, arena *memory, const weft_receipt *receipt, bool has_status) {
    rlp_writer logs = {0};
    for (size_t i = 0; i < receipt->log_count; i++) {
        log_put(&logs, &receipt->logs[i]);
    }
    rlp_writer fields = {0};
    fields_put(&fields, receipt, has_status, logs.size);
    size_t type_size = receipt->type != WEFT_TX_LEGACY ? 1 : 0;
    uint8_t *bytes = arena_alloc(memory, type_size + rlp_size_list(fields.size));
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    bytes[0] = receipt->type; /* the list's header takes its place when there is no type byte */
    rlp_writer writer = {.next = bytes + type_size};
    put_list_header(&writer, fields.size);
    fields_put(&writer, receipt, has_status, logs.size);
    *encoded = (weft_bytes){bytes, type_size + writer.size};
    return WEFT_OK;
}
