//! A socket of the simulator: what its dialogue says goes out, and faults happen to it on the way.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use actix_ws::{Message, MessageStream, Session};
use futures::StreamExt;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, MissedTickBehavior};

use super::dialect::{Push, Talk};
use super::exchange::News;
use super::faults::What;
use super::passage::Passage;
use super::server::now;

const SECOND: Duration = Duration::from_secs(1);
/// How often a client is pinged; one that says nothing at all for three times as long is left.
const PING: Duration = Duration::from_secs(20);

/// Why a socket ends.
struct Over;

struct Socket {
    passage: Arc<Passage>,
    talk: Box<dyn Talk>,
    session: Session,
    /// Nothing is sent before this.
    silent_until: Option<Instant>,
    /// A push that waits for the next one.
    held: Option<Push>,
}

/// Opens a socket, and lets it run until it is over.
pub(super) fn open(
    request: &HttpRequest,
    payload: Payload,
    passage: Arc<Passage>,
    talk: Box<dyn Talk>,
) -> actix_web::Result<HttpResponse> {
    let (response, session, messages) = actix_ws::handle(request, payload)?;
    // Before the client can learn that it is connected: it misses nothing that happens from then on.
    let news = passage.exchange.listen();
    let socket = Socket {
        passage,
        talk,
        session,
        silent_until: None,
        held: None,
    };
    actix_web::rt::spawn(socket.run(messages, news));
    Ok(response)
}

impl Socket {
    async fn run(mut self, mut messages: MessageStream, mut news: Receiver<Arc<News>>) {
        let mut seconds = tokio::time::interval(SECOND);
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut pinged, mut heard) = (Instant::now(), Instant::now());
        loop {
            let done = tokio::select! {
                message = messages.next() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(message)) => self.hear(message).await,
                        Some(Err(_)) | None => Err(Over),
                    }
                }
                piece = news.recv() => match piece {
                    Ok(piece) => {
                        let pushes = self.talk.told(&piece, now(&self.passage));
                        self.say(pushes).await
                    }
                    // A client that is this far behind is left, as a real venue leaves it.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => Err(Over),
                },
                _ = seconds.tick() => {
                    let pushes = self.talk.passed(now(&self.passage));
                    let said = self.say(pushes).await;
                    if pinged.elapsed() >= PING && !self.is_silent() {
                        pinged = Instant::now();
                        self.session.ping(b"").await.map_err(|_| Over).and(said)
                    } else if heard.elapsed() >= 3 * PING {
                        Err(Over)
                    } else {
                        said
                    }
                }
            };
            if done.is_err() || self.talk.is_over() {
                break;
            }
        }
        if self.session.close(None).await.is_err() {
            tracing::trace!("a socket was gone before it was closed");
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        match message {
            Message::Text(text) => {
                let pushes = self.talk.heard(&text, now(&self.passage));
                self.say(pushes).await
            }
            Message::Ping(bytes) if !self.is_silent() => self.session.pong(&bytes).await.map_err(|_| Over),
            Message::Close(_) => Err(Over),
            _ => Ok(()),
        }
    }

    fn is_silent(&self) -> bool {
        self.silent_until.is_some_and(|until| Instant::now() < until)
    }

    async fn say(&mut self, pushes: Vec<Push>) -> Result<(), Over> {
        for push in pushes {
            if self.is_silent() {
                continue;
            }
            let key = self.talk.key();
            match self.passage.faults.of_push(&push.stream, key.as_deref()) {
                Some(What::Cut) => return Err(Over),
                Some(What::LosePush) => {}
                Some(What::Reorder) if self.held.is_none() => self.held = Some(push),
                Some(What::Duplicate) => {
                    self.send(push.clone()).await?;
                    self.send(push).await?;
                }
                Some(silence @ What::Silence { .. }) => self.silent_until = Some(Instant::now() + silence.length()),
                _ => self.send(push).await?,
            }
        }
        Ok(())
    }

    /// Sends a push, and after it the one that was held back for it.
    async fn send(&mut self, push: Push) -> Result<(), Over> {
        self.session.text(push.text).await.map_err(|_| Over)?;
        match self.held.take() {
            Some(held) => self.session.text(held.text).await.map_err(|_| Over),
            None => Ok(()),
        }
    }
}
