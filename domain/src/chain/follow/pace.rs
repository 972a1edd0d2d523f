//! The pace of reading: how many blocks are asked for at once, and what a refusal means for the next question.

use std::time::Duration;

use crate::chain::BlockNumber;

/// Answers in a row before a range that was refused is tried again at twice its size.
const CALM: u32 = 16;

/// Limits of the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceRules {
    /// Blocks that are asked for at first, at least one.
    pub first: u64,
    /// Blocks that are asked for at most, not below `first`.
    pub most: u64,
    /// How often in a row one question is put again after a node's limit of requests.
    pub waits: u32,
}

/// Why a range was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It has too many logs or blocks.
    TooMuch {
        /// The last block that the node proposes, where it does.
        proposed: Option<BlockNumber>,
    },
    /// There was no answer in time.
    Silent(String),
    /// Too many questions were asked.
    Limited {
        /// When to ask again.
        after: Duration,
    },
    /// Asking for less does not help: pruned history, a refusal, or an answer that cannot be understood.
    Hopeless(String),
}

/// What follows from a refusal. The same question is never put again without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Ask for less, up to this block.
    Ask(BlockNumber),
    /// Wait so long and ask for the same.
    Wait(Duration),
    /// Nothing is to be had here now; the words say why.
    Stop(String),
}

/// How many blocks are asked for at once.
#[derive(Debug, Clone)]
pub struct Pace {
    rules: PaceRules,
    blocks: u64,
    /// Answers until it may grow.
    calm: u32,
    waits: u32,
}

impl Pace {
    /// A pace that has not been tried.
    pub fn new(rules: PaceRules) -> Self {
        Self {
            rules,
            blocks: rules.first.clamp(1, rules.most.max(1)),
            calm: 0,
            waits: 0,
        }
    }

    /// Blocks that the next question is for.
    pub const fn blocks(&self) -> u64 {
        self.blocks
    }

    /// The next range above the cursor and not above `last`; `None` when nothing is left.
    pub fn next(&self, cursor: BlockNumber, last: BlockNumber) -> Option<(BlockNumber, BlockNumber)> {
        let (from, to) = (cursor.plus(1), cursor.plus(self.blocks).min(last));
        (from <= to).then_some((from, to))
    }

    /// A range was read.
    pub fn answered(&mut self) {
        self.waits = 0;
        self.calm = self.calm.saturating_sub(1);
        if self.calm == 0 {
            self.blocks = self.blocks.saturating_mul(2).min(self.rules.most.max(1));
        }
    }

    /// A range was not read.
    pub fn refused(&mut self, from: BlockNumber, to: BlockNumber, why: &Refusal) -> Then {
        match why {
            Refusal::TooMuch { proposed } => {
                let proposed = proposed.filter(|last| (from..to).contains(last));
                self.shrink(from, to, proposed, "the node wants less than one block")
            }
            Refusal::Silent(words) => self.shrink(from, to, None, words),
            Refusal::Limited { after } => {
                self.waits += 1;
                if self.waits > self.rules.waits {
                    self.waits = 0;
                    return Then::Stop(format!(
                        "the node limits requests, also after {} waits",
                        self.rules.waits
                    ));
                }
                Then::Wait(*after)
            }
            Refusal::Hopeless(words) => Then::Stop(words.clone()),
        }
    }

