//! `bursar demo`: the whole daemon on a fresh database and a market that runs faster than life.

mod curtain;
mod hand;
mod plan;
mod pool;
mod seats;
mod show;
mod summary;
mod vault;
mod view;

use std::io::{IsTerminal, stderr};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::market::Symbol;

use super::{CliError, Exit, Global, print};
use crate::assemble::{self, Daemon, Ear, Ending, state_files};
use crate::config::{Settings, SettingsError};
use crate::telemetry;
pub(super) use curtain::CurtainError;
use pool::PoolStage;
pub(super) use seats::SeatError;
use summary::Summary;
pub(super) use vault::VaultError;
use vault::VaultStage;

/// Longest interval between polls of a flat account, in real time.
const FLAT_INTERVAL: Duration = Duration::from_secs(30);

/// Options of `bursar demo`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the demo; one that exists is continued. Without it a new one is made among the temporary files
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How many times as fast as life the market runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    speed: u32,
    /// End after this time, such as 60s; without it Ctrl-C ends the demo
    #[arg(long = "for", value_name = "TIME", value_parser = crate::config::parse_duration)]
    length: Option<Duration>,
    /// How many robots
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    robots: u32,
    /// Seed of the generated market: the same seed gives the same prices
    #[arg(long, default_value_t = 8)]
    seed: u64,
    /// Replay recorded trades or bars of BTCUSDT (CSV, or captured JSON lines, also gzip) instead of a generated market
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Address of the HTTP interface; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Whether a vault on a chain is part of it, where `anvil` is on the PATH or in node_modules
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    chain: bool,
    /// Whether a pool that pays a day in four seconds is part of it
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    pool: bool,
    /// Print the summary as one JSON object to stdout, and nothing else there
    #[arg(long)]
    json: bool,
}

/// The demo while it plays.
pub(super) struct Stage {
    daemon: Daemon,
    symbols: Vec<Symbol>,
    welcome: String,
    pool: Option<PoolStage>,
}

/// Plays the demo and prints its summary; exit code 1 when something does not add up.
pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, CliError> {
    let directory = args.dir.clone().unwrap_or_else(new_directory);
    let summary = super::system::with_actors(stage_and_play(args, global, &directory))?;
    if args.json {
        let object = serde_json::to_string(&summary).map_err(std::io::Error::other)?;
        print(&format!("{object}\n"))?;
    } else {
        print(&summary.text(&directory))?;
    }
    Ok(if summary.is_right() { Exit::Done } else { Exit::Failed })
}

/// Sets up the vault's chain, where a node is at hand, and plays.
async fn stage_and_play(args: &Args, global: &Global, directory: &Path) -> Result<Summary, CliError> {
    let vault = match args.chain {
        true => vault::open(directory).await?,
        false => Err("no chain, as asked for"),
    };
    let settings = settings(args, global, directory, vault.as_ref().ok())?;
    telemetry::install(&settings.log)?;
    let played = play(args, &settings, directory, vault.as_ref().map_err(|why| *why)).await;
    match (played, vault) {
        (Ok(summary), Ok(vault)) => {
            vault.close().await;
            Ok(summary)
        }
        (played, _) => played,
    }
}

async fn play(
    args: &Args,
    settings: &Settings,
    directory: &Path,
    vault: Result<&VaultStage, &'static str>,
) -> Result<Summary, CliError> {
    let ear = Ear::open();
    let daemon = assemble::start(settings).await?;
    let symbols = symbols(args, settings);
    seats::seat(&daemon, args.robots, &symbols).await?;
    let stage = Stage {
        welcome: welcome(&daemon, directory, args, vault),
        daemon,
        symbols,
        pool: pool(args, directory, settings).await,
    };
    eprint!("{}", stage.welcome);
    let ending = tokio::select! {
        ending = assemble::until_told(ear, stage.daemon.fatal()) => ending,
        () = show::show(&stage) => Ending::Asked,
        () = hand::close_some(stage.daemon.store.clone(), stage.daemon.paper.clone()) => Ending::Asked,
        () = seats::top_up(&stage.daemon) => Ending::Asked,
        () = pay_in(vault.ok()) => Ending::Asked,
        () = pool::play(stage.pool.as_ref()) => Ending::Asked,
        () = until(args.length) => Ending::Asked,
    };
    let summary = match ending {
        Ending::Asked => Some(curtain::fall(&stage, vault.ok()).await),
        Ending::Broken => None,
    };
    if let Some(pool) = &stage.pool {
        pool.close().await;
    }
    match (stage.daemon.stop(ending).await, summary) {
        (Ending::Asked, Some(summary)) => Ok(summary?),
        (Ending::Asked | Ending::Broken, _) => super::leave_broken(),
    }
}

