//! The vault on a real node: what comes in is read, whatever the token is like.

use bursar::adapters::chain::Words;
use bursar::ports::chain::{Abi, BlockAt, Chain, LogFilter};
use domain::chain::{BlockNumber, ChainEvent, ChainId, ChainLog, RawAmount};
use ethers_core::abi::Token;
use tokio::sync::mpsc;

use crate::anvil::{Anvil, DEPLOYER, OTHER, PAYER, Stage, TREASURER, USER, account, number, word};
use crate::follower::{options, until};
use bursar::adapters::chain::EvmChain;
use std::sync::Arc;

fn open(anvil: &Anvil) -> Arc<EvmChain> {
    let mut options = options(&[anvil.ws(), anvil.http()]);
    options.deadline = std::time::Duration::from_secs(5);
    EvmChain::open(options).unwrap()
}

async fn logs(chain: &EvmChain, stage: &Stage) -> Vec<ChainLog> {
    let topics = Words::new().topics();
    let to = chain.block(BlockAt::Latest).await.unwrap().unwrap().number;
    let filter = LogFilter {
        address: stage.vault,
        topics: &topics,
        from: BlockNumber(0),
        to,
    };
    chain.logs(filter).await.unwrap()
}

fn events(logs: &[ChainLog]) -> Vec<ChainEvent> {
    logs.iter().map(|log| Words::new().event(log).unwrap()).collect()
}

#[tokio::test]
async fn deposits_and_redemptions_are_read_from_a_real_node_and_wake_who_cares() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let stage = anvil.stage("TestMoney").await;
    let chain = open(&anvil);
    let (tell, mut told) = mpsc::unbounded_channel();
    chain.heed(
        stage.vault,
        Arc::new(move || {
            tell.send(()).ok();
        }),
    );
    until("heard", || chain.is_heard()).await;
    while told.try_recv().is_ok() {}
    anvil.endow(&stage, USER, 1_000_000_000).await;
    anvil
        .act(USER, stage.vault, "deposit(uint256)", &[number(250_000_000)])
        .await
        .unwrap();
    told.recv().await.unwrap();
    let user = anvil.accounts[USER];
    let minted = [word(domain::chain::Hash([9; 32])), account(user), number(5_000)];
    anvil
        .act(PAYER, stage.vault, "mintShares(bytes32,address,uint256)", &minted)
        .await
        .unwrap();
    anvil
        .act(USER, stage.vault, "redeem(uint256)", &[number(2_000)])
        .await
        .unwrap();
    let logs = logs(&chain, &stage).await;
    let (amount, shares) = (RawAmount::from_units(250_000_000), RawAmount::from_units(2_000));
    assert_eq!(
        events(&logs),
        [
            ChainEvent::Deposit { user, amount },
            ChainEvent::Redeem { user, shares }
        ]
    );
    let block = chain.block(BlockAt::Number(logs[0].block)).await.unwrap().unwrap();
    assert_eq!((block.hash, logs[0].key.chain), (logs[0].block_hash, ChainId(31_337)));
    let parent = chain
        .block(BlockAt::Number(logs[0].block.minus(1)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(parent.hash, block.parent);
    let supply = chain.call(stage.share, &Words::new().supply_call()).await.unwrap();
    assert_eq!(Words::new().number(&supply).unwrap(), RawAmount::from_units(3_000));
}

#[tokio::test]
async fn s3_01_many_events_of_one_transaction_are_as_many_logs() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let stage = anvil.stage("TestMoney").await;
    let burst = anvil.deploy("TestBurst", &[]).await;
    anvil
        .act(
            DEPLOYER,
            stage.money,
            "mint(address,uint256)",
            &[account(burst), number(60)],
        )
        .await
        .unwrap();
    let minted = [word(domain::chain::Hash([9; 32])), account(burst), number(3)];
    anvil
        .act(PAYER, stage.vault, "mintShares(bytes32,address,uint256)", &minted)
        .await
        .unwrap();
    let list = |numbers: &[u64]| Token::Array(numbers.iter().map(|n| number(*n)).collect());
    let arguments = [
        account(stage.vault),
        account(stage.money),
        list(&[10, 20, 30]),
        list(&[1, 2]),
    ];
    anvil
        .act(USER, burst, "act(address,address,uint256[],uint256[])", &arguments)
        .await
        .unwrap();
    let chain = open(&anvil);
    let logs = logs(&chain, &stage).await;
    assert_eq!(logs.len(), 5);
    assert!(logs.iter().all(|log| log.key.tx == logs[0].key.tx));
    let amounts: Vec<u128> = events(&logs)
        .iter()
        .map(|event| match event {
            ChainEvent::Deposit { amount, .. } => amount.units().unwrap(),
            ChainEvent::Redeem { shares, .. } => shares.units().unwrap(),
        })
        .collect();
    assert_eq!(amounts, [10, 20, 30, 1, 2]);
}

