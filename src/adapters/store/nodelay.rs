//! Sends what is written to a server at once: turns Nagle's algorithm off on this process's connections.
//!
//! sqlx 0.9.0 leaves it on (its issue 4335; the fix is merged, and this file goes with the release that has it). A
//! statement that fills more than a segment then waits, now and then, for the server's delayed acknowledgement: 40 ms.
//! The driver shows nobody its sockets, so they are found where Linux lists them, and reached through copies.

use std::fs;
use std::io;

use rustix::net::sockopt;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

/// Where Linux lists the files that this process has open.
const OPEN_FILES: &str = "/proc/self/fd";

/// Turns it off for every socket that is open now. Where that is not allowed, the store only is slower.
pub fn send_at_once() {
    match on_all_sockets() {
        Ok(found) => tracing::debug!(found, "connections send at once"),
        Err(error) => tracing::debug!(%error, "connections could not be told to send at once"),
    }
}

/// How many TCP connections were found.
fn on_all_sockets() -> io::Result<usize> {
    let me = pidfd_open(getpid(), PidfdFlags::empty())?;
    let mut found = 0;
    for file in fs::read_dir(OPEN_FILES)? {
        let file = file?;
        let number = file.file_name().to_str().and_then(|name| name.parse().ok());
        let is_socket = || fs::read_link(file.path()).is_ok_and(|what| what.to_string_lossy().starts_with("socket:"));
        let Some(number) = number.filter(|_| is_socket()) else {
            continue;
        };
        match pidfd_getfd(&me, number, PidfdGetfdFlags::empty()) {
            // Sockets of other kinds refuse it.
            Ok(socket) => found += usize::from(sockopt::set_tcp_nodelay(&socket, true).is_ok()),
            // Closed since it was listed.
            Err(rustix::io::Errno::BADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_connection_sends_at_once_from_then_on() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert!(!stream.nodelay().unwrap());
        assert!(on_all_sockets().unwrap() >= 1);
        assert!(stream.nodelay().unwrap());
    }
}
