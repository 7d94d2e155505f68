/* Peers of the bench: programs that execute the same blocks. These are shell scripts that know one answer.
 * Bug hunted: a peer that is wrong, silent or gone, and a figure told all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <weft/block_access_list.h>
#include <weft/memory_state.h>

#include "bench/peers.h"
#include "tools/json.h"

static char folder[] = "peers-XXXXXX";
static char program[64];

static const weft_address payer = {{[19] = 0x0a}}, payee = {{[19] = 0x0b}};
static const uint8_t raw[] = {0xc0};
static const weft_transaction transaction = {.has_sender = true, .sender = {{[19] = 0x0a}}, .raw = {raw, sizeof raw}};
static const uint64_t gas_used[] = {21000};

/* A peer that is the script `body`. */
static const char *write_peer(const char *body) {
    FILE *file = fopen(program, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s\n", body);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(program, 0755), 0);
    return program;
}

/* --- The block */

typedef struct scene {
    weft_memory_state *state;
    weft_state_view view;
    weft_block block;
    uint8_t list[256]; /* its access list, encoded */
    peer_case peer_case;
    failure f;
} scene;

static void open_scene(scene *s) {
    const weft_value_change paid = {.index = 1, .value = {{1}}};
    const weft_u256 slot = {{7}}, value = {{9}}, balance = {{100}};
    const weft_bytes32 key = {{[31] = 7}};
    const weft_account_access accounts[] = {{.address = payer, .balances = &paid, .balance_count = 1},
                                            {.address = payee, .read_slots = &slot, .read_slot_count = 1}};
    const weft_block_access_list list = {accounts, 2};
    weft_decoder *decoder;
    weft_bytes rlp;
    *s = (scene){.block = {.transactions = &transaction, .transaction_count = 1}};
    s->block.header.field_count = 15;
    assert_int_equal(weft_decoder_create(&decoder), WEFT_OK);
    assert_int_equal(weft_block_access_list_encode(decoder, &rlp, &list), WEFT_OK);
    assert_true(rlp.size <= sizeof s->list);
    memcpy(s->list, rlp.data, rlp.size);
    s->peer_case = (peer_case){"a block", weft_chain_mainnet(), &s->block, &s->view, {s->list, rlp.size}};
    weft_decoder_destroy(decoder);
    assert_int_equal(weft_memory_state_create(&s->state, NULL), WEFT_OK);
    assert_int_equal(weft_memory_state_set_account(s->state, &payer, &balance, 3, (weft_bytes){NULL, 0}), WEFT_OK);
    assert_int_equal(weft_memory_state_set_account(s->state, &payee, &balance, 0, (weft_bytes){raw, 1}), WEFT_OK);
    assert_int_equal(weft_memory_state_set_storage(s->state, &payee, &key, &value), WEFT_OK);
    s->view = weft_memory_state_view(s->state);
}

static void close_scene(scene *s) {
    weft_memory_state_destroy(s->state);
}

/* The scene, and one peer that has begun and was told the block. Returns: what telling it came to. */
static weft_status open_peer(scene *s, peers *all, peer_result *result, const char *body, bool cold_code) {
    open_scene(s);
    write_peer(body);
    *all = (peers){.count = 0};
    assert_int_equal(peers_add(all, program, &s->f), WEFT_OK);
    return peers_load(all, result, &s->peer_case, gas_used, cold_code, &s->f);
}

static void close_peer(scene *s, peers *all) {
    peers_stop(all);
    close_scene(s);
}

/* --- Tests */

static void test_a_block_is_told_with_all_that_it_reads(void **unused) {
    (void)unused;
    scene s;
    json_document d;
    char *text = NULL;
    size_t size = 0;
    open_scene(&s);
    FILE *memory = open_memstream(&text, &size);
    assert_int_equal(peer_case_write(memory, &s.peer_case, &s.f), WEFT_OK);
    fclose(memory);
    assert_int_equal(json_parse(&d, "case", text, size, &s.f), WEFT_OK);
    assert_string_equal(json_get(d.root, "fork")->text, "Frontier");
    assert_string_equal(json_get(d.root, "senders")->first->text, "0x000000000000000000000000000000000000000a");
    const json_value *state = json_get(d.root, "state");
    assert_int_equal(state->child_count, 2);
    const json_value *a = json_get(state, "0x000000000000000000000000000000000000000a");
    assert_string_equal(json_get(a, "balance")->text, "0x64");
    assert_string_equal(json_get(a, "nonce")->text, "3");
    const json_value *b = json_get(state, "0x000000000000000000000000000000000000000b");
    assert_string_equal(json_get(b, "code")->text, "0xc0");
    assert_string_equal(json_get(json_get(b, "storage"), "0x7")->text, "0x9");
    json_free(&d);
    free(text);
    close_scene(&s);
}

static void test_a_peer_executes_and_is_timed(void **unused) {
    (void)unused;
    scene s;
    peers all;
    peer_result result;
    double seconds = 0;
    const char *body =
        "echo '{\"peer\":\"p 1\"}'; read block; echo '{\"gas_used\":[21000]}'; read run; echo '{\"seconds\":0.75}';"
        "read run; echo '{\"seconds\":0.25}'";
    assert_int_equal(open_peer(&s, &all, &result, body, false), WEFT_OK);
    assert_string_equal(result.name, "p 1");
    assert_string_equal(result.refusal, "");
    assert_int_equal(peers_run(&all, &result, &seconds, false, &s.f), WEFT_OK);
    assert_true(seconds > 0.2499 && seconds < 0.2501);
    assert_int_equal(peers_run(&all, &result, &seconds, false, &s.f), WEFT_IO); /* it has ended */
    assert_non_null(strstr(s.f.message, "has ended"));
    close_peer(&s, &all);
}

static void test_a_peer_that_cannot_is_left_out(void **unused) {
    (void)unused;
    scene s;
    peers all;
    peer_result result;
    double seconds = 7;
    const char *body = "echo '{\"peer\":\"p 1\"}'; read block; echo '{\"error\":\"no such fork\"}'";
    assert_int_equal(open_peer(&s, &all, &result, body, false), WEFT_OK);
    assert_string_equal(result.refusal, "p 1: no such fork");
    assert_int_equal(peers_run(&all, &result, &seconds, false, &s.f), WEFT_OK);
    assert_true(seconds == 7); /* nobody was asked */
    close_peer(&s, &all);
}

static void test_a_peer_is_asked_for_cold_code(void **unused) {
    (void)unused;
    scene s;
    peers all;
    peer_result result;
    double seconds = 0;
    const char *body =
        "echo '{\"peer\":\"p 1\"}'; read block; echo '{\"gas_used\":[21000]}';"
        "while read run; do if [ \"$run\" = 'run cold' ]; then echo '{\"seconds\":0.5}'; fi; done";
    assert_int_equal(open_peer(&s, &all, &result, body, true), WEFT_OK);
    assert_string_equal(result.refusal, "");
    assert_int_equal(peers_run(&all, &result, &seconds, true, &s.f), WEFT_OK);
    assert_true(seconds > 0.4999 && seconds < 0.5001);
    close_peer(&s, &all);
}

static void test_a_peer_that_cannot_forget_codes_is_left_out(void **unused) {
    (void)unused;
    scene s;
    peers all;
    peer_result result;
    const char *body =
        "echo '{\"peer\":\"p 1\"}'; read block; echo '{\"gas_used\":[21000]}'; read run; echo '{\"error\":\"no\"}'";
    assert_int_equal(open_peer(&s, &all, &result, body, true), WEFT_OK);
    assert_string_equal(result.refusal, "p 1: no");
    close_peer(&s, &all);
}

static void test_a_peer_that_uses_other_gas_is_an_error(void **unused) {
    (void)unused;
    static const char *const answers[] = {"{\"gas_used\":[21001]}", "{\"gas_used\":[]}", "{\"gas_used\":\"21000\"}",
                                          "{}"};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        scene s;
        peers all;
        peer_result result;
        char body[256];
        (void)snprintf(body, sizeof body, "echo '{\"peer\":\"p 1\"}'; read block; echo '%s'", answers[i]);
        assert_int_equal(open_peer(&s, &all, &result, body, false), WEFT_DECODE);
        assert_non_null(strstr(s.f.message, "p 1"));
        close_peer(&s, &all);
    }
}

