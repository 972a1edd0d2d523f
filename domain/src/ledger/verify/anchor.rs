//! Anchors: ends of the chain that were kept outside, and that the chain must still contain (T24).

use std::fmt;
use std::str::FromStr;

use crate::ledger::entry::{Digest, EntrySeq, Head};

/// An end of the chain as it was at some time; written as `SEQ:DIGEST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The entry that was the last one; zero while there was none.
    pub seq: EntrySeq,
    /// Its digest.
    pub digest: Digest,
}

/// A text that is no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` must be SEQ:DIGEST, a whole number and 64 hex digits")]
pub struct WrongAnchor {
    text: String,
}

/// A line that is no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {source}")]
pub struct WrongLine {
    line: usize,
    #[source]
    source: WrongAnchor,
}

/// An anchor that the chain does not contain: it was written anew, or its end was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenAnchor {
    /// Which.
    pub anchor: Anchor,
    /// The digest of the entry in its place; `None` where there is no such entry.
    pub found: Option<Digest>,
    /// The last entry now.
    pub last: EntrySeq,
}

impl Anchor {
    /// Reads anchors, one to a line: the first word counts, what follows is for people; empty lines and those that begin
    /// with `#` say nothing.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn lines(text: &str) -> Result<Vec<Self>, WrongLine> {
        let words = text.lines().map(|line| line.split_whitespace().next()).zip(1..);
        words
            .filter_map(|(word, line)| Some((word.filter(|word| !word.starts_with('#'))?, line)))
            .map(|(word, line)| word.parse().map_err(|source| WrongLine { line, source }))
            .collect()
    }

    /// Whether the chain contains it; `found` is the digest of the entry in its place, `head` the chain's end. The proof
    /// is whole only together with the audit of the chain itself.
    ///
    /// # Errors
    /// That it does not.
    pub fn check(self, found: Option<Digest>, head: Head) -> Result<(), BrokenAnchor> {
        let found = if self.seq == Head::EMPTY.seq {
            Some(Head::EMPTY.digest)
        } else {
            found.filter(|_| self.seq <= head.seq)
        };
        if found == Some(self.digest) {
            return Ok(());
        }
        Err(BrokenAnchor {
            anchor: self,
            found,
            last: head.seq,
        })
    }
}

impl From<Head> for Anchor {
    fn from(head: Head) -> Self {
        Self {
            seq: head.seq,
            digest: head.digest,
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.digest)
    }
}

impl FromStr for Anchor {
    type Err = WrongAnchor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(seq, digest)| {
            let seq: i64 = seq.parse().ok().filter(|seq| *seq >= 0)?;
            Some(Self {
                seq: EntrySeq(seq),
                digest: Digest::parse(digest)?,
            })
        });
        parsed.ok_or_else(|| WrongAnchor { text: text.to_owned() })
    }
}

impl fmt::Display for BrokenAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "anchor {} is not in the chain: ", self.anchor)?;
        match self.found {
            Some(found) => write!(f, "entry {} has the digest {found}", self.anchor.seq),
            None if self.last < self.anchor.seq => write!(f, "it ends with entry {}", self.last),
            None => write!(f, "entry {} is missing", self.anchor.seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn head(seq: i64) -> Head {
        Head {
            seq: EntrySeq(seq),
            digest: Digest([9; 32]),
            at: Timestamp(1),
        }
    }

    fn anchor(seq: i64, byte: u8) -> Anchor {
        Anchor {
            seq: EntrySeq(seq),
            digest: Digest([byte; 32]),
        }
    }

    #[test]
    fn an_anchor_reads_as_it_is_written() {
        let text = format!("12:{}", "0a".repeat(32));
        let read: Anchor = text.parse().unwrap();
        assert_eq!((read, read.to_string()), (anchor(12, 10), text));
        for wrong in ["", "12", "12:", "x:00", "-1:00", &format!("-1:{}", "0a".repeat(32))] {
            assert!(wrong.parse::<Anchor>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn anchors_are_the_first_words_of_lines() {
        let (one, two) = (anchor(1, 1), anchor(2, 2));
        let text = format!("# kept since spring\n\n{one} 2026-11-20\n  {two}\n");
        assert_eq!(Anchor::lines(&text).unwrap(), [one, two]);
        let error = Anchor::lines(&format!("{one}\n7:zz\n")).unwrap_err();
        let expected = "line 2: `7:zz` must be SEQ:DIGEST, a whole number and 64 hex digits";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_chain_that_was_rewritten_or_cut_does_not_contain_its_anchor() {
        let kept = anchor(5, 1);
        assert_eq!(kept.check(Some(Digest([1; 32])), head(9)), Ok(()));
        assert_eq!(anchor(0, 0).check(None, head(9)), Ok(()));
        let rewritten = kept.check(Some(Digest([2; 32])), head(9)).unwrap_err().to_string();
        let (ones, twos) = ("01".repeat(32), "02".repeat(32));
        let expected = format!("anchor 5:{ones} is not in the chain: entry 5 has the digest {twos}");
        assert_eq!(rewritten, expected);
        let cut = kept.check(None, head(4)).unwrap_err().to_string();
        assert_eq!(
            cut,
            format!("anchor 5:{ones} is not in the chain: it ends with entry 4")
        );
        let hole = kept.check(None, head(6)).unwrap_err().to_string();
        assert_eq!(hole, format!("anchor 5:{ones} is not in the chain: entry 5 is missing"));
    }
}
