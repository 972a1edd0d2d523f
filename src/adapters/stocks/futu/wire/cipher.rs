//! The encryption of a connection: RSA by a key that both sides have for the first message, then AES by a key that OpenD hands out.
//!
//! Sources: <https://openapi.futunn.com/futu-api-doc/en/ftapi/protocol.html>, and the client code of the vendor's package: RSA with
//! PKCS#1 v1.5 padding in blocks; AES-128 in the mode CBC with PKCS#7 padding where OpenD tells an initial vector, else in the mode
//! ECB with zeros as padding and a block behind it whose last byte says how much of the last one counts.

use std::fmt;

use aws_lc_rs::cipher::{
    AES_128, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

/// Bytes of an AES block.
const BLOCK: usize = 16;
/// Bytes that PKCS#1 v1.5 adds at least.
const RSA_PADDING: usize = 11;
/// Most bytes of a block that is encrypted by RSA: what the vendor's clients take.
const RSA_CHUNK: usize = 100;

/// Why something cannot be encrypted or decrypted. Says nothing of what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The file holds no RSA private key in PEM.
    #[error("is no RSA private key of 1024 bits or more in PEM")]
    NoKey,
    /// OpenD's key or initial vector has another length than 16 bytes.
    #[error("OpenD told a key or initial vector that has not 16 bytes")]
    WrongLength,
    /// It does not fit the key, or was changed on its way.
    #[error("a message could not be encrypted or decrypted")]
    Failed,
}

/// The RSA key that OpenD has as well.
pub struct RsaKey(PrivateKey);

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKey(***)")
    }
}

impl RsaKey {
    /// Reads PEM, PKCS#1 or PKCS#8.
    ///
    /// # Errors
    /// When it is no such key.
    pub fn parse(pem: &str) -> Result<Self, CipherError> {
        let body: Zeroizing<String> = Zeroizing::new(pem.lines().filter(|line| !line.starts_with("-----")).collect());
        let der = Zeroizing::new(STANDARD.decode(body.trim()).map_err(|_| CipherError::NoKey)?);
        let key = PrivateKey::from_pkcs1_der(&der)
            .ok()
            .or_else(|| PrivateKey::from_pkcs8_der(&der).ok());
        key.map(Self).ok_or(CipherError::NoKey)
    }

    /// Encrypts by the public half.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let size = RSA_CHUNK.min(self.0.size().saturating_sub(RSA_PADDING)).max(1);
        let mut out = Vec::new();
        let public = self.0.to_public_key();
        for chunk in plain.chunks(size) {
            out.extend(public.pkcs1v15_encrypt(chunk).map_err(|_| CipherError::Failed)?);
        }
        Ok(out)
    }

    /// Decrypts by the private half. What was encrypted by another key may come out as nonsense, so that nobody learns from the error
    /// how far it fits: the digest of the frame tells.
    ///
    /// # Errors
    /// When the length is wrong.
    pub fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut out = Vec::new();
        for chunk in body.chunks(self.0.size().max(1)) {
            out.extend(self.0.pkcs1v15_decrypt(chunk).map_err(|_| CipherError::Failed)?);
        }
        Ok(out)
    }
}

/// How a connection is encrypted after its first message.
pub struct AesKey {
    key: Zeroizing<[u8; BLOCK]>,
    vector: Option<[u8; BLOCK]>,
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(***)")
    }
}

impl AesKey {
    /// From what OpenD told; without an initial vector the mode is ECB.
    ///
    /// # Errors
    /// When a length is wrong.
    pub fn new(key: &str, vector: Option<&str>) -> Result<Self, CipherError> {
        let block = |text: &str| <[u8; BLOCK]>::try_from(text.as_bytes()).map_err(|_| CipherError::WrongLength);
        Ok(Self {
            key: Zeroizing::new(block(key)?),
            vector: vector.filter(|text| !text.is_empty()).map(block).transpose()?,
        })
    }

    fn unbound(&self) -> Result<UnboundCipherKey, CipherError> {
        UnboundCipherKey::new(&AES_128, self.key.as_slice()).map_err(|_| CipherError::Failed)
    }

    /// Encrypts a body.
    ///
    /// # Errors
    /// When the cipher fails.
    pub fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut body = plain.to_vec();
        let failed = |_| CipherError::Failed;
        if let Some(vector) = self.vector {
            let key = PaddedBlockEncryptingKey::cbc_pkcs7(self.unbound()?).map_err(failed)?;
            let context = EncryptionContext::Iv128(FixedLength::from(vector));
            key.less_safe_encrypt(&mut body, context).map_err(failed)?;
            return Ok(body);
        }
        let rest = plain.len() % BLOCK;
        body.resize(plain.len().next_multiple_of(BLOCK), 0);
        let key = EncryptingKey::ecb(self.unbound()?).map_err(failed)?;
        key.less_safe_encrypt(&mut body, EncryptionContext::None)
            .map_err(failed)?;
        body.extend_from_slice(&[0; BLOCK - 1]);
        body.push(u8::try_from(rest).unwrap_or_default());
        Ok(body)
    }

    /// Decrypts a body.
    ///
    /// # Errors
    /// When it was encrypted otherwise.
    pub fn decrypt(&self, body: &[u8]) -> Result<Vec<u8>, CipherError> {
        let failed = |_| CipherError::Failed;
        if let Some(vector) = self.vector {
            let mut body = body.to_vec();
            let key = PaddedBlockDecryptingKey::cbc_pkcs7(self.unbound()?).map_err(failed)?;
            let context = DecryptionContext::Iv128(FixedLength::from(vector));
            return Ok(key.decrypt(&mut body, context).map_err(failed)?.to_vec());
        }
        let (blocks, tail) = body
            .split_at_checked(body.len().saturating_sub(BLOCK))
            .ok_or(CipherError::Failed)?;
        let rest = usize::from(*tail.last().ok_or(CipherError::Failed)?);
        if rest >= BLOCK || blocks.len() % BLOCK != 0 || tail.len() != BLOCK {
            return Err(CipherError::Failed);
        }
        let mut plain = blocks.to_vec();
        let key = DecryptingKey::ecb(self.unbound()?).map_err(failed)?;
        key.decrypt(&mut plain, DecryptionContext::None).map_err(failed)?;
        if rest != 0 {
            plain.truncate(plain.len().saturating_sub(BLOCK - rest));
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests;
