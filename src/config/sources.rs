//! Where settings come from: the folder, the environment's name and the variables of one process.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What [`super::load`] reads besides the compiled-in defaults. The default has none of it, which suits tests.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Folder with `base.toml` and `{environment}.toml`.
    pub directory: Option<PathBuf>,
    /// The environment's name; wins over the key `daemon.environment`.
    pub environment: Option<String>,
    /// Variables of the process, of which only the documented ones are looked at.
    pub variables: BTreeMap<String, String>,
}

impl Sources {
    /// The sources of this process: what the command line chose, and its variables.
    #[must_use]
    pub fn of_process(directory: Option<PathBuf>, environment: Option<String>) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
            .collect();
        Self {
            directory,
            environment,
            variables,
        }
    }

    /// The same sources with one more variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}
