//! Jobs of a real daemon: killed at every step of a run, stopped in the middle of one, and all of its own run by hand.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::books::Window;
use crate::daemon::{Daemon, Home, PATIENCE};
use crate::shared::Shared;

/// Every step of a run.
const POINTS: [&str; 4] = ["job.before_begin", "job.begun", "job.before_end", "job.ended"];

/// A home whose daemon runs scripts with the shell, from a folder of their own.
fn home(home: Home) -> Home {
    let scripts = home.folder().join("scripts");
    fs::create_dir(&scripts).unwrap();
    let write = |name: &str, text: &str| {
        let file = scripts.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    };
    write("mark.sh", "echo run >> marks\necho marked\n");
    write("long.sh", "echo $$ > pid\nsleep 1000 &\necho $! > child\nwait\n");
    write("fail.sh", "echo no such file >&2\nexit 3\n");
    let scripts = scripts.to_str().unwrap().to_owned();
    home.set("BURSAR__JOBS__KINDS", "command,script")
        .set("BURSAR__JOBS__INTERPRETERS__SH", "/bin/sh")
        .set("BURSAR__JOBS__SCRIPTS", scripts)
}

fn script(name: &str, file: &str, cron: &str) -> Value {
    json!({"name": name, "work": {"type": "script", "interpreter": "sh", "file": file}, "cron": cron, "back_off": 0})
}

fn marks(home: &Home, job: &str) -> usize {
    let file = home.folder().join("jobs").join(job).join("marks");
    fs::read_to_string(file).unwrap_or_default().lines().count()
}

fn runs(daemon: &Daemon, query: &str) -> Option<Vec<Value>> {
    let answer = daemon.caller()?.get(&format!("/jobs/runs?{query}")).ok()?;
    answer.body["items"].as_array().cloned()
}

fn killed_at_every_step(shared: &Shared) {
    let home = home(shared.home());
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    daemon
        .caller()
        .unwrap()
        .make("/jobs", &script("mark", "mark.sh", "* * * * * *"));
    daemon.wait_until("run", |daemon| runs(daemon, "job=mark&state=succeeded")?.pop());
    daemon.stop();
    for point in POINTS {
        let mut daemon = home
            .bursar(&["run"])
            .failing_at(&format!("{point}=2*off->return"))
            .start();
        let status = daemon.wait(PATIENCE);
        assert!(!status.success(), "{point}: {status}");
    }
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    daemon.wait_until("settled", |daemon| {
        let running = runs(daemon, "state=running")?;
        // Runs of this life are over within a second.
        let old = |run: &Value| {
            !run["worker"]
                .as_str()
                .is_some_and(|worker| worker.ends_with(&format!(":{}", daemon.pid())))
        };
        (!running.iter().any(old)).then_some(())
    });
    daemon.caller().unwrap().make("/jobs/mark/disable", &json!({}));
    daemon.wait_until("at rest", |daemon| {
        runs(daemon, "state=running")?.is_empty().then_some(())
    });
    daemon.stop();
    let window = Window::open(&shared.url);
    let count = |what: &str| window.count(&format!("SELECT COUNT(*) FROM job_run WHERE job = 'mark' AND {what}"));
    let twice = "SELECT due FROM job_run WHERE job = 'mark' AND due IS NOT NULL GROUP BY due HAVING COUNT(*) > 1";
    assert_eq!(window.rows(twice).len(), 0);
    let (succeeded, failed) = (count("state = 'succeeded'"), count("state = 'failed'"));
    let marked = i64::try_from(marks(&home, "mark")).unwrap();
    // One died before it ran, one after it had run and before that was written down; a run beside another's death may have died, too.
    assert!((2..=4).contains(&failed), "{succeeded} succeeded, {marked} ran");
    assert!(
        marked > succeeded && marked <= succeeded + failed,
        "{succeeded} succeeded, {failed} failed, {marked} ran"
    );
    assert_eq!(count("result LIKE 'the daemon ended%'"), failed);
    home.verify();
}

#[test]
fn t13_killed_at_every_step_of_a_run_on_sqlite_no_due_time_runs_twice() {
    killed_at_every_step(&Shared::sqlite());
}

#[test]
fn t13_killed_at_every_step_of_a_run_on_postgres_no_due_time_runs_twice() {
    if let Some(shared) = Shared::postgres() {
        killed_at_every_step(&shared);
    }
}

