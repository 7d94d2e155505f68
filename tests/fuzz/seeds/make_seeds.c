/* Write the seed corpus anew: the same bytes every time.
 *
 *   fuzz_make_seeds CORPUS_FOLDER
 */
#include <errno.h>
#include <sys/stat.h>

#include "tests/fuzz/evm_generator.h"
#include "tests/fuzz/program_generator.h"
#include "tests/fuzz/scenes.h"
#include "tests/fuzz/seeds/sample_block.h"
#include "tests/fuzz/seeds/seeds.h"

enum { EVM_SEED_COUNT = 2 * WEFT_FORK_COUNT, INTERPRETER_SEED_COUNT = 2 * WEFT_FORK_COUNT };

void seed_write(const char *corpus, const char *target, const char *name, weft_bytes bytes) {
    char path[1024];
    int size = snprintf(path, sizeof path, "%s/%s", corpus, target);
    SEED_NEED(size > 0 && (size_t)size < sizeof path);
    SEED_NEED(mkdir(path, 0777) == 0 || errno == EEXIST);
    size = snprintf(path, sizeof path, "%s/%s/%s", corpus, target, name);
    SEED_NEED(size > 0 && (size_t)size < sizeof path);
    FILE *file = fopen(path, "wb");
    SEED_NEED(file != NULL && (bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, file) == bytes.size));
    SEED_NEED(fclose(file) == 0);
}

/* The sample block under a fork, as it is and with an ommer; its transactions. */
static void block_and_transaction_seeds(const char *corpus, weft_fork fork) {
    static sample_block s;
    char name[64];
    const char *fork_name = weft_fork_name(fork);
    sample_block_make(&s, fork);
    seed_write(corpus, "block", fork_name, rlp_buffer_bytes(&s.rlp));
    for (size_t i = 0; i < s.block.transaction_count; i++) {
        (void)snprintf(name, sizeof name, "%s-%zu", fork_name, i);
        seed_write(corpus, "transaction", name, s.transactions[i].raw);
    }
    sample_block_free(&s);
}

static void ommer_seed(const char *corpus) {
    static sample_block s;
    static rlp_buffer rlp;
    sample_block_make(&s, WEFT_BYZANTIUM);
    sample_header_append(&rlp, &s.block.header);
    rlp_append_list(&rlp, rlp.size); /* no transactions */
    size_t ommers = rlp.size;
    sample_header_append(&rlp, &s.genesis);
    sample_header_append(&rlp, &s.block.header);
    rlp_append_list(&rlp, ommers);
    rlp_append_list(&rlp, 0);
    seed_write(corpus, "block", "ommers", rlp_buffer_bytes(&rlp));
    sample_block_free(&s);
}

static void access_list_seeds(const char *corpus) {
    static evm_case c;
    for (unsigned scene = 0; scene < SCENE_COUNT; scene++) {
        char name[32];
        weft_engine *engine;
        weft_block_result result;
        scene_read(&c, scene);
        const weft_engine_config config = {.size = sizeof config, .threads = 1};
        const weft_execute_options options = {
            .size = sizeof options, .no_header_checks = true, .partial_state = true, .build_block_access_list = true};
        weft_state_view view = evm_case_view(&c);
        SEED_NEED(weft_engine_create(&engine, &c.chain, &config) == WEFT_OK);
        SEED_NEED(weft_engine_execute(engine, &result, &c.block, &view, &options) == WEFT_OK);
        weft_bytes list = result.block_access_list;
        uint8_t *seed = malloc(1 + list.size);
        SEED_NEED(seed != NULL);
        seed[0] = (uint8_t)scene;
        memcpy(seed + 1, list.data, list.size);
        (void)snprintf(name, sizeof name, "scene-%u", scene);
        seed_write(corpus, "access_list", name, (weft_bytes){seed, 1 + list.size});
        free(seed);
        weft_engine_destroy(engine);
    }
}

typedef size_t generator(test_random *random, uint8_t *data, size_t size_max);

/* Every fork has some: it is the first byte of what either generator writes. */
static void generated_seeds(const char *corpus, const char *target, generator *generate, uint64_t seed,
                            unsigned count) {
    static uint8_t data[SCENE_SIZE_MAX];
    test_random random = {seed};
    for (unsigned i = 0; i < count; i++) {
        char name[64];
        size_t size = generate(&random, data, sizeof data);
        data[0] = (uint8_t)i;
        (void)snprintf(name, sizeof name, "%s-%u", weft_fork_name((weft_fork)(i % WEFT_FORK_COUNT)),
                       i / WEFT_FORK_COUNT);
        seed_write(corpus, target, name, (weft_bytes){data, size});
    }
}

int main(int argc, char **argv) {
    static const weft_fork forks[] = {WEFT_FRONTIER, WEFT_BYZANTIUM, WEFT_LONDON,
                                      WEFT_SHANGHAI, WEFT_CANCUN,    WEFT_AMSTERDAM};
    if (argc != 2) {
        fprintf(stderr, "usage: fuzz_make_seeds CORPUS_FOLDER\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof forks / sizeof forks[0]; i++) {
        block_and_transaction_seeds(argv[1], forks[i]);
    }
    ommer_seed(argv[1]);
    fixture_seeds(argv[1]);
    access_list_seeds(argv[1]);
    witness_seeds(argv[1]);
    generated_seeds(argv[1], "evm", evm_generate, 2026, EVM_SEED_COUNT);
    generated_seeds(argv[1], "interpreter", program_generate, 2027, INTERPRETER_SEED_COUNT);
    return 0;
}
