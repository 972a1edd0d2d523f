//! Pages of lists: what is asked for, and what is answered.

use domain::page::Page;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::wrong::WrongField;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The rows, at most as many as were asked for.
    pub items: Vec<T>,
    /// What to give as `after` for the rows that follow; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// A page that was asked for, within the largest page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageAsk {
    after: i64,
    limit: u32,
}

impl PageAsk {
    /// Checks what was asked for; without a limit it is the largest page.
    ///
    /// # Errors
    /// Names the field and its rule.
    pub fn new(after: Option<i64>, limit: Option<u32>, largest: u32) -> Result<Self, WrongField> {
        let after = after.unwrap_or(0);
        let limit = limit.unwrap_or(largest);
        if after < 0 {
            return Err(WrongField::new("after", "must be 0 or the `next` of a page"));
        }
        if limit == 0 || limit > largest {
            return Err(WrongField::new("limit", format!("must be 1 to {largest}")));
        }
        Ok(Self { after, limit })
    }

    /// How many rows at most.
    pub fn limit(self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// Beyond which key.
    pub fn after(self) -> i64 {
        self.after
    }

    /// One row more than asked for, which tells whether more follow.
    pub(super) fn with_one_more(self) -> Page {
        Page::after(self.after, self.limit + 1)
    }

    /// The page of these rows, of which there may be one too many.
    pub fn listing<R, T>(self, mut rows: Vec<R>, key: impl Fn(&R) -> i64, view: impl Fn(R) -> T) -> Listing<T> {
        let more = rows.len() > self.limit();
        rows.truncate(self.limit());
        let next = rows.last().filter(|_| more).map(key);
        Listing {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_is_there_only_while_more_follows() {
        let ask = PageAsk::new(None, Some(2), 200).unwrap();
        let page = ask.listing(vec![3, 5, 8], |row| *row, |row| row);
        assert_eq!((page.items, page.next), (vec![3, 5], Some(5)));
        let page = ask.listing(vec![8, 9], |row| *row, |row| row);
        assert_eq!((page.items, page.next), (vec![8, 9], None));
    }

    #[test]
    fn limits_beyond_the_largest_page_are_named() {
        assert_eq!(PageAsk::new(None, Some(201), 200).unwrap_err().rule, "must be 1 to 200");
        assert_eq!(PageAsk::new(None, Some(0), 200).unwrap_err().field, "limit");
        assert_eq!(PageAsk::new(Some(-1), None, 200).unwrap_err().field, "after");
    }
}
