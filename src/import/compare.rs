//! Looking for what was taken over before, and for what stands in the way.

use std::collections::HashMap;

use domain::import::{Comparison, Conflict, DeclaredKind, File, Placing, Plan, UserPlan, user_name};
use domain::page::Page;

use crate::ports::store::{Store, StoreError};

/// Rows per read.
const PAGE: u32 = 1_000;

/// Compares a plan with what was taken over before.
///
/// # Errors
/// When the store cannot be read.
pub async fn compare(
    store: &dyn Store,
    placing: &Placing,
    plan: &Plan,
) -> Result<(Comparison, Vec<Conflict>), StoreError> {
    let mut comparison = Comparison::of(plan);
    for kind in DeclaredKind::ALL {
        let mut after = String::new();
        loop {
            let rows = store.imported(placing.source.as_str(), kind, &after, PAGE).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after.clone_from(&last.legacy_id);
            rows.iter().for_each(|row| comparison.on_record(row));
        }
    }
    let mut conflicts = comparison.conflicts();
    conflicts.extend(taken_names(store, placing, plan, &comparison).await?);
    Ok((comparison, conflicts))
}

/// Users of that name who were made by somebody else.
async fn taken_names(
    store: &dyn Store,
    placing: &Placing,
    plan: &Plan,
    comparison: &Comparison,
) -> Result<Vec<Conflict>, StoreError> {
    let is_new = |user: &&UserPlan| comparison.ours(DeclaredKind::User, user.id.as_str()).is_none();
    let new = plan.users.iter().filter(is_new);
    let new: HashMap<String, &UserPlan> = new.map(|user| (user_name(&placing.source, &user.id), user)).collect();
    let (mut conflicts, mut page) = (Vec::new(), Page::first(PAGE));
    while !new.is_empty() {
        let users = store.users(page).await?;
        let Some(last) = users.last() else {
            break;
        };
        page = Page::after(last.id.0, PAGE);
        let taken = users.iter().filter_map(|user| Some((user, new.get(&user.name)?)));
        conflicts.extend(taken.map(|(user, planned)| Conflict {
            file: File::Wallets,
            line: Some(planned.line),
            id: planned.id.to_string(),
            field: "name".to_owned(),
            imported: format!("nothing, and user {} is called `{}`", user.id, user.name),
            now: "to be imported under that name".to_owned(),
        }));
    }
    Ok(conflicts)
}
