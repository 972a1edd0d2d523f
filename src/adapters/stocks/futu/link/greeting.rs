//! How a connection comes about: the first message and its keys, then the account, the unlocking and the pushes.

use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use md5::{Digest, Md5};
use prost::Message;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Asked, End, Link, Seat, Wired};
use crate::adapters::stocks::futu::codes::{self, LIMITED, Verdict};
use crate::adapters::stocks::futu::options::Environment;
use crate::adapters::stocks::futu::parse;
use crate::adapters::stocks::futu::wire::cipher::AesKey;
use crate::adapters::stocks::futu::wire::frame;
use crate::adapters::stocks::futu::wire::session::{
    Accounts, AskAccounts, AskState, Connected, GlobalState, Heed, InitConnect, Unlock,
};
use crate::adapters::stocks::futu::wire::trade::Header;
use crate::adapters::stocks::futu::wire::{Reply, protocol, wrapped};

/// Serial of the first message.
const FIRST: u32 = 1;
/// Version that we tell.
const VERSION: i32 = 100;
const CLIENT: &str = "bursar";
/// Bodies stay as they are.
const PLAIN: i32 = -1;
/// AES in the mode CBC, which an older OpenD answers without an initial vector: then it is ECB.
const AES_CBC: i32 = 2;
/// Category of accounts.
const SECURITIES: i32 = 1;

impl Link {
    /// One connection from its beginning to its end, and whether it could be used in between.
    pub(super) async fn connect(self: &Arc<Self>) -> (End, bool) {
        match self.dialled().await {
            Ok((stream, wired, frames)) => {
                let end = self.converse(stream, &wired, frames).await;
                // In this order, so that whoever learns that an answer is lost asks over the next connection.
                let was_up = self.down(&end);
                wired.end();
                (end, was_up)
            }
            Err(error) => {
                let end = End::Broke(error.to_string());
                let was_up = self.down(&end);
                (end, was_up)
            }
        }
    }

    /// A stream over which the first message has been answered.
    async fn dialled(&self) -> io::Result<(TcpStream, Arc<Wired>, tokio::sync::mpsc::Receiver<Vec<u8>>)> {
        let late = |_| {
            io::Error::new(
                io::ErrorKind::TimedOut,
                "OpenD did not answer the first message in time",
            )
        };
        let opening = async {
            let mut stream = TcpStream::connect(&self.options.address).await?;
            stream.set_nodelay(true)?;
            let connected = self.init(&mut stream).await?;
            Ok::<_, io::Error>((stream, connected))
        };
        let (stream, connected) = timeout(self.options.deadline, opening).await.map_err(late)??;
        let cipher = self
            .options
            .key
            .as_ref()
            .map(|_| AesKey::new(&connected.key, connected.vector.as_deref()))
            .transpose()
            .map_err(io::Error::other)?;
        let seconds = u64::try_from(connected.keep_alive).unwrap_or_default().clamp(1, 60);
        let header = Header {
            environment: self.options.environment.number(),
            account: 0,
            market: self.options.market.number(),
        };
        let keep_alive = Duration::from_secs(seconds);
        let (wired, frames) = Wired::new(connected.connection, keep_alive, cipher, header, FIRST);
        Ok((stream, wired, frames))
    }

