//! Rows: how the domain's things lie in columns, and how they are read back without trusting the columns.

pub mod access;
pub mod alert;
pub mod chain;
pub mod close;
pub mod close_all;
pub mod fill;
pub mod hold;
pub mod imported;
pub mod job;
pub mod key;
pub mod ledger;
pub mod order;
pub mod payout;
pub mod pool;
pub mod position;
pub mod robot;
pub mod stock;
pub mod trigger;
pub mod user;

use domain::chain::{Address, Hash, RawAmount};
use domain::fixed::NumberError;

use super::super::failure::Failure;
use crate::ports::store::StoreError;

/// A row that is being read; names itself when it cannot be understood.
#[derive(Debug)]
pub struct Row<K = i64> {
    kind: &'static str,
    key: K,
}

impl<K: std::fmt::Display> Row<K> {
    /// The row `kind` with this key.
    pub fn new(kind: &'static str, key: K) -> Self {
        Self { kind, key }
    }

    /// It cannot be understood.
    pub fn corrupt(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt {
            what: format!("{} {}", self.kind, self.key),
            why: why.to_string(),
        }
    }

    /// A name of an enum.
    pub fn word<T>(&self, column: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        parse(text).ok_or_else(|| self.corrupt(format!("unknown {column} `{text}`")))
    }

    /// A fixed-point number from its units.
    pub fn fixed<T>(
        &self,
        column: &str,
        units: i64,
        from_units: fn(i64) -> Result<T, NumberError>,
    ) -> Result<T, StoreError> {
        from_units(units).map_err(|error| self.corrupt(format!("{column} {units}: {error}")))
    }

    /// A fixed-point number that may be absent.
    pub fn maybe_fixed<T>(
        &self,
        column: &str,
        units: Option<i64>,
        from_units: fn(i64) -> Result<T, NumberError>,
    ) -> Result<Option<T>, StoreError> {
        units.map(|units| self.fixed(column, units, from_units)).transpose()
    }

    /// A small whole number.
    pub fn count(&self, column: &str, number: i64) -> Result<u32, StoreError> {
        u32::try_from(number).map_err(|_| self.corrupt(format!("{column} is {number}")))
    }

    /// A whole number that is never negative, such as a block's.
    pub fn wide(&self, column: &str, number: i64) -> Result<u64, StoreError> {
        u64::try_from(number).map_err(|_| self.corrupt(format!("{column} is {number}")))
    }

    /// A hash from its bytes.
    pub fn hash(&self, column: &str, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hash = bytes.try_into().map(Hash);
        hash.map_err(|_| self.corrupt(format!("{column} has {} bytes", bytes.len())))
    }

    /// A hash that may be absent.
    pub fn maybe_hash(&self, column: &str, bytes: Option<&[u8]>) -> Result<Option<Hash>, StoreError> {
        bytes.map(|bytes| self.hash(column, bytes)).transpose()
    }

    /// An address from its bytes.
    pub fn address(&self, column: &str, bytes: &[u8]) -> Result<Address, StoreError> {
        let address = bytes.try_into().map(Address);
        address.map_err(|_| self.corrupt(format!("{column} has {} bytes", bytes.len())))
    }

    /// An amount in a token's own units.
    pub fn raw(&self, column: &str, digits: &str) -> Result<RawAmount, StoreError> {
        self.word(column, digits, RawAmount::parse)
    }

    /// A column that this row must have.
    pub fn present<T>(&self, column: &str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt(format!("no {column}")))
    }

    /// A value kept as JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(format!("{column}: {error}")))
    }
}

/// Reads many rows with one function.
pub fn read_all<M, T>(models: Vec<M>, read: impl Fn(M) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    models.into_iter().map(read).collect()
}

/// A number for a column, refused where it is beyond 2^63: no chain has such blocks, nonces or ids.
pub fn narrow(what: &str, number: u64) -> Result<i64, Failure> {
    i64::try_from(number).map_err(|_| Failure::Refused(format!("{what} {number}, which is beyond 2^63")))
}
