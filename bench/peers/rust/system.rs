//! The calls that a block makes before its transactions (EIP-4788, EIP-2935).

use alloy_consensus::Header;
use revm::{
    SystemCallEvm,
    primitives::{Address, Bytes, address, hardfork::SpecId},
};

const BEACON_ROOTS: Address = address!("000F3df6D732807Ef1319fB7B8bB8522d0Beac02");
const HISTORY_STORAGE: Address = address!("0000F90827F1C53a10cb7A02335B175320002935");

pub struct Call {
    contract: Address,
    data: Bytes,
}

pub fn before_transactions(header: &Header, spec: SpecId) -> Vec<Call> {
    let mut calls = Vec::new();
    if let (true, Some(root)) = (spec >= SpecId::CANCUN, header.parent_beacon_block_root) {
        calls.push(Call { contract: BEACON_ROOTS, data: root.into() });
    }
    if spec >= SpecId::PRAGUE {
        calls.push(Call { contract: HISTORY_STORAGE, data: header.parent_hash.into() });
    }
    calls
}

pub fn execute<E: SystemCallEvm>(evm: &mut E, calls: &[Call]) -> Result<(), String>
where
    E::Error: std::fmt::Display,
{
    for call in calls {
        evm.system_call_one(call.contract, call.data.clone())
            .map_err(|e| format!("system call of {}: {e}", call.contract))?;
    }
    Ok(())
}
