//! Reports: what was done on a day, and what waits for settlement.

use domain::fixed::{Ratio, Rounding};
use domain::id::UserId;
use domain::period::Day;
use domain::position::{Position, PositionState};
use domain::report::By;
use domain::settlement::rate_at;
use domain::user::PowerRate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{Desk, DeskError, Listing, PageAsk};
use crate::ports::store::PositionFilter;
use crate::view::{ActivityView, UnsettledPositionView, UnsettledView};

/// What was done on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DailyReport {
    /// The day in UTC.
    #[schema(format = Date)]
    pub day: String,
    /// What a row is about: `day`, `user` or `robot`.
    pub by: &'static str,
    /// The rows.
    #[serde(flatten)]
    pub rows: Listing<ActivityView>,
}

impl Desk {
    /// What was done on a day, in one row or per user or robot.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn daily_report(&self, day: Day, by: By, ask: PageAsk) -> Result<DailyReport, DeskError> {
        let rows = self.store.activity(by, day.period(), ask.with_one_more()).await?;
        // What no robot did has no id; it is the last row, so nothing is asked for beyond it.
        let rows = ask.listing(
            rows,
            |row| row.group.unwrap_or(i64::MAX),
            |row| ActivityView::new(by, &row),
        );
        Ok(DailyReport {
            day: day.to_string(),
            by: by.as_str(),
            rows,
        })
    }

    /// What waits for settlement, with a page of the positions; `default_rate` is the rate where none is set.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn unsettled(&self, default_rate: Ratio, ask: PageAsk) -> Result<UnsettledView, DeskError> {
        let filter = PositionFilter {
            unsettled: true,
            ..PositionFilter::default()
        };
        let all = self.store.unsettled().await?;
        let estimate = self.estimate(all.profit, default_rate).await?;
        let rows = self.store.positions(filter, ask.with_one_more()).await?;
        let users: Vec<UserId> = rows.iter().map(|position| position.user).collect();
        let rates = self.store.power_rates(&users).await?;
        let positions = ask.listing(
            rows,
            |row| row.id.0,
            |row| UnsettledPositionView {
                power_estimate: due(&row, &rates, default_rate),
                position: row.into(),
            },
        );
        Ok(UnsettledView {
            count: all.count,
            profit: all.profit.to_string(),
            power_estimate: estimate.to_string(),
            oldest: all.oldest,
            positions,
        })
    }
}

/// What a position would owe, or be given back after a correction; none where that is no amount.
fn due(position: &Position, rates: &[PowerRate], default_rate: Ratio) -> Option<String> {
    let PositionState::Closed { at, .. } = position.state else {
        return None;
    };
    let rate = rate_at(rates, position.user, at, default_rate);
    let power = rate.of(position.unsettled_profit(), Rounding::HalfUp);
    power.ok().map(|power| power.to_string())
}
