/* Difficulty tests: what a proof-of-work header must state, from its parent's time, difficulty and ommers. A test is
 * {fork: {case: …}}; the older files hold cases directly, and their fork is in the file's name. */
#include <stdio.h>
#include <string.h>

#include <weft/block.h>

#include "tools/hex.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/networks.h"

/* keccak256 of an empty RLP list: a parent without ommers. */
static const weft_bytes32 no_ommers = {{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                        0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                        0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};

static bool is_case(const json_value *value) {
    return json_get(value, "parentDifficulty") != NULL && json_get(value, "currentDifficulty") != NULL;
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

static bool run_case(fixture_run *run, const json_value *value, const char *fork) {
    const json_document *document = run->document;
    weft_header header = {.field_count = 15}, parent = {.field_count = 15};
    weft_u256 expected = {{0}};
    weft_chain chain;
    char error[256] = "";
    if (!network_chain(&chain, fork)) {
        return json_refuse(document, value, "weft does not know the fork %s", fork);
    }
    if (!json_u64(document, value, "parentTimestamp", &parent.timestamp) ||
        !json_u256(document, value, "parentDifficulty", &parent.difficulty) ||
        !read_ommers(document, value, &parent.ommers_hash) ||
        !json_u64(document, value, "currentTimestamp", &header.timestamp) ||
        !json_u64(document, value, "currentBlockNumber", &header.number) ||
        !json_u256(document, value, "currentDifficulty", &expected)) {
        return false;
    }
    parent.number = header.number - 1;
    weft_header_derive(&header, &parent, &chain, weft_chain_fork(&chain, header.number, header.timestamp, false));
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

/* The network whose name ends the file's: difficultyByzantium.json, difficultyEIP2384_random.json. */
static const char *fork_of_file(const char *path) {
    static const struct {
        const char *word, *fork;
    } words[] = {{"Frontier", "Frontier"},
                 {"Homestead", "Homestead"},
                 {"Byzantium", "Byzantium"},
                 {"Constantinople", "Constantinople"},
                 {"EIP2384", "MuirGlacier"}};
    const char *name = file_base_name(path);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(name, words[i].word) != NULL) {
            return words[i].fork;
        }
    }
    return "";
}

static bool run(fixture_run *fixture, const json_value *test) {
    size_t index = 0;
    if (is_case(test)) {
        return run_case(fixture, test, fork_of_file(fixture->document->name));
    }
    for (const json_value *fork = json_first(test); fork != NULL; fork = fork->next) {
        for (const json_value *value = json_first(fork); value != NULL; value = value->next) {
            if (is_case(value) && fixture_wants(fixture, fork->key, index++) && !run_case(fixture, value, fork->key)) {
                return false;
            }
        }
    }
    return true;
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
