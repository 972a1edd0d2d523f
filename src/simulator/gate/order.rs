//! An order in Gate's words: read from parameters, and told.
//!
//! A text may be used again at any time, and names the newest order that has it. The paper venue refuses an id that is
//! open, so each order is stored with something behind its text.

use domain::fixed::{Price, Quantity};
use domain::market::{Action, Side};
use domain::paper::{PaperAccount, PaperOrder, Rules, TimeInForce};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::{ClientOrderId, OrderKind, ReportedState};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::contract::{Contract, LARGEST, name_of};
use super::market::seconds;
use super::params;
use super::problem::Problem;
use super::routes::Call;
use crate::simulator::exchange::{Ask, Exchange};
use crate::simulator::fields::Fields;

/// What stands between an order's text and what is behind it; no text has it.
const BEHIND: char = '~';
/// Longest text, without its `t-`.
const LONGEST: usize = 28;

/// What an order trades.
pub(super) struct Wanted {
    pub action: Action,
    pub side: Side,
    pub quantity: Quantity,
    pub reduce_only: bool,
    /// Whether it closes a whole position.
    pub whole: bool,
}

/// Reads what is traded: a size that is not zero, or a position to be closed.
pub(super) fn wanted(fields: &Fields, contract: &Contract<'_>, account: &PaperAccount) -> Result<Wanted, Problem> {
    let reduce_only = fields.flag("reduce_only")?;
    let (close, auto) = (fields.flag("close")?, fields.get("auto_size"));
    let size: Decimal = match fields.get("amount").or_else(|| fields.get("size")) {
        Some(text) => text.parse().map_err(|_| Problem::size())?,
        None if close => Decimal::ZERO,
        None => fields.need_as("size")?,
    };
    if close || auto.is_some() {
        if !size.is_zero() {
            return Err(Problem::value("size"));
        }
        return closing(contract, account, auto);
    }
    let quantity = contract.coins(size.abs()).filter(|quantity| quantity.is_positive());
    let quantity = quantity.ok_or_else(Problem::size)?;
    if size.abs() > LARGEST.into() {
        return Err(Problem::bad("SIZE_TOO_LARGE", "Order size is too large"));
    }
    let action = if size.is_sign_negative() {
        Action::Sell
    } else {
        Action::Buy
    };
    let is_dual = account.mode == PositionMode::Hedge;
    let side = if is_dual && reduce_only {
        action.closes()
    } else {
        action.opens()
    };
    Ok(Wanted {
        action,
        side,
        quantity,
        reduce_only,
        whole: false,
    })
}

/// The whole position, which in hedge mode has to be named.
fn closing(contract: &Contract<'_>, account: &PaperAccount, auto: Option<&str>) -> Result<Wanted, Problem> {
    let symbol = contract.symbol();
    let held = match (account.mode, auto) {
        (PositionMode::OneWay, None) => account.positions.iter().find(|held| held.symbol == *symbol),
        (PositionMode::OneWay, Some(_)) => return Err(Problem::value("auto_size")),
        (PositionMode::Hedge, Some("close_long")) => account.position(symbol, Side::Long),
        (PositionMode::Hedge, Some("close_short")) => account.position(symbol, Side::Short),
        (PositionMode::Hedge, Some(_)) => return Err(Problem::value("auto_size")),
        (PositionMode::Hedge, None) => return Err(Problem::dual()),
    };
    let held = held.ok_or_else(Problem::empty)?;
    Ok(Wanted {
        action: held.side.closing(),
        side: held.side,
        quantity: held.quantity,
        reduce_only: true,
        whole: true,
    })
}

/// Reads how an order is matched; a price of zero takes the best there is, at once.
pub(super) fn matching(fields: &Fields, contract: &Contract<'_>) -> Result<(OrderKind, TimeInForce), Problem> {
    let price = params::price(fields, contract)?;
    let lasting = match fields.get("tif").unwrap_or("gtc") {
        "gtc" => TimeInForce::UntilCancelled,
        "ioc" => TimeInForce::ImmediateOrCancel,
        "fok" => TimeInForce::FillOrKill,
        "poc" => TimeInForce::PostOnly,
        _ => return Err(Problem::value("tif")),
    };
    match (price, lasting) {
        (Some(price), _) => Ok((OrderKind::Limit { price }, lasting)),
        (None, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill) => Ok((OrderKind::Market, lasting)),
        (None, TimeInForce::UntilCancelled | TimeInForce::PostOnly) => Err(Problem::value("tif")),
    }
}

