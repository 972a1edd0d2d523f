//! The targets of alerts, built from the settings.

use std::sync::Arc;
use std::time::Duration;

use domain::alert::delivery::DeliveryRules;
use domain::alert::route::Route;
use secrecy::{ExposeSecret, SecretString};

use crate::actors::alert::Outbox;
use crate::adapters::notify::{PostError, Slack, Telegram, Unarmed, Webhook};
use crate::config::{NotifySettings, SecretText, TargetKind, TargetSettings};
use crate::jobs::deliver_alerts::Delivering;
use crate::ports::notify::{Notify, Target, Targets};

/// A target that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// What it needs is neither in the settings nor a credential.
    #[error(
        "target of alerts `{name}` has no {field}: set it, or hand it over as the credential notify.{name}.{field}"
    )]
    Lacking {
        /// Which.
        name: String,
        /// `url` or `token`.
        field: &'static str,
    },
    /// Something is wrong with it.
    #[error("target of alerts `{name}` cannot be used")]
    Unfit {
        /// Which.
        name: String,
        /// What.
        #[source]
        source: PostError,
    },
}

/// Builds every target; nothing is sent.
///
/// # Errors
/// Names the target that cannot be used, and what it lacks.
pub fn open(settings: &NotifySettings) -> Result<Targets, TargetError> {
    built(settings, |target, field| {
        Err(TargetError::Lacking {
            name: target.name.clone(),
            field,
        })
    })
}

/// The same for a command on a shell, to which credentials are not handed over: what a target lacks is told when it is used.
///
/// # Errors
/// Names the target that cannot be used.
pub fn known(settings: &NotifySettings) -> Result<Targets, TargetError> {
    built(settings, |_, field| Ok(Arc::new(Unarmed { field })))
}

fn built(
    settings: &NotifySettings,
    lacking: impl Fn(&TargetSettings, &'static str) -> Result<Arc<dyn Notify>, TargetError>,
) -> Result<Targets, TargetError> {
    let mut all = Vec::with_capacity(settings.targets.len());
    for target in &settings.targets {
        let notify = match target.lacks() {
            Some(field) => lacking(target, field)?,
            None => adapter(target, settings.deadline).map_err(|source| TargetError::Unfit {
                name: target.name.clone(),
                source,
            })?,
        };
        let route = Route {
            target: target.name.clone(),
            least: target.severity,
            kinds: target.kinds.clone(),
        };
        all.push(Target { route, notify });
    }
    Ok(Targets {
        sender: settings.sender.clone(),
        all: Arc::new(all),
    })
}

/// Who is told of alerts, and how.
pub fn outbox(settings: &NotifySettings, targets: Targets) -> Outbox {
    Outbox {
        targets,
        delivering: Some(Delivering {
            rules: DeliveryRules {
                attempts: settings.attempts,
                first: settings.retry_first,
                longest: settings.retry_max,
                per_minute: settings.per_minute,
                failures_until_alert: settings.failures_until_alert,
            },
            deadline: settings.deadline,
            look_every: settings.look_every,
        }),
    }
}

fn adapter(target: &TargetSettings, deadline: Duration) -> Result<Arc<dyn Notify>, PostError> {
    let url = secret(&target.url);
    Ok(match target.kind {
        TargetKind::Webhook => Arc::new(Webhook::open(&url, target.signing_key().as_deref(), deadline)?),
        TargetKind::Slack => Arc::new(Slack::open(&url, deadline)?),
        TargetKind::Telegram => {
            let token = secret(&target.token);
            Arc::new(Telegram::open(url.expose_secret(), &token, &target.chat, deadline)?)
        }
    })
}

fn secret(text: &SecretText) -> SecretString {
    text.expose_secret().into()
}
