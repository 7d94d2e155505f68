#include "engine/requests.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "crypto/sha256.h"

/* keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)") */
static const weft_bytes32 deposit_event_topic = {{0x64, 0x9b, 0xbc, 0x62, 0xd0, 0xe3, 0x13, 0x42, 0xaf, 0xea, 0x4e,
                                                  0x5c, 0xd8, 0x2d, 0x40, 0x49, 0xe7, 0xe1, 0xee, 0x91, 0x2f, 0xc0,
                                                  0x88, 0x9a, 0xa7, 0x90, 0x80, 0x3b, 0xe3, 0x90, 0x38, 0xc5}};

/* The event's data: five words with the offset of each field, then per field a word with its size and its bytes, padded
 * to whole words. The request holds the fields alone, in this order: public key, withdrawal credentials, amount,
 * signature, index. */
enum { WORD = 32, DEPOSIT_EVENT_SIZE = 576, DEPOSIT_SIZE = 192, DEPOSIT_FIELD_COUNT = 5 };

static const struct {
    uint64_t offset, size;
} deposit_layout[DEPOSIT_FIELD_COUNT] = {{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}};

static bool word_is(const uint8_t *word, uint64_t value) {
    uint8_t expected[WORD] = {0};
    store_be64(expected + WORD - sizeof value, value);
    return memcmp(word, expected, WORD) == 0;
}

/* A chain without a deposit contract has the zero address for it. */
static bool is_deposit(const weft_log *log, const weft_address *deposit_contract) {
    return log->topic_count > 0 && !address_is_zero(deposit_contract) &&
           address_equal(&log->address, deposit_contract) && bytes32_equal(&log->topics[0], &deposit_event_topic);
}

/* Append the deposit to `out`. Returns: false when the event's layout is not the one above. */
static bool deposit_append(uint8_t *out, const weft_log *log) {
    if (log->data.size != DEPOSIT_EVENT_SIZE) {
        return false;
    }
    const uint8_t *data = log->data.data;
    for (size_t i = 0; i < DEPOSIT_FIELD_COUNT; i++) {
        size_t offset = deposit_layout[i].offset, size = deposit_layout[i].size;
        if (!word_is(data + i * WORD, offset) || !word_is(data + offset, size)) {
            return false;
        }
        memcpy(out, data + offset + WORD, size);
        out += size;
    }
    return true;
}

static size_t deposit_count(const weft_receipt *receipts, size_t receipt_count, const weft_address *deposit_contract) {
    size_t count = 0;
    for (size_t i = 0; i < receipt_count; i++) {
        for (size_t k = 0; k < receipts[i].log_count; k++) {
            count += is_deposit(&receipts[i].logs[k], deposit_contract) ? 1 : 0;
        }
    }
    return count;
}

weft_status requests_deposits(weft_bytes *request, weft_verdict *verdict, arena *memory, const weft_receipt *receipts,
                              size_t receipt_count, const weft_address *deposit_contract) {
    size_t size = 1 + DEPOSIT_SIZE * deposit_count(receipts, receipt_count, deposit_contract);
    uint8_t *bytes = arena_alloc(memory, size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    uint8_t *next = bytes;
    *next++ = REQUEST_DEPOSIT;
    *verdict = WEFT_VALID;
    for (size_t i = 0; i < receipt_count; i++) {
        for (size_t k = 0; k < receipts[i].log_count; k++) {
            const weft_log *log = &receipts[i].logs[k];
            if (!is_deposit(log, deposit_contract)) {
                continue;
            }
            if (!deposit_append(next, log)) {
                *verdict = WEFT_BLOCK_DEPOSIT_EVENT_LAYOUT;
                return WEFT_OK;
            }
            next += DEPOSIT_SIZE;
        }
    }
    *request = (weft_bytes){bytes, size};
    return WEFT_OK;
}

weft_status requests_from_output(weft_bytes *request, arena *memory, uint8_t type, weft_bytes output) {
    uint8_t *bytes = arena_alloc(memory, 1 + output.size);
    if (bytes == NULL) {
        return WEFT_NO_MEMORY;
    }
    bytes[0] = type;
    if (output.size != 0) {
        memcpy(bytes + 1, output.data, output.size);
    }
    *request = (weft_bytes){bytes, 1 + output.size};
    return WEFT_OK;
}

weft_bytes32 weft_requests_hash(const weft_bytes *requests, size_t count) {
    enum { TYPES = 256 };
    uint8_t digests[TYPES][32];
    size_t used = 0;
    for (size_t i = 0; i < count && used < TYPES; i++) {
        if (requests[i].size > 1) {
            sha256(digests[used++], requests[i].data, requests[i].size);
        }
    }
    weft_bytes32 hash;
    sha256(hash.bytes, digests, used * sizeof digests[0]);
    return hash;
}