#[test]
fn t13_killed_at_every_step_of_a_run_on_mariadb_no_due_time_runs_twice() {
    if let Some(shared) = Shared::mariadb("jobs") {
        killed_at_every_step(&shared);
    }
}

fn lives(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    // Who waits to be fetched by its parent is dead.
    state
        .rsplit(')')
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

#[test]
fn stopped_in_the_middle_of_a_run_it_ends_all_that_the_run_started_and_says_so() {
    let home = home(Home::fresh());
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    caller.make("/jobs", &script("long", "long.sh", "0 0 0 1 1 *"));
    caller.make("/jobs/long/run", &json!({}));
    let folder = home.folder().join("jobs/long");
    let read = |name: &str| {
        fs::read_to_string(folder.join(name))
            .ok()
            .filter(|text| !text.trim().is_empty())
    };
    let pids = daemon.wait_until("begun", |_| Some([read("pid")?, read("child")?]));
    assert!(pids.iter().all(|pid| lives(pid)));
    daemon.stop();
    assert!(!pids.iter().any(|pid| lives(pid)));
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let run = runs(&daemon, "job=long").unwrap().remove(0);
    assert_eq!(
        (&run["state"], &run["result"]),
        (&json!("failed"), &json!("the daemon was stopped"))
    );
    daemon.stop();
}

#[test]
fn the_command_line_makes_runs_and_removes_jobs_and_tells_failures_by_its_exit_code() {
    let home = home(Home::fresh());
    let bursar = |arguments: &[&str]| {
        let mut command = home.bursar(arguments).start();
        let status = command.wait(PATIENCE);
        (status.code(), command.stdout(), command.stderr())
    };
    // Without a daemon the database itself is asked.
    assert_eq!(bursar(&["migrate", "up"]).0, Some(0));
    let create = [
        "job",
        "create",
        "bad",
        "--script",
        "fail.sh",
        "--interpreter",
        "sh",
        "--cron",
        "0 0 0 1 1 *",
    ];
    let (code, told, wrong) = bursar(&create);
    assert_eq!(code, Some(0), "{told}{wrong}");
    let (code, _, wrong) = bursar(&["job", "create", "worse", "--program", "rm", "--cron", "0 0 0 1 1 *"]);
    assert!(code == Some(2) && wrong.contains("work.program"), "{code:?} {wrong}");
    let (code, told, _) = bursar(&["job", "next", "30 */5 * * * *"]);
    assert!(code == Some(0) && told.contains(":30.000Z"), "{told}");
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let (code, told, _) = bursar(&["job", "run", "bad", "--json"]);
    assert_eq!(code, Some(1), "{told}");
    let run: Value = serde_json::from_str(told.trim()).unwrap();
    assert_eq!(
        (&run["state"], &run["result"]),
        (&json!("failed"), &json!("exited with 3"))
    );
    assert_eq!(run["output"].as_str().unwrap().trim(), "no such file");
    assert_eq!(bursar(&["job", "edit", "bad", "--misfire", "skip"]).0, Some(0));
    let (_, told, _) = bursar(&["job", "list"]);
    for words in ["verify_ledger", "bad", "0 0 0 1 1 *", "failed"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(bursar(&["job", "remove", "bad"]).0, Some(0));
    assert_eq!(bursar(&["job", "show", "bad"]).0, Some(1));
    daemon.stop();
}

#[test]
fn every_job_of_the_daemon_is_listed_and_can_be_run_by_hand() {
    let home = Home::fresh();
    let mut daemon = home.bursar(&["run"]).start();
    daemon.wait_ready();
    let caller = daemon.caller().unwrap();
    let all = caller.get("/jobs").unwrap().body;
    let names: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|job| job["name"].as_str())
        .collect();
    assert_eq!(names.len(), 12, "{names:?}");
    for name in names {
        let id = caller.make(&format!("/jobs/{name}/run"), &json!({}))["id"].clone();
        let run = daemon.wait_until(name, |daemon| {
            let run = daemon.caller()?.get(&format!("/jobs/runs/{id}")).ok()?.body;
            (run["state"] != "running").then_some(run)
        });
        assert_eq!(run["state"], "succeeded", "{run}");
    }
    daemon.stop();
}
