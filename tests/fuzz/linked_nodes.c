#include "tests/fuzz/linked_nodes.h"

/* Copy the next run of bytes, as far as there is room. */
static weft_bytes read_run(linked_nodes *all, fuzz_input *input) {
    size_t size = input_byte(input);
    size |= (size_t)input_byte(input) << 8;
    size = size < sizeof all->bytes - all->used ? size : sizeof all->bytes - all->used;
    weft_bytes source = input_bytes(input, size), copy = {all->bytes + all->used, source.size};
    if (source.size > 0) {
        memcpy(all->bytes + all->used, source.data, source.size);
    }
    all->used += copy.size;
    return copy;
}

static void replace_links(linked_nodes *all, weft_bytes node, const char *words, const weft_bytes32 *hashes,
                          size_t count) {
    uint8_t *bytes = all->bytes + (node.data - all->bytes);
    for (size_t i = 0; i + sizeof *hashes <= node.size; i++) {
        if (bytes[i] == (uint8_t)words[0] && memcmp(bytes + i, words, LINK_WORDS_SIZE) == 0 && count > 0) {
            memcpy(bytes + i, &hashes[bytes[i + LINK_WORDS_SIZE] % count], sizeof *hashes);
        }
    }
}

void linked_nodes_read(linked_nodes *all, fuzz_input *input) {
    all->used = 0;
    all->node_count = input_below(input, LINKED_NODES_MAX + 1);
    for (size_t i = 0; i < all->node_count; i++) {
        all->nodes[i] = read_run(all, input);
    }
    all->code_count = input_below(input, LINKED_CODES_MAX + 1);
    for (size_t i = 0; i < all->code_count; i++) {
        all->codes[i] = read_run(all, input);
        all->code_hashes[i] = weft_keccak256(all->codes[i]);
    }
    for (size_t i = 0; i < all->node_count; i++) {
        replace_links(all, all->nodes[i], link_to_code, all->code_hashes, all->code_count);
        replace_links(all, all->nodes[i], link_to_node, all->node_hashes, i);
        all->node_hashes[i] = weft_keccak256(all->nodes[i]);
    }
}
