//! The tape of a market: recent ticks that every robot on the market reads by itself, and bars made of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use domain::market::{Bar, Symbol, Tick};

/// How many ticks a tape keeps; a reader that falls further behind continues at the oldest kept one.
pub const TAPE_LENGTH: usize = 4096;

/// Readers that are woken before others may run.
const PORTION: usize = 100;

/// Wakes whoever looks again; carries no data and must not block.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Recent ticks of one market, numbered from one, with the readers to wake.
pub struct Tape {
    symbol: Symbol,
    ticks: RwLock<Ticks>,
    readers: Mutex<Readers>,
}

#[derive(Default)]
struct Ticks {
    kept: std::collections::VecDeque<Tick>,
    /// Number of the last tick; zero before the first.
    last: u64,
    bars: Vec<Bar>,
}

#[derive(Default)]
struct Readers {
    next: u64,
    wakes: std::collections::BTreeMap<u64, Wake>,
}

/// A reader's place among those to wake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderId(u64);

/// How many one-minute bars a tape keeps: enough for sixty one-hour bars.
pub const BARS_LENGTH: usize = 3_600;

impl Tape {
    /// An empty tape; `bars` are the market's last one-minute bars, oldest first, where the source has them.
    pub fn new(symbol: Symbol, bars: Vec<Bar>) -> Self {
        let ticks = RwLock::new(Ticks {
            bars,
            ..Ticks::default()
        });
        Self {
            symbol,
            ticks,
            readers: Mutex::default(),
        }
    }

    /// The market.
    pub fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// Appends a tick and wakes the readers.
    pub fn push(&self, tick: Tick) {
        self.append(tick);
        for wake in self.readers().wakes.values() {
            wake();
        }
    }

    /// Wakes the readers, some at a time: whoever else runs on this thread waits for as many looks at the price, not for
    /// those of ten thousand robots.
    pub async fn wake(&self) {
        let mut next = self.wake_some(0);
        while let Some(after) = next {
            tokio::task::yield_now().await;
            next = self.wake_some(after);
        }
    }

    /// The last tick.
    pub fn last(&self) -> Option<Tick> {
        self.read().kept.back().copied()
    }

    /// Calls `each` for every kept tick after number `seen`, oldest first, and returns the last number.
    pub fn since(&self, seen: u64, mut each: impl FnMut(&Tick)) -> u64 {
        let ticks = self.read();
        let fresh = usize::try_from(ticks.last.saturating_sub(seen))
            .unwrap_or(usize::MAX)
            .min(ticks.kept.len());
        for tick in ticks.kept.range(ticks.kept.len() - fresh..) {
            each(tick);
        }
        ticks.last
    }

    /// The last one-minute bars, oldest first; the last one may still be growing.
    pub fn with_bars<T>(&self, look: impl FnOnce(&[Bar]) -> T) -> T {
        look(&self.read().bars)
    }

    /// Fills a gap with bars that the market's source tells, oldest first. What ticks have made of the one that is growing stays
    /// within it.
    pub fn mend(&self, told: &[Bar]) {
        let mut ticks = self.ticks.write().unwrap_or_else(PoisonError::into_inner);
        ticks.mend(told);
    }

    /// Registers a reader to wake at every tick.
    pub fn subscribe(&self, wake: Wake) -> ReaderId {
        let mut readers = self.readers();
        readers.next += 1;
        let id = readers.next;
        readers.wakes.insert(id, wake);
        ReaderId(id)
    }

    /// Stops waking a reader.
    pub fn unsubscribe(&self, reader: ReaderId) {
        self.readers().wakes.remove(&reader.0);
    }

    /// Wakes the next readers beyond this number; the number of the last one, when there may be more.
    fn wake_some(&self, after: u64) -> Option<u64> {
        let readers = self.readers();
        let mut last = None;
        for (place, (number, wake)) in readers.wakes.range(after + 1..).enumerate() {
            if place == PORTION {
                return last;
            }
            wake();
            last = Some(*number);
        }
        None
    }

    /// Appends a tick and wakes nobody.
    pub fn append(&self, tick: Tick) {
        let mut ticks = self.ticks.write().unwrap_or_else(PoisonError::into_inner);
        if ticks.kept.len() == TAPE_LENGTH {
            ticks.kept.pop_front();
        }
        ticks.kept.push_back(tick);
        ticks.last += 1;
        ticks.grow_bar(tick);
    }

