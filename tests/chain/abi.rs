//! The contracts' ABI as it is in the repository, and what the adapter encodes: one and the same.

use bursar::adapters::chain::Words;
use bursar::ports::chain::Abi;
use domain::chain::{Address, Hash, RawAmount};
use domain::fixed::Amount;
use domain::id::{PayoutId, SubscriptionId, TriggerId};
use domain::payout::{Payout, PayoutKind, PayoutState};
use domain::time::Timestamp;
use ethers_core::abi::Contract;

use crate::anvil::built;

pub fn payout(kind: PayoutKind, key: u8, vault: Address, recipient: Address, raw: u128) -> Payout {
    Payout {
        id: PayoutId(1),
        kind,
        trigger: TriggerId(1),
        subscription: SubscriptionId(1),
        chain: domain::chain::ChainId(31_337),
        vault,
        recipient,
        raw: RawAmount::from_units(raw),
        amount: Amount::ZERO,
        key: Hash([key; 32]),
        attempts: 0,
        state: PayoutState::Queued,
        note: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        version: 1,
    }
}

fn contract(name: &str) -> Contract {
    serde_json::from_value(built(name)["abi"].clone()).unwrap()
}

#[test]
fn what_the_adapter_encodes_is_what_the_contracts_say() {
    let (words, vault) = (Words::new(), contract("Vault"));
    let topics: Vec<Hash> = ["Deposit", "Redeem"]
        .map(|name| Hash(vault.event(name).unwrap().signature().0))
        .into();
    assert_eq!(words.topics(), topics);
    for (kind, function) in [
        (PayoutKind::Mint, "mintShares"),
        (PayoutKind::Remint, "mintShares"),
        (PayoutKind::Refund, "payMoney"),
        (PayoutKind::Proceeds, "payMoney"),
    ] {
        let call = words.payout_call(&payout(kind, 7, Address([1; 20]), Address([2; 20]), 99));
        let function = vault.function(function).unwrap();
        assert_eq!(call[..4], function.short_signature());
        let inputs = function.decode_input(&call[4..]).unwrap();
        let told: Vec<String> = inputs.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["07".repeat(32), "02".repeat(20), "63".to_owned()]);
    }
    let view = |contract: &Contract, name: &str| contract.function(name).unwrap().short_signature();
    assert_eq!(words.is_paid_call(Hash([7; 32]))[..4], view(&vault, "isPaid"));
    let share = contract("ShareToken");
    assert_eq!(words.balance_call(Address([7; 20]))[..4], view(&share, "balanceOf"));
    assert_eq!(words.supply_call(), view(&share, "totalSupply"));
    assert_eq!(words.round_call(), view(&contract("TestFeed"), "latestRoundData"));
}

#[test]
fn indexed_is_the_user_alone_and_a_stand_in_tells_the_same_events() {
    let (vault, burst) = (contract("Vault"), contract("TestBurst"));
    for name in ["Deposit", "Redeem"] {
        let event = vault.event(name).unwrap();
        assert_eq!(
            event.inputs.iter().map(|input| input.indexed).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(burst.event(name).unwrap(), event);
    }
}
