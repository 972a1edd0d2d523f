//! Recorded markets: trades or bars as CSV, or lines of Binance's WebSocket, each also gzipped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::fixed::{NumberError, Price, Quantity, Rounding};
use domain::market::Tick;
use domain::time::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;

/// Most ticks that a recording may have: 240 MB of memory.
const LIMIT: usize = 10_000_000;

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("could not read recording {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line is not what its file's first line promised.
    #[error("line {line} of recording {} is wrong: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// From one.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Too large or empty.
    #[error("recording {} has {why}", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// A recording in memory, cheap to clone.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Ticks in order of time, as recorded.
    pub ticks: Arc<[Tick]>,
    /// How many of the first ticks only serve as history at the first start.
    pub history: usize,
}

#[derive(Clone, Copy)]
enum Format {
    Trades { at: usize, price: usize, quantity: usize },
    Bars { columns: [usize; 6] },
    Capture,
}

struct RecordedBar {
    at: i64,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    volume: Quantity,
}

#[derive(Default)]
struct Reading {
    trades: Vec<Tick>,
    bars: Vec<RecordedBar>,
    /// Trades of a capture by symbol.
    captured: BTreeMap<String, Vec<Tick>>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    data: Trade<'a>,
}

#[derive(Deserialize)]
struct Trade<'a> {
    #[serde(rename = "T")]
    at: i64,
    s: &'a str,
    p: &'a str,
    q: &'a str,
    #[serde(rename = "X", default)]
    kind: Option<&'a str>,
}

impl Recording {
    /// Reads a file. Of a capture with several markets `symbol` is taken, or else the one with the most trades.
    pub fn read(path: &Path, symbol: &str) -> Result<Self, RecordingError> {
        let failed = |source| RecordingError::Read {
            path: path.to_owned(),
            source,
        };
        let mut lines = open(path).map_err(failed)?.lines();
        let mut reading = Reading::default();
        let mut format = None;
        let mut number = 0;
        while let Some(line) = lines.next().transpose().map_err(failed)? {
            number += 1;
            let wrong = |why: String| RecordingError::Line {
                path: path.to_owned(),
                line: number,
                why,
            };
            match format {
                None => {
                    let found = Format::of(&line).map_err(wrong)?;
                    format = Some(found);
                    if let Format::Capture = found {
                        reading.add(found, &line).map_err(wrong)?;
                    }
                }
                Some(format) => reading.add(format, &line).map_err(wrong)?,
            }
            if reading.trades.len() + 4 * reading.bars.len() > LIMIT {
                return Err(length(path, format!("more than {LIMIT} ticks")));
            }
        }
        reading.finish(path, symbol)
    }

    /// Milliseconds from the first tick to the first tick of a repetition.
    pub fn span(&self) -> i64 {
        match (self.ticks.first(), self.ticks.last()) {
            (Some(first), Some(last)) => last.at.0.saturating_sub(first.at.0).saturating_add(1_000),
            _ => 1_000,
        }
    }
}

impl Format {
    fn of(line: &str) -> Result<Self, String> {
        if line.contains('{') {
            return Ok(Self::Capture);
        }
        let header: Vec<&str> = line.trim().split(',').collect();
        let column = |name: &str| header.iter().position(|found| *found == name);
        if let (Some(at), Some(price), Some(quantity)) = (column("T"), column("p"), column("q")) {
            return Ok(Self::Trades { at, price, quantity });
        }
        let names = ["timestamp", "open", "high", "low", "close", "volume"];
        let mut columns = [0; 6];
        for (slot, name) in columns.iter_mut().zip(names) {
            *slot = column(name).ok_or_else(|| format!("no column {name}, and not T, p and q of trades either"))?;
        }
        Ok(Self::Bars { columns })
    }
}

