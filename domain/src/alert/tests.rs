//! What of alerts is shown by itself.

use super::*;

fn alert() -> Alert {
    Alert {
        id: AlertId(3),
        kind: AlertKind::JobFailing,
        subject: "job:a".to_owned(),
        message: "it failed".to_owned(),
        raised_at: Timestamp(1_000),
        acknowledged: None,
        resolved_at: None,
    }
}

#[test]
fn an_alert_is_acknowledged_once_and_stays_open() {
    let taken = alert().acknowledge("ann", "on it", Timestamp(2_000)).unwrap();
    assert_eq!(taken.state(), AlertState::Acknowledged);
    assert_eq!(taken.resolved_at, None);
    // The answer was lost and it is said again: nothing changes.
    assert_eq!(taken.acknowledge("ann", "on it", Timestamp(9_000)), Ok(taken.clone()));
    let other = taken.acknowledge("bob", "mine", Timestamp(3_000));
    let (alert, by, at) = (AlertId(3), "ann".to_owned(), Timestamp(2_000));
    assert_eq!(other, Err(AcknowledgeError::Taken { alert, by, at }));
}

#[test]
fn what_is_over_is_not_acknowledged_and_no_acknowledgement_is_older_than_its_alert() {
    let over = Alert {
        resolved_at: Some(Timestamp(5_000)),
        ..alert()
    };
    assert_eq!(over.state(), AlertState::Resolved);
    let refused = over.acknowledge("ann", "", Timestamp(6_000));
    let (alert_id, at) = (AlertId(3), Timestamp(5_000));
    assert_eq!(refused, Err(AcknowledgeError::Over { alert: alert_id, at }));
    let early = alert().acknowledge("ann", "", Timestamp(10)).unwrap();
    assert_eq!(early.acknowledged.unwrap().at, Timestamp(1_000));
}

#[test]
fn every_kind_and_state_is_read_from_its_name() {
    for kind in AlertKind::ALL {
        assert_eq!(AlertKind::parse(kind.as_str()), Some(kind));
    }
    for state in AlertState::ALL {
        assert_eq!(AlertState::parse(state.as_str()), Some(state));
    }
}
