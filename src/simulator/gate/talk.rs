//! A WebSocket: what it was subscribed to, what it is asked, and what it is told.
//!
//! Each private subscription brings its own signature, so that one socket may tell of several accounts.

use std::sync::Arc;

use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::contract::Contract;
use super::problem::Problem;
use super::pushes::{self, CHANNELS};
use super::routes::is_decimal;
use super::sign;
use super::streams::{self, Stream};
use crate::simulator::dialect::{Asked, NoSocket, Push, Talk};
use crate::simulator::exchange::{Exchange, News};
use crate::simulator::logins::{Login, Logins};

/// Where there is a socket: as in life, and as on the venue's test network.
const PATHS: [&str; 2] = ["/v4/ws/usdt", "/v4/ws/futures/usdt"];
/// Streams that one socket may have.
const MOST: usize = 1_024;
/// Every market.
const ALL: &str = "!all";

/// A private subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Private {
    channel: String,
    /// Whose signature it brought.
    login: Login,
    /// Market, or all.
    contract: String,
}

/// A socket's dialogue.
struct GateTalk {
    exchange: Arc<Exchange>,
    logins: Arc<Logins>,
    decimal: bool,
    streams: Vec<Stream>,
    privates: Vec<Private>,
    over: bool,
}

/// A message from a client.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    time: Value,
    #[serde(default)]
    id: Value,
    channel: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    auth: Value,
}

/// What is wrong with a request: its number, and words.
type Wrong = (u8, String);

/// Begins a dialogue, when the path is one of a socket.
pub(super) fn open(logins: &Arc<Logins>, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
    if !PATHS.contains(&asked.path.trim_end_matches('/')) {
        let problem = Problem::new(404, "NOT_FOUND", "Requested URL does not exist");
        return Err(NoSocket(problem.answer()));
    }
    Ok(Box::new(GateTalk {
        exchange: Arc::clone(exchange),
        logins: Arc::clone(logins),
        decimal: is_decimal(asked),
        streams: Vec::new(),
        privates: Vec::new(),
        over: false,
    }))
}

fn frame(channel: &str, event: &str, result: &Value, now: Timestamp) -> Value {
    json!({
        "time": now.0 / 1_000,
        "time_ms": now.0,
        "channel": channel,
        "event": event,
        "result": result,
    })
}

