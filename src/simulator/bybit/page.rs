//! Pages as Bybit has them: newest first, with a cursor that asks for what is behind the last one.

/// What records are sorted by: a time, and a number within it.
pub(super) type Key = (i64, i64);

/// The first so many records behind `after`, of records newest first, and the cursor that asks for those behind them. There
/// is a cursor wherever there is a record: whether more will come is found out by asking.
pub(super) fn page<T>(
    records: impl IntoIterator<Item = (Key, T)>,
    after: Option<Key>,
    limit: usize,
) -> (Vec<T>, String) {
    let behind = records
        .into_iter()
        .filter(|(key, _)| after.is_none_or(|after| *key < after));
    let (keys, rows): (Vec<Key>, Vec<T>) = behind.take(limit).unzip();
    let cursor = match (keys.first(), keys.last()) {
        (Some(first), Some(last)) => format!("{}%2C{}", word(*first), word(*last)),
        _ => String::new(),
    };
    (rows, cursor)
}

/// The key behind which a cursor asks; it may have been escaped once more on its way.
pub(super) fn key_of(cursor: &str) -> Option<Key> {
    let plain = cursor.replace("%253A", ":").replace("%252C", ",");
    let plain = plain.replace("%3A", ":").replace("%2C", ",");
    let (_, last) = plain.split_once(',')?;
    let (at, number) = last.split_once(':')?;
    Some((at.parse().ok()?, number.parse().ok()?))
}

fn word((at, number): Key) -> String {
    format!("{at}%3A{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_until_an_empty_one() {
        let records = || [((3, 1), "c"), ((2, -7), "b"), ((2, -9), "a")];
        let (rows, cursor) = page(records(), None, 2);
        assert_eq!((rows, cursor.as_str()), (vec!["c", "b"], "3%3A1%2C2%3A-7"));
        assert_eq!(key_of(&cursor), Some((2, -7)));
        assert_eq!(key_of("3:1,2:-7"), Some((2, -7)));
        let (rows, cursor) = page(records(), key_of(&cursor), 2);
        assert_eq!(rows, ["a"]);
        assert_eq!(page(records(), key_of(&cursor), 2), (vec![], String::new()));
        assert_eq!(key_of("nonsense"), None);
    }
}
