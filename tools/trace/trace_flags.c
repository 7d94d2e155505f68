#include "tools/trace/trace_flags.h"

#include <string.h>

int trace_flags_read(bool *wanted, json_trace_options *options, const trace_flags *flags, const arguments *a) {
    if (flags->format != NULL && strcmp(flags->format, "json") != 0) {
        return arguments_refuse(a, "--trace.format %s: only json is known", flags->format);
    }
    *wanted = flags->trace || flags->json;
    *options = (json_trace_options){.memory = !flags->no_memory,
                                    .no_stack = flags->no_stack,
                                    .return_data = !flags->no_return_data,
                                    .call_frames = flags->call_frames};
    return -1;
}
