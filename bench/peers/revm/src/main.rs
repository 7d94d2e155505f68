//! revm as a peer of `weft bench`: see ../README.md for what is asked and answered.

#[path = "../../rust/case.rs"]
mod case;
#[path = "../../rust/protocol.rs"]
mod protocol;
#[path = "../../rust/system.rs"]
mod system;

use case::Block;
use protocol::{Execute, Outcome};
use revm::{Context, ExecuteEvm, MainBuilder, MainContext, database::CacheDB};
use std::{io, time::Instant};

impl Execute for Block {
    /// Reads from the state through an empty overlay, as a node does; what is timed is neither decoding nor the making of the
    /// transactions' environments.
    fn execute(&mut self) -> Result<Outcome, String> {
        let transactions = self.transactions.clone();
        let mut gas_used = Vec::with_capacity(transactions.len());
        let begin = Instant::now();
        let mut evm = Context::mainnet()
            .with_db(CacheDB::new(&self.state))
            .with_cfg(self.config.clone())
            .with_block(self.environment.clone())
            .build_mainnet();
        system::execute(&mut evm, &self.system_calls)?;
        for (index, transaction) in transactions.into_iter().enumerate() {
            let result = evm.transact_one(transaction).map_err(|e| format!("transaction {index}: {e}"))?;
            gas_used.push(result.tx_gas_used());
        }
        let changes = evm.finalize();
        let seconds = begin.elapsed().as_secs_f64();
        drop(changes);
        Ok(Outcome { seconds, gas_used })
    }
}

fn main() -> io::Result<()> {
    protocol::serve(Ok)
}
