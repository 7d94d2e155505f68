/** Plain data shared by every box of weft and by its users. No functions, no ownership.
 *
 *  Byte order: `weft_address` and `weft_bytes32` hold bytes as they travel on the wire (big-endian);
 *  `weft_u256` holds four 64-bit limbs, least significant first, in the byte order of the machine.
 */
#ifndef WEFT_TYPES_H
#define WEFT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* WEFT_API marks every symbol that libweft exports; everything else stays hidden. */
#if defined(__GNUC__)
#define WEFT_API __attribute__((visibility("default")))
#define WEFT_MUST_USE __attribute__((warn_unused_result))
#else
#define WEFT_API
#define WEFT_MUST_USE
#endif

/** A 20-byte account address. */
typedef struct weft_address {
    uint8_t bytes[20];
} weft_address;

/** 32 bytes in wire order: a hash, a storage key, a root. */
typedef struct weft_bytes32 {
    uint8_t bytes[32];
} weft_bytes32;

/** A 256-bit unsigned integer: value = limb[0] + limb[1]*2^64 + limb[2]*2^128 + limb[3]*2^192. */
typedef struct weft_u256 {
    uint64_t limb[4];
} weft_u256;

/** A borrowed run of bytes. `data` may be NULL only when `size` is 0. */
typedef struct weft_bytes {
    const uint8_t *data;
    size_t size;
} weft_bytes;

#ifdef __cplusplus
}
#endif

#endif
