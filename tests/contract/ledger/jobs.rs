//! Jobs: at their interval, one run at a time, and an alert when one keeps failing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr};
use bursar::actors::job_scheduler::{ForemanDeps, Job, JobRules, JobSchedulerActor, Teller};
use bursar::actors::mail::{HowAreYou, MailError, Raise, Resolve, RunJob, Stop};
use bursar::adapters::store::MemoryStore;
use bursar::jobs::plan::JobPlan;
use bursar::jobs::{JobError, JobReport};
use bursar::ports::work::NoWorker;
use domain::alert::AlertKind;
use domain::alert::rules::BacklogLimits;
use tokio::time::Instant;

use super::world::{START, World, options, simulate};

async fn world() -> World {
    World::new(Arc::new(MemoryStore::new()), options()).await
}

pub fn scheduler(world: &World, jobs: Vec<Job>) -> Addr<JobSchedulerActor> {
    let teller = Teller {
        clock: world.clock.clone(),
        raises: world.alerts.clone().recipient(),
        resolves: world.alerts.clone().recipient(),
        failures_until_alert: 3,
    };
    let foreman = ForemanDeps {
        store: Arc::clone(&world.store),
        worker: Arc::new(NoWorker),
        name: "host:1".to_owned(),
        rules: JobRules {
            grace: Duration::from_secs(60),
            most_catch_up: 1,
            most_at_once: 1,
        },
    };
    JobSchedulerActor::new(teller, foreman, jobs).start()
}

pub async fn run(scheduler: &Addr<JobSchedulerActor>, name: &str) -> Result<String, MailError> {
    scheduler.send(RunJob::asked(name, "ann")).await.unwrap()
}

#[test]
fn job_runs_at_its_interval_and_one_run_at_a_time() {
    simulate(async {
        let world = world().await;
        let begun = Rc::new(RefCell::new(Vec::new()));
        let running = Rc::new(Cell::new(0_u32));
        let (begins, count) = (Rc::clone(&begun), Rc::clone(&running));
        let start = Instant::now();
        let job = Job::new("slow", Duration::from_secs(60), Duration::from_secs(600), move || {
            let (begins, count) = (Rc::clone(&begins), Rc::clone(&count));
            async move {
                begins.borrow_mut().push(start.elapsed().as_secs());
                assert_eq!(count.replace(count.get() + 1), 0);
                tokio::time::sleep(Duration::from_secs(90)).await;
                count.set(count.get() - 1);
                Ok(JobReport::Judged(0))
            }
        });
        let scheduler = scheduler(&world, vec![job]);
        tokio::time::sleep(Duration::from_secs(400)).await;
        let begun = begun.borrow().clone();
        let first = begun[0];
        assert!(first <= 10, "{first}");
        // Each run takes longer than the interval: the next is due as soon as it ends.
        assert_eq!(begun.len(), 5, "{begun:?}");
        assert!(
            begun.windows(2).all(|pair| (90..=91).contains(&(pair[1] - pair[0]))),
            "{begun:?}"
        );
        let health = scheduler.send(HowAreYou).await.unwrap();
        assert_eq!(
            (health.name.as_str(), health.state.as_str()),
            ("job_scheduler", "running")
        );
        scheduler.send(Stop).await.unwrap();
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert!(!scheduler.connected());
        assert_eq!(running.get(), 1, "a run that is ended stays where it was");
    });
}

#[test]
fn asking_for_a_run_waits_for_one_that_began_after_the_asking() {
    simulate(async {
        let world = world().await;
        let runs = Rc::new(Cell::new(0_usize));
        let counted = Rc::clone(&runs);
        let job = Job::new(
            "count",
            Duration::from_secs(86_400),
            Duration::from_secs(60),
            move || {
                let counted = Rc::clone(&counted);
                async move {
                    counted.set(counted.get() + 1);
                    let number = counted.get();
                    tokio::time::sleep(Duration::from_secs(10)).await;
                    Ok(JobReport::Judged(number))
                }
            },
        );
        let scheduler = scheduler(&world, vec![job]);
        let later = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            futures::join!(run(&scheduler, "count"), run(&scheduler, "count"))
        };
        let (first, (second, third)) = futures::join!(run(&scheduler, "count"), later);
        assert_eq!(first, Ok("1 alerts have reason".to_owned()));
        assert_eq!(second, Ok("2 alerts have reason".to_owned()));
        assert_eq!(third, second);
        let unknown = run(&scheduler, "nothing").await;
        assert_eq!(unknown, Err(MailError::Failed("there is no job `nothing`".to_owned())));
    });
}

