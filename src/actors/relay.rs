//! Passes pokes on to several: whoever looks after payouts on one of several chains is poked like one.

use actix::{Actor, ActorContext, Context, Handler, Recipient};

use crate::actors::mail::{Look, Stop};
use crate::actors::spawn::poke;

/// Passes each [`Look`] on to all.
pub struct RelayActor {
    to: Vec<Recipient<Look>>,
}

impl RelayActor {
    /// One that has not started.
    pub fn new(to: Vec<Recipient<Look>>) -> Self {
        Self { to }
    }
}

impl Actor for RelayActor {
    type Context = Context<Self>;
}

impl Handler<Look> for RelayActor {
    type Result = ();

    fn handle(&mut self, _: Look, _: &mut Self::Context) {
        self.to.iter().for_each(|to| poke(to, Look));
    }
}

impl Handler<Stop> for RelayActor {
    type Result = ();

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) {
        ctx.stop();
    }
}
