//! Health: each actor is asked, and answers for itself within a deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::actors::mail::{ActorHealth, HowAreYou, ListChildren, MailError, Pulse};
use crate::desk::PageAsk;
use crate::http::asked::{Asked, Paging};
use crate::http::mail::ask;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::state::{AppState, Vaults};
use crate::view::{ActorView, HealthView, RobotsHealth, StoreHealth, Vitality};

/// Longest wait for one actor's answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);
/// How long the last answer of `/health/ready`, which everyone may ask, holds.
const FRESH: Duration = Duration::from_millis(500);

/// That the process answers at all.
#[utoipa::path(get, path = "/health/live", tag = "watch", responses((status = 200, description = "The process answers", body = Object)))]
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "live": true }))
}

/// Whether the daemon takes work: it has caught up, is not stopping, and the ledger, the store and the supervisor live.
#[utoipa::path(get, path = "/health/ready", tag = "watch", responses((status = 200, description = "The daemon takes work", body = Object)))]
pub(super) async fn ready(state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let not_ready = |why: &str| Problem::new(ProblemKind::Unavailable, why);
    if !state.ready.is() {
        return Err(not_ready("the daemon is starting or stopping"));
    }
    if let Some(behind) = behind(&state) {
        return Err(not_ready(&behind));
    }
    match state.vitals.dead(&state).await.as_slice() {
        [] => Ok(HttpResponse::Ok().json(json!({ "ready": true }))),
        dead => Err(not_ready(&format!("dead: {}", dead.join(", ")))),
    }
}

/// The subscriptions that are halted, or too far behind their chains.
fn behind(state: &AppState) -> Option<String> {
    let vaults = state.mail.vaults.as_ref()?;
    let unready = vaults.sights.unready(&vaults.wanted);
    let named = unready.iter().map(|id| match vaults.sights.of(*id) {
        Some(sight) if sight.halted.is_some() => format!("{id} is halted"),
        Some(sight) => format!("{id} is {} blocks behind", sight.lag),
        None => format!("{id} has not been read yet"),
    });
    let named: Vec<String> = named.collect();
    (!named.is_empty()).then(|| format!("subscriptions: {}", named.join(", ")))
}

/// How every actor is. 503 only when the ledger, the store or the supervisor's tick is dead.
#[utoipa::path(
    get,
    path = "/health",
    tag = "watch",
    params(Paging),
    responses(
        (status = 200, description = "All that must live answers", body = HealthView),
        (status = 503, description = "The ledger, the store or the supervisor's tick is dead", body = HealthView)
    )
)]
pub(super) async fn health(state: web::Data<AppState>, paging: Asked<Paging>) -> Result<HttpResponse, Problem> {
    let page = paging.0.page(&state)?;
    let view = look(&state, page).await;
    Ok(match view.status {
        Vitality::Ok => HttpResponse::Ok().json(view),
        Vitality::Down => HttpResponse::ServiceUnavailable().json(view),
    })
}

/// What must live, asked at most twice a second however often everyone asks.
#[derive(Default)]
pub(super) struct Vitals {
    seen: Mutex<Option<(Instant, Vec<&'static str>)>>,
}

impl Vitals {
    async fn dead(&self, state: &AppState) -> Vec<&'static str> {
        let mut seen = self.seen.lock().await;
        match &*seen {
            Some((at, dead)) if at.elapsed() < FRESH => dead.clone(),
            Some(_) | None => {
                let dead = Signs::take(state).await.dead(state);
                *seen = Some((Instant::now(), dead.clone()));
                dead
            }
        }
    }
}

/// The signs of life of what must live.
struct Signs {
    store: StoreHealth,
    pulse: Result<Result<(), MailError>, MailError>,
    ledger: Result<ActorHealth, MailError>,
    supervisor: Result<ActorHealth, MailError>,
}

impl Signs {
    async fn take(state: &AppState) -> Self {
        let mail = &state.mail;
        let (store, pulse, ledger, supervisor) = tokio::join!(
            store_health(state),
            ask(&mail.pulse, Pulse, ANSWER_DEADLINE, "ledger"),
            ask(&mail.ledger, HowAreYou, ANSWER_DEADLINE, "ledger"),
            ask(&mail.supervisor, HowAreYou, ANSWER_DEADLINE, "supervisor"),
        );
        Self {
            store,
            pulse,
            ledger,
            supervisor,
        }
    }

    fn dead(&self, state: &AppState) -> Vec<&'static str> {
        let mut dead = Vec::new();
        if self.ledger.is_err() || !matches!(self.pulse, Ok(Ok(()))) {
            dead.push("ledger");
        }
        if !self.store.answers {
            dead.push("store");
        }
        let now = state.desk.clock.now();
        let ticked = self.supervisor.as_ref().ok().and_then(|health| health.last_mail);
        if ticked.is_none_or(|tick| now.since(tick) > state.options.tick_deadline) {
            dead.push("supervisor");
        }
        dead
    }
}

