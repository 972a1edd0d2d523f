//! Stock venues, each behind the port [`crate::ports::stocks::StockVenue`].

pub mod futu;
