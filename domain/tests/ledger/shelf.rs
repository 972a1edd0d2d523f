//! A shelf: the smallest thing that keeps what the ledger decides, with the guards that a store has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::change::Change;
use domain::fixed::{Amount, Quantity, Ratio};
use domain::id::{DebtId, LedgerAccountId, PayoutId, PositionId, TriggerId, UserId, VenueAccountId};
use domain::ledger::verify::{Verified, Verifier};
use domain::ledger::{
    Account, AccountKey, Answer, Debt, DebtState, Decision, Entry, EntryKey, EntrySeq, EscrowPosting, Facts, FreshIds,
    GuardedRow, Happened, Head, Hold, HoldState, LedgerWrite, PositionFact, PostAnswer, Purse, Refused, Release,
    Request, Reservation, Rules, Transfer, collected_at_most, decide,
};
use domain::market::{Side, Symbol};
use domain::payout::Payout;
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, Provenance};
use domain::settlement::{PayOrder, Settlement};
use domain::time::Timestamp;
use domain::trigger::Trigger;
use domain::user::PowerRate;
use domain::venue::{MarginMode, VenueName};

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

pub fn settle(position: i64) -> Request {
    Request::Settle(PositionId(position))
}

pub fn recharge(reference: &str, user: i64, purse: Purse, text: &str) -> Request {
    Request::Recharge(transfer(reference, user, purse, amount(text)))
}

pub fn withdraw(reference: &str, user: i64, purse: Purse, text: &str) -> Request {
    Request::Withdraw(transfer(reference, user, purse, amount(text)))
}

pub fn transfer(reference: &str, user: i64, purse: Purse, amount: Amount) -> Transfer {
    Transfer {
        reference: reference.to_owned(),
        user: UserId(user),
        purse,
        amount,
        by: "ops".to_owned(),
        remark: "a test".to_owned(),
    }
}

/// Reserves power for a position, for a day.
pub fn hold(position: i64, user: i64, text: &str) -> Request {
    Request::Hold(Reservation {
        position: PositionId(position),
        user: UserId(user),
        amount: amount(text),
        expires_at: Timestamp(1_700_086_400_000),
    })
}

pub fn release(position: i64, expired: bool) -> Request {
    Request::Release(Release {
        position: PositionId(position),
        expired,
    })
}

/// Entries and rows that are true together.
pub fn escrow(posting: EscrowPosting) -> Request {
    Request::Escrow(Arc::new(posting))
}

pub fn created(entry: i64) -> PostAnswer {
    PostAnswer::Created { entry: EntrySeq(entry) }
}

pub fn exists(entry: i64) -> PostAnswer {
    PostAnswer::Exists { entry: EntrySeq(entry) }
}

pub fn rejected(reason: &str) -> PostAnswer {
    PostAnswer::Rejected {
        reason: reason.to_owned(),
    }
}

/// User 7 with 5 gift power and 100 power.
pub fn funded() -> Shelf {
    let mut shelf = Shelf::new();
    shelf.add_user(7);
    let answers = shelf.run(&[
        recharge("gift", 7, Purse::GiftPower, "5"),
        recharge("power", 7, Purse::Power, "100"),
    ]);
    assert_eq!(answers, [created(1), created(2)]);
    shelf
}

/// A line of an entry as text: account, amount, before, after.
pub type Line = (String, String, String, String);

#[derive(Clone)]
pub struct Shelf {
    pub now: Timestamp,
    pub rules: Rules,
    pub accounts: BTreeMap<AccountKey, Account>,
    pub entries: Vec<Entry>,
    pub debts: BTreeMap<DebtId, Debt>,
    pub holds: BTreeMap<PositionId, Hold>,
    pub positions: BTreeMap<PositionId, Position>,
    pub refused: BTreeMap<EntryKey, Refused>,
    pub rates: Vec<PowerRate>,
    pub users: BTreeSet<UserId>,
    pub triggers: BTreeMap<TriggerId, Trigger>,
    pub payouts: BTreeMap<PayoutId, Payout>,
    /// Rows that were written beside entries.
    pub beside: Vec<Change>,
}

impl Shelf {
    pub fn new() -> Self {
        Self {
            now: Timestamp(1_700_000_000_000),
            rules: Rules {
                pay_order: PayOrder::GiftFirst,
                default_rate: ratio("0.1"),
            },
            accounts: BTreeMap::new(),
            entries: Vec::new(),
            debts: BTreeMap::new(),
            holds: BTreeMap::new(),
            positions: BTreeMap::new(),
            refused: BTreeMap::new(),
            rates: Vec::new(),
            users: BTreeSet::new(),
            triggers: BTreeMap::new(),
            payouts: BTreeMap::new(),
            beside: Vec::new(),
        }
    }

    pub fn add_user(&mut self, user: i64) {
        self.users.insert(UserId(user));
    }

    pub fn add_rate(&mut self, user: Option<i64>, rate: &str, from: i64) {
        self.rates.push(PowerRate {
            user: user.map(UserId),
            rate: ratio(rate),
            effective_from: Timestamp(from),
        });
    }

