//! What the ledger is sent, and how its answers are shaped for the sender.

use actix::{Handler, ResponseFuture};
use domain::ledger::{Answer, PostAnswer, Request, Transfer};
use domain::settlement::Settlement;
use futures::future::join_all;
use tokio::sync::oneshot;

use super::{Asked, LedgerActor, NAME};
use crate::actors::mail::{
    ActorHealth, HowAreYou, MailError, Post, PostAll, PostReceipt, Pulse, Recharge, RechargeReceipt, Settle,
    SettleReceipt, Stop, Withdraw,
};
use crate::crash;

/// The answer, shaped as the sender's receipt.
fn receipt<T: 'static>(asked: Asked, shape: fn(Answer) -> T) -> ResponseFuture<Result<T, MailError>> {
    Box::pin(async move {
        let answer = asked?.await.unwrap_or(Err(MailError::Silent(NAME)))?;
        Ok(shape(answer))
    })
}

impl Handler<Settle> for LedgerActor {
    type Result = ResponseFuture<Result<SettleReceipt, MailError>>;

    fn handle(&mut self, mail: Settle, ctx: &mut Self::Context) -> Self::Result {
        let asked = self.ask(Request::Settle(mail.position), ctx);
        receipt(asked, |answer| SettleReceipt {
            answer: answer.post,
            settlement: answer.settlement.unwrap_or(Settlement::NotYet),
        })
    }
}

impl Handler<Recharge> for LedgerActor {
    type Result = ResponseFuture<Result<RechargeReceipt, MailError>>;

    fn handle(&mut self, mail: Recharge, ctx: &mut Self::Context) -> Self::Result {
        let transfer = Transfer {
            reference: mail.reference,
            user: mail.user,
            purse: mail.purse,
            amount: mail.amount,
            by: mail.by,
            remark: mail.remark,
        };
        receipt(self.ask(Request::Recharge(transfer), ctx), |answer| RechargeReceipt {
            answer: answer.post,
            collected: answer.collected,
        })
    }
}

impl Handler<Withdraw> for LedgerActor {
    type Result = ResponseFuture<Result<PostAnswer, MailError>>;

    fn handle(&mut self, mail: Withdraw, ctx: &mut Self::Context) -> Self::Result {
        let transfer = Transfer {
            reference: mail.reference,
            user: mail.user,
            purse: mail.purse,
            amount: mail.amount,
            by: mail.by,
            remark: mail.remark,
        };
        receipt(self.ask(Request::Withdraw(transfer), ctx), |answer| answer.post)
    }
}

impl Handler<Post> for LedgerActor {
    type Result = ResponseFuture<Result<PostReceipt, MailError>>;

    fn handle(&mut self, mail: Post, ctx: &mut Self::Context) -> Self::Result {
        receipt(self.ask(mail.request, ctx), PostReceipt::from)
    }
}

impl Handler<PostAll> for LedgerActor {
    type Result = ResponseFuture<Vec<Result<PostReceipt, MailError>>>;

    fn handle(&mut self, mail: PostAll, ctx: &mut Self::Context) -> Self::Result {
        let asked = mail.requests.into_iter().map(|request| self.ask(request, ctx));
        let asked: Vec<Asked> = asked.collect();
        Box::pin(join_all(
            asked.into_iter().map(|asked| receipt(asked, PostReceipt::from)),
        ))
    }
}

impl Handler<Pulse> for LedgerActor {
    type Result = ResponseFuture<Result<(), MailError>>;

    fn handle(&mut self, _: Pulse, ctx: &mut Self::Context) -> Self::Result {
        crash::point("ledger.pulse");
        self.last_mail = Some(self.clock.now());
        let (reply, answer) = oneshot::channel();
        self.queue.pulses.push(reply);
        self.decide_next(ctx);
        Box::pin(async move { answer.await.unwrap_or(Err(MailError::Silent(NAME))) })
    }
}

impl Handler<HowAreYou> for LedgerActor {
    type Result = actix::MessageResult<HowAreYou>;

    fn handle(&mut self, _: HowAreYou, _: &mut Self::Context) -> Self::Result {
        let state = match (self.stopping, self.desk.is_some() && self.press.is_some()) {
            (true, _) => "stopping",
            (false, true) => "idle",
            (false, false) => "writing",
        };
        actix::MessageResult(ActorHealth {
            name: NAME.to_owned(),
            state: state.to_owned(),
            last_mail: self.last_mail,
            restarts: 0,
            lag_ms: u64::try_from(self.queue.lag().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Handler<Stop> for LedgerActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        self.stopping = true;
        let stopped = self.stoppers.wait();
        self.stop_when_drained(ctx);
        stopped
    }
}
