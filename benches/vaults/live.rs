//! From a block that is made to its deposit on record, and to the order that leaves for the stock venue.

use std::sync::mpsc;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use bursar::assemble::{self, Ending};
use bursar::config::{self, Settings, Sources};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::anvil::{Anvil, DEPLOYER, Stage, USER, account, number};
use crate::daemon::{Home, PATIENCE, count};
use crate::ground::{Ground, Kind};
use crate::meter::Meter;
use crate::opend::Opend;
use crate::spread::tell;
use crate::vault_home::{SYMBOL, configured, with_payer};

/// Counted when a page is on record, and noted when an order leaves.
pub const TRIGGERS: &str = "bursar_chain_triggers_total";
pub const ORDERS: &str = "bursar_trigger_order_delay_seconds";
/// Blocks without orders, and blocks with one: the venue takes 15 orders in 30 seconds, and the daemon keeps to that.
const BLOCKS: u32 = 300;
const ORDERED: u32 = 30;
const BETWEEN_ORDERS: Duration = Duration::from_millis(2_200);
const BETWEEN_BLOCKS: Duration = Duration::from_millis(30);
const STEP: Duration = Duration::from_micros(500);
const COIN: u64 = 1_000_000;

/// The chain, with a vault and nothing to read.
struct Scene {
    anvil: Anvil,
    stage: Stage,
    opend: Opend,
    runtime: Runtime,
}

/// A daemon in this process, on threads of its own.
struct Lodger {
    stop: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

pub fn measure(kind: Kind, transport: &str, meter: &Meter, handle: &PrometheusHandle) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let Some(ground) = runtime.block_on(Ground::new(kind)) else {
        println!("{}: no server is named, nothing is measured", kind.name());
        return;
    };
    let Some(scene) = Scene::set(runtime) else {
        return;
    };
    let endpoint = format!("{transport}://127.0.0.1:{}", scene.anvil.port);
    let (home, payer) = with_payer(Home::fresh());
    let home = configured(home, &endpoint, &scene.stage, &scene.opend.address)
        .set("BURSAR__CHAINS__LOCAL__CONFIRMATIONS", "1")
        .set("BURSAR__CHAINS__LOCAL__LOOK_EVERY", "100ms")
        .set("BURSAR__LOG__FILTER", "error")
        .set("BURSAR__STORE__URL", ground.url());
    scene.pay_for(payer);
    let lodger = Lodger::move_in(settings(&home), handle.clone());
    let name = format!("{}, {transport}", kind.name());
    scene.opend.market(false);
    let first = scene.block(meter, TRIGGERS);
    println!(
        "{name}: the first block after ready, on record {:.2?} after it was asked for",
        first.1
    );
    let mut mined = Vec::new();
    let mut recorded = Vec::new();
    for _ in 0..count("BURSAR_BENCH_BLOCKS", BLOCKS) {
        sleep(BETWEEN_BLOCKS);
        let (made, noted) = scene.block(meter, TRIGGERS);
        mined.push(made);
        recorded.push(noted);
    }
    tell(&format!("{name}: the node makes a block"), mined);
    tell(&format!("{name}: block asked for, deposit on record"), recorded);
    lodger.move_out();
    // Those that wait would be ordered as well: a daemon on another database begins above them.
    scene.runtime.block_on(ground.remove());
    ordered(kind, &endpoint, &name, scene, meter, handle);
}

