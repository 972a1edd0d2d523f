//! Lays the sources of settings over each other, without looking at what they mean.

use std::fs;
use std::io;
use std::path::Path;

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Environment, File, FileFormat, Value};

use super::{SettingsError, Sources, notify};

const BASE: &str = include_str!("../../settings/base.toml");

/// The compiled-in environments: what each says that differs from the base.
const ENVIRONMENTS: [(&str, &str); 3] = [
    ("development", include_str!("../../settings/development.toml")),
    ("production", include_str!("../../settings/production.toml")),
    ("demo", include_str!("../../settings/demo.toml")),
];

const DIRECTORY_KEY: &str = "daemon.state_directory";
const ENVIRONMENT_KEY: &str = "daemon.environment";
/// Keys that come as credentials of the same name.
const CREDENTIALS: [&str; 3] = ["store.url", "keys.master", "stocks.futu.password"];
const TARGETS_KEY: &str = "notify.targets";
const CHAINS_KEY: &str = "chains";
const TARGET_SECRETS: [&str; 3] = ["url", "token", "key"];

/// Names of sources in errors.
const BASE_NAME: &str = "the compiled-in base.toml";
const VARIABLES: &str = "the environment variables";

type Builder = ConfigBuilder<DefaultState>;

/// The compiled-in defaults alone.
pub(super) fn base() -> Result<Value, SettingsError> {
    Ok(built(with_text(Config::builder(), BASE), BASE_NAME)?.cache)
}

/// All layers, laid over each other in the order that `settings/base.toml` states.
pub(super) fn merged(sources: &Sources) -> Result<Value, SettingsError> {
    let below = with_folder_base(with_text(Config::builder(), BASE), sources)?;
    let name = environment(below.clone(), sources)?;
    let above = with_environment(below, sources, &name)?.add_source(variables(sources));
    let above = overridden(above, ENVIRONMENT_KEY, name)?;
    let above = with_systemd(above, sources)?;
    Ok(built(above, VARIABLES)?.cache)
}

fn with_text(builder: Builder, text: &str) -> Builder {
    builder.add_source(File::from_str(text, FileFormat::Toml))
}

fn with_folder_base(builder: Builder, sources: &Sources) -> Result<Builder, SettingsError> {
    let Some(directory) = &sources.directory else {
        return Ok(builder);
    };
    if !directory.is_dir() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no such directory");
        return Err(SettingsError::Unreadable {
            path: directory.clone(),
            source,
        });
    }
    Ok(with_file(builder, &directory.join("base.toml"))?.0)
}

/// The name that the command line, a variable or the base layers give, in this order.
fn environment(below: Builder, sources: &Sources) -> Result<String, SettingsError> {
    if let Some(name) = sources.environment.as_ref().filter(|name| !name.is_empty()) {
        return Ok(name.clone());
    }
    let below = built(below.add_source(variables(sources)), VARIABLES)?;
    let name = below.get_string(ENVIRONMENT_KEY);
    name.map_err(|source| SettingsError::malformed("daemon.environment", &source))
}

fn with_environment(builder: Builder, sources: &Sources, name: &str) -> Result<Builder, SettingsError> {
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(SettingsError::unknown_environment(name));
    }
    let (builder, found) = match &sources.directory {
        Some(directory) => with_file(builder, &directory.join(format!("{name}.toml")))?,
        None => (builder, false),
    };
    match ENVIRONMENTS.iter().find(|(known, _)| *known == name) {
        _ if found => Ok(builder),
        Some((_, text)) => Ok(with_text(builder, text)),
        None => Err(SettingsError::unknown_environment(name)),
    }
}

