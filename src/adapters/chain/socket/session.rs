//! One open socket: who waits for which answer, what is subscribed to, and whether it lives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use domain::chain::{Address, BlockNumber, ChainId};
use futures::{SinkExt, StreamExt};
use metrics::counter;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tracing::{info, warn};

use super::open::{Stream, acknowledge, described};
use super::{Socket, Timing};
use crate::adapters::chain::contracts::Contracts;
use crate::adapters::chain::decode;
use crate::adapters::chain::endpoint::Endpoint;
use crate::adapters::chain::line::{Ask, SocketState};
use crate::adapters::chain::question;
use crate::adapters::chain::rpc::{self, Call, Heard, Message, Push, Reply};
use crate::event;

/// Signs of life that show new blocks while no head was pushed, after which the subscription counts as dead.
const STRIKES: u32 = 2;

/// Who waits for an answer.
enum Waiting {
    /// Somebody outside.
    Ask {
        count: usize,
        to: oneshot::Sender<Result<Vec<Reply>, String>>,
    },
    /// Of which chain it is.
    Chain,
    /// The subscription to heads.
    Heads,
    /// The subscription to a contract's logs.
    Logs(Address),
    /// A sign of life.
    Pulse,
    /// Nobody.
    Nobody,
}

/// What a subscription is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Heads,
    Logs(Address),
}

/// One open socket.
pub struct Session<'a> {
    stream: Stream,
    endpoint: Arc<Endpoint>,
    contracts: Arc<Contracts>,
    timing: Timing,
    asks: &'a mut mpsc::Receiver<Ask>,
    state: &'a watch::Sender<SocketState>,
    changes: watch::Receiver<u64>,
    waiting: BTreeMap<u64, Waiting>,
    topics: BTreeMap<String, Topic>,
    wanted: BTreeSet<Address>,
    is_up: bool,
    heard_at: Instant,
    pulse_at: Instant,
    known: Option<BlockNumber>,
    pushed_since_pulse: bool,
    strikes: u32,
}

/// What happens next.
enum Next {
    Frame(Option<Result<Frame, Error>>),
    Ask(Option<Ask>),
    Contracts,
    Pulse,
}

impl<'a> Session<'a> {
    /// On this socket.
    pub fn new(stream: Stream, socket: &'a mut Socket) -> Self {
        let now = Instant::now();
        Self {
            stream,
            endpoint: socket.endpoint.clone(),
            contracts: socket.contracts.clone(),
            timing: socket.timing,
            asks: &mut socket.end.asks,
            state: &socket.end.state,
            changes: socket.contracts.changes(),
            waiting: BTreeMap::new(),
            topics: BTreeMap::new(),
            wanted: BTreeSet::new(),
            is_up: false,
            heard_at: now,
            pulse_at: now + beat(socket.timing),
            known: None,
            pushed_since_pulse: false,
            strikes: 0,
        }
    }

    /// Whether questions could be asked over it.
    pub fn was_up(&self) -> bool {
        self.is_up
    }

    /// Lives until it ends; says why it did. Who waits is told.
    pub async fn run(&mut self) -> String {
        let ended = self.live().await;
        let why = ended.err().unwrap_or_else(|| "ended".to_owned());
        self.lose(&why);
        why
    }

    async fn live(&mut self) -> Result<(), String> {
        self.own(question::plain("eth_chainId"), Waiting::Chain).await?;
        loop {
            let next = tokio::select! {
                frame = self.stream.next() => Next::Frame(frame),
                ask = self.asks.recv(), if self.is_up => Next::Ask(ask),
                Ok(()) = self.changes.changed(), if self.is_up => Next::Contracts,
                () = sleep_until(self.pulse_at) => Next::Pulse,
            };
            match next {
                Next::Frame(frame) => self.frame(frame).await?,
                Next::Ask(Some(ask)) => self.ask(ask).await?,
                Next::Ask(None) => return Err("nobody needs it any more".to_owned()),
                Next::Contracts => self.follow().await?,
                Next::Pulse => self.pulse().await?,
            }
        }
    }

    async fn frame(&mut self, frame: Option<Result<Frame, Error>>) -> Result<(), String> {
        acknowledge(&self.stream);
        self.heard_at = Instant::now();
        match frame {
            Some(Ok(Frame::Text(text))) => self.hear(text.as_bytes()).await,
            Some(Ok(Frame::Binary(bytes))) => self.hear(&bytes).await,
            // Pings are answered by the protocol's own code with the next write or read.
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => Ok(()),
            Some(Ok(Frame::Close(Some(frame)))) => Err(format!("closed: {}", frame.code)),
            Some(Ok(Frame::Close(None))) => Err("closed".to_owned()),
            Some(Err(error)) => Err(described(&error)),
            None => Err("the connection ended".to_owned()),
        }
    }

