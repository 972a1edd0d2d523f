//! Endpoints that list orders: what is open with what ended lately, and what ended.

use domain::market::Symbol;
use domain::paper::PaperOrder;
use serde_json::{Value, json};

use super::entry::{self, Entry};
use super::page;
use super::problem::Problem;
use super::routes::{Call, Told};
use super::{ids, words};
use crate::simulator::exchange::History;
use crate::simulator::stillborn::Stillborn;

/// Orders that have ended of which `realtime` still knows.
const LATELY: usize = 500;

/// Which orders are asked for.
struct Filter<'a> {
    symbols: Vec<Symbol>,
    /// By id.
    id: Option<&'a str>,
    /// By the sender's id.
    link: Option<&'a str>,
    /// `Order` for plain ones, `StopOrder` for those that wait or waited for a price; others are none of these.
    kind: Option<&'a str>,
}

/// `GET /v5/order/realtime`: open orders; by id also one that ended lately.
pub(super) async fn realtime(call: &Call<'_>) -> Told {
    if call.params.is_linear()? {
        call.params.need_some_market()?;
    }
    let filter = filter(call)?;
    let ended_too = call.params.get("openOnly") == Some("1");
    list(call, &filter, (0, i64::MAX), |ended, lately| match ended {
        false => !ended_too || filter.is_one(),
        true => lately && (ended_too || filter.is_one()),
    })
    .await
}

/// `GET /v5/order/history`: orders that have ended.
pub(super) async fn history(call: &Call<'_>) -> Told {
    let filter = filter(call)?;
    let span = if filter.is_one() && !call.params.has("startTime") {
        (0, i64::MAX)
    } else {
        call.params.span(call.exchange.market_now().0)?
    };
    list(call, &filter, span, |ended, _| ended).await
}

fn filter<'a>(call: &'a Call<'_>) -> Result<Filter<'a>, Problem> {
    call.params.is_linear()?;
    Ok(Filter {
        symbols: call.params.symbols(call.exchange)?,
        id: call.params.get("orderId"),
        link: call.params.get("orderLinkId"),
        kind: call.params.get("orderFilter"),
    })
}

impl Filter<'_> {
    fn is_one(&self) -> bool {
        self.id.is_some() || self.link.is_some()
    }

    fn fits(&self, entry: &Entry<'_>) -> bool {
        let waited = entry.first().is_conditional();
        let kind = match self.kind {
            None => true,
            Some("Order") => !waited,
            Some("StopOrder" | "tpslOrder") => waited,
            Some(_) => false,
        };
        kind && self.symbols.contains(&entry.order.symbol)
    }
}

/// A page of orders, newest first. `shown` says whether one is told that has ended, and ended lately.
async fn list(call: &Call<'_>, filter: &Filter<'_>, span: (i64, i64), shown: impl Fn(bool, bool) -> bool) -> Told {
    let limit = call.params.limit(20, 50)?;
    let after = call.params.after()?;
    let account = call.exchange.account(call.id()?).await?;
    let stillborns = call.dialect.stillborns.of(account.id);
    let (rows, cursor) = call.exchange.history(account.id, |history| {
        let mut ended = 0_usize;
        let mut entries = entry::all(history, &stillborns);
        let one = one(history, &stillborns, filter, account.id);
        entries.retain(|entry| {
            let live = entry.order.is_live();
            ended += usize::from(!live);
            let named = !filter.is_one() || one == Some(entry.number());
            let within = (span.0..=span.1).contains(&entry.first().placed_at.0);
            named && within && filter.fits(entry) && shown(!live, ended <= LATELY)
        });
        let keyed = entries.into_iter().map(|entry| (entry.key(), entry));
        let (page, cursor) = page::page(keyed, after, limit);
        let told = page
            .iter()
            .map(|entry| words::order(entry, account.mode, entry.fee(history)));
        (told.collect::<Value>(), cursor)
    });
    let category = call.params.need("category")?;
    Ok(json!({ "category": category, "list": rows, "nextPageCursor": cursor }).into())
}

/// The number of the order that is named.
fn one(
    history: &History,
    stillborns: &[Stillborn],
    filter: &Filter,
    account: domain::id::VenueAccountId,
) -> Option<i64> {
    match (filter.id, filter.link) {
        (Some(id), _) => ids::order_number(account, id),
        (None, Some(link)) => entry::named(history, stillborns, link).map(|entry| entry.number()),
        (None, None) => None,
    }
}

/// The open order that is named by its id or the sender's, with its id as it is told.
pub(super) fn open(call: &Call<'_>, params: &super::params::Params, act: &str) -> Result<PaperOrder, Problem> {
    let symbol = &params.market(call.exchange)?.instrument.symbol;
    let (id, link) = (params.get("orderId"), params.get("orderLinkId"));
    if id.is_none() && link.is_none() {
        return Err(Problem::new(10001, "params error: OrderId or orderLinkId is required"));
    }
    let account = call.id()?;
    let found = call.exchange.history(account, |history| {
        let entry = match (id, link) {
            (Some(id), _) => ids::order_number(account, id).and_then(|number| entry::numbered(history, &[], number)),
            (None, Some(link)) => entry::named(history, &[], link),
            (None, None) => None,
        };
        let entry = entry.filter(|entry| entry.order.symbol == *symbol && entry.order.is_live());
        entry.map(|entry| entry.order.clone())
    });
    found.ok_or_else(|| Problem::absent(act))
}
