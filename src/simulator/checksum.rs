//! The checksum that venues tell beside the changes of an order book.

/// How many levels of each side it is over.
pub const LEVELS: usize = 25;

/// CRC-32 of IEEE 802.3 over a text, read as a number with a sign.
pub fn signed_crc32(text: &str) -> i32 {
    let mut crc = u32::MAX;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_the_one_of_zip_files() {
        // The check value of CRC-32, in the catalogue of parametrised CRC algorithms.
        assert_eq!(signed_crc32("123456789"), 0xcbf4_3926_u32.cast_signed());
    }
}
