//! Incoming webhooks as Slack has them, and others that take the same (Mattermost, Rocket.Chat).
//!
//! Slack: <https://api.slack.com/messaging/webhooks>; `&`, `<` and `>` are its only control characters
//! (<https://api.slack.com/reference/surfaces/formatting>).

use std::time::Duration;

use async_trait::async_trait;
use domain::alert::delivery::Told;
use domain::alert::notice::Notice;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use serde_json::json;

use super::post::{Post, PostError};
use super::truncated;
use crate::ports::notify::Notify;

/// Longest text before it is escaped; Slack asks for at most 4,000 characters.
const LONGEST: usize = 3_000;

/// An incoming webhook.
pub struct Slack {
    post: Post,
}

impl Slack {
    /// The incoming webhook at this address, which is its secret.
    ///
    /// # Errors
    /// When the address is none, or there is no HTTP client.
    pub fn open(url: &SecretString, deadline: Duration) -> Result<Self, PostError> {
        let post = Post::open(url, Vec::new(), deadline)?;
        Ok(Self { post })
    }
}

#[async_trait]
impl Notify for Slack {
    async fn tell(&self, notice: &Notice) -> Told {
        let body = json!({ "text": escaped(&truncated(&notice.text(), LONGEST)) });
        match self.post.send(body.to_string().into_bytes(), HeaderMap::new()).await {
            // Its words are one of a few, such as `no_service` or `invalid_payload`.
            Ok(answer) => {
                let words = String::from_utf8_lossy(&answer.body);
                let plain = words.len() <= 60 && words.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                self.post.told(&answer, if plain { &words } else { "" })
            }
            Err(why) => Told::Unknown { why, after: None },
        }
    }
}

/// Text in which nothing is markup, and nobody is called: behind `@` stands a space of no width.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("@\u{200b}"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup_and_calls_nobody() {
        assert_eq!(
            escaped("<!channel> a & b <https://x|y> @here"),
            "&lt;!channel&gt; a &amp; b &lt;https://x|y&gt; @\u{200b}here"
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(truncated("算力算力", 4), "算力算力");
        assert_eq!(truncated("算力算力五", 4), "算力算…");
        assert_eq!(truncated(&"x".repeat(9_000), LONGEST).chars().count(), LONGEST);
    }
}