static void test_a_time_below_zero_is_no_answer(void **unused) {
    (void)unused;
    scene s;
    peers all;
    peer_result result;
    double seconds = 0;
    const char *body =
        "echo '{\"peer\":\"p 1\"}'; read block; echo '{\"gas_used\":[21000]}'; read run; echo '{\"seconds\":-1}'";
    assert_int_equal(open_peer(&s, &all, &result, body, false), WEFT_OK);
    assert_int_equal(peers_run(&all, &result, &seconds, false, &s.f), WEFT_DECODE);
    assert_non_null(strstr(s.f.message, "p 1"));
    close_peer(&s, &all);
}

static void test_a_program_that_is_no_peer_is_refused(void **unused) {
    (void)unused;
    peers all = {.count = 0};
    failure f;
    assert_int_equal(peers_add(&all, "no-such-program", &f), WEFT_IO);
    assert_non_null(strstr(f.message, "no-such-program"));
    assert_int_equal(peers_add(&all, write_peer("exit 0"), &f), WEFT_IO);
    assert_int_equal(peers_add(&all, write_peer("echo hello"), &f), WEFT_DECODE);
    assert_int_equal(peers_add(&all, write_peer("echo '{}'"), &f), WEFT_DECODE);
    assert_int_equal(all.count, 0);
}

static int make_folder(void **unused) {
    (void)unused;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(program, sizeof program, "./%s/peer", folder);
    return 0;
}

static int remove_folder(void **unused) {
    (void)unused;
    return unlink(program) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_block_is_told_with_all_that_it_reads),
        cmocka_unit_test(test_a_peer_executes_and_is_timed),
        cmocka_unit_test(test_a_peer_that_cannot_is_left_out),
        cmocka_unit_test(test_a_peer_is_asked_for_cold_code),
        cmocka_unit_test(test_a_peer_that_cannot_forget_codes_is_left_out),
        cmocka_unit_test(test_a_peer_that_uses_other_gas_is_an_error),
        cmocka_unit_test(test_a_time_below_zero_is_no_answer),
        cmocka_unit_test(test_a_program_that_is_no_peer_is_refused),
    };
    return cmocka_run_group_tests_name("bench peers", tests, make_folder, remove_folder);
}
