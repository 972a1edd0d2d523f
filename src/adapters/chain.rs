//! EVM chains: the ports `Chain`, `Abi` and `PayoutSigner`, over JSON-RPC nodes and keys.
//!
//! ethers (its core and its signers) encodes, hashes and signs; the way to nodes is our own, see docs/decisions.

mod choice;
mod contracts;
mod decode;
pub mod dev_node;
mod endpoint;
mod evm;
mod fault;
mod http;
mod line;
mod name;
mod options;
mod question;
mod rpc;
mod sent;
pub mod signer;
mod socket;
mod words;

pub use evm::EvmChain;
pub use options::{EvmOptions, OpenError};
pub use words::Words;
