//! The venues that the promises are asked of, and every promise of every one of them.

use std::time::Duration;

use bursar::simulator::{self as served, Dialect};
use domain::venue::VenueName;

/// A venue as it is served, and what is its own in the words of the tests.
pub struct Stage {
    /// Which venue.
    pub venue: VenueName,
    /// Who serves it.
    pub dialect: fn() -> Box<dyn Dialect>,
    /// Its names of the markets.
    pub markets: [&'static str; 2],
    /// Bases of the stream of prices and of private streams.
    pub streams: [&'static str; 2],
    /// The endpoint that places orders.
    pub order: &'static str,
    /// The endpoint that lets protective ones wait.
    pub guard: &'static str,
    /// Whether what a protective order places has its client id.
    pub keeps_names: bool,
    /// The first that is asked for one.
    pub query: &'static str,
    /// One that sets leverage.
    pub leverage: &'static str,
    /// Code of an order that nobody can pay for.
    pub no_margin: &'static str,
    /// Of a close of what is not held.
    pub nothing_to_reduce: &'static str,
    /// Of a cancel of what is filled.
    pub late_cancel: &'static str,
    /// Smallest notional of an opening order.
    pub min_notional: &'static str,
    /// How long it wants us to wait, at the most, when it is told to limit us for a second.
    pub wait: Duration,
    /// How long after an execution its profit may be told.
    pub lag: Duration,
    /// How soon its dead-man's switch can fire; `None` where it has none that is used.
    pub dead_man: Option<Duration>,
    /// How many looks in a row its limits leave room for.
    pub looks: std::ops::Range<u32>,
}

/// Makes a test of each story for a venue.
macro_rules! stories {
    ($venue:ident, $stage:expr) => {
        pub mod $venue {
            /// The venue as it is served.
            pub static STAGE: super::Stage = $stage;

            super::stories!(@tests STAGE,
                dead_man: what_rests_is_cancelled_by_the_venue_once_it_hears_nothing_more_of_us;
                egress: accounts_are_spread_over_addresses_and_each_address_has_limits_of_its_own;
                crowd: a_look_that_needs_many_questions_waits_for_our_limits_and_ends;
                history: every_execution_is_told_once_and_in_order_page_by_page, a_position_of_before_counts_although_its_executions_are_not_read, a_foreign_cursor_is_an_error_and_not_the_beginning, what_happened_later_waits_until_all_that_was_before_is_told;
                limits: who_was_told_to_wait_asks_nobody_until_then, a_clock_that_is_off_is_set_right_and_the_order_sent_once, who_only_looks_stops_before_the_venue_bans;
                lost: a_request_that_never_arrived_is_unknown_and_then_absent, an_order_whose_answer_was_lost_is_unknown_and_then_found_once, an_error_inside_the_venue_says_nothing_about_the_order, an_answer_that_comes_after_the_deadline_is_unknown, a_question_that_is_not_answered_makes_no_order_absent, an_order_is_not_sent_when_its_leverage_could_not_be_set;
                protection: a_post_only_order_rests_and_one_that_would_take_ends_without_a_fill, a_stop_loss_waits_and_does_nothing_once_it_is_unprotected, a_stop_loss_closes_a_position_when_the_price_falls_through_it, a_protective_order_takes_the_profit_of_a_short, a_protective_order_that_the_price_has_passed_is_refused, a_protective_order_whose_answer_was_lost_is_unknown;
                streams: a_trade_on_the_market_reaches_the_tape, a_stream_of_prices_that_is_cut_comes_back, whatever_happens_on_an_account_wakes_who_minds_it, a_private_stream_that_breaks_wakes_at_once_and_comes_back, a_private_stream_whose_right_ends_is_opened_anew;
                trading: an_order_is_filled_held_and_closed_with_its_profit, an_order_that_is_filled_in_parts_is_told_part_by_part_and_once,
                an_execution_that_turns_a_position_is_two_fills, both_sides_are_held_in_hedge_mode, a_limit_order_rests_until_it_is_cancelled_and_a_cancel_may_come_too_late, what_the_venue_refuses_is_refused_with_its_code, leverage_and_margin_mode_are_set_before_an_order_that_needs_others, a_market_has_its_filters_and_the_account_its_mode, a_key_tells_what_it_may_do_and_without_one_nothing_leaves;
            );
        }
    };
    (@tests $stage:ident, $($file:ident: $($story:ident),+;)+) => {
        $($(
            #[actix_web::test]
            async fn $story() {
                crate::$file::$story(&$stage).await;
            }
        )+)+
    };
}
pub(crate) use stories;

stories!(
    binance,
    super::Stage {
        venue: super::VenueName::Binance,
        dialect: || Box::new(super::served::binance::Binance::default()),
        markets: ["BTCUSDT", "ETHUSDT"],
        streams: ["/market", "/private"],
        order: "POST /fapi/v1/order",
        guard: "POST /fapi/v1/algoOrder",
        keeps_names: true,
        query: "GET /fapi/v1/order",
        leverage: "POST /fapi/v1/leverage",
        no_margin: "-2019",
        nothing_to_reduce: "-2022",
        late_cancel: "-2011",
        min_notional: "100",
        wait: super::Duration::from_secs(1),
        lag: super::Duration::ZERO,
        dead_man: Some(super::Duration::from_secs(3)),
        looks: 50..240,
    }
);

stories!(
    okx,
    super::Stage {
        venue: super::VenueName::Okx,
        dialect: || Box::new(super::served::okx::Okx::default()),
        markets: ["BTC-USDT-SWAP", "ETH-USDT-SWAP"],
        streams: ["/ws/v5/public", "/ws/v5/private"],
        order: "POST /api/v5/trade/order",
        guard: "POST /api/v5/trade/order-algo",
        keeps_names: false,
        query: "GET /api/v5/trade/order",
        leverage: "POST /api/v5/account/set-leverage",
        no_margin: "51008",
        nothing_to_reduce: "51169",
        late_cancel: "51400",
        min_notional: "0",
        wait: super::Duration::from_secs(2),
        lag: super::Duration::ZERO,
        dead_man: Some(super::Duration::from_secs(10)),
        looks: 1..20,
    }
);

stories!(
    bybit,
    super::Stage {
        venue: super::VenueName::Bybit,
        dialect: || Box::new(super::served::bybit::Bybit::default()),
        markets: ["BTCUSDT", "ETHUSDT"],
        streams: ["/v5/public/linear", "/v5/private"],
        order: "POST /v5/order/create",
        guard: "POST /v5/order/create",
        keeps_names: true,
        query: "GET /v5/order/realtime",
        leverage: "POST /v5/position/set-leverage",
        no_margin: "110007",
        nothing_to_reduce: "110017",
        late_cancel: "110001",
        min_notional: "100",
        wait: super::Duration::from_secs(1),
        lag: super::Duration::ZERO,
        dead_man: None,
        looks: 1..200,
    }
);

stories!(
    bitget,
    super::Stage {
        venue: super::VenueName::Bitget,
        dialect: || Box::new(super::served::bitget::Bitget::default()),
        markets: ["BTCUSDT", "ETHUSDT"],
        streams: ["/v2/ws/public", "/v2/ws/private"],
        order: "POST /api/v2/mix/order/place-order",
        guard: "POST /api/v2/mix/order/place-tpsl-order",
        keeps_names: false,
        query: "GET /api/v2/mix/order/detail",
        leverage: "POST /api/v2/mix/account/set-leverage",
        no_margin: "40762",
        nothing_to_reduce: "22002",
        late_cancel: "40768",
        min_notional: "100",
        wait: super::Duration::from_secs(1),
        lag: super::Duration::ZERO,
        dead_man: None,
        looks: 1..20,
    }
);

stories!(
    gate,
    super::Stage {
        venue: super::VenueName::Gate,
        dialect: || Box::new(super::served::gate::Gate::default()),
        markets: ["BTC_USDT", "ETH_USDT"],
        streams: ["/v4/ws/usdt", "/v4/ws/usdt"],
        order: "POST /api/v4/futures/usdt/orders",
        guard: "POST /api/v4/futures/usdt/price_orders",
        keeps_names: false,
        query: "GET /api/v4/futures/usdt/orders/*",
        leverage: "POST /api/v4/futures/usdt/positions/*",
        no_margin: "INSUFFICIENT_AVAILABLE",
        nothing_to_reduce: "INCREASE_POSITION",
        late_cancel: "ORDER_FINISHED",
        min_notional: "0",
        wait: super::Duration::from_secs(10),
        lag: super::Duration::from_millis(1_100),
        dead_man: Some(super::Duration::from_secs(5)),
        looks: 1..200,
    }
);