async fn look(state: &AppState, page: PageAsk) -> HealthView {
    let mail = &state.mail;
    let (signs, scheduler, jobs, children) = tokio::join!(
        Signs::take(state),
        ask(&mail.scheduler, HowAreYou, ANSWER_DEADLINE, "sync_scheduler"),
        ask(&mail.jobs, HowAreYou, ANSWER_DEADLINE, "job_scheduler"),
        ask(&mail.children, ListChildren, ANSWER_DEADLINE, "supervisor"),
    );
    let dead = signs.dead(state);
    let mut actors = vec![
        view("ledger", signs.ledger),
        view("supervisor", signs.supervisor),
        view("sync_scheduler", scheduler),
        view("job_scheduler", jobs),
    ];
    if let Some(vaults) = &mail.vaults {
        actors.extend(of_vaults(vaults).await);
    }
    HealthView {
        status: if dead.is_empty() { Vitality::Ok } else { Vitality::Down },
        dead,
        ready: state.ready.is(),
        version: env!("CARGO_PKG_VERSION"),
        now: state.desk.clock.now(),
        store: signs.store,
        actors,
        robots: robots(children.unwrap_or_default(), page),
    }
}

/// Whoever follows vaults and deals with what they set off.
async fn of_vaults(vaults: &Vaults) -> Vec<ActorView> {
    let (keeper, children, triggers) = tokio::join!(
        ask(&vaults.keeper, HowAreYou, ANSWER_DEADLINE, "chain_keeper"),
        ask(&vaults.children, ListChildren, ANSWER_DEADLINE, "chain_keeper"),
        ask(&vaults.triggers, HowAreYou, ANSWER_DEADLINE, "trigger"),
    );
    let mut actors = vec![view("chain_keeper", keeper), view("trigger", triggers)];
    actors.extend(children.unwrap_or_default().into_iter().map(ActorView::from));
    for payout in vaults.payouts.values() {
        let health = ask(&payout.health, HowAreYou, ANSWER_DEADLINE, "payout").await;
        actors.push(view("payout", health));
    }
    actors
}

fn view(name: &'static str, health: Result<ActorHealth, MailError>) -> ActorView {
    match health {
        Ok(health) => health.into(),
        Err(_) => ActorView::silent(name),
    }
}

async fn store_health(state: &AppState) -> StoreHealth {
    let began = Instant::now();
    let answer = timeout(ANSWER_DEADLINE, state.desk.store.ping()).await;
    StoreHealth {
        answers: matches!(answer, Ok(Ok(()))),
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

/// Figures over all children, and the page of them with an id beyond the asked one.
fn robots(children: Vec<ActorHealth>, page: PageAsk) -> RobotsHealth {
    let mut by_state = BTreeMap::new();
    for child in &children {
        *by_state.entry(child.state.clone()).or_insert(0) += 1;
    }
    let total = u64::try_from(children.len()).unwrap_or(u64::MAX);
    let restarts = children.iter().map(|child| u64::from(child.restarts)).sum();
    let largest_lag_ms = children.iter().map(|child| child.lag_ms).max().unwrap_or(0);
    let mut rows: Vec<(i64, ActorHealth)> = children.into_iter().map(|child| (number(&child.name), child)).collect();
    rows.retain(|(id, _)| *id > page.after());
    rows.sort_by_key(|(id, _)| *id);
    RobotsHealth {
        total,
        by_state,
        restarts,
        largest_lag_ms,
        page: page.listing(rows, |(id, _)| *id, |(_, child)| ActorView::from(child)),
    }
}

/// The robot's id in a name such as `robot:7`.
fn number(name: &str) -> i64 {
    name.rsplit(':')
        .next()
        .and_then(|id| id.parse().ok())
        .unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(id: i64, state: &str, restarts: u32) -> ActorHealth {
        ActorHealth {
            name: format!("robot:{id}"),
            state: state.to_owned(),
            last_mail: None,
            restarts,
            lag_ms: 0,
        }
    }

    #[test]
    fn robots_are_counted_by_state_and_listed_by_number() {
        let children = vec![child(10, "alive", 1), child(9, "backing_off", 4), child(2, "alive", 0)];
        let page = PageAsk::new(Some(2), Some(1), 200).unwrap();
        let view = robots(children, page);
        assert_eq!((view.total, view.restarts), (3, 5));
        assert_eq!(
            view.by_state,
            BTreeMap::from([("alive".to_owned(), 2), ("backing_off".to_owned(), 1)])
        );
        assert_eq!((view.page.items[0].name.as_str(), view.page.next), ("robot:9", Some(9)));
    }
}
