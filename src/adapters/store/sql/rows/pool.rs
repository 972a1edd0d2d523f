//! Rows of pools.

use domain::fixed::{Amount, Ratio};
use domain::id::{HoldingId, ProductId, UserId};
use domain::ledger::Asset;
use domain::pool::{
    Accrual, Calendar, DayFigures, DayState, Early, Holding, HoldingState, Limits, Payday, PoolDay, PoolDayRow,
    Product, ProductState, RateRow, Term,
};
use domain::time::Timestamp;
use entity::{pool_accrual, pool_day, pool_holding, pool_product, pool_rate};

use super::Row;
use crate::ports::store::StoreError;

pub fn product_row(product: &Product) -> pool_product::Model {
    let (term_days, early) = match product.term {
        Term::Flexible => (None, None),
        Term::Fixed { days, early } => (Some(i64::from(days)), early),
    };
    pool_product::Model {
        id: product.id.0,
        name: product.name.clone(),
        asset: product.asset.to_string(),
        term_days,
        early_penalty: early.map(|early| early.penalty.units()),
        early_forfeits: early.is_some_and(|early| early.forfeits).into(),
        zone: product.calendar.zone().to_owned(),
        cut_off: product.calendar.cut_off().into(),
        payday: product.payday.as_str().to_owned(),
        compounds: product.compounds.into(),
        commission: product.commission.units(),
        quota: product.quota.units(),
        least_once: product.limits.least_once.units(),
        most_once: product.limits.most_once.units(),
        least_held: product.limits.least_held.units(),
        most_held: product.limits.most_held.units(),
        opens_at: product.opens_at.map(|at| at.0),
        closes_at: product.closes_at.map(|at| at.0),
        last_day: product.last_day.map(PoolDay::number),
        state: product.state.as_str().to_owned(),
        sold: product.sold.units(),
        distributed_through: product.distributed_through.number(),
        correct_from: product.correct_from.map(PoolDay::number),
        created_at: product.created_at.0,
        updated_at: product.updated_at.0,
        version: product.version.into(),
    }
}

pub fn product(row: pool_product::Model) -> Result<Product, StoreError> {
    let name = Row::new("product", row.id);
    let amount = |column: &str, units| name.fixed(column, units, Amount::from_units);
    let cut_off = u16::try_from(row.cut_off).ok();
    let calendar = cut_off.and_then(|cut_off| Calendar::new(&row.zone, cut_off));
    Ok(Product {
        id: ProductId(row.id),
        asset: name.word("asset", &row.asset, Asset::new)?,
        term: term(&name, &row)?,
        calendar: name.present("calendar", calendar)?,
        payday: name.word("payday", &row.payday, Payday::parse)?,
        compounds: row.compounds != 0,
        commission: name.fixed("commission", row.commission, Ratio::from_units)?,
        quota: amount("quota", row.quota)?,
        limits: Limits {
            least_once: amount("least_once", row.least_once)?,
            most_once: amount("most_once", row.most_once)?,
            least_held: amount("least_held", row.least_held)?,
            most_held: amount("most_held", row.most_held)?,
        },
        opens_at: row.opens_at.map(Timestamp),
        closes_at: row.closes_at.map(Timestamp),
        last_day: maybe_day(&name, "last_day", row.last_day)?,
        state: name.word("state", &row.state, ProductState::parse)?,
        sold: amount("sold", row.sold)?,
        distributed_through: day(&name, "distributed_through", row.distributed_through)?,
        correct_from: maybe_day(&name, "correct_from", row.correct_from)?,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
        name: row.name,
    })
}

fn term(name: &Row, row: &pool_product::Model) -> Result<Term, StoreError> {
    let Some(days) = row.term_days else {
        return Ok(Term::Flexible);
    };
    let penalty = name.maybe_fixed("early_penalty", row.early_penalty, Ratio::from_units)?;
    let forfeits = row.early_forfeits != 0;
    Ok(Term::Fixed {
        days: name.count("term_days", days)?,
        early: penalty.map(|penalty| Early { penalty, forfeits }),
    })
}

fn day<K: std::fmt::Display>(name: &Row<K>, column: &str, number: i64) -> Result<PoolDay, StoreError> {
    PoolDay::new(number).ok_or_else(|| name.corrupt(format!("{column} is {number}")))
}

fn maybe_day<K: std::fmt::Display>(
    name: &Row<K>,
    column: &str,
    number: Option<i64>,
) -> Result<Option<PoolDay>, StoreError> {
    number.map(|number| day(name, column, number)).transpose()
}

pub fn rate_row(rate: &RateRow) -> pool_rate::Model {
    pool_rate::Model {
        product_id: rate.product.0,
        number: rate.number.into(),
        from_day: rate.from_day.number(),
        rate: rate.rate.units(),
        at: rate.at.0,
        said_by: rate.by.clone(),
    }
}

