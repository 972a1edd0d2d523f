//! `bursar keys`: master keys, under which the keys of venue accounts are sealed, and keys of payers.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, json};
use zeroize::Zeroizing;

use crate::adapters::chain::signer::{SecretFile, keystore};
use crate::adapters::keyring::generate;
use crate::cli::answer::Form;
use crate::cli::reach::{Reached, asker};
use crate::cli::robot::Why;
use crate::cli::{CliError, Exit, Global, print};
use crate::desk::DeskError;

/// What to do about master keys.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Print a new master key, which nobody keeps: write it where only its owner may read it
    Generate,
    /// Seal the keys of all venue accounts under the newest master key; may be repeated. Exit code 1 when some do not open
    Rotate {
        #[command(flatten)]
        why: Why,
        #[command(flatten)]
        form: Form,
    },
    /// Make a new key of a payer in an encrypted keystore file that only its owner may read, and print its address
    Payer {
        /// The file to make; one that is there already stays as it is
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The file with its password, which only its owner may read
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
}

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    match &args.act {
        Act::Generate => {
            let key = generate().map_err(DeskError::from)?;
            let text = Zeroizing::new(STANDARD.encode(key.as_slice()));
            print(&format!("{}\n", text.as_str()))?;
            Ok(Exit::Done)
        }
        Act::Payer { out, password_file } => {
            let password = SecretFile::new(password_file.clone()).read()?;
            print(&format!("{}\n", keystore::make(out, &password)?))?;
            Ok(Exit::Done)
        }
        Act::Rotate { why, form } => {
            let done = match form.reach.any(global).await? {
                Reached::Daemon(client) => client.post("/keys/rotate", &why.body(Map::new())).await?,
                Reached::Database(desk) => json!(desk.rotate_keys(&asker(why.reason.as_deref())?).await?),
            };
            form.show(&done)?;
            let unopened = done["unopened"].as_array().is_some_and(|accounts| !accounts.is_empty());
            Ok(if unopened { Exit::Failed } else { Exit::Done })
        }
    }
}
