//! Who talks to a daemon over HTTP: blocking, with the admin's token from the state directory.

use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::runtime::Runtime;

const DEADLINE: Duration = Duration::from_secs(15);

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// Null where the body is empty, text where it is no JSON.
    pub body: Value,
}

/// Talks to one daemon, at the address where it listens now.
pub struct Caller {
    runtime: Runtime,
    client: Client,
    url: String,
    token: String,
}

impl Caller {
    /// By the two files that a daemon writes; `None` before they are there.
    pub fn of(folder: &Path) -> Option<Self> {
        let read = |name: &str| {
            let text = fs::read_to_string(folder.join(name)).ok()?;
            let text = text.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let (url, token) = (read("http.url")?, read("admin.token")?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Some(Self {
            runtime: runtime.unwrap(),
            client: Client::builder().timeout(DEADLINE).build().unwrap(),
            url,
            token,
        })
    }

    pub fn get(&self, path: &str) -> reqwest::Result<Answer> {
        self.ask(Method::GET, path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.ask(Method::POST, path, Some(body))
    }

    /// Posts, and takes nothing but a 2xx for an answer.
    pub fn make(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).unwrap();
        assert!((200..300).contains(&answer.status), "POST {path} {body}: {answer:?}");
        answer.body
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::Result<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        request = request.bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            let text = response.text().await?;
            let body = match text.as_str() {
                "" => Value::Null,
                _ => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            };
            Ok(Answer { status, body })
        })
    }
}
