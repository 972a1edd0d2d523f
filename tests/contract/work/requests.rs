//! Which hosts are asked, at which addresses, and what is told of their answers.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bursar::adapters::work::{Names, Workshop};
use bursar::ports::work::{Done, Worker};
use domain::job::{LONGEST_OUTPUT, Method, Work};

use super::{Bench, LONG, failed, job, ok};
use crate::receiver::{Receiver, Reply, status};

/// Names that have these addresses, and how often they were asked for.
struct Told(Vec<IpAddr>, AtomicUsize);

#[async_trait]
impl Names for Told {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok(self.0.clone())
    }
}

fn names(addresses: &[&str]) -> Arc<Told> {
    let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Arc::new(Told(addresses, AtomicUsize::new(0)))
}

fn get(url: &str) -> Work {
    Work::Url {
        method: Method::Get,
        url: url.to_owned(),
        body: None,
    }
}

/// May ask this receiver under any of these hosts, which get its port.
fn bench(receiver: &Receiver, hosts: &[&str]) -> (Bench, String) {
    let port = receiver.url.rsplit(':').next().unwrap().to_owned();
    let mut bench = Bench::new();
    bench.options.plain_http = true;
    bench.options.private_addresses = true;
    bench.options.hosts = hosts.iter().map(|host| format!("{host}:{port}")).collect();
    (bench, port)
}

async fn ask(bench: &Bench, url: &str) -> Done {
    bench.workshop().run(&job(), &get(url), LONG).await
}

