#include "tools/commands.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_command.h"

int cmd_blocktest(int argc, char **argv) {
    const suite_command command = {
        .name = "blocktest",
        .what = "Run blockchain tests: blocks imported from a genesis, judged by head, state and reasons of refusal.",
        .kind = &block_test_kind};
    return suite_command_run(&command, argc, argv);
}
