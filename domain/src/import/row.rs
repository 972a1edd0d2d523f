//! The rows of the three tables, read cell by cell; every cell that breaks a rule is told.

use serde::Serialize;

use crate::fixed::Amount;
use crate::import::bad::{BadRow, File};
use crate::import::cell::{self, LegacyId, Reading};
use crate::import::sheet::Sheet;
use crate::ledger::Purse;
use crate::market::Side;
use crate::time::Timestamp;

/// Whether an order is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Standing {
    /// Still held.
    Open,
    /// Closed.
    Closed {
        /// When.
        at: Timestamp,
    },
}

/// An order of the old platform: what Bursar calls a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Line.
    pub line: u64,
    /// Its id.
    pub id: LegacyId,
    /// Whose.
    pub user: LegacyId,
    /// The robot's id there; empty when none is named.
    pub robot: String,
    /// Market.
    pub symbol: String,
    /// Side.
    pub side: Side,
    /// When it was opened, where that is said.
    pub opened_at: Option<Timestamp>,
    /// Whether it is closed.
    pub standing: Standing,
    /// Realised profit; a loss is negative.
    pub profit: Amount,
    /// Whether the order says that it was charged.
    pub consumed: bool,
    /// How much power the order says it was charged, not negative.
    pub taken: Amount,
}

/// Power that was taken for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeRow {
    /// Line.
    pub line: u64,
    /// Its id.
    pub id: LegacyId,
    /// From whom.
    pub user: LegacyId,
    /// For which order.
    pub order: LegacyId,
    /// From which power.
    pub purse: Purse,
    /// How much, above zero.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

/// What a user holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletRow {
    /// Line.
    pub line: u64,
    /// Who.
    pub user: LegacyId,
    /// Power, gift power, then coins in order of their codes; none is negative.
    pub balances: Vec<(Purse, Amount)>,
}

/// The cells of a row, and what was wrong with those read so far.
pub(super) struct Cells<'a> {
    sheet: &'a Sheet,
    record: &'a [&'a str],
    line: u64,
    id: &'static str,
    bad: Vec<BadRow>,
}

