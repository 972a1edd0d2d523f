//! A chain with one payer, in memory: blocks, a mempool, nonces, a vault that does a key once, and everything that nodes answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bursar::ports::chain::{
    Abi, BlockAt, Chain, ChainError, EndpointHealth, GasPrices, LogFilter, PayoutSigner, Receipt, Sent, SignError,
    Signed, Unsigned,
};
use bursar::ports::market::Wake;
use domain::chain::{Address, Block, BlockNumber, ChainEvent, ChainId, ChainLog, Hash, RawAmount};
use domain::outcome::Outcome;
use domain::payout::Payout;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub const CHAIN: ChainId = ChainId(31_337);
pub const PAYER: Address = Address([0xAA; 20]);
pub const VAULT: Address = Address([0xBB; 20]);
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

/// What a vault is told to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pay {
    pub key: Hash,
    pub to: Address,
    pub raw: u128,
    pub money: bool,
}

#[derive(Clone)]
struct Mined {
    block: Block,
    txs: Vec<(Tx, bool)>,
}

struct State {
    blocks: Vec<Mined>,
    mempool: BTreeMap<u64, Tx>,
    replies: VecDeque<Reply>,
    blocked: BTreeSet<Address>,
    funds: u128,
    vault_money: u128,
    base: u128,
    tip: u128,
    salt: u64,
    signatures: u64,
    /// Every raw transaction that ever arrived, with its answer's kind.
    arrived: Vec<Hash>,
    /// Every other question fails while this is true.
    is_away: bool,
    /// The vault does not know the question.
    is_no_vault: bool,
    /// Blocks that the vault says it paid in stay hidden from `isPaid`.
    mines: bool,
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

