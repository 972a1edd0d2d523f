//! One message by HTTP POST: bounded in time and size, redirects not followed, and told without secrets.

use std::time::Duration;

use domain::alert::delivery::Told;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::adapters::http::{beginning, cause, rare};

/// How much of an answer is read.
const ANSWER_LIMIT: usize = 4_096;

/// Why a target cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Its address is none.
    #[error("its url is not understood (value not shown)")]
    Url,
    /// There is no client.
    #[error("no HTTP client can be had")]
    Client(#[source] reqwest::Error),
}

/// Posts to one address.
pub struct Post {
    http: Client,
    url: Url,
    /// What must not be told.
    secrets: Vec<SecretString>,
}

/// What was answered.
pub struct Answer {
    pub status: StatusCode,
    /// How long the target asks to be left alone.
    pub after: Option<Duration>,
    /// The beginning of the body.
    pub body: Vec<u8>,
}

impl Post {
    /// Posts to this address, each time within the deadline.
    pub fn open(url: &SecretString, secrets: Vec<SecretString>, deadline: Duration) -> Result<Self, PostError> {
        let parsed = Url::parse(url.expose_secret()).map_err(|_| PostError::Url)?;
        let http = rare(deadline).build().map_err(PostError::Client)?;
        let mut secrets: Vec<SecretString> = secrets.into_iter().chain([url.clone()]).collect();
        secrets.retain(|secret| !secret.expose_secret().is_empty());
        let (http, url) = (http, parsed);
        Ok(Self { http, url, secrets })
    }

    /// Sends a JSON body; an answer that did not come says why.
    pub async fn send(&self, body: Vec<u8>, headers: HeaderMap) -> Result<Answer, String> {
        let request = self.http.post(self.url.clone()).headers(headers);
        let request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let answer = request.body(body).send().await;
        let mut answer = answer.map_err(|error| self.without_secrets(&described(&error)))?;
        Ok(Answer {
            status: answer.status(),
            after: retry_after(&answer),
            body: beginning(&mut answer, ANSWER_LIMIT).await,
        })
    }

    /// What an answer means: `words` are the target's own.
    pub fn told(&self, answer: &Answer, words: &str) -> Told {
        let status = answer.status.as_u16();
        let mut why = match status {
            300..=399 => format!("status {status}, and redirects are not followed"),
            _ => format!("status {status}"),
        };
        if !words.is_empty() {
            why = self.without_secrets(&format!("{why}: {words}"));
        }
        match status {
            200..=299 => Told::Done,
            // The message itself is not understood, and will not be.
            400 | 413 | 415 | 422 => Told::Refused { why },
            _ => Told::Unknown {
                why,
                after: answer.after,
            },
        }
    }

    fn without_secrets(&self, text: &str) -> String {
        let hide = |text: String, secret: &SecretString| text.replace(secret.expose_secret(), "***");
        self.secrets.iter().fold(text.to_owned(), hide)
    }
}

/// An error in words. Its own text names the address, so only its kind and its innermost cause are told.
fn described(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "it cannot be reached"
    } else {
        "the connection broke"
    };
    match cause(error) {
        Some(cause) if !error.is_timeout() => format!("{what}: {cause}"),
        _ => what.to_owned(),
    }
}

/// Whole seconds; a date would need trust in the other's clock.
fn retry_after(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}
