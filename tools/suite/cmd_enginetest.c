#include "tools/commands.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_command.h"

int cmd_enginetest(int argc, char **argv) {
    const suite_command command = {.name = "enginetest",
                                   .what =
                                       "Run engine tests: payloads of a consensus client, from a genesis on, judged by "
                                       "head, state and reasons of refusal.",
                                   .kind = &engine_test_kind};
    return suite_command_run(&command, argc, argv);
}
