//! Histories of triggers.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "trigger_move")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub trigger_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub what: String,
    pub note: String,
    pub at: i64,
    pub said_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
