/* What engine_newPayload answers to parameters that are not its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tools/suite/networks.h"
#include "tools/suite/payload.h"

#define PARIS "\"blockNumber\":\"0x1\",\"timestamp\":\"0x1\""
#define SHANGHAI PARIS ",\"withdrawals\":[]"
#define CANCUN SHANGHAI ",\"blobGasUsed\":\"0x0\",\"excessBlobGas\":\"0x0\""
#define AMSTERDAM CANCUN ",\"blockAccessList\":\"0xc0\",\"slotNumber\":\"0x1\""
#define BLOBS ",[],\"0x0000000000000000000000000000000000000000000000000000000000000000\""

static void expect_code(const char *network, uint64_t version, const char *parameters, int expected) {
    weft_chain chain;
    json_document document;
    failure f = {.status = WEFT_OK};
    int code = 1;
    assert_true(network_chain(&chain, network));
    assert_int_equal(json_parse(&document, "parameters.json", parameters, strlen(parameters), &f), WEFT_OK);
    assert_true(payload_check_interface(&document, document.root, version, &chain, &code));
    json_free(&document);
    if (code != expected) {
        fail_msg("version %d on %s: %s: error %d, not %d", (int)version, network, parameters, code, expected);
    }
}

static void each_version_takes_the_payloads_of_its_forks(void **state) {
    (void)state;
    expect_code("Paris", 1, "[{" PARIS "}]", PAYLOAD_ACCEPTABLE);
    expect_code("Paris", 2, "[{" PARIS "}]", PAYLOAD_ACCEPTABLE);
    expect_code("Shanghai", 2, "[{" SHANGHAI "}]", PAYLOAD_ACCEPTABLE);
    expect_code("Cancun", 3, "[{" CANCUN "}" BLOBS "]", PAYLOAD_ACCEPTABLE);
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS ",[]]", PAYLOAD_ACCEPTABLE);
    expect_code("BPO2", 4, "[{" CANCUN "}" BLOBS ",[]]", PAYLOAD_ACCEPTABLE);
    expect_code("Amsterdam", 5, "[{" AMSTERDAM "}" BLOBS ",[]]", PAYLOAD_ACCEPTABLE);
}

static void a_field_too_few_or_too_many_is_an_invalid_parameter(void **state) {
    (void)state;
    expect_code("Paris", 1, "[{" SHANGHAI "}]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Paris", 2, "[{" SHANGHAI "}]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Shanghai", 2, "[{" PARIS "}]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Shanghai", 2, "[{" CANCUN "}]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Cancun", 3, "[{" SHANGHAI "}" BLOBS "]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Amsterdam", 5, "[{" CANCUN "}" BLOBS ",[]]", PAYLOAD_INVALID_PARAMETERS);
}

static void a_parameter_too_few_is_invalid(void **state) {
    (void)state;
    expect_code("Cancun", 3, "[{" CANCUN "}]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Cancun", 3, "[{" CANCUN "},[],null]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS "]", PAYLOAD_INVALID_PARAMETERS);
}

static void another_forks_version_is_unsupported(void **state) {
    (void)state;
    expect_code("Prague", 3, "[{" CANCUN "}" BLOBS "]", PAYLOAD_UNSUPPORTED_FORK);
    expect_code("Shanghai", 3, "[{" CANCUN "}" BLOBS "]", PAYLOAD_UNSUPPORTED_FORK);
    expect_code("Cancun", 4, "[{" CANCUN "}" BLOBS ",[]]", PAYLOAD_UNSUPPORTED_FORK);
    expect_code("Osaka", 5, "[{" AMSTERDAM "}" BLOBS ",[]]", PAYLOAD_UNSUPPORTED_FORK);
    expect_code("Shanghai", 1, "[{" PARIS "}]", PAYLOAD_UNSUPPORTED_FORK);
}

static void requests_have_data_and_ascend(void **state) {
    (void)state;
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS ",[\"0x00aa\",\"0x01bb\"]]", PAYLOAD_ACCEPTABLE);
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS ",[\"0x00\"]]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS ",[\"0x01aa\",\"0x00bb\"]]", PAYLOAD_INVALID_PARAMETERS);
    expect_code("Prague", 4, "[{" CANCUN "}" BLOBS ",[\"0x01aa\",\"0x01bb\"]]", PAYLOAD_INVALID_PARAMETERS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_takes_the_payloads_of_its_forks),
        cmocka_unit_test(a_field_too_few_or_too_many_is_an_invalid_parameter),
        cmocka_unit_test(a_parameter_too_few_is_invalid),
        cmocka_unit_test(another_forks_version_is_unsupported),
        cmocka_unit_test(requests_have_data_and_ascend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
