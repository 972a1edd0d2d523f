//! The chain story of the demo: a node, our contracts and a simulated OpenD, where a node's program is at hand; users who pay in and redeem.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use domain::chain::Address;
use domain::fixed::Amount;
use domain::page::Page;
use domain::trigger::TriggerState;
use serde::Serialize;

use crate::adapters::chain::dev_node::{Argument, DevNode};
use crate::clock::{Clock, SystemClock};
use crate::ports::chain::ChainError;
use crate::ports::store::{Store, StoreError, TriggerFilter};
use crate::simulator::opend::{Bound, Cipher, OpendOptions, bind};

/// How the program is to be had.
pub const HOW: &str =
    "no `anvil` on the PATH or in node_modules: `npm i @foundry-rs/anvil` here adds the story of a vault on a chain";

const MONEY: &str = include_str!("../../../contracts/out/TestMoney.json");
const SHARE: &str = include_str!("../../../contracts/out/ShareToken.json");
const VAULT: &str = include_str!("../../../contracts/out/Vault.json");
/// The node's second account, which pays; its key is known to everybody. <https://getfoundry.sh/anvil/reference/>
const PAYER_KEY: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
/// Places of the accounts: who deploys, who pays, and the users.
const DEPLOYER: usize = 0;
const PAYER: usize = 1;
const USERS: [usize; 3] = [3, 4, 5];
/// A coin, and a share, in units of their tokens.
const COIN: u128 = 1_000_000;
const ONE_SHARE: u128 = 1_000_000_000_000_000_000;
/// What each user has, and what the vault holds for sales to come, in coins.
const PURSE: u128 = 1_000_000;
const FLOAT: u128 = 1_000_000;
/// How often somebody pays in or redeems.
const ACT_EVERY: Duration = Duration::from_secs(4);
/// Largest page of triggers that is counted at once.
const PAGE: u32 = 500;

