#include "crypto/keccak_lanes.h"

#include "crypto/keccak.h"
#include "crypto/keccak_f1600.h"

static void keccak_each(weft_bytes32 *digests, const weft_bytes *messages, size_t count) {
    for (size_t i = 0; i < count; i++) {
        digests[i] = keccak256(messages[i].data, messages[i].size);
    }
}

#if defined(__x86_64__)

enum { LANES_MAX = 8, VECTOR_ALIGNMENT = 64 };

typedef uint64_t keccak_vector4 __attribute__((vector_size(32), may_alias));
typedef uint64_t keccak_vector8 __attribute__((vector_size(64), may_alias));

/* The states of all lanes, interleaved: word i of lane k stands at [i * lane_count + k], a vector per i. `keep` has all
 * bits set for a lane that goes on with its state and none for one that starts a new message. */
typedef struct keccak_lanes {
    _Alignas(VECTOR_ALIGNMENT) uint64_t state[KECCAK_STATE_WORDS * LANES_MAX];
    _Alignas(VECTOR_ALIGNMENT) uint64_t block[KECCAK256_RATE_WORDS * LANES_MAX];
    _Alignas(VECTOR_ALIGNMENT) uint64_t keep[LANES_MAX];
} keccak_lanes;

/* Absorb a block in every lane. */
typedef void keccak_absorb(keccak_lanes *lanes);

#define KECCAK_ABSORB_DEFINE(name, instruction_set, vector)                                      \
    __attribute__((target(instruction_set))) static void name(keccak_lanes *lanes) {             \
        vector *state = (vector *)lanes->state;                                                  \
        const vector *block = (const vector *)lanes->block, keep = *(const vector *)lanes->keep; \
        vector a[KECCAK_STATE_WORDS];                                                            \
        for (int i = 0; i < KECCAK_STATE_WORDS; i++) {                                           \
            a[i] = state[i] & keep;                                                              \
        }                                                                                        \
        for (int i = 0; i < KECCAK256_RATE_WORDS; i++) {                                         \
            a[i] ^= block[i];                                                                    \
        }                                                                                        \
        KECCAK_F1600(vector, a);                                                                 \
        for (int i = 0; i < KECCAK_STATE_WORDS; i++) {                                           \
            state[i] = a[i];                                                                     \
        }                                                                                        \
    }

KECCAK_ABSORB_DEFINE(keccak_absorb_avx2, "avx2", keccak_vector4)
KECCAK_ABSORB_DEFINE(keccak_absorb_avx512, "avx512f", keccak_vector8)

/* The message that a lane is working on. */
typedef struct keccak_lane_task {
    const uint8_t *rest;
    size_t rest_size;
    size_t message_index;
    bool busy, last_block;
} keccak_lane_task;

static void keccak_lane_load(keccak_lanes *lanes, size_t lane_count, size_t lane, keccak_lane_task *task) {
    uint64_t padded[KECCAK256_RATE_WORDS];
    task->last_block = task->rest_size < KECCAK256_RATE_SIZE;
    if (task->last_block) {
        keccak256_last_block((uint8_t *)padded, task->rest, task->rest_size);
    } else {
        memcpy(padded, task->rest, KECCAK256_RATE_SIZE);
        task->rest += KECCAK256_RATE_SIZE;
        task->rest_size -= KECCAK256_RATE_SIZE;
    }
    for (size_t i = 0; i < KECCAK256_RATE_WORDS; i++) {
        lanes->block[i * lane_count + lane] = padded[i];
    }
}

static void keccak_lane_digest(weft_bytes32 *digest, const keccak_lanes *lanes, size_t lane_count, size_t lane) {
    for (size_t i = 0; i < KECCAK256_DIGEST_WORDS; i++) {
        memcpy(digest->bytes + 8 * i, &lanes->state[i * lane_count + lane], 8);
    }
}

/* Every lane takes the next message as soon as it has finished its last, so that messages of any mix of sizes keep all
 * lanes busy until the messages run out. A lane without work permutes whatever it holds. */
static void keccak_stream(keccak_absorb *absorb, size_t lane_count, weft_bytes32 *digests, const weft_bytes *messages,
                          size_t count) {
    keccak_lanes lanes = {.keep = {0}};
    keccak_lane_task tasks[LANES_MAX] = {{.busy = false}};
    size_t started_count = 0, finished_count = 0;
    while (finished_count < count) {
        for (size_t lane = 0; lane < lane_count; lane++) {
            keccak_lane_task *task = &tasks[lane];
            lanes.keep[lane] = task->busy ? UINT64_MAX : 0;
            if (!task->busy && started_count < count) {
                const weft_bytes *message = &messages[started_count];
                *task = (keccak_lane_task){message->data, message->size, started_count++, .busy = true};
            }
            if (task->busy) {
                keccak_lane_load(&lanes, lane_count, lane, task);
            }
        }
        absorb(&lanes);
        for (size_t lane = 0; lane < lane_count; lane++) {
            if (tasks[lane].busy && tasks[lane].last_block) {
                keccak_lane_digest(&digests[tasks[lane].message_index], &lanes, lane_count, lane);
                tasks[lane].busy = false;
                finished_count++;
            }
        }
    }
}

keccak_level keccak_level_best(void) {
    if (__builtin_cpu_supports("avx512f")) {
        return KECCAK_AVX512;
    }
    return __builtin_cpu_supports("avx2") ? KECCAK_AVX2 : KECCAK_SCALAR;
}

void keccak256_batch_at(keccak_level level, weft_bytes32 *digests, const weft_bytes *messages, size_t count) {
    switch (level) {
    case KECCAK_AVX512: keccak_stream(keccak_absorb_avx512, 8, digests, messages, count); break;
    case KECCAK_AVX2: keccak_stream(keccak_absorb_avx2, 4, digests, messages, count); break;
    case KECCAK_SCALAR: keccak_each(digests, messages, count); break;
    }
}

#else

keccak_level keccak_level_best(void) {
    return KECCAK_SCALAR;
}

void keccak256_batch_at(keccak_level level, weft_bytes32 *digests, const weft_bytes *messages, size_t count) {
    (void)level;
    keccak_each(digests, messages, count);
}

#endif

void keccak256_batch(weft_bytes32 *digests, const weft_bytes *messages, size_t count) {
    /* A vector permutation takes somewhat longer than a scalar one: two messages already repay it, one does not. */
    keccak256_batch_at(count > 1 ? keccak_level_best() : KECCAK_SCALAR, digests, messages, count);
}
