//! Lines of entries.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "posting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_seq: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: i64,
    pub account_id: i64,
    pub amount: i64,
    pub balance_before: i64,
    pub balance_after: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
