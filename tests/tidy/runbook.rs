//! The runbook: each kind of alert has a page, and each page a kind or a place in the list besides.

use std::collections::BTreeSet;
use std::fs;

use domain::alert::AlertKind;

use super::{assert_tidy, root};

#[test]
fn every_kind_of_alert_has_a_page_in_the_runbook_and_no_page_is_about_another() {
    let folder = root().join("docs/runbook");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let (list, operations) = (
        read("README.md"),
        fs::read_to_string(root().join("docs/operations.md")).unwrap(),
    );
    let mut pages: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.remove("README.md");
    let mut found = Vec::new();
    for kind in AlertKind::ALL.map(AlertKind::as_str) {
        let name = format!("{kind}.md");
        let text = read(&name);
        if !pages.remove(&name) || !text.starts_with(&format!("# {kind}\n")) {
            found.push(format!(
                "docs/runbook/{name}:1: the page on alert {kind} begins with `# {kind}`"
            ));
        }
        for part in ["\n**Means:** ", "\n**Do:**\n\n1. "] {
            if !text.contains(part) {
                found.push(format!(
                    "docs/runbook/{name}: says what it means and what to do: {}",
                    part.trim()
                ));
            }
        }
        if !list.contains(&format!("| [{kind}]({name}) |")) {
            found.push(format!("docs/runbook/README.md: has no line on {kind}"));
        }
        if !operations.contains(kind) {
            found.push(format!("docs/operations.md: does not say how severe {kind} is"));
        }
    }
    found.extend(
        pages
            .iter()
            .filter(|page| !list.contains(&format!("]({page})")))
            .map(|page| format!("docs/runbook/{page}:1: is about no kind of alert, and README.md does not name it")),
    );
    assert_tidy(&found);
}
