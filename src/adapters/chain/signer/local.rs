//! A key in this process's memory, which is wiped when it is dropped.

use async_trait::async_trait;
use domain::chain::Address;
use ethers_signers::{LocalWallet, Signer as _};
use zeroize::Zeroizing;

use super::transaction;
use crate::ports::chain::{PayoutSigner, SignError, Signed, Unsigned};

/// Bytes of a key.
const KEY: usize = 32;

/// A key in memory.
pub struct LocalSigner {
    wallet: LocalWallet,
}

impl LocalSigner {
    /// From its 32 bytes.
    ///
    /// # Errors
    /// When they are no key of the curve.
    pub fn from_bytes(key: &[u8]) -> Result<Self, SignError> {
        let wallet = Some(key)
            .filter(|key| key.len() == KEY)
            .and_then(|key| LocalWallet::from_bytes(key).ok());
        let wallet = wallet.ok_or_else(|| SignError("that is no private key of 32 bytes".to_owned()))?;
        Ok(Self { wallet })
    }

    /// From its 64 hexadecimal digits, with or without `0x`.
    ///
    /// # Errors
    /// When they are none, or no key of the curve.
    pub fn from_text(text: &str) -> Result<Self, SignError> {
        let text = text.trim();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let bytes = ethers_core::utils::hex::decode(digits);
        let bytes =
            Zeroizing::new(bytes.map_err(|_| SignError("the private key is not 64 hexadecimal digits".to_owned()))?);
        Self::from_bytes(&bytes)
    }

    /// From a wallet.
    pub(super) fn of(wallet: LocalWallet) -> Self {
        Self { wallet }
    }
}

#[async_trait]
impl PayoutSigner for LocalSigner {
    fn address(&self) -> Address {
        Address(self.wallet.address().0)
    }

    async fn sign(&self, unsigned: &Unsigned) -> Result<Signed, SignError> {
        let transaction = transaction::typed(unsigned);
        let signature = self.wallet.sign_hash(transaction::to_sign(&transaction));
        let signature = signature.map_err(|_| SignError("the key does not sign".to_owned()))?;
        Ok(transaction::signed(&transaction, &signature))
    }
}

#[cfg(test)]
mod tests {
    use domain::chain::ChainId;

    use super::*;

    fn unsigned() -> Unsigned {
        Unsigned {
            chain: ChainId(31_337),
            nonce: 7,
            to: Address([0x11; 20]),
            data: vec![1, 2, 3],
            gas: 100_000,
            max_fee: 2_000_000_000,
            tip: 1_000_000_000,
        }
    }

    #[tokio::test]
    async fn a_signed_transaction_names_its_signer_and_says_what_was_asked_for() {
        use ethers_core::types::transaction::eip2718::TypedTransaction;
        use ethers_core::utils::rlp::Rlp;
        let key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
        let signer = LocalSigner::from_text(key).unwrap();
        assert_eq!(
            signer.address().to_string(),
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"
        );
        let signed = signer.sign(&unsigned()).await.unwrap();
        assert_eq!(signed.raw[0], 2, "the type of EIP-1559");
        let (read, signature) = TypedTransaction::decode_signed(&Rlp::new(&signed.raw)).unwrap();
        let by = signature.recover(read.sighash()).unwrap();
        assert_eq!(
            (Address(by.0), read.sighash()),
            (signer.address(), transaction::to_sign(&transaction::typed(&unsigned())))
        );
        assert_eq!(signer.sign(&unsigned()).await.unwrap().hash, signed.hash);
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        for wrong in ["", "0x", "00", &"0".repeat(64), order, &"g".repeat(64), &"1".repeat(66)] {
            let error = LocalSigner::from_text(wrong).err().unwrap().to_string();
            assert!(wrong.len() < 4 || !error.contains(wrong), "{error}");
        }
    }
}
