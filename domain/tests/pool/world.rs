//! A product with its holdings, and books that every posting must fit into.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::Change;
use domain::fixed::{Amount, Ratio};
use domain::id::{HoldingId, ProductId, UserId};
use domain::ledger::{AccountKey, Asset, EscrowPosting, GuardedRow, Purse};
use domain::pool::{
    Accrual, Adding, Batch, DayFigures, Holding, Left, Limits, PoolChange, PoolDay, PoolRefusal, Product, ProductDraft,
    RateRow, Rates, Recorded, Redeeming, Subscribing, add, arrears, correct, distribute, fund, funding_of, mature,
    principal_of, redeem, subscribe,
};
use domain::time::Timestamp;

pub const USER: UserId = UserId(7);
pub const REFERRER: UserId = UserId(8);

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

pub fn day(text: &str) -> PoolDay {
    PoolDay::parse(text).unwrap()
}

/// A flexible product that pays daily, in UTC, with room for everything.
pub fn flexible() -> ProductDraft {
    ProductDraft {
        name: "Flexible".to_owned(),
        asset: "USDT".to_owned(),
        term_days: None,
        early_penalty: None,
        early_forfeits: false,
        zone: "UTC".to_owned(),
        cut_off: "00:00".to_owned(),
        payday: "daily".to_owned(),
        compounds: false,
        commission: Ratio::ZERO,
        quota: amount("1000000000"),
        limits: Limits {
            least_once: amount("0.00000001"),
            most_once: amount("1000000000"),
            least_held: Amount::ZERO,
            most_held: amount("1000000000"),
        },
        opens_at: None,
        closes_at: None,
        last_day: None,
    }
}

pub struct World {
    pub product: Product,
    pub rows: Vec<RateRow>,
    pub holdings: BTreeMap<i64, Holding>,
    pub accruals: BTreeMap<(i64, PoolDay, u32), Accrual>,
    pub balances: BTreeMap<AccountKey, Amount>,
    pub days: BTreeMap<PoolDay, DayFigures>,
    pub keys: BTreeSet<String>,
    /// What was posted, in order.
    pub recorded: Vec<EscrowPosting>,
    references: u32,
}

impl World {
    /// A product that opens when `since` begins, at `rate` from the first day on; wallet and funding are full.
    pub fn open(draft: ProductDraft, since: PoolDay, rate: Ratio) -> Self {
        let product = draft.into_product(ProductId(1), Timestamp(0)).unwrap();
        let now = product.calendar.begins(since);
        let mut world = Self {
            product,
            rows: Vec::new(),
            holdings: BTreeMap::new(),
            accruals: BTreeMap::new(),
            balances: BTreeMap::new(),
            days: BTreeMap::new(),
            keys: BTreeSet::new(),
            recorded: Vec::new(),
            references: 0,
        };
        world.set_rate(PoolDay::FIRST, rate, now);
        world.product = world.product.opened(&world.rates(), now).unwrap();
        world.balances.insert(world.wallet(), amount("1000000000"));
        world.fund(amount("1000000000"));
        world
    }

    pub fn rates(&self) -> Rates {
        Rates::new(self.rows.clone())
    }

    pub fn set_rate(&mut self, from: PoolDay, rate: Ratio, now: Timestamp) {
        let (row, product) = self.product.rated(&self.rates(), from, rate, "op", now).unwrap();
        self.rows.push(row);
        self.product = product;
    }

    pub fn wallet(&self) -> AccountKey {
        Purse::Wallet(Asset::new("USDT").unwrap()).account(USER)
    }

    pub fn balance(&self, account: &AccountKey) -> Amount {
        self.balances.get(account).copied().unwrap_or_default()
    }

    pub fn principal(&self) -> Amount {
        self.balance(&principal_of(USER, &self.product.asset))
    }

    pub fn funding(&self) -> Amount {
        self.balance(&funding_of(self.product.id, &self.product.asset))
    }

