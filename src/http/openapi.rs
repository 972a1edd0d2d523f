//! The OpenAPI document: what the handlers say of themselves, with roles and problems added from the route table.

use actix_web::{HttpResponse, web};
use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi as Document, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use crate::http::problem::{ProblemBody, ProblemKind};
use crate::http::routes::{Access, Paths, ROUTES, Row, Verb};

const SCHEME: &str = "token";

/// The document of the whole interface.
pub fn document() -> Document {
    let mut document = Paths::openapi();
    document.info = Info::new("Bursar", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Watch, pause, steer and settle trading robots. Money is decimal text. Lists are read forward: give `next` \
         of a page as `after`. Every write is recorded with the token's name and a reason, from the field `reason` of \
         the body or the header `X-Reason`."
            .to_owned(),
    );
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("bursar_ROLE_RANDOM");
    components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer.build()));
    let mut schemas = vec![("Problem".to_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for row in ROUTES {
        let item = document.paths.paths.get_mut(row.path);
        let operation = item.and_then(|item| match row.verb {
            Verb::Get => item.get.as_mut(),
            Verb::Post => item.post.as_mut(),
            Verb::Patch => item.patch.as_mut(),
        });
        if let Some(operation) = operation {
            complete(operation, row);
        }
    }
    document
}

/// Adds what the table knows and no handler has to say: the role, and the problems that may come of it.
fn complete(operation: &mut Operation, row: &Row) {
    operation.operation_id = Some(row.handler.replace("::", "_"));
    let mut kinds = vec![ProblemKind::Unavailable];
    if let Access::Role(role) = row.access {
        let none: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, none)]);
        let role = Extensions::builder().add("x-role", json!(role)).build();
        operation.extensions.get_or_insert_default().merge(role);
        kinds.extend([
            ProblemKind::Unauthenticated,
            ProblemKind::Forbidden,
            ProblemKind::TooManyAttempts,
            ProblemKind::Deadline,
        ]);
    }
    let named = row.path.contains('{');
    if named {
        kinds.push(ProblemKind::NotFound);
    }
    if named || operation.parameters.is_some() || operation.request_body.is_some() {
        kinds.push(ProblemKind::Invalid);
    }
    if operation.request_body.is_some() {
        kinds.extend([
            ProblemKind::Malformed,
            ProblemKind::TooLarge,
            ProblemKind::NotJson,
            ProblemKind::Conflict,
            ProblemKind::RequestTimeout,
        ]);
    }
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        operation
            .responses
            .responses
            .entry(status)
            .or_insert_with(|| problem(kind));
    }
}

fn problem(kind: ProblemKind) -> RefOr<utoipa::openapi::Response> {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let response = ResponseBuilder::new().description(kind.title());
    RefOr::T(response.content("application/problem+json", content).build())
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "watch",
    responses((status = 200, description = "The OpenAPI document of this interface", content_type = "application/json", body = Object))
)]
pub(super) async fn openapi() -> HttpResponse {
    HttpResponse::Ok().json(web::Json(document()))
}
