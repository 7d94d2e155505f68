/** Where in a code jumps may go: to JUMPDESTs that are no data of a PUSH.
 *
 *  Of most codes few functions are executed, so nothing is found out about all of a code beforehand. A byte begins an
 *  instruction when none of the 32 bytes before it is a PUSH that reaches it, whether that byte is an instruction itself
 *  or not. This is so for four of five JUMPDESTs. Of the others most are decided by the same question at such a PUSH.
 *  Where that leads too far back, or has been done too often, all of the code is looked through once, and a map of it
 *  kept.
 */
#ifndef ENGINE_JUMP_DESTINATIONS_H
#define ENGINE_JUMP_DESTINATIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __x86_64__
#include <emmintrin.h>
#endif

enum {
    PUSH_REACH = 32 /* bytes of data that an instruction has at most */
};

/** The map. Threads: any number. */
typedef struct jump_map {
    atomic_int state;     /* released by whoever filled it */
    atomic_uint searches; /* that went without it. Relaxed: a count that is a little off does no harm */
    uint64_t bits[];      /* bit i is set when a jump may go to byte i */
} jump_map;

/** Bytes of the map of a code of so many bytes. */
size_t jump_map_size(size_t code_size);
void jump_map_init(jump_map *map);

/** Which of the 32 bytes before `at` are PUSHes that reach it, if they are instructions: bit i for at[i - 32]. PUSHn
 *  reaches over a distance of n bytes. */
static inline uint32_t pushes_reaching(const uint8_t *at) {
#ifdef __x86_64__
    const __m128i push32 = _mm_set1_epi8(0x7f);
    const __m128i reach[] = {_mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                             _mm_setr_epi8(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31)};
    uint32_t found = 0;
    for (int half = 0; half < 2; half++) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at - PUSH_REACH) + half);
        const __m128i shorter = _mm_sub_epi8(push32, bytes); /* by how many bytes than PUSH32 */
        const __m128i reaches = _mm_cmpeq_epi8(_mm_min_epu8(shorter, reach[half]), shorter);
        found |= (uint32_t)_mm_movemask_epi8(reaches) << 16 * half;
    }
    return found;
#else
    uint32_t found = 0;
    for (unsigned i = 0; i < PUSH_REACH; i++) {
        const uint8_t shorter = (uint8_t)(0x7f - at[(int)i - PUSH_REACH]);
        found |= (uint32_t)(shorter <= i) << i;
    }
    return found;
#endif
}

/** Whether the JUMPDEST at bytes[offset] is an instruction, where pushes_reaching() finds something.
 *  In: bytes   with PUSH_REACH zeros before them; map   of these bytes. Threads: any number. */
bool jump_is_to_instruction(jump_map *map, const uint8_t *bytes, size_t size, size_t offset);

#endif
