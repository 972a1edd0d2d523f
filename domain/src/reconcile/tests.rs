//! Stories of reconciling, with exact values.

mod account;
mod external;
mod history;
mod late;
mod nets;
mod orders;
mod pages;
mod reports;
mod virtuals;
