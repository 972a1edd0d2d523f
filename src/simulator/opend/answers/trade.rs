//! Requests about orders, cash and holdings.

use std::time::Duration;

use chrono::NaiveDateTime;
use domain::fixed::{Price, Quantity, Rounding};
use domain::time::Timestamp;
use rust_decimal::Decimal;

use super::{Call, Refused};
use crate::simulator::opend::shown;
use crate::simulator::opend::wire::number::{float, read};
use crate::simulator::opend::wire::trade::{
    Conditions, FeeMsg, FeesC2s, FeesS2c, FillsS2c, FundsS2c, ListC2s, ModifyC2s, OfAccountC2s, OrdersS2c, PacketId,
    PlaceC2s, PlacedS2c, PositionsS2c, RefreshFunds, RefreshPositions, StatusesC2s, TrdHeader,
};
use crate::simulator::opend::wire::{MODIFY_ORDER, PLACE_ORDER, Told};
use crate::simulator::opend::world::{Account, Order, Wanted};

const LIMIT_ORDER: i32 = 1;
const DAY: i32 = 0;
const CHANGE: i32 = 1;
const CANCEL: i32 = 2;

impl Call<'_> {
    /// The account of a request, when environment and market are its own.
    fn of(&self, header: Option<TrdHeader>) -> Result<Account, Refused> {
        let header = header.ok_or("The request has no header")?;
        let account = self.world.account(header.acc_id).ok_or("Unknown account")?;
        if shown::header(account) == header {
            Ok(account.clone())
        } else {
            Err(Refused::from("Account, environment and market do not belong together"))
        }
    }

    /// A writing request is the connection's own, and no replay.
    fn fresh(&self, packet: Option<PacketId>) -> Result<(), Refused> {
        let own = PacketId {
            conn_id: self.connection,
            serial_no: self.serial,
        };
        if packet == Some(own) {
            Ok(())
        } else {
            Err(Refused::from("The packet's id is not that of its frame"))
        }
    }

    pub(super) fn place(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: PlaceC2s = Self::read(body)?;
        self.fresh(asked.packet_id)?;
        let account = self.of(asked.header)?;
        self.count(PLACE_ORDER, account.id, false)?;
        if asked.order_type != LIMIT_ORDER || asked.time_in_force.unwrap_or(DAY) != DAY {
            return Err(Refused::from(
                "Only limit orders that are good for the day are simulated",
            ));
        }
        let buys = match asked.trd_side {
            1 => true,
            2 => false,
            _ => return Err(Refused::from("trdSide must be 1 or 2")),
        };
        let market = asked.sec_market.unwrap_or_else(|| shown::trd_market(account.exchange));
        let stock = shown::of_trade(market, &asked.code).ok_or("Unknown market of the stock")?;
        let wanted = Wanted {
            account: account.id,
            stock,
            buys,
            quantity: shares(read(asked.qty))?,
            limit: price(read(asked.price.unwrap_or_default()))?,
            remark: asked.remark,
        };
        let order = self.world.place(wanted, self.fate, self.now)?;
        self.placed = Some(order.id);
        Ok(placed(&account, &order))
    }

    pub(super) fn modify(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: ModifyC2s = Self::read(body)?;
        self.fresh(asked.packet_id)?;
        let account = self.of(asked.header)?;
        self.count(MODIFY_ORDER, account.id, false)?;
        if asked.for_all == Some(true) {
            return Err(Refused::from("Acts on all orders at once are not simulated"));
        }
        let named = asked.order_id_ex.filter(|name| !name.is_empty());
        let of_name = |name: &String| self.world.orders.iter().find(|order| order.name() == *name);
        let id = match &named {
            Some(name) => of_name(name).map(|order| order.id).ok_or("Unknown order")?,
            None => asked.order_id,
        };
        let order = match asked.op {
            CANCEL => self.world.cancel(account.id, id, self.now)?,
            CHANGE => {
                let to = (
                    shares(read(asked.qty.unwrap_or_default()))?,
                    price(read(asked.price.unwrap_or_default()))?,
                );
                self.world.change(account.id, id, to, self.now)?
            }
            _ => return Err(Refused::from("Orders in this market are changed or cancelled")),
        };
        Ok(placed(&account, &order))
    }

    /// Orders of an account: of today, or all that are history.
    pub(super) fn orders(&mut self, body: &[u8], today: bool) -> Result<Told, Refused> {
        let asked: ListC2s = Self::read(body)?;
        let statuses: StatusesC2s = Self::read(body)?;
        let account = self.of(asked.header)?;
        let refresh = asked.refresh == Some(true);
        self.count(if today { 2201 } else { 2221 }, account.id, refresh)?;
        let span = span(asked.conditions.as_ref(), !today)?;
        let hidden = if refresh || !today {
            self.unlisted.1
        } else {
            self.unlisted.0
        };
        let own = self.meant(&account, asked.conditions.as_ref(), hidden);
        let own = own.filter(|order| if today { order.is_of_today } else { !order.is_live() });
        let own = own.filter(|order| span.0 <= order.created && order.created <= span.1);
        let shown = own.map(|order| shown::order(self.world, order));
        let wanted = |status| statuses.statuses.is_empty() || statuses.statuses.contains(&status);
        Ok(Told::done(&OrdersS2c {
            header: shown::header(&account),
            orders: shown.filter(|order| wanted(order.status)).collect(),
        }))
    }

    /// Orders of an account that a filter means and that are old enough to be listed.
    fn meant<'a>(
        &'a self,
        account: &Account,
        conditions: Option<&'a Conditions>,
        hidden: Duration,
    ) -> impl Iterator<Item = &'a Order> {
        let (id, until) = (account.id, self.now.before(hidden));
        self.world.orders.iter().filter(move |order| {
            let means = conditions.is_none_or(|filter| {
                let code = filter.codes.is_empty() || filter.codes.contains(&order.stock.code);
                let ids = filter.ids.is_empty() || filter.ids.contains(&order.id);
                code && ids && (filter.names.is_empty() || filter.names.contains(&order.name()))
            });
            order.account == id && means && (hidden.is_zero() || order.created <= until)
        })
    }

    pub(super) fn fills(&mut self, body: &[u8], today: bool) -> Result<Told, Refused> {
        let asked: ListC2s = Self::read(body)?;
        let account = self.of(asked.header)?;
        if !account.is_real {
            return Err(Refused::from("Paper trading does not support executions"));
        }
        self.count(if today { 2211 } else { 2222 }, account.id, false)?;
        let span = span(asked.conditions.as_ref(), !today)?;
        let own = self.meant(&account, asked.conditions.as_ref(), Duration::ZERO);
        let each = own.flat_map(|order| order.fills.iter().map(move |fill| (order, fill)));
        let each = each.filter(|(order, fill)| (!today || order.is_of_today) && span.0 <= fill.at && fill.at <= span.1);
        Ok(Told::done(&FillsS2c {
            header: shown::header(&account),
            fills: each.map(|(order, fill)| shown::fill(self.world, order, fill)).collect(),
        }))
    }

    pub(super) fn fees(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: FeesC2s = Self::read(body)?;
        let account = self.of(asked.header)?;
        if !account.is_real {
            return Err(Refused::from("Paper trading does not support fees"));
        }
        self.count(2225, account.id, false)?;
        let own = self.world.orders.iter().filter(|order| order.account == account.id);
        let meant = own.filter(|order| asked.names.contains(&order.name()));
        let fees = meant.map(|order| FeeMsg {
            order_id_ex: order.name(),
            amount: Some(float(order.fee.to_decimal())),
        });
        Ok(Told::done(&FeesS2c {
            header: shown::header(&account),
            fees: fees.collect(),
        }))
    }

    pub(super) fn funds(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: OfAccountC2s = Self::read(body)?;
        let account = self.of(asked.header)?;
        let refresh: RefreshFunds = Self::read(body)?;
        self.count(2101, account.id, refresh.refresh == Some(true))?;
        Ok(Told::done(&FundsS2c {
            header: shown::header(&account),
            funds: Some(shown::funds(self.world, &account)),
        }))
    }

    pub(super) fn positions(&mut self, body: &[u8]) -> Result<Told, Refused> {
        let asked: OfAccountC2s = Self::read(body)?;
        let account = self.of(asked.header)?;
        let refresh: RefreshPositions = Self::read(body)?;
        self.count(2102, account.id, refresh.refresh == Some(true))?;
        Ok(Told::done(&PositionsS2c {
            header: shown::header(&account),
            positions: shown::positions(self.world, &account),
        }))
    }
}

