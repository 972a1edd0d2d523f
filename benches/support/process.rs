//! What the kernel says of this process.

use std::fs;
use std::time::Duration;

/// Resident memory.
pub fn resident_bytes() -> u64 {
    status("VmRSS:")
}

/// A line of the status, in bytes.
pub fn status(name: &str) -> u64 {
    status_of(std::process::id(), name)
}

/// The same of another process.
pub fn status_of(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let kibibytes: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
    kibibytes << 10
}

/// Processor time of all threads so far, in the kernel's hundredths of a second: fields 14 and 15 of `stat`, proc(5).
pub fn worked() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    // The second field is a name in parentheses that may hold spaces.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
