//! Positions with their settlement.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "position")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub robot_id: Option<i64>,
    pub user_id: i64,
    pub account_id: i64,
    pub venue: String,
    pub symbol: String,
    pub side: String,
    pub origin: String,
    pub state: String,
    pub live: i64,
    pub quantity: i64,
    pub entered: i64,
    pub entry_notional: i64,
    pub exit_notional: i64,
    pub realised: i64,
    pub fees: i64,
    pub funding: i64,
    pub leverage: i64,
    pub margin_mode: String,
    pub stop_loss: Option<i64>,
    pub arm: Option<i64>,
    pub give_back: Option<i64>,
    pub peak: Option<i64>,
    pub carry: Option<i64>,
    pub profit_basis: String,
    pub profit_source: String,
    pub fill_count: i64,
    pub income_count: i64,
    pub newest_fill: Option<String>,
    pub newest_fill_at: Option<i64>,
    pub settlement: String,
    pub power_consumed: i64,
    pub power_amount: Option<i64>,
    pub power_rate: Option<i64>,
    pub settled_entry: Option<i64>,
    pub debt_id: Option<i64>,
    pub settled_profit: Option<i64>,
    pub corrections: i64,
    pub unsettled: i64,
    pub opened_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub close_reason: Option<String>,
    pub profit: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
