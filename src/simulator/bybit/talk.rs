//! A WebSocket: public topics, or after a login private ones.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/ws/connect>.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::guards::{Guard, Guards};
use super::problem::Problem;
use super::streams::Topic;
use super::{Bybit, ids, pushes, sign};
use crate::simulator::dialect::{Asked, NoSocket, Push, Talk};
use crate::simulator::exchange::{Exchange, News};
use crate::simulator::logins::{Login, Logins};
use crate::simulator::stillborn::Stillborns;

/// Private topics; each also with a category behind it.
const PRIVATE: [&str; 7] = [
    "order",
    "execution",
    "execution.fast",
    "position",
    "wallet",
    "greeks",
    "dcp",
];
/// Topics that one socket may have.
const MOST: usize = 2_000;

static SOCKETS: AtomicU64 = AtomicU64::new(1);

/// A socket's dialogue.
struct BybitTalk {
    exchange: Arc<Exchange>,
    stillborns: Arc<Stillborns>,
    guards: Arc<Guards>,
    logins: Arc<Logins>,
    id: String,
    private: bool,
    topics: Vec<Topic>,
    /// Private topics as they were asked for.
    names: BTreeSet<String>,
    login: Option<Login>,
    /// Holds the countdown off that cancels orders.
    guard: Option<Guard>,
    over: bool,
}

/// A message from a client.
#[derive(Deserialize)]
struct Message {
    op: String,
    #[serde(default)]
    args: Vec<Value>,
    #[serde(default)]
    req_id: Option<Value>,
}

/// Begins a dialogue, when the path is one of a socket.
pub(super) fn open(bybit: &Bybit, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
    let private = match asked.path.as_str() {
        "/v5/private" => true,
        "/v5/public/linear" => false,
        _ => {
            let problem = Problem::new(10017, "Route not found.");
            return Err(NoSocket(Problem { status: 404, ..problem }.answer(asked.now)));
        }
    };
    Ok(Box::new(BybitTalk {
        exchange: Arc::clone(exchange),
        stillborns: Arc::clone(&bybit.stillborns),
        guards: Arc::clone(&bybit.guards),
        logins: Arc::clone(&bybit.logins),
        id: ids::socket(SOCKETS.fetch_add(1, Ordering::Relaxed)),
        private,
        topics: Vec::new(),
        names: BTreeSet::new(),
        login: None,
        guard: None,
        over: false,
    }))
}

impl BybitTalk {
    /// An answer to a message.
    fn answer(&self, message: &Message, done: Result<&str, &str>) -> Push {
        let (success, words) = match done {
            Ok(words) => (true, words),
            Err(words) => (false, words),
        };
        let mut told = json!({ "success": success, "ret_msg": words, "conn_id": self.id, "op": message.op });
        if let Some(id) = &message.req_id {
            // Ids are told as texts, in whatever form they came.
            let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            told["req_id"] = json!(text);
        }
        Push::answer(&told)
    }

    fn log_in(&mut self, message: &Message, now: Timestamp) -> Push {
        let account = sign::login(&self.exchange, &message.args, now).filter(|_| self.private);
        match account {
            Some(account) => {
                self.login = Some(self.logins.begin(account));
                self.answer(message, Ok(""))
            }
            None => self.answer(message, Err("Params Error")),
        }
    }

    fn subscribe(&mut self, message: &Message, now: Timestamp) -> Vec<Push> {
        let names: Vec<&str> = message.args.iter().filter_map(Value::as_str).collect();
        if names.is_empty() || self.topics.len() + self.names.len() + names.len() > MOST {
            return vec![self.answer(message, Err("error:args invalid"))];
        }
        if self.private {
            return vec![self.subscribe_private(message, &names)];
        }
        let mut topics = Vec::with_capacity(names.len());
        for name in names {
            match Topic::parse(name, &self.exchange) {
                Ok(topic) => topics.push(topic),
                Err(words) => return vec![self.answer(message, Err(&words))],
            }
        }
        let mut pushes = vec![self.answer(message, Ok(""))];
        for mut topic in topics {
            let first = topic.first(&self.exchange);
            pushes.extend(first.map(|first| told(&topic, first.text(topic.name(), now))));
            self.topics.retain(|own| own.name() != topic.name());
            self.topics.push(topic);
        }
        pushes
    }

