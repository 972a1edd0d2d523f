//! Section `http`: the HTTP interface.

use std::net::SocketAddr;
use std::time::Duration;

use serde::de::{Deserializer, Error, Unexpected};
use serde::{Deserialize, Serialize};

use super::form::{duration, flag, whole};
use super::wrong::WrongKeys;

/// The HTTP interface.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port; port 0 takes a free one.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// Largest request body, in bytes.
    #[serde(deserialize_with = "whole::deserialize")]
    pub request_limit_bytes: usize,
    /// Threads that answer requests.
    #[serde(deserialize_with = "whole::deserialize")]
    pub workers: usize,
    /// Longest time for one request.
    #[serde(with = "duration")]
    pub request_deadline: Duration,
    /// Largest page of any list.
    #[serde(deserialize_with = "whole::deserialize")]
    pub page_limit: u32,
    /// Whether `listen` may be an address that other machines reach.
    #[serde(deserialize_with = "flag::deserialize")]
    pub allow_public: bool,
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    let expected = "an IP address and port, such as 127.0.0.1:8420 or [::1]:8420";
    text.parse()
        .map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &expected))
}

impl HttpSettings {
    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let reachable = self.allow_public || self.listen.ip().is_loopback();
        let rule = "must be a loopback address, or http.allow_public must be true";
        wrong.unless(reachable, "http.listen", self.listen, rule);
        wrong.between("http.request_limit_bytes", self.request_limit_bytes, 1_024, 67_108_864);
        wrong.between("http.workers", self.workers, 1, 64);
        wrong.between("http.page_limit", self.page_limit, 1, 1_000);
    }
}
