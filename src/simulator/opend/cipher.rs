//! Encryption as OpenD does it: RSA for the first message, AES with a key of the connection for all others.

use aws_lc_rs::cipher::{
    AES_128, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;

/// The RSA key that clients have as well.
pub struct RsaPair(PrivateKey);

/// The file holds no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no RSA private key in the form PKCS#1, as PEM")]
pub struct RsaError;

impl RsaPair {
    /// Reads a key.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(pem: &str) -> Result<Self, RsaError> {
        let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(lines).map_err(|_| RsaError)?;
        PrivateKey::from_pkcs1_der(&der).map(Self).map_err(|_| RsaError)
    }

    pub(super) fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let blocks = body.chunks(self.0.size());
        let opened: Option<Vec<Vec<u8>>> = blocks.map(|block| self.0.pkcs1v15_decrypt(block).ok()).collect();
        opened.map(|blocks| blocks.concat())
    }

    pub(super) fn close(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let public = self.0.to_public_key();
        // Clients read blocks of the key's size, whatever was in them.
        let closed: Option<Vec<Vec<u8>>> = plain
            .chunks(100)
            .map(|part| public.pkcs1v15_encrypt(part).ok())
            .collect();
        closed.map(|blocks| blocks.concat())
    }
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Cipher {
    /// As the client asks: ECB, or CBC.
    Asked,
    /// ECB whatever it asks, as older versions do.
    Ecb,
}

/// The keys of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    /// 16 characters.
    pub key: String,
    /// 16 characters for CBC; none for ECB.
    pub vector: Option<String>,
}

impl Keys {
    fn cipher(&self) -> Option<UnboundCipherKey> {
        UnboundCipherKey::new(&AES_128, self.key.as_bytes()).ok()
    }

    fn vector(&self) -> Option<[u8; 16]> {
        self.vector.as_ref()?.as_bytes().try_into().ok()
    }

    pub(super) fn close(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut body = plain.to_vec();
        if let Some(vector) = self.vector() {
            let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(self.cipher()?).ok()?;
            let start = EncryptionContext::Iv128(FixedLength::from(vector));
            cipher.less_safe_encrypt(&mut body, start).ok()?;
            return Some(body);
        }
        let rest = body.len() % 16;
        body.resize(body.len().next_multiple_of(16), 0);
        let cipher = EncryptingKey::ecb(self.cipher()?).ok()?;
        cipher.less_safe_encrypt(&mut body, EncryptionContext::None).ok()?;
        body.extend([0; 15]);
        body.push(u8::try_from(rest).ok()?);
        Some(body)
    }

    pub(super) fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut body = body.to_vec();
        if let Some(vector) = self.vector() {
            let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(self.cipher()?).ok()?;
            let start = DecryptionContext::Iv128(FixedLength::from(vector));
            return Some(cipher.decrypt(&mut body, start).ok()?.to_vec());
        }
        let rest = usize::from(body.pop()?);
        body.truncate(body.len().checked_sub(15)?);
        let cipher = DecryptingKey::ecb(self.cipher()?).ok()?;
        cipher.decrypt(&mut body, DecryptionContext::None).ok()?;
        if rest > 0 {
            body.truncate(body.len().checked_sub(16_usize.checked_sub(rest)?)?);
        }
        Some(body)
    }
}
