/* A driver for the fuzz targets without libFuzzer: every seed of the corpus, then mutations of seeds. The same arguments run
 * the same inputs on every machine. An input that ends the program is left behind in a file.
 *
 *   fuzz_TARGET [--mutations N] [--seed N] FILE_OR_FOLDER...
 */
#include <signal.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/support/random.h"
#include "tools/file.h"

enum { INPUT_SIZE_MAX = 1 << 16, EDITS_MAX = 4 };

typedef struct corpus {
    file_bytes *seeds;
    size_t count;
} corpus;

/* Targets that know better how to change an input define it. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

/* --- The input under way, for the signal handler */

static const uint8_t *input_data;
static size_t input_size;
static const char input_path[] = "fuzz-input";

static void keep_input(int number) {
    static const char words[] = "the input is in the file fuzz-input\n";
    FILE *file = fopen(input_path, "wb"); /* not safe in a handler; the program is lost anyway */
    if (file != NULL && fwrite(input_data, 1, input_size, file) == input_size && fclose(file) == 0) {
        (void)!write(STDERR_FILENO, words, sizeof words - 1);
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* The sanitizers end the program by abort(), so that keep_input() is called. */
const char *__asan_default_options(void);
__attribute__((used, visibility("default"))) const char *__asan_default_options(void) {
    return "abort_on_error=1:handle_abort=0:handle_segv=1";
}

/* In memory of exactly its size, so that a sanitizer sees what is read behind it. */
static void run(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size > 0 ? size : 1);
    FUZZ_CHECK(copy != NULL, "out of memory");
    if (size > 0) {
        memcpy(copy, data, size);
    }
    input_data = copy;
    input_size = size;
    (void)LLVMFuzzerTestOneInput(copy, size);
    input_size = 0;
    free(copy);
}

/* --- Mutations */

static test_random edits;

static size_t edit(uint8_t *data, size_t size, size_t size_max) {
    static const uint8_t telling[] = "\x00\x01\x7f\x80\x81\xb7\xb8\xbf\xc0\xf7\xf8\xff{}[]\",:0x-e\\";
    size_t at = size > 0 ? random_below(&edits, size) : 0;
    size_t length = size > 0 ? 1 + random_below(&edits, size - at < 32 ? size - at : 32) : 0;
    if (size == 0) {
        random_fill(&edits, data, size_max < 16 ? size_max : 16);
        return size_max < 16 ? size_max : 16;
    }
    switch (random_below(&edits, 6)) {
    case 0: data[at] ^= (uint8_t)(1u << random_below(&edits, 8)); return size;
    case 1: data[at] = (uint8_t)random_u64(&edits); return size;
    case 2: data[at] = telling[random_below(&edits, sizeof telling - 1)]; return size;
    case 3: memmove(data + at, data + at + length, size - at - length); return size - length;
    case 4: /* a piece twice */
        if (length > size_max - size) {
            return size;
        }
        memmove(data + at + length, data + at, size - at);
        return size + length;
    default: /* a piece elsewhere */
        memmove(data + random_below(&edits, size - length + 1), data + at, length);
        return size;
    }
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max) {
    for (size_t count = 1 + random_below(&edits, EDITS_MAX); count > 0; count--) {
        size = edit(data, size, size_max);
    }
    return size;
}

static void run_mutations(const corpus *c, uint64_t first_seed, size_t count) {
    static uint8_t data[INPUT_SIZE_MAX];
    for (uint64_t i = 0; i < count && c->count > 0; i++) {
        edits.state = first_seed + i;
        const file_bytes *seed = &c->seeds[random_below(&edits, c->count)];
        size_t size = seed->size < sizeof data ? seed->size : sizeof data;
        memcpy(data, seed->data, size);
        size = LLVMFuzzerCustomMutator != NULL
                   ? LLVMFuzzerCustomMutator(data, size, sizeof data, (unsigned)random_u64(&edits))
                   : LLVMFuzzerMutate(data, size, sizeof data);
        run(data, size);
    }
}

/* --- The corpus */

static bool add_file(corpus *c, const char *path) {
    failure f;
    file_bytes bytes;
    file_bytes *seeds = realloc(c->seeds, (c->count + 1) * sizeof *seeds);
    FUZZ_CHECK(seeds != NULL, "out of memory");
    c->seeds = seeds;
    if (file_read(&bytes, path, &f) != WEFT_OK) {
        fprintf(stderr, "%s\n", f.message);
        return false;
    }
    c->seeds[c->count++] = bytes;
    return true;
}

static bool add_folder(corpus *c, const char *path) {
    failure f;
    file_list list;
    if (file_list_folder(&list, path, &f) != WEFT_OK) {
        fprintf(stderr, "%s\n", f.message);
        return false;
    }
    bool added = list.count > 0;
    for (size_t i = 0; i < list.count && added; i++) {
        char *file = file_join(path, list.names[i]);
        added = file != NULL && add_file(c, file);
        free(file);
    }
    file_list_free(&list);
    return added;
}

int main(int argc, char **argv) {
    static const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    corpus c = {.seeds = NULL};
    uint64_t mutations = 0, seed = 1;
    for (int i = 1; i < argc; i++) {
        bool is_option = argv[i][0] == '-' && i + 1 < argc;
        if (is_option) {
            *(strcmp(argv[i], "--seed") == 0 ? &seed : &mutations) = strtoull(argv[i + 1], NULL, 0);
            i++;
        } else if (!(file_is_folder(argv[i]) ? add_folder(&c, argv[i]) : add_file(&c, argv[i]))) {
            return 2;
        }
    }
    for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
        (void)signal(deadly[i], keep_input);
    }
    for (size_t i = 0; i < c.count; i++) {
        run((const uint8_t *)c.seeds[i].data, c.seeds[i].size);
    }
    run_mutations(&c, seed, (size_t)mutations);
    printf("%zu seeds, %llu mutations\n", c.count, (unsigned long long)mutations);
    for (size_t i = 0; i < c.count; i++) {
        file_free(&c.seeds[i]);
    }
    free(c.seeds);
    return 0;
}
