//! One socket's dialogue: login, subscriptions, pings, and what the channels tell.
//!
//! Source: <https://www.bitget.com/api-doc/common/websocket-intro>.

use std::sync::Arc;

use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::book::Book;
use super::channels::{self, Channel};
use super::params::PRODUCT;
use super::pushes;
use super::sign::is_timely;
use crate::simulator::dialect::{Answer, Asked, NoSocket, Push, Talk};
use crate::simulator::exchange::{AccountNews, Exchange, News, PASSPHRASE};
use crate::simulator::logins::{Login, Logins};
use crate::simulator::signed::is_base64_sha256;

/// Seconds without a word from the client after which it is left.
const QUIET: u32 = 120;
/// Channels that one socket may follow.
const MOST: usize = 1_000;

/// A channel that is followed.
struct Subscription {
    /// As it was asked for.
    arg: Value,
    name: String,
    channel: Channel,
    /// Its market, where it is one's.
    symbol: String,
    book: Book,
    /// Whether it has yet to be told how the account stands.
    is_new: bool,
}

struct BitgetTalk {
    exchange: Arc<Exchange>,
    logins: Arc<Logins>,
    is_private: bool,
    login: Option<Login>,
    subscriptions: Vec<Subscription>,
    /// Seconds since the client said something.
    quiet: u32,
    over: bool,
}

/// A message from a client.
#[derive(Deserialize)]
struct Message {
    op: String,
    #[serde(default)]
    args: Vec<Value>,
}

/// What a login says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginArgs {
    api_key: String,
    passphrase: String,
    timestamp: Value,
    sign: String,
}

/// What cannot be done, by code and words.
type Wrong = (i64, String);

/// Begins a dialogue, when the path is one of a socket.
pub(super) fn open(logins: &Arc<Logins>, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
    let is_private = match asked.path.as_str() {
        "/v2/ws/public" => false,
        "/v2/ws/private" => true,
        _ => return Err(NoSocket(Answer::new(404, ""))),
    };
    Ok(Box::new(BitgetTalk {
        exchange: Arc::clone(exchange),
        logins: Arc::clone(logins),
        is_private,
        login: None,
        subscriptions: Vec::new(),
        quiet: 0,
        over: false,
    }))
}

fn wrong(code: i64, words: impl Into<String>) -> Wrong {
    (code, words.into())
}

fn failed(arg: Option<&Value>, (code, words): Wrong) -> Push {
    let mut told = json!({ "event": "error", "code": code, "msg": words });
    if let Some(arg) = arg {
        told["arg"] = arg.clone();
    }
    Push::answer(&told)
}

impl Subscription {
    /// From what was asked for.
    fn read(talk: &BitgetTalk, arg: &Value) -> Result<Self, Wrong> {
        let word = |name: &str| arg.get(name).and_then(Value::as_str).unwrap_or_default();
        let (product, name) = (word("instType"), word("channel"));
        let symbol = word("instId").to_ascii_uppercase();
        let unknown = || {
            wrong(
                30_001,
                format!("instType:{product},channel:{name},instId:{symbol} doesn't exist"),
            )
        };
        let channel = Channel::parse(name).ok_or_else(unknown)?;
        if !product.eq_ignore_ascii_case(PRODUCT) || channel.is_public() == talk.is_private {
            return Err(unknown());
        }
        if channel.is_public() && talk.exchange.market(&symbol).is_none() {
            return Err(unknown());
        }
        if !channel.is_public() && talk.login.is_none() {
            return Err(wrong(30_004, "User needs to log in"));
        }
        Ok(Self {
            arg: arg.clone(),
            name: name.to_owned(),
            channel,
            symbol,
            book: Book::default(),
            is_new: !channel.is_public(),
        })
    }

    fn push(&self, action: &str, data: Value, now: Timestamp) -> Push {
        let told = json!({ "action": action, "arg": self.arg, "data": data, "ts": now.0 });
        Push::new(self.name.as_str(), told.to_string())
    }

    /// The book, whole or by what changed.
    fn told_book(&mut self, exchange: &Exchange, now: Timestamp) -> Option<Push> {
        let market = exchange.market(&self.symbol)?;
        let (is_whole, told) = self.book.next(channels::ladder(exchange, market)?);
        let action = if is_whole { "snapshot" } else { "update" };
        Some(self.push(action, json!([told]), now))
    }

    /// What a channel of a market tells when it begins.
    fn first(&mut self, exchange: &Exchange, now: Timestamp) -> Option<Push> {
        if self.channel == Channel::Book {
            return self.told_book(exchange, now);
        }
        let data = channels::first(exchange, exchange.market(&self.symbol)?, self.channel)?;
        Some(self.push("snapshot", data, now))
    }

    /// What a channel of an account tells of its news; how it stands, where it has just begun.
    fn of_news(&mut self, exchange: &Exchange, news: &AccountNews, now: Timestamp) -> Vec<Push> {
        let mut told = pushes::then(exchange, news, self.channel);
        if std::mem::take(&mut self.is_new) && told.is_empty() {
            told.extend(pushes::first(exchange, &news.account, self.channel));
        }
        told.into_iter().map(|data| self.push("snapshot", data, now)).collect()
    }
}

