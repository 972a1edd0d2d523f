//! Deaths at named points that strike only the thread that asked for them: many stories run in one process.

use std::cell::RefCell;

thread_local! {
    static AWAITED: RefCell<Option<Death>> = const { RefCell::new(None) };
}

struct Death {
    point: String,
    /// How often the point is passed before.
    passes: u32,
}

/// Lets this thread panic at a point of [`bursar::crash`], once, after it passed there so many times; without a word,
/// as the death is part of the story.
pub fn die_at(point: &str, passes: u32) {
    let name = point.to_owned();
    // For good and in every thread; threads that await no death pass.
    fail::cfg_callback(point, move || pass(&name)).unwrap();
    let point = point.to_owned();
    AWAITED.set(Some(Death { point, passes }));
}

/// Takes back what has not struck.
pub fn live_on() {
    AWAITED.take();
}

fn pass(point: &str) {
    let strikes = AWAITED.with_borrow_mut(|awaited| {
        let Some(death) = awaited.as_mut().filter(|death| death.point == point) else {
            return false;
        };
        if death.passes > 0 {
            death.passes -= 1;
            return false;
        }
        awaited.take();
        true
    });
    if strikes {
        std::panic::resume_unwind(Box::new(format!("died at {point}")));
    }
}