    fn subscribe_private(&mut self, message: &Message, names: &[&str]) -> Push {
        let Some(login) = &self.login else {
            return self.answer(message, Err("Request not authorized"));
        };
        if let Some(strange) = names.iter().find(|name| topic_of(name).is_none()) {
            let words = format!("error:handler not found,topic:{strange}");
            return self.answer(message, Err(&words));
        }
        if self.guard.is_none() && names.iter().any(|name| topic_of(name) == Some("dcp")) {
            self.guard = Some(Guard::new(&self.guards, &self.exchange, login.account));
        }
        self.names.extend(names.iter().map(|name| (*name).to_owned()));
        self.answer(message, Ok("subscribe"))
    }

    fn unsubscribe(&mut self, message: &Message) -> Push {
        for name in message.args.iter().filter_map(Value::as_str) {
            self.topics.retain(|topic| topic.name() != name);
            self.names.remove(name);
        }
        if !self.names.iter().any(|name| topic_of(name) == Some("dcp")) {
            self.guard = None;
        }
        self.answer(message, Ok(""))
    }

    fn pong(&self, message: &Message, now: Timestamp) -> Push {
        if !self.private {
            return self.answer(message, Ok("pong"));
        }
        let mut told = json!({ "op": "pong", "args": [now.0.to_string()], "conn_id": self.id });
        if let Some(id) = &message.req_id {
            told["req_id"] = id.clone();
        }
        Push::answer(&told)
    }

    /// A row of a topic, for everybody who asked for it by this name.
    fn row(&self, name: &str, topic: &str, row: &Value, now: Timestamp) -> Push {
        let told = json!({
            "id": format!("{}{}", self.id, now.0),
            "topic": name,
            "creationTime": now.0,
            "data": [row],
        });
        Push::new(topic, told.to_string())
    }
}

impl Talk for BybitTalk {
    fn key(&self) -> Option<String> {
        self.login.as_ref().map(|login| login.key.clone())
    }

    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push> {
        let Ok(message) = serde_json::from_str::<Message>(text) else {
            let told = json!({ "success": false, "ret_msg": "error:json decode", "conn_id": self.id });
            return vec![Push::answer(&told)];
        };
        match message.op.as_str() {
            "auth" => vec![self.log_in(&message, now)],
            "subscribe" => self.subscribe(&message, now),
            "unsubscribe" => vec![self.unsubscribe(&message)],
            "ping" => vec![self.pong(&message, now)],
            _ => vec![self.answer(&message, Err("error:invalid op"))],
        }
    }

    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push> {
        match news {
            News::Traded { symbol, trade } => {
                let Some(market) = self.exchange.market(symbol.as_str()) else {
                    return Vec::new();
                };
                let mut pushes = Vec::new();
                for topic in self.topics.iter_mut().filter(|topic| topic.is_of(symbol.as_str())) {
                    let messages = topic.of_trade(&self.exchange, market, trade, now);
                    let texts = messages.into_iter().map(|message| message.text(topic.name(), now));
                    pushes.extend(texts.map(|text| told(topic, text)));
                }
                pushes
            }
            News::Account(news) => {
                let own = self
                    .login
                    .as_ref()
                    .is_some_and(|login| login.account == news.account.id);
                if !own || self.names.is_empty() {
                    return Vec::new();
                }
                let mut pushes = Vec::new();
                for (topic, row) in pushes::of_account(&self.exchange, &self.stillborns, news) {
                    for name in &self.names {
                        match topic_of(name) {
                            Some(own) if own == topic => pushes.push(self.row(name, topic, &row, now)),
                            Some("execution.fast") if topic == "execution" && row["execType"] == "Trade" => {
                                pushes.push(self.row(name, "execution.fast", &pushes::fast(&row), now));
                            }
                            _ => {}
                        }
                    }
                }
                pushes
            }
            News::Leverage { .. } => Vec::new(),
        }
    }

    fn passed(&mut self, _now: Timestamp) -> Vec<Push> {
        self.over = self.login.as_ref().is_some_and(|login| self.logins.is_over(login));
        Vec::new()
    }

    fn is_over(&self) -> bool {
        self.over
    }
}

/// The topic that a name means, without its category.
fn topic_of(name: &str) -> Option<&'static str> {
    let plain = ["linear", "future"]
        .into_iter()
        .find_map(|category| name.strip_suffix(category)?.strip_suffix('.'));
    let plain = plain.unwrap_or(name);
    PRIVATE.into_iter().find(|topic| *topic == plain)
}

/// A push of a public topic.
fn told(topic: &Topic, text: String) -> Push {
    Push::new(topic.name(), text)
}
