/* What a store is worth when its writer dies: by kill -9 at random moments, at a write that the disk had no room for,
 * or in good order because of that.
 *
 * A chain is replayed in one go first, into a store that is then right by every check against the headers. After each
 * death the other store must be a beginning of that one: the same blocks and receipts up to its head and nothing
 * beyond, the head at the end of a batch and not before where it was, and a state with the root of the head's header.
 * Then the next replay goes on from there.
 *
 * Bugs hunted: a head without its state or receipts, a batch in halves, a lost commit, a store that cannot be opened
 * again, a full disk that looks like a broken one.
 * Knob: WEFT_SEED.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <cmocka.h>

#include <weft/store.h>

#include "tests/integration/tool.h"
#include "tests/support/directory.h"
#include "tests/support/random.h"
#include "tools/chain_file.h"
#include "tools/clock.h"
#include "tools/genesis.h"

/* ThreadSanitizer marks constants by way of a file of 512 KiB of its own, which would fall to the limit as well. */
#if defined(__SANITIZE_THREAD__)
#define CAN_LIMIT_FILES false
#elif defined(__has_feature)
#define CAN_LIMIT_FILES (!__has_feature(thread_sanitizer))
#else
#define CAN_LIMIT_FILES true
#endif

enum { DEATHS = 20, BLOCKS_MAX = 200, RECEIPT_SIZE_MAX = 1 << 16 };

/* What the chain's files say of a block. */
typedef struct chain_block {
    weft_bytes32 hash, state_root;
    size_t transaction_count;
} chain_block;

typedef struct trial {
    test_directory work;
    test_directory whole_folder, folder; /* of the store that nothing happens to, and of the one that suffers */
    test_tool tool;
    chain_block blocks[BLOCKS_MAX]; /* by number: the genesis is the first */
    uint64_t last;
    weft_store *whole;
    uint64_t seed;
    test_random random; /* begins with the seed in every test */
} trial;

/* How far the suffering store has come: no block may be taken back. */
typedef struct progress {
    bool has_head;
    uint64_t head;
} progress;

/* --- The chain --- */

static void load_chain(trial *t) {
    genesis g;
    chain_file file;
    weft_block block;
    failure f;
    assert_int_equal(genesis_load(&g, test_fixture("long-cancun/genesis.json"), &f), WEFT_OK);
    t->blocks[0] = (chain_block){g.hash, g.header.state_root, 0};
    genesis_free(&g);
    assert_int_equal(chain_file_open(&file, test_fixture("long-cancun/chain.rlp"), &f), WEFT_OK);
    while (!chain_file_at_end(&file)) {
        assert_int_equal(chain_file_next(&file, &block, &f), WEFT_OK);
        assert_true(++t->last < BLOCKS_MAX && block.header.number == t->last);
        t->blocks[t->last] = (chain_block){block.hash, block.header.state_root, block.transaction_count};
    }
    chain_file_close(&file);
    assert_true(t->last >= 100);
}

/* --- The tool --- */

static pid_t start_replay(const trial *t, const char *store, const char *batch) {
    const char *chain = test_fixture("long-cancun");
    const char *const arguments[] = {"replay",  "--quiet", "--threads",     "2",   "--store", store,
                                     "--batch", batch,     "--verify-root", chain, NULL};
    pid_t child = test_tool_start(&t->tool, arguments);
    assert_true(child > 0);
    return child;
}

/* The other tool opens it too. */
static void check_account_is_readable(const trial *t) {
    const char *const arguments[] = {"state", "--store", "store", "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02", NULL};
    assert_int_equal(test_tool_run(&t->tool, arguments), 0);
}

/* --- The store --- */

static void assert_same_hash(const weft_bytes32 *a, const weft_bytes32 *b) {
    assert_memory_equal(a->bytes, b->bytes, sizeof a->bytes);
}

static void check_block(const trial *t, weft_store *store, uint64_t number) {
    static uint8_t receipt[RECEIPT_SIZE_MAX], whole_receipt[RECEIPT_SIZE_MAX];
    weft_store_block block, whole;
    size_t size, whole_size;
    assert_int_equal(weft_store_get_block(store, &block, number), WEFT_OK);
    assert_int_equal(weft_store_get_block(t->whole, &whole, number), WEFT_OK);
    assert_same_hash(&block.hash, &t->blocks[number].hash);
    assert_same_hash(&block.state_root, &t->blocks[number].state_root);
    assert_same_hash(&block.parent_hash, &whole.parent_hash);
    assert_int_equal(block.timestamp, whole.timestamp);
    assert_int_equal(block.gas_used, whole.gas_used);
    assert_int_equal(block.receipt_count, t->blocks[number].transaction_count);
    for (uint32_t i = 0; i < block.receipt_count; i++) {
        assert_int_equal(weft_store_get_receipt(store, receipt, sizeof receipt, &size, number, i), WEFT_OK);
        assert_int_equal(weft_store_get_receipt(t->whole, whole_receipt, sizeof receipt, &whole_size, number, i),
                         WEFT_OK);
        assert_int_equal(size, whole_size);
        assert_memory_equal(receipt, whole_receipt, size);
    }
}

