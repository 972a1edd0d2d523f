//! What follows from an order's end: a trade with its payouts, another try, or the return of what was given; each in one commit.

use std::sync::Arc;

use domain::ledger::{PostAnswer, Request};
use domain::trigger::decide::{self, Conclusion};
use domain::trigger::money::{self, Due, Executed};
use domain::trigger::{Case, Step, StockOrder, StockOrderState, Trigger, TriggerEvent, payouts};

use super::board::Rest;
use super::follow::next_look;
use super::told;
use super::work::{Flow, Job, impossible};
use crate::actors::mail::{Look, Post};
use crate::actors::spawn::poke;
use crate::crash;
use crate::ports::store::StoreError;

/// An order became this: whatever follows from it is committed with it.
pub(super) async fn became(
    job: &Job<'_>,
    case: Case,
    order: StockOrder,
    may_ask_again: bool,
) -> Result<Flow, StoreError> {
    if order.in_doubt_since().is_none() {
        job.deps.known(order.id);
        told::certain(job.deps, &order);
    }
    match decide::conclude(&case.trigger, &order, may_ask_again, job.deps.clock.now()) {
        Conclusion::NotYet => not_yet(job, case, order).await,
        Conclusion::Again { next_at, why } => {
            let trigger = job.on(&case.trigger, &TriggerEvent::MayTryAgain { why, next_at })?;
            let step = Step {
                trigger: Some(trigger),
                order: Some(order),
                ..Step::default()
            };
            job.commit(&case, &step).await?;
            // The rows are read again: a pause may have come.
            Ok(Flow::On(None))
        }
        Conclusion::GiveUp { why } => give_up(job, &case, Some(order), why).await,
        Conclusion::Executed { why } => execute(job, case, order, why).await,
    }
}

async fn not_yet(job: &Job<'_>, case: Case, order: StockOrder) -> Result<Flow, StoreError> {
    let step = Step {
        order: Some(order.clone()),
        ..Step::default()
    };
    job.commit(&case, &step).await?;
    if order.state == StockOrderState::FillCancelled {
        return Ok(Flow::On(Some(Box::new(case.after(step, job.deps.clock.now())))));
    }
    Ok(Flow::Rest(next_look(job, &case, &order)))
}

/// Nothing was executed, and nothing will be: what was given goes back.
pub(super) async fn give_up(
    job: &Job<'_>,
    case: &Case,
    order: Option<StockOrder>,
    why: String,
) -> Result<Flow, StoreError> {
    let trigger = job.on(&case.trigger, &TriggerEvent::GivenUp { why })?;
    let step = paying(job, trigger, order, &money::returned(&case.trigger)).await?;
    job.commit(case, &step).await?;
    crash::point("trigger.returning");
    Ok(over(job))
}

/// Something was executed: the trade's entry, the order, the trigger and its payouts are one commit of the ledger.
async fn execute(job: &Job<'_>, case: Case, order: StockOrder, why: Option<String>) -> Result<Flow, StoreError> {
    let made = money::executed(&case.trigger, job.listing, &order);
    let made = made.map_err(|error| impossible(case.trigger.id, &error))?;
    let Executed { filled, value, fee, .. } = made;
    let event = TriggerEvent::Executed {
        filled,
        value,
        fee,
        why,
    };
    let trigger = job.on(&case.trigger, &event)?;
    let step = paying(job, trigger, Some(order), &made.dues).await?;
    let posting = case.posting(&step, &made, job.deps.clock.now());
    crash::point("trigger.filled");
    let request = Request::Escrow(Arc::new(posting));
    let asked = job.deps.ledger.send(Post { request });
    let answer = tokio::time::timeout(job.deps.options.ledger_deadline, asked).await;
    crash::point("trigger.paying");
    let refused = match answer {
        Ok(Ok(Ok(receipt))) => match receipt.answer {
            PostAnswer::Created { .. } | PostAnswer::Exists { .. } | PostAnswer::NothingDue => None,
            PostAnswer::ExistsDifferent { .. } | PostAnswer::AlreadyFailed { .. } | PostAnswer::Rejected { .. } => {
                Some(format!("{:?}", receipt.answer))
            }
        },
        Ok(Ok(Err(error))) => Some(error.to_string()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("the ledger did not answer in time".to_owned()),
    };
    let Some(why) = refused else {
        told::moved(&case, &step);
        return Ok(over(job));
    };
    // The rows tell whether it was posted after all; the order is looked up again, and the same is posted under the same key.
    told::not_posted(job.deps, &case.trigger, &why);
    let (wait, is_ordering) = (job.deps.options.retry, true);
    Ok(Flow::Rest(Rest::After { wait, is_ordering }))
}

/// The step that makes payouts of what is due; where nothing is, the trigger is over at once.
async fn paying(job: &Job<'_>, trigger: Trigger, order: Option<StockOrder>, dues: &[Due]) -> Result<Step, StoreError> {
    let now = job.deps.clock.now();
    if dues.is_empty() {
        let trigger = Some(job.on(&trigger, &TriggerEvent::PaidOut)?);
        return Ok(Step {
            trigger,
            order,
            ..Step::default()
        });
    }
    let first = job.deps.payout_ids().await?;
    let payouts = payouts(&trigger, job.listing, dues, first, &job.deps.installation, now);
    Ok(Step {
        trigger: Some(trigger),
        order,
        payouts,
        ..Step::default()
    })
}

fn over(job: &Job<'_>) -> Flow {
    poke(&job.deps.payouts, Look);
    Flow::Rest(Rest::Gone)
}
