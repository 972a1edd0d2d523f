//! EIP-1559 transactions: what of them is signed, and their bytes once they are. <https://eips.ethereum.org/EIPS/eip-1559>

use domain::chain::Hash;
use ethers_core::types::transaction::eip2718::TypedTransaction;
use ethers_core::types::{Eip1559TransactionRequest, H160, H256, NameOrAddress, Signature, U64};
use ethers_core::utils::keccak256;

use crate::ports::chain::{Signed, Unsigned};

/// As ethers has it; without value and without access list.
pub fn typed(transaction: &Unsigned) -> TypedTransaction {
    let request = Eip1559TransactionRequest::new()
        .to(NameOrAddress::Address(H160(transaction.to.0)))
        .value(0)
        .nonce(transaction.nonce)
        .gas(transaction.gas)
        .data(transaction.data.clone())
        .max_fee_per_gas(transaction.max_fee)
        .max_priority_fee_per_gas(transaction.tip)
        .chain_id(U64::from(transaction.chain.0));
    TypedTransaction::Eip1559(request)
}

/// What is signed of it.
pub fn to_sign(transaction: &TypedTransaction) -> H256 {
    transaction.sighash()
}

/// What signatures had added to their recovery id before transactions were typed; a typed one has the bare id.
const ADDED: u64 = 27;

/// Its bytes with the signature, and their hash.
pub fn signed(transaction: &TypedTransaction, signature: &Signature) -> Signed {
    let bare = Signature {
        v: signature.v.checked_sub(ADDED).unwrap_or(signature.v),
        ..*signature
    };
    let raw = transaction.rlp_signed(&bare).to_vec();
    let hash = Hash(keccak256(&raw));
    Signed { raw, hash }
}
