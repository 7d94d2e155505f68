//! grevm as a peer of `weft bench`: see ../README.md for what is asked and answered.

#[path = "../../rust/case.rs"]
mod case;
#[path = "../../rust/protocol.rs"]
mod protocol;
#[path = "../../rust/settled.rs"]
mod settled;
#[path = "../../rust/system.rs"]
mod system;

use case::Block;
use grevm::{DelegatedSafetyConfig, GrevmConfig, ParallelState, Scheduler, TxExecutionOutcome};
use protocol::{Execute, Outcome};
use revm::{
    context::{BlockEnv, CfgEnv, TxEnv},
    database::InMemoryDB,
};
use std::{io, sync::Arc, time::Instant};

struct Prepared {
    state: Arc<InMemoryDB>,
    config: CfgEnv,
    environment: BlockEnv,
    transactions: Arc<Vec<TxEnv>>,
}

/// It has rules of its own for delegated accounts, which are off.
fn runtime() -> GrevmConfig {
    GrevmConfig {
        concurrency_level: settled::threads(),
        delegated_safety: DelegatedSafetyConfig::default(),
        ..GrevmConfig::default()
    }
}

fn prepare(mut block: Block) -> Result<Prepared, String> {
    Ok(Prepared {
        state: Arc::new(settled::settle(&mut block)?),
        config: block.config,
        environment: block.environment,
        transactions: Arc::new(block.transactions),
    })
}

fn gas_used((index, outcome): (usize, TxExecutionOutcome)) -> Result<u64, String> {
    match outcome {
        TxExecutionOutcome::Executed(result) => Ok(result.tx_gas_used()),
        TxExecutionOutcome::Skipped(error) => Err(format!("transaction {index}: {error}")),
    }
}

impl Execute for Prepared {
    fn execute(&mut self) -> Result<Outcome, String> {
        let begin = Instant::now();
        let scheduler = Scheduler::new_with_runtime_config(
            self.config.clone(),
            self.environment.clone(),
            self.transactions.clone(),
            ParallelState::new(self.state.clone(), true, false),
            None,
            runtime(),
        );
        scheduler.execute().map_err(|e| e.to_string())?;
        let seconds = begin.elapsed().as_secs_f64();
        let (outcomes, _) = scheduler.take_result_and_state();
        let gas_used = outcomes.into_iter().enumerate().map(gas_used).collect::<Result<_, _>>()?;
        Ok(Outcome { seconds, gas_used })
    }
}

fn main() -> io::Result<()> {
    protocol::serve(prepare)
}
