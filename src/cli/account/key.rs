//! `bursar account key`: sets, shows and removes the key of a venue account. What is secret comes from a file or stdin.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use domain::id::VenueAccountId;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::cli::answer::Form;
use crate::cli::reach::asker;
use crate::cli::robot::Why;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;

/// What is read at most, in bytes.
const LONGEST: u64 = 4_096;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Act {
    /// Set or replace it (the daemon must run: the venue is asked what the key may do). Reads two or three lines: the
    /// key's name, its secret, and the passphrase where the venue wants one
    Set {
        /// The venue account
        id: i64,
        /// Read this file; without it stdin
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Show what may be known of it: its ending, its rights, who set it and when
    Show {
        /// The venue account
        id: i64,
        #[command(flatten)]
        form: Form,
    },
    /// Remove it
    Remove {
        /// The venue account
        id: i64,
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
}

pub(super) async fn run(act: &Act, global: &Global) -> Result<Exit, CliError> {
    match act {
        Act::Set { id, file, why, form } => {
            let text = given(file.as_deref())?;
            let body = why.body(fields(&text)?);
            form.act(global, &format!("/venue-accounts/{id}/key"), &body).await?;
        }
        Act::Show { id, form } => {
            let direct = async |desk: &Desk| Ok(desk.key(VenueAccountId(*id)).await?);
            form.one(global, &format!("/venue-accounts/{id}/key"), direct).await?;
        }
        Act::Remove { id, why, form } => {
            let path = format!("/venue-accounts/{id}/key/remove");
            let direct = async |desk: &Desk| {
                let asker = asker(why.reason.as_deref())?;
                Ok(desk.remove_key(VenueAccountId(*id), &asker).await?)
            };
            form.write(global, (&path, why.body(Map::new())), direct).await?;
        }
    }
    Ok(Exit::Done)
}

fn given(file: Option<&Path>) -> Result<Zeroizing<String>, CliError> {
    let mut text = Zeroizing::new(String::new());
    match file {
        Some(file) => {
            let file = fs::File::open(file)?;
            file.take(LONGEST).read_to_string(&mut text)?;
        }
        None => {
            if io::stdin().is_terminal() {
                eprintln!(
                    "the key's name, its secret, the passphrase where there is one, each on a line; then Ctrl-D:"
                );
            }
            io::stdin().take(LONGEST).read_to_string(&mut text)?;
        }
    }
    Ok(text)
}

fn fields(text: &str) -> Result<Map<String, Value>, CliError> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let names = ["key", "secret", "passphrase"];
    if !(2..=names.len()).contains(&lines.len()) {
        let rule =
            "the key must be given as two or three lines: its name, its secret, and the passphrase where there is one";
        return Err(CliError::BadInput(rule.to_owned()));
    }
    let pairs = names.into_iter().zip(lines);
    Ok(pairs.map(|(name, line)| (name.to_owned(), json!(line))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_or_three_lines_are_a_key() {
        let read = |text: &str| fields(text).map(Value::Object).ok();
        assert_eq!(
            read("name\n secret \n"),
            Some(json!({"key": "name", "secret": "secret"}))
        );
        let three = json!({"key": "name", "secret": "secret", "passphrase": "two words"});
        assert_eq!(read("name\r\nsecret\r\n\r\ntwo words"), Some(three));
        for text in ["", "name", "a\nb\nc\nd"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
