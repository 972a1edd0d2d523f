//! One target of alerts: where it is, what it needs, and which alerts it is told of.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::alert::{AlertKind, Severity};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::config::form::choice;
use crate::config::form::secret::SecretText;
use crate::config::wrong::WrongKeys;

/// A key in base64 begins so.
const BASE64_KEY: &str = "whsec_";
/// Shortest and longest key, in bytes.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

/// A target of alerts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSettings {
    /// Its name: what is stored, logged and shown of it.
    pub name: String,
    /// In which form it is told.
    #[serde(deserialize_with = "choice::deserialize")]
    pub kind: TargetKind,
    /// Where it is; for Telegram only where another server than Telegram's own is used. A secret.
    #[serde(default)]
    pub url: SecretText,
    /// The bot's token, for Telegram. A secret.
    #[serde(default)]
    pub token: SecretText,
    /// The chat, for Telegram.
    #[serde(default)]
    pub chat: String,
    /// What messages are signed with, for webhooks; unsigned when empty. A secret.
    #[serde(default)]
    pub key: SecretText,
    /// Only alerts that are at least so bad.
    #[serde(default = "all", deserialize_with = "choice::deserialize")]
    pub severity: Severity,
    /// Only these kinds; all when empty.
    #[serde(default, deserialize_with = "choice::list")]
    pub kinds: Vec<AlertKind>,
}

/// In which form a target is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// JSON to a URL.
    Webhook,
    /// A message of a Telegram bot.
    Telegram,
    /// An incoming webhook as Slack has them.
    Slack,
}

fn all() -> Severity {
    Severity::Info
}

/// Whether a text can name a target; it is part of file names, too.
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

impl TargetSettings {
    /// The bytes that messages are signed with; `None` when they are not signed, or the key is no base64.
    #[must_use]
    pub fn signing_key(&self) -> Option<Vec<u8>> {
        let key = self.key.expose_secret();
        match key.strip_prefix(BASE64_KEY) {
            Some(text) => STANDARD.decode(text).ok(),
            None if key.is_empty() => None,
            None => Some(key.as_bytes().to_vec()),
        }
    }

    /// Which secret it needs and has not; whoever is to use it needs it.
    #[must_use]
    pub fn lacks(&self) -> Option<&'static str> {
        match self.kind {
            TargetKind::Webhook | TargetKind::Slack => self.url.is_empty().then_some("url"),
            TargetKind::Telegram => self.token.is_empty().then_some("token"),
        }
    }

    pub(super) fn check(&self, key: &str, wrong: &mut WrongKeys) {
        let field = |name: &str| format!("{key}.{name}");
        let rule = "must be 1 to 40 of a-z, 0-9, - and _";
        wrong.unless(is_name(&self.name), &field("name"), &self.name, rule);
        match self.kind {
            TargetKind::Webhook => {
                self.check_url(&field("url"), wrong);
                self.check_key(&field("key"), wrong);
                self.check_chat(false, key, wrong);
            }
            TargetKind::Telegram => {
                self.check_url(&field("url"), wrong);
                self.check_chat(true, key, wrong);
                let rule = "must be empty for telegram, which has no signatures (value not shown)";
                wrong.unless_secret(self.key.is_empty(), &field("key"), rule);
            }
            TargetKind::Slack => {
                self.check_url(&field("url"), wrong);
                self.check_chat(false, key, wrong);
                let rule = "must be empty for slack, which has no signatures (value not shown)";
                wrong.unless_secret(self.key.is_empty(), &field("key"), rule);
            }
        }
    }

    fn check_url(&self, key: &str, wrong: &mut WrongKeys) {
        let rule = "must be a URL that starts with https://, or with http:// and a loopback address (value not shown)";
        let url = self.url.expose_secret();
        // Empty where it comes as a credential, which this process may not be given.
        wrong.unless_secret(url.is_empty() || is_safe(url), key, rule);
    }

    fn check_key(&self, key: &str, wrong: &mut WrongKeys) {
        let fits = match self.signing_key() {
            Some(bytes) => KEY_LENGTH.contains(&bytes.len()),
            None => self.key.is_empty(),
        };
        let rule = "must be empty, or 16 to 256 bytes, as text or as whsec_ with base64 behind it (value not shown)";
        wrong.unless_secret(fits, key, rule);
    }

    fn check_chat(&self, wanted: bool, key: &str, wrong: &mut WrongKeys) {
        let (token, chat) = (self.token.expose_secret(), self.chat.as_str());
        if !wanted {
            let rule = "must be empty but for telegram (value not shown)";
            wrong.unless_secret(token.is_empty(), &format!("{key}.token"), rule);
            wrong.unless(
                chat.is_empty(),
                &format!("{key}.chat"),
                chat,
                "must be empty but for telegram",
            );
            return;
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":-_".contains(&byte);
        let fits = (10..=200).contains(&token.len()) && token.bytes().all(plain);
        let rule = "must be a bot's token (value not shown)";
        wrong.unless_secret(token.is_empty() || fits, &format!("{key}.token"), rule);
        let (number, name) = (chat.parse::<i64>().is_ok(), chat.starts_with('@') && chat.len() <= 64);
        let rule = "must be a chat's number, or @ and its name";
        wrong.unless(number || name, &format!("{key}.chat"), chat, rule);
    }
}

/// Nobody reads along: TLS, or this machine itself.
fn is_safe(url: &str) -> bool {
    let plain = url.len() <= 2_000 && url.bytes().all(|byte| byte.is_ascii_graphic());
    let authority = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let (tls, local) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (!authority(rest).is_empty(), false),
        (None, Some(rest)) => {
            let authority = authority(rest);
            let port =
                |rest: &str| rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
            let loopback = ["127.0.0.1", "[::1]", "localhost"];
            (
                false,
                loopback
                    .iter()
                    .any(|host| authority.strip_prefix(host).is_some_and(port)),
            )
        }
        (None, None) => (false, false),
    };
    plain && (tls || local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_on_which_nobody_reads_along_are_safe() {
        for url in [
            "https://a.example/x?y",
            "http://127.0.0.1:9/x",
            "http://localhost",
            "http://[::1]:80/",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "",
            "https://",
            "http://a.example/",
            "http://127.0.0.1@a.example/",
            "http://localhost:80@a.example/",
            "http://localhost.a.example/",
            "https://a.example/ x",
            "ftp://127.0.0.1/",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
