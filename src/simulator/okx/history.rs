//! Endpoints of orders that are open and of the past: orders and fills, newest first, page by page.

use domain::paper::{PaperFill, PaperOrder};
use domain::time::Timestamp;
use domain::user::PositionMode;
use domain::venue::FillCause;
use serde_json::{Value, json};

use super::contract::{self, ASSET};
use super::order::{self, Sums};
use super::params::Params;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::words::paid;
use super::{bills, stillborn, trade};
use crate::simulator::exchange::Exchange;

const DAY: i64 = 86_400_000;
/// How long an order that was cancelled without a fill is on record.
const FORGOTTEN: i64 = 2 * 3_600_000;

/// A place in a list that is told newest first: after and before these ids, between these times, so many.
pub(super) struct Page {
    earlier: i64,
    later: i64,
    begin: i64,
    end: i64,
    limit: usize,
}

impl Page {
    /// As it is asked for.
    pub fn read(params: &Params) -> Result<Self, Problem> {
        Ok(Self {
            earlier: params.read_as("after")?.unwrap_or(i64::MAX),
            later: params.read_as("before")?.unwrap_or(i64::MIN),
            begin: params.read_as("begin")?.unwrap_or(i64::MIN),
            end: params.read_as("end")?.unwrap_or(i64::MAX),
            limit: params.limit(100, 100)?,
        })
    }

    /// With nothing from longer ago than so many days.
    pub fn of_days(self, days: i64, now: Timestamp) -> Self {
        let begin = self.begin.max(now.0 - days * DAY);
        Self { begin, ..self }
    }

    /// What of a list that begins with the newest is on this page.
    pub fn of<T>(
        &self,
        newest_first: impl Iterator<Item = T>,
        id: impl Fn(&T) -> i64,
        at: impl Fn(&T) -> i64,
    ) -> Vec<T> {
        let here = |one: &T| {
            let (id, at) = (id(one), at(one));
            id < self.earlier && id > self.later && (self.begin..=self.end).contains(&at)
        };
        newest_first.filter(here).take(self.limit).collect()
    }
}

/// Whether it is no longer on record.
pub(super) fn is_forgotten(order: &PaperOrder, now: Timestamp) -> bool {
    let (unfilled, over) = (order.filled.is_zero(), !order.is_live());
    unfilled && over && now.0 - order.updated_at.0 > FORGOTTEN
}

/// Whether an order is of the markets, the kind and the state that are asked for.
fn fits(exchange: &Exchange, params: &Params, order: &PaperOrder) -> bool {
    let name = contract::name_of(exchange, &order.symbol);
    let among = |asked: &str, own: &str| asked.split(',').any(|one| one == own);
    let family = params.get("instFamily").or_else(|| params.get("uly"));
    params.is_of_swaps()
        && params.get("instId").is_none_or(|asked| asked == name)
        && family.is_none_or(|asked| name.strip_suffix("-SWAP") == Some(asked))
        && params
            .get("ordType")
            .is_none_or(|asked| among(asked, order::type_word(order)))
        && params.get("state").is_none_or(|asked| asked == order::state(order))
}

/// `GET /api/v5/trade/orders-pending`.
pub(super) async fn pending(call: &Call<'_>) -> Told {
    let params = call.one()?;
    let page = Page::read(params)?;
    let account = call.exchange.account(call.id()?).await?;
    let open = account.orders.iter().rev().filter(|order| !order.is_conditional());
    let open = open.filter(|order| fits(call.exchange, params, order));
    let open = page.of(open, |order| stillborn::id(order.number), |order| order.placed_at.0);
    let sums = call.exchange.history(account.id, Sums::all);
    let told = open.into_iter().map(|order| {
        let sums = sums.get(&order.number).cloned().unwrap_or_default();
        order::told(call.exchange, order, account.mode, &sums)
    });
    Ok(told.collect::<Vec<_>>().into())
}

/// `GET /api/v5/trade/orders-history`: of seven days.
pub(super) async fn recent(call: &Call<'_>) -> Told {
    past(call, 7).await
}

/// `GET /api/v5/trade/orders-history-archive`: of three months.
pub(super) async fn archive(call: &Call<'_>) -> Told {
    past(call, 90).await
}

