//! Robots: created, changed, started and stopped, each with its line in the trail.

use domain::change::{Change, ChangeSet};
use domain::id::{IdKind, RobotId};
use domain::robot::Wanted;
use domain::robot::draft::{RobotDraft, RobotPatch};
use domain::robot::validate::FieldError;
use domain::user::VenueAccount;

use crate::desk::{Asker, Desk, DeskError, WrongField};
use crate::view::RobotView;

/// How often a start or stop is decided anew when somebody else changed the robot meanwhile.
const ATTEMPTS: u32 = 3;

impl Desk {
    /// Creates a robot, stopped.
    ///
    /// # Errors
    /// Names every field that broke a rule; or what stands against it.
    pub async fn create_robot(&self, draft: RobotDraft, asker: &Asker) -> Result<RobotView, DeskError> {
        let wrong = self.wrong_fields(&draft).await?;
        if !wrong.is_empty() {
            return Err(DeskError::Invalid(wrong));
        }
        let now = self.clock.now();
        let robot = draft.to_robot(RobotId(self.next_id(IdKind::Robot).await?), now);
        let audit = self.audit(asker, "robot.create", subject(robot.id), now).await?;
        let changes = vec![Change::AddRobot(Box::new(robot.clone())), audit];
        self.commit(ChangeSet { changes }).await?;
        self.robot(robot.id).await
    }

    /// Changes a robot that still has this version.
    ///
    /// # Errors
    /// Names every field that broke a rule; or the robot has another version by now.
    pub async fn change_robot(
        &self,
        id: RobotId,
        version: u32,
        patch: RobotPatch,
        asker: &Asker,
    ) -> Result<RobotView, DeskError> {
        let robot = self.robot_row(id).await?;
        if robot.version != version {
            let why = format!("robot {id} has version {} by now, not {version}", robot.version);
            return Err(DeskError::Conflict { why });
        }
        let account = self.store.venue_account(robot.account).await?;
        let account = account.ok_or_else(|| DeskError::absent("venue account", robot.account))?;
        if !self.markets.has(account.venue) {
            let why = format!("{} is not switched on", account.venue);
            return Err(DeskError::Conflict { why });
        }
        let wrong = match self.markets.instrument(account.venue, &robot.symbol).await? {
            Some(instrument) => fields(patch.check(&robot, &instrument)),
            None => vec![WrongField::new("symbol", "is not listed by the venue any more")],
        };
        if !wrong.is_empty() {
            return Err(DeskError::Invalid(wrong));
        }
        let now = self.clock.now();
        let audit = self.audit(asker, "robot.change", subject(id), now).await?;
        let changes = vec![Change::UpdateRobot(Box::new(patch.apply(&robot, now))), audit];
        self.commit(ChangeSet { changes }).await?;
        self.robot(id).await
    }

    /// Starts or stops a robot. Asking for what already holds is recorded and changes nothing else.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn want_robot(&self, id: RobotId, wanted: Wanted, asker: &Asker) -> Result<RobotView, DeskError> {
        let mut attempt = 1;
        loop {
            match self.try_want(id, wanted, asker).await {
                Err(DeskError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
                Ok(()) => return self.robot(id).await,
            }
        }
    }

    async fn try_want(&self, id: RobotId, wanted: Wanted, asker: &Asker) -> Result<(), DeskError> {
        let robot = self.robot_row(id).await?;
        let now = self.clock.now();
        let (next, action) = match wanted {
            Wanted::Running => (robot.start(now), "robot.start"),
            Wanted::Stopped => (robot.stop(now), "robot.stop"),
        };
        let audit = self.audit(asker, action, subject(id), now).await?;
        let mut changes = ChangeSet::of(audit);
        if next != robot {
            changes.push(Change::UpdateRobot(Box::new(next)));
        }
        self.commit(changes).await
    }

    async fn wrong_fields(&self, draft: &RobotDraft) -> Result<Vec<WrongField>, DeskError> {
        let mut wrong = Vec::new();
        if self.store.user(draft.user).await?.is_none() {
            wrong.push(WrongField::new("user", "must be an existing user"));
        }
        let account: Option<VenueAccount> = self.store.venue_account(draft.account).await?;
        let Some(account) = account else {
            wrong.push(WrongField::new("account", "must be an existing venue account"));
            return Ok(wrong);
        };
        if account.user != draft.user {
            wrong.push(WrongField::new("account", "must be an account of the robot's user"));
        }
        if !self.markets.has(account.venue) {
            let rule = format!("must be at a venue that is switched on, and {} is not", account.venue);
            wrong.push(WrongField::new("account", rule));
            return Ok(wrong);
        }
        match self.markets.instrument(account.venue, &draft.symbol).await? {
            Some(instrument) => wrong.extend(fields(draft.check(&instrument))),
            None => {
                let rule = format!("must be a market of {}", account.venue);
                wrong.push(WrongField::new("symbol", rule));
            }
        }
        Ok(wrong)
    }
}

fn subject(id: RobotId) -> String {
    format!("robot:{id}")
}

fn fields(errors: Vec<FieldError>) -> Vec<WrongField> {
    let each = errors
        .into_iter()
        .map(|FieldError { field, rule }| WrongField { field, rule });
    each.collect()
}
