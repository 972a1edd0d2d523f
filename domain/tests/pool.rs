//! Pools: what holdings earn and are paid, against a slow model, against a table from elsewhere, and story by story.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "pool/audit.rs"]
mod audit;
#[path = "pool/model.rs"]
mod model;
#[path = "pool/stories.rs"]
mod stories;
#[path = "pool/table.rs"]
mod table;
#[path = "pool/terms.rs"]
mod terms;
#[path = "pool/world.rs"]
mod world;
