//! From settings, which are what an operator wrote, to the options and rules that rooms are built with.

use domain::alert::rules::{BacklogLimits, DebtLimits, HandLimits, SpikeLimits};
use domain::exit::ExitRules;
use domain::fixed::{Amount, NumberError, Ratio};
use domain::ledger::Rules;
use domain::position::Exits;
use domain::risk::{OppositeRobots, RiskRules};
use domain::settlement::PayOrder;
use domain::strategy::market_state::Classifier;
use domain::strategy::template::{Template, Templates, TemplatesByRisk};
use rust_decimal::Decimal;

use crate::actors::ledger::LedgerOptions;
use crate::actors::robot::{HoldMode, HoldRules};
use crate::adapters::store::StoreOptions;
use crate::config::{ExitTemplate, HoldChoice, OppositeChoice, PayFrom, RiskTemplates, Settings};
use crate::http;
use crate::jobs::judge_closes::CloseRules;

/// A supervisor that missed so many ticks is dead.
const TICKS_UNTIL_DEAD: u32 = 10;

/// A setting whose number does not fit the exact type that it is used as.
#[derive(Debug, thiserror::Error)]
#[error("setting {key} does not fit: {source}")]
pub struct UnfitSetting {
    key: &'static str,
    #[source]
    source: NumberError,
}

/// Names the setting whose number does not fit.
pub(super) fn unfit<T>(key: &'static str, number: Result<T, NumberError>) -> Result<T, UnfitSetting> {
    number.map_err(|source| UnfitSetting { key, source })
}

fn amount(key: &'static str, value: Decimal) -> Result<Amount, UnfitSetting> {
    unfit(key, Amount::from_decimal(value))
}

fn ratio(key: &'static str, value: Decimal) -> Result<Ratio, UnfitSetting> {
    unfit(key, Ratio::from_decimal(value))
}

fn percent(key: &'static str, value: Decimal) -> Result<Ratio, UnfitSetting> {
    unfit(key, Ratio::percent(value))
}

/// How the store is opened.
pub fn store(settings: &Settings) -> StoreOptions {
    StoreOptions {
        url: settings.database_url(),
        max_connections: settings.store.max_connections,
        acquire_deadline: settings.store.acquire_deadline,
        statement_deadline: settings.store.statement_deadline,
    }
}

/// How the ledger decides and what limits it.
///
/// # Errors
/// A number that does not fit.
pub fn ledger(settings: &Settings) -> Result<LedgerOptions, UnfitSetting> {
    let pay_order = match settings.settlement.pay_order.as_slice() {
        [PayFrom::Gift] => PayOrder::GiftOnly,
        [PayFrom::Power] => PayOrder::PowerOnly,
        [PayFrom::Power, ..] => PayOrder::PowerFirst,
        _ => PayOrder::GiftFirst,
    };
    let options = &settings.ledger;
    Ok(LedgerOptions {
        rules: Rules {
            pay_order,
            default_rate: ratio("settlement.power_rate", settings.settlement.power_rate)?,
        },
        group_limit: options.group_limit,
        queue_limit: options.queue_limit,
        retry_first: options.retry_first,
        retry_max: options.retry_max,
        deadline: options.deadline,
    })
}

/// When the backlog of unsettled positions is an alert.
///
/// # Errors
/// A number that does not fit.
pub fn backlog(settings: &Settings) -> Result<BacklogLimits, UnfitSetting> {
    Ok(BacklogLimits {
        count: settings.alerts.unsettled_count,
        power: amount("alerts.unsettled_power", settings.alerts.unsettled_power)?,
        age: settings.alerts.oldest_unsettled,
        rate: ratio("settlement.power_rate", settings.settlement.power_rate)?,
    })
}

/// When closes and what is charged for them are an alert.
///
/// # Errors
/// A number that does not fit.
pub fn closes(settings: &Settings) -> Result<CloseRules, UnfitSetting> {
    let alerts = &settings.alerts;
    Ok(CloseRules {
        window: alerts.close_window,
        hand: HandLimits {
            closes: alerts.hand_closes,
            least: alerts.hand_closes_least,
            share: ratio("alerts.hand_share", alerts.hand_share)?,
        },
        spike: SpikeLimits {
            closes: alerts.spike_closes,
            least: alerts.spike_closes_least,
            factor: ratio("alerts.spike_factor", alerts.spike_factor)?,
            floor: amount("alerts.spike_floor", alerts.spike_floor)?,
        },
        spike_open_for: alerts.spike_open_for,
        debt: DebtLimits {
            share: ratio("alerts.debt_share", alerts.debt_share)?,
            least: amount("alerts.debt_least", alerts.debt_least)?,
        },
        debt_window: alerts.debt_window,
    })
}

