//! What the venue's numbers mean: results of requests, statuses of orders, states of markets.
//!
//! Source: `Common.proto`, `Trd_Common.proto` and `Qot_Common.proto` of the vendor's package, and
//! <https://openapi.futunn.com/futu-api-doc/en/trade/trade.html>.

use domain::outcome::Refusal;
use domain::stock::{Session, StockState};

use super::wire::Reply;

/// Our own limits allow no more requests of this kind now; nothing left.
pub const HELD: &str = "held";
/// There was no connection; nothing left.
pub const NOT_SENT: &str = "not_sent";
/// The venue's limits allow no more requests of this kind now.
pub const LIMITED: &str = "limited";

/// Codes of refusals that are of the moment.
const MOMENTARY: [&str; 3] = [HELD, NOT_SENT, LIMITED];

/// Whether an order that was refused with this code may be taken within seconds.
pub fn may_ask_again(code: &str) -> bool {
    MOMENTARY.contains(&code)
}

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was done.
    Done,
    /// It was looked at and not done.
    Refused(Refusal),
    /// It may or may not have been done.
    Unknown(String),
}

/// What a reply means. Of the negative results only −1 (failed) and −500 (malformed) are a no: at −100 (no answer from the venue's
/// servers), −200 (cut) and −400 (unknown) nobody knows, and neither at a number that is not documented.
pub fn verdict(reply: &Reply) -> Verdict {
    let words = reply.words.clone().unwrap_or_default();
    match reply.result {
        0 => Verdict::Done,
        -1 | -500 => Verdict::Refused(refusal(reply, words)),
        other => Verdict::Unknown(format!("OpenD answered {other}: {words}")),
    }
}

/// A limit is told in words alone. Where they are taken for another refusal, or another one for a limit, an order was not placed
/// all the same: the code only decides whether it is tried again.
fn refusal(reply: &Reply, words: String) -> Refusal {
    let lower = words.to_lowercase();
    let is_limit = lower.contains("frequen") || words.contains("频率") || words.contains("頻率");
    let code = match reply.code {
        _ if is_limit => LIMITED.to_owned(),
        Some(code) if code != 0 => code.to_string(),
        _ => reply.result.to_string(),
    };
    Refusal { code, reason: words }
}

/// Where an order stands. `all` says whether all of it was executed.
pub fn state(status: i32, all: bool, words: Option<&str>) -> StockState {
    let ended = |usual: &str| StockState::Ended {
        why: Refusal {
            code: status.to_string(),
            reason: words.filter(|words| !words.is_empty()).unwrap_or(usual).to_owned(),
        },
    };
    match status {
        0 | 1 | 2 | 5 | 10 | 12 | 13 => StockState::Working,
        3 => ended("could not be submitted"),
        11 if all => StockState::Filled,
        14 => ended("cancelled after a part of it was executed"),
        15 => ended("cancelled"),
        21 => ended("refused by the venue"),
        22 => ended("no longer valid"),
        23 => ended("deleted"),
        24 => StockState::FillCancelled,
        // 4 is a timeout and −1 unknown in the venue's own words; a status that is not documented, or that contradicts what was
        // executed, says no more.
        _ => StockState::InDoubt,
    }
}

/// Whether a market is in its main session: our orders are not executed before or after it.
pub const fn session(state: i32) -> Session {
    match state {
        // The morning and the afternoon; New York has one of the two.
        3 | 5 => Session::Open,
        _ => Session::Closed,
    }
}

/// Whether a stock of this status is stopped: suspended, or by a circuit breaker.
pub const fn is_halted(status: Option<i32>) -> bool {
    matches!(status, Some(9 | 18 | 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(result: i32, words: &str, code: Option<i32>) -> Reply {
        Reply {
            result,
            words: Some(words.to_owned()),
            code,
            answer: None,
        }
    }

    fn code(reply: &Reply) -> Option<String> {
        match verdict(reply) {
            Verdict::Refused(refusal) => Some(refusal.code),
            Verdict::Done | Verdict::Unknown(_) => None,
        }
    }

    #[test]
    fn only_a_definite_no_is_a_refusal() {
        assert_eq!(verdict(&reply(0, "", None)), Verdict::Done);
        assert_eq!(code(&reply(-1, "not enough cash", None)).as_deref(), Some("-1"));
        assert_eq!(code(&reply(-1, "not enough cash", Some(77))).as_deref(), Some("77"));
        assert_eq!(code(&reply(-500, "malformed", Some(0))).as_deref(), Some("-500"));
        for result in [-100, -200, -400, -7, 1] {
            assert!(
                matches!(verdict(&reply(result, "", None)), Verdict::Unknown(_)),
                "{result}"
            );
        }
        let empty: Reply = prost::Message::decode([].as_slice()).unwrap();
        assert!(
            matches!(verdict(&empty), Verdict::Unknown(_)),
            "an empty reply says nothing"
        );
    }

    #[test]
    fn refusals_of_the_moment_are_named_and_no_others() {
        for words in [
            "Requests are too frequent",
            "High frequency of requests, at most 15 times in 30s",
            "下单频率太高，请求失败",
        ] {
            let code = code(&reply(-1, words, Some(3))).unwrap();
            assert!(may_ask_again(&code), "{words}");
        }
        assert!(may_ask_again(HELD) && may_ask_again(NOT_SENT));
        for code in ["-1", "-500", "77", "21", "15", ""] {
            assert!(!may_ask_again(code), "{code}");
        }
    }

    #[test]
    fn every_documented_status_has_its_meaning_and_others_are_in_doubt() {
        let ended =
            |status| matches!(state(status, false, None), StockState::Ended { why } if why.code == status.to_string());
        for status in [0, 1, 2, 5, 10, 12, 13] {
            assert_eq!(state(status, false, None), StockState::Working, "{status}");
        }
        for status in [3, 14, 15, 21, 22, 23] {
            assert!(ended(status), "{status}");
        }
        for status in [4, -1, 6, 20, 25, 99] {
            assert_eq!(state(status, false, None), StockState::InDoubt, "{status}");
        }
        assert_eq!(state(11, true, None), StockState::Filled);
        assert_eq!(state(11, false, None), StockState::InDoubt, "filled, and not all of it");
        assert_eq!(state(24, false, None), StockState::FillCancelled);
        let told = state(21, false, Some("price is off"));
        assert!(matches!(told, StockState::Ended { why } if why.reason == "price is off"));
    }

    #[test]
    fn only_the_main_session_is_open() {
        for state in 0..=40 {
            let open = state == 3 || state == 5;
            assert_eq!(session(state) == Session::Open, open, "{state}");
        }
    }
}
