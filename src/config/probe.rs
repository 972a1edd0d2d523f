//! Finds every wrong key of a settings tree, by trying each one alone over the valid defaults.

use config::{Map, Value, ValueKind};

use super::Settings;
use super::wrong::{WrongKeys, is_secret};

/// Tries each key that differs from the base alone, names those that do not fit, and takes them back out of the tree.
///
/// serde stops at the first error; an operator wants to correct all of them at once.
pub(super) fn each_key(base: &Value, tree: &mut Value, wrong: &mut WrongKeys) {
    let mut changed = Vec::new();
    differences(Some(base), tree, &mut Vec::new(), &mut changed);
    for (path, value) in changed {
        let mut trial = base.clone();
        put(&mut trial, &path, Some(value.clone()));
        if let Err(error) = trial.try_deserialize::<Settings>() {
            let key = path.join(".");
            wrong.unreadable(&key, shown(&key, &value), &error);
            put(tree, &path, at(base, &path).cloned());
        }
    }
}

type Path = Vec<String>;

fn differences(base: Option<&Value>, value: &Value, path: &mut Path, found: &mut Vec<(Path, Value)>) {
    match (&value.kind, base.map(|base| &base.kind)) {
        (ValueKind::Table(table), None | Some(ValueKind::Table(_))) if !table.is_empty() => {
            for (key, value) in table {
                path.push(key.clone());
                differences(base.and_then(|base| child(base, key)), value, path, found);
                path.pop();
            }
        }
        (kind, Some(same)) if kind == same => {}
        _ => found.push((path.clone(), value.clone())),
    }
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match &value.kind {
        ValueKind::Table(table) => table.get(key),
        _ => None,
    }
}

fn at<'a>(value: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| child(value, key))
}

/// Sets, or removes, what is at the path; tables on the way are made where there are none.
fn put(target: &mut Value, path: &[String], value: Option<Value>) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    if !matches!(target.kind, ValueKind::Table(_)) {
        target.kind = ValueKind::Table(Map::new());
    }
    let ValueKind::Table(table) = &mut target.kind else {
        return;
    };
    if !rest.is_empty() {
        let inner = table
            .entry(key.clone())
            .or_insert_with(|| Value::new(None, ValueKind::Table(Map::new())));
        put(inner, rest, value);
        let emptied = matches!(&inner.kind, ValueKind::Table(table) if table.is_empty());
        if emptied {
            table.remove(key);
        }
    } else if let Some(value) = value {
        table.insert(key.clone(), value);
    } else {
        table.remove(key);
    }
}

fn shown(key: &str, value: &Value) -> Option<String> {
    let composed = matches!(value.kind, ValueKind::Table(_) | ValueKind::Array(_));
    (!composed && !is_secret(key)).then(|| value.kind.to_string())
}