    pub fn fund(&mut self, amount: Amount) {
        let reference = self.reference();
        let posting = fund(&self.product, amount, &reference, "op").unwrap();
        self.apply(posting);
    }

    pub fn begins(&self, day: PoolDay) -> Timestamp {
        self.product.calendar.begins(day)
    }

    fn reference(&mut self) -> String {
        self.references += 1;
        format!("r{}", self.references)
    }

    pub fn held(&self) -> Amount {
        Amount::sum(self.holdings.values().map(|holding| holding.subscribed)).unwrap()
    }

    pub fn try_subscribe(&mut self, amount: Amount, renews: bool, now: Timestamp) -> Result<i64, PoolRefusal> {
        let id = i64::try_from(self.holdings.len()).unwrap() + 1;
        let reference = self.reference();
        let (posting, _) = subscribe(&Subscribing {
            product: &self.product,
            held: self.held(),
            id: HoldingId(id),
            user: USER,
            referrer: self.product.commission.is_positive().then_some(REFERRER),
            amount,
            renews,
            reference: &reference,
            now,
        })?;
        self.apply(posting);
        Ok(id)
    }

    pub fn subscribe(&mut self, amount: Amount, now: Timestamp) -> i64 {
        self.try_subscribe(amount, false, now).unwrap()
    }

    pub fn add(&mut self, id: i64, amount: Amount, now: Timestamp) -> Result<(), PoolRefusal> {
        let reference = self.reference();
        let (posting, _) = add(&Adding {
            product: &self.product,
            rates: &self.rates(),
            holding: &self.holdings[&id],
            held: self.held(),
            funding: self.funding(),
            amount,
            reference: &reference,
            now,
        })?;
        self.apply(posting);
        Ok(())
    }

    pub fn redeem(&mut self, id: i64, amount: Option<Amount>, now: Timestamp) -> Result<Left, PoolRefusal> {
        let reference = self.reference();
        let left = redeem(&Redeeming {
            product: &self.product,
            rates: &self.rates(),
            holding: &self.holdings[&id],
            amount,
            held: self.held(),
            funding: self.funding(),
            reference: &reference,
            now,
        })?;
        self.apply(left.posting.clone());
        Ok(left)
    }

    /// All due days in order, each with what has matured after it, as the jobs do it; page by page of two.
    pub fn run(&mut self, now: Timestamp) {
        self.correct(now);
        for day in self.product.due(now).collect::<Vec<_>>() {
            self.distribute(day, now).unwrap();
            self.mature(day.next(), now);
        }
        self.mature(self.product.today(now), now);
    }

    /// One day; `Err` with what is due when a page cannot be paid.
    pub fn distribute(&mut self, day: PoolDay, now: Timestamp) -> Result<(), Amount> {
        let behind = self
            .holdings
            .values()
            .filter(|row| row.state.is_held() && row.accrued_through < day);
        let behind: Vec<Holding> = behind.cloned().collect();
        for page in behind.chunks(2) {
            let (product, rates) = (&self.product, self.rates());
            let batch = distribute(product, &rates, day, page.to_vec(), self.funding(), now).unwrap();
            if batch.is_short() {
                return Err(batch.due);
            }
            self.apply(batch.posting);
        }
        self.product.distributed_through = self.product.distributed_through.max(day);
        Ok(())
    }

    pub fn mature(&mut self, today: PoolDay, now: Timestamp) {
        let held = self.holdings.values().filter(|row| row.state.is_held());
        let held: Vec<Holding> = held.cloned().collect();
        let batch = mature(&self.product, &self.rates(), today, held, self.funding(), now).unwrap();
        self.apply(batch.posting);
    }