async fn past(call: &Call<'_>, days: i64) -> Told {
    let params = call.one()?;
    params.need("instType")?;
    let (account, now) = (call.id()?, call.exchange.market_now());
    let page = Page::read(params)?.of_days(days, now);
    let (mut orders, sums) = call.exchange.history(account, |history| {
        let over = history
            .orders()
            .filter(|order| !order.is_conditional() && !order.is_live());
        (over.cloned().collect::<Vec<_>>(), Sums::all(history))
    });
    orders.extend(call.dialect.stillborns.of(account).into_iter().map(|one| one.order));
    orders.retain(|order| fits(call.exchange, params, order) && !is_forgotten(order, now));
    orders.sort_by_key(|order| stillborn::id(order.number));
    let orders = page.of(
        orders.into_iter().rev(),
        |order| stillborn::id(order.number),
        |order| order.placed_at.0,
    );
    let mode = trade::mode(call).await?;
    let told = orders.iter().map(|order| {
        let sums = sums.get(&order.number).cloned().unwrap_or_default();
        order::told(call.exchange, order, mode, &sums)
    });
    Ok(told.collect::<Vec<_>>().into())
}

/// `GET /api/v5/trade/fills`: of three days.
pub(super) async fn fills(call: &Call<'_>) -> Told {
    executions(call, 3).await
}

/// `GET /api/v5/trade/fills-history`: of three months.
pub(super) async fn old_fills(call: &Call<'_>) -> Told {
    call.one()?.need("instType")?;
    executions(call, 90).await
}

async fn executions(call: &Call<'_>, days: i64) -> Told {
    let params = call.one()?;
    let page = Page::read(params)?.of_days(days, call.exchange.market_now());
    let order: Option<i64> = params.read_as::<i64>("ordId")?.map(stillborn::number);
    let mode = trade::mode(call).await?;
    let kinds = params.get("subType");
    let here = |fill: &&PaperFill| {
        let name = contract::name_of(call.exchange, &fill.symbol);
        params.is_of_swaps()
            && params.get("instId").is_none_or(|asked| asked == name)
            && order.is_none_or(|order| order == fill.order)
            && kinds.is_none_or(|kinds| kinds.split(',').any(|kind| kind == sub_type(fill, mode)))
    };
    let told = call.exchange.history(call.id()?, |history| {
        let own = history.fills().rev().filter(here);
        let page = page.of(own, |fill| bills::id_of_fill(fill), |fill| fill.at.0);
        let told = page.into_iter().map(|fill| {
            let order = history.order(fill.order);
            execution(call.exchange, fill, order, mode)
        });
        told.collect::<Vec<_>>()
    });
    Ok(told.into())
}

fn execution(exchange: &Exchange, fill: &PaperFill, order: Option<&PaperOrder>, mode: PositionMode) -> Value {
    let market = exchange.market(fill.symbol.as_str());
    let rate = market.map(|market| if fill.maker { market.maker_fee } else { market.taker_fee });
    json!({
        "billId": bills::id_of_fill(fill).to_string(),
        "clOrdId": order.map_or("", order::client_word),
        "execType": if fill.maker { "M" } else { "T" },
        "fee": paid(fill.fee),
        "feeCcy": ASSET,
        "feeRate": rate.map(|rate| rate.negated().to_string()).unwrap_or_default(),
        "fillFwdPx": "",
        "fillIdxPx": fill.price.to_string(),
        "fillMarkPx": fill.price.to_string(),
        "fillMarkVol": "",
        "fillPnl": fill.realised.to_string(),
        "fillPx": fill.price.to_string(),
        "fillPxUsd": "",
        "fillPxVol": "",
        "fillSz": contract::count_of(exchange, &fill.symbol, fill.quantity),
        "fillTime": fill.at.0.to_string(),
        "instId": contract::name_of(exchange, &fill.symbol),
        "instType": "SWAP",
        "ordId": stillborn::id(fill.order).to_string(),
        "posSide": order::position_word(fill.side, mode),
        "side": order::side_word(fill.action),
        "subType": sub_type(fill, mode),
        "tag": "",
        "tradeId": fill.number.to_string(),
        "tradeQuoteCcy": ASSET,
        "ts": fill.at.0.to_string(),
    })
}

/// What a fill was, as bills tell it.
pub(super) fn sub_type(fill: &PaperFill, mode: PositionMode) -> &'static str {
    use domain::market::{Action, Side};
    match (fill.cause, mode, fill.action, fill.side) {
        (FillCause::Liquidation, PositionMode::OneWay, Action::Buy, _) => "106",
        (FillCause::Liquidation, PositionMode::OneWay, Action::Sell, _) => "107",
        (FillCause::Liquidation, PositionMode::Hedge, _, Side::Long) => "104",
        (FillCause::Liquidation, PositionMode::Hedge, _, Side::Short) => "105",
        (_, PositionMode::OneWay, Action::Buy, _) => "1",
        (_, PositionMode::OneWay, Action::Sell, _) => "2",
        (_, PositionMode::Hedge, Action::Buy, Side::Long) => "3",
        (_, PositionMode::Hedge, Action::Sell, Side::Short) => "4",
        (_, PositionMode::Hedge, Action::Sell, Side::Long) => "5",
        (_, PositionMode::Hedge, Action::Buy, Side::Short) => "6",
    }
}
