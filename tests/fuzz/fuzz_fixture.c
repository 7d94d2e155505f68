/* JSON as the tool reads it: official test fixtures of every kind, executed serially and by two workers, which must agree;
 * and genesis files. What is refused is refused with words that name the file. */
#include <strings.h>

#include "tests/fuzz/json_mutator.h"
#include "tools/genesis.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_run.h"

/* Transactions with more gas could loop for longer than a fuzzer has patience. */
enum { GAS_MAX = 2000000 };

static const char file_name[] = "input.json";

static void check_words(const failure *f, weft_status status) {
    FUZZ_CHECK(status == WEFT_DECODE, "status %d", (int)status);
    FUZZ_CHECK(f->status == status && strstr(f->message, file_name) != NULL, "refused without words: %s", f->message);
}

/* Whether some number that is called a gas limit is large. The gas of transactions in RLP is signed: it cannot be changed
 * without making them someone else's, who has no ether. */
static bool has_much_gas(const json_document *document, const json_value *value, bool is_gas) {
    uint64_t gas = 0;
    if (is_gas && value->first == NULL && (!json_value_u64(document, value, &gas) || gas > GAS_MAX)) {
        return true;
    }
    for (const json_value *v = json_first(value); v != NULL; v = v->next) {
        static const char *const keys[] = {"gasLimit", "gas", "currentGasLimit"};
        bool child_is_gas = is_gas;
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            child_is_gas |= v->key != NULL && strcasecmp(v->key, keys[i]) == 0;
        }
        if (has_much_gas(document, v, child_is_gas)) {
            return true;
        }
    }
    return false;
}

static void run_as_fixture(json_document *document) {
    static variant_engines engines = {.list = {.threads = {1, 2}, .count = 2}};
    const suite_config config = {.kinds = fixture_kinds, .kind_count = fixture_kind_count};
    fixture_results results = {.path = file_name};
    suite_run_document(&config, &engines, document, &results);
    FUZZ_CHECK(results.failure.status == WEFT_OK, "%s", results.failure.message);
    for (size_t i = 0; i < results.count; i++) {
        const fixture_case *c = &results.items[i].c;
        FUZZ_CHECK((c->passed == variants_all(&engines.list)) == (c->error[0] == '\0'), "%s: passed %x: %s", c->test,
                   c->passed, c->error);
        FUZZ_CHECK(engines.disagreement_count == 0, "%s: %s", c->test, c->error);
    }
    fixture_results_free(&results);
}

static void read_as_genesis(json_document *document) {
    genesis g;
    failure f = {.status = WEFT_OK};
    document->failure = &f;
    weft_status status = genesis_read(&g, document, &f);
    if (status == WEFT_OK) {
        genesis_free(&g);
    } else {
        check_words(&f, status);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_document document;
    failure f = {.status = WEFT_OK};
    weft_status status = json_parse(&document, file_name, (const char *)data, size, &f);
    if (status != WEFT_OK) {
        check_words(&f, status);
        return 0;
    }
    if (!has_much_gas(&document, document.root, false)) {
        run_as_fixture(&document);
    }
    read_as_genesis(&document);
    json_free(&document);
    return 0;
}

/* Most inputs stay JSON; an input is the work of several mutations. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    test_random random = {seed};
    return random_below(&random, 8) == 0 ? LLVMFuzzerMutate(data, size, size_max)
                                         : json_mutate(&random, data, size, size_max);
}
