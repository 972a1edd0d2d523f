//! Rows of users, power rates and venue accounts.

use domain::fixed::Ratio;
use domain::id::{UserId, VenueAccountId};
use domain::time::Timestamp;
use domain::user::{PositionMode, PowerRate, User, VenueAccount};
use domain::venue::VenueName;
use entity::{app_user, power_rate, venue_account};

use super::Row;
use crate::ports::store::StoreError;

/// The user id of everyone's rate.
pub const EVERYONE: i64 = 0;

pub fn user_row(user: &User) -> app_user::Model {
    app_user::Model {
        id: user.id.0,
        name: user.name.clone(),
        created_at: user.created_at.0,
    }
}

pub fn user(row: app_user::Model) -> User {
    User {
        id: UserId(row.id),
        name: row.name,
        created_at: Timestamp(row.created_at),
    }
}

pub fn power_rate_row(rate: &PowerRate) -> power_rate::Model {
    power_rate::Model {
        user_id: rate.user.map_or(EVERYONE, |user| user.0),
        rate: rate.rate.units(),
        effective_from: rate.effective_from.0,
    }
}

pub fn power_rate(row: power_rate::Model) -> Result<PowerRate, StoreError> {
    let name = Row::new("power rate of user", row.user_id);
    Ok(PowerRate {
        user: (row.user_id != EVERYONE).then_some(UserId(row.user_id)),
        rate: name.fixed("rate", row.rate, Ratio::from_units)?,
        effective_from: Timestamp(row.effective_from),
    })
}

pub fn venue_account_row(account: &VenueAccount) -> venue_account::Model {
    venue_account::Model {
        id: account.id.0,
        user_id: account.user.0,
        venue: account.venue.as_str().to_owned(),
        label: account.label.clone(),
        mode: account.mode.as_str().to_owned(),
        created_at: account.created_at.0,
    }
}

pub fn venue_account(row: venue_account::Model) -> Result<VenueAccount, StoreError> {
    let name = Row::new("venue account", row.id);
    Ok(VenueAccount {
        id: VenueAccountId(row.id),
        user: UserId(row.user_id),
        venue: name.word("venue", &row.venue, VenueName::parse)?,
        label: row.label,
        mode: name.word("mode", &row.mode, PositionMode::parse)?,
        created_at: Timestamp(row.created_at),
    })
}
