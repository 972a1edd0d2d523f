//! Doubt about connections: a question that was given up leaves its connection in the middle of an answer.
//!
//! Asking a connection for a sign of life each time it is given back would cost every transaction a round trip, so it is
//! asked only while there is doubt. There is one doubt for the whole process: one too many only costs questions.

use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, error::Elapsed, timeout};

/// How long doubt lasts: longer than it takes until the connection is given back.
const LASTS: Duration = Duration::from_secs(30);

static SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Whether a question failed or was given up lately.
pub fn is_fresh() -> bool {
    lock().is_some_and(|since| since.elapsed() < LASTS)
}

/// Waits for the answer to a question, no longer than the deadline. Whatever ends it but an answer raises doubt, also when
/// nobody waits for it any more.
pub async fn answer<T, E>(
    deadline: Duration,
    question: impl Future<Output = Result<T, E>>,
) -> Result<Result<T, E>, Elapsed> {
    // Dropped in the reverse order: there is doubt before the connection is given back.
    let question = pin!(timeout(deadline, question));
    let mut open = Open { answered: false };
    let answer = question.await;
    open.answered = matches!(answer, Ok(Ok(_)));
    answer
}

/// A question without an answer.
struct Open {
    answered: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.answered {
            *lock() = Some(Instant::now());
        }
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Instant>> {
    SINCE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    const SHORT: Duration = Duration::from_millis(10);

    /// One test, since there is one doubt.
    #[tokio::test(start_paused = true)]
    async fn only_an_answer_leaves_no_doubt() {
        tokio::time::advance(LASTS).await;
        assert!(answer(SHORT, ready(Ok::<_, ()>(7))).await.is_ok());
        assert!(!is_fresh());
        assert!(answer(SHORT, ready(Err::<(), _>(7))).await.is_ok());
        assert!(is_fresh(), "it failed");
        tokio::time::advance(LASTS).await;
        assert!(!is_fresh(), "that is long ago");
        assert!(answer(SHORT, pending::<Result<(), ()>>()).await.is_err());
        assert!(is_fresh(), "it was given up");
        tokio::time::advance(LASTS).await;
        drop(timeout(SHORT, answer(LASTS, pending::<Result<(), ()>>())).await);
        assert!(is_fresh(), "nobody waits for it any more");
    }
}
