/** The tool that was built with the tests, as a child process. */
#ifndef TESTS_INTEGRATION_TOOL_H
#define TESTS_INTEGRATION_TOOL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/files.h"

#define TEST_TOOL_ARGUMENTS_MAX 16

typedef struct test_tool {
    char program[4096];
    const char *folder; /* its working directory, which also takes its output: files out and err. Borrowed. */
    const char *output; /* where its standard output goes instead of the file out; NULL = there */
    const char *input;  /* file in the folder that is its standard input; NULL = ours */
} test_tool;

/** Returns: false when the tool is not where the build puts it. */
static inline bool test_tool_find(test_tool *tool, const char *folder) {
    static const char in_build[] = "/bin/weft";
    ssize_t size = readlink("/proc/self/exe", tool->program, sizeof tool->program - sizeof in_build);
    if (size <= 0) {
        return false;
    }
    tool->folder = folder;
    tool->output = tool->input = NULL;
    tool->program[size] = '\0';
    for (int i = 0; i < 2; i++) { /* .../tests/test_integration_x */
        *strrchr(tool->program, '/') = '\0';
    }
    memcpy(tool->program + strlen(tool->program), in_build, sizeof in_build);
    return access(tool->program, X_OK) == 0;
}

/** Start the tool. Returns: the child, or -1. In: arguments   at most TEST_TOOL_ARGUMENTS_MAX and a NULL. */
static inline pid_t test_tool_start(const test_tool *tool, const char *const *arguments) {
    const char *argv[TEST_TOOL_ARGUMENTS_MAX + 2] = {tool->program};
    for (size_t i = 0; i < TEST_TOOL_ARGUMENTS_MAX && arguments[i] != NULL; i++) {
        argv[i + 1] = arguments[i];
    }
    pid_t child = fork();
    if (child == 0) {
        if (chdir(tool->folder) != 0 || freopen(tool->output != NULL ? tool->output : "out", "w", stdout) == NULL ||
            freopen("err", "w", stderr) == NULL || (tool->input != NULL && freopen(tool->input, "r", stdin) == NULL)) {
            _exit(98);
        }
        execv(tool->program, (char *const *)(uintptr_t)argv);
        _exit(99);
    }
    return child;
}

/** Wait for what test_tool_start() returned. Returns: the exit status; -1 if it did not start, or if a signal ended it. */
static inline int test_tool_end(pid_t child) {
    int how;
    return child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/** Run the tool to its end. Returns: as test_tool_end(). */
static inline int test_tool_run(const test_tool *tool, const char *const *arguments) {
    return test_tool_end(test_tool_start(tool, arguments));
}

/** What it left in the file `name` of its folder, such as out or err; to be freed. */
static inline file_bytes test_tool_output(const test_tool *tool, const char *name) {
    char *path = file_join(tool->folder, name);
    assert_non_null(path);
    file_bytes bytes = test_file_read(path);
    free(path);
    return bytes;
}

static inline bool test_tool_wrote(const test_tool *tool, const char *name, const char *words) {
    file_bytes bytes = test_tool_output(tool, name);
    bool has = strstr(bytes.data, words) != NULL;
    file_free(&bytes);
    return has;
}

static inline void test_tool_expect(const test_tool *tool, const char *name, const char *words) {
    file_bytes bytes = test_tool_output(tool, name);
    if (strstr(bytes.data, words) == NULL) {
        fail_msg("'%s' is not in %s:\n%s", words, name, bytes.data);
    }
    file_free(&bytes);
}

#endif
