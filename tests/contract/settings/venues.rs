//! Venues in the settings: where they are, and what is refused.

use bursar::config::Sources;
use domain::venue::VenueName;

use super::{loaded, wrong_by_variable};

#[test]
fn venues_are_off_and_at_their_own_hosts_until_the_settings_say_otherwise() {
    let settings = loaded(&Sources::default());
    assert_eq!(settings.venues.switched_on().count(), 0);
    let venues = &settings.venues;
    assert_eq!(venues.binance.wallet, "https://api.binance.com");
    let streams = [
        (
            &venues.binance,
            "wss://fstream.binance.com",
            "wss://fstream.binance.com",
        ),
        (
            &venues.okx,
            "wss://ws.okx.com:8443/ws/v5/public",
            "wss://ws.okx.com:8443/ws/v5/private",
        ),
        (
            &venues.bitget,
            "wss://ws.bitget.com/v2/ws/public",
            "wss://ws.bitget.com/v2/ws/private",
        ),
        (
            &venues.gate,
            "wss://fx-ws.gateio.ws/v4/ws/usdt",
            "wss://fx-ws.gateio.ws/v4/ws/usdt",
        ),
        (
            &venues.bybit,
            "wss://stream.bybit.com/v5/public/linear",
            "wss://stream.bybit.com/v5/private",
        ),
    ];
    for (venue, public, private) in streams {
        assert_eq!((&*venue.public_stream, &*venue.private_stream), (public, private));
    }
    let sources = Sources::default()
        .with_variable("BURSAR__VENUES__GATE__ENABLED", "true")
        .with_variable("BURSAR__VENUES__GATE__REST", "http://127.0.0.1:8430")
        .with_variable("BURSAR__VENUES__GATE__EGRESS", "192.0.2.7, 2001:db8::7")
        .with_variable("BURSAR__VENUES__GATE__DEAD_MAN", "30s");
    let settings = loaded(&sources);
    let on: Vec<_> = settings.venues.switched_on().collect();
    let [(VenueName::Gate, gate)] = on.as_slice() else {
        panic!("{on:?}")
    };
    assert_eq!(gate.rest, "http://127.0.0.1:8430");
    assert_eq!(
        gate.egress.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["192.0.2.7", "2001:db8::7"]
    );
    assert_eq!(gate.dead_man.as_secs(), 30);
}

fn assert_wrong_of_venues(cases: &[(&str, &str, &str)]) {
    for (name, value, rule) in cases {
        let variable = format!("BURSAR__VENUES__{name}");
        let key = name.to_lowercase().replace("__", ".");
        let told = format!("venues.{key}: value \"{value}\" {rule}");
        assert_eq!(wrong_by_variable(&variable, value), [told], "{name}={value}");
    }
}

#[test]
fn each_wrong_host_of_a_venue_is_named_with_its_rule() {
    let http = "must begin with http:// or https:// and name a host, without user, query or fragment";
    let socket = "must begin with ws:// or wss:// and name a host, without user, query or fragment";
    let wallet = "must not be there: okx tells what keys may do at its rest host";
    assert_wrong_of_venues(&[
        ("OKX__REST", "www.okx.com", http),
        ("OKX__REST", "wss://ws.okx.com", http),
        ("GATE__REST", "https://", http),
        ("BYBIT__REST", "https://a@b", http),
        ("BINANCE__WALLET", "", http),
        ("OKX__WALLET", "https://www.okx.com", wallet),
        ("BITGET__PUBLIC_STREAM", "https://ws.bitget.com", socket),
        ("GATE__PRIVATE_STREAM", "wss://?", socket),
    ]);
}

#[test]
fn each_other_wrong_key_of_a_venue_is_named_with_its_rule() {
    let addresses = "must be IP addresses of this machine, such as 203.0.113.7";
    assert_wrong_of_venues(&[
        ("BINANCE__EGRESS", "eth0", addresses),
        ("OKX__DEADLINE", "61s", "must be between 100ms and 60s"),
        ("GATE__DEAD_MAN", "9s", "must be 0s, or at least 10s"),
        ("OKX__DEAD_MAN", "121s", "must be 0s, or between 10s and 2m"),
        ("BYBIT__DEAD_MAN", "30s", "must be 0s: what bybit offers is not used"),
        ("BITGET__DEAD_MAN", "30s", "must be 0s: bitget does not offer it"),
    ]);
    assert_eq!(
        wrong_by_variable("BURSAR__VENUES__BINANCE__EGRESS", "192.0.2.7, 192.0.2.7"),
        ["venues.binance.egress: value \"[192.0.2.7, 192.0.2.7]\" must name each address once"]
    );
    assert_eq!(
        wrong_by_variable("BURSAR__VENUES__KRAKEN__ENABLED", "true"),
        ["venues.kraken.enabled: unknown key; known here: `binance`, `okx`, `bitget`, `gate`, `bybit`"]
    );
}
