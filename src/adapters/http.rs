//! What adapters that ask over HTTP have in common: answers bounded in size, and errors in words without an address.

use std::error::Error;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};

/// A client for requests that are rare: each within the deadline, by a connection of its own, straight to the host; redirects are not
/// followed.
pub fn rare(deadline: Duration) -> ClientBuilder {
    // A connection that waits for the next request is not worth its trouble.
    Client::builder()
        .timeout(deadline)
        .connect_timeout(deadline)
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .user_agent(concat!("bursar/", env!("CARGO_PKG_VERSION")))
}

/// The body, as far as it comes; of a longer one its beginning of so many bytes.
pub async fn beginning(response: &mut Response, longest: usize) -> Vec<u8> {
    let mut body = Vec::new();
    // An answer that breaks off has a status, which says enough.
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= longest {
            body.truncate(longest);
            break;
        }
    }
    body
}

/// The body, whole; `None` when it is longer than so many bytes.
///
/// # Errors
/// When the connection breaks.
pub async fn whole(response: &mut Response, longest: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > longest {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// An error in words. Its own text names the address, which may hold a key or a signature: only its kind and its innermost cause are
/// told.
pub fn described(error: &reqwest::Error) -> String {
    let what = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke"
    };
    cause(error).map_or_else(|| what.to_owned(), |cause| format!("{what}: {cause}"))
}

/// The innermost cause of an error.
pub fn cause(error: &reqwest::Error) -> Option<&(dyn Error + 'static)> {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause
}
