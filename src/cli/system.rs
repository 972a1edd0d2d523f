//! The system of actors that a command runs in, from its beginning to its end.

use actix::System;

/// Runs something that needs actors to its end, on this thread.
///
/// What actors still hold then is dropped with their system. A database connection among it asks for the runtime to be
/// given back to its pool, and would panic without one: a start that failed would end with another exit code and no word
/// of why.
pub(super) fn with_actors<T>(work: impl Future<Output = T>) -> T {
    let system = System::new();
    let runtime = system.runtime().tokio_runtime().handle().clone();
    let done = system.block_on(work);
    let within = runtime.enter();
    drop(system);
    drop(within);
    done
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};
    use std::time::Duration;

    use super::*;

    static SEEN: AtomicU8 = AtomicU8::new(0);

    /// Asks for the runtime when it is dropped, as a pooled connection does.
    struct Connection;

    impl Drop for Connection {
        fn drop(&mut self) {
            let found = tokio::runtime::Handle::try_current().is_ok();
            SEEN.store(if found { 1 } else { 2 }, Ordering::SeqCst);
        }
    }

    #[test]
    fn what_an_actor_holds_at_the_end_is_dropped_within_the_runtime() {
        let done = with_actors(async {
            actix::spawn(async {
                let held = Connection;
                std::future::pending::<()>().await;
                drop(held);
            });
            tokio::time::sleep(Duration::from_millis(1)).await;
            7
        });
        assert_eq!((done, SEEN.load(Ordering::SeqCst)), (7, 1));
    }
}