/// What is checked before an open.
///
/// # Errors
/// A number that does not fit.
pub fn risk(settings: &Settings) -> Result<RiskRules, UnfitSetting> {
    Ok(RiskRules {
        max_price_age: settings.risk.price_max_age,
        debt_limit: amount("settlement.debt_limit", settings.settlement.debt_limit)?,
        max_notional: amount("risk.max_notional", settings.risk.max_notional)?,
        max_symbol_notional: amount("risk.max_symbol_notional", settings.risk.max_symbol_notional)?,
        opposite_robots: match settings.risk.opposite_robots {
            OppositeChoice::Refuse => OppositeRobots::Refuse,
            OppositeChoice::Net => OppositeRobots::Net,
        },
        max_open_positions: settings.risk.max_open_positions_per_account,
        max_orders_per_minute: settings.risk.max_orders_per_minute,
    })
}

/// How power is reserved before an open.
///
/// # Errors
/// A number that does not fit.
pub fn hold(settings: &Settings) -> Result<HoldRules, UnfitSetting> {
    let hold = &settings.settlement.hold;
    Ok(HoldRules {
        mode: match hold.mode {
            HoldChoice::Required => HoldMode::Required,
            HoldChoice::BestEffort => HoldMode::BestEffort,
            HoldChoice::Off => HoldMode::Off,
        },
        expected_profit: ratio("settlement.hold.expected_profit", hold.expected_profit)?,
        default_rate: ratio("settlement.power_rate", settings.settlement.power_rate)?,
        expires_after: hold.expires_after,
        deadline: settings.robot.forced_sync_deadline,
    })
}

/// When robots leave a position.
///
/// # Errors
/// A number that does not fit.
pub fn exits(settings: &Settings) -> Result<ExitRules, UnfitSetting> {
    let robot = &settings.robot;
    Ok(ExitRules {
        liquidation_share: percent("robot.liquidation_guard_percent", robot.liquidation_guard_percent)?,
        peak_step: percent("robot.peak_step_percent", robot.peak_step_percent)?,
        maintenance_margin: percent("robot.maintenance_margin_percent", robot.maintenance_margin_percent)?,
    })
}

/// How the state of a market is told.
///
/// # Errors
/// A number that does not fit.
pub fn classifier(settings: &Settings) -> Result<Classifier, UnfitSetting> {
    let classifier = &settings.templates.classifier;
    Ok(Classifier {
        bars: classifier.bars,
        trend_strength: ratio("templates.classifier.trend_strength", classifier.trend_strength)?,
        trend_votes: classifier.trend_votes,
        high_volatility: percent(
            "templates.classifier.high_volatility_percent",
            classifier.high_volatility_percent,
        )?,
        low_volatility: percent(
            "templates.classifier.low_volatility_percent",
            classifier.low_volatility_percent,
        )?,
    })
}

/// Thresholds and exits by market state and risk preference.
///
/// # Errors
/// A number that does not fit.
pub fn templates(settings: &Settings) -> Result<Templates, UnfitSetting> {
    let templates = &settings.templates;
    Ok(Templates {
        trend: by_risk(&templates.trend)?,
        ranging: by_risk(&templates.ranging)?,
        high_volatility: by_risk(&templates.high_volatility)?,
        low_volatility: by_risk(&templates.low_volatility)?,
    })
}

fn by_risk(templates: &RiskTemplates) -> Result<TemplatesByRisk, UnfitSetting> {
    Ok(TemplatesByRisk {
        conservative: template(&templates.conservative)?,
        balanced: template(&templates.balanced)?,
        aggressive: template(&templates.aggressive)?,
    })
}

fn template(template: &ExitTemplate) -> Result<Template, UnfitSetting> {
    Ok(Template {
        threshold: percent("threshold_percent", template.threshold_percent)?,
        exits: Exits {
            stop_loss: percent("stop_loss_percent", template.stop_loss_percent)?,
            arm: percent("arm_percent", template.arm_percent)?,
            give_back: percent("give_back_percent", template.give_back_percent)?,
        },
    })
}

/// Limits of the HTTP interface.
///
/// # Errors
/// A number that does not fit.
pub fn http(settings: &Settings) -> Result<http::Options, UnfitSetting> {
    let options = &settings.http;
    Ok(http::Options {
        listen: options.listen,
        workers: options.workers,
        request_limit_bytes: options.request_limit_bytes,
        request_deadline: options.request_deadline,
        page_limit: options.page_limit,
        shutdown_deadline: settings.daemon.shutdown_deadline,
        // Ticks come by the machine's time, and are told by the daemon's clock, which may run faster.
        tick_deadline: settings
            .supervisor
            .tick
            .saturating_mul(TICKS_UNTIL_DEAD)
            .saturating_mul(settings.paper.speed.max(1)),
        power_rate: ratio("settlement.power_rate", settings.settlement.power_rate)?,
    })
}
