//! The words of our vault, of tokens and of price aggregators: calls are encoded, events and answers decoded, exactly or not at all.
//!
//! Tokens: <https://eips.ethereum.org/EIPS/eip-20>. Aggregators: <https://docs.chain.link/data-feeds/api-reference>.
//! The vault: contracts/Vault.sol.

use domain::chain::{Address, ChainEvent, ChainLog, Hash, RawAmount};
use domain::payout::Payout;
use ethers_core::abi::{self, ParamType, Token};
use ethers_core::types::{H160, U256};
use ethers_core::utils::keccak256;

use crate::ports::chain::{Abi, ChainError};

/// A deposit, as the vault declares it.
pub const DEPOSIT: &str = "Deposit(address,uint256)";
/// A redemption.
pub const REDEEM: &str = "Redeem(address,uint256)";
/// Pays money.
pub const PAY_MONEY: &str = "payMoney(bytes32,address,uint256)";
/// Mints shares.
pub const MINT_SHARES: &str = "mintShares(bytes32,address,uint256)";
/// Whether a payout was done.
pub const IS_PAID: &str = "isPaid(bytes32)";
/// A token's balance of an account.
pub const BALANCE_OF: &str = "balanceOf(address)";
/// A token's supply.
pub const TOTAL_SUPPLY: &str = "totalSupply()";
/// An aggregator's latest round.
pub const LATEST_ROUND: &str = "latestRoundData()";

/// Bytes of a word.
const WORD: usize = 32;

/// The words, ready.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    deposit: Hash,
    redeem: Hash,
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

impl Words {
    /// All words.
    pub fn new() -> Self {
        Self {
            deposit: topic(DEPOSIT),
            redeem: topic(REDEEM),
        }
    }
}

/// The first topic of an event with this signature.
pub fn topic(signature: &str) -> Hash {
    Hash(keccak256(signature))
}

/// The first bytes of a call with this signature.
pub fn selector(signature: &str) -> [u8; 4] {
    let [a, b, c, d, ..] = keccak256(signature);
    [a, b, c, d]
}

fn call(signature: &str, arguments: &[Token]) -> Vec<u8> {
    let mut data = selector(signature).to_vec();
    data.extend(abi::encode(arguments));
    data
}

/// The number; one that no contract has room for is the most that one has, which no balance covers.
fn number(raw: &RawAmount) -> U256 {
    U256::from_dec_str(raw.as_str()).unwrap_or(U256::MAX)
}

fn account(address: Address) -> Token {
    Token::Address(H160(address.0))
}

fn words(answer: &[u8], types: &[ParamType]) -> Result<Vec<Token>, ChainError> {
    let malformed = |why: String| ChainError::Malformed(why);
    if answer.len() != types.len() * WORD {
        return Err(malformed(format!(
            "{} bytes where {} words were expected",
            answer.len(),
            types.len()
        )));
    }
    abi::decode_whole(types, answer).map_err(|error| malformed(error.to_string()))
}

fn as_raw(number: U256) -> Option<RawAmount> {
    RawAmount::parse(&number.to_string())
}

/// The user and the amount of an event of the vault.
fn parts(log: &ChainLog) -> Result<(Address, RawAmount), String> {
    let [_, user] = log.topics.as_slice() else {
        return Err(format!("{} topics where 2 were expected", log.topics.len()));
    };
    let (padding, bytes) = user.0.split_at(WORD - 20);
    if padding.iter().any(|byte| *byte != 0) {
        return Err("the user is no address".to_owned());
    }
    let user = bytes
        .try_into()
        .map(Address)
        .map_err(|_| "the user is no address".to_owned())?;
    if log.data.len() != WORD {
        return Err(format!("{} bytes of data where {WORD} were expected", log.data.len()));
    }
    let amount = as_raw(U256::from_big_endian(&log.data)).ok_or("the amount is no number")?;
    Ok((user, amount))
}

impl Abi for Words {
    fn topics(&self) -> Vec<Hash> {
        vec![self.deposit, self.redeem]
    }

    fn event(&self, log: &ChainLog) -> Result<ChainEvent, String> {
        match log.topics.first() {
            Some(topic) if *topic == self.deposit => {
                let (user, amount) = parts(log)?;
                Ok(ChainEvent::Deposit { user, amount })
            }
            Some(topic) if *topic == self.redeem => {
                let (user, shares) = parts(log)?;
                Ok(ChainEvent::Redeem { user, shares })
            }
            Some(topic) => Err(format!("unknown event {topic}")),
            None => Err("an event without topics".to_owned()),
        }
    }

    fn payout_call(&self, payout: &Payout) -> Vec<u8> {
        let signature = if payout.kind.is_money() { PAY_MONEY } else { MINT_SHARES };
        let key = Token::FixedBytes(payout.key.0.to_vec());
        call(
            signature,
            &[key, account(payout.recipient), Token::Uint(number(&payout.raw))],
        )
    }

    fn is_paid_call(&self, id: Hash) -> Vec<u8> {
        call(IS_PAID, &[Token::FixedBytes(id.0.to_vec())])
    }

    fn flag(&self, answer: &[u8]) -> Result<bool, ChainError> {
        match words(answer, &[ParamType::Uint(256)])?.as_slice() {
            [Token::Uint(word)] if *word <= U256::one() => Ok(!word.is_zero()),
            _ => Err(ChainError::Malformed("no boolean".to_owned())),
        }
    }

    fn balance_call(&self, of: Address) -> Vec<u8> {
        call(BALANCE_OF, &[account(of)])
    }

    fn supply_call(&self) -> Vec<u8> {
        call(TOTAL_SUPPLY, &[])
    }

    fn number(&self, answer: &[u8]) -> Result<RawAmount, ChainError> {
        match words(answer, &[ParamType::Uint(256)])?.as_slice() {
            [Token::Uint(word)] => as_raw(*word).ok_or_else(|| ChainError::Malformed("no number".to_owned())),
            _ => Err(ChainError::Malformed("no number".to_owned())),
        }
    }

    fn round_call(&self) -> Vec<u8> {
        call(LATEST_ROUND, &[])
    }

    fn round(&self, answer: &[u8]) -> Result<(RawAmount, u64), ChainError> {
        let word = || ParamType::Uint(256);
        let round = words(answer, &[word(), word(), word(), word(), word()])?;
        let [
            Token::Uint(_),
            Token::Uint(price),
            Token::Uint(_),
            Token::Uint(updated),
            Token::Uint(_),
        ] = round.as_slice()
        else {
            return Err(ChainError::Malformed("no round".to_owned()));
        };
        // The answer is signed: the upper half of its range is below zero.
        if price.is_zero() || price.bit(255) {
            return Err(ChainError::Malformed("the round's answer is not positive".to_owned()));
        }
        let seconds = u64::try_from(*updated).ok().filter(|seconds| *seconds > 0);
        let seconds = seconds.ok_or_else(|| ChainError::Malformed("the round is not complete".to_owned()))?;
        let price = as_raw(*price).ok_or_else(|| ChainError::Malformed("no number".to_owned()))?;
        Ok((price, seconds))
    }
}

#[cfg(test)]
mod tests;
