/** What `weft statetest`, `blocktest` and their kin share: geth's flags, its JSON result list, file names on standard
 *  input.
 *
 *  Results are one JSON array on standard output, logs go to standard error, and the exit status is 0 even when tests
 *  fail, for the runners of the ecosystem take any other status as a crash; --fail is for everybody else.
 */
#ifndef TOOLS_SUITE_SUITE_COMMAND_H
#define TOOLS_SUITE_SUITE_COMMAND_H

#include "tools/suite/fixture.h"

typedef struct suite_command {
    const char *name;
    const char *what; /* for the help: "state tests: ..." */
    const fixture_kind *kind;
    bool like_evm; /* see fixture_hooks */
} suite_command;

/** Returns: the exit status. */
int suite_command_run(const suite_command *command, int argc, char **argv);

#endif
