//! Messages of a connection and of the accounts behind it.

use prost::Message;

/// What a client begins with.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct InitC2s {
    /// Algorithm: −1 none, 0 and 1 ECB, 2 CBC.
    #[prost(int32, optional, tag = "4")]
    pub algorithm: Option<i32>,
}

/// What it is told.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct InitS2c {
    #[prost(int32, required, tag = "1")]
    pub server_ver: i32,
    #[prost(uint64, required, tag = "2")]
    pub login_user_id: u64,
    #[prost(uint64, required, tag = "3")]
    pub conn_id: u64,
    #[prost(string, required, tag = "4")]
    pub aes_key: String,
    #[prost(int32, required, tag = "5")]
    pub keep_alive_interval: i32,
    #[prost(string, optional, tag = "6")]
    pub aes_iv: Option<String>,
}

/// A time, in seconds.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AliveS2c {
    #[prost(int64, required, tag = "1")]
    pub time: i64,
}

/// The state of markets and logins.
#[derive(Clone, PartialEq, Message)]
pub struct StateS2c {
    #[prost(int32, required, tag = "1")]
    pub market_hk: i32,
    #[prost(int32, required, tag = "2")]
    pub market_us: i32,
    #[prost(int32, required, tag = "3")]
    pub market_sh: i32,
    #[prost(int32, required, tag = "4")]
    pub market_sz: i32,
    #[prost(int32, required, tag = "5")]
    pub market_hk_future: i32,
    #[prost(bool, required, tag = "6")]
    pub qot_logined: bool,
    #[prost(bool, required, tag = "7")]
    pub trd_logined: bool,
    #[prost(int32, required, tag = "8")]
    pub server_ver: i32,
    #[prost(int32, required, tag = "9")]
    pub server_build: i32,
    #[prost(int64, required, tag = "10")]
    pub time: i64,
    #[prost(double, optional, tag = "11")]
    pub local_time: Option<f64>,
    #[prost(uint64, optional, tag = "16")]
    pub conn_id: Option<u64>,
}

/// The accounts.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct AccountsS2c {
    #[prost(message, repeated, tag = "1")]
    pub accounts: Vec<TrdAcc>,
}

/// One account.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TrdAcc {
    #[prost(int32, required, tag = "1")]
    pub trd_env: i32,
    #[prost(uint64, required, tag = "2")]
    pub acc_id: u64,
    #[prost(int32, repeated, packed = "false", tag = "3")]
    pub markets: Vec<i32>,
    #[prost(int32, optional, tag = "4")]
    pub acc_type: Option<i32>,
    #[prost(int32, optional, tag = "6")]
    pub security_firm: Option<i32>,
    #[prost(int32, optional, tag = "7")]
    pub sim_acc_type: Option<i32>,
    #[prost(int32, optional, tag = "9")]
    pub status: Option<i32>,
    #[prost(int32, optional, tag = "10")]
    pub role: Option<i32>,
}

/// Unlocks trading, or locks it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct UnlockC2s {
    #[prost(bool, required, tag = "1")]
    pub unlock: bool,
    #[prost(string, optional, tag = "2")]
    pub pwd_md5: Option<String>,
}

/// Wants pushes about these accounts.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SubAccC2s {
    #[prost(uint64, repeated, packed = "false", tag = "1")]
    pub accounts: Vec<u64>,
}

/// Nothing more to tell.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Nothing {}
