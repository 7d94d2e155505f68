#include "engine/ether_log.h"

const weft_address system_address = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};

/* keccak256("Transfer(address,address,uint256)") and keccak256("Burn(address,uint256)") */
static const weft_u256 transfer_topic = {{UINT64_C(0x28f55a4df523b3ef), UINT64_C(0x952ba7f163c4a116),
                                          UINT64_C(0x69c2b068fc378daa), UINT64_C(0xddf252ad1be2c89b)}};
static const weft_u256 burn_topic = {{UINT64_C(0x71a0fdb75d397ca5), UINT64_C(0x6cffcc184412cf7a),
                                      UINT64_C(0x815c1ee09dbd0673), UINT64_C(0xcc16f5dbb4873280)}};

static void put_log(tx_state *ts, const weft_u256 *topics, unsigned topic_count, const weft_u256 *amount) {
    weft_bytes32 data = u256_to_bytes32(amount);
    (void)tx_state_log(ts, &system_address, topics, topic_count, data.bytes, sizeof data.bytes);
}

void ether_log_transfer(tx_state *ts, const weft_address *from, const weft_address *to, const weft_u256 *amount) {
    const weft_u256 topics[] = {transfer_topic, u256_from_address(from), u256_from_address(to)};
    put_log(ts, topics, 3, amount);
}

void ether_log_burn(tx_state *ts, const weft_address *account, const weft_u256 *amount) {
    const weft_u256 topics[] = {burn_topic, u256_from_address(account)};
    put_log(ts, topics, 2, amount);
}
