//! Whom the supervisor tells, and how children are measured.

use std::collections::BTreeMap;

use domain::alert::AlertKind;
use domain::id::RobotId;

use super::SupervisorDeps;
use super::seat::Seat;
use crate::actors::mail::{Raise, Resolve};
use crate::actors::spawn::poke;
use crate::event;

/// Names and units of what is measured.
pub(super) fn describe() {
    metrics::describe_gauge!("bursar_robots", "Robots, by how they stand.");
    metrics::describe_counter!(
        "bursar_robot_crashes_total",
        "Ends of robot actors that nobody had asked for."
    );
    metrics::describe_counter!(
        "bursar_supervisor_read_failures_total",
        "Failed readings of the wanted robots."
    );
}

/// Counts robots by how they stand.
pub(super) fn measure<'a>(seats: impl Iterator<Item = &'a Seat>) {
    const WORDS: [&str; 7] = [
        "stopped",
        "wanted",
        "stopping",
        "alive",
        "backing_off",
        "crashed",
        "quarantined",
    ];
    let mut counts: BTreeMap<&'static str, u32> = WORDS.iter().map(|word| (*word, 0)).collect();
    for seat in seats {
        *counts.entry(seat.word()).or_default() += 1;
    }
    for (state, count) in counts {
        metrics::gauge!("bursar_robots", "state" => state).set(f64::from(count));
    }
}

/// A child ended although nobody had asked it to.
pub(super) fn crash(robot: RobotId, seat: &Seat, panicked: bool) {
    metrics::counter!("bursar_robot_crashes_total").increment(1);
    tracing::error!(event = event::ROBOT_CRASHED, robot.id = %robot, panicked, state = seat.word(),
        "robot {robot} crashed for the {}. time", seat.restarts);
}

/// A child is not restarted any more.
pub(super) fn quarantine(deps: &SupervisorDeps, robot: RobotId, crashes: u32) {
    let message = format!("robot {robot} crashed {crashes} times and stays stopped until it is started again");
    tracing::error!(event = event::ROBOT_QUARANTINED, robot.id = %robot, "{message}");
    let kind = AlertKind::RobotQuarantined;
    let subject = format!("robot:{robot}");
    poke(&deps.raises, Raise { kind, subject, message });
}

/// An operator started it again.
pub(super) fn pardon(deps: &SupervisorDeps, robot: RobotId) {
    tracing::info!(event = event::ROBOT_PARDONED, robot.id = %robot, "robot {robot} may run again");
    let kind = AlertKind::RobotQuarantined;
    let subject = format!("robot:{robot}");
    poke(&deps.resolves, Resolve { kind, subject });
}
