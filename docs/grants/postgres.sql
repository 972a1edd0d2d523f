-- What the daemon's role may do in PostgreSQL, said by the role that owns the tables, after `bursar migrate up` as that
-- role and again after every upgrade. Nothing is deleted but jobs and old runs of them, and what is written once is not
-- changed.
GRANT USAGE ON SCHEMA public TO bursar_daemon;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO bursar_daemon;
REVOKE UPDATE ON entry, posting, entry_refusal, fill, income, audit, trigger_move, payout_attempt, pool_rate,
    pool_accrual FROM bursar_daemon;
GRANT DELETE ON job, job_run TO bursar_daemon;
REVOKE INSERT, UPDATE ON seaql_migrations FROM bursar_daemon;
