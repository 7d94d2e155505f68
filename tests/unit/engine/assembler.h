/** EVM assembly for tests: words separated by spaces, opcode names from engine/opcodes.h, numbers (decimal or 0x…) that
 *  become the shortest PUSH, `:name` for a JUMPDEST and `@name` for its position. "0 SLOAD 1 ADD 0 SSTORE" is a counter. */
#ifndef TESTS_UNIT_ENGINE_ASSEMBLER_H
#define TESTS_UNIT_ENGINE_ASSEMBLER_H

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/opcodes.h"
#include <stdio.h>
#include <stdlib.h>

enum { ASSEMBLY_SIZE_MAX = 1024, ASSEMBLY_LABELS_MAX = 16 };

typedef struct assembly {
    uint8_t bytes[ASSEMBLY_SIZE_MAX];
    size_t size;
} assembly;

typedef struct assembly_labels {
    struct {
        char name[16];
        size_t position;
    } entries[ASSEMBLY_LABELS_MAX];
    size_t count;
} assembly_labels;

static inline int assembly_opcode(const char *word) {
#define ASSEMBLY_ENTRY(argument, value, name, fork, gas, pops, pushes) {#name, value},
    static const struct {
        const char *name;
        int value;
    } opcodes[] = {OPCODES(ASSEMBLY_ENTRY, 0)};
    for (size_t i = 0; i < sizeof opcodes / sizeof *opcodes; i++) {
        if (strcmp(opcodes[i].name, word) == 0) {
            return opcodes[i].value;
        }
    }
    return -1;
}

static inline void assembly_push(assembly *a, const uint8_t *bytes, size_t size) {
    a->bytes[a->size++] = (uint8_t)(0x5f + size);
    memcpy(a->bytes + a->size, bytes, size);
    a->size += size;
}

static inline void assembly_number(assembly *a, const char *word) {
    uint8_t bytes[32] = {0};
    if (word[0] == '0' && word[1] == 'x') {
        size_t size = (strlen(word) - 2) / 2;
        if (!hex_decode(bytes, size, word, strlen(word))) {
            fprintf(stderr, "assembler: %s\n", word);
            abort();
        }
        assembly_push(a, bytes, size);
        return;
    }
    weft_u256 value = u256_from_u64(strtoull(word, NULL, 10));
    u256_to_be32(bytes, &value);
    size_t size = u256_byte_length(&value) == 0 ? 1 : u256_byte_length(&value);
    assembly_push(a, bytes + 32 - size, size);
}

static inline void assembly_word(assembly *a, assembly_labels *labels, const char *word) {
    if (word[0] == ':') {
        snprintf(labels->entries[labels->count].name, sizeof labels->entries->name, "%s", word + 1);
        labels->entries[labels->count++].position = a->size;
        a->bytes[a->size++] = 0x5b;
        return;
    }
    if (word[0] == '@') {
        uint8_t position[2] = {0, 0};
        for (size_t i = 0; i < labels->count; i++) {
            if (strcmp(labels->entries[i].name, word + 1) == 0) {
                position[0] = (uint8_t)(labels->entries[i].position >> 8);
                position[1] = (uint8_t)labels->entries[i].position;
            }
        }
        assembly_push(a, position, sizeof position);
        return;
    }
    int opcode = assembly_opcode(word);
    if (opcode >= 0) {
        a->bytes[a->size++] = (uint8_t)opcode;
    } else {
        assembly_number(a, word);
    }
}

/** Two passes: labels may be used before they are defined. */
static inline assembly assemble(const char *source) {
    assembly a = {.size = 0};
    assembly_labels labels = {.count = 0};
    for (int pass = 0; pass < 2; pass++) {
        char copy[4096];
        snprintf(copy, sizeof copy, "%s", source);
        a.size = 0;
        size_t known = labels.count;
        char *rest = NULL;
        for (char *word = strtok_r(copy, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest)) {
            assembly_word(&a, &labels, word);
        }
        labels.count = pass == 0 ? labels.count : known;
    }
    return a;
}

#endif
