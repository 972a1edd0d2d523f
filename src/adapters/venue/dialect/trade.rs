//! Executions as venues tell them, and the fills that they are: which side, opening or closing, in the settlement asset.

use domain::fixed::{Amount, NumberError, Price, Quantity, Rounding, divide};
use domain::market::{Action, Side, Symbol};
use domain::time::Timestamp;
use domain::venue::{ClientOrderId, FillCause, FillReport, VenueOrderId};

use super::read::ParseError;

/// What a venue's figure of realised profit has in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfitBasis {
    /// The difference of prices alone; fees and funding are told apart.
    Gross,
    /// Fees of opening and closing are taken off; funding is told apart.
    AfterFees,
    /// Fees and funding are taken off.
    Net,
    /// This endpoint tells no profit.
    Untold,
}

impl ProfitBasis {
    /// Name in docs/venues.md.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gross => "gross",
            Self::AfterFees => "after fees",
            Self::Net => "net",
            Self::Untold => "untold",
        }
    }
}

/// A fee in whatever asset the venue took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The asset.
    pub asset: String,
    /// Paid when positive, a rebate when negative.
    pub amount: Amount,
}

/// Whose order an execution belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Our id, when the order has one that a client gave.
    pub client_id: Option<ClientOrderId>,
    /// Who brought it about.
    pub cause: FillCause,
}

/// The side of the position that a part of an execution changed, and whether it shrank it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The side.
    pub side: Side,
    /// Whether it shrank.
    pub reducing: bool,
}

impl Place {
    /// A buy opens a long or closes a short, a sell the other way round, in both position modes.
    pub const fn of(action: Action, reducing: bool) -> Self {
        let side = if reducing { action.closes() } else { action.opens() };
        Self { side, reducing }
    }
}

/// An execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The venue's id of it; unique per account and market.
    pub id: String,
    /// The venue's id of the order.
    pub order_id: VenueOrderId,
    /// Whose order it is, where this endpoint tells.
    pub owner: Option<Owner>,
    /// Market.
    pub symbol: Symbol,
    /// Buy or sell.
    pub action: Action,
    /// How much of it shrank a position, where the venue tells; the rest opened one.
    pub closed: Option<Quantity>,
    /// How much, in coins.
    pub quantity: Quantity,
    /// At which price.
    pub price: Price,
    /// Fee.
    pub fee: Fee,
    /// Profit realised by the price alone, where the venue tells it here.
    pub realised: Option<Amount>,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

/// A net position in units of a quantity: long above zero, short below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Net(pub i128);

impl Net {
    /// What a side and a size are together.
    pub fn of(side: Side, quantity: Quantity) -> Self {
        let units = i128::from(quantity.units());
        Self(match side {
            Side::Long => units,
            Side::Short => -units,
        })
    }

    /// After an execution.
    #[must_use]
    pub fn after(self, action: Action, quantity: Quantity) -> Self {
        Self(self.0.saturating_add(Self::of(action.opens(), quantity).0))
    }

    /// Before an execution.
    #[must_use]
    pub fn before(self, action: Action, quantity: Quantity) -> Self {
        Self(self.0.saturating_sub(Self::of(action.opens(), quantity).0))
    }

    /// How much of an execution shrinks this position; the rest of it opens the other side.
    fn closed_by(self, action: Action, quantity: Quantity) -> Quantity {
        let is_against = match action.closes() {
            Side::Long => self.0 > 0,
            Side::Short => self.0 < 0,
        };
        let held = i128::try_from(self.0.unsigned_abs()).unwrap_or(i128::MAX);
        let closed = held.min(i128::from(quantity.units()));
        let closed = if is_against { closed } else { 0 };
        Quantity::from_wide(closed).unwrap_or(quantity)
    }
}

/// The net position before the first of these executions of one market, when it is `now` after the last.
pub fn net_before(now: Net, trades: &[Trade]) -> Net {
    trades
        .iter()
        .rev()
        .fold(now, |net, trade| net.before(trade.action, trade.quantity))
}

