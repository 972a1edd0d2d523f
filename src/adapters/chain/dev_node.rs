//! A development node with unlocked accounts, such as anvil: puts contracts on it, and acts as its users. For demonstrations.

use std::time::Duration;

use domain::chain::Address;
use domain::time::Timestamp;
use ethers_core::abi::{self, Token};
use ethers_core::types::{H160, U256};
use ethers_core::utils::{hex, keccak256};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::http::{Came, HttpLine};
use crate::ports::chain::ChainError;

/// How often it is looked for a receipt, and how long one look waits.
const LOOKS: u32 = 200;
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Longest wait for one answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// An argument of a call.
#[derive(Debug, Clone)]
pub enum Argument {
    /// An account or a contract.
    Address(Address),
    /// A whole number.
    Number(u128),
    /// Text.
    Text(&'static str),
    /// Yes or no.
    Flag(bool),
}

impl Argument {
    fn token(&self) -> Token {
        match self {
            Self::Address(address) => Token::Address(H160(address.0)),
            Self::Number(number) => Token::Uint(U256::from(*number)),
            Self::Text(text) => Token::String((*text).to_owned()),
            Self::Flag(flag) => Token::Bool(*flag),
        }
    }
}

/// A node whose accounts need no key.
#[derive(Debug)]
pub struct DevNode {
    line: HttpLine,
    accounts: Vec<Address>,
}

impl DevNode {
    /// The node at this address.
    ///
    /// # Errors
    /// When it does not answer as one does.
    pub async fn open(url: &str) -> Result<Self, ChainError> {
        let line = HttpLine::to(&SecretString::from(url.to_owned()));
        let line = line.map_err(|error| ChainError::Refused(error.to_string()))?;
        let mut node = Self {
            line,
            accounts: Vec::new(),
        };
        let accounts = node.ask("eth_accounts", json!([])).await?;
        node.accounts = serde_json::from_value(accounts).map_err(|error| ChainError::Malformed(error.to_string()))?;
        Ok(node)
    }

    /// Its unlocked accounts.
    pub fn account(&self, place: usize) -> Option<Address> {
        self.accounts.get(place).copied()
    }

    /// Puts a contract on the chain; `artifact` is a file of `contracts/out`.
    ///
    /// # Errors
    /// When the file has no bytecode, or the node does not take it.
    pub async fn deploy(&self, by: usize, artifact: &str, arguments: &[Argument]) -> Result<Address, ChainError> {
        let malformed = |why: &str| ChainError::Malformed(why.to_owned());
        let artifact: Value = serde_json::from_str(artifact).map_err(|_| malformed("the contract is no JSON"))?;
        let code = artifact["bytecode"]
            .as_str()
            .ok_or_else(|| malformed("the contract has no bytecode"))?;
        let data = format!("{code}{}", hex::encode(encoded(arguments)));
        let receipt = self.transact(by, None, &data).await?;
        let address = receipt["contractAddress"].as_str().and_then(Address::parse);
        address.ok_or_else(|| malformed("there is no contract"))
    }

    /// Calls a contract by a transaction of an account, and waits until it is in a block.
    ///
    /// # Errors
    /// When it is reverted, or the node does not take it.
    pub async fn act(
        &self,
        by: usize,
        contract: Address,
        signature: &str,
        arguments: &[Argument],
    ) -> Result<(), ChainError> {
        let data = call(signature, arguments);
        self.transact(by, Some(contract), &data).await.map(drop)
    }

    /// What an account has of a token, in the token's units.
    ///
    /// # Errors
    /// When the node does not say.
    pub async fn balance(&self, token: Address, of: usize) -> Result<u128, ChainError> {
        let data = call("balanceOf(address)", &[Argument::Address(self.of(of)?)]);
        let answer = self
            .ask("eth_call", json!([{"to": token, "data": data}, "latest"]))
            .await?;
        let number = answer.as_str().and_then(|text| U256::from_str_radix(text, 16).ok());
        let number = number.filter(|number| number.bits() <= 128);
        let number = number.ok_or_else(|| ChainError::Malformed("a balance is no number".to_owned()))?;
        Ok(number.as_u128())
    }

    /// Makes a block so often from now on, in whole seconds, instead of one for each transaction.
    ///
    /// # Errors
    /// When the node does not take it.
    pub async fn mine_every(&self, interval: Duration) -> Result<(), ChainError> {
        let seconds = json!([interval.as_secs()]);
        self.ask("evm_setIntervalMining", seconds).await.map(drop)
    }

    /// Sets the node's clock; blocks are as old as it says.
    ///
    /// # Errors
    /// When the node does not take it.
    pub async fn set_clock(&self, now: Timestamp) -> Result<(), ChainError> {
        let seconds = json!([now.0 / 1_000]);
        self.ask("evm_setTime", seconds).await.map(drop)
    }

    fn of(&self, place: usize) -> Result<Address, ChainError> {
        self.account(place)
            .ok_or_else(|| ChainError::Refused(format!("there is no account {place}")))
    }

    async fn transact(&self, by: usize, to: Option<Address>, data: &str) -> Result<Value, ChainError> {
        let from = self.of(by)?;
        let mut transaction = json!({"from": from, "data": data});
        if let Some(to) = to {
            transaction["to"] = json!(to);
        }
        let hash = self.ask("eth_sendTransaction", json!([transaction])).await?;
        for _ in 0..LOOKS {
            let receipt = self.ask("eth_getTransactionReceipt", json!([hash])).await?;
            match receipt["status"].as_str() {
                Some("0x1") => return Ok(receipt),
                Some(_) => return Err(ChainError::Refused("the transaction was reverted".to_owned())),
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
        Err(ChainError::Unreachable("the transaction is in no block".to_owned()))
    }

    async fn ask(&self, method: &str, params: Value) -> Result<Value, ChainError> {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let came = tokio::time::timeout(DEADLINE, self.line.post(question)).await;
        let body = match came {
            Ok(Came::Body { body, .. }) => body,
            Ok(Came::Lost(why)) => return Err(ChainError::Unreachable(why)),
            Err(_) => return Err(ChainError::Unreachable("no answer in time".to_owned())),
        };
        let mut answer: Value =
            serde_json::from_slice(&body).map_err(|error| ChainError::Malformed(error.to_string()))?;
        match answer["error"]["message"].as_str() {
            Some(message) => Err(ChainError::Refused(message.to_owned())),
            None => Ok(answer["result"].take()),
        }
    }
}

fn call(signature: &str, arguments: &[Argument]) -> String {
    let selector = hex::encode(&keccak256(signature)[..4]);
    format!("0x{selector}{}", hex::encode(encoded(arguments)))
}

fn encoded(arguments: &[Argument]) -> Vec<u8> {
    abi::encode(&arguments.iter().map(Argument::token).collect::<Vec<_>>())
}
