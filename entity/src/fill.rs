//! Fills, in order of arrival.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fill")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub account_id: i64,
    pub venue_fill_id: String,
    pub order_id: Option<i64>,
    pub position_id: Option<i64>,
    pub venue_order_id: String,
    pub client_id: Option<String>,
    pub symbol: String,
    pub action: String,
    pub position_side: String,
    pub reducing: i64,
    pub quantity: i64,
    pub price: i64,
    pub fee: i64,
    pub realised: i64,
    pub cause: String,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
