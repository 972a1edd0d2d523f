//! A socket's dialogue as one venue wants it: what is said at which moment, and what it says in turn.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::caller::Wish;
use crate::adapters::venue::dialect::{ParseError, Push};

/// Reads one message.
pub type Reader = Arc<dyn Fn(&[u8]) -> Result<Vec<Push>, ParseError> + Send + Sync>;

/// A dialogue that is about to begin.
#[derive(Clone)]
pub struct Script {
    /// Where. A secret where it names a key.
    pub url: String,
    /// Headers of the handshake, beside those that the protocol wants.
    pub headers: &'static [(&'static str, &'static str)],
    /// Said first; what follows waits until the venue has accepted it.
    pub login: Option<String>,
    /// Said next.
    pub subscribe: Vec<String>,
    /// How many of the subscriptions the venue confirms; with the last one the stream is up.
    pub confirms: usize,
    /// Said every now and then, so that the venue answers and both know that the other lives; `None`: a ping of the protocol.
    pub ping: Option<String>,
    /// How often.
    pub ping_every: Duration,
    /// Asked over HTTP every now and then, so that the venue keeps the stream.
    pub keep: Option<(Duration, Wish)>,
    /// Reads what the venue says.
    pub read: Reader,
}

impl Script {
    /// Listens without a login or a subscription, and pings with the protocol.
    pub fn plain(url: String, ping_every: Duration, read: Reader) -> Self {
        Self {
            url,
            headers: &[],
            login: None,
            subscribe: Vec::new(),
            confirms: 0,
            ping: None,
            ping_every,
            keep: None,
            read,
        }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("confirms", &self.confirms)
            .finish_non_exhaustive()
    }
}

/// Where a dialogue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    LoggingIn,
    Subscribing { confirmed: usize },
    Up,
}

/// What is to be done after a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// To be said.
    pub say: Vec<String>,
    /// Whether the stream has just come up.
    pub is_up: bool,
    /// What was told.
    pub told: Vec<Push>,
    /// What could not be read: something happened, and nobody knows what.
    pub unread: Option<ParseError>,
    /// Why the dialogue is over.
    pub over: Option<String>,
}

/// A dialogue that is going on. It awaits nothing: what it hears is handed in, what it wants said is handed out.
#[derive(Debug)]
pub struct Dialogue {
    script: Script,
    stage: Stage,
}

impl Dialogue {
    /// Begins.
    pub fn begin(script: Script) -> (Self, Next) {
        let stage = Stage::LoggingIn;
        let mut dialogue = Self { script, stage };
        let next = match dialogue.script.login.clone() {
            Some(login) => Next {
                say: vec![login],
                ..Next::default()
            },
            None => dialogue.subscribe(),
        };
        (dialogue, next)
    }

    /// Takes a message in.
    pub fn hear(&mut self, message: &[u8]) -> Next {
        let pushes = match (self.script.read)(message) {
            Ok(pushes) => pushes,
            Err(error) => {
                return Next {
                    unread: Some(error),
                    ..Next::default()
                };
            }
        };
        let mut next = Next::default();
        for push in pushes {
            self.take(push, &mut next);
            if next.over.is_some() {
                break;
            }
        }
        next
    }

    fn take(&mut self, push: Push, next: &mut Next) {
        match (push, self.stage) {
            (Push::LoggedIn, Stage::LoggingIn) => {
                let Next { say, is_up, .. } = self.subscribe();
                next.say.extend(say);
                next.is_up |= is_up;
            }
            (Push::Subscribed(_), Stage::Subscribing { confirmed }) => {
                self.stage = if confirmed + 1 >= self.script.confirms {
                    next.is_up = true;
                    Stage::Up
                } else {
                    Stage::Subscribing {
                        confirmed: confirmed + 1,
                    }
                };
            }
            (Push::Refused(words), _) => next.over = Some(format!("the venue refuses: {words}")),
            (Push::Closing(words), _) => next.over = Some(format!("the venue closes: {words}")),
            (Push::KeyExpired, _) => next.over = Some("the stream's key has ended".to_owned()),
            (Push::Ping(answer), _) => next.say.push(answer),
            (Push::LoggedIn | Push::Subscribed(_) | Push::Pong | Push::Other(_), _) => {}
            (push, _) => next.told.push(push),
        }
    }

    fn subscribe(&mut self) -> Next {
        let is_up = self.script.confirms == 0;
        self.stage = if is_up {
            Stage::Up
        } else {
            Stage::Subscribing { confirmed: 0 }
        };
        Next {
            say: self.script.subscribe.clone(),
            is_up,
            ..Next::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(login: Option<&str>, confirms: usize) -> Script {
        let read = |message: &[u8]| {
            Ok(vec![match message {
                b"in" => Push::LoggedIn,
                b"sub" => Push::Subscribed("x".to_owned()),
                b"no" => Push::Refused("wrong sign (1)".to_owned()),
                b"bye" => Push::Closing("upgrade".to_owned()),
                b"gone" => Push::KeyExpired,
                b"ping" => Push::Ping("pong".to_owned()),
                b"bad" => return Err(ParseError::new("message", "x".to_owned(), "is missing")),
                _ => Push::Poke("order".to_owned()),
            }])
        };
        Script {
            url: "ws://venue".to_owned(),
            headers: &[],
            login: login.map(str::to_owned),
            subscribe: vec!["orders".to_owned(), "fills".to_owned()],
            confirms,
            ping: None,
            ping_every: Duration::from_secs(5),
            keep: None,
            read: Arc::new(read),
        }
    }

    #[test]
    fn subscriptions_wait_for_the_login_and_the_stream_is_up_with_the_last_of_them() {
        let (mut dialogue, first) = Dialogue::begin(script(Some("login"), 2));
        assert_eq!(first.say, ["login"]);
        let next = dialogue.hear(b"in");
        assert_eq!(
            (next.say, next.is_up),
            (vec!["orders".to_owned(), "fills".to_owned()], false)
        );
        assert!(!dialogue.hear(b"sub").is_up);
        assert!(dialogue.hear(b"sub").is_up);
        assert!(!dialogue.hear(b"sub").is_up, "it comes up once");
        assert_eq!(dialogue.hear(b"order").told, [Push::Poke("order".to_owned())]);
    }

    #[test]
    fn a_stream_that_confirms_nothing_is_up_at_once() {
        let (_, first) = Dialogue::begin(script(None, 0));
        assert!(first.is_up);
    }

    #[test]
    fn what_ends_a_dialogue_says_why() {
        for (message, why) in [
            (&b"no"[..], "the venue refuses: wrong sign (1)"),
            (b"bye", "the venue closes: upgrade"),
            (b"gone", "the stream's key has ended"),
        ] {
            let (mut dialogue, _) = Dialogue::begin(script(None, 0));
            assert_eq!(dialogue.hear(message).over.as_deref(), Some(why));
        }
    }

    #[test]
    fn a_message_that_cannot_be_read_ends_nothing_and_is_told() {
        let (mut dialogue, _) = Dialogue::begin(script(None, 0));
        let next = dialogue.hear(b"bad");
        assert_eq!(
            (next.over, next.unread.map(|error| error.to_string())),
            (None, Some("message: x: is missing".to_owned()))
        );
    }

    #[test]
    fn a_ping_is_answered_at_any_moment() {
        let (mut dialogue, _) = Dialogue::begin(script(Some("login"), 2));
        assert_eq!(dialogue.hear(b"ping").say, ["pong"]);
    }
}
