//! Bytes of Bitget that may make a parser panic.
#![no_main]

#[expect(dead_code, reason = "each target feeds the parsers of one venue")]
#[path = "../../tests/support/parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::bitget(bytes));
