//! A real node for tests: anvil on a port of its own, with our contracts on it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use domain::chain::{Address, Hash};
use ethers_core::abi::{self, Token};
use ethers_core::types::{H160, U256};
use ethers_core::utils::{hex, keccak256};
use serde_json::{Value, json};

use crate::skipped::skip;

/// Private keys of anvil's first accounts; each is unlocked and rich. The first deploys, the second pays, the third keeps the treasury,
/// the others are users. <https://getfoundry.sh/anvil/reference/>
pub const KEYS: [&str; 5] = [
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
];
/// Place of the account that deploys.
pub const DEPLOYER: usize = 0;
/// Place of the account that pays.
pub const PAYER: usize = 1;
/// Place of the account that keeps the treasury.
pub const TREASURER: usize = 2;
/// Place of a user's account.
pub const USER: usize = 3;
/// Place of another user's account.
pub const OTHER: usize = 4;

/// A running anvil.
pub struct Anvil {
    child: Child,
    arguments: Vec<String>,
    client: reqwest::Client,
    /// Where it listens.
    pub port: u16,
    /// Its accounts.
    pub accounts: Vec<Address>,
}

impl Drop for Anvil {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Our contracts on a chain.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    pub money: Address,
    pub share: Address,
    pub vault: Address,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program; `None`, with a word, where there is none and none can be installed.
pub fn program() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("BURSAR_TEST_ANVIL") {
        return Some(given.into());
    }
    let on_path = Command::new("anvil").arg("--version").output();
    if on_path.is_ok_and(|output| output.status.success()) {
        return Some("anvil".into());
    }
    let home = std::env::var_os("BURSAR_TEST_NODE").map_or_else(|| root().join("target/node"), PathBuf::from);
    let install = Command::new(root().join("tests/e2e/clients/install_anvil"))
        .arg(home)
        .output();
    let why = match install {
        Ok(output) if output.status.success() => return Some(String::from_utf8(output.stdout).unwrap().trim().into()),
        Ok(output) => String::from_utf8_lossy(&output.stderr)
            .lines()
            .last()
            .unwrap_or_default()
            .to_owned(),
        Err(error) => error.to_string(),
    };
    skip(&format!("anvil: needs npm, and a package that can be installed: {why}"));
    None
}

/// A process that listens on this port, or on a free one, and which that is.
fn launch(port: u16, arguments: &[String]) -> Option<(Child, u16)> {
    let mut child = Command::new(program()?)
        .args(["--port", &port.to_string()])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("Listening on 127.0.0.1:")?.1.trim().parse().ok());
    // Who no longer reads would block it.
    std::thread::spawn(move || lines.for_each(drop));
    Some((child, port.expect("anvil says where it listens")))
}

