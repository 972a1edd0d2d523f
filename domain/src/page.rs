//! Pages of long lists: every list is read forward by a key, never by offset.

/// A page request: up to `limit` rows whose key is beyond `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only rows with a key beyond this one; zero from the start.
    pub after: i64,
    /// At most this many rows.
    pub limit: u32,
}

impl Page {
    /// The first page of `limit` rows.
    pub const fn first(limit: u32) -> Self {
        Self { after: 0, limit }
    }

    /// The page after the row with this key.
    pub const fn after(after: i64, limit: u32) -> Self {
        Self { after, limit }
    }
}
