//! How far the distribution of a day is, for whoever looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::ProductId;
use domain::pool::PoolDay;

/// How far one product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// The day that is paid, or was paid last.
    pub day: PoolDay,
    /// Holdings that were to accrue it when that began.
    pub all: i64,
    /// Of those, how many have.
    pub done: i64,
}

/// How far the products are. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<BTreeMap<ProductId, Course>>>);

impl Progress {
    /// A day of a product begins.
    pub fn begin(&self, product: ProductId, day: PoolDay, all: i64) {
        self.lock().insert(product, Course { day, all, done: 0 });
        self.tell(product);
    }

    /// So many more holdings have accrued.
    pub fn add(&self, product: ProductId, holdings: i64) {
        if let Some(course) = self.lock().get_mut(&product) {
            course.done = course.done.saturating_add(holdings).min(course.all);
        }
        self.tell(product);
    }

    /// How far each product is that was paid since the start.
    pub fn courses(&self) -> Vec<(ProductId, Course)> {
        self.lock()
            .iter()
            .map(|(product, course)| (*product, *course))
            .collect()
    }

    fn tell(&self, product: ProductId) {
        let course = self.lock().get(&product).copied();
        let Some(Course { all, done, .. }) = course else {
            return;
        };
        let product = product.to_string();
        let gauge = |state: &'static str, count: i64| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("bursar_pool_day_holdings", "product" => product.clone(), "state" => state).set(count);
        };
        gauge("all", all);
        gauge("done", done);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ProductId, Course>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names the figures.
pub(super) fn describe() {
    use metrics::{describe_counter, describe_gauge};
    describe_gauge!(
        "bursar_pool_day_holdings",
        "Holdings of the day of a product that is paid now or was paid last: all of them, and those that are done"
    );
    describe_counter!(
        "bursar_pool_accruals_total",
        "Days that holdings of the pools have accrued"
    );
    describe_counter!(
        "bursar_pool_days_total",
        "Days of products that were paid, by whether they agree"
    );
}
