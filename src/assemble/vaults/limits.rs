//! How vaults are followed and paid from, by the settings.

use std::time::Duration;

use domain::chain::follow::{Finality, PaceRules};
use domain::fixed::{Amount, NumberError};
use domain::payout::decide::PayoutRules;
use domain::payout::fees::FeeRules;
use domain::payout::limits::Limits;
use rust_decimal::Decimal;

use super::POST_DEADLINE;
use crate::actors::chain_subscription::FollowOptions;
use crate::actors::payout::PayoutOptions;
use crate::assemble::options::{UnfitSetting, unfit};
use crate::config::{ChainSettings, FinalityChoice, PayoutSettings};

/// Longest wait for an answer of a chain, or for a signature.
pub const CALL_DEADLINE: Duration = Duration::from_secs(20);
/// Logs per commit.
const MOST_LOGS: usize = 2_000;
/// How often in a row one question is put again after a node's limit of requests.
const WAITS: u32 = 20;
/// Unread blocks raise an alert at so many times what readiness allows.
const ALERT_LAG: u64 = 10;
/// Gas beside what a call was estimated to take, in thousandths of that.
const GAS_MARGIN: u32 = 250;
/// Nonces that may wait to be in a block at once.
const WINDOW: u64 = 16;
/// Wei of a gwei.
const GWEI: u128 = 1_000_000_000;

/// How a subscription follows the chain.
pub fn follow(settings: &ChainSettings) -> FollowOptions {
    let finality = match settings.finality {
        FinalityChoice::Depth => Finality::Depth(settings.confirmations.into()),
        FinalityChoice::Safe => Finality::Safe,
        FinalityChoice::Finalized => Finality::Finalized,
    };
    FollowOptions {
        finality,
        pace: PaceRules {
            first: settings.range_first.into(),
            most: settings.range_most.into(),
            waits: WAITS,
        },
        most_logs: MOST_LOGS,
        look_every: settings.look_every,
        audit_every: settings.audit_every,
        scan_every: settings.scan_every,
        scan_blocks: settings.scan_blocks.into(),
        ready_lag: settings.ready_lag.into(),
        alert_lag: u64::from(settings.ready_lag) * ALERT_LAG,
        silent_after: settings.quiet_after,
        retry_first: Duration::from_millis(250),
        retry_max: Duration::from_secs(30),
        post_deadline: POST_DEADLINE,
        failures_until_alert: 5,
        malformed_quiet: Duration::from_secs(3_600),
    }
}

/// How calls for payouts are bounded.
pub const fn payouts() -> PayoutOptions {
    PayoutOptions {
        call_deadline: CALL_DEADLINE,
        ledger_deadline: POST_DEADLINE,
        parallel: 16,
        mailbox: 64,
    }
}

/// How payouts are decided about.
pub fn rules(settings: &PayoutSettings) -> Result<PayoutRules, UnfitSetting> {
    let gwei = |key, value: Decimal| unfit(key, wei(value, GWEI));
    let max_fee_cap = gwei("payouts.*.max_fee_gwei", settings.max_fee_gwei)?;
    Ok(PayoutRules {
        confirmations: settings.confirmations.into(),
        stuck_after: settings.stuck_after,
        fees: FeeRules {
            max_fee_cap,
            tip_cap: max_fee_cap,
            least_tip: gwei("payouts.*.tip_gwei", settings.tip_gwei)?,
            bump_permille: settings.bump_percent.saturating_mul(10),
        },
        gas_margin_permille: GAS_MARGIN,
        window: WINDOW,
        gas_floor: unfit("payouts.*.gas_floor", wei(settings.gas_floor, GWEI * GWEI))?,
        dry_run: settings.dry_run,
    })
}

/// How much money may leave a vault; shares are bounded by what was bought.
pub fn money(settings: &PayoutSettings) -> Result<Limits, UnfitSetting> {
    let amount = |key, value| unfit(key, Amount::from_decimal(value));
    Ok(Limits {
        each: None,
        user_day: Some(amount("payouts.*.per_user_day", settings.per_user_day)?),
        day: Some(amount("payouts.*.per_day", settings.per_day)?),
    })
}

/// So much, in wei, of something that is `unit` wei.
fn wei(value: Decimal, unit: u128) -> Result<u128, NumberError> {
    let unit = i128::try_from(unit)
        .ok()
        .and_then(|unit| Decimal::try_from_i128_with_scale(unit, 0).ok());
    let exact = unit
        .and_then(|unit| value.checked_mul(unit))
        .filter(|exact| exact.fract().is_zero());
    exact
        .and_then(|exact| u128::try_from(exact).ok())
        .ok_or(NumberError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gwei_and_coins_become_wei_exactly_or_not_at_all() {
        let of = |text: &str, unit| wei(text.parse().unwrap(), unit);
        assert_eq!(of("1.5", GWEI), Ok(1_500_000_000));
        assert_eq!(of("0.05", GWEI * GWEI), Ok(50_000_000_000_000_000));
        assert_eq!(of("0.0000000001", GWEI), Err(NumberError::OutOfRange));
        assert_eq!(of("-1", GWEI), Err(NumberError::OutOfRange));
    }
}
