#include "tools/commands.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_command.h"

int cmd_statetest(int argc, char **argv) {
    const suite_command command = {.name = "statetest",
                                   .what = "Run state tests: one transaction each, judged by state root and logs.",
                                   .kind = &state_test_kind,
                                   .like_evm = true};
    return suite_command_run(&command, argc, argv);
}
