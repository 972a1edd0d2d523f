//! Jobs that somebody made.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub kind: String,
    pub work: String,
    pub cron: String,
    pub zone: String,
    pub enabled: i64,
    pub singleton: i64,
    pub misfire: String,
    pub time_out: i64,
    pub back_off: i64,
    pub failures: i64,
    pub last_ended: Option<i64>,
    pub handled_through: i64,
    pub made_by: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
