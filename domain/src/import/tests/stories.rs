//! What good tables come to.

use super::*;
use crate::id::{PositionId, UserId, VenueAccountId};
use crate::import::{Comparison, Declared, DeclaredKind, Fate, NoteKind, Placing};
use crate::position::Origin;
use crate::settlement::Settlement;

const CLOSED: &str = "2025-06-01 00:00:00";

fn order(id: &str, user: &str, profit: &str, flag: &str) -> String {
    format!("{id},{user},BTCUSDT,long,closed,{CLOSED},{profit},{flag}")
}

/// User 7 was charged twice for order 1, once for order 2, and never for order 3, which closed long ago.
fn three_orders() -> Plan {
    let orders = [
        order("1", "7", "100", "1,10"),
        order("2", "7", "5", "0,0"),
        "3,7,ETHUSDT,short,closed,2019-01-01 00:00:00,40,0,".to_owned(),
        order("4", "7", "-3", "0,0"),
        "5,7,ETHUSDT,short,open,,,0,".to_owned(),
    ];
    let charges = [
        "90,7,1,10,2025-06-01 00:00:09,",
        "12,7,1,10,2025-06-01 00:00:09,power",
        "11,7,2,0.50000001,2025-06-02 00:00:00,gift",
    ];
    let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
    planned(&orders, &charges, &["7,79.5,3,12.25", "8,0,0,0"])
}

#[test]
fn s1_01_the_first_charge_counts_and_every_other_is_refunded() {
    let plan = three_orders();
    assert_eq!(told(&plan.bad), [""; 0]);
    let report = report(&plan);
    assert!(report.reconciles);
    let refunds: Vec<_> = report
        .refunds
        .iter()
        .map(|line| (line.charge.as_str(), line.amount.to_string()))
        .collect();
    // Both were taken in the same second: the smaller number came first, though its line comes later.
    assert_eq!(refunds, [("90", "10".to_owned())]);
    let Fate::Charged { charge, amount, .. } = &plan.users[0].orders[0].fate else {
        panic!("order 1 was charged");
    };
    assert_eq!(
        (charge.as_ref().unwrap().as_str(), amount.to_string().as_str()),
        ("12", "10")
    );
    let totals: Vec<String> = report.totals.iter().map(ToString::to_string).collect();
    assert_eq!(
        totals,
        [
            "power: 79.5 before = 99.5 brought in - 10 charged - 10 charged too much; + 10 refunded = 89.5 after",
            "gift_power: 3 before = 3.50000001 brought in - 0.50000001 charged - 0 charged too much; \
             + 0 refunded = 3 after",
            "wallet:USDT: 12.25 before = 12.25 brought in - 0 charged - 0 charged too much; \
             + 0 refunded = 12.25 after",
        ]
    );
}

#[test]
fn s0_03_what_was_never_charged_is_pending_however_old_and_the_rest_is_not() {
    let plan = three_orders();
    let fates: Vec<_> = plan.users[0]
        .orders
        .iter()
        .map(|order| (order.row.id.as_str(), &order.fate))
        .collect();
    assert!(matches!(fates[0].1, Fate::Charged { .. }) && matches!(fates[1].1, Fate::Charged { .. }));
    assert_eq!(fates[2..], [("3", &Fate::Pending), ("4", &Fate::NothingDue)]);
    let report = report(&plan);
    assert_eq!((report.orders.charged, report.orders.charged_twice), (2, 1));
    assert_eq!(
        (report.orders.pending, report.orders.nothing_due, report.orders.open),
        (1, 1, 1)
    );
    assert_eq!(report.pending[0].closed_at.to_string(), "2019-01-01T00:00:00.000Z");
    assert_eq!(report.pending_profit.to_string(), "40");
    let kinds: Vec<_> = plan.notes.iter().map(|note| (note.order.as_str(), note.kind)).collect();
    assert_eq!(kinds, [("2", NoteKind::ChargedWithoutFlag), ("5", NoteKind::OpenOrder)]);
}

