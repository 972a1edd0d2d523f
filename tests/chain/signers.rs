//! Keys of the payer: where they may lie, and who may read them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use bursar::adapters::chain::signer::{self, KeySource, SecretFile, VaultPath, keystore};
use bursar::ports::chain::Unsigned;
use domain::chain::{Address, ChainId};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::anvil::KEYS;

/// A file with this mode.
pub fn secret(folder: &TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

pub fn unsigned() -> Unsigned {
    Unsigned {
        chain: ChainId(1),
        nonce: 3,
        to: Address([4; 20]),
        data: vec![1, 2, 3, 4],
        gas: 21_000,
        max_fee: 7_000_000_000,
        tip: 1_000_000_000,
    }
}

async fn refusal(source: &KeySource) -> String {
    signer::open(source).await.err().expect("refused").to_string()
}

#[tokio::test]
async fn t23_a_keystore_is_made_strong_and_for_its_owner_alone_and_opens_with_its_password() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("payer.json");
    let address = keystore::make(&file, &"correct horse".into()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    let written: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let params = &written["crypto"]["kdfparams"];
    assert_eq!((params["n"].as_u64(), params["r"].as_u64()), (Some(1 << 18), Some(8)));
    assert!(
        keystore::make(&file, &"x".into())
            .unwrap_err()
            .to_string()
            .contains("exists"),
        "never over another one"
    );
    let password = secret(&folder, "password", "correct horse\n", 0o600);
    let source = |password: PathBuf| KeySource::Keystore {
        file: file.clone(),
        password: SecretFile::new(password),
    };
    let signer = signer::open(&source(password)).await.unwrap();
    assert_eq!(signer.address(), address);
    assert!(signer.sign(&unsigned()).await.unwrap().raw.starts_with(&[2]));
    let wrong = secret(&folder, "wrong", "battery staple", 0o600);
    let told = refusal(&source(wrong)).await;
    assert!(
        told.ends_with("does not open with this password") && !told.contains("battery"),
        "{told}"
    );
}

#[tokio::test]
async fn t23_files_that_others_may_read_are_refused() {
    let folder = TempDir::new().unwrap();
    let store = json!({"version": 3, "crypto": {}}).to_string();
    let open = secret(&folder, "open.json", &store, 0o644);
    let closed = secret(&folder, "closed.json", &store, 0o600);
    let good = secret(&folder, "good", "password", 0o400);
    let empty = secret(&folder, "empty", " \n", 0o600);
    let shown = secret(&folder, "shown", "password", 0o640);
    for (file, password, rule) in [
        (&open, SecretFile::new(good.clone()), "has mode 0644"),
        (&closed, SecretFile::new(shown.clone()), "has mode 0640"),
        (&closed, SecretFile::new(empty.clone()), "is empty"),
        (&closed, SecretFile::new(folder.path().join("none")), "cannot be opened"),
        (&closed, SecretFile::new(good.clone()), "is not understood"),
        // What systemd passes may show the group's place taken by its owner's access list.
        (
            &closed,
            SecretFile {
                path: shown,
                is_credential: true,
            },
            "is not understood",
        ),
    ] {
        let source = KeySource::Keystore {
            file: file.clone(),
            password,
        };
        let told = refusal(&source).await;
        assert!(told.contains(rule), "{told}: not {rule}");
    }
}

#[tokio::test]
async fn t17_a_keystore_that_asks_for_all_memory_or_is_cut_short_is_refused() {
    let folder = TempDir::new().unwrap();
    let password: secrecy::SecretString = "x".into();
    let good = |n: u64, iv: &str| {
        json!({"version": 3, "crypto": {
            "cipher": "aes-128-ctr", "cipherparams": {"iv": iv}, "ciphertext": "00".repeat(32), "mac": "00".repeat(32),
            "kdf": "scrypt", "kdfparams": {"dklen": 32, "n": n, "r": 8, "p": 1, "salt": "00"}
        }})
        .to_string()
    };
    let iv = "00".repeat(16);
    for (text, rule) in [
        (good(1 << 40, &iv), "beyond all memory"),
        (good(1_000_000, &iv), "beyond all memory"),
        (good(2, &iv), "are weak"),
        (good(1 << 13, "00"), "iv has not 16 bytes"),
        (good(1 << 13, &iv), "does not open with this password"),
        ("{".to_owned(), "it is no keystore"),
        (String::new(), "it is no keystore"),
    ] {
        let file = secret(&folder, "k.json", &text, 0o600);
        let told = keystore::open(&file, &password).err().unwrap().to_string();
        assert!(told.contains(rule), "{told}: not {rule}");
    }
}

/// A Vault that holds one secret for one token.
async fn vault() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut read = vec![0; 8_192];
            let count = stream.read(&mut read).await.unwrap();
            let head = String::from_utf8_lossy(&read[..count]).into_owned();
            let (status, body) = if !head.to_lowercase().contains("x-vault-token: hvs.token\r\n") {
                (403, json!({"errors": ["permission denied"]}))
            } else if head.starts_with("GET /v1/secret/data/bursar/payer ") {
                let data = json!({"key": KEYS[0], "number": 7});
                (200, json!({"data": {"data": data, "metadata": {"version": 2}}}))
            } else {
                (404, json!({"errors": []}))
            };
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_key_is_read_from_a_field_of_a_secret_in_vault() {
    let folder = TempDir::new().unwrap();
    let address = vault().await;
    let path = |token: &str, path: &str, field: &str| {
        KeySource::Vault(VaultPath {
            address: address.clone(),
            token: SecretFile::new(secret(&folder, "token", token, 0o600)),
            mount: "secret".to_owned(),
            path: path.to_owned(),
            field: field.to_owned(),
        })
    };
    let signer = signer::open(&path("hvs.token\n", "bursar/payer", "key")).await.unwrap();
    assert_eq!(
        signer.address().to_string(),
        "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
    );
    for (source, rule) in [
        (path("hvs.wrong", "bursar/payer", "key"), "may not read this secret"),
        (path("hvs.token", "bursar/other", "key"), "no such secret"),
        (path("hvs.token", "bursar/payer", "other"), "no such field"),
        (path("hvs.token", "bursar/payer", "number"), "no such field"),
    ] {
        // Each has written the token's file anew; the last one stands.
        let KeySource::Vault(at) = &source else { unreachable!() };
        let token = if rule.starts_with("may") {
            "hvs.wrong"
        } else {
            "hvs.token"
        };
        secret(&folder, "token", token, 0o600);
        let told = refusal(&KeySource::Vault(at.clone())).await;
        assert!(told.contains(rule) && !told.contains("hvs."), "{told}: not {rule}");
    }
}

#[tokio::test]
async fn a_clear_key_signs_and_a_wrong_one_is_not_repeated() {
    let signer = signer::open(&KeySource::Clear(KEYS[1].into())).await.unwrap();
    assert_eq!(
        signer.address().to_string(),
        "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
    );
    let told = refusal(&KeySource::Clear("0xnothexnothex".into())).await;
    assert!(!told.contains("nothex"), "{told}");
}
