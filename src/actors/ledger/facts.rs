//! Looking up what a group of requests is decided on: set by set, never request by request.

use std::collections::{BTreeSet, HashSet};

use domain::id::{DebtId, LedgerAccountId, PositionId, UserId};
use domain::ledger::{
    Account, Debt, Entry, EntryKey, EntrySeq, GuardedRow, Hold, PositionFact, Refused, Request, collected_at_most,
};
use domain::page::Page;
use domain::settlement::Settlement;
use domain::user::PowerRate;

use crate::ports::store::{EntryFilter, Settling, Store, StoreError};

/// What was found, without balances.
#[derive(Default)]
pub(super) struct Found {
    pub positions: Vec<PositionFact>,
    pub entries: Vec<Entry>,
    pub refused: Vec<Refused>,
    pub debts: Vec<Debt>,
    pub holds: Vec<Hold>,
    pub rates: Vec<PowerRate>,
    /// Accounts that entries to take back are posted on.
    pub accounts: Vec<Account>,
    /// Users whose power may be moved.
    pub owners: Vec<UserId>,
    /// Versions of guarded rows.
    pub versions: Vec<(GuardedRow, u32)>,
}

/// What requests name, by kind.
#[derive(Default)]
struct Named {
    settle: Vec<PositionId>,
    holds: Vec<PositionId>,
    debts: Vec<DebtId>,
    reverse: Vec<EntrySeq>,
    power: Vec<UserId>,
    guarded: Vec<GuardedRow>,
}

/// Looks everything up. Any read that fails stops the decision (S1-02).
///
/// The entries of settlements are not asked for where the position still awaits its settlement, unless `wary`: where
/// there is one all the same, its key refuses the commit, and the group is decided again, warily.
pub(super) async fn look_up(store: &dyn Store, requests: &[Request], wary: bool) -> Result<Found, StoreError> {
    let named = named(requests);
    let (settling, holds, refused, mut debts) = tokio::try_join!(
        settling(store, &named.settle),
        holds(store, &named.holds),
        refusals(store, requests),
        open_debts(store, requests),
    )?;
    let Settling {
        positions,
        holds: of_settled,
        rates,
    } = settling;
    let holds: Vec<Hold> = holds.into_iter().chain(of_settled).collect();
    let keys = keys(requests, &positions, wary);
    let mut entries = entries(store, &keys).await?;
    let (reversed, accounts) = reversed(store, &named.reverse).await?;
    entries.extend(reversed);
    let owed = positions.iter().filter_map(|position| match position.settlement {
        Settlement::Owed { debt, .. } if position.correction_due() => Some(debt),
        _ => None,
    });
    let wanted = unique(owed.chain(named.debts));
    let known: HashSet<DebtId> = debts.iter().map(|debt| debt.id).collect();
    let wanted: Vec<DebtId> = wanted.into_iter().filter(|id| !known.contains(id)).collect();
    if !wanted.is_empty() {
        debts.extend(store.debts_by_id(&wanted).await?);
    }
    let (positions, more_rates) = with_owing(store, positions, &debts).await?;
    let rates = rates.into_iter().chain(more_rates).collect();
    let owners = owners(&positions, &holds, &debts, named.power);
    let versions = versions(store, &named.guarded).await?;
    Ok(Found {
        positions,
        entries,
        refused,
        debts,
        holds,
        rates,
        accounts,
        owners,
        versions,
    })
}

/// Keys that are asked for.
fn keys(requests: &[Request], positions: &[PositionFact], wary: bool) -> Vec<EntryKey> {
    let awaiting: HashSet<PositionId> = positions
        .iter()
        .filter(|position| position.settlement == Settlement::Pending && !wary)
        .map(|position| position.id)
        .collect();
    let asked = requests.iter().filter(|request| match request {
        Request::Settle(position) => !awaiting.contains(position),
        Request::Hold(_)
        | Request::Release(_)
        | Request::Recharge(_)
        | Request::Withdraw(_)
        | Request::Adjust(_)
        | Request::Transfer(_)
        | Request::Waive(_)
        | Request::Reverse(_)
        | Request::Import(_)
        | Request::Escrow(_) => true,
    });
    unique(asked.flat_map(Request::keys))
}

