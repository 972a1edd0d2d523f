//! Asking a venue as one of its accounts: the key, the venue's time, the signature, and what the answer means.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::VenueAccountId;
use domain::outcome::{Outcome, Refusal};
use domain::time::Timestamp;
use tokio::time::Instant;

use super::budget::Urgency;
use super::limiter::Cost;
use super::link::{Answer, Link, Question};
use super::offset::Offset;
use crate::adapters::venue::dialect::{Call, Class, ParseError, Reply, Request, Signed, Verdict};
use crate::clock::Clock;
use crate::event;
use crate::ports::keyring::{Credential, Keyring};
use crate::ports::venue::{Lookup, VenueError};

/// How long a key is kept in memory before it is asked for again: so long a key that was replaced may still be used.
const KEY_KEPT: Duration = Duration::from_secs(10);

/// How a venue signs, answers and tells its time.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// A request that needs no key.
    pub public: fn(&Request) -> Signed,
    /// A signed request at the venue's time.
    pub signed: fn(&Request, &Credential, Timestamp) -> Signed,
    /// What an answer means.
    pub verdict: fn(&Reply<'_>, Call) -> Verdict,
    /// The request that asks for the time.
    pub ask_time: fn() -> Request,
    /// The time that was told.
    pub time: fn(&[u8]) -> Result<Timestamp, ParseError>,
    /// What asking for it counts.
    pub time_cost: Cost,
}

/// A request, what kind of act it is, and what it counts.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The request.
    pub request: Request,
    /// What it is to do.
    pub call: Call,
    /// What it counts.
    pub cost: Cost,
    /// What it is for.
    pub urgency: Urgency,
}

/// What was answered, and what it means.
#[derive(Debug)]
pub struct Said {
    verdict: Verdict,
    body: Vec<u8>,
}

/// What is not sent for now, because our own limits allow no more.
const HELD: &str = "held";

impl Said {
    /// How long our own limits held it back; nothing left.
    pub fn held(&self) -> Option<Duration> {
        match &self.verdict {
            Verdict::Limited { retry_after, refusal } if refusal.code == HELD => Some(*retry_after),
            _ => None,
        }
    }

    /// What became of an act.
    pub fn outcome<T>(self, done: impl FnOnce(&[u8]) -> Result<T, ParseError>) -> Outcome<T> {
        self.verdict.outcome(|| done(&self.body))
    }

    /// What a question found.
    ///
    /// # Errors
    /// When it has no answer.
    pub fn answer<T>(self, done: impl FnOnce(&[u8]) -> Result<T, ParseError>) -> Result<T, VenueError> {
        self.verdict.answer(|| done(&self.body))
    }

    /// What a question after one order found.
    ///
    /// # Errors
    /// When it has no answer.
    pub fn lookup(self, done: impl FnOnce(&[u8]) -> Result<Lookup, ParseError>) -> Result<Lookup, VenueError> {
        self.verdict.lookup(|| done(&self.body))
    }

    /// Whether a setting stands now.
    ///
    /// # Errors
    /// When that is not known, or it was refused.
    pub fn stands(self) -> Result<(), VenueError> {
        self.verdict.stands()
    }
}

/// Asks a venue.
pub struct Caller {
    link: Link,
    manners: Manners,
    keyring: Arc<dyn Keyring>,
    clock: Arc<dyn Clock>,
    offset: Offset,
    keys: Mutex<HashMap<VenueAccountId, (Instant, Credential)>>,
}

impl Caller {
    /// A caller who knows no key and no offset yet.
    pub fn new(link: Link, manners: Manners, keyring: Arc<dyn Keyring>, clock: Arc<dyn Clock>) -> Self {
        Self {
            link,
            manners,
            keyring,
            clock,
            offset: Offset::default(),
            keys: Mutex::default(),
        }
    }

    /// The time at the venue now, as far as it is known.
    pub fn now(&self) -> Timestamp {
        self.offset.at_venue(self.clock.now())
    }

    /// The time at the venue now, which is asked for where it is not known.
    ///
    /// # Errors
    /// When the venue does not tell.
    pub async fn sure_now(&self) -> Result<Timestamp, VenueError> {
        if self.offset.is_unknown() {
            self.measure().await?;
        }
        Ok(self.now())
    }

