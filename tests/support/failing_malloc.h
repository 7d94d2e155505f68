/** malloc and its relatives for one test program, with a counter: after so many allocations, every further one fails.
 *
 *  Include it from exactly one file of the program. It stands in for the C library's functions (of glibc), in the whole
 *  program and the libraries it loads. Under a sanitizer, which needs malloc for itself, FAILING_MALLOC is 0.
 */
#ifndef TESTS_SUPPORT_FAILING_MALLOC_H
#define TESTS_SUPPORT_FAILING_MALLOC_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define FAILING_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FAILING_MALLOC 0
#endif
#endif
#ifndef FAILING_MALLOC
#define FAILING_MALLOC 1
#endif

/** Allocations that still succeed, and blocks that are not freed yet. */
static __attribute__((unused)) size_t malloc_left = SIZE_MAX;
static __attribute__((unused)) size_t malloc_live;

#if FAILING_MALLOC

/* Visible, so that the libraries the program loads use them too. */
#pragma GCC visibility push(default)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static void *malloc_count(void *memory) {
    malloc_live += memory != NULL;
    return memory;
}

static int malloc_may_fail(void) {
    if (malloc_left == 0) {
        errno = ENOMEM;
        return 1;
    }
    malloc_left -= malloc_left != SIZE_MAX;
    return 0;
}

void *malloc(size_t size) {
    return malloc_may_fail() ? NULL : malloc_count(__libc_malloc(size));
}

void *calloc(size_t count, size_t size) {
    return malloc_may_fail() ? NULL : malloc_count(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size) {
    if (malloc_may_fail()) {
        return NULL;
    }
    void *moved = __libc_realloc(memory, size);
    return memory == NULL ? malloc_count(moved) : moved;
}

void *reallocarray(void *memory, size_t count, size_t size) {
    size_t total;
    return __builtin_mul_overflow(count, size, &total) ? NULL : realloc(memory, total);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return malloc_may_fail() ? NULL : malloc_count(__libc_memalign(alignment, size));
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = aligned_alloc(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

void free(void *memory) {
    malloc_live -= memory != NULL;
    __libc_free(memory);
}

#pragma GCC visibility pop

#endif

#endif
