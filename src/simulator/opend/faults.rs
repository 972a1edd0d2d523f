//! Faults by script: what goes wrong, at which messages, how often; set and cleared while the simulator runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::world::Fate;
use crate::simulator::faults::board::{self, Board, LONGEST, Scripted, unless};

pub use crate::simulator::faults::ScriptError;

/// The message that places orders.
const PLACE: &str = "Trd_PlaceOrder";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The request never arrives; the connection stays.
    DropBeforeAccept,
    /// The request is done, and nothing is answered; the connection stays.
    DropAfterAccept,
    /// The request never arrives, and the connection is cut.
    DisconnectBefore,
    /// The request is done, and the connection is cut instead of an answer.
    DisconnectAfter,
    /// The same once the order that was placed has ended, or ten seconds have passed.
    DisconnectAfterFill,
    /// The answer comes later by `milliseconds`.
    Delay,
    /// OpenD answers that the venue's servers did not answer it (−100); the request is done, or with `done: false` it is not.
    Undecided,
    /// Too many requests: nothing is done.
    Limited,
    /// The market is closed: no order is taken.
    Closed,
    /// The request is refused.
    Refuse,
    /// The order gets the status 4; it trades all the same, unless `trades` is false.
    TimedOut,
    /// The order is executed, and that is taken back (24).
    FillCancelled,
    /// The order is taken, and refused by the exchange (21).
    Reject,
    /// Orders are not listed for `milliseconds` after they were made, unless the client asks for what the servers have.
    Stale,
    /// Orders are not listed at all for `milliseconds` after they were made.
    Unlisted,
    /// Nothing more is pushed for `milliseconds`; what there is to push is lost.
    Silence,
    /// The push is lost.
    LosePush,
    /// The push comes twice.
    Duplicate,
    /// The connection is cut instead of the push.
    Cut,
}

/// What goes wrong, where and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What.
    pub what: What,
    /// At this message, such as `Trd_PlaceOrder`; with a star at its end, at all that begin so. Everywhere when absent; what happens to
    /// orders happens when they are placed.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// So often; until it is cleared when null. Once when absent.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// In so many of a thousand cases; in each when absent.
    #[serde(default)]
    pub per_mille: Option<u32>,
    /// Of the draws.
    #[serde(default)]
    pub seed: u64,
    /// For so long.
    #[serde(default)]
    pub milliseconds: u64,
    /// Whether what is undecided was done.
    #[serde(default = "yes")]
    pub done: bool,
    /// Whether an order of which nobody knows trades.
    #[serde(default = "yes")]
    pub trades: bool,
}

const fn once() -> Option<u32> {
    Some(1)
}

const fn yes() -> bool {
    true
}

impl What {
    const fn is_of_orders(self) -> bool {
        matches!(
            self,
            Self::DisconnectAfterFill | Self::Closed | Self::TimedOut | Self::FillCancelled | Self::Reject
        )
    }

    const fn is_of_pushes(self) -> bool {
        matches!(self, Self::Silence | Self::LosePush | Self::Duplicate | Self::Cut)
    }

    const fn stands(self) -> bool {
        matches!(self, Self::Stale | Self::Unlisted)
    }

    const fn takes_time(self) -> bool {
        matches!(self, Self::Delay | Self::Silence | Self::Stale | Self::Unlisted)
    }
}

impl Scripted for Script {
    fn check(&self) -> Result<(), ScriptError> {
        if self.what.takes_time() {
            let fits = (1..=LONGEST).contains(&self.milliseconds);
            unless(fits, "milliseconds", "1 to 600000 for this fault")
        } else {
            unless(self.milliseconds == 0, "milliseconds", "absent for this fault")
        }
    }

    fn per_mille(&self) -> Option<u32> {
        self.per_mille
    }

    fn seed(&self) -> u64 {
        self.seed
    }

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }
}

impl Script {
    fn is_at(&self, place: &str) -> bool {
        (place == PLACE || !self.what.is_of_orders()) && board::is_at(self.endpoint.as_deref(), place)
    }

    /// For so long.
    pub(super) const fn length(&self) -> Duration {
        Duration::from_millis(self.milliseconds)
    }

    /// What it makes of an order.
    pub(super) const fn fate(&self) -> Option<Fate> {
        match self.what {
            What::TimedOut => Some(Fate::TimedOut { trades: self.trades }),
            What::FillCancelled => Some(Fate::FillCancelled),
            What::Reject => Some(Fate::Rejected),
            _ => None,
        }
    }
}

/// The faults of a simulator.
pub(super) type Faults = Board<Script>;

impl Faults {
    /// What happens to a request.
    pub fn of_request(&self, message: &str) -> Option<Script> {
        self.draw(|script| !script.what.is_of_pushes() && !script.what.stands() && script.is_at(message))
    }

    /// What happens to a push.
    pub fn of_push(&self, message: &str) -> Option<Script> {
        self.draw(|script| script.what.is_of_pushes() && script.is_at(message))
    }

    /// For how long orders are not listed, as the client asked for what the servers have or not.
    pub fn unlisted(&self, refreshed: bool) -> Duration {
        self.fold(Duration::ZERO, |longest, script| match script.what {
            What::Unlisted => longest.max(script.length()),
            What::Stale if !refreshed => longest.max(script.length()),
            _ => longest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(json: &str) -> Script {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_script_hits_its_message_as_often_as_it_says() {
        let faults = Faults::default();
        faults
            .set(script(
                r#"{"what":"delay","endpoint":"Trd_*","milliseconds":5,"times":2}"#,
            ))
            .unwrap();
        assert_eq!(faults.of_request("Qot_Sub"), None);
        assert_eq!(faults.of_push("Trd_UpdateOrder"), None);
        assert!(faults.of_request("Trd_GetFunds").is_some() && faults.of_request(PLACE).is_some());
        assert_eq!(faults.of_request(PLACE), None);
        faults.set(script(r#"{"what":"reject","times":null}"#)).unwrap();
        assert_eq!(
            faults.of_request("Trd_ModifyOrder"),
            None,
            "it happens to orders that are placed"
        );
        assert_eq!(faults.of_request(PLACE).unwrap().fate(), Some(Fate::Rejected));
        assert_eq!((faults.list().len(), faults.clear(None)), (1, 1));
    }

    #[test]
    fn wrong_scripts_are_refused_with_the_field() {
        for (text, word) in [
            (r#"{"what":"delay"}"#, "milliseconds"),
            (r#"{"what":"cut","milliseconds":5}"#, "milliseconds"),
            (r#"{"what":"cut","times":0}"#, "times"),
            (r#"{"what":"cut","per_mille":1001}"#, "per_mille"),
        ] {
            let error = Faults::default().set(script(text)).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
        for text in [r#"{"what":"explode"}"#, r#"{"what":"cut","endpiont":"x"}"#] {
            assert!(serde_json::from_str::<Script>(text).is_err(), "{text}");
        }
    }
}
