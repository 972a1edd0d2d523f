//! How values are written in settings: the text forms of durations, decimals, whole numbers and choices.

pub(super) mod choice;
pub(super) mod decimal;
pub(super) mod duration;
pub(super) mod flag;
pub(super) mod secret;
pub(super) mod whole;
