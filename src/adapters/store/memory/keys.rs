//! Keys of venue accounts, guarded as in the SQL store.

use domain::credential::{Resealed, SealedKey};
use domain::id::VenueAccountId;

use super::journal::{Journal, Refusal};
use super::rules::is_name;

impl Journal<'_> {
    pub fn set_key(&mut self, key: &SealedKey) -> Result<(), Refusal> {
        self.require(self.state.venue_accounts.contains_key(&key.account.0))?;
        self.require(is_name(&key.seals.master) && is_name(&key.fingerprint) && is_name(&key.ending))?;
        self.put(|state| &mut state.keys, key.account.0, key.clone());
        Ok(())
    }

    pub fn reseal_key(&mut self, resealed: &Resealed) -> Result<(), Refusal> {
        let mut key = self.sealed_as(resealed.account, &resealed.from)?;
        key.seals.data_key.clone_from(&resealed.data_key);
        key.seals.master.clone_from(&resealed.master);
        self.put(|state| &mut state.keys, key.account.0, key);
        Ok(())
    }

    pub fn remove_key(&mut self, key: &SealedKey) -> Result<(), Refusal> {
        self.sealed_as(key.account, &key.seals.data_key)?;
        self.remove(|state| &mut state.keys, key.account.0);
        Ok(())
    }

    fn sealed_as(&self, account: VenueAccountId, data_key: &str) -> Result<SealedKey, Refusal> {
        let stored = self.state.keys.get(&account.0);
        let same = stored.filter(|stored| stored.seals.data_key == data_key).cloned();
        same.ok_or_else(|| Refusal(self.what.clone()))
    }
}