    /// Half of the range, or what was proposed where that is less than the range.
    fn shrink(&mut self, from: BlockNumber, to: BlockNumber, proposed: Option<BlockNumber>, words: &str) -> Then {
        let asked = to.0.saturating_sub(from.0).saturating_add(1);
        self.calm = CALM;
        if asked <= 1 {
            self.blocks = 1;
            return Then::Stop(format!("block {from} alone could not be read: {words}"));
        }
        self.blocks = proposed.map_or(asked / 2, |last| last.0 - from.0 + 1);
        Then::Ask(from.plus(self.blocks - 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: PaceRules = PaceRules {
        first: 100,
        most: 2_000,
        waits: 3,
    };

    fn too_much(proposed: Option<u64>) -> Refusal {
        Refusal::TooMuch {
            proposed: proposed.map(BlockNumber),
        }
    }

    #[test]
    fn a_range_doubles_with_each_answer_up_to_the_most_and_ends_at_the_last_block_that_counts() {
        let mut pace = Pace::new(RULES);
        let ask = |pace: &Pace, last| pace.next(BlockNumber(10), BlockNumber(last));
        assert_eq!(ask(&pace, 5_000), Some((BlockNumber(11), BlockNumber(110))));
        for blocks in [200, 400, 800, 1_600, 2_000, 2_000] {
            pace.answered();
            assert_eq!(pace.blocks(), blocks);
        }
        assert_eq!(ask(&pace, 12), Some((BlockNumber(11), BlockNumber(12))));
        assert_eq!(ask(&pace, 10), None);
        assert_eq!(ask(&pace, 3), None);
    }

    #[test]
    fn t9_a_refused_range_is_halved_down_to_one_block_and_then_stops_with_the_reason() {
        let mut pace = Pace::new(RULES);
        let (from, mut to, mut asked) = (BlockNumber(11), BlockNumber(110), Vec::new());
        let stop = loop {
            match pace.refused(from, to, &too_much(None)) {
                Then::Ask(last) => to = last,
                other => break other,
            }
            asked.push(to.0);
        };
        assert_eq!(asked, [60, 35, 22, 16, 13, 11]);
        let words = "block 11 alone could not be read: the node wants less than one block";
        assert_eq!(stop, Then::Stop(words.to_owned()));
    }

    #[test]
    fn t9_a_proposed_range_counts_only_when_it_is_smaller_than_the_one_that_was_refused() {
        let (from, to) = (BlockNumber(11), BlockNumber(110));
        let then = |proposed| Pace::new(RULES).refused(from, to, &too_much(Some(proposed)));
        assert_eq!(then(40), Then::Ask(BlockNumber(40)));
        for useless in [110, 111, 9_000, 10, 0] {
            assert_eq!(then(useless), Then::Ask(BlockNumber(60)), "{useless}");
        }
    }

    #[test]
    fn t9_a_limit_of_requests_is_waited_for_a_few_times_and_then_stops() {
        let mut pace = Pace::new(RULES);
        let limited = Refusal::Limited {
            after: Duration::from_secs(2),
        };
        let mut then = || pace.refused(BlockNumber(1), BlockNumber(9), &limited);
        for _ in 0..3 {
            assert_eq!(then(), Then::Wait(Duration::from_secs(2)));
        }
        let words = "the node limits requests, also after 3 waits";
        assert_eq!(then(), Then::Stop(words.to_owned()));
    }

    #[test]
    fn t9_pruned_history_stops_at_once() {
        let pruned = Refusal::Hopeless("history is pruned".to_owned());
        let then = Pace::new(RULES).refused(BlockNumber(1), BlockNumber(9), &pruned);
        assert_eq!(then, Then::Stop("history is pruned".to_owned()));
    }

    proptest! {
        /// Whatever a node says, each question is for less than the one before it, or it is the last.
        #[test]
        fn t9_no_question_is_put_again_without_end(
            from in 0..1_000_u64,
            length in 1..5_000_u64,
            proposals in proptest::collection::vec(proptest::option::of(0..7_000_u64), 14),
        ) {
            let mut pace = Pace::new(RULES);
            let (from, mut to) = (BlockNumber(from), BlockNumber(from + length - 1));
            let mut stopped = false;
            // A proposal may be only a little less; once there are none, what is left is halved.
            for proposed in proposals.into_iter().chain(std::iter::repeat_n(None, 14)) {
                match pace.refused(from, to, &too_much(proposed)) {
                    Then::Ask(last) => {
                        prop_assert!(last < to && last >= from);
                        to = last;
                    }
                    Then::Stop(_) => {
                        prop_assert_eq!(from, to);
                        stopped = true;
                        break;
                    }
                    Then::Wait(_) => prop_assert!(false, "nothing was said of a limit"),
                }
            }
            prop_assert!(stopped, "13 halvings are enough for 5000 blocks");
        }
    }
}
