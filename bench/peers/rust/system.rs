//! What a block does before its transactions: system calls (EIP-4788, EIP-2935), and once the DAO fork's change (EIP-779).

use alloy_consensus::Header;
use revm::{
    Database, SystemCallEvm,
    context_interface::{ContextTr, JournalTr},
    handler::EvmTr,
    primitives::{Address, Bytes, address, hardfork::SpecId},
};
use std::fmt::Display;

const BEACON_ROOTS: Address = address!("000F3df6D732807Ef1319fB7B8bB8522d0Beac02");
const HISTORY_STORAGE: Address = address!("0000F90827F1C53a10cb7A02335B175320002935");
const DAO_FORK_BLOCK: u64 = 1_920_000;
const DAO_REFUND: Address = address!("bf4ed7b27f1d666546e30d74d50d173d20bca754");

pub struct Call {
    contract: Address,
    data: Bytes,
}

pub struct Beginning {
    /// The accounts whose balances move to the refund contract.
    drained: Vec<Address>,
    calls: Vec<Call>,
}

/// weft's own list: each byte is a word like 0x5f.
fn dao_accounts() -> Vec<Address> {
    let words = include_str!("../../../engine/dao_accounts.inc").split(['(', ')', ',', ' ', '\n']);
    let bytes: Vec<u8> = words.filter_map(|word| u8::from_str_radix(word.strip_prefix("0x")?, 16).ok()).collect();
    bytes.chunks_exact(20).map(Address::from_slice).collect()
}

pub fn before_transactions(chain_id: u64, header: &Header, spec: SpecId) -> Beginning {
    let mut calls = Vec::new();
    if let (true, Some(root)) = (spec >= SpecId::CANCUN, header.parent_beacon_block_root) {
        calls.push(Call { contract: BEACON_ROOTS, data: root.into() });
    }
    if spec >= SpecId::PRAGUE {
        calls.push(Call { contract: HISTORY_STORAGE, data: header.parent_hash.into() });
    }
    let is_dao_fork = chain_id == 1 && header.number == DAO_FORK_BLOCK;
    Beginning { drained: if is_dao_fork { dao_accounts() } else { Vec::new() }, calls }
}

fn drain<J: JournalTr>(journal: &mut J, accounts: &[Address]) -> Result<(), <J::Database as Database>::Error> {
    for account in accounts {
        let balance = journal.load_account(*account)?.data.info.balance;
        journal.transfer(*account, DAO_REFUND, balance)?;
    }
    journal.commit_tx();
    Ok(())
}

pub fn execute<E>(evm: &mut E, beginning: &Beginning) -> Result<(), String>
where
    E: SystemCallEvm<Error: Display> + EvmTr<Context: ContextTr<Db: Database<Error: Display>>>,
{
    drain(evm.ctx().journal_mut(), &beginning.drained).map_err(|e| format!("DAO fork: {e}"))?;
    for call in &beginning.calls {
        evm.system_call_one(call.contract, call.data.clone())
            .map_err(|e| format!("system call of {}: {e}", call.contract))?;
    }
    Ok(())
}
