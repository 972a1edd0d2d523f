//! A chain in memory that does what chains and their nodes do: reorgs, lies, limits, and being behind.

#[path = "chain/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bursar::ports::chain::{BlockAt, Chain, ChainError, EndpointHealth, GasPrices, LogFilter, Receipt, Sent};
use bursar::ports::market::Wake;
use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash, LogKey, RawAmount};
use domain::outcome::Outcome;
use domain::time::Timestamp;

pub use words::{FakeAbi, Written, deposit, redeem, strange, truncated};

pub const VAULT: Address = Address([7; 20]);

/// One transaction of a block: its name, and what the vault wrote for it.
#[derive(Debug, Clone)]
pub struct Tx {
    pub hash: Hash,
    pub logs: Vec<Written>,
}

/// What a node does beside answering.
#[derive(Debug, Clone, Default)]
pub struct Quirks {
    /// More logs than this are too many for one answer.
    pub most_logs: Option<usize>,
    /// It proposes the same range again when it has too many logs.
    pub proposes_the_same: bool,
    /// It answers nothing of blocks below this one, as though nothing had happened.
    pub withholds_below: u64,
    /// It says that blocks below this one are pruned.
    pub pruned_below: u64,
    /// It leaves these blocks' logs out.
    pub hides: Vec<u64>,
    /// Blocks that it has not got yet.
    pub behind: u64,
    /// So many questions for logs are answered with a limit of requests.
    pub limits: u32,
    /// So many questions for anything get no answer.
    pub silences: u32,
    /// Each log is told twice, and all in the wrong order.
    pub stutters: bool,
    /// It has no block of this number, though it has later ones.
    pub lacks: Option<u64>,
}

struct State {
    blocks: Vec<(Block, Vec<ChainLog>)>,
    made: u64,
    nodes: Vec<Quirks>,
    in_use: usize,
    distrusted: Vec<String>,
    asked: Vec<(u64, u64)>,
    wakes: BTreeMap<Address, Wake>,
    is_heard: bool,
    panics: u32,
}

/// The chain, behind one node or more.
#[derive(Clone)]
pub struct FakeChain {
    id: ChainId,
    state: Arc<Mutex<State>>,
}

impl FakeChain {
    pub fn new(id: u64, nodes: usize) -> Self {
        let state = State {
            blocks: Vec::new(),
            made: id * 1_000_000,
            nodes: vec![Quirks::default(); nodes],
            in_use: 0,
            distrusted: Vec::new(),
            asked: Vec::new(),
            wakes: BTreeMap::new(),
            is_heard: false,
            panics: 0,
        };
        let chain = Self {
            id: ChainId(id),
            state: Arc::new(Mutex::new(state)),
        };
        chain.mine(Vec::new());
        chain
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, node: usize, quirks: Quirks) {
        self.lock().nodes[node] = quirks;
    }

    /// The next so many questions for logs end in a panic of whoever asked.
    pub fn panic_next(&self, times: u32) {
        self.lock().panics = times;
    }

    pub fn be_heard(&self, heard: bool) {
        self.lock().is_heard = heard;
    }

    /// A transaction hash that no other has.
    pub fn fresh(&self) -> Hash {
        let mut state = self.lock();
        state.made += 1;
        named(state.made, 2)
    }

    pub fn tx(&self, logs: Vec<Written>) -> Tx {
        Tx {
            hash: self.fresh(),
            logs,
        }
    }

