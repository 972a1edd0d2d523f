//! One connection: who waits for which answer, what is sent, and what is read.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::Asked;
use crate::adapters::stocks::futu::wire::cipher::AesKey;
use crate::adapters::stocks::futu::wire::frame::{self, Header as FrameHeader};
use crate::adapters::stocks::futu::wire::session::KeepAlive;
use crate::adapters::stocks::futu::wire::trade::{Header, PacketId};
use crate::adapters::stocks::futu::wire::{Reply, protocol, wrapped};

/// Frames that may wait to be written.
const WAITING: usize = 256;

/// Where a question is asked from.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    /// This request.
    pub packet: PacketId,
    /// Account, environment and market.
    pub header: Header,
}

#[derive(Default)]
struct Desk {
    serial: u32,
    waiting: HashMap<u32, (u32, oneshot::Sender<Reply>)>,
    over: bool,
}

/// One connection, after its first message.
pub struct Wired {
    connection: u64,
    keep_alive: Duration,
    cipher: Option<AesKey>,
    header: Mutex<Header>,
    desk: Mutex<Desk>,
    out: mpsc::Sender<Vec<u8>>,
    heard: Mutex<Instant>,
}

impl fmt::Debug for Wired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wired({})", self.connection)
    }
}

/// Takes a question off the desk when nobody waits for it any more.
struct Turn<'a> {
    wired: &'a Wired,
    serial: u32,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.wired.desk().waiting.remove(&self.serial);
    }
}

impl Wired {
    /// A connection with what OpenD told of it, and the frames that are to be written to it. `serial` is the last that was used.
    pub fn new(
        connection: u64,
        keep_alive: Duration,
        cipher: Option<AesKey>,
        header: Header,
        serial: u32,
    ) -> (Arc<Self>, mpsc::Receiver<Vec<u8>>) {
        let (out, frames) = mpsc::channel(WAITING);
        let desk = Desk {
            serial,
            ..Desk::default()
        };
        let wired = Self {
            connection,
            keep_alive,
            cipher,
            header: Mutex::new(header),
            desk: Mutex::new(desk),
            out,
            heard: Mutex::new(Instant::now()),
        };
        (Arc::new(wired), frames)
    }

    /// The account that is traded with; 0 until it was checked.
    pub fn account(&self) -> u64 {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).account
    }

    /// The account was checked.
    pub fn trade_with(&self, account: u64) {
        self.header.lock().unwrap_or_else(PoisonError::into_inner).account = account;
    }

    /// Asks, and waits for the answer until the deadline.
    pub async fn ask(&self, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>, deadline: Duration) -> Asked {
        let (serial, answer) = match self.send(protocol, body) {
            Ok(sent) => sent,
            Err(why) => return Asked::NotSent(why),
        };
        let _turn = Turn { wired: self, serial };
        match timeout(deadline, answer).await {
            Ok(Ok(reply)) => Asked::Told(reply),
            Ok(Err(_)) => Asked::Lost("the connection to OpenD broke before its answer".to_owned()),
            Err(_) => Asked::Lost("OpenD did not answer in time".to_owned()),
        }
    }

    /// Hands a frame to the writer. Serials rise in the order of frames.
    fn send(
        &self,
        protocol: u32,
        body: impl FnOnce(Seat) -> Vec<u8>,
    ) -> Result<(u32, oneshot::Receiver<Reply>), String> {
        let header = *self.header.lock().unwrap_or_else(PoisonError::into_inner);
        let mut desk = self.desk();
        if desk.over {
            return Err("the connection to OpenD broke".to_owned());
        }
        let place = self
            .out
            .try_reserve()
            .map_err(|_| "too much waits to be sent to OpenD".to_owned())?;
        desk.serial = desk.serial.wrapping_add(1);
        let serial = desk.serial;
        let packet = PacketId {
            connection: self.connection,
            serial,
        };
        let plain = body(Seat { packet, header });
        let body = match &self.cipher {
            Some(cipher) => cipher.encrypt(&plain).map_err(|error| error.to_string())?,
            None => plain.clone(),
        };
        let frame = frame::frame(protocol, serial, &plain, &body).map_err(|error| error.to_string())?;
        let (told, answer) = oneshot::channel();
        desk.waiting.insert(serial, (protocol, told));
        place.send(frame);
        Ok((serial, answer))
    }

    /// Nobody gets an answer any more, and nothing is sent.
    pub fn end(&self) {
        let mut desk = self.desk();
        desk.over = true;
        desk.waiting.clear();
    }

    /// Reads until the stream ends; `pushed` is told of everything that came unasked.
    ///
    /// # Errors
    /// Always: how it ended.
    pub async fn read(&self, mut from: impl AsyncRead + Unpin, pushed: impl Fn()) -> io::Result<()> {
        loop {
            let (header, body) = frame::read(&mut from).await?;
            *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            if protocol::is_push(header.protocol) {
                self.plain(&header, body)?;
                pushed();
            } else {
                self.deliver(&header, body)?;
            }
        }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn write(&self, mut to: impl AsyncWrite + Unpin, mut frames: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
        while let Some(frame) = frames.recv().await {
            to.write_all(&frame).await?;
        }
        Ok(())
    }

    /// Shows that we live, until OpenD was silent for three times as long as it should be. `now` tells seconds since 1970.
    pub async fn keep_alive(&self, now: impl Fn() -> i64) -> String {
        loop {
            tokio::time::sleep(self.keep_alive * 4 / 5).await;
            let silent = self.heard.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            if silent > self.keep_alive * 3 {
                return format!("OpenD was silent for {} s", silent.as_secs());
            }
            if let Err(why) = self.send(protocol::KEEP_ALIVE, |_| wrapped(&KeepAlive { time: now() })) {
                return why;
            }
        }
    }

    fn deliver(&self, header: &FrameHeader, body: Vec<u8>) -> io::Result<()> {
        let waiting = self.desk().waiting.remove(&header.serial);
        let plain = self.plain(header, body)?;
        let Some((_, told)) = waiting.filter(|(protocol, _)| *protocol == header.protocol) else {
            return Ok(());
        };
        let reply = Reply::decode(plain.as_slice()).map_err(io::Error::other)?;
        if told.send(reply).is_err() {
            tracing::debug!(serial = header.serial, "OpenD answered when nobody waited any more");
        }
        Ok(())
    }

    /// The body as it was before it was encrypted.
    fn plain(&self, header: &FrameHeader, body: Vec<u8>) -> io::Result<Vec<u8>> {
        let plain = match &self.cipher {
            Some(cipher) => cipher.decrypt(&body).map_err(io::Error::other)?,
            None => body,
        };
        if frame::sha1(&plain) == header.digest {
            Ok(plain)
        } else {
            Err(io::Error::other("the digest of a message from OpenD is wrong"))
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
