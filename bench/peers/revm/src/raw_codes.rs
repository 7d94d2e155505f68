//! A state of which no code has been analysed.

use revm::{
    DatabaseRef,
    bytecode::Bytecode,
    database::InMemoryDB,
    primitives::{Address, B256, B256Map, Bytes, StorageKey, StorageValue},
    state::AccountInfo,
};

/// Analyses a code whenever it is asked for it. The overlay above, which keeps what it is told, asks once.
pub struct RawCodes<'a> {
    pub state: &'a InMemoryDB,
    pub codes: &'a B256Map<Bytes>,
}

impl DatabaseRef for RawCodes<'_> {
    type Error = <InMemoryDB as DatabaseRef>::Error;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        Ok(self.state.cache.accounts.get(&address).map(|account| account.info.copy_without_code()))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        Ok(self.codes.get(&code_hash).cloned().map(Bytecode::new_raw).unwrap_or_default())
    }

    fn storage_ref(&self, address: Address, slot: StorageKey) -> Result<StorageValue, Self::Error> {
        self.state.storage_ref(address, slot)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Self::Error> {
        self.state.block_hash_ref(number)
    }
}
