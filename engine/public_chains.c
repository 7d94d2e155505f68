#include <weft/chain.h>

/* Ethereum's public networks. The numbers are those that their clients ship; a testnet that began under later rules
 * has all earlier forks at block 0. */

#define CANCUN_BLOBS(time) \
    { .activation_time = time, .target = 3, .max = 6, .base_fee_update_fraction = 3338477 }
#define PRAGUE_BLOBS(time) \
    { .activation_time = time, .target = 6, .max = 9, .base_fee_update_fraction = 5007716 }
#define BPO1_BLOBS(time) \
    { .activation_time = time, .target = 10, .max = 15, .base_fee_update_fraction = 8346193 }
#define BPO2_BLOBS(time) \
    { .activation_time = time, .target = 14, .max = 21, .base_fee_update_fraction = 11684671 }

static const weft_chain mainnet = {
    .chain_id = 1,
    .activation_block =
        {
            [WEFT_FRONTIER] = 0,
            [WEFT_HOMESTEAD] = 1150000,
            [WEFT_TANGERINE_WHISTLE] = 2463000,
            [WEFT_SPURIOUS_DRAGON] = 2675000,
            [WEFT_BYZANTIUM] = 4370000,
            [WEFT_CONSTANTINOPLE] = 7280000,
            [WEFT_PETERSBURG] = 7280000,
            [WEFT_ISTANBUL] = 9069000,
            [WEFT_BERLIN] = 12244000,
            [WEFT_LONDON] = 12965000,
            [WEFT_PARIS] = 15537394,
        },
    .activation_time =
        {
            [WEFT_SHANGHAI] = 1681338455,
            [WEFT_CANCUN] = 1710338135,
            [WEFT_PRAGUE] = 1746612311,
            [WEFT_OSAKA] = 1764798551,
            [WEFT_AMSTERDAM] = WEFT_NEVER,
        },
    .muir_glacier_block = 9200000,
    .arrow_glacier_block = 13773000,
    .gray_glacier_block = 15050000,
    .dao_fork_block = 1920000,
    .deposit_contract = {{0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c,
                          0xbb, 0x83, 0x9c, 0xbe, 0x05, 0x30, 0x3d, 0x77, 0x05, 0xfa}},
    .blob_schedule = {CANCUN_BLOBS(1710338135), PRAGUE_BLOBS(1746612311), BPO1_BLOBS(1765290071),
                      BPO2_BLOBS(1767747671)},
    .blob_schedule_count = 4,
};

static const weft_chain sepolia = {
    .chain_id = 11155111,
    .activation_block = {[WEFT_PARIS] = 1450409},
    .activation_time =
        {
            [WEFT_SHANGHAI] = 1677557088,
            [WEFT_CANCUN] = 1706655072,
            [WEFT_PRAGUE] = 1741159776,
            [WEFT_OSAKA] = 1760427360,
            [WEFT_AMSTERDAM] = 1791294816,
        },
    .muir_glacier_block = 0,
    .arrow_glacier_block = WEFT_NEVER,
    .gray_glacier_block = WEFT_NEVER,
    .dao_fork_block = WEFT_NEVER,
    .deposit_contract = {{0x7f, 0x02, 0xc3, 0xe3, 0xc9, 0x8b, 0x13, 0x30, 0x55, 0xb8,
                          0xb3, 0x48, 0xb2, 0xac, 0x62, 0x56, 0x69, 0xed, 0x29, 0x5d}},
    .blob_schedule = {CANCUN_BLOBS(1706655072), PRAGUE_BLOBS(1741159776), BPO1_BLOBS(1761017184),
                      BPO2_BLOBS(1761607008)},
    .blob_schedule_count = 4,
};

static const weft_chain holesky = {
    .chain_id = 17000,
    .activation_time =
        {
            [WEFT_SHANGHAI] = 1696000704,
            [WEFT_CANCUN] = 1707305664,
            [WEFT_PRAGUE] = 1740434112,
            [WEFT_OSAKA] = 1759308480,
            [WEFT_AMSTERDAM] = WEFT_NEVER,
        },
    .muir_glacier_block = WEFT_NEVER,
    .arrow_glacier_block = WEFT_NEVER,
    .gray_glacier_block = WEFT_NEVER,
    .dao_fork_block = WEFT_NEVER,
    .deposit_contract = {{0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42,
                          0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42}},
    .blob_schedule = {CANCUN_BLOBS(1707305664), PRAGUE_BLOBS(1740434112), BPO1_BLOBS(1759800000),
                      BPO2_BLOBS(1760389824)},
    .blob_schedule_count = 4,
};

static const weft_chain hoodi = {
    .chain_id = 560048,
    .activation_time =
        {
            [WEFT_SHANGHAI] = 0,
            [WEFT_CANCUN] = 0,
            [WEFT_PRAGUE] = 1742999832,
            [WEFT_OSAKA] = 1761677592,
            [WEFT_AMSTERDAM] = WEFT_NEVER,
        },
    .muir_glacier_block = WEFT_NEVER,
    .arrow_glacier_block = WEFT_NEVER,
    .gray_glacier_block = WEFT_NEVER,
    .dao_fork_block = WEFT_NEVER,
    .deposit_contract = {{0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c,
                          0xbb, 0x83, 0x9c, 0xbe, 0x05, 0x30, 0x3d, 0x77, 0x05, 0xfa}},
    .blob_schedule = {CANCUN_BLOBS(0), PRAGUE_BLOBS(1742999832), BPO1_BLOBS(1762365720), BPO2_BLOBS(1762955544)},
    .blob_schedule_count = 4,
};

const weft_chain *weft_chain_mainnet(void) {
    return &mainnet;
}

const weft_chain *weft_chain_sepolia(void) {
    return &sepolia;
}

const weft_chain *weft_chain_holesky(void) {
    return &holesky;
}

const weft_chain *weft_chain_hoodi(void) {
    return &hoodi;
}

const weft_chain *weft_chain_by_id(uint64_t chain_id) {
    static const weft_chain *const chains[] = {&mainnet, &sepolia, &holesky, &hoodi};
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        if (chains[i]->chain_id == chain_id) {
            return chains[i];
        }
    }
    return NULL;
}
