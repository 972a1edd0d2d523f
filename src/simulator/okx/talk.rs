//! A WebSocket: who logged in, which channels it is subscribed to, and what it is told.
//!
//! Source: <https://www.okx.com/docs-v5/en/#overview-websocket>. How an account is has to be asked of the engine, so it is looked
//! up beside the dialogue; what came of it waits in a queue, and an empty piece of news calls for it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::id::VenueAccountId;
use domain::paper::PaperPosition;
use domain::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::channels::{Address, Arg, Channel, Own, Told};
use super::problem::Problem;
use super::pushes::{self, Look};
use super::sign;
use crate::simulator::dialect::{Asked, NoSocket, Push, Talk};
use crate::simulator::exchange::{AccountNews, Exchange, News};
use crate::simulator::logins::{Login, Logins};

/// Channels that one socket may have.
const MOST: usize = 480;
/// How long a socket may be without a word from either side, in milliseconds.
const QUIET: i64 = 30_000;
/// Seconds between two looks at an account that did not change.
const LOOK: i64 = 5;

/// A subscription: what it named, as it did, and what that is.
#[derive(Clone)]
struct Subscription {
    named: Value,
    arg: Arg,
    channel: Channel,
}

type Queue = Arc<Mutex<Vec<Push>>>;

struct OkxTalk {
    exchange: Arc<Exchange>,
    logins: Arc<Logins>,
    address: Address,
    connection: String,
    login: Option<Login>,
    subscriptions: Vec<Subscription>,
    queue: Queue,
    seconds: i64,
    /// When a word was last heard or said.
    lively: Timestamp,
    over: bool,
}

/// A message from a client.
#[derive(Deserialize)]
struct Message {
    op: String,
    #[serde(default)]
    args: Vec<Value>,
    #[serde(default)]
    id: Option<String>,
}

/// Begins a dialogue, when the path is one of a socket.
pub(super) fn open(logins: &Arc<Logins>, exchange: &Arc<Exchange>, asked: &Asked) -> Result<Box<dyn Talk>, NoSocket> {
    let address = match asked.path.as_str() {
        "/ws/v5/public" => Address::Public,
        "/ws/v5/private" => Address::Private,
        "/ws/v5/business" => Address::Business,
        _ => return Err(NoSocket(Problem::with(404, "60017", "Invalid url path").answer())),
    };
    Ok(Box::new(OkxTalk {
        exchange: Arc::clone(exchange),
        logins: Arc::clone(logins),
        address,
        connection: format!("{:08x}", asked.now.0 & 0xFFFF_FFFF),
        login: None,
        subscriptions: Vec::new(),
        queue: Queue::default(),
        seconds: 0,
        lively: asked.now,
        over: false,
    }))
}

impl OkxTalk {
    fn answer(&self, mut told: Value) -> Push {
        told["connId"] = json!(self.connection);
        Push::answer(&told)
    }

    fn error(&self, code: &str, words: &str) -> Push {
        self.answer(json!({ "event": "error", "code": code, "msg": words }))
    }

    fn ask(&mut self, message: &Message, now: Timestamp) -> Vec<Push> {
        let mut said = match message.op.as_str() {
            "login" => vec![self.login(&message.args, now)],
            "subscribe" => {
                let args = message.args.iter();
                args.flat_map(|arg| self.subscribe(arg, now)).collect()
            }
            "unsubscribe" => message.args.iter().map(|arg| self.unsubscribe(arg)).collect(),
            other => vec![self.error("60019", &format!("Invalid op: {other}"))],
        };
        if let Some(id) = &message.id {
            for push in said.iter_mut().filter(|push| push.stream == "answer") {
                if let Ok(mut told) = serde_json::from_str::<Value>(&push.text) {
                    told["id"] = json!(id);
                    push.text = told.to_string();
                }
            }
        }
        said
    }

