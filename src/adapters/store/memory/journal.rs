//! A commit in progress: every write can be undone, so that a refused commit leaves nothing.

use std::collections::BTreeMap;

use super::state::State;

/// A table of the state.
pub type Table<K, V> = fn(&mut State) -> &mut BTreeMap<K, V>;

type Undo = Box<dyn FnOnce(&mut State)>;

/// A guard that did not hold, by the name of its row or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// What has been written so far.
pub struct Journal<'a> {
    pub state: &'a mut State,
    pub what: String,
    undo: Vec<Undo>,
}

impl<'a> Journal<'a> {
    /// Nothing written yet.
    pub fn new(state: &'a mut State) -> Self {
        Self {
            state,
            what: String::new(),
            undo: Vec::new(),
        }
    }

    /// Refuses unless a guard holds.
    pub fn require(&self, holds: bool) -> Result<(), Refusal> {
        if holds { Ok(()) } else { Err(Refusal(self.what.clone())) }
    }

    /// Inserts a row; refused when its key is taken.
    pub fn add<K, V>(&mut self, table: Table<K, V>, key: K, value: V) -> Result<(), Refusal>
    where
        K: Ord + Clone + 'static,
        V: 'static,
    {
        let taken = table(self.state).contains_key(&key);
        self.require(!taken)?;
        self.put(table, key, value);
        Ok(())
    }

    /// Inserts or replaces a row.
    pub fn put<K, V>(&mut self, table: Table<K, V>, key: K, value: V)
    where
        K: Ord + Clone + 'static,
        V: 'static,
    {
        let before = table(self.state).insert(key.clone(), value);
        self.undo.push(restore(table, key, before));
    }

    /// Removes a row.
    pub fn remove<K, V>(&mut self, table: Table<K, V>, key: K)
    where
        K: Ord + Clone + 'static,
        V: 'static,
    {
        let before = table(self.state).remove(&key);
        self.undo.push(restore(table, key, before));
    }

    /// Takes everything back.
    pub fn undo(self) {
        for step in self.undo.into_iter().rev() {
            step(self.state);
        }
    }
}

fn restore<K, V>(table: Table<K, V>, key: K, before: Option<V>) -> Undo
where
    K: Ord + 'static,
    V: 'static,
{
    Box::new(move |state| {
        match before {
            Some(value) => table(state).insert(key, value),
            None => table(state).remove(&key),
        };
    })
}
