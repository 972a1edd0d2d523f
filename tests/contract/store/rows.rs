//! What is written is read back, whole and unchanged.

use std::sync::Arc;

use domain::access::{Audit, Role, Token};
use domain::alert::AlertKind;
use domain::change::Change;
use domain::id::{AuditId, DebtId, PositionId, RobotId, TokenId, UserId};
use domain::ledger::{AccountKind, Asset, EntryKind, EntrySeq, LedgerWrite};
use domain::order::{Order, OrderState, Purpose};
use domain::page::Page;
use domain::pause::{Pause, PauseScope};
use domain::position::{CloseReason, Origin, Position, PositionState, ProfitBasis, ProfitSource, Provenance};
use domain::robot::{RiskPreference, Wanted};
use domain::settlement::Settlement;
use domain::time::Timestamp;
use domain::user::PowerRate;
use domain::venue::{Cursor, FillCause, OrderKind, VenueName, VenueOrderId};

use super::databases::Ground;
use super::samples::*;

pub async fn every_kind_of_row_is_read_back_as_it_was_written(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    assert_eq!(store.user(USER).await.unwrap(), Some(user(7)));
    assert_eq!(store.user(UserId(8)).await.unwrap(), None);
    assert_eq!(
        store.venue_account(ACCOUNT).await.unwrap(),
        Some(venue_account(70, USER))
    );
    assert_eq!(store.robot(ROBOT).await.unwrap(), Some(robot(700)));
    assert_eq!(store.robots_on(ACCOUNT).await.unwrap(), [robot(700)]);

    let rates = [(None, "0.1"), (Some(USER), "0.0500000001")].map(|(user, rate)| PowerRate {
        user,
        rate: rate.parse().unwrap(),
        effective_from: Timestamp(5),
    });
    for rate in rates {
        commit(&*store, Change::AddPowerRate(rate)).await;
    }
    assert_eq!(store.power_rates(&[]).await.unwrap(), [rates[0]]);
    assert_eq!(store.power_rates(&[USER, UserId(8)]).await.unwrap(), rates);

    commit(&*store, add_position(&position(1))).await;
    commit(&*store, Change::AddFill(Box::new(fill(1, 1)))).await;
    commit(&*store, Change::AddIncome(Box::new(income(1)))).await;
    assert_eq!(store.fills_of(PositionId(1)).await.unwrap(), [fill(1, 1)]);
    let known = store
        .incomes_reported(ACCOUNT, &["i1".to_owned(), "i2".to_owned()])
        .await;
    assert_eq!(known.unwrap(), [income(1)]);

    let to = Cursor("{\"fill\":12}".to_owned());
    let (account, from) = (ACCOUNT, Cursor::default());
    assert_eq!(store.cursor(ACCOUNT).await.unwrap(), Cursor::default());
    commit(
        &*store,
        Change::MoveCursor {
            account,
            from,
            to: to.clone(),
        },
    )
    .await;
    assert_eq!(store.cursor(ACCOUNT).await.unwrap(), to);

    // What was written is still there for the next process.
    let second = ground.open().await;
    assert_eq!(second.position(PositionId(1)).await.unwrap(), Some(position(1)));
}

pub async fn lines_of_the_audit_trail_are_read_back(ground: Arc<Ground>) {
    let store = ground.open().await;
    let audit = Audit {
        id: AuditId(1),
        at: Timestamp(1),
        by: "cli:root".to_owned(),
        action: "robot.start".to_owned(),
        subject: "robot:700".to_owned(),
        reason: "it's \"time\"\n".to_owned(),
        origin: Some("cli uid=0 host='x'".to_owned()),
    };
    commit(&*store, Change::AddAudit(audit.clone())).await;
    refused(&*store, Change::AddAudit(audit.clone())).await;
    let older = Audit {
        id: AuditId(2),
        origin: None,
        ..audit.clone()
    };
    commit(&*store, Change::AddAudit(older.clone())).await;
    assert_eq!(store.audits(Page::first(10)).await.unwrap(), [audit, older.clone()]);
    assert_eq!(store.audits(Page::after(1, 10)).await.unwrap(), [older]);
}

/// A position whose profit is derived, because it shared a net.
fn sharing(id: i64) -> Position {
    Position {
        carry: Some(amount("0")),
        provenance: Provenance {
            source: ProfitSource::Derived,
            ..position(id).provenance
        },
        ..position(id)
    }
}

pub async fn every_state_of_a_position_is_read_back(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    let reason = CloseReason::LiquidationGuard;
    let (at, profit) = (Timestamp(9), amount("-4.00000001"));
    let (power, rate) = (amount("0.4"), tenth());
    let over = PositionState::Closed { at, reason, profit };
    let (entry, debt) = (EntrySeq(4), DebtId(5));
    let states = [
        (PositionState::Opening, Settlement::NotYet),
        (PositionState::Open, Settlement::NotYet),
        (PositionState::Closing { reason }, Settlement::NotYet),
        (PositionState::Abandoned { at }, Settlement::NotYet),
        (over, Settlement::Pending),
        (over, Settlement::NothingDue),
        (over, Settlement::Exempt),
        (over, Settlement::Charged { power, rate, entry }),
        (over, Settlement::Owed { power, rate, debt }),
        (over, Settlement::Waived { power, rate }),
    ];
    let mut written = Vec::new();
    for (id, (state, settlement)) in (1..).zip(states) {
        let position = Position {
            state,
            settlement,
            settled_profit: (id > 6).then(|| amount("-4.5")),
            carry: (id > 4).then(|| amount("-3.00000001")),
            corrections: u32::try_from(id).unwrap(),
            ..position(id)
        };
        written.push(position);
    }
    let bare = Position {
        robot: None,
        exits: None,
        peak: None,
        opened_at: None,
        origin: Origin::External,
        provenance: Provenance::default(),
        ..position(11)
    };
    written.extend([bare, sharing(12)]);
    for position in &written {
        commit(&*store, add_position(position)).await;
    }
    assert_eq!(
        store.positions(Default::default(), Page::first(20)).await.unwrap(),
        written
    );
}

