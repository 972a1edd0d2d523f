//! A node that answers over HTTP and sockets what it is told to, and misbehaves on request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use domain::chain::Hash;
use ethers_core::utils::{hex, keccak256};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;

/// What the node does with a question.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers it.
    Answers(Value),
    /// Says an error: code, words, data.
    Refuses(i64, &'static str, Value),
    /// Answers with another HTTP status, `Retry-After` and body; closes a socket.
    Status(u16, Option<&'static str>, &'static str),
    /// Sends this text in place of the answer.
    Says(String),
    /// Never answers.
    Hangs,
    /// Closes the connection.
    Closes,
}

type Script = Arc<dyn Fn(&str, &Value) -> Option<Does> + Send + Sync>;

/// What the node knows.
pub struct World {
    pub chain: u64,
    pub head: u64,
    pub logs: Vec<Value>,
    script: Script,
    asked: BTreeMap<String, u32>,
}

/// A node.
#[derive(Clone)]
pub struct Node {
    pub port: u16,
    world: Arc<Mutex<World>>,
    pushes: broadcast::Sender<Push>,
}

#[derive(Debug, Clone)]
enum Push {
    Head(Value),
    Log(Value),
    Raw(String),
    Close,
}

/// The hash of a block.
pub fn block_hash(number: u64) -> String {
    Hash(keccak256(format!("block {number}"))).to_string()
}

