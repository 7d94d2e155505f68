#include "engine/intrinsic_gas.h"

#include "base/bytes.h"
#include "base/u256.h"
#include "engine/gas.h"

enum { GAS_ZERO_BYTE = 4, ADDRESS_SIZE = 20, SLOT_SIZE = 32 };

/* EIP-2780: the accounts that a transaction certainly touches. Before it, the base holds them all. */
static uint64_t recipient_gas(const weft_transaction *tx, const weft_address *sender, const fork_rules *rules) {
    if (tx->is_creation || address_equal(&tx->to, sender)) {
        return 0;
    }
    return rules->gas_tx_recipient + (u256_is_zero(&tx->value) ? 0 : rules->gas_tx_value);
}

/* Growth that EIP-8037 took for granted until EIP-2780 let it be paid for when it happens. */
static uint64_t state_gas(const weft_transaction *tx, const fork_rules *rules) {
    if (rules->has_resource_pricing) {
        return 0;
    }
    uint64_t bytes = tx->is_creation ? rules->state_bytes_account : 0;
    bytes += tx->authorization_count * (rules->state_bytes_account + rules->state_bytes_authorization);
    return bytes * rules->gas_state_byte;
}

/* Sums cannot overflow: data, lists and tuples are counted in memory, far below 2^64 / 200000. */
intrinsic_gas intrinsic_gas_of(const weft_transaction *tx, const weft_address *sender, const fork_rules *rules) {
    uint64_t zero_bytes = 0, list_bytes = 0, list = 0;
    for (size_t i = 0; i < tx->data.size; i++) {
        zero_bytes += tx->data.data[i] == 0;
    }
    uint64_t nonzero_bytes = tx->data.size - zero_bytes;
    for (size_t i = 0; i < tx->access_count; i++) {
        list += rules->gas_access_list_address + rules->gas_access_list_slot * tx->access_list[i].slot_count;
        list_bytes += ADDRESS_SIZE + SLOT_SIZE * tx->access_list[i].slot_count;
    }
    uint64_t base = rules->gas_tx_base + recipient_gas(tx, sender, rules);
    uint64_t creation = tx->is_creation ? rules->gas_tx_creation : 0;
    uint64_t initcode =
        tx->is_creation && rules->max_initcode_size != 0 ? GAS_INITCODE_WORD * gas_words(tx->data.size) : 0;
    uint64_t list_data = rules->gas_access_list_byte * list_bytes;

    intrinsic_gas gas = {.state = state_gas(tx, rules)};
    gas.execution = base + creation + initcode + GAS_ZERO_BYTE * zero_bytes +
                    rules->gas_tx_nonzero_byte * nonzero_bytes + list + list_data +
                    rules->gas_authorization * tx->authorization_count;
    if (rules->floor_gas_nonzero_byte != 0) {
        gas.floor = base + (rules->has_resource_pricing ? creation : 0) + rules->floor_gas_zero_byte * zero_bytes +
                    rules->floor_gas_nonzero_byte * nonzero_bytes + list_data;
    }
    return gas;
}
