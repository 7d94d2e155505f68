/* Every precompile against the vectors of other implementations and of the EIPs, below $WEFT_DATA/precompiles: results,
 * failures and gas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "crypto/keccak.h"
#include "crypto/sha256.h"
#include "engine/precompiles.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <yajl_tree.h>

typedef struct vector_files {
    const char *pattern;
    uint16_t address;
    weft_fork fork;
    bool ignores_gas; /* the files have the price of a draft */
} vector_files;

static const vector_files all_files[] = {
    {"geth/precompiles/ecRecover.json", 0x01, WEFT_FRONTIER, false},
    {"nimbus/ecrecover.json", 0x01, WEFT_BYZANTIUM, false},
    {"nimbus/sha256.json", 0x02, WEFT_BYZANTIUM, false},
    {"nimbus/ripemd160.json", 0x03, WEFT_BYZANTIUM, false},
    {"nimbus/identity.json", 0x04, WEFT_BYZANTIUM, false},
    {"geth/precompiles/modexp.json", 0x05, WEFT_BYZANTIUM, false},
    {"nimbus/modexp.json", 0x05, WEFT_BYZANTIUM, false},
    {"geth/precompiles/modexp_eip2565.json", 0x05, WEFT_BERLIN, false},
    {"nimbus/modexp_eip2565.json", 0x05, WEFT_BERLIN, false},
    {"geth/precompiles/modexp_eip7883.json", 0x05, WEFT_OSAKA, false},
    {"nimbus/modexp_eip7883.json", 0x05, WEFT_OSAKA, false},
    {"geth/precompiles/bn256Add.json", 0x06, WEFT_ISTANBUL, false},
    {"nimbus/bn256Add.json", 0x06, WEFT_BYZANTIUM, false},
    {"nimbus/bn256Add_istanbul.json", 0x06, WEFT_ISTANBUL, false},
    {"geth/precompiles/bn256ScalarMul.json", 0x07, WEFT_ISTANBUL, false},
    {"nimbus/bn256mul.json", 0x07, WEFT_BYZANTIUM, false},
    {"nimbus/bn256mul_istanbul.json", 0x07, WEFT_ISTANBUL, false},
    {"geth/precompiles/bn256Pairing.json", 0x08, WEFT_ISTANBUL, false},
    {"nimbus/pairing.json", 0x08, WEFT_BYZANTIUM, false},
    {"nimbus/pairing_istanbul.json", 0x08, WEFT_ISTANBUL, false},
    {"geth/precompiles/fail-blake2f.json", 0x09, WEFT_ISTANBUL, false},
    {"geth/precompiles/blake2F.json", 0x09, WEFT_ISTANBUL, false},
    {"nimbus/blake2F.json", 0x09, WEFT_ISTANBUL, false},
    {"geth/precompiles/pointEvaluation.json", 0x0a, WEFT_CANCUN, false},
    {"geth/precompiles/*blsG1Add.json", 0x0b, WEFT_PRAGUE, false},
    {"nimbus/blsG1Add.json", 0x0b, WEFT_PRAGUE, false},
    {"nimbus/eest/*add_G1_bls.json", 0x0b, WEFT_PRAGUE, false},
    {"eip-2537/*add_G1_bls.json", 0x0b, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsG1Mul*.json", 0x0c, WEFT_PRAGUE, false},
    {"nimbus/blsG1MultiExp.json", 0x0c, WEFT_PRAGUE, false},
    {"nimbus/eest/*m[su][ml]_G1_bls.json", 0x0c, WEFT_PRAGUE, false},
    {"eip-2537/*m[su][ml]_G1_bls.json", 0x0c, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsG2Add.json", 0x0d, WEFT_PRAGUE, false},
    {"nimbus/blsG2Add.json", 0x0d, WEFT_PRAGUE, false},
    {"nimbus/eest/*add_G2_bls.json", 0x0d, WEFT_PRAGUE, false},
    {"eip-2537/*add_G2_bls.json", 0x0d, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsG2Mul*.json", 0x0e, WEFT_PRAGUE, false},
    {"nimbus/blsG2MultiExp.json", 0x0e, WEFT_PRAGUE, false},
    {"nimbus/eest/*m[su][ml]_G2_bls.json", 0x0e, WEFT_PRAGUE, false},
    {"eip-2537/*m[su][ml]_G2_bls.json", 0x0e, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsPairing.json", 0x0f, WEFT_PRAGUE, false},
    {"nimbus/blsPairing.json", 0x0f, WEFT_PRAGUE, false},
    {"nimbus/eest/*pairing_check_bls.json", 0x0f, WEFT_PRAGUE, false},
    {"eip-2537/*pairing_check_bls.json", 0x0f, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsMapG1.json", 0x10, WEFT_PRAGUE, false},
    {"nimbus/blsMapG1.json", 0x10, WEFT_PRAGUE, false},
    {"nimbus/eest/*map_fp_to_G1_bls.json", 0x10, WEFT_PRAGUE, false},
    {"eip-2537/*map_fp_to_G1_bls.json", 0x10, WEFT_PRAGUE, false},
    {"geth/precompiles/*blsMapG2.json", 0x11, WEFT_PRAGUE, false},
    {"nimbus/blsMapG2.json", 0x11, WEFT_PRAGUE, false},
    {"nimbus/eest/*map_fp2_to_G2_bls.json", 0x11, WEFT_PRAGUE, false},
    {"eip-2537/*map_fp2_to_G2_bls.json", 0x11, WEFT_PRAGUE, false},
    {"geth/precompiles/p256Verify.json", 0x100, WEFT_OSAKA, false},
    {"nimbus/P256Verify.json", 0x100, WEFT_OSAKA, false},
    {"eip-7951/test-vectors.json", 0x100, WEFT_OSAKA, true},
};

static unsigned vector_count[0x101];

static const char *data_root(void) {
    const char *root = getenv("WEFT_DATA");
    if (root == NULL || root[0] == '\0') {
        print_message("WEFT_DATA is not set: skipped\n");
        skip();
        return "";
    }
    return root;
}

/* A whole file, terminated; to be freed. */
static char *text_of(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    text[size] = '\0';
    fclose(file);
    return text;
}

static yajl_val json_of(const char *path) {
    char *text = text_of(path);
    char error[256];
    yajl_val json = yajl_tree_parse(text, error, sizeof error);
    if (json == NULL) {
        fail_msg("%s: %s", path, error);
    }
    free(text);
    return json;
}

static yajl_val field(yajl_val object, const char *name) {
    return yajl_tree_get(object, (const char *[]){name, NULL}, yajl_t_any);
}

/* The bytes of a string of hexadecimal digits; to be freed. */
static buffer bytes_field(yajl_val object, const char *name) {
    const char *text = YAJL_GET_STRING(field(object, name));
    assert_non_null(text);
    size_t digits = strlen(text);
    buffer b = {0};
    assert_true(buffer_reserve(&b, digits / 2 + 1));
    b.size = digits / 2;
    if (!hex_decode(b.bytes, b.size, text, digits)) {
        fail_msg("%s is not hexadecimal: %.80s", name, text);
    }
    return b;
}

static const precompile *precompile_at(uint16_t number, weft_fork fork) {
    weft_address address = {{[18] = (uint8_t)(number >> 8), [19] = (uint8_t)number}};
    const precompile *p = precompile_find(fork, &address);
    assert_non_null(p);
    vector_count[number]++;
    return p;
}

/* CRYPTO_INVALID also when no gas suffices. */
static crypto_result run(const precompile *p, weft_fork fork, const buffer *input, buffer *output) {
    weft_bytes bytes = {input->bytes, input->size};
    bool is_payable = precompile_gas(p, fork_rules_of(fork), bytes) != UINT64_MAX;
    return is_payable ? precompile_run(p, bytes, output) : CRYPTO_INVALID;
}

static void check_vector(const char *path, const vector_files *files, yajl_val vector) {
    const char *name = YAJL_GET_STRING(field(vector, "Name"));
    const precompile *p = precompile_at(files->address, files->fork);
    buffer input = bytes_field(vector, "Input"), output = {0};
    crypto_result result = run(p, files->fork, &input, &output);
    if (result == CRYPTO_UNSUPPORTED) {
        print_message("built without the library for %s: not checked\n", path);
    } else if (field(vector, "ExpectedError") != NULL) {
        if (result != CRYPTO_INVALID) {
            fail_msg("%s: %s succeeded", path, name);
        }
    } else {
        buffer expected = bytes_field(vector, "Expected");
        if (result != CRYPTO_OK || output.size != expected.size ||
            (output.size != 0 && memcmp(output.bytes, expected.bytes, output.size) != 0)) {
            fail_msg("%s: %s has another result", path, name);
        }
        uint64_t gas = precompile_gas(p, fork_rules_of(files->fork), (weft_bytes){input.bytes, input.size});
        if (!files->ignores_gas && gas != (uint64_t)YAJL_GET_INTEGER(field(vector, "Gas"))) {
            fail_msg("%s: %s costs %lu gas", path, name, (unsigned long)gas);
        }
        buffer_free(&expected);
    }
    buffer_free(&input);
    buffer_free(&output);
}

static void check_file(const char *path, const vector_files *files) {
    yajl_val json = json_of(path);
    yajl_val list = YAJL_IS_OBJECT(json) ? field(json, "data") : json;
    assert_true(YAJL_IS_ARRAY(list));
    for (size_t i = 0; i < YAJL_GET_ARRAY(list)->len; i++) {
        check_vector(path, files, YAJL_GET_ARRAY(list)->values[i]);
    }
    yajl_tree_free(json);
}

static void agrees_with_the_vectors_of_other_clients(void **state) {
    (void)state;
    const char *root = data_root();
    for (size_t i = 0; i < sizeof all_files / sizeof all_files[0]; i++) {
        char pattern[512];
        (void)snprintf(pattern, sizeof pattern, "%s/precompiles/%s", root, all_files[i].pattern);
        glob_t found;
        if (glob(pattern, 0, NULL, &found) != 0) {
            fail_msg("no file matches %s", pattern);
        }
        for (size_t j = 0; j < found.gl_pathc; j++) {
            check_file(found.gl_pathv[j], &all_files[i]);
        }
        globfree(&found);
    }
    for (unsigned i = 0; i < sizeof vector_count / sizeof vector_count[0]; i++) {
        if (vector_count[i] != 0) {
            print_message("precompile 0x%02x: %u vectors\n", i, vector_count[i]);
        }
    }
}

/* The bytes that follow `name: '0x` in a YAML text. Returns: false unless there are exactly `size`. */
static bool yaml_bytes(uint8_t *bytes, size_t size, const char *text, const char *name) {
    const char *value = strstr(text, name);
    assert_non_null(value);
    value = strchr(value, '\'');
    assert_non_null(value);
    const char *end = strchr(value + 1, '\'');
    assert_non_null(end);
    return hex_decode(bytes, size, value + 1, (size_t)(end - value - 1));
}

static void point_evaluation_agrees_with_c_kzg(void **state) {
    (void)state;
    char pattern[512];
    (void)snprintf(pattern, sizeof pattern, "%s/precompiles/c-kzg-4844/verify_kzg_proof/*/*/data.yaml", data_root());
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    unsigned count = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char *text = text_of(found.gl_pathv[i]);
        uint8_t bytes[192];
        buffer input = {.bytes = bytes, .size = sizeof bytes}, output = {0};
        bool has_sizes = yaml_bytes(bytes + 32, 32, text, "z:") && yaml_bytes(bytes + 64, 32, text, "y:") &&
                         yaml_bytes(bytes + 96, 48, text, "commitment:") && yaml_bytes(bytes + 144, 48, text, "proof:");
        sha256(bytes, bytes + 96, 48);
        bytes[0] = 0x01;
        crypto_result result = run(precompile_at(0x0a, WEFT_CANCUN), WEFT_CANCUN, &input, &output);
        bool is_valid = strstr(text, "output: true") != NULL;
        if (has_sizes && result != CRYPTO_UNSUPPORTED) {
            if (result != (is_valid ? CRYPTO_OK : CRYPTO_INVALID)) {
                fail_msg("%s: result %d", found.gl_pathv[i], (int)result);
            }
            count++;
        }
        buffer_free(&output);
        free(text);
    }
    print_message("%u of %zu cases apply\n", count, found.gl_pathc);
    globfree(&found);
}

/* Ask the precompile whether the key signed the hash. Both are 64 bytes: r and s; x and y. */
typedef bool signature_check(const uint8_t hash[32], const uint8_t signature[64], const uint8_t key[64]);

static bool p256_accepts(const uint8_t hash[32], const uint8_t signature[64], const uint8_t key[64]) {
    uint8_t bytes[160];
    memcpy(bytes, hash, 32);
    memcpy(bytes + 32, signature, 64);
    memcpy(bytes + 96, key, 64);
    buffer input = {.bytes = bytes, .size = sizeof bytes}, output = {0};
    assert_int_equal(run(precompile_at(0x100, WEFT_OSAKA), WEFT_OSAKA, &input, &output), CRYPTO_OK);
    bool accepted = output.size == 32 && output.bytes[31] == 1;
    buffer_free(&output);
    return accepted;
}

/* ECRECOVER says who signed: with the right parity it must be the key's address. */
static bool ecrecover_accepts(const uint8_t hash[32], const uint8_t signature[64], const uint8_t key[64]) {
    weft_bytes32 key_hash = keccak256(key, 64);
    uint8_t bytes[128] = {0};
    memcpy(bytes, hash, 32);
    memcpy(bytes + 64, signature, 64);
    bool accepted = false;
    for (uint8_t v = 27; v <= 28; v++) {
        bytes[63] = v;
        buffer input = {.bytes = bytes, .size = sizeof bytes}, output = {0};
        assert_int_equal(run(precompile_at(0x01, WEFT_FRONTIER), WEFT_FRONTIER, &input, &output), CRYPTO_OK);
        accepted |= output.size == 32 && memcmp(output.bytes + 12, key_hash.bytes + 12, 20) == 0;
        buffer_free(&output);
    }
    return accepted;
}

/* An r this small may stand for a point with x = n + r, which v has no way to ask ECRECOVER for. */
static bool is_ambiguous(const uint8_t signature[64]) {
    static const uint8_t zeros[15];
    return memcmp(signature, zeros, sizeof zeros) == 0;
}

static unsigned check_wycheproof_group(const char *path, yajl_val group, signature_check *accepts) {
    buffer key = bytes_field(field(group, "publicKey"), "uncompressed");
    assert_int_equal(key.size, 65);
    yajl_val tests = field(group, "tests");
    unsigned count = 0;
    for (size_t i = 0; i < YAJL_GET_ARRAY(tests)->len; i++) {
        yajl_val test = YAJL_GET_ARRAY(tests)->values[i];
        buffer message = bytes_field(test, "msg"), signature = bytes_field(test, "sig");
        const char *verdict = YAJL_GET_STRING(field(test, "result"));
        bool is_valid = verdict != NULL && strcmp(verdict, "valid") == 0;
        if (signature.size == 64 && !(accepts == ecrecover_accepts && is_ambiguous(signature.bytes))) {
            uint8_t hash[32];
            sha256(hash, message.bytes, message.size);
            if (accepts(hash, signature.bytes, key.bytes + 1) != is_valid) {
                fail_msg("%s: %s", path, YAJL_GET_STRING(field(test, "comment")));
            }
            count++;
        }
        buffer_free(&message);
        buffer_free(&signature);
    }
    buffer_free(&key);
    return count;
}

static void signatures_agree_with_wycheproof(void **state) {
    (void)state;
    static const struct {
        const char *file;
        signature_check *accepts;
    } files[] = {{"ecdsa_secp256r1_sha256_p1363_test.json", p256_accepts},
                 {"ecdsa_secp256k1_sha256_p1363_test.json", ecrecover_accepts}};
    const char *root = data_root();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/precompiles/wycheproof/%s", root, files[i].file);
        yajl_val json = json_of(path);
        yajl_val groups = field(json, "testGroups");
        unsigned count = 0;
        for (size_t j = 0; j < YAJL_GET_ARRAY(groups)->len; j++) {
            count += check_wycheproof_group(path, YAJL_GET_ARRAY(groups)->values[j], files[i].accepts);
        }
        print_message("%s: %u signatures\n", files[i].file, count);
        yajl_tree_free(json);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_vectors_of_other_clients),
        cmocka_unit_test(point_evaluation_agrees_with_c_kzg),
        cmocka_unit_test(signatures_agree_with_wycheproof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
