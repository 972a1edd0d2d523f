//! Subscriptions to the logs of contracts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chain_subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub chain_id: i64,
    pub contract: Vec<u8>,
    pub start_block: i64,
    pub cursor_block: i64,
    pub cursor_hash: Option<Vec<u8>>,
    pub genesis: Option<Vec<u8>>,
    pub state: String,
    pub halted_reason: Option<String>,
    pub halted_at: Option<i64>,
    pub reorgs: i64,
    pub late_logs: i64,
    pub malformed: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
