//! Orders for triggers at stock venues.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub trigger_id: i64,
    pub venue: String,
    pub mark: String,
    pub venue_id: Option<String>,
    pub symbol: String,
    pub action: String,
    pub quantity: i64,
    pub limit_price: i64,
    pub filled: i64,
    pub average_price: Option<i64>,
    pub fee: i64,
    pub state: String,
    pub why: Option<String>,
    pub since: Option<i64>,
    pub open_trigger: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
