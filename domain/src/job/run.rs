//! Runs of jobs.

use crate::id::JobRunId;
use crate::job::JobName;
use crate::time::Timestamp;

/// Most bytes of a run's output that are kept: its end.
pub const LONGEST_OUTPUT: usize = 8_192;

/// What a run is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Its due time came.
    Schedule,
    /// Somebody asked.
    Manual,
    /// Its due time had passed.
    CatchUp,
}

impl Origin {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Schedule, Self::Manual, Self::CatchUp];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Manual => "manual",
            Self::CatchUp => "catch_up",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == text)
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// In progress.
    Running,
    /// It did what it was there for.
    Succeeded,
    /// It did not.
    Failed,
    /// There was none: the due time passed.
    Missed,
}

impl RunState {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Running, Self::Succeeded, Self::Failed, Self::Missed];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Missed => "missed",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One run of a job, or due times that had none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Identity.
    pub id: JobRunId,
    /// Of which job.
    pub job: JobName,
    /// For which due time; none for a run that somebody asked for. Unique per job.
    pub due: Option<Timestamp>,
    /// How many due times were missed up to this one; zero for a run.
    pub missed: i64,
    /// What it is there for.
    pub origin: Origin,
    /// How far it is.
    pub state: RunState,
    /// Which try in a row, since the job last succeeded; from one.
    pub attempt: u32,
    /// Which daemon, as `host:pid`.
    pub worker: String,
    /// Who asked for it.
    pub asked_by: Option<String>,
    /// When it began, or was missed.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// What it came to, in a sentence.
    pub result: Option<String>,
    /// The end of what it said, at most [`LONGEST_OUTPUT`] bytes.
    pub output: String,
}

impl JobRun {
    /// The run, ended.
    #[must_use]
    pub fn ended(self, state: RunState, at: Timestamp, result: &str, output: &str) -> Self {
        Self {
            state,
            // A clock that was set back ends no run before it began.
            ended_at: Some(at.max(self.started_at)),
            result: Some(tail(result, LONGEST_OUTPUT)),
            output: tail(output, LONGEST_OUTPUT),
            ..self
        }
    }
}

/// The end of a text, at most so many bytes; what databases do not take is replaced.
pub fn tail(text: &str, most: usize) -> String {
    let text = text.replace('\0', "\u{fffd}");
    if text.len() <= most {
        return text;
    }
    let mark = "…";
    let from = text.len() - most + mark.len();
    let from = (from..=text.len()).find(|index| text.is_char_boundary(*index));
    format!("{mark}{}", from.and_then(|from| text.get(from..)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_whole_characters_within_the_limit() {
        assert_eq!(tail("short", 8), "short");
        assert_eq!(tail("a\0b", 8), "a\u{fffd}b");
        for most in 4..30 {
            let told = tail("die Größe der Größten", most);
            assert!(
                told.len() <= most && "die Größe der Größten".ends_with(told.trim_start_matches('…')),
                "{told}"
            );
        }
    }
}