/// Reads a plain order.
pub(super) fn plain(call: &Call<'_>, fields: &Fields, account: &PaperAccount) -> Result<Ask, Problem> {
    let contract = params::contract(fields, call.exchange)?;
    let wanted = wanted(fields, &contract, account)?;
    if account.mode == PositionMode::Hedge && wanted.reduce_only {
        let held = account.position(contract.symbol(), wanted.side);
        if held.is_none_or(|held| held.quantity < wanted.quantity) {
            let words = "Reduce order would exceed position in dual-mode";
            return Err(Problem::bad("REDUCE_EXCEEDED", words));
        }
    }
    let (kind, time_in_force) = matching(fields, &contract)?;
    if let OrderKind::Limit { price } = kind {
        near(call.exchange, &contract, price)?;
    }
    Ok(Ask {
        client_id: client_id(call, fields.get("text"), wanted.whole)?,
        symbol: contract.symbol().clone(),
        action: wanted.action,
        position_side: wanted.side,
        kind,
        quantity: wanted.quantity,
        reduce_only: wanted.reduce_only,
        rules: Rules {
            time_in_force,
            ..Rules::default()
        },
    })
}

/// Refuses a limit that is further from the price than half of it.
pub(super) fn near(exchange: &Exchange, contract: &Contract<'_>, price: Price) -> Result<(), Problem> {
    let Some(last) = exchange.last(contract.symbol()) else {
        return Ok(());
    };
    let (last, price) = (last.tick.price.units(), price.units());
    if last.abs_diff(price) > last.unsigned_abs() / 2 {
        let words = "Order price is too deviated from mark price";
        return Err(Problem::bad("PRICE_TOO_DEVIATED", words));
    }
    Ok(())
}

/// The text that was sent, and what tells its orders apart.
pub(super) fn client_id(call: &Call<'_>, text: Option<&str>, whole: bool) -> Result<ClientOrderId, Problem> {
    let text = text.unwrap_or("api");
    let is_source = ["api", "web", "app"].contains(&text);
    let own = text.strip_prefix("t-").filter(|own| {
        let marks = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        own.len() <= LONGEST && own.chars().all(marks)
    });
    if own.is_none() && !is_source {
        return Err(Problem::value("text"));
    }
    let kind = if whole { 'c' } else { 'o' };
    let (now, next) = (call.asked.now.0, call.dialect.next());
    Ok(ClientOrderId(format!("{text}{BEHIND}{kind}{now:x}-{next:x}")))
}

/// An order's text; orders of the venue's own are liquidations here.
pub(super) fn text(order: &PaperOrder) -> &str {
    text_of(order.client_id.as_ref())
}

/// The text in a stored id.
pub(super) fn text_of(client_id: Option<&ClientOrderId>) -> &str {
    let split = |id: &'_ ClientOrderId| id.0.find(BEHIND);
    match client_id {
        Some(id) => split(id).map_or(id.0.as_str(), |at| &id.0[..at]),
        None => "liquidation",
    }
}

/// Whether it was asked to close a whole position.
pub(super) fn is_close(order: &PaperOrder) -> bool {
    let behind = order.client_id.as_ref().and_then(|id| id.0.split_once(BEHIND));
    behind.is_some_and(|(_, behind)| behind.starts_with('c'))
}

/// A price or zero.
pub(super) fn price_word(price: Option<Price>) -> String {
    price.map_or_else(|| "0".to_owned(), |price| price.to_string())
}

/// How long an order stays.
pub(super) const fn lasting_word(order: &PaperOrder) -> &'static str {
    match order.rules.time_in_force {
        TimeInForce::UntilCancelled if order.limit.is_none() => "ioc",
        TimeInForce::UntilCancelled => "gtc",
        TimeInForce::ImmediateOrCancel => "ioc",
        TimeInForce::FillOrKill => "fok",
        TimeInForce::PostOnly => "poc",
    }
}

/// How an order ended; `None` while it rests.
pub(super) fn ended_word(order: &PaperOrder) -> Option<&'static str> {
    let word = match order.state {
        ReportedState::Open => return None,
        ReportedState::Filled => "filled",
        ReportedState::Cancelled => "cancelled",
        ReportedState::Expired | ReportedState::Rejected => {
            if order.reduce_only && order.filled.is_positive() {
                "reduce_only"
            } else if lasting_word(order) == "ioc" {
                "ioc"
            } else if order.reduce_only {
                "position_closed"
            } else {
                "liquidated"
            }
        }
    };
    Some(word)
}

/// Whether an order that ended so long ago is still told of by this id: by text for a minute, and for ten minutes by its
/// number when nothing of it was filled.
pub(super) fn is_told(order: &PaperOrder, by_text: bool, now: Timestamp) -> bool {
    let since = now.0.saturating_sub(order.updated_at.0);
    order.is_live() || (since <= 60_000 || !by_text) && (since <= 600_000 || order.filled.is_positive())
}

