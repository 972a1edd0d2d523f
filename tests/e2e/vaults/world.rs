//! A real node with our contracts on it, a simulated OpenD, and a home whose daemon stands between them.

use std::os::unix::fs::PermissionsExt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use domain::chain::Address;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::anvil::{self, Anvil, DEPLOYER, Stage, account, number};
use crate::caller::Caller;
use crate::daemon::{Daemon, Home};
use crate::opend::Opend;

/// The stock.
pub const SYMBOL: &str = "US.AAPL";
/// Its price.
pub const PRICE: &str = "200";
/// Blocks that a log and a payout must be deep.
pub const DEPTH: u32 = 2;
/// A share, in units of its token.
pub const SHARE: u128 = 1_000_000_000_000_000_000;
/// A unit of money, in units of its token.
pub const COIN: u64 = 1_000_000;
/// Money that the treasury leaves in the vault, in coins.
const FLOAT: u64 = 1_000_000;
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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let anvil = runtime.block_on(Anvil::start(31_337, &["--block-time", "0.2"]))?;
        let stage = runtime.block_on(anvil.stage(money));
        let opend = Opend::open("127.0.0.1:0", &["--prices", "hand"]);
        opend.price(SYMBOL, PRICE);
        let (home, payer) = with_payer(home);
        let home = configured(home, &anvil, &stage, &opend);
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

/// A keystore of the payer in the home, made as an operator makes one.
fn with_payer(home: Home) -> (Home, Address) {
    let (keystore, password) = (home.folder().join("payer.json"), home.folder().join("payer.password"));
    std::fs::write(&password, "a password of a test\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (keystore, password) = (
        keystore.to_str().unwrap().to_owned(),
        password.to_str().unwrap().to_owned(),
    );
    let mut maker = home
        .bursar(&["keys", "payer", "--out", &keystore, "--password-file", &password])
        .start();
    let status = maker.wait(LONGEST);
    assert!(status.success(), "{}", maker.stderr());
    let payer = Address::parse(maker.stdout().trim()).unwrap();
    let home = home
        .set("BURSAR__PAYOUTS__LOCAL__KEY__PLACE", "keystore")
        .set("BURSAR__PAYOUTS__LOCAL__KEY__FILE", keystore)
        .set("BURSAR__PAYOUTS__LOCAL__KEY__PASSWORD_FILE", password);
    (home, payer)
}

fn configured(home: Home, anvil: &Anvil, stage: &Stage, opend: &Opend) -> Home {
    let depth = DEPTH.to_string();
    let settings = [
        ("CHAINS__LOCAL__ID", "31337".to_owned()),
        ("CHAINS__LOCAL__ENDPOINTS", anvil.ws()),
        ("CHAINS__LOCAL__CONFIRMATIONS", depth.clone()),
        ("CHAINS__LOCAL__LOOK_EVERY", "200ms".to_owned()),
        ("PAYOUTS__LOCAL__CONFIRMATIONS", depth),
        ("PAYOUTS__LOCAL__PER_USER_DAY", "10000000".to_owned()),
        ("PAYOUTS__LOCAL__PER_DAY", "100000000".to_owned()),
        ("STOCKS__FUTU__ENABLED", "true".to_owned()),
        ("STOCKS__FUTU__ADDRESS", opend.address.clone()),
        ("STOCKS__FUTU__LOOKUP_GRACE", "1s".to_owned()),
        ("STOCKS__FUTU__DEADLINE", "2s".to_owned()),
        ("STOCKS__FUTU__CASH_BEFORE", "1000000".to_owned()),
        ("SUBSCRIPTIONS__AAPL__CHAIN", "local".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VAULT", stage.vault.to_string()),
        ("SUBSCRIPTIONS__AAPL__SYMBOL", SYMBOL.to_owned()),
        // A price that is set by hand stays as old as it is.
        ("SUBSCRIPTIONS__AAPL__MAX_PRICE_AGE", "1h".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VENUE_RESERVE", "0".to_owned()),
        ("SUBSCRIPTIONS__AAPL__VAULT_MONEY_BEFORE", FLOAT.to_string()),
        ("SUBSCRIPTIONS__AAPL__MONEY__TOKEN", stage.money.to_string()),
        ("SUBSCRIPTIONS__AAPL__MONEY__DECIMALS", "6".to_owned()),
        ("SUBSCRIPTIONS__AAPL__MONEY__ASSET", "USDT".to_owned()),
        ("SUBSCRIPTIONS__AAPL__SHARE__TOKEN", stage.share.to_string()),
        ("SUBSCRIPTIONS__AAPL__SHARE__DECIMALS", "18".to_owned()),
        ("SUBSCRIPTIONS__AAPL__SHARE__ASSET", "AAPL".to_owned()),
        ("LOG__FILTER", "info".to_owned()),
    ];
    settings
        .into_iter()
        .fold(home, |home, (name, value)| home.set(&format!("BURSAR__{name}"), value))
}
