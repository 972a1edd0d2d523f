//! Messages of a connection: its beginning, its life, the accounts behind it and what OpenD tells unasked.

use prost::Message;

/// Begins a connection.
#[derive(Clone, PartialEq, Message)]
pub struct InitConnect {
    /// Version of the client: whole versions times 100, and what stands behind the point.
    #[prost(int32, required, tag = "1")]
    pub client_version: i32,
    /// Name of the client.
    #[prost(string, required, tag = "2")]
    pub client: String,
    /// Whether OpenD's own events are wanted.
    #[prost(bool, optional, tag = "3")]
    pub wants_events: Option<bool>,
    /// How bodies are encrypted: −1 not, 0 AES in the mode ECB, 2 AES in the mode CBC.
    #[prost(int32, optional, tag = "4")]
    pub encryption: Option<i32>,
    /// Form of pushes: 0 is protobuf.
    #[prost(int32, optional, tag = "5")]
    pub push_form: Option<i32>,
    /// Written in.
    #[prost(string, optional, tag = "6")]
    pub language: Option<String>,
}

/// A connection that has begun.
#[derive(Clone, PartialEq, Message)]
pub struct Connected {
    /// OpenD's version.
    #[prost(int32, required, tag = "1")]
    pub version: i32,
    /// Who is logged in.
    #[prost(uint64, required, tag = "2")]
    pub user: u64,
    /// Number of the connection.
    #[prost(uint64, required, tag = "3")]
    pub connection: u64,
    /// The AES key, 16 characters.
    #[prost(string, required, tag = "4")]
    pub key: String,
    /// Seconds between two signs of life.
    #[prost(int32, required, tag = "5")]
    pub keep_alive: i32,
    /// The initial vector, 16 characters, in the mode CBC.
    #[prost(string, optional, tag = "6")]
    pub vector: Option<String>,
}

/// A sign of life.
#[derive(Clone, PartialEq, Message)]
pub struct KeepAlive {
    /// Seconds since 1970.
    #[prost(int64, required, tag = "1")]
    pub time: i64,
}

/// Asks for the state of markets and logins.
#[derive(Clone, PartialEq, Message)]
pub struct AskState {
    /// No longer used: 0.
    #[prost(uint64, required, tag = "1")]
    pub user: u64,
}

/// Asks for the accounts.
#[derive(Clone, PartialEq, Message)]
pub struct AskAccounts {
    /// No longer used: 0.
    #[prost(uint64, required, tag = "1")]
    pub user: u64,
    /// 1 is for securities.
    #[prost(int32, optional, tag = "2")]
    pub category: Option<i32>,
    /// Whether accounts for several markets are wanted, too.
    #[prost(bool, optional, tag = "3")]
    pub general: Option<bool>,
}

/// The state of markets and logins.
#[derive(Clone, PartialEq, Message)]
pub struct GlobalState {
    /// State of Hong Kong's stock market.
    #[prost(int32, required, tag = "1")]
    pub hong_kong: i32,
    /// State of the American stock market.
    #[prost(int32, required, tag = "2")]
    pub america: i32,
    /// Whether OpenD is logged in for prices.
    #[prost(bool, required, tag = "6")]
    pub quotes_logged_in: bool,
    /// Whether OpenD is logged in for trading.
    #[prost(bool, required, tag = "7")]
    pub trading_logged_in: bool,
}

/// The accounts.
#[derive(Clone, PartialEq, Message)]
pub struct Accounts {
    /// All of them, paper and real.
    #[prost(message, repeated, tag = "1")]
    pub list: Vec<Account>,
}

/// One account.
#[derive(Clone, PartialEq, Message)]
pub struct Account {
    /// 0 paper, 1 real.
    #[prost(int32, required, tag = "1")]
    pub environment: i32,
    /// Its number.
    #[prost(uint64, required, tag = "2")]
    pub id: u64,
    /// Markets in which it may trade.
    #[prost(int32, repeated, packed = "false", tag = "3")]
    pub markets: Vec<i32>,
    /// Kind of a paper account: 1 stocks, 2 options, 3 futures, 4 stocks and options, 5 a competition.
    #[prost(int32, optional, tag = "7")]
    pub paper_kind: Option<i32>,
    /// 0 active, 1 disabled.
    #[prost(int32, optional, tag = "9")]
    pub status: Option<i32>,
}

/// Unlocks trading with real money.
#[derive(Clone, PartialEq, Message)]
pub struct Unlock {
    /// Whether it is to be unlocked.
    #[prost(bool, required, tag = "1")]
    pub unlock: bool,
    /// MD5 of the password, in lower-case hexadecimal.
    #[prost(string, optional, tag = "2")]
    pub password_md5: Option<String>,
}

/// Asks for pushes about these accounts and no others.
#[derive(Clone, PartialEq, Message)]
pub struct Heed {
    /// Their numbers.
    #[prost(uint64, repeated, packed = "false", tag = "1")]
    pub accounts: Vec<u64>,
}