/// An order as it stands; `None` when its market is no longer listed.
pub(super) fn told(exchange: &Exchange, order: &PaperOrder, decimal: bool) -> Option<Value> {
    let contract = Contract::of_symbol(exchange, &order.symbol)?;
    let rest = order.rest().unwrap_or_default();
    let mut told = json!({
        "id": order.number,
        "id_string": order.number.to_string(),
        "user": order.account.0,
        "contract": name_of(&order.symbol),
        "create_time": seconds(order.placed_at),
        "update_time": seconds(order.updated_at),
        "size": contract.signed(order.quantity, order.action, decimal),
        "iceberg": super::contract::told(Decimal::ZERO, decimal),
        "left": contract.signed(rest, order.action, decimal),
        "price": price_word(order.limit),
        "fill_price": order.average_price().unwrap_or_default().to_string(),
        "mkfr": contract.market.maker_fee.to_string(),
        "tkfr": contract.market.taker_fee.to_string(),
        "tif": lasting_word(order),
        "refu": 0,
        "refr": "0",
        "is_reduce_only": order.reduce_only,
        "is_close": is_close(order),
        "is_liq": order.client_id.is_none(),
        "text": text(order),
        "status": if order.is_live() { "open" } else { "finished" },
        "stp_id": 0,
        "stp_act": "-",
        "amend_text": "-",
    });
    if let (Some(fields), Some(ended)) = (told.as_object_mut(), ended_word(order)) {
        fields.insert("finish_time".to_owned(), seconds(order.updated_at));
        fields.insert("finish_as".to_owned(), json!(ended));
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use domain::id::VenueAccountId;
    use domain::market::Symbol;
    use domain::venue::MarginMode;

    use super::*;

    fn order(state: ReportedState, filled: &str) -> PaperOrder {
        PaperOrder {
            account: VenueAccountId(1),
            number: 7,
            client_id: Some(ClientOrderId("t-mine~c18f-3".to_owned())),
            symbol: Symbol::new("BTCUSDT"),
            action: Action::Buy,
            position_side: Side::Long,
            limit: Some(Price::ONE),
            quantity: Quantity::ONE,
            filled: filled.parse().unwrap(),
            reduce_only: false,
            leverage: 10,
            margin_mode: MarginMode::Cross,
            state,
            updated_at: Timestamp(1_000_000),
            rules: Rules::default(),
            placed_at: Timestamp(500_000),
            spent: domain::fixed::Amount::ZERO,
            fired: None,
            parent: None,
        }
    }

    #[test]
    fn text_is_told_without_what_is_behind_it() {
        let order = order(ReportedState::Open, "0");
        assert_eq!((text(&order), is_close(&order)), ("t-mine", true));
        assert_eq!(text_of(Some(&ClientOrderId("api~o1-1".to_owned()))), "api");
        assert_eq!(text_of(None), "liquidation");
    }

    #[test]
    fn text_names_an_order_while_it_rests_and_a_minute_after() {
        let told = |state, filled: &str, by_text: bool, seconds: i64| {
            let order = order(state, filled);
            is_told(&order, by_text, Timestamp(1_000_000 + seconds * 1_000))
        };
        assert!(told(ReportedState::Open, "0", true, 100_000));
        assert!(told(ReportedState::Filled, "1", true, 60) && !told(ReportedState::Filled, "1", true, 61));
        assert!(told(ReportedState::Filled, "1", false, 100_000));
        // Of what was cancelled without a fill nothing is told after ten minutes.
        assert!(told(ReportedState::Cancelled, "0", false, 600) && !told(ReportedState::Cancelled, "0", false, 601));
        assert!(told(ReportedState::Cancelled, "0.5", false, 601));
    }

    #[test]
    fn order_ends_in_one_of_many_ways() {
        let ended = |reduce_only: bool, filled: &str, time_in_force: TimeInForce| {
            let mut order = order(ReportedState::Expired, filled);
            (order.reduce_only, order.rules.time_in_force) = (reduce_only, time_in_force);
            ended_word(&order)
        };
        let rests = TimeInForce::UntilCancelled;
        assert_eq!(ended(false, "0", TimeInForce::ImmediateOrCancel), Some("ioc"));
        assert_eq!(ended(false, "0", rests), Some("liquidated"));
        assert_eq!(ended(true, "0", rests), Some("position_closed"));
        assert_eq!(ended(true, "0.5", rests), Some("reduce_only"));
        assert_eq!(ended_word(&order(ReportedState::Open, "0")), None);
    }
}
