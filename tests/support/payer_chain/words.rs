//! The payer's key, and the vault's words in a language of their own.

use std::sync::Arc;

use async_trait::async_trait;
use bursar::ports::chain::{Abi, ChainError, PayoutSigner, SignError, Signed, Unsigned};
use domain::chain::{Address, ChainEvent, ChainLog, Hash, RawAmount};
use domain::payout::Payout;

use super::{PAYER, Pay, PayerChain, Tx, hash_of};

/// A key whose signatures differ each time.
pub struct PayerKey(pub Arc<PayerChain>);

#[async_trait]
impl PayoutSigner for PayerKey {
    fn address(&self) -> Address {
        PAYER
    }

    async fn sign(&self, transaction: &Unsigned) -> Result<Signed, SignError> {
        tokio::task::yield_now().await;
        let salt = {
            let mut state = self.0.lock();
            state.salt += 1;
            state.signatures += 1;
            state.salt
        };
        let tx = Tx {
            from: PAYER,
            nonce: transaction.nonce,
            to: transaction.to,
            data: transaction.data.clone(),
            gas: transaction.gas,
            max_fee: transaction.max_fee,
            tip: transaction.tip,
            salt,
        };
        let raw = serde_json::to_vec(&tx).unwrap();
        let hash = hash_of(&raw);
        Ok(Signed { raw, hash })
    }
}

/// The vault's words, in a language of their own.
pub struct PlainAbi;

impl PlainAbi {
    pub fn pay(payout: &Payout) -> Pay {
        Pay {
            key: payout.key,
            to: payout.recipient,
            raw: payout.raw.units().unwrap(),
            money: payout.kind.is_money(),
        }
    }
}

impl Abi for PlainAbi {
    fn topics(&self) -> Vec<Hash> {
        Vec::new()
    }

    fn event(&self, _: &ChainLog) -> Result<ChainEvent, String> {
        Err("no events here".to_owned())
    }

    fn payout_call(&self, payout: &Payout) -> Vec<u8> {
        serde_json::to_vec(&Self::pay(payout)).unwrap()
    }

    fn is_paid_call(&self, id: Hash) -> Vec<u8> {
        id.0.to_vec()
    }

    fn flag(&self, answer: &[u8]) -> Result<bool, ChainError> {
        match answer {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(ChainError::Malformed("no boolean".to_owned())),
        }
    }

    fn balance_call(&self, of: Address) -> Vec<u8> {
        of.0.to_vec()
    }

    fn supply_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn number(&self, answer: &[u8]) -> Result<RawAmount, ChainError> {
        let text = String::from_utf8(answer.to_vec()).unwrap();
        RawAmount::parse(&text).ok_or(ChainError::Malformed(text))
    }

    fn round_call(&self) -> Vec<u8> {
        Vec::new()
    }

    fn round(&self, _: &[u8]) -> Result<(RawAmount, u64), ChainError> {
        Err(ChainError::Malformed("no prices here".to_owned()))
    }
}
