//! Keys of venue accounts, sealed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "venue_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    pub format: i64,
    pub master: String,
    pub data_key: Option<String>,
    pub content: Option<String>,
    pub fingerprint: String,
    pub ending: String,
    pub may_trade: Option<i64>,
    pub may_withdraw: Option<i64>,
    pub bound_to_addresses: Option<i64>,
    pub set_by: String,
    pub set_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
