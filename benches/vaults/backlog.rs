//! A chain on which 20,000 deposits wait to be read: 100 blocks of 20 transactions with 10 events each; and homes that read it.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::runtime::Runtime;

use crate::anvil::{Anvil, Stage, USER, account, number};
use crate::books::Window;
use crate::daemon::{Daemon, Home, PATIENCE};
use crate::ground::{Ground, Kind};
use crate::opend::Opend;
use crate::process;
use crate::vault_home::{SYMBOL, configured, with_payer};

const BLOCKS: u32 = 100;
const PER_BLOCK: u32 = 20;
const PER_TRANSACTION: u32 = 10;
/// All of them.
pub const EVENTS: i64 = 20_000;
/// How often it is looked how far the daemon is.
const STEP: Duration = Duration::from_millis(1);

/// Where the payer's key is: to open a keystore takes 256 MiB and most of a second, whatever there is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Clear,
    Keystore,
}

/// Any key.
const CLEAR: &str = "0x4646464646464646464646464646464646464646464646464646464646464646";

/// The chain, and a stock market that is closed.
pub struct Backlog {
    anvil: Anvil,
    stage: Stage,
    opend: Opend,
    /// The newest block with events.
    last: i64,
    /// For what is asked of databases.
    pub runtime: Runtime,
}

/// A home on a fresh database of a kind, and a look into that from outside.
pub struct Place {
    pub home: Home,
    window: Window,
    ground: Ground,
    last: i64,
}

impl Backlog {
    /// Makes the chain; `None`, with a word, where there is no node.
    pub fn mine() -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let anvil = runtime.block_on(Anvil::start(31_337, &[]))?;
        let (stage, last) = runtime.block_on(fill(&anvil));
        let opend = Opend::open("127.0.0.1:0", &["--prices", "hand"]);
        opend.price(SYMBOL, "200");
        opend.market(false);
        println!("{EVENTS} events in {BLOCKS} blocks, the last is {last}");
        Some(Self {
            anvil,
            stage,
            opend,
            last,
            runtime,
        })
    }

    /// A home whose daemon has read nothing yet, and pays with this key; `None` where the kind's server is not named.
    pub fn place(&self, kind: Kind, key: Key) -> Option<Place> {
        let ground = self.runtime.block_on(Ground::new(kind))?;
        let home = match key {
            Key::Keystore => with_payer(Home::fresh()).0,
            Key::Clear => Home::fresh()
                .set("BURSAR__DAEMON__ENVIRONMENT", "demo")
                .set("BURSAR__PAYOUTS__LOCAL__KEY__PLACE", "raw")
                .set("BURSAR__PAYOUTS__LOCAL__KEY__SECRET", CLEAR),
        };
        let home = configured(home, &self.anvil.ws(), &self.stage, &self.opend.address)
            .set("BURSAR__CHAINS__LOCAL__CONFIRMATIONS", "1")
            .set("BURSAR__LOG__FILTER", "warn")
            .set("BURSAR__STORE__URL", ground.url());
        let window = Window::open(ground.url());
        Some(Place {
            home,
            window,
            ground,
            last: self.last,
        })
    }
}

impl Place {
    /// The block up to which all is on record.
    pub fn cursor(&self) -> i64 {
        let rows = self.window.rows("SELECT cursor_block FROM chain_subscription");
        rows.first().map_or(0, |row| row.try_get_by_index(0).unwrap())
    }

    /// Waits until all is on record; how long that took since then.
    pub fn until_read(&self, daemon: &Daemon, since: Instant) -> Duration {
        while self.cursor() < self.last {
            assert!(since.elapsed() < PATIENCE, "{}", daemon.stderr());
            std::thread::sleep(STEP);
        }
        since.elapsed()
    }

    /// Each event is a trigger, once, and the ledger has an entry for it.
    pub fn assert_complete(&self) {
        let count = |sql| self.window.count(sql);
        assert_eq!(count("SELECT COUNT(*) FROM chain_trigger"), EVENTS);
        assert_eq!(count("SELECT COUNT(*) FROM chain_log"), EVENTS);
        assert_eq!(count("SELECT COUNT(*) FROM entry"), EVENTS);
    }

    pub fn remove(self, runtime: &Runtime) {
        drop(self.window);
        runtime.block_on(self.ground.remove());
    }
}

/// The most memory that a process had so far, in bytes.
pub fn most_memory(daemon: &Daemon) -> u64 {
    process::status_of(daemon.pid(), "VmHWM:")
}

/// Blocks full of events of a contract that stands in for a vault.
async fn fill(anvil: &Anvil) -> (Stage, i64) {
    let stage = anvil.stage("TestMoney").await;
    let burst = anvil.deploy("TestBurst", &[]).await;
    anvil.rpc("evm_setAutomine", json!([false])).await;
    let mut first = 1_000_000_u64;
    for _ in 0..BLOCKS {
        for _ in 0..PER_BLOCK {
            let arguments = [account(anvil.accounts[USER]), number(first), number(PER_TRANSACTION)];
            anvil
                .hand_in(USER, burst, "emitDeposits(address,uint256,uint256)", &arguments)
                .await;
            first += u64::from(PER_TRANSACTION);
        }
        anvil.rpc("evm_mine", json!([])).await;
    }
    let last = anvil.rpc("eth_blockNumber", json!([])).await;
    let last = i64::from_str_radix(last.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    // The block that confirms the last one.
    anvil.rpc("evm_mine", json!([])).await;
    (Stage { vault: burst, ..stage }, last)
}
