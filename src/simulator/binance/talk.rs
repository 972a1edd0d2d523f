//! A WebSocket: which streams it was opened for, what it is asked, and what it is told.
//!
//! Streams are opened by path (`/ws/a/b`), as a combined stream (`/stream?streams=a/b`), or by message; since 2026 also below
//! `/public`, `/market` and `/private`. A listen key stands where a stream's name does, or in `?listenKey=`.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web::Query;
use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::listen::{Listen, Listens};
use super::problem::Problem;
use super::pushes::{self, Event};
use super::streams::{self, Stream};
use crate::simulator::dialect::{Asked, NoSocket, Push, Talk};
use crate::simulator::exchange::{Exchange, News};

/// Streams that one socket may have.
const MOST: usize = 1_024;

/// A socket's dialogue.
struct BinanceTalk {
    exchange: Arc<Exchange>,
    listens: Arc<Listens>,
    /// Whether each push is wrapped with its stream's name.
    combined: bool,
    /// Names as they were asked for, with what they mean here.
    streams: BTreeMap<String, Option<Stream>>,
    /// Accounts that it tells of, by listen key.
    users: BTreeMap<String, Listen>,
    seconds: i64,
    over: bool,
}

/// A message from a client.
#[derive(Deserialize)]
struct Message {
    method: String,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    id: Value,
}

/// Begins a dialogue, when the path is one of a socket.
pub(super) fn open(listens: &Arc<Listens>, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
    let path = ["/public", "/market", "/private"]
        .into_iter()
        .find_map(|category| asked.path.strip_prefix(category))
        .unwrap_or(&asked.path);
    let (combined, names) = if path == "/stream" {
        (true, "")
    } else if path == "/ws" {
        (false, "")
    } else if let Some(names) = path.strip_prefix("/ws/") {
        (false, names)
    } else {
        let problem = Problem::new(-5000, format!("Path {} is invalid", asked.path));
        return Err(NoSocket(Problem { status: 404, ..problem }.answer()));
    };
    let query = Query::<BTreeMap<String, String>>::from_query(&asked.query);
    let query = query.map(Query::into_inner).unwrap_or_default();
    let mut talk = BinanceTalk {
        exchange: Arc::clone(exchange),
        listens: Arc::clone(listens),
        combined,
        streams: BTreeMap::new(),
        users: BTreeMap::new(),
        seconds: 0,
        over: false,
    };
    let named = query.get("streams").map_or("", String::as_str);
    let listen_key = query.get("listenKey").map_or("", String::as_str);
    for name in names.split('/').chain(named.split('/')).chain([listen_key]) {
        talk.subscribe(name, asked.now);
    }
    Ok(Box::new(talk))
}

impl BinanceTalk {
    fn subscribe(&mut self, name: &str, now: Timestamp) {
        if name.is_empty() || self.streams.len() >= MOST {
            return;
        }
        match self.listens.open(name, now) {
            Some(listen) => {
                self.users.insert(name.to_owned(), listen);
            }
            None => {
                self.streams.insert(name.to_owned(), Stream::parse(name));
            }
        }
    }

    fn push(&self, stream: &str, data: Value) -> Push {
        let text = if self.combined {
            json!({ "stream": stream, "data": data }).to_string()
        } else {
            data.to_string()
        };
        Push::new(stream, text)
    }

    /// An event of the user stream. Faults are aimed at it by the event's name; its stream is the listen key.
    fn event(&self, listen_key: &str, (name, data): Event) -> Push {
        Push {
            stream: name.to_owned(),
            ..self.push(listen_key, data)
        }
    }

    fn ask(&mut self, message: Message, now: Timestamp) -> Value {
        let names: Vec<String> = serde_json::from_value(message.params.clone()).unwrap_or_default();
        let result = match message.method.as_str() {
            "SUBSCRIBE" => {
                for name in &names {
                    self.subscribe(name, now);
                }
                Value::Null
            }
            "UNSUBSCRIBE" => {
                for name in &names {
                    self.streams.remove(name);
                    self.users.remove(name);
                }
                Value::Null
            }
            "LIST_SUBSCRIPTIONS" => self.streams.keys().chain(self.users.keys()).cloned().collect(),
            "SET_PROPERTY" => {
                self.combined = message.params.get(1).and_then(Value::as_bool).unwrap_or(self.combined);
                Value::Null
            }
            "GET_PROPERTY" => json!(self.combined),
            other => {
                let words = format!("Invalid request: unknown method {other}");
                return json!({ "error": { "code": 2, "msg": words }, "id": message.id });
            }
        };
        json!({ "result": result, "id": message.id })
    }
}

impl Talk for BinanceTalk {
    fn key(&self) -> Option<String> {
        self.users.values().next().map(|listen| listen.key.clone())
    }

    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push> {
        let answer = match serde_json::from_str::<Message>(text) {
            Ok(message) => self.ask(message, now),
            Err(error) => json!({ "error": { "code": 3, "msg": format!("Invalid JSON: {error}") } }),
        };
        vec![Push::answer(&answer)]
    }

    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push> {
        match news {
            News::Traded { symbol, trade } => {
                let Some(market) = self.exchange.market(symbol.as_str()) else {
                    return Vec::new();
                };
                let kinds = self.streams.iter().filter_map(|(name, stream)| {
                    let kind = stream.as_ref()?.of(symbol.as_str())?;
                    Some((name, streams::of_trade(&self.exchange, market, trade, kind, now)?))
                });
                kinds.map(|(name, told)| self.push(name, told)).collect()
            }
            News::Account(news) => {
                let own = self
                    .users
                    .iter()
                    .filter(|(_, listen)| listen.account == news.account.id);
                own.flat_map(|(listen_key, _)| {
                    let events = pushes::of_account(&self.exchange, news, now);
                    events
                        .into_iter()
                        .map(|event| self.event(listen_key, event))
                        .collect::<Vec<_>>()
                })
                .collect()
            }
            News::Leverage {
                account,
                symbol,
                leverage,
            } => {
                let own = self.users.iter().filter(|(_, listen)| listen.account == *account);
                own.map(|(listen_key, _)| self.event(listen_key, pushes::of_leverage(symbol.as_str(), *leverage, now)))
                    .collect()
            }
        }
    }

    fn passed(&mut self, now: Timestamp) -> Vec<Push> {
        self.seconds += 1;
        let mut pushes = Vec::new();
        let ended = self.users.keys().filter(|key| self.listens.open(key, now).is_none());
        for listen_key in ended.cloned().collect::<Vec<_>>() {
            pushes.push(self.event(&listen_key, pushes::of_expiry(&listen_key, now)));
            self.users.remove(&listen_key);
            // A socket that was only there for this stream has nothing more to tell.
            self.over = self.users.is_empty() && self.streams.values().all(Option::is_none);
        }
        for (name, stream) in &self.streams {
            let due = |kind: streams::Kind| kind.period().is_some_and(|period| self.seconds % period == 0);
            let told = |market, kind| streams::of_time(&self.exchange, market, kind, now);
            match stream {
                Some(Stream::One(symbol, kind)) if due(*kind) => {
                    let market = self.exchange.market(symbol);
                    pushes.extend(
                        market
                            .and_then(|market| told(market, *kind))
                            .map(|data| self.push(name, data)),
                    );
                }
                Some(Stream::All(kind)) if due(*kind) => {
                    let all: Vec<Value> = self
                        .exchange
                        .markets()
                        .iter()
                        .filter_map(|market| told(market, *kind))
                        .collect();
                    pushes.push(self.push(name, Value::Array(all)));
                }
                _ => {}
            }
        }
        pushes
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
