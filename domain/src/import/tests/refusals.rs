//! Every kind of bad row, by its line, field and rule; and what is left out with it.

use super::*;
use crate::import::Fate;

const GOOD: &str = "1,7,BTCUSDT,long,closed,2025-06-01 00:00:00,100,0,0";

fn order(field: &str, cell: &str) -> String {
    let names: Vec<&str> = ORDERS.split(',').collect();
    let mut cells: Vec<&str> = GOOD.split(',').collect();
    let at = names.iter().position(|name| *name == field).unwrap();
    cells[at] = cell;
    cells.join(",")
}

fn bad_order(field: &str, cell: &str) -> Vec<String> {
    let row = order(field, cell);
    told(&planned(&[&row], &[], &["7,1,0,0"]).bad)
}

#[test]
fn every_cell_of_an_order_that_breaks_a_rule_is_told() {
    let number = "must be a plain decimal number";
    let cases = [
        (
            "order_id",
            "",
            "must be 1 to 40 visible ASCII characters without spaces",
        ),
        (
            "user_id",
            "a b",
            "must be 1 to 40 visible ASCII characters without spaces",
        ),
        ("user_id", "9", "user 9 has no wallet"),
        ("symbol", "", "must be 1 to 40 visible ASCII characters without spaces"),
        ("side", "1", "must be long or short"),
        ("status", "2", "must be a word for closed or open; `2` is neither"),
        ("realized_profit", "NaN", number),
        ("realized_profit", "1e3", number),
        (
            "realized_profit",
            "0.000000001",
            "number has more than 8 decimal places",
        ),
        ("realized_profit", "99999999999", "number is out of range"),
        ("realized_profit", "", "a closed order needs its profit"),
        ("power_consumed", "2", "must be 0 or 1"),
        ("power_amount", "-1", "must not be negative"),
        ("closed_at", "", "a closed order needs its close time"),
        (
            "closed_at",
            "2026-01-01 00:00:01",
            "2026-01-01T00:00:01.000Z is in the future",
        ),
    ];
    for (field, cell, reason) in cases {
        assert_eq!(
            bad_order(field, cell),
            [format!("orders 2 {field}: {reason}")],
            "{field} `{cell}`"
        );
    }
    assert!(bad_order("closed_at", "0000-00-00 00:00:00")[0].starts_with("orders 2 closed_at: must be a time"));
    let marked = "is marked as charged, but neither power_amount nor a charge says how much";
    assert_eq!(
        bad_order("power_consumed", "1"),
        [format!("orders 2 power_amount: {marked}")]
    );
    let short = planned(&["1,7,BTCUSDT"], &[], &["7,1,0,0"]);
    assert_eq!(told(&short.bad)[0], "orders 2 row: has 3 cells, the heading has 9");
}

#[test]
fn every_charge_that_fits_no_order_of_its_user_is_told() {
    let open = "2,7,BTCUSDT,long,open,,,0,0";
    let charge = |row: &str| told(&planned(&[GOOD, open], &[row], &["7,1,0,0", "8,1,0,0"]).bad);
    let cases = [
        ("5,9,1,1,1750000000,", "user_id: user 9 has no wallet"),
        ("5,7,3,1,1750000000,", "order_id: there is no order 3"),
        (
            "5,7,,1,1750000000,",
            "order_id: must be 1 to 40 visible ASCII characters without spaces",
        ),
        ("5,7,0,1,1750000000,", "order_id: there is no order 0"),
        ("5,8,1,1,1750000000,", "user_id: order 1 is of user 7"),
        ("5,7,2,1,1750000000,", "order_id: order 2 is not closed"),
        ("5,7,1,0,1750000000,", "amount: must be above zero"),
        ("5,7,1,-1,1750000000,", "amount: must be above zero"),
        ("5,7,1,nan,1750000000,", "amount: must be a plain decimal number"),
        ("5,7,1,1,1750000000,coin", "purse: must be power or gift_power"),
    ];
    for (row, reason) in cases {
        assert_eq!(charge(row), [format!("power_consume 2 {reason}")], "{row}");
    }
    assert!(charge("5,7,1,1,,")[0].starts_with("power_consume 2 created_at: must be a time"));
}

#[test]
fn every_wallet_that_breaks_a_rule_is_told() {
    let wallet = |row: &str| told(&planned(&[], &[], &[row]).bad);
    assert_eq!(wallet("7,-0.00000001,0,0"), ["wallets 2 power: must not be negative"]);
    assert_eq!(wallet("7,,0,0"), ["wallets 2 power: must be a plain decimal number"]);
    assert_eq!(
        wallet("7,0,1.123456789,0"),
        ["wallets 2 gift_power: number has more than 8 decimal places"]
    );
    assert_eq!(wallet("7,0,0,-5"), ["wallets 2 wallet: USDT: must not be negative"]);
    let huge = planned(&[GOOD], &["5,7,1,80000000000,1750000000,"], &["7,80000000000,0,0"]);
    assert_eq!(
        told(&huge.bad),
        ["wallets 2 power: with all that was charged it leaves the range of amounts"]
    );
    let total = plan(read(&[], &[], &["7,80000000000,0,0", "8,0,80000000000,0"]), NOW);
    assert_eq!(
        total.unwrap_err().to_string(),
        "the total of power leaves the range of the ledger"
    );
}

