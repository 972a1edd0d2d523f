//! Section `keys`: the master keys under which the keys of venue accounts are sealed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::form::secret::SecretText;
use super::wrong::WrongKeys;

/// Bytes of a master key.
const BYTES: usize = 32;
/// Most master keys at once.
const MOST: usize = 8;

/// A master key.
pub type MasterKey = Zeroizing<[u8; BYTES]>;

/// The master keys under which the keys of venue accounts are sealed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The keys, the newest first; empty when there are none, or in `master_file`. A secret.
    pub master: SecretText,
    /// A file that holds the same; empty when there is none.
    pub master_file: PathBuf,
}

impl KeySettings {
    /// Whether there is a master key.
    #[must_use]
    pub fn has_master(&self) -> bool {
        !self.master.is_empty() || !self.master_file.as_os_str().is_empty()
    }

    pub(super) fn check(&self, wrong: &mut WrongKeys) {
        let rule = "must be empty, or 1 to 8 different keys, each 32 bytes in hexadecimal or base64, with white space \
            between them (value not shown)";
        let text = self.master.expose_secret();
        wrong.unless_secret(self.master.is_empty() || parse(text).is_some(), "keys.master", rule);
        let once = self.master.is_empty() || self.master_file.as_os_str().is_empty();
        let rule = "must be empty where keys.master is set";
        wrong.unless(once, "keys.master_file", self.master_file.display(), rule);
    }
}

/// The keys in a text, in its order; `None` unless there are 1 to 8 different ones and nothing else.
pub fn parse(text: &str) -> Option<Vec<MasterKey>> {
    let keys: Vec<MasterKey> = text.split_whitespace().map(key).collect::<Option<_>>()?;
    let different = keys.iter().map(|key| key.as_slice()).collect::<BTreeSet<_>>().len();
    ((1..=MOST).contains(&keys.len()) && different == keys.len()).then_some(keys)
}

fn key(word: &str) -> Option<MasterKey> {
    let bytes = Zeroizing::new(if word.len() == 2 * BYTES {
        hex(word)?
    } else {
        STANDARD.decode(word).ok()?
    });
    let mut key = Zeroizing::new([0; BYTES]);
    if bytes.len() != BYTES {
        return None;
    }
    key.copy_from_slice(&bytes);
    Some(key)
}

fn hex(word: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let pairs = word.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| Some(digit(&pair[0])? << 4 | digit(&pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_hexadecimal_and_in_base64() {
        let (hex, base64) = ("0F".repeat(32), STANDARD.encode([15; 32]));
        for text in [hex.as_str(), &base64, &format!("  {hex}\n")] {
            let keys = parse(text).unwrap();
            assert_eq!(keys, [MasterKey::new([15; 32])], "{text}");
        }
        let both = format!("{}\n{hex}\n", STANDARD.encode([16; 32]));
        assert_eq!(
            parse(&both).unwrap(),
            [MasterKey::new([16; 32]), MasterKey::new([15; 32])]
        );
    }

    #[test]
    fn what_is_not_one_to_eight_different_keys_is_refused() {
        let one = "0f".repeat(32);
        let nine: Vec<String> = (0..9).map(|byte| format!("{byte:02x}").repeat(32)).collect();
        let short = STANDARD.encode([15; 31]);
        for text in [
            "",
            "  \n",
            "0f",
            &one[1..],
            &"0g".repeat(32),
            &short,
            &format!("{one} {one}"),
            &nine.join("\n"),
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&nine[..8].join(" ")).unwrap().len(), 8);
    }
}
