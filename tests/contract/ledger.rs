//! The promises of the ledger's actors, on every kind of store: exact, once, in order, and never wrong in doubt.

mod alerts;
mod anchors;
mod closes;
mod deaths;
mod disks;
mod drifts;
mod escrow;
mod faults;
mod jobs;
mod limits;
mod pools;
mod releasing;
mod settling;
mod steps;
pub mod world;

use crate::databases::Kind;

/// Tells each named story on every kind of store.
macro_rules! on_every_store {
    ($($story:ident in $module:ident),+ $(,)?) => {
        mod memory { $( #[test] fn $story() { super::world::tell(super::Kind::Memory, super::$module::$story); } )+ }
        mod sqlite { $( #[test] fn $story() { super::world::tell(super::Kind::Sqlite, super::$module::$story); } )+ }
        mod postgres { $( #[test] fn $story() { super::world::tell(super::Kind::Postgres, super::$module::$story); } )+ }
        mod mariadb { $( #[test] fn $story() { super::world::tell(super::Kind::MariaDb, super::$module::$story); } )+ }
    };
}

on_every_store!(
    charge_is_exact_and_leaves_its_receipt in settling,
    s0_01_s1_03_sixty_four_senders_charge_one_position_once in settling,
    s0_09_sixty_four_closes_at_once_never_overdraw in settling,
    s0_02_sweep_has_no_age_limit_and_a_poisoned_row_blocks_no_other in settling,
    sweep_goes_on_past_a_row_that_cannot_be_read_and_names_it in settling,
    release_goes_on_past_a_position_that_cannot_be_read_and_names_it in releasing,
    s1_18_recharge_collects_oldest_first_and_ends_the_alert in settling,
    s1_04_references_differ_in_case_and_payload in settling,
    two_ledgers_on_one_store_charge_each_position_once in settling,
    s1_02_failing_duplicate_check_stops_the_charge in faults,
    row_that_cannot_be_understood_hurts_no_neighbour in faults,
    alert_is_written_once_and_resolved_once in alerts,
    t25_drift_of_one_unit_is_found_told_and_not_mended in drifts,
    t24_rewritten_chain_and_cut_tail_hold_in_themselves_and_an_anchor_tells in anchors,
    chn_1_a_page_of_logs_is_booked_once_with_its_triggers_and_its_cursor in escrow,
    a_page_whose_second_entry_is_short_leaves_nothing in escrow,
    a_posting_whose_rows_are_refused_writes_nothing_and_holds_up_nobody in escrow,
    trg_1_a_trigger_that_was_changed_past_the_ledger_is_found in escrow,
    t13_days_that_were_missed_are_paid_in_order_page_by_page_and_once in pools,
    s4_05_subscribers_at_once_get_the_quota_and_no_more in pools,
    s4_12_a_day_waits_until_it_is_funded_and_somebody_is_told in pools,
    s4_08_a_rate_for_days_gone_by_is_corrected_and_the_days_agree_again in pools,
    s4_07_what_matured_while_nothing_ran_is_given_back_with_its_days_and_no_more in pools,
);
