/* EVM code in blocks of a few transactions (evm_case.h): parallel execution, without fallback, and serial execution agree in
 * everything. The input says of a third execution: watched by a tracer, or from the block access list that the first one
 * built (EIP-7928), without running any transaction twice. The serial engine executes code as it is
 * written and analyses it anew each time; the parallel one decodes it and keeps that from input to input. */
#include "tests/fuzz/evm_case.h"
#include "tests/fuzz/evm_generator.h"
#include "tools/runner.h"

enum { THREADS_MAX = 3 };

/* The engine with so many workers. */
static weft_engine *engine_of(unsigned threads, const weft_chain *chain) {
    static weft_engine *engines[THREADS_MAX + 1];
    const weft_engine_config config = {.size = sizeof config,
                                       .threads = threads,
                                       .force_parallel = threads > 1,
                                       .keep_code_cache = threads > 1,
                                       .seed = 1,
                                       .interpreter = threads > 1 ? WEFT_INTERPRETER_DECODED : WEFT_INTERPRETER_PLAIN};
    if (engines[threads] == NULL) {
        FUZZ_CHECK(weft_engine_create(&engines[threads], chain, &config) == WEFT_OK, "out of memory");
    }
    FUZZ_CHECK(weft_engine_set_chain(engines[threads], chain) == WEFT_OK, "out of memory");
    return engines[threads];
}

/* --- A tracer that reads all it is shown */

static uint64_t seen; /* keeps the reads from being optimised away */

static void see(const void *data, size_t size) {
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        seen += bytes[i];
    }
}

static void see_step(void *context, const weft_trace_step *step) {
    (void)context;
    see(step->stack, step->stack_count * sizeof *step->stack);
    see(step->memory.data, step->memory.size < 64 ? step->memory.size : 64);
    see(step->return_data.data, step->return_data.size < 64 ? step->return_data.size : 64);
}

static void see_enter(void *context, const weft_trace_enter *enter) {
    (void)context;
    see(enter->input.data, enter->input.size);
}

static void see_leave(void *context, const weft_trace_leave *leave) {
    (void)context;
    see(leave->output.data, leave->output.size);
}

static const weft_tracer tracer = {.size = sizeof tracer, .step = see_step, .enter = see_enter, .leave = see_leave};

/* --- Executions and their comparison */

typedef struct execution {
    weft_status status;
    weft_block_result result;
    weft_bytes32 delta_digest;
} execution;

static execution execute(const evm_case *c, unsigned threads, const weft_execute_options *options) {
    execution e = {.status = WEFT_OK};
    weft_state_view view = evm_case_view(c);
    e.status = weft_engine_execute(engine_of(threads, &c->chain), &e.result, &c->block, &view, options);
    FUZZ_CHECK(e.status == WEFT_OK || e.status == WEFT_UNSUPPORTED, "status %d", (int)e.status);
    if (e.status == WEFT_OK) {
        FUZZ_CHECK(weft_state_delta_digest(&e.delta_digest, &e.result.delta) == WEFT_OK, "out of memory");
    }
    return e;
}

static void compare(const execution *expected, const execution *found, const char *how) {
    FUZZ_CHECK(found->status == expected->status, "%s: status %d, serially %d", how, (int)found->status,
               (int)expected->status);
    if (expected->status != WEFT_OK) {
        return;
    }
    const weft_block_result *a = &expected->result, *b = &found->result;
    const char *difference = runner_difference(a, b);
    FUZZ_CHECK(difference == NULL, "%s: %s differs: %s (%s), serially %s (%s)", how, difference,
               weft_verdict_name(b->verdict), b->explanation, weft_verdict_name(a->verdict), a->explanation);
    FUZZ_CHECK(strcmp(a->explanation, b->explanation) == 0, "%s: %s, serially %s", how, b->explanation, a->explanation);
    FUZZ_CHECK(fuzz_hash_equal(&expected->delta_digest, &found->delta_digest), "%s: the state delta differs", how);
}

/* The delta can be applied, and is what makes the difference: applied once more, nothing changes. */
static void check_delta(evm_case *c, const execution *e) {
    weft_bytes32 once, twice;
    bool is_applied = weft_memory_state_apply(c->state, &e->result.delta) == WEFT_OK &&
                      weft_memory_state_root(c->state, &once) == WEFT_OK &&
                      weft_memory_state_apply(c->state, &e->result.delta) == WEFT_OK &&
                      weft_memory_state_root(c->state, &twice) == WEFT_OK;
    FUZZ_CHECK(is_applied && fuzz_hash_equal(&once, &twice), "the delta cannot be applied");
}

/* Before EIP-6780 a contract may go and come back, which a list does not say; nor whether an empty account, which any touch
 * removes (EIP-161), was touched or only looked at. */
static bool list_tells_all(const evm_case *c) {
    return c->chain.activation_time[WEFT_CANCUN] != WEFT_NEVER && !c->has_empty_account;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static evm_case c;
    evm_case_read(&c, data, size);
    weft_execute_options options = {.size = sizeof options,
                                    .no_header_checks = true,
                                    .partial_state = true,
                                    .build_block_access_list = c.has_access_list};
    execution serial = execute(&c, 1, &options);
    execution parallel = execute(&c, c.threads, &options);
    compare(&serial, &parallel, "in parallel");
    if (c.has_access_list && serial.status == WEFT_OK && serial.result.verdict == WEFT_VALID) {
        options.block_access_list = serial.result.block_access_list;
        parallel = execute(&c, c.threads, &options);
        compare(&serial, &parallel, "from the access list");
        FUZZ_CHECK(parallel.result.stats.reexecutions == 0 || !list_tells_all(&c),
                   "from the access list: something was run twice");
    } else if (c.is_traced) {
        /* On the engine whose results the serial ones are not: those stay readable. */
        options.tracer = &tracer;
        execution traced = execute(&c, c.threads, &options);
        compare(&serial, &traced, "traced");
    }
    if (serial.status == WEFT_OK && serial.result.verdict == WEFT_VALID) {
        check_delta(&c, &serial);
    }
    return 0;
}

/* Half of the inputs get instructions that mean something, some are made anew, the rest is left to the driver. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    test_random random = {seed};
    switch (random_below(&random, 32)) {
    case 0: return evm_generate(&random, data, size_max);
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
    case 14:
    case 15: return evm_overwrite(&random, data, size);
    default: return LLVMFuzzerMutate(data, size, size_max);
    }
}