    fn login(&mut self, args: &[Value], now: Timestamp) -> Push {
        let login: Option<sign::Login> = args.first().and_then(|arg| serde_json::from_value(arg.clone()).ok());
        let Some(login) = login else {
            return self.error("60013", "Invalid args");
        };
        match sign::login(&self.exchange, &login, now) {
            Ok(account) => {
                self.login = Some(self.logins.begin(account));
                self.answer(json!({ "event": "login", "code": "0", "msg": "" }))
            }
            Err((code, words)) => self.error(code, words),
        }
    }

    fn subscribe(&mut self, named: &Value, now: Timestamp) -> Vec<Push> {
        let Ok(arg) = serde_json::from_value::<Arg>(named.clone()) else {
            return vec![self.error("60013", "Invalid args")];
        };
        let mut channel = match Channel::parse(&self.exchange, self.address, &arg) {
            Ok(channel) => channel,
            Err((code, words)) => return vec![self.error(code, &words)],
        };
        if matches!(channel, Channel::Private(_)) && self.login.is_none() {
            return vec![self.error("60011", "Please log in")];
        }
        if self.subscriptions.len() >= MOST {
            return vec![self.error("60014", "Requests too frequent")];
        }
        let mut said = vec![self.answer(json!({ "event": "subscribe", "arg": named }))];
        if let Channel::Public(symbol, told) = &mut channel {
            let market = self.exchange.market(symbol.as_str());
            let first = market.and_then(|market| told.begin(&self.exchange, market, now));
            said.extend(first.map(|told| pushed(named, told)));
        }
        let looks = is_looked_at(&channel);
        self.subscriptions.retain(|own| own.named != *named);
        let own = Subscription {
            named: named.clone(),
            arg,
            channel,
        };
        self.subscriptions.push(own.clone());
        if looks {
            self.look(vec![own], None, true);
        }
        said
    }

    fn unsubscribe(&mut self, named: &Value) -> Push {
        self.subscriptions.retain(|own| own.named != *named);
        self.answer(json!({ "event": "unsubscribe", "arg": named }))
    }

    /// Looks at the account beside the dialogue, for these subscriptions. Without an account nothing is looked at.
    fn look(&self, asking: Vec<Subscription>, changed: Option<Vec<PaperPosition>>, even_if_empty: bool) {
        let Some(login) = &self.login else { return };
        let (exchange, queue) = (Arc::clone(&self.exchange), Arc::clone(&self.queue));
        let account = login.account;
        tokio::spawn(async move {
            let Ok(view) = exchange.view(account).await else { return };
            let first = changed.is_none();
            let look = Look::new(&exchange, view, changed);
            let told = asking.iter().filter_map(|own| {
                let Channel::Private(channel) = own.channel else {
                    return None;
                };
                let data = look.told(&exchange, channel, &own.arg)?;
                let empty = data.as_array().is_some_and(Vec::is_empty);
                (even_if_empty || !empty).then(|| private(own, account, channel, &data, first))
            });
            let told: Vec<Push> = told.collect();
            queue.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
            exchange.tell(News::standing(look.view.account));
        });
    }

    /// Subscriptions that are told by a look.
    fn looking(&self) -> Vec<Subscription> {
        let own = self.subscriptions.iter().filter(|own| is_looked_at(&own.channel));
        own.cloned().collect()
    }

    fn of_account(&mut self, news: &AccountNews) -> Vec<Push> {
        let account = news.account.id;
        if self.login.as_ref().is_none_or(|login| login.account != account) {
            return Vec::new();
        }
        let mut said = std::mem::take(&mut *self.queue.lock().unwrap_or_else(PoisonError::into_inner));
        if news.is_empty() {
            return said;
        }
        for own in &self.subscriptions {
            let Channel::Private(channel @ (Own::Orders | Own::Algos)) = own.channel else {
                continue;
            };
            for (name, told) in pushes::of_orders(&self.exchange, news, channel == Own::Algos) {
                if own.arg.inst_id.as_ref().is_none_or(|asked| *asked == name) {
                    said.push(private(own, account, channel, &json!([told]), false));
                }
            }
        }
        let looking = self.looking();
        if !looking.is_empty() {
            self.look(looking, Some(news.positions.clone()), false);
        }
        said
    }
}

