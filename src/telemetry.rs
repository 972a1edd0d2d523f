//! Where log lines go: journald with structured fields, a terminal, or JSON; panics are log lines too.

use std::backtrace::Backtrace;
use std::fs;
use std::io::{self, IsTerminal};
use std::os::linux::fs::MetadataExt;
use std::panic::{self, PanicHookInfo};
use std::thread;

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogSettings};

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.format` is "journald", but nobody listens there.
    #[error("could not reach journald; set log.format to \"auto\", \"pretty\" or \"json\"")]
    Journald(#[source] io::Error),
    /// `log.filter` is no filter.
    #[error("could not read log.filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody has installed another subscriber before.
    #[error("could not install the log subscriber")]
    Installed(#[from] tracing_subscriber::util::TryInitError),
}

/// Installs the subscriber for the whole process, and makes every panic a log line.
///
/// Lines go to stderr, so that stdout stays the answer of a command.
///
/// # Errors
/// When journald was asked for by name and is not there, or something is installed already.
pub fn install(settings: &LogSettings) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(&settings.filter)?;
    let terminal = io::stderr().is_terminal();
    let (form, journal) = chosen(settings.format, stderr_is_the_journal(), terminal, journal)?;
    let pretty = (form == Form::Pretty).then(|| {
        tracing_subscriber::fmt::layer()
            .with_ansi(terminal)
            .with_writer(io::stderr)
    });
    let json = (form == Form::Json).then(|| {
        tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(io::stderr)
    });
    tracing_subscriber::registry()
        .with(filter)
        .with(journal)
        .with(pretty)
        .with(json)
        .try_init()?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Journald,
    Pretty,
    Json,
}

/// Decides the form; `open` is asked for the journal only where it is wanted.
fn chosen<J>(
    format: LogFormat,
    under_journal: bool,
    terminal: bool,
    open: impl FnOnce() -> io::Result<J>,
) -> Result<(Form, Option<J>), TelemetryError> {
    let plain = if terminal { Form::Pretty } else { Form::Json };
    match format {
        LogFormat::Pretty => Ok((Form::Pretty, None)),
        LogFormat::Json => Ok((Form::Json, None)),
        LogFormat::Journald => {
            let journal = open().map_err(TelemetryError::Journald)?;
            Ok((Form::Journald, Some(journal)))
        }
        LogFormat::Auto if under_journal => match open() {
            Ok(journal) => Ok((Form::Journald, Some(journal))),
            Err(_) => Ok((plain, None)),
        },
        LogFormat::Auto => Ok((plain, None)),
    }
}

/// Fields keep their names: `event` becomes `EVENT`, `position.id` becomes `POSITION_ID`.
fn journal() -> io::Result<tracing_journald::Layer> {
    let layer = tracing_journald::layer()?
        .with_field_prefix(None)
        .with_syslog_identifier("bursar".to_owned())
        .with_priority_mappings(PriorityMappings {
            info: Priority::Informational,
            debug: Priority::Debug,
            ..PriorityMappings::new()
        });
    Ok(layer)
}

/// Whether systemd connected this very stderr to the journal: it names the stream's device and inode, because the
/// variable alone is inherited by processes whose output goes elsewhere (systemd.exec(5)).
fn stderr_is_the_journal() -> bool {
    let Ok(stream) = std::env::var("JOURNAL_STREAM") else {
        return false;
    };
    fs::metadata("/proc/self/fd/2").is_ok_and(|stderr| stream == format!("{}:{}", stderr.st_dev(), stderr.st_ino()))
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("something that is not text");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = thread::current();
    tracing::error!(
        event = "process.panicked",
        panic.place = place,
        panic.thread = thread.name().unwrap_or("unnamed"),
        panic.backtrace = %Backtrace::capture(),
        "panic at {place}: {said}"
    );
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::path::Path;

    use super::*;

    fn form(format: LogFormat, under_journal: bool, terminal: bool, listening: bool) -> Form {
        let open = || match listening {
            true => Ok(()),
            false => Err(io::ErrorKind::NotFound.into()),
        };
        chosen(format, under_journal, terminal, open).unwrap().0
    }

    #[test]
    fn auto_takes_the_journal_then_the_terminal_then_json() {
        assert_eq!(form(LogFormat::Auto, true, true, true), Form::Journald);
        assert_eq!(form(LogFormat::Auto, true, false, false), Form::Json);
        assert_eq!(form(LogFormat::Auto, false, true, true), Form::Pretty);
        assert_eq!(form(LogFormat::Auto, false, false, true), Form::Json);
    }

    #[test]
    fn a_format_that_is_named_is_kept_or_refused() {
        assert_eq!(form(LogFormat::Json, true, true, true), Form::Json);
        assert_eq!(form(LogFormat::Pretty, true, false, true), Form::Pretty);
        let refused = chosen(LogFormat::Journald, true, true, || {
            Err::<(), _>(io::ErrorKind::NotFound.into())
        });
        assert!(matches!(refused, Err(TelemetryError::Journald(_))));
    }

    /// journald's address is fixed, so this plays journald where there is none, and is skipped where there is one.
    #[test]
    fn journald_gets_fields_under_their_own_names() {
        let address = Path::new("/run/systemd/journal/socket");
        let folder = address.parent().unwrap();
        if address.exists() || fs::create_dir_all(folder).is_err() {
            eprintln!("skipped: a journal is running, or its folder cannot be made");
            return;
        }
        let journald = UnixDatagram::bind(address).unwrap();
        let layer = journal().unwrap();
        let mut datagram = vec![0; 65_536];
        assert_eq!(journald.recv(&mut datagram).unwrap(), 0, "the greeting");
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(event = "settlement.short", position.id = %17, "position 17 is short of power");
        });
        let size = journald.recv(&mut datagram).unwrap();
        fs::remove_file(address).unwrap();
        let fields = read_fields(&datagram[..size]);
        let field = |name: &str| {
            fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(field("EVENT"), Some("settlement.short"));
        assert_eq!(field("POSITION_ID"), Some("17"));
        assert_eq!(field("MESSAGE"), Some("position 17 is short of power"));
        assert_eq!(field("PRIORITY"), Some("4"));
        assert_eq!(field("SYSLOG_IDENTIFIER"), Some("bursar"));
    }

    /// The native protocol: a name, a newline, the length as 64 bits little-endian, the value, a newline.
    fn read_fields(mut bytes: &[u8]) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let name = String::from_utf8(bytes[..end].to_vec()).unwrap();
            bytes = &bytes[end + 1..];
            if let Some((name, value)) = name.split_once('=') {
                fields.push((name.to_owned(), value.to_owned()));
                continue;
            }
            let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
            let value = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap();
            fields.push((name, value));
            bytes = &bytes[8 + length + 1..];
        }
        fields
    }
}
