//! A life of power in steps, each of which may fail anywhere: recharge, hold, settle, correct, release, collect, waive
//! and reverse.

use std::time::Duration;

use bursar::actors::mail::{Post, PostReceipt, Purse, Settle};
use bursar::ports::store::Store;
use domain::change::Change;
use domain::id::{PositionId, UserId};
use domain::ledger::{EntryKey, PostAnswer, Release, Request, Reservation, Reversal, Transfer, Waiver};
use domain::page::Page;
use domain::position::{CloseReason, Position, PositionState};
use domain::settlement::Settlement;

use super::world::{START, World, commit, recharge};

/// User 7 pays, user 8 owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 100 for user 7.
    Recharge,
    /// 10 of it for a position.
    Hold,
    /// The position closed with 80: the hold pays 8, and 2 come back.
    Settle,
    /// It was 100: 2 more.
    Correct,
    /// 5 were held for a position that never was.
    Release,
    /// User 8 owes 5, and pays it in.
    Collect,
    /// User 8 owes 3 that nobody wants.
    Waive,
    /// User 7 was paid 7 that were not theirs.
    Reverse,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::Recharge,
        Self::Hold,
        Self::Settle,
        Self::Correct,
        Self::Release,
        Self::Collect,
        Self::Waive,
        Self::Reverse,
    ];

    /// What the crash points around its commit begin with.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recharge => "recharge",
            Self::Hold => "hold",
            Self::Settle => "settle",
            Self::Correct => "correct",
            Self::Release => "release",
            Self::Collect => "collect",
            Self::Waive => "waive",
            Self::Reverse => "reverse",
        }
    }

    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|step| step.name() == name).unwrap()
    }

    /// Brings about what it needs.
    pub async fn prepare(self, world: &World, life: i64) {
        match self {
            Self::Recharge | Self::Hold => {}
            Self::Settle => world.close(life, 7, "80").await,
            Self::Correct => revise(&*world.store, life, "100").await,
            Self::Release => {
                let receipt = ask(world, Request::Hold(held(life + 1, "5"))).await;
                assert!(is_new(&receipt.answer) || is_old(&receipt.answer), "{receipt:?}");
            }
            Self::Collect => owe(world, life + 2, "50").await,
            Self::Waive => owe(world, life + 3, "30").await,
            Self::Reverse => {
                world.recharge(&format!("wrong-{life}"), 7, Purse::Power, "7").await;
            }
        }
    }

    /// What it asks, once that is there; the same as long as it is asked in the same life.
    pub async fn request(self, store: &dyn Store, life: i64) -> Request {
        match self {
            Self::Recharge => Request::Recharge(paid(format!("first-{life}"), 7, "100")),
            Self::Hold => Request::Hold(held(life, "10")),
            Self::Settle | Self::Correct => Request::Settle(PositionId(life)),
            Self::Release => Request::Release(Release {
                position: PositionId(life + 1),
                expired: false,
            }),
            Self::Collect => Request::Recharge(paid(format!("late-{life}"), 8, "5")),
            Self::Waive => {
                let debts = store.debts(Some(UserId(8)), Page::first(100)).await.unwrap();
                let of_life = debts.iter().find(|debt| debt.position == PositionId(life + 3));
                Request::Waive(Waiver {
                    debt: of_life.unwrap().id,
                    by: "ops".to_owned(),
                    reason: "goodwill".to_owned(),
                })
            }
            Self::Reverse => {
                let key = EntryKey::recharge(&format!("wrong-{life}")).unwrap();
                let entries = store.entries_by_key(&[key]).await.unwrap();
                Request::Reverse(Reversal {
                    entry: entries[0].seq,
                    by: "ops".to_owned(),
                    reason: "another user's".to_owned(),
                })
            }
        }
    }
}

/// Asks the ledger as whoever asks does.
pub async fn ask(world: &World, request: Request) -> PostReceipt {
    world.ledger.send(Post { request }).await.unwrap().unwrap()
}

/// Whether it was posted by this very request.
pub const fn is_new(answer: &PostAnswer) -> bool {
    matches!(answer, PostAnswer::Created { .. })
}

/// Whether it was posted before.
pub const fn is_old(answer: &PostAnswer) -> bool {
    matches!(answer, PostAnswer::Exists { .. })
}

/// How it stands when `lives` lives went through every step once: nothing twice, nothing missing.
pub async fn assert_once(world: &World, lives: &[i64]) {
    let count = i64::try_from(lives.len()).unwrap();
    // 100 − 8 − 2.
    assert_eq!(world.power(7).await, (90 * count).to_string());
    assert_eq!(world.power(8).await, "0");
    for life in lives {
        let settled = world.position(*life).await;
        let power = match settled.settlement {
            Settlement::Charged { power, .. } => power.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!((power.as_str(), settled.corrections), ("10", 1), "life {life}");
        assert_eq!(
            world.position(life + 2).await.settlement.as_str(),
            "charged",
            "life {life}"
        );
        assert_eq!(
            world.position(life + 3).await.settlement.as_str(),
            "waived",
            "life {life}"
        );
    }
    let last = world.store.last_entry().await.unwrap();
    assert_eq!(last.0, 13 * count, "a fact is missing or booked twice");
    assert_eq!(world.finding().await, "");
}

fn held(position: i64, amount: &str) -> Reservation {
    Reservation {
        position: PositionId(position),
        user: UserId(7),
        amount: amount.parse().unwrap(),
        expires_at: START.after(Duration::from_secs(3_600)),
    }
}

fn paid(reference: String, user: i64, amount: &str) -> Transfer {
    let mail = recharge(&reference, user, Purse::Power, amount);
    Transfer {
        reference: mail.reference,
        user: mail.user,
        purse: mail.purse,
        amount: mail.amount,
        by: mail.by,
        remark: mail.remark,
    }
}

/// A close of user 8 for which there is no power.
async fn owe(world: &World, position: i64, profit: &str) {
    world.close(position, 8, profit).await;
    let position = PositionId(position);
    let receipt = world.ledger.send(Settle { position }).await.unwrap().unwrap();
    assert_eq!(receipt.settlement.as_str(), "owed", "{receipt:?}");
}

async fn revise(store: &dyn Store, id: i64, profit: &str) {
    let seen = store.position(PositionId(id)).await.unwrap().unwrap();
    let state = PositionState::Closed {
        at: START,
        reason: CloseReason::TakeProfit,
        profit: profit.parse().unwrap(),
    };
    commit(store, Change::UpdatePosition(Box::new(Position { state, ..seen }))).await;
}
