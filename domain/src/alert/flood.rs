//! Which of the messages that wait for a target are sent now, so that a flood of alerts does not become a flood of messages.

use std::collections::BTreeSet;

use super::delivery::{Delivery, DeliveryRules};
use crate::time::Timestamp;

/// What to send to one target now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Messages to send as they are, in this order.
    pub each: Vec<Delivery>,
    /// One message that stands for the others.
    pub summary: Option<Summary>,
}

/// One message that says how many more there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The message that is sent: it counts the others.
    pub carrier: Delivery,
    /// Those for which it stands.
    pub covered: Vec<Delivery>,
}

/// Plans what of `waiting` (in order of id) is sent, when `left` more messages fit into this minute. The worst come first.
/// What does not fit is told by one message, the last that fits. A message that was tried before keeps its content, because
/// a receiver knows it by its id; and no message overtakes an earlier one about the same alert.
pub fn plan(waiting: Vec<Delivery>, rules: &DeliveryRules, left: u32, now: Timestamp) -> Plan {
    let mut blocked = BTreeSet::new();
    let mut due = Vec::new();
    for delivery in waiting {
        if !blocked.contains(&delivery.alert) && delivery.is_due(rules, now) {
            due.push(delivery);
        } else {
            blocked.insert(delivery.alert);
        }
    }
    due.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.id.cmp(&b.id)));
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    if due.len() <= left {
        return Plan {
            each: due,
            summary: None,
        };
    }
    if left == 0 {
        return Plan::default();
    }
    let mut rest = due.split_off(left - 1);
    let fresh = rest.iter().filter(|delivery| delivery.attempts == 0).count();
    if fresh < 2 {
        due.push(rest.remove(0));
        return Plan {
            each: due,
            summary: None,
        };
    }
    rest.retain(|delivery| delivery.attempts == 0);
    Plan {
        each: due,
        summary: summary(rest),
    }
}

fn summary(mut fresh: Vec<Delivery>) -> Option<Summary> {
    fresh.sort_by_key(|delivery| delivery.id);
    let mut fresh = fresh.into_iter();
    let first = fresh.next()?;
    let covered: Vec<Delivery> = fresh.map(|delivery| delivery.covered_by(first.id)).collect();
    let count = covered.iter().fold(first.covers, |sum, delivery| {
        sum.saturating_add(1).saturating_add(delivery.covers)
    });
    let carrier = Delivery { covers: count, ..first };
    Some(Summary { carrier, covered })
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::super::delivery::tests::{RULES, delivery};
    use super::super::delivery::{AlertEvent, DeliveryState};
    use super::*;
    use crate::id::{AlertId, DeliveryId};

    const NOW: Timestamp = Timestamp(1_000);

    fn ids(each: &[Delivery]) -> Vec<i64> {
        each.iter().map(|delivery| delivery.id.0).collect()
    }

    /// The carrier, how many it covers, and which.
    type Told = (i64, u32, Vec<i64>);

    fn planned(waiting: Vec<Delivery>, left: u32) -> (Vec<i64>, Option<Told>) {
        let plan = plan(waiting, &RULES, left, NOW);
        let summary = plan
            .summary
            .map(|summary| (summary.carrier.id.0, summary.carrier.covers, ids(&summary.covered)));
        (ids(&plan.each), summary)
    }

    #[test]
    fn what_fits_is_sent_and_the_rest_is_told_by_one_message() {
        let waiting = || (1..=8).map(delivery).collect::<Vec<_>>();
        assert_eq!(planned(waiting(), 8), ((1..=8).collect(), None));
        assert_eq!(planned(waiting(), 3), (vec![1, 2], Some((3, 5, vec![4, 5, 6, 7, 8]))));
        assert_eq!(planned(waiting(), 1), (vec![], Some((1, 7, (2..=8).collect()))));
        assert_eq!(planned(waiting(), 0), (vec![], None));
        assert_eq!(planned(vec![], 3), (vec![], None));
    }

    #[test]
    fn the_worst_are_not_lost_in_a_flood() {
        let mut waiting: Vec<Delivery> = (1..=6).map(delivery).collect();
        waiting[5].severity = Severity::Critical;
        assert_eq!(planned(waiting, 2), (vec![6], Some((1, 4, vec![2, 3, 4, 5]))));
    }

    #[test]
    fn a_summary_that_was_not_sent_may_become_part_of_a_later_one() {
        let mut waiting: Vec<Delivery> = (1..=3).map(delivery).collect();
        waiting[1].covers = 4;
        assert_eq!(planned(waiting, 1), (vec![], Some((1, 6, vec![2, 3]))));
    }

    #[test]
    fn what_was_tried_keeps_its_content() {
        let mut waiting: Vec<Delivery> = (1..=4).map(delivery).collect();
        waiting[1].attempts = 1;
        assert_eq!(planned(waiting.clone(), 1), (vec![], Some((1, 2, vec![3, 4]))));
        waiting.iter_mut().for_each(|delivery| delivery.attempts = 1);
        assert_eq!(planned(waiting.clone(), 2), (vec![1, 2], None));
        waiting[3].attempts = 0;
        assert_eq!(planned(waiting, 2), (vec![1, 2], None));
    }

    #[test]
    fn no_message_overtakes_an_earlier_one_about_the_same_alert() {
        let mut raised = delivery(1);
        (raised.attempts, raised.state) = (
            1,
            DeliveryState::Waiting {
                next_at: Timestamp(9_000),
            },
        );
        let resolved = Delivery {
            alert: AlertId(1),
            event: AlertEvent::Resolved,
            ..delivery(2)
        };
        let waiting = vec![raised, resolved, delivery(3)];
        assert_eq!(planned(waiting, 9), (vec![3], None));
    }

    #[test]
    fn those_that_are_covered_say_by_which() {
        let plan = plan(vec![delivery(1), delivery(2)], &RULES, 1, NOW);
        let covered = plan.summary.unwrap().covered;
        assert_eq!(covered[0].state, DeliveryState::Summarised { by: DeliveryId(1) });
    }
}
