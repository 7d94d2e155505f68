#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rlp.h"
#include "engine/logs_bloom.h"
#include "engine/receipt.h"
#include "state/trie.h"
#include "tests/unit/engine/recorded_blocks.h"

static arena memory;

static int setup(void **state) {
    (void)state;
    arena_init(&memory, 0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(&memory);
    return 0;
}

static void assert_begins(weft_bytes encoded, const char *hex) {
    char text[160];
    size_t size = strlen(hex) / 2;
    assert_true(encoded.size >= size && 2 * size < sizeof text);
    hex_encode(text, encoded.data, size);
    assert_string_equal(text, hex);
}

static void receipt_begins_with_status_or_root(void **state) {
    (void)state;
    weft_receipt receipt = {.cumulative_gas_used = 21000};
    weft_bytes encoded;
    assert_int_equal(receipt_encode(&encoded, &memory, &receipt, true), WEFT_OK);
    assert_begins(encoded,
                  "f901088082"
                  "5208"
                  "b90100");
    receipt.success = true;
    receipt.type = WEFT_TX_BLOB;
    assert_int_equal(receipt_encode(&encoded, &memory, &receipt, true), WEFT_OK);
    assert_begins(encoded,
                  "03f901080182"
                  "5208"
                  "b90100");
    receipt = (weft_receipt){.cumulative_gas_used = 21000, .has_intermediate_root = true};
    memset(receipt.intermediate_root.bytes, 0x77, sizeof receipt.intermediate_root.bytes);
    assert_int_equal(receipt_encode(&encoded, &memory, &receipt, false), WEFT_OK);
    assert_begins(encoded,
                  "f90128a0"
                  "7777777777777777777777777777777777777777777777777777777777777777"
                  "825208b90100");
}

/* --- Real receipts: taken apart, put together again, summed up to the root in the header --- */

static void read_log(rlp_cursor *logs, weft_log *log) {
    rlp_cursor fields = rlp_read_list(logs);
    rlp_read_fixed(&fields, log->address.bytes, sizeof log->address.bytes);
    rlp_cursor topics = rlp_read_list(&fields);
    while (!rlp_at_end(&topics) && log->topic_count < 4) {
        rlp_read_fixed(&topics, log->topics[log->topic_count++].bytes, 32);
    }
    log->data = rlp_read_string(&fields);
}

static void read_receipt(weft_bytes encoded, weft_receipt *receipt) {
    *receipt = (weft_receipt){0};
    if (encoded.data[0] < 0x80) {
        receipt->type = encoded.data[0];
        encoded = (weft_bytes){encoded.data + 1, encoded.size - 1};
    }
    rlp_error error;
    rlp_cursor outer = rlp_open(encoded, &error);
    rlp_cursor fields = rlp_read_list(&outer);
    receipt->success = rlp_read_u64(&fields) == 1;
    receipt->cumulative_gas_used = rlp_read_u64(&fields);
    rlp_read_fixed(&fields, receipt->logs_bloom.bytes, sizeof receipt->logs_bloom.bytes);
    rlp_cursor list = rlp_read_list(&fields);
    receipt->log_count = rlp_count(&list);
    weft_log *logs = arena_alloc_zero(&memory, receipt->log_count * sizeof *logs);
    assert_non_null(logs);
    for (size_t i = 0; i < receipt->log_count; i++) {
        read_log(&list, &logs[i]);
    }
    receipt->logs = logs;
    assert_true(rlp_ok(&outer) && rlp_at_end(&outer));
}

static weft_bytes encoded_again(weft_bytes original, weft_bloom *block_bloom) {
    weft_receipt receipt;
    weft_bytes encoded;
    read_receipt(original, &receipt);
    logs_bloom_fill(&receipt, 1, 1);
    logs_bloom_add(block_bloom, &receipt.logs_bloom);
    assert_int_equal(receipt_encode(&encoded, &memory, &receipt, true), WEFT_OK);
    return encoded;
}

static void check_receipts(const char *folder, weft_bytes rlp, void *context) {
    size_t *receipt_total = context;
    char path[512];
    size_t size;
    (void)snprintf(path, sizeof path, "%s/receipts_raw.json", folder);
    char *text = text_of(path, &size);
    if (text == NULL) {
        return;
    }
    weft_bytes *encodings = arena_alloc_array(&memory, size / 4, sizeof *encodings);
    weft_bloom bloom = {{0}};
    size_t count = 0;
    assert_non_null(encodings);
    for (const char *next = strstr(text, "\"0x"); next != NULL; next = strstr(next + 1, "\"0x")) {
        weft_bytes original = hex_bytes(next + 1);
        encodings[count] = encoded_again(original, &bloom);
        assert_true(bytes_equal(encodings[count++], original));
        free((void *)(uintptr_t)original.data);
    }
    rlp_error error;
    rlp_cursor block = rlp_open(rlp, &error), parts = rlp_read_list(&block);
    weft_header header;
    weft_bytes32 hash, root;
    assert_int_equal(weft_header_decode(&header, &hash, rlp_read_raw(&parts), NULL), WEFT_OK);
    assert_int_equal(ordered_trie_root(&root, encodings, count), WEFT_OK);
    assert_memory_equal(root.bytes, header.receipts_root.bytes, sizeof root.bytes);
    assert_memory_equal(bloom.bytes, header.logs_bloom.bytes, sizeof bloom.bytes);
    *receipt_total += count;
    arena_reset(&memory);
    free(text);
}

static void recorded_receipts_are_encoded_as_they_were(void **state) {
    (void)state;
    size_t receipt_total = 0;
    recorded_blocks_visit(check_receipts, &receipt_total);
    print_message("%zu receipts\n", receipt_total);
    assert_true(receipt_total > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipt_begins_with_status_or_root),
        cmocka_unit_test(recorded_receipts_are_encoded_as_they_were),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
