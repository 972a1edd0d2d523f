//! Pauses: paused opens nothing, still syncs, still closes, still settles.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{RobotId, SubscriptionId, UserId};
use crate::time::Timestamp;
use crate::venue::VenueName;

/// What a pause covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PauseScope {
    /// Everything.
    Global,
    /// One venue.
    Venue(VenueName),
    /// All robots of one user.
    User(UserId),
    /// One robot.
    Robot(RobotId),
    /// What one subscription's logs set off.
    Subscription(SubscriptionId),
}

impl fmt::Display for PauseScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Venue(venue) => write!(f, "venue:{venue}"),
            Self::User(user) => write!(f, "user:{user}"),
            Self::Robot(robot) => write!(f, "robot:{robot}"),
            Self::Subscription(subscription) => write!(f, "subscription:{subscription}"),
        }
    }
}

impl PauseScope {
    /// From `global`, `venue:NAME`, `user:ID`, `robot:ID` or `subscription:ID`.
    pub fn parse(text: &str) -> Option<Self> {
        let id = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
            text.parse().ok().filter(|_| plain)
        };
        match text.split_once(':') {
            None if text == "global" => Some(Self::Global),
            Some(("venue", name)) => VenueName::parse(name).map(Self::Venue),
            Some(("user", number)) => id(number).map(UserId).map(Self::User),
            Some(("robot", number)) => id(number).map(RobotId).map(Self::Robot),
            Some(("subscription", number)) => id(number).map(SubscriptionId).map(Self::Subscription),
            _ => None,
        }
    }

    /// Whether it covers what a robot does at a venue for a user; `None` for what no robot does.
    pub fn covers(self, venue: VenueName, user: UserId, robot: Option<RobotId>) -> bool {
        match self {
            Self::Global => true,
            Self::Venue(name) => name == venue,
            Self::User(id) => id == user,
            Self::Robot(id) => Some(id) == robot,
            Self::Subscription(_) => false,
        }
    }

    /// Every scope that covers what a subscription's logs set off.
    pub const fn over_subscription(venue: VenueName, subscription: SubscriptionId) -> [Self; 3] {
        [Self::Global, Self::Venue(venue), Self::Subscription(subscription)]
    }

    /// Every scope that covers a robot.
    pub const fn over(venue: VenueName, user: UserId, robot: RobotId) -> [Self; 4] {
        [Self::Global, Self::Venue(venue), Self::User(user), Self::Robot(robot)]
    }
}

impl Serialize for PauseScope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PauseScope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let rule = "must be `global`, `venue:NAME`, `user:ID`, `robot:ID` or `subscription:ID`";
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(rule))
    }
}

/// The last word on one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What it covers.
    pub scope: PauseScope,
    /// Whether it is paused now.
    pub paused: bool,
    /// Who said so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The first scope among these pauses that forbids opening, if any does.
pub fn stopped_by(pauses: &[Pause], scopes: &[PauseScope]) -> Option<PauseScope> {
    let mut paused = pauses.iter().filter(|pause| pause.paused);
    paused
        .find(|pause| scopes.contains(&pause.scope))
        .map(|pause| pause.scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_from_their_names_and_from_nothing_else() {
        let of_robots = PauseScope::over(VenueName::Paper, UserId(7), RobotId(8));
        let of_stocks = PauseScope::over_subscription(VenueName::Futu, SubscriptionId(9));
        for scope in of_robots.into_iter().chain(of_stocks) {
            assert_eq!(PauseScope::parse(&scope.to_string()), Some(scope));
        }
        for text in [
            "",
            "robot",
            "robot:",
            "robot:0",
            "robot:07",
            "robot:+7",
            "user:-1",
            "venue:nowhere",
            "Global",
        ] {
            assert_eq!(PauseScope::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_robot_is_stopped_by_each_of_its_four_scopes_and_by_no_other() {
        let over = PauseScope::over(VenueName::Paper, UserId(7), RobotId(8));
        let said = |scope, paused| Pause {
            scope,
            paused,
            by: "op".to_owned(),
            reason: "test".to_owned(),
            at: Timestamp(1),
        };
        let others = [
            PauseScope::Venue(VenueName::Legacy),
            PauseScope::User(UserId(8)),
            PauseScope::Robot(RobotId(7)),
        ];
        let beside = others.map(|scope| said(scope, true));
        assert_eq!(stopped_by(&beside, &over), None);
        for scope in over {
            assert_eq!(stopped_by(&[said(scope, true)], &over), Some(scope));
            assert_eq!(stopped_by(&[said(scope, false)], &over), None);
            assert!(scope.covers(VenueName::Paper, UserId(7), Some(RobotId(8))));
        }
        for scope in others {
            assert!(!scope.covers(VenueName::Paper, UserId(7), Some(RobotId(8))));
        }
        assert!(!PauseScope::Robot(RobotId(8)).covers(VenueName::Paper, UserId(7), None));
    }
}
