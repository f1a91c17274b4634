//! The command line: wiring, and nothing that decides.
//!
//! The only room that sees every other. Each subcommand is one file with its flags and its `run`; how it ends is in `exit`,
//! what it prints goes through `output`. Without the feature `server` only the subcommands remain that need neither a data
//! folder nor a network: `verify`, `keygen` and `sign`.

pub mod accuse;
#[cfg(feature = "server")]
pub mod alerts;
#[cfg(feature = "server")]
pub mod audit;
#[cfg(feature = "server")]
pub mod certificate;
#[cfg(feature = "server")]
pub mod check;
#[cfg(feature = "server")]
pub mod demo;
pub mod describe;
#[cfg(feature = "server")]
pub mod doctor;
pub mod draft;
#[cfg(feature = "server")]
pub mod drafts;
pub mod environment;
#[cfg(feature = "server")]
pub mod events;
#[cfg(feature = "server")]
pub mod evidence;
pub mod exit;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod feeding;
pub mod files;
mod fraud;
#[cfg(feature = "server")]
pub mod import;
#[cfg(feature = "server")]
pub mod init;
pub mod keyfile;
pub mod keygen;
#[cfg(feature = "server")]
mod listen;
#[cfg(feature = "server")]
pub mod login;
pub mod output;
#[cfg(feature = "server")]
pub mod progress;
#[cfg(feature = "server")]
pub mod remote;
#[cfg(feature = "server")]
mod reread;
#[cfg(feature = "server")]
pub mod rewrap;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "server")]
pub mod show;
pub mod sign;
#[cfg(feature = "server")]
pub mod statistics;
#[cfg(feature = "server")]
pub mod submit;
#[cfg(feature = "server")]
mod towns;
pub mod trust;
mod verification;
pub mod verify;
#[cfg(feature = "server")]
pub mod webhooks;
#[cfg(feature = "server")]
pub mod witness;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::cli::exit::{EXIT_CODES, Exit, Failure};

/// A registry of environmental rights used as loan collateral
///
/// Rights and pledges are entries of a verifiable log; what the registry says can be carried away and verified offline.
#[derive(Parser, Debug)]
#[command(name = "greenlien", version, after_long_help = EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    action: Action,
}

/// The subcommands, in the order of a registry's life.
#[derive(Subcommand, Debug)]
enum Action {
    #[cfg(feature = "server")]
    Demo(demo::DemoArgs),
    Keygen(keygen::KeygenArgs),
    #[cfg(feature = "server")]
    Init(init::InitArgs),
    #[cfg(feature = "server")]
    Serve(serve::ServeArgs),
    #[cfg(feature = "server")]
    Witness(witness::WitnessArgs),
    Sign(sign::SignArgs),
    #[cfg(feature = "server")]
    Drafts(drafts::DraftsArgs),
    #[cfg(feature = "server")]
    Submit(submit::SubmitArgs),
    #[cfg(feature = "server")]
    Import(import::command::ImportArgs),
    #[cfg(feature = "server")]
    Template(import::template::TemplateArgs),
    #[cfg(feature = "server")]
    #[command(hide = true)]
    ReadWorkbook(import::child::WorkerArgs),
    #[cfg(feature = "server")]
    Login(login::LoginArgs),
    #[cfg(feature = "server")]
    Check(check::CheckArgs),
    #[cfg(feature = "server")]
    Show(show::ShowArgs),
    #[cfg(feature = "server")]
    Openings(login::OpeningsArgs),
    #[cfg(feature = "server")]
    Events(events::EventsArgs),
    #[cfg(feature = "server")]
    Webhooks(webhooks::WebhooksArgs),
    #[cfg(feature = "server")]
    Statistics(statistics::StatisticsArgs),
    #[cfg(feature = "server")]
    Alerts(alerts::AlertsArgs),
    #[cfg(feature = "server")]
    Export(Box<export::ExportArgs>),
    #[cfg(feature = "server")]
    ImportPrices(alerts::ImportPricesArgs),
    #[cfg(feature = "server")]
    Evidence(evidence::EvidenceArgs),
    #[cfg(feature = "server")]
    Certificate(certificate::CertificateArgs),
    Verify(verify::VerifyArgs),
    Accuse(accuse::AccuseArgs),
    #[cfg(feature = "server")]
    Audit(audit::AuditArgs),
    #[cfg(feature = "server")]
    Rebuild(audit::RebuildArgs),
    #[cfg(feature = "server")]
    Rewrap(rewrap::RewrapArgs),
    #[cfg(feature = "server")]
    Doctor(doctor::DoctorArgs),
}

