//! The way of one request through the faults to the dialect and back.

use std::sync::Arc;
use std::time::Duration;

use domain::id::VenueAccountId;

use super::dialect::{Answer, Asked, Dialect};
use super::exchange::Exchange;
use super::faults::routes::Faulty;
use super::faults::{Answers, Faults, Script, What};
use super::tally::Tally;

/// How long a reply may be held back until its order has ended.
const UNTIL_FILLED: Duration = Duration::from_secs(10);

/// What everything of one simulator shares.
pub struct Passage {
    /// The exchange.
    pub exchange: Arc<Exchange>,
    /// Its dialect.
    pub dialect: Box<dyn Dialect>,
    /// What goes wrong.
    pub faults: Faults,
    /// What was answered last to each question.
    pub latest: Answers,
    /// How requests were answered.
    pub answered: Tally,
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is answered.
    With(Answer),
    /// The connection is cut.
    Cut,
}

impl Faulty for Passage {
    type Script = Script;

    fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Passage {
    /// Lets what is due happen to a request, and answers it.
    pub async fn pass(&self, asked: &Asked) -> Reply {
        let reply = self.reply(asked).await;
        if let Reply::With(answer) = &reply {
            self.answered.count(answer.status);
        }
        reply
    }

    async fn reply(&self, asked: &Asked) -> Reply {
        let key = self.dialect.key(asked);
        let fate = self.faults.of_request(&asked.endpoint(), key.as_deref());
        match fate {
            Some(What::LoseRequest) => return Reply::Cut,
            Some(What::Limited { seconds }) => return Reply::With(self.dialect.limited(asked, seconds, false)),
            Some(What::Banned { seconds }) => return Reply::With(self.dialect.limited(asked, seconds, true)),
            Some(What::Broken { status }) => return Reply::With(self.dialect.broken(status)),
            _ => {}
        }
        let answer = self.dialect.answer(&self.exchange, asked).await;
        let reply = match fate {
            Some(What::LoseReply) => Reply::Cut,
            Some(What::LoseReplyAfterFill) => {
                self.until_ended(answer.placed).await;
                Reply::Cut
            }
            Some(What::BrokenAfter { status }) => Reply::With(self.dialect.broken(status)),
            Some(ref late @ What::Delay { .. }) => {
                tokio::time::sleep(late.length()).await;
                Reply::With(answer)
            }
            Some(What::Stale) => Reply::With(self.stale(asked, key.as_deref(), answer, true)),
            _ => Reply::With(self.stale(asked, key.as_deref(), answer, false)),
        };
        tracing::debug!(endpoint = %asked.endpoint(), ?fate, "simulator answered");
        reply
    }

    /// The answer to the same question before, or this one, which is kept.
    fn stale(&self, asked: &Asked, key: Option<&str>, answer: Answer, stale: bool) -> Answer {
        if asked.method != "GET" || answer.status != 200 {
            return answer;
        }
        let question = format!("{} {} {}", key.unwrap_or_default(), asked.path, unsigned(&asked.query));
        match self.latest.before(&question, &answer.body, stale) {
            Some(body) => Answer { body, ..answer },
            None => answer,
        }
    }

    async fn until_ended(&self, placed: Option<(VenueAccountId, i64)>) {
        let Some((account, number)) = placed else { return };
        let ended = async {
            while self.exchange.history(account, |history| {
                history.order(number).is_some_and(domain::paper::PaperOrder::is_live)
            }) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(UNTIL_FILLED, ended).await.is_err() {
            tracing::info!(order = number, "the reply is lost although its order is still open");
        }
    }
}

/// The parameters without those that differ with every request.
fn unsigned(query: &str) -> String {
    let changing = ["timestamp=", "signature=", "recvWindow="];
    let kept = query
        .split('&')
        .filter(|pair| !changing.iter().any(|name| pair.starts_with(name)));
    kept.collect::<Vec<_>>().join("&")
}
