//! `bursar market`: what venues allow on their markets, and prices.

use domain::market::Symbol;
use domain::venue::VenueName;

use crate::cli::answer::Form;
use crate::cli::{CliError, Exit, Global};
use crate::desk::Desk;

/// What to do about markets.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Show a market: steps, minimums, leverage, and its best prices while the daemon runs
    Show {
        /// The venue
        #[arg(value_parser = venue)]
        venue: VenueName,
        /// The venue's name of the market, such as BTCUSDT or BTC-USDT-SWAP
        #[arg(value_parser = symbol)]
        symbol: String,
        #[command(flatten)]
        form: Form,
    },
}

fn venue(text: &str) -> Result<VenueName, &'static str> {
    VenueName::parse(text).ok_or("must be a venue that Bursar knows")
}

fn symbol(text: &str) -> Result<String, &'static str> {
    let is_plain = !text.is_empty() && !text.contains(['/', '?', '#', '%', '\\', ' ']) && !text.starts_with('.');
    if is_plain {
        Ok(text.to_owned())
    } else {
        Err("must be the name of a market")
    }
}

pub(super) async fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let Act::Show { venue, symbol, form } = &args.act;
    let direct = async |desk: &Desk| Ok(desk.market(*venue, &Symbol::new(symbol)).await?);
    form.one(global, &format!("/markets/{venue}/{symbol}"), direct).await?;
    Ok(Exit::Done)
}