    /// The next block, with these transactions.
    pub fn mine(&self, transactions: Vec<Tx>) -> Block {
        let mut state = self.lock();
        state.made += 1;
        let number = BlockNumber(u64::try_from(state.blocks.len()).unwrap());
        let block = Block {
            number,
            hash: named(state.made, 1),
            parent: state.blocks.last().map_or(Hash([0; 32]), |(block, _)| block.hash),
            at: Timestamp(1_767_225_600_000 + i64::try_from(number.0).unwrap() * 12_000),
        };
        let written = transactions
            .into_iter()
            .flat_map(|tx| tx.logs.into_iter().map(move |log| (tx.hash, log)));
        let logs = written.zip(0..).map(|((tx, log), index)| ChainLog {
            key: LogKey {
                chain: self.id,
                tx,
                index,
            },
            block: number,
            block_hash: block.hash,
            address: log.address,
            topics: log.topics,
            data: log.data,
            removed: false,
        });
        let logs = logs.collect();
        state.blocks.push((block, logs));
        block
    }

    /// So many empty blocks.
    pub fn grow(&self, blocks: u64) {
        for _ in 0..blocks {
            self.mine(Vec::new());
        }
    }

    /// One block with one transaction of this log; its transaction.
    pub fn one(&self, log: Written) -> Tx {
        let tx = self.tx(vec![log]);
        self.mine(vec![tx.clone()]);
        tx
    }

    /// Takes the newest blocks off; what comes next is of another branch.
    pub fn cut(&self, depth: usize) {
        let mut state = self.lock();
        let at = state.blocks.len().saturating_sub(depth).max(1);
        state.blocks.truncate(at);
    }

    /// Another chain from its first block on.
    pub fn reset(&self) {
        self.lock().blocks.clear();
        self.mine(Vec::new());
    }

    pub fn height(&self) -> u64 {
        u64::try_from(self.lock().blocks.len()).unwrap() - 1
    }

    /// Ranges whose logs were asked for.
    pub fn asked(&self) -> Vec<(u64, u64)> {
        self.lock().asked.clone()
    }

    pub fn distrusted(&self) -> Vec<String> {
        self.lock().distrusted.clone()
    }

    /// Pokes whoever heeds the vault.
    pub fn tell(&self) {
        let wakes: Vec<Wake> = self.lock().wakes.values().cloned().collect();
        wakes.iter().for_each(|wake| wake());
    }

    /// Gives way before and after an answer, so that what can interleave does.
    async fn answer<T>(&self, answer: impl FnOnce(&mut State) -> Result<T, ChainError>) -> Result<T, ChainError> {
        tokio::task::yield_now().await;
        let answer = {
            let mut state = self.lock();
            let node = state.in_use;
            if state.nodes[node].silences > 0 {
                state.nodes[node].silences -= 1;
                Err(ChainError::Unreachable("nobody is there".to_owned()))
            } else {
                answer(&mut state)
            }
        };
        tokio::task::yield_now().await;
        answer
    }

    fn logs_of(&self, state: &mut State, node: usize, filter: &LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        let quirks = state.nodes[node].clone();
        let (from, to) = (filter.from.0, filter.to.0);
        state.asked.push((from, to));
        if state.panics > 0 {
            state.panics -= 1;
            panic!("made to panic");
        }
        if quirks.limits > 0 {
            state.nodes[node].limits -= 1;
            return Err(ChainError::RateLimited {
                retry_after: Duration::from_secs(1),
            });
        }
        if from < quirks.pruned_below {
            return Err(ChainError::Pruned("history is gone".to_owned()));
        }
        let height = state.height(node);
        let blocks = state.blocks.iter().take(height);
        let told = blocks.filter(|(block, _)| {
            let number = block.number.0;
            (from..=to).contains(&number) && number >= quirks.withholds_below && !quirks.hides.contains(&number)
        });
        let mut logs: Vec<ChainLog> = told.flat_map(|(_, logs)| logs.clone()).collect();
        if quirks.most_logs.is_some_and(|most| logs.len() > most) {
            let proposed = quirks.proposes_the_same.then_some(filter.to);
            return Err(ChainError::TooMuch { proposed });
        }
        if quirks.stutters {
            logs = logs.iter().rev().flat_map(|log| [log.clone(), log.clone()]).collect();
        }
        Ok(logs)
    }
}

