//! Answers for people: lists as aligned tables, single things as one field per line.

use serde_json::{Map, Value};

/// A column: its heading, and the field it shows.
pub(super) type Column = (&'static str, &'static str);

/// The rows as a table with aligned columns; numbers stand right.
pub(super) fn rows(items: &[Value], columns: &[Column]) -> String {
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|(heading, _)| (*heading).to_owned()).collect()];
    for item in items {
        lines.push(columns.iter().map(|(_, field)| cell(item.get(*field))).collect());
    }
    let widths: Vec<usize> = (0..columns.len()).map(|column| width(&lines, column)).collect();
    let right: Vec<bool> = (0..columns.len()).map(|column| is_numeric(&lines, column)).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths).zip(&right).map(|((cell, width), right)| {
            if *right {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// One field per line; what is inside a field has its name before it.
pub(super) fn fields(value: &Value) -> String {
    let mut pairs = Vec::new();
    flatten("", value, &mut pairs);
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    pairs
        .iter()
        .map(|(name, text)| format!("{name:<width$}  {text}\n"))
        .collect()
}

fn flatten(prefix: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let inside = |map: &Map<String, Value>, pairs: &mut Vec<(String, String)>| {
        for (name, value) in map {
            let dot = if prefix.is_empty() { "" } else { "." };
            flatten(&format!("{prefix}{dot}{name}"), value, pairs);
        }
    };
    match value {
        Value::Object(map) => inside(map, pairs),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (index, value) in list.iter().enumerate() {
                flatten(&format!("{prefix}[{index}]"), value, pairs);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            pairs.push((prefix.to_owned(), cell(Some(value))));
        }
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => printable(text),
        Some(Value::Array(list)) if list.is_empty() => "-".to_owned(),
        Some(Value::Array(list)) => list
            .iter()
            .map(|value| cell(Some(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
    }
}

/// Text of others must not move the cursor of a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn width(lines: &[Vec<String>], column: usize) -> usize {
    lines
        .iter()
        .filter_map(|line| line.get(column))
        .map(|cell| cell.chars().count())
        .max()
        .unwrap_or(0)
}

fn is_numeric(lines: &[Vec<String>], column: usize) -> bool {
    let cells = lines.iter().skip(1).filter_map(|line| line.get(column));
    let numeric =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
    cells.clone().next().is_some() && cells.clone().all(|cell| numeric(cell))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_stand_right() {
        let items = [
            json!({"id": 7, "symbol": "BTCUSDT", "profit": null}),
            json!({"id": 12, "symbol": "ETH", "profit": "-1.5"}),
        ];
        let columns = [("ID", "id"), ("SYMBOL", "symbol"), ("PROFIT", "profit")];
        assert_eq!(
            rows(&items, &columns),
            "ID  SYMBOL   PROFIT\n 7  BTCUSDT       -\n12  ETH        -1.5\n"
        );
    }

    #[test]
    fn fields_inside_fields_carry_their_name() {
        let value = json!({"id": 7, "limits": {"max_notional": "5"}, "fills": [{"price": "1"}], "dead": []});
        let text = fields(&value);
        assert!(text.contains("limits.max_notional  5\n"), "{text}");
        assert!(text.contains("fills[0].price       1\n"), "{text}");
        assert!(text.contains("dead                 -\n"), "{text}");
    }

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(cell(Some(&json!("a\u{1b}[2Jb"))), "a\u{fffd}[2Jb");
    }
}
