//! A request to a host: to an address that was looked at, once, bounded in time and size.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use domain::job::Method;
use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};

use super::allowed::Question;
use super::{WorkOptions, is_public};
use crate::adapters::http::{beginning, described, rare};
use crate::ports::work::Done;

/// How much of an answer is read.
const ANSWER_LIMIT: usize = 65_536;

/// Who knows the addresses of hosts.
#[async_trait]
pub trait Names: Send + Sync + 'static {
    /// All addresses of this host.
    ///
    /// # Errors
    /// When nobody knows them.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Asks once. What is told never shows the address behind its host: its query may hold a key.
pub async fn ask(question: Question, options: &WorkOptions, names: &dyn Names, limit: Duration) -> Done {
    let deadline = Instant::now() + limit;
    let late = || Done::failed(format!("it did not end within {limit:?}"));
    let addresses = match timeout_at(deadline, addresses(&question.url, options, names)).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(why)) => return Done::failed(why),
        Err(_) => return late(),
    };
    let request = match request(question, &addresses, deadline.duration_since(Instant::now())) {
        Ok(request) => request,
        Err(error) => return Done::failed(format!("there is no HTTP client: {}", described(&error))),
    };
    let mut answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => return late(),
        Err(error) => return Done::failed(described(&error)),
    };
    let body = beginning(&mut answer, ANSWER_LIMIT).await;
    let result = if Instant::now() >= deadline {
        late().result
    } else {
        told(answer.status())
    };
    Done::new(result, &body)
}

/// The addresses of its host, each of which may be asked.
async fn addresses(url: &Url, options: &WorkOptions, names: &dyn Names) -> Result<Vec<SocketAddr>, String> {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse();
    let found = match literal {
        Ok(address) => vec![address],
        Err(_) => {
            let found = names.addresses(host).await;
            found.map_err(|error| format!("the addresses of {host} are not known: {error}"))?
        }
    };
    if found.is_empty() {
        return Err(format!("{host} has no address"));
    }
    // One that is not public among others is as bad: which of them is taken is not ours to say.
    let closed = found.iter().find(|address| !is_public(**address));
    if let Some(address) = closed.filter(|_| !options.private_addresses) {
        return Err(format!(
            "{host} has the address {address}, which is not public; jobs.private_addresses in the settings allows it"
        ));
    }
    let port = url.port_or_known_default().unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|address| SocketAddr::new(address, port))
        .collect())
}

fn request(question: Question, addresses: &[SocketAddr], rest: Duration) -> Result<RequestBuilder, reqwest::Error> {
    let Question { method, url, body } = question;
    let host = url.host_str().unwrap_or_default();
    // The name is not asked for again: another answer could lead elsewhere.
    let client = rare(rest).resolve_to_addrs(host, addresses).build()?;
    let request = match method {
        Method::Get => client.get(url),
        Method::Post => client.post(url),
    };
    Ok(match body {
        None => request,
        Some(body) => {
            let is_json = serde_json::from_str::<IgnoredAny>(&body).is_ok();
            let form = if is_json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            request.header(CONTENT_TYPE, form).body(body)
        }
    })
}

fn told(status: StatusCode) -> Result<String, String> {
    match status.as_u16() {
        number @ 200..=299 => Ok(format!("status {number}")),
        number @ 300..=399 => Err(format!("status {number}, and redirects are not followed")),
        number => Err(format!("status {number}")),
    }
}
