//! HTTP and WebSocket byte by byte, so that a cut connection is seen as one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bursar::adapters::venue::dialect::Reply;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub enum Got {
    /// The connection ended without an answer.
    Nothing,
    /// An answer.
    Answer { status: u16, head: String, body: String },
}

impl Got {
    pub fn status(&self) -> u16 {
        match self {
            Self::Nothing => 0,
            Self::Answer { status, .. } => *status,
        }
    }

    pub fn body(&self) -> &str {
        match self {
            Self::Nothing => "",
            Self::Answer { body, .. } => body,
        }
    }

    /// As our adapters read it.
    pub fn reply(&self) -> Reply<'_> {
        Reply {
            status: self.status(),
            retry_after: None,
            body: self.body().as_bytes(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(self.body()).unwrap()
    }

    pub fn code(&self) -> i64 {
        self.json()["code"].as_i64().unwrap()
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<String> {
        let Self::Answer { head, .. } = self else { return None };
        head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

/// Sends one request on a connection of its own.
pub fn ask(address: &str, method: &str, target: &str, headers: &[(&str, String)], body: &str) -> Got {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A connection that is cut may end with a reset.
    let ended = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        assert!(answer.is_empty(), "{ended:?} {answer}");
        return Got::Nothing;
    };
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let (head, body) = (head.to_owned(), body.to_owned());
    Got::Answer { status, head, body }
}

/// A WebSocket.
pub struct Socket(BufReader<TcpStream>);

impl Socket {
    pub fn open(address: &str, target: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET {target} HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.contains(" 101 "), "{line}");
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        Self(reader)
    }

    /// Sends a text, with a mask of zeros.
    pub fn say(&mut self, text: &str) {
        let length = u16::try_from(text.len()).unwrap();
        let mut frame = match u8::try_from(length) {
            Ok(short) if short < 126 => vec![0x81, 0x80 | short],
            _ => [&[0x81, 0xfe][..], &length.to_be_bytes()].concat(),
        };
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        self.0.get_mut().write_all(&frame).unwrap();
    }

    /// The next text, as JSON or else as a string; `None` when the socket ends.
    pub fn next(&mut self) -> Option<Value> {
        let text = self.text()?;
        Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// The next text; `None` when the socket ends.
    pub fn text(&mut self) -> Option<String> {
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head).ok()?;
            let length = match head[1] {
                126 => {
                    let mut long = [0; 2];
                    self.0.read_exact(&mut long).unwrap();
                    usize::from(u16::from_be_bytes(long))
                }
                127 => panic!("a frame of more than 64 KiB"),
                short => usize::from(short),
            };
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).unwrap();
            match head[0] & 0x0f {
                1 => return Some(String::from_utf8(body).unwrap()),
                8 => return None,
                _ => {}
            }
        }
    }

    /// The next text of this event.
    pub fn event(&mut self, name: &str) -> Value {
        loop {
            let told = self.next().unwrap();
            if told["e"] == name {
                return told;
            }
        }
    }
}