fn push(channel: &str, event: &str, result: &Value, now: Timestamp) -> Push {
    Push::new(channel, frame(channel, event, result, now).to_string())
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl GateTalk {
    fn ask(&mut self, message: &Message, now: Timestamp) -> Value {
        let payload = message.payload.as_array();
        let words: Vec<String> = payload.map_or_else(Vec::new, |list| list.iter().map(word).collect());
        let done = match message.event.as_str() {
            "subscribe" if CHANNELS.contains(&message.channel.as_str()) => self.follow(message, &words, now),
            "unsubscribe" if CHANNELS.contains(&message.channel.as_str()) => {
                let contract = words.get(1).map_or(ALL, String::as_str);
                let gone = |own: &Private| own.channel == message.channel && own.contract == contract;
                self.privates.retain(|own| !gone(own));
                Ok(())
            }
            "subscribe" => self.subscribe(&message.channel, &words),
            "unsubscribe" => self.unsubscribe(&message.channel, &words),
            other => Err((2, format!("unknown event: {other}"))),
        };
        let status = if done.is_ok() { "success" } else { "fail" };
        let mut answer = frame(&message.channel, &message.event, &json!({ "status": status }), now);
        if let Some(fields) = answer.as_object_mut() {
            for (name, value) in [("id", &message.id), ("payload", &message.payload)] {
                if !value.is_null() {
                    fields.insert(name.to_owned(), value.clone());
                }
            }
            if let Err((code, words)) = done {
                fields.insert("error".to_owned(), json!({ "code": code, "message": words }));
            }
        }
        answer
    }

    fn subscribe(&mut self, channel: &str, payload: &[String]) -> Result<(), Wrong> {
        let named = streams::named(&self.exchange, channel, payload).map_err(|words| (2, words))?;
        for stream in named {
            if !self.streams.contains(&stream) && self.streams.len() < MOST {
                self.streams.push(stream);
            }
        }
        Ok(())
    }

    fn unsubscribe(&mut self, channel: &str, payload: &[String]) -> Result<(), Wrong> {
        let named = streams::named(&self.exchange, channel, payload).map_err(|words| (2, words))?;
        self.streams.retain(|stream| !named.contains(stream));
        Ok(())
    }

    /// Subscribes to a private channel, for the account whose key signed it. Its payload begins with the user's id.
    fn follow(&mut self, message: &Message, payload: &[String], now: Timestamp) -> Result<(), Wrong> {
        let time = word(&message.time);
        let signed = (message.channel.as_str(), message.event.as_str(), time.as_str());
        let account = sign::subscribed(&self.exchange, signed, &message.auth, now);
        let account = account.map_err(|problem| (4, format!("{}\n", problem.json())))?;
        if payload.first().is_some_and(|user| *user != account.id.0.to_string()) {
            return Err((2, "invalid argument: user id".to_owned()));
        }
        let contract = payload.get(1).map_or(ALL, String::as_str);
        if contract != ALL && Contract::named(&self.exchange, contract).is_none() {
            return Err((2, format!("unknown contract: {contract}")));
        }
        let private = Private {
            channel: message.channel.clone(),
            login: self.logins.begin(account),
            contract: contract.to_owned(),
        };
        if !self.privates.contains(&private) && self.privates.len() < MOST {
            self.privates.push(private);
        }
        Ok(())
    }
}

impl Talk for GateTalk {
    fn key(&self) -> Option<String> {
        self.privates.first().map(|private| private.login.key.clone())
    }

    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push> {
        let answer = match serde_json::from_str::<Message>(text) {
            Ok(message) if message.channel == "futures.ping" => frame("futures.pong", "", &Value::Null, now),
            Ok(message) => self.ask(&message, now),
            Err(_) => {
                let mut answer = frame("", "", &Value::Null, now);
                answer["error"] = json!({ "code": 1, "message": "invalid argument struct" });
                answer
            }
        };
        vec![Push::answer(&answer)]
    }

    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push> {
        match news {
            News::Traded { symbol, trade } => {
                let Some(contract) = Contract::of_symbol(&self.exchange, symbol) else {
                    return Vec::new();
                };
                let own = self.streams.iter().filter(|stream| stream.symbol == *symbol);
                own.flat_map(|stream| {
                    let told = streams::of_trade(&self.exchange, &contract, trade, stream.kind, self.decimal);
                    told.into_iter()
                        .map(|(event, value)| push(stream.channel, event, &value, now))
                })
                .collect()
            }
            News::Account(news) => {
                let own: Vec<&Private> = self
                    .privates
                    .iter()
                    .filter(|own| own.login.account == news.account.id)
                    .collect();
                if own.is_empty() {
                    return Vec::new();
                }
                let mut rows = pushes::of_account(&self.exchange, news, self.decimal);
                rows.retain(|row| {
                    let fits = |own: &&Private| own.contract == ALL || own.contract == row.contract;
                    own.iter().any(|own| own.channel == row.channel && fits(own))
                });
                rows.iter()
                    .map(|row| push(row.channel, "update", &json!([row.value]), now))
                    .collect()
            }
            News::Leverage { .. } => Vec::new(),
        }
    }

    fn passed(&mut self, now: Timestamp) -> Vec<Push> {
        let mut own = self.privates.iter();
        self.over = own.any(|private| self.logins.is_over(&private.login));
        let told = self.streams.iter().filter_map(|stream| {
            let told = streams::of_time(&self.exchange, stream, self.decimal)?;
            Some(push(stream.channel, "update", &told, now))
        });
        told.collect()
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