/// Adds the file if it exists; answers whether it does.
fn with_file(builder: Builder, path: &Path) -> Result<(Builder, bool), SettingsError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            // Parsed here alone first, so that an error names this file.
            built(with_text(Config::builder(), &text), &path.display().to_string())?;
            Ok((with_text(builder, &text), true))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((builder, false)),
        Err(source) => Err(SettingsError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

fn variables(sources: &Sources) -> Environment {
    let ours = sources
        .variables
        .iter()
        .filter(|(name, _)| name.starts_with("BURSAR__"));
    let ours = ours.map(|(name, value)| (name.clone(), value.clone())).collect();
    Environment::with_prefix("BURSAR")
        .prefix_separator("__")
        .separator("__")
        .source(Some(ours))
}

/// What systemd hands over: the state directory, and as credentials the database's URL, the master keys, the password of the stock
/// venue, what targets of alerts need, and the endpoints of chains.
fn with_systemd(builder: Builder, sources: &Sources) -> Result<Builder, SettingsError> {
    let builder = match sources.variables.get("STATE_DIRECTORY") {
        Some(list) if !list.is_empty() && left_at_default(&builder)? => {
            // Several directories come separated by colons; the first one is ours.
            let first = list.split(':').next().unwrap_or(list).to_owned();
            overridden(builder, DIRECTORY_KEY, first)?
        }
        _ => builder,
    };
    let Some(directory) = sources.variables.get("CREDENTIALS_DIRECTORY") else {
        return Ok(builder);
    };
    let directory = Path::new(directory);
    let builder = CREDENTIALS
        .into_iter()
        .try_fold(builder, |builder, key| with_credential(builder, directory, key, key))?;
    let builder = with_target_credentials(builder, directory)?;
    with_chain_credentials(builder, directory)
}

/// Adds the credential of this name, if there is one, as the value of the key.
fn with_credential(builder: Builder, directory: &Path, name: &str, key: &str) -> Result<Builder, SettingsError> {
    let path = directory.join(name);
    match fs::read_to_string(&path) {
        Ok(text) => overridden(builder, key, text.trim_end().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(builder),
        Err(source) => Err(SettingsError::Unreadable { path, source }),
    }
}

/// Adds the credentials `notify.NAME.url`, `.token` and `.key` of each target that the layers name.
fn with_target_credentials(mut builder: Builder, directory: &Path) -> Result<Builder, SettingsError> {
    let targets = built(builder.clone(), VARIABLES)?.get_array(TARGETS_KEY);
    for (index, target) in targets.unwrap_or_default().into_iter().enumerate() {
        let table = target.into_table().unwrap_or_default();
        let name = table.get("name").and_then(|name| name.clone().into_string().ok());
        let Some(name) = name.filter(|name| notify::is_name(name)) else {
            continue;
        };
        for secret in TARGET_SECRETS {
            let (file, key) = (
                format!("notify.{name}.{secret}"),
                format!("{TARGETS_KEY}[{index}].{secret}"),
            );
            builder = with_credential(builder, directory, &file, &key)?;
        }
    }
    Ok(builder)
}

/// Adds the credential `chains.NAME.endpoints` of each chain that the layers name: addresses with white space between them.
fn with_chain_credentials(mut builder: Builder, directory: &Path) -> Result<Builder, SettingsError> {
    let chains = built(builder.clone(), VARIABLES)?.get_table(CHAINS_KEY);
    for name in chains
        .unwrap_or_default()
        .into_keys()
        .filter(|name| notify::is_name(name))
    {
        let key = format!("{CHAINS_KEY}.{name}.endpoints");
        builder = with_credential(builder, directory, &key, &key)?;
    }
    Ok(builder)
}

fn left_at_default(builder: &Builder) -> Result<bool, SettingsError> {
    let effective = built(builder.clone(), VARIABLES)?;
    let default = built(with_text(Config::builder(), BASE), BASE_NAME)?;
    Ok(effective.get_string(DIRECTORY_KEY).ok() == default.get_string(DIRECTORY_KEY).ok())
}

fn overridden(builder: Builder, key: &str, value: String) -> Result<Builder, SettingsError> {
    builder
        .set_override(key, value)
        .map_err(|source| SettingsError::malformed(key, &source))
}

fn built(builder: Builder, name: &str) -> Result<Config, SettingsError> {
    builder
        .build()
        .map_err(|source| SettingsError::malformed(name, &source))
}

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::*;

    fn leaves(prefix: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match &value.kind {
            ValueKind::Table(table) => {
                for (key, value) in table {
                    leaves(&format!("{prefix}.{key}"), value, found);
                }
            }
            other => found.push((prefix.to_owned(), other.to_string())),
        }
    }

    #[test]
    fn environment_files_only_differ_from_the_base() {
        let mut defaults = Vec::new();
        leaves("", &base().expect("base"), &mut defaults);
        for (name, text) in ENVIRONMENTS {
            let mut own = Vec::new();
            leaves(
                "",
                &built(with_text(Config::builder(), text), name).expect(name).cache,
                &mut own,
            );
            assert!(!own.is_empty(), "{name} says nothing");
            for pair in own {
                assert!(!defaults.contains(&pair), "{name} repeats the default of {}", pair.0);
                assert!(
                    defaults.iter().any(|(key, _)| *key == pair.0),
                    "{name} has an unknown key {}",
                    pair.0
                );
            }
        }
    }

    #[test]
    fn every_compiled_in_environment_is_valid() {
        for (name, _) in ENVIRONMENTS {
            let sources = Sources {
                environment: Some(name.to_owned()),
                ..Sources::default()
            };
            let settings = super::super::load(&sources).expect(name);
            assert_eq!(settings.daemon.environment, name);
        }
    }
}
