//! Users, their power rates and their accounts at venues.

use std::str::FromStr;

use domain::change::{Change, ChangeSet};
use domain::fixed::Ratio;
use domain::id::{IdKind, UserId, VenueAccountId};
use domain::time::Timestamp;
use domain::user::{PositionMode, PowerRate, User, VenueAccount};
use domain::venue::VenueName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::{Asker, Desk, DeskError, WrongField};
use crate::ports::store::StoreError;
use crate::view::{RateView, UserView, VenueAccountView};

/// A user to add.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The platform's own name for the user: 1 to 64 visible characters, unique.
    pub name: String,
}

/// A venue account to add.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVenueAccount {
    /// Owner.
    #[schema(value_type = i64)]
    pub user: UserId,
    /// Where.
    #[schema(value_type = String, example = "paper")]
    pub venue: VenueName,
    /// The operator's label: 1 to 64 visible characters, unique per venue.
    pub label: String,
    /// `one_way` or `hedge`.
    #[schema(value_type = String, example = "one_way")]
    pub mode: PositionMode,
}

/// A power rate to set.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRate {
    /// Share of the profit, 0 to 1.
    #[schema(value_type = String, example = "0.10")]
    pub rate: String,
    /// From which close time on it counts; now when absent, never in the past.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    pub effective_from: Option<Timestamp>,
}

impl Desk {
    /// Adds a user.
    ///
    /// # Errors
    /// When the name is unfit or taken, or the store does not take it.
    pub async fn create_user(&self, new: NewUser, asker: &Asker) -> Result<UserView, DeskError> {
        check_label("name", &new.name)?;
        let now = self.clock.now();
        let user = User {
            id: UserId(self.next_id(IdKind::User).await?),
            name: new.name,
            created_at: now,
        };
        let audit = self
            .audit(asker, "user.create", format!("user:{}", user.id), now)
            .await?;
        let changes = vec![Change::AddUser(user.clone()), audit];
        self.add(ChangeSet { changes }, "name must not be taken").await?;
        Ok(user.into())
    }

    /// Adds a venue account, and makes it known to its venue.
    ///
    /// # Errors
    /// Names every field that broke a rule; or the store does not take it.
    pub async fn create_account(&self, new: NewVenueAccount, asker: &Asker) -> Result<VenueAccountView, DeskError> {
        let mut wrong = Vec::new();
        wrong.extend(check_label("label", &new.label).err());
        if self.store.user(new.user).await?.is_none() {
            wrong.push(WrongField::new("user", "must be an existing user"));
        }
        match self.markets.supports(new.venue, new.mode) {
            Some(true) => {}
            Some(false) => wrong.push(WrongField::new("mode", "must be one that the venue supports")),
            None => wrong.push(WrongField::new("venue", "must be a venue that is switched on")),
        }
        if !wrong.is_empty() {
            return Err(DeskError::Invalid(wrong));
        }
        let now = self.clock.now();
        let account = VenueAccount {
            id: VenueAccountId(self.next_id(IdKind::VenueAccount).await?),
            user: new.user,
            venue: new.venue,
            label: new.label,
            mode: new.mode,
            created_at: now,
        };
        let audit = self
            .audit(asker, "account.create", format!("account:{}", account.id), now)
            .await?;
        let changes = vec![Change::AddVenueAccount(account.clone()), audit];
        self.add(ChangeSet { changes }, "label must not be taken at this venue")
            .await?;
        Ok(account.into())
    }

    /// Sets a user's power rate, or everyone's, from a point in time on. What was settled before keeps its rate.
    ///
    /// # Errors
    /// Names every field that broke a rule; or the store does not take it.
    pub async fn set_rate(&self, user: Option<UserId>, new: NewRate, asker: &Asker) -> Result<RateView, DeskError> {
        let now = self.clock.now();
        if let Some(user) = user
            && self.store.user(user).await?.is_none()
        {
            return Err(DeskError::absent("user", user));
        }
        let rate = Ratio::from_str(&new.rate)
            .ok()
            .filter(|rate| !rate.is_negative() && *rate <= Ratio::ONE);
        let effective_from = new.effective_from.unwrap_or(now);
        let mut wrong = Vec::new();
        if effective_from < now {
            // A rate from the past would change what positions owe that are closed already (S0-07).
            wrong.push(WrongField::new("effective_from", "must not be in the past"));
        }
        let Some(rate) = rate.filter(|_| wrong.is_empty()) else {
            if rate.is_none() {
                wrong.push(WrongField::new(
                    "rate",
                    "must be decimal text from 0 to 1 with at most 10 places",
                ));
            }
            return Err(DeskError::Invalid(wrong));
        };
        let rate = PowerRate {
            user,
            rate,
            effective_from,
        };
        let subject = user.map_or_else(|| "everyone".to_owned(), |user| format!("user:{user}"));
        let audit = self.audit(asker, "rate.set", subject, now).await?;
        let changes = vec![Change::AddPowerRate(rate), audit];
        self.add(
            ChangeSet { changes },
            "a rate from this point in time on is set already",
        )
        .await?;
        Ok(rate.into())
    }

    /// Commits rows with fresh ids: a conflict can only be the one unique field.
    async fn add(&self, changes: ChangeSet, taken: &str) -> Result<(), DeskError> {
        match self.store.commit(changes).await {
            Err(StoreError::Conflict { .. }) => Err(DeskError::Conflict { why: taken.to_owned() }),
            other => Ok(other?),
        }
    }
}

fn check_label(field: &str, text: &str) -> Result<(), WrongField> {
    let fits = (1..=64).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    let rule = "must be 1 to 64 characters without line breaks and without spaces at its ends";
    Err(WrongField::new(field, rule))
}
