//! What must be true of every home at the end of its story.

use serde_json::Value;

use crate::books::Books;
use crate::daemon::Home;

/// The demo's own summary and a look into the database agree that nothing was lost and nothing happened twice.
pub fn assert_whole(home: &Home, summary: &Value) {
    let number = |name: &str| {
        summary[name]
            .as_u64()
            .unwrap_or_else(|| panic!("no {name} in {summary}"))
    };
    assert_eq!(summary["ledger_ok"], true, "{summary}");
    assert_eq!(number("unsettled"), 0, "{summary}");
    assert_eq!(number("orders_at_venue"), number("orders_in_store"), "{summary}");
    assert!(number("positions_closed") > 0, "nothing was shown: {summary}");
    home.verify();
    let books = Books::of(&home.database());
    books.assert_exact();
    books.assert_settled();
    books.assert_orders_agree();
    assert_eq!(number("positions_profitable"), books.profitable(), "{summary}");
    assert_eq!(number("charged") + number("owed"), books.chargeable(), "{summary}");
}

/// What must hold of a home whose process was killed a moment ago.
pub fn assert_exact(home: &Home) -> Books {
    home.verify();
    let books = Books::of(&home.database());
    books.assert_exact();
    books
}

/// Every recharge that was acknowledged is there.
pub fn assert_kept(books: &Books, paid: &[String]) {
    let lost: Vec<&String> = paid.iter().filter(|key| !books.has(key)).collect();
    assert!(
        lost.is_empty(),
        "{} of {} acknowledged recharges are lost: {lost:?}",
        lost.len(),
        paid.len()
    );
}

/// How many robots answer `/health` as those that work do.
pub fn working(health: &Value) -> u64 {
    let by_state = &health["robots"]["by_state"];
    let words = ["flat", "opening", "open", "closing"];
    words.iter().filter_map(|word| by_state[word].as_u64()).sum()
}
