//! The paper venue's rows.

use std::sync::Arc;

use bursar::ports::store::{PAPER_TABLES, PaperRow};
use domain::id::VenueAccountId;

use super::databases::Ground;

fn row(table: &'static str, key: &str, number: i64) -> PaperRow {
    PaperRow {
        table,
        account: 70,
        key: key.to_owned(),
        number,
        live: true,
        content: format!("{{\"of\":\"{key}\"}}"),
    }
}

pub async fn rows_of_the_paper_venue_are_replaced_by_key(ground: Arc<Ground>) {
    let store = ground.open().await;
    assert_eq!(store.load().await.unwrap(), []);
    store.save(Vec::new()).await.unwrap();
    store
        .save(PAPER_TABLES.map(|table| row(table, "a", 0)).to_vec())
        .await
        .unwrap();
    assert_eq!(store.load().await.unwrap().len(), 6);
    let next = PaperRow {
        content: "{}".to_owned(),
        account: 71,
        number: 5,
        ..row("order", "a", 0)
    };
    // Of several rows with one key the last one counts.
    let replaced = vec![row("order", "a", 3), row("order", "A", 1), next.clone()];
    store.save(replaced).await.unwrap();
    assert_eq!(store.row("order", "a").await.unwrap(), Some(next.clone()));
    assert_eq!(store.row("order", "A").await.unwrap(), Some(row("order", "A", 1)));
    assert_eq!(store.row("order", "b").await.unwrap(), None);
    assert_eq!(store.row("fill", "a").await.unwrap(), Some(row("fill", "a", 0)));

    let past = PaperRow { live: false, ..next };
    store.save(vec![past.clone()]).await.unwrap();
    assert_eq!(store.row("order", "a").await.unwrap(), Some(past.clone()));
    assert_eq!(ground.open().await.load().await.unwrap().len(), 6);
    store.save(vec![PaperRow { live: true, ..past }]).await.unwrap();
    assert_eq!(store.load().await.unwrap().len(), 7);
}

pub async fn the_paper_venues_rows_are_read_by_number(ground: Arc<Ground>) {
    let store = ground.open().await;
    let mut rows: Vec<PaperRow> = (1..=450)
        .rev()
        .map(|number| row("fill", &format!("f{number}"), number))
        .collect();
    rows.push(PaperRow {
        account: 71,
        ..row("fill", "other", 3)
    });
    rows.push(row("income", "f2", 2));
    for past in rows.iter_mut().take(200) {
        past.live = false;
    }
    store.save(rows).await.unwrap();
    let numbers = async |account: i64, after: i64, limit: u32| -> Vec<i64> {
        let found = store
            .rows_after("fill", VenueAccountId(account), after, limit)
            .await
            .unwrap();
        found.iter().map(|row| row.number).collect()
    };
    assert_eq!(numbers(70, 0, 3).await, [1, 2, 3]);
    assert_eq!(numbers(70, 448, 9).await, [449, 450]);
    assert_eq!(numbers(71, 0, 9).await, [3]);
    assert_eq!(numbers(72, 0, 9).await, [0; 0]);
    assert_eq!(store.load().await.unwrap().len(), 252);
    // A row that gets another number leaves its old place.
    store.save(vec![row("fill", "f1", 500)]).await.unwrap();
    assert_eq!(numbers(70, 0, 1).await, [2]);
    assert_eq!(numbers(70, 449, 9).await, [450, 500]);
}