impl Reading {
    fn add(&mut self, format: Format, line: &str) -> Result<(), String> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let cells: Vec<&str> = line.trim().split(',').collect();
        let cell = |column: usize| cells.get(column).copied().ok_or_else(|| format!("no column {column}"));
        match format {
            Format::Trades { at, price, quantity } => self.trades.push(Tick {
                at: Timestamp(time(cell(at)?)?),
                price: positive(cell(price)?)?,
                quantity: volume(cell(quantity)?)?,
            }),
            Format::Bars { columns } => {
                let [at, open, high, low, close, traded] = columns;
                self.bars.push(RecordedBar {
                    at: time(cell(at)?)?,
                    open: positive(cell(open)?)?,
                    high: positive(cell(high)?)?,
                    low: positive(cell(low)?)?,
                    close: positive(cell(close)?)?,
                    volume: volume(cell(traded)?)?,
                });
            }
            Format::Capture => self.add_captured(line)?,
        }
        Ok(())
    }

    fn add_captured(&mut self, line: &str) -> Result<(), String> {
        if !line.contains(r#""e":"trade""#) {
            return Ok(());
        }
        let json = line.find('{').and_then(|start| line.get(start..)).unwrap_or(line);
        let trade = serde_json::from_str::<Line>(json)
            .map_err(|error| error.to_string())?
            .data;
        // Binance also streams fills of its insurance fund and of nothing at all; those are no market prices.
        if trade.kind.is_some_and(|kind| kind != "MARKET") {
            return Ok(());
        }
        let tick = Tick {
            at: Timestamp(trade.at),
            price: positive(trade.p)?,
            quantity: volume(trade.q)?,
        };
        match self.captured.get_mut(trade.s) {
            Some(ticks) => ticks.push(tick),
            None => {
                self.captured.insert(trade.s.to_owned(), vec![tick]);
            }
        }
        Ok(())
    }

    fn finish(mut self, path: &Path, symbol: &str) -> Result<Recording, RecordingError> {
        let largest = self.captured.iter().max_by_key(|(_, ticks)| ticks.len());
        let chosen = match self.captured.contains_key(symbol) {
            true => Some(symbol.to_owned()),
            false => largest.map(|(name, _)| name.clone()),
        };
        let mut ticks = chosen.and_then(|name| self.captured.remove(&name)).unwrap_or_default();
        ticks.append(&mut self.trades);
        let step = match self.bars.as_slice() {
            [first, second, ..] => (second.at - first.at).max(4) / 4,
            _ => 15_000,
        };
        let history = 4 * (self.bars.len() / 4).min(crate::ports::market::BARS_LENGTH);
        ticks.extend(self.bars.iter().flat_map(|bar| bar.ticks(step)));
        ticks.sort_by_key(|tick| tick.at);
        if ticks.is_empty() {
            return Err(length(path, "no trades and no bars".to_owned()));
        }
        let ticks = ticks.into();
        Ok(Recording { ticks, history })
    }
}

impl RecordedBar {
    /// Open, then the nearer of low and high (low when both are as near), then the other, then close.
    fn ticks(&self, step: i64) -> [Tick; 4] {
        let low_first = self.open.units() - self.low.units() <= self.high.units() - self.open.units();
        let (second, third) = if low_first {
            (self.low, self.high)
        } else {
            (self.high, self.low)
        };
        let quantity = Quantity::from_units(self.volume.units() / 4).unwrap_or(Quantity::ZERO);
        let mut at = self.at - step;
        [self.open, second, third, self.close].map(|price| {
            at += step;
            Tick {
                at: Timestamp(at),
                price,
                quantity,
            }
        })
    }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, std::io::Error> {
    let mut file = BufReader::new(File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        let unpacked: Box<dyn Read> = Box::new(flate2::bufread::MultiGzDecoder::new(file));
        return Ok(Box::new(BufReader::new(unpacked)));
    }
    Ok(Box::new(file))
}

fn length(path: &Path, why: String) -> RecordingError {
    RecordingError::Length {
        path: path.to_owned(),
        why,
    }
}

/// Milliseconds, given as such or as `2021-12-31 23:01:00.000000` UTC.
fn time(text: &str) -> Result<i64, String> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    let plain = text.trim_end_matches("+00:00").trim_end_matches('Z').replace('T', " ");
    chrono::NaiveDateTime::parse_from_str(&plain, "%Y-%m-%d %H:%M:%S%.f")
        .map(|time| time.and_utc().timestamp_millis())
        .map_err(|_| format!("{text} is no time"))
}

fn positive(text: &str) -> Result<Price, String> {
    let price = decimal(text)
        .and_then(|number| Price::round_decimal(number, Rounding::HalfUp))
        .map_err(|error| format!("price {text}: {error}"))?;
    if price.is_positive() {
        Ok(price)
    } else {
        Err(format!("price {text} is not above zero"))
    }
}

fn volume(text: &str) -> Result<Quantity, String> {
    decimal(text)
        .and_then(|number| Quantity::round_decimal(number, Rounding::Down))
        .map_err(|error| format!("quantity {text}: {error}"))
}

fn decimal(text: &str) -> Result<Decimal, NumberError> {
    text.trim().parse().map_err(|_| NumberError::NotANumber)
}
