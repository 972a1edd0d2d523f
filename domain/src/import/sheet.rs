//! A table's heading: which column holds which field, by its name or one of its other names.

use std::collections::BTreeMap;

use crate::import::bad::File;
use crate::ledger::Asset;

/// A field of a table: its name, whether it must be there, and what else it may be called, best name first.
type Field = (&'static str, bool, &'static [&'static str]);

const ORDERS: &[Field] = &[
    ("order_id", true, &["order_no", "order_sn", "id"]),
    ("user_id", true, &["uid", "member_id", "userid"]),
    ("robot_id", false, &["bot_id", "strategy_id"]),
    ("symbol", true, &["pair", "market", "instrument"]),
    ("side", true, &["position_side", "direction"]),
    ("status", false, &["state", "order_status"]),
    ("opened_at", false, &["open_time", "created_at", "create_time"]),
    ("closed_at", true, &["close_time", "closed_time"]),
    (
        "realized_profit",
        true,
        &["realised_profit", "realized_pnl", "profit", "pnl"],
    ),
    ("power_consumed", true, &["is_consumed", "consumed"]),
    ("power_amount", true, &["power_fee", "consumed_power"]),
];

const CHARGES: &[Field] = &[
    ("id", true, &["consume_id", "power_consume_id"]),
    ("user_id", true, &["uid", "member_id", "userid"]),
    ("order_id", true, &["order_no", "order_sn"]),
    ("amount", true, &["power", "power_amount", "consume_power"]),
    ("created_at", true, &["create_time", "consumed_at", "consume_time"]),
    ("purse", false, &["power_type", "wallet_type"]),
];

const WALLETS: &[Field] = &[
    ("user_id", true, &["uid", "member_id", "userid", "id"]),
    ("power", true, &["power_balance", "computing_power"]),
    ("gift_power", false, &["gift_balance", "gift", "bonus_power"]),
];

/// How a column of a coin begins; the rest is the coin's code.
const COIN: &str = "wallet_";

/// The fields of a table: name, whether it is required, other names.
pub const fn fields(file: File) -> &'static [Field] {
    match file {
        File::Orders => ORDERS,
        File::PowerConsume => CHARGES,
        File::Wallets => WALLETS,
    }
}

/// Why a table cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// A column that is needed is not there.
    #[error("{}: no column `{field}`; other names for it are {others}", file.as_str())]
    Missing {
        /// Which table.
        file: File,
        /// Which field.
        field: &'static str,
        /// Its other names.
        others: String,
    },
    /// Two columns have one name.
    #[error("{}: two columns are called `{name}`", file.as_str())]
    Twice {
        /// Which table.
        file: File,
        /// Their name.
        name: String,
    },
    /// A column was named for a field that the table does not have.
    #[error("{}: there is no field `{field}` to give a column to", file.as_str())]
    NoField {
        /// Which table.
        file: File,
        /// The field.
        field: String,
    },
    /// A column that was named is not there.
    #[error("{}: no column `{column}`, which was named for `{field}`", file.as_str())]
    NoColumn {
        /// Which table.
        file: File,
        /// The field.
        field: &'static str,
        /// The column.
        column: String,
    },
    /// A column of a coin does not end with a coin's code.
    #[error("{}: column `{column}` names no coin: after `wallet_` come 1 to 12 letters or digits", file.as_str())]
    NoCoin {
        /// Which table.
        file: File,
        /// The column.
        column: String,
    },
}

/// A table's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    file: File,
    places: BTreeMap<&'static str, usize>,
    coins: Vec<(Asset, usize)>,
    unread: Vec<String>,
}

impl Sheet {
    /// Finds the fields in a heading. `named` gives a field a column that is called otherwise.
    ///
    /// # Errors
    /// When a required field has no column, or what was named does not exist.
    pub fn of(file: File, heading: &[&str], named: &BTreeMap<String, String>) -> Result<Self, SheetError> {
        let names: Vec<String> = heading.iter().map(|name| plain(name)).collect();
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                let name = name.clone();
                return Err(SheetError::Twice { file, name });
            }
        }
        let known = fields(file);
        if let Some(field) = named
            .keys()
            .find(|field| known.iter().all(|known| known.0 != field.as_str()))
        {
            let field = field.clone();
            return Err(SheetError::NoField { file, field });
        }
        let mut places = BTreeMap::new();
        for &(field, required, others) in known {
            let found = match named.get(field) {
                Some(column) => Some(place(&names, column).ok_or_else(|| SheetError::NoColumn {
                    file,
                    field,
                    column: column.clone(),
                })?),
                None => std::iter::once(&field)
                    .chain(others)
                    .find_map(|name| place(&names, name).filter(|at| !is_named(*at, &names, named))),
            };
            match found {
                Some(at) => drop(places.insert(field, at)),
                None if required => {
                    let others = others.join(", ");
                    return Err(SheetError::Missing { file, field, others });
                }
                None => {}
            }
        }
        let coins = coins(file, &names)?;
        let is_read = |at: usize| places.values().any(|place| *place == at) || coins.iter().any(|coin| coin.1 == at);
        let unread = (0..names.len()).filter(|at| !is_read(*at));
        Ok(Self {
            file,
            unread: unread.map(|at| names[at].clone()).collect(),
            places,
            coins,
        })
    }

    /// Which table it is.
    pub const fn file(&self) -> File {
        self.file
    }

    /// Columns that nothing is read from.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Whether the table has this field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.places.contains_key(field)
    }

    /// A row's cell without spaces around it; empty where the table does not have the field.
    pub(super) fn cell<'a>(&self, record: &[&'a str], field: &str) -> &'a str {
        let place = self.places.get(field);
        place.and_then(|at| record.get(*at)).map_or("", |cell| cell.trim())
    }

    /// The cells of a row's coins, in order of their codes.
    pub(super) fn coins<'a>(&self, record: &[&'a str]) -> Vec<(Asset, &'a str)> {
        let cell = |at: usize| record.get(at).map_or("", |cell| cell.trim());
        self.coins
            .iter()
            .map(|(asset, at)| (asset.clone(), cell(*at)))
            .collect()
    }
}

