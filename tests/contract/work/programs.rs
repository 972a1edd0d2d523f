//! What processes get, and what is told of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bursar::adapters::work::Program;
use bursar::ports::work::Worker;
use domain::job::{LONGEST_OUTPUT, Work};
use regex::Regex;

use super::{Bench, LONG, failed, job, ok};

fn command(program: &str, arguments: &[&str]) -> Work {
    Work::Command {
        program: program.to_owned(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
    }
}

fn program(bench: &mut Bench, name: &str, path: &str, patterns: &[&str]) {
    let program = Program {
        path: PathBuf::from(path),
        arguments: patterns.iter().map(|pattern| Regex::new(pattern).unwrap()).collect(),
    };
    bench.options.programs.insert(name.to_owned(), program);
}

#[tokio::test]
async fn s4_19_a_process_gets_a_bare_environment_and_a_folder_of_its_own() {
    let mut bench = Bench::new();
    program(&mut bench, "env", "/usr/bin/env", &[]);
    let done = bench.workshop().run(&job(), &command("env", &[]), LONG).await;
    assert_eq!(done.result, ok("exited with 0"));
    let home = bench.options.directory.join("nightly").canonicalize().unwrap();
    let mut lines: Vec<&str> = done.output.lines().collect();
    lines.sort_unstable();
    let home_line = format!("HOME={}", home.display());
    assert_eq!(
        lines,
        ["BURSAR_JOB=nightly", &home_line, "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]
    );
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
    // Nobody speaks to it.
    let done = bench.run("pwd; cat", LONG).await;
    assert_eq!(done.output, format!("{}\n", home.display()));
}

#[tokio::test]
async fn s4_19_no_shell_reads_arguments() {
    let mut bench = Bench::new();
    program(&mut bench, "echo", "/bin/echo", &[".*"]);
    let arguments = ["$HOME", "*", "; id", "`id`", "$(id)", "a b", "'\"", "| cat", "> x"];
    let done = bench.workshop().run(&job(), &command("echo", &arguments), LONG).await;
    assert_eq!(done.output, format!("{}\n", arguments.join(" ")));
}

#[tokio::test]
async fn codes_and_signals_are_told() {
    let bench = Bench::new();
    for (text, told) in [
        ("exit 3", "exited with 3"),
        ("kill -KILL $$", "was killed by SIGKILL"),
        ("kill -SEGV $$", "was killed by SIGSEGV"),
        ("kill -USR1 $$", "was killed by signal 10"),
        ("no-such-program", "exited with 127"),
    ] {
        let done = bench.run(text, LONG).await;
        assert_eq!(done.result, failed(told), "{text}");
    }
    let done = bench
        .run("echo to one; echo to the other >&2; printf 'a\\0b\\377'", LONG)
        .await;
    assert_eq!(done.output, "to one\nto the other\na\u{fffd}b\u{fffd}");
}

#[tokio::test]
async fn a_program_that_cannot_be_started_says_why() {
    let mut bench = Bench::new();
    let text = bench.write("text", "neither a program nor of a form that is one");
    fs::set_permissions(&text, fs::Permissions::from_mode(0o755)).unwrap();
    program(&mut bench, "text", text.to_str().unwrap(), &[]);
    let done = bench.workshop().run(&job(), &command("text", &[]), LONG).await;
    let why = done.result.unwrap_err();
    assert!(why.contains("could not be started"), "{why}");
}

#[tokio::test]
async fn of_much_output_the_end_is_kept() {
    let bench = Bench::new();
    let begun = Instant::now();
    let done = bench
        .run("head -c 50000000 /dev/zero | tr '\\0' 'x'; echo the end", LONG)
        .await;
    assert_eq!(done.result, ok("exited with 0"));
    assert!(done.output.len() <= LONGEST_OUTPUT && done.output.len() > LONGEST_OUTPUT - 8);
    assert!(done.output.starts_with('…') && done.output.ends_with("xthe end\n"));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn limits_hold() {
    let mut bench = Bench::new();
    bench.options.limits.file = 4_096;
    let done = bench
        .run("sleep 0.1; exec head -c 100000 /dev/zero > large", LONG)
        .await;
    assert!(done.result.is_err(), "{done:?}");
    assert_eq!(bench.noted("large").len(), 4_096);
    bench.options.limits.memory = 256 * 1_048_576;
    bench.options.limits.open_files = 32;
    let done = bench
        .run(
            "sleep 0.1; ulimit -v; ulimit -n; ulimit -c; ulimit -t; ulimit -f",
            Duration::from_secs(7),
        )
        .await;
    assert_eq!(done.output, "262144\n32\n0\n7\n8\n");
    let done = bench
        .run("sleep 0.1; while :; do :; done", Duration::from_secs(1))
        .await;
    assert!(done.result.is_err(), "{done:?}");
}

#[tokio::test]
async fn s4_19_programs_that_the_settings_do_not_name_are_refused() {
    let mut bench = Bench::new();
    program(&mut bench, "echo", "/bin/echo", &[]);
    program(&mut bench, "day", "/bin/echo", &["^--day$", "^[0-9]{4}$"]);
    program(&mut bench, "gone", "/nowhere/at/all", &[]);
    let loose = bench.write("loose", "#!/bin/sh\n");
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o777)).unwrap();
    program(&mut bench, "loose", loose.to_str().unwrap(), &[]);
    let workshop = bench.workshop();
    workshop.check(&command("echo", &[])).unwrap();
    workshop.check(&command("day", &["--day", "2026"])).unwrap();
    for (work, field, rule) in [
        (command("cat", &[]), "program", "jobs.programs in the settings"),
        (command("echo", &["x"]), "arguments", "jobs.programs.echo.arguments"),
        (command("day", &["--day", "x"]), "arguments", "number 2 does not"),
        (command("gone", &[]), "program", "cannot be used"),
        (command("loose", &[]), "program", "its mode is 0777"),
        (
            Work::Builtin {
                task: "verify_ledger".to_owned(),
            },
            "type",
            "daemon's own",
        ),
    ] {
        let wrong = workshop.check(&work).unwrap_err();
        assert!(wrong.field == field && wrong.rule.contains(rule), "{wrong}");
        // Also when the work was allowed once.
        let why = workshop.run(&job(), &work, LONG).await.result.unwrap_err();
        assert!(why.starts_with("it is not allowed: ") && why.contains(rule), "{why}");
    }
    bench.options.kinds = Vec::new();
    let wrong = bench.workshop().check(&command("echo", &[])).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "`type` command is switched off; jobs.kinds in the settings switches it on"
    );
}