    pub fn open_position(&mut self, id: i64, user: i64) {
        let position = position(id, user, PositionState::Open, Settlement::NotYet);
        self.positions.insert(PositionId(id), position);
    }

    pub fn close_position(&mut self, id: i64, user: i64, profit: &str) {
        self.close_position_at(id, user, profit, Timestamp(500));
    }

    pub fn close_position_at(&mut self, id: i64, user: i64, profit: &str, at: Timestamp) {
        let profit = amount(profit);
        let state = PositionState::Closed {
            at,
            reason: CloseReason::TakeProfit,
            profit,
        };
        let settlement = Settlement::at_close(Origin::Robot, profit);
        self.positions
            .insert(PositionId(id), position(id, user, state, settlement));
    }

    /// The venue says that the position closed with another profit.
    pub fn revise(&mut self, id: i64, profit: &str) {
        let position = self.positions.get_mut(&PositionId(id)).unwrap();
        let PositionState::Closed { profit: stored, .. } = &mut position.state else {
            panic!("position {id} is not closed");
        };
        *stored = amount(profit);
    }

    pub fn settlement(&self, position: i64) -> Settlement {
        self.positions[&PositionId(position)].settlement
    }

    pub fn balance(&self, account: &AccountKey) -> Amount {
        self.accounts.get(account).map_or(Amount::ZERO, |row| row.balance)
    }

    pub fn head(&self) -> Head {
        self.entries.last().map_or(Head::EMPTY, |entry| Head {
            seq: entry.seq,
            digest: entry.digest,
            at: entry.at,
        })
    }

    pub fn lines(&self, seq: usize) -> Vec<Line> {
        let name = |id: LedgerAccountId| self.accounts.values().find(|row| row.id == id).unwrap().key.to_string();
        let line = |posting: &domain::ledger::Posting| {
            (
                name(posting.account),
                posting.amount.to_string(),
                posting.before.to_string(),
                posting.after.to_string(),
            )
        };
        self.entries[seq - 1].postings.iter().map(line).collect()
    }

    pub fn decide(&self, requests: &[Request]) -> Decision {
        let keys: BTreeSet<EntryKey> = requests.iter().flat_map(Request::keys).collect();
        let reversed: Vec<EntrySeq> = requests
            .iter()
            .filter_map(|request| match request {
                Request::Reverse(reversal) => Some(reversal.entry),
                _ => None,
            })
            .collect();
        let accounts = i64::try_from(self.accounts.len()).unwrap();
        let debts = i64::try_from(self.debts.len()).unwrap();
        let facts = Facts {
            now: self.now,
            head: Some(self.head()),
            accounts: self.accounts.values().cloned().collect(),
            fresh: FreshIds {
                accounts: accounts + 1..accounts + 1_000,
                debts: debts + 1..debts + 1_000,
            },
            positions: self.positions.values().map(PositionFact::from).collect(),
            entries: self
                .entries
                .iter()
                .filter(|entry| keys.contains(&entry.key) || reversed.contains(&entry.seq))
                .cloned()
                .collect(),
            refused: self.refused.values().cloned().collect(),
            debts: self.debts_of(requests),
            holds: self.holds.values().cloned().collect(),
            rates: self.rates.clone(),
            users: self.users.iter().copied().collect(),
            versions: self.versions(),
        };
        decide(facts, &self.rules, requests)
    }

    /// What the daemon looks up: the oldest open debts of whoever gets power, debts to waive, and those of positions.
    fn debts_of(&self, requests: &[Request]) -> Vec<Debt> {
        let credited: BTreeSet<UserId> = requests.iter().filter_map(Request::credited).collect();
        let most = usize::try_from(collected_at_most(requests)).unwrap();
        let oldest = credited.iter().flat_map(|user| {
            let open = self.debts.values().filter(|debt| debt.state == DebtState::Owed);
            open.filter(move |debt| debt.user == *user).take(most)
        });
        let named = requests.iter().filter_map(|request| match request {
            Request::Waive(waiver) => self.debts.get(&waiver.debt),
            Request::Settle(position) => match self.positions.get(position)?.settlement {
                Settlement::Owed { debt, .. } => self.debts.get(&debt),
                _ => None,
            },
            _ => None,
        });
        let all: BTreeMap<DebtId, &Debt> = oldest.chain(named).map(|debt| (debt.id, debt)).collect();
        all.into_values().cloned().collect()
    }

    pub fn run_all(&mut self, requests: &[Request]) -> (Vec<Answer>, Vec<Happened>) {
        let decision = self.decide(requests);
        assert_eq!(decision.answers.len(), requests.len());
        self.keep(decision.write);
        assert_eq!(decision.head, self.head());
        (decision.answers, decision.happened)
    }

    pub fn run(&mut self, requests: &[Request]) -> Vec<PostAnswer> {
        self.run_all(requests).0.into_iter().map(|answer| answer.post).collect()
    }

