//! The client of a running daemon: one request, one answer, and what a problem means for the exit code.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// How long the daemon may take to take the connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// How long the daemon may take to answer; longer than its own deadline for a request.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);

/// How long the daemon may take for all of a streamed answer.
const STREAM_DEADLINE: Duration = Duration::from_secs(600);

/// Why the daemon did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens there.
    #[error("no daemon answers at {url}")]
    Down {
        /// Where.
        url: String,
    },
    /// Somebody listens, but does not answer as a daemon does.
    #[error("the daemon at {url} did not answer: {why}")]
    Silent {
        /// Where.
        url: String,
        /// What was seen.
        why: String,
    },
    /// The daemon says no.
    #[error("{words}")]
    Problem {
        /// The HTTP status.
        status: u16,
        /// Its words, with every wrong field.
        words: String,
        /// All that it said.
        body: Value,
    },
}

/// A client of one daemon.
pub struct Client {
    url: String,
    token: SecretString,
    http: reqwest::Client,
}

impl Client {
    /// A client of the daemon at this URL, with this token.
    ///
    /// # Errors
    /// When no TLS can be had.
    pub fn new(url: &str, token: SecretString) -> Result<Self, ClientError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_DEADLINE)
            .timeout(ANSWER_DEADLINE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        let url = url.trim_end_matches('/').to_owned();
        match http {
            Ok(http) => Ok(Self { url, token, http }),
            Err(error) => Err(ClientError::Silent {
                url,
                why: error.to_string(),
            }),
        }
    }

    /// Whether the daemon lives; needs no token.
    ///
    /// # Errors
    /// [`ClientError::Down`] when nobody listens there.
    pub async fn probe(&self) -> Result<(), ClientError> {
        let request = self.http.get(format!("{}/health/live", self.url));
        let answer = request.send().await.map_err(|error| self.failure(&error))?;
        if answer.status() == StatusCode::OK {
            return Ok(());
        }
        Err(self.silent(&format!("status {}", answer.status())))
    }

    /// Looks. What is queried by are numbers and words that need no escape.
    ///
    /// # Errors
    /// The daemon's problem, or that it does not answer.
    pub async fn look(&self, path: &str, query: &[(&str, String)]) -> Result<Value, ClientError> {
        self.answer(self.http.get(self.address(path, query))).await
    }

    fn address(&self, path: &str, query: &[(&str, String)]) -> String {
        let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{}", self.url, pairs.join("&"))
    }

    /// Looks at something long, which comes piece by piece.
    ///
    /// # Errors
    /// The daemon's problem, or that it does not answer.
    pub async fn stream(&self, path: &str, query: &[(&str, String)]) -> Result<Pieces<'_>, ClientError> {
        let request = self.http.get(self.address(path, query)).timeout(STREAM_DEADLINE);
        let request = request.bearer_auth(self.token.expose_secret());
        let answer = request.send().await.map_err(|error| self.failure(&error))?;
        match answer.status().is_success() {
            true => Ok(Pieces { client: self, answer }),
            false => Err(self
                .taken(answer)
                .await
                .err()
                .unwrap_or_else(|| self.silent("no problem"))),
        }
    }

    /// Asks for an act, or for something new.
    ///
    /// # Errors
    /// The daemon's problem, or that it does not answer; then it may or may not have been done.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        self.answer(request).await
    }

    /// Asks for a change.
    ///
    /// # Errors
    /// The daemon's problem, or that it does not answer; then it may or may not have been done.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value, ClientError> {
        let request = self.http.patch(format!("{}{path}", self.url)).json(body);
        self.answer(request).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, ClientError> {
        let request = request.bearer_auth(self.token.expose_secret());
        let answer = request.send().await.map_err(|error| self.failure(&error))?;
        self.taken(answer).await
    }

    async fn taken(&self, answer: reqwest::Response) -> Result<Value, ClientError> {
        let status = answer.status();
        let value = answer.json().await;
        let value: Value = value.map_err(|_| self.silent(&format!("status {status} without JSON")))?;
        // A health report with status 503 is an answer, too: it has no `type`, as every problem has.
        if status.is_success() || (status == StatusCode::SERVICE_UNAVAILABLE && value.get("type").is_none()) {
            return Ok(value);
        }
        Err(ClientError::Problem {
            status: status.as_u16(),
            words: words(&value),
            body: value,
        })
    }

    fn failure(&self, error: &reqwest::Error) -> ClientError {
        if error.is_connect() && !error.is_timeout() {
            return ClientError::Down { url: self.url.clone() };
        }
        let why = if error.is_timeout() {
            "it took too long"
        } else {
            "the connection broke"
        };
        self.silent(why)
    }

    fn silent(&self, why: &str) -> ClientError {
        ClientError::Silent {
            url: self.url.clone(),
            why: why.to_owned(),
        }
    }
}

/// A long answer, piece by piece.
pub struct Pieces<'a> {
    client: &'a Client,
    answer: reqwest::Response,
}

impl Pieces<'_> {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// When the answer broke off: what came so far is not all.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        let piece = self.answer.chunk().await;
        let piece = piece.map_err(|_| self.client.silent("the answer broke off"))?;
        Ok(piece.map(|bytes| bytes.to_vec()))
    }
}

/// A problem in one sentence, with every wrong field on its own line.
fn words(problem: &Value) -> String {
    let text = |key: &str| problem.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut words = text("detail");
    // What the ledger answered, for whoever searches by it.
    if let Some(answer) = problem.get("answer").and_then(Value::as_str) {
        words.push_str(&format!(" ({answer})"));
    }
    let errors = problem
        .get("errors")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    // The detail tells a single one already.
    for error in errors.iter().filter(|_| errors.len() > 1) {
        let part = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        words.push_str(&format!("\n  {} {}", part("field"), part("rule")));
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_ledgers_answer_is_told_with_its_word() {
        let refused = json!({"detail": "too little", "answer": "rejected", "reason": "too little"});
        assert_eq!(words(&refused), "too little (rejected)");
    }

    #[test]
    fn every_wrong_field_of_a_problem_is_told() {
        let one =
            json!({"detail": "stake must be above zero", "errors": [{"field": "stake", "rule": "must be above zero"}]});
        assert_eq!(words(&one), "stake must be above zero");
        let two = json!({"detail": "2 fields broke rules", "errors": [
            {"field": "stake", "rule": "must be above zero"}, {"field": "leverage", "rule": "must be 1 to 125"}]});
        assert_eq!(
            words(&two),
            "2 fields broke rules\n  stake must be above zero\n  leverage must be 1 to 125"
        );
    }
}
