//! Children: spawning and stopping them at a pace, answering their ends, asking how they are.

use std::sync::Arc;
use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{AsyncContext, Context, Recipient};
use domain::id::RobotId;
use domain::robot::{Robot, Wanted};
use futures::StreamExt;
use tokio::time::Instant;

use super::seat::{Need, Seat, Standing};
use super::{SupervisorActor, rows, told};
use crate::actors::mail::{ActorHealth, Exited, HowAreYou, Stop};
use crate::actors::spawn::{Birth, Child};
use crate::event;
use crate::ports::store::StoreError;

/// Children that are asked at once how they are.
const PARALLEL: usize = 64;
/// How long a child may take to say how it is.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// A child to be asked, or what is said of it when it does not live.
pub(super) struct Asked {
    health: Option<Recipient<HowAreYou>>,
    said: ActorHealth,
}

impl SupervisorActor {
    /// Takes a page of robots as they are on record.
    pub(super) fn consider(&mut self, robots: Vec<Robot>, ctx: &mut Context<Self>) {
        for robot in robots {
            let holds = self.holders.contains(&robot.id);
            let is_idle = robot.wanted == Wanted::Stopped && robot.quarantined_at.is_none() && !holds;
            if is_idle && !self.seats.contains_key(&robot.id) {
                continue;
            }
            let id = robot.id;
            let seat = self.seats.entry(id).or_insert_with(|| Seat::new(robot.clone()));
            let need = seat.consider(robot, holds, Instant::now());
            match need {
                Need::Nothing => {}
                Need::Stop => self.stop(id),
                Need::Pardon => told::pardon(&self.deps, id),
            }
        }
        self.spawn_due(ctx);
    }

    /// Spawns what is due, as far as the pace of this tick allows.
    pub(super) fn spawn_due(&mut self, ctx: &mut Context<Self>) {
        if self.draining {
            return;
        }
        let now = Instant::now();
        let due = self.seats.iter().filter(|(_, seat)| seat.is_due(now));
        let due: Vec<RobotId> = due.map(|(id, _)| *id).take(self.spawns_left).collect();
        for id in due {
            self.spawns_left -= 1;
            self.give_birth(id, ctx);
        }
    }

    /// Spawns a child where none lives.
    pub(super) fn give_birth(&mut self, id: RobotId, ctx: &mut Context<Self>) -> Option<Child> {
        let seat = self.seats.get_mut(&id)?;
        let generation = seat.next_generation();
        let child = (self.deps.factory)(Birth {
            robot: seat.row.clone(),
            generation,
            exits: actix::AsyncContext::address(ctx).recipient(),
        });
        self.deps.robots.list(id, seat.row.account, &seat.row.symbol, &child);
        seat.is_born(child.clone());
        self.living += 1;
        tracing::debug!(event = event::ROBOT_SPAWNED, robot.id = %id, generation = generation.0, "robot {id} lives");
        Some(child)
    }

    /// Asks a child to stop; one whose mailbox is full is asked again.
    pub(super) fn stop(&mut self, id: RobotId) {
        if let Some(seat) = self.seats.get_mut(&id)
            && let Standing::Alive { child, stopping, .. } = &mut seat.standing
            && !*stopping
        {
            match child.stop.try_send(Stop) {
                Ok(()) => *stopping = true,
                Err(error) => tracing::debug!(robot.id = %id, %error, "robot {id} could not be asked to stop yet"),
            }
        }
    }

    /// A child ended.
    pub(super) fn take_exit(&mut self, exit: Exited, ctx: &mut Context<Self>) {
        let now = Instant::now();
        let Some(seat) = self.seats.get_mut(&exit.robot) else {
            return;
        };
        let Some(crashed) = seat.exited(exit.generation, exit.panicked, &self.deps.options.crashes, now) else {
            return;
        };
        self.deps.robots.strike(exit.robot);
        if crashed {
            told::crash(exit.robot, seat, exit.panicked);
        }
        self.living = self.living.saturating_sub(1);
        self.go_on(exit.robot, now, ctx);
        self.answer_drained();
    }

