//! Opens a socket to a node within a deadline, and says why not without its address.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::adapters::chain::http::LONGEST;
use crate::adapters::chain::name::Name;

/// An open socket.
pub type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a socket.
///
/// # Errors
/// Says why not; no secrets.
pub async fn open(name: &Name, deadline: Duration) -> Result<Stream, String> {
    let request = handshake(name).ok_or("its url is not understood")?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    match timeout(deadline, connect_async_with_config(request, Some(config), true)).await {
        Ok(Ok((stream, _))) => Ok(stream),
        Ok(Err(error)) => Err(described(&error)),
        Err(_) => Err(format!("no connection within {}ms", deadline.as_millis())),
    }
}

/// Acknowledges what was received at once. A node that leaves Nagle's algorithm on, as anvil 1.7.1 does, tells of a new block only when
/// its last answer is acknowledged, for which Linux takes up to 40 ms. The kernel forgets this setting by itself, so it is set
/// after every message.
pub fn acknowledge(stream: &Stream) {
    let tcp = match stream.get_ref() {
        MaybeTlsStream::Plain(tcp) => tcp,
        MaybeTlsStream::Rustls(tls) => tls.get_ref().0,
        _ => return,
    };
    if let Err(error) = rustix::net::sockopt::set_tcp_quickack(tcp, true) {
        tracing::debug!(%error, "a socket could not be told to acknowledge at once");
    }
}

/// The request that opens a socket; who is named in the address is told as HTTP has it.
fn handshake(name: &Name) -> Option<Request> {
    let mut url = Url::parse(name.address().expose_secret()).ok()?;
    let (user, password) = (url.username().to_owned(), url.password().unwrap_or_default().to_owned());
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    let mut request = url.as_str().into_client_request().ok()?;
    if !user.is_empty() || !password.is_empty() {
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let mut header = HeaderValue::from_str(&basic).ok()?;
        header.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, header);
    }
    Some(request)
}

/// An error in words that never repeat the address.
pub fn described(error: &Error) -> String {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => "the connection ended".to_owned(),
        Error::Io(error) => format!("the connection broke: {error}"),
        Error::Tls(error) => format!("no secure connection: {error}"),
        Error::Http(response) => format!("HTTP {} where a socket was asked for", response.status().as_u16()),
        Error::Protocol(error) => format!("the protocol broke: {error}"),
        Error::Capacity(_) => format!("a message is longer than {LONGEST} bytes"),
        Error::Url(_) | Error::HttpFormat(_) => "its url is not understood".to_owned(),
        Error::WriteBufferFull(_) => "nothing can be sent".to_owned(),
        Error::Utf8(_) | Error::AttackAttempt => "it sends what is no text".to_owned(),
    }
}
