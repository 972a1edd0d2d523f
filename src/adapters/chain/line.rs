//! The way to a node over its socket, as whoever asks sees it: the socket itself comes and goes.

use tokio::sync::{mpsc, oneshot, watch};

use super::rpc::Reply;

/// Questions that may wait to be sent.
const WAITING: usize = 1_024;

/// Whether the socket can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketState {
    /// It was never tried to its end.
    Opening,
    /// It can.
    Up,
    /// It cannot.
    Down,
}

/// Questions that leave together.
pub struct Ask {
    /// Their text.
    pub text: String,
    /// The number of the first.
    pub first: u64,
    /// How many.
    pub count: usize,
    /// Who waits.
    pub to: oneshot::Sender<Result<Vec<Reply>, String>>,
}

/// The asking end.
pub struct SocketLine {
    asks: mpsc::Sender<Ask>,
    state: watch::Receiver<SocketState>,
}

/// The socket's end.
pub struct SocketEnd {
    /// What is to be asked.
    pub asks: mpsc::Receiver<Ask>,
    /// How it is.
    pub state: watch::Sender<SocketState>,
}

/// Both ends of a way.
pub fn line() -> (SocketLine, SocketEnd) {
    let (asks, waiting) = mpsc::channel(WAITING);
    let (told, state) = watch::channel(SocketState::Opening);
    let end = SocketEnd {
        asks: waiting,
        state: told,
    };
    (SocketLine { asks, state }, end)
}

impl SocketLine {
    /// Asks; waits for a socket that was never tried, and not for one that is down. The caller sets the deadline.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub async fn ask(&self, text: String, first: u64, count: usize) -> Result<Vec<Reply>, String> {
        let down = || "its socket is down".to_owned();
        let mut state = self.state.clone();
        let tried = state.wait_for(|state| *state != SocketState::Opening).await;
        if *tried.map_err(|_| down())? != SocketState::Up {
            return Err(down());
        }
        let (to, answer) = oneshot::channel();
        let ask = Ask { text, first, count, to };
        self.asks
            .try_send(ask)
            .map_err(|_| "too many questions wait for its socket".to_owned())?;
        answer.await.unwrap_or_else(|_| Err(down()))
    }
}
