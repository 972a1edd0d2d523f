//! How the world's daemon is set: quick exits, short pages, small limits, so that much happens in little time.

use std::collections::BTreeMap;
use std::time::Duration;

use bursar::actors::ledger::LedgerOptions;
use bursar::actors::robot::{HoldMode, HoldRules, RobotRules};
use bursar::actors::supervisor::{CrashRules, SupervisorOptions};
use bursar::actors::sync_scheduler::SyncOptions;
use bursar::adapters::venue::paper::{Feed, MarketOptions, PaperOptions};
use domain::exit::ExitRules;
use domain::instrument::Instrument;
use domain::ledger::Rules as LedgerRules;
use domain::paper::PaperMarket;
use domain::position::{Exits, ProfitBasis};
use domain::reconcile;
use domain::risk::{OppositeRobots, RiskRules};
use domain::settlement::PayOrder;
use domain::strategy::{Classifier, Template, Templates, TemplatesByRisk};
use domain::venue::VenueName;

use super::people::{btc, eth};

/// How long an order must be absent before it never was; every placement has ended long before that.
const GRACE: Duration = Duration::from_secs(5);
const PLACE_DEADLINE: Duration = Duration::from_secs(3);

pub fn paper() -> PaperOptions {
    let market = |symbol, min_notional: &str| MarketOptions {
        terms: PaperMarket {
            instrument: Instrument {
                symbol,
                tick: "0.1".parse().unwrap(),
                lot: "0.001".parse().unwrap(),
                min_quantity: "0.001".parse().unwrap(),
                min_notional: min_notional.parse().unwrap(),
                max_leverage: 100,
            },
            maker_fee: "0.0002".parse().unwrap(),
            taker_fee: "0.0005".parse().unwrap(),
            slippage: "0.0001".parse().unwrap(),
            maintenance: "0.005".parse().unwrap(),
            funding_interval: Duration::from_secs(120),
            funding_rate: "0.0001".parse().unwrap(),
            // So that an order is filled by several fills.
            largest_fill: "0.3".parse().unwrap(),
        },
        feed: Feed::ByHand,
    };
    PaperOptions {
        markets: vec![market(btc(), "50"), market(eth(), "20")],
        starting_balance: "10000".parse().unwrap(),
        speed: 1,
    }
}

pub fn ledger() -> LedgerOptions {
    LedgerOptions {
        rules: LedgerRules {
            pay_order: PayOrder::GiftFirst,
            default_rate: "0.10".parse().unwrap(),
        },
        group_limit: 50,
        queue_limit: 1_000,
        retry_first: Duration::from_millis(100),
        retry_max: Duration::from_secs(2),
        deadline: Duration::from_secs(10),
    }
}

pub fn sync() -> SyncOptions {
    SyncOptions {
        open_interval: Duration::from_secs(5),
        flat_interval: Duration::from_secs(30),
        heard_open_interval: Duration::from_secs(30),
        heard_flat_interval: Duration::from_secs(120),
        poll_deadline: Duration::from_secs(4),
        parallel_polls: 8,
        // So that histories come in several pages.
        fills_page: 3,
        full_pass_interval: Duration::from_secs(60),
        weight_per_minute: BTreeMap::from([(VenueName::Paper, 2_400)]),
        rules: reconcile::Rules {
            profit_basis: ProfitBasis::Net,
            lookup_grace: GRACE,
            charge_external: false,
        },
    }
}

pub fn supervisor() -> SupervisorOptions {
    SupervisorOptions {
        crashes: CrashRules {
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(30),
            crashes_until_quarantine: 3,
            crash_window: Duration::from_secs(240),
        },
        read_every: Duration::from_secs(10),
        spawns_per_tick: 100,
        close_deadline: Duration::from_secs(5),
        drain_deadline: Duration::from_secs(10),
    }
}

/// Users who have no power trade too, so that there are debts.
fn hold() -> HoldRules {
    HoldRules {
        mode: HoldMode::BestEffort,
        expected_profit: "0.1".parse().unwrap(),
        default_rate: "0.1".parse().unwrap(),
        expires_after: Duration::from_secs(7 * 86_400),
        deadline: Duration::from_secs(3),
    }
}

pub fn robot(opposite_robots: OppositeRobots) -> RobotRules {
    let template = Template {
        threshold: "0.002".parse().unwrap(),
        exits: Exits {
            stop_loss: "0.15".parse().unwrap(),
            arm: "0.06".parse().unwrap(),
            give_back: "0.25".parse().unwrap(),
        },
    };
    let by_risk = TemplatesByRisk {
        conservative: template,
        balanced: template,
        aggressive: template,
    };
    RobotRules {
        templates: Templates {
            trend: by_risk,
            ranging: by_risk,
            high_volatility: by_risk,
            low_volatility: by_risk,
        },
        classifier: Classifier {
            bars: 5,
            trend_strength: "0.6".parse().unwrap(),
            trend_votes: 2,
            high_volatility: "0.012".parse().unwrap(),
            low_volatility: "0.0015".parse().unwrap(),
        },
        risk: risk(opposite_robots),
        exit: ExitRules {
            liquidation_share: "0.8".parse().unwrap(),
            peak_step: "0.1".parse().unwrap(),
            maintenance_margin: "0.005".parse().unwrap(),
        },
        profit_basis: ProfitBasis::Net,
        hold: hold(),
        mailbox: 64,
        sync_deadline: Duration::from_secs(3),
        place_deadline: PLACE_DEADLINE,
        send_within: GRACE.checked_sub(PLACE_DEADLINE).unwrap(),
        close_retry_first: Duration::from_secs(1),
        close_retry_max: Duration::from_secs(10),
        retry: Duration::from_secs(1),
    }
}

fn risk(opposite_robots: OppositeRobots) -> RiskRules {
    RiskRules {
        max_price_age: Duration::from_secs(60),
        debt_limit: "5".parse().unwrap(),
        max_notional: "100000".parse().unwrap(),
        max_symbol_notional: "1000000".parse().unwrap(),
        opposite_robots,
        max_open_positions: 10,
        max_orders_per_minute: 30,
    }
}
