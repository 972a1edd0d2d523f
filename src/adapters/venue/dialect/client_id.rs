//! Our ids in a venue's alphabet, and back.

use domain::venue::ClientOrderId;

/// What a venue allows as a client's id of an order.
#[derive(Debug, Clone, Copy)]
pub struct Alphabet {
    /// What the venue wants in front, which is no part of our id.
    pub prefix: &'static str,
    /// How many characters follow it at most.
    pub longest: usize,
    /// Characters allowed beside letters and digits.
    pub marks: &'static str,
}

/// Why an id cannot be sent. An order without its own id could be doubled, so it is not sent at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Nothing in it.
    #[error("client order id is empty")]
    Empty,
    /// Too long for the venue.
    #[error("client order id `{id}` is longer than {longest}")]
    TooLong {
        /// The id.
        id: ClientOrderId,
        /// What the venue allows.
        longest: usize,
    },
    /// A character that the venue does not allow.
    #[error("client order id `{id}` has a `{mark}`")]
    Mark {
        /// The id.
        id: ClientOrderId,
        /// The first such character.
        mark: char,
    },
}

impl Alphabet {
    /// As the venue is told.
    ///
    /// # Errors
    /// When the venue would not take it.
    pub fn write(&self, id: &ClientOrderId) -> Result<String, ClientIdError> {
        if id.0.is_empty() {
            return Err(ClientIdError::Empty);
        }
        let is_strange = |mark: &char| !mark.is_ascii_alphanumeric() && !self.marks.contains(*mark);
        if let Some(mark) = id.0.chars().find(is_strange) {
            return Err(ClientIdError::Mark { id: id.clone(), mark });
        }
        if id.0.len() > self.longest {
            return Err(ClientIdError::TooLong {
                id: id.clone(),
                longest: self.longest,
            });
        }
        Ok(format!("{}{}", self.prefix, id.0))
    }

    /// From what the venue tells; `None` where an order has none, or one that no client gave.
    pub fn read(&self, text: &str) -> Option<ClientOrderId> {
        let id = text.strip_prefix(self.prefix)?;
        (!id.is_empty()).then(|| ClientOrderId(id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use domain::id::OrderId;
    use domain::order::client_order_id;

    use super::*;

    const GATE: Alphabet = Alphabet {
        prefix: "t-",
        longest: 28,
        marks: "_-.",
    };

    #[test]
    fn our_longest_id_comes_back_through_a_prefix() {
        let id = client_order_id("abcdef", OrderId(i64::MAX));
        let written = GATE.write(&id).unwrap();
        assert_eq!(written, format!("t-{id}"));
        assert_eq!(GATE.read(&written), Some(id));
        assert_eq!(GATE.read("web"), None);
        assert_eq!(GATE.read("t-"), None);
    }

    #[test]
    fn an_id_that_the_venue_would_not_take_is_not_written() {
        let id = |text: &str| ClientOrderId(text.to_owned());
        assert_eq!(GATE.write(&id(&"a".repeat(28))), Ok(format!("t-{}", "a".repeat(28))));
        assert!(matches!(
            GATE.write(&id(&"a".repeat(29))),
            Err(ClientIdError::TooLong { longest: 28, .. })
        ));
        assert!(matches!(
            GATE.write(&id("a b")),
            Err(ClientIdError::Mark { mark: ' ', .. })
        ));
        assert!(matches!(
            GATE.write(&id("é")),
            Err(ClientIdError::Mark { mark: 'é', .. })
        ));
        assert_eq!(GATE.write(&id("")), Err(ClientIdError::Empty));
    }
}
