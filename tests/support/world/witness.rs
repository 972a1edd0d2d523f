//! Who watches every commit that is tried: only table moves (ORD-1), filled within the quantity (ORD-2).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use domain::change::{Change, ChangeSet};
use domain::fixed::Quantity;
use domain::invariant::{Invariant, Violation};
use domain::order::Order;
use domain::pause::PauseScope;
use domain::position::{Position, PositionState};

/// What was seen of a row at a version: its state, and a quantity that never falls.
type Seen = BTreeMap<(i64, u32), Vec<(&'static str, Quantity)>>;

/// Watches commits and remembers what must not be.
#[derive(Debug, Default)]
pub struct Witness(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    orders: Seen,
    positions: Seen,
    violations: Vec<Violation>,
    /// What was tried about switches, in the order in which it was committed where it was.
    tries: Vec<Try>,
}

/// What was tried; whether it was committed shows in the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Try {
    /// A robot opens.
    Open { position: i64, scopes: [PauseScope; 4] },
    /// All of a scope is to be closed.
    Stop { close_all: i64, scope: PauseScope },
    /// A scope is resumed.
    Resume { scope: PauseScope },
}

impl Witness {
    /// Looks at a commit that is tried.
    pub fn see(&self, changes: &ChangeSet) {
        let mut notes = self.notes();
        for change in &changes.changes {
            match change {
                Change::AddOrder(order) => notes.order(order, false),
                Change::UpdateOrder(order) => notes.order(order, true),
                Change::AddPosition(position) => {
                    notes.position(position, false);
                    notes.opening(position);
                }
                Change::AddCloseAll(close_all) => notes.tries.push(Try::Stop {
                    close_all: close_all.id.0,
                    scope: close_all.scope,
                }),
                Change::SetPause(pause) if !pause.paused => notes.tries.push(Try::Resume { scope: pause.scope }),
                Change::UpdatePosition(position) => notes.position(position, true),
                Change::Ledger(write) => write.settled.iter().for_each(|one| notes.settled(one.position.0)),
                _ => {}
            }
        }
    }

    /// Writes down what must not be.
    pub fn accuse(&self, invariant: Invariant, detail: String) {
        self.notes().violations.push(Violation { invariant, detail });
    }

    /// What was seen that must not be.
    pub fn violations(&self) -> Vec<Violation> {
        self.notes().violations.clone()
    }

    /// What was tried about switches.
    pub fn tries(&self) -> Vec<Try> {
        self.notes().tries.clone()
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap()
    }
}

impl Notes {
    fn order(&mut self, order: &Order, is_update: bool) {
        let (id, to, filled) = (order.id.0, order.state.as_str(), order.filled);
        if filled > order.quantity {
            let detail = format!("order {id} of {} has {filled} filled", order.quantity);
            self.violations.push(Violation {
                invariant: Invariant::FilledWithinQuantity,
                detail,
            });
        }
        let key = (id, order.version);
        let moved = note(&mut self.orders, key, is_update.then_some(is_order_move), to, filled);
        self.judge(moved, "order", id);
    }

    fn position(&mut self, position: &Position, is_update: bool) {
        let (id, to, entered) = (position.id.0, position.state.as_str(), position.entered);
        let key = (id, position.version);
        let moved = note(
            &mut self.positions,
            key,
            is_update.then_some(is_position_move),
            to,
            entered,
        );
        self.judge(moved, "position", id);
    }

    fn opening(&mut self, position: &Position) {
        if let (Some(robot), PositionState::Opening) = (position.robot, position.state) {
            self.tries.push(Try::Open {
                position: position.id.0,
                scopes: PauseScope::over(position.venue, position.user, robot),
            });
        }
    }

    /// Settling raises a position's version and moves it nowhere.
    fn settled(&mut self, id: i64) {
        let mut seen = self.positions.range((id, 0)..=(id, u32::MAX));
        if let Some(((_, version), last)) = seen.next_back() {
            let (version, last) = (version + 1, last.clone());
            self.positions.entry((id, version)).or_default().extend(last);
        }
    }

    fn judge(&mut self, moved: Result<(), String>, what: &str, id: i64) {
        if let Err(why) = moved {
            let detail = format!("{what} {id} {why}");
            self.violations.push(Violation {
                invariant: Invariant::TableMoves,
                detail,
            });
        }
    }
}

/// Remembers what a row becomes. With a table, it must be a move from something that was seen at that version.
fn note(
    seen: &mut Seen,
    (id, version): (i64, u32),
    table: Option<fn(&str, &str) -> bool>,
    to: &'static str,
    most: Quantity,
) -> Result<(), String> {
    let Some(table) = table else {
        seen.entry((id, version)).or_default().push((to, most));
        return Ok(());
    };
    let from = seen.get(&(id, version)).cloned().unwrap_or_default();
    seen.entry((id, version + 1)).or_default().push((to, most));
    let is_legal = from.iter().any(|(from, before)| table(from, to) && *before <= most);
    if is_legal {
        Ok(())
    } else {
        Err(format!("was moved from {from:?} to {to} with {most}"))
    }
}

fn is_order_move(from: &str, to: &str) -> bool {
    let known = ["open", "partly_filled", "filled", "cancelled", "expired", "refused"];
    match from {
        "submitting" => to == "in_doubt" || known.contains(&to),
        "in_doubt" => to == "in_doubt" || known.contains(&to),
        "open" => known.contains(&to),
        "partly_filled" => known.contains(&to) && to != "open" && to != "refused",
        // The average price of its fills is still put on record.
        _ => from == to,
    }
}

fn is_position_move(from: &str, to: &str) -> bool {
    match from {
        "opening" => ["opening", "open", "closed", "abandoned"].contains(&to),
        "open" => ["open", "closing", "closed"].contains(&to),
        "closing" => ["open", "closing", "closed"].contains(&to),
        // What comes late changes its profit.
        "closed" => to == "closed",
        // Its order was given up and was filled all the same.
        "abandoned" => to == "open",
        _ => false,
    }
}
