/** Contract code: bytes, hash, what is known of them, and the engine's shared cache of them.
 *
 *  A code object is immutable once its bytes are loaded and is identified by its hash: the cache holds at most one
 *  object per hash, so two pointers are equal exactly when the codes are. It carries whatever the interpreter derives
 *  from the bytes, which makes that derivation once per code instead of once per call.
 */
#ifndef ENGINE_CODE_H
#define ENGINE_CODE_H

#include <weft/engine.h>
#include <weft/state_view.h>
#include <weft/types.h>

#include "engine/jump_destinations.h"
#include "engine/opcodes.h"

typedef struct code {
    weft_bytes32 hash;
    /** Code bytes, behind PUSH_REACH zero bytes, followed by at least 33 so that PUSH and the fall off the end need no
     *  bound check. */
    const uint8_t *bytes;
    size_t size;
    /** The only part that changes. */
    jump_map *jump_map;
    /** EIP-7702 designator 0xef0100 ‖ address, and where it points. */
    bool is_delegation;
    weft_address delegate;
} code;

typedef struct code_cache code_cache;
typedef struct decoded_code decoded_code; /* decoded_code.h */

/** Returns: NULL when out of memory. */
code_cache *code_cache_create(uint64_t seed);
void code_cache_destroy(code_cache *cache);

/** The code of an account without code; lives in every cache. */
const code *code_cache_empty(const code_cache *cache);

/** The object for a hash the state gave, its bytes perhaps not loaded yet. Returns: NULL when out of memory.
 *  Threads: any number. */
const code *code_cache_reference(code_cache *cache, const weft_bytes32 *hash);
/** Make sure that the bytes are there, asking `view` if they are not. Threads: any number. */
weft_status code_cache_load(code_cache *cache, const code *c, const weft_state_view *view, const weft_address *address);
/** The object for freshly made code (copied). Returns: NULL when out of memory. Threads: any number. */
const code *code_cache_add(code_cache *cache, weft_bytes bytes);

/** Bytes that code_place() needs for code of `size` bytes. */
size_t code_storage_size(size_t size);
/** Copy code that belongs to no cache, such as init code. The hash is left zero.
 *  In: storage   code_storage_size() bytes, aligned for uint64_t. Lifetime: `c` borrows it. Threads: one. */
void code_place(code *c, void *storage, weft_bytes bytes);

/** When codes are decoded, and so executed by decoded_run() from then on. Threads: exclusive. */
void code_cache_set_interpreter(code_cache *cache, weft_interpreter interpreter);
/** The decoded form of a code whose bytes are loaded. Returns: NULL if it has none, for now. Threads: any number. */
const decoded_code *code_cache_decoded(code_cache *cache, const code *c);
/** How many bytes of this code plain_run() is to execute until decoding is worth it; UINT32_MAX: however many. */
uint32_t code_cache_patience(const code_cache *cache, const code *c);
/** plain_run() executed so many bytes of this code. Returns: its decoded form, if it is worth it now. Threads: any
 *  number. */
const decoded_code *code_cache_heat(code_cache *cache, const code *c, uint32_t executed);

/** Forget codes above `size_max` bytes in total. Threads: exclusive; no code of the cache may be in use. */
void code_cache_trim(code_cache *cache, size_t size_max);

static inline bool code_is_jump_destination(const code *c, uint64_t offset) {
    return offset < c->size && c->bytes[offset] == OPCODE_JUMPDEST &&
           (pushes_reaching(c->bytes + offset) == 0 ||
            jump_is_to_instruction(c->jump_map, c->bytes, c->size, (size_t)offset));
}

#endif
