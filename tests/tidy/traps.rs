//! The list of traps: each one that is closed names a test that exists.

use std::collections::BTreeSet;
use std::fs;

use super::{all_sources, assert_tidy, root};

/// a trap counts as closed only with a test that exists.
#[test]
fn every_trap_in_the_list_has_a_test_that_exists() {
    let Ok(list) = fs::read_to_string(root().join("docs/traps.md")) else {
        return;
    };
    let mut functions = BTreeSet::new();
    for (_, text) in all_sources() {
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once("fn ") {
                let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next();
                functions.extend(name.map(ToOwned::to_owned));
            }
        }
    }
    assert_tidy(&untested_traps(&list, &functions));
}

fn untested_traps(list: &str, functions: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in list.lines().enumerate() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, id, .., tests, _] = cells.as_slice() else {
            continue;
        };
        let id = id.trim_matches('*').trim_end_matches('★');
        if !(id.starts_with('S') || id.starts_with('X')) || !id.contains('-') {
            continue;
        }
        let place = format!("docs/traps.md:{}", index + 1);
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() && !tests.starts_with("later") {
            found.push(format!(
                "{place}: {id} names no test; name one in `backticks`, or say \"later: part N\""
            ));
        }
        for name in names {
            let function = name.rsplit("::").next().unwrap_or(name);
            if !functions.contains(function) {
                found.push(format!(
                    "{place}: {id} names `{name}`, which is no function here; write it or correct it"
                ));
            }
        }
    }
    found
}

#[test]
fn a_trap_without_test_is_told() {
    let functions = BTreeSet::from(["charged_once".to_owned()]);
    let list = "| id | rule | test |\n|---|---|---|\n| S0-01★ | r | `charged_once` |\n| S0-02 | r | |\n\
                | **X-01** | r | `sim::lost` |\n| S3-01 | r | later: part 4 |\n";
    assert_eq!(
        untested_traps(list, &functions),
        [
            "docs/traps.md:4: S0-02 names no test; name one in `backticks`, or say \"later: part N\"",
            "docs/traps.md:5: X-01 names `sim::lost`, which is no function here; write it or correct it",
        ]
    );
}
