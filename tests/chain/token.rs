//! A key in a PKCS#11 token: SoftHSM2, as Debian packages it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bursar::adapters::chain::signer::{self, KeySource, SecretFile, TokenKey};
use cryptoki::context::{CInitializeArgs, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use domain::chain::Address;
use ethers_core::types::U256;
use ethers_core::types::transaction::eip2718::TypedTransaction;
use ethers_core::utils::rlp::Rlp;
use tempfile::TempDir;

use crate::signers::{secret, unsigned};
use crate::skipped::skip;

const PIN: &str = "fedcba";
/// A test that runs itself again, with SoftHSM's settings in its environment, says so with this.
const INSIDE: &str = "BURSAR_TEST_TOKEN_FOLDER";

fn library() -> Option<PathBuf> {
    let known = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    ];
    let found = known.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        skip("SoftHSM2: needs Debian's package softhsm2");
    }
    found
}

/// The library reads its settings from the environment, which a test must not change under others: this one runs itself once more.
#[tokio::test]
async fn s3_27_a_key_in_a_token_signs_and_never_leaves_it() {
    let Some(library) = library() else { return };
    if let Some(folder) = std::env::var_os(INSIDE) {
        return inside(&library, Path::new(&folder)).await;
    }
    let folder = TempDir::new().unwrap();
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let settings = folder.path().join("softhsm2.conf");
    fs::write(
        &settings,
        format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        ),
    )
    .unwrap();
    let name = "token::s3_27_a_key_in_a_token_signs_and_never_leaves_it";
    let again = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", &settings)
        .env(INSIDE, folder.path())
        .output()
        .unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&again.stdout),
        String::from_utf8_lossy(&again.stderr)
    );
    assert!(again.status.success() && told.contains("1 passed"), "{told}");
}

async fn inside(library: &Path, folder: &Path) {
    make_key(library, "payer", &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a]);
    make_key_in(
        library,
        "of another curve",
        &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    );
    let secrets = TempDir::new_in(folder).unwrap();
    let source = |label: &str, pin: &str| {
        KeySource::Token(TokenKey {
            module: library.to_owned(),
            token: "bursar".to_owned(),
            label: label.to_owned(),
            pin: SecretFile::new(secret(&secrets, "pin", pin, 0o600)),
        })
    };
    let signer = signer::open(&source("payer", PIN)).await.unwrap();
    let half = U256::from_str_radix("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", 16).unwrap();
    let mut odd = [0, 0];
    for nonce in 0..40 {
        let mut wanted = unsigned();
        wanted.nonce = nonce;
        let signed = signer.sign(&wanted).await.unwrap();
        let (read, signature) = TypedTransaction::decode_signed(&Rlp::new(&signed.raw)).unwrap();
        assert_eq!(Address(signature.recover(read.sighash()).unwrap().0), signer.address());
        assert!(signature.s <= half, "the low s");
        odd[usize::from(signature.v % 2 == 1)] += 1;
    }
    assert!(odd[0] > 0 && odd[1] > 0, "both recovery ids: {odd:?}");
    for (label, rule) in [
        ("nobody", "0 keys of the right kind"),
        ("of another curve", "not of the curve secp256k1"),
    ] {
        let told = signer::open(&source(label, PIN)).await.err().unwrap().to_string();
        assert!(told.contains(rule), "{told}: not {rule}");
    }
}

fn make_key(library: &Path, label: &str, curve: &[u8]) {
    let module = Pkcs11::new(library).unwrap();
    module.initialize(CInitializeArgs::OsThreads).unwrap();
    let slot = module.get_slots_with_token().unwrap()[0];
    let officer = AuthPin::new("abcdef".into());
    module.init_token(slot, &officer, "bursar").unwrap();
    let session = module.open_rw_session(slot).unwrap();
    session.login(UserType::So, Some(&officer)).unwrap();
    session.init_pin(&AuthPin::new(PIN.into())).unwrap();
    drop(session);
    drop(module);
    make_key_in(library, label, curve);
}

fn make_key_in(library: &Path, label: &str, curve: &[u8]) {
    let module = Pkcs11::new(library).unwrap();
    module.initialize(CInitializeArgs::OsThreads).unwrap();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&AuthPin::new(PIN.into()))).unwrap();
    let label = Attribute::Label(label.as_bytes().to_vec());
    let public = [
        Attribute::Token(true),
        Attribute::EcParams(curve.to_vec()),
        Attribute::Verify(true),
        label.clone(),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        label,
    ];
    session
        .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
        .unwrap();
}
