//! The terms of a subscription: lots, fees, prices and waits, each within its range.

use std::time::Duration;

use domain::trigger::PriceSource;
use rust_decimal::Decimal;

use super::{SubscriptionSettings, token};
use crate::config::form::duration;
use crate::config::wrong::WrongKeys;

/// Places of shares in the ledger.
const PLACES: u32 = 8;
/// Three tries of five seconds each are made at one price.
const LEAST_AGE: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_secs(86_400);

impl SubscriptionSettings {
    pub(super) fn check_terms(&self, key: &str, wrong: &mut WrongKeys) {
        let field = |name: &str| format!("{key}.{name}");
        wrong.positive(&field("lot"), self.lot);
        let places = self.share.decimals.min(PLACES);
        let rule = "must be exact in units of the share token";
        let exact = self.lot.normalize().scale() <= places;
        wrong.unless(exact, &field("lot"), self.lot, rule);
        wrong.money(&field("min_deposit"), self.min_deposit);
        wrong.money(&field("min_redeem"), self.min_redeem);
        let half = Decimal::new(5, 1);
        for (name, value) in [
            ("slippage", self.slippage),
            ("buy_fee", self.buy_fee),
            ("sell_fee", self.sell_fee),
            ("venue_reserve", self.venue_reserve),
        ] {
            wrong.share(&field(name), value);
            wrong.unless(value <= half, &field(name), value, "must be at most 0.5");
        }
        self.check_price(key, wrong);
        self.check_waits(key, wrong);
    }

    fn check_price(&self, key: &str, wrong: &mut WrongKeys) {
        let field = |name: &str| format!("{key}.{name}");
        let has_feed = !self.feed.is_empty();
        if has_feed {
            token::address(&field("feed"), &self.feed, wrong);
        }
        let named = has_feed || self.price_source != PriceSource::Feed;
        let rule = "must be the aggregator's address where price_source is feed";
        wrong.unless(named, &field("feed"), &self.feed, rule);
        wrong.between(&field("feed_decimals"), self.feed_decimals, 0, 27);
        wrong.share(&field("max_deviation"), self.max_deviation);
        let compared = has_feed || self.max_deviation.is_zero();
        let rule = "must be 0 where there is no feed to compare with";
        wrong.unless(compared, &field("max_deviation"), self.max_deviation, rule);
        within(&field("max_price_age"), self.max_price_age, LEAST_AGE, 7 * DAY, wrong);
    }

    fn check_waits(&self, key: &str, wrong: &mut WrongKeys) {
        let field = |name: &str| format!("{key}.{name}");
        let minute = Duration::from_secs(60);
        within(&field("late_after"), self.late_after, minute, 30 * DAY, wrong);
        within(
            &field("patience"),
            self.patience,
            Duration::from_secs(5),
            30 * DAY,
            wrong,
        );
        wrong.money(&field("vault_money_before"), self.vault_money_before);
        wrong.money(&field("shares_before"), self.shares_before);
        wrong.money(&field("venue_shares_before"), self.venue_shares_before);
    }
}

fn within(key: &str, value: Duration, low: Duration, high: Duration, wrong: &mut WrongKeys) {
    let rule = format!("must be between {} and {}", duration::text(low), duration::text(high));
    wrong.unless((low..=high).contains(&value), key, duration::text(value), &rule);
}
