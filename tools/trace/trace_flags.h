/** The trace options of geth's `evm run`, `statetest` and `blocktest`, by the names that its versions know them under. */
#ifndef TOOLS_TRACE_TRACE_FLAGS_H
#define TOOLS_TRACE_TRACE_FLAGS_H

#include "tools/arguments.h"
#include "tools/trace/json_trace.h"

typedef struct trace_flags {
    bool trace, json; /* json: the older name */
    const char *format;
    bool no_memory, no_return_data;
    bool no_storage; /* of geth's struct format: JSON lines have none */
    bool no_stack, call_frames;
} trace_flags;

/** geth's defaults. */
#define TRACE_FLAGS_DEFAULT ((trace_flags){.no_memory = true, .no_return_data = true})

/** The options, as elements of an array of `argument`. In: f   a trace_flags. */
#define TRACE_FLAGS_ARGUMENTS(f)                                                                                     \
    {.name = "trace", .flag = &(f).trace}, {.name = "json", .flag = &(f).json},                                      \
        {.name = "trace.format", .text = &(f).format}, {.name = "trace.nomemory", .flag = &(f).no_memory},           \
        {.name = "nomemory", .flag = &(f).no_memory}, {.name = "trace.nostack", .flag = &(f).no_stack},              \
        {.name = "nostack", .flag = &(f).no_stack}, {.name = "trace.nostorage", .flag = &(f).no_storage},            \
        {.name = "nostorage", .flag = &(f).no_storage}, {.name = "trace.noreturndata", .flag = &(f).no_return_data}, \
        {.name = "noreturndata", .flag = &(f).no_return_data}, {                                                     \
        .name = "trace.callframes", .flag = &(f).call_frames                                                         \
    }

/** What the help says of them. */
#define TRACE_FLAGS_HELP                                                                                       \
    "  --trace, --json        EIP-3155 lines on standard error\n"                                              \
    "  --trace.format json    accepted; there is no other\n"                                                   \
    "  --trace.nomemory=false, --trace.noreturndata=false, --trace.nostack, --trace.callframes   what is in\n" \
    "                         them; geth's older --nomemory, --noreturndata, --nostack, --nostorage are known\n"

/** Whether a trace is wanted, and how. Returns: -1 to go on, otherwise the exit status: the format is not known.
 *  Out: wanted   whether there is one at all; options   what is in it. */
int trace_flags_read(bool *wanted, json_trace_options *options, const trace_flags *flags, const arguments *a);

#endif