    /// What follows at once from a child's end.
    fn go_on(&mut self, id: RobotId, now: Instant, ctx: &mut Context<Self>) {
        let Some(seat) = self.seats.get_mut(&id) else {
            return;
        };
        if seat.is_due(now) && !self.draining && self.spawns_left > 0 {
            self.spawns_left -= 1;
            self.give_birth(id, ctx);
        } else if let Standing::Condemned { writing: false } = seat.standing {
            self.quarantine(id, ctx);
        }
    }

    /// A child whose end was not told, because its mail was lost, ended all the same.
    pub(super) fn find_gone(&mut self, ctx: &mut Context<Self>) {
        let gone = self.seats.iter().filter_map(|(id, seat)| match &seat.standing {
            Standing::Alive { child, stopping, .. } if !child.stop.connected() => Some(Exited {
                robot: *id,
                generation: seat.generation,
                panicked: !stopping,
            }),
            _ => None,
        });
        for exit in gone.collect::<Vec<_>>() {
            self.take_exit(exit, ctx);
        }
    }

    /// Writes down who crashed too often; tried again at every tick until it is on record.
    pub(super) fn quarantine_condemned(&mut self, ctx: &mut Context<Self>) {
        let is_unwritten = |seat: &Seat| matches!(seat.standing, Standing::Condemned { writing: false });
        let condemned = self.seats.iter().filter(|(_, seat)| is_unwritten(seat));
        for id in condemned.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.quarantine(id, ctx);
        }
    }

    fn quarantine(&mut self, id: RobotId, ctx: &mut Context<Self>) {
        if let Some(seat) = self.seats.get_mut(&id) {
            seat.standing = Standing::Condemned { writing: true };
        }
        let (store, now) = (Arc::clone(&self.deps.store), self.deps.clock.now());
        let written = async move { rows::quarantine(store.as_ref(), id, now).await };
        ctx.spawn(wrap_future::<_, Self>(written).map(move |written, actor, _| actor.quarantined(id, written)));
    }

    fn quarantined(&mut self, id: RobotId, written: Result<Option<Robot>, StoreError>) {
        let Some(seat) = self.seats.get_mut(&id) else {
            return;
        };
        match written {
            Ok(Some(row)) => {
                seat.consider(row, false, Instant::now());
                told::quarantine(&self.deps, id, seat.restarts);
            }
            Ok(None) => seat.standing = Standing::Empty,
            Err(error) => {
                seat.standing = Standing::Condemned { writing: false };
                tracing::warn!(event = event::QUARANTINE_UNWRITTEN, robot.id = %id, %error,
                    "the quarantine of robot {id} is not on record yet");
            }
        }
    }

    /// Answers who waits for the drain once nothing lives.
    pub(super) fn answer_drained(&mut self) {
        if !self.draining || self.living > 0 {
            return;
        }
        for waiter in self.drained.drain(..) {
            if waiter.send(()).is_err() {
                tracing::debug!("who waited for the drain has gone");
            }
        }
    }

    /// Every child that is to be listed.
    pub(super) fn listed(&self) -> Vec<Asked> {
        let listed = self.seats.iter().filter_map(|(id, seat)| {
            let health = match &seat.standing {
                Standing::Empty => return None,
                Standing::Alive { child, .. } => Some(child.health.clone()),
                Standing::Wanted { .. }
                | Standing::BackingOff { .. }
                | Standing::Condemned { .. }
                | Standing::Quarantined => None,
            };
            let said = ActorHealth {
                name: format!("robot:{id}"),
                state: seat.word().to_owned(),
                last_mail: None,
                restarts: seat.restarts,
                lag_ms: 0,
            };
            Some(Asked { health, said })
        });
        listed.collect()
    }
}

/// Asks them all, some at once, each with a deadline.
pub(super) async fn ask(children: Vec<Asked>) -> Vec<ActorHealth> {
    let answers = children.into_iter().map(|asked| async move {
        let Some(health) = asked.health else {
            return asked.said;
        };
        match tokio::time::timeout(ANSWER_WITHIN, health.send(HowAreYou)).await {
            Ok(Ok(answer)) => ActorHealth {
                restarts: asked.said.restarts,
                ..answer
            },
            Ok(Err(_)) | Err(_) => ActorHealth {
                state: "silent".to_owned(),
                ..asked.said
            },
        }
    });
    futures::stream::iter(answers).buffered(PARALLEL).collect().await
}
