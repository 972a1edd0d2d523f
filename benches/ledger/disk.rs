//! What the database takes on disk.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::ground::Kind;

/// Tables that only the ledger writes.
pub const LEDGER: [&str; 3] = ["entry", "posting", "ledger_account"];

/// Bytes of pages that hold these tables and their indexes.
pub async fn bytes(kind: Kind, connection: &DatabaseConnection, tables: &[&str]) -> i64 {
    let mut sum = 0;
    for table in tables {
        let statement = match kind {
            Kind::Sqlite => format!(
                "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = '{table}')"
            ),
            Kind::Postgres => format!("SELECT pg_total_relation_size('\"{table}\"')"),
            Kind::MariaDb => {
                let analyze = format!("ANALYZE TABLE `{table}`");
                connection.execute_unprepared(&analyze).await.unwrap();
                format!(
                    "SELECT CAST(data_length + index_length AS SIGNED) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '{table}'"
                )
            }
        };
        let statement = Statement::from_string(connection.get_database_backend(), statement);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        let bytes: i64 = row.try_get_by_index(0).unwrap();
        sum += bytes;
    }
    sum
}
