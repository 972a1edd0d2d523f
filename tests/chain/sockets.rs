//! Sockets that break, fall silent and talk nonsense: nothing is missed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bursar::ports::chain::{BlockAt, Chain};
use domain::chain::ChainLog;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::cable::{Cable, Condition};
use crate::follower::{CONTRACT, contract, follow, open, range, until};
use crate::node::{Does, Node};

async fn next(told: &mut mpsc::UnboundedReceiver<ChainLog>) -> ChainLog {
    timeout(Duration::from_secs(2), told.recv())
        .await
        .expect("a log within 2s")
        .unwrap()
}

#[tokio::test]
async fn t6_no_event_of_ten_thousand_is_missed_while_the_socket_flaps_and_babbles() {
    let node = Node::start().await;
    let cable = Arc::new(Cable::to(&format!("127.0.0.1:{}", node.port)).await);
    let chain = open(&[format!("ws://127.0.0.1:{}", cable.port)]);
    let mut told = follow(chain.clone(), 100);
    until("heard", || chain.is_heard()).await;
    let (miner, flapping) = (node.clone(), cable.clone());
    let flapper = tokio::spawn(async move {
        let pauses = [310, 700, 450, 1_300, 350, 900];
        for (round, pause) in pauses.into_iter().cycle().enumerate() {
            sleep(Duration::from_millis(pause)).await;
            flapping.set(if round % 2 == 0 {
                Condition::Cut
            } else {
                Condition::Silent
            });
            sleep(Duration::from_millis(if round % 2 == 0 { 60 } else { 500 })).await;
            flapping.set(Condition::Sound);
        }
    });
    for block in 0..1_000 {
        miner.mine(CONTRACT, 10);
        match block % 50 {
            7 => miner.says("{\"jsonrpc\":\"2.0\",\"method\":"),
            17 => miner.says(r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"oops"}}"#),
            27 => miner.says(r#"{"jsonrpc":"2.0","id":1,"result":"0x7a69"}"#),
            37 => miner.takes_back(CONTRACT),
            _ => {}
        }
        sleep(Duration::from_millis(8)).await;
    }
    flapper.abort();
    cable.set(Condition::Sound);
    let sound = Instant::now();
    let mut seen = Vec::new();
    while seen.len() < 10_000 {
        let log = next(&mut told).await;
        seen.push((log.block.0, log.key.index));
    }
    assert!(
        sound.elapsed() < Duration::from_secs(2),
        "backfilled after {:?}",
        sound.elapsed()
    );
    let all: Vec<(u64, u32)> = (101..=1_100)
        .flat_map(|block| (0..10).map(move |index| (block, index)))
        .collect();
    assert_eq!(seen, all, "each once, in order");
}

#[tokio::test]
async fn t6_a_half_open_socket_is_found_by_its_silence_and_replaced() {
    let node = Node::start().await;
    let cable = Cable::to(&format!("127.0.0.1:{}", node.port)).await;
    let chain = open(&[format!("ws://127.0.0.1:{}", cable.port)]);
    let mut told = follow(chain.clone(), 100);
    until("heard", || chain.is_heard()).await;
    cable.set(Condition::Silent);
    node.mine(CONTRACT, 1);
    until("not heard", || !chain.is_heard()).await;
    cable.set(Condition::Sound);
    assert_eq!(next(&mut told).await.block.0, 101);
    until("heard again", || chain.is_heard()).await;
}