    async fn hear(&mut self, text: &[u8]) -> Result<(), String> {
        match rpc::heard(text) {
            Ok(Heard::One(message)) => self.message(message).await,
            Ok(Heard::Batch(messages)) => {
                let first = messages.iter().find_map(Message::id);
                let first = first.and_then(|id| self.place(id));
                if let Some((first, waiting)) = first {
                    self.answer(first, waiting, Heard::Batch(messages)).await?;
                }
                Ok(())
            }
            Err(why) => {
                // It may have been an answer, or the only word of a log.
                self.odd(&why)
            }
        }
    }

    async fn message(&mut self, message: Message) -> Result<(), String> {
        if let Some(push) = message.push() {
            self.push(push);
            return Ok(());
        }
        let Some(id) = message.id() else {
            let sole = self.waiting.len() == 1 && message.is_nameless_error();
            return match sole.then(|| self.waiting.pop_first()).flatten() {
                Some((first, waiting)) => self.answer(first, waiting, Heard::One(message)).await,
                None => self.odd("a message that belongs to no question"),
            };
        };
        // An answer that came twice, or after its question was given up, belongs to nobody.
        match self.place(id) {
            Some((first, waiting)) => self.answer(first, waiting, Heard::One(message)).await,
            None => Ok(()),
        }
    }

    /// Who waits for the answer of this number, taken out.
    fn place(&mut self, id: u64) -> Option<(u64, Waiting)> {
        let (first, waiting) = self.waiting.range(..=id).next_back()?;
        let count = match waiting {
            Waiting::Ask { count, .. } => u64::try_from(*count).unwrap_or(u64::MAX),
            _ => 1,
        };
        let (first, is_its) = (*first, id - *first < count);
        let waiting = is_its.then(|| self.waiting.remove(&first)).flatten()?;
        Some((first, waiting))
    }

    async fn answer(&mut self, first: u64, waiting: Waiting, heard: Heard) -> Result<(), String> {
        if let Waiting::Ask { count, to } = waiting {
            // Who no longer waits does not mind.
            to.send(rpc::replies(heard, first, count)).ok();
            return Ok(());
        }
        let reply = rpc::replies(heard, first, 1)?.pop().ok_or("an answer is missing")?;
        match (waiting, reply) {
            (Waiting::Chain, reply) => self.verified(reply).await,
            (Waiting::Heads, Ok(raw)) => {
                self.topics.insert(raw.get().to_owned(), Topic::Heads);
                self.endpoint.heard(true);
                self.contracts.wake_all();
                Ok(())
            }
            (Waiting::Logs(contract), Ok(raw)) => {
                self.topics.insert(raw.get().to_owned(), Topic::Logs(contract));
                // What happened before the node took the subscription is not told; and nobody may care any more.
                self.contracts.wake(contract);
                self.follow().await
            }
            (Waiting::Pulse, Ok(raw)) => self.lives(question::read_head(&raw).ok()),
            (Waiting::Heads | Waiting::Logs(_) | Waiting::Pulse, Err(error)) => {
                self.odd(&format!("{} ({})", error.message, error.code))
            }
            (Waiting::Nobody | Waiting::Ask { .. }, _) => Ok(()),
        }
    }

    /// Of the right chain it is up; of another it is given up for ever.
    async fn verified(&mut self, reply: Reply) -> Result<(), String> {
        let raw = reply.map_err(|error| format!("it does not tell its chain: {} ({})", error.message, error.code))?;
        let found = decode::small_number(&raw, "chain id").map_err(|error| error.to_string())?;
        if !self.endpoint.is_of(ChainId(found)) {
            return Err("it is of another chain".to_owned());
        }
        self.is_up = true;
        self.state.send_replace(SocketState::Up);
        let (chain, name) = (self.endpoint.chain, self.endpoint.name.shown());
        let labels = [("chain", chain.to_string()), ("endpoint", name.to_owned())];
        counter!("bursar_chain_sockets_opened_total", &labels).increment(1);
        info!(event = event::CHAIN_SOCKET_UP, chain = %chain, endpoint = %name, "the socket to {name} is up");
        self.own(Call::new("eth_subscribe", json!(["newHeads"])), Waiting::Heads)
            .await?;
        self.follow().await
    }

    /// Subscribes to what somebody cares for by now, and to nothing else.
    async fn follow(&mut self) -> Result<(), String> {
        let cared = self.contracts.all();
        for contract in &cared {
            if self.wanted.insert(*contract) {
                let call = Call::new("eth_subscribe", json!(["logs", {"address": contract}]));
                self.own(call, Waiting::Logs(*contract)).await?;
            }
        }
        self.wanted.retain(|contract| cared.contains(contract));
        let left = |topic: &Topic| matches!(topic, Topic::Logs(contract) if !cared.contains(contract));
        let gone: Vec<String> = self
            .topics
            .iter()
            .filter(|(_, topic)| left(topic))
            .map(|(id, _)| id.clone())
            .collect();
        for id in gone {
            self.topics.remove(&id);
            let id: Value = serde_json::from_str(&id).unwrap_or(Value::Null);
            self.own(Call::new("eth_unsubscribe", json!([id])), Waiting::Nobody)
                .await?;
        }
        Ok(())
    }

