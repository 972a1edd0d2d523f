//! A node's front that keeps logs back: it hands everything on, and tells no logs where there are some as often as it is told to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::receiver::read;

/// Such a front, on a port of its own.
pub struct Liar {
    pub url: String,
    left: Arc<AtomicU32>,
    told: Arc<AtomicU32>,
}

impl Liar {
    /// Stands before a node that speaks HTTP at this host and port.
    pub fn before(node: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (left, told) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
        let (node, lies) = (node.to_owned(), (Arc::clone(&left), Arc::clone(&told)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (node, (left, told)) = (node.clone(), lies.clone());
                // A client that breaks off is a client's business.
                std::thread::spawn(move || answer(stream, &node, &left, &told).unwrap_or_default());
            }
        });
        Self { url, left, told }
    }

    /// So many of the next answers that would have told logs tell none.
    pub fn will_lie(&self, times: u32) {
        self.left.store(times, Ordering::SeqCst);
    }

    /// How many did.
    pub fn lied(&self) -> u32 {
        self.told.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, node: &str, left: &AtomicU32, told: &AtomicU32) -> std::io::Result<()> {
    let asked = read(&mut stream)?.body;
    let handed_on = hand_on(&asked, node)?;
    let (question, mut reply) = (parsed(&asked), parsed(&handed_on));
    for question in each(&question) {
        if question["method"] == "eth_getLogs" {
            keep_back(&question["id"], &mut reply, left, told);
        }
    }
    let text = reply.to_string();
    let length = text.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )
}

/// What the node answers to a body.
fn hand_on(asked: &str, node: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(node)?;
    let length = asked.len();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {node}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{asked}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    body.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

fn keep_back(id: &Value, reply: &mut Value, left: &AtomicU32, told: &AtomicU32) {
    let mut single = [];
    let replies = match reply {
        Value::Array(all) => all.as_mut_slice(),
        other if other["id"] == *id => std::slice::from_mut(other),
        _ => &mut single,
    };
    let of_question = replies.iter_mut().filter(|reply| reply["id"] == *id);
    for reply in of_question {
        let has_logs = reply["result"].as_array().is_some_and(|logs| !logs.is_empty());
        let one_less = |left: u32| left.checked_sub(1);
        if has_logs && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            reply["result"] = json!([]);
            told.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn each(question: &Value) -> &[Value] {
    match question {
        Value::Array(all) => all,
        single => std::slice::from_ref(single),
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
