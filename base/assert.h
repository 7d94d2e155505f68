/** WEFT_ASSERT states what only a bug in weft can break: cheap, always on, and it aborts the process. It never guards
 *  against input, the host, or a speculative incarnation, all of which may be wrong without a bug. */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#define WEFT_ASSERT(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))

#define WEFT_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define WEFT_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

_Noreturn void assert_failed(const char *condition, const char *file, int line);

#endif
