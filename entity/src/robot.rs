//! Robots; strategy and limits are JSON.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "robot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub user_id: i64,
    pub account_id: i64,
    pub symbol: String,
    pub strategy: String,
    pub risk: String,
    pub stake: i64,
    pub leverage: i64,
    pub margin_mode: String,
    pub auto_open: i64,
    pub auto_close: i64,
    pub limits: String,
    pub wanted: String,
    pub run_started_at: Option<i64>,
    pub quarantined_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
