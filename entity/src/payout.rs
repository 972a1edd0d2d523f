//! What leaves by transactions of ours.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub kind: String,
    pub trigger_id: i64,
    pub subscription_id: i64,
    pub chain_id: i64,
    pub vault: Vec<u8>,
    pub recipient: Vec<u8>,
    pub raw_amount: String,
    pub amount: i64,
    pub contract_key: Vec<u8>,
    pub attempts: i64,
    pub state: String,
    pub nonce: Option<i64>,
    pub tx: Option<Vec<u8>>,
    pub block: Option<i64>,
    pub state_at: Option<i64>,
    pub reason: Option<String>,
    pub note: Option<String>,
    pub live: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
