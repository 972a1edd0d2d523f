//! Messages about alerts to targets; `summary_id` is the message that stands for this one.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub alert_id: i64,
    pub target: String,
    pub event: String,
    pub severity: String,
    pub state: String,
    pub next_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub summary_id: Option<i64>,
    pub attempts: i64,
    pub covers: i64,
    pub error: Option<String>,
    pub created_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
