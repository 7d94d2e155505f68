#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "crypto/sha256.h"
#include "engine/requests.h"

enum { EVENT_SIZE = 576, DEPOSIT_SIZE = 192 };

static arena memory;
static const weft_address contract = {{0x42}};

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

static weft_bytes32 deposit_topic(void) {
    static const char signature[] = "DepositEvent(bytes,bytes,bytes,bytes,bytes)";
    return keccak256(signature, sizeof signature - 1);
}

/* The event as Solidity's ABI lays it out; each byte of a field is `fill` plus the field's number. */
static void write_event(uint8_t data[EVENT_SIZE], uint8_t fill) {
    static const size_t sizes[] = {48, 32, 8, 96, 8};
    size_t tail = 5 * 32;
    memset(data, 0, EVENT_SIZE);
    for (size_t i = 0; i < 5; i++) {
        store_be64(data + i * 32 + 24, tail);
        store_be64(data + tail + 24, sizes[i]);
        memset(data + tail + 32, (int)(fill + i), sizes[i]);
        tail += 32 + (sizes[i] + 31) / 32 * 32;
    }
    assert_int_equal(tail, EVENT_SIZE);
}

static weft_log deposit_log(const uint8_t data[EVENT_SIZE]) {
    return (weft_log){.address = contract, .topics = {deposit_topic()}, .topic_count = 1, .data = {data, EVENT_SIZE}};
}

static weft_verdict deposits_of(weft_bytes *request, const weft_log *logs, size_t count) {
    weft_receipt receipt = {.logs = logs, .log_count = count};
    weft_verdict verdict;
    assert_int_equal(requests_deposits(request, &verdict, &memory, &receipt, 1, &contract), WEFT_OK);
    return verdict;
}

static void deposits_are_the_fields_of_the_events_in_order(void **state) {
    (void)state;
    uint8_t events[2][EVENT_SIZE];
    write_event(events[0], 0x10);
    write_event(events[1], 0x20);
    weft_log logs[2] = {deposit_log(events[0]), deposit_log(events[1])};
    weft_bytes request;
    assert_int_equal(deposits_of(&request, logs, 2), WEFT_VALID);
    assert_int_equal(request.size, 1 + 2 * DEPOSIT_SIZE);
    assert_int_equal(request.data[0], REQUEST_DEPOSIT);
    const uint8_t *first = request.data + 1, *second = first + DEPOSIT_SIZE;
    static const size_t offsets[] = {0, 48, 80, 88, 184, 192};
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = offsets[i]; k < offsets[i + 1]; k++) {
            assert_int_equal(first[k], 0x10 + i);
            assert_int_equal(second[k], 0x20 + i);
        }
    }
}

static void other_logs_are_no_deposits(void **state) {
    (void)state;
    uint8_t event[EVENT_SIZE];
    write_event(event, 1);
    weft_log logs[4] = {deposit_log(event), deposit_log(event), deposit_log(event), deposit_log(event)};
    logs[0].address.bytes[19] = 1;
    logs[1].topics[0].bytes[31] ^= 1;
    logs[2].topic_count = 0;
    logs[3].topics[1] = logs[3].topics[0];
    memset(logs[3].topics[0].bytes, 0, 32);
    logs[3].topic_count = 2;
    weft_bytes request;
    assert_int_equal(deposits_of(&request, logs, 4), WEFT_VALID);
    assert_int_equal(request.size, 1);
}

static void a_chain_without_deposit_contract_has_no_deposits(void **state) {
    (void)state;
    static const weft_address none;
    uint8_t event[EVENT_SIZE] = {0};
    weft_log log = deposit_log(event);
    log.address = none;
    weft_receipt receipt = {.logs = &log, .log_count = 1};
    weft_bytes request;
    weft_verdict verdict;
    assert_int_equal(requests_deposits(&request, &verdict, &memory, &receipt, 1, &none), WEFT_OK);
    assert_int_equal(verdict, WEFT_VALID);
    assert_int_equal(request.size, 1);
}

