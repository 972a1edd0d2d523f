//! What became of a call that left the house.

/// The answer to an act in the world. `Unknown` is never failure: it is queried until it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It happened, with this result.
    Done(T),
    /// It definitely did not happen.
    Refused(Refusal),
    /// It may or may not have happened; says what was seen (no secrets).
    Unknown(String),
}

impl<T> Outcome<T> {
    /// The same, with what was done told otherwise.
    pub fn map<U>(self, done: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(value) => Outcome::Done(done(value)),
            Self::Refused(refusal) => Outcome::Refused(refusal),
            Self::Unknown(seen) => Outcome::Unknown(seen),
        }
    }
}

/// A definite no from the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The venue's own code, such as `-2019`.
    pub code: String,
    /// The venue's words.
    pub reason: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.reason, self.code)
    }
}