    /// Keeps a group, and panics where a store would refuse it.
    pub fn keep(&mut self, write: LedgerWrite) {
        for account in write.opened {
            assert_eq!(account.balance, Amount::ZERO);
            assert!(self.accounts.values().all(|row| row.id != account.id));
            assert!(self.accounts.insert(account.key.clone(), account).is_none());
        }
        for moved in write.balances {
            let account = self.accounts.values_mut().find(|row| row.id == moved.account).unwrap();
            assert_eq!(account.balance, moved.before, "guard of {}", account.key);
            account.balance = moved.after;
        }
        for entry in write.entries {
            assert!(
                self.entries.iter().all(|row| row.key != entry.key),
                "{} twice",
                entry.key
            );
            self.entries.push(entry);
        }
        for debt in write.debts {
            let place = |row: &Debt| (row.position, row.correction);
            assert!(self.debts.values().all(|row| place(row) != place(&debt)));
            assert!(self.debts.insert(debt.id, debt).is_none());
        }
        for changed in write.changed_debts {
            let stored = self.debts.insert(changed.debt.id, changed.debt).unwrap();
            assert_eq!((stored.state, stored.owed), (DebtState::Owed, changed.owed_before));
        }
        for hold in write.holds {
            assert!(self.holds.insert(hold.position, hold).is_none());
        }
        for hold in write.ended_holds {
            let stored = self.holds.insert(hold.position, hold).unwrap();
            assert_eq!(stored.state, HoldState::Held);
        }
        for settled in write.settled {
            let position = self.positions.get_mut(&settled.position).unwrap();
            assert_eq!(position.settlement, settled.from);
            assert_eq!(position.closed_profit(), Some(settled.profit));
            position.settlement = settled.to;
            position.settled_profit = Some(settled.settled_profit);
            position.corrections = settled.corrections;
        }
        for refused in write.refused {
            assert!(self.refused.insert(refused.key.clone(), refused).is_none());
        }
        for posting in write.escrow {
            self.keep_beside(&posting);
        }
    }

    fn versions(&self) -> Vec<(GuardedRow, u32)> {
        let triggers = self.triggers.values();
        let triggers = triggers.map(|trigger| (GuardedRow::Trigger(trigger.id), trigger.version));
        let payouts = self.payouts.values();
        let payouts = payouts.map(|payout| (GuardedRow::Payout(payout.id), payout.version));
        triggers.chain(payouts).collect()
    }

    /// Keeps rows that are written beside entries, and panics where a store would refuse them.
    fn keep_beside(&mut self, posting: &EscrowPosting) {
        for row in &posting.rows {
            match row {
                Change::AddTriggers(triggers) => {
                    for trigger in triggers {
                        assert!(self.triggers.insert(trigger.id, trigger.clone()).is_none());
                    }
                }
                Change::UpdateTrigger(trigger) => {
                    let stored = self.triggers.get_mut(&trigger.id).unwrap();
                    assert_eq!(stored.version, trigger.version);
                    *stored = (**trigger).clone();
                    stored.version += 1;
                }
                Change::AddPayouts(payouts) => {
                    for payout in payouts {
                        assert!(self.payouts.insert(payout.id, payout.clone()).is_none());
                    }
                }
                Change::UpdatePayout(payout) => {
                    let stored = self.payouts.get_mut(&payout.id).unwrap();
                    assert_eq!(stored.version, payout.version);
                    *stored = (**payout).clone();
                    stored.version += 1;
                }
                _ => {}
            }
            self.beside.push(row.clone());
        }
    }

    pub fn audit(&self) -> Verified {
        let mut verifier = Verifier::new();
        self.accounts.values().for_each(|account| verifier.account(account));
        verifier.accounts_are_read();
        self.entries.iter().for_each(|entry| verifier.entry(entry));
        verifier.open_window(self.head());
        self.accounts.values().for_each(|account| verifier.account(account));
        verifier.accounts_are_read();
        self.debts.values().for_each(|debt| verifier.debt(debt));
        self.holds.values().for_each(|hold| verifier.hold(hold));
        self.positions
            .values()
            .for_each(|row| verifier.position(PositionFact::from(row)));
        for trigger in self.triggers.values() {
            let payouts = self.payouts.values().filter(|payout| payout.trigger == trigger.id);
            verifier.trigger(trigger, &payouts.cloned().collect::<Vec<_>>());
        }
        verifier.finish()
    }

    pub fn finding(&self) -> String {
        self.audit()
            .finding
            .map(|finding| finding.to_string())
            .unwrap_or_default()
    }

    pub fn assert_sound(&self) {
        assert_eq!(self.finding(), "");
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for account in self.accounts.values() {
            *sums.entry(account.key.asset.as_str()).or_default() += i128::from(account.balance.units());
        }
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    }
}

pub fn position(id: i64, user: i64, state: PositionState, settlement: Settlement) -> Position {
    Position {
        id: PositionId(id),
        robot: None,
        user: UserId(user),
        account: VenueAccountId(1),
        venue: VenueName::parse("paper").unwrap(),
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state,
        quantity: Quantity::ZERO,
        entered: Quantity::ONE,
        entry_notional: Amount::ONE,
        exit_notional: Amount::ONE,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: Some(Timestamp(1)),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 1,
    }
}
