//! What was taken over from other platforms.

use domain::import::{Declared, DeclaredKind};
use entity::imported;
use entity::imported::Column;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::readers::Readers;
use super::super::rows::{imported as rows, read_all};
use crate::ports::store::StoreError;

impl Readers {
    pub async fn imported(
        &self,
        source: &str,
        kind: DeclaredKind,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Declared>, StoreError> {
        let query = imported::Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::Kind.eq(kind.as_str()))
            .filter(Column::LegacyId.gt(after))
            .order_by_asc(Column::LegacyId)
            .limit(u64::from(limit));
        read_all(self.ask(query.all(self.connection())).await?, rows::declared)
    }
}
