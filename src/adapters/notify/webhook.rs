//! The generic webhook: versioned JSON, with an id for whoever gets it twice and a signature (Standard Webhooks).
//!
//! The signature is that of <https://www.standardwebhooks.com>: `v1,` and the base64 of HMAC-SHA256 over
//! `webhook-id.webhook-timestamp.body`. docs/operations.md tells receivers how to check it.

use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::alert::Alert;
use domain::alert::delivery::Told;
use domain::alert::notice::{Content, Notice};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::post::{Post, PostError};
use crate::ports::notify::Notify;

/// Raised when a field changes its meaning or goes; new fields may come at any time.
const VERSION: u32 = 1;

/// A webhook.
pub struct Webhook {
    post: Post,
    key: Option<hmac::Key>,
}

impl Webhook {
    /// A webhook at this address; messages are signed when there is a key.
    ///
    /// # Errors
    /// When the address is none, or there is no HTTP client.
    pub fn open(url: &SecretString, key: Option<&[u8]>, deadline: Duration) -> Result<Self, PostError> {
        Ok(Self {
            post: Post::open(url, Vec::new(), deadline)?,
            key: key.map(|key| hmac::Key::new(hmac::HMAC_SHA256, key)),
        })
    }
}

#[async_trait]
impl Notify for Webhook {
    async fn tell(&self, notice: &Notice) -> Told {
        let body = body(notice).to_string();
        let headers = headers(notice, &body, self.key.as_ref());
        match self.post.send(body.into_bytes(), headers).await {
            Ok(answer) => self.post.told(&answer, ""),
            Err(why) => Told::Unknown { why, after: None },
        }
    }
}

/// The same for every attempt: a receiver may compare.
fn body(notice: &Notice) -> Value {
    let mut body = json!({
        "version": VERSION,
        "id": notice.id,
        "sender": notice.sender,
        "event": notice.content.as_str(),
    });
    match &notice.content {
        Content::Alert { alert, .. } => body["alert"] = described(alert),
        Content::More { count } => body["count"] = json!(count),
        Content::Test { by } => body["by"] = json!(by),
    }
    body["text"] = json!(notice.text());
    body
}

fn described(alert: &Alert) -> Value {
    json!({
        "id": alert.id,
        "kind": alert.kind.as_str(),
        "severity": alert.kind.severity().as_str(),
        "subject": alert.subject,
        "message": alert.message,
        "raised_at": alert.raised_at,
        "acknowledged": alert.acknowledged,
        "resolved_at": alert.resolved_at,
    })
}

fn headers(notice: &Notice, body: &str, key: Option<&hmac::Key>) -> HeaderMap {
    let seconds = notice.at.0.div_euclid(1_000).to_string();
    let mut headers = HeaderMap::new();
    let mut add = |name: &'static str, value: &str| {
        // Ids, numbers and base64 are fit for a header.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    add("webhook-id", &notice.id);
    add("webhook-timestamp", &seconds);
    if let Some(key) = key {
        let signed = hmac::sign(key, format!("{}.{seconds}.{body}", notice.id).as_bytes());
        add("webhook-signature", &format!("v1,{}", STANDARD.encode(signed.as_ref())));
    }
    headers
}

#[cfg(test)]
mod tests {
    use domain::alert::AlertKind;
    use domain::alert::delivery::AlertEvent;
    use domain::id::AlertId;
    use domain::time::Timestamp;

    use super::*;

    fn notice(content: Content) -> Notice {
        Notice {
            id: "mem0ry-7".to_owned(),
            sender: "live".to_owned(),
            at: Timestamp(1_614_265_330_999),
            content,
        }
    }

    /// The example of the specification: key, id, time and body with their signature.
    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let told = Notice {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            ..notice(Content::More { count: 1 })
        };
        let headers = headers(&told, r#"{"test": 2432232314}"#, Some(&key));
        assert_eq!(headers["webhook-timestamp"], "1614265330");
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(headers["webhook-signature"], expected);
    }

    #[test]
    fn a_message_without_key_is_not_signed() {
        let headers = headers(&notice(Content::More { count: 1 }), "{}", None);
        assert_eq!(headers.len(), 2);
        assert_eq!(headers["webhook-id"], "mem0ry-7");
    }

    #[test]
    fn the_body_is_versioned_and_says_what_happened() {
        let alert = Alert {
            id: AlertId(17),
            kind: AlertKind::JobFailing,
            subject: "job:sweep".to_owned(),
            message: "it \"failed\"".to_owned(),
            raised_at: Timestamp(0),
            acknowledged: None,
            resolved_at: Some(Timestamp(1)),
        };
        let told = body(&notice(Content::of(AlertEvent::Raised, alert)));
        let expected = json!({
            "version": 1, "id": "mem0ry-7", "sender": "live", "event": "raised",
            "alert": {
                "id": 17, "kind": "job_failing", "severity": "warning", "subject": "job:sweep",
                "message": "it \"failed\"", "raised_at": "1970-01-01T00:00:00.000Z", "acknowledged": null, "resolved_at": null,
            },
            "text": "[warning] live: job_failing raised on job:sweep\nit \"failed\"\nalert 17, since 1970-01-01T00:00:00.000Z",
        });
        assert_eq!(told, expected);
        let more = body(&notice(Content::More { count: 3 }));
        assert_eq!((&more["event"], &more["count"]), (&json!("more"), &json!(3)));
    }
}
