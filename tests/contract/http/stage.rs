//! The stage of the HTTP tests: the real interface over the store in memory, with one actor that plays all others.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix::{Actor, Context, Handler, MessageResult};
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use bursar::actors::mail::{
    ActorHealth, ClosePosition, HowAreYou, JobsChanged, ListChildren, Look, MailError, Post, PostReceipt, Pulse,
    RunJob, StartJob, SyncNow,
};
use bursar::adapters::store::{CommitFault, MemoryStore};
use bursar::clock::{Clock, SystemClock};
use bursar::desk::{Asker, Desk, Markets, NewToken, NewUser, NewVenueAccount};
use bursar::http::{self, AppState, Mailboxes, Options};
use bursar::ports::store::Store;
use domain::access::Role;
use domain::fixed::Amount;
use domain::id::{JobRunId, UserId};
use domain::instrument::Instrument;
use domain::ledger::{EntrySeq, PostAnswer, Request};
use domain::market::Symbol;
use domain::user::PositionMode;
use domain::venue::VenueName;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret;
use serde_json::Value;

/// Plays the supervisor, the ledger, the schedulers.
pub struct Troupe {
    silent: bool,
    asked: Vec<Request>,
}

impl Actor for Troupe {
    type Context = Context<Self>;
}

macro_rules! shrugs {
    ($($mail:ty => $answer:expr;)+) => {$(
        impl Handler<$mail> for Troupe {
            type Result = MessageResult<$mail>;

            fn handle(&mut self, _: $mail, _: &mut Self::Context) -> Self::Result {
                MessageResult($answer)
            }
        }
    )+};
}

shrugs! {
    Look => ();
    SyncNow => ();
    ClosePosition => Ok(());
    Pulse => Ok(());
    JobsChanged => ();
    StartJob => Ok(JobRunId(1));
    ListChildren => vec![health("robot:1")];
}

fn health(name: &str) -> ActorHealth {
    ActorHealth {
        name: name.to_owned(),
        state: "alive".to_owned(),
        last_mail: Some(SystemClock.now()),
        restarts: 0,
        lag_ms: 0,
    }
}

impl Handler<RunJob> for Troupe {
    type Result = MessageResult<RunJob>;

    fn handle(&mut self, mail: RunJob, _: &mut Self::Context) -> Self::Result {
        MessageResult(Ok(format!("ran {}", mail.name)))
    }
}

impl Handler<HowAreYou> for Troupe {
    type Result = actix::ResponseFuture<ActorHealth>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        match self.silent {
            true => Box::pin(std::future::pending()),
            false => Box::pin(std::future::ready(health("anyone"))),
        }
    }
}

impl Handler<Post> for Troupe {
    type Result = MessageResult<Post>;

    /// Remembers what it was asked under each key, and lets nobody take out more than a thousand.
    fn handle(&mut self, mail: Post, _: &mut Self::Context) -> Self::Result {
        let place = self.asked.iter().position(|other| other.key() == mail.request.key());
        let answer = match (place, &mail.request) {
            (Some(place), request) if self.asked[place] != *request => PostAnswer::ExistsDifferent { field: "amount" },
            (Some(place), _) => PostAnswer::Exists {
                entry: EntrySeq(place as i64 + 1),
            },
            (None, Request::Withdraw(transfer)) if transfer.amount > Amount::whole(1_000).unwrap() => {
                PostAnswer::Rejected {
                    reason: "too little".to_owned(),
                }
            }
            (None, request) => {
                self.asked.push(request.clone());
                PostAnswer::Created {
                    entry: EntrySeq(self.asked.len() as i64),
                }
            }
        };
        let receipt = PostReceipt {
            answer,
            settlement: None,
            collected: Vec::new(),
        };
        MessageResult(Ok::<_, MailError>(receipt))
    }
}

/// The interface with one token per role.
pub struct Stage {
    pub state: Arc<AppState>,
    pub store: Arc<MemoryStore>,
    pub tokens: [(Role, String); 3],
    pub peer: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The status and the fields that broke rules.
    pub fn wrong(&self) -> (u16, Vec<String>) {
        let problem = self.json();
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        assert_eq!(problem["status"], self.status, "{self:?}");
        let fields = problem["errors"].as_array().into_iter().flatten();
        (
            self.status,
            fields
                .map(|error| error["field"].as_str().unwrap().to_owned())
                .collect(),
        )
    }
}

impl Stage {
    pub async fn new() -> Self {
        Self::over(MemoryStore::new(), false).await
    }

    /// A stage on which no actor says how it is.
    pub async fn silent() -> Self {
        Self::over(MemoryStore::new(), true).await
    }

    /// A stage whose store takes no commits while the switch is on.
    pub async fn failing(switch: Arc<AtomicBool>) -> Self {
        let plan = move |_: &_| match switch.load(Ordering::SeqCst) {
            true => CommitFault::Before,
            false => CommitFault::None,
        };
        Self::over(MemoryStore::new().with_faults(Arc::new(plan)), false).await
    }

