//! Which files are run as scripts.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use bursar::ports::work::Worker;
use domain::job::Work;
use regex::Regex;

use super::{Bench, LONG, job, ok, script};

fn mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn scripts_of_the_folder_are_run_with_arguments_that_fit() {
    let mut bench = Bench::new();
    bench.options.script_arguments = vec![Regex::new("^[a-z *$]+$").unwrap()];
    bench.write("job.sh", "printf '<%s>' \"$@\"");
    let work = script("job.sh", &["a b", "*", "$x"]);
    let done = bench.workshop().run(&job(), &work, LONG).await;
    assert_eq!(
        (done.result, done.output.as_str()),
        (ok("exited with 0"), "<a b><*><$x>")
    );
    let wrong = bench.workshop().check(&script("job.sh", &["a", "B"])).unwrap_err();
    assert_eq!(wrong.field, "arguments");
    assert!(
        wrong.rule.contains("jobs.script_arguments") && wrong.rule.contains("number 2"),
        "{wrong}"
    );
}

#[tokio::test]
async fn python_runs_where_there_is_one() {
    let mut bench = Bench::new();
    let python = std::path::Path::new("/usr/bin/python3");
    if !python.exists() {
        crate::skipped::skip("a script of Python; install python3 to turn it on");
        return;
    }
    bench
        .options
        .interpreters
        .insert("python".to_owned(), python.to_owned());
    bench.write("job.py", "import sys; print('hello', sys.argv[1:])");
    let work = Work::Script {
        interpreter: "python".to_owned(),
        file: "job.py".to_owned(),
        arguments: Vec::new(),
    };
    let done = bench.workshop().run(&job(), &work, LONG).await;
    assert_eq!((done.result, done.output.as_str()), (ok("exited with 0"), "hello []\n"));
}

#[test]
fn s4_19_files_that_lead_elsewhere_or_that_others_can_change_are_refused() {
    let bench = Bench::new();
    let scripts = bench.folder.path().join("scripts");
    bench.write("good.sh", "");
    let outside = bench.folder.path().join("outside.sh");
    fs::write(&outside, "").unwrap();
    symlink(&outside, scripts.join("out.sh")).unwrap();
    symlink("good.sh", scripts.join("in.sh")).unwrap();
    symlink("/", scripts.join("root")).unwrap();
    fs::create_dir(scripts.join("folder")).unwrap();
    mode(&bench.write("world.sh", ""), 0o646);
    mode(&bench.write("group.sh", ""), 0o664);
    let check = |file: &str| bench.workshop().check(&script(file, &[]));
    check("good.sh").unwrap();
    check("in.sh").unwrap();
    for (file, rule) in [
        ("none.sh", "cannot be used"),
        ("out.sh", "leads elsewhere"),
        ("root", "leads elsewhere"),
        ("folder", "must be a regular file"),
        ("world.sh", "its mode is 0646"),
        ("group.sh", "its mode is 0664"),
    ] {
        let wrong = check(file).unwrap_err();
        assert!(wrong.field == "file" && wrong.rule.contains(rule), "{file}: {wrong}");
    }
    for file in ["../outside.sh", "..", ".hidden", "-c", "a/b", "/bin/sh"] {
        assert_eq!(check(file).unwrap_err().field, "file", "{file}");
    }
    // Only root can give files away.
    if chown(bench.write("theirs.sh", ""), Some(54_321), None).is_ok() {
        let wrong = check("theirs.sh").unwrap_err();
        assert!(wrong.rule.contains("it belongs to 54321"), "{wrong}");
    }
    mode(&scripts, 0o775);
    let wrong = check("good.sh").unwrap_err();
    assert!(wrong.rule.contains("its mode is 0775"), "{wrong}");
}

#[test]
fn s4_19_interpreters_and_folders_that_the_settings_do_not_name_are_refused() {
    let mut bench = Bench::new();
    bench.write("job.sh", "");
    let other = Work::Script {
        interpreter: "bash".to_owned(),
        file: "job.sh".to_owned(),
        arguments: Vec::new(),
    };
    let wrong = bench.workshop().check(&other).unwrap_err();
    assert_eq!(
        (wrong.field, wrong.rule.as_str()),
        ("interpreter", "must be a name under jobs.interpreters in the settings")
    );
    let given = script("job.sh", &["x"]);
    assert_eq!(bench.workshop().check(&given).unwrap_err().field, "arguments");
    bench.options.scripts = None;
    let wrong = bench.workshop().check(&script("job.sh", &[])).unwrap_err();
    assert!(wrong.field == "file" && wrong.rule.contains("jobs.scripts"), "{wrong}");
}

#[tokio::test]
async fn s4_19_a_link_in_place_of_the_jobs_folder_is_not_followed() {
    let bench = Bench::new();
    fs::create_dir(&bench.options.directory).unwrap();
    symlink(bench.folder.path(), bench.options.directory.join("nightly")).unwrap();
    let why = bench.run("touch here", LONG).await.result.unwrap_err();
    assert!(why.contains("it is no folder"), "{why}");
}
