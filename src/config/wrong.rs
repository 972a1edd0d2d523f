//! What is wrong with settings: each key with its value and the rule that it broke.

use std::fmt::{self, Display};
use std::io;
use std::path::PathBuf;

use config::ConfigError;
use rust_decimal::Decimal;
use serde::Serialize;

/// Keys whose values are never shown.
const SECRETS: [&str; 3] = ["store.url", "keys.master", "stocks.futu.password"];

/// Largest amount of money that a setting may hold; it fits the ledger's 64-bit minor units at 8 places.
const MOST_MONEY: i64 = 10_000_000_000;

/// Largest price: prices have ten places in 64 bits.
const MOST_PRICE: i64 = 900_000_000;

/// Places that the ledger keeps.
const PLACES: u32 = 8;

pub(super) fn is_secret(key: &str) -> bool {
    let in_map = key.starts_with("chains.") && key.ends_with(".endpoints");
    SECRETS.contains(&key) || in_map || (key.starts_with("payouts.") && key.ends_with(".key.secret"))
}

/// One wrong key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WrongKey {
    /// The key, such as `http.listen`.
    pub key: String,
    /// The value as it was given; none where it is a secret, or a key that nobody knows.
    pub value: Option<String>,
    /// The rule, such as "must be at least 1".
    pub rule: String,
}

impl Display for WrongKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}: value \"{value}\" {}", self.key, self.rule),
            None => write!(f, "{}: {}", self.key, self.rule),
        }
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file or folder that was asked for cannot be read.
    #[error("could not read settings from {}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A source is not the TOML, or not the variable, that it should be.
    #[error("could not understand {name}: {problem}")]
    Malformed {
        /// The file, or the name of another source.
        name: String,
        /// Place and problem, without the text itself, which may hold a secret.
        problem: String,
    },
    /// Keys that break their rule: all of them, sorted.
    #[error("{} wrong settings:\n{}", .0.len(), lines(.0))]
    Wrong(Vec<WrongKey>),
}

fn lines(wrong: &[WrongKey]) -> String {
    wrong
        .iter()
        .map(|wrong| format!("  {wrong}"))
        .collect::<Vec<_>>()
        .join("\n")
}

impl SettingsError {
    pub(super) fn malformed(name: &str, error: &ConfigError) -> Self {
        // The parser quotes the line between its first and last line of text; that line may hold a password.
        let text = error.to_string();
        let plain = text
            .lines()
            .filter(|line| !line.contains('|') && !line.trim().is_empty());
        Self::Malformed {
            name: name.to_owned(),
            problem: plain.collect::<Vec<_>>().join(": "),
        }
    }

    pub(super) fn unknown_environment(name: &str) -> Self {
        let rule = "must be development, production, demo, or have a file of its name in the settings folder";
        Self::Wrong(vec![WrongKey {
            key: "daemon.environment".to_owned(),
            value: Some(name.to_owned()),
            rule: rule.to_owned(),
        }])
    }
}

/// Collects wrong keys, so that all are told at once.
#[derive(Debug, Default)]
pub(super) struct WrongKeys(Vec<WrongKey>);

impl WrongKeys {
    /// Notes the key unless the rule holds.
    pub(super) fn unless(&mut self, holds: bool, key: &str, value: impl Display, rule: &str) {
        if !holds {
            self.0.push(WrongKey {
                key: key.to_owned(),
                value: Some(value.to_string()),
                rule: rule.to_owned(),
            });
        }
    }

    /// Notes a secret key unless the rule holds, without its value.
    pub(super) fn unless_secret(&mut self, holds: bool, key: &str, rule: &str) {
        if !holds {
            self.0.push(WrongKey {
                key: key.to_owned(),
                value: None,
                rule: rule.to_owned(),
            });
        }
    }

    /// Both ends are allowed.
    pub(super) fn between<T: PartialOrd + Display>(&mut self, key: &str, value: T, low: T, high: T) {
        let rule = format!("must be between {low} and {high}");
        self.unless(low <= value && value <= high, key, value, &rule);
    }

    /// Zero or more, and exact in the ledger.
    pub(super) fn money(&mut self, key: &str, value: Decimal) {
        self.between(key, value, Decimal::ZERO, Decimal::from(MOST_MONEY));
        self.places(key, value);
    }

    /// More than zero, and exact in the ledger.
    pub(super) fn positive(&mut self, key: &str, value: Decimal) {
        self.unless(value > Decimal::ZERO, key, value, "must be more than 0");
        self.unless(
            value <= Decimal::from(MOST_MONEY),
            key,
            value,
            "must be at most 10000000000",
        );
        self.places(key, value);
    }

    /// A price that the domain's ten places have room for.
    pub(super) fn price(&mut self, key: &str, value: Decimal) {
        self.between(key, value, Decimal::new(1, PLACES), Decimal::from(MOST_PRICE));
        self.places(key, value);
    }

    /// Between 0 and 1, both allowed.
    pub(super) fn share(&mut self, key: &str, value: Decimal) {
        self.between(key, value, Decimal::ZERO, Decimal::ONE);
        self.places(key, value);
    }

    fn places(&mut self, key: &str, value: Decimal) {
        let holds = value.normalize().scale() <= PLACES;
        self.unless(holds, key, value, "must have at most 8 decimal places");
    }

    /// Notes a key that could not be read into its type.
    pub(super) fn unreadable(&mut self, key: &str, value: Option<String>, error: &ConfigError) {
        let told = described(error);
        let key = told
            .place
            // config leaves the dot out behind an index.
            .map(|place| {
                place
                    .replace(']', "].")
                    .replace("]..", "].")
                    .trim_end_matches('.')
                    .to_owned()
            })
            .filter(|place| place.starts_with(key))
            .unwrap_or_else(|| key.to_owned());
        let value = if told.unknown { None } else { value };
        self.0.push(WrongKey {
            key,
            value,
            rule: told.rule,
        });
    }

    pub(super) fn into_error(mut self) -> SettingsError {
        self.0.sort();
        self.0.dedup();
        SettingsError::Wrong(self.0)
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, SettingsError> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.into_error())
        }
    }
}

struct Told {
    place: Option<String>,
    rule: String,
    unknown: bool,
}

fn described(error: &ConfigError) -> Told {
    match error {
        ConfigError::At { error, key, .. } => {
            let inner = described(error);
            Told {
                place: key.clone().or(inner.place),
                ..inner
            }
        }
        ConfigError::Type { expected, key, .. } => Told {
            place: key.clone(),
            rule: format!("must be {expected}"),
            unknown: false,
        },
        ConfigError::Message(text) => phrased(text),
        other => Told {
            place: None,
            rule: other.to_string(),
            unknown: false,
        },
    }
}

/// Turns serde's sentences into rules: `unknown field`, and all that end in `, expected …`.
fn phrased(text: &str) -> Told {
    let unknown = text.starts_with("unknown field");
    let rule = match text.rsplit_once(", expected ") {
        Some((_, known)) if unknown => {
            let known = known.trim_start_matches("one of ").replace(" or ", ", ");
            format!("unknown key; known here: {known}")
        }
        Some((_, expected)) if expected.starts_with("struct ") => "must be a table of keys".to_owned(),
        Some((_, expected)) => format!("must be {expected}"),
        None => text.to_owned(),
    };
    Told {
        place: None,
        rule,
        unknown,
    }
}