#[test]
fn s0_12_job_that_keeps_failing_raises_an_alert_until_it_succeeds() {
    simulate(async {
        let world = world().await;
        let runs = Rc::new(Cell::new(0_u32));
        let counted = Rc::clone(&runs);
        let job = Job::new(
            "shaky",
            Duration::from_secs(86_400),
            Duration::from_secs(60),
            move || {
                let counted = Rc::clone(&counted);
                async move {
                    counted.set(counted.get() + 1);
                    match counted.get() {
                        1 => Err(JobError::Mail("no answer".to_owned())),
                        2 => panic!("this job panics on purpose"),
                        3 => {
                            tokio::time::sleep(Duration::from_secs(61)).await;
                            Ok(JobReport::Judged(0))
                        }
                        _ => Ok(JobReport::Judged(0)),
                    }
                }
            },
        );
        let scheduler = scheduler(&world, vec![job]);
        let failed = |why: &str| Err(MailError::Failed(why.to_owned()));
        assert_eq!(run(&scheduler, "shaky").await, failed("no answer"));
        let panicked = run(&scheduler, "shaky").await.unwrap_err().to_string();
        assert!(panicked.contains("panic"), "{panicked}");
        assert_eq!(world.open_alerts().await, []);
        assert_eq!(run(&scheduler, "shaky").await, failed("it took longer than 60 s"));
        let alerts = world.all_alerts(true).await;
        let told: Vec<_> = alerts
            .iter()
            .map(|alert| (alert.kind, alert.subject.as_str(), alert.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [(
                AlertKind::JobFailing,
                "job:shaky",
                "job shaky failed 3 times in a row: it took longer than 60 s"
            )]
        );
        assert!(run(&scheduler, "shaky").await.is_ok());
        assert_eq!(world.open_alerts().await, []);
    });
}

/// How often each runs by itself.
pub const EVERY: Duration = Duration::from_secs(600);

/// The built-in jobs.
pub fn plan(world: &World) -> JobPlan {
    JobPlan {
        store: Arc::clone(&world.store),
        clock: world.clock.clone(),
        ledger: world.ledger.clone().recipient(),
        raises: world.alerts.clone().recipient(),
        resolves: world.alerts.clone().recipient(),
        sweep_page: 2,
        releases: world.ledger.clone().recipient(),
        hold_grace: Duration::from_secs(600),
        limits: BacklogLimits {
            count: 2,
            power: "1000".parse().unwrap(),
            age: Duration::from_secs(3_600),
            rate: "0.1".parse().unwrap(),
        },
        closes: super::closes::rules(),
        disks: super::disks::roomy(),
    }
}

/// Three positions that closed eight days ago, and the built-in jobs.
async fn built_in() -> (World, Addr<JobSchedulerActor>) {
    let world = world().await;
    for id in 1..=3 {
        let closed_at = START.before(Duration::from_secs(8 * 86_400));
        world.close_at(id, 7, "100", closed_at).await;
    }
    let scheduler = scheduler(&world, plan(&world).jobs(&|_| EVERY));
    (world, scheduler)
}

#[test]
fn s0_02_built_in_jobs_judge_and_sweep_what_is_unsettled_however_old() {
    simulate(async {
        let (world, scheduler) = built_in().await;
        assert_eq!(
            run(&scheduler, "evaluate_alerts").await,
            Ok("2 alerts have reason".to_owned())
        );
        let subject = "settlement".to_owned();
        let age = (AlertKind::UnsettledAge, subject.clone());
        assert_eq!(world.open_alerts().await, [age, (AlertKind::UnsettledCount, subject)]);
        assert_eq!(
            run(&scheduler, "sweep_unsettled").await,
            Ok("3 unsettled positions: 0 charged, 3 owed, 0 not settled".to_owned())
        );
        assert_eq!(
            run(&scheduler, "evaluate_alerts").await,
            Ok("0 alerts have reason".to_owned())
        );
        assert_eq!(
            world.open_alerts().await,
            [(AlertKind::PowerShort, "user:7".to_owned())]
        );
        // Without anybody asking, the sweep runs by itself.
        world.close(4, 7, "100").await;
        tokio::time::sleep(Duration::from_secs(620)).await;
        assert_eq!(world.position(4).await.settlement.as_str(), "owed");
    });
}

#[test]
fn audit_makes_alerts_on_debtors_true_that_a_crash_swallowed_or_left_behind() {
    simulate(async {
        let (world, scheduler) = built_in().await;
        run(&scheduler, "sweep_unsettled").await.unwrap();
        let swallowed = Resolve {
            kind: AlertKind::PowerShort,
            subject: "user:7".to_owned(),
        };
        world.alerts.send(swallowed).await.unwrap();
        let left = Raise {
            kind: AlertKind::PowerShort,
            subject: "user:8".to_owned(),
            message: "paid long ago".to_owned(),
        };
        world.alerts.send(left).await.unwrap();
        assert_eq!(
            world.open_alerts().await,
            [(AlertKind::PowerShort, "user:8".to_owned())]
        );
        assert_eq!(
            run(&scheduler, "verify_ledger").await,
            Ok("3 entries, 2 accounts, 3 debts and 3 positions agree; 0 positions are pending".to_owned())
        );
        assert_eq!(
            world.open_alerts().await,
            [(AlertKind::PowerShort, "user:7".to_owned())]
        );
    });
}
