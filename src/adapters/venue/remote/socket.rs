//! One WebSocket to a venue: opened from a given address within a deadline, read until it ends or falls silent.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Url;
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::script::{Dialogue, Next, Script};

/// How long a socket may take to come about, handshakes included.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest message that is read.
const LONGEST: usize = 16 * 1024 * 1024;
/// Pings without any sign of life after which a socket counts as dead.
const PINGS: u32 = 2;

/// What a stream tells whoever uses it.
pub trait Listener: Send {
    /// The stream is up: from now on everything is told.
    fn up(&mut self);

    /// Something was told.
    fn told(&mut self, next: Next);
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Runs one dialogue to its end; says why it ended. `more` is said as it comes, once the stream is up.
pub async fn run(
    script: Script,
    from: Option<IpAddr>,
    listener: &mut dyn Listener,
    more: &mut mpsc::UnboundedReceiver<String>,
) -> String {
    let socket = match timeout(CONNECT, open(&script.url, from)).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(why)) => return why,
        Err(_) => return format!("no connection within {}s", CONNECT.as_secs()),
    };
    converse(socket, script, listener, more).await
}

async fn converse(
    socket: Socket,
    script: Script,
    listener: &mut dyn Listener,
    more: &mut mpsc::UnboundedReceiver<String>,
) -> String {
    let (mut say, mut hear) = socket.split();
    let (ping, every) = (script.ping.clone(), script.ping_every);
    let silence = every * (PINGS + 1);
    let (mut dialogue, first) = Dialogue::begin(script);
    let (mut heard_at, mut ping_at) = (Instant::now(), Instant::now() + every);
    let mut next = Some(first);
    loop {
        if let Some(next) = next.take() {
            for text in &next.say {
                if let Err(error) = timeout(CONNECT, say.send(Message::text(text.as_str()))).await.unwrap_or_else(stuck) {
                    return described(&error);
                }
            }
            if next.is_up {
                listener.up();
            }
            if let Some(why) = &next.over {
                return why.clone();
            }
            if !next.told.is_empty() || next.unread.is_some() {
                listener.told(next);
            }
        }
        tokio::select! {
            message = hear.next() => match message {
                Some(Ok(message)) => {
                    heard_at = Instant::now();
                    next = match message {
                        Message::Text(text) => Some(dialogue.hear(text.as_bytes())),
                        Message::Binary(bytes) => Some(dialogue.hear(&bytes)),
                        // Pings are answered by the protocol's own code with the next write or read.
                        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => None,
                        Message::Close(frame) => {
                            return frame.map_or_else(|| "closed".to_owned(), |frame| format!("closed: {}", frame.code));
                        }
                    };
                }
                Some(Err(error)) => return described(&error),
                None => return "the connection ended".to_owned(),
            },
            Some(text) = more.recv() => next = Some(Next { say: vec![text], ..Next::default() }),
            () = sleep_until(ping_at) => {
                if heard_at.elapsed() >= silence {
                    return format!("silent for {}s", heard_at.elapsed().as_secs());
                }
                ping_at = Instant::now() + every;
                let message = ping.as_ref().map_or_else(|| Message::Ping(Vec::new().into()), |text| Message::text(text.as_str()));
                if let Err(error) = timeout(CONNECT, say.send(message)).await.unwrap_or_else(stuck) {
                    return described(&error);
                }
            }
        }
    }
}

/// A peer that takes nothing any more.
fn stuck(_: tokio::time::error::Elapsed) -> Result<(), Error> {
    Err(Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "nothing can be sent")))
}

async fn open(url: &str, from: Option<IpAddr>) -> Result<Socket, String> {
    let parsed = Url::parse(url).map_err(|_| "the stream's url is not understood".to_owned())?;
    let (Some(host), Some(port)) = (parsed.host_str(), port(&parsed)) else {
        return Err("the stream's url names no host".to_owned());
    };
    let tcp = connect(host, port, from).await.map_err(|error| format!("no connection: {error}"))?;
    let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
    let opened = client_async_tls_with_config(url, tcp, Some(config), None).await;
    opened.map(|(socket, _)| socket).map_err(|error| described(&error))
}

fn port(url: &Url) -> Option<u16> {
    url.port().or(match url.scheme() {
        "wss" => Some(443),
        "ws" => Some(80),
        _ => None,
    })
}

async fn connect(host: &str, port: u16, from: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "the host has no address");
    for to in lookup_host((host, port)).await? {
        match connect_to(to, from).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect_to(to: SocketAddr, from: Option<IpAddr>) -> std::io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    if let Some(from) = from.filter(|from| from.is_ipv4() == to.is_ipv4()) {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// An error in words that never repeat a url, which may hold a stream's key.
fn described(error: &Error) -> String {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => "the connection ended".to_owned(),
        Error::Io(error) => format!("the connection broke: {error}"),
        Error::Tls(error) => format!("no secure connection: {error}"),
        Error::Http(response) => format!("HTTP {} where a socket was asked for", response.status().as_u16()),
        Error::Protocol(error) => format!("the protocol broke: {error}"),
        Error::Capacity(_) => format!("a message is longer than {LONGEST} bytes"),
        Error::Url(_) | Error::HttpFormat(_) => "the stream's url is not understood".to_owned(),
        Error::WriteBufferFull(_) => "nothing can be sent".to_owned(),
        Error::Utf8(_) | Error::AttackAttempt => "the venue sends what is no text".to_owned(),
    }
}
