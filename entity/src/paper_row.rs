//! Rows of the paper venue; their content is its own business.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paper_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: String,
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_key: String,
    pub number: i64,
    pub content: String,
    pub live: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