fn placed(account: &Account, order: &Order) -> Told {
    Told::done(&PlacedS2c {
        header: shown::header(account),
        order_id: order.id,
        order_id_ex: Some(order.name()),
    })
}

/// Shares, cut to whole ones as the venue does.
fn shares(sent: Option<Decimal>) -> Result<Quantity, Refused> {
    let whole = sent.map(|number| Quantity::round_decimal(number.trunc(), Rounding::Down));
    whole
        .and_then(Result::ok)
        .ok_or_else(|| Refused::from("The quantity is no number"))
}

/// A price, cut to three places as the venue does.
fn price(sent: Option<Decimal>) -> Result<Price, Refused> {
    let cut = sent.map(|number| Price::round_decimal(number.trunc_with_scale(3), Rounding::Down));
    cut.and_then(Result::ok)
        .ok_or_else(|| Refused::from("The price is no number"))
}

/// From when to when; all of time where nothing is said.
fn span(conditions: Option<&Conditions>, required: bool) -> Result<(Timestamp, Timestamp), Refused> {
    let begin = conditions.and_then(|filter| filter.begin.as_deref());
    let end = conditions.and_then(|filter| filter.end.as_deref());
    if required && (begin.is_none() || end.is_none()) {
        return Err(Refused::from("History needs beginTime and endTime"));
    }
    let time = |text: Option<&str>, usual: i64| match text {
        Some(text) => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
            .map(|time| Timestamp(time.and_utc().timestamp_millis()))
            .map_err(|_| Refused::from("Times are written YYYY-MM-DD HH:MM:SS")),
        None => Ok(Timestamp(usual)),
    };
    Ok((time(begin, 0)?, time(end, i64::MAX)?))
}
