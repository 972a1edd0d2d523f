//! Stories of what a position's profit is made of and settled on, with exact values.

use super::*;
use crate::id::DebtId;
use crate::ledger::EntrySeq;
use crate::market::Action;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn opening() -> Position {
    Position {
        id: PositionId(1),
        robot: Some(RobotId(2)),
        user: UserId(3),
        account: VenueAccountId(4),
        venue: VenueName::Paper,
        symbol: Symbol::new("BTCUSDT"),
        side: Side::Long,
        origin: Origin::Robot,
        state: PositionState::Opening,
        quantity: Quantity::ZERO,
        entered: Quantity::ZERO,
        entry_notional: Amount::ZERO,
        exit_notional: Amount::ZERO,
        realised: Amount::ZERO,
        fees: Amount::ZERO,
        funding: Amount::ZERO,
        leverage: 10,
        margin_mode: MarginMode::Cross,
        exits: None,
        peak: None,
        profit_basis: ProfitBasis::Net,
        provenance: Provenance::default(),
        settlement: Settlement::NotYet,
        carry: None,
        settled_profit: None,
        corrections: 0,
        opened_at: None,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        version: 1,
    }
}

fn fill(id: Option<&str>, action: Action, realised: &str, at: i64) -> PositionEvent {
    PositionEvent::Filled(FillEffect {
        venue_fill: id.map(ToOwned::to_owned),
        reducing: action == Action::Sell,
        quantity: "1".parse().unwrap(),
        notional: amount("100"),
        fee: amount("0.1"),
        realised: amount(realised),
        reason: CloseReason::Manual,
        at: Timestamp(at),
    })
}

fn told(position: Position, events: impl IntoIterator<Item = PositionEvent>) -> Position {
    let take = |position: Position, event| position.on(event, Timestamp(100)).unwrap();
    events.into_iter().fold(position, take)
}

#[test]
fn provenance_counts_what_the_venue_reported() {
    let events = [
        fill(Some("f1"), Action::Buy, "0", 10),
        PositionEvent::Funded(amount("-0.2")),
        fill(Some("f3"), Action::Buy, "0", 30),
        fill(Some("f2"), Action::Sell, "5", 20),
        PositionEvent::Funded(amount("0.1")),
        fill(Some("f4"), Action::Sell, "5", 40),
    ];
    let half = told(opening(), events[..4].to_vec());
    assert_eq!(
        half.provenance,
        Provenance {
            source: ProfitSource::Venue,
            fills: 3,
            incomes: 1,
            newest_fill: Some(FillMark {
                venue_id: "f3".to_owned(),
                at: Timestamp(30)
            }),
        }
    );
    let whole = told(half, events[4..].to_vec());
    assert_eq!((whole.provenance.fills, whole.provenance.incomes), (4, 2));
    assert_eq!(whole.closed_profit(), Some(amount("9.5")));
}

#[test]
fn a_quantity_without_a_fill_is_not_the_venues_word() {
    let position = told(opening(), [fill(None, Action::Buy, "0", 10)]);
    assert_eq!(position.provenance.source, ProfitSource::Inferred);
    assert_eq!((position.provenance.fills, position.provenance.newest_fill), (0, None));
}

