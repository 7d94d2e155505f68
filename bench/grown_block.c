#include "bench/grown_block.h"

#include <stdlib.h>
#include <string.h>

#include <weft/crypto.h>
#include <weft/transaction.h>

#include "bench/owned_slots.h"

enum { WORD_SIZE = 32, SELECTOR_SIZE = 4, ADDRESS_OFFSET = 12 /* in a word */ };

/* Copies may use less gas than what they are of: slots that were zero no longer are. */
#define MORE_COPIES 1.5

/* Who sends in the recorded block, and in the copy at hand. */
typedef struct cast {
    const weft_block *block;
    const weft_state_view *view;
    weft_address *senders; /* of each transaction */
    bool *is_left_out;     /* the same */
    weft_address *people;  /* each sender once */
    size_t people_count;
    weft_bytes32 *keys; /* of their successors */
    weft_address *successors;
    owned_slots slots;
    failure *failure;
} cast;

static weft_status fail(const cast *c, weft_status status) {
    return status == WEFT_OK ? status
                             : failure_set(c->failure, status, "block %llu: copies: %s",
                                           (unsigned long long)c->block->header.number, weft_status_message(status));
}

static bool address_equal(const weft_address *a, const weft_address *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* --- The recorded block */

/* Returns: their index; people_count if there is nobody of that address. */
static size_t find_person(const cast *c, const weft_address *address) {
    size_t i = 0;
    while (i < c->people_count && !address_equal(&c->people[i], address)) {
        i++;
    }
    return i;
}

static bool can_be_copied(const weft_transaction *tx) {
    return tx->blob_count == 0 && tx->authorization_count == 0;
}

/* A transaction that is left out leaves a gap in its sender's nonces. */
static void leave_out(cast *c) {
    for (size_t i = 0; i < c->block->transaction_count; i++) {
        for (size_t k = 0; k < c->block->transaction_count && !can_be_copied(&c->block->transactions[i]); k++) {
            c->is_left_out[k] = c->is_left_out[k] || address_equal(&c->senders[i], &c->senders[k]);
        }
    }
}

static weft_status gather_people(cast *c, const weft_chain *chain) {
    size_t count = c->block->transaction_count;
    c->senders = calloc(count + 1, sizeof *c->senders);
    c->is_left_out = calloc(count + 1, sizeof *c->is_left_out);
    c->people = calloc(count + 1, sizeof *c->people);
    c->keys = calloc(count + 1, sizeof *c->keys);
    c->successors = calloc(count + 1, sizeof *c->successors);
    if (c->senders == NULL || c->is_left_out == NULL || c->people == NULL || c->keys == NULL || c->successors == NULL) {
        return WEFT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        weft_transaction_facts facts;
        weft_status status = weft_transaction_check(&facts, &c->block->transactions[i], chain, WEFT_OSAKA);
        if (status != WEFT_OK) {
            return status;
        }
        c->senders[i] = facts.sender;
        if (find_person(c, &facts.sender) == c->people_count) {
            c->people[c->people_count++] = facts.sender;
        }
    }
    leave_out(c);
    return WEFT_OK;
}

static weft_status find_slots(cast *c, weft_bytes access_list) {
    weft_decoder *decoder;
    weft_block_access_list accesses;
    weft_status status = weft_decoder_create(&decoder);
    if (status != WEFT_OK) {
        return status;
    }
    status = weft_block_access_list_decode(decoder, &accesses, access_list, NULL);
    if (status == WEFT_OK) {
        status = owned_slots_find(&c->slots, &accesses, c->people, c->people_count);
    }
    weft_decoder_destroy(decoder);
    return status;
}

/* --- The people of one copy */

/* Signing tells the address of a key. */
static weft_status name_successor(cast *c, size_t person, uint64_t copy, uint64_t chain_id) {
    uint8_t seed[sizeof(weft_address) + sizeof copy];
    weft_transaction any = {.has_chain_id = true, .chain_id = chain_id};
    memcpy(seed, c->people[person].bytes, sizeof(weft_address));
    memcpy(seed + sizeof(weft_address), &copy, sizeof copy);
    c->keys[person] = weft_keccak256((weft_bytes){seed, sizeof seed});
    weft_status status = weft_transaction_sign(&any, &c->keys[person]);
    c->successors[person] = any.sender;
    return status;
}

static weft_status give_account(const cast *c, weft_memory_state *state, size_t person) {
    weft_account account;
    weft_status status = c->view->account(c->view->context, &account, &c->people[person]);
    return status == WEFT_OK ? weft_memory_state_set_account(state, &c->successors[person], &account.balance,
                                                             account.nonce, (weft_bytes){NULL, 0})
                             : status;
}

static weft_status give_slot(const cast *c, weft_memory_state *state, const owned_slot *entry) {
    weft_u256 value;
    weft_status status = c->view->storage(c->view->context, &value, &entry->contract, &entry->slot);
    if (status != WEFT_OK) {
        return status;
    }
    size_t other = find_person(c, &entry->other);
    weft_bytes32 slot = owned_slot_of(entry, &c->successors[entry->owner],
                                      other < c->people_count ? &c->successors[other] : &entry->other);
    return weft_memory_state_set_storage(state, &entry->contract, &slot, &value);
}

static weft_status settle_people(cast *c, weft_memory_state *state, uint64_t copy, uint64_t chain_id) {
    weft_status status = WEFT_OK;
    for (size_t i = 0; i < c->people_count && status == WEFT_OK; i++) {
        status = name_successor(c, i, copy, chain_id);
        if (status == WEFT_OK) {
            status = give_account(c, state, i);
        }
    }
    for (size_t i = 0; i < c->slots.count && status == WEFT_OK; i++) {
        status = give_slot(c, state, &c->slots.list[i]);
    }
    return status;
}

/* --- The transactions of one copy */

static const weft_address *successor_of(const cast *c, const weft_address *address) {
    size_t person = find_person(c, address);
    return person < c->people_count ? &c->successors[person] : address;
}

/* Call data with other people in the words that are addresses. */
static void copy_data(const cast *c, uint8_t *out, weft_bytes data) {
    static const uint8_t zeros[ADDRESS_OFFSET];
    if (data.size > 0) {
        memcpy(out, data.data, data.size);
    }
    for (size_t at = SELECTOR_SIZE; at + WORD_SIZE <= data.size; at += WORD_SIZE) {
        weft_address address;
        memcpy(address.bytes, out + at + ADDRESS_OFFSET, sizeof address.bytes);
        if (memcmp(out + at, zeros, sizeof zeros) == 0) {
            memcpy(out + at + ADDRESS_OFFSET, successor_of(c, &address)->bytes, sizeof address.bytes);
        }
    }
}

/* The sender is to be recovered, as from any block. */
static weft_status copy_transaction(const cast *c, size_t index, weft_transaction *out, uint8_t *data) {
    const weft_transaction *tx = &c->block->transactions[index];
    *out = *tx;
    out->raw = (weft_bytes){NULL, 0};
    out->to = tx->is_creation ? tx->to : *successor_of(c, &tx->to);
    copy_data(c, data, tx->data);
    out->data = (weft_bytes){data, tx->data.size};
    weft_status status = weft_transaction_sign(out, &c->keys[find_person(c, &c->senders[index])]);
    out->has_sender = false;
    return status;
}

/* --- The block */

static weft_status make_copies(grown_block *g, cast *c, uint64_t chain_id) {
    uint8_t *data = g->data;
    weft_status status = WEFT_OK;
    g->block.header.gas_limit = 0;
    for (size_t copy = 0; copy < g->copies && status == WEFT_OK; copy++) {
        status = settle_people(c, g->state, copy, chain_id);
        for (size_t i = 0; i < c->block->transaction_count && status == WEFT_OK; i++) {
            if (!c->is_left_out[i]) {
                weft_transaction *tx = &g->transactions[g->block.transaction_count++];
                status = copy_transaction(c, i, tx, data);
                data += tx->data.size;
                g->block.header.gas_limit += tx->gas_limit;
            }
        }
    }
    return status;
}

/* Returns: WEFT_UNSUPPORTED if nothing is left to copy. */
static weft_status allocate_copies(grown_block *g, const cast *c, const weft_block_result *result, uint64_t gas) {
    size_t count = 0, data_size = 0;
    uint64_t gas_used = 0;
    for (size_t i = 0; i < c->block->transaction_count; i++) {
        if (!c->is_left_out[i]) {
            count++;
            data_size += c->block->transactions[i].data.size;
            gas_used += result->receipts[i].gas_used;
        }
    }
    if (gas_used == 0) {
        return WEFT_UNSUPPORTED;
    }
    g->copies = (size_t)(MORE_COPIES * (double)gas / (double)gas_used) + 1;
    g->transactions = calloc(count * g->copies, sizeof *g->transactions);
    g->data = malloc(data_size * g->copies + 1);
    return g->transactions == NULL || g->data == NULL ? WEFT_NO_MEMORY : WEFT_OK;
}

static void cast_free(cast *c) {
    free(c->senders);
    free(c->is_left_out);
    free(c->people);
    free(c->keys);
    free(c->successors);
    owned_slots_free(&c->slots);
}

weft_status grown_block_make(grown_block *g, const weft_block *block, const weft_chain *chain,
                             const weft_state_view *view, const weft_block_result *result, uint64_t gas, failure *f) {
    cast c = {.block = block, .view = view, .failure = f};
    *g = (grown_block){.block = *block};
    weft_status status = gather_people(&c, chain);
    if (status == WEFT_OK) {
        status = find_slots(&c, result->block_access_list);
    }
    if (status == WEFT_OK) {
        status = weft_memory_state_create(&g->state, view);
    }
    if (status == WEFT_OK) {
        status = allocate_copies(g, &c, result, gas);
    }
    if (status == WEFT_OK) {
        g->block.transactions = g->transactions;
        g->block.transaction_count = 0;
        g->block.rlp_size = 0;
        status = make_copies(g, &c, chain->chain_id);
        g->view = weft_memory_state_view(g->state);
    }
    status = fail(&c, status);
    cast_free(&c);
    return status;
}

void grown_block_free(grown_block *g) {
    weft_memory_state_destroy(g->state);
    free(g->transactions);
    free(g->data);
    *g = (grown_block){0};
}
