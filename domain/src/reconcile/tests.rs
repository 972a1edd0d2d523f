//! Stories of reconciling, with exact values.

mod account;
mod external;
mod history;
mod orders;
mod pages;
mod reports;
