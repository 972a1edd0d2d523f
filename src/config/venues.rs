//! Section `venues`: the venues beside the paper one, and how they are reached.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use domain::venue::VenueName;
use serde::de::{Deserializer, Error, Unexpected};
use serde::{Deserialize, Serialize};

use super::form::{choice, duration, flag};
use super::wrong::WrongKeys;

/// The venues beside the paper one.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VenuesSettings {
    /// Binance, USDⓈ-M perpetual contracts.
    pub binance: VenueSettings,
    /// OKX, USDT-margined perpetual swaps.
    pub okx: VenueSettings,
    /// Bitget, USDT-margined perpetual contracts.
    pub bitget: VenueSettings,
    /// Gate, USDT-settled perpetual contracts.
    pub gate: VenueSettings,
    /// Bybit, linear USDT perpetual contracts.
    pub bybit: VenueSettings,
}

/// One venue.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VenueSettings {
    /// Whether it is switched on.
    #[serde(deserialize_with = "flag::deserialize")]
    pub enabled: bool,
    /// Base of its HTTP interface.
    pub rest: String,
    /// Base of the host that tells what keys may do; empty where that is the same one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wallet: String,
    /// The stream of prices; Binance's gets a path.
    pub public_stream: String,
    /// The streams of accounts; Binance's get a path.
    pub private_stream: String,
    /// Addresses of this machine that requests leave from; none leaves it to the system.
    #[serde(deserialize_with = "addresses")]
    pub egress: Vec<IpAddr>,
    /// Longest wait for one answer.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// The venue cancels resting orders when it has not heard from us for so long; zero: never.
    #[serde(serialize_with = "duration::serialize", deserialize_with = "duration::or_zero")]
    pub dead_man: Duration,
}

fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    let words: Vec<String> = choice::list(deserializer)?;
    let expected = "IP addresses of this machine, such as 203.0.113.7";
    let each = words.iter().filter(|word| !word.is_empty()).map(|word| {
        word.parse()
            .map_err(|_| D::Error::invalid_value(Unexpected::Str(word), &expected))
    });
    each.collect()
}

impl VenuesSettings {
    /// Those that are switched on.
    pub fn switched_on(&self) -> impl Iterator<Item = (VenueName, &VenueSettings)> {
        self.all().into_iter().filter(|(_, settings)| settings.enabled)
    }

    const fn all(&self) -> [(VenueName, &VenueSettings); 5] {
        [
            (VenueName::Binance, &self.binance),
            (VenueName::Okx, &self.okx),
            (VenueName::Bitget, &self.bitget),
            (VenueName::Gate, &self.gate),
            (VenueName::Bybit, &self.bybit),
        ]
    }

    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        for (venue, settings) in self.all() {
            settings.check(venue, wrong);
        }
    }
}

impl VenueSettings {
    fn check(&self, venue: VenueName, wrong: &mut WrongKeys) {
        let key = |name: &str| format!("venues.{venue}.{name}");
        let http = "must begin with http:// or https:// and name a host, without user, query or fragment";
        wrong.unless(is_base(&self.rest, ["http", "https"]), &key("rest"), &self.rest, http);
        match venue {
            VenueName::Binance => {
                let fits = is_base(&self.wallet, ["http", "https"]);
                wrong.unless(fits, &key("wallet"), &self.wallet, http);
            }
            other => {
                let rule = format!("must not be there: {other} tells what keys may do at its rest host");
                wrong.unless(self.wallet.is_empty(), &key("wallet"), &self.wallet, &rule);
            }
        }
        let socket = "must begin with ws:// or wss:// and name a host, without user, query or fragment";
        for (name, url) in [
            ("public_stream", &self.public_stream),
            ("private_stream", &self.private_stream),
        ] {
            wrong.unless(is_base(url, ["ws", "wss"]), &key(name), url, socket);
        }
        let different: BTreeSet<&IpAddr> = self.egress.iter().collect();
        let listed: Vec<String> = self.egress.iter().map(IpAddr::to_string).collect();
        let listed = format!("[{}]", listed.join(", "));
        let once = different.len() == self.egress.len();
        wrong.unless(once, &key("egress"), listed, "must name each address once");
        let fits = (Duration::from_millis(100)..=Duration::from_secs(60)).contains(&self.deadline);
        let shown = duration::text(self.deadline);
        wrong.unless(fits, &key("deadline"), shown, "must be between 100ms and 60s");
        let (fits, rule) = dead_man(venue, self.dead_man);
        wrong.unless(fits, &key("dead_man"), duration::text(self.dead_man), rule);
    }
}

/// Whether a venue offers this in a form that is used. OKX: <https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-cancel-all-after>;
/// Gate: <https://www.gate.com/docs/developers/apiv4/en/#countdown-cancel-orders>; Bybit's hangs on a socket and has to be granted:
/// <https://bybit-exchange.github.io/docs/v5/order/dcp>. It is held every third of its time: less than ten seconds is too often.
fn dead_man(venue: VenueName, after: Duration) -> (bool, &'static str) {
    let seconds = |from, to| (Duration::from_secs(from)..=Duration::from_secs(to)).contains(&after);
    let (fits, rule) = match venue {
        VenueName::Bitget => (false, "must be 0s: bitget does not offer it"),
        VenueName::Bybit => (false, "must be 0s: what bybit offers is not used"),
        VenueName::Okx => (seconds(10, 120), "must be 0s, or between 10s and 2m"),
        VenueName::Binance | VenueName::Gate | VenueName::Paper | VenueName::Futu | VenueName::Legacy => {
            (seconds(10, u64::MAX), "must be 0s, or at least 10s")
        }
    };
    (fits || after.is_zero(), rule)
}

/// Whether this is a URL of one of these schemes to which paths are added.
fn is_base(url: &str, schemes: [&str; 2]) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let is_plain = !rest.contains(['?', '#', '@']) && !rest.contains(char::is_whitespace);
    schemes.contains(&scheme) && !host.is_empty() && !host.starts_with(':') && is_plain
}
