/** The version of the headers (macros) and of the library that runs (function). Semantic versioning. */
#ifndef WEFT_VERSION_H
#define WEFT_VERSION_H

#include <weft/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
#define WEFT_VERSION_STRING "0.1.0"

/** The version of the library that is linked, as "major.minor.patch".
 *
 *  Returns:  a constant string, never NULL.
 *  Threads:  any.
 */
WEFT_API const char *weft_version(void);

#ifdef __cplusplus
}
#endif

#endif