#[tokio::test]
async fn t6_a_subscription_that_tells_nothing_of_new_blocks_is_dead_even_when_the_node_answers() {
    let node = Node::start().await;
    let chain = open(&[node.ws()]);
    let mut told = follow(chain.clone(), 100);
    until("heard", || chain.is_heard()).await;
    sleep(Duration::from_millis(200)).await;
    // Blocks come, and nobody is told of them.
    let before = node.asked("eth_subscribe");
    node.world().head += 5;
    sleep(Duration::from_millis(100)).await;
    node.world().logs.clear();
    node.does({
        let count = AtomicU32::new(0);
        move |method, _| {
            let grown = || json!(format!("{:#x}", 110 + count.fetch_add(1, Ordering::Relaxed)));
            (method == "eth_blockNumber").then(|| Does::Answers(grown()))
        }
    });
    until("subscribed anew", || node.asked("eth_subscribe") > before).await;
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn a_log_wakes_and_so_do_a_log_that_is_taken_back_and_a_socket_that_ends_or_comes() {
    let node = Node::start().await;
    let chain = open(&[node.ws()]);
    let woken = Arc::new(AtomicU32::new(0));
    let count = woken.clone();
    chain.heed(
        contract(),
        Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }),
    );
    until("heard", || chain.is_heard() && node.asked("eth_subscribe") == 2).await;
    let grows = async |what: &str| {
        let before = woken.load(Ordering::Relaxed);
        until(what, || woken.load(Ordering::Relaxed) > before).await;
        sleep(Duration::from_millis(30)).await;
    };
    sleep(Duration::from_millis(30)).await;
    tokio::join!(grows("woken by a log"), async { node.mine(CONTRACT, 1) });
    tokio::join!(grows("woken by a log taken back"), async { node.takes_back(CONTRACT) });
    tokio::join!(grows("woken by the end"), async { node.closes() });
    until("heard again", || chain.is_heard()).await;
    chain.forget(contract());
    sleep(Duration::from_millis(50)).await;
    let before = woken.load(Ordering::Relaxed);
    node.mine(CONTRACT, 1);
    sleep(Duration::from_millis(50)).await;
    assert_eq!(woken.load(Ordering::Relaxed), before, "nobody cares any more");
    assert!(node.asked("eth_unsubscribe") > 0);
}

#[tokio::test]
async fn questions_go_over_the_socket_many_at_once_and_a_lost_one_ends_with_the_deadline() {
    let node = Node::start().await;
    let chain = open(&[node.ws()]);
    let asks = (1..=100).map(|number| {
        let chain = chain.clone();
        async move { chain.logs(range(number, number)).await.map(|logs| logs.len()) }
    });
    let answers = futures::future::join_all(asks).await;
    assert!(answers.iter().all(|answer| *answer == Ok(0)), "{answers:?}");
    node.does(|method, _| (method == "eth_getBlockByNumber").then_some(Does::Hangs));
    let asked = Instant::now();
    assert!(chain.block(BlockAt::Latest).await.is_err());
    assert!(
        (700..1_200).contains(&asked.elapsed().as_millis()),
        "{:?}",
        asked.elapsed()
    );
}

/// The node of these tests leaves Nagle's algorithm on, so that it sends nothing more before its last answer was acknowledged.
#[tokio::test]
async fn a_push_does_not_wait_for_the_acknowledgement_of_an_answer() {
    let node = Node::start().await;
    let chain = open(&[node.ws()]);
    let (wakes, mut woken) = mpsc::unbounded_channel();
    chain.heed(
        contract(),
        Arc::new(move || {
            wakes.send(Instant::now()).ok();
        }),
    );
    until("heard", || chain.is_heard() && node.asked("eth_subscribe") == 2).await;
    let mut delays = Vec::new();
    // A connection that is new acknowledges at once in any case.
    for round in 0..60 {
        chain.block(BlockAt::Latest).await.unwrap();
        sleep(Duration::from_millis(2)).await;
        while woken.try_recv().is_ok() {}
        let told = Instant::now();
        node.mine(CONTRACT, 1);
        let heard = timeout(Duration::from_secs(2), woken.recv()).await.unwrap().unwrap();
        if round >= 40 {
            delays.push(heard - told);
        }
    }
    delays.sort_unstable();
    assert!(delays[delays.len() / 2] < Duration::from_millis(20), "{delays:?}");
}
