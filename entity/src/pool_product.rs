//! What a pool offers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pool_product")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub asset: String,
    pub term_days: Option<i64>,
    pub early_penalty: Option<i64>,
    pub early_forfeits: i64,
    pub zone: String,
    pub cut_off: i64,
    pub payday: String,
    pub compounds: i64,
    pub commission: i64,
    pub quota: i64,
    pub least_once: i64,
    pub most_once: i64,
    pub least_held: i64,
    pub most_held: i64,
    pub opens_at: Option<i64>,
    pub closes_at: Option<i64>,
    pub last_day: Option<i64>,
    pub state: String,
    pub sold: i64,
    pub distributed_through: i64,
    pub correct_from: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
