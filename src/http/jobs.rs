//! Jobs over HTTP: what there is, what became of it, and acts on it.

use actix_web::{HttpResponse, web};
use domain::id::JobRunId;
use domain::job::{JobName, RunState};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::actors::mail::{JobsChanged, StartJob};
use crate::desk::{ChangedJob, Listing, NewJob, WrongField};
use crate::event;
use crate::http::asked::{Asked, Paging, PathId, Sent, text};
use crate::http::caller::Writer;
use crate::http::mail::ask;
use crate::http::problem::Problem;
use crate::http::robots::Nothing;
use crate::http::state::AppState;
use crate::ports::store::JobRunFilter;
use crate::view::{DuesView, JobRunView, JobView};

/// The jobs: the daemon's own, and those that people made.
#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, description = "All jobs", body = Listing<JobView>)))]
pub(super) async fn list(state: web::Data<AppState>) -> Result<web::Json<Listing<JobView>>, Problem> {
    Ok(web::Json(state.desk.jobs().await?))
}

/// Makes a job. Commands, scripts and addresses must be allowed in the daemon's settings.
#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = NewJob, responses((status = 201, description = "The job", body = JobView)))]
pub(super) async fn create(
    state: web::Data<AppState>,
    writer: Writer,
    sent: Sent<NewJob>,
) -> Result<HttpResponse, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let job = state.desk.create_job(sent.body, &asker).await?;
    tell(&state, None);
    Ok(HttpResponse::Created().json(job))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{name}", tag = "jobs", params(("name" = String, Path, description = "The job")), responses((status = 200, description = "The job", body = JobView)))]
pub(super) async fn show(state: web::Data<AppState>, name: web::Path<String>) -> Result<web::Json<JobView>, Problem> {
    Ok(web::Json(state.desk.job(&name).await?))
}

/// Changes a job; what is absent stays. Where its times change, due times before now are not caught up.
#[utoipa::path(patch, path = "/jobs/{name}", tag = "jobs", params(("name" = String, Path, description = "The job")), request_body = ChangedJob, responses((status = 200, description = "The job", body = JobView)))]
pub(super) async fn change(
    state: web::Data<AppState>,
    writer: Writer,
    name: web::Path<String>,
    sent: Sent<ChangedJob>,
) -> Result<web::Json<JobView>, Problem> {
    let asker = writer.asker(sent.reason.as_deref())?;
    let job = state.desk.change_job(&name, &sent.body, &asker).await?;
    tell(&state, None);
    Ok(web::Json(job))
}

/// Takes the job's due times from now on.
#[utoipa::path(post, path = "/jobs/{name}/enable", tag = "jobs", params(("name" = String, Path, description = "The job")), request_body = Nothing, responses((status = 200, description = "The job", body = JobView)))]
pub(super) async fn enable(
    state: web::Data<AppState>,
    writer: Writer,
    name: web::Path<String>,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobView>, Problem> {
    switch(&state, writer, &name, sent, true).await
}

/// Takes no due time of the job any more; a run in progress ends by itself.
#[utoipa::path(post, path = "/jobs/{name}/disable", tag = "jobs", params(("name" = String, Path, description = "The job")), request_body = Nothing, responses((status = 200, description = "The job", body = JobView)))]
pub(super) async fn disable(
    state: web::Data<AppState>,
    writer: Writer,
    name: web::Path<String>,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobView>, Problem> {
    switch(&state, writer, &name, sent, false).await
}

async fn switch(
    state: &AppState,
    writer: Writer,
    name: &str,
    sent: Sent<Nothing>,
    enabled: bool,
) -> Result<web::Json<JobView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    let job = state.desk.enable_job(name, enabled, &asker).await?;
    tell(state, None);
    Ok(web::Json(job))
}

/// Removes a job; its runs stay until they are pruned.
#[utoipa::path(post, path = "/jobs/{name}/remove", tag = "jobs", params(("name" = String, Path, description = "The job")), request_body = Nothing, responses((status = 200, description = "The job as it was", body = JobView)))]
pub(super) async fn remove(
    state: web::Data<AppState>,
    writer: Writer,
    name: web::Path<String>,
    sent: Sent<Nothing>,
) -> Result<web::Json<JobView>, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    let job = state.desk.remove_job(&name, &asker).await?;
    tell(&state, Some(name.into_inner()));
    Ok(web::Json(job))
}

