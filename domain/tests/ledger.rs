//! The ledger as a whole: what it decides, what its auditor finds, and random histories of it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod ledger {
    mod audit;
    mod corrections;
    mod decides;
    mod escrow;
    mod escrow_audit;
    mod holds;
    mod model;
    mod operators;
    mod random;
    mod shelf;
    mod takeover;
    mod transfers;
}
