//! Reads the command line, runs it, and turns the outcome into an exit code.

use std::process::ExitCode;

/// The write path makes many small values; this allocator costs it a third of what the system's does (docs/PERFORMANCE.md).
#[cfg(feature = "server")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(greenlien::cli::run(std::env::args_os()))
}