#[tokio::test]
async fn a_host_is_asked_and_what_it_answers_is_kept() {
    let receiver = Receiver::start();
    let (bench, _) = bench(&receiver, &["127.0.0.1"]);
    receiver.will([Reply::With(200, "", "fine".to_owned())]);
    let done = ask(&bench, &format!("{}/ping?key=1", receiver.url)).await;
    assert_eq!((done.result, done.output.as_str()), (ok("status 200"), "fine"));
    let post = Work::Url {
        method: Method::Post,
        url: format!("{}/do", receiver.url),
        body: Some(r#"{"a":1}"#.to_owned()),
    };
    receiver.will([Reply::With(204, "", String::new())]);
    assert_eq!(bench.workshop().run(&job(), &post, LONG).await.result, ok("status 204"));
    let seen = receiver.seen();
    assert_eq!((seen[0].path.as_str(), seen[1].path.as_str()), ("/ping?key=1", "/do"));
    assert_eq!(
        seen[0].header("user-agent"),
        concat!("bursar/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(
        (seen[1].header("content-type"), seen[1].body.as_str()),
        ("application/json", r#"{"a":1}"#)
    );
}

#[tokio::test]
async fn s4_19_redirects_are_not_followed() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let (bench, _) = bench(&receiver, &["127.0.0.1"]);
    let elsewhere: &'static str = format!("Location: {}/\r\n", other.url).leak();
    receiver.will([Reply::With(302, elsewhere, "moved".to_owned())]);
    let done = ask(&bench, &receiver.url).await;
    assert_eq!(done.result, failed("status 302, and redirects are not followed"));
    assert_eq!((done.output.as_str(), other.seen().len()), ("moved", 0));
}

#[tokio::test]
async fn failures_are_told_without_what_stands_behind_the_host() {
    let receiver = Receiver::start();
    let (bench, _) = bench(&receiver, &["127.0.0.1"]);
    let url = format!("{}/canary-path?key=canary", receiver.url);
    receiver.will([status(500), Reply::Close]);
    assert_eq!(ask(&bench, &url).await.result, failed("status 500"));
    let lost = ask(&bench, &url).await.result.unwrap_err();
    assert!(
        lost.starts_with("the connection broke") && !lost.contains("canary"),
        "{lost}"
    );
    receiver.will([Reply::Hang]);
    let begun = Instant::now();
    let done = bench
        .workshop()
        .run(&job(), &get(&url), Duration::from_millis(300))
        .await;
    assert_eq!(done.result, failed("it did not end within 300ms"));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_it() {
    let receiver = Receiver::start();
    let (bench, _) = bench(&receiver, &["127.0.0.1"]);
    receiver.will([Reply::Huge(200)]);
    let done = ask(&bench, &receiver.url).await;
    assert_eq!(done.result, ok("status 200"));
    assert!(done.output.len() <= LONGEST_OUTPUT && done.output.ends_with("xxx"));
}

#[test]
fn s4_19_hosts_that_the_settings_do_not_name_are_refused() {
    let mut bench = Bench::new();
    bench.options.hosts = ["ops.example", "ops.example:8443", "[::1]:9"]
        .map(str::to_owned)
        .to_vec();
    let check = |bench: &Bench, url: &str| bench.workshop().check(&get(url));
    for url in [
        "https://ops.example/a?b",
        "https://OPS.example:443",
        "https://ops.example:8443/",
        "https://[0:0::1]:9/",
    ] {
        check(&bench, url).unwrap();
    }
    for (url, rule) in [
        ("http://ops.example/", "jobs.plain_http"),
        ("https://ops.example:9/", "jobs.hosts"),
        ("https://ops.example./", "jobs.hosts"),
        ("https://a.ops.example/", "jobs.hosts"),
        ("https://ops.example.evil.example/", "jobs.hosts"),
        ("https://evil.example/?ops.example", "jobs.hosts"),
        ("https://evil.example\\@ops.example/", "password"),
        ("https://127.1/", "127.0.0.1:443 is not"),
        ("https://0x7f000001/", "127.0.0.1:443 is not"),
        ("https://[::ffff:127.0.0.1]/", "jobs.hosts"),
        ("https://user@ops.example/", "password"),
    ] {
        let wrong = check(&bench, url).unwrap_err();
        assert!(wrong.field == "url" && wrong.rule.contains(rule), "{url}: {wrong}");
        assert!(!wrong.rule.contains('?'), "{wrong}");
    }
    bench.options.plain_http = true;
    check(&bench, "http://ops.example/").unwrap();
    assert!(check(&bench, "http://ops.example:443/").is_err());
}

#[tokio::test]
async fn s4_19_addresses_that_are_not_public_are_refused_by_default() {
    let receiver = Receiver::start();
    let hosts = [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
    ];
    let (mut bench, port) = bench(&receiver, &hosts);
    bench.options.private_addresses = false;
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]",
    ] {
        let url = format!("http://{host}:{port}/");
        bench.workshop().check(&get(&url)).unwrap();
        let why = ask(&bench, &url).await.result.unwrap_err();
        assert!(
            why.contains("which is not public; jobs.private_addresses"),
            "{host}: {why}"
        );
    }
    assert_eq!(receiver.seen(), []);
}

#[tokio::test]
async fn s4_19_one_address_that_is_not_public_spoils_the_name() {
    let receiver = Receiver::start();
    let (mut bench, port) = bench(&receiver, &["rebind.example"]);
    bench.options.private_addresses = false;
    let url = format!("http://rebind.example:{port}/");
    for (addresses, told) in [
        (&["8.8.8.8", "127.0.0.1"][..], "the address 127.0.0.1"),
        (&["2606:4700::1", "::ffff:10.0.0.1"][..], "the address ::ffff:10.0.0.1"),
        (&["169.254.169.254"][..], "the address 169.254.169.254"),
        (&[][..], "has no address"),
    ] {
        let workshop = Workshop::with_names(bench.options.clone(), names(addresses));
        let why = workshop.run(&job(), &get(&url), LONG).await.result.unwrap_err();
        assert!(why.contains(told), "{why}");
    }
    assert_eq!(receiver.seen(), []);
}

#[tokio::test]
async fn s4_19_the_address_that_was_looked_at_is_the_one_that_is_asked() {
    let receiver = Receiver::start();
    let (bench, port) = bench(&receiver, &["pinned.example"]);
    let names = names(&["127.0.0.1"]);
    let workshop = Workshop::with_names(bench.options.clone(), Arc::clone(&names) as Arc<dyn Names>);
    let url = format!("http://pinned.example:{port}/");
    // Nobody else knows that name.
    assert_eq!(workshop.run(&job(), &get(&url), LONG).await.result, ok("status 200"));
    assert_eq!(names.1.load(Ordering::SeqCst), 1);
    assert_eq!(receiver.seen()[0].header("host"), format!("pinned.example:{port}"));
}
