//! Sharing one fill or payment out over several positions without losing a unit.

use crate::fixed::{Amount, NumberError, Quantity, Rounding, divide};

/// Shares `total` out by `parts`; what rounding leaves goes to the largest (the last of several), so that the shares sum
/// to the total and a part of nothing gets nothing.
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
    let largest = (0..parts.len()).max_by_key(|index| parts[*index]);
    let mut left = i128::from(total.units());
    let mut shares = Vec::with_capacity(parts.len());
    for part in parts {
        let share = divide(i128::from(total.units()) * part, whole.max(1), Rounding::Down)?;
        left -= share;
        shares.push(share);
    }
    if let Some(largest) = largest {
        shares[largest] += left;
    }
    shares.into_iter().map(Amount::from_wide).collect()
}

/// Shares a quantity out by what is held, in whole lots: each gets its share rounded down, and what is left goes lot by
/// lot to the largest fractions; of equal ones to whoever holds more, then to the first. Nobody gets more than it holds,
/// and what nobody holds is nobody's. Where no lot is known, or something is not a whole number of them, the largest
/// quantity of which everything is a whole number counts as one.
pub(super) fn lots(total: Quantity, held: &[Quantity], lot: Option<Quantity>) -> Result<Vec<Quantity>, NumberError> {
    let units: Vec<i128> = held.iter().map(|held| i128::from(held.units())).collect();
    let whole: i128 = units.iter().sum();
    let total = i128::from(total.units()).min(whole);
    let step = lot.map(|lot| i128::from(lot.units())).filter(|lot| {
        let is_whole = |units: &i128| units % lot == 0;
        *lot > 0 && is_whole(&total) && units.iter().all(is_whole)
    });
    let step = step.unwrap_or_else(|| units.iter().fold(total, |step, units| divisor(step, *units)));
    if step == 0 {
        return Ok(vec![Quantity::ZERO; held.len()]);
    }
    let (steps, all) = (total / step, whole / step);
    let exact = |index: usize| steps * (units[index] / step);
    let mut shares: Vec<i128> = (0..units.len()).map(|index| exact(index) / all).collect();
    let left = steps - shares.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse((exact(*index) % all, units[*index])), *index));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    let shares = shares.into_iter().map(|share| Quantity::from_wide(share * step));
    shares.collect()
}

/// The greatest common divisor.
const fn divisor(mut one: i128, mut other: i128) -> i128 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
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

/// The id of the row that keeps what of a fill's worth was carried to another moment.
pub(super) fn carry_id(id: &str) -> String {
    format!("{id}#c")
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
    fn part_of_nothing_gets_nothing() {
        let parts = ["1", "1", "0"].map(|part| part.parse::<Quantity>().unwrap());
        let shares = by_quantity("0.00000003".parse().unwrap(), &parts).unwrap();
        let texts: Vec<String> = shares.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["0.00000001", "0.00000002", "0"]);
    }

    fn in_lots(total: &str, held: &[&str], lot: Option<&str>) -> Vec<String> {
        let held: Vec<Quantity> = held.iter().map(|held| held.parse().unwrap()).collect();
        let lot = lot.map(|lot| lot.parse().unwrap());
        let shares = lots(total.parse().unwrap(), &held, lot).unwrap();
        shares.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn quantities_are_shared_in_whole_lots_by_the_largest_fraction() {
        assert_eq!(in_lots("1", &["1", "1"], Some("0.001")), ["0.5", "0.5"]);
        assert_eq!(in_lots("0.002", &["0.002", "0.001"], Some("0.001")), ["0.001", "0.001"]);
        assert_eq!(in_lots("0.001", &["0.001", "0.003"], Some("0.001")), ["0", "0.001"]);
        assert_eq!(
            in_lots("0.002", &["0.001", "0.001", "0.001"], Some("0.001")),
            ["0.001", "0.001", "0"]
        );
    }

    #[test]
    fn without_a_lot_the_greatest_common_one_counts() {
        assert_eq!(in_lots("1.5", &["1", "1"], None), ["1", "0.5"]);
        assert_eq!(in_lots("0.25", &["0.1", "0.2"], Some("0.2")), ["0.1", "0.15"]);
        assert_eq!(in_lots("0", &["0", "0"], None), ["0", "0"]);
    }

    #[test]
    fn nobody_gives_more_than_it_holds() {
        assert_eq!(in_lots("9", &["1", "2"], Some("1")), ["1", "2"]);
        assert_eq!(in_lots("1", &[], None), Vec::<String>::new());
    }

    proptest::proptest! {
        /// S1-17, the shares of a fill: they sum to it, in whole lots, and are within one lot of the exact share.
        #[test]
        fn lots_sum_to_the_total_and_are_within_one_lot_of_the_exact_share(
            held in proptest::collection::vec(1_i64..1_000_000, 1..8),
            part in 0_i64..=1_000,
            lot in 1_i64..1_000,
        ) {
            let whole: i64 = held.iter().sum();
            let total = i64::try_from(i128::from(whole) * i128::from(part) / 1_000).unwrap();
            let quantity = |units: i64| Quantity::from_units(units * lot).unwrap();
            let quantities: Vec<Quantity> = held.iter().map(|units| quantity(*units)).collect();
            let shares = lots(quantity(total), &quantities, Some(quantity(1))).unwrap();
            proptest::prop_assert_eq!(Quantity::sum(shares.iter().copied()).unwrap(), quantity(total));
            for (share, held) in shares.iter().zip(&held) {
                proptest::prop_assert_eq!(share.units() % lot, 0);
                proptest::prop_assert!(share.units() >= 0 && share.units() <= held * lot);
                let exact = i128::from(total) * i128::from(*held);
                let off = (i128::from(share.units() / lot) * i128::from(whole) - exact).abs();
                proptest::prop_assert!(off < i128::from(whole));
            }
        }
    }

    #[test]
    fn first_part_keeps_the_venues_id() {
        assert_eq!(
            [part_id("77", 0), part_id("77", 1), part_id("77", 2)],
            ["77", "77#2", "77#3"]
        );
    }
}