#[tokio::test]
async fn a_stand_in_tells_as_many_events_as_it_is_asked_for() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let burst = anvil.deploy("TestBurst", &[]).await;
    let arguments = [account(burst), number(7), number(40)];
    let emit = "emitDeposits(address,uint256,uint256)";
    anvil.act(USER, burst, emit, &arguments).await.unwrap();
    let stand_in = Stage {
        money: burst,
        share: burst,
        vault: burst,
    };
    assert_eq!(logs(&open(&anvil), &stand_in).await.len(), 40);
}

#[tokio::test]
async fn s3_25_a_deposit_is_what_arrived_when_the_token_takes_a_fee_and_answers_nothing() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let stage = anvil.stage("TestTether").await;
    anvil.endow(&stage, USER, 2_000_000).await;
    anvil
        .act(USER, stage.vault, "deposit(uint256)", &[number(1_000_000)])
        .await
        .unwrap();
    anvil
        .act(DEPLOYER, stage.money, "setFee(uint256)", &[number(25)])
        .await
        .unwrap();
    anvil
        .act(USER, stage.vault, "deposit(uint256)", &[number(1_000_000)])
        .await
        .unwrap();
    let user = anvil.accounts[USER];
    let of = |amount: u128| ChainEvent::Deposit {
        user,
        amount: RawAmount::from_units(amount),
    };
    assert_eq!(events(&logs(&open(&anvil), &stage).await), [of(1_000_000), of(997_500)]);
    assert_eq!(anvil.balance(stage.money, stage.vault).await, 1_997_500);
}

#[tokio::test]
async fn nobody_does_at_a_vault_what_is_not_his_to_do() {
    let Some(anvil) = Anvil::start(31_337, &[]).await else {
        return;
    };
    let stage = anvil.stage("TestMoney").await;
    anvil.endow(&stage, USER, 100).await;
    anvil
        .act(USER, stage.vault, "deposit(uint256)", &[number(100)])
        .await
        .unwrap();
    let key = word(domain::chain::Hash([1; 32]));
    let to = account(anvil.accounts[OTHER]);
    let nobody = account(domain::chain::Address([0; 20]));
    let pay = "payMoney(bytes32,address,uint256)";
    let (mint, withdraw) = ("mintShares(bytes32,address,uint256)", "withdraw(address,uint256)");
    let payout = |amount: u64| vec![key.clone(), to.clone(), number(amount)];
    for (by, function, arguments, error) in [
        (USER, pay, payout(1), "NotPayer()"),
        (TREASURER, mint, payout(1), "NotPayer()"),
        (PAYER, withdraw, vec![to.clone(), number(1)], "NotTreasurer()"),
        (PAYER, "setPayer(address)", vec![to.clone()], "NotOwner()"),
        (USER, "offerOwner(address)", vec![to.clone()], "NotOwner()"),
        (USER, "acceptOwner()", vec![], "NotNextOwner()"),
        (PAYER, pay, payout(0), "ZeroAmount()"),
        (PAYER, pay, vec![key.clone(), nobody, number(1)], "ZeroAddress()"),
        (PAYER, pay, payout(101), "TransferFailed(address)"),
        (USER, "deposit(uint256)", vec![number(0)], "ZeroAmount()"),
        (USER, "redeem(uint256)", vec![number(1)], "TooLittle()"),
    ] {
        let told = anvil.act(by, stage.vault, function, &arguments).await.unwrap_err();
        let selector = ethers_core::utils::hex::encode(&ethers_core::utils::keccak256(error)[..4]);
        assert!(told.contains(&selector), "{function} by {by}: {told}, not {error}");
    }
    assert_eq!(anvil.view(stage.vault, "isPaid(bytes32)", &[key]).await.as_u64(), 0);
    anvil
        .act(TREASURER, stage.vault, withdraw, &[to, number(40)])
        .await
        .unwrap();
    assert_eq!(anvil.balance(stage.money, anvil.accounts[OTHER]).await, 40);
}
