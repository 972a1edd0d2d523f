//! How OpenD is reached, and as whom we trade there.

use std::fmt;
use std::time::Duration;

use domain::market::Symbol;
use secrecy::SecretString;

use super::wire::cipher::RsaKey;
use super::wire::quote::Security;

/// Whether real money is traded. Neither is ever taken for the other: the account list is asked at each connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Paper trading.
    Paper,
    /// Real money.
    Live,
}

impl Environment {
    /// Its number in the protocol.
    pub const fn number(self) -> i32 {
        match self {
            Self::Paper => 0,
            Self::Live => 1,
        }
    }

    /// As the venue calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Live => "real",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The market whose stocks are traded. A stock's symbol begins with its name and a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMarket {
    /// New York, in dollars.
    Us,
    /// Hong Kong, in its dollars.
    Hk,
}

impl StockMarket {
    /// Every market.
    pub const ALL: [Self; 2] = [Self::Us, Self::Hk];

    /// Name in settings and symbols.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Hk => "HK",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|market| market.as_str() == text)
    }

    /// Its number among markets to trade in, which is that of its currency and of its securities, too.
    pub const fn number(self) -> i32 {
        match self {
            Self::Hk => 1,
            Self::Us => 2,
        }
    }

    /// Its number of the currency.
    pub const fn currency(self) -> i32 {
        self.number()
    }

    const fn of_quotes(self) -> i32 {
        match self {
            Self::Hk => 1,
            Self::Us => 11,
        }
    }

    /// A stock of this market; `None` when its symbol is of another one.
    pub fn security(self, symbol: &Symbol) -> Option<Security> {
        let code = symbol.as_str().strip_prefix(self.as_str())?.strip_prefix('.')?;
        (!code.is_empty()).then(|| Security {
            market: self.of_quotes(),
            code: code.to_owned(),
        })
    }

    /// The symbol of a stock of this market.
    pub fn symbol(self, code: &str) -> Symbol {
        Symbol::new(&format!("{}.{code}", self.as_str()))
    }
}

/// How OpenD is reached, and as whom we trade there.
#[derive(Debug)]
pub struct FutuOptions {
    /// Host and port.
    pub address: String,
    /// Whether real money is traded.
    pub environment: Environment,
    /// The market.
    pub market: StockMarket,
    /// The account; where there is none, the only one that fits is taken.
    pub account: Option<u64>,
    /// The password that unlocks trading with real money.
    pub password: Option<SecretString>,
    /// OpenD's RSA key; without it nothing is encrypted.
    pub key: Option<RsaKey>,
    /// Longest wait for one answer.
    pub deadline: Duration,
    /// How long OpenD may not list an order that it took.
    pub lookup_grace: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_of_one_market() {
        let apple = StockMarket::Us.security(&Symbol::new("US.AAPL")).unwrap();
        assert_eq!((apple.market, apple.code.as_str()), (11, "AAPL"));
        let class = StockMarket::Us.security(&Symbol::new("US.BRK.B")).unwrap();
        assert_eq!(class.code, "BRK.B");
        for symbol in ["HK.00700", "AAPL", "US", "US.", "USX.A"] {
            assert_eq!(StockMarket::Us.security(&Symbol::new(symbol)), None, "{symbol}");
        }
        assert_eq!(StockMarket::Hk.symbol("00700").as_str(), "HK.00700");
    }
}
