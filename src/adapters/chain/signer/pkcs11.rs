//! A key in a PKCS#11 token: the token signs, the key never leaves it. <https://docs.oasis-open.org/pkcs11/pkcs11-spec/v3.1/>

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cryptoki::context::{CInitializeArgs, Pkcs11};
use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use domain::chain::Address;
use ethers_core::k256::ecdsa::{RecoveryId, Signature as Ecdsa, VerifyingKey};
use ethers_core::types::{H256, Signature, U256};
use ethers_core::utils::public_key_to_address;
use secrecy::{ExposeSecret, SecretString};

use super::{TokenKey, transaction};
use crate::ports::chain::{PayoutSigner, SignError, Signed, Unsigned};

/// The OID of secp256k1, as `CKA_EC_PARAMS` has it. <https://www.secg.org/sec2-v2.pdf>
const SECP256K1: [u8; 7] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a];
/// An uncompressed point.
const POINT: usize = 65;

/// Libraries that were loaded; one is initialized once in a process.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// A key in a token.
pub struct TokenSigner {
    key: Arc<Key>,
    address: Address,
}

struct Key {
    source: TokenKey,
    pin: SecretString,
    public: VerifyingKey,
    open: Mutex<Option<Open>>,
}

struct Open {
    session: Session,
    private: ObjectHandle,
}

fn refused(why: impl std::fmt::Display) -> SignError {
    SignError(format!("PKCS#11: {why}"))
}

impl TokenSigner {
    /// Logs in to the token and finds the key.
    ///
    /// # Errors
    /// When the library, the token or the key is not there, the PIN is wrong, or the key is of another curve.
    pub async fn open(source: &TokenKey) -> Result<Self, SignError> {
        let (source, pin) = (source.clone(), source.pin.read()?);
        let opened = tokio::task::spawn_blocking(move || {
            let open = login(&source, &pin)?;
            let public = public(&open.session, &source.label)?;
            Ok::<_, SignError>(Key {
                source,
                pin,
                public,
                open: Mutex::new(Some(open)),
            })
        });
        let key = opened.await.map_err(|_| refused("the token's library failed"))??;
        let address = Address(public_key_to_address(&key.public).0);
        Ok(Self {
            key: Arc::new(key),
            address,
        })
    }
}

#[async_trait]
impl PayoutSigner for TokenSigner {
    fn address(&self) -> Address {
        self.address
    }

    async fn sign(&self, unsigned: &Unsigned) -> Result<Signed, SignError> {
        let transaction = transaction::typed(unsigned);
        let (key, hash) = (self.key.clone(), transaction::to_sign(&transaction));
        let signature = tokio::task::spawn_blocking(move || key.sign(hash)).await;
        let signature = signature.map_err(|_| refused("the token's library failed"))??;
        Ok(transaction::signed(&transaction, &signature))
    }
}

impl Key {
    /// Signs; where the session is gone, once more in a new one: signing twice is no harm.
    fn sign(&self, hash: H256) -> Result<Signature, SignError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = open
            .as_ref()
            .map(|open| open.session.sign(&Mechanism::Ecdsa, open.private, hash.as_bytes()));
        let bytes = match kept {
            Some(Ok(bytes)) => bytes,
            Some(Err(_)) | None => {
                *open = None;
                let fresh = open.insert(login(&self.source, &self.pin)?);
                fresh
                    .session
                    .sign(&Mechanism::Ecdsa, fresh.private, hash.as_bytes())
                    .map_err(refused)?
            }
        };
        recoverable(&bytes, hash, &self.public)
    }
}

/// With the low one of both s, as EIP-2 wants it, and the recovery id, which the token does not tell: of those that there are, the one
/// that gives the key. <https://eips.ethereum.org/EIPS/eip-2>
fn recoverable(bytes: &[u8], hash: H256, public: &VerifyingKey) -> Result<Signature, SignError> {
    let signature = Ecdsa::from_slice(bytes).map_err(|_| refused("the token gave no signature"))?;
    let signature = signature.normalize_s().unwrap_or(signature);
    let gives_key = |id: &RecoveryId| {
        let recovered = VerifyingKey::recover_from_prehash(hash.as_bytes(), &signature, *id);
        recovered.is_ok_and(|recovered| recovered == *public)
    };
    let ids = (0..=1).filter_map(RecoveryId::from_byte);
    let id = ids
        .into_iter()
        .find(gives_key)
        .ok_or_else(|| refused("the signature is not of this key"))?;
    let (r, s) = signature.split_bytes();
    Ok(Signature {
        r: U256::from_big_endian(&r),
        s: U256::from_big_endian(&s),
        v: u64::from(id.to_byte()),
    })
}

fn login(source: &TokenKey, pin: &SecretString) -> Result<Open, SignError> {
    let module = module(&source.module)?;
    let slots = module.get_slots_with_initialized_token().map_err(refused)?;
    let labelled = |slot: &cryptoki::slot::Slot| {
        let token = module.get_token_info(*slot);
        token.is_ok_and(|token| token.label().trim_end() == source.token)
    };
    let slot = slots
        .into_iter()
        .find(labelled)
        .ok_or_else(|| refused(format!("no token is labelled `{}`", source.token)))?;
    let session = module.open_ro_session(slot).map_err(refused)?;
    match session.login(UserType::User, Some(&AuthPin::new(pin.expose_secret().into()))) {
        // A login holds for all sessions of a process.
        Ok(()) | Err(Error::Pkcs11(cryptoki::error::RvError::UserAlreadyLoggedIn, _)) => {}
        Err(error) => return Err(refused(error)),
    }
    let private = only(&session, ObjectClass::PRIVATE_KEY, &source.label)?;
    Ok(Open { session, private })
}

fn module(path: &Path) -> Result<Pkcs11, SignError> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(path) {
        return Ok(module.clone());
    }
    let module = Pkcs11::new(path).map_err(|error| refused(format!("{}: {error}", path.display())))?;
    match module.initialize(CInitializeArgs::OsThreads) {
        Ok(()) | Err(Error::AlreadyInitialized) => {}
        Err(error) => return Err(refused(error)),
    }
    modules.insert(path.to_owned(), module.clone());
    Ok(module)
}

fn only(session: &Session, class: ObjectClass, label: &str) -> Result<ObjectHandle, SignError> {
    let wanted = [
        Attribute::Class(class),
        Attribute::KeyType(KeyType::EC),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    match session.find_objects(&wanted).map_err(refused)?.as_slice() {
        [one] => Ok(*one),
        other => Err(refused(format!(
            "{} keys of the right kind are labelled `{label}`; there must be one",
            other.len()
        ))),
    }
}

fn public(session: &Session, label: &str) -> Result<VerifyingKey, SignError> {
    let key = only(session, ObjectClass::PUBLIC_KEY, label)?;
    let told = session
        .get_attributes(key, &[AttributeType::EcParams, AttributeType::EcPoint])
        .map_err(refused)?;
    let mut point = None;
    for attribute in told {
        match attribute {
            Attribute::EcParams(params) if params != SECP256K1 => {
                return Err(refused("the key is not of the curve secp256k1"));
            }
            Attribute::EcPoint(bytes) => point = Some(bytes),
            _ => {}
        }
    }
    // An octet string around the point; some tokens leave the wrapping out.
    let point = point
        .filter(|bytes| bytes.len() >= POINT)
        .ok_or_else(|| refused("the token does not tell the public key"))?;
    let bare = point.split_at(point.len() - POINT).1;
    VerifyingKey::from_sec1_bytes(bare).map_err(|_| refused("the public key is no point of the curve"))
}
