//! revm as a peer of `weft bench`: see ../README.md for what is asked and answered.

#[path = "../../rust/case.rs"]
mod case;
#[path = "../../rust/protocol.rs"]
mod protocol;
mod raw_codes;
#[path = "../../rust/system.rs"]
mod system;

use case::Block;
use protocol::{Execute, Outcome};
use raw_codes::RawCodes;
use revm::{Context, DatabaseRef, ExecuteEvm, MainBuilder, MainContext, database::CacheDB};
use std::{convert::Infallible, io, time::Instant};

/// Reads from the state through an empty overlay, as a node does; what is timed is neither decoding nor the making of the
/// transactions' environments.
fn execute_on(state: impl DatabaseRef<Error = Infallible>, block: &Block) -> Result<Outcome, String> {
    let transactions = block.transactions.clone();
    let mut gas_used = Vec::with_capacity(transactions.len());
    let begin = Instant::now();
    let mut evm = Context::mainnet()
        .with_db(CacheDB::new(state))
        .with_cfg(block.config.clone())
        .with_block(block.environment.clone())
        .build_mainnet();
    system::execute(&mut evm, &block.beginning)?;
    for (index, transaction) in transactions.into_iter().enumerate() {
        let result = evm.transact_one(transaction).map_err(|e| format!("transaction {index}: {e}"))?;
        gas_used.push(result.tx_gas_used());
    }
    let changes = evm.finalize();
    let seconds = begin.elapsed().as_secs_f64();
    drop(changes);
    Ok(Outcome { seconds, gas_used })
}

impl Execute for Block {
    fn execute(&mut self) -> Result<Outcome, String> {
        execute_on(&self.state, self)
    }

    fn execute_cold(&mut self) -> Result<Outcome, String> {
        execute_on(RawCodes { state: &self.state, codes: &self.codes }, self)
    }
}

fn main() -> io::Result<()> {
    protocol::serve(Ok)
}