/// Begins a run of a job now, whatever its times, and answers at once; the run tells what becomes of it.
#[utoipa::path(post, path = "/jobs/{name}/run", tag = "jobs", params(("name" = String, Path, description = "The job")), request_body = Nothing, responses((status = 202, description = "The run", body = JobRunView)))]
pub(super) async fn run(
    state: web::Data<AppState>,
    writer: Writer,
    name: web::Path<String>,
    sent: Sent<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Nothing {} = sent.body;
    let asker = writer.asker(sent.reason.as_deref())?;
    state.desk.check_job(&name).await?;
    state.desk.note(&asker, "job.run", format!("job:{name}")).await?;
    let mail = StartJob {
        name: name.into_inner(),
        by: asker.by,
    };
    let deadline = state.options.request_deadline;
    let id = ask(&state.mail.start_job, mail, deadline, "job_scheduler").await??;
    Ok(HttpResponse::Accepted().json(state.desk.job_run(id).await?))
}

/// Which runs.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct RunQuery {
    /// Only of this job.
    job: Option<String>,
    /// Only those that are `running`, `succeeded`, `failed` or `missed`.
    state: Option<String>,
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 0)]
    after: Option<i64>,
    /// At most so many rows; the largest page when absent.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 1)]
    limit: Option<u32>,
}

/// Runs of jobs, newest first.
#[utoipa::path(get, path = "/jobs/runs", tag = "jobs", params(RunQuery), responses((status = 200, description = "A page of runs", body = Listing<JobRunView>)))]
pub(super) async fn runs(
    state: web::Data<AppState>,
    asked: Asked<RunQuery>,
) -> Result<web::Json<Listing<JobRunView>>, Problem> {
    let RunQuery {
        job,
        state: wanted,
        after,
        limit,
    } = asked.0;
    let page = Paging { after, limit }.page(&state)?;
    Ok(web::Json(state.desk.job_runs(filter(job, wanted)?, page).await?))
}

fn filter(job: Option<String>, state: Option<String>) -> Result<JobRunFilter, WrongField> {
    let job = job.map(|name| JobName::new(&name).ok_or_else(|| WrongField::new("job", "must be the name of a job")));
    let state = state.map(|name| {
        let rule = "must be running, succeeded, failed or missed";
        RunState::parse(&name).ok_or_else(|| WrongField::new("state", rule))
    });
    Ok(JobRunFilter {
        job: job.transpose()?,
        state: state.transpose()?,
    })
}

/// One run of a job, with how far it is where that is known.
#[utoipa::path(get, path = "/jobs/runs/{id}", tag = "jobs", params(("id" = i64, Path, description = "The run")), responses((status = 200, description = "The run", body = JobRunView)))]
pub(super) async fn one_run(state: web::Data<AppState>, id: PathId) -> Result<web::Json<JobRunView>, Problem> {
    Ok(web::Json(state.desk.job_run(JobRunId(id.0)).await?))
}

/// Which pattern.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct DueQuery {
    /// Second, minute, hour, day of the month, month, day of the week (0 and 7 are Sunday).
    cron: String,
    /// IANA time zone; UTC when absent.
    zone: Option<String>,
    /// How many, 1 to 100; 5 when absent.
    #[serde(deserialize_with = "text")]
    count: Option<u32>,
}

/// The next due times of a pattern.
#[utoipa::path(get, path = "/jobs/next", tag = "jobs", params(DueQuery), responses((status = 200, description = "Due times", body = DuesView)))]
pub(super) async fn next(state: web::Data<AppState>, asked: Asked<DueQuery>) -> Result<web::Json<DuesView>, Problem> {
    let DueQuery { cron, zone, count } = asked.0;
    Ok(web::Json(state.desk.next_dues(&cron, zone.as_deref(), count)?))
}

fn tell(state: &AppState, gone: Option<String>) {
    if state.mail.jobs_changed.try_send(JobsChanged { gone }).is_err() {
        tracing::debug!(
            event = event::POKE_LOST,
            "the job scheduler is busy; it looks by itself soon"
        );
    }
}