    fn push(&mut self, push: &Push) {
        match self.topics.get(&push.subscription.to_string()).copied() {
            Some(Topic::Heads) => {
                if let Some(head) = decode::head(&push.result) {
                    self.endpoint.told_head(head);
                    self.known = Some(head);
                    self.pushed_since_pulse = true;
                }
                self.contracts.wake_all();
            }
            // A log that comes, and one that is taken back: whoever is woken sees which.
            Some(Topic::Logs(contract)) => self.contracts.wake(contract),
            None => self.contracts.wake_all(),
        }
    }

    async fn ask(&mut self, ask: Ask) -> Result<(), String> {
        // Who gave up must not send anything any more.
        if ask.to.is_closed() {
            return Ok(());
        }
        let Ask { text, first, count, to } = ask;
        self.waiting.insert(first, Waiting::Ask { count, to });
        self.say(text).await
    }

    /// A question of its own.
    async fn own(&mut self, call: Call, waiting: Waiting) -> Result<(), String> {
        let id = self.endpoint.numbers(1);
        self.waiting.insert(id, waiting);
        self.say(rpc::request(&[call], id)).await
    }

    async fn say(&mut self, text: String) -> Result<(), String> {
        match timeout(self.timing.deadline, self.stream.send(Frame::text(text))).await {
            Ok(sent) => sent.map_err(|error| described(&error)),
            Err(_) => Err("nothing can be sent".to_owned()),
        }
    }

    /// A half-open socket is silent for ever: who answers no question for so long is gone.
    async fn pulse(&mut self) -> Result<(), String> {
        let silent = self.heard_at.elapsed();
        if silent >= self.timing.silence {
            return Err(format!("silent for {}ms", silent.as_millis()));
        }
        self.pulse_at = Instant::now() + beat(self.timing);
        self.waiting.retain(|_, waiting| match waiting {
            Waiting::Ask { to, .. } => !to.is_closed(),
            Waiting::Pulse | Waiting::Nobody => false,
            Waiting::Chain | Waiting::Heads | Waiting::Logs(_) => true,
        });
        if self.is_up {
            self.own(question::head(), Waiting::Pulse).await?;
        }
        Ok(())
    }

    /// The node lives; a subscription that tells nothing of its new blocks does not.
    fn lives(&mut self, head: Option<BlockNumber>) -> Result<(), String> {
        let Some(head) = head else { return Ok(()) };
        let grown = self.known.is_some_and(|known| known < head);
        let missed = grown && !self.pushed_since_pulse && self.endpoint.is_heard();
        self.strikes = if missed { self.strikes + 1 } else { 0 };
        self.pushed_since_pulse = false;
        self.known = self.known.max(Some(head));
        self.endpoint.told_head(head);
        if missed {
            self.contracts.wake_all();
        }
        if self.strikes >= STRIKES {
            return Err(format!("it tells of no heads, and is at {head} by now"));
        }
        Ok(())
    }

    /// Something that cannot be read: whoever waits asks again, and everybody looks. Where it may have been about a subscription, only
    /// another socket helps.
    fn odd(&mut self, why: &str) -> Result<(), String> {
        let name = self.endpoint.name.shown();
        let why = self.endpoint.name.clean(why);
        warn!(event = event::CHAIN_SOCKET_ODD, chain = %self.endpoint.chain, endpoint = %name, "{name} says what is not understood: {why}");
        let asks: Vec<u64> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| matches!(waiting, Waiting::Ask { .. }))
            .map(|(id, _)| *id)
            .collect();
        for id in asks {
            self.drop_ask(id, &why);
        }
        self.contracts.wake_all();
        let subscribes = |waiting: &Waiting| matches!(waiting, Waiting::Chain | Waiting::Heads | Waiting::Logs(_));
        if self.waiting.values().any(subscribes) {
            Err(why)
        } else {
            Ok(())
        }
    }

    /// Nobody waits any more.
    fn lose(&mut self, why: &str) {
        let all: Vec<u64> = self.waiting.keys().copied().collect();
        for id in all {
            self.drop_ask(id, why);
        }
    }

    fn drop_ask(&mut self, id: u64, why: &str) {
        if let Some(Waiting::Ask { to, .. }) = self.waiting.remove(&id) {
            to.send(Err(why.to_owned())).ok();
        }
    }
}

/// How often a sign of life is asked for.
fn beat(timing: Timing) -> Duration {
    (timing.silence / 2).max(Duration::from_millis(10))
}
