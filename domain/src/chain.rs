//! What happens on EVM chains: where it happened, who did it, and how much, as the chain itself writes it.

pub mod branch;
pub mod event;
pub mod follow;
pub mod raw;
pub mod receive;
pub mod subscription;

pub use event::{ChainEvent, ChainLog, LogKey, SeenLog};
pub use raw::RawAmount;
pub use subscription::{Anchor, FollowState, MovedLog, StoredLog, Subscription};

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// A chain by its EIP-155 id, such as 1 for Ethereum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChainId(pub u64);

/// The number of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlockNumber(pub u64);

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for BlockNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl BlockNumber {
    /// The block so many after this one.
    pub const fn plus(self, blocks: u64) -> Self {
        Self(self.0.saturating_add(blocks))
    }

    /// The block so many before this one, not before the first.
    pub const fn minus(self, blocks: u64) -> Self {
        Self(self.0.saturating_sub(blocks))
    }
}

macro_rules! bytes_in_hex {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// From `0x` and its hex digits, of either case; nothing else.
            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.strip_prefix("0x")?;
                if digits.len() != 2 * $length || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return None;
                }
                let mut bytes = [0; $length];
                for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
                    *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
                }
                Some(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("0x")?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let rule = concat!("must be 0x and ", stringify!($length), " bytes in hex");
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom(rule))
            }
        }
    };
}

bytes_in_hex!(
    /// A 32-byte hash or word: of a block, of a transaction, a topic, a payout's id on chain. Written in lower case.
    Hash,
    32
);
bytes_in_hex!(
    /// An account or a contract. Written in lower case.
    Address,
    20
);

/// A block as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
    /// The hash of the block before.
    pub parent: Hash,
    /// Its time, by the chain.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_31_an_address_is_the_same_in_either_case_and_is_written_in_one() {
        let mixed = "0xDAC17F958D2ee523a2206206994597C13D831ec7";
        let address = Address::parse(mixed).unwrap();
        assert_eq!(Address::parse(&mixed.to_lowercase()), Some(address));
        assert_eq!(address.to_string(), mixed.to_lowercase());
        for wrong in [
            "",
            "0x",
            "dac17f958d2ee523a2206206994597c13d831ec7",
            "0xdac17f958d2ee523a2206206994597c13d831ec",
            "0xzac17f958d2ee523a2206206994597c13d831ec7",
            "0x+ac17f958d2ee523a2206206994597c13d831ec7",
        ] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
    }
}
