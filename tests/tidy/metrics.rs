//! Which metrics are recorded, and which are described.

use std::collections::BTreeSet;

/// Names in quotes that begin as metrics do, in calls of these macros.
fn named(text: &str, within: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for start in within {
        for (at, _) in text.match_indices(start) {
            let rest = text[at + start.len()..].trim_start();
            let Some(name) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            if name.starts_with("bursar_") {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// Metrics that are recorded somewhere and described nowhere, or the other way round; and names without their unit.
pub fn undescribed(sources: &[(String, String)]) -> Vec<String> {
    let mut recorded = BTreeSet::new();
    let mut described = BTreeSet::new();
    let mut found = Vec::new();
    for (_, text) in sources {
        // `describe_counter!(` ends with `counter!(`, too.
        let own = text
            .replace("describe_counter!", "")
            .replace("describe_gauge!", "")
            .replace("describe_histogram!", "");
        let counters = named(&own, &["counter!("]);
        for name in counters.iter().filter(|name| !name.ends_with("_total")) {
            found.push(format!("{name}: the name of a counter ends with _total"));
        }
        recorded.extend(counters);
        recorded.extend(named(&own, &["gauge!(", "histogram!("]));
        described.extend(named(
            text,
            &["describe_counter!(", "describe_gauge!(", "describe_histogram!("],
        ));
    }
    found.extend(
        recorded
            .difference(&described)
            .map(|name| format!("{name}: is recorded, but described nowhere")),
    );
    found
}