/// The same with the market open, on another database that begins where the chain is now.
fn ordered(kind: Kind, endpoint: &str, name: &str, mut scene: Scene, meter: &Meter, handle: &PrometheusHandle) {
    // One that nobody has asked yet: it would refuse a new daemon for what the one before asked within 30 seconds.
    scene.opend = opend();
    let ground = scene.runtime.block_on(Ground::new(kind)).unwrap();
    let (home, payer) = with_payer(Home::fresh());
    scene.pay_for(payer);
    let head = scene.rpc("eth_blockNumber", json!([]));
    let head = u64::from_str_radix(head.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    let home = configured(home, endpoint, &scene.stage, &scene.opend.address)
        .set("BURSAR__CHAINS__LOCAL__CONFIRMATIONS", "1")
        .set("BURSAR__CHAINS__LOCAL__LOOK_EVERY", "100ms")
        .set("BURSAR__SUBSCRIPTIONS__AAPL__START_BLOCK", head.to_string())
        .set("BURSAR__LOG__FILTER", "error")
        .set("BURSAR__STORE__URL", ground.url());
    let lodger = Lodger::move_in(settings(&home), handle.clone());
    let mut sent = Vec::new();
    for _ in 0..count("BURSAR_BENCH_ORDERS", ORDERED) {
        let (_, noted) = scene.block(meter, ORDERS);
        sent.push(noted);
        sleep(BETWEEN_ORDERS);
    }
    println!(
        "{name}: the first block after ready, order sent {:.2?} after it was asked for",
        sent[0]
    );
    tell(&format!("{name}: block asked for, order sent"), sent);
    lodger.move_out();
    scene.runtime.block_on(ground.remove());
}

/// A stock market that is open.
fn opend() -> Opend {
    let opend = Opend::open("127.0.0.1:0", &["--prices", "hand"]);
    opend.price(SYMBOL, "200");
    opend.market(true);
    opend
}

fn settings(home: &Home) -> Settings {
    let variables = home.variables.iter();
    let sources = variables.fold(Sources::default(), |sources, (name, value)| {
        sources.with_variable(name, value)
    });
    config::load(&sources).unwrap()
}

impl Scene {
    fn set(runtime: Runtime) -> Option<Self> {
        let anvil = runtime.block_on(Anvil::start(31_337, &[]))?;
        let opend = opend();
        let stage = runtime.block_on(async {
            let stage = anvil.stage("TestMoney").await;
            anvil.endow(&stage, USER, 1_000_000 * COIN).await;
            stage
        });
        Some(Self {
            anvil,
            stage,
            opend,
            runtime,
        })
    }

    fn rpc(&self, method: &str, params: serde_json::Value) -> serde_json::Value {
        self.runtime.block_on(self.anvil.rpc(method, params))
    }

    /// Lets this account pay, and makes blocks only when they are asked for from then on.
    fn pay_for(&self, payer: domain::chain::Address) {
        self.rpc("evm_setAutomine", json!([true]));
        self.runtime.block_on(async {
            let role = [account(payer)];
            let named = self.anvil.act(DEPLOYER, self.stage.vault, "setPayer(address)", &role);
            named.await.unwrap();
        });
        self.rpc("anvil_setBalance", json!([payer, "0x56bc75e2d63100000"]));
        self.rpc("evm_setAutomine", json!([false]));
    }

    /// Makes a block with a deposit, and then the block that makes it count; how long that one took, and how long until the deposit is
    /// noted under this name, both from before that block was asked for.
    fn block(&self, meter: &Meter, name: &str) -> (Duration, Duration) {
        let amount = [number(210 * COIN)];
        let deposit = self.anvil.hand_in(USER, self.stage.vault, "deposit(uint256)", &amount);
        self.runtime.block_on(deposit);
        self.rpc("evm_mine", json!([]));
        sleep(BETWEEN_BLOCKS);
        meter.clear();
        let asked = Instant::now();
        self.rpc("evm_mine", json!([]));
        let made = asked.elapsed();
        loop {
            let noted = meter.samples(name, "").into_iter().find(|(at, _)| *at >= asked);
            if let Some((at, _)) = noted {
                return (made, at - asked);
            }
            assert!(asked.elapsed() < PATIENCE, "a block is not heard of");
            sleep(STEP);
        }
    }
}

impl Lodger {
    /// Starts the daemon, and waits until it is ready.
    fn move_in(settings: Settings, handle: PrometheusHandle) -> Self {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = spawn(move || {
            actix::System::new().block_on(async {
                let daemon = assemble::start_with(&settings, handle, |venue| venue).await.unwrap();
                tell.send(daemon.url().to_owned()).unwrap();
                stopped.await.unwrap();
                assert_eq!(daemon.stop(Ending::Asked).await, Ending::Asked);
            });
        });
        let url = told.recv().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let begun = Instant::now();
        let ready = || runtime.block_on(async { reqwest::get(format!("{url}/health/ready")).await.unwrap().status() });
        while ready() != 200 {
            assert!(begun.elapsed() < PATIENCE, "it is not ready");
            sleep(Duration::from_millis(1));
        }
        Self { stop, thread }
    }

    fn move_out(self) {
        self.stop.send(()).unwrap();
        self.thread.join().unwrap();
    }
}
