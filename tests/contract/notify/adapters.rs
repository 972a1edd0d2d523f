//! Each dialect against a local server that behaves and misbehaves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bursar::adapters::notify::{Slack, Telegram, Webhook};
use bursar::ports::notify::Notify;
use domain::alert::delivery::Told;
use domain::alert::notice::{Content, Notice};
use secrecy::SecretString;
use serde_json::json;

use super::{DEADLINE, notice};
use crate::receiver::{Receiver, Reply, status};

const TOKEN: &str = "123456:AAcanary-Telegram_token";
const SECRET_PATH: &str = "canary-path-T0KEN";

fn url(receiver: &Receiver) -> SecretString {
    format!("{}/{SECRET_PATH}", receiver.url).into()
}

fn webhook(receiver: &Receiver) -> Arc<dyn Notify> {
    let key = b"canary-key-0123456789".as_slice();
    Arc::new(Webhook::open(&url(receiver), Some(key), DEADLINE).unwrap())
}

/// Every dialect, sending to this receiver.
fn all(receiver: &Receiver) -> Vec<(&'static str, Arc<dyn Notify>)> {
    let token = SecretString::from(TOKEN);
    vec![
        ("webhook", webhook(receiver)),
        ("slack", Arc::new(Slack::open(&url(receiver), DEADLINE).unwrap())),
        (
            "telegram",
            Arc::new(Telegram::open(&receiver.url, &token, "-100", DEADLINE).unwrap()),
        ),
    ]
}

fn unknown(why: &str, after: Option<u64>) -> Told {
    Told::Unknown {
        why: why.to_owned(),
        after: after.map(Duration::from_secs),
    }
}

fn refused(why: &str) -> Told {
    Told::Refused { why: why.to_owned() }
}

#[tokio::test]
async fn a_webhook_gets_json_with_id_and_signature_and_the_same_body_again() {
    let receiver = Receiver::start();
    let target = webhook(&receiver);
    let later = Notice {
        at: domain::time::Timestamp(99_000),
        ..notice()
    };
    assert_eq!(target.tell(&notice()).await, Told::Done);
    assert_eq!(target.tell(&later).await, Told::Done);
    let seen = receiver.seen();
    assert_eq!(seen[0].body, seen[1].body);
    assert_eq!(seen[0].path, format!("/{SECRET_PATH}"));
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(seen[0].header("webhook-id"), "mem0ry-7");
    let times = [&seen[0], &seen[1]].map(|seen| seen.header("webhook-timestamp").to_owned());
    assert_eq!(times, ["1", "99"]);
    assert!(seen[0].header("webhook-signature").starts_with("v1,"));
    assert_ne!(seen[0].header("webhook-signature"), seen[1].header("webhook-signature"));
    let body = seen[0].json();
    assert_eq!((&body["version"], &body["event"]), (&json!(1), &json!("raised")));
    assert_eq!(body["alert"]["severity"], "warning");
}

#[tokio::test]
async fn slack_gets_text_without_markup_and_telegram_plain_text_for_its_chat() {
    let receiver = Receiver::start();
    for (_, target) in all(&receiver).into_iter().skip(1) {
        assert_eq!(target.tell(&notice()).await, Told::Done);
    }
    let seen = receiver.seen();
    let text = "[warning] live: job_failing raised on job:sweep\nfailed &lt;3&gt; times &amp; more @\u{200b}here\n\
                alert 17, since 1970-01-01T00:00:00.000Z";
    assert_eq!(seen[0].json(), json!({ "text": text }));
    assert_eq!(seen[1].path, format!("/bot{TOKEN}/sendMessage"));
    let text = "[warning] live: job_failing raised on job:sweep\nfailed <3> times & more @here\n\
                alert 17, since 1970-01-01T00:00:00.000Z";
    let expected = json!({ "chat_id": "-100", "text": text, "link_preview_options": { "is_disabled": true } });
    assert_eq!(seen[1].json(), expected);
}

