//! Names of events in the log: the field `event`, by which operators search.

/// A profitable close found too little power; a debt was recorded.
pub const SETTLEMENT_SHORT: &str = "settlement.short";
/// A profitable close was charged.
pub const SETTLEMENT_CHARGED: &str = "settlement.charged";
