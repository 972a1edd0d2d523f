//! Rows of tokens and the audit trail.

use domain::access::{Audit, Role, Token};
use domain::id::{AuditId, TokenId};
use domain::time::Timestamp;
use entity::{access_token, audit};

use super::Row;
use crate::ports::store::StoreError;

pub fn token_row(token: &Token) -> access_token::Model {
    access_token::Model {
        id: token.id.0,
        name: token.name.clone(),
        role: token.role.as_str().to_owned(),
        digest: token.digest.clone(),
        created_at: token.created_at.0,
        revoked_at: token.revoked_at.map(|at| at.0),
        valid_name: token.revoked_at.is_none().then(|| token.name.clone()),
    }
}

pub fn token(row: access_token::Model) -> Result<Token, StoreError> {
    let name = Row::new("token", row.id);
    Ok(Token {
        id: TokenId(row.id),
        name: row.name,
        role: name.word("role", &row.role, Role::parse)?,
        digest: row.digest,
        created_at: Timestamp(row.created_at),
        revoked_at: row.revoked_at.map(Timestamp),
    })
}

pub fn audit_row(audit: &Audit) -> audit::Model {
    audit::Model {
        id: audit.id.0,
        at: audit.at.0,
        said_by: audit.by.clone(),
        action: audit.action.clone(),
        subject: audit.subject.clone(),
        reason: audit.reason.clone(),
        origin: audit.origin.clone(),
    }
}

pub fn audit(row: audit::Model) -> Audit {
    Audit {
        id: AuditId(row.id),
        at: Timestamp(row.at),
        by: row.said_by,
        action: row.action,
        subject: row.subject,
        reason: row.reason,
        origin: row.origin,
    }
}
