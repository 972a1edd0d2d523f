//! Who gets messages over HTTP in tests: writes down what came, and answers as the test says.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one request is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// With this status, these header lines and this body.
    With(u16, &'static str, String),
    /// Never.
    Hang,
    /// By closing the connection after the request was read.
    Close,
    /// By a body that does not end within reason.
    Huge(u16),
}

/// With a status alone.
pub fn status(status: u16) -> Reply {
    Reply::With(status, "", String::new())
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[derive(Default)]
struct Desk {
    seen: Vec<Seen>,
    script: VecDeque<Reply>,
}

/// A server on a port of its own, for as long as the test runs.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    desk: Arc<Mutex<Desk>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let desk = Arc::new(Mutex::new(Desk::default()));
        let taken = Arc::clone(&desk);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = Arc::clone(&taken);
                // A client that breaks off is a client's business.
                std::thread::spawn(move || answer(stream, &desk).unwrap_or_default());
            }
        });
        Self { url, desk }
    }

    /// Answers the next requests so, one after the other; then with 200 again.
    pub fn will(&self, replies: impl IntoIterator<Item = Reply>) {
        self.desk.lock().unwrap().script.extend(replies);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.desk.lock().unwrap().seen.clone()
    }
}

fn answer(mut stream: TcpStream, desk: &Mutex<Desk>) -> std::io::Result<()> {
    let seen = read(&mut stream)?;
    let reply = {
        let mut desk = desk.lock().unwrap();
        desk.seen.push(seen);
        desk.script.pop_front()
    };
    match reply.unwrap_or(status(200)) {
        Reply::With(status, headers, body) => {
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
            )
        }
        Reply::Hang => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        Reply::Close => Ok(()),
        Reply::Huge(status) => {
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 1000000000000\r\n\r\n")?;
            // Ends when the other side has had enough.
            loop {
                stream.write_all(&[b'x'; 65_536])?;
            }
        }
    }
}

/// Reads one request.
pub fn read(stream: &mut TcpStream) -> std::io::Result<Seen> {
    let mut text = Vec::new();
    let mut chunk = [0; 4_096];
    let head = loop {
        if let Some(at) = text.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let count = some(stream.read(&mut chunk)?)?;
        text.extend_from_slice(&chunk[..count]);
    };
    let lines = String::from_utf8_lossy(&text[..head]).into_owned();
    let mut lines = lines.lines();
    let path = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default();
    let pairs = lines.clone().filter_map(|line| line.split_once(':'));
    let headers: BTreeMap<String, String> = pairs
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = text[head + 4..].to_vec();
    while body.len() < length {
        let count = some(stream.read(&mut chunk)?)?;
        body.extend_from_slice(&chunk[..count]);
    }
    Ok(Seen {
        path: path.to_owned(),
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

fn some(count: usize) -> std::io::Result<usize> {
    match count {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        count => Ok(count),
    }
}
