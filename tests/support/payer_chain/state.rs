//! What the chain holds: blocks, what waits, the vault's deeds, and what a node in order does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bursar::ports::chain::{Receipt, Sent};
use domain::chain::{Address, Block, BlockNumber, Hash};
use domain::time::Timestamp;

use super::{Pay, Reply, Tx, hash_of, is_vault};

#[derive(Clone)]
pub struct Mined {
    pub block: Block,
    pub txs: Vec<(Tx, bool)>,
}

pub struct State {
    pub blocks: Vec<Mined>,
    pub mempool: BTreeMap<u64, Tx>,
    pub replies: VecDeque<Reply>,
    pub blocked: BTreeSet<Address>,
    pub funds: u128,
    pub vault_money: u128,
    pub base: u128,
    pub tip: u128,
    pub salt: u64,
    pub signatures: u64,
    /// Every raw transaction that ever arrived, with its answer's kind.
    pub arrived: Vec<Hash>,
    /// Every other question fails while this is true.
    pub is_away: bool,
    /// The vault does not know the question.
    pub is_no_vault: bool,
    /// Whether transactions get into blocks.
    pub mines: bool,
}

pub fn block(number: u64, hash: Hash, parent: Hash) -> Block {
    Block {
        number: BlockNumber(number),
        hash,
        parent,
        at: Timestamp(i64::try_from(number).unwrap() * 12_000),
    }
}

impl State {
    pub fn head(&self) -> Block {
        self.blocks.last().unwrap().block
    }

    pub fn used(&self) -> u64 {
        let all = self.blocks.iter().flat_map(|block| &block.txs);
        all.count() as u64
    }

    pub fn effects(&self) -> Vec<Pay> {
        let all = self.blocks.iter().flat_map(|block| &block.txs);
        let done = all.filter(|(tx, succeeded)| *succeeded && is_vault(tx.to));
        done.map(|(tx, _)| serde_json::from_slice(&tx.data).unwrap()).collect()
    }

    pub fn is_paid(&self, key: Hash) -> bool {
        self.effects().iter().any(|pay| pay.key == key)
    }

    pub fn vault_balance(&self) -> u128 {
        let paid = self.effects().into_iter().filter(|pay| pay.money);
        self.vault_money - paid.map(|pay| pay.raw).sum::<u128>()
    }

    /// Whether a call would do what it is made for.
    pub fn would_succeed(&self, to: Address, data: &[u8]) -> Result<(), String> {
        if !is_vault(to) {
            return Ok(());
        }
        let pay: Pay = serde_json::from_slice(data).unwrap();
        if self.is_paid(pay.key) {
            return Err("AlreadyPaid".to_owned());
        }
        if self.blocked.contains(&pay.to) {
            return Err("recipient is blocked".to_owned());
        }
        if pay.money && pay.raw > self.vault_balance() {
            return Err("too little in the vault".to_owned());
        }
        Ok(())
    }

    pub fn mine(&mut self) {
        self.salt += 1;
        let head = self.head();
        let number = head.number.0 + 1;
        let hash = hash_of(format!("{number}:{}", self.salt).as_bytes());
        self.blocks.push(Mined {
            block: block(number, hash, head.hash),
            txs: Vec::new(),
        });
        while self.mines {
            let next = self.used();
            let Some(tx) = self.mempool.get(&next).filter(|tx| tx.max_fee >= self.base).cloned() else {
                break;
            };
            self.mempool.remove(&next);
            let succeeded = self.would_succeed(tx.to, &tx.data).is_ok();
            self.blocks.last_mut().unwrap().txs.push((tx, succeeded));
        }
        let used = self.used();
        self.mempool.retain(|nonce, _| *nonce >= used);
    }

    pub fn receipt(&self, hash: Hash) -> Option<Receipt> {
        self.blocks.iter().find_map(|mined| {
            let (tx, succeeded) = mined.txs.iter().find(|(tx, _)| tx.hash() == hash)?;
            Some(Receipt {
                tx: hash,
                block: mined.block.number,
                block_hash: mined.block.hash,
                succeeded: *succeeded,
                gas_used: tx.gas,
            })
        })
    }

    /// What a node in order does with a transaction.
    pub fn take(&mut self, tx: &Tx) -> Sent {
        if tx.nonce < self.used() {
            return Sent::NonceTooLow;
        }
        if self.funds < u128::from(tx.gas) * tx.max_fee {
            return Sent::InsufficientFunds;
        }
        if let Some(there) = self.mempool.get(&tx.nonce) {
            if there == tx {
                return Sent::Accepted;
            }
            let rises = |new: u128, old: u128| new > old && new * 10 >= old.saturating_mul(11);
            if !(rises(tx.max_fee, there.max_fee) && rises(tx.tip, there.tip)) {
                return Sent::Underpriced;
            }
        }
        self.mempool.insert(tx.nonce, tx.clone());
        Sent::Accepted
    }

    pub fn at(&self, number: BlockNumber) -> Option<Block> {
        let place = usize::try_from(number.0).unwrap();
        self.blocks.get(place).map(|mined| mined.block)
    }
}
