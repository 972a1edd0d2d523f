//! Lists page by page, newest first, as our adapter follows them.

use super::*;

/// All pages of a list through a parser that gives names and the next cursor.
fn walk(venue: &Venue, path: &str, read: impl Fn(&[u8]) -> (Vec<String>, Option<String>)) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut below = String::new();
    loop {
        let got = venue.get(path, &[("limit", "2"), ("idLessThan", &below)]);
        let (names, next) = read(got.body().as_bytes());
        if names.is_empty() {
            return pages;
        }
        pages.push(names);
        below = next.unwrap();
    }
}

#[test]
fn executions_orders_and_bills_are_read_in_pages_to_their_end() {
    let venue = Venue::new();
    for id in ["one", "two", "three"] {
        venue.place(&take(id, Action::Buy, Side::Long, "0.01"), PositionMode::OneWay);
    }
    let fills = walk(&venue, &format!("{ORDER}/fills"), |body| {
        let page = parse::trades(body, |_| None).unwrap();
        (page.rows.into_iter().map(|trade| trade.id).collect(), page.next)
    });
    assert_eq!(fills, [vec!["3", "2"], vec!["1"]]);
    let orders = walk(&venue, &format!("{ORDER}/orders-history"), |body| {
        let page = parse::orders(body).unwrap();
        let ids = page.rows.into_iter().map(|order| order.client_id.unwrap().0);
        (ids.collect(), page.next)
    });
    assert_eq!(orders, [vec!["three", "two"], vec!["one"]]);
    let bills = walk(&venue, &format!("{ACCOUNT}/bill"), |body| {
        let page = parse::bookings(body).unwrap();
        let fees = page.rows.iter().filter(|line| line.kind == BookingKind::Fee);
        (fees.map(|line| line.amount.to_string()).collect(), page.next)
    });
    assert_eq!(bills, [vec!["-0.25", "-0.25"], vec!["-0.25"]]);
    let told = Venue::well(&venue.get(&format!("{ACCOUNT}/bill"), &[]));
    let balances: Vec<_> = told["bills"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bill| &bill["balance"])
        .collect();
    assert_eq!(balances, ["9999.25", "9999.5", "9999.75"]);
}

#[test]
fn spans_of_time_are_bounded_and_kept() {
    let venue = Venue::new();
    venue.place(&take("one", Action::Buy, Side::Long, "0.01"), PositionMode::OneWay);
    let now = SystemClock.now().0;
    let day = 86_400_000;
    let ask = |path: &str, start: i64, end: i64| {
        let (start, end) = (start.to_string(), end.to_string());
        venue.get(path, &[("startTime", &start), ("endTime", &end)])
    };
    for (path, days) in [("order/fills", 7), ("account/bill", 30), ("order/orders-history", 90)] {
        let path = format!("/api/v2/mix/{path}");
        let wide = ask(&path, now - days * day - 1_000, now);
        assert_eq!(wide.json()["code"], "00001", "{path}");
        assert_eq!(ask(&path, now, now - 1).json()["code"], "40707", "{path}");
        let within = Venue::well(&ask(&path, now - day, now + day));
        assert!(!within["endId"].is_null(), "{path}");
        let before = Venue::well(&ask(&path, now - 2 * day, now - day));
        assert_eq!(before["endId"], Value::Null, "{path}");
    }
}

#[test]
fn batches_answer_each_of_their_orders() {
    let venue = Venue::new();
    let order = |id: &str, size: &str| json!({ "clientOid": id, "size": size, "price": "49000", "side": "buy", "orderType": "limit", "force": "gtc" });
    let orders = json!({ "orderList": [order("one", "0.01"), order("two", "500"), order("one", "0.01")] });
    let told = Venue::well(&venue.post(&format!("{ORDER}/batch-place-order"), &orders));
    assert_eq!(told["successList"].as_array().unwrap().len(), 1);
    let codes: Vec<_> = told["failureList"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failed| &failed["errorCode"])
        .collect();
    assert_eq!(codes, ["40762", "43118"]);
    let gone = json!({ "orderIdList": [{ "clientOid": "one" }, { "clientOid": "two" }] });
    let told = Venue::well(&venue.post(&format!("{ORDER}/batch-cancel-orders"), &gone));
    assert_eq!(told["successList"][0]["clientOid"], "one");
    assert_eq!(told["failureList"][0]["errorCode"], "40768");
    venue.place(&take("three", Action::Buy, Side::Long, "0.01"), PositionMode::OneWay);
    let told = Venue::well(&venue.post(&format!("{ORDER}/close-positions"), &json!({})));
    assert_eq!(told["successList"].as_array().unwrap().len(), 1);
    let again = venue.post(&format!("{ORDER}/close-positions"), &json!({}));
    assert_eq!(again.json()["code"], "22002");
}
