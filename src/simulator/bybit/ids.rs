//! Ids in the form of Bybit's, made of an account and a number so that they can be read back.

use domain::id::VenueAccountId;

/// An order's id. Orders that never came to the exchange have negative numbers.
pub(super) fn order(account: VenueAccountId, number: i64) -> String {
    let kind = if number < 0 { 0x4001 } else { 0x4000 };
    form(account, kind, number.abs())
}

/// The number of an account's order by its id.
pub(super) fn order_number(account: VenueAccountId, id: &str) -> Option<i64> {
    let (_, digits) = id.rsplit_once('-')?;
    let number = i64::from_str_radix(digits, 16).ok()?;
    [number, number.checked_neg()?]
        .into_iter()
        .find(|number| order(account, *number) == id)
}

/// An execution's id.
pub(super) fn execution(account: VenueAccountId, number: i64) -> String {
    form(account, 0x5000, number)
}

/// A payment's id.
pub(super) fn payment(account: VenueAccountId, number: i64) -> String {
    form(account, 0x5001, number)
}

/// A public trade's id.
pub(super) fn trade(number: i64) -> String {
    form(VenueAccountId(0), 0x5002, number)
}

/// A socket's id.
pub(super) fn socket(number: u64) -> String {
    format!("simulator{number:011x}")
}

fn form(account: VenueAccountId, kind: u16, number: i64) -> String {
    let (high, low) = (account.0 >> 16, account.0 & 0xffff);
    format!("{high:08x}-{low:04x}-{kind:04x}-8000-{number:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_found_by_its_id_within_its_account_alone() {
        let account = VenueAccountId(0xfd43_00ae_7847);
        assert_eq!(order(account, 12), "fd4300ae-7847-4000-8000-00000000000c");
        for number in [12, -12, 1_700_000_000_000] {
            assert_eq!(order_number(account, &order(account, number)), Some(number));
            assert_eq!(order_number(VenueAccountId(1), &order(account, number)), None);
        }
        for id in ["", "12", "fd4300ae-7847-4000-8000-c", "x-zz", &execution(account, 12)] {
            assert_eq!(order_number(account, id), None);
        }
    }
}
