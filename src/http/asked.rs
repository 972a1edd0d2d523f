//! What a request brings: its body, its query and the id in its path, each wrong field named.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::desk::{PageAsk, WrongField, read};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::state::AppState;

/// How long a client may take to send a body.
const BODY_DEADLINE: Duration = Duration::from_secs(5);

/// A JSON object that was sent, apart from the `reason` that every write may give. No body at all is an empty object.
pub(super) struct Sent<T> {
    pub(super) body: T,
    pub(super) reason: Option<String>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Sent<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = is_json(request);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = match tokio::time::timeout(BODY_DEADLINE, bytes).await {
                Ok(Ok(bytes)) => bytes,
                Ok(Err(error)) => return Err(unread(&error)),
                Err(_) => return Err(Problem::new(ProblemKind::RequestTimeout, "the body came too slowly")),
            };
            let mut object = match bytes.is_empty() {
                true => Map::new(),
                false if json => object(&bytes)?,
                false => {
                    return Err(Problem::new(
                        ProblemKind::NotJson,
                        "send `Content-Type: application/json`",
                    ));
                }
            };
            let reason = taken(&mut object, "reason")?;
            let body = read(Value::Object(object))?;
            Ok(Self { body, reason })
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.content_type();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

fn unread(error: &actix_web::Error) -> Problem {
    let overflow = matches!(error.as_error::<PayloadError>(), Some(PayloadError::Overflow))
        || error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE;
    if overflow {
        Problem::new(
            ProblemKind::TooLarge,
            "the body is larger than http.request_limit_bytes",
        )
    } else {
        Problem::new(ProblemKind::Malformed, "the body cannot be read")
    }
}

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::new(ProblemKind::Malformed, "the body must be a JSON object")),
        Err(error) => {
            let detail = format!("the body is no JSON: line {} column {}", error.line(), error.column());
            Err(Problem::new(ProblemKind::Malformed, detail))
        }
    }
}

/// Takes one field out of an object, if it is there.
///
/// # Errors
/// When it is of another type.
pub(super) fn taken<T: DeserializeOwned>(object: &mut Map<String, Value>, field: &str) -> Result<Option<T>, Problem> {
    match object.remove(field) {
        None => Ok(None),
        Some(value) => match serde_json::from_value(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(WrongField::new(field, format!("cannot be read: {error}")).into()),
        },
    }
}

/// The query of a request.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Asked<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(query(request.query_string()).map(Self))
    }
}

fn query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text);
    let pairs = pairs.map_err(|_| Problem::new(ProblemKind::Malformed, "the query cannot be read"))?;
    let mut object = Map::new();
    for (name, value) in pairs.into_inner() {
        if object.insert(name.clone(), Value::String(value)).is_some() {
            return Err(WrongField::new(&name, "must be given once").into());
        }
    }
    Ok(read(Value::Object(object))?)
}

/// Reads a field of a query from its text.
pub(super) fn text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// The query of a list.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// The `next` of the page before.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 0)]
    pub(super) after: Option<i64>,
    /// At most so many rows; the largest page when absent.
    #[serde(deserialize_with = "text")]
    #[param(minimum = 1)]
    pub(super) limit: Option<u32>,
}

impl Paging {
    /// The page within the configured limit.
    pub(super) fn page(self, state: &AppState) -> Result<PageAsk, Problem> {
        Ok(PageAsk::new(self.after, self.limit, state.options.page_limit)?)
    }
}

/// The id in a path: a whole number above zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct PathId(pub(super) i64);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let id = request.match_info().query("id").parse().ok().filter(|id| *id > 0);
        ready(match id {
            Some(id) => Ok(Self(id)),
            None => Err(WrongField::new("id", "must be a whole number above zero").into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_fields_are_read_from_text_and_named_when_wrong() {
        let paging: Paging = query("after=7&limit=50").unwrap();
        assert_eq!((paging.after, paging.limit), (Some(7), Some(50)));
        let fields = |text: &str| query::<Paging>(text).unwrap_err().to_string();
        assert!(fields("limit=many").starts_with("limit "), "{}", fields("limit=many"));
        assert!(fields("offset=3").starts_with("offset "), "{}", fields("offset=3"));
        assert!(
            fields("after=1&after=2").starts_with("after "),
            "{}",
            fields("after=1&after=2")
        );
    }
}