    pub fn set_gas(&self, base: u128, tip: u128) {
        let mut state = self.lock();
        (state.base, state.tip) = (base, tip);
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

    pub fn head(&self) -> u64 {
        self.lock().head().number.0
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

fn block(number: u64, hash: Hash, parent: Hash) -> Block {
    Block {
        number: BlockNumber(number),
        hash,
        parent,
        at: Timestamp(i64::try_from(number).unwrap() * 12_000),
    }
}

impl State {
    fn head(&self) -> Block {
        self.blocks.last().unwrap().block
    }

    fn used(&self) -> u64 {
        let all = self.blocks.iter().flat_map(|block| &block.txs);
        all.count() as u64
    }

    fn effects(&self) -> Vec<Pay> {
        let all = self.blocks.iter().flat_map(|block| &block.txs);
        let done = all.filter(|(tx, succeeded)| *succeeded && tx.to == VAULT);
        done.map(|(tx, _)| serde_json::from_slice(&tx.data).unwrap()).collect()
    }

    fn is_paid(&self, key: Hash) -> bool {
        self.effects().iter().any(|pay| pay.key == key)
    }

    fn vault_balance(&self) -> u128 {
        let paid = self.effects().into_iter().filter(|pay| pay.money);
        self.vault_money - paid.map(|pay| pay.raw).sum::<u128>()
    }

    /// Whether a call would do what it is made for.
    fn would_succeed(&self, to: Address, data: &[u8]) -> Result<(), String> {
        if to != VAULT {
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

    fn mine(&mut self) {
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

    fn receipt(&self, hash: Hash) -> Option<Receipt> {
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
    fn take(&mut self, tx: &Tx) -> Sent {
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
}

#[async_trait]
impl Chain for PayerChain {
    fn id(&self) -> ChainId {
        CHAIN
    }

    async fn block(&self, at: BlockAt) -> Result<Option<Block>, ChainError> {
        self.asked(|state| {
            Ok(match at {
                BlockAt::Latest | BlockAt::Safe | BlockAt::Finalized => Some(state.head()),
                BlockAt::Number(number) => state.at(number),
            })
        })
        .await
    }

    async fn blocks(&self, numbers: &[BlockNumber]) -> Result<Vec<Option<Block>>, ChainError> {
        self.asked(|state| Ok(numbers.iter().map(|number| state.at(*number)).collect()))
            .await
    }

    async fn logs(&self, _: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        Ok(Vec::new())
    }

    async fn logs_elsewhere(&self, _: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        Ok(Vec::new())
    }

    async fn call(&self, to: Address, data: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.asked(|state| match to {
            MONEY => Ok(state.vault_balance().to_string().into_bytes()),
            SHARE => Ok(state
                .effects()
                .iter()
                .filter(|pay| !pay.money)
                .map(|pay| pay.raw)
                .sum::<u128>()
                .to_string()
                .into_bytes()),
            VAULT if state.is_no_vault => Err(ChainError::Refused("no such function".to_owned())),
            _ => {
                let key = Hash(data.try_into().unwrap());
                Ok(vec![u8::from(state.is_paid(key))])
            }
        })
        .await
    }

    async fn balance(&self, _: Address) -> Result<RawAmount, ChainError> {
        self.asked(|state| Ok(RawAmount::from_units(state.funds))).await
    }

    async fn nonces(&self, _: Address) -> Result<(u64, u64), ChainError> {
        self.asked(|state| {
            let latest = state.used();
            let waiting = (latest..).take_while(|nonce| state.mempool.contains_key(nonce));
            Ok((latest, latest + waiting.count() as u64))
        })
        .await
    }

    async fn gas_prices(&self) -> Result<GasPrices, ChainError> {
        self.asked(|state| {
            Ok(GasPrices {
                base: state.base,
                tip: state.tip,
            })
        })
        .await
    }

    async fn estimate(&self, _: Address, to: Address, data: &[u8]) -> Result<u64, ChainError> {
        self.asked(|state| match state.would_succeed(to, data) {
            Ok(()) => Ok(60_000),
            Err(why) => Err(ChainError::Refused(why)),
        })
        .await
    }

    async fn send(&self, raw: &[u8]) -> Outcome<Sent> {
        tokio::task::yield_now().await;
        let tx = Tx::read(raw);
        let reply = {
            let mut state = self.lock();
            state.arrived.push(tx.hash());
            let reply = state.replies.pop_front().unwrap_or(Reply::Fair);
            if reply == Reply::Fair {
                return Outcome::Done(state.take(&tx));
            }
            if matches!(reply, Reply::TakenButLost | Reply::AlreadyKnown | Reply::Hang) {
                state.take(&tx);
            }
            reply
        };
        tokio::task::yield_now().await;
        match reply {
            Reply::Fair | Reply::AlreadyKnown | Reply::Dropped => Outcome::Done(Sent::Accepted),
            Reply::TakenButLost => Outcome::Unknown("the connection broke".to_owned()),
            Reply::NonceLow => Outcome::Done(Sent::NonceTooLow),
            Reply::NonceHigh => Outcome::Done(Sent::NonceTooHigh),
            Reply::Underpriced => Outcome::Done(Sent::Underpriced),
            Reply::Broke => Outcome::Done(Sent::InsufficientFunds),
            Reply::Error => Outcome::Unknown("status 500".to_owned()),
            Reply::Hang => {
                tokio::time::sleep(Duration::from_secs(86_400)).await;
                Outcome::Unknown("it was given up".to_owned())
            }
        }
    }

    async fn receipt(&self, tx: Hash) -> Result<Option<Receipt>, ChainError> {
        self.asked(|state| Ok(state.receipt(tx))).await
    }

    async fn knows(&self, tx: Hash) -> Result<bool, ChainError> {
        self.asked(
            |state| Ok(state.mempool.values().any(|waiting| waiting.hash() == tx) || state.receipt(tx).is_some()),
        )
        .await
    }

    fn heed(&self, _: Address, _: Wake) {}

    fn forget(&self, _: Address) {}

    fn is_heard(&self) -> bool {
        false
    }

    fn distrust(&self, _: &str) {}

    fn endpoints(&self) -> Vec<EndpointHealth> {
        Vec::new()
    }
}

impl State {
    fn at(&self, number: BlockNumber) -> Option<Block> {
        let place = usize::try_from(number.0).unwrap();
        self.blocks.get(place).map(|mined| mined.block)
    }
}

/// A key whose signatures differ each time.
pub struct PayerKey(pub Arc<PayerChain>);

#[async_trait]
impl PayoutSigner for PayerKey {
    fn address(&self) -> Address {
        PAYER
    }

    async fn sign(&self, transaction: &Unsigned) -> Result<Signed, SignError> {
        tokio::task::yield_now().await;
        let salt = {
            let mut state = self.0.lock();
            state.salt += 1;
            state.signatures += 1;
            state.salt
        };
        let tx = Tx {
            from: PAYER,
            nonce: transaction.nonce,
            to: transaction.to,
            data: transaction.data.clone(),
            gas: transaction.gas,
            max_fee: transaction.max_fee,
            tip: transaction.tip,
            salt,
        };
        let raw = serde_json::to_vec(&tx).unwrap();
        let hash = hash_of(&raw);
        Ok(Signed { raw, hash })
    }
}

/// The vault's words, in a language of their own.
pub struct PlainAbi;

impl PlainAbi {
    pub fn pay(payout: &Payout) -> Pay {
        Pay {
            key: payout.key,
            to: payout.recipient,
            raw: payout.raw.units().unwrap(),
            money: payout.kind.is_money(),
        }
    }
}

impl Abi for PlainAbi {
    fn topics(&self) -> Vec<Hash> {
        Vec::new()
    }

    fn event(&self, _: &ChainLog) -> Result<ChainEvent, String> {
        Err("no events here".to_owned())
    }

    fn payout_call(&self, payout: &Payout) -> Vec<u8> {
        serde_json::to_vec(&Self::pay(payout)).unwrap()
    }

    fn is_paid_call(&self, id: Hash) -> Vec<u8> {
        id.0.to_vec()
    }

    fn flag(&self, answer: &[u8]) -> Result<bool, ChainError> {
        match answer {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(ChainError::Malformed("no boolean".to_owned())),
        }
    }

    fn balance_call(&self, of: Address) -> Vec<u8> {
        of.0.to_vec()
    }

    fn supply_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn number(&self, answer: &[u8]) -> Result<RawAmount, ChainError> {
        let text = String::from_utf8(answer.to_vec()).unwrap();
        RawAmount::parse(&text).ok_or_else(|| ChainError::Malformed(text))
    }

    fn round_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn round(&self, _: &[u8]) -> Result<(RawAmount, u64), ChainError> {
        Err(ChainError::Malformed("no prices here".to_owned()))
    }
}
