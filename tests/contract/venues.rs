//! What venues document, payload by payload, each through the parser that reads it, whole and damaged.
//!
//! The payloads lie beside the project, or where `BURSAR_FIXTURES` says. Each file of a venue stands in its table, read
//! or not read with the reason, so that a new one without a test is seen.

mod asks;
mod binance;
mod bitget;
mod bybit;
mod fuzz;
mod gate;
mod okx;
#[path = "../support/parsers.rs"]
mod parsers;
mod protections;
mod samples;
mod signatures;
mod tables;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bursar::adapters::venue::dialect::ParseError;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::skipped::tell;

/// A parser whose answer is shown.
type Shown = fn(&[u8]) -> Result<String, ParseError>;

/// A documented payload.
pub struct Sheet {
    /// Its file, below the venue's folder.
    file: &'static str,
    /// Through which parser, and what the answer must show.
    read: Read,
}

enum Read {
    /// Through this parser; what it answers shows all of these.
    As(Shown, &'static [&'static str]),
    /// By nothing, because.
    Not(&'static str),
}

/// A payload that a parser reads.
pub const fn read(file: &'static str, parser: Shown, shows: &'static [&'static str]) -> Sheet {
    Sheet {
        file,
        read: Read::As(parser, shows),
    }
}

/// A payload that nothing reads, because.
pub const fn skip(file: &'static str, why: &'static str) -> Sheet {
    Sheet {
        file,
        read: Read::Not(why),
    }
}

/// Shows what a parser answers.
macro_rules! shown {
    ($parser:path) => {
        |body| $parser(body).map(|answer| format!("{answer:?}"))
    };
    ($parser:path, $facts:path) => {
        |body| $parser(body, &$facts()).map(|answer| format!("{answer:?}"))
    };
}
pub(crate) use shown;

/// The folder of a venue's payloads, where it is.
fn folder(below: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let folder = std::env::var_os("BURSAR_FIXTURES").map_or_else(beside, PathBuf::from);
    let folder = folder.join(below);
    if !folder.exists() {
        tell(&format!(
            "tests on documented payloads; set BURSAR_FIXTURES to the folder that has {below} to turn them on"
        ));
        return None;
    }
    Some(folder)
}

fn files(folder: &Path, below: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, below, found);
        } else if path.extension().is_some_and(|end| end == "json" || end == "txt") {
            found.insert(path.strip_prefix(below).unwrap().display().to_string());
        }
    }
}

/// The answers in a file: one body of an endpoint, or every message of a dialogue that is received.
fn answers(path: &Path) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|end| end == "txt") {
        return received(&text);
    }
    let body: serde_json::Value = serde_json::from_str(&text).unwrap();
    vec![serde_json::to_vec(&body["response"]).unwrap()]
}

/// Messages begin with `<` or `=` at the start of a line; numbers that the dialogue leaves open are one.
fn received(text: &str) -> Vec<Vec<u8>> {
    let mut messages: Vec<Option<String>> = Vec::new();
    for line in text.lines() {
        match line.chars().next() {
            Some('>') => messages.push(None),
            Some('<' | '=') => {
                let rest = line[1..].trim_start_matches(|mark: char| mark.is_ascii_digit());
                messages.push(Some(rest.to_owned()));
            }
            _ => {
                if let Some(Some(message)) = messages.last_mut() {
                    message.push('\n');
                    message.push_str(line);
                }
            }
        }
    }
    let open = |message: String| {
        ["|1|", "|*|", "|id|"]
            .iter()
            .fold(message, |text, mark| text.replace(mark, "1"))
    };
    messages
        .into_iter()
        .flatten()
        .map(|message| open(message).into_bytes())
        .collect()
}

