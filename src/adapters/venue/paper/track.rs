//! A market's source of prices on the time line: which tick comes next, and when.

use domain::instrument::Instrument;
use domain::market::{Bar, Tick};
use domain::time::Timestamp;

use super::generator::Generator;
use super::options::Feed;
use super::recording::{Recording, RecordingError};
use crate::ports::market::{BARS_LENGTH, Tape};

/// Most ticks that are made or read again for the bars before the start.
const HISTORY: u64 = 300_000;
/// Milliseconds before its first tick for which a generated market has bars: as many as a tape keeps.
const PAST: i64 = 3_600 * 60_000;

/// A source of prices, shifted in time so that it goes on from now.
#[derive(Debug)]
pub(super) struct Track {
    source: Source,
    /// Ticks before the next one.
    index: u64,
    /// Added to the source's own times.
    shift: i64,
    next: Option<Tick>,
}

#[derive(Debug)]
enum Source {
    Generator(Box<Generator>),
    Recording { recording: Recording, repeat: bool },
}

impl Track {
    /// Opens a feed at tick number `index`, or at its beginning, so that this tick comes `now`, and tells the bars
    /// before it. `None` for a market that is fed by hand.
    pub fn open(
        feed: &Feed,
        instrument: &Instrument,
        index: Option<u64>,
        now: Timestamp,
    ) -> Result<Option<(Self, Vec<Bar>)>, RecordingError> {
        let (source, first, mut past) = match feed {
            Feed::ByHand => return Ok(None),
            Feed::Generator(options) => {
                let generator = Box::new(Generator::new(instrument, options));
                let past = Generator::past(instrument, options, PAST);
                (Source::Generator(generator), 0, past)
            }
            Feed::File { path, repeat } => {
                let recording = Recording::read(path, instrument.symbol.as_str())?;
                let first = u64::try_from(recording.history).unwrap_or(0);
                let repeat = *repeat;
                (Source::Recording { recording, repeat }, first, Vec::new())
            }
        };
        let mut track = Self {
            source,
            index: 0,
            shift: 0,
            next: None,
        };
        let index = index.unwrap_or(first);
        if index > HISTORY {
            // Bars must not have a hole between what was made up and what was played.
            past.clear();
        }
        past.append(&mut track.seek(index));
        if let Some(next) = track.next {
            track.shift = now.0.saturating_sub(next.at.0);
        }
        let tape = Tape::new(instrument.symbol.clone(), Vec::new());
        for tick in past {
            tape.push(track.shifted(tick));
        }
        let bars = tape.with_bars(|bars| bars[bars.len().saturating_sub(BARS_LENGTH)..].to_vec());
        Ok(Some((track, bars)))
    }

    /// Ticks before the next one.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// When the next tick comes; `None` at the end.
    pub fn due(&self) -> Option<Timestamp> {
        self.next.map(|tick| self.shifted(tick).at)
    }

    /// Takes the next tick.
    pub fn take(&mut self) -> Option<Tick> {
        let taken = self.next.map(|tick| self.shifted(tick));
        if taken.is_some() {
            self.index += 1;
            self.next = self.source.at(self.index);
        }
        taken
    }

    /// Goes to tick number `index` and returns the ticks before it, as far as bars are made of them.
    fn seek(&mut self, index: u64) -> Vec<Tick> {
        let from = index.saturating_sub(HISTORY);
        let mut past = Vec::new();
        let start = match &self.source {
            // A path of prices is made from its beginning.
            Source::Generator(_) => 0,
            Source::Recording { .. } => from,
        };
        for number in start..index {
            match self.source.at(number) {
                Some(tick) if number >= from => past.push(tick),
                Some(_) => {}
                None => break,
            }
        }
        self.index = index;
        self.next = self.source.at(index);
        past
    }

    fn shifted(&self, tick: Tick) -> Tick {
        let at = Timestamp(tick.at.0.saturating_add(self.shift));
        Tick { at, ..tick }
    }
}

impl Source {
    /// Tick number `index`; a generator is asked in order, each number once.
    fn at(&mut self, index: u64) -> Option<Tick> {
        match self {
            Self::Generator(generator) => Some(generator.next()),
            Self::Recording { recording, repeat } => {
                let length = u64::try_from(recording.ticks.len()).ok()?;
                let round = index.checked_div(length)?;
                if round > 0 && !*repeat {
                    return None;
                }
                let tick = recording.ticks.get(usize::try_from(index % length).ok()?)?;
                let later = i64::try_from(round).ok()?.checked_mul(recording.span())?;
                let at = Timestamp(tick.at.0.checked_add(later)?);
                Some(Tick { at, ..*tick })
            }
        }
    }
}
