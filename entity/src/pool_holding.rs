//! What subscriptions to products have become.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pool_holding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub product_id: i64,
    pub user_id: i64,
    pub referrer_id: Option<i64>,
    pub commission: i64,
    pub state: String,
    pub ended_at: Option<i64>,
    pub live: i64,
    pub subscribed: i64,
    pub earning: i64,
    pub pending: i64,
    pub opened_on: i64,
    pub last_day: Option<i64>,
    pub renews: i64,
    pub accrued_through: i64,
    pub residue: i64,
    pub earned: i64,
    pub unpaid: i64,
    pub paid: i64,
    pub forfeited: i64,
    pub commissioned: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
