//! What a position's profit was computed from, so that a stranger can compute it anew.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Where the figures of a position come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfitSource {
    /// Every figure from a fill or a payment that the venue reported; all of them are on record.
    #[default]
    Venue,
    /// It shared a net at the venue with other positions: the profit is the difference of what its own fills were worth,
    /// because the venue's figures speak of the net; fees and funding are the venue's.
    Derived,
    /// Some of the quantity was taken from what the venue holds, without a fill. Only external positions.
    Inferred,
    /// From the tables of another platform.
    Imported,
}

impl ProfitSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Venue, Self::Derived, Self::Inferred, Self::Imported];

    /// Name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Venue => "venue",
            Self::Derived => "derived",
            Self::Inferred => "inferred",
            Self::Imported => "imported",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

/// One of the venue's fills: how to find it, and when it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillMark {
    /// The venue's id, under which the fill is on record for the account.
    pub venue_id: String,
    /// When, by the venue's clock.
    pub at: Timestamp,
}

/// What a position's profit was computed from: the fills and payments that are on record under its id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Where the figures come from.
    pub source: ProfitSource,
    /// How many distinct fills of the venue.
    pub fills: u32,
    /// How many distinct funding payments of the venue.
    pub incomes: u32,
    /// The newest of the fills by the venue's clock; `None` before the first.
    pub newest_fill: Option<FillMark>,
}

impl Provenance {
    /// One more fill; of no name where the quantity was only seen at the venue.
    pub(super) fn count_fill(&mut self, venue_id: Option<&str>, at: Timestamp) {
        let Some(venue_id) = venue_id else {
            self.source = ProfitSource::Inferred;
            return;
        };
        self.fills = self.fills.saturating_add(1);
        if self.newest_fill.as_ref().is_none_or(|newest| newest.at <= at) {
            self.newest_fill = Some(FillMark {
                venue_id: venue_id.to_owned(),
                at,
            });
        }
    }

    /// It shares a net from now on.
    pub(super) fn share(&mut self) {
        if self.source == ProfitSource::Venue {
            self.source = ProfitSource::Derived;
        }
    }

    /// One more payment.
    pub(super) fn count_income(&mut self) {
        self.incomes = self.incomes.saturating_add(1);
    }
}
