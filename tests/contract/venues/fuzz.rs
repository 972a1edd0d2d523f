//! Damaged answers and pushes, and bytes that are none, through every parser of every venue: nothing makes one panic.
//!
//! The same bytes each time. `fuzz/` looks for others; docs/venues.md says how.

use std::fs;
use std::path::Path;
use std::thread;

use super::{answers, files, folder, parsers};
use crate::dice::Dice;

/// Inputs of each venue.
const INPUTS: u64 = 4_000;
/// Bytes that end, begin or break something.
const SCRAPS: [&str; 20] = [
    "-",
    "\"",
    "\\",
    "null",
    "true",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ".",
    "\"\"",
    "1e400",
    "1e-400",
    "\\ud800",
    "é",
    "9223372036854775807",
    "-79228162514264337593543950335",
    "0.00000000000000000000000000000001",
];

/// The seeds of a venue, and what it documents, where that is at hand.
fn payloads(venue: &str) -> Vec<Vec<u8>> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(venue);
    let mut paths: Vec<_> = fs::read_dir(seeds)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut payloads: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(payloads.len() > 5, "{venue} has no seeds");
    if let Some(folder) = folder(&format!("venues/{venue}")) {
        let mut found = Default::default();
        files(&folder, &folder, &mut found);
        payloads.extend(found.iter().flat_map(|file| answers(&folder.join(file))));
    }
    payloads
}

/// A place in so many bytes.
fn place(dice: &mut Dice, length: usize) -> usize {
    usize::try_from(dice.between(0, length as u64 + 1)).unwrap()
}

/// Where a value of a payload stands: between a colon and what ends it.
fn value(dice: &mut Dice, bytes: &[u8]) -> Option<(usize, usize)> {
    let from = place(dice, bytes.len());
    let start = from + bytes[from..].iter().position(|byte| *byte == b':')? + 1;
    let length = bytes[start..].iter().position(|byte| b",}]".contains(byte))?;
    Some((start, start + length))
}

/// One payload with up to five things wrong, some of them taken from another.
fn damaged(dice: &mut Dice, payloads: &[Vec<u8>]) -> Vec<u8> {
    let any = |dice: &mut Dice| &payloads[place(dice, payloads.len() - 1)];
    let mut bytes = any(dice).clone();
    for _ in 0..dice.between(1, 6) {
        let (from, to) = (place(dice, bytes.len()), place(dice, bytes.len()));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 60));
        let scrap = SCRAPS[place(dice, SCRAPS.len() - 1)];
        match dice.between(0, 6) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(from..to)),
            2 => drop(bytes.splice(from..from, scrap.bytes())),
            3 => {
                if let Some((start, end)) = value(dice, &bytes) {
                    drop(bytes.splice(start..end, scrap.bytes()));
                }
            }
            4 => {
                let other = any(dice).clone();
                if let (Some((start, end)), Some((first, last))) = (value(dice, &bytes), value(dice, &other)) {
                    drop(bytes.splice(start..end, other[first..last].iter().copied()));
                }
            }
            _ => {
                for byte in &mut bytes[from..to.min(from + 1)] {
                    *byte = u8::try_from(dice.between(0, 256)).unwrap();
                }
            }
        }
    }
    bytes
}

/// Shows the bytes that were being read when a parser panicked.
struct Reading<'a>(&'a [u8]);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("a parser panicked at {}", self.0.escape_ascii());
        }
    }
}

fn feed(venue: &str, parse: fn(&[u8]), seed: u64) {
    let mut dice = Dice(seed);
    let payloads = payloads(venue);
    for payload in &payloads {
        let _reading = Reading(payload);
        parse(payload);
    }
    for input in 0..INPUTS {
        let bytes = if input % 16 == 0 {
            let length = dice.between(0, 200);
            (0..length)
                .map(|_| u8::try_from(dice.between(0, 256)).unwrap())
                .collect()
        } else {
            damaged(&mut dice, &payloads)
        };
        let _reading = Reading(&bytes);
        parse(&bytes);
    }
}

#[test]
fn no_bytes_that_binance_may_send_make_a_parser_panic() {
    feed("binance", parsers::binance, 1);
}

#[test]
fn no_bytes_that_bitget_may_send_make_a_parser_panic() {
    feed("bitget", parsers::bitget, 2);
}

#[test]
fn no_bytes_that_bybit_may_send_make_a_parser_panic() {
    feed("bybit", parsers::bybit, 3);
}

#[test]
fn no_bytes_that_gate_may_send_make_a_parser_panic() {
    feed("gate", parsers::gate, 4);
}

#[test]
fn no_bytes_that_okx_may_send_make_a_parser_panic() {
    feed("okx", parsers::okx, 5);
}
