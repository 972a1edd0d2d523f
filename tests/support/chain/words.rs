//! What the fake vault writes, and the words between it and us: decimal digits as data.

use bursar::ports::chain::{Abi, ChainError};
use domain::chain::{Address, ChainEvent, ChainLog, Hash, RawAmount};
use domain::payout::Payout;

use super::{VAULT, unused};

pub const USER: Address = Address([9; 20]);
const DEPOSIT: Hash = Hash([0xd; 32]);
const REDEEM: Hash = Hash([0xe; 32]);

/// A log before it is in a block.
#[derive(Debug, Clone)]
pub struct Written {
    pub address: Address,
    pub topics: Vec<Hash>,
    pub data: Vec<u8>,
}

/// A deposit of so many units.
pub fn deposit(units: &str) -> Written {
    written(DEPOSIT, units)
}

/// A redemption of so many units.
pub fn redeem(units: &str) -> Written {
    written(REDEEM, units)
}

/// A log of so many bytes with this first topic.
pub fn strange(topic: u8, data: &[u8]) -> Written {
    Written {
        address: VAULT,
        topics: vec![Hash([topic; 32])],
        data: data.to_vec(),
    }
}

/// A deposit whose data is cut off.
pub fn truncated() -> Written {
    Written {
        data: Vec::new(),
        ..deposit("1")
    }
}

fn written(topic: Hash, units: &str) -> Written {
    Written {
        address: VAULT,
        topics: vec![topic],
        data: units.as_bytes().to_vec(),
    }
}

/// The words between the fake vault and us: decimal digits as data.
pub struct FakeAbi;

impl Abi for FakeAbi {
    fn topics(&self) -> Vec<Hash> {
        vec![DEPOSIT, REDEEM]
    }

    fn event(&self, log: &ChainLog) -> Result<ChainEvent, String> {
        let units = std::str::from_utf8(&log.data).ok().and_then(RawAmount::parse);
        let units = units.ok_or_else(|| "its data is cut off".to_owned());
        match log.topics.first() {
            Some(topic) if *topic == DEPOSIT => Ok(ChainEvent::Deposit {
                user: USER,
                amount: units?,
            }),
            Some(topic) if *topic == REDEEM => Ok(ChainEvent::Redeem {
                user: USER,
                shares: units?,
            }),
            Some(_) | None => Err("its first topic is unknown".to_owned()),
        }
    }

    fn payout_call(&self, _: &Payout) -> Vec<u8> {
        Vec::new()
    }

    fn is_paid_call(&self, _: Hash) -> Vec<u8> {
        Vec::new()
    }

    fn flag(&self, _: &[u8]) -> Result<bool, ChainError> {
        unused()
    }

    fn balance_call(&self, _: Address) -> Vec<u8> {
        Vec::new()
    }

    fn supply_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn number(&self, _: &[u8]) -> Result<RawAmount, ChainError> {
        unused()
    }

    fn round_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn round(&self, _: &[u8]) -> Result<(RawAmount, u64), ChainError> {
        unused()
    }
}
