//! Orders.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trade_order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub client_id: String,
    pub venue_id: Option<String>,
    pub position_id: i64,
    pub robot_id: Option<i64>,
    pub user_id: i64,
    pub account_id: i64,
    pub venue: String,
    pub symbol: String,
    pub action: String,
    pub position_side: String,
    pub purpose: String,
    pub reduce_only: i64,
    pub kind: String,
    pub limit_price: Option<i64>,
    pub quantity: i64,
    pub filled: i64,
    pub average_price: Option<i64>,
    pub leverage: i64,
    pub margin_mode: String,
    pub state: String,
    pub reason: Option<String>,
    pub live: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
