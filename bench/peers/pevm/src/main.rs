//! pevm as a peer of `weft bench`: see ../README.md for what is asked and answered.

#[path = "../../rust/case.rs"]
mod case;
#[path = "../../rust/protocol.rs"]
mod protocol;
#[path = "../../rust/settled.rs"]
mod settled;
#[path = "../../rust/system.rs"]
mod system;

use case::Block;
use pevm::{Bytecodes, ChainState, EvmAccount, InMemoryStorage, Pevm, chain::PevmEthereum};
use protocol::{Execute, Outcome};
use revm::{
    context::{BlockEnv, TxEnv},
    database::InMemoryDB,
    primitives::hardfork::SpecId,
};
use std::{io, num::NonZeroUsize, sync::Arc, time::Instant};

struct Prepared {
    pevm: Pevm,
    state: InMemoryStorage,
    rules: SpecId,
    environment: BlockEnv,
    transactions: Vec<TxEnv>,
}

fn storage_of(state: InMemoryDB) -> InMemoryStorage {
    let mut accounts = ChainState::default();
    let mut codes = Bytecodes::default();
    for (address, account) in state.cache.accounts {
        let Some(info) = account.info() else { continue };
        let has_code = !info.is_empty_code_hash();
        if let (true, Some(code)) = (has_code, info.code) {
            codes.insert(info.code_hash, code.into());
        }
        accounts.insert(
            address,
            EvmAccount {
                balance: info.balance,
                nonce: info.nonce,
                code_hash: has_code.then_some(info.code_hash),
                code: None,
                storage: account.storage.into_iter().collect(),
            },
        );
    }
    let hashes = state.cache.block_hashes.into_iter().map(|(number, hash)| (number.to::<u64>(), hash));
    InMemoryStorage::new(accounts, Arc::new(codes), Arc::new(hashes.collect()))
}

fn prepare(mut block: Block) -> Result<Prepared, String> {
    if block.config.chain_id != 1 {
        return Err(format!("knows mainnet only, not chain {}", block.config.chain_id));
    }
    let state = settled::settle(&mut block)?;
    Ok(Prepared {
        pevm: Pevm::default(),
        state: storage_of(state),
        rules: block.config.spec,
        environment: block.environment,
        transactions: block.transactions,
    })
}

/// The receipts count the gas from the beginning of the block.
fn differences(cumulative: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut before = 0;
    cumulative.map(|gas| gas - std::mem::replace(&mut before, gas)).collect()
}

impl Execute for Prepared {
    fn execute(&mut self) -> Result<Outcome, String> {
        let transactions = self.transactions.clone();
        let environment = self.environment.clone();
        let threads = NonZeroUsize::new(settled::threads()).ok_or("no threads")?;
        let begin = Instant::now();
        let results = self
            .pevm
            .execute_revm_parallel(
                &PevmEthereum::mainnet(),
                &self.state,
                self.rules,
                environment,
                transactions,
                threads,
            )
            .map_err(|e| e.to_string())?;
        let seconds = begin.elapsed().as_secs_f64();
        let gas_used = differences(results.iter().map(|result| result.receipt.cumulative_gas_used));
        Ok(Outcome { seconds, gas_used })
    }
}

fn main() -> io::Result<()> {
    protocol::serve(prepare)
}