impl State {
    /// Blocks that a node has.
    fn height(&self, node: usize) -> usize {
        let behind = usize::try_from(self.nodes[node].behind).unwrap();
        self.blocks.len().saturating_sub(behind)
    }

    fn block(&self, number: u64) -> Option<Block> {
        let lacks = self.nodes[self.in_use].lacks == Some(number);
        let at = usize::try_from(number).unwrap();
        let block = self.blocks.iter().take(self.height(self.in_use)).nth(at);
        block.filter(|_| !lacks).map(|(block, _)| *block)
    }
}

fn named(number: u64, kind: u8) -> Hash {
    let mut bytes = [kind; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Hash(bytes)
}

fn unused<T>() -> Result<T, ChainError> {
    Err(ChainError::Refused("nobody asks that here".to_owned()))
}

#[async_trait]
impl Chain for FakeChain {
    fn id(&self) -> ChainId {
        self.id
    }

    async fn block(&self, at: BlockAt) -> Result<Option<Block>, ChainError> {
        self.answer(|state| {
            let head = u64::try_from(state.height(state.in_use)).unwrap().checked_sub(1);
            Ok(match at {
                BlockAt::Latest => head.and_then(|head| state.block(head)),
                BlockAt::Safe => head.and_then(|head| state.block(head.saturating_sub(32))),
                BlockAt::Finalized => head.and_then(|head| state.block(head.saturating_sub(64))),
                BlockAt::Number(number) => state.block(number.0),
            })
        })
        .await
    }

    async fn blocks(&self, numbers: &[BlockNumber]) -> Result<Vec<Option<Block>>, ChainError> {
        self.answer(|state| Ok(numbers.iter().map(|number| state.block(number.0)).collect()))
            .await
    }

    async fn logs(&self, filter: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        self.answer(|state| self.logs_of(state, state.in_use, &filter)).await
    }

    async fn logs_elsewhere(&self, filter: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        self.answer(|state| {
            let other = (state.in_use + 1) % state.nodes.len();
            self.logs_of(state, other, &filter)
        })
        .await
    }

    async fn call(&self, _: Address, _: &[u8]) -> Result<Vec<u8>, ChainError> {
        unused()
    }

    async fn balance(&self, _: Address) -> Result<RawAmount, ChainError> {
        unused()
    }

    async fn nonces(&self, _: Address) -> Result<(u64, u64), ChainError> {
        unused()
    }

    async fn gas_prices(&self) -> Result<GasPrices, ChainError> {
        unused()
    }

    async fn estimate(&self, _: Address, _: Address, _: &[u8]) -> Result<u64, ChainError> {
        unused()
    }

    async fn send(&self, _: &[u8]) -> Outcome<Sent> {
        Outcome::Unknown("nobody sends here".to_owned())
    }

    async fn receipt(&self, _: Hash) -> Result<Option<Receipt>, ChainError> {
        unused()
    }

    async fn knows(&self, _: Hash) -> Result<bool, ChainError> {
        unused()
    }

    fn heed(&self, contract: Address, wake: Wake) {
        self.lock().wakes.insert(contract, wake);
    }

    fn forget(&self, contract: Address) {
        self.lock().wakes.remove(&contract);
    }

    fn is_heard(&self) -> bool {
        self.lock().is_heard
    }

    fn distrust(&self, why: &str) {
        let mut state = self.lock();
        state.distrusted.push(why.to_owned());
        state.in_use = (state.in_use + 1) % state.nodes.len();
    }

    fn endpoints(&self) -> Vec<EndpointHealth> {
        let state = self.lock();
        let endpoint = |(node, _): (usize, &Quirks)| EndpointHealth {
            name: format!("ws://node{node}"),
            in_use: node == state.in_use,
            is_heard: state.is_heard,
            failures: 0,
            head: None,
        };
        state.nodes.iter().enumerate().map(endpoint).collect()
    }
}
