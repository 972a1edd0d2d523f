//! An endpoint's address: what may be shown of it, and what must not.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// The longest text of a node that is passed on.
const LONGEST: usize = 200;
/// Parts of an address that are shorter are no keys: versions, names of chains.
const SHORTEST_KEY: usize = 8;

/// An endpoint's address.
#[derive(Debug, Clone)]
pub struct Name {
    shown: String,
    address: SecretString,
    hidden: Vec<SecretString>,
}

impl Name {
    /// From an address; `None` when it is none of a node.
    pub fn of(address: &SecretString) -> Option<Self> {
        let url = Url::parse(address.expose_secret()).ok()?;
        let host = url.host_str()?;
        let known = matches!(url.scheme(), "http" | "https" | "ws" | "wss");
        let port = url.port_or_known_default()?;
        let mut hidden: Vec<String> = url.path_segments()?.map(str::to_owned).collect();
        hidden.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
        hidden.extend([url.username().to_owned(), url.password().unwrap_or_default().to_owned()]);
        hidden.retain(|part| part.len() >= SHORTEST_KEY);
        known.then(|| Self {
            shown: format!("{}://{host}:{port}", url.scheme()),
            address: address.clone(),
            hidden: hidden.into_iter().map(SecretString::from).collect(),
        })
    }

    /// Scheme, host and port.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether it is asked over a socket.
    pub fn is_socket(&self) -> bool {
        self.shown.starts_with("ws")
    }

    /// The whole address, for whoever connects.
    pub fn address(&self) -> &SecretString {
        &self.address
    }

    /// Words of a node, short, on one line, and without any part of the address that may be a key: some nodes repeat the request.
    pub fn clean(&self, words: &str) -> String {
        let mut text: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        for part in &self.hidden {
            text = text.replace(part.expose_secret(), "***");
        }
        text.chars().take(LONGEST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t23_of_an_address_only_scheme_host_and_port_are_shown() {
        let name = Name::of(&"wss://user:passw0rd!@node.example/v2/AbCdEf0123456789?key=secretsecret".into()).unwrap();
        assert_eq!(name.shown(), "wss://node.example:443");
        let told = name.clean("bad key AbCdEf0123456789\nat ?key=secretsecret for v2");
        assert_eq!(told, "bad key *** at ?key=*** for v2");
        for wrong in ["", "node.example", "ftp://node.example", "http://"] {
            assert!(Name::of(&wrong.into()).is_none(), "{wrong}");
        }
    }
}
