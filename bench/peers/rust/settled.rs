//! The state after what comes before the transactions, for programs that execute only these.

use crate::{case::Block, system};
use revm::{Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext, database::InMemoryDB};

/// Takes the block's state.
pub fn settle(block: &mut Block) -> Result<InMemoryDB, String> {
    let mut evm = Context::mainnet()
        .with_db(std::mem::take(&mut block.state))
        .with_cfg(block.config.clone())
        .with_block(block.environment.clone())
        .build_mainnet();
    system::execute(&mut evm, &block.beginning)?;
    let changes = evm.finalize();
    let mut state = evm.ctx.journaled_state.database;
    state.commit(changes);
    Ok(state)
}

/// How many threads execute: those that the variable WEFT_PEER_THREADS says, or as many as there are processors.
pub fn threads() -> usize {
    let given = std::env::var("WEFT_PEER_THREADS").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |count| count.get()))
}