#[tokio::test]
async fn a_message_that_is_not_understood_is_refused_and_all_else_is_tried_again() {
    let receiver = Receiver::start();
    for (name, target) in all(&receiver) {
        for code in [400, 413, 415, 422] {
            receiver.will([status(code)]);
            let told = target.tell(&notice()).await;
            assert_eq!(told, refused(&format!("status {code}")), "{name}");
        }
        for code in [401, 403, 404, 408, 429, 500, 502, 503] {
            receiver.will([status(code)]);
            let told = target.tell(&notice()).await;
            assert_eq!(told, unknown(&format!("status {code}"), None), "{name}");
        }
        receiver.will([Reply::With(429, "Retry-After: 7\r\n", String::new())]);
        assert_eq!(target.tell(&notice()).await, unknown("status 429", Some(7)), "{name}");
        receiver.will([Reply::With(
            503,
            "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
            String::new(),
        )]);
        assert_eq!(target.tell(&notice()).await, unknown("status 503", None), "{name}");
        receiver.will([status(204)]);
        assert_eq!(target.tell(&notice()).await, Told::Done, "{name}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let location: &'static str = format!("Location: {}/\r\n", elsewhere.url).leak();
    for (name, target) in all(&receiver) {
        for code in [301, 302, 307, 308] {
            receiver.will([Reply::With(code, location, String::new())]);
            let why = format!("status {code}, and redirects are not followed");
            assert_eq!(target.tell(&notice()).await, unknown(&why, None), "{name}");
        }
    }
    assert_eq!(elsewhere.seen(), []);
}

#[tokio::test]
async fn a_target_that_hangs_closes_or_talks_for_ever_is_left_in_time() {
    let receiver = Receiver::start();
    for (name, target) in all(&receiver) {
        let begin = Instant::now();
        receiver.will([Reply::Hang]);
        assert_eq!(
            target.tell(&notice()).await,
            unknown("it did not answer in time", None),
            "{name}"
        );
        receiver.will([Reply::Close]);
        match target.tell(&notice()).await {
            Told::Unknown { why, after: None } => assert!(why.starts_with("the connection broke"), "{name}: {why}"),
            other => panic!("{name}: {other:?}"),
        }
        receiver.will([Reply::Huge(200)]);
        assert_eq!(target.tell(&notice()).await, Told::Done, "{name}");
        receiver.will([Reply::Huge(500)]);
        let Told::Unknown { why, .. } = target.tell(&notice()).await else {
            panic!("{name}: a 500 is no success");
        };
        assert!(why.starts_with("status 500") && why.len() < 300, "{name}: {why}");
        assert!(begin.elapsed() < DEADLINE * 10, "{name}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn nobody_there_is_told_without_any_secret() {
    let mut gone = Receiver::start();
    gone.url = "http://127.0.0.1:1".to_owned();
    for (name, target) in all(&gone) {
        let Told::Unknown { why, after: None } = target.tell(&notice()).await else {
            panic!("{name}");
        };
        assert!(why.starts_with("it cannot be reached"), "{name}: {why}");
        assert!(!why.contains("canary") && !why.contains("/bot"), "{name}: {why}");
    }
}

#[tokio::test]
async fn telegrams_own_words_are_told_without_the_token_and_its_wait_is_kept() {
    let receiver = Receiver::start();
    let (_, telegram) = all(&receiver).pop().unwrap();
    let said = json!({ "ok": false, "description": format!("Bad Request: chat not found for {TOKEN}") });
    receiver.will([Reply::With(400, "", said.to_string())]);
    let told = telegram.tell(&notice()).await;
    assert_eq!(told, refused("status 400: Bad Request: chat not found for ***"));
    let said = json!({ "ok": false, "description": "Too Many Requests", "parameters": { "retry_after": 33 } });
    receiver.will([Reply::With(429, "Retry-After: 5\r\n", said.to_string())]);
    let told = telegram.tell(&notice()).await;
    assert_eq!(told, unknown("status 429: Too Many Requests", Some(33)));
}

#[tokio::test]
async fn a_long_message_is_cut_to_what_chats_take() {
    let receiver = Receiver::start();
    let by = "算".repeat(9_000);
    let long = Notice {
        content: Content::Test { by },
        ..notice()
    };
    for (_, target) in all(&receiver).into_iter().skip(1) {
        assert_eq!(target.tell(&long).await, Told::Done);
    }
    let lengths = receiver
        .seen()
        .iter()
        .map(|seen| seen.json()["text"].as_str().unwrap().chars().count())
        .collect::<Vec<_>>();
    assert_eq!(lengths, [3_000, 2_048]);
}
