//! Limits: requests by endpoint, within seconds, of an address, of a user, or of a user on a market.
//!
//! Source: each endpoint's page of <https://www.okx.com/docs-v5/en/>.

use domain::id::VenueAccountId;
use domain::time::Timestamp;

use super::params::Params;
use super::problem::Problem;
use super::routes::Route;
use crate::simulator::dialect::Asked;
use crate::simulator::windows::Windows;

/// New and changed orders that an account has in two seconds.
const ORDERS: u32 = 1_000;
const TWO_SECONDS: i64 = 2_000;

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Limits(Windows);

impl Limits {
    /// Counts a request.
    pub fn count(
        &self,
        route: &Route,
        asked: &Asked,
        account: Option<VenueAccountId>,
        params: &[Params],
    ) -> Result<(), Problem> {
        let endpoint = asked.endpoint();
        let who = account.map_or_else(|| asked.from.clone(), |account| account.to_string());
        let (most, length) = route.terms.limit;
        if !route.terms.by_order {
            let used = self.0.add(&format!("{who} {endpoint}"), asked.now, length, 1);
            return within(used, most);
        }
        for order in params {
            let name = format!("{who} {endpoint} {}", order.or_empty("instId"));
            within(self.0.add(&name, asked.now, length, 1), most)?;
        }
        if asked.path.contains("cancel") {
            return Ok(());
        }
        self.orders(&who, u32::try_from(params.len()).unwrap_or(u32::MAX), asked.now)
    }

    fn orders(&self, who: &str, count: u32, now: Timestamp) -> Result<(), Problem> {
        match self.0.add(&format!("{who} orders"), now, TWO_SECONDS, count) {
            used if used <= ORDERS => Ok(()),
            _ => Err(Problem::new(
                "50061",
                "Order requests are too frequent: the limit of this account's orders was reached.",
            )),
        }
    }
}

/// There were too many.
pub(super) fn too_many() -> Problem {
    Problem::with(429, "50011", "Too Many Requests")
}

fn within(used: u32, most: u32) -> Result<(), Problem> {
    if used <= most { Ok(()) } else { Err(too_many()) }
}
