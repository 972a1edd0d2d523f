//! Transactions that were signed, each before anybody had it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub payer: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub nonce: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub payout_id: Option<i64>,
    pub hash: Vec<u8>,
    pub content: Vec<u8>,
    pub gas: i64,
    pub max_fee: String,
    pub tip: String,
    pub signed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
