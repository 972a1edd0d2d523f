//! Entities of the database, one table one file, no logic.
