//! Frames: a header of 44 bytes, then the body.

use std::io;

use aws_lc_rs::digest;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Largest body that a client may send.
const LARGEST: u32 = 1_048_576;

/// A frame that was read.
#[derive(Debug)]
pub struct Frame {
    /// Which message.
    pub number: u32,
    /// Its serial.
    pub serial: u32,
    /// SHA-1 of the body before it was encrypted.
    sha1: [u8; 20],
    /// The body as it travelled.
    pub body: Vec<u8>,
}

fn sha1(plain: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, plain)
}

impl Frame {
    /// The next one.
    ///
    /// # Errors
    /// When the client is gone, or speaks something else.
    pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut mark = [0; 2];
        from.read_exact(&mut mark).await?;
        let number = from.read_u32_le().await?;
        let form = from.read_u8().await?;
        from.read_u8().await?;
        let serial = from.read_u32_le().await?;
        let length = from.read_u32_le().await?;
        if mark != *b"FT" || form != 0 || length > LARGEST {
            return Err(io::Error::other("this is no frame with protobuf"));
        }
        let mut sha1 = [0; 20];
        from.read_exact(&mut sha1).await?;
        from.read_exact(&mut [0; 8]).await?;
        let mut body = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        from.read_exact(&mut body).await?;
        Ok(Self {
            number,
            serial,
            sha1,
            body,
        })
    }

    /// Whether this is what was sent.
    pub fn is_whole(&self, plain: &[u8]) -> bool {
        sha1(plain).as_ref() == self.sha1
    }
}

/// A frame to be sent; the digest is of `plain`.
pub fn written(number: u32, serial: u32, plain: &[u8], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let numbers = |number: u32| number.to_le_bytes();
    [
        b"FT".as_slice(),
        &numbers(number),
        &[0, 0],
        &numbers(serial),
        &numbers(length),
        sha1(plain).as_ref(),
        &[0; 8],
        body,
    ]
    .concat()
}