impl Trade {
    /// The fills that it is: one, or two where it closed a position and opened the other side.
    ///
    /// `net` is the position before it, which counts only where the venue does not tell what it closed. `owner` is
    /// what the order tells, where the execution does not. `fee_worth` is the fee in the settlement asset.
    ///
    /// # Errors
    /// When something is missing that the venue did not tell, or a number leaves its range.
    pub fn fills(
        &self,
        net: Net,
        owner: Option<&Owner>,
        fee_worth: impl Fn(&Fee) -> Option<Amount>,
    ) -> Result<Vec<FillReport>, ParseError> {
        let closed = self.closed.unwrap_or_else(|| net.closed_by(self.action, self.quantity));
        let owner = self.owner.as_ref().or(owner);
        let owner = owner.ok_or_else(|| self.broken("owner", "is not known"))?;
        let rule = || format!("is in {}, whose price is not known", self.fee.asset);
        let fee = if self.fee.amount.is_zero() {
            Amount::ZERO
        } else {
            fee_worth(&self.fee).ok_or_else(|| self.broken("fee", &rule()))?
        };
        let opened = self.quantity.minus(closed);
        let opened = opened.map_err(|error| self.broken("closed", &error.to_string()))?;
        if opened.is_negative() || closed.is_negative() {
            return Err(self.broken("closed", "is not between zero and the quantity"));
        }
        let realised = self.realised;
        if realised.is_none() && closed.is_positive() {
            return Err(self.broken("realised", "is not told, and the execution closes"));
        }
        let closing_fee = share(fee, closed, self.quantity).map_err(|error| self.broken("fee", &error.to_string()))?;
        let opening_fee = fee
            .minus(closing_fee)
            .map_err(|error| self.broken("fee", &error.to_string()))?;
        // Not `#`, which marks the parts and revisions of one fill: these are two.
        let is_split = closed.is_positive() && opened.is_positive();
        let part = |reducing: bool, quantity: Quantity, fee: Amount| {
            let place = Place::of(self.action, reducing);
            let mark = if is_split && !reducing { "~o" } else { "" };
            FillReport {
                venue_fill_id: format!("{}{mark}", self.fill_id()),
                venue_order_id: self.order_id.clone(),
                client_id: owner.client_id.clone(),
                symbol: self.symbol.clone(),
                action: self.action,
                position_side: place.side,
                reducing,
                quantity,
                price: self.price,
                fee,
                realised: if reducing {
                    realised.unwrap_or_default()
                } else {
                    Amount::ZERO
                },
                cause: owner.cause,
                at: self.at,
            }
        };
        let parts = [part(true, closed, closing_fee), part(false, opened, opening_fee)];
        Ok(parts.into_iter().filter(|part| part.quantity.is_positive()).collect())
    }

    /// The id of the fill, unique on the account: venues number executions market by market, and give both sides of an
    /// account that trades with itself the same number.
    pub fn fill_id(&self) -> String {
        format!("{}:{}:{}", self.symbol, self.id, self.action.as_str())
    }

    fn broken(&self, field: &str, rule: &str) -> ParseError {
        ParseError::new("execution", format!("{}.{field}", self.id), rule)
    }
}

