#include "tools/commands.h"
#include "tools/suite/fixture_kinds.h"
#include "tools/suite/suite_command.h"

int cmd_transactiontest(int argc, char **argv) {
    const suite_command command = {.name = "transactiontest",
                                   .what =
                                       "Run transaction tests: encodings, judged by hash, sender and intrinsic gas.",
                                   .kind = &transaction_test_kind};
    return suite_command_run(&command, argc, argv);
}
