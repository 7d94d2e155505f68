//! revm as a peer of `weft bench`: see ../README.md for what is asked and answered.

mod case;
mod system;

use case::Case;
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    context::{BlockEnv, CfgEnv, TxEnv},
    database::{CacheDB, InMemoryDB},
    primitives::hardfork::SpecId,
};
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::time::Instant;

/// A block that is ready to be executed any number of times.
struct Block {
    state: InMemoryDB,
    config: CfgEnv<SpecId>,
    environment: BlockEnv,
    system_calls: Vec<system::Call>,
    transactions: Vec<TxEnv>,
}

/// What one execution gave.
struct Outcome {
    seconds: f64,
    gas_used: Vec<u64>,
}

impl Block {
    /// Reads from the state through an empty overlay, as a node does; what is timed is neither decoding nor the making of the
    /// transactions' environments.
    fn execute(&self) -> Result<Outcome, String> {
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

fn answer(result: Result<Value, String>) -> Value {
    result.unwrap_or_else(|error| json!({ "error": error }))
}

fn load(line: &str) -> Result<(Block, Value), String> {
    let case: Case = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let block = case.prepare()?;
    let outcome = block.execute()?;
    Ok((block, json!({ "gas_used": outcome.gas_used })))
}

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    let mut block: Option<Block> = None;
    writeln!(output, "{}", json!({ "peer": concat!("revm ", env!("REVM_VERSION")) }))?;
    output.flush()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let reply = if line == "run" {
            let block = block.as_ref().ok_or_else(|| "no block to run".to_string());
            answer(block.and_then(Block::execute).map(|outcome| json!({ "seconds": outcome.seconds })))
        } else {
            block = None;
            answer(load(&line).map(|(loaded, reply)| {
                block = Some(loaded);
                reply
            }))
        };
        writeln!(output, "{reply}")?;
        output.flush()?;
    }
    Ok(())
}
