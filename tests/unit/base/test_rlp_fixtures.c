/* RLPTests of the Ethereum Foundation, below $WEFT_DATA/misc: encodings of given values, and encodings that are valid or
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/rlp.h"

#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

enum { ENCODING_SIZE_MAX = 1 << 16 };

/* --- Writing the value that JSON holds */

static uint8_t *write_value(uint8_t *to, yajl_val value);

static uint8_t *write_list(uint8_t *to, yajl_val list) {
    static uint8_t scratch[ENCODING_SIZE_MAX];
    uint8_t *payload = to + 9; /* the longest header is before it; moved down when its size is known */
    uint8_t *end = payload;
    for (size_t i = 0; i < list->u.array.len; i++) {
        end = write_value(end, list->u.array.values[i]);
    }
    size_t size = (size_t)(end - payload);
    assert_true(size <= sizeof scratch);
    memcpy(scratch, payload, size);
    to = rlp_write_list_header(to, size);
    memcpy(to, scratch, size);
    return to + size;
}

/* A number of any size, big-endian without leading zeros; "#" marks one that JSON cannot hold. */
static uint8_t *write_number(uint8_t *to, const char *digits) {
    uint8_t bytes[256];
    size_t size = 0;
    mpz_t number;
    assert_int_equal(mpz_init_set_str(number, digits, 10), 0);
    mpz_export(bytes, &size, 1, 1, 1, 0, number);
    mpz_clear(number);
    return rlp_write_string(to, bytes_of(bytes, size));
}

static uint8_t *write_value(uint8_t *to, yajl_val value) {
    if (YAJL_IS_ARRAY(value)) {
        return write_list(to, value);
    }
    if (YAJL_IS_NUMBER(value)) {
        return write_number(to, YAJL_GET_NUMBER(value));
    }
    const char *text = YAJL_GET_STRING(value);
    assert_non_null(text);
    return text[0] == '#' ? write_number(to, text + 1) : rlp_write_string(to, bytes_of(text, strlen(text)));
}

/* --- Reading: every item, however deep */

static void read_items(rlp_cursor *c) {
    while (!rlp_at_end(c)) {
        if (rlp_next_is_list(c)) {
            rlp_cursor inside = rlp_read_list(c);
            read_items(&inside);
        } else {
            (void)rlp_read_string(c);
        }
    }
}

/* Whether the bytes are one item and nothing else. */
static bool is_one_item(weft_bytes encoding) {
    rlp_error error, inside;
    rlp_cursor c = rlp_open(encoding, &error);
    rlp_cursor item = rlp_open(rlp_read_raw(&c), &inside);
    rlp_expect_end(&c);
    if (!rlp_ok(&c)) {
        return false;
    }
    read_items(&item);
    return rlp_ok(&item);
}

/* --- The tests */

static weft_bytes decode_hex(uint8_t *bytes, const char *text) {
    size_t skipped = strncmp(text, "0x", 2) == 0 ? 2 : 0, digits = strlen(text + skipped);
    assert_true(digits / 2 <= ENCODING_SIZE_MAX);
    assert_true(hex_decode(bytes, digits / 2, text + skipped, digits));
    return bytes_of(bytes, digits / 2);
}

static void check_test(const char *name, yajl_val test) {
    static uint8_t expected_bytes[ENCODING_SIZE_MAX], found[ENCODING_SIZE_MAX];
    const char *in_path[] = {"in", NULL}, *out_path[] = {"out", NULL};
    yajl_val in = yajl_tree_get(test, in_path, yajl_t_any);
    weft_bytes expected = decode_hex(expected_bytes, YAJL_GET_STRING(yajl_tree_get(test, out_path, yajl_t_string)));
    const char *word = YAJL_IS_STRING(in) ? YAJL_GET_STRING(in) : "";
    bool is_invalid = strcmp(word, "INVALID") == 0;
    if (is_one_item(expected) == is_invalid) {
        fail_msg("%s: taken for %s", name, is_invalid ? "valid" : "invalid");
    }
    if (is_invalid || strcmp(word, "VALID") == 0) {
        return;
    }
    /* A tree of yajl's ends a text at its first zero byte: of this one nothing is left. */
    bool is_zero_byte = strcmp(name, "bytestring00") == 0;
    uint8_t *end = is_zero_byte ? rlp_write_string(found, bytes_of("", 1)) : write_value(found, in);
    if (!bytes_equal(bytes_of(found, (size_t)(end - found)), expected)) {
        fail_msg("%s: encoded otherwise", name);
    }
}

static size_t check_file(const char *root, const char *name) {
    static char text[1 << 20];
    char path[4096], words[256];
    (void)snprintf(path, sizeof path, "%s/misc/ethereum-tests/RLPTests/%s", root, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("%s: cannot be opened", path);
    }
    size_t size = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[size] = '\0';
    yajl_val tests = yajl_tree_parse(text, words, sizeof words);
    if (!YAJL_IS_OBJECT(tests)) {
        fail_msg("%s: %s", path, words);
    }
    for (size_t i = 0; i < tests->u.object.len; i++) {
        check_test(tests->u.object.keys[i], tests->u.object.values[i]);
    }
    size_t count = tests->u.object.len;
    yajl_tree_free(tests);
    return count;
}

static void encodings_are_the_official_ones(void **state) {
    (void)state;
    const char *root = getenv("WEFT_DATA");
    if (root == NULL || root[0] == '\0') {
        print_message("WEFT_DATA is not set: skipped\n");
        skip();
    }
    size_t count = check_file(root, "rlptest.json") + check_file(root, "invalidRLPTest.json") +
                   check_file(root, "RandomRLPTests/example.json");
    print_message("%zu encodings\n", count);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(encodings_are_the_official_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
