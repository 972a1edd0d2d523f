//! Creates pools: products and their rates, holdings, what these earn, and what the days of products come to.

use sea_orm_migration::prelude::DeriveMigrationName;

use crate::plan::Plan;
use crate::run::Change;
use crate::table::Table;

/// See the file's first line.
#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

impl Change for Migration {
    fn up(&self, plan: &mut Plan) {
        products().create(plan);
        rates().create(plan);
        holdings().create(plan);
        accruals().create(plan);
        days().create(plan);
    }

    fn down(&self, plan: &mut Plan) {
        plan.drop_tables(&["pool_day", "pool_accrual", "pool_holding", "pool_rate", "pool_product"]);
    }
}

/// What is sold never passes the quota, whoever writes (POO-2).
fn products() -> Table {
    Table::new("pool_product")
        .number("id")
        .name("name")
        .name("asset")
        .maybe_number("term_days")
        .maybe_fixed("early_penalty")
        .flag("early_forfeits")
        .name("zone")
        .number("cut_off")
        .word("payday", &["daily", "mon", "tue", "wed", "thu", "fri", "sat", "sun"])
        .flag("compounds")
        .fixed("commission")
        .fixed("quota")
        .fixed("least_once")
        .fixed("most_once")
        .fixed("least_held")
        .fixed("most_held")
        .maybe_number("opens_at")
        .maybe_number("closes_at")
        .maybe_number("last_day")
        .word("state", &["draft", "open", "closed", "ended"])
        .fixed("sold")
        .number("distributed_through")
        .maybe_number("correct_from")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("id")
        .unique("name")
        .check("sold >= 0 AND sold <= quota")
        .check("cut_off BETWEEN 0 AND 1439")
        .check("term_days IS NULL OR term_days > 0")
        .check("term_days IS NULL OR compounds = 0")
        .check("term_days IS NOT NULL OR early_penalty IS NULL")
        .check("early_penalty IS NOT NULL OR early_forfeits = 0")
        .check("early_penalty IS NULL OR early_penalty BETWEEN 0 AND 10000000000")
        .check("commission BETWEEN 0 AND 10000000000")
        .check("least_once > 0 AND most_once >= least_once AND least_held >= 0 AND most_held >= least_held")
        .check("state <> 'ended' OR last_day IS NOT NULL")
}

fn rates() -> Table {
    Table::new("pool_rate")
        .number("product_id")
        .number("number")
        .number("from_day")
        .fixed("rate")
        .number("at")
        .text("said_by")
        .key("product_id, number")
        .without_rowid()
        .references("product_id", "pool_product", "id")
        .check("rate BETWEEN 0 AND 10000000000")
        .check("number > 0")
}

/// Live is what has principal, or is owed something still.
fn holdings() -> Table {
    Table::new("pool_holding")
        .number("id")
        .number("product_id")
        .number("user_id")
        .maybe_number("referrer_id")
        .fixed("commission")
        .word("state", &["held", "redeemed", "matured"])
        .maybe_number("ended_at")
        .flag("live")
        .fixed("subscribed")
        .fixed("earning")
        .fixed("pending")
        .number("opened_on")
        .maybe_number("last_day")
        .flag("renews")
        .number("accrued_through")
        .number("residue")
        .fixed("earned")
        .fixed("unpaid")
        .fixed("paid")
        .fixed("forfeited")
        .fixed("commissioned")
        .number("created_at")
        .number("updated_at")
        .number("version")
        .key("id")
        .references("product_id", "pool_product", "id")
        .references("user_id", "app_user", "id")
        .check(
            "subscribed >= 0 AND earning >= 0 AND pending >= 0 AND paid >= 0 AND forfeited >= 0 AND commissioned >= 0",
        )
        .check("earned = paid + unpaid + forfeited")
        .check("residue BETWEEN 0 AND 9999999999")
        .check("(state = 'held') = (ended_at IS NULL)")
        .check("state = 'held' OR (subscribed = 0 AND earning = 0 AND pending = 0)")
        .check("live = 1 OR (state <> 'held' AND unpaid <= 0)")
        .check("renews = 0 OR last_day IS NOT NULL")
        .index("pool_holding_by_product", "product_id, live, id")
        .index("pool_holding_by_user", "user_id, id")
}

/// Each day once, and each correction of it (POO-1). In the order in which a day is written and added up.
fn accruals() -> Table {
    Table::new("pool_accrual")
        .number("product_id")
        .number("day")
        .number("holding_id")
        .number("number")
        .fixed("principal")
        .fixed("rate")
        .fixed("earned")
        .number("residue")
        .key("product_id, day, holding_id, number")
        .without_rowid()
        .check("number >= 0 AND principal >= 0 AND (number > 0 OR earned >= 0)")
        .check("residue BETWEEN 0 AND 9999999999")
}

fn days() -> Table {
    Table::new("pool_day")
        .number("product_id")
        .number("day")
        .number("holdings")
        .fixed("principal")
        .fixed("earned")
        .number("payments")
        .fixed("paid")
        .fixed("commission")
        .word("state", &["open", "reconciled", "unreconciled"])
        .maybe_number("compared_at")
        .maybe_text("note")
        .key("product_id, day")
        .without_rowid()
        .references("product_id", "pool_product", "id")
        .check("(state = 'open') = (compared_at IS NULL)")
        .check("(state = 'unreconciled') = (note IS NOT NULL)")
}
