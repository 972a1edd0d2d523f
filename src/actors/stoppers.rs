//! Who asked an actor to stop, and waits until it has.

use actix::ResponseFuture;
use tokio::sync::oneshot;

/// Those who wait for an actor to end.
#[derive(Debug, Default)]
pub struct Stoppers(Vec<oneshot::Sender<()>>);

impl Stoppers {
    /// Waits with the others. An answer that never comes is an actor that is gone, which is what was asked for.
    pub fn wait(&mut self) -> ResponseFuture<()> {
        let (reply, stopped) = oneshot::channel();
        self.0.push(reply);
        Box::pin(async move { drop(stopped.await) })
    }

    /// Whether nobody asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells all that `who` has ended.
    pub fn tell(&mut self, who: &'static str) {
        for stopper in self.0.drain(..) {
            if stopper.send(()).is_err() {
                tracing::debug!("who asked {who} to stop has gone");
            }
        }
    }
}
