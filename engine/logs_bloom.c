#include "engine/logs_bloom.h"

#include "base/hash.h"
#include "crypto/keccak.h"
#include <string.h>

enum {
    ITEM_SIZE_MAX = 32,
    BITS_PER_ITEM = 3,
    MEMO_CAPACITY = 256,
    BATCH_CAPACITY = 64,
    LOGS_PER_THREAD_MIN = 1024 /* what takes about as long as waking a thread */
};

/* The bits of an item that was hashed. Whoever makes items collide only has them hashed again. */
typedef struct memo_entry {
    uint8_t item[ITEM_SIZE_MAX];
    uint16_t bits[BITS_PER_ITEM];
    uint8_t size; /* 0: no entry */
} memo_entry;

/* An item waiting for one keccak256_batch(): they are short, and share its lanes. */
typedef struct waiting_item {
    weft_bloom *bloom; /* what it belongs to */
    memo_entry *entry; /* where its bits will be kept */
} waiting_item;

typedef struct bloom_maker {
    memo_entry memo[MEMO_CAPACITY];
    waiting_item waiting[BATCH_CAPACITY];
    weft_bytes items[BATCH_CAPACITY];
    size_t count; /* of the waiting items */
} bloom_maker;

static void bloom_set(weft_bloom *bloom, const uint16_t bits[BITS_PER_ITEM]) {
    for (size_t i = 0; i < BITS_PER_ITEM; i++) {
        bloom->bytes[sizeof bloom->bytes - 1 - bits[i] / 8] |= (uint8_t)(1 << bits[i] % 8);
    }
}

/* An item's bits are in the first three 16-bit words of its hash (M3:2048). */
static void entry_set(memo_entry *entry, weft_bytes item, const weft_bytes32 *hash) {
    memcpy(entry->item, item.data, item.size);
    entry->size = (uint8_t)item.size;
    for (size_t i = 0; i < BITS_PER_ITEM; i++) {
        entry->bits[i] = (uint16_t)((hash->bytes[2 * i] << 8 | hash->bytes[2 * i + 1]) & 2047);
    }
}

static void flush(bloom_maker *m) {
    weft_bytes32 hashes[BATCH_CAPACITY];
    keccak256_batch(hashes, m->items, m->count);
    for (size_t i = 0; i < m->count; i++) {
        entry_set(m->waiting[i].entry, m->items[i], &hashes[i]);
        bloom_set(m->waiting[i].bloom, m->waiting[i].entry->bits);
    }
    m->count = 0;
}

static void add_item(bloom_maker *m, weft_bloom *bloom, const uint8_t *item, size_t size) {
    memo_entry *entry = &m->memo[hash_bytes(0, item, size) % MEMO_CAPACITY];
    if (entry->size == size && memcmp(entry->item, item, size) == 0) {
        bloom_set(bloom, entry->bits);
        return;
    }
    if (m->count == BATCH_CAPACITY) {
        flush(m);
    }
    m->waiting[m->count] = (waiting_item){bloom, entry};
    m->items[m->count++] = (weft_bytes){item, size};
}

static void add_receipt(bloom_maker *m, weft_receipt *receipt) {
    receipt->logs_bloom = (weft_bloom){{0}};
    for (size_t i = 0; i < receipt->log_count; i++) {
        const weft_log *log = &receipt->logs[i];
        add_item(m, &receipt->logs_bloom, log->address.bytes, sizeof log->address.bytes);
        for (unsigned k = 0; k < log->topic_count; k++) {
            add_item(m, &receipt->logs_bloom, log->topics[k].bytes, sizeof log->topics[k].bytes);
        }
    }
}

static unsigned useful_threads(const weft_receipt *receipts, size_t count, unsigned thread_count) {
    size_t log_count = 0;
    for (size_t i = 0; i < count; i++) {
        log_count += receipts[i].log_count;
    }
    size_t useful = log_count / LOGS_PER_THREAD_MIN;
    return useful < 1 ? 1 : useful < thread_count ? (unsigned)useful : thread_count;
}

void logs_bloom_fill(weft_receipt *receipts, size_t count, unsigned thread_count) {
    unsigned threads = useful_threads(receipts, count, thread_count);
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        bloom_maker maker = {.count = 0};
#pragma omp for schedule(dynamic, 4)
        for (size_t i = 0; i < count; i++) {
            add_receipt(&maker, &receipts[i]);
        }
        flush(&maker);
    }
}

void logs_bloom_add(weft_bloom *bloom, const weft_bloom *other) {
    for (size_t i = 0; i < sizeof bloom->bytes; i++) {
        bloom->bytes[i] |= other->bytes[i];
    }
}
