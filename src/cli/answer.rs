//! Answers of commands: as one JSON value, or for people.

use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::client::ClientError;
use crate::cli::reach::{Reach, Reached};
use crate::cli::table::{self, Column};
use crate::cli::{CliError, Global, print};
use crate::desk::{Desk, DeskError, PageAsk};

/// Largest page when the database itself is asked.
const LARGEST_PAGE: u32 = 1_000;

/// The form of an answer, and who gives it.
#[derive(Debug, clap::Args)]
pub(super) struct Form {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

/// Which page of a list.
#[derive(Debug, clap::Args)]
pub(super) struct Pages {
    /// Only what comes after this one: the `next` of the page before
    #[arg(long, value_name = "KEY")]
    after: Option<i64>,
    /// At most so many rows
    #[arg(long, value_name = "ROWS")]
    limit: Option<u32>,
}

impl Pages {
    /// The page for the database itself.
    ///
    /// # Errors
    /// Names what is wrong with it.
    pub(super) fn ask(&self) -> Result<PageAsk, CliError> {
        let limit = self.limit.unwrap_or(100);
        Ok(PageAsk::new(self.after, Some(limit), LARGEST_PAGE).map_err(DeskError::from)?)
    }

    /// The page for the daemon.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let after = self.after.map(|after| ("after", after.to_string()));
        let limit = self.limit.map(|limit| ("limit", limit.to_string()));
        after.into_iter().chain(limit).collect()
    }
}

impl Form {
    /// Asks for a page of a list, and prints it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn list<T: Serialize>(
        &self,
        global: &Global,
        (path, query): (&str, Vec<(&'static str, String)>),
        columns: &[Column],
        direct: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
    ) -> Result<(), CliError> {
        let value = self.value(global, (path, query), direct).await?;
        if self.json {
            return print(&format!("{value}\n"));
        }
        let items = value
            .get("items")
            .or_else(|| value.get("scopes"))
            .and_then(Value::as_array);
        print(&table::rows(items.map_or(&[], Vec::as_slice), columns))?;
        if let Some(next) = value.get("next") {
            eprintln!("there is more: --after {next}");
        }
        Ok(())
    }

    /// Asks for one thing, and prints it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn one<T: Serialize>(
        &self,
        global: &Global,
        path: &str,
        direct: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
    ) -> Result<(), CliError> {
        let value = self.value(global, (path, Vec::new()), direct).await?;
        self.show(&value)
    }

    /// Prints one thing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn show(&self, value: &Value) -> Result<(), CliError> {
        if self.json {
            print(&format!("{value}\n"))
        } else {
            print(&table::fields(value))
        }
    }

    /// Asks for an act or for something new, and prints what came of it.
    ///
    /// # Errors
    /// Why it was not done.
    pub(super) async fn write<T: Serialize>(
        &self,
        global: &Global,
        (path, body): (&str, Value),
        direct: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
    ) -> Result<(), CliError> {
        let value = match self.reach.any(global).await? {
            Reached::Daemon(client) => client.post(path, &body).await?,
            Reached::Database(desk) => json!(direct(&desk).await?),
        };
        self.show(&value)
    }

    /// Asks the daemon for what only its actors can do, and prints what came of it; as JSON also why it was not done.
    ///
    /// # Errors
    /// Why it was not done.
    pub(super) async fn act(&self, global: &Global, path: &str, body: &Value) -> Result<(), CliError> {
        let client = self.reach.daemon(global).await?;
        let answer = client.post(path, body).await;
        if let (true, Err(ClientError::Problem { body, .. })) = (self.json, &answer) {
            self.show(body)?;
        }
        self.show(&answer?)
    }

    /// Asks the daemon for a list that only its actors know, and prints it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn ask(&self, global: &Global, path: &str, columns: &[Column]) -> Result<(), CliError> {
        let client = self.reach.daemon(global).await?;
        let value = client.look(path, &[]).await?;
        if self.json {
            return print(&format!("{value}\n"));
        }
        let items = value.get("items").and_then(Value::as_array);
        print(&table::rows(items.map_or(&[], Vec::as_slice), columns))
    }

    /// Asks for one thing.
    ///
    /// # Errors
    /// Why there is no answer.
    pub(super) async fn value<T: Serialize>(
        &self,
        global: &Global,
        (path, query): (&str, Vec<(&'static str, String)>),
        direct: impl AsyncFnOnce(&Desk) -> Result<T, CliError>,
    ) -> Result<Value, CliError> {
        match self.reach.any(global).await? {
            Reached::Daemon(client) => Ok(client.look(path, &query).await?),
            Reached::Database(desk) => Ok(json!(direct(&desk).await?)),
        }
    }
}
