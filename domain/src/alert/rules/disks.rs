//! Whether little room is left on a disk, told while there is still room to write it down.

use super::Verdict;
use crate::alert::AlertKind;

const MIB: u64 = 1024 * 1024;

/// Judges how many bytes are free at a place, of which there should be `least`; zero asks for none. It is over with a
/// quarter more than that: in between nothing changes (`None`), so that a disk at the limit is not told again and again.
pub fn room_left(place: &str, free: u64, least: u64) -> Option<Verdict> {
    let kind = AlertKind::DiskLow;
    if free < least {
        let (free, least) = (free / MIB, least / MIB);
        let message = format!("{free} MiB are free at {place}, less than {least} MiB");
        return Some(Verdict {
            kind,
            raised: Some(message),
        });
    }
    (free >= least.saturating_add(least / 4)).then_some(Verdict { kind, raised: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(free: u64, least: u64) -> Option<Option<String>> {
        room_left("/var/lib/bursar", free, least).map(|verdict| verdict.raised)
    }

    #[test]
    fn too_little_room_is_told_and_over_when_there_is_a_quarter_more_than_enough() {
        let told = "99 MiB are free at /var/lib/bursar, less than 100 MiB".to_owned();
        assert_eq!(judged(100 * MIB - 1, 100 * MIB), Some(Some(told)));
        assert_eq!(judged(100 * MIB, 100 * MIB), None);
        assert_eq!(judged(125 * MIB - 1, 100 * MIB), None);
        assert_eq!(judged(125 * MIB, 100 * MIB), Some(None));
    }

    #[test]
    fn who_asks_for_no_room_is_never_told() {
        assert_eq!(judged(0, 0), Some(None));
        assert_eq!(judged(u64::MAX, 0), Some(None));
    }

    #[test]
    fn the_largest_limit_is_never_reached_and_does_not_overflow() {
        assert!(judged(0, u64::MAX).is_some_and(|raised| raised.is_some()));
        assert_eq!(judged(u64::MAX, u64::MAX), Some(None));
    }
}
