//! What must hold in a world that has come to rest: the invariants by name, and that daemon and venue agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bursar::adapters::store::MemoryStore;
use bursar::ports::store::{AlertFilter, EntryFilter, HoldFilter, OrderFilter, PaperVault, PositionFilter, Store};
use domain::alert::AlertKind;
use domain::change::Fill;
use domain::fixed::Amount;
use domain::id::VenueAccountId;
use domain::invariant::{Invariant, Violation};
use domain::ledger::AccountKind;
use domain::ledger::PositionFact;
use domain::ledger::verify::Verifier;
use domain::order::{Order, OrderState};
use domain::page::Page;
use domain::paper::{PaperAccount, PaperFill, PaperIncome, PaperOrder, PaperPosition};
use domain::position::{Origin, Position, PositionState};
use domain::settlement::Settlement;
use serde::de::DeserializeOwned;

use super::switches::switches;
use super::{ACCOUNTS, Witness, nets};

/// All rows at once: a world is small.
const ALL: Page = Page {
    after: 0,
    limit: 1_000_000,
};

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A named invariant.
    Invariant(Violation),
    /// Daemon and venue do not agree, or something is not over.
    Apart(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invariant(violation) => violation.fmt(f),
            Self::Apart(what) => f.write_str(what),
        }
    }
}

/// Everything that is on record, on both sides.
pub(super) struct Facts {
    pub(super) positions: Vec<Position>,
    orders: Vec<Order>,
    /// By position.
    fills: BTreeMap<i64, Vec<Fill>>,
    pub(super) venue: Vec<Venue>,
}

/// One account at the venue.
pub(super) struct Venue {
    pub(super) account: PaperAccount,
    pub(super) positions: Vec<PaperPosition>,
    orders: Vec<PaperOrder>,
    pub(super) fills: Vec<PaperFill>,
    pub(super) incomes: Vec<PaperIncome>,
}

/// Everything that does not hold, in a world at rest.
pub async fn check(rows: &MemoryStore, witness: &Witness) -> Vec<Broken> {
    let facts = Facts::read(rows).await;
    let mut broken: Vec<Broken> = witness.violations().into_iter().map(Broken::Invariant).collect();
    broken.extend(ledger(rows, &facts).await);
    broken.extend(settled(&facts));
    broken.extend(reserved(rows, &facts).await);
    broken.extend(orders(&facts));
    broken.extend(positions(&facts));
    broken.extend(nets::nets(&facts));
    broken.extend(nets::realised(&facts));
    broken.extend(nets::shares(rows, &facts).await);
    broken.extend(histories(rows, &facts).await);
    let switched = switches(rows, witness, &facts.positions, &facts.orders).await;
    broken.extend(switched.into_iter().map(Broken::Invariant));
    broken.extend(alerts(rows).await);
    broken
}

impl Facts {
    async fn read(rows: &MemoryStore) -> Self {
        let positions = rows.positions(PositionFilter::default(), ALL).await.unwrap();
        let orders = rows.orders(OrderFilter::default(), ALL).await.unwrap();
        let mut fills = BTreeMap::new();
        for position in &positions {
            fills.insert(position.id.0, rows.fills_of(position.id).await.unwrap());
        }
        let live = rows.load().await.unwrap();
        let held: Vec<PaperPosition> = live
            .iter()
            .filter(|row| row.table == "position")
            .map(|row| parse(&row.content))
            .collect();
        let mut venue = Vec::new();
        for row in live.iter().filter(|row| row.table == "account") {
            let account: PaperAccount = parse(&row.content);
            let id = account.id;
            venue.push(Venue {
                positions: held.iter().filter(|held| held.account == id).cloned().collect(),
                orders: numbered(rows, "order", id).await,
                fills: numbered(rows, "fill", id).await,
                incomes: numbered(rows, "income", id).await,
                account,
            });
        }
        Self {
            positions,
            orders,
            fills,
            venue,
        }
    }
}

async fn numbered<T: DeserializeOwned>(rows: &MemoryStore, table: &'static str, account: VenueAccountId) -> Vec<T> {
    let found = rows.rows_after(table, account, 0, 1_000_000).await.unwrap();
    found.iter().map(|row| parse(&row.content)).collect()
}

fn parse<T: DeserializeOwned>(content: &str) -> T {
    serde_json::from_str(content).unwrap()
}

