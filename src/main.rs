//! The process: one TLS provider, one command, one exit code.

use std::process::ExitCode;

use bursar::cli::{self, Exit};
use bursar::crash;

fn main() -> ExitCode {
    // Everything that speaks TLS finds this provider; a second one in the binary would make the choice ambiguous.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Exit::Failed.into();
    }
    let _points = crash::arm();
    cli::main().into()
}
