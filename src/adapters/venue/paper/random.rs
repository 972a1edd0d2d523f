//! A small seeded generator of numbers (`SplitMix64`, public domain algorithm of Sebastiano Vigna).

/// A stream of numbers that depends on its seed alone.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A stream.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream for a named thing, apart from the streams of other names.
    pub fn named(seed: u64, name: &str) -> Self {
        // FNV-1a, 64 bit.
        let mixed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed ^ mixed)
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; zero for a bound of zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// Roughly normal, with a deviation of 65,536: the sum of three even numbers, each within ±65,536.
    pub fn bell(&mut self) -> i128 {
        let bits = self.next();
        let even = |shift: u32| i128::from((bits >> shift) & 0xffff) * 2 - 65_535;
        even(0) + even(16) + even(32)
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < u64::from(per_mille)
    }
}
