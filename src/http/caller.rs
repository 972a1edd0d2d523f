//! Who calls: the token's holder, from where, and the reason given in `X-Reason`.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::access::Role;

use crate::desk::{Asker, money_reason, reason};
use crate::http::problem::{Problem, ProblemKind};

/// The holder of the token that came with the request; the guard puts it there.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) from: IpAddr,
}

/// A caller who writes, with the reason in the header, if any.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    caller: Caller,
    header: Option<String>,
}

impl Writer {
    /// Who asks and why; a reason in the body goes before the one in the header.
    pub(super) fn asker(self, in_body: Option<&str>) -> Result<Asker, Problem> {
        let why = reason(in_body.or(self.header.as_deref()))?;
        Ok(self.because(why))
    }

    /// The same for an act on money, for which a reason must be given.
    pub(super) fn money_asker(self, in_body: Option<&str>) -> Result<Asker, Problem> {
        let why = money_reason(in_body.or(self.header.as_deref()))?;
        Ok(self.because(why))
    }

    fn because(self, reason: String) -> Asker {
        Asker {
            reason,
            by: self.caller.name,
            from: self.caller.from.to_string(),
        }
    }
}

impl FromRequest for Writer {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        let header = request.headers().get("x-reason");
        let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        ready(match caller {
            Some(caller) => Ok(Self { caller, header }),
            None => Err(Problem::new(ProblemKind::Unauthenticated, "nobody is known here")),
        })
    }
}
