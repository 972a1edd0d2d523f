//! One connection: its first message, requests on their way through the faults, and pushes.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::answers::{Call, Refused, VERSION, Wishes, too_many};
use super::cipher::{Cipher, Keys};
use super::faults::{Script, What};
use super::server::Hub;
use super::shown;
use super::wire::frame::{Frame, written};
use super::wire::quote::BasicS2c;
use super::wire::session::{InitC2s, InitS2c};
use super::wire::trade::{FillPush, OrderPush};
use super::wire::{self, Told, question};
use super::world::News;

/// Frames that may wait to be written.
const WAITING: usize = 1_024;
/// How long a connection may be kept until its order has ended.
const UNTIL_FILLED: Duration = Duration::from_secs(10);
/// Who is logged in.
const USER: u64 = 100_000;
/// Algorithms: none, and CBC.
const PLAIN: i32 = -1;
const CBC: i32 = 2;

struct Line {
    hub: Arc<Hub>,
    id: u64,
    keys: Option<Keys>,
    out: mpsc::Sender<Vec<u8>>,
    cut: Notify,
    wishes: Mutex<Wishes>,
    silent_until: Mutex<Option<Instant>>,
}

/// Serves a connection to its end.
///
/// # Errors
/// How it ended.
pub(super) async fn talk(hub: Arc<Hub>, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    let first = Frame::read(&mut from).await?;
    let (out, mut frames) = mpsc::channel(WAITING);
    let (line, answer) = Line::open(&hub, &first, out)?;
    to.write_all(&answer).await?;
    let line = Arc::new(line);
    let mut cuts = hub.cuts.subscribe();
    cuts.mark_unchanged();
    let writing = async {
        while let Some(frame) = frames.recv().await {
            to.write_all(&frame).await?;
        }
        Ok(())
    };
    tokio::select! {
        read = line.listen(&mut from) => read,
        written = writing => written,
        () = line.push() => Ok(()),
        () = line.cut.notified() => Ok(()),
        _ = cuts.changed() => Ok(()),
    }
}

impl Line {
    /// A connection, and the answer to its first message.
    fn open(hub: &Arc<Hub>, first: &Frame, out: mpsc::Sender<Vec<u8>>) -> io::Result<(Self, Vec<u8>)> {
        let plain = match &hub.options.rsa {
            Some(pair) => pair.open(&first.body),
            None => Some(first.body.clone()),
        };
        let plain = plain.filter(|plain| first.is_whole(plain) && first.number == wire::INIT_CONNECT);
        let asked = plain.as_deref().and_then(question::<InitC2s>);
        let asked = asked.ok_or_else(|| io::Error::other("the first message is no InitConnect, or of another key"))?;
        let (id, key, vector) = hub.next_connection();
        let algorithm = asked.algorithm.unwrap_or_default();
        let is_encrypted = hub.options.rsa.is_some() && algorithm != PLAIN;
        let vector = (algorithm == CBC && hub.options.cipher == Cipher::Asked).then_some(vector);
        let told = Told::done(&InitS2c {
            server_ver: VERSION,
            login_user_id: USER,
            conn_id: id,
            aes_key: key.clone(),
            keep_alive_interval: hub.options.keep_alive,
            aes_iv: vector.clone(),
        });
        let line = Self {
            hub: Arc::clone(hub),
            id,
            keys: is_encrypted.then_some(Keys { key, vector }),
            out,
            cut: Notify::new(),
            wishes: Mutex::default(),
            silent_until: Mutex::default(),
        };
        let plain = prost::Message::encode_to_vec(&told);
        let body = match (&hub.options.rsa, is_encrypted) {
            (Some(pair), true) => pair
                .close(&plain)
                .ok_or_else(|| io::Error::other("no random numbers"))?,
            _ => plain.clone(),
        };
        hub.count(wire::INIT_CONNECT, &told);
        Ok((line, written(first.number, first.serial, &plain, &body)))
    }

    async fn listen(self: &Arc<Self>, from: &mut BufReader<OwnedReadHalf>) -> io::Result<()> {
        loop {
            let frame = Frame::read(from).await?;
            let plain = match &self.keys {
                Some(keys) => keys.open(&frame.body),
                None => Some(frame.body.clone()),
            };
            let plain = plain.filter(|plain| frame.is_whole(plain));
            let plain =
                plain.ok_or_else(|| io::Error::other("a request was changed on its way, or is of another key"))?;
            self.pass(&frame, &plain);
        }
    }

    /// Lets what is due happen to a request, and answers it.
    fn pass(self: &Arc<Self>, frame: &Frame, plain: &[u8]) {
        let name = wire::name(frame.number);
        let fate = self.hub.faults.of_request(&name);
        tracing::debug!(request = %name, ?fate, "the simulated OpenD was asked");
        if let Some(told) = self.instead(frame.number, fate.as_ref()) {
            self.hub.count(frame.number, &told);
            self.send(frame.number, frame.serial, &told);
            return;
        }
        match fate.as_ref().map(|script| script.what) {
            Some(What::DropBeforeAccept) => return,
            Some(What::DisconnectBefore) => return self.cut.notify_one(),
            _ => {}
        }
        let (told, placed) = self.answer(frame, plain, fate.as_ref());
        self.hub.count(frame.number, &told);
        match fate.map(|script| (script.what, script.length())) {
            Some((What::DropAfterAccept, _)) => {}
            Some((What::DisconnectAfter, _)) => self.cut.notify_one(),
            Some((What::DisconnectAfterFill, _)) => {
                let line = Arc::clone(self);
                tokio::spawn(async move {
                    line.until_ended(placed).await;
                    line.cut.notify_one();
                });
            }
            Some((What::Undecided, _)) => self.send(frame.number, frame.serial, &undecided()),
            Some((What::Delay, length)) => {
                let (line, number, serial) = (Arc::clone(self), frame.number, frame.serial);
                tokio::spawn(async move {
                    tokio::time::sleep(length).await;
                    line.send(number, serial, &told);
                });
            }
            _ => self.send(frame.number, frame.serial, &told),
        }
    }

