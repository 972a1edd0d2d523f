//! The auditor on pools: what it accepts, and which drift it names.

use std::sync::Arc;

use domain::fixed::Amount;
use domain::id::UserId;
use domain::ledger::verify::Verifier;
use domain::ledger::{
    Account, Entry, EntryKey, EscrowPosting, Facts, FreshIds, GuardedRow, Head, PostAnswer, Purse, Request, Rules,
    Transfer, decide,
};
use domain::settlement::PayOrder;
use domain::time::Timestamp;

use super::world::{USER, World, amount, day, flexible, ratio};

/// A ledger of its own beside a world of pools.
struct Books {
    accounts: Vec<Account>,
    entries: Vec<Entry>,
    head: Head,
}

impl Books {
    fn post(&mut self, request: Request, versions: Vec<(GuardedRow, u32)>) -> PostAnswer {
        let rules = Rules {
            pay_order: PayOrder::GiftFirst,
            default_rate: ratio("0.1"),
        };
        let next = i64::try_from(self.accounts.len()).unwrap() + 1;
        let facts = Facts {
            now: Timestamp(1),
            head: Some(self.head),
            accounts: self.accounts.clone(),
            fresh: FreshIds {
                accounts: next..next + 100,
                debts: 1..2,
            },
            users: vec![USER],
            versions,
            ..Facts::default()
        };
        let decision = decide(facts, &rules, &[request]);
        for touched in decision.touched {
            self.accounts.retain(|account| account.id != touched.id);
            self.accounts.push(touched);
        }
        self.entries.extend(decision.write.entries);
        self.head = decision.head;
        decision.answers[0].post.clone()
    }

    fn escrow(&mut self, posting: EscrowPosting) {
        let versions = posting.guards.clone();
        let answer = self.post(Request::Escrow(Arc::new(posting)), versions);
        assert!(matches!(answer, PostAnswer::Created { .. }), "{answer:?}");
    }

    /// The auditor's finding on these entries and the world's rows; empty when all holds.
    fn finding(&self, world: &World) -> String {
        let mut verifier = Verifier::new();
        self.accounts.iter().for_each(|account| verifier.account(account));
        verifier.accounts_are_read();
        self.entries.iter().for_each(|entry| verifier.entry(entry));
        verifier.open_window(self.head);
        self.accounts.iter().for_each(|account| verifier.account(account));
        world
            .holdings
            .values()
            .for_each(|holding| verifier.pool_holding(holding));
        verifier.pool_product(&world.product);
        let finding = verifier.finish().finding;
        finding.map(|finding| finding.to_string()).unwrap_or_default()
    }
}

/// A holding that was paid three days, and left in part.
fn story() -> (World, Books) {
    let mut world = World::open(flexible(), day("2026-03-01"), ratio("0.0001"));
    let mut books = Books {
        accounts: Vec::new(),
        entries: Vec::new(),
        head: Head::EMPTY,
    };
    let recharge = Transfer {
        reference: "r".to_owned(),
        user: UserId(7),
        purse: Purse::Wallet(world.product.asset.clone()),
        amount: amount("5000"),
        by: "ops".to_owned(),
        remark: String::new(),
    };
    books.post(Request::Recharge(recharge), Vec::new());
    world.recorded.clear();
    let noon = |world: &World, date: &str| Timestamp(world.begins(day(date)).0 + 43_200_000);
    let now = noon(&world, "2026-03-01");
    world.fund(amount("100"));
    let id = world.subscribe(amount("1000"), now);
    let now = noon(&world, "2026-03-05");
    world.run(now);
    world.redeem(id, Some(amount("400")), now).unwrap();
    for posting in std::mem::take(&mut world.recorded) {
        if !posting.entries.is_empty() {
            books.escrow(posting);
        }
    }
    (world, books)
}

#[test]
fn poo_1_to_3_hold_for_what_was_put_in_paid_and_taken_out() {
    let (world, books) = story();
    assert_eq!(books.finding(&world), "");
}

#[test]
fn poo_3_holding_that_says_it_was_paid_more_or_holds_more_is_named() {
    let (mut world, books) = story();
    let holding = world.holdings.get_mut(&1).unwrap();
    holding.paid = amount("0.4");
    assert_eq!(
        books.finding(&world),
        "POO-3: holding 1 has paid yield 0.4, but its entries come to 0.3"
    );
    let holding = world.holdings.get_mut(&1).unwrap();
    holding.paid = amount("0.3");
    holding.earning = amount("601");
    assert_eq!(
        books.finding(&world),
        "POO-3: holding 1 has principal 601, but its entries come to 600"
    );
    world.holdings.clear();
    world.product.sold = Amount::ZERO;
    let found = books.finding(&world);
    assert!(
        found.starts_with("POO-3: entry ") && found.ends_with("is about holding 1, which does not exist"),
        "{found}"
    );
}

#[test]
fn poo_2_s4_22_sold_that_is_not_what_holdings_count_is_named() {
    let (mut world, books) = story();
    world.product.sold = amount("599");
    let found = books.finding(&world);
    assert!(found.starts_with("POO-2: product 1 has sold 599 "), "{found}");
    world.product.sold = amount("600");
    world.product.quota = amount("500");
    assert!(books.finding(&world).starts_with("POO-2"), "{}", books.finding(&world));
}

#[test]
fn poo_1_day_that_is_paid_again_under_another_name_is_named() {
    let (mut world, mut books) = story();
    let paid = books
        .entries
        .iter()
        .find(|entry| entry.key.as_str() == "yield:1:2026-03-03");
    assert!(paid.is_some());
    world.recorded.clear();
    let now = world.begins(day("2026-03-06"));
    world.run(now);
    let paying = |posting: &EscrowPosting| !posting.entries.is_empty();
    let mut posting = std::mem::take(&mut world.recorded).into_iter().find(paying).unwrap();
    posting.entries[0].key = EntryKey::stored("yield:1:2026-03-01".to_owned());
    books.escrow(posting);
    let found = books.finding(&world);
    assert!(
        found.starts_with("POO-1: ") && found.contains("holding 1 was paid for that day before"),
        "{found}"
    );
}
