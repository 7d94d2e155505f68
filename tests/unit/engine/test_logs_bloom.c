#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "engine/logs_bloom.h"

enum { RECEIPT_COUNT = 60, LOG_COUNT = 100 };

/* keccak256 of twenty zero bytes begins 5380 c7b7 ae81. */
static void sets_three_bits_per_item(void **state) {
    (void)state;
    const weft_log log = {.topic_count = 0};
    weft_receipt receipt = {.logs = &log, .log_count = 1};
    weft_bloom expected = {{0}};
    static const unsigned bits[] = {0x5380 & 2047, 0xc7b7 & 2047, 0xae81 & 2047};
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        expected.bytes[255 - bits[i] / 8] |= (uint8_t)(1 << bits[i] % 8);
    }
    logs_bloom_fill(&receipt, 1, 1);
    assert_memory_equal(receipt.logs_bloom.bytes, expected.bytes, sizeof expected.bytes);
}

static void is_empty_without_logs(void **state) {
    (void)state;
    const weft_bloom empty = {{0}};
    weft_receipt receipt;
    memset(&receipt, 0xff, sizeof receipt);
    receipt.log_count = 0;
    logs_bloom_fill(&receipt, 1, 1);
    assert_memory_equal(receipt.logs_bloom.bytes, empty.bytes, sizeof empty.bytes);
    logs_bloom_fill(NULL, 0, 1);
}

/* Items come back in other logs and receipts, addresses are the beginnings of topics, some differ at their ends only, and they
 * are more than are remembered at a time. */
static void make_logs(weft_log logs[RECEIPT_COUNT][LOG_COUNT]) {
    for (unsigned r = 0; r < RECEIPT_COUNT; r++) {
        for (unsigned i = 0; i < LOG_COUNT; i++) {
            weft_log *log = &logs[r][i];
            log->address.bytes[3] = (uint8_t)(i % 7);
            log->topic_count = i % 5;
            for (unsigned k = 0; k < log->topic_count; k++) {
                log->topics[k].bytes[3] = (uint8_t)(i % (k + 2));
                log->topics[k].bytes[k] = (uint8_t)(i + r);
                log->topics[k].bytes[31 - k] = (uint8_t)(i % 20 * (r / 20));
            }
        }
    }
}

static void is_the_union_of_the_logs_blooms(void **state) {
    (void)state;
    static weft_log logs[RECEIPT_COUNT][LOG_COUNT];
    static weft_receipt receipts[RECEIPT_COUNT];
    make_logs(logs);
    for (unsigned threads = 1; threads <= 3; threads++) {
        for (size_t r = 0; r < RECEIPT_COUNT; r++) {
            receipts[r] = (weft_receipt){.logs = logs[r], .log_count = LOG_COUNT};
        }
        logs_bloom_fill(receipts, RECEIPT_COUNT, threads);
        for (size_t r = 0; r < RECEIPT_COUNT; r++) {
            weft_bloom sum = {{0}};
            for (size_t i = 0; i < LOG_COUNT; i++) {
                weft_receipt alone = {.logs = &logs[r][i], .log_count = 1};
                logs_bloom_fill(&alone, 1, 1);
                logs_bloom_add(&sum, &alone.logs_bloom);
            }
            assert_memory_equal(receipts[r].logs_bloom.bytes, sum.bytes, sizeof sum.bytes);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_three_bits_per_item),
        cmocka_unit_test(is_empty_without_logs),
        cmocka_unit_test(is_the_union_of_the_logs_blooms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