    /// What is answered instead, where nothing is done.
    fn instead(&self, number: u32, fate: Option<&Script>) -> Option<Told> {
        let script = fate?;
        let Refused(limited) = too_many(if number == wire::MODIFY_ORDER { 20 } else { 15 });
        match script.what {
            What::Limited => Some(limited),
            What::Closed => Some(Told::no(-1, "The market is closed, no order is taken")),
            What::Refuse => Some(Told::no(-1, "The request is refused")),
            What::Undecided if !script.done => Some(undecided()),
            _ => None,
        }
    }

    fn answer(&self, frame: &Frame, plain: &[u8], fate: Option<&Script>) -> (Told, Option<u64>) {
        let unlisted = (self.hub.faults.unlisted(false), self.hub.faults.unlisted(true));
        let mut floor = self.hub.floor();
        let floor = &mut *floor;
        let mut wishes = self.wishes();
        let mut call = Call {
            world: &mut floor.world,
            counts: &mut floor.counts,
            wishes: &mut wishes,
            connection: self.id,
            serial: frame.serial,
            password: &self.hub.password,
            now: self.hub.clock.now(),
            fate: fate.and_then(Script::fate),
            unlisted,
            placed: None,
        };
        let told = call.answer(frame.number, plain);
        let placed = call.placed;
        self.hub.publish(&mut floor.world);
        (told, placed)
    }

    async fn until_ended(&self, placed: Option<u64>) {
        let Some(id) = placed else { return };
        let is_live = || {
            let floor = self.hub.floor();
            floor.world.orders.iter().any(|order| order.id == id && order.is_live())
        };
        let ended = async {
            while is_live() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(UNTIL_FILLED, ended).await.is_err() {
            tracing::info!(order = id, "the connection is cut although its order is still open");
        }
    }

    /// Pushes what happens, until nothing can any more.
    async fn push(&self) {
        let mut news = self.hub.news.subscribe();
        loop {
            match news.recv().await {
                Ok(news) => self.tell(&news),
                Err(RecvError::Lagged(lost)) => tracing::warn!(lost, "a client of the simulated OpenD is too slow"),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn tell(&self, news: &News) {
        let Some((number, told)) = self.shown(news) else {
            return;
        };
        let silent = *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.is_some_and(|until| Instant::now() < until) {
            return;
        }
        match self.hub.faults.of_push(&wire::name(number)) {
            None => self.send(number, 0, &told),
            Some(script) => match script.what {
                What::Cut => self.cut.notify_one(),
                What::Duplicate => {
                    self.send(number, 0, &told);
                    self.send(number, 0, &told);
                }
                What::Silence => {
                    let until = Instant::now() + script.length();
                    *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                }
                _ => {}
            },
        }
    }

    /// News as this connection wants to be told of them.
    fn shown(&self, news: &News) -> Option<(u32, Told)> {
        let floor = self.hub.floor();
        let wishes = self.wishes();
        let world = &floor.world;
        match news {
            News::Order(order) => {
                let account = world
                    .account(order.account)
                    .filter(|own| wishes.accounts.contains(&own.id))?;
                let push = OrderPush {
                    header: shown::header(account),
                    order: shown::order(world, order),
                };
                Some((wire::UPDATE_ORDER, Told::done(&push)))
            }
            News::Fill(order, fill) => {
                let account = world
                    .account(order.account)
                    .filter(|own| wishes.accounts.contains(&own.id))?;
                let push = FillPush {
                    header: shown::header(account),
                    fill: shown::fill(world, order, fill),
                };
                // Paper trading has no executions.
                account.is_real.then(|| (wire::UPDATE_FILL, Told::done(&push)))
            }
            News::Price(name) => {
                let stock = world.stocks.get(name).filter(|_| wishes.pushed.contains(name))?;
                let push = BasicS2c {
                    list: vec![shown::basic(name, stock)],
                };
                Some((wire::UPDATE_QUOTE, Told::done(&push)))
            }
        }
    }

    fn send(&self, number: u32, serial: u32, told: &Told) {
        let plain = prost::Message::encode_to_vec(told);
        let body = match &self.keys {
            Some(keys) => keys.close(&plain),
            None => Some(plain.clone()),
        };
        let frame = body.map(|body| written(number, serial, &plain, &body));
        if frame.is_none_or(|frame| self.out.try_send(frame).is_err()) {
            self.cut.notify_one();
        }
    }

    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn undecided() -> Told {
    Told::no(-100, "The servers did not answer in time")
}