pub async fn every_state_of_an_order_is_read_back(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    commit(&*store, add_position(&position(1))).await;
    let states = [
        OrderState::Submitting,
        OrderState::InDoubt,
        OrderState::Open,
        OrderState::PartlyFilled,
        OrderState::Filled,
        OrderState::Cancelled,
        OrderState::Refused {
            reason: "-2019 margin".to_owned(),
        },
        OrderState::Expired,
    ];
    let mut written = Vec::new();
    for (id, state) in (1..).zip(states) {
        let order = Order {
            state,
            kind: OrderKind::Limit {
                price: "60000.0000000001".parse().unwrap(),
            },
            venue_id: Some(VenueOrderId(format!("v{id}"))),
            filled: "0.5".parse().unwrap(),
            average_price: Some("59999.9999999999".parse().unwrap()),
            purpose: Purpose::Close,
            reduce_only: id % 2 == 0,
            robot: None,
            ..order(id, 1)
        };
        commit(&*store, add_order(&order)).await;
        written.push(order);
    }
    assert_eq!(
        store.orders(Default::default(), Page::first(20)).await.unwrap(),
        written
    );
    let found = store.order_by_client_id(&written[3].client_id).await.unwrap();
    assert_eq!(found, Some(written[3].clone()));
    assert_eq!(store.order(written[7].id).await.unwrap(), Some(written[7].clone()));
}

// The tables list the names that they accept: a new variant needs a migration.

pub async fn every_name_in_the_ledger_is_accepted(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for (id, kind) in (10..).zip(AccountKind::ALL) {
        let mut account = account(id, kind, 99);
        account.key.asset = Asset::new("USDT").unwrap();
        let opened = vec![account];
        commit(
            &*store,
            ledger(LedgerWrite {
                opened,
                ..LedgerWrite::default()
            }),
        )
        .await;
    }
    for (seq, kind) in (1..).zip(EntryKind::ALL) {
        let mut write = transfer(seq, &format!("k{seq}"), (1, 1 - seq), (2, seq - 1), 1);
        write.entries[0].kind = kind;
        commit(&*store, ledger(write)).await;
    }
    let entries = store.entries(Default::default(), Page::first(50)).await.unwrap();
    let kinds: Vec<EntryKind> = entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, EntryKind::ALL);
}

pub async fn every_name_in_trading_is_accepted(ground: Arc<Ground>) {
    let store = furnished(&ground).await;
    for (id, reason) in (1..).zip(CloseReason::ALL) {
        let mut position = position(id);
        position.state = PositionState::Closing { reason };
        position.profit_basis = ProfitBasis::Gross;
        commit(&*store, add_position(&position)).await;
        assert_eq!(store.position(position.id).await.unwrap(), Some(position));
    }
    for (number, cause) in (1..).zip(FillCause::ALL) {
        let mut fill = fill(number, 1);
        fill.report.cause = cause;
        commit(&*store, Change::AddFill(Box::new(fill))).await;
    }
    assert_eq!(store.fills_of(PositionId(1)).await.unwrap().len(), FillCause::ALL.len());
    for (id, risk) in (1..).zip(RiskPreference::ALL) {
        let mut robot = robot(id);
        (robot.risk, robot.wanted) = (risk, Wanted::Stopped);
        commit(&*store, Change::AddRobot(Box::new(robot.clone()))).await;
        assert_eq!(store.robot(robot.id).await.unwrap(), Some(robot));
    }
}

pub async fn every_name_in_operations_is_accepted(ground: Arc<Ground>) {
    let store = ground.open().await;
    for (id, kind) in (1..).zip(AlertKind::ALL) {
        let mut alert = alert(id, "x");
        alert.kind = kind;
        commit(&*store, Change::RaiseAlert(alert.clone())).await;
        assert_eq!(store.open_alert(kind, "x").await.unwrap(), Some(alert));
    }
    let scopes = VenueName::ALL.map(PauseScope::Venue);
    let others = [
        PauseScope::Global,
        PauseScope::User(USER),
        PauseScope::Robot(RobotId(8)),
    ];
    for scope in scopes.into_iter().chain(others) {
        let said = Pause {
            scope,
            paused: true,
            by: "admin".to_owned(),
            reason: "test".to_owned(),
            at: Timestamp(1),
        };
        commit(&*store, Change::SetPause(said.clone())).await;
        assert!(store.pauses().await.unwrap().contains(&said));
    }
    for (id, role) in (1..).zip([Role::Viewer, Role::Operator, Role::Admin]) {
        let token = Token {
            id: TokenId(id),
            name: role.as_str().to_owned(),
            role,
            digest: format!("{id:064x}"),
            created_at: Timestamp(1),
            revoked_at: None,
        };
        commit(&*store, Change::AddToken(token.clone())).await;
        assert!(store.tokens().await.unwrap().contains(&token));
    }
}