static void events_of_another_layout_make_the_block_invalid(void **state) {
    (void)state;
    /* the last byte of each offset word and of each size word */
    static const size_t words[] = {31, 63, 95, 127, 159, 191, 287, 351, 415, 543};
    uint8_t event[EVENT_SIZE];
    weft_bytes request;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (size_t back = 0; back < 32; back += 31) {
            write_event(event, 1);
            event[words[i] - back] ^= 1;
            weft_log log = deposit_log(event);
            assert_int_equal(deposits_of(&request, &log, 1), WEFT_BLOCK_DEPOSIT_EVENT_LAYOUT);
        }
    }
    write_event(event, 1);
    weft_log shorter = deposit_log(event);
    shorter.data.size--;
    assert_int_equal(deposits_of(&request, &shorter, 1), WEFT_BLOCK_DEPOSIT_EVENT_LAYOUT);
    weft_log empty = deposit_log(event);
    empty.data = (weft_bytes){NULL, 0};
    assert_int_equal(deposits_of(&request, &empty, 1), WEFT_BLOCK_DEPOSIT_EVENT_LAYOUT);
}

static void bytes_of_padding_are_not_looked_at(void **state) {
    (void)state;
    uint8_t event[EVENT_SIZE];
    write_event(event, 1);
    event[160 + 32 + 48] = 0xff;
    event[EVENT_SIZE - 1] = 0xff;
    weft_log log = deposit_log(event);
    weft_bytes request;
    assert_int_equal(deposits_of(&request, &log, 1), WEFT_VALID);
}

static void hash_of_no_requests_is_that_of_nothing(void **state) {
    (void)state;
    static const uint8_t types[] = {0, 1, 2};
    weft_bytes empty[3] = {{types, 1}, {types + 1, 1}, {types + 2, 1}};
    weft_bytes32 hash = weft_requests_hash(empty, 3), expected;
    assert_true(hex_decode(expected.bytes, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 64));
    assert_memory_equal(hash.bytes, expected.bytes, 32);
    hash = weft_requests_hash(NULL, 0);
    assert_memory_equal(hash.bytes, expected.bytes, 32);
}

static void hash_is_over_the_hashes_of_those_with_data(void **state) {
    (void)state;
    static const uint8_t output[76] = {9, 8, 7};
    weft_bytes requests[3];
    static const uint8_t no_deposits[] = {REQUEST_DEPOSIT};
    requests[0] = (weft_bytes){no_deposits, 1};
    assert_int_equal(requests_from_output(&requests[1], &memory, REQUEST_WITHDRAWAL, (weft_bytes){output, 76}),
                     WEFT_OK);
    assert_int_equal(requests_from_output(&requests[2], &memory, REQUEST_CONSOLIDATION, (weft_bytes){output, 3}),
                     WEFT_OK);
    assert_int_equal(requests[1].size, 77);
    assert_int_equal(requests[2].data[0], REQUEST_CONSOLIDATION);
    uint8_t digests[64], expected[32];
    sha256(digests, requests[1].data, requests[1].size);
    sha256(digests + 32, requests[2].data, requests[2].size);
    sha256(expected, digests, sizeof digests);
    weft_bytes32 hash = weft_requests_hash(requests, 3);
    assert_memory_equal(hash.bytes, expected, 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deposits_are_the_fields_of_the_events_in_order),
        cmocka_unit_test(other_logs_are_no_deposits),
        cmocka_unit_test(a_chain_without_deposit_contract_has_no_deposits),
        cmocka_unit_test(events_of_another_layout_make_the_block_invalid),
        cmocka_unit_test(bytes_of_padding_are_not_looked_at),
        cmocka_unit_test(hash_of_no_requests_is_that_of_nothing),
        cmocka_unit_test(hash_is_over_the_hashes_of_those_with_data),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