/// LED-1 to LED-4, SET-1, SET-2: the auditor of `bursar ledger verify`.
async fn ledger(rows: &MemoryStore, facts: &Facts) -> Option<Broken> {
    let mut verifier = Verifier::new();
    let accounts = rows.accounts(ALL).await.unwrap();
    accounts.iter().for_each(|account| verifier.account(account));
    verifier.accounts_are_read();
    for entry in rows.entries(EntryFilter::default(), ALL).await.unwrap() {
        verifier.entry(&entry);
    }
    verifier.open_window(rows.ledger_head().await.unwrap());
    accounts.iter().for_each(|account| verifier.account(account));
    verifier.accounts_are_read();
    for debt in rows.debts(None, ALL).await.unwrap() {
        verifier.debt(&debt);
    }
    for hold in rows.holds(HoldFilter::default(), ALL).await.unwrap() {
        verifier.hold(&hold);
    }
    for position in &facts.positions {
        verifier.position(PositionFact::from(position));
    }
    let verified = verifier.finish();
    verified.finding.map(|finding| Broken::Invariant(finding.violation))
}

/// SET-2 at rest: every profitable close of a robot was charged or is owed, whoever closed it.
fn settled(facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    for position in &facts.positions {
        let PositionState::Closed { profit, .. } = position.state else {
            continue;
        };
        let is_right = match (position.origin, position.settlement) {
            (Origin::External, settlement) => settlement == Settlement::Exempt,
            (Origin::Robot, Settlement::Charged { .. } | Settlement::Owed { .. }) => profit.is_positive(),
            // A tenth of less than five units rounds to nothing.
            (Origin::Robot, Settlement::NothingDue) => profit.units() < 5,
            (Origin::Robot, _) => false,
            (Origin::Imported, _) => false,
        };
        if !is_right {
            let (id, settlement) = (position.id, position.settlement.as_str());
            broken.push(Broken::Invariant(Violation {
                invariant: Invariant::EverySettled,
                detail: format!("position {id} closed with {profit} and is {settlement}"),
            }));
        }
    }
    broken
}

/// At rest, what is reserved is what is on record as held, and all of it is for positions that live.
async fn reserved(rows: &MemoryStore, facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    let accounts = rows.accounts(ALL).await.unwrap();
    let accounts = accounts
        .iter()
        .filter(|account| account.key.kind == AccountKind::UserHold);
    let balance = Amount::sum(accounts.map(|account| account.balance)).unwrap();
    let filter = HoldFilter {
        held: true,
        ..HoldFilter::default()
    };
    let holds = rows.holds(filter, ALL).await.unwrap();
    let held = Amount::sum(holds.iter().map(|hold| hold.total().unwrap())).unwrap();
    if balance != held {
        broken.push(Broken::Apart(format!("{balance} power is reserved, holds are {held}")));
    }
    for hold in holds {
        let position = facts.positions.iter().find(|position| position.id == hold.position);
        if position.is_none_or(|position| position.state.is_final()) {
            let state = position.map_or("not on record", |position| position.state.as_str());
            broken.push(Broken::Apart(format!(
                "power is reserved for position {}, which is {state}",
                hold.position
            )));
        }
    }
    broken
}

/// ORD-2, ORD-3: each of our orders at the venue is one on record, as it is there; none is undecided.
fn orders(facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut accuse = |invariant, detail| broken.push(Broken::Invariant(Violation { invariant, detail }));
    let mut seen = BTreeSet::new();
    for venue in &facts.venue {
        for there in &venue.orders {
            let Some(client_id) = &there.client_id else { continue };
            if !seen.insert(client_id.clone()) {
                accuse(Invariant::OneVenueOrder, format!("two venue orders for {client_id}"));
            }
            let here = facts.orders.iter().find(|order| order.client_id == *client_id);
            let agrees = here.is_some_and(|order| order.filled == there.filled && is_same(&order.state, there));
            if !agrees {
                let here = here.map(|order| (order.id, order.state.as_str(), order.filled));
                let there = (there.state, there.filled);
                accuse(
                    Invariant::OneVenueOrder,
                    format!("{client_id} is {there:?} at the venue and {here:?} on record"),
                );
            }
        }
    }
    for order in &facts.orders {
        let is_refused = matches!(order.state, OrderState::Refused { .. });
        if !is_refused && !seen.contains(&order.client_id) {
            let (id, state) = (order.id, order.state.as_str());
            accuse(
                Invariant::OneVenueOrder,
                format!("order {id} is {state}, the venue has none"),
            );
        }
        if order.filled > order.quantity {
            accuse(
                Invariant::FilledWithinQuantity,
                format!("order {} is overfilled", order.id),
            );
        }
    }
    broken
}

