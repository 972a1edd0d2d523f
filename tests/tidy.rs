//! The house itself: which word lives where, how long files are, and which names do not exist.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "tidy/metrics.rs"]
mod metrics;
#[path = "tidy/runbook.rs"]
mod runbook;
#[path = "tidy/traps.rs"]
mod traps;
#[path = "tidy/words.rs"]
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use words::WORDS;

/// What stands directly in src/.
const ROOMS: &[&str] = &[
    "actors",
    "adapters",
    "assemble",
    "cli",
    "clock",
    "config",
    "crash",
    "desk",
    "event",
    "http",
    "import",
    "jobs",
    "lib",
    "main",
    "ports",
    "simulator",
    "telemetry",
    "view",
];

const BANNED_FILES: &[&str] = &["mod", "utils", "util", "common", "helpers", "helper", "misc"];
const BANNED_ENDS: &[&str] = &["Manager", "Service", "Processor", "Info", "Data"];
const LONGEST_FILE: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file with its path from the root, sorted.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut paths);
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    paths
        .iter()
        .map(|path| (name(path), fs::read_to_string(path).unwrap()))
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    sources(&["src", "domain", "entity", "migration", "tests", "benches"])
}

/// The lines before the test module, with their numbers.
fn code(text: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
    let end = tail.unwrap_or(lines.len());
    lines[..end]
        .iter()
        .enumerate()
        .map(|(index, line)| (index + 1, *line))
        .collect()
}

/// The line without its comment.
fn bare(line: &str) -> &str {
    let comment = line.match_indices("//").map(|(at, _)| at);
    let start = comment
        .into_iter()
        .find(|at| line[..*at].chars().all(char::is_whitespace) || line[..*at].ends_with(' '));
    &line[..start.unwrap_or(line.len())]
}

/// Whether the word stands in the line as a word of its own.
fn holds(line: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let longer = after.is_some_and(inside) && word.ends_with(inside);
        !(longer || before.is_some_and(inside))
    })
}

fn starts(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}

fn misplaced_words(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rule in WORDS
        .iter()
        .filter(|rule| starts(path, rule.within) && !starts(path, rule.homes))
    {
        for (number, line) in code(text).into_iter().filter(|(_, line)| holds(bare(line), rule.word)) {
            let homes = if rule.homes.is_empty() {
                "nowhere".to_owned()
            } else {
                rule.homes.join(", ")
            };
            let line = line.trim();
            found.push(format!(
                "{path}:{number}: `{}` may stand in {homes}, here is `{line}`; {}",
                rule.word, rule.advice
            ));
        }
    }
    found
}

fn banned_names(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in code(text) {
        let words: Vec<&str> = bare(line).split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        for pair in words.windows(2) {
            let [kind, name] = pair else { continue };
            let of_type = ["struct", "enum", "trait", "type"].contains(kind);
            if of_type && BANNED_ENDS.iter().any(|end| name.ends_with(end)) {
                found.push(format!(
                    "{path}:{number}: `{name}` says nothing; name the thing for what it is"
                ));
            }
            if *kind == "fn" && name.starts_with("get_") {
                found.push(format!(
                    "{path}:{number}: `{name}` is a getter; name it for what it answers"
                ));
            }
        }
    }
    found
}

fn unfinished(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        for mark in ["TODO", "FIXME", "XXX", "HACK"] {
            if holds(line, mark) {
                found.push(format!(
                    "{path}:{number}: `{mark}` stays nowhere; do it, or open an issue"
                ));
            }
        }
        if line.trim_start().starts_with("#[allow(") || line.trim_start().starts_with("#![allow(") {
            found.push(format!(
                "{path}:{number}: use #[expect(…, reason = \"…\")], which ends when its cause does"
            ));
        }
    }
    found
}

fn shape(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//! ") {
        found.push(format!("{path}:1: the first line says what the file owns: `//! …`"));
    }
    let length = code(text).len();
    if length > LONGEST_FILE {
        found.push(format!(
            "{path}:{length}: {length} lines without tests, {LONGEST_FILE} at most; split by what it owns"
        ));
    }
    let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
    if BANNED_FILES.contains(&stem) {
        found.push(format!(
            "{path}:1: no file is called {stem}.rs; use x.rs beside x/, and name what it owns"
        ));
    }
    found
}

fn assert_tidy(found: &[String]) {
    assert!(found.is_empty(), "{} untidy places:\n{}", found.len(), found.join("\n"));
}

/// Asserts that no file breaks the rule; the samples in this test itself are no part of the house.
fn assert_everywhere(rule: fn(&str, &str) -> Vec<String>) {
    let files = all_sources();
    let judged = files.iter().filter(|(path, _)| !path.starts_with("tests/tidy"));
    let found: Vec<String> = judged.flat_map(|(path, text)| rule(path, text)).collect();
    assert_tidy(&found);
}

#[test]
fn every_metric_is_described_and_every_counter_is_a_total() {
    assert_tidy(&metrics::undescribed(&sources(&["src"])));
}

#[test]
fn every_word_stands_in_its_home() {
    assert_everywhere(misplaced_words);
}

#[test]
fn every_name_says_what_it_is() {
    assert_everywhere(banned_names);
}

#[test]
fn every_file_is_short_and_says_what_it_owns() {
    assert_everywhere(shape);
}

#[test]
fn nothing_is_left_for_later() {
    assert_everywhere(unfinished);
}

#[test]
fn every_room_of_the_shell_is_on_the_plan() {
    let mut found = Vec::new();
    for (path, _) in sources(&["src"]) {
        let room = path
            .trim_start_matches("src/")
            .split('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs");
        if !ROOMS.contains(&room) {
            found.push(format!(
                "{path}:1: src/ has no room `{room}`; move it into one of {}",
                ROOMS.join(", ")
            ));
        }
        let folder = Path::new(&path).parent().unwrap();
        if folder != Path::new("src") && !root().join(folder).with_extension("rs").exists() {
            found.push(format!(
                "{path}:1: {}.rs is missing beside its folder",
                folder.display()
            ));
        }
    }
    assert_tidy(&found);
}

#[test]
fn a_misplaced_word_is_told_with_place_rule_and_advice() {
    let text = "//! x\n// reqwest in a comment\nuse reqwest::Client;\n#[cfg(test)]\nmod tests { use reqwest; }\n";
    assert_eq!(
        misplaced_words("src/actors/robot.rs", text),
        [
            "src/actors/robot.rs:3: `reqwest` may stand in src/adapters, src/cli/client, \
          here is `use reqwest::Client;`; put the call behind a port"
        ]
    );
    assert!(misplaced_words("src/adapters/venue/okx.rs", text).is_empty());
    assert_eq!(
        misplaced_words("domain/src/a.rs", "let x: f64;\nlet f64x = 1;\nasyncio\n").len(),
        1
    );
}

#[test]
fn a_banned_name_a_long_file_and_a_leftover_are_told() {
    assert_eq!(
        banned_names("src/a.rs", "pub struct RobotManager;\nfn get_x() {}\nlet getter = 1;\n").len(),
        2
    );
    assert_eq!(
        shape("src/a/mod.rs", &format!("//! x\n{}", "//\n".repeat(400))).len(),
        2
    );
    assert_eq!(
        unfinished("src/a.rs", "// TODO: later\n#[allow(dead_code)]\nlet todos = 1;\n").len(),
        2
    );
}
