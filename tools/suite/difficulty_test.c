/* Difficulty tests: what a proof-of-work header must state, from its parent's time, difficulty and ommers. A test is
 * {fork: {case: …}}; the older files hold cases directly, and their fork is in the file's name. */
#include <stdio.h>
#include <string.h>

#include <weft/block.h>

#include "tools/hex.h"
#include "tools/number.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/networks.h"

/* keccak256 of an empty RLP list: a parent without ommers. */
static const weft_bytes32 no_ommers = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                        0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                        0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

/* A parent below the least difficulty there is (the "Custom" files) is on no chain: what follows it is no case. */
static bool is_case(const json_value *value) {
    static const uint64_t difficulty_min = 131072;
    const json_value *parent = json_get(value, "parentDifficulty");
    weft_u256 difficulty;
    return value->key != NULL && parent != NULL && json_get(value, "currentDifficulty") != NULL &&
           parent->kind == JSON_STRING && hex_parse_number(&difficulty, parent->text, parent->size) &&
           !number_fits(&difficulty, difficulty_min - 1);
}

/* "0x00" and the hash of an empty list say that there are none; so does silence. */
static bool read_ommers(const json_document *document, const json_value *value, weft_bytes32 *ommers_hash) {
    static const weft_bytes32 zero;
    const json_value *ommers = json_get(value, "parentUncles");
    *ommers_hash = no_ommers;
    if (ommers != NULL && !json_value_padded32(document, ommers, ommers_hash)) {
        return false;
    }
    if (memcmp(ommers_hash, &zero, sizeof zero) == 0) {
        *ommers_hash = no_ommers;
    }
    return true;
}

/* Ropsten, the test network of 2016 to 2022, as far as it matters to the bomb. */
static void make_ropsten(weft_chain *chain) {
    (void)network_chain(chain, "Homestead");
    chain->activation_block[WEFT_BYZANTIUM] = 1700000;
    chain->activation_block[WEFT_CONSTANTINOPLE] = 4230000;
    chain->muir_glacier_block = 7117117;
}

/* The chain of an older file, which its name tells: difficultyByzantium.json, difficultyEIP2384_random.json,
 * difficultyMainNetwork.json, difficulty.json. */
static void chain_of_file(weft_chain *chain, const char **fork, const char *path) {
    static const struct {
        const char *word, *fork;
    } words[] = {{"Frontier", "Frontier"},
                 {"Homestead", "Homestead"},
                 {"Byzantium", "Byzantium"},
                 {"Constantinople", "Constantinople"},
                 {"EIP2384", "MuirGlacier"}};
    const char *name = file_base_name(path);
    *fork = "mainnet";
    *chain = *weft_chain_mainnet();
    if (strstr(name, "Ropsten") != NULL) {
        *fork = "Ropsten";
        make_ropsten(chain);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(name, words[i].word) != NULL && network_chain(chain, words[i].fork)) {
            *fork = words[i].fork;
        }
    }
}

static bool run_case(fixture_run *run, const json_value *value, const weft_chain *chain, const char *fork) {
    const json_document *document = run->document;
    weft_header header = {.field_count = 15}, parent = {.field_count = 15};
    weft_u256 expected = {{0}};
    char error[256] = "";
    if (!json_u64(document, value, "parentTimestamp", &parent.timestamp) ||
        !json_u256(document, value, "parentDifficulty", &parent.difficulty) ||
        !read_ommers(document, value, &parent.ommers_hash) ||
        !json_u64(document, value, "currentTimestamp", &header.timestamp) ||
        !json_u64(document, value, "currentBlockNumber", &header.number) ||
        !json_u256(document, value, "currentDifficulty", &expected)) {
        return false;
    }
    parent.number = header.number - 1;
    weft_header_derive(&header, &parent, chain, weft_chain_fork(chain, header.number, header.timestamp, false));
    if (memcmp(&expected, &header.difficulty, sizeof expected) != 0) {
        char found_text[HEX_DECIMAL_TEXT_SIZE], expected_text[HEX_DECIMAL_TEXT_SIZE];
        (void)snprintf(error, sizeof error, "difficulty is %s, expected %s",
                       hex_format_decimal(found_text, &header.difficulty),
                       hex_format_decimal(expected_text, &expected));
    }
    const fixture_case c = {.test = value->key,
                            .fork = fork,
                            .passed = error[0] == '\0' ? variants_all(&run->engines->list) : 0,
                            .error = error};
    return fixture_report(run, &c);
}

static bool run_fork(fixture_run *fixture, const json_value *fork, size_t *index) {
    weft_chain chain;
    for (const json_value *value = json_first(fork); value != NULL; value = value->next) {
        if (!is_case(value) || !fixture_wants(fixture, fork->key, (*index)++)) {
            continue;
        }
        if (!network_chain(&chain, fork->key)) {
            return json_refuse(fixture->document, fork, "weft does not know the fork");
        }
        if (!run_case(fixture, value, &chain, fork->key)) {
            return false;
        }
    }
    return true;
}

static bool run(fixture_run *fixture, const json_value *test) {
    size_t index = 0;
    bool goes_on = true;
    if (is_case(test)) {
        weft_chain chain;
        const char *fork;
        chain_of_file(&chain, &fork, fixture->document->name);
        return !fixture_wants(fixture, fork, 0) || run_case(fixture, test, &chain, fork);
    }
    for (const json_value *fork = json_first(test); fork != NULL && goes_on; fork = fork->next) {
        goes_on = run_fork(fixture, fork, &index);
    }
    return goes_on;
}

static bool recognises(const json_value *test) {
    bool found = is_case(test);
    for (const json_value *fork = json_first(test); fork != NULL && !found; fork = fork->next) {
        found = fork->first != NULL && is_case(fork->first);
    }
    return found;
}

static size_t count(const json_value *test) {
    size_t cases = is_case(test);
    for (const json_value *fork = json_first(test); fork != NULL; fork = fork->next) {
        for (const json_value *value = json_first(fork); value != NULL; value = value->next) {
            cases += is_case(value);
        }
    }
    return cases;
}

const fixture_kind difficulty_test_kind = {
    .name = "difficulty", .is_judged_once = true, .recognises = recognises, .count = count, .run = run};