/// Runs the command line, of which the first word is the program's name; returns the exit code.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let action = match Cli::try_parse_from(words) {
        Ok(cli) => cli.action,
        Err(answer) => {
            // Help and version are answers too; only what goes to standard error is a mistake.
            let exit = if answer.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            // There is nowhere left to report that the terminal is gone.
            drop(answer.print());
            return exit.code();
        }
    };
    let ended = match &action {
        #[cfg(feature = "server")]
        Action::Demo(args) => return demo::run(args),
        Action::Keygen(args) => keygen::run(args),
        #[cfg(feature = "server")]
        Action::Init(args) => init::run(args),
        #[cfg(feature = "server")]
        Action::Serve(args) => serve::run(args),
        #[cfg(feature = "server")]
        Action::Witness(args) => witness::run(args),
        Action::Sign(args) => sign::run(args),
        #[cfg(feature = "server")]
        Action::Drafts(args) => drafts::run(args),
        #[cfg(feature = "server")]
        Action::Submit(args) => submit::run(args),
        #[cfg(feature = "server")]
        Action::Import(args) => return import::command::run(args),
        #[cfg(feature = "server")]
        Action::Template(args) => import::template::run(args),
        #[cfg(feature = "server")]
        Action::ReadWorkbook(args) => import::child::run_worker(args),
        #[cfg(feature = "server")]
        Action::Login(args) => login::run_login(args),
        #[cfg(feature = "server")]
        Action::Check(args) => check::run(args),
        #[cfg(feature = "server")]
        Action::Show(args) => show::run(args),
        #[cfg(feature = "server")]
        Action::Openings(args) => login::run_openings(args),
        #[cfg(feature = "server")]
        Action::Events(args) => events::run(args),
        #[cfg(feature = "server")]
        Action::Webhooks(args) => webhooks::run(args),
        #[cfg(feature = "server")]
        Action::Statistics(args) => statistics::run(args),
        #[cfg(feature = "server")]
        Action::Alerts(args) => alerts::run(args),
        #[cfg(feature = "server")]
        Action::Export(args) => export::run(args),
        #[cfg(feature = "server")]
        Action::ImportPrices(args) => alerts::run_import(args),
        #[cfg(feature = "server")]
        Action::Evidence(args) => evidence::run(args),
        #[cfg(feature = "server")]
        Action::Certificate(args) => certificate::run(args),
        Action::Verify(args) => verify::run(args),
        Action::Accuse(args) => accuse::run(args),
        #[cfg(feature = "server")]
        Action::Audit(args) => audit::run_audit(args),
        #[cfg(feature = "server")]
        Action::Rebuild(args) => audit::run_rebuild(args),
        #[cfg(feature = "server")]
        Action::Rewrap(args) => rewrap::run(args),
        #[cfg(feature = "server")]
        Action::Doctor(args) => doctor::run(args),
    };
    conclude(ended)
}

fn conclude(ended: Result<Exit, Failure>) -> u8 {
    match ended {
        Ok(exit) => exit.code(),
        Err(failure) => {
            output::failure(&failure);
            failure.exit.code()
        }
    }
}

/// Writes the help of the program and of every subcommand, as it is printed; tests keep it.
pub fn help() -> String {
    let mut command = <Cli as clap::CommandFactory>::command().term_width(100);
    command.build();
    let own = command.render_long_help().to_string();
    let help_of = |subcommand: &mut clap::Command| {
        let help = subcommand.render_long_help();
        format!("\n---- {} ----\n\n{help}", subcommand.get_name())
    };
    let helps = command.get_subcommands_mut().map(help_of);
    std::iter::once(own).chain(helps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit_of(words: &[&str]) -> u8 {
        let words = std::iter::once("greenlien").chain(words.iter().copied());
        run(words.map(OsString::from))
    }

    #[test]
    fn the_command_line_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn mistakes_on_the_command_line_end_with_2() {
        assert_eq!(exit_of(&[]), 2);
        assert_eq!(exit_of(&["verify"]), 2);
        assert_eq!(exit_of(&["fly"]), 2);
    }

    #[test]
    fn every_help_ends_with_the_exit_codes() {
        let parts = help();
        let count = parts.matches("75  try again later").count();
        assert_eq!(count, parts.matches("\n---- ").count() + 1);
    }
}
