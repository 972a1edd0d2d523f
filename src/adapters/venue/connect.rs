//! From a venue's name and where it is to the venue behind the port.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::venue::VenueName;

use super::remote::{
    Allowances, Caller, Connected, Core, Door, Link, LinkError, Manners, Speech, Streams, UsedHeaders,
};
use super::{binance, bitget, bybit, gate, okx};
use crate::clock::Clock;
use crate::ports::keyring::Keyring;
use crate::ports::venue::Venue;

/// Where a venue is, and how it is to be reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Base of its HTTP interface, such as `https://fapi.binance.com`.
    pub rest: String,
    /// Base of the host that tells what keys may do; empty where that is the same.
    pub wallet: String,
    /// The stream of prices; Binance's gets a path.
    pub public_stream: String,
    /// Private streams; Binance's get a path.
    pub private_stream: String,
    /// Addresses of this machine to leave from; none leaves it to the system.
    pub egress: Vec<IpAddr>,
    /// Longest wait for one answer.
    pub deadline: Duration,
    /// After how long without a word from us the venue is to cancel resting orders; `None`: never.
    pub dead_man: Option<Duration>,
}

/// Why a venue cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It is none that is reached over a network.
    #[error("venue {0} is not reached over a network")]
    NotRemote(VenueName),
    /// Its addresses are none.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// Opens a venue. Nothing is asked of it yet.
///
/// # Errors
/// When there is no way to it by these settings.
pub fn connect(
    name: VenueName,
    connection: &Connection,
    keyring: &Arc<dyn Keyring>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Venue>, ConnectError> {
    let way = Way {
        connection,
        keyring,
        clock,
    };
    match name {
        VenueName::Binance => way.open(
            binance::Binance,
            binance::MANNERS,
            binance::limits::allowed(),
            binance::limits::USED,
        ),
        VenueName::Okx => way.open(okx::Okx, okx::MANNERS, okx::limits::allowed(), okx::limits::USED),
        VenueName::Bitget => way.open(
            bitget::Bitget::default(),
            bitget::MANNERS,
            bitget::limits::allowed(),
            bitget::limits::USED,
        ),
        VenueName::Gate => way.open(gate::Gate, gate::MANNERS, gate::limits::allowed(), gate::limits::USED),
        VenueName::Bybit => way.open(
            bybit::Bybit,
            bybit::MANNERS,
            bybit::limits::allowed(),
            bybit::limits::USED,
        ),
        VenueName::Paper | VenueName::Futu | VenueName::Legacy => Err(ConnectError::NotRemote(name)),
    }
}

struct Way<'a> {
    connection: &'a Connection,
    keyring: &'a Arc<dyn Keyring>,
    clock: &'a Arc<dyn Clock>,
}

impl Way<'_> {
    fn open<S: Speech>(
        &self,
        speech: S,
        manners: Manners,
        allowed: Allowances,
        used: UsedHeaders,
    ) -> Result<Arc<dyn Venue>, ConnectError> {
        let Connection { rest, wallet, .. } = self.connection;
        let wallet = if wallet.is_empty() { rest } else { wallet };
        let core = Core::new(
            self.caller(rest, manners, allowed.clone(), used)?,
            self.caller(wallet, manners, allowed, used)?,
        );
        let streams = Streams {
            public: self.connection.public_stream.trim_end_matches('/').to_owned(),
            private: self.connection.private_stream.trim_end_matches('/').to_owned(),
            egress: self.connection.egress.clone(),
            dead_man: self.connection.dead_man,
        };
        Ok(Arc::new(Connected::new(speech, core, streams)))
    }

    fn caller(
        &self,
        base: &str,
        manners: Manners,
        allowed: Allowances,
        used: UsedHeaders,
    ) -> Result<Caller, ConnectError> {
        let door = Door {
            base: base.to_owned(),
            egress: self.connection.egress.clone(),
            allowed,
            deadline: self.connection.deadline,
        };
        let link = Link::open(&door, used, Arc::clone(self.clock))?;
        Ok(Caller::new(
            link,
            manners,
            Arc::clone(self.keyring),
            Arc::clone(self.clock),
        ))
    }
}