    pub fn correct(&mut self, now: Timestamp) -> Option<Batch> {
        let from = self.product.correct_from?;
        let recorded = self.holdings.values().map(|holding| Recorded {
            holding: holding.clone(),
            accruals: self
                .accruals
                .values()
                .filter(|line| line.holding == holding.id && line.day >= from)
                .copied()
                .collect(),
        });
        let batch = correct(&self.product, &self.rates(), recorded.collect(), self.funding(), now).unwrap();
        self.apply(batch.posting.clone());
        self.product.correct_from = None;
        Some(batch)
    }

    pub fn pay_arrears(&mut self, now: Timestamp) {
        let all = self.holdings.values().cloned().collect();
        let batch = arrears(&self.product, all, self.funding(), now).unwrap();
        self.apply(batch.posting);
    }

    /// Books a posting as the ledger and the store do, or stops the test.
    pub fn apply(&mut self, posting: EscrowPosting) {
        self.recorded.push(posting.clone());
        for (row, version) in &posting.guards {
            let stored = match row {
                GuardedRow::Product(_) => self.product.version,
                GuardedRow::Holding(id) => self.holdings[&id.0].version,
                other => panic!("{other:?} is no row of a pool"),
            };
            assert_eq!(stored, *version, "{row:?}");
        }
        for entry in &posting.entries {
            assert!(self.keys.insert(entry.key.to_string()), "{} is posted twice", entry.key);
            let sum = Amount::sum(entry.lines.iter().map(|(_, amount)| *amount));
            assert_eq!(sum, Ok(Amount::ZERO), "{}", entry.key);
            for (account, amount) in &entry.lines {
                let balance = self.balances.entry(account.clone()).or_default();
                *balance = balance.plus(*amount).unwrap();
                assert!(
                    !account.kind.is_floored() || !balance.is_negative(),
                    "{account} falls to {balance}"
                );
            }
        }
        for row in posting.rows {
            self.write(row);
        }
        self.check();
    }

    fn write(&mut self, row: Change) {
        match row {
            Change::Pool(PoolChange::UpdateProduct(product)) => {
                self.product = *product;
                self.product.version += 1;
            }
            Change::Pool(PoolChange::AddHolding(holding)) => {
                assert!(self.holdings.insert(holding.id.0, *holding).is_none());
            }
            Change::Pool(PoolChange::UpdateHoldings(holdings)) => {
                for mut holding in holdings {
                    holding.version += 1;
                    self.holdings.insert(holding.id.0, holding);
                }
            }
            Change::Pool(PoolChange::AddAccruals(lines)) => {
                for line in lines {
                    let key = (line.holding.0, line.day, line.number);
                    assert!(self.accruals.insert(key, line).is_none(), "{key:?} accrues twice");
                }
            }
            Change::Pool(PoolChange::TallyDays(tallies)) => {
                for tally in tallies {
                    let day = self.days.entry(tally.day).or_default();
                    *day = day.plus(&tally.added).unwrap();
                }
            }
            other => panic!("{other:?} is no row of a pool"),
        }
    }

    /// What must hold after every posting: POO-2, POO-3 and the sums of days.
    fn check(&self) {
        assert_eq!(self.product.sold, self.held());
        assert!(self.product.sold <= self.product.quota);
        let holdings = || self.holdings.values();
        let principal = Amount::sum(holdings().map(|row| row.principal().unwrap())).unwrap();
        assert_eq!(self.principal(), principal);
        for row in holdings() {
            assert_eq!(
                Amount::sum([row.paid, row.unpaid, row.forfeited]),
                Ok(row.earned),
                "{row:?}"
            );
            assert!((0..10_000_000_000).contains(&row.residue));
            assert!(!row.earning.is_negative() && !row.pending.is_negative() && !row.paid.is_negative());
        }
        let days = || self.days.values();
        let earned = Amount::sum(days().map(|day| day.earned)).unwrap();
        assert_eq!(Amount::sum(holdings().map(|row| row.earned)), Ok(earned));
        let paid = Amount::sum(days().map(|day| day.paid)).unwrap();
        assert_eq!(Amount::sum(holdings().map(|row| row.paid)), Ok(paid));
    }
}
