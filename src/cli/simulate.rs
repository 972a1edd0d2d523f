//! `bursar simulate`: venues for others to trade on, and for this daemon to be tested against.

mod opend;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::{CliError, Exit, Global, print};
use crate::adapters::store::{Candidate, MemoryStore};
use crate::adapters::venue::paper::PaperVenue;
use crate::assemble::{self, Ear, Ending, options};
use crate::clock::{Clock, ScaledClock, SystemClock};
use crate::config::Settings;
use crate::ports::store::PaperVault;
use crate::simulator::binance::Binance;
use crate::simulator::bitget::Bitget;
use crate::simulator::bybit::Bybit;
use crate::simulator::exchange::{Account, Exchange, Keyring};
use crate::simulator::gate::Gate;
use crate::simulator::okx::Okx;
use crate::simulator::{Dialect, server};
use crate::telemetry;

/// The account that there is when none is named.
const USUAL: &str = "simulator-key:simulator-secret:10000";

/// What is simulated.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A perpetual futures exchange, which matches orders against a generated or recorded market
    Venue(Venue),
    /// A stand-in for Futu's OpenD: a small stock market over OpenD's own protocol
    Opend(opend::Args),
}

/// Options of `bursar simulate venue`.
#[derive(Debug, clap::Args)]
struct Venue {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8430", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Whose API it speaks
    #[arg(long, value_enum, default_value_t = Spoken::Binance)]
    dialect: Spoken,
    /// Folder in which it is kept and continued; without it everything is gone at the end
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// "generator", or a file of recorded trades or bars of the first market (CSV, or captured JSON lines, also gzip)
    #[arg(long, default_value = "generator", value_name = "FILE")]
    data: String,
    /// Seed of the generator: the same seed gives the same prices
    #[arg(long, default_value_t = 8)]
    seed: u64,
    /// How many times as fast as life the market runs; above 1 its times run ahead of the clock
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    speed: u32,
    /// An account, KEY:SECRET:BALANCE, with :withdraw or :read behind it for other rights; several times for several.
    /// Without it there is simulator-key:simulator-secret:10000
    #[arg(long = "key", value_name = "KEY:SECRET:BALANCE")]
    keys: Vec<String>,
    /// Yes, listen on an address that other machines reach, although anybody there may set faults
    #[arg(long)]
    allow_public: bool,
}

/// The dialects that are spoken.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Spoken {
    /// Binance USDⓈ-M futures
    Binance,
    /// OKX v5, linear perpetual swaps
    Okx,
    /// Bybit v5, linear perpetuals of a unified account
    Bybit,
    /// Bitget v2 mix, USDT futures
    Bitget,
    /// Gate perpetual futures in USDT
    Gate,
}

impl Spoken {
    fn dialect(self) -> Box<dyn Dialect> {
        match self {
            Self::Binance => Box::new(Binance::default()),
            Self::Okx => Box::new(Okx::default()),
            Self::Bybit => Box::new(Bybit::default()),
            Self::Bitget => Box::new(Bitget::default()),
            Self::Gate => Box::new(Gate::default()),
        }
    }
}

/// Serves until it is told to stop.
pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let args = match &args.what {
        What::Venue(args) => args,
        What::Opend(args) => return opend::run(args, global),
    };
    near("--listen", args.listen, args.allow_public)?;
    let keys = keyring(args)?;
    let settings = settings(args, global)?;
    telemetry::install(&settings.log)?;
    super::system::with_actors(serve(args, keys, &settings))
}

/// Nobody on another machine reaches a simulator unless that is wanted.
fn near(option: &str, address: SocketAddr, allow_public: bool) -> Result<(), CliError> {
    if address.ip().is_loopback() || allow_public {
        return Ok(());
    }
    let words = format!("{option} {address} reaches beyond this machine; say --allow-public too, or take 127.0.0.1");
    Err(CliError::BadInput(words))
}

