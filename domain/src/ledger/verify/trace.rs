//! What the entries say of each position: what was charged, owed, forgiven and reserved for it.

use crate::fixed::{Amount, NumberError};
use crate::id::{DebtId, PositionId};
use crate::invariant::{Invariant, Violation};
use crate::ledger::account::AccountKind;
use crate::ledger::entry::{Entry, EntryKind, EntrySeq};
use crate::ledger::verify::{Verifier, name, violation};

/// All that the entries so far say of one position.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trace {
    /// The entry that settled it.
    pub settled: Option<EntrySeq>,
    /// Corrections after it.
    pub corrections: u32,
    /// Charged, less what was refunded.
    pub charged: Amount,
    /// Owed and neither repaid nor forgiven.
    pub owed: Amount,
    /// Forgiven.
    pub waived: Amount,
    /// The entry that last moved any of these three.
    pub last: EntrySeq,
    /// The first entry that made a debt, and how many did.
    pub owing: Option<EntrySeq>,
    pub debts: u32,
    /// The entry that reserved power for it, how much of it is reserved still, and the entry that ended it.
    pub hold: Option<EntrySeq>,
    pub held: Amount,
    pub hold_ended: EntrySeq,
    /// The newest entry about it.
    pub newest: EntrySeq,
    /// Whether the position was fed.
    pub has_position: bool,
}

/// What an entry adds to the accounts that settlements are about.
#[derive(Debug, Clone, Copy, Default)]
struct Moves {
    revenue: Amount,
    debt: Amount,
    hold: Amount,
}

impl Verifier {
    /// Adds what an entry says of a position.
    pub(super) fn trace(&mut self, entry: &Entry) -> Result<(), Violation> {
        let Some(fact) = Fact::of(entry.kind) else {
            return self.trace_pool(entry);
        };
        let named = entry.key.as_str().strip_prefix(fact.begins());
        let position = entry.reference.strip_prefix("position:").and_then(|id| id.parse().ok());
        let (Some(named), Some(position)) = (named, position.map(PositionId)) else {
            return Err(about_nothing(entry, fact));
        };
        let moves = self.moves(entry).map_err(|_| about_nothing(entry, fact))?;
        let mut trace = self.traces.get(&position).copied().unwrap_or_default();
        match fact {
            Fact::Settle => settled(&mut trace, entry, named, position, moves)?,
            Fact::Correct => {
                corrected(&mut trace, entry, named, position)?;
                if !moves.debt.is_zero() {
                    self.corrections.insert((position, trace.corrections), entry.seq);
                }
            }
            Fact::Collect | Fact::Waive => self.debt_ends(&mut trace, entry, (fact, named), moves)?,
            Fact::Hold => held(&mut trace, entry, named, position, moves)?,
            Fact::Release => released(&trace, entry, named, position, moves)?,
        }
        trace.add(entry, moves).map_err(|_| about_nothing(entry, fact))?;
        self.traces.insert(position, trace);
        Ok(())
    }

    fn moves(&self, entry: &Entry) -> Result<Moves, NumberError> {
        let mut moves = Moves::default();
        for posting in &entry.postings {
            let place = match self.known.get(&posting.account).map(|key| key.kind) {
                Some(AccountKind::PlatformRevenue) => &mut moves.revenue,
                Some(AccountKind::UserDebt) => &mut moves.debt,
                Some(AccountKind::UserHold) => &mut moves.hold,
                _ => continue,
            };
            *place = place.plus(posting.amount)?;
        }
        Ok(moves)
    }

    fn debt_ends(
        &mut self,
        trace: &mut Trace,
        entry: &Entry,
        (fact, named): (Fact, &str),
        moves: Moves,
    ) -> Result<(), Violation> {
        let Ok(debt) = named.parse().map(DebtId) else {
            return Err(about_nothing(entry, fact));
        };
        let whole = match fact {
            Fact::Collect => moves.revenue == moves.debt.negated(),
            _ => moves.revenue.is_zero(),
        };
        if !moves.debt.is_negative() || !whole || moves.debt.negated() != trace.owed {
            let detail = format!(
                "{}: it does not end what position {} owes",
                name(entry),
                entry.reference
            );
            return Err(violation(Invariant::ChargedOnce, detail));
        }
        if let Some((first, _)) = self.ended.insert(debt, (entry.seq, moves.debt.negated())) {
            let detail = format!("{}: debt {debt} was ended by entry {first}", name(entry));
            return Err(violation(Invariant::ChargedOnce, detail));
        }
        if fact == Fact::Waive {
            let waived = trace.waived.plus(moves.debt.negated());
            trace.waived = waived.map_err(|_| about_nothing(entry, fact))?;
        }
        Ok(())
    }
}

