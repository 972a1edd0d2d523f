//! Problem details (RFC 9457): the one form of every answer that is not the one that was asked for.

use std::error::Error as _;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::mail::MailError;
use crate::desk::{DeskError, WrongField};
use crate::event;
use crate::ports::store::StoreError;
use crate::ports::venue::VenueError;
use crate::view::AnswerView;

/// What kind of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The request cannot be read.
    Malformed,
    /// No valid token came with it.
    Unauthenticated,
    /// The token's role may not do it.
    Forbidden,
    /// There is no such thing or place.
    NotFound,
    /// The place knows other methods.
    MethodNotAllowed,
    /// The client was too slow.
    RequestTimeout,
    /// It contradicts what is on record.
    Conflict,
    /// The body is too large.
    TooLarge,
    /// The body is not JSON.
    NotJson,
    /// Fields broke rules.
    Invalid,
    /// Too many attempts failed.
    TooManyAttempts,
    /// A bug, or a row that cannot be understood.
    Internal,
    /// The store, a venue or an actor does not answer now.
    Unavailable,
    /// It took too long; it may or may not have happened.
    Deadline,
}

impl ProblemKind {
    /// The status, the name in `type`, and the title.
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed", "The request cannot be read"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "A valid token is needed"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "The token's role may not do this"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is no such thing"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not known here",
            ),
            Self::RequestTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                "The request came too slowly",
            ),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "It contradicts what is on record"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body must be JSON"),
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields broke rules"),
            Self::TooManyAttempts => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                "Too many attempts failed",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something is wrong in here",
            ),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "It cannot be done now"),
            Self::Deadline => (StatusCode::GATEWAY_TIMEOUT, "deadline", "It took too long"),
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        self.parts().0
    }

    /// The title, the same for every problem of the kind.
    pub const fn title(self) -> &'static str {
        self.parts().2
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<WrongField>,
    /// The ledger's own answer, where it refused.
    answer: Option<Box<AnswerView>>,
    /// A header that belongs to the kind.
    extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Extra {
    None,
    Allow(String),
    RetryAfter(u64),
}

/// A problem as it is written (RFC 9457, section 3).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A URI that names the kind.
    #[serde(rename = "type")]
    kind: String,
    /// The same words for every problem of the kind.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What it was this time.
    detail: String,
    /// Each field that broke a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongField>,
    /// What the ledger answered to an act that it did not do: `exists_different`, `already_failed`, `rejected` or
    /// `nothing_due`.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    /// With `exists_different`: the first field that differs from what was posted before under the same key.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// With `already_failed` and `rejected`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Problem {
    /// A problem with what it was this time.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            answer: None,
            extra: Extra::None,
        }
    }

    /// The ledger did not do an act: its answer, and the same in words.
    pub(super) fn unposted(answer: AnswerView, why: String) -> Self {
        Self {
            answer: Some(Box::new(answer)),
            ..Self::new(ProblemKind::Conflict, why)
        }
    }

    /// Fields that broke rules.
    pub fn invalid(errors: Vec<WrongField>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{} {}", one.field, one.rule),
            many => format!("{} fields broke rules", many.len()),
        };
        Self {
            errors,
            ..Self::new(ProblemKind::Invalid, detail)
        }
    }

    /// The fields that broke rules.
    pub fn wrong_fields(&self) -> &[WrongField] {
        &self.errors
    }

    /// A method that the place does not know; `allow` lists those that it does.
    pub(super) fn method(allow: String) -> Self {
        Self {
            detail: format!("this place knows {allow}"),
            extra: Extra::Allow(allow),
            ..Self::new(ProblemKind::MethodNotAllowed, "")
        }
    }

    /// Too many attempts failed; try again after so many seconds.
    pub(super) fn too_many(seconds: u64) -> Self {
        Self {
            extra: Extra::RetryAfter(seconds),
            ..Self::new(
                ProblemKind::TooManyAttempts,
                format!("too many attempts failed from your address; wait {seconds} s"),
            )
        }
    }

    fn body(&self) -> ProblemBody {
        let (status, name, title) = self.kind.parts();
        ProblemBody {
            kind: format!("urn:bursar:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            answer: self.answer.as_ref().map(|given| given.answer),
            field: self.answer.as_ref().and_then(|given| given.field),
            reason: self.answer.as_ref().and_then(|given| given.reason.clone()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.kind.status());
        response.insert_header((CACHE_CONTROL, "no-store"));
        response.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if self.kind == ProblemKind::Unauthenticated {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"bursar\""));
        }
        match &self.extra {
            Extra::None => {}
            Extra::Allow(methods) => {
                response.insert_header((ALLOW, methods.as_str()));
            }
            Extra::RetryAfter(seconds) => {
                response.insert_header((RETRY_AFTER, seconds.to_string()));
            }
        }
        response.content_type("application/problem+json");
        match serde_json::to_vec(&self.body()) {
            Ok(body) => response.body(body),
            Err(_) => response.finish(),
        }
    }
}

impl From<WrongField> for Problem {
    fn from(wrong: WrongField) -> Self {
        Self::invalid(vec![wrong])
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Invalid(wrong) => Self::invalid(wrong),
            DeskError::Absent { .. } => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::Conflict { why } => Self::new(ProblemKind::Conflict, why),
            DeskError::Unsound(cause) => {
                tracing::error!(
                    event = event::STATEMENT_BROKEN,
                    "a statement could not be given: {cause}"
                );
                Self::new(ProblemKind::Internal, format!("the ledger is not sound: {cause}"))
            }
            DeskError::NotChecked(_) => Self::new(ProblemKind::Unavailable, error.to_string()),
            DeskError::Store(error) => error.into(),
            DeskError::Venue(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Conflict { .. } => ProblemKind::Conflict,
            StoreError::Unavailable(_) => ProblemKind::Unavailable,
            StoreError::Ambiguous(_) => ProblemKind::Deadline,
            StoreError::Corrupt { .. } => ProblemKind::Internal,
        };
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        tracing::warn!(
            event = event::HTTP_STORE_FAILED,
            cause,
            "store did not serve a request: {error}"
        );
        // The cause may quote the database; it is for the log, not for the client.
        Self::new(kind, error.to_string())
    }
}

impl From<VenueError> for Problem {
    fn from(error: VenueError) -> Self {
        match error {
            VenueError::Refused(_) => Self::new(ProblemKind::Conflict, error.to_string()),
            VenueError::Unreachable(_) | VenueError::RateLimited { .. } | VenueError::Malformed(_) => {
                Self::new(ProblemKind::Unavailable, error.to_string())
            }
        }
    }
}

impl From<MailError> for Problem {
    fn from(error: MailError) -> Self {
        let kind = match error {
            MailError::Busy(_) => ProblemKind::Unavailable,
            MailError::Silent(_) => ProblemKind::Deadline,
            MailError::Failed(_) => ProblemKind::Conflict,
        };
        Self::new(kind, error.to_string())
    }
}
