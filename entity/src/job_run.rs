//! Runs of jobs, and due times that had none.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub job: String,
    pub due: Option<i64>,
    pub missed: i64,
    pub origin: String,
    pub state: String,
    pub attempt: i64,
    pub worker: String,
    pub asked_by: Option<String>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub result: Option<String>,
    pub output: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
