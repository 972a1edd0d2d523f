//! Section `chains`: the EVM chains that are followed and paid on, and how their nodes are asked.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::form::secret::SecretText;
use super::form::{choice, duration, whole};
use super::notify::is_name;
use super::wrong::WrongKeys;

/// Most endpoints of one chain.
const MOST_ENDPOINTS: usize = 10;

/// The chains, by the names that other sections call them.
pub type ChainsSettings = BTreeMap<String, ChainSettings>;

/// What is taken as settled on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FinalityChoice {
    /// What is so many blocks deep.
    Depth,
    /// What the chain calls safe.
    Safe,
    /// What the chain calls final.
    Finalized,
}

/// One chain.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainSettings {
    /// Its EIP-155 id; an endpoint of another chain is never used.
    #[serde(deserialize_with = "whole::deserialize")]
    pub id: u64,
    /// Addresses of its nodes, the best first. Secrets: they may hold keys.
    #[serde(deserialize_with = "addresses")]
    pub endpoints: Vec<SecretText>,
    /// What is taken as settled.
    #[serde(deserialize_with = "choice::deserialize")]
    pub finality: FinalityChoice,
    /// How many blocks deep that is, for `depth`.
    #[serde(deserialize_with = "whole::deserialize")]
    pub confirmations: u32,
    /// Longest wait for one answer, all endpoints together.
    #[serde(with = "duration")]
    pub deadline: Duration,
    /// A socket on which nothing was heard for so long is dead.
    #[serde(with = "duration")]
    pub silence: Duration,
    /// Failures in a row after which an endpoint is not asked while another one is there.
    #[serde(deserialize_with = "whole::deserialize")]
    pub failures: u32,
    /// Blocks that an endpoint may be behind the best one.
    #[serde(deserialize_with = "whole::deserialize")]
    pub lag: u32,
    /// How often an endpoint that tells nothing by itself is asked how far it is.
    #[serde(with = "duration")]
    pub probe: Duration,
    /// Blocks of the first range of logs that is asked for.
    #[serde(deserialize_with = "whole::deserialize")]
    pub range_first: u32,
    /// Blocks of the largest.
    #[serde(deserialize_with = "whole::deserialize")]
    pub range_most: u32,
    /// How often it is looked without being woken while no socket tells of new blocks.
    #[serde(with = "duration")]
    pub look_every: Duration,
    /// How often it is looked without being woken while one does.
    #[serde(with = "duration")]
    pub audit_every: Duration,
    /// How often blocks below the last one read are searched for logs that were not told at first.
    #[serde(with = "duration")]
    pub scan_every: Duration,
    /// So many of them.
    #[serde(deserialize_with = "whole::deserialize")]
    pub scan_blocks: u32,
    /// Blocks that count and are not read, at most, while the daemon calls itself ready.
    #[serde(deserialize_with = "whole::deserialize")]
    pub ready_lag: u32,
    /// How long there may be no new block before an operator is told and the daemon is not ready.
    #[serde(with = "duration")]
    pub quiet_after: Duration,
}

impl Default for ChainSettings {
    fn default() -> Self {
        Self {
            id: 0,
            endpoints: Vec::new(),
            finality: FinalityChoice::Depth,
            confirmations: 12,
            deadline: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            failures: 3,
            lag: 5,
            probe: Duration::from_secs(15),
            range_first: 500,
            range_most: 10_000,
            look_every: Duration::from_secs(2),
            audit_every: Duration::from_secs(30),
            scan_every: Duration::from_secs(300),
            scan_blocks: 1_000,
            ready_lag: 10,
            quiet_after: Duration::from_secs(300),
        }
    }
}

/// A list of addresses, or one text with commas or line breaks between them, as variables and credentials have it.
fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SecretText>, D::Error> {
    let texts: Vec<SecretText> = choice::list(deserializer)?;
    let each = texts.iter().flat_map(|text| text.expose_secret().split_whitespace());
    Ok(each.map(|address| SecretText::from(address.to_owned())).collect())
}

pub(super) fn check(chains: &ChainsSettings, wrong: &mut WrongKeys) {
    let mut ids = BTreeMap::new();
    for (name, chain) in chains {
        let key = format!("chains.{name}");
        wrong.unless(
            is_name(name),
            &key,
            name,
            "must be named with 1 to 40 of a-z, 0-9, - and _",
        );
        chain.check(&key, wrong);
        if let Some(other) = ids.insert(chain.id, name) {
            let rule = format!("must not be the id of chains.{other}, too");
            wrong.unless(chain.id == 0, &format!("{key}.id"), chain.id, &rule);
        }
    }
}

impl ChainSettings {
    fn check(&self, key: &str, wrong: &mut WrongKeys) {
        let key = |name: &str| format!("{key}.{name}");
        wrong.unless(self.id > 0, &key("id"), self.id, "must be the chain's id, at least 1");
        let count = self.endpoints.len();
        let fits = (1..=MOST_ENDPOINTS).contains(&count);
        wrong.unless_secret(fits, &key("endpoints"), "must be 1 to 10 URLs (values not shown)");
        for (index, endpoint) in self.endpoints.iter().enumerate() {
            let rule = "must start with http://, https://, ws:// or wss:// and name a host (value not shown)";
            let place = format!("{}[{index}]", key("endpoints"));
            wrong.unless_secret(is_address(endpoint.expose_secret()), &place, rule);
        }
        let deep = self.finality == FinalityChoice::Depth;
        let rule = "must be between 1 and 100000 for finality depth";
        let fits = !deep || (1..=100_000).contains(&self.confirmations);
        wrong.unless(fits, &key("confirmations"), self.confirmations, rule);
        let within = |wrong: &mut WrongKeys, name: &str, value: Duration, low: Duration, high: Duration| {
            let rule = format!("must be between {} and {}", duration::text(low), duration::text(high));
            wrong.unless((low..=high).contains(&value), &key(name), duration::text(value), &rule);
        };
        let (short, minute) = (Duration::from_millis(100), Duration::from_secs(60));
        within(wrong, "deadline", self.deadline, short, minute);
        within(wrong, "silence", self.silence, short, Duration::from_secs(600));
        within(wrong, "probe", self.probe, short, Duration::from_secs(600));
        within(wrong, "look_every", self.look_every, short, minute);
        within(wrong, "audit_every", self.audit_every, short, Duration::from_secs(600));
        within(wrong, "scan_every", self.scan_every, short, Duration::from_secs(86_400));
        within(
            wrong,
            "quiet_after",
            self.quiet_after,
            short,
            Duration::from_secs(86_400),
        );
        wrong.between(&key("scan_blocks"), self.scan_blocks, 1, 1_000_000);
        wrong.between(&key("ready_lag"), self.ready_lag, 1, 1_000_000);
        wrong.between(&key("failures"), self.failures, 1, 100);
        wrong.between(&key("lag"), self.lag, 1, 10_000);
        wrong.between(&key("range_most"), self.range_most, 1, 1_000_000);
        let fits = (1..=self.range_most).contains(&self.range_first);
        let rule = format!("must be between 1 and {}", key("range_most"));
        wrong.unless(fits, &key("range_first"), self.range_first, &rule);
    }
}

fn is_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let plain = url.len() <= 2_000 && url.bytes().all(|byte| byte.is_ascii_graphic());
    ["http", "https", "ws", "wss"].contains(&scheme) && !host.is_empty() && !host.starts_with(':') && plain
}
