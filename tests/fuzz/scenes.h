/** Some valid blocks, always the same, for targets that change something else than the block. */
#ifndef TESTS_FUZZ_SCENES_H
#define TESTS_FUZZ_SCENES_H

#include "tests/fuzz/evm_case.h"

enum { SCENE_COUNT = 8, SCENE_SIZE_MAX = 4096 };

/** Read scene `number`, below SCENE_COUNT: under Amsterdam's rules if that is odd, else under Osaka's. */
void scene_read(evm_case *c, unsigned number);

#endif
