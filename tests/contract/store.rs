//! What every store promises: one suite on memory, SQLite, PostgreSQL and MariaDB.

use crate::{cable, databases};

mod backup;
mod chain_samples;
mod chains;
mod closes;
mod faults;
mod groups;
mod guards;
mod heavy;
mod holds;
mod ids;
mod imported;
mod interrupted;
mod job_runs;
mod job_samples;
mod jobs;
mod keys;
mod lease;
mod ledger;
mod many;
mod money;
mod operations;
mod outages;
mod pages;
mod paper;
mod payouts;
mod pool_pages;
mod pool_samples;
mod pools;
mod random;
mod reports;
mod rows;
mod samples;
mod settlements;
mod statements;
mod switches;
mod tables;
mod triggers;

/// Each story on each kind of store, with a database of its own.
macro_rules! stories {
    ($($topic:ident: $($story:ident),+;)+) => {
        stories!(@kind memory, Memory, false, $($topic: $($story),+;)+);
        stories!(@kind sqlite, Sqlite, false, $($topic: $($story),+;)+);
        stories!(@kind postgres, Postgres, false, $($topic: $($story),+;)+);
        stories!(@kind mariadb, MariaDb, false, $($topic: $($story),+;)+);
    };
    (@sql $($topic:ident: $($story:ident),+;)+) => {
        stories!(@kind bare_sqlite, Sqlite, true, $($topic: $($story),+;)+);
        stories!(@kind bare_postgres, Postgres, true, $($topic: $($story),+;)+);
        stories!(@kind bare_mariadb, MariaDb, true, $($topic: $($story),+;)+);
    };
    (@sql_rows $($topic:ident: $($story:ident),+;)+) => {
        stories!(@kind backup_sqlite, Sqlite, false, $($topic: $($story),+;)+);
        stories!(@kind backup_postgres, Postgres, false, $($topic: $($story),+;)+);
        stories!(@kind backup_mariadb, MariaDb, false, $($topic: $($story),+;)+);
    };
    (@kind $module:ident, $kind:ident, $bare:literal, $($topic:ident: $($story:ident),+;)+) => {
        mod $module {
            use super::databases::{Kind, tell};
            $($(
                #[tokio::test]
                async fn $story() {
                    tell(Kind::$kind, $bare, super::$topic::$story).await;
                }
            )+)+
        }
    };
}

use databases::{Kind, tell};