    fn read(&self) -> RwLockReadGuard<'_, Ticks> {
        self.ticks.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticks {
    fn mend(&mut self, told: &[Bar]) {
        let Some(first) = told.first() else { return };
        let from = self.bars.partition_point(|bar| bar.opened_at < first.opened_at);
        let own = self.bars.split_off(from);
        let mut own = own.into_iter().peekable();
        for bar in told {
            let mut bar = *bar;
            while let Some(kept) = own.next_if(|kept| kept.opened_at <= bar.opened_at) {
                if kept.opened_at == bar.opened_at {
                    bar.high = bar.high.max(kept.high);
                    bar.low = bar.low.min(kept.low);
                    bar.close = kept.close;
                } else {
                    self.bars.push(kept);
                }
            }
            self.bars.push(bar);
        }
        self.bars.extend(own);
    }

    fn grow_bar(&mut self, tick: Tick) {
        const MINUTE: i64 = 60_000;
        let opened_at = domain::time::Timestamp(tick.at.0.div_euclid(MINUTE) * MINUTE);
        match self.bars.last_mut() {
            Some(bar) if bar.opened_at >= opened_at => {
                bar.high = bar.high.max(tick.price);
                bar.low = bar.low.min(tick.price);
                bar.close = tick.price;
                bar.volume = bar.volume.plus(tick.quantity).unwrap_or(bar.volume);
            }
            _ => {
                if self.bars.len() >= 2 * BARS_LENGTH {
                    self.bars.drain(..BARS_LENGTH);
                }
                let Tick { price, quantity, .. } = tick;
                let (open, high, low, close) = (price, price, price, price);
                self.bars.push(Bar {
                    opened_at,
                    open,
                    high,
                    low,
                    close,
                    volume: quantity,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use domain::fixed::{Price, Quantity};
    use domain::time::Timestamp;

    use super::*;

    fn tape_with_readers(count: usize) -> (Arc<Tape>, Arc<AtomicUsize>) {
        let tape = Arc::new(Tape::new(Symbol::new("BTCUSDT"), Vec::new()));
        let woken = Arc::new(AtomicUsize::new(0));
        for _ in 0..count {
            let woken = Arc::clone(&woken);
            tape.subscribe(Arc::new(move || {
                woken.fetch_add(1, Ordering::Relaxed);
            }));
        }
        (tape, woken)
    }

    const TICK: Tick = Tick {
        at: Timestamp(1),
        price: Price::ZERO,
        quantity: Quantity::ZERO,
    };

    #[tokio::test]
    async fn every_reader_is_woken_once_however_many_there_are() {
        for count in [0, 1, PORTION, PORTION + 1, 3 * PORTION, 3 * PORTION + 7] {
            let (tape, woken) = tape_with_readers(count);
            tape.append(TICK);
            tape.wake().await;
            assert_eq!(woken.load(Ordering::Relaxed), count);
            assert_eq!(tape.last(), Some(TICK));
        }
    }

    fn bar(minute: i64, close: &str) -> Bar {
        let price: Price = close.parse().unwrap();
        let (open, high, low, close) = (price, price, price, price);
        Bar {
            opened_at: Timestamp(minute * 60_000),
            open,
            high,
            low,
            close,
            volume: Quantity::ZERO,
        }
    }

    #[test]
    fn a_gap_is_filled_and_what_ticks_told_last_stays() {
        let tape = Tape::new(Symbol::new("BTCUSDT"), vec![bar(1, "10"), bar(2, "11"), bar(6, "15")]);
        tape.mend(&[bar(2, "12"), bar(3, "13"), bar(4, "14"), bar(6, "16")]);
        let told: Vec<(i64, String, String)> = tape.with_bars(|bars| {
            let bars = bars.iter();
            bars.map(|bar| (bar.opened_at.0 / 60_000, bar.high.to_string(), bar.close.to_string()))
                .collect()
        });
        let row = |minute: i64, high: &str, close: &str| (minute, high.to_owned(), close.to_owned());
        assert_eq!(
            told,
            [
                row(1, "10", "10"),
                row(2, "12", "11"),
                row(3, "13", "13"),
                row(4, "14", "14"),
                row(6, "16", "15")
            ]
        );
    }

    #[tokio::test]
    async fn others_run_before_all_readers_of_a_busy_market_are_woken() {
        let (tape, woken) = tape_with_readers(3 * PORTION);
        tape.append(TICK);
        let (_, seen) = tokio::join!(tape.wake(), async { woken.load(Ordering::Relaxed) });
        assert_eq!(seen, PORTION);
    }
}
