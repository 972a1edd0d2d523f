//! The chain story of the demo: a node, our contracts and a simulated OpenD, where a node's program is at hand; users who pay in and redeem.

mod kept;
mod node;
mod outcome;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::fixed::Amount;

use crate::adapters::chain::dev_node::{Argument, DevNode};
use crate::assemble::state_files;
use crate::clock::{Clock, SystemClock};
use crate::ports::chain::ChainError;
use crate::simulator::opend::{Bound, Carried, Cipher, OpendOptions, bind};
use kept::Kept;
use node::Node;
pub use outcome::{VaultSummary, outcome};

/// How the program is to be had.
const HOW: &str =
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
/// How often the chain makes a block.
const BLOCK_EVERY: Duration = Duration::from_secs(1);

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
    /// What the last demo left, or the folder, cannot be used.
    #[error("could not use what is kept of the demo's chain")]
    Keep(#[source] std::io::Error),
    /// The simulated OpenD cannot be started.
    #[error("could not start the simulated OpenD")]
    Opend(#[source] std::io::Error),
}

/// The node, its contracts, and the stock market beside it.
pub struct VaultStage {
    node: Node,
    users: DevNode,
    kept: Kept,
    opend: Bound,
    folder: PathBuf,
    settings: Vec<(String, String)>,
}

/// Sets it up in this folder, or goes on with what is kept there; where there is none, why.
pub async fn open(folder: &Path) -> Result<Result<VaultStage, &'static str>, VaultError> {
    let Some(program) = node::program() else {
        return Ok(Err(HOW));
    };
    state_files::make_directory(folder).map_err(VaultError::Keep)?;
    let before = Kept::read(folder).map_err(VaultError::Keep)?;
    if before.as_ref().is_some_and(|before| before.stocks.is_none()) {
        return Ok(Err(kept::LOST));
    }
    let chain = before.as_ref().map_or_else(fresh_chain, |before| before.chain);
    let node = Node::start(&program, chain, &kept::chain_file(folder))?;
    let users = DevNode::open(&format!("http://127.0.0.1:{}", node.port)).await?;
    users.set_clock(SystemClock.now()).await?;
    let (mut kept, stocks) = match before {
        Some(before) => (before.clone(), before.stocks),
        None => (deploy(&users, chain).await?, None),
    };
    // Contracts are there at once, and users wait for blocks as in life.
    users.mine_every(BLOCK_EVERY).await?;
    let opend = open_stocks(stocks).await.map_err(VaultError::Opend)?;
    kept.stocks = None;
    kept.write(folder).map_err(VaultError::Keep)?;
    let settings = settings(&kept, node.port, &opend);
    Ok(Ok(VaultStage {
        node,
        users,
        kept,
        opend,
        settings,
        folder: folder.to_owned(),
    }))
}

async fn open_stocks(before: Option<Carried>) -> std::io::Result<Bound> {
    let near = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = OpendOptions {
        listen: near,
        control: near,
        rsa: None,
        cipher: Cipher::Asked,
        password_md5: String::new(),
        cash: Amount::whole(1_000_000).unwrap_or(Amount::ZERO),
        tick: Some(Duration::from_secs(1)),
        seed: 8,
        keep_alive: 10,
    };
    let opend = bind(options, Arc::new(SystemClock)).await?;
    if let Some(before) = before {
        opend.go_on_from(before);
    }
    Ok(opend)
}

/// A chain that no demo had before.
fn fresh_chain() -> u64 {
    let seconds = u64::try_from(SystemClock.now().0 / 1_000).unwrap_or_default();
    900_000_000 + seconds % 90_000_000
}

/// The vault, with its money and its shares.
async fn deploy(node: &DevNode, chain: u64) -> Result<Kept, ChainError> {
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
    Ok(Kept {
        chain,
        money,
        share,
        vault,
        stocks: None,
    })
}

fn too_few() -> ChainError {
    ChainError::Refused("the node has too few accounts".to_owned())
}

fn settings(kept: &Kept, port: u16, opend: &Bound) -> Vec<(String, String)> {
    let Kept { chain, vault, .. } = kept;
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
        ("MONEY__TOKEN", kept.money.to_string()),
        ("MONEY__DECIMALS", text("6")),
        ("MONEY__ASSET", text("USDT")),
        ("SHARE__TOKEN", kept.share.to_string()),
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
            let amount = [Argument::Number(amount)];
            if let Err(error) = self.users.act(user, self.kept.vault, what, &amount).await {
                tracing::debug!(%error, "a user of the demo's vault was not heard");
            }
            tokio::time::sleep(ACT_EVERY).await;
        }
    }

    /// Shares that the users have, as the chain says.
    pub async fn shares(&self) -> Result<Amount, ChainError> {
        let mut raw = 0_u128;
        for user in USERS {
            raw = raw.saturating_add(self.users.balance(self.kept.share, user).await?);
        }
        let text = format!("{}.{:018}", raw / ONE_SHARE, raw % ONE_SHARE);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.parse()
            .map_err(|_| ChainError::Malformed(format!("{text} shares")))
    }

    /// Ends the stock market and the node, and keeps both for the next demo of this folder.
    pub async fn close(mut self) {
        self.opend.stop().await;
        self.kept.stocks = Some(self.opend.carried());
        let ended = self.node.end().await;
        if !ended || self.kept.write(&self.folder).is_err() {
            tracing::warn!("the chain of the demo is not kept");
        }
    }
}