static void check_nothing_after(weft_store *store, uint64_t number) {
    weft_store_block block;
    uint8_t byte;
    size_t size;
    assert_int_equal(weft_store_get_block(store, &block, number + 1), WEFT_NOT_FOUND);
    assert_int_equal(weft_store_get_receipt(store, &byte, 1, &size, number + 1, 0), WEFT_NOT_FOUND);
}

static void check_head(const trial *t, weft_store *store, const weft_store_head *head, uint64_t batch) {
    weft_bytes32 root;
    assert_true(head->number <= t->last);
    assert_true(head->number % batch == 0 || head->number == t->last);
    assert_same_hash(&head->hash, &t->blocks[head->number].hash);
    assert_same_hash(&head->state_root, &t->blocks[head->number].state_root);
    assert_int_equal(weft_store_state_root(store, &root), WEFT_OK);
    assert_same_hash(&root, &t->blocks[head->number].state_root);
    assert_int_equal(weft_store_check(store, NULL), WEFT_OK);
    for (uint64_t number = 0; number <= head->number; number++) {
        check_block(t, store, number);
    }
    check_nothing_after(store, head->number);
}

/* Open the store as the next program would and compare all of it. */
static void check_store(const trial *t, progress *p, uint64_t batch) {
    const weft_store_config config = {.size = sizeof config, .read_only = true};
    weft_store *store;
    weft_store_head head = {.empty = true};
    weft_error error;
    weft_status status = weft_store_open(&store, t->folder.path, &config, &error);
    if (status == WEFT_OK) {
        assert_int_equal(weft_store_get_head(store, &head), WEFT_OK);
    } else if (p->has_head) {
        fail_msg("the store was at block %llu and cannot be opened: %s", (unsigned long long)p->head, error.message);
    }
    if (!head.empty) {
        check_head(t, store, &head, batch);
        check_account_is_readable(t);
    }
    assert_true(head.empty ? !p->has_head : !p->has_head || head.number >= p->head);
    *p = (progress){.has_head = !head.empty, .head = head.number};
    if (status == WEFT_OK) {
        weft_store_close(store);
    }
}

/* The last replay, which nothing disturbs: it must find its way from wherever the store is. */
static void check_resumption(const trial *t, progress *p, const char *batch) {
    assert_int_equal(test_tool_end(start_replay(t, "store", batch)), 0);
    check_store(t, p, strtoull(batch, NULL, 10));
    assert_int_equal(p->head, t->last);
}

/* --- Kill -9 --- */

static uint64_t now_us(void) {
    return (uint64_t)(1e6 * clock_seconds());
}

/* Returns: microseconds that a replay takes which nobody kills. */
static uint64_t replay_duration(const trial *t, const char *batch) {
    progress p = {.has_head = false};
    uint64_t begin = now_us();
    check_resumption(t, &p, batch);
    uint64_t duration = now_us() - begin;
    test_directory_remove(&t->folder);
    return duration;
}

/* A store meets several kills before its chain is complete; then the next one begins. */
static void kill_replays(trial *t, const char *batch) {
    uint64_t duration = replay_duration(t, batch);
    progress p = {.has_head = false};
    size_t kill_count = 0, inside_count = 0, store_count = 1;
    while (kill_count < DEATHS) {
        const uint64_t moment = random_below(&t->random, duration / 2);
        pid_t child = start_replay(t, "store", batch);
        (void)nanosleep(&(struct timespec){(time_t)(moment / 1000000), (long)(moment % 1000000 * 1000)}, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        int status = test_tool_end(child);
        check_store(t, &p, strtoull(batch, NULL, 10));
        if (status == -1) {
            kill_count++;
            inside_count += p.has_head && p.head != 0 && p.head != t->last;
        } else {
            assert_int_equal(status, 0);
            assert_int_equal(p.head, t->last);
            test_directory_remove(&t->folder);
            p.has_head = false;
            store_count++;
        }
    }
    print_message("%zu kills, %zu of them between first and last block, %zu stores\n", kill_count, inside_count,
                  store_count);
    assert_true(inside_count > 0);
    check_resumption(t, &p, batch);
}

static void killed_replay_leaves_a_complete_block_and_resumes(void **state) {
    kill_replays(*state, "1");
}

static void killed_replay_leaves_a_complete_batch_and_resumes(void **state) {
    kill_replays(*state, "7");
}

/* --- No room --- */

/* No file of the child may grow beyond `size_max` bytes. A write past that ends it, unless the signal is ignored. */
static int replay_with_little_room(const trial *t, size_t size_max, void (*when_exceeded)(int), const char *batch) {
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = size_max, .rlim_max = old.rlim_max};
    void (*old_handler)(int) = signal(SIGXFSZ, when_exceeded);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    pid_t child = start_replay(t, "store", batch);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, old_handler);
    return test_tool_end(child);
}

