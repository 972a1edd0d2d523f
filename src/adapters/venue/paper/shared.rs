//! What the venue, its writer and its driver share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::fixed::Amount;
use domain::market::Symbol;

use super::book::Book;
use super::served::Watch;
use crate::clock::Clock;
use crate::ports::market::Tape;
use crate::ports::store::PaperVault;

/// The venue's parts.
pub(super) struct Shared {
    book: Mutex<Book>,
    pub vault: Arc<dyn PaperVault>,
    pub clock: Arc<dyn Clock>,
    pub tapes: BTreeMap<Symbol, Arc<Tape>>,
    pub starting_balance: Amount,
    /// Who is told of everything, where the venue is served to others.
    pub watch: Option<Watch>,
}

impl Shared {
    pub fn new(
        book: Book,
        vault: Arc<dyn PaperVault>,
        clock: Arc<dyn Clock>,
        tapes: BTreeMap<Symbol, Arc<Tape>>,
        starting_balance: Amount,
        watch: Option<Watch>,
    ) -> Self {
        Self {
            book: Mutex::new(book),
            vault,
            clock,
            tapes,
            starting_balance,
            watch,
        }
    }

    /// The venue's memory; never held over an await.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