#[test]
fn s0_03_an_order_that_only_says_that_it_was_charged_counts_as_charged() {
    let orders = [order("1", "7", "100", "1,10"), order("2", "7", "-1", "1,0.1")];
    let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
    let plan = planned(&orders, &[], &["7,1,0,0"]);
    let report = report(&plan);
    assert_eq!((report.orders.charged, report.orders.pending), (2, 0));
    assert_eq!(report.totals[0].opening.to_string(), "11.1");
    assert!(report.reconciles && report.refunds.is_empty());
    let kinds: Vec<_> = plan.notes.iter().map(|note| note.kind).collect();
    let by_flag = NoteKind::ChargedByFlag;
    assert_eq!(kinds, [by_flag, by_flag, NoteKind::ChargedWithoutProfit]);
}

#[test]
fn s0_03_a_charged_position_is_exempt_until_the_ledger_has_its_charge() {
    let plan = three_orders();
    let placing = Placing {
        source: Source::new("old").unwrap(),
        now: NOW,
    };
    let settlements: Vec<_> = plan.users[0]
        .orders
        .iter()
        .map(|order| placing.position(order, PositionId(1), UserId(1), VenueAccountId(1)))
        .inspect(|position| assert_eq!(position.origin, Origin::Imported))
        .map(|position| position.settlement)
        .collect();
    use Settlement::{Exempt, NothingDue, Pending};
    assert_eq!(settlements, [Exempt, Exempt, Pending, NothingDue]);
    let user = placing.user(&plan.users[0].id, UserId(1));
    assert_eq!(user.name, "old:7");
}

/// What was declared of a plan, as it comes back from the store.
fn declared(plan: &Plan) -> Vec<Declared> {
    let fresh = Comparison::of(plan);
    let mut all = Vec::new();
    for user in &plan.users {
        let id = user.id.as_str();
        all.extend(fresh.declare("old", DeclaredKind::User, id, 1));
        all.extend(fresh.declare("old", DeclaredKind::Account, id, 2));
        for order in &user.orders {
            all.extend(fresh.declare("old", DeclaredKind::Order, order.row.id.as_str(), 3));
            let charges = order.charges.iter();
            all.extend(charges.filter_map(|row| fresh.declare("old", DeclaredKind::Charge, row.id.as_str(), 3)));
        }
    }
    all
}

#[test]
fn the_same_rows_are_found_again() {
    let plan = three_orders();
    let mut again = Comparison::of(&plan);
    declared(&plan).iter().for_each(|row| again.on_record(row));
    assert_eq!(again.conflicts(), []);
    assert_eq!(again.ours(DeclaredKind::Order, "3"), Some(3));
    assert_eq!(again.ours(DeclaredKind::Order, "5"), None);
}

#[test]
fn a_changed_row_is_told_with_its_field_and_a_missing_one_too() {
    let before = declared(&three_orders());
    let orders = [
        order("1", "7", "100.5", "1,10"),
        order("2", "7", "5", "0,0"),
        order("6", "8", "9", "0,0"),
    ];
    let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
    let charges = ["90,7,1,10,2025-06-01 00:00:09,", "12,7,1,10,2025-06-01 00:00:09,power"];
    let mut now = Comparison::of(&planned(&orders, &charges, &["7,79.5,3,12.25", "8,0,0,0"]));
    before.iter().for_each(|row| now.on_record(row));
    let told: Vec<String> = now
        .conflicts()
        .iter()
        .map(|one| {
            let line = one.line.unwrap_or_default();
            format!(
                "{} {line} {} {}: {} > {}",
                one.file.as_str(),
                one.id,
                one.field,
                one.imported,
                one.now
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "orders 0 3 row: was there > is missing or left out",
            "orders 0 4 row: was there > is missing or left out",
            "orders 2 1 realized_profit: 100 > 100.5",
            "power_consume 0 11 row: was there > is missing or left out",
            "wallets 2 7 with all charges gift_power: 3.50000001 > 3",
        ]
    );
}
