//! Funding payments, in order of arrival.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "income")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub account_id: i64,
    pub venue_income_id: String,
    pub position_id: Option<i64>,
    pub symbol: String,
    pub position_side: Option<String>,
    pub amount: i64,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