    async fn init(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<Connected> {
        let key = self.options.key.as_ref();
        let plain = wrapped(&InitConnect {
            client_version: VERSION,
            client: CLIENT.to_owned(),
            wants_events: Some(true),
            encryption: Some(if key.is_some() { AES_CBC } else { PLAIN }),
            push_form: Some(0),
            language: Some("Rust".to_owned()),
        });
        let body = match key {
            Some(key) => key.encrypt(&plain).map_err(io::Error::other)?,
            None => plain.clone(),
        };
        let frame = frame::frame(protocol::INIT_CONNECT, FIRST, &plain, &body).map_err(io::Error::other)?;
        stream.write_all(&frame).await?;
        let (header, body) = frame::read(stream).await?;
        let plain = match key {
            Some(key) => key.decrypt(&body).map_err(io::Error::other)?,
            None => body,
        };
        if header.protocol != protocol::INIT_CONNECT || frame::sha1(&plain) != header.digest {
            return Err(io::Error::other(
                "OpenD answered the first message with something else: are the RSA keys the same?",
            ));
        }
        let reply = Reply::decode(plain.as_slice()).map_err(io::Error::other)?;
        answer(&reply).map_err(|end| io::Error::other(words(&end)))
    }

    /// Reads, writes and keeps alive, and meanwhile greets.
    async fn converse(
        self: &Arc<Self>,
        stream: TcpStream,
        wired: &Arc<Wired>,
        frames: tokio::sync::mpsc::Receiver<Vec<u8>>,
    ) -> End {
        let (from, to) = stream.into_split();
        let ended = |result: io::Result<()>| match result {
            Ok(()) => End::Broke("nothing more is to be sent".to_owned()),
            Err(error) => End::Broke(error.to_string()),
        };
        let now = || self.clock.now().0 / 1_000;
        tokio::select! {
            read = wired.read(tokio::io::BufReader::new(from), || self.wake()) => ended(read),
            written = wired.write(to, frames) => ended(written),
            why = wired.keep_alive(now) => End::Broke(why),
            end = self.greet_and_stay(wired) => end,
        }
    }

    /// Greets; once that is done this never ends.
    async fn greet_and_stay(&self, wired: &Arc<Wired>) -> End {
        match self.greet(wired).await {
            Ok(()) => {
                self.up(Arc::clone(wired));
                std::future::pending().await
            }
            Err(end) => end,
        }
    }

    async fn greet(&self, wired: &Wired) -> Result<(), End> {
        let state: GlobalState = self
            .said(wired, protocol::GET_GLOBAL_STATE, |_| wrapped(&AskState { user: 0 }))
            .await?;
        if !state.trading_logged_in {
            return Err(End::Broke("OpenD is not logged in for trading".to_owned()));
        }
        let ask = AskAccounts {
            user: 0,
            category: Some(SECURITIES),
            general: Some(true),
        };
        let accounts: Accounts = self.said(wired, protocol::GET_ACC_LIST, |_| wrapped(&ask)).await?;
        let account = parse::account(&accounts.list, &self.options).map_err(End::Barred)?;
        wired.trade_with(account);
        if self.options.environment == Environment::Live {
            self.unlock(wired).await?;
        }
        let heed = Heed {
            accounts: vec![account],
        };
        self.done(wired, protocol::SUB_ACC_PUSH, |_| wrapped(&heed)).await
    }

    /// Unlocks trading with real money. A password that was refused is never sent again.
    async fn unlock(&self, wired: &Wired) -> Result<(), End> {
        let barred = |why: &str| End::Barred(format!("trading stays locked: {why}"));
        let refused = self.locked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(why) = refused {
            return Err(barred(&why));
        }
        let Some(password) = &self.options.password else {
            return Err(barred("there is no password"));
        };
        let ask = Unlock {
            unlock: true,
            password_md5: Some(digest(password)),
        };
        let asked = self.ask_over(wired, protocol::UNLOCK_TRADE, |_| wrapped(&ask)).await;
        let reply = told(asked)?;
        match codes::verdict(&reply) {
            Verdict::Done => Ok(()),
            Verdict::Refused(why) if why.code == LIMITED => Err(End::Broke(why.to_string())),
            Verdict::Refused(why) => {
                *self.locked.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_string());
                Err(barred(&why.to_string()))
            }
            Verdict::Unknown(seen) => Err(End::Broke(seen)),
        }
    }

    async fn said<T: Message + Default>(
        &self,
        wired: &Wired,
        protocol: u32,
        body: impl FnOnce(Seat) -> Vec<u8>,
    ) -> Result<T, End> {
        let reply = told(self.ask_over(wired, protocol, body).await)?;
        answer(&reply)
    }

    async fn done(&self, wired: &Wired, protocol: u32, body: impl FnOnce(Seat) -> Vec<u8>) -> Result<(), End> {
        let reply = told(self.ask_over(wired, protocol, body).await)?;
        done(&reply)
    }
}

fn told(asked: Asked) -> Result<Reply, End> {
    match asked {
        Asked::Told(reply) => Ok(reply),
        Asked::NotSent(why) | Asked::Barred(why) | Asked::Lost(why) => Err(End::Broke(why)),
        Asked::Held(wait) => Err(End::Broke(format!(
            "our own limits hold it back for {} s",
            wait.as_secs()
        ))),
    }
}

fn done(reply: &Reply) -> Result<(), End> {
    match codes::verdict(reply) {
        Verdict::Done => Ok(()),
        Verdict::Refused(why) => Err(End::Broke(why.to_string())),
        Verdict::Unknown(seen) => Err(End::Broke(seen)),
    }
}

fn answer<T: Message + Default>(reply: &Reply) -> Result<T, End> {
    done(reply)?;
    let bytes = reply.answer.as_deref().unwrap_or_default();
    T::decode(bytes).map_err(|error| End::Broke(format!("OpenD answered what cannot be understood: {error}")))
}

fn words(end: &End) -> String {
    match end {
        End::Broke(why) | End::Barred(why) => why.clone(),
    }
}

/// What the protocol takes instead of the password. A secret as good as the password itself.
fn digest(password: &SecretString) -> String {
    let digest = Md5::digest(password.expose_secret().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_by_its_digest() {
        // RFC 1321 names this digest of "abc".
        assert_eq!(digest(&"abc".to_owned().into()), "900150983cd24fb0d6963f7d28e17f72");
    }
}
