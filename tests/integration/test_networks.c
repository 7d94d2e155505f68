/* The rules of the networks that fixtures name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tools/suite/networks.h"

static weft_chain chain_of(const char *name) {
    weft_chain chain;
    assert_true(network_chain(&chain, name));
    return chain;
}

static void assert_fork(const weft_chain *chain, uint64_t number, uint64_t timestamp, bool is_stake, weft_fork fork) {
    assert_string_equal(weft_fork_name(weft_chain_fork(chain, number, timestamp, is_stake)), weft_fork_name(fork));
}

static void a_plain_name_is_one_fork_from_the_first_block_on(void **state) {
    (void)state;
    static const struct {
        const char *name;
        weft_fork fork;
    } plain[] = {{"Frontier", WEFT_FRONTIER},
                 {"Homestead", WEFT_HOMESTEAD},
                 {"EIP150", WEFT_TANGERINE_WHISTLE},
                 {"EIP158", WEFT_SPURIOUS_DRAGON},
                 {"SpuriousDragon", WEFT_SPURIOUS_DRAGON},
                 {"ConstantinopleFix", WEFT_PETERSBURG},
                 {"Petersburg", WEFT_PETERSBURG},
                 {"MuirGlacier", WEFT_ISTANBUL},
                 {"London", WEFT_LONDON},
                 {"Merge", WEFT_PARIS},
                 {"Paris", WEFT_PARIS},
                 {"Cancun", WEFT_CANCUN},
                 {"Osaka", WEFT_OSAKA},
                 {"BPO2", WEFT_OSAKA},
                 {"Amsterdam", WEFT_AMSTERDAM}};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        weft_chain chain = chain_of(plain[i].name);
        bool is_stake = plain[i].fork >= WEFT_PARIS;
        assert_fork(&chain, 0, 0, is_stake, plain[i].fork);
        assert_fork(&chain, 1000000, 1000000, is_stake, plain[i].fork);
        assert_int_equal(chain.chain_id, 1);
    }
}

static void a_transition_happens_where_its_name_says(void **state) {
    (void)state;
    weft_chain chain = chain_of("BerlinToLondonAt5");
    assert_fork(&chain, 4, 1000, false, WEFT_BERLIN);
    assert_fork(&chain, 5, 1000, false, WEFT_LONDON);
    chain = chain_of("ParisToShanghaiAtTime15k");
    assert_fork(&chain, 9, 14999, true, WEFT_PARIS);
    assert_fork(&chain, 9, 15000, true, WEFT_SHANGHAI);
    chain = chain_of("HomesteadToDaoAt5");
    assert_int_equal(chain.dao_fork_block, 5);
    assert_fork(&chain, 5, 1000, false, WEFT_HOMESTEAD);
    chain = chain_of("ByzantiumToConstantinopleFixAt5");
    assert_fork(&chain, 4, 1000, false, WEFT_BYZANTIUM);
    assert_fork(&chain, 5, 1000, false, WEFT_PETERSBURG);
}

static void proof_of_stake_may_wait_for_a_total_difficulty(void **state) {
    (void)state;
    weft_chain chain = chain_of("ArrowGlacierToParisAtDiffC0000");
    assert_true(chain.paris_by_difficulty);
    assert_int_equal(chain.terminal_total_difficulty.limb[0], 0xc0000);
    assert_fork(&chain, 1, 1000, false, WEFT_LONDON);
    assert_fork(&chain, 1, 1000, true, WEFT_PARIS);
}

static void blob_parameters_change_with_the_transition(void **state) {
    (void)state;
    weft_chain chain = chain_of("CancunToPragueAtTime15k");
    assert_int_equal(chain.blob_schedule_count, 2);
    assert_int_equal(chain.blob_schedule[0].activation_time, 0);
    assert_int_equal(chain.blob_schedule[0].max, 6);
    assert_int_equal(chain.blob_schedule[1].activation_time, 15000);
    assert_int_equal(chain.blob_schedule[1].max, 9);
    chain = chain_of("BPO1ToBPO2AtTime15k");
    assert_int_equal(chain.blob_schedule[chain.blob_schedule_count - 1].activation_time, 15000);
    assert_int_equal(chain.blob_schedule[chain.blob_schedule_count - 1].max, 21);
}

static void unknown_names_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {"",
                                        "cancun",
                                        "Cancunn",
                                        "DaoToHomesteadAt5",
                                        "Dao",
                                        "BerlinToLondonAt",
                                        "BerlinToLondonAtTime",
                                        "BerlinToLondonAt5x",
                                        "BerlinToNowhereAt5",
                                        "NowhereToLondonAt5",
                                        "BerlinToAt5",
                                        "ToAt"};
    weft_chain chain;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (network_chain(&chain, names[i])) {
            fail_msg("'%s' is taken for a network", names[i]);
        }
    }
}

/* Configure `chain` by the JSON text. */
static bool configure(weft_chain *chain, const char *network, const char *text, failure *f) {
    json_document document;
    *chain = chain_of(network);
    assert_int_equal(json_parse(&document, "config.json", text, strlen(text), f), WEFT_OK);
    bool is_configured = network_configure(chain, network, &document, document.root);
    json_free(&document);
    return is_configured;
}

static void a_fixture_overrides_chain_id_and_blobs(void **state) {
    (void)state;
    weft_chain chain;
    failure f;
    assert_true(configure(&chain, "Prague",
                          "{\"chainid\":\"0x2a\",\"blobSchedule\":{"
                          "\"Cancun\":{\"target\":\"0x1\",\"max\":\"0x2\",\"baseFeeUpdateFraction\":\"0x3\"},"
                          "\"Prague\":{\"target\":\"0x4\",\"max\":\"0x5\",\"baseFeeUpdateFraction\":\"0x6\"}}}",
                          &f));
    assert_int_equal(chain.chain_id, 42);
    assert_int_equal(chain.blob_schedule[chain.blob_schedule_count - 1].target, 4);
    assert_int_equal(chain.blob_schedule[chain.blob_schedule_count - 1].max, 5);
    assert_int_equal(chain.blob_schedule[chain.blob_schedule_count - 1].base_fee_update_fraction, 6);
}

static void a_blob_schedule_that_divides_by_zero_is_refused(void **state) {
    (void)state;
    weft_chain chain;
    failure f = {.status = WEFT_OK};
    assert_false(configure(&chain, "Cancun",
                           "{\"blobSchedule\":{\"Cancun\":{\"target\":\"0x1\",\"max\":\"0x2\","
                           "\"baseFeeUpdateFraction\":\"0x0\"}}}",
                           &f));
    assert_non_null(strstr(f.message, "baseFeeUpdateFraction must be above 0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_name_is_one_fork_from_the_first_block_on),
        cmocka_unit_test(a_transition_happens_where_its_name_says),
        cmocka_unit_test(proof_of_stake_may_wait_for_a_total_difficulty),
        cmocka_unit_test(blob_parameters_change_with_the_transition),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(a_fixture_overrides_chain_id_and_blobs),
        cmocka_unit_test(a_blob_schedule_that_divides_by_zero_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
