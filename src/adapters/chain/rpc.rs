//! JSON-RPC 2.0 as text: requests as they leave, answers and pushes as they come. <https://www.jsonrpc.org/specification>

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// One question to a node.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its method.
    pub method: &'static str,
    /// Its parameters.
    pub params: Value,
}

impl Call {
    /// A question.
    pub fn new(method: &'static str, params: Value) -> Self {
        Self { method, params }
    }
}

/// What a node says against a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NodeError {
    /// Its code.
    #[serde(deserialize_with = "code")]
    pub code: i64,
    /// Its words.
    #[serde(deserialize_with = "words")]
    pub message: String,
    /// What else it tells.
    pub data: Value,
}

/// A node's answer to one question.
pub type Reply = Result<Box<RawValue>, NodeError>;

/// One message of a node: an answer, or a push of a subscription.
#[derive(Debug, Deserialize)]
pub struct Message {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    params: Option<Push>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error: Option<NodeError>,
}

/// What a subscription tells.
#[derive(Debug, Deserialize)]
pub struct Push {
    /// Which.
    pub subscription: Value,
    /// What.
    #[serde(default)]
    pub result: Value,
}

/// What came in one piece: one message, or those of a batch.
#[derive(Debug)]
pub enum Heard {
    /// One.
    One(Message),
    /// Those of a batch.
    Batch(Vec<Message>),
}

impl Message {
    /// The question that it answers; `None` where it names none.
    pub fn id(&self) -> Option<u64> {
        match &self.id {
            Value::Number(id) => id.as_u64(),
            // Some gateways answer a number as text.
            Value::String(id) => id.parse().ok(),
            _ => None,
        }
    }

    /// What a subscription tells, when it is a push.
    pub fn push(&self) -> Option<&Push> {
        let is_push = self.method.as_deref() == Some("eth_subscription");
        self.params.as_ref().filter(|_| is_push)
    }

    /// Whether it is an error that names no question.
    pub fn is_nameless_error(&self) -> bool {
        self.error.is_some() && self.id().is_none()
    }

    /// The answer that it is; an error when it is none.
    pub fn reply(self) -> Option<Reply> {
        match (self.error, self.result) {
            (Some(error), _) => Some(Err(error)),
            (None, Some(result)) => Some(Ok(result)),
            (None, None) => None,
        }
    }
}

/// The text of questions, numbered from `first`; several are one batch.
pub fn request(calls: &[Call], first: u64) -> String {
    let one =
        |(id, call): (u64, &Call)| json!({"jsonrpc": "2.0", "id": id, "method": call.method, "params": call.params});
    let mut each: Vec<Value> = (first..).zip(calls).map(one).collect();
    match each.len() {
        1 => each.remove(0).to_string(),
        _ => Value::Array(each).to_string(),
    }
}

/// Reads one piece of text.
///
/// # Errors
/// Says what it is not; never its content.
pub fn heard(text: &[u8]) -> Result<Heard, String> {
    let is_batch = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let read = if is_batch {
        serde_json::from_slice(text).map(Heard::Batch)
    } else {
        serde_json::from_slice(text).map(Heard::One)
    };
    read.map_err(|error| {
        format!(
            "no JSON-RPC message: {:?} at {}:{}",
            error.classify(),
            error.line(),
            error.column()
        )
    })
}

/// The replies to questions that were numbered from `first`, in their order. A single error in place of a batch is the reply to each.
///
/// # Errors
/// When an answer is missing, or belongs to another question.
pub fn replies(heard: Heard, first: u64, count: usize) -> Result<Vec<Reply>, String> {
    let messages = match heard {
        Heard::One(message) if message.is_nameless_error() => {
            let error = message.error.unwrap_or_default();
            return Ok(vec![Err(error); count]);
        }
        Heard::One(message) => vec![message],
        Heard::Batch(messages) => messages,
    };
    let mut places: Vec<Option<Reply>> = (0..count).map(|_| None).collect();
    for message in messages {
        let place = message.id().and_then(|id| usize::try_from(id.checked_sub(first)?).ok());
        let place = place.and_then(|place| places.get_mut(place));
        let place = place.ok_or("an answer to another question")?;
        *place = Some(message.reply().ok_or("an answer with neither result nor error")?);
    }
    let each = places
        .into_iter()
        .map(|reply| reply.ok_or_else(|| "an answer is missing".to_owned()));
    each.collect()
}

/// `null` is a result; none is not.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let code = Value::deserialize(deserializer)?;
    Ok(code
        .as_i64()
        .or_else(|| code.as_str()?.parse().ok())
        .unwrap_or_default())
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, first: u64, count: usize) -> Result<Vec<Reply>, String> {
        replies(heard(text.as_bytes())?, first, count)
    }

    fn shown(replies: Vec<Reply>) -> Vec<String> {
        let one = |reply: Reply| {
            reply.map_or_else(
                |error| format!("{} {}", error.code, error.message),
                |raw| raw.get().to_owned(),
            )
        };
        replies.into_iter().map(one).collect()
    }

    #[test]
    fn answers_of_a_batch_are_put_in_the_order_of_the_questions() {
        let text = r#" [{"id":8,"result":null},{"id":"7","error":{"code":-32000,"message":"no"}}]"#;
        assert_eq!(shown(read(text, 7, 2).unwrap()), ["-32000 no", "null"]);
    }

    #[test]
    fn t6_an_error_without_id_answers_what_was_asked_and_another_id_does_not() {
        let text = r#"{"jsonrpc":"2.0","error":{"code":"-32005","message":{"odd":1}}}"#;
        assert_eq!(
            shown(read(text, 1, 2).unwrap()),
            [r#"-32005 {"odd":1}"#, r#"-32005 {"odd":1}"#]
        );
        for (text, why) in [
            (r#"{"id":2,"result":1}"#, "an answer to another question"),
            (r#"{"id":0,"result":1}"#, "an answer to another question"),
            (r#"{"id":1}"#, "an answer with neither result nor error"),
            (r#"[]"#, "an answer is missing"),
        ] {
            assert_eq!(read(text, 1, 1).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn t6_what_is_no_json_is_told_without_its_content() {
        for text in ["", "{", "secret", "[{\"id\":1,", "3", "\u{feff}{}"] {
            let why = read(text, 1, 1).unwrap_err();
            assert!(why.starts_with("no JSON-RPC message"), "{why}");
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn one_question_is_no_batch() {
        let call = Call::new("eth_chainId", json!([]));
        assert_eq!(
            request(std::slice::from_ref(&call), 5),
            r#"{"id":5,"jsonrpc":"2.0","method":"eth_chainId","params":[]}"#
        );
        assert!(request(&[call.clone(), call], 5).starts_with('['));
    }
}
