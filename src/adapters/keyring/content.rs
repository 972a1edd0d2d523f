//! How a key lies inside its seal: each text with its length before it, the passphrase only where there is one.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::ports::keyring::Credential;

/// The bytes of a key; `None` for one that is longer than 4 GiB.
pub fn written(credential: &Credential) -> Option<Zeroizing<Vec<u8>>> {
    let texts = [
        Some(credential.key.as_str()),
        Some(credential.secret.expose_secret()),
        credential.passphrase.as_ref().map(|text| text.expose_secret()),
    ];
    // As large as it gets from the start: what grows leaves copies behind.
    let size = texts.iter().flatten().map(|text| text.len() + 4).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    for text in texts.into_iter().flatten() {
        bytes.extend_from_slice(&u32::try_from(text.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    Some(bytes)
}

/// The key in these bytes; `None` when they are not what [`written`] makes.
pub fn read(mut bytes: &[u8]) -> Option<Credential> {
    let key = text(&mut bytes)?;
    let secret = SecretString::from(text(&mut bytes)?);
    let passphrase = match bytes.is_empty() {
        true => None,
        false => Some(SecretString::from(text(&mut bytes)?)),
    };
    bytes.is_empty().then_some(Credential {
        key,
        secret,
        passphrase,
    })
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().map(str::to_owned)
}
