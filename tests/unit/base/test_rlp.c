/* RLP: published examples, every refusal at its position, and thousands of seeded mutations that must end in a value
 * or in one error, never in a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/rlp.h"
#include "base/u256.h"
#include "tests/support/random.h"

#include <stdlib.h>

#define MUTATIONS 30000

#define BYTES(text) \
    { (const uint8_t *)(text), sizeof(text) - 1 }

static void strings_encode_as_published(void **state) {
    (void)state;
    static const struct {
        weft_bytes value, encoding;
    } examples[] = {
        {BYTES("dog"), BYTES("\x83"
                             "dog")},
        {BYTES(""), BYTES("\x80")},
        {BYTES("\x00"), BYTES("\x00")},
        {BYTES("\x7f"), BYTES("\x7f")},
        {BYTES("\x80"), BYTES("\x81\x80")},
        {BYTES("Lorem ipsum dolor sit amet, consectetur adipisicing elit"),
         BYTES("\xb8\x38Lorem ipsum dolor sit amet, consectetur adipisicing elit")},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        uint8_t out[100];
        uint8_t *end = rlp_write_string(out, examples[i].value);
        assert_int_equal(end - out, rlp_size_string(examples[i].value));
        assert_true(bytes_equal(bytes_of(out, (size_t)(end - out)), examples[i].encoding));
        rlp_error error;
        rlp_cursor c = rlp_open(examples[i].encoding, &error);
        assert_true(bytes_equal(rlp_read_string(&c), examples[i].value));
        rlp_expect_end(&c);
        assert_true(rlp_ok(&c));
    }
}

static void integers_round_trip_at_every_width(void **state) {
    (void)state;
    for (unsigned bits = 0; bits <= 256; bits++) {
        weft_u256 one = u256_from_u64(1), power = u256_shift_left(&one, bits), value = u256_sub(&power, &one);
        uint8_t out[40];
        uint8_t *end = rlp_write_u256(out, &value);
        assert_int_equal(end - out, rlp_size_u256(&value));
        rlp_error error;
        rlp_cursor c = rlp_open(bytes_of(out, (size_t)(end - out)), &error);
        weft_u256 back = rlp_read_u256(&c);
        assert_true(rlp_ok(&c) && rlp_at_end(&c) && u256_equal(&back, &value));
        if (bits <= 64) {
            uint8_t again[40];
            assert_int_equal(rlp_write_u64(again, value.limb[0]) - again, end - out);
            assert_int_equal(rlp_size_u64(value.limb[0]), end - out);
            assert_memory_equal(again, out, (size_t)(end - out));
            c = rlp_open(bytes_of(out, (size_t)(end - out)), &error);
            assert_true(rlp_read_u64(&c) == value.limb[0] && rlp_ok(&c));
        }
    }
}

static void headers_change_form_at_their_thresholds(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 55, 56, 255, 256, 65535, 65536, 1 << 24};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *payload = calloc(sizes[i] + 1, 1), *out = malloc(sizes[i] + 16);
        assert_non_null(payload);
        assert_non_null(out);
        uint8_t *end = rlp_write_string(out, bytes_of(payload, sizes[i]));
        assert_int_equal(end - out, rlp_size_string(bytes_of(payload, sizes[i])));
        rlp_error error;
        rlp_cursor c = rlp_open(bytes_of(out, (size_t)(end - out)), &error);
        assert_true(bytes_equal(rlp_read_string(&c), bytes_of(payload, sizes[i])));
        assert_true(rlp_ok(&c));

        end = rlp_write_list_header(out, sizes[i]);
        memset(end, 0, sizes[i]);
        end += sizes[i];
        assert_int_equal(end - out, rlp_size_list(sizes[i]));
        c = rlp_open(bytes_of(out, (size_t)(end - out)), &error);
        assert_true(rlp_next_is_list(&c));
        rlp_cursor list = rlp_read_list(&c);
        assert_int_equal(rlp_count(&list), sizes[i]);
        assert_true(rlp_ok(&c) && rlp_at_end(&c));
        free(payload);
        free(out);
    }
}

static void nested_lists_are_walked(void **state) {
    (void)state;
    /* The set theoretical representation of three: [ [], [[]], [ [], [[]] ] ]. */
    weft_bytes three = BYTES("\xc7\xc0\xc1\xc0\xc3\xc0\xc1\xc0");
    rlp_error error;
    rlp_cursor c = rlp_open(three, &error), list = rlp_read_list(&c);
    assert_int_equal(rlp_count(&list), 3);
    rlp_cursor zero = rlp_read_list(&list), one = rlp_read_list(&list);
    assert_true(rlp_at_end(&zero));
    assert_int_equal(rlp_count(&one), 1);
    weft_bytes two = rlp_read_raw(&list), expected = BYTES("\xc3\xc0\xc1\xc0");
    assert_true(bytes_equal(two, expected));
    assert_true(rlp_at_end(&list) && rlp_at_end(&c) && rlp_ok(&c));
}