stories! {
    rows: every_kind_of_row_is_read_back_as_it_was_written, every_state_of_a_position_is_read_back,
        every_state_of_an_order_is_read_back, lines_of_the_audit_trail_are_read_back,
        every_name_in_the_ledger_is_accepted, every_name_in_trading_is_accepted, every_name_in_operations_is_accepted;
    many: a_group_of_any_size_is_written_whole_or_not_at_all,
        what_people_wrote_comes_back_letter_by_letter, what_the_ledger_knows_of_positions_is_what_their_rows_say;
    money: money_at_its_bounds_is_exact, sums_are_exact, a_sum_beyond_the_bound_is_an_error_and_not_a_wrong_number;
    guards: what_exists_is_not_added_again, a_row_that_changed_since_is_not_overwritten, names_are_unique,
        s1_05_the_same_order_or_position_is_refused_under_another_user, a_client_order_id_is_used_once,
        a_venue_order_belongs_to_one_order, fills_and_incomes_are_recorded_once, a_cursor_moves_only_from_where_it_is,
        what_belongs_to_nobody_is_refused, a_refused_change_takes_all_others_with_it, rules_of_rows_are_kept;
    operations: an_alert_is_raised_once_until_it_is_resolved, an_alert_is_acknowledged_once_while_it_is_open,
        a_message_is_written_with_its_alert_and_moves_by_its_version, messages_that_wait_are_found_by_target,
        a_token_is_revoked_once_and_its_name_is_free_again,
        the_last_word_on_a_pause_counts;
    ledger: a_group_is_written_whole_and_read_back, a_large_group_is_written_whole,
        s0_09_a_balance_that_moved_refuses_the_whole_group, a_balance_below_its_floor_is_refused,
        s1_03_a_key_is_posted_once, the_chain_does_not_fork, a_group_may_leave_a_balance_as_it_was,
        refused_keys_stay_refused;
    settlements: s1_06_charge_and_mark_are_one, s0_01_a_settlement_is_decided_once,
        s0_04_one_debt_per_position_however_often, a_debt_ends_once, the_oldest_open_debts_of_each_are_found, an_open_debt_changes_only_from_what_it_was, a_correction_owes_once, settling_outdates_older_decisions,
        a_profit_that_changed_after_it_was_settled_is_unsettled_until_it_is_corrected,
        a_correction_that_is_due_outlives_the_collection_of_the_debt;
    holds: a_hold_is_made_once_per_position, a_hold_ends_once, holds_are_listed_by_page_state_and_user,
        accounts_are_found_by_id;
    pages: lists_are_read_page_by_page, positions_are_filtered, orders_are_filtered, past_closes_are_read_in_time_order,
        s0_02_what_is_unsettled_is_found_however_old, busy_accounts_are_those_with_something_live,
        fills_are_found_with_their_parts_and_revisions, incomes_are_found_with_their_parts_and_revisions, closed_positions_are_found_by_when_they_were_open,
        alerts_come_newest_first, entries_of_an_account_are_found, many_keys_are_looked_up;
    closes: closes_are_found_in_order_of_their_time, last_closes_are_found_user_by_user,
        what_came_due_is_summed_from_a_time_on;
    keys: the_last_key_that_was_set_is_the_key, a_key_is_resealed_or_removed_only_as_it_was_read,
        keys_are_read_page_by_page_without_those_that_were_removed;
    ids: ids_are_unique_over_two_stores, ids_are_handed_out_in_a_row, the_installation_has_one_tag,
        a_store_that_answers_is_alive;
    imported: what_was_taken_over_is_on_record_once, what_was_taken_over_is_read_page_by_page_in_byte_order,
        a_position_may_come_from_another_platform;
    groups: a_refused_commit_does_not_hurt_its_neighbours, concurrent_changes_of_one_row_have_one_winner_each;
    switches: an_opening_is_refused_whole_when_one_of_its_four_scopes_is_paused,
        one_order_to_close_all_stands_per_scope_and_moves_by_its_version, positions_are_found_by_what_a_scope_covers;
    statements: a_time_is_found_in_the_ledger, a_balance_of_the_past_is_known, accounts_of_a_user_are_found,
        entries_end_before_a_place;
    reports: s0_11_a_day_is_counted_by_booking_time_in_utc, groups_of_a_report_come_page_by_page,
        sums_of_a_report_are_exact_or_an_error, open_debt_of_a_past_day_is_what_was_owed_then;
    chains: a_subscription_is_made_once_per_name_and_contract,
        a_subscription_moves_by_its_version_and_keeps_its_contract, every_log_is_read_back_as_it_was_written,
        a_log_is_on_record_once, what_no_log_can_be_is_refused,
        a_log_follows_its_transaction_into_another_block_or_is_orphaned,
        a_log_moves_to_no_place_that_is_taken_and_an_orphan_may_be_found_again,
        malformed_logs_come_newest_first_page_by_page, blocks_are_forgotten_beyond_their_bounds_and_replaced,
        the_ring_of_blocks_goes_round, twenty_thousand_logs_and_triggers_are_one_commit;
    triggers: every_state_of_a_trigger_is_read_back, a_trigger_moves_by_its_version_and_keeps_what_its_log_said,
        triggers_are_found_by_what_is_asked, a_history_is_written_once_and_read_in_order,
        every_state_of_a_stock_order_is_read_back, a_mark_and_a_venues_id_belong_to_one_order,
        a_stock_order_moves_by_its_version_and_keeps_what_was_asked_for,
        a_trigger_has_one_order_that_has_not_ended;
    payouts: every_state_of_a_payout_is_read_back, one_payout_per_trigger_and_kind_and_one_name_on_chain,
        payouts_are_found_by_what_is_asked, what_was_paid_is_summed_exactly_or_not_at_all, what_was_signed_is_kept_and_a_nonce_is_of_one_payout;
    pools: products_rates_and_holdings_are_read_back_as_they_were_written,
        s4_05_more_than_the_quota_is_refused_by_the_table,
        s4_03_a_day_accrues_once_and_a_holding_moves_by_its_version, holdings_are_found_by_what_is_left_to_do,
        s4_16_sums_of_pools_are_exact;
    pool_pages: a_thousand_holdings_are_one_commit;
    jobs: jobs_and_runs_are_read_back_as_they_were_written, a_job_moves_by_its_version_and_keeps_who_made_it;
    job_runs: s0_10_a_due_time_is_taken_once_and_refuses_all_else, job_1_of_many_that_take_a_due_time_at_once_one_wins,
        job_1_of_two_stores_that_take_a_due_time_at_once_one_wins, a_run_ends_once_and_stays_what_it_was_there_for,
        what_no_run_can_be_is_refused, runs_come_newest_first_page_by_page,
        old_runs_are_forgotten_but_for_those_in_progress;
    paper: rows_of_the_paper_venue_are_replaced_by_key, the_paper_venues_rows_are_read_by_number;
}

