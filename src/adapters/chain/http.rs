//! Questions over HTTP: one POST each, bounded in time and size; redirects are not followed.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};

use super::fault::{LONGEST_REST, REST};
use crate::adapters::http::{described, whole};

/// The longest answer that is read: ten thousand logs have some 10 MB.
pub const LONGEST: usize = 64 * 1024 * 1024;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub enum Came {
    /// A body, which may be JSON.
    Body {
        /// HTTP's status.
        status: u16,
        /// The body, whole.
        body: Vec<u8>,
        /// The wait that is wished.
        retry_after: Option<Duration>,
    },
    /// Nothing that is of use; says what was seen, no secrets.
    Lost(String),
}

/// A way to a node.
#[derive(Debug, Clone)]
pub struct HttpLine {
    client: Client,
    address: SecretString,
}

impl HttpLine {
    /// A way to this address.
    ///
    /// # Errors
    /// When there is no HTTP client.
    pub fn to(address: &SecretString) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self {
            client,
            address: address.clone(),
        })
    }

    /// Posts once. The caller sets the deadline.
    pub async fn post(&self, body: String) -> Came {
        let request = self.client.post(self.address.expose_secret());
        let sent = request.header(CONTENT_TYPE, "application/json").body(body).send().await;
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Came::Lost(described(&error)),
        };
        let status = response.status().as_u16();
        let retry_after = wished(response.headers());
        match whole(&mut response, LONGEST).await {
            Ok(Some(body)) => Came::Body {
                status,
                body,
                retry_after,
            },
            Ok(None) => Came::Lost(format!("the answer is longer than {LONGEST} bytes")),
            Err(error) => Came::Lost(described(&error)),
        }
    }
}

/// `Retry-After` in seconds; a date counts as the usual wait. <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
fn wished(headers: &HeaderMap) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    Some(
        header
            .parse()
            .map_or(REST, Duration::from_secs)
            .clamp(REST, LONGEST_REST),
    )
}