/// The part of an amount that belongs to a part of a quantity, rounded half-up.
fn share(amount: Amount, part: Quantity, whole: Quantity) -> Result<Amount, NumberError> {
    if part == whole {
        return Ok(amount);
    }
    let product = i128::from(amount.units()) * i128::from(part.units());
    Amount::from_wide(divide(product, i128::from(whole.units()), Rounding::HalfUp)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn n<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().unwrap()
    }

    fn trade(action: Action, quantity: &str, closed: Option<&str>) -> Trade {
        Trade {
            id: "9".to_owned(),
            order_id: VenueOrderId("7".to_owned()),
            owner: Some(Owner {
                client_id: None,
                cause: FillCause::Order,
            }),
            symbol: Symbol::new("BTCUSDT"),
            action,
            closed: closed.map(n),
            quantity: n(quantity),
            price: n("100"),
            fee: Fee {
                asset: "USDT".to_owned(),
                amount: n("0.03"),
            },
            realised: Some(n("5")),
            at: Timestamp(1),
        }
    }

    fn paid(fee: &Fee) -> Option<Amount> {
        (fee.asset == "USDT").then_some(fee.amount)
    }

    #[test]
    fn an_execution_that_turns_a_position_is_two_fills() {
        let net = Net::of(Side::Long, n("1"));
        let fills = trade(Action::Sell, "3", None).fills(net, None, paid).unwrap();
        let told: Vec<_> = fills
            .iter()
            .map(|fill| (&*fill.venue_fill_id, fill.position_side, fill.reducing))
            .collect();
        assert_eq!(
            told,
            [
                ("BTCUSDT:9:sell", Side::Long, true),
                ("BTCUSDT:9:sell~o", Side::Short, false)
            ]
        );
        let sums: Vec<_> = fills
            .iter()
            .map(|fill| (fill.quantity, fill.fee, fill.realised))
            .collect();
        assert_eq!(sums, [(n("1"), n("0.01"), n("5")), (n("2"), n("0.02"), n("0"))]);
    }

    #[test]
    fn what_the_venue_tells_counts_before_the_net_position() {
        let net = Net::of(Side::Long, n("3"));
        let fills = trade(Action::Sell, "3", Some("0")).fills(net, None, paid).unwrap();
        assert_eq!(
            (fills.len(), fills[0].position_side, fills[0].reducing),
            (1, Side::Short, false)
        );
        let fills = trade(Action::Buy, "3", Some("3")).fills(net, None, paid).unwrap();
        assert_eq!(
            (fills.len(), fills[0].position_side, fills[0].reducing),
            (1, Side::Short, true)
        );
    }

    #[test]
    fn the_net_position_is_walked_back_from_now() {
        let trades = [trade(Action::Buy, "2", None), trade(Action::Sell, "3", None)];
        let before = net_before(Net::of(Side::Short, n("1")), &trades);
        assert_eq!(before, Net::default());
        let after = before.after(Action::Buy, n("2"));
        assert_eq!(after, Net::of(Side::Long, n("2")));
        assert_eq!(trades[1].fills(after, None, paid).unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn the_fills_of_an_execution_sum_to_it(
            quantity in 1_i64..10_i64.pow(15),
            net in -(10_i128.pow(15))..10_i128.pow(15),
            fee in -(10_i64.pow(12))..10_i64.pow(12),
            buys in any::<bool>(),
        ) {
            let mut one = trade(if buys { Action::Buy } else { Action::Sell }, "1", None);
            one.quantity = Quantity::from_units(quantity).unwrap();
            one.fee.amount = Amount::from_units(fee).unwrap();
            let fills = one.fills(Net(net), None, paid).unwrap();
            let sum = Quantity::sum(fills.iter().map(|fill| fill.quantity)).unwrap();
            prop_assert_eq!(sum, one.quantity);
            prop_assert_eq!(Amount::sum(fills.iter().map(|fill| fill.fee)).unwrap(), one.fee.amount);
            let closed = fills.iter().filter(|fill| fill.reducing).map(|fill| fill.quantity);
            let held = i64::try_from(net.unsigned_abs()).unwrap();
            prop_assert!(Quantity::sum(closed).unwrap().units() <= held);
            let after = Net(net).after(one.action, one.quantity);
            prop_assert_eq!(after.before(one.action, one.quantity), Net(net));
        }
    }

    #[test]
    fn what_is_not_told_is_not_guessed() {
        let mut strange = trade(Action::Buy, "1", Some("1"));
        strange.fee.asset = "BNB".to_owned();
        let error = strange.fills(Net::default(), None, paid).unwrap_err().to_string();
        assert_eq!(error, "execution: 9.fee: is in BNB, whose price is not known");
        let mut untold = trade(Action::Buy, "1", Some("1"));
        untold.realised = None;
        assert!(untold.fills(Net::default(), None, paid).is_err());
        let mut nobodys = trade(Action::Buy, "1", Some("1"));
        nobodys.owner = None;
        assert!(nobodys.fills(Net::default(), None, paid).is_err());
        assert!(
            trade(Action::Buy, "1", Some("2"))
                .fills(Net::default(), None, paid)
                .is_err()
        );
    }
}