impl Anvil {
    /// Starts a chain of this id, with further arguments for anvil; each transaction makes a block unless they say otherwise. `None`, with
    /// a word, where there is no anvil.
    pub async fn start(chain: u64, arguments: &[&str]) -> Option<Self> {
        let chain = chain.to_string();
        let own = ["--chain-id", &chain].into_iter().chain(arguments.iter().copied());
        let arguments: Vec<String> = own.map(ToOwned::to_owned).collect();
        let (child, port) = launch(0, &arguments)?;
        let mut anvil = Self {
            child,
            arguments,
            client: reqwest::Client::new(),
            port,
            accounts: Vec::new(),
        };
        let accounts = anvil.rpc("eth_accounts", json!([])).await;
        anvil.accounts = serde_json::from_value(accounts).unwrap();
        Some(anvil)
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again where it was, with the arguments that it had.
    pub fn again(&mut self) {
        (self.child, _) = launch(self.port, &self.arguments).unwrap();
        // Connections to the one that was killed are no use.
        self.client = reqwest::Client::new();
    }

    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn ws(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// Asks it; its error as it says it.
    pub async fn try_rpc(&self, method: &str, params: Value) -> Result<Value, String> {
        let question = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let answer = self.client.post(self.http()).json(&question).send().await.unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Asks it.
    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        self.try_rpc(method, params).await.unwrap()
    }

    /// Puts a contract of `contracts/out` on the chain.
    pub async fn deploy(&self, contract: &str, arguments: &[Token]) -> Address {
        let data = format!(
            "{}{}",
            built(contract)["bytecode"].as_str().unwrap(),
            hex::encode(abi::encode(arguments))
        );
        let receipt = self.transact(DEPLOYER, None, data).await.unwrap();
        serde_json::from_value(receipt["contractAddress"].clone()).unwrap()
    }

    /// Calls a contract by a transaction of an account; the receipt, or why it was reverted.
    pub async fn act(
        &self,
        by: usize,
        contract: Address,
        signature: &str,
        arguments: &[Token],
    ) -> Result<Value, String> {
        self.transact(by, Some(contract), data(signature, arguments)).await
    }

    /// Hands a call of a contract in, and waits for no block.
    pub async fn hand_in(&self, by: usize, contract: Address, signature: &str, arguments: &[Token]) {
        let data = data(signature, arguments);
        // With enough gas nothing has to be estimated.
        let transaction = json!({"from": self.accounts[by], "to": contract, "data": data, "gas": "0x7a120"});
        self.rpc("eth_sendTransaction", json!([transaction])).await;
    }

    /// Asks a view of a contract for a number.
    pub async fn view(&self, contract: Address, signature: &str, arguments: &[Token]) -> U256 {
        let call = json!([{"to": contract, "data": data(signature, arguments)}, "latest"]);
        let answer = self.rpc("eth_call", call).await;
        U256::from_str_radix(answer.as_str().unwrap(), 16).unwrap()
    }

    /// What an account has of a token.
    pub async fn balance(&self, token: Address, of: Address) -> u128 {
        self.view(token, "balanceOf(address)", &[account(of)]).await.as_u128()
    }

    async fn transact(&self, by: usize, to: Option<Address>, data: String) -> Result<Value, String> {
        let mut transaction = json!({"from": self.accounts[by], "data": data});
        if let Some(to) = to {
            transaction["to"] = json!(to);
        }
        let hash = self.try_rpc("eth_sendTransaction", json!([transaction])).await?;
        let mut receipt = Value::Null;
        // The block is made a moment later.
        for _ in 0..200 {
            receipt = self.rpc("eth_getTransactionReceipt", json!([hash])).await;
            if !receipt.is_null() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        if receipt["status"] == "0x1" {
            return Ok(receipt);
        }
        // Why is told to who asks what it would do.
        let why = self.try_rpc("eth_call", json!([transaction, "latest"])).await;
        Err(format!(
            "reverted: {}",
            why.err().unwrap_or_else(|| receipt.to_string())
        ))
    }

    /// Puts money (a contract of that name), shares and a vault on the chain; the vault may mint.
    pub async fn stage(&self, money: &str) -> Stage {
        let money = self.deploy(money, &[]).await;
        let text = |text: &str| Token::String(text.to_owned());
        let share = self.deploy("ShareToken", &[text("Apple shares"), text("AAPLx")]).await;
        let of = |place: usize| account(self.accounts[place]);
        let roles = [account(money), account(share), of(DEPLOYER), of(PAYER), of(TREASURER)];
        let vault = self.deploy("Vault", &roles).await;
        self.act(
            DEPLOYER,
            share,
            "setMinter(address,bool)",
            &[account(vault), Token::Bool(true)],
        )
        .await
        .unwrap();
        Stage { money, share, vault }
    }

    /// Gives a user money, and lets the vault take it.
    pub async fn endow(&self, stage: &Stage, user: usize, amount: u64) {
        let given = [account(self.accounts[user]), number(amount)];
        self.act(DEPLOYER, stage.money, "mint(address,uint256)", &given)
            .await
            .unwrap();
        let allowed = [account(stage.vault), number(amount)];
        self.act(user, stage.money, "approve(address,uint256)", &allowed)
            .await
            .unwrap();
    }
}

/// A contract as `contracts/build` made it.
pub fn built(contract: &str) -> Value {
    let text = std::fs::read_to_string(root().join(format!("contracts/out/{contract}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// An address as argument.
pub fn account(address: Address) -> Token {
    Token::Address(H160(address.0))
}

/// A number as argument.
pub fn number(number: impl Into<U256>) -> Token {
    Token::Uint(number.into())
}

/// A hash as argument.
pub fn word(hash: Hash) -> Token {
    Token::FixedBytes(hash.0.to_vec())
}

fn data(signature: &str, arguments: &[Token]) -> String {
    format!(
        "0x{}{}",
        hex::encode(&keccak256(signature)[..4]),
        hex::encode(abi::encode(arguments))
    )
}
