-- What the daemon's role may do in MariaDB, said by the role that owns the tables, in their database, after
-- `bursar migrate up` as that role and again after every upgrade. Nothing is deleted but jobs and old runs of them, and
-- what is written once is not changed. A grant on a database cannot be taken back for one table, so UPDATE is granted table
-- by table: the answer of this question is the statements to run (`mariadb -N bursar < mariadb.sql | mariadb bursar`).
SELECT CONCAT('GRANT SELECT, INSERT ON `', DATABASE(), '`.* TO ''bursar_daemon''@''%'';')
UNION ALL
SELECT CONCAT('GRANT DELETE ON `', table_schema, '`.`', table_name, '` TO ''bursar_daemon''@''%'';')
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name IN ('job', 'job_run')
UNION ALL
SELECT CONCAT('GRANT UPDATE ON `', table_schema, '`.`', table_name, '` TO ''bursar_daemon''@''%'';')
FROM information_schema.tables
WHERE table_schema = DATABASE()
  AND table_name NOT IN ('entry', 'posting', 'entry_refusal', 'fill', 'income', 'audit', 'trigger_move', 'payout_attempt', 'pool_rate',
                         'pool_accrual',
                         'seaql_migrations');