/// Whether a channel tells how the account is.
const fn is_looked_at(channel: &Channel) -> bool {
    matches!(
        channel,
        Channel::Private(Own::Account | Own::Positions | Own::BalanceAndPosition)
    )
}

/// A push of a public channel.
fn pushed(named: &Value, told: Told) -> Push {
    let mut text = json!({ "arg": named, "data": [told.data] });
    if let Some(action) = told.action {
        text["action"] = json!(action);
    }
    Push::new(named["channel"].as_str().unwrap_or_default(), text.to_string())
}

/// A push of a private channel, which tells whose it is.
fn private(own: &Subscription, account: VenueAccountId, channel: Own, data: &Value, first: bool) -> Push {
    let mut named = own.named.clone();
    named["uid"] = json!(account.to_string());
    let mut text = json!({ "arg": named, "data": data });
    if matches!(channel, Own::Account | Own::Positions) {
        text["eventType"] = json!(if first { "snapshot" } else { "event_update" });
        text["curPage"] = json!(1);
        text["lastPage"] = json!(true);
    }
    Push::new(own.arg.channel.as_str(), text.to_string())
}

impl Talk for OkxTalk {
    fn key(&self) -> Option<String> {
        self.login.as_ref().map(|login| login.key.clone())
    }

    fn heard(&mut self, text: &str, now: Timestamp) -> Vec<Push> {
        self.lively = now;
        if text == "ping" {
            return vec![Push::new("pong", "pong")];
        }
        match serde_json::from_str::<Message>(text) {
            Ok(message) => self.ask(&message, now),
            Err(_) => vec![self.error("60012", &format!("Invalid request: {text}"))],
        }
    }

    fn told(&mut self, news: &News, now: Timestamp) -> Vec<Push> {
        let said = match news {
            News::Traded { symbol, trade } => {
                let Some(market) = self.exchange.market(symbol.as_str()) else {
                    return Vec::new();
                };
                let exchange = &self.exchange;
                let own = self.subscriptions.iter_mut().filter_map(|own| match &mut own.channel {
                    Channel::Public(of, told) if of == symbol => {
                        let told = told.traded(exchange, market, trade, now)?;
                        Some(pushed(&own.named, told))
                    }
                    _ => None,
                });
                own.collect()
            }
            News::Account(news) => self.of_account(news),
            News::Leverage { .. } => Vec::new(),
        };
        if !said.is_empty() {
            self.lively = now;
        }
        said
    }

    fn passed(&mut self, now: Timestamp) -> Vec<Push> {
        self.seconds += 1;
        if self.login.as_ref().is_some_and(|login| self.logins.is_over(login)) {
            self.over = true;
            let words = "The connection will soon be closed for a service upgrade. Please reconnect.";
            return vec![self.answer(json!({ "event": "notice", "code": "64008", "msg": words }))];
        }
        if now.0 - self.lively.0 > QUIET {
            self.over = true;
            let words = "Connection closed as there was no data transmission in the last 30 seconds.";
            return vec![self.error("60015", words)];
        }
        let own = self.subscriptions.iter().filter_map(|own| match &own.channel {
            Channel::Public(symbol, told) if told.period() > 0 && self.seconds % told.period() == 0 => {
                let market = self.exchange.market(symbol.as_str())?;
                Some(pushed(&own.named, told.state(&self.exchange, market, now)?))
            }
            _ => None,
        });
        let said: Vec<Push> = own.collect();
        if self.seconds % LOOK == 0 {
            let mut looking = self.looking();
            looking.retain(|own| !matches!(own.channel, Channel::Private(Own::BalanceAndPosition)));
            if !looking.is_empty() {
                self.look(looking, None, false);
            }
        }
        if !said.is_empty() {
            self.lively = now;
        }
        said
    }

    fn is_over(&self) -> bool {
        self.over
    }
}