impl BitgetTalk {
    fn log_in(&mut self, arg: &Value, now: Timestamp) -> Result<(), Wrong> {
        let args: LoginArgs = serde_json::from_value(arg.clone()).map_err(|_| wrong(30_016, "Param error"))?;
        let account = self.exchange.keys().account(&args.api_key);
        let account = account.ok_or_else(|| wrong(30_011, "Invalid ACCESS_KEY"))?;
        if args.passphrase != PASSPHRASE {
            return Err(wrong(30_012, "Invalid ACCESS_PASSPHRASE"));
        }
        let time = match &args.timestamp {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let at: i64 = time.parse().map_err(|_| wrong(30_013, "Invalid ACCESS_TIMESTAMP"))?;
        // In seconds by the documents; in milliseconds it is taken, too.
        let at = if at > 100_000_000_000 {
            at
        } else {
            at.saturating_mul(1_000)
        };
        if !is_timely(Timestamp(at), now) {
            return Err(wrong(30_014, "Request timestamp expired"));
        }
        if !is_base64_sha256(&account.secret, &format!("{time}GET/user/verify"), &args.sign) {
            return Err(wrong(30_015, "Invalid sign"));
        }
        self.login = Some(self.logins.begin(account));
        Ok(())
    }

    fn subscribe(&mut self, arg: &Value, now: Timestamp) -> Vec<Push> {
        if self.subscriptions.len() >= MOST {
            return vec![failed(Some(arg), wrong(30_007, "request over limit, connection close"))];
        }
        let mut wanted = match Subscription::read(self, arg) {
            Ok(wanted) => wanted,
            Err(wrong) => return vec![failed(Some(arg), wrong)],
        };
        let mut told = vec![Push::answer(&json!({ "event": "subscribe", "arg": arg }))];
        if wanted.channel.is_public() {
            told.extend(wanted.first(&self.exchange, now));
        } else if let Some(login) = &self.login {
            self.exchange.show(login.account);
        }
        self.subscriptions.retain(|own| own.arg != *arg);
        self.subscriptions.push(wanted);
        told
    }

    fn ask(&mut self, message: &Message, now: Timestamp) -> Vec<Push> {
        match message.op.as_str() {
            "login" => {
                let done = match message.args.first() {
                    Some(arg) if self.is_private => self.log_in(arg, now),
                    _ => Err(wrong(30_005, "error")),
                };
                let told = done.map(|()| Push::answer(&json!({ "event": "login", "code": 0 })));
                vec![told.unwrap_or_else(|wrong| failed(None, wrong))]
            }
            "subscribe" => message.args.iter().flat_map(|arg| self.subscribe(arg, now)).collect(),
            "unsubscribe" => {
                self.subscriptions.retain(|own| !message.args.contains(&own.arg));
                let told = message.args.iter();
                told.map(|arg| Push::answer(&json!({ "event": "unsubscribe", "arg": arg })))
                    .collect()
            }
            _ => vec![failed(None, wrong(30_003, "Invalid op"))],
        }
    }
}

impl Talk for BitgetTalk {
    fn key(&self) -> Option<String> {
        self.login.as_ref().map(|login| login.key.clone())
    }

    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push> {
        self.quiet = 0;
        if text == "ping" {
            return vec![Push::new("pong", "pong")];
        }
        match serde_json::from_str::<Message>(text) {
            Ok(message) => self.ask(&message, now),
            Err(_) => vec![failed(None, wrong(30_002, "Illegal request"))],
        }
    }

    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push> {
        let mut told = Vec::new();
        match news {
            News::Traded { symbol, trade } => {
                let Some(market) = self.exchange.market(symbol.as_str()) else {
                    return told;
                };
                let here = self.subscriptions.iter_mut();
                for own in here.filter(|own| own.channel.is_public() && own.symbol == symbol.as_str()) {
                    if own.channel == Channel::Book {
                        told.extend(own.told_book(&self.exchange, now));
                    } else if let Some((action, data)) = channels::then(&self.exchange, market, trade, own.channel) {
                        told.push(own.push(action, data, now));
                    }
                }
            }
            News::Account(news) => {
                let own = self.login.as_ref().map(|login| login.account);
                if own != Some(news.account.id) {
                    return told;
                }
                for own in self.subscriptions.iter_mut().filter(|own| !own.channel.is_public()) {
                    told.extend(own.of_news(&self.exchange, news, now));
                }
            }
            News::Leverage { .. } => {}
        }
        told
    }

    fn passed(&mut self, _now: Timestamp) -> Vec<Push> {
        self.quiet += 1;
        self.over = self.quiet >= QUIET;
        if self.login.as_ref().is_some_and(|login| self.logins.is_over(login)) {
            self.over = true;
            return vec![failed(None, wrong(30_004, "User needs to log in"))];
        }
        Vec::new()
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
