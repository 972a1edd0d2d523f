//! The run of a robot: started, stopped, quarantined.

use crate::robot::{Robot, Wanted};
use crate::time::Timestamp;

impl Robot {
    /// It is to trade: a new run begins, and a quarantine is over. A run that goes on goes on.
    pub fn start(&self, now: Timestamp) -> Self {
        let goes_on = self.wanted == Wanted::Running && self.quarantined_at.is_none();
        if goes_on {
            return self.clone();
        }
        Self {
            wanted: Wanted::Running,
            run_started_at: Some(now),
            quarantined_at: None,
            updated_at: now.max(self.updated_at),
            ..self.clone()
        }
    }

    /// It is not to open anything any more.
    pub fn stop(&self, now: Timestamp) -> Self {
        match self.wanted {
            Wanted::Stopped => self.clone(),
            Wanted::Running => Self {
                wanted: Wanted::Stopped,
                updated_at: now.max(self.updated_at),
                ..self.clone()
            },
        }
    }

    /// It crashed too often and is not restarted until it is started again.
    pub fn quarantine(&self, now: Timestamp) -> Self {
        Self {
            quarantined_at: self.quarantined_at.or(Some(now)),
            updated_at: now.max(self.updated_at),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RobotId;
    use crate::robot::draft::RobotDraft;

    fn stopped() -> Robot {
        let text = r#"{"user": 1, "account": 2, "symbol": "BTCUSDT", "strategy": "window_breakout",
            "window_seconds": 300, "stake": "10", "leverage": 10}"#;
        let draft: RobotDraft = serde_json::from_str(text).unwrap();
        draft.to_robot(RobotId(1), Timestamp(1))
    }

    #[test]
    fn starting_begins_a_run_and_starting_again_changes_nothing() {
        let running = stopped().start(Timestamp(10));
        assert_eq!(
            (running.wanted, running.run_started_at),
            (Wanted::Running, Some(Timestamp(10)))
        );
        assert_eq!(running.start(Timestamp(20)), running);
    }

    #[test]
    fn a_stopped_robot_remembers_its_last_run_and_a_start_begins_another() {
        let stopped = stopped().start(Timestamp(10)).stop(Timestamp(20));
        assert_eq!(
            (stopped.wanted, stopped.run_started_at),
            (Wanted::Stopped, Some(Timestamp(10)))
        );
        assert_eq!(stopped.start(Timestamp(30)).run_started_at, Some(Timestamp(30)));
    }

    #[test]
    fn starting_ends_a_quarantine() {
        let quarantined = stopped().start(Timestamp(10)).quarantine(Timestamp(20));
        assert_eq!(quarantined.quarantined_at, Some(Timestamp(20)));
        let again = quarantined.start(Timestamp(30));
        assert_eq!(
            (again.quarantined_at, again.run_started_at),
            (None, Some(Timestamp(30)))
        );
    }
}
