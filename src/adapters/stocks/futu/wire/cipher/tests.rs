//! The ciphers, against what the vendor's own client makes of the same text.

use super::*;

const KEY: &str = "0123456789abcdef";
const VECTOR: &str = "fedcba9876543210";
const ECB: &str = "69db4ff61631bc670b35df193b5c2d4913776e616b87bd6929aefd8411b50d880000000000000000000000000000000f";
const ECB_WHOLE: &str = "9d5e69c0221b0aaed4e2db027054453800000000000000000000000000000000";
const CBC: &str = "1630dc11e74399f61371c9af5ca797e26857d2456df1465500a1310b1e2e08f8";
const CBC_WHOLE: &str = "f00521c30d62ace13172f6fa88a498f6506fa8e65fdd81124fc651ea75df22d0";
const PEM: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/opend/rsa.pem"));

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn bodies_are_encrypted_as_the_vendors_client_does_and_come_back() {
    for (vector, plain, expected) in [
        (None, "a sentence of 31 bytes in plain", ECB),
        (None, "sixteen bytes---", ECB_WHOLE),
        (Some(VECTOR), "a sentence of 31 bytes in plain", CBC),
        (Some(VECTOR), "sixteen bytes---", CBC_WHOLE),
    ] {
        let key = AesKey::new(KEY, vector).unwrap();
        let body = key.encrypt(plain.as_bytes()).unwrap();
        assert_eq!(hex(&body), expected, "{plain}");
        assert_eq!(key.decrypt(&body).unwrap(), plain.as_bytes());
    }
    for vector in [None, Some(VECTOR)] {
        let key = AesKey::new(KEY, vector).unwrap();
        assert_eq!(key.decrypt(&key.encrypt(b"").unwrap()).unwrap(), b"");
    }
}

#[test]
fn a_body_of_another_key_or_length_is_an_error_and_no_panic() {
    let vector = AesKey::new(KEY, Some(VECTOR)).unwrap();
    let plain = AesKey::new(KEY, None).unwrap();
    for length in [0, 1, 15, 16, 17, 31, 33] {
        let body = vec![0xff; length];
        assert_eq!(plain.decrypt(&body), Err(CipherError::Failed), "{length}");
        assert_eq!(vector.decrypt(&body), Err(CipherError::Failed), "{length}");
    }
    assert_eq!(AesKey::new("short", None).unwrap_err(), CipherError::WrongLength);
    assert_eq!(AesKey::new(KEY, Some("short")).unwrap_err(), CipherError::WrongLength);
}

#[test]
fn a_long_first_message_goes_by_rsa_in_blocks_and_a_key_never_shows_itself() {
    let key = RsaKey::parse(PEM).unwrap();
    let plain: Vec<u8> = (0..=250).collect();
    let body = key.encrypt(&plain).unwrap();
    assert_eq!(body.len(), 3 * 128);
    assert_eq!(key.decrypt(&body).unwrap(), plain);
    assert_eq!(key.decrypt(&[1; 127]), Err(CipherError::Failed));
    let mut changed = body.clone();
    changed[5] ^= 1;
    assert_ne!(
        key.decrypt(&changed),
        Ok(plain),
        "an error or nonsense, which the digest tells"
    );
    assert_eq!(format!("{key:?}"), "RsaKey(***)");
    for text in [
        "",
        "canary",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ] {
        assert_eq!(RsaKey::parse(text).unwrap_err(), CipherError::NoKey);
    }
}