fn is_same(here: &OrderState, there: &PaperOrder) -> bool {
    use domain::venue::ReportedState;
    match there.state {
        ReportedState::Open => matches!(here, OrderState::Open | OrderState::PartlyFilled),
        ReportedState::Filled => *here == OrderState::Filled,
        ReportedState::Cancelled => *here == OrderState::Cancelled,
        ReportedState::Expired => *here == OrderState::Expired,
        ReportedState::Rejected => matches!(here, OrderState::Refused { .. }),
    }
}

/// Each position is the sum of its fills, and nothing is under way.
fn positions(facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    for position in &facts.positions {
        let fills = &facts.fills[&position.id.0];
        let realised = Amount::sum(fills.iter().map(|fill| fill.report.realised)).unwrap();
        let fees = Amount::sum(fills.iter().map(|fill| fill.report.fee)).unwrap();
        if (realised, fees) != (position.realised, position.fees) && position.origin == Origin::Robot {
            broken.push(Broken::Apart(format!(
                "position {} has realised {} and fees {}, its fills {realised} and {fees}",
                position.id, position.realised, position.fees
            )));
        }
        if position.state == PositionState::Opening || matches!(position.state, PositionState::Closing { .. }) {
            let (id, state) = (position.id, position.state.as_str());
            broken.push(Broken::Apart(format!("position {id} is still {state}")));
        }
    }
    broken
}

/// Every fill and income of the venue is on record, and what they sum to is what the venue counted.
async fn histories(rows: &MemoryStore, facts: &Facts) -> Vec<Broken> {
    let mut broken = Vec::new();
    for venue in &facts.venue {
        let id = venue.account.id;
        let fills: Vec<String> = venue.fills.iter().map(|fill| fill.number.to_string()).collect();
        let incomes: Vec<String> = venue.incomes.iter().map(|income| income.number.to_string()).collect();
        let known = rows.known_fills(id, &fills).await.unwrap().len();
        if known != fills.len() {
            broken.push(Broken::Apart(format!(
                "{known} of account {id}'s {} fills are on record",
                fills.len()
            )));
        }
        let known = rows.incomes_reported(id, &incomes).await.unwrap();
        let known = known
            .iter()
            .filter(|row| incomes.contains(&row.report.venue_income_id))
            .count();
        if known != incomes.len() {
            broken.push(Broken::Apart(format!(
                "{known} of account {id}'s {} incomes are on record",
                incomes.len()
            )));
        }
        let recorded = facts.fills.values().flatten().filter(|fill| fill.account == id);
        let fees = Amount::sum(recorded.map(|fill| fill.report.fee)).unwrap();
        let counted = venue.account.fees;
        if fees != counted {
            broken.push(Broken::Apart(format!(
                "account {id} has fees of {counted} at the venue, its fills on record {fees}"
            )));
        }
    }
    if facts.venue.len() > ACCOUNTS.len() {
        broken.push(Broken::Apart("the venue has accounts that nobody made".to_owned()));
    }
    broken
}

/// Nothing that is wrong with the books is still told to people.
async fn alerts(rows: &MemoryStore) -> Vec<Broken> {
    let newest = Page { after: 0, limit: 1_000 };
    let open = rows.alerts(AlertFilter::Open, newest).await.unwrap();
    let wrong = [
        AlertKind::ReconcileMismatch,
        AlertKind::OrderInDoubt,
        AlertKind::SyncFailing,
        AlertKind::LedgerInvariant,
        AlertKind::CloseAllLate,
    ];
    let wrong = open.into_iter().filter(|alert| wrong.contains(&alert.kind));
    wrong
        .map(|alert| {
            Broken::Apart(format!(
                "{} on {} is open: {}",
                alert.kind.as_str(),
                alert.subject,
                alert.message
            ))
        })
        .collect()
}