typedef enum reader { READ_STRING, READ_LIST, READ_U64, READ_U256, READ_FIXED3, READ_RAW, READ_COUNT, READ_END } reader;

static void read_with(rlp_cursor *c, reader how) {
    uint8_t fixed[3];
    switch (how) {
    case READ_STRING: (void)rlp_read_string(c); break;
    case READ_LIST: (void)rlp_read_list(c); break;
    case READ_U64: (void)rlp_read_u64(c); break;
    case READ_U256: (void)rlp_read_u256(c); break;
    case READ_FIXED3: rlp_read_fixed(c, fixed, sizeof fixed); break;
    case READ_RAW: (void)rlp_read_raw(c); break;
    case READ_COUNT: assert_int_equal(rlp_count(c), 0); break;
    case READ_END: rlp_expect_end(c); break;
    }
}

/* Every case is read inside a list that begins with the byte 1, so a correct position counts from the outermost
 * buffer: `position` is counted within `item`, two bytes are added. */
static void every_violation_is_refused_at_its_position(void **state) {
    (void)state;
    static const struct {
        reader how;
        weft_bytes item;
        size_t position;
        const char *rule;
    } cases[] = {
        {READ_STRING, BYTES(""), 0, "an item is missing"},
        {READ_LIST, BYTES(""), 0, "an item is missing"},
        {READ_RAW, BYTES(""), 0, "an item is missing"},
        {READ_STRING,
         BYTES("\x82"
               "a"),
         0, "an item runs past the end"},
        {READ_STRING, BYTES("\x81"), 0, "an item runs past the end"},
        {READ_LIST, BYTES("\xc2\x01"), 0, "an item runs past the end"},
        {READ_RAW, BYTES("\xb8"), 0, "an item runs past the end"},
        {READ_RAW, BYTES("\xb9\x01"), 0, "an item runs past the end"},
        {READ_RAW, BYTES("\xf8\x38"), 0, "an item runs past the end"},
        {READ_STRING, BYTES("\xbf\xff\xff\xff\xff\xff\xff\xff\xff"), 0, "an item runs past the end"},
        {READ_LIST, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 0, "an item runs past the end"},
        {READ_STRING, BYTES("\xb8\x00"), 0, "a length has a leading zero"},
        {READ_LIST, BYTES("\xf9\x00\x40"), 0, "a length has a leading zero"},
        {READ_STRING, BYTES("\xb8\x37"), 0, "a short length is in long form"},
        {READ_LIST, BYTES("\xf8\x01\x01"), 0, "a short length is in long form"},
        {READ_STRING, BYTES("\x81\x7f"), 0, "a single byte below 0x80 has a header"},
        {READ_U64, BYTES("\x81\x00"), 0, "a single byte below 0x80 has a header"},
        {READ_COUNT, BYTES("\x05\xc0\x81\x05"), 2, "a single byte below 0x80 has a header"},
        {READ_STRING, BYTES("\xc0"), 0, "a string is expected, a list found"},
        {READ_U64, BYTES("\xc0"), 0, "a string is expected, a list found"},
        {READ_FIXED3,
         BYTES("\xc3"
               "abc"),
         0, "a string is expected, a list found"},
        {READ_LIST, BYTES("\x80"), 0, "a list is expected, a string found"},
        {READ_LIST, BYTES("\x01"), 0, "a list is expected, a string found"},
        {READ_U64, BYTES("\x00"), 0, "an integer has a leading zero"},
        {READ_U64, BYTES("\x82\x00\x80"), 0, "an integer has a leading zero"},
        {READ_U256, BYTES("\x82\x00\x80"), 0, "an integer has a leading zero"},
        {READ_U64, BYTES("\x89\x01\x02\x03\x04\x05\x06\x07\x08\x09"), 0, "an integer is wider than its field"},
        {READ_U256,
         BYTES("\xa1"
               "123456789012345678901234567890123"),
         0, "an integer is wider than its field"},
        {READ_FIXED3,
         BYTES("\x82"
               "ab"),
         0, "a string has the wrong size for its field"},
        {READ_FIXED3,
         BYTES("\x84"
               "abcd"),
         0, "a string has the wrong size for its field"},
        {READ_FIXED3, BYTES("\x80"), 0, "a string has the wrong size for its field"},
        {READ_END, BYTES("\x80"), 0, "bytes are left over"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t buffer[64];
        uint8_t *end = rlp_write_list_header(buffer, 1 + cases[i].item.size);
        *end++ = 1;
        memcpy(end, cases[i].item.data, cases[i].item.size);
        end += cases[i].item.size;
        uint8_t *exact = malloc((size_t)(end - buffer)); /* so that the sanitizer sees one byte too far */
        assert_non_null(exact);
        memcpy(exact, buffer, (size_t)(end - buffer));
        rlp_error error;
        rlp_cursor c = rlp_open(bytes_of(exact, (size_t)(end - buffer)), &error), list = rlp_read_list(&c);
        assert_true(rlp_read_u64(&list) == 1 && rlp_ok(&list));
        read_with(&list, cases[i].how);
        if (rlp_ok(&list) || error.position != 2 + cases[i].position || strcmp(error.rule, cases[i].rule) != 0) {
            fail_msg("case %zu: position %zu, rule %s", i, error.position, error.rule != NULL ? error.rule : "none");
        }
        free(exact);
    }
}

static void first_error_is_kept_and_stops_every_cursor(void **state) {
    (void)state;
    weft_bytes bytes = BYTES("\xc4\xc1\x00\x05\x06");
    rlp_error error;
    rlp_cursor c = rlp_open(bytes, &error), outer = rlp_read_list(&c), inner = rlp_read_list(&outer);
    assert_int_equal(rlp_read_u64(&inner), 0);
    assert_int_equal(error.position, 2);
    const char *rule = error.rule;
    uint8_t fixed[2] = {9, 9};
    rlp_read_fixed(&outer, fixed, 2);
    assert_int_equal(fixed[0] | fixed[1], 0);
    assert_int_equal(rlp_read_u64(&outer), 0);
    assert_int_equal(rlp_read_string(&outer).size, 0);
    assert_int_equal(rlp_read_raw(&outer).size, 0);
    assert_int_equal(rlp_count(&outer), 0);
    rlp_cursor none = rlp_read_list(&outer);
    assert_true(rlp_at_end(&none) && rlp_at_end(&outer) && !rlp_next_is_list(&outer));
    rlp_expect_end(&outer);
    rlp_fail(&outer, "later");
    assert_ptr_equal(error.rule, rule);
    assert_int_equal(error.position, 2);
}

static void callers_rule_points_at_the_last_byte_read(void **state) {
    (void)state;
    weft_bytes bytes = BYTES("\xc3\x05\x82\x01\x02");
    rlp_error error;
    rlp_cursor c = rlp_open(bytes, &error);
    rlp_fail(&c, "at the start");
    assert_int_equal(error.position, 0);
    c = rlp_open(bytes_of("\xc4\x05\x82\x01\x02", 5), &error);
    rlp_cursor list = rlp_read_list(&c);
    (void)rlp_read_u64(&list);
    (void)rlp_read_string(&list);
    rlp_fail(&list, "my rule");
    assert_int_equal(error.position, 4);
    assert_string_equal(error.rule, "my rule");
}

static void empty_input_needs_no_buffer(void **state) {
    (void)state;
    rlp_error error;
    rlp_cursor c = rlp_open((weft_bytes){NULL, 0}, &error);
    assert_true(rlp_at_end(&c) && rlp_count(&c) == 0 && rlp_ok(&c));
    (void)rlp_read_u256(&c);
    assert_int_equal(error.position, 0);
}

/* Reads everything below a cursor. Returns: the number of items. Depth is bounded by the size of the input, which
 * the mutation test keeps below 500 bytes. */
static size_t walk(rlp_cursor *c, test_random *random) {
    size_t count = 0;
    while (!rlp_at_end(c)) {
        size_t choice = random_below(random, 4);
        if (rlp_next_is_list(c)) {
            rlp_cursor list = rlp_read_list(c);
            count += walk(&list, random);
        } else if (choice == 0) {
            (void)rlp_read_u64(c);
        } else if (choice == 1) {
            (void)rlp_read_u256(c);
        } else {
            (void)rlp_read_string(c);
        }
        count++;
    }
    return count;
}

static size_t random_item(uint8_t *out, test_random *random, unsigned depth) {
    if (depth == 0 || random_below(random, 3) == 0) {
        uint8_t bytes[70];
        size_t size = random_below(random, depth == 0 ? 12 : sizeof bytes);
        memset(bytes, (int)random_below(random, 256), size);
        return (size_t)(rlp_write_string(out, bytes_of(bytes, size)) - out);
    }
    uint8_t payload[400];
    size_t size = 0;
    for (size_t i = random_below(random, 4); i > 0 && size < 100; i--) {
        size += random_item(payload + size, random, depth - 1);
    }
    uint8_t *end = rlp_write_list_header(out, size);
    memcpy(end, payload, size);
    return (size_t)(end - out) + size;
}

static void mutated_encodings_end_in_a_value_or_one_error(void **state) {
    (void)state;
    size_t refused = 0;
    for (uint64_t seed = 0; seed < MUTATIONS; seed++) {
        test_random random = {seed};
        uint8_t buffer[500];
        size_t size = random_item(buffer, &random, 3);
        for (size_t flips = 1 + seed % 3; flips > 0 && size > 0; flips--) {
            if (random_below(&random, 4) == 0) {
                size -= random_below(&random, size);
            } else {
                buffer[random_below(&random, size)] ^= (uint8_t)(1 << random_below(&random, 8));
            }
        }
        uint8_t *exact = malloc(size);
        assert_non_null(exact);
        memcpy(exact, buffer, size);
        rlp_error error;
        rlp_cursor c = rlp_open(bytes_of(exact, size), &error);
        size_t count = walk(&c, &random);
        if (count > size || error.position > size) {
            fail_msg("seed %llu: %zu items, error at %zu of %zu bytes", (unsigned long long)seed, count, error.position,
                     size);
        }
        refused += !rlp_ok(&c);
        free(exact);
    }
    assert_in_range(refused, MUTATIONS / 4, MUTATIONS - MUTATIONS / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_encode_as_published),
        cmocka_unit_test(integers_round_trip_at_every_width),
        cmocka_unit_test(headers_change_form_at_their_thresholds),
        cmocka_unit_test(nested_lists_are_walked),
        cmocka_unit_test(every_violation_is_refused_at_its_position),
        cmocka_unit_test(first_error_is_kept_and_stops_every_cursor),
        cmocka_unit_test(callers_rule_points_at_the_last_byte_read),
        cmocka_unit_test(empty_input_needs_no_buffer),
        cmocka_unit_test(mutated_encodings_end_in_a_value_or_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
