//! How processes end, with all that they started.

use std::time::{Duration, Instant};

use bursar::ports::work::Worker;

use super::{Bench, LONG, failed, is_gone, job, ok, script};

const SHORT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn at_its_time_out_all_that_it_started_is_ended() {
    let bench = Bench::new();
    let text = "sleep 1000 & echo $! > child; echo $$ > leader; echo said; wait";
    let begun = Instant::now();
    let done = bench.run(text, SHORT).await;
    assert_eq!(done.result, failed("it did not end within 400ms, and was ended"));
    assert_eq!(done.output, "said\n");
    // It ended when it was asked to.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(is_gone(bench.process("leader").await).await);
    assert!(is_gone(bench.process("child").await).await);
}

#[tokio::test]
async fn one_that_does_not_want_to_end_is_killed() {
    let bench = Bench::new();
    let text =
        "trap '' TERM; (trap '' TERM; sleep 1000) & echo $! > child; echo $$ > leader; while :; do sleep 0.05; done";
    let done = bench.run(text, SHORT).await;
    assert!(done.result.unwrap_err().ends_with("and was ended"));
    assert!(is_gone(bench.process("leader").await).await);
    assert!(is_gone(bench.process("child").await).await);
}

#[tokio::test]
async fn one_that_is_asked_to_end_may_say_so() {
    let bench = Bench::new();
    let text = "trap 'echo bye; exit 0' TERM; while :; do sleep 0.02; done";
    let done = bench.run(text, SHORT).await;
    assert!(done.result.unwrap_err().ends_with("and was ended"));
    assert!(done.output.ends_with("bye\n"), "{}", done.output);
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_nothing_behind() {
    let bench = Bench::new();
    bench.write("job.sh", "sleep 1000 & echo $! > child; echo $$ > leader; wait");
    let workshop = bench.workshop();
    let run = tokio::spawn(async move { workshop.run(&job(), &script("job.sh", &[]), LONG).await });
    let (child, leader) = (bench.process("child").await, bench.process("leader").await);
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    assert!(is_gone(child).await && is_gone(leader).await);
}

#[tokio::test]
async fn what_holds_the_pipe_after_its_end_does_not_hold_the_run() {
    let bench = Bench::new();
    let begun = Instant::now();
    let done = bench
        .run("(sleep 0.2; echo late; sleep 1000) & echo $! > child; echo early", LONG)
        .await;
    assert_eq!(
        (done.result, done.output.as_str()),
        (ok("exited with 0"), "early\nlate\n")
    );
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(is_gone(bench.process("child").await).await);
}

#[tokio::test]
async fn what_speaks_without_end_is_ended_in_time() {
    let bench = Bench::new();
    let begun = Instant::now();
    let done = bench.run("exec yes", SHORT).await;
    assert!(done.result.is_err() && done.output.ends_with("y\n"));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}