impl Node {
    /// Starts a node of chain 31337 with a hundred blocks.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let world = World {
            chain: 31_337,
            head: 100,
            logs: Vec::new(),
            script: Arc::new(|_, _| None),
            asked: BTreeMap::new(),
        };
        let node = Self {
            port,
            world: Arc::new(Mutex::new(world)),
            pushes: broadcast::channel(65_536).0,
        };
        let serving = node.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        node
    }

    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn ws(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// From now on it does this, where the script says something.
    pub fn does(&self, script: impl Fn(&str, &Value) -> Option<Does> + Send + Sync + 'static) {
        self.world().script = Arc::new(script);
    }

    /// How often a method was asked for.
    pub fn asked(&self, method: &str) -> u32 {
        self.world().asked.get(method).copied().unwrap_or_default()
    }

    /// Makes a block with so many logs of this contract, and tells it.
    pub fn mine(&self, contract: &str, logs: u64) {
        let mut world = self.world();
        world.head += 1;
        let head = world.head;
        let new: Vec<Value> = (0..logs).map(|index| log(contract, head, index)).collect();
        world.logs.extend(new.iter().cloned());
        drop(world);
        for log in new {
            self.pushes.send(Push::Log(log)).ok();
        }
        self.pushes
            .send(Push::Head(
                json!({"number": format!("{head:#x}"), "hash": block_hash(head)}),
            ))
            .ok();
    }

    /// Tells a log that is taken back.
    pub fn takes_back(&self, contract: &str) {
        let mut log = log(contract, 1, 0);
        log["removed"] = json!(true);
        self.pushes.send(Push::Log(log)).ok();
    }

    /// Sends this text over all sockets.
    pub fn says(&self, text: &str) {
        self.pushes.send(Push::Raw(text.to_owned())).ok();
    }

    /// Closes all sockets.
    pub fn closes(&self) {
        self.pushes.send(Push::Close).ok();
    }

    async fn serve(self, mut stream: TcpStream) {
        let mut head = [0; 4_096];
        let Ok(count @ 1..) = stream.peek(&mut head).await else {
            return;
        };
        if String::from_utf8_lossy(&head[..count])
            .to_lowercase()
            .contains("upgrade: websocket")
        {
            self.socket(stream).await;
        } else {
            while self.post(&mut stream).await.is_some() {}
        }
    }

    async fn post(&self, stream: &mut TcpStream) -> Option<()> {
        let mut read = Vec::new();
        let (head, length) = loop {
            let text = String::from_utf8_lossy(&read).to_lowercase();
            if let Some(end) = text.find("\r\n\r\n") {
                let length = text
                    .split("content-length: ")
                    .nth(1)?
                    .split("\r\n")
                    .next()?
                    .parse::<usize>()
                    .ok()?;
                break (end + 4, length);
            }
            fill(stream, &mut read).await?;
        };
        while read.len() < head + length {
            fill(stream, &mut read).await?;
        }
        let (status, wait, body) = self.whole(&read[head..]).await?;
        let wait = wait.map(|wait| format!("retry-after: {wait}\r\n")).unwrap_or_default();
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{wait}\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()
    }

    /// The answer to a body; nothing where the connection is to be closed.
    async fn whole(&self, body: &[u8]) -> Option<(u16, Option<&'static str>, String)> {
        let asked: Value = serde_json::from_slice(body).unwrap();
        let mut answers = Vec::new();
        for question in asked.as_array().cloned().unwrap_or_else(|| vec![asked.clone()]) {
            match self.decide(&question) {
                Does::Answers(result) => {
                    answers.push(json!({"jsonrpc": "2.0", "id": question["id"], "result": result}))
                }
                Does::Refuses(code, message, data) => {
                    let error = json!({"code": code, "message": message, "data": data});
                    answers.push(json!({"jsonrpc": "2.0", "id": question["id"], "error": error}));
                }
                Does::Status(status, wait, body) => return Some((status, wait, body.to_owned())),
                Does::Says(text) => return Some((200, None, text)),
                Does::Hangs => std::future::pending().await,
                Does::Closes => return None,
            }
        }
        // The order of a batch is the node's own.
        answers.reverse();
        let body = if asked.is_array() {
            json!(answers)
        } else {
            answers.remove(0)
        };
        Some((200, None, body.to_string()))
    }

    async fn socket(&self, stream: TcpStream) {
        let Ok(socket) = tokio_tungstenite::accept_async(stream).await else {
            return;
        };
        let mut pushes = self.pushes.subscribe();
        let (mut to, mut from) = socket.split();
        let mut topics: Vec<(u64, Value)> = Vec::new();
        loop {
            let texts = tokio::select! {
                message = from.next() => match message {
                    Some(Ok(Message::Text(text))) => match self.told(&text, &mut topics).await {
                        Some(answer) => answer,
                        None => return,
                    },
                    Some(Ok(_)) => continue,
                    _ => return,
                },
                push = pushes.recv() => match push {
                    Ok(Push::Close) | Err(_) => return,
                    Ok(push) => pushed(&push, &topics),
                },
            };
            for text in texts {
                if to.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        }
    }

    /// What a message over a socket is answered; nothing where the socket is to be closed.
    async fn told(&self, text: &str, topics: &mut Vec<(u64, Value)>) -> Option<Vec<String>> {
        let question: Value = serde_json::from_str(text).unwrap();
        if question["method"] == "eth_subscribe" && matches!(self.decide(&question), Does::Answers(_)) {
            let id = 1_000 + topics.len() as u64;
            topics.push((id, question["params"].clone()));
            return Some(vec![
                json!({"jsonrpc": "2.0", "id": question["id"], "result": format!("{id:#x}")}).to_string(),
            ]);
        }
        let hangs = |question: &Value| matches!(self.look(question), Some(Does::Hangs));
        if hangs(&question) {
            return Some(Vec::new());
        }
        let (status, _, body) = self.whole(text.as_bytes()).await?;
        (status == 200).then_some(vec![body])
    }

    fn look(&self, question: &Value) -> Option<Does> {
        let script = self.world().script.clone();
        script(question["method"].as_str().unwrap_or_default(), &question["params"])
    }

    fn decide(&self, question: &Value) -> Does {
        let method = question["method"].as_str().unwrap().to_owned();
        *self.world().asked.entry(method.clone()).or_default() += 1;
        self.look(question)
            .unwrap_or_else(|| self.usual(&method, &question["params"]))
    }

    fn usual(&self, method: &str, params: &Value) -> Does {
        let world = self.world();
        Does::Answers(match method {
            "eth_chainId" => json!(format!("{:#x}", world.chain)),
            "eth_blockNumber" => json!(format!("{:#x}", world.head)),
            "eth_getBlockByNumber" => {
                let number = number(&params[0]).unwrap_or(world.head);
                if number > world.head {
                    Value::Null
                } else {
                    let parent = block_hash(number.wrapping_sub(1));
                    json!({"number": format!("{number:#x}"), "hash": block_hash(number), "parentHash": parent, "timestamp": "0x64"})
                }
            }
            "eth_getLogs" => {
                let (from, to) = (
                    number(&params[0]["fromBlock"]).unwrap(),
                    number(&params[0]["toBlock"]).unwrap(),
                );
                let within = |log: &&Value| (from..=to).contains(&number(&log["blockNumber"]).unwrap());
                let address = |log: &&Value| log["address"] == params[0]["address"];
                json!(world.logs.iter().filter(within).filter(address).collect::<Vec<_>>())
            }
            "eth_sendRawTransaction" => {
                let raw = hex::decode(params[0].as_str().unwrap()).unwrap();
                json!(Hash(keccak256(raw)).to_string())
            }
            "eth_getTransactionReceipt" | "eth_getTransactionByHash" => Value::Null,
            "eth_getBalance" | "eth_getTransactionCount" => json!("0x2"),
            "eth_subscribe" => json!("0x0"),
            "eth_unsubscribe" => json!(true),
            other => return Does::Refuses(-32_601, "the method does not exist", json!(other)),
        })
    }
}

fn pushed(push: &Push, topics: &[(u64, Value)]) -> Vec<String> {
    let of = |kind: &str, result: &Value| {
        let fits = |params: &Value| params[0] == kind && (kind != "logs" || params[1]["address"] == result["address"]);
        let text = |id: u64| {
            let params = json!({"subscription": format!("{id:#x}"), "result": result});
            json!({"jsonrpc": "2.0", "method": "eth_subscription", "params": params}).to_string()
        };
        topics
            .iter()
            .filter(|(_, params)| fits(params))
            .map(|(id, _)| text(*id))
            .collect()
    };
    match push {
        Push::Head(head) => of("newHeads", head),
        Push::Log(log) => of("logs", log),
        Push::Raw(text) => vec![text.clone()],
        Push::Close => Vec::new(),
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

fn log(contract: &str, block: u64, index: u64) -> Value {
    let topic = Hash(keccak256("Deposit(address,uint256)")).to_string();
    let user = format!("0x{}", "0".repeat(24) + &"ab".repeat(20));
    json!({
        "address": contract,
        "topics": [topic, user],
        "data": format!("{:#066x}", block * 1_000 + index),
        "blockNumber": format!("{block:#x}"),
        "blockHash": block_hash(block),
        "transactionHash": Hash(keccak256(format!("tx {block}"))).to_string(),
        "logIndex": format!("{index:#x}"),
        "removed": false,
    })
}

async fn fill(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut some = [0; 65_536];
    match stream.read(&mut some).await {
        Ok(count @ 1..) => {
            read.extend_from_slice(&some[..count]);
            Some(())
        }
        _ => None,
    }
}