/* The room grows by random steps up to what the whole chain takes. */
static void fill_disk(trial *t, void (*when_exceeded)(int), const char *batch) {
    if (!CAN_LIMIT_FILES) {
        skip();
    }
    char path[sizeof t->whole_folder.path + 16];
    struct stat whole;
    (void)snprintf(path, sizeof path, "%s/data.mdb", t->whole_folder.path);
    assert_int_equal(stat(path, &whole), 0);
    const size_t step_max = 2 * (size_t)whole.st_size / DEATHS;
    progress p = {.has_head = false};
    size_t failure_count = 0, death_count = 0;
    for (size_t room = 4096; room < (size_t)whole.st_size; room += 1 + random_below(&t->random, step_max)) {
        /* Whole pages: a write of which not even the first byte fits raises the signal, one that is cut short fails. */
        int status = replay_with_little_room(t, room / 4096 * 4096, when_exceeded, batch);
        if (status == 3) {
            failure_count++;
            assert_true(test_tool_wrote(&t->tool, "err", "No space left") ||
                        test_tool_wrote(&t->tool, "err", "File too large"));
        } else if (status == -1 && when_exceeded == SIG_DFL) {
            death_count++;
        } else { /* pages that came free were enough */
            assert_int_equal(status, 0);
        }
        check_store(t, &p, strtoull(batch, NULL, 10));
    }
    print_message("for want of room %zu replays failed, %zu died\n", failure_count, death_count);
    assert_true(failure_count + death_count > DEATHS / 4);
    assert_true(when_exceeded == SIG_IGN || death_count > 0);
    check_resumption(t, &p, batch);
}

static void full_disk_is_status_3_and_resumes_when_there_is_room(void **state) {
    fill_disk(*state, SIG_IGN, "1");
}

static void full_disk_leaves_a_complete_batch(void **state) {
    fill_disk(*state, SIG_IGN, "7");
}

static void death_at_a_write_leaves_a_complete_block(void **state) {
    fill_disk(*state, SIG_DFL, "1");
}

/* --- Main --- */

static int begin_trial(void **state) {
    trial *t = *state;
    (void)snprintf(t->folder.path, sizeof t->folder.path, "%.16s/store", t->work.path);
    t->random.state = t->seed;
    return 0;
}

static int end_trial(void **state) {
    const trial *t = *state;
    test_directory_remove(&t->folder);
    return 0;
}

static int set_up(void **state) {
    const char *seed = getenv("WEFT_SEED");
    trial *t = calloc(1, sizeof *t);
    *state = t;
    assert_non_null(t);
    t->seed = seed != NULL ? strtoull(seed, NULL, 0) : now_us();
    print_message("WEFT_SEED=%llu\n", (unsigned long long)t->seed);
    if (!test_directory_make(&t->work) || !test_tool_find(&t->tool, t->work.path)) {
        return -1;
    }
    (void)snprintf(t->whole_folder.path, sizeof t->whole_folder.path, "%.16s/whole", t->work.path);
    load_chain(t);
    assert_int_equal(test_tool_end(start_replay(t, "whole", "1")), 0);
    const weft_store_config config = {.size = sizeof config, .read_only = true};
    return weft_store_open(&t->whole, t->whole_folder.path, &config, NULL) == WEFT_OK ? 0 : -1;
}

static int tear_down(void **state) {
    trial *t = *state;
    weft_store_close(t->whole);
    test_directory_remove(&t->whole_folder);
    test_directory_remove(&t->work);
    free(t);
    return 0;
}

#define TRIAL(test) cmocka_unit_test_setup_teardown(test, begin_trial, end_trial)

int main(void) {
    const struct CMUnitTest tests[] = {
        TRIAL(killed_replay_leaves_a_complete_block_and_resumes),
        TRIAL(killed_replay_leaves_a_complete_batch_and_resumes),
        TRIAL(full_disk_is_status_3_and_resumes_when_there_is_room),
        TRIAL(full_disk_leaves_a_complete_batch),
        TRIAL(death_at_a_write_leaves_a_complete_block),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
