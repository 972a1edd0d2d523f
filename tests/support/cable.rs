//! A cable between a client and a server that can be cut, and that can fall silent without being cut.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the cable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// All passes.
    Sound,
    /// Connections stay, and nothing passes until it is sound again.
    Silent,
    /// Connections stay, and what is sent meanwhile is lost without a word; nobody understands what comes on such a one later.
    Deaf,
    /// Connections break, and new ones break at once.
    Cut,
}

/// A cable that listens on a local port.
pub struct Cable {
    pub port: u16,
    condition: Arc<watch::Sender<Condition>>,
}

impl Cable {
    /// Lays a cable to a server.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (condition, _) = watch::channel(Condition::Sound);
        let condition = Arc::new(condition);
        tokio::spawn(accept(listener, server.to_owned(), condition.subscribe()));
        Self { port, condition }
    }

    /// Changes how it is.
    pub fn set(&self, condition: Condition) {
        self.condition.send_replace(condition);
    }
}

async fn accept(listener: TcpListener, server: String, condition: watch::Receiver<Condition>) {
    while let Ok((near, _)) = listener.accept().await {
        if *condition.borrow() == Condition::Cut {
            continue;
        }
        let Ok(far) = TcpStream::connect(&server).await else {
            continue;
        };
        let (near_in, near_out) = near.into_split();
        let (far_in, far_out) = far.into_split();
        tokio::spawn(carry(near_in, far_out, condition.clone()));
        tokio::spawn(carry(far_in, near_out, condition.clone()));
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut condition: watch::Receiver<Condition>,
) {
    let mut buffer = [0; 16_384];
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = condition.wait_for(|condition| *condition == Condition::Cut) => return,
        };
        let Ok(count @ 1..) = read else {
            return;
        };
        if condition
            .wait_for(|condition| *condition != Condition::Silent)
            .await
            .is_err()
        {
            return;
        }
        if *condition.borrow() == Condition::Deaf {
            continue;
        }
        if *condition.borrow() == Condition::Cut || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
