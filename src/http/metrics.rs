//! Metrics: their recorder, their names with units, and what the process says of itself.

use std::fs;
use std::time::Duration;

use actix_web::{HttpResponse, web};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::http::state::AppState;

/// Requests answered, by method, route and status.
pub const REQUESTS: &str = "bursar_http_requests_total";
/// Time to answer a request, by method and route.
pub const REQUEST_DURATION: &str = "bursar_http_request_duration_seconds";

const RESIDENT_MEMORY: &str = "process_resident_memory_bytes";
const OPEN_FILES: &str = "process_open_fds";
const START_TIME: &str = "process_start_time_seconds";

/// How often recorded values are counted into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Upper bounds in seconds: from a fast read to the request deadline.
const DURATIONS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Upper bounds of counts of things that are done at once.
const SIZES: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// Installs the recorder for the whole process.
///
/// # Errors
/// When another one is installed already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

/// Counts what was recorded into the buckets, for as long as it is not dropped. Until then the recorder keeps every
/// single value, and where nobody reads the metrics it would keep them all.
pub async fn keep_up(recorder: PrometheusHandle) {
    let mut due = tokio::time::interval(UPKEEP);
    loop {
        due.tick().await;
        recorder.run_upkeep();
    }
}

/// A recorder with the house's buckets.
///
/// # Errors
/// Never, as long as there are buckets.
pub fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATIONS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &SIZES)
}

fn describe() {
    describe_robots();
    describe_chains();
    describe_counter!(REQUESTS, "Requests answered, by method, route and status");
    describe_histogram!(
        REQUEST_DURATION,
        Unit::Seconds,
        "Time to answer a request, by method and route"
    );
    describe_gauge!(RESIDENT_MEMORY, Unit::Bytes, "Resident memory of the process");
    describe_gauge!(OPEN_FILES, "Open file descriptors of the process");
    describe_gauge!(
        START_TIME,
        Unit::Seconds,
        "When the process started, since 1970-01-01 UTC"
    );
}

/// What the adapter of chains counts.
fn describe_chains() {
    describe_counter!(
        "bursar_chain_sockets_opened_total",
        "Sockets to nodes that came up, by chain and endpoint: all but the first are reconnects"
    );
    describe_counter!(
        "bursar_chain_socket_ends_total",
        "Sockets to nodes that broke or did not come about, by chain and endpoint"
    );
    describe_counter!(
        "bursar_chain_endpoint_changes_total",
        "Changes of the endpoint that is asked, by chain"
    );
}

/// What robots and mail count, each of which is counted in more than one room.
fn describe_robots() {
    describe_counter!("bursar_orders_total", "Orders submitted, by purpose and outcome");
    describe_counter!(
        "bursar_orders_not_sent_total",
        "Orders that were not sent because their intent was too old, by purpose"
    );
    describe_counter!(
        "bursar_opens_refused_total",
        "Opens that the risk checks refused, by reason"
    );
    describe_counter!(
        "bursar_market_state_changes_total",
        "Changes of a market's state, by symbol and new state"
    );
    describe_counter!(
        "bursar_pokes_dropped_total",
        "Pokes that found a full mailbox; who was poked looks later by itself"
    );
    describe_histogram!(
        "bursar_decision_seconds",
        Unit::Seconds,
        "Time from a price that was seen to the order committed and submitted, by purpose"
    );
}

/// The metrics in Prometheus' text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "watch",
    responses((status = 200, description = "The metrics in Prometheus' text format", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(state: web::Data<AppState>) -> HttpResponse {
    observe_process();
    state.metrics.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(state.metrics.render())
}

/// Reads what Linux tells of this process; what it does not tell is left out.
fn observe_process() {
    if let Some(bytes) = resident_bytes() {
        gauge!(RESIDENT_MEMORY).set(bytes);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!(OPEN_FILES).set(u32::try_from(files.count()).unwrap_or(u32::MAX));
    }
    if let Some(started) = started() {
        gauge!(START_TIME).set(started);
    }
}

fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u32 = line.split_whitespace().next()?.parse().ok()?;
    // Whole numbers up to 2^53 are exact in a gauge.
    Some((u64::from(kibibytes) << 10) as f64)
}

/// Time since 1970 at which the process started: boot time plus the 22nd field of its `stat`, in hundredths of a
/// second (proc(5); the unit is 100 per second on every Linux).
fn started() -> Option<Duration> {
    let machine = fs::read_to_string("/proc/stat").ok()?;
    let boot: u64 = machine
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()?;
    let own = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses that may hold spaces.
    let ticks: u64 = own.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    Some(Duration::from_secs(boot) + Duration::from_millis(ticks * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_tells_its_memory_and_a_start_in_this_century() {
        assert!(resident_bytes().unwrap() > 1e6);
        assert!(started().unwrap() > Duration::from_secs(1_600_000_000));
    }
}
