//! Sharing one fill or payment out over several positions without losing a unit.

use crate::fixed::{Amount, NumberError, Quantity, Rounding, divide};

/// Shares `total` out by `parts`; what rounding leaves goes to the last, so that the shares sum to the total.
pub(super) fn by_quantity(total: Amount, parts: &[Quantity]) -> Result<Vec<Amount>, NumberError> {
    let parts: Vec<i128> = parts.iter().map(|part| i128::from(part.units())).collect();
    by_weight(total, &parts)
}

/// Shares `total` out as the amounts `parts` were, whatever their signs; where all of them are zero, the last gets all.
pub(super) fn by_amount(total: Amount, parts: &[Amount]) -> Result<Vec<Amount>, NumberError> {
    let parts: Vec<i128> = parts.iter().map(|part| i128::from(part.units()).abs()).collect();
    by_weight(total, &parts)
}

fn by_weight(total: Amount, parts: &[i128]) -> Result<Vec<Amount>, NumberError> {
    let whole: i128 = parts.iter().sum();
    let mut left = i128::from(total.units());
    let mut shares = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let share = if index + 1 == parts.len() {
            left
        } else {
            let product = i128::from(total.units()) * part;
            divide(product, whole.max(1), Rounding::Down)?
        };
        left -= share;
        shares.push(Amount::from_wide(share)?);
    }
    Ok(shares)
}

/// The id of part `index` of what the venue reported under `id`: the first keeps the id.
pub(super) fn part_id(id: &str, index: usize) -> String {
    match index {
        0 => id.to_owned(),
        _ => format!("{id}#{}", index + 1),
    }
}

/// The id of the `number`th revision of what the venue reported under `id`.
pub(super) fn revision_id(id: &str, number: usize) -> String {
    format!("{id}#r{number}")
}

/// Whether `row` is the id of what the venue reported under `id`, of a part or of a revision of it.
pub(super) fn is_of(row: &str, id: &str) -> bool {
    let rest = row.strip_prefix(id);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}

/// Whether `row` is the id of a revision of what the venue reported under `id`.
pub(super) fn is_revision(row: &str, id: &str) -> bool {
    row.strip_prefix(id).is_some_and(|rest| rest.starts_with("#r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_total() {
        let parts = ["1", "1", "1"].map(|part| part.parse::<Quantity>().unwrap());
        let shares = by_quantity("0.1".parse().unwrap(), &parts).unwrap();
        let texts: Vec<String> = shares.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["0.03333333", "0.03333333", "0.03333334"]);
        let shares = by_quantity("-0.1".parse().unwrap(), &parts).unwrap();
        assert_eq!(Amount::sum(shares).unwrap().to_string(), "-0.1");
    }

    #[test]
    fn shares_by_amount_follow_sizes_and_survive_zeros() {
        let shares = |total: &str, parts: [&str; 2]| {
            let parts = parts.map(|part| part.parse::<Amount>().unwrap());
            let shares = by_amount(total.parse().unwrap(), &parts).unwrap();
            shares.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(shares("1", ["-0.1", "-0.3"]), ["0.25", "0.75"]);
        assert_eq!(shares("1", ["0", "0"]), ["0", "1"]);
    }

    #[test]
    fn first_part_keeps_the_venues_id() {
        assert_eq!(
            [part_id("77", 0), part_id("77", 1), part_id("77", 2)],
            ["77", "77#2", "77#3"]
        );
    }
}