impl Trace {
    fn add(&mut self, entry: &Entry, moves: Moves) -> Result<(), NumberError> {
        if !moves.revenue.is_zero() || !moves.debt.is_zero() {
            self.last = entry.seq;
        }
        if moves.debt.is_positive() && self.owed.is_zero() {
            self.owing = self.owing.or(Some(entry.seq));
            self.debts += 1;
        }
        if moves.hold.is_negative() {
            self.hold_ended = entry.seq;
        }
        self.charged = self.charged.plus(moves.revenue)?;
        self.owed = self.owed.plus(moves.debt)?;
        self.held = self.held.plus(moves.hold)?;
        self.newest = entry.seq;
        Ok(())
    }
}

fn settled(trace: &mut Trace, entry: &Entry, named: &str, position: PositionId, moves: Moves) -> Result<(), Violation> {
    if named.parse() != Ok(position.0) {
        return Err(about_nothing(entry, Fact::Settle));
    }
    if let Some(first) = trace.settled {
        let detail = format!("{}: position {position} was settled by entry {first}", name(entry));
        return Err(violation(Invariant::ChargedOnce, detail));
    }
    let either = moves.revenue.is_positive() != moves.debt.is_positive();
    let none_back = !moves.revenue.is_negative() && !moves.debt.is_negative();
    let whole_hold = moves.hold == trace.held.negated();
    if !either || !none_back || !whole_hold {
        return Err(about_nothing(entry, Fact::Settle));
    }
    trace.settled = Some(entry.seq);
    Ok(())
}

fn corrected(trace: &mut Trace, entry: &Entry, named: &str, position: PositionId) -> Result<(), Violation> {
    let number = trace.corrections + 1;
    let place = named.split_once(':').map(|(id, number)| (id.parse(), number.parse()));
    if place != Some((Ok(position.0), Ok(number))) || trace.settled.is_none() {
        let detail = format!("{}: it is not correction {number} of position {position}", name(entry));
        return Err(violation(Invariant::ChargedOnce, detail));
    }
    trace.corrections = number;
    Ok(())
}

fn held(trace: &mut Trace, entry: &Entry, named: &str, position: PositionId, moves: Moves) -> Result<(), Violation> {
    if named.parse() != Ok(position.0) || !moves.hold.is_positive() || trace.hold.is_some() {
        let detail = format!(
            "{}: it does not reserve power for position {position} once",
            name(entry)
        );
        return Err(violation(Invariant::HeldOnce, detail));
    }
    trace.hold = Some(entry.seq);
    Ok(())
}

fn released(trace: &Trace, entry: &Entry, named: &str, position: PositionId, moves: Moves) -> Result<(), Violation> {
    let whole = moves.hold.is_negative() && moves.hold.negated() == trace.held;
    if named.parse() != Ok(position.0) || !whole {
        let detail = format!(
            "{}: it does not give back what is reserved for position {position}",
            name(entry)
        );
        return Err(violation(Invariant::HeldOnce, detail));
    }
    Ok(())
}

/// What an entry can say of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Settle,
    Correct,
    Collect,
    Waive,
    Hold,
    Release,
}

impl Fact {
    /// `None` for what is about no position.
    const fn of(kind: EntryKind) -> Option<Self> {
        match kind {
            EntryKind::PowerSettle => Some(Self::Settle),
            EntryKind::PowerCorrect => Some(Self::Correct),
            EntryKind::DebtCollect => Some(Self::Collect),
            EntryKind::DebtWaive => Some(Self::Waive),
            EntryKind::PowerHold => Some(Self::Hold),
            EntryKind::HoldRelease => Some(Self::Release),
            EntryKind::Recharge
            | EntryKind::Withdraw
            | EntryKind::Adjust
            | EntryKind::Transfer
            | EntryKind::Refund
            | EntryKind::Import
            | EntryKind::Contract
            | EntryKind::Trade
            | EntryKind::Mint
            | EntryKind::Payout
            | EntryKind::Treasury
            | EntryKind::PoolIn
            | EntryKind::PoolOut
            | EntryKind::PoolYield
            | EntryKind::PoolPenalty
            | EntryKind::PoolFund
            | EntryKind::Commission => None,
        }
    }

    /// How its keys begin.
    const fn begins(self) -> &'static str {
        match self {
            Self::Settle | Self::Correct => "settle:",
            Self::Collect => "collect:",
            Self::Waive => "waive:",
            Self::Hold => "hold:",
            Self::Release => "release:",
        }
    }

    /// What an entry does that says it of nothing.
    const fn of_nothing(self) -> &'static str {
        match self {
            Self::Settle => "settles no position",
            Self::Correct => "corrects no position",
            Self::Collect => "collects no debt",
            Self::Waive => "waives no debt",
            Self::Hold => "reserves for no position",
            Self::Release => "releases no hold",
        }
    }
}

fn about_nothing(entry: &Entry, fact: Fact) -> Violation {
    let detail = format!("{}: it {}", name(entry), fact.of_nothing());
    violation(Invariant::ChargedOnce, detail)
}