async fn serve(args: &Venue, keys: Keyring, settings: &Settings) -> Result<Exit, CliError> {
    let ear = Ear::open();
    let vault = vault(args, settings).await?;
    let now = SystemClock.now();
    let market_clock: Arc<dyn Clock> = if args.speed > 1 {
        let stood = PaperVenue::last_time(vault.as_ref()).await?;
        Arc::new(ScaledClock::new(now.max(stood.unwrap_or_default()), args.speed))
    } else {
        Arc::new(SystemClock)
    };
    let options = assemble::paper::options(&settings.paper)?;
    let names: Vec<String> = keys.accounts().map(|account| account.key.clone()).collect();
    let exchange = Exchange::open(options, keys, vault, market_clock, Arc::new(SystemClock)).await?;
    let bound = server::bind(args.listen, Arc::clone(&exchange), args.dialect.dialect())?;
    print(&welcome(&bound, &exchange, &names))?;
    let serving = actix_web::rt::spawn(bound.server);
    // Nothing here can break but the server; the sender lives for as long as this waits.
    let (calm, never) = tokio::sync::watch::channel(false);
    let ending = tokio::select! {
        ending = assemble::until_told(ear, never) => ending,
        served = serving => {
            tracing::warn!(?served, "the simulator's server has ended");
            Ending::Broken
        }
    };
    drop(calm);
    bound.handle.stop(false).await;
    exchange.close().await;
    Ok(match ending {
        Ending::Asked => Exit::Done,
        Ending::Broken => Exit::Failed,
    })
}

/// Where it is kept: in a database of its own in the folder, or in memory.
async fn vault(args: &Venue, settings: &Settings) -> Result<Arc<dyn PaperVault>, CliError> {
    let Some(directory) = &args.dir else {
        return Ok(Arc::new(MemoryStore::default()));
    };
    assemble::state_files::make_directory(directory)?;
    let connected = Candidate::connect(options::store(settings)).await;
    let mut candidate = connected.map_err(|error| CliError::Schema(error.into()))?;
    if let Some(holder) = candidate.ask().await? {
        let words = format!(
            "--dir {} is in use: {holder} writes to its database",
            directory.display()
        );
        return Err(CliError::BadInput(words));
    }
    candidate.enter().await?;
    Ok(Arc::new(candidate.open().await?))
}

fn keyring(args: &Venue) -> Result<Keyring, CliError> {
    let given = args.keys.iter().map(String::as_str);
    let usual = args.keys.is_empty().then_some(USUAL);
    let accounts: Result<Vec<Account>, _> = given.chain(usual).map(Account::parse).collect();
    let keyring = accounts.and_then(Keyring::new);
    keyring.map_err(|error| CliError::BadInput(format!("--key: {error}")))
}

fn settings(args: &Venue, global: &Global) -> Result<Settings, CliError> {
    let mut own = vec![
        ("BURSAR__PAPER__SPEED", args.speed.to_string()),
        ("BURSAR__PAPER__SEED", args.seed.to_string()),
        // Above "info" there is a line for every request.
        ("BURSAR__LOG__FILTER", "warn".to_owned()),
    ];
    if let Some(directory) = &args.dir {
        own.push(("BURSAR__DAEMON__STATE_DIRECTORY", directory.display().to_string()));
    }
    if args.data != "generator" {
        own.push(("BURSAR__PAPER__FEED", "file".to_owned()));
        own.push(("BURSAR__PAPER__FILE", args.data.clone()));
    }
    Ok(global.settings_over("development", &own)?)
}

fn welcome(bound: &server::Bound, exchange: &Exchange, keys: &[String]) -> String {
    let address = bound.address.to_string();
    let dialect = &bound.passage.dialect;
    let markets = exchange
        .markets()
        .iter()
        .map(|market| market.instrument.symbol.as_str());
    let mut lines = vec![format!("simulated venue  {}", dialect.name())];
    lines.extend(dialect.urls(&address));
    lines.push(format!("markets          {}", markets.collect::<Vec<_>>().join(", ")));
    lines.push(format!("keys             {}", keys.join(", ")));
    lines.push(format!("faults           http://{address}/simulator/faults"));
    lines.join("\n") + "\n"
}