pub fn rate(row: pool_rate::Model) -> Result<RateRow, StoreError> {
    let name = Row::new("rate of product", row.product_id);
    Ok(RateRow {
        product: ProductId(row.product_id),
        number: name.count("number", row.number)?,
        from_day: day(&name, "from_day", row.from_day)?,
        rate: name.fixed("rate", row.rate, Ratio::from_units)?,
        at: Timestamp(row.at),
        by: row.said_by,
    })
}

pub fn holding_row(holding: &Holding) -> pool_holding::Model {
    pool_holding::Model {
        id: holding.id.0,
        product_id: holding.product.0,
        user_id: holding.user.0,
        referrer_id: holding.referrer.map(|user| user.0),
        commission: holding.commission.units(),
        state: holding.state.as_str().to_owned(),
        ended_at: holding.state.ended_at().map(|at| at.0),
        live: holding.is_live().into(),
        subscribed: holding.subscribed.units(),
        earning: holding.earning.units(),
        pending: holding.pending.units(),
        opened_on: holding.opened_on.number(),
        last_day: holding.last_day.map(PoolDay::number),
        renews: holding.renews.into(),
        accrued_through: holding.accrued_through.number(),
        residue: holding.residue,
        earned: holding.earned.units(),
        unpaid: holding.unpaid.units(),
        paid: holding.paid.units(),
        forfeited: holding.forfeited.units(),
        commissioned: holding.commissioned.units(),
        created_at: holding.created_at.0,
        updated_at: holding.updated_at.0,
        version: holding.version.into(),
    }
}

pub fn holding(row: pool_holding::Model) -> Result<Holding, StoreError> {
    let name = Row::new("holding", row.id);
    let amount = |column: &str, units| name.fixed(column, units, Amount::from_units);
    let ended = |column| name.present(column, row.ended_at).map(Timestamp);
    let state = match row.state.as_str() {
        "held" => HoldingState::Held,
        "redeemed" => HoldingState::Redeemed { at: ended("ended_at")? },
        "matured" => HoldingState::Matured { at: ended("ended_at")? },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    Ok(Holding {
        id: HoldingId(row.id),
        product: ProductId(row.product_id),
        user: UserId(row.user_id),
        referrer: row.referrer_id.map(UserId),
        commission: name.fixed("commission", row.commission, Ratio::from_units)?,
        state,
        subscribed: amount("subscribed", row.subscribed)?,
        earning: amount("earning", row.earning)?,
        pending: amount("pending", row.pending)?,
        opened_on: day(&name, "opened_on", row.opened_on)?,
        last_day: maybe_day(&name, "last_day", row.last_day)?,
        renews: row.renews != 0,
        accrued_through: day(&name, "accrued_through", row.accrued_through)?,
        residue: row.residue,
        earned: amount("earned", row.earned)?,
        unpaid: amount("unpaid", row.unpaid)?,
        paid: amount("paid", row.paid)?,
        forfeited: amount("forfeited", row.forfeited)?,
        commissioned: amount("commissioned", row.commissioned)?,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: name.count("version", row.version)?,
    })
}

pub fn accrual(row: pool_accrual::Model) -> Result<Accrual, StoreError> {
    let name = Row::new("accrual of holding", row.holding_id);
    Ok(Accrual {
        holding: HoldingId(row.holding_id),
        product: ProductId(row.product_id),
        day: day(&name, "day", row.day)?,
        number: name.count("number", row.number)?,
        principal: name.fixed("principal", row.principal, Amount::from_units)?,
        rate: name.fixed("rate", row.rate, Ratio::from_units)?,
        earned: name.fixed("earned", row.earned, Amount::from_units)?,
        residue: row.residue,
    })
}

pub fn day_row(day: &PoolDayRow) -> pool_day::Model {
    pool_day::Model {
        product_id: day.product.0,
        day: day.day.number(),
        holdings: day.figures.holdings,
        principal: day.figures.principal.units(),
        earned: day.figures.earned.units(),
        payments: day.figures.payments,
        paid: day.figures.paid.units(),
        commission: day.figures.commission.units(),
        state: day.state.as_str().to_owned(),
        compared_at: day.state.at().map(|at| at.0),
        note: day.state.note().map(str::to_owned),
    }
}

pub fn pool_day(row: pool_day::Model) -> Result<PoolDayRow, StoreError> {
    let name = Row::new("day of product", row.product_id);
    let amount = |column: &str, units| name.fixed(column, units, Amount::from_units);
    let at = || name.present("compared_at", row.compared_at).map(Timestamp);
    let state = match row.state.as_str() {
        "open" => DayState::Open,
        "reconciled" => DayState::Reconciled { at: at()? },
        "unreconciled" => DayState::Unreconciled {
            at: at()?,
            note: name.present("note", row.note.clone())?,
        },
        other => return Err(name.corrupt(format!("unknown state `{other}`"))),
    };
    Ok(PoolDayRow {
        product: ProductId(row.product_id),
        day: day(&name, "day", row.day)?,
        figures: DayFigures {
            holdings: row.holdings,
            principal: amount("principal", row.principal)?,
            earned: amount("earned", row.earned)?,
            payments: row.payments,
            paid: amount("paid", row.paid)?,
            commission: amount("commission", row.commission)?,
        },
        state,
    })
}