/// The pool, where it is wanted; a demo without one is still a demo.
async fn pool(args: &Args, directory: &Path, settings: &Settings) -> Option<PoolStage> {
    if !args.pool {
        return None;
    }
    let opened = PoolStage::open(directory, settings).await;
    opened
        .inspect_err(|error| tracing::warn!(%error, "the demo plays without a pool: {error}"))
        .ok()
}

/// Users pay in and redeem, where there is a vault.
async fn pay_in(vault: Option<&VaultStage>) {
    match vault {
        Some(vault) => vault.play().await,
        None => std::future::pending().await,
    }
}

async fn until(length: Option<Duration>) {
    match length {
        Some(length) => tokio::time::sleep(length).await,
        None => std::future::pending().await,
    }
}

/// A recording plays BTCUSDT alone; generated markets are all played.
fn symbols(args: &Args, settings: &Settings) -> Vec<Symbol> {
    let listed = settings
        .paper
        .instruments
        .iter()
        .map(|instrument| Symbol::new(&instrument.symbol));
    listed.take(if args.data.is_some() { 1 } else { usize::MAX }).collect()
}

/// The demo's own settings lie under what the process's variables say.
fn settings(
    args: &Args,
    global: &Global,
    directory: &Path,
    vault: Option<&VaultStage>,
) -> Result<Settings, SettingsError> {
    let speed = args.speed;
    let sync = |interval: Duration| format!("{}ms", (interval / speed).as_millis().max(250));
    let mut own = vec![
        ("BURSAR__DAEMON__STATE_DIRECTORY", directory.display().to_string()),
        ("BURSAR__HTTP__LISTEN", args.listen.to_string()),
        ("BURSAR__PAPER__SPEED", speed.to_string()),
        ("BURSAR__PAPER__SEED", args.seed.to_string()),
        ("BURSAR__SYNC__OPEN_INTERVAL", sync(Duration::from_secs(5))),
        ("BURSAR__SYNC__FLAT_INTERVAL", sync(FLAT_INTERVAL)),
    ];
    if stderr().is_terminal() {
        // Lines of the log would tear the frames, which show debts anyway.
        own.push(("BURSAR__LOG__FILTER", "error".to_owned()));
    }
    if let Some(file) = &args.data {
        own.push(("BURSAR__PAPER__FEED", "file".to_owned()));
        own.push(("BURSAR__PAPER__FILE", file.display().to_string()));
    }
    let of_vault = vault.map_or(&[][..], VaultStage::settings);
    own.extend(of_vault.iter().map(|(name, value)| (name.as_str(), value.clone())));
    global.settings_over("demo", &own)
}

fn new_directory() -> PathBuf {
    std::env::temp_dir().join(format!("bursar-demo-{}", std::process::id()))
}

fn welcome(daemon: &Daemon, directory: &Path, args: &Args, vault: Result<&VaultStage, &'static str>) -> String {
    let token = std::fs::read_to_string(directory.join(state_files::TOKEN_FILE)).unwrap_or_default();
    format!(
        "bursar demo: {} robots, market at {} times life, kept in {}\n\
         HTTP {}  token {}\n\
         try: curl -H 'Authorization: Bearer {}' {}/robots\n\
         also: --data FILE replays recorded trades or bars, --robots N, --speed N, --json; Ctrl-C ends\n{}\n\n",
        args.robots,
        args.speed,
        directory.display(),
        daemon.url(),
        token.trim(),
        token.trim(),
        daemon.url(),
        match vault {
            Ok(_) => "a vault on a chain of its own: users pay in, get shares, and redeem (/orders?origin=chain)",
            Err(why) => why,
        },
    )
}
