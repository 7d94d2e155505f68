/* What a tracer is told: which events, in which order, with what in them. Every event becomes a line of text; a test
 * compares the lines. Threading model: traced execution is serial, also on an engine with workers. Oracle: the
 * instructions' documented costs, by hand. */
#include "tests/unit/engine/scene.h"

enum { CALLER_CONTRACT = 0x400, CALLEE_CONTRACT };

typedef struct log_book {
    char text[1 << 20];
    size_t size;
    weft_u256 balance_before, balance_after; /* of the coinbase */
} log_book;

static void note(log_book *book, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void note(log_book *book, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(book->text + book->size, sizeof book->text - book->size, format, arguments);
    va_end(arguments);
    assert_true(written > 0 && (size_t)written < sizeof book->text - book->size);
    book->size += (size_t)written;
}

static weft_u256 balance_in(const weft_state_view *state, weft_address address) {
    weft_account account;
    assert_int_equal(state->account(state->context, &account, &address), WEFT_OK);
    return account.balance;
}

static void on_begin(void *context, const weft_trace_transaction *t) {
    log_book *book = context;
    assert_null(t->receipt);
    book->balance_before = balance_in(t->state, address_of(999));
    note(book, "begin %zu\n", t->index);
}

static void on_end(void *context, const weft_trace_transaction *t) {
    log_book *book = context;
    book->balance_after = balance_in(t->state, address_of(999));
    note(book, "end %s\n", t->receipt == NULL ? "invalid" : t->receipt->success ? "success" : "failure");
}

static void on_enter(void *context, const weft_trace_enter *e) {
    note(context, "%*senter %s ..%02x%02x to ..%02x%02x gas %llu value %llu input %zu\n", (int)(2 * e->depth), "",
         weft_opcode_of(e->opcode)->name, e->from.bytes[18], e->from.bytes[19], e->to.bytes[18], e->to.bytes[19],
         (unsigned long long)e->gas, (unsigned long long)e->value.limb[0], e->input.size);
}

static void on_leave(void *context, const weft_trace_leave *l) {
    note(context, "%*sleave gas %llu output %zu%s%s\n", (int)(2 * l->depth), "", (unsigned long long)l->gas_used,
         l->output.size, l->fault == WEFT_FAULT_NONE ? "" : ": ", weft_fault_message(l->fault));
}

static void on_step(void *context, const weft_trace_step *s) {
    const weft_opcode *opcode = weft_opcode_of(s->opcode);
    note(context, "%*s%zu %s stack %zu memory %zu", (int)(2 * s->depth + 2), "", s->pc,
         opcode == NULL ? "undefined" : opcode->name, s->stack_count, s->memory.size);
}

static void on_step_end(void *context, const weft_trace_step_end *e) {
    note(context, " cost %llu%s%s\n", (unsigned long long)e->gas_cost, e->fault == WEFT_FAULT_NONE ? "" : ": ",
         weft_fault_message(e->fault));
}

/* Execute the scene on an engine of two workers. */
static void run_traced(scene *s, log_book *book) {
    const weft_engine_config config = {.size = sizeof config, .threads = 2, .force_parallel = true, .seed = 1};
    const weft_tracer tracer = {.size = sizeof tracer,
                                .context = book,
                                .transaction_begin = on_begin,
                                .transaction_end = on_end,
                                .enter = on_enter,
                                .leave = on_leave,
                                .step = on_step,
                                .step_end = on_step_end};
    const weft_execute_options options = {
        .size = sizeof options, .no_header_checks = true, .partial_state = true, .tracer = &tracer};
    weft_state_view view = weft_memory_state_view(s->state);
    book->size = 0;
    weft_engine_destroy(s->serial);
    assert_int_equal(weft_engine_create(&s->serial, &s->chain, &config), WEFT_OK);
    assert_int_equal(weft_engine_execute(s->serial, &s->result, &s->block, &view, &options), WEFT_OK);
    assert_int_equal(s->result.stats.threads, 1);
}

static void every_instruction_and_message_is_told_in_order(void **state) {
    (void)state;
    static scene s;
    static log_book book;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 1, ETHER);
    scene_contract(&s, address_of(CALLER_CONTRACT), 9, "0 0 0 0 3 " A("0401") " 1000 CALL STOP");
    scene_contract(&s, address_of(CALLEE_CONTRACT), 0, "7 0 MSTORE 32 0 REVERT");
    scene_call(&s, 0, address_of(CALLER_CONTRACT), 0, 100000);
    run_traced(&s, &book);
    assert_string_equal(book.text,
                        "begin 0\n"
                        "enter CALL ..0000 to ..0400 gas 79000 value 0 input 0\n"
                        "  0 PUSH1 stack 0 memory 0 cost 3\n"
                        "  2 PUSH1 stack 1 memory 0 cost 3\n"
                        "  4 PUSH1 stack 2 memory 0 cost 3\n"
                        "  6 PUSH1 stack 3 memory 0 cost 3\n"
                        "  8 PUSH1 stack 4 memory 0 cost 3\n"
                        "  10 PUSH20 stack 5 memory 0 cost 3\n"
                        "  31 PUSH2 stack 6 memory 0 cost 3\n"
                        "  34 CALL stack 7 memory 0 cost 12600\n" /* cold, value, and 1000 handed on */
                        "  enter CALL ..0400 to ..0401 gas 3300 value 3 input 0\n"
                        "    0 PUSH1 stack 0 memory 0 cost 3\n"
                        "    2 PUSH1 stack 1 memory 0 cost 3\n"
                        "    4 MSTORE stack 2 memory 0 cost 6\n"
                        "    5 PUSH1 stack 0 memory 32 cost 3\n"
                        "    7 PUSH1 stack 1 memory 32 cost 3\n"
                        "    9 REVERT stack 2 memory 32 cost 0: execution reverted\n"
                        "  leave gas 18 output 32: execution reverted\n"
                        "  35 STOP stack 1 memory 0 cost 0\n"
                        "leave gas 9339 output 0\n"
                        "end success\n");
    assert_true(u256_is_zero(&book.balance_before) && !u256_is_zero(&book.balance_after));
    scene_close(&s);
}

