//! The HTTP interface of the real process: what floods and slow clients do to it, which is nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::daemon::{Daemon, Home};

/// Connections that say nothing, and connections that say one byte at a time.
const IDLE: usize = 400;
const SLOW: usize = 100;
/// What `/health/live` may take meanwhile.
const PROMPT: Duration = Duration::from_millis(100);

fn address(home: &Home) -> SocketAddr {
    let url = std::fs::read_to_string(home.folder().join("http.url")).unwrap();
    url.trim().strip_prefix("http://").unwrap().parse().unwrap()
}

fn running(home: &Home) -> Daemon {
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    daemon
}

/// One request on a connection of its own, and the whole answer.
fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // The daemon may close while a body that it does not want is still under way.
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}"),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn live(address: SocketAddr) -> Duration {
    let begin = Instant::now();
    let answer = raw(
        address,
        "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    begin.elapsed()
}

/// T21: the head deadline ends them all, and health is prompt throughout (its median; the machine has other guests).
#[test]
fn t21_idle_and_slow_clients_are_dropped_and_health_stays_prompt() {
    let home = Home::fresh();
    let daemon = running(&home);
    let address = address(&home);
    let idle: Vec<TcpStream> = (0..IDLE).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut slow: Vec<TcpStream> = (0..SLOW).map(|_| TcpStream::connect(address).unwrap()).collect();
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < Duration::from_secs(8) {
        for stream in &mut slow {
            // One that was dropped already may refuse it.
            stream.write_all(b"G").unwrap_or_default();
        }
        times.push(live(address));
        std::thread::sleep(Duration::from_millis(200));
    }
    times.sort();
    assert!(times[times.len() / 2] < PROMPT, "{times:?}");
    for mut stream in idle.into_iter().chain(slow) {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut rest = Vec::new();
        let end = stream.read_to_end(&mut rest);
        let closed = end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
        assert!(closed, "a silent connection is still open");
    }
    daemon.stop();
}

/// T21: a body beyond the limit is refused, whatever its length says; many requests in one packet are all answered.
#[test]
fn t21_large_bodies_are_refused_and_pipelined_requests_are_answered() {
    let home = Home::fresh();
    let daemon = running(&home);
    let address = address(&home);
    let token = std::fs::read_to_string(home.folder().join("admin.token")).unwrap();
    let head = format!(
        "POST /users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\n",
        token.trim()
    );
    let told = raw(address, &format!("{head}Content-Length: 104857600\r\n\r\n{{"));
    assert!(told.starts_with("HTTP/1.1 413 "), "{told}");
    let request = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answers = raw(address, &format!("{}{last}", request.repeat(49)));
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 50);
    daemon.stop();
}

#[test]
fn a_port_that_is_taken_is_told_and_nothing_starts() {
    let home = Home::fresh();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut daemon = home.bursar(&["run"]).set("BURSAR__HTTP__LISTEN", &listen).start();
    let status = daemon.wait(crate::daemon::PATIENCE);
    assert_eq!(status.code(), Some(1));
    assert!(
        daemon.stderr().contains(&format!("could not listen on {listen}")),
        "{}",
        daemon.stderr()
    );
}

/// T23: the token that the requests carried is in no log line, no metric and no answer.
#[test]
fn t23_no_log_line_and_no_metric_holds_the_token() {
    let home = Home::fresh();
    let mut daemon = home.bursar(&["run"]).set("BURSAR__LOG__FILTER", "trace").start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let token = std::fs::read_to_string(home.folder().join("admin.token")).unwrap();
    caller.make("/users", &json!({"name": "alice"}));
    assert_eq!(caller.get("/robots/0").unwrap().status, 422);
    let metrics = caller.get("/metrics").unwrap().body.to_string();
    daemon.signal("TERM");
    daemon.wait(crate::daemon::PATIENCE);
    let logs = std::fs::read_dir(home.folder())
        .unwrap()
        .map(|file| file.unwrap().path());
    let logs = logs.filter(|path| path.extension().is_some_and(|end| end == "log"));
    let log: String = logs.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(log.contains("http.request"), "requests are logged");
    assert!(!log.contains(token.trim()), "the log holds the token");
    assert!(!metrics.contains(token.trim()));
}