#[test]
fn ids_that_stand_in_two_rows_are_told_in_both() {
    let other = "1,8,BTCUSDT,long,closed,2025-06-01 00:00:00,100,0,0";
    let charge = "5,7,1,1,1750000000,";
    let plan = planned(
        &[GOOD, other],
        &[charge, charge],
        &["7,1,0,0", "8,1,0,0", "9,1,0,0", "9,1,0,0"],
    );
    assert_eq!(
        told(&plan.bad),
        [
            "orders 2 order_id: is also in line 3",
            "orders 3 order_id: is also in line 2",
            "power_consume 2 id: is also in line 3",
            "power_consume 3 id: is also in line 2",
            "wallets 4 user_id: is also in line 5",
            "wallets 5 user_id: is also in line 4",
        ]
    );
    assert_eq!(plan.users, []);
}

/// Users 7, 8 and 9 each with a profitable order that was never charged: 1, 2 and 3.
fn left_out(charges: &[&str]) -> (Vec<String>, Vec<String>) {
    let rows = [("1", "7"), ("2", "8"), ("3", "9")];
    let rows = rows.map(|(id, user)| format!("{id},{user},BTCUSDT,long,closed,2025-06-01 00:00:00,100,0,0"));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let plan = planned(&rows, charges, &["7,1,0,0", "8,1,0,0", "9,1,0,0"]);
    assert!(
        plan.users
            .iter()
            .flat_map(|user| &user.orders)
            .all(|order| order.fate == Fate::Pending)
    );
    let left = plan.left_out.iter().map(|out| {
        let (orders, charges, wallets) = (&out.orders, &out.charges, &out.wallets);
        format!("{} by {}: {orders:?} {charges:?} {wallets:?}", out.user, out.because)
    });
    (
        left.collect(),
        plan.users.iter().map(|user| user.id.to_string()).collect(),
    )
}

#[test]
fn s1_05_a_charge_on_somebody_elses_order_leaves_both_users_out() {
    let (left, stay) = left_out(&["5,8,1,1,1750000000,"]);
    assert_eq!(
        left,
        [
            "7 by power_consume line 2: [2] [] [2]",
            "8 by power_consume line 2: [3] [2] [3]"
        ]
    );
    assert_eq!(stay, ["9"]);
}

#[test]
fn s1_08_a_charge_that_cannot_be_read_is_no_zero_its_order_is_left_out() {
    let (left, stay) = left_out(&["5,?? ,1,abc,1750000000,", "6,8,2,oops,1750000000,"]);
    assert_eq!(
        left,
        [
            "7 by power_consume line 2: [2] [] [2]",
            "8 by power_consume line 3: [3] [] [3]"
        ]
    );
    assert_eq!(stay, ["9"]);
}

#[test]
fn s1_08_a_charge_that_names_nobody_cannot_be_left_out() {
    let plan = planned(&[GOOD], &["5,,,1,1750000000,", "6,,1,1,1750000000,"], &["7,1,0,0"]);
    let can: Vec<_> = plan
        .bad
        .iter()
        .map(|bad| (bad.line, bad.field, bad.can_be_skipped()))
        .collect();
    assert_eq!(
        can,
        [(2, "user_id", false), (2, "order_id", false), (3, "user_id", true)]
    );
}

#[test]
fn a_charge_for_a_bad_order_is_left_out_with_its_user() {
    let nobodys = "1,,BTCUSDT,long,closed,2025-06-01 00:00:00,100,0,0";
    let plan = planned(&[nobodys], &["5,7,1,1,1750000000,"], &["7,1,0,0"]);
    assert_eq!(told(&plan.bad).len(), 1);
    assert_eq!(
        (plan.left_out[0].user.as_str(), plan.left_out[0].because.as_str()),
        ("7", "orders line 2")
    );
    assert_eq!(plan.left_out[0].charges, [2]);
    assert_eq!(plan.users, []);
}

#[test]
fn a_bad_wallet_leaves_its_user_out_and_is_told_once() {
    let plan = planned(&[GOOD], &["5,7,1,1,1750000000,"], &["7,x,0,0", "8,1,0,0"]);
    assert_eq!(told(&plan.bad), ["wallets 2 power: must be a plain decimal number"]);
    assert_eq!((plan.left_out.len(), plan.users.len()), (1, 1));
    assert_eq!(
        (&plan.left_out[0].orders, &plan.left_out[0].charges),
        (&vec![2], &vec![2])
    );
}
