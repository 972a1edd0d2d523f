//! The chain as the port knows it: what it is asked and sent, and what it answers.

use std::time::Duration;

use async_trait::async_trait;
use bursar::ports::chain::{BlockAt, Chain, ChainError, EndpointHealth, GasPrices, LogFilter, Receipt, Sent};
use bursar::ports::market::Wake;
use domain::chain::{Address, Block, BlockNumber, ChainId, ChainLog, Hash, RawAmount};
use domain::outcome::Outcome;

use super::{CHAIN, MONEY, PayerChain, Reply, SHARE, Tx, VAULT};

#[async_trait]
impl Chain for PayerChain {
    fn id(&self) -> ChainId {
        CHAIN
    }

    async fn block(&self, at: BlockAt) -> Result<Option<Block>, ChainError> {
        self.asked(|state| {
            Ok(match at {
                BlockAt::Latest | BlockAt::Safe | BlockAt::Finalized => Some(state.head()),
                BlockAt::Number(number) => state.at(number),
            })
        })
        .await
    }

    async fn blocks(&self, numbers: &[BlockNumber]) -> Result<Vec<Option<Block>>, ChainError> {
        self.asked(|state| Ok(numbers.iter().map(|number| state.at(*number)).collect()))
            .await
    }

    async fn logs(&self, _: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        Ok(Vec::new())
    }

    async fn logs_elsewhere(&self, _: LogFilter<'_>) -> Result<Vec<ChainLog>, ChainError> {
        Ok(Vec::new())
    }

    async fn call(&self, to: Address, data: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.asked(|state| match to {
            MONEY => Ok(state.vault_balance().to_string().into_bytes()),
            SHARE => Ok(state
                .effects()
                .iter()
                .filter(|pay| !pay.money)
                .map(|pay| pay.raw)
                .sum::<u128>()
                .to_string()
                .into_bytes()),
            VAULT if state.is_no_vault => Err(ChainError::Refused("no such function".to_owned())),
            _ => {
                let key = Hash(data.try_into().unwrap());
                Ok(vec![u8::from(state.is_paid(key))])
            }
        })
        .await
    }

    async fn balance(&self, _: Address) -> Result<RawAmount, ChainError> {
        self.asked(|state| Ok(RawAmount::from_units(state.funds))).await
    }

    async fn nonces(&self, _: Address) -> Result<(u64, u64), ChainError> {
        self.asked(|state| {
            let latest = state.used();
            let waiting = (latest..).take_while(|nonce| state.mempool.contains_key(nonce));
            Ok((latest, latest + waiting.count() as u64))
        })
        .await
    }

    async fn gas_prices(&self) -> Result<GasPrices, ChainError> {
        self.asked(|state| {
            Ok(GasPrices {
                base: state.base,
                tip: state.tip,
            })
        })
        .await
    }

    async fn estimate(&self, _: Address, to: Address, data: &[u8]) -> Result<u64, ChainError> {
        self.asked(|state| match state.would_succeed(to, data) {
            Ok(()) => Ok(60_000),
            Err(why) => Err(ChainError::Refused(why)),
        })
        .await
    }

    async fn send(&self, raw: &[u8]) -> Outcome<Sent> {
        tokio::task::yield_now().await;
        let tx = Tx::read(raw);
        let reply = {
            let mut state = self.lock();
            state.arrived.push(tx.hash());
            let reply = state.replies.pop_front().unwrap_or(Reply::Fair);
            if reply == Reply::Fair {
                return Outcome::Done(state.take(&tx));
            }
            if matches!(reply, Reply::TakenButLost | Reply::AlreadyKnown | Reply::Hang) {
                state.take(&tx);
            }
            reply
        };
        tokio::task::yield_now().await;
        match reply {
            Reply::Fair | Reply::AlreadyKnown | Reply::Dropped => Outcome::Done(Sent::Accepted),
            Reply::TakenButLost => Outcome::Unknown("the connection broke".to_owned()),
            Reply::NonceLow => Outcome::Done(Sent::NonceTooLow),
            Reply::NonceHigh => Outcome::Done(Sent::NonceTooHigh),
            Reply::Underpriced => Outcome::Done(Sent::Underpriced),
            Reply::Broke => Outcome::Done(Sent::InsufficientFunds),
            Reply::Error => Outcome::Unknown("status 500".to_owned()),
            Reply::Hang => {
                tokio::time::sleep(Duration::from_secs(86_400)).await;
                Outcome::Unknown("it was given up".to_owned())
            }
        }
    }

    async fn receipt(&self, tx: Hash) -> Result<Option<Receipt>, ChainError> {
        self.asked(|state| Ok(state.receipt(tx))).await
    }

    async fn knows(&self, tx: Hash) -> Result<bool, ChainError> {
        self.asked(
            |state| Ok(state.mempool.values().any(|waiting| waiting.hash() == tx) || state.receipt(tx).is_some()),
        )
        .await
    }

    fn heed(&self, _: Address, _: Wake) {}

    fn forget(&self, _: Address) {}

    fn is_heard(&self) -> bool {
        false
    }

    fn distrust(&self, _: &str) {}

    fn endpoints(&self) -> Vec<EndpointHealth> {
        Vec::new()
    }
}