/// Why there is no chain story although its program is there.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The node cannot be started.
    #[error("could not start anvil")]
    Start(#[source] std::io::Error),
    /// It does not say where it listens.
    #[error("anvil does not say where it listens")]
    Silent,
    /// The node does not do what is asked of it.
    #[error("the node of the demo")]
    Node(#[from] ChainError),
    /// The simulated OpenD cannot be started.
    #[error("could not start the simulated OpenD")]
    Opend(#[source] std::io::Error),
}

/// The node, its contracts, and the stock market beside it.
pub struct VaultStage {
    process: Child,
    node: DevNode,
    vault: Address,
    opend: Bound,
    settings: Vec<(String, String)>,
}

/// What came of deposits and redemptions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct VaultSummary {
    /// Deposits and redemptions on record.
    pub triggers: u64,
    /// Those that ended in shares or money.
    pub settled: u64,
    /// Those that were given back.
    pub returned: u64,
    /// Shares bought and sold for them.
    pub shares: Amount,
}

impl Drop for VaultStage {
    fn drop(&mut self) {
        if self.process.kill().and_then(|()| self.process.wait()).is_err() {
            tracing::debug!("anvil had ended");
        }
    }
}

/// Sets it up, where the node's program is at hand.
pub async fn open() -> Result<Option<VaultStage>, VaultError> {
    let Some(program) = program() else {
        return Ok(None);
    };
    let chain = fresh_chain();
    let (process, port) = start(&program, chain)?;
    let node = DevNode::open(&format!("http://127.0.0.1:{port}")).await?;
    let near = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let opend = bind(
        OpendOptions {
            listen: near,
            control: near,
            rsa: None,
            cipher: Cipher::Asked,
            password_md5: String::new(),
            cash: Amount::whole(1_000_000).unwrap_or(Amount::ZERO),
            tick: Some(Duration::from_secs(1)),
            seed: 8,
            keep_alive: 10,
        },
        Arc::new(SystemClock),
    );
    let opend = opend.await.map_err(VaultError::Opend)?;
    let (vault, tokens) = deploy(&node).await?;
    let settings = settings(chain, port, vault, tokens, &opend);
    Ok(Some(VaultStage {
        process,
        node,
        vault,
        opend,
        settings,
    }))
}

/// On the PATH, or where npm puts it.
fn program() -> Option<PathBuf> {
    let on_path = Command::new("anvil").arg("--version").output();
    if on_path.is_ok_and(|output| output.status.success()) {
        return Some(PathBuf::from("anvil"));
    }
    let local = PathBuf::from("node_modules/.bin/anvil");
    local.exists().then_some(local)
}

/// A chain that no demo had before: one that is continued follows its new chain under a new name.
fn fresh_chain() -> u64 {
    let seconds = u64::try_from(SystemClock.now().0 / 1_000).unwrap_or_default();
    900_000_000 + seconds % 90_000_000
}

fn start(program: &PathBuf, chain: u64) -> Result<(Child, u16), VaultError> {
    let mut process = Command::new(program)
        .args(["--port", "0", "--block-time", "1", "--chain-id", &chain.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(VaultError::Start)?;
    let out = process.stdout.take().ok_or(VaultError::Silent)?;
    let mut lines = BufReader::new(out).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("Listening on 127.0.0.1:")?.1.trim().parse().ok());
    // Who no longer reads would block it.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    match port {
        Some(port) => Ok((process, port)),
        None => Err(VaultError::Silent),
    }
}

/// The vault, with its money and its shares.
async fn deploy(node: &DevNode) -> Result<(Address, [Address; 2]), ChainError> {
    let of = |place: usize| node.account(place).map(Argument::Address).ok_or_else(too_few);
    let money = node.deploy(DEPLOYER, MONEY, &[]).await?;
    let names = [Argument::Text("Apple shares"), Argument::Text("AAPLx")];
    let share = node.deploy(DEPLOYER, SHARE, &names).await?;
    let (money_token, share_token) = (Argument::Address(money), Argument::Address(share));
    let roles = [money_token, share_token, of(DEPLOYER)?, of(PAYER)?, of(DEPLOYER)?];
    let vault = node.deploy(DEPLOYER, VAULT, &roles).await?;
    let (at, all) = (Argument::Address(vault), Argument::Number(PURSE * COIN));
    let may = [at.clone(), Argument::Flag(true)];
    node.act(DEPLOYER, share, "setMinter(address,bool)", &may).await?;
    let float = [at.clone(), Argument::Number(FLOAT * COIN)];
    node.act(DEPLOYER, money, "mint(address,uint256)", &float).await?;
    for user in USERS {
        let given = [of(user)?, all.clone()];
        node.act(DEPLOYER, money, "mint(address,uint256)", &given).await?;
        let allowed = [at.clone(), all.clone()];
        node.act(user, money, "approve(address,uint256)", &allowed).await?;
    }
    Ok((vault, [money, share]))
}

fn too_few() -> ChainError {
    ChainError::Refused("the node has too few accounts".to_owned())
}

fn settings(
    chain: u64,
    port: u16,
    vault: Address,
    [money, share]: [Address; 2],
    opend: &Bound,
) -> Vec<(String, String)> {
    let text = ToOwned::to_owned;
    let general = [
        ("CHAINS__DEMO__ID", chain.to_string()),
        ("CHAINS__DEMO__ENDPOINTS", format!("ws://127.0.0.1:{port}")),
        ("CHAINS__DEMO__CONFIRMATIONS", text("2")),
        ("PAYOUTS__DEMO__CONFIRMATIONS", text("2")),
        ("PAYOUTS__DEMO__KEY__PLACE", text("raw")),
        ("PAYOUTS__DEMO__KEY__SECRET", text(PAYER_KEY)),
        ("STOCKS__FUTU__ENABLED", text("true")),
        ("STOCKS__FUTU__ADDRESS", opend.address.to_string()),
        ("STOCKS__FUTU__CASH_BEFORE", text("1000000")),
    ];
    let own = [
        ("CHAIN", text("demo")),
        ("VAULT", vault.to_string()),
        ("SYMBOL", text("US.AAPL")),
        ("VAULT_MONEY_BEFORE", FLOAT.to_string()),
        // The demo's clock runs ahead of the chain's and of the stock market's.
        ("LATE", text("quote")),
        ("MAX_PRICE_AGE", text("7d")),
        ("PATIENCE", text("30d")),
        ("MONEY__TOKEN", money.to_string()),
        ("MONEY__DECIMALS", text("6")),
        ("MONEY__ASSET", text("USDT")),
        ("SHARE__TOKEN", share.to_string()),
        ("SHARE__DECIMALS", text("18")),
        ("SHARE__ASSET", text("AAPL")),
    ];
    let general = general.map(|(name, value)| (format!("BURSAR__{name}"), value));
    let own = own.map(|(name, value)| (format!("BURSAR__SUBSCRIPTIONS__AAPL_{chain}__{name}"), value));
    general.into_iter().chain(own).collect()
}

impl VaultStage {
    /// What the daemon is to know of it.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    /// Lets users pay in and redeem, in turn, for as long as it is not dropped. What the node does not take is tried a moment later.
    pub async fn play(&self) {
        for round in 0_u32.. {
            let user = USERS[usize::try_from(round).unwrap_or_default() % USERS.len()];
            let redeems = round % 4 == 3;
            // What a share costs, twice and a little: the little comes back.
            let (what, amount) = match redeems {
                true => ("redeem(uint256)", ONE_SHARE + ONE_SHARE / 2),
                false => ("deposit(uint256)", (450 + u128::from(round % 7) * 110) * COIN),
            };
            if let Err(error) = self.node.act(user, self.vault, what, &[Argument::Number(amount)]).await {
                tracing::debug!(%error, "a user of the demo's vault was not heard");
            }
            tokio::time::sleep(ACT_EVERY).await;
        }
    }

    /// Ends the stock market.
    pub async fn close(&self) {
        self.opend.stop().await;
    }
}

/// Counts what came of deposits and redemptions.
pub async fn summary(store: &dyn Store) -> Result<VaultSummary, StoreError> {
    let mut summary = VaultSummary::default();
    let mut page = Page::first(PAGE);
    loop {
        let triggers = store.triggers(TriggerFilter::default(), page).await?;
        for trigger in &triggers {
            summary.triggers += 1;
            summary.settled += u64::from(matches!(trigger.state, TriggerState::Settled { .. }));
            summary.returned += u64::from(matches!(trigger.state, TriggerState::Returned { .. }));
            let shares = Amount::from_units(trigger.filled.units()).unwrap_or_default();
            summary.shares = summary.shares.plus(shares).unwrap_or(summary.shares);
        }
        match triggers.last() {
            Some(last) if triggers.len() == PAGE as usize => page = Page::after(last.id.0, PAGE),
            _ => return Ok(summary),
        }
    }
}