fn named(requests: &[Request]) -> Named {
    let mut named = Named::default();
    for request in requests {
        named.power.extend(request.power_of());
        match request {
            Request::Settle(position) => named.settle.push(*position),
            Request::Hold(hold) => named.holds.push(hold.position),
            Request::Release(release) => named.holds.push(release.position),
            Request::Waive(waiver) => named.debts.push(waiver.debt),
            Request::Reverse(reversal) => named.reverse.push(reversal.entry),
            Request::Import(import) => named.settle.extend(import.position()),
            Request::Escrow(posting) => named.guarded.extend(posting.guards.iter().map(|(row, _)| *row)),
            Request::Recharge(_) | Request::Withdraw(_) | Request::Adjust(_) | Request::Transfer(_) => {}
        }
    }
    named.settle = unique(named.settle);
    named.holds = unique(named.holds);
    named.power = unique(named.power);
    named.guarded = unique(named.guarded);
    named
}

fn unique<T: Ord>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let all: BTreeSet<T> = all.into_iter().collect();
    all.into_iter().collect()
}

fn owners(positions: &[PositionFact], holds: &[Hold], debts: &[Debt], power: Vec<UserId>) -> Vec<UserId> {
    let of_positions = positions.iter().map(|position| position.user);
    let of_holds = holds.iter().map(|hold| hold.user);
    let of_debts = debts.iter().map(|debt| debt.user);
    unique(of_positions.chain(of_holds).chain(of_debts).chain(power))
}

/// The positions of debts join the others, and the rates of their users.
async fn with_owing(
    store: &dyn Store,
    mut found: Vec<PositionFact>,
    debts: &[Debt],
) -> Result<(Vec<PositionFact>, Vec<PowerRate>), StoreError> {
    let known: HashSet<PositionId> = found.iter().map(|position| position.id).collect();
    let owing = unique(debts.iter().map(|debt| debt.position));
    let unknown: Vec<PositionId> = owing.into_iter().filter(|id| !known.contains(id)).collect();
    let more = settling(store, &unknown).await?;
    found.extend(more.positions);
    Ok((found, more.rates))
}

async fn versions(store: &dyn Store, rows: &[GuardedRow]) -> Result<Vec<(GuardedRow, u32)>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    store.versions(rows).await
}

async fn settling(store: &dyn Store, positions: &[PositionId]) -> Result<Settling, StoreError> {
    if positions.is_empty() {
        return Ok(Settling::default());
    }
    store.settling(positions).await
}

async fn holds(store: &dyn Store, positions: &[PositionId]) -> Result<Vec<Hold>, StoreError> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    store.holds_of(positions).await
}

async fn entries(store: &dyn Store, keys: &[EntryKey]) -> Result<Vec<Entry>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    store.entries_by_key(keys).await
}

async fn open_debts(store: &dyn Store, requests: &[Request]) -> Result<Vec<Debt>, StoreError> {
    let credited = unique(requests.iter().filter_map(Request::credited));
    if credited.is_empty() {
        return Ok(Vec::new());
    }
    store.open_debts(&credited, collected_at_most(requests)).await
}

async fn refusals(store: &dyn Store, requests: &[Request]) -> Result<Vec<Refused>, StoreError> {
    let kept = requests.iter().filter(|request| request.refusal_is_kept());
    let keys = unique(kept.filter_map(Request::key));
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    store.refused_keys(&keys).await
}

/// Entries to take back, with the accounts they are posted on.
async fn reversed(store: &dyn Store, seqs: &[EntrySeq]) -> Result<(Vec<Entry>, Vec<Account>), StoreError> {
    let mut entries = Vec::with_capacity(seqs.len());
    for seq in seqs.iter().filter(|seq| seq.0 > 0) {
        let page = Page::after(seq.0 - 1, 1);
        let found = store.entries(EntryFilter::default(), page).await?;
        entries.extend(found.into_iter().filter(|entry| entry.seq == *seq));
    }
    if entries.is_empty() {
        return Ok((entries, Vec::new()));
    }
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    let ids: Vec<LedgerAccountId> = unique(postings.map(|posting| posting.account));
    let accounts = store.accounts_by_id(&ids).await?;
    Ok((entries, accounts))
}
