/** The subcommands of the tool. Each takes its own name as argv[0] and returns the exit status. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

int cmd_replay(int argc, char **argv);
int cmd_state(int argc, char **argv);
int cmd_store(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_conformance(int argc, char **argv);
int cmd_statetest(int argc, char **argv);
int cmd_blocktest(int argc, char **argv);
int cmd_transactiontest(int argc, char **argv);
int cmd_enginetest(int argc, char **argv);
int cmd_t8n(int argc, char **argv);
int cmd_t9n(int argc, char **argv);
int cmd_b11r(int argc, char **argv);
int cmd_run(int argc, char **argv);

#endif
