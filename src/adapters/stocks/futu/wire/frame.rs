//! A frame: 44 bytes of header, little-endian, and a body whose SHA-1, taken before it is encrypted, stands in the header.
//!
//! Source: <https://openapi.futunn.com/futu-api-doc/en/ftapi/protocol.html>.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of a header.
pub const HEADER: usize = 44;
/// Largest body that is read: a day's order list is far below it.
pub const LARGEST: usize = 16 * 1_048_576;

const MAGIC: &[u8; 2] = b"FT";
const PROTOBUF: u8 = 0;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Which message.
    pub protocol: u32,
    /// Number of the request, which its answer repeats.
    pub serial: u32,
    /// Bytes of the body as it travels.
    pub length: usize,
    /// Digest of the body before it was encrypted.
    pub digest: [u8; 20],
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It does not begin as a frame does.
    #[error("a frame does not begin with FT")]
    NoMagic,
    /// Its body is JSON, or something else that was not asked for.
    #[error("a frame's body is in format {0} instead of protobuf")]
    Format(u8),
    /// Its body is larger than any that is expected.
    #[error("a frame's body has {0} bytes")]
    TooLarge(u32),
}

/// The digest of a body.
pub fn sha1(body: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    for (to, from) in out.iter_mut().zip(digest(&SHA1_FOR_LEGACY_USE_ONLY, body).as_ref()) {
        *to = *from;
    }
    out
}

/// A frame as it travels. `plain` is what the digest is of, `body` what is sent: the same where nothing is encrypted.
///
/// # Errors
/// When the body is too large.
pub fn frame(protocol: u32, serial: u32, plain: &[u8], body: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    if body.len() > LARGEST {
        return Err(FrameError::TooLarge(length));
    }
    let mut out = Vec::with_capacity(HEADER + body.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&protocol.to_le_bytes());
    out.extend_from_slice(&[PROTOBUF, 0]);
    out.extend_from_slice(&serial.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&sha1(plain));
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(body);
    Ok(out)
}

/// Reads a header.
///
/// # Errors
/// When this is none of ours.
pub fn header(bytes: &[u8; HEADER]) -> Result<Header, FrameError> {
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    if bytes[..2] != *MAGIC {
        return Err(FrameError::NoMagic);
    }
    if bytes[6] != PROTOBUF {
        return Err(FrameError::Format(bytes[6]));
    }
    let told = number(12);
    let length = usize::try_from(told).unwrap_or(usize::MAX);
    if length > LARGEST {
        return Err(FrameError::TooLarge(told));
    }
    let mut digest = [0; 20];
    digest.copy_from_slice(&bytes[16..36]);
    Ok(Header {
        protocol: number(2),
        serial: number(8),
        length,
        digest,
    })
}

/// The next frame of a stream: its header, and its body as it travelled.
///
/// # Errors
/// When the stream ends, or what comes is no frame.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<(Header, Vec<u8>)> {
    let mut bytes = [0; HEADER];
    from.read_exact(&mut bytes).await?;
    let header = header(&bytes).map_err(std::io::Error::other)?;
    let mut body = vec![0; header.length];
    from.read_exact(&mut body).await?;
    Ok((header, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_its_fields_at_the_documented_places() {
        let frame = frame(0x0102_0304, 7, b"abc", b"abc").unwrap();
        assert_eq!(frame.len(), HEADER + 3);
        assert_eq!(frame[..16], [b'F', b'T', 4, 3, 2, 1, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0]);
        // FIPS 180-4 names this digest of "abc".
        let digest = [
            0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0,
            0xd8, 0x9d,
        ];
        assert_eq!(frame[16..36], digest);
        assert_eq!(frame[36..44], [0; 8]);
        let read = header(frame[..HEADER].try_into().unwrap()).unwrap();
        assert_eq!((read.protocol, read.serial, read.length), (0x0102_0304, 7, 3));
        assert_eq!(read.digest, digest);
    }

    #[test]
    fn what_is_no_frame_is_refused_before_its_body_is_read() {
        let good = frame(1001, 1, b"", b"").unwrap();
        let with = |at: usize, byte: u8| {
            let mut bytes: [u8; HEADER] = good[..HEADER].try_into().unwrap();
            bytes[at] = byte;
            header(&bytes)
        };
        assert_eq!(with(0, b'X'), Err(FrameError::NoMagic));
        assert_eq!(with(6, 1), Err(FrameError::Format(1)));
        assert_eq!(with(15, 0x7f), Err(FrameError::TooLarge(0x7f00_0000)));
    }

    #[tokio::test]
    async fn frames_are_read_one_after_the_other_and_half_a_frame_is_an_end() {
        let mut stream = frame(1, 10, b"one", b"one").unwrap();
        stream.extend(frame(2, 11, b"", b"").unwrap());
        stream.extend(&frame(3, 12, b"three", b"three").unwrap()[..46]);
        let mut stream = stream.as_slice();
        let (first, body) = read(&mut stream).await.unwrap();
        assert_eq!((first.serial, body.as_slice()), (10, b"one".as_slice()));
        assert_eq!(read(&mut stream).await.unwrap().0.serial, 11);
        let end = read(&mut stream).await.unwrap_err();
        assert_eq!(end.kind(), std::io::ErrorKind::UnexpectedEof);
    }
}