static void selfdestruct_is_a_message_that_moves_the_balance(void **state) {
    (void)state;
    static scene s;
    static log_book book;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 1, ETHER);
    scene_contract(&s, address_of(CALLER_CONTRACT), 9, "CALLER SELFDESTRUCT");
    scene_call(&s, 0, address_of(CALLER_CONTRACT), 1, 100000);
    run_traced(&s, &book);
    assert_string_equal(book.text,
                        "begin 0\n"
                        "enter CALL ..0000 to ..0400 gas 79000 value 1 input 0\n"
                        "  0 CALLER stack 0 memory 0 cost 2\n"
                        "  1 SELFDESTRUCT stack 1 memory 0 cost 5000\n"
                        "  enter SELFDESTRUCT ..0400 to ..0000 gas 0 value 10 input 0\n"
                        "  leave gas 0 output 0\n"
                        "leave gas 5002 output 0\n"
                        "end success\n");
    scene_close(&s);
}

/* The line of the last instruction, behind its name, for a contract that runs `source` under `fork`. */
static const char *last_fault(const char *source, weft_fork fork) {
    static scene s;
    static log_book book;
    scene_open(&s, fork);
    scene_senders(&s, 1, ETHER);
    scene_contract(&s, address_of(CALLEE_CONTRACT), 5, source);
    scene_contract(&s, address_of(CALLER_CONTRACT), 5, "0 0 0 0 " A("0401") " 50000 STATICCALL");
    scene_call(&s, 0, address_of(CALLER_CONTRACT), 0, 200000);
    run_traced(&s, &book);
    scene_close(&s);
    char *end = strstr(book.text, "  leave");
    assert_non_null(end);
    *end = '\0';
    const char *colon = strrchr(book.text, ':');
    return colon == NULL ? "none" : colon + 2;
}

static void faults_are_named(void **state) {
    (void)state;
    assert_string_equal(last_fault("POP", WEFT_CANCUN), "stack underflow\n");
    assert_string_equal(last_fault(":loop 1 @loop JUMP", WEFT_CANCUN), "stack limit reached\n");
    assert_string_equal(last_fault("1 JUMP", WEFT_CANCUN), "invalid jump destination\n");
    assert_string_equal(last_fault("1 1 SSTORE", WEFT_CANCUN), "write protection\n");
    assert_string_equal(last_fault("1 0 0 RETURNDATACOPY", WEFT_CANCUN), "return data out of bounds\n");
    assert_string_equal(last_fault("1 1 TSTORE", WEFT_CANCUN), "write protection\n");
    assert_string_equal(last_fault("1 1 TSTORE", WEFT_SHANGHAI), "invalid opcode\n");
    assert_string_equal(last_fault(":loop @loop JUMP", WEFT_CANCUN), "out of gas\n");
    assert_string_equal(last_fault("1 100000000 MSTORE", WEFT_CANCUN), "out of gas\n");
    assert_string_equal(last_fault("0 0 REVERT", WEFT_CANCUN), "execution reverted\n");
    assert_string_equal(last_fault("STOP", WEFT_CANCUN), "none");
}

static void refused_and_failed_messages_say_why(void **state) {
    (void)state;
    static scene s;
    static log_book book;
    scene_open(&s, WEFT_CANCUN);
    scene_senders(&s, 2, ETHER);
    scene_contract(&s, address_of(CALLER_CONTRACT), 5, "0 0 0 0 6 " A("0401") " 50000 CALL");
    scene_call(&s, 0, address_of(CALLER_CONTRACT), 0, 200000);
    run_traced(&s, &book);
    assert_non_null(strstr(book.text, "  leave gas 0 output 0: insufficient balance for transfer\n"));

    /* Init code that returns one byte, 0xef. */
    assembly init = assemble("0xef 0 MSTORE8 1 0 RETURN");
    s.block.transaction_count = 0;
    s.nonces[0] = 0;
    scene_create(&s, 0, &init, 100000);
    run_traced(&s, &book);
    assert_non_null(strstr(book.text, "output 0: invalid code: must not begin with 0xef\nend failure\n"));

    s.transactions[0].nonce = 5;
    run_traced(&s, &book);
    assert_string_equal(book.text, "begin 0\nend invalid\n");
    scene_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_and_message_is_told_in_order),
        cmocka_unit_test(selfdestruct_is_a_message_that_moves_the_balance),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(refused_and_failed_messages_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
