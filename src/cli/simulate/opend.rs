//! `bursar simulate opend`: a stand-in for Futu's OpenD.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use domain::fixed::Amount;
use md5::{Digest, Md5};

use super::near;
use crate::assemble::{self, Ear, Ending};
use crate::cli::{CliError, Exit, Global, print, system};
use crate::clock::SystemClock;
use crate::config::parse_duration;
use crate::simulator::opend::{Bound, Cipher, OpendOptions, RsaPair, bind};
use crate::telemetry;

/// Options of `bursar simulate opend`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address for clients; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:11111", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Address of the control over HTTP: faults, prices, sessions
    #[arg(long, default_value = "127.0.0.1:8431", value_name = "ADDRESS")]
    control: SocketAddr,
    /// RSA private key (PKCS#1, PEM) that clients have as well; without it nothing is encrypted
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// How it is encrypted after the first message
    #[arg(long, value_enum, default_value_t = Cipher::Asked)]
    cipher: Cipher,
    /// Password that unlocks trading with real money
    #[arg(long, default_value = "simulator-password")]
    password: String,
    /// Cash of each account
    #[arg(long, default_value = "1000000")]
    cash: Amount,
    /// Where prices come from
    #[arg(long, value_enum, default_value_t = Prices::Generator)]
    prices: Prices,
    /// Time between two prices of the generator
    #[arg(long, default_value = "1s", value_parser = parse_duration)]
    tick_interval: Duration,
    /// Seed of the generator: the same seed gives the same prices
    #[arg(long, default_value_t = 8)]
    seed: u64,
    /// Yes, listen on addresses that other machines reach, although anybody there may set faults
    #[arg(long)]
    allow_public: bool,
}

/// Where prices come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prices {
    /// They go a few steps up or down
    Generator,
    /// They stay until they are set
    Hand,
}

/// Seconds between two signs of life of a client, as OpenD tells.
const KEEP_ALIVE: i32 = 10;

/// Serves until it is told to stop.
pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    near("--listen", args.listen, args.allow_public)?;
    near("--control", args.control, args.allow_public)?;
    let options = options(args)?;
    let quiet = [("BURSAR__LOG__FILTER", "warn".to_owned())];
    let settings = global.settings_over("development", &quiet)?;
    telemetry::install(&settings.log)?;
    system::with_actors(serve(options))
}

fn options(args: &Args) -> Result<OpendOptions, CliError> {
    let rsa = match &args.key {
        None => None,
        Some(file) => {
            let wrong = |why: String| CliError::BadInput(format!("--key {}: {why}", file.display()));
            let pem = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
            Some(RsaPair::read(&pem).map_err(|error| wrong(error.to_string()))?)
        }
    };
    if args.cash.is_negative() {
        return Err(CliError::BadInput("--cash must be at least 0".to_owned()));
    }
    let digest = Md5::digest(args.password.as_bytes());
    Ok(OpendOptions {
        listen: args.listen,
        control: args.control,
        rsa,
        cipher: args.cipher,
        password_md5: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        cash: args.cash,
        tick: (args.prices == Prices::Generator).then_some(args.tick_interval),
        seed: args.seed,
        keep_alive: KEEP_ALIVE,
    })
}

async fn serve(options: OpendOptions) -> Result<Exit, CliError> {
    let ear = Ear::open();
    let mut bound = bind(options, Arc::new(SystemClock)).await?;
    print(&welcome(&bound))?;
    // Nothing here can break but the server; the sender lives for as long as this waits.
    let (calm, never) = tokio::sync::watch::channel(false);
    let ending = tokio::select! {
        ending = assemble::until_told(ear, never) => ending,
        served = bound.ended() => {
            tracing::warn!(?served, "the simulator's control has ended");
            Ending::Broken
        }
    };
    drop(calm);
    bound.stop().await;
    Ok(match ending {
        Ending::Asked => Exit::Done,
        Ending::Broken => Exit::Failed,
    })
}

fn welcome(bound: &Bound) -> String {
    let of_kind = |real: bool| {
        let ids = bound.accounts.iter().filter(|(_, is_real)| *is_real == real);
        ids.map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(", ")
    };
    let lines = [
        format!("simulated OpenD  {}", bound.address),
        format!("paper accounts   {}", of_kind(false)),
        format!("real accounts    {}", of_kind(true)),
        format!("faults           http://{}/simulator/faults", bound.control),
    ];
    lines.join("\n") + "\n"
}
