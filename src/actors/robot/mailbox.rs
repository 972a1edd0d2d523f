//! The mail that a robot takes.

use std::time::Duration;

use actix::{Context, Handler, MessageResult, ResponseFuture};
use domain::robot::decide;

use super::{NAME, RobotActor};
use crate::actors::mail::{ActorHealth, ClosePosition, HowAreYou, Look, MailError, RowsChanged, Stop};
use crate::crash;

impl Handler<Look> for RobotActor {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Context<Self>) {
        crash::point("robot.look");
        self.take_mail();
        self.look(ctx);
    }
}

impl Handler<RowsChanged> for RobotActor {
    type Result = ();

    fn handle(&mut self, _: RowsChanged, ctx: &mut Context<Self>) {
        self.take_mail();
        self.rows_changed = true;
        self.look(ctx);
    }
}

impl Handler<ClosePosition> for RobotActor {
    type Result = ResponseFuture<Result<(), MailError>>;

    fn handle(&mut self, mail: ClosePosition, ctx: &mut Context<Self>) -> Self::Result {
        self.take_mail();
        if self.is_stopping {
            return Box::pin(async { Err(MailError::Silent(NAME)) });
        }
        let receipt = self.request.ask(mail.reason);
        self.rows_changed = true;
        self.look(ctx);
        Box::pin(async move { receipt.await.unwrap_or(Err(MailError::Silent(NAME))) })
    }
}

impl Handler<HowAreYou> for RobotActor {
    type Result = MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Context<Self>) -> Self::Result {
        let now = self.deps.clock.now();
        let lag = self.waits_since.map_or(Duration::ZERO, |since| now.since(since));
        let state = match self.missing_venue() {
            Some(_) => "without_venue",
            None => decide::state_word(&self.rows.robot, self.rows.position.as_deref()),
        };
        MessageResult(ActorHealth {
            name: format!("{NAME}:{}", self.rows.robot.id),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: u32::try_from(self.generation.0.saturating_sub(1)).unwrap_or(u32::MAX),
            lag_ms: u64::try_from(lag.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for RobotActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Context<Self>) -> Self::Result {
        self.take_mail();
        self.is_stopping = true;
        let stopped = self.stoppers.wait();
        if !self.is_busy {
            self.end(ctx);
        }
        stopped
    }
}
