//! A real node with our contracts on it, a simulated OpenD, and a home whose daemon stands between them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use domain::chain::Address;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::anvil::{self, Anvil, DEPLOYER, Stage, account, number};
use crate::caller::Caller;
use crate::daemon::{Daemon, Home};
use crate::opend::Opend;
pub use crate::vault_home::{DEPTH, SYMBOL};
use crate::vault_home::{FLOAT, configured, with_payer};

/// Its price.
pub const PRICE: &str = "200";
/// A share, in units of its token.
pub const SHARE: u128 = 1_000_000_000_000_000_000;
/// A unit of money, in units of its token.
pub const COIN: u64 = 1_000_000;
/// How long a story may take to come to its end.
const LONGEST: Duration = Duration::from_secs(240);

/// Everything that a story needs.
pub struct World {
    pub anvil: Anvil,
    pub stage: Stage,
    pub opend: Opend,
    pub home: Home,
    pub runtime: Runtime,
    pub payer: Address,
}

/// What an operator is shown of all orders of the chain.
#[derive(Debug, Clone)]
pub struct Shown(pub Vec<Value>);

impl World {
    /// A chain that makes a block every 200 ms; `None`, with a word, where there is no anvil.
    pub fn open(home: Home) -> Option<Self> {
        Self::with(home, "TestMoney", &[])
    }

    /// The same with this money, and with more settings.
    pub fn with(home: Home, money: &str, settings: &[(&str, &str)]) -> Option<Self> {
        Self::on(&[], home, money, settings)
    }

    /// The same on a node with more arguments.
    pub fn on(arguments: &[&str], home: Home, money: &str, settings: &[(&str, &str)]) -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let arguments = [arguments, &["--block-time", "0.2"]].concat();
        let anvil = runtime.block_on(Anvil::start(31_337, &arguments))?;
        let stage = runtime.block_on(anvil.stage(money));
        let opend = Opend::open("127.0.0.1:0", &["--prices", "hand"]);
        opend.price(SYMBOL, PRICE);
        let (home, payer) = with_payer(home);
        let home = configured(home, &anvil.ws(), &stage, &opend.address);
        let home = settings.iter().fold(home, |home, (name, value)| home.set(name, *value));
        let world = Self {
            anvil,
            stage,
            opend,
            home,
            runtime,
            payer,
        };
        world.prepare();
        Some(world)
    }

    /// The payer may pay, has gas, and the vault has money for the sales to come.
    fn prepare(&self) {
        let (vault, money) = (self.stage.vault, self.stage.money);
        self.wait(async {
            let role = [account(self.payer)];
            self.anvil
                .act(DEPLOYER, vault, "setPayer(address)", &role)
                .await
                .unwrap();
            let funds = json!([self.payer, "0x56bc75e2d63100000"]);
            self.anvil.rpc("anvil_setBalance", funds).await;
            let float = [account(vault), number(FLOAT * COIN)];
            self.anvil
                .act(DEPLOYER, money, "mint(address,uint256)", &float)
                .await
                .unwrap();
            for user in [anvil::USER, anvil::OTHER] {
                self.anvil.endow(&self.stage, user, 1_000_000 * COIN).await;
            }
        });
    }

    /// Waits for something that is asked of the node.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A user pays so many units of money in.
    pub fn deposit(&self, user: usize, units: u64) {
        let vault = self.stage.vault;
        self.wait(self.anvil.act(user, vault, "deposit(uint256)", &[number(units)]))
            .unwrap();
    }

    /// A user gives so many units of the share token up.
    pub fn redeem(&self, user: usize, units: u128) {
        let vault = self.stage.vault;
        self.wait(self.anvil.act(user, vault, "redeem(uint256)", &[number(units)]))
            .unwrap();
    }

    pub fn money_of(&self, user: usize) -> u128 {
        self.wait(self.anvil.balance(self.stage.money, self.anvil.accounts[user]))
    }

    pub fn shares_of(&self, user: usize) -> u128 {
        self.wait(self.anvil.balance(self.stage.share, self.anvil.accounts[user]))
    }

    pub fn start(&self) -> Daemon {
        let mut daemon = self.home.bursar(&["run"]).start();
        daemon.wait_ready();
        daemon
    }

    /// Waits until so many orders of the chain are on record and all of them have ended.
    pub fn settled(&self, daemon: &Daemon, count: usize) -> Shown {
        let begin = Instant::now();
        loop {
            let shown = Shown::of(daemon);
            if shown.0.len() == count && shown.0.iter().all(is_over) {
                return shown;
            }
            assert!(
                begin.elapsed() < LONGEST,
                "{count} orders have not ended: {shown:#?}\n{}",
                daemon.stderr()
            );
            sleep(Duration::from_millis(20));
        }
    }
}

impl Shown {
    /// What is shown now; nothing while nobody answers.
    pub fn of(daemon: &Daemon) -> Self {
        let answer = daemon.caller().and_then(|caller| caller.get("/triggers").ok());
        let items = answer.and_then(|answer| answer.body["items"].as_array().cloned());
        Self(items.unwrap_or_default())
    }

    pub fn states(&self) -> Vec<String> {
        self.0.iter().map(|order| text(order, "state")).collect()
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_owned()
}

fn is_over(order: &Value) -> bool {
    ["settled", "returned"].contains(&text(order, "state").as_str())
}

/// Waits for something that comes true.
pub fn until<T>(what: &str, daemon: &Daemon, probe: impl Fn(&Caller) -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = daemon.caller().and_then(|caller| probe(&caller)) {
            return found;
        }
        assert!(begin.elapsed() < LONGEST, "not {what}\n{}", daemon.stderr());
        sleep(Duration::from_millis(20));
    }
}
