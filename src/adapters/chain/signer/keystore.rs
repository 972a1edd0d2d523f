//! Keystore files, version 3: a key encrypted under a password. <https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage/>
//!
//! ethers reads them; it writes them readable for everybody and with weak numbers, so they are written here.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use domain::chain::Address;
use ethers_core::utils::{hex, keccak256};
use ethers_signers::LocalWallet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::local::LocalSigner;
use super::secret_file::{NOBODY_ELSE, check_mode};
use crate::ports::chain::{PayoutSigner, SignError};

/// The cost of a guess at the password: 256 MiB and about a second, what geth calls standard.
const COST: u8 = 18;
/// The cheapest cost that is taken: what ethers and others write.
const LEAST_COST: u64 = 1 << 12;
/// The dearest cost that is taken, in bytes of memory.
const MOST_MEMORY: u64 = 1 << 31;
const BLOCK: u32 = 8;
const LANES: u32 = 1;
const KEY: usize = 32;
const SALT: usize = 32;
const IV: usize = 16;
/// The longest file.
const LONGEST: u64 = 16 * 1024;

fn refused(why: &str) -> SignError {
    SignError(why.to_owned())
}

#[derive(Deserialize)]
struct Keystore {
    version: u64,
    crypto: Crypto,
}

#[derive(Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
    mac: String,
}

#[derive(Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Deserialize)]
struct KdfParams {
    dklen: u64,
    #[serde(default)]
    n: u64,
    #[serde(default)]
    r: u64,
    #[serde(default)]
    p: u64,
    #[serde(default)]
    c: u64,
    salt: String,
}

/// Opens a keystore file with its password. Takes a second, and much memory.
///
/// # Errors
/// When it cannot be read, others may read it, it is none, or the password is wrong.
pub fn open(file: &Path, password: &SecretString) -> Result<LocalSigner, SignError> {
    let told = |why: &str| SignError(format!("the keystore {} {why}", file.display()));
    let text = text(file).map_err(|why| told(&why))?;
    check(&text).map_err(|why| told(&format!("is not understood: {why}")))?;
    let wallet = LocalWallet::decrypt_keystore(file, password.expose_secret());
    wallet
        .map(LocalSigner::of)
        .map_err(|_| told("does not open with this password"))
}

fn text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let found = file
        .metadata()
        .map_err(|error| format!("cannot be looked at: {error}"))?;
    if !found.is_file() {
        return Err("is no file".to_owned());
    }
    let by_others = |mode| format!("has mode {mode:04o}; nobody but its owner may read or write it: chmod 600");
    check_mode(found.mode(), NOBODY_ELSE).map_err(by_others)?;
    let mut text = String::new();
    let read = file.take(LONGEST).read_to_string(&mut text);
    read.map_err(|_| "is no text".to_owned())?;
    Ok(text)
}

/// What ethers takes for granted, and stops the process or takes all memory without.
fn check(text: &str) -> Result<(), &'static str> {
    let store: Keystore = serde_json::from_str(text).map_err(|_| "it is no keystore")?;
    let crypto = &store.crypto;
    let of_length = |text: &str, length: usize| hex::decode(text).is_ok_and(|bytes| bytes.len() == length);
    let params = &crypto.kdfparams;
    let scrypt = || {
        let memory = params
            .n
            .checked_mul(params.r)
            .and_then(|blocks| blocks.checked_mul(128));
        let fits = memory.is_some_and(|memory| memory <= MOST_MEMORY) && params.n >= LEAST_COST;
        fits && params.n.is_power_of_two() && (1..=32).contains(&params.r) && (1..=16).contains(&params.p)
    };
    let derives = match crypto.kdf.as_str() {
        "scrypt" => scrypt(),
        "pbkdf2" => (10_000..=10_000_000).contains(&params.c),
        _ => false,
    };
    for (holds, why) in [
        (store.version == 3, "its version is not 3"),
        (crypto.cipher == "aes-128-ctr", "its cipher is not aes-128-ctr"),
        (of_length(&crypto.cipherparams.iv, IV), "its iv has not 16 bytes"),
        (of_length(&crypto.ciphertext, KEY), "it holds no key of 32 bytes"),
        (of_length(&crypto.mac, KEY), "its mac has not 32 bytes"),
        (hex::decode(&params.salt).is_ok(), "its salt is not hexadecimal"),
        (params.dklen == 32, "its derived key has not 32 bytes"),
        (
            derives,
            "its numbers of scrypt or pbkdf2 are weak, or beyond all memory",
        ),
    ] {
        if !holds {
            return Err(why);
        }
    }
    Ok(())
}

/// Makes a new key, and writes it into a new file that nobody but its owner may read. Takes a second, and much memory.
///
/// # Errors
/// When the file is there already or cannot be written, or the system has no random numbers.
pub fn make(file: &Path, password: &SecretString) -> Result<Address, SignError> {
    let key = Zeroizing::new(random::<KEY>()?);
    // A number beyond the curve's order is no key; that it comes is as likely as a guess at somebody's key.
    let address = LocalSigner::from_bytes(key.as_slice())?.address();
    let text = sealed(&key, address, password)?;
    let told = |error: std::io::Error| SignError(format!("the keystore {} cannot be written: {error}", file.display()));
    let mut written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(told)?;
    written
        .write_all(text.as_bytes())
        .and_then(|()| written.sync_all())
        .map_err(told)?;
    Ok(address)
}

fn sealed(key: &[u8; KEY], address: Address, password: &SecretString) -> Result<String, SignError> {
    let (salt, iv, id) = (random::<SALT>()?, random::<IV>()?, random::<16>()?);
    let params = scrypt::Params::new(COST, BLOCK, LANES).map_err(|_| refused("scrypt takes no such numbers"))?;
    let mut derived = Zeroizing::new([0_u8; KEY]);
    let done = scrypt::scrypt(
        password.expose_secret().as_bytes(),
        &salt,
        &params,
        derived.as_mut_slice(),
    );
    done.map_err(|_| refused("scrypt takes no such length"))?;
    let (cipher_key, mac_key) = derived.split_at(KEY / 2);
    let mut ciphertext = key.to_vec();
    encrypt(cipher_key, iv, &mut ciphertext).ok_or_else(|| refused("the key could not be encrypted"))?;
    let mac = keccak256([mac_key, &ciphertext].concat());
    let store = json!({
        "version": 3,
        "id": uuid(id),
        "address": address.to_string().trim_start_matches("0x"),
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": hex::encode(iv) },
            "ciphertext": hex::encode(&ciphertext),
            "kdf": "scrypt",
            "kdfparams": { "dklen": KEY, "n": 1_u64 << COST, "r": BLOCK, "p": LANES, "salt": hex::encode(salt) },
            "mac": hex::encode(mac),
        },
    });
    Ok(store.to_string())
}

fn encrypt(key: &[u8], iv: [u8; IV], content: &mut [u8]) -> Option<()> {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, key).ok()?).ok()?;
    let iv = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(content, iv).ok().map(|_| ())
}

fn random<const N: usize>() -> Result<[u8; N], SignError> {
    let mut bytes = [0; N];
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let filled = provider.secure_random.fill(&mut bytes);
    filled.map_err(|_| refused("the system has no random numbers now"))?;
    Ok(bytes)
}

/// Version 4, variant 1. <https://www.rfc-editor.org/rfc/rfc9562>
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
