//! Where the tables come from: three files, or another platform's database.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use domain::import::{File, Reading, Tables};
use secrecy::SecretString;

use crate::adapters::store::LegacyDatabase;
use crate::cli::CliError;
use crate::import::files;
use crate::import::intake::{Intake, Named, Unread};

/// Options about the tables.
#[derive(Debug, clap::Args)]
pub(super) struct TableArgs {
    /// Orders, as CSV with a heading
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,
    /// What was charged for them, as CSV with a heading
    #[arg(long, value_name = "FILE")]
    power_consume: Option<PathBuf>,
    /// What users hold, as CSV with a heading
    #[arg(long, value_name = "FILE")]
    wallets: Option<PathBuf>,
    /// The platform's MySQL or MariaDB instead of files; it is only read. Others can see arguments: better set
    /// BURSAR_IMPORT_MYSQL_URL, or use --from-mysql-file
    #[arg(long, value_name = "URL", env = "BURSAR_IMPORT_MYSQL_URL", hide_env_values = true)]
    from_mysql: Option<String>,
    /// A file that holds that URL, such as a systemd credential
    #[arg(long, value_name = "FILE")]
    from_mysql_file: Option<PathBuf>,
    /// The database's table of orders
    #[arg(long, value_name = "NAME", default_value = "orders")]
    orders_table: String,
    /// The database's table of charges
    #[arg(long, value_name = "NAME", default_value = "power_consume")]
    power_consume_table: String,
    /// The database's table of wallets
    #[arg(long, value_name = "NAME", default_value = "wallets")]
    wallets_table: String,
    /// A column that is called otherwise, such as orders.order_id=nr; may be repeated
    #[arg(long = "column", value_name = "TABLE.FIELD=COLUMN")]
    columns: Vec<String>,
    /// The zone of times that have none
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true)]
    utc_offset: String,
    /// A status that means closed, such as 2; may be repeated
    #[arg(long = "closed-word", value_name = "WORD")]
    closed_words: Vec<String>,
    /// A status that means open, such as 1; may be repeated
    #[arg(long = "open-word", value_name = "WORD")]
    open_words: Vec<String>,
}

impl TableArgs {
    /// Reads all three tables.
    ///
    /// # Errors
    /// Options that contradict each other, and tables that cannot be read.
    pub async fn read(&self) -> Result<(Tables, Vec<Unread>), CliError> {
        let reading = Reading {
            ahead_of_utc: offset(&self.utc_offset)?,
            closed_words: self.closed_words.clone(),
            open_words: self.open_words.clone(),
        };
        let mut intake = Intake::new(reading, self.named()?);
        match (&self.orders, &self.power_consume, &self.wallets, self.url()?) {
            (Some(orders), Some(charges), Some(wallets), None) => {
                files::read(orders, File::Orders, &mut intake)?;
                files::read(charges, File::PowerConsume, &mut intake)?;
                files::read(wallets, File::Wallets, &mut intake)?;
            }
            (None, None, None, Some(url)) => self.read_database(&url, &mut intake).await?,
            _ => {
                let rule = "give --orders, --power-consume and --wallets, or else --from-mysql";
                return Err(CliError::BadInput(rule.to_owned()));
            }
        }
        Ok(intake.end())
    }

    fn url(&self) -> Result<Option<SecretString>, CliError> {
        match (&self.from_mysql, &self.from_mysql_file) {
            (Some(url), None) => Ok(Some(url.clone().into())),
            (None, Some(file)) => Ok(Some(fs::read_to_string(file)?.trim().to_owned().into())),
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                let rule = "give --from-mysql (or BURSAR_IMPORT_MYSQL_URL) or --from-mysql-file, not both";
                Err(CliError::BadInput(rule.to_owned()))
            }
        }
    }

    async fn read_database(&self, url: &SecretString, intake: &mut Intake) -> Result<(), CliError> {
        let database = LegacyDatabase::open(url, &self.utc_offset).await?;
        let tables = [
            (File::Orders, &self.orders_table),
            (File::PowerConsume, &self.power_consume_table),
            (File::Wallets, &self.wallets_table),
        ];
        for (file, table) in tables {
            let columns = database.columns(table).await?;
            let heading: Vec<&str> = columns.iter().map(String::as_str).collect();
            let open = intake
                .open(file, &heading)
                .map_err(|error| CliError::BadInput(format!("table `{table}`: {error}")))?;
            let mut row = 1;
            database
                .rows(table, &columns, |cells| {
                    row += 1;
                    intake.row(&open, row, cells);
                })
                .await?;
        }
        Ok(database.close().await?)
    }

    fn named(&self) -> Result<Named, CliError> {
        let mut named: Named = BTreeMap::new();
        for text in &self.columns {
            let parts = text.split_once('=').and_then(|(field, column)| {
                let (table, field) = field.split_once('.')?;
                let file = File::ALL.into_iter().find(|file| file.as_str() == table)?;
                Some((file, field, column))
            });
            let Some((file, field, column)) = parts else {
                let rule = "must be orders., power_consume. or wallets. with a field, `=` and a column";
                return Err(CliError::BadInput(format!("--column `{text}` {rule}")));
            };
            named
                .entry(file)
                .or_default()
                .insert(field.to_owned(), column.to_owned());
        }
        Ok(named)
    }
}

/// Minutes ahead of UTC, from `+08:00`.
fn offset(text: &str) -> Result<i32, CliError> {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let minutes = text.split_at_checked(1).and_then(|(sign, rest)| {
        let (hours, minutes) = rest
            .split_once(':')
            .filter(|(hours, minutes)| digits(hours) && digits(minutes))?;
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        let total = hours * 60 + minutes;
        let sign = match sign {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        (minutes < 60 && total <= 14 * 60).then_some(sign * total)
    });
    minutes.ok_or_else(|| CliError::BadInput("utc-offset must be like +08:00, at most 14 hours".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_has_a_sign_hours_and_minutes() {
        assert_eq!(offset("+08:00").unwrap(), 480);
        assert_eq!(offset("-05:30").unwrap(), -330);
        for text in ["", "8", "08:00", "+8:00", "+15:00", "+08:60", "+0800", "é08:00"] {
            assert!(offset(text).is_err(), "{text}");
        }
    }
}
