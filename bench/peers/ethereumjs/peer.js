#!/usr/bin/env node
// EthereumJS as a peer of `weft bench`: see ../README.md for what is asked and answered.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Block } from './block.js';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)));

function reply(answer) {
    process.stdout.write(JSON.stringify(answer) + '\n');
}

let block = null;

async function answer(line) {
    if (line === 'run') {
        if (block === null) throw new Error('no block to run');
        const { seconds } = await block.execute();
        return { seconds };
    }
    if (line === 'run cold') throw new Error('analyses a code in each call, never once per block');
    block = null;
    const loaded = await Block.load(JSON.parse(line));
    const { gasUsed } = await loaded.execute();
    block = loaded;
    return { gas_used: gasUsed };
}

reply({ peer: `EthereumJS ${dependencies['@ethereumjs/vm']}` });
for await (const line of createInterface({ input: process.stdin })) {
    reply(await answer(line).catch(({ message }) => ({ error: message })));
}
