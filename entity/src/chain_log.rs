//! Logs of contracts, in order of arrival.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chain_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub subscription_id: i64,
    pub chain_id: i64,
    pub tx: Vec<u8>,
    pub log_index: i64,
    pub block: i64,
    pub block_hash: Vec<u8>,
    pub parent_hash: Vec<u8>,
    pub block_at: i64,
    pub address: Vec<u8>,
    pub topics: Vec<u8>,
    pub content: Vec<u8>,
    pub event: Option<String>,
    pub event_user: Option<Vec<u8>>,
    pub event_raw: Option<String>,
    pub problem: Option<String>,
    pub trigger_id: Option<i64>,
    pub read_at: i64,
    pub orphaned: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