#[test]
fn a_correction_is_due_where_the_ledger_settled_on_another_profit() {
    let (power, rate) = (amount("1"), "0.1".parse().unwrap());
    let (entry, debt) = (EntrySeq(1), DebtId(1));
    let closed = told(
        opening(),
        [
            fill(Some("f1"), Action::Buy, "0", 10),
            fill(Some("f2"), Action::Sell, "10", 20),
        ],
    );
    assert_eq!((closed.settlement, closed.is_unsettled()), (Settlement::Pending, true));
    assert_eq!(closed.unsettled_profit(), amount("9.8"));
    let settled = |settlement, on: Option<&str>| {
        let settled = Position {
            settlement,
            settled_profit: on.map(amount),
            ..closed.clone()
        };
        assert_eq!(settled.is_unsettled(), settled.correction_due());
        (settled.correction_due(), settled.unsettled_profit().to_string())
    };
    let due = |difference: &str| (true, difference.to_owned());
    let done = (false, "0".to_owned());
    let charged = Settlement::Charged { power, rate, entry };
    assert_eq!(settled(charged, Some("9.8")), done);
    assert_eq!(settled(charged, Some("9")), due("0.8"));
    assert_eq!(settled(charged, Some("12")), due("2.2"));
    assert_eq!(settled(charged, Some("-3")), due("9.8"));
    assert_eq!(settled(Settlement::Owed { power, rate, debt }, Some("9")), due("0.8"));
    assert_eq!(settled(Settlement::NothingDue, Some("9")), due("0.8"));
    assert_eq!(settled(Settlement::NothingDue, None), done);
    assert_eq!(settled(Settlement::Exempt, Some("9")), done);
    assert_eq!(settled(Settlement::Waived { power, rate }, Some("9")), done);
}

mod reserved {
    use std::time::Duration;

    use super::*;
    use crate::ledger::{Hold, HoldState};

    const GRACE: Duration = Duration::from_secs(60);

    #[test]
    fn power_to_reserve_is_margin_times_expected_profit_times_rate_rounded_half_up() {
        let reserve = |notional: &str, leverage, expected: &str, rate: &str| {
            let (expected, rate) = (expected.parse().unwrap(), rate.parse().unwrap());
            let power = power_to_reserve(amount(notional), leverage, expected, rate);
            power.unwrap().to_string()
        };
        assert_eq!(reserve("204", 10, "0.1", "0.1"), "0.204");
        assert_eq!(reserve("0.00000015", 1, "1", "0.1"), "0.00000002");
        assert_eq!(reserve("100", 3, "0.1", "0.1"), "0.33333333");
        assert_eq!(reserve("100", 0, "0.1", "0"), "0");
        assert_eq!(reserve("100", 1, "-0.1", "0.1"), "0");
    }

    #[test]
    fn a_hold_is_kept_for_what_lives_or_will_be_settled_and_for_nothing_else() {
        let hold = Hold {
            position: PositionId(1),
            user: UserId(3),
            gift: Amount::ZERO,
            power: amount("1"),
            entry: EntrySeq(1),
            expires_at: Timestamp(1_000_000),
            state: HoldState::Held,
            created_at: Timestamp(0),
        };
        let (early, late) = (Timestamp(1_000_000), Timestamp(1_000_001));
        let judge = |position: Option<&Position>, now| Reserved::judge(&hold, position, now, GRACE);
        for live in [opening(), told(opening(), [fill(Some("f1"), Action::Buy, "0", 10)])] {
            assert_eq!(judge(Some(&live), late), Reserved::Keep, "it lives");
        }
        let closed = |realised| {
            told(
                opening(),
                [
                    fill(Some("f1"), Action::Buy, "0", 10),
                    fill(Some("f2"), Action::Sell, realised, 20),
                ],
            )
        };
        assert_eq!(
            judge(Some(&closed("9")), early),
            Reserved::Keep,
            "its settlement ends it"
        );
        assert_eq!(judge(Some(&closed("9")), late), Reserved::Expire);
        assert_eq!(judge(Some(&closed("-9")), early), Reserved::GiveBack);
        let never = told(opening(), [PositionEvent::OpeningEnded]);
        assert_eq!(judge(Some(&never), early), Reserved::GiveBack);
        assert_eq!(judge(None, Timestamp(59_999)), Reserved::Keep, "it may still come");
        assert_eq!(judge(None, Timestamp(60_000)), Reserved::GiveBack);
        assert_eq!(
            judge(None, Timestamp(-60_000)),
            Reserved::GiveBack,
            "the clock was set back"
        );
        assert_eq!(judge(None, late), Reserved::Expire);
    }
}