    async fn over(store: MemoryStore, silent: bool) -> Self {
        Self::built(store, silent, |desk| desk).await
    }

    /// A stage over these rows, with a desk that is furnished otherwise.
    pub async fn on(store: MemoryStore, furnish: impl FnOnce(Desk) -> Desk) -> Self {
        Self::built(store, false, furnish).await
    }

    async fn built(store: MemoryStore, silent: bool, furnish: impl FnOnce(Desk) -> Desk) -> Self {
        let store = Arc::new(store);
        let market = (VenueName::Paper, instrument());
        let desk = furnish(Desk::new(
            store.clone(),
            Arc::new(SystemClock),
            Markets::listed(vec![market]),
        ));
        let mut tokens = Vec::new();
        for role in [Role::Viewer, Role::Operator, Role::Admin] {
            let name = role.as_str().to_owned();
            let minted = desk.mint_token(NewToken { name, role }, &asker()).await.unwrap();
            tokens.push((role, minted.secret.expose_secret().to_owned()));
        }
        let troupe = Troupe {
            silent,
            asked: Vec::new(),
        };
        let state = AppState::new(desk, mailboxes(&troupe.start()), recorder(), options());
        Self {
            state: Arc::new(state),
            store,
            tokens: tokens.try_into().unwrap(),
            peer: "192.0.2.7:4711".parse().unwrap(),
        }
    }

    /// A user with an account on the paper venue.
    pub async fn with_user(&self) -> (i64, i64) {
        let new = NewUser {
            name: "alice".to_owned(),
        };
        let user = self.state.desk.create_user(new, &asker()).await.unwrap().id;
        let new = NewVenueAccount {
            user: UserId(user),
            venue: VenueName::Paper,
            label: "main".to_owned(),
            mode: PositionMode::OneWay,
        };
        (user, self.state.desk.create_account(new, &asker()).await.unwrap().id)
    }

    pub fn token(&self, role: Role) -> &str {
        &self.tokens.iter().find(|(other, _)| *other == role).unwrap().1
    }

    pub async fn get(&self, role: Role, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path), Some(self.token(role))).await
    }

    pub async fn post(&self, role: Role, path: &str, body: Value) -> Reply {
        let request = TestRequest::post().uri(path).set_json(body);
        self.send(request, Some(self.token(role))).await
    }

    pub async fn patch(&self, role: Role, path: &str, body: Value) -> Reply {
        let request = TestRequest::patch().uri(path).set_json(body);
        self.send(request, Some(self.token(role))).await
    }

    pub async fn send(&self, mut request: TestRequest, token: Option<&str>) -> Reply {
        if let Some(token) = token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        let app = init_service(http::app(&self.state)).await;
        let response = call_service(&app, request.peer_addr(self.peer).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        Reply { status, headers, text }
    }

    /// The trail so far: who, what, on what, why (from where).
    pub async fn trail(&self) -> Vec<(String, String, String, String)> {
        let lines = self.store.audits(domain::page::Page::first(1000)).await.unwrap();
        let line = |line: domain::access::Audit| {
            let why = format!("{} (from {})", line.reason, line.origin.unwrap_or_default());
            (line.by, line.action, line.subject, why)
        };
        lines.into_iter().map(line).collect()
    }
}

pub fn asker() -> Asker {
    Asker {
        by: "stage".to_owned(),
        reason: "scenery".to_owned(),
        from: "local".to_owned(),
    }
}

/// BTCUSDT of the paper venue.
pub fn instrument() -> Instrument {
    Instrument {
        symbol: Symbol::new("BTCUSDT"),
        tick: "0.1".parse().unwrap(),
        lot: "0.001".parse().unwrap(),
        min_quantity: "0.001".parse().unwrap(),
        min_notional: "100".parse().unwrap(),
        max_leverage: 125,
    }
}

fn options() -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        workers: 1,
        request_limit_bytes: 4_096,
        request_deadline: Duration::from_secs(10),
        page_limit: 200,
        shutdown_deadline: Duration::from_secs(1),
        tick_deadline: Duration::from_secs(30),
        power_rate: "0.1".parse().unwrap(),
    }
}

fn mailboxes(troupe: &actix::Addr<Troupe>) -> Mailboxes {
    Mailboxes {
        look: troupe.clone().recipient(),
        children: troupe.clone().recipient(),
        close: troupe.clone().recipient(),
        supervisor: troupe.clone().recipient(),
        post: troupe.clone().recipient(),
        pulse: troupe.clone().recipient(),
        ledger: troupe.clone().recipient(),
        sync: troupe.clone().recipient(),
        scheduler: troupe.clone().recipient(),
        run_job: troupe.clone().recipient(),
        start_job: troupe.clone().recipient(),
        jobs_changed: troupe.clone().recipient(),
        jobs: troupe.clone().recipient(),
        vaults: None,
    }
}

/// There is one recorder per process.
fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| http::metrics::install().unwrap()).clone()
}
