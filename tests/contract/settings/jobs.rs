//! Jobs in the settings: what is off by default, what is taken and what is refused.

use std::path::Path;
use std::time::Duration;

use bursar::adapters::work::Limits;
use bursar::assemble::work;
use bursar::config::{Sources, WorkKind};

use super::{folder, from_folder, loaded, wrong_by_variable, wrong_lines};

#[test]
fn s4_19_nothing_runs_that_the_settings_do_not_switch_on() {
    let settings = loaded(&Sources::default().with_variable("STATE_DIRECTORY", "/var/lib/bursar"));
    let jobs = &settings.jobs;
    assert_eq!(
        (
            jobs.kinds.len(),
            jobs.programs.len(),
            jobs.interpreters.len(),
            jobs.hosts.len()
        ),
        (0, 0, 0, 0)
    );
    assert!(!jobs.plain_http && !jobs.private_addresses);
    assert_eq!(settings.job_directory(), Path::new("/var/lib/bursar/jobs"));
    assert_eq!((jobs.misfire_after, jobs.most_catch_up), (Duration::from_secs(60), 100));
    assert_eq!((jobs.keep_runs, jobs.most_at_once), (100, 8));
    let options = work::options(&settings).unwrap();
    assert!(options.kinds.is_empty() && options.scripts.is_none());
    let gib = 1_073_741_824;
    let limits = Limits {
        memory: gib,
        file: gib,
        open_files: 256,
    };
    assert_eq!(options.limits, limits);
}

#[test]
fn what_is_set_is_what_the_worker_may_do() {
    let folder = folder(&[(
        "base.toml",
        r#"
[jobs]
kinds = ["command", "script"]
scripts = "/etc/bursar/scripts"
script_arguments = ["[a-z]+"]
hosts = ["ops.example:8443"]
directory = "/srv/jobs"
[jobs.programs.report]
path = "/usr/local/bin/report"
arguments = ["--day", "[0-9]{4}"]
[jobs.interpreters]
sh = "/bin/sh"
"#,
    )]);
    let settings = loaded(&from_folder(&folder));
    assert_eq!(settings.jobs.kinds, [WorkKind::Command, WorkKind::Script]);
    let options = work::options(&settings).unwrap();
    assert_eq!(options.kinds, ["command", "script"]);
    let report = &options.programs["report"];
    assert_eq!(report.path, Path::new("/usr/local/bin/report"));
    let fits = |text: &str| report.arguments.iter().any(|pattern| pattern.is_match(text));
    assert!(fits("--day") && fits("2026") && !fits("20260") && !fits("--day 2026"));
    assert_eq!(options.interpreters["sh"], Path::new("/bin/sh"));
    assert_eq!(options.scripts.as_deref(), Some(Path::new("/etc/bursar/scripts")));
    assert_eq!(options.directory, Path::new("/srv/jobs"));
    let listed = loaded(&Sources::default().with_variable("BURSAR__JOBS__KINDS", "url, script"));
    assert_eq!(listed.jobs.kinds, [WorkKind::Url, WorkKind::Script]);
}

const WRONG: &str = r#"
[jobs]
kinds = ["url", "url"]
scripts = "scripts"
script_arguments = ["a)|(b"]
hosts = ["ops.example", "https://ops.example"]
path = "/usr/bin:"
memory_mb = 1
open_files = 1
misfire_after = "2d"
most_catch_up = 0
keep_runs = 9
most_at_once = 65
shell = "/bin/sh"
[jobs.programs.Report]
arguments = ["["]
shell = true
[jobs.interpreters]
sh = "sh"
"#;

#[test]
fn each_wrong_key_of_jobs_is_told_with_its_rule() {
    let folder = folder(&[("base.toml", WRONG)]);
    let told = wrong_lines(&from_folder(&folder));
    let rule = "must be named with 1 to 40 of a-z, 0-9, - and _";
    let known = "`kinds`, `programs`, `interpreters`, `scripts`, `script_arguments`, `hosts`, `private_addresses`, `plain_http`, \
                 `directory`, `path`, `memory_mb`, `file_mb`, `open_files`, `misfire_after`, `most_catch_up`, `keep_runs`, `most_at_once`, `every`";
    let host = "must be NAME or NAME:PORT in lower case, without scheme and path; an IPv6 address stands in brackets";
    assert_eq!(
        told,
        [
            &format!("jobs.hosts[1]: value \"https://ops.example\" {host}"),
            "jobs.interpreters.sh: value \"sh\" must be an absolute path",
            "jobs.keep_runs: value \"9\" must be between 10 and 100000",
            "jobs.kinds: value \"[url, url]\" must name each kind once",
            "jobs.memory_mb: value \"1\" must be 0, or between 16 and 1048576",
            "jobs.misfire_after: value \"2d\" must be between 1s and 1d",
            "jobs.most_at_once: value \"65\" must be between 1 and 64",
            "jobs.most_catch_up: value \"0\" must be between 1 and 10000",
            "jobs.open_files: value \"1\" must be 0, or between 16 and 65536",
            "jobs.path: value \"/usr/bin:\" must be absolute paths of folders with colons between them",
            &format!("jobs.programs.Report: value \"Report\" {rule}"),
            "jobs.programs.Report.arguments[0]: value \"[\" must be a regular expression",
            "jobs.programs.Report.path: value \"\" must be an absolute path",
            "jobs.programs.Report.shell: unknown key; known here: `path`, `arguments`",
            "jobs.script_arguments[0]: value \"a)|(b\" must be a regular expression",
            "jobs.scripts: value \"scripts\" must be an absolute path",
            &format!("jobs.shell: unknown key; known here: {known}"),
        ]
    );
    let rule = "must be one of compare_solvency, ";
    let told = wrong_by_variable("BURSAR__JOBS__EVERY__SWEEP", "1h");
    assert!(
        told.len() == 1 && told[0].starts_with(&format!("jobs.every: value \"sweep\" {rule}")),
        "{told:?}"
    );
    assert_eq!(
        wrong_by_variable("BURSAR__JOBS__EVERY__REPORT_DAY", "8d"),
        ["jobs.every.report_day: value \"8d\" must be between 1s and 7d"]
    );
    assert_eq!(
        wrong_by_variable("BURSAR__JOBS__KINDS", "builtin"),
        ["jobs.kinds: value \"builtin\" must be one of `command`, `script`, `url`"]
    );
}