    /// The key of an account, for what is signed elsewhere than in a request.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn credential(&self, account: VenueAccountId) -> Result<Credential, VenueError> {
        let key = self.key(account).await;
        key.map_err(|refusal| VenueError::Refused(refusal.to_string()))
    }

    /// Asks without a key.
    pub async fn ask(&self, wish: &Wish) -> Said {
        let signed = (self.manners.public)(&wish.request);
        self.send(signed, None, wish).await
    }

    /// Asks as an account. What did not leave for want of a key or of the time is refused: it did not happen.
    pub async fn ask_as(&self, account: VenueAccountId, wish: &Wish) -> Said {
        match self.key(account).await {
            Ok(key) => self.ask_with(&key, Some(account), wish).await,
            Err(refusal) => refused(refusal),
        }
    }

    /// Asks with a key. Where the venue does not accept our time, the time is asked for, and the request sent once more: it
    /// did not happen.
    pub async fn ask_with(&self, key: &Credential, account: Option<VenueAccountId>, wish: &Wish) -> Said {
        let said = self.ask_once(key, account, wish).await;
        let is_early_or_late = matches!(
            &said.verdict,
            Verdict::Refused {
                class: Class::Clock,
                ..
            }
        );
        if !is_early_or_late {
            return said;
        }
        self.offset.doubt();
        self.ask_once(key, account, wish).await
    }

    async fn ask_once(&self, key: &Credential, account: Option<VenueAccountId>, wish: &Wish) -> Said {
        if self.offset.is_unknown()
            && let Err(error) = self.measure().await
        {
            return refused(Refusal {
                code: "venue_time".to_owned(),
                reason: format!("the venue's time could not be asked for: {error}"),
            });
        }
        let signed = (self.manners.signed)(&wish.request, key, self.now());
        self.send(signed, account, wish).await
    }

    async fn send(&self, signed: Signed, account: Option<VenueAccountId>, wish: &Wish) -> Said {
        let question = Question {
            signed,
            account,
            cost: wish.cost,
            urgency: wish.urgency,
        };
        match self.link.ask(&question).await {
            Answer::Held(retry_after) => Said {
                verdict: Verdict::Limited {
                    retry_after,
                    refusal: Refusal {
                        code: HELD.to_owned(),
                        reason: "our own limits allow no more requests of this kind now".to_owned(),
                    },
                },
                body: Vec::new(),
            },
            Answer::Lost(seen) => Said {
                verdict: Verdict::Unknown(seen),
                body: Vec::new(),
            },
            Answer::Told {
                exit,
                status,
                retry_after,
                body,
            } => {
                let reply = Reply {
                    status,
                    retry_after,
                    body: &body,
                };
                let verdict = (self.manners.verdict)(&reply, wish.call);
                if let Verdict::Limited { retry_after, .. } = &verdict {
                    let by_address = matches!(status, 403 | 418 | 429);
                    self.link.rest(exit, account, by_address, *retry_after);
                }
                Said { verdict, body }
            }
        }
    }

    /// Asks the venue for its time.
    ///
    /// # Errors
    /// When it does not tell.
    pub async fn measure(&self) -> Result<(), VenueError> {
        let (asked, started) = (self.clock.now(), Instant::now());
        let wish = Wish {
            request: (self.manners.ask_time)(),
            call: Call::Look,
            cost: self.manners.time_cost,
            urgency: Urgency::Close,
        };
        let venue = self.ask(&wish).await.answer(self.manners.time)?;
        self.offset.measured(venue, asked, started.elapsed());
        tracing::debug!(
            event = event::VENUE_CLOCK,
            "the venue's clock is {}ms ahead",
            self.now().0 - self.clock.now().0
        );
        Ok(())
    }

    async fn key(&self, account: VenueAccountId) -> Result<Credential, Refusal> {
        let now = Instant::now();
        let kept = self.keys().get(&account).cloned();
        if let Some((_, key)) = kept.filter(|(at, _)| now.saturating_duration_since(*at) < KEY_KEPT) {
            return Ok(key);
        }
        let refusal = |code: &str, reason: String| Refusal {
            code: code.to_owned(),
            reason,
        };
        match self.keyring.credential(account).await {
            Ok(Some(key)) => {
                self.keys().insert(account, (now, key.clone()));
                Ok(key)
            }
            Ok(None) => {
                self.keys().remove(&account);
                Err(refusal("no_key", format!("no key is set for venue account {account}")))
            }
            Err(error) => Err(refusal("key_unread", error.to_string())),
        }
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<VenueAccountId, (Instant, Credential)>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(refusal: Refusal) -> Said {
    Said {
        verdict: Verdict::Refused {
            class: Class::Denied,
            refusal,
        },
        body: Vec::new(),
    }
}