impl<'a> Cells<'a> {
    pub fn new(sheet: &'a Sheet, line: u64, record: &'a [&'a str], width: usize) -> Self {
        let id = match sheet.file() {
            File::Orders => "order_id",
            File::PowerConsume => "id",
            File::Wallets => "user_id",
        };
        let mut cells = Self {
            sheet,
            record,
            line,
            id,
            bad: Vec::new(),
        };
        if record.len() != width {
            let reason = format!("has {} cells, the heading has {width}", record.len());
            cells.refuse("row", reason);
        }
        cells
    }

    fn refuse(&mut self, field: &'static str, reason: String) {
        let user = self.sheet.cell(self.record, "user_id");
        self.bad.push(BadRow {
            file: self.sheet.file(),
            line: self.line,
            id: cell::shown(self.sheet.cell(self.record, self.id)),
            field,
            reason,
            order: match self.sheet.file() {
                File::PowerConsume => LegacyId::new(self.sheet.cell(self.record, "order_id")),
                File::Orders | File::Wallets => None,
            },
            users: LegacyId::new(user).into_iter().collect(),
        });
    }

    fn read<T>(&mut self, field: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match parse(self.sheet.cell(self.record, field)) {
            Ok(found) => Some(found),
            Err(reason) => {
                self.refuse(field, reason);
                None
            }
        }
    }

    /// The same, for a cell that may be empty.
    fn maybe<T>(&mut self, field: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<Option<T>> {
        if self.sheet.cell(self.record, field).is_empty() {
            return Some(None);
        }
        self.read(field, parse).map(Some)
    }

    /// The row, if every cell was good.
    fn end<T>(self, row: Option<T>) -> Result<T, Vec<BadRow>> {
        match row {
            Some(row) if self.bad.is_empty() => Ok(row),
            _ => Err(self.bad),
        }
    }
}

impl OrderRow {
    pub(super) fn read(mut cells: Cells<'_>, reading: &Reading) -> Result<Self, Vec<BadRow>> {
        let line = cells.line;
        let id = cells.read("order_id", cell::id);
        let user = cells.read("user_id", cell::id);
        let robot = cells.maybe("robot_id", cell::symbol).map(Option::unwrap_or_default);
        let symbol = cells.read("symbol", cell::symbol);
        let side = cells.read("side", cell::side);
        let opened_at = cells.maybe("opened_at", |text| cell::time(text, reading));
        let standing = standing(&mut cells, reading);
        let closed = matches!(standing, Some(Standing::Closed { .. }));
        let profit = match cells.maybe("realized_profit", cell::amount) {
            Some(None) if closed => {
                cells.refuse("realized_profit", "a closed order needs its profit".to_owned());
                None
            }
            found => found.map(Option::unwrap_or_default),
        };
        let consumed = cells.read("power_consumed", cell::flag);
        let taken = cells
            .maybe("power_amount", cell::not_negative)
            .map(Option::unwrap_or_default);
        let row = (|| {
            Some(Self {
                line,
                id: id?,
                user: user?,
                robot: robot?,
                symbol: symbol?,
                side: side?,
                opened_at: opened_at?,
                standing: standing?,
                profit: profit?,
                consumed: consumed?,
                taken: taken?,
            })
        })();
        cells.end(row)
    }
}

/// By the status where there is one, else by the close time.
fn standing(cells: &mut Cells<'_>, reading: &Reading) -> Option<Standing> {
    let told = !cells.sheet.cell(cells.record, "closed_at").is_empty();
    let closed = if cells.sheet.has("status") {
        cells.read("status", |text| cell::is_closed(text, reading))?
    } else {
        told
    };
    if !closed {
        return Some(Standing::Open);
    }
    if !told {
        cells.refuse("closed_at", "a closed order needs its close time".to_owned());
        return None;
    }
    let at = cells.read("closed_at", |text| cell::time(text, reading))?;
    Some(Standing::Closed { at })
}

impl ChargeRow {
    pub(super) fn read(mut cells: Cells<'_>, reading: &Reading) -> Result<Self, Vec<BadRow>> {
        let line = cells.line;
        let id = cells.read("id", cell::id);
        let user = cells.read("user_id", cell::id);
        let order = cells.read("order_id", cell::id);
        let purse = cells.read("purse", cell::purse);
        let amount = cells.read("amount", cell::positive);
        let at = cells.read("created_at", |text| cell::time(text, reading));
        let row = (|| {
            Some(Self {
                line,
                id: id?,
                user: user?,
                order: order?,
                purse: purse?,
                amount: amount?,
                at: at?,
            })
        })();
        cells.end(row)
    }
}

impl WalletRow {
    pub(super) fn read(mut cells: Cells<'_>) -> Result<Self, Vec<BadRow>> {
        let line = cells.line;
        let user = cells.read("user_id", cell::id);
        let power = cells.read("power", cell::not_negative);
        let gift = cells
            .maybe("gift_power", cell::not_negative)
            .map(Option::unwrap_or_default);
        let mut coins = Vec::new();
        for (asset, text) in cells.sheet.coins(cells.record) {
            let held = if text.is_empty() {
                Ok(Amount::ZERO)
            } else {
                cell::not_negative(text)
            };
            match held {
                Ok(held) => coins.push((Purse::Wallet(asset), held)),
                Err(reason) => cells.refuse("wallet", format!("{asset}: {reason}")),
            }
        }
        let row = (|| {
            let mut balances = vec![(Purse::Power, power?), (Purse::GiftPower, gift?)];
            balances.extend(coins);
            Some(Self {
                line,
                user: user?,
                balances,
            })
        })();
        cells.end(row)
    }
}
