//! Messages of a Telegram bot: <https://core.telegram.org/bots/api#sendmessage>.

use std::time::Duration;

use async_trait::async_trait;
use domain::alert::delivery::Told;
use domain::alert::notice::Notice;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::post::{Post, PostError};
use super::truncated;
use crate::ports::notify::Notify;

/// Telegram's own server.
const SERVER: &str = "https://api.telegram.org";
/// Longest text: Telegram takes 4,096 UTF-16 units, and a character is at most two.
const LONGEST: usize = 2_048;

/// A bot that writes to one chat.
pub struct Telegram {
    post: Post,
    chat: String,
}

/// What Telegram says besides the status.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Debug, Default, Deserialize)]
struct Parameters {
    /// Seconds.
    retry_after: Option<u64>,
}

impl Telegram {
    /// The bot with this token, on Telegram's own server unless another is named.
    ///
    /// # Errors
    /// When the address is none, or there is no HTTP client.
    pub fn open(server: &str, token: &SecretString, chat: &str, deadline: Duration) -> Result<Self, PostError> {
        let server = if server.is_empty() {
            SERVER
        } else {
            server.trim_end_matches('/')
        };
        let url = format!("{server}/bot{}/sendMessage", token.expose_secret()).into();
        Ok(Self {
            post: Post::open(&url, vec![token.clone()], deadline)?,
            chat: chat.to_owned(),
        })
    }
}

#[async_trait]
impl Notify for Telegram {
    async fn tell(&self, notice: &Notice) -> Told {
        // Without a parse mode nothing in the text is markup.
        let body = json!({
            "chat_id": self.chat,
            "text": truncated(&notice.text(), LONGEST),
            "link_preview_options": { "is_disabled": true },
        });
        let mut answer = match self.post.send(body.to_string().into_bytes(), HeaderMap::new()).await {
            Ok(answer) => answer,
            Err(why) => return Told::Unknown { why, after: None },
        };
        let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
        answer.after = said.parameters.retry_after.map(Duration::from_secs).or(answer.after);
        self.post.told(&answer, &truncated(&said.description, 120))
    }
}
