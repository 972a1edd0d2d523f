//! A process: started without a shell in a bare environment, read on, limited, and ended with all that it started.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use domain::job::JobName;
use rustix::process::{Pid, Signal};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::allowed::Call;
use super::group::{Group, ended};
use super::output::Output;
use super::{WorkOptions, files, limits};
use crate::ports::work::Done;

/// How long a killed process may take to be gone.
const LAST_WAIT: Duration = Duration::from_secs(10);
/// How long is read what others of the group say after its leader ended.
const AFTERWORD: Duration = Duration::from_secs(1);

/// Runs a program to its end.
pub async fn run(call: Call, job: &JobName, options: &WorkOptions, limit: Duration) -> Done {
    match begin(call, job, options, limit) {
        Ok(running) => running.end(limit, options.grace).await,
        Err(why) => Done::failed(why),
    }
}

/// A process in progress. What is first here is dropped first: the group is killed before its leader can be reaped.
struct Running {
    group: Group,
    ended: JoinHandle<()>,
    child: Child,
    output: Output,
}

fn begin(call: Call, job: &JobName, options: &WorkOptions, limit: Duration) -> Result<Running, String> {
    let workplace = files::workplace(&options.directory, job);
    let workplace = workplace.map_err(|error| format!("there is no folder for it: {error}"))?;
    let piped = std::io::pipe().and_then(|(reader, writer)| Ok((Output::of(reader)?, writer.try_clone()?, writer)));
    let (output, out, err) = piped.map_err(|error| format!("there is no pipe for it: {error}"))?;
    let mut command = Command::new(&call.program);
    command
        .args(call.arguments)
        .env_clear()
        .env("PATH", &options.path)
        .env("LANG", "C.UTF-8")
        .env("HOME", &workplace)
        .env("BURSAR_JOB", job.as_str())
        .current_dir(&workplace)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .process_group(0)
        .kill_on_drop(true);
    let child = command.spawn();
    // It holds the daemon's own ends of the pipe for writing; with them open the pipe would never end.
    drop(command);
    let child = child.map_err(|error| format!("{} could not be started: {error}", call.program.display()))?;
    let id = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let id = id.ok_or_else(|| "it has no process".to_owned())?;
    let group = Group::led_by(id);
    limits::set(id, &options.limits, limit)?;
    Ok(Running {
        group,
        ended: ended(id),
        child,
        output,
    })
}

impl Running {
    async fn end(mut self, limit: Duration, grace: Duration) -> Done {
        let in_time = self.output.until(&mut self.ended, limit).await.is_some();
        let mut has_ended = in_time;
        for (signal, patience) in [(Signal::TERM, grace), (Signal::KILL, LAST_WAIT)] {
            if !has_ended {
                self.group.tell(signal);
                has_ended = self.output.until(&mut self.ended, patience).await.is_some();
            }
        }
        if !has_ended {
            // The kernel holds it; it dies when it is let go.
            let why = format!("it did not end within {limit:?}, and does not die");
            return Done::new(Err(why), self.output.end());
        }
        // What it started may hold the pipe for ever. That it does is no failure.
        tokio::time::timeout(AFTERWORD, self.output.whole())
            .await
            .unwrap_or_default();
        self.group.is_over();
        let status = self.child.wait().await;
        let result = match status {
            _ if !in_time => Err(format!("it did not end within {limit:?}, and was ended")),
            Ok(status) if status.success() => Ok(told(status)),
            Ok(status) => Err(told(status)),
            Err(error) => Err(format!("how it ended is not known: {error}")),
        };
        Done::new(result, self.output.end())
    }
}

fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with {code}"),
        (None, Some(signal)) => format!("was killed by {}", name_of(signal)),
        (None, None) => "ended".to_owned(),
    }
}

fn name_of(signal: i32) -> String {
    let known = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU, at the end of its computing time"),
        (Signal::XFSZ, "SIGXFSZ, because its file grew too large"),
        (Signal::SYS, "SIGSYS"),
    ];
    let name = known.iter().find(|(known, _)| known.as_raw() == signal);
    name.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned())
}