stories! { @sql
    tables: migrations_go_up_down_and_up, alerts_from_before_deliveries_are_kept,
        positions_from_before_provenance_keep_what_is_known,
        t26_a_ledger_from_before_holds_keeps_every_row, a_schema_that_is_behind_is_refused, a_newer_schema_is_refused,
        s0_06_a_closed_position_without_a_close_time_is_refused, units_beyond_the_bound_are_refused_by_the_table,
        a_closed_store_says_so, a_ledger_with_escrow_does_not_go_back_and_one_without_does;
    heavy: t26_a_thousand_old_entries_are_moved_whole;
    interrupted: t26_interrupted_after_every_statement_migrations_lose_and_double_nothing;
}

stories!(@kind half_mariadb, MariaDb, true,
    interrupted: a_migration_that_is_half_made_is_finished_in_its_own_direction,
        a_table_that_nobody_announced_is_refused_with_the_step_and_the_way_out,
        a_migration_that_another_version_began_is_left_to_it;);

stories! { @sql_rows
    backup: s1_11_a_backup_is_restored_whole_on_sqlite, s1_11_a_backup_is_restored_whole_on_postgres,
        s1_11_a_backup_is_restored_whole_on_mariadb, s1_11_a_backup_sees_one_moment_while_commits_go_on,
        s1_10_only_an_empty_database_is_restored_into, s1_11_a_backup_that_was_damaged_changed_or_cut_is_refused,
        a_restore_that_broke_off_leaves_a_database_that_nothing_opens, a_restore_that_fails_leaves_an_empty_database;
}

stories!(@kind tables_sqlite, Sqlite, false, jobs: a_job_that_cannot_be_read_is_named;
    job_runs: job_1_of_two_connections_that_take_a_due_time_at_once_one_wins;);
stories!(@kind tables_postgres, Postgres, false, jobs: a_job_that_cannot_be_read_is_named;
    job_runs: job_1_of_two_connections_that_take_a_due_time_at_once_one_wins;);
stories!(@kind tables_mariadb, MariaDb, false, jobs: a_job_that_cannot_be_read_is_named;
    job_runs: job_1_of_two_connections_that_take_a_due_time_at_once_one_wins;);

stories!(@kind lease_sqlite, Sqlite, false, lease: a_second_process_is_refused_and_told_who_writes,
    the_next_takes_over_at_once_when_the_writer_ends, a_commit_of_an_older_epoch_is_refused_whole;);
stories!(@kind lease_postgres, Postgres, false, lease: a_second_process_is_refused_and_told_who_writes,
    the_next_takes_over_at_once_when_the_writer_ends, a_commit_of_an_older_epoch_is_refused_whole,
    a_writer_that_was_cut_off_writes_nothing_once_another_took_over,
    a_writer_that_was_cut_off_goes_on_when_nobody_took_over;);
stories!(@kind lease_mariadb, MariaDb, false, lease: a_second_process_is_refused_and_told_who_writes,
    the_next_takes_over_at_once_when_the_writer_ends, a_commit_of_an_older_epoch_is_refused_whole,
    a_writer_that_was_cut_off_writes_nothing_once_another_took_over,
    a_writer_that_was_cut_off_goes_on_when_nobody_took_over;);

stories!(@kind away_postgres, Postgres, false, outages: a_cut_connection_is_replaced_and_no_answer_was_wrong,
    a_silent_server_is_given_up_and_no_answer_was_wrong, every_question_to_a_silent_server_ends_in_time;);
stories!(@kind away_mariadb, MariaDb, false, outages: a_cut_connection_is_replaced_and_no_answer_was_wrong,
    a_silent_server_is_given_up_and_no_answer_was_wrong, every_question_to_a_silent_server_ends_in_time;);

/// Each takes minutes: `cargo test --test contract a_million -- --ignored --nocapture --test-threads 1`.
macro_rules! heavy {
    ($($name:ident: $kind:ident;)+) => {
        $(
            #[tokio::test]
            #[ignore = "takes minutes"]
            async fn $name() {
                tell(Kind::$kind, true, heavy::a_million_old_entries_are_moved_whole).await;
            }
        )+
    };
}

heavy! {
    t26_a_million_old_entries_are_moved_whole_on_sqlite: Sqlite;
    t26_a_million_old_entries_are_moved_whole_on_postgres: Postgres;
    t26_a_million_old_entries_are_moved_whole_on_mariadb: MariaDb;
}

#[tokio::test]
async fn a_new_database_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    tell(Kind::Sqlite, false, |ground| async move {
        let store = samples::furnished(&ground).await;
        let path = ground.url().strip_prefix("sqlite:").unwrap();
        for file in [path.to_owned(), format!("{path}-wal"), format!("{path}-shm")] {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        drop(store);
    })
    .await;
}
