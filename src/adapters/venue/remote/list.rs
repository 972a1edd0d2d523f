//! A list of a venue that is read page by page to its end.

use crate::adapters::venue::dialect::Page;
use crate::ports::venue::VenueError;

/// Pages of one list; one that has more has no end that we would live to see.
const MOST: usize = 100;

/// What was read so far.
pub struct List<T> {
    /// The rows.
    pub rows: Vec<T>,
    next: Option<String>,
    pages: usize,
    is_over: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            pages: 0,
            is_over: false,
        }
    }
}

impl<T> List<T> {
    /// What asks for the next page (nothing for the first one); `None` when there is none.
    ///
    /// # Errors
    /// When there are too many.
    pub fn next(&mut self) -> Result<Option<Option<String>>, VenueError> {
        if self.is_over {
            return Ok(None);
        }
        if self.pages == MOST {
            return Err(VenueError::Malformed(format!("a list has more than {MOST} pages")));
        }
        Ok(Some(self.next.take()))
    }

    /// How many pages were read.
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Adds a page.
    pub fn add(&mut self, page: Page<T>) {
        // Some venues name a next page behind the last one, and it is empty.
        self.is_over = page.next.is_none() || page.rows.is_empty();
        self.pages += 1;
        self.next = page.next;
        self.rows.extend(page.rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[u32], next: Option<&str>) -> Page<u32> {
        Page {
            rows: rows.to_vec(),
            next: next.map(str::to_owned),
        }
    }

    #[test]
    fn pages_are_read_to_the_end_and_an_empty_one_is_the_end() {
        let mut list = List::default();
        assert_eq!(list.next(), Ok(Some(None)));
        list.add(page(&[1, 2], Some("a")));
        assert_eq!(list.next(), Ok(Some(Some("a".to_owned()))));
        list.add(page(&[3], Some("b")));
        assert_eq!(list.next(), Ok(Some(Some("b".to_owned()))));
        list.add(page(&[], Some("c")));
        assert_eq!((list.next(), list.rows), (Ok(None), vec![1, 2, 3]));
    }

    #[test]
    fn a_list_without_an_end_is_an_error() {
        let mut list = List::default();
        for _ in 0..MOST {
            assert!(list.next().is_ok());
            list.add(page(&[1], Some("again")));
        }
        assert!(list.next().is_err());
    }
}
