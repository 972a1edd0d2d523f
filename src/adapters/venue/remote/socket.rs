//! One WebSocket to a venue: opened from a given address within a deadline, read until it ends or falls silent.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::Url;
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
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
    let socket = match timeout(CONNECT, open(&script, from)).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(why)) => return why,
        Err(_) => return format!("no connection within {}s", CONNECT.as_secs()),
    };
    converse(socket, script, listener, more).await
}

/// A conversation over a socket.
struct Talk<'a> {
    socket: Socket,
    more: &'a mut mpsc::UnboundedReceiver<String>,
    ping: Option<String>,
    every: Duration,
    ping_at: Instant,
    heard_at: Instant,
}

/// What happens next on a socket.
enum Event {
    Heard(Vec<u8>),
    Lives,
    Say(String),
    Ended(String),
}

async fn converse(
    socket: Socket,
    script: Script,
    listener: &mut dyn Listener,
    more: &mut mpsc::UnboundedReceiver<String>,
) -> String {
    let (ping, every) = (script.ping.clone(), script.ping_every);
    let mut talk = Talk {
        socket,
        more,
        ping,
        every,
        ping_at: Instant::now() + every,
        heard_at: Instant::now(),
    };
    let (mut dialogue, mut next) = Dialogue::begin(script);
    loop {
        for text in &next.say {
            if let Err(why) = talk.say(Message::text(text.as_str())).await {
                return why;
            }
        }
        if next.is_up {
            listener.up();
        }
        if let Some(why) = next.over {
            return why;
        }
        if !next.told.is_empty() || next.unread.is_some() {
            listener.told(next);
        }
        next = match talk.event().await {
            Event::Heard(message) => dialogue.hear(&message),
            Event::Lives => Next::default(),
            Event::Say(text) => Next {
                say: vec![text],
                ..Next::default()
            },
            Event::Ended(why) => return why,
        };
    }
}

impl Talk<'_> {
    async fn event(&mut self) -> Event {
        tokio::select! {
            message = self.socket.next() => self.heard(message),
            Some(text) = self.more.recv() => Event::Say(text),
            () = sleep_until(self.ping_at) => self.ping().await,
        }
    }

    fn heard(&mut self, message: Option<Result<Message, Error>>) -> Event {
        self.heard_at = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => Event::Heard(text.as_bytes().to_vec()),
            Some(Ok(Message::Binary(bytes))) => Event::Heard(bytes.to_vec()),
            // Pings are answered by the protocol's own code with the next write or read.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Event::Lives,
            Some(Ok(Message::Close(None))) => Event::Ended("closed".to_owned()),
            Some(Ok(Message::Close(Some(frame)))) => Event::Ended(format!("closed: {}", frame.code)),
            Some(Err(error)) => Event::Ended(described(&error)),
            None => Event::Ended("the connection ended".to_owned()),
        }
    }

    /// A half-open socket is silent for ever: who does not answer pings is gone.
    async fn ping(&mut self) -> Event {
        let silent = self.heard_at.elapsed();
        if silent >= self.every * (PINGS + 1) {
            return Event::Ended(format!("silent for {}s", silent.as_secs()));
        }
        self.ping_at = Instant::now() + self.every;
        let message = match &self.ping {
            Some(text) => Message::text(text.as_str()),
            None => Message::Ping(Vec::new().into()),
        };
        match self.say(message).await {
            Ok(()) => Event::Lives,
            Err(why) => Event::Ended(why),
        }
    }

    async fn say(&mut self, message: Message) -> Result<(), String> {
        match timeout(CONNECT, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(|error| described(&error)),
            Err(_) => Err("nothing can be sent".to_owned()),
        }
    }
}

async fn open(script: &Script, from: Option<IpAddr>) -> Result<Socket, String> {
    let request = handshake(script).map_err(|error| described(&error))?;
    let parsed = Url::parse(&script.url).map_err(|_| "the stream's url is not understood".to_owned())?;
    let (Some(host), Some(port)) = (parsed.host_str(), port(&parsed)) else {
        return Err("the stream's url names no host".to_owned());
    };
    let tcp = connect(host, port, from)
        .await
        .map_err(|error| format!("no connection: {error}"))?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    let opened = client_async_tls_with_config(request, tcp, Some(config), None).await;
    opened.map(|(socket, _)| socket).map_err(|error| described(&error))
}

/// The request that opens a socket.
fn handshake(script: &Script) -> Result<Request, Error> {
    let mut request = script.url.as_str().into_client_request()?;
    for (name, value) in script.headers {
        let name = HeaderName::try_from(*name).map_err(|error| Error::HttpFormat(error.into()))?;
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(request)
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