/// Every file of the venue stands in the table, and each that is read shows what it must.
pub fn check(venue: &str, read: &[Sheet], left_out: &[Sheet]) {
    let Some(folder) = folder(&format!("venues/{venue}")) else {
        return;
    };
    let mut found = BTreeSet::new();
    files(&folder, &folder, &mut found);
    let listed: BTreeSet<String> = read.iter().chain(left_out).map(|sheet| sheet.file.to_owned()).collect();
    assert_eq!(
        listed.len(),
        read.len() + left_out.len(),
        "a file of {venue} stands twice"
    );
    let untested: Vec<_> = found.symmetric_difference(&listed).collect();
    assert!(untested.is_empty(), "{venue}: without a test, or gone: {untested:#?}");
    let is_unsaid = |sheet: &&Sheet| !matches!(sheet.read, Read::Not(why) if why.len() > 10);
    let unsaid: Vec<_> = left_out.iter().filter(is_unsaid).map(|sheet| sheet.file).collect();
    assert!(unsaid.is_empty(), "{venue}: left out without a reason: {unsaid:?}");
    let mut wrong = Vec::new();
    for sheet in read {
        let Read::As(parser, shows) = sheet.read else { continue };
        let mut seen = String::new();
        for answer in answers(&folder.join(sheet.file)) {
            match parser(&answer) {
                Ok(answer) => seen.push_str(&answer),
                Err(error) => wrong.push(format!("{}: {error}", sheet.file)),
            }
        }
        for part in shows.iter().filter(|part| !seen.contains(**part)) {
            wrong.push(format!("{}: does not show `{part}`: {seen}", sheet.file));
        }
    }
    assert!(wrong.is_empty(), "{venue}:\n{}", wrong.join("\n"));
}

/// One bad thing that can happen to bytes.
#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    Flip(usize, u8),
    Drop(usize, usize),
    Insert(usize, &'static str),
    Double(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = 0..5000_usize;
    let scraps = [
        "-",
        "\"",
        "null",
        "{",
        "[",
        "]",
        "}",
        "0",
        "9999999999",
        "1e400",
        "\\u0000",
        ".",
        ",",
        "true",
        "\"\"",
        "é",
    ];
    prop_oneof![
        at.clone().prop_map(Damage::Cut),
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        (at.clone(), 1..40_usize).prop_map(|(at, length)| Damage::Drop(at, length)),
        (at.clone(), proptest::sample::select(scraps.to_vec())).prop_map(|(at, scrap)| Damage::Insert(at, scrap)),
        (at, 1..40_usize).prop_map(|(at, length)| Damage::Double(at, length)),
    ]
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for damage in damages {
        let length = bytes.len();
        if length == 0 {
            break;
        }
        match *damage {
            Damage::Cut(at) => bytes.truncate(at % length),
            Damage::Flip(at, byte) => bytes[at % length] = byte,
            Damage::Drop(at, count) => drop(bytes.drain(at % length..(at % length + count).min(length))),
            Damage::Insert(at, scrap) => drop(bytes.splice(at % length..at % length, scrap.bytes())),
            Damage::Double(at, count) => {
                let part = bytes[at % length..(at % length + count).min(length)].to_vec();
                drop(bytes.splice(at % length..at % length, part));
            }
        }
    }
    bytes
}

/// No parser of the venue panics, whatever the bytes; `samples` are damaged, and so are the documented payloads.
pub fn survive(venue: &str, table: &[Sheet], samples: &[&str], parsers: &[Shown]) {
    let own = table.iter().filter_map(|sheet| match sheet.read {
        Read::As(parser, _) => Some(parser),
        Read::Not(_) => None,
    });
    let parsers: Vec<Shown> = parsers.iter().copied().chain(own).collect();
    for sample in samples {
        let read = parsers
            .iter()
            .filter(|parser| parser(sample.as_bytes()).is_ok_and(|shown| shown.contains('{')));
        assert!(read.count() > 0, "{venue}: nothing reads {sample}");
    }
    let mut bodies: Vec<Vec<u8>> = samples.iter().map(|sample| sample.as_bytes().to_vec()).collect();
    if let Some(folder) = folder(&format!("venues/{venue}")) {
        let is_read = |sheet: &&Sheet| matches!(sheet.read, Read::As(..));
        let read = table.iter().filter(is_read);
        bodies.extend(read.flat_map(|sheet| answers(&folder.join(sheet.file))));
    }
    let mut runner = TestRunner::new(Config {
        cases: 1500,
        failure_persistence: None,
        ..Config::default()
    });
    let body = proptest::sample::select(bodies);
    let mutated = (body, proptest::collection::vec(damage(), 1..6)).prop_map(|(body, all)| damaged(&body, &all));
    let bytes = prop_oneof![
        9 => mutated,
        1 => proptest::collection::vec(any::<u8>(), 0..300),
    ];
    runner
        .run(&bytes, |bytes| {
            for parser in &parsers {
                drop(parser(&bytes));
            }
            Ok(())
        })
        .unwrap();
}
