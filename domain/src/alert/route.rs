//! Who is told of which alerts.

use super::delivery::{AlertEvent, Delivery, DeliveryState};
use super::{Alert, AlertKind, Severity};
use crate::id::DeliveryId;
use crate::time::Timestamp;

/// What the alert on a target that takes no alerts is about.
pub fn target_subject(target: &str) -> String {
    format!("target:{target}")
}

/// Which alerts a target is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The target's name.
    pub target: String,
    /// Only alerts that are at least so bad.
    pub least: Severity,
    /// Only these kinds; all when empty.
    pub kinds: Vec<AlertKind>,
}

impl Route {
    /// Whether the target is told of this alert. Nobody is told through a target that it does not work.
    pub fn takes(&self, alert: &Alert) -> bool {
        let own = alert.kind == AlertKind::DeliveryFailing && alert.subject == target_subject(&self.target);
        !own && alert.kind.severity() >= self.least && (self.kinds.is_empty() || self.kinds.contains(&alert.kind))
    }
}

/// The messages that an event of an alert makes, with ids from `first` on: one for each route that takes it.
pub fn deliveries<'a>(
    routes: impl IntoIterator<Item = &'a Route>,
    alert: &Alert,
    event: AlertEvent,
    first: DeliveryId,
    now: Timestamp,
) -> Vec<Delivery> {
    let takers = routes.into_iter().filter(|route| route.takes(alert));
    (first.0..)
        .zip(takers)
        .map(|(id, route)| Delivery {
            id: DeliveryId(id),
            alert: alert.id,
            target: route.target.clone(),
            event,
            severity: alert.kind.severity(),
            state: DeliveryState::Waiting { next_at: now },
            attempts: 0,
            covers: 0,
            error: None,
            created_at: now,
            version: 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AlertId;

    fn route(target: &str, least: Severity, kinds: &[AlertKind]) -> Route {
        Route {
            target: target.to_owned(),
            least,
            kinds: kinds.to_vec(),
        }
    }

    fn alert(kind: AlertKind, subject: &str) -> Alert {
        Alert {
            id: AlertId(5),
            kind,
            subject: subject.to_owned(),
            message: "seen".to_owned(),
            raised_at: Timestamp(1),
            acknowledged: None,
            resolved_at: None,
        }
    }

    fn told(kind: AlertKind, subject: &str) -> Vec<(i64, String)> {
        let routes = [
            route("all", Severity::Info, &[]),
            route("bad", Severity::Critical, &[]),
            route("jobs", Severity::Info, &[AlertKind::JobFailing]),
        ];
        let made = deliveries(
            &routes,
            &alert(kind, subject),
            AlertEvent::Raised,
            DeliveryId(40),
            Timestamp(7),
        );
        assert!(made.iter().all(|delivery| delivery.alert == AlertId(5)));
        made.into_iter()
            .map(|delivery| (delivery.id.0, delivery.target))
            .collect()
    }

    #[test]
    fn targets_are_told_by_severity_and_kind() {
        let named = |names: &[&str]| {
            (40..)
                .zip(names)
                .map(|(id, name)| (id, (*name).to_owned()))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(AlertKind::ProfitSpike, "position:1"), named(&["all"]));
        assert_eq!(told(AlertKind::LedgerInvariant, "ledger"), named(&["all", "bad"]));
        assert_eq!(told(AlertKind::JobFailing, "job:a"), named(&["all", "jobs"]));
    }

    #[test]
    fn nobody_is_told_through_a_target_that_it_does_not_work() {
        assert_eq!(told(AlertKind::DeliveryFailing, "target:all"), []);
        assert_eq!(told(AlertKind::DeliveryFailing, "target:bad"), [(40, "all".to_owned())]);
    }
}
