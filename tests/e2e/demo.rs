//! The demo with its vault: a real node, deposits and redemptions, shares and refunds; ended by Ctrl-C, and gone on with.

use domain::fixed::Amount;
use serde_json::Value;

use crate::anvil;
use crate::caller::Caller;
use crate::daemon::{Daemon, Home, Launch, signal};

fn demo(home: &Home, more: &[&str]) -> Launch {
    let folder = home.folder().to_str().unwrap();
    home.bursar(&[&["demo", "--json", "--robots", "4", "--dir", folder], more].concat())
}

fn amount(vault: &Value, name: &str) -> Amount {
    vault[name].as_str().unwrap().parse().unwrap()
}

/// So many deposits and redemptions have ended, some of them by a redemption.
fn ended(caller: &Caller, count: usize) -> Option<()> {
    let orders = caller.get("/triggers?limit=200").ok()?.body;
    let mut ended = orders["items"]
        .as_array()?
        .iter()
        .filter(|order| order["state"] == "settled");
    let sells = ended.clone().any(|order| order["side"] == "SELL");
    (sells && ended.nth(count - 1).is_some()).then_some(())
}

/// Plays until so many have ended, and ends as by Ctrl-C.
fn play(mut demo: Daemon, count: usize) -> Value {
    demo.wait_ready();
    demo.wait_until("paid out", |demo| ended(&demo.caller()?, count));
    demo.signal("INT");
    let summary = demo.summary();
    let vault = &summary["vault"];
    assert_eq!(vault["triggers"], vault["settled"], "{summary:#}");
    for name in ["minted", "refunded", "redeemed", "reminted", "proceeds"] {
        assert!(amount(vault, name).is_positive(), "{name}: {summary:#}");
    }
    let issued = Amount::sum([amount(vault, "minted"), amount(vault, "reminted")]).unwrap();
    let held = issued.minus(amount(vault, "redeemed")).unwrap();
    assert_eq!(amount(vault, "on_chain"), held, "{summary:#}");
    let pool = &summary["pool"];
    assert_eq!(
        (&pool["holdings"], &pool["unreconciled"]),
        (&3.into(), &0.into()),
        "{summary:#}"
    );
    assert!(
        amount(pool, "paid").is_positive() && amount(pool, "commission").is_positive(),
        "{summary:#}"
    );
    summary
}

/// A demo that is killed cannot end its node.
fn end_node_of(home: &Home) {
    let kept = home.folder().join("chain.json");
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let said = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let is_node = String::from_utf8_lossy(&said).ends_with(&format!("{}\0", kept.display()));
        if let (true, Ok(id)) = (is_node, process.file_name().to_string_lossy().parse()) {
            signal(id, "KILL");
        }
    }
}

#[test]
fn the_demo_pays_shares_and_refunds_on_a_real_node_and_goes_on_where_it_ended() {
    let Some(program) = anvil::program() else {
        return;
    };
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let home = Home::fresh();
    let first = play(demo(&home, &[]).set("PATH", &path).start(), 4);
    let before = first["vault"]["settled"].as_u64().unwrap();
    let more = usize::try_from(before).unwrap() + 2;
    let second = play(demo(&home, &[]).set("PATH", &path).start(), more);
    assert!(second["vault"]["settled"].as_u64().unwrap() > before, "{second:#}");
    home.verify();
    // A demo that is killed leaves no chain: the next one says so, and plays without.
    let mut killed = demo(&home, &[]).set("PATH", &path).start();
    killed.wait_ready();
    killed.kill9();
    end_node_of(&home);
    let mut last = demo(&home, &["--for", "1s"]).set("PATH", &path).start();
    last.wait(crate::daemon::PATIENCE);
    assert!(last.says("its chain is lost"), "{}", last.stderr());
}

#[test]
fn a_demo_without_a_node_says_how_to_get_one() {
    let home = Home::fresh();
    let mut demo = demo(&home, &["--for", "1s"]).set("PATH", "").start();
    let summary = demo.summary();
    assert!(demo.says("npm i @foundry-rs/anvil"), "{}", demo.stderr());
    assert_eq!(summary["vault"]["triggers"], 0);
}