fn coins(file: File, names: &[String]) -> Result<Vec<(Asset, usize)>, SheetError> {
    if file != File::Wallets {
        return Ok(Vec::new());
    }
    let mut coins = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let Some(code) = name.strip_prefix(COIN) else {
            continue;
        };
        let asset = Asset::new(&code.to_ascii_uppercase()).filter(|asset| *asset != Asset::power());
        let asset = asset.ok_or_else(|| SheetError::NoCoin {
            file,
            column: name.clone(),
        })?;
        coins.push((asset, at));
    }
    coins.sort();
    Ok(coins)
}

fn plain(name: &str) -> String {
    name.trim_start_matches('\u{feff}').trim().to_lowercase()
}

fn place(names: &[String], name: &str) -> Option<usize> {
    let name = plain(name);
    names.iter().position(|other| *other == name)
}

/// Whether a column was named for a field, so that it is not taken for another.
fn is_named(at: usize, names: &[String], named: &BTreeMap<String, String>) -> bool {
    named.values().any(|column| place(names, column) == Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(file: File, heading: &str, named: &[(&str, &str)]) -> Result<Sheet, SheetError> {
        let heading: Vec<&str> = heading.split(',').collect();
        let named = named
            .iter()
            .map(|(field, column)| ((*field).to_owned(), (*column).to_owned()));
        Sheet::of(file, &heading, &named.collect())
    }

    const CHARGES: &str = "\u{feff}ID,uid,order_no,Power ,create_time,note";

    #[test]
    fn columns_are_found_by_their_other_names_and_the_rest_is_told() {
        let found = sheet(File::PowerConsume, CHARGES, &[]).unwrap();
        let record = ["9", "7", "o-1", " 1.5 ", "2026-01-01 00:00:00", "x"];
        assert_eq!(found.cell(&record, "amount"), "1.5");
        assert_eq!(found.cell(&record, "purse"), "");
        assert_eq!(found.unread(), ["note"]);
    }

    #[test]
    fn the_best_name_wins_unless_a_column_is_named() {
        let heading = "id,order_id,user_id,symbol,side,closed_at,profit,power_consumed,power_amount";
        let record = ["1", "o-1"];
        let found = sheet(File::Orders, heading, &[]).unwrap();
        assert_eq!(found.cell(&record, "order_id"), "o-1");
        let found = sheet(File::Orders, heading, &[("order_id", "ID")]).unwrap();
        assert_eq!(found.cell(&record, "order_id"), "1");
        let wrong = sheet(File::Orders, heading, &[("order_id", "nr")]).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "orders: no column `nr`, which was named for `order_id`"
        );
        let wrong = sheet(File::Orders, heading, &[("orderid", "id")]).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "orders: there is no field `orderid` to give a column to"
        );
    }

    #[test]
    fn a_missing_column_is_told_with_its_other_names() {
        let wrong = sheet(File::PowerConsume, "id,user_id,order_id,created_at", &[]).unwrap_err();
        let told = "power_consume: no column `amount`; other names for it are power, power_amount, consume_power";
        assert_eq!(wrong.to_string(), told);
        let wrong = sheet(File::Wallets, "user_id,power,Power", &[]).unwrap_err();
        assert_eq!(wrong.to_string(), "wallets: two columns are called `power`");
    }

    #[test]
    fn every_wallet_column_names_a_coin() {
        let found = sheet(File::Wallets, "user_id,power,wallet_usdt,wallet_BTC", &[]).unwrap();
        let coins = found.coins(&["7", "1", "2", "3"]);
        let coins: Vec<(&str, &str)> = coins.iter().map(|(asset, cell)| (asset.as_str(), *cell)).collect();
        assert_eq!(coins, [("BTC", "3"), ("USDT", "2")]);
        for bad in ["wallet_", "wallet_us-dt", "wallet_power"] {
            assert!(
                sheet(File::Wallets, &format!("user_id,power,{bad}"), &[]).is_err(),
                "{bad}"
            );
        }
    }
}
