//! Migrations, one change one file.
