//! Limits: so many requests a second for each endpoint, by address or by key.
//!
//! Source: <https://www.bitget.com/api-doc/common/intro>; the numbers stand on each endpoint's page.

use super::routes::Route;
use super::sign;
use crate::simulator::calls::Access;
use crate::simulator::dialect::Asked;
use crate::simulator::windows::Windows;

/// Header with what is left of this second.
pub(super) const LEFT: &str = "x-mbx-used-remain-limit";
/// How many requests of all kinds an address has in a minute.
const ALL: u32 = 6_000;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Limits {
    addresses: Windows,
    endpoints: Windows,
}

impl Limits {
    /// Counts a request; what is left of this second, or `None` when it was too much.
    pub fn count(&self, route: &Route, asked: &Asked) -> Option<u32> {
        if self.addresses.add(&asked.from, asked.now, MINUTE, 1) > ALL {
            return None;
        }
        let key = asked.header(sign::KEY).filter(|_| route.access != Access::Public);
        let name = format!("{} {}", key.unwrap_or(&asked.from), route.path);
        let used = self.endpoints.add(&name, asked.now, SECOND, 1);
        route.terms.checked_sub(used)
    }
}
