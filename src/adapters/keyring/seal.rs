//! One key that seals: AES-256-GCM with a random nonce, written as base64 of nonce, ciphertext and tag.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A key that seals and opens.
pub struct Seal(RandomizedNonceKey);

impl Seal {
    /// Of a key of 32 bytes; `None` for another length.
    pub fn new(key: &[u8]) -> Option<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, key).ok().map(Self)
    }

    /// Seals something for nowhere but `bound`.
    pub fn close(&self, plain: &[u8], bound: &str) -> Option<String> {
        let mut inside = Zeroizing::new(plain.to_vec());
        let sealed = self
            .0
            .seal_in_place_separate_tag(Aad::from(bound), inside.as_mut_slice());
        let (nonce, tag) = sealed.ok()?;
        let parts: [&[u8]; 3] = [nonce.as_ref(), inside.as_slice(), tag.as_ref()];
        Some(STANDARD.encode(parts.concat()))
    }

    /// Opens what was sealed for `bound`; `None` when it was not, or was changed.
    pub fn open(&self, sealed: &str, bound: &str) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let (nonce, inside) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut inside = Zeroizing::new(inside.to_vec());
        let length = self
            .0
            .open_in_place(nonce, Aad::from(bound), inside.as_mut_slice())
            .ok()?
            .len();
        inside.truncate(length);
        Some(inside)
    }
}
