#include "tools/suite/fixture_kinds.h"

const fixture_kind *const fixture_kinds[] = {&state_test_kind, &block_test_kind, &engine_test_kind,
                                             &transaction_test_kind, &difficulty_test_kind};
const size_t fixture_kind_count = sizeof fixture_kinds / sizeof fixture_kinds[0];
