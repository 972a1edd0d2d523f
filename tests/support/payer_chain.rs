//! A chain with one payer, in memory: blocks, a mempool, nonces, a vault that does a key once, and everything that nodes answer.

#[path = "payer_chain/port.rs"]
mod port;
#[path = "payer_chain/state.rs"]
mod state;
#[path = "payer_chain/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use bursar::ports::chain::ChainError;
use domain::chain::{Address, ChainId, Hash};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use state::{Mined, State, block};
pub use words::{PayerKey, PlainAbi};

pub const CHAIN: ChainId = ChainId(31_337);
pub const PAYER: Address = Address([0xAA; 20]);
pub const VAULT: Address = Address([0xBB; 20]);
/// Another subscription's, which is paid from by the same payer.
pub const OTHER_VAULT: Address = Address([0xBE; 20]);
pub const MONEY: Address = Address([0xCC; 20]);
pub const SHARE: Address = Address([0xDD; 20]);

/// What a node does with the next raw transaction that it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// What a node in order does.
    Fair,
    /// It takes it, and the answer is lost.
    TakenButLost,
    /// It says that it had it already, whatever it had.
    AlreadyKnown,
    /// It says that the nonce is used.
    NonceLow,
    /// It says that the nonce is too high, and does not keep it.
    NonceHigh,
    /// It says that the fees are too low.
    Underpriced,
    /// It says that the account cannot pay.
    Broke,
    /// It fails without a word on the transaction.
    Error,
    /// It takes it and never answers.
    Hang,
    /// It takes it and forgets it at once.
    Dropped,
}

impl Reply {
    pub const ALL: [Self; 10] = [
        Self::Fair,
        Self::TakenButLost,
        Self::AlreadyKnown,
        Self::NonceLow,
        Self::NonceHigh,
        Self::Underpriced,
        Self::Broke,
        Self::Error,
        Self::Hang,
        Self::Dropped,
    ];
}

/// A transaction as its bytes say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tx {
    pub from: Address,
    pub nonce: u64,
    pub to: Address,
    pub data: Vec<u8>,
    pub gas: u64,
    pub max_fee: u128,
    pub tip: u128,
    /// Two signatures of one transaction differ.
    pub salt: u64,
}

impl Tx {
    pub fn read(raw: &[u8]) -> Self {
        serde_json::from_slice(raw).unwrap()
    }

    fn hash(&self) -> Hash {
        hash_of(&serde_json::to_vec(self).unwrap())
    }
}

fn hash_of(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

fn is_vault(to: Address) -> bool {
    to == VAULT || to == OTHER_VAULT
}

/// What a vault is told to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pay {
    pub key: Hash,
    pub to: Address,
    pub raw: u128,
    pub money: bool,
}

/// The chain, its only node and the vault.
pub struct PayerChain(Mutex<State>);

impl PayerChain {
    pub fn new() -> Arc<Self> {
        let genesis = Mined {
            block: block(0, Hash([1; 32]), Hash([0; 32])),
            txs: Vec::new(),
        };
        let state = State {
            blocks: vec![genesis],
            mempool: BTreeMap::new(),
            replies: VecDeque::new(),
            blocked: BTreeSet::new(),
            funds: u128::MAX / 4,
            vault_money: 1_000_000_000_000,
            base: 10_000_000_000,
            tip: 1_000_000_000,
            salt: 0,
            signatures: 0,
            arrived: Vec::new(),
            is_away: false,
            is_no_vault: false,
            mines: true,
        };
        let chain = Arc::new(Self(Mutex::new(state)));
        chain.mine(3);
        chain
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The next transactions that arrive are answered so.
    pub fn script(&self, replies: &[Reply]) {
        self.lock().replies.extend(replies);
    }

    /// So many blocks come about, with whatever can be in them.
    pub fn mine(&self, count: u32) {
        for _ in 0..count {
            self.lock().mine();
        }
    }

    /// The last blocks are replaced by as many and one more, without transactions; theirs wait again, or are forgotten.
    pub fn reorg(&self, depth: usize, forget: bool) {
        let mut state = self.lock();
        let keep = state.blocks.len().saturating_sub(depth).max(1);
        let gone = state.blocks.split_off(keep);
        for (tx, _) in gone.into_iter().flat_map(|block| block.txs) {
            if !forget {
                state.mempool.entry(tx.nonce).or_insert(tx);
            }
        }
        let waiting = std::mem::take(&mut state.mempool);
        for _ in 0..=depth {
            state.mine();
        }
        state.mempool = waiting;
    }

    /// The node starts anew, and has forgotten what waited.
    pub fn restart(&self) {
        self.lock().mempool.clear();
    }

    /// Whether transactions get into blocks.
    pub fn set_mining(&self, mines: bool) {
        self.lock().mines = mines;
    }

    /// Nobody answers questions while this is true.
    pub fn set_away(&self, is_away: bool) {
        self.lock().is_away = is_away;
    }

    /// What answers at the vault's address is no vault.
    pub fn set_no_vault(&self, is_no_vault: bool) {
        self.lock().is_no_vault = is_no_vault;
    }

    /// Payments to this account are reverted from now on.
    pub fn block_recipient(&self, who: Address) {
        self.lock().blocked.insert(who);
    }

    pub fn unblock_all(&self) {
        self.lock().blocked.clear();
    }

    pub fn set_funds(&self, wei: u128) {
        self.lock().funds = wei;
    }

    pub fn set_vault_money(&self, units: u128) {
        self.lock().vault_money = units;
    }

    /// Somebody else uses the key: whatever waits at this nonce is outbid.
    pub fn use_key(&self, nonce: u64, pay: Option<&Pay>) {
        let mut state = self.lock();
        state.salt += 1;
        let tx = Tx {
            from: PAYER,
            nonce,
            to: if pay.is_some() { VAULT } else { Address([9; 20]) },
            data: pay.map_or_else(Vec::new, |pay| serde_json::to_vec(pay).unwrap()),
            gas: 21_000,
            max_fee: u128::MAX >> 32,
            tip: u128::MAX >> 32,
            salt: state.salt,
        };
        state.mempool.insert(nonce, tx);
    }

    /// What the vault did, block by block.
    pub fn effects(&self) -> Vec<Pay> {
        let state = self.lock();
        state.effects()
    }

    /// Transactions in blocks that did nothing.
    pub fn reverted(&self) -> usize {
        let state = self.lock();
        let all = state.blocks.iter().flat_map(|block| &block.txs);
        all.filter(|(_, succeeded)| !succeeded).count()
    }

    /// Nonces that are used on the chain.
    pub fn used(&self) -> u64 {
        self.lock().used()
    }

    /// How many transactions wait.
    pub fn waiting(&self) -> usize {
        self.lock().mempool.len()
    }

    /// Every transaction that arrived, in order.
    pub fn arrived(&self) -> Vec<Hash> {
        self.lock().arrived.clone()
    }

    /// How often something was signed.
    pub fn signatures(&self) -> u64 {
        self.lock().signatures
    }

    async fn asked<T>(&self, answer: impl FnOnce(&State) -> Result<T, ChainError>) -> Result<T, ChainError> {
        tokio::task::yield_now().await;
        let answered = {
            let state = self.lock();
            match state.is_away {
                true => Err(ChainError::Unreachable("it is away".to_owned())),
                false => answer(&state),
            }
        };
        tokio::task::yield_now().await;
        answered
    }
}
