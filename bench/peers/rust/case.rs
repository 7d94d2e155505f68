//! One line of input, and the block it makes.

use crate::system;
use alloy_consensus::{Block as ConsensusBlock, Header, Transaction, TxEnvelope};
use alloy_rlp::Decodable;
use revm::{
    bytecode::Bytecode,
    context::{BlockEnv, CfgEnv, TxEnv},
    context_interface::either::Either,
    database::InMemoryDB,
    primitives::{Address, B256, B256Map, Bytes, U256, hardfork::SpecId},
    state::AccountInfo,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A block that is ready to be executed.
pub struct Block {
    pub state: InMemoryDB,
    /// The codes of the state as they are written, by their hashes.
    pub codes: B256Map<Bytes>,
    pub config: CfgEnv<SpecId>,
    pub environment: BlockEnv,
    pub beginning: system::Beginning,
    pub transactions: Vec<TxEnv>,
}

#[derive(Deserialize)]
pub struct Case {
    chain_id: u64,
    fork: String,
    blob_base_fee_update_fraction: u64,
    blobs_per_block: u64,
    block: Bytes,
    senders: Vec<Address>,
    state: BTreeMap<Address, Account>,
    block_hashes: BTreeMap<U256, B256>,
}

#[derive(Deserialize)]
struct Account {
    balance: U256,
    nonce: u64,
    code_hash: B256,
    code: Bytes,
    storage: BTreeMap<U256, U256>,
}

impl Case {
    pub fn prepare(&self) -> Result<Block, String> {
        let block = ConsensusBlock::<TxEnvelope>::decode(&mut self.block.as_ref()).map_err(|e| e.to_string())?;
        let spec = specification(&self.fork)?;
        let mut config = CfgEnv::new_with_spec(spec).with_chain_id(self.chain_id);
        config.blob_base_fee_update_fraction = Some(self.blob_base_fee_update_fraction);
        if spec < SpecId::OSAKA {
            config.max_blobs_per_tx = Some(self.blobs_per_block);
        }
        if block.body.transactions.len() != self.senders.len() {
            return Err("not as many senders as transactions".into());
        }
        let transactions = block.body.transactions.iter().zip(&self.senders);
        Ok(Block {
            state: self.database(),
            codes: self.state.values().map(|account| (account.code_hash, account.code.clone())).collect(),
            config,
            environment: self.environment(&block.header, spec),
            beginning: system::before_transactions(self.chain_id, &block.header, spec),
            transactions: transactions.map(|(tx, sender)| transaction(tx, *sender)).collect(),
        })
    }

    fn database(&self) -> InMemoryDB {
        let mut database = InMemoryDB::default();
        for (address, account) in &self.state {
            let code = Bytecode::new_raw(account.code.clone());
            let info = AccountInfo::new(account.balance, account.nonce, account.code_hash, code);
            database.insert_account_info(*address, info);
            for (slot, value) in &account.storage {
                database.insert_account_storage(*address, *slot, *value).expect("a state in memory cannot fail");
            }
        }
        database.cache.block_hashes.extend(self.block_hashes.iter().map(|(number, hash)| (*number, *hash)));
        database
    }

    fn environment(&self, header: &Header, spec: SpecId) -> BlockEnv {
        let mut environment = BlockEnv {
            number: U256::from(header.number),
            beneficiary: header.beneficiary,
            timestamp: U256::from(header.timestamp),
            gas_limit: header.gas_limit,
            basefee: header.base_fee_per_gas.unwrap_or(0),
            difficulty: header.difficulty,
            prevrandao: (spec >= SpecId::MERGE).then_some(header.mix_hash),
            ..BlockEnv::default()
        };
        if let Some(excess) = header.excess_blob_gas {
            environment.set_blob_excess_gas_and_price(excess, self.blob_base_fee_update_fraction);
        }
        environment
    }
}

fn transaction(tx: &TxEnvelope, caller: Address) -> TxEnv {
    let authorizations = tx.authorization_list().unwrap_or_default();
    TxEnv {
        tx_type: tx.tx_type() as u8,
        caller,
        gas_limit: tx.gas_limit(),
        gas_price: tx.max_fee_per_gas(),
        kind: tx.kind(),
        value: tx.value(),
        data: tx.input().clone(),
        nonce: tx.nonce(),
        chain_id: tx.chain_id(),
        access_list: tx.access_list().cloned().unwrap_or_default(),
        gas_priority_fee: tx.max_priority_fee_per_gas(),
        blob_hashes: tx.blob_versioned_hashes().unwrap_or_default().to_vec(),
        max_fee_per_blob_gas: tx.max_fee_per_blob_gas().unwrap_or(0),
        authorization_list: authorizations.iter().cloned().map(Either::Left).collect(),
    }
}

fn specification(fork: &str) -> Result<SpecId, String> {
    Ok(match fork {
        "Frontier" => SpecId::FRONTIER,
        "Homestead" => SpecId::HOMESTEAD,
        "EIP150" => SpecId::TANGERINE,
        "EIP158" => SpecId::SPURIOUS_DRAGON,
        "Byzantium" => SpecId::BYZANTIUM,
        "Constantinople" | "ConstantinopleFix" => SpecId::PETERSBURG,
        "Istanbul" => SpecId::ISTANBUL,
        "Berlin" => SpecId::BERLIN,
        "London" => SpecId::LONDON,
        "Paris" => SpecId::MERGE,
        "Shanghai" => SpecId::SHANGHAI,
        "Cancun" => SpecId::CANCUN,
        "Prague" => SpecId::PRAGUE,
        "Osaka" => SpecId::OSAKA,
        _ => return Err(format!("no rules for {fork}")),
    })
}
