//! What logs set off.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chain_trigger")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub chain_id: i64,
    pub tx: Vec<u8>,
    pub log_index: i64,
    pub subscription_id: i64,
    pub kind: String,
    pub user_address: Vec<u8>,
    pub symbol: String,
    pub block: i64,
    pub block_hash: Vec<u8>,
    pub block_at: i64,
    pub raw_amount: String,
    pub amount: i64,
    pub dust: String,
    pub price: Option<i64>,
    pub price_at: Option<i64>,
    pub price_source: Option<String>,
    pub filled: i64,
    pub money: i64,
    pub fee: i64,
    pub orders: i64,
    pub state: String,
    pub order_id: Option<i64>,
    pub ended_at: Option<i64>,
    pub error: Option<String>,
    pub next_at: Option<i64>,
    pub expires_at: i64,
    pub live: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
