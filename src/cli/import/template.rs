//! `template`: writes a workbook with the columns that `import` reads for a kind, with notes and drop-downs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::ServerArgs;
use crate::cli::{files, output};
use crate::documents::DocumentFault;
use crate::documents::books::columns::template_of;
use crate::documents::books::lending::Lending;
use crate::domain::policy::KindPolicy;
use crate::primitives::limits;

use super::command::read_registry;

/// Write a workbook to be filled in and imported
///
/// The columns are those of the kind's policy, as the registry has it, or of a policy file; `pledges` and `releases` are the
/// books of a lender. All cells are text, so that days and quantities stay as they are typed.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct TemplateArgs {
    /// The kind of right, such as emission, or pledges or releases
    kind: String,
    /// Write it here; the name should end with .xlsx
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read the columns from this policy instead of asking the registry
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Writes the template.
pub fn run(args: &TemplateArgs) -> Result<Exit, Failure> {
    let policies = match &args.policy {
        Some(path) => {
            let text = files::read_text(path, limits::POLICY_BYTES_MAX)?;
            let policy = KindPolicy::parse(&text)
                .map_err(|fault| Failure::refused(fault.to_string()).of(path.display()))?;
            vec![policy]
        }
        None => read_registry(&args.server.client()?, &[])?.1,
    };
    if let Some(book) = Lending::parse(&args.kind) {
        return written(args, book.template(&policies));
    }
    let known: Vec<&str> = policies.iter().map(|policy| policy.kind.as_str()).collect();
    let known = known.join(", ");
    let policy = policies.iter().find(|policy| policy.kind == args.kind);
    let policy = policy.ok_or_else(|| {
        Failure::refused(format!("there is no policy of the kind {:?}", args.kind)).hint(format!(
            "name one of {known}, or give its text with --policy"
        ))
    })?;
    let Some(made) = template_of(policy, &BTreeMap::new()) else {
        let failure = Failure::refused(format!("the policy of {} describes no book", policy.kind));
        return Err(failure.hint("rights of this kind are registered one by one"));
    };
    written(args, made)
}

fn written(args: &TemplateArgs, made: Result<Vec<u8>, DocumentFault>) -> Result<Exit, Failure> {
    let made = made.map_err(|fault| Failure::internal(fault.to_string()))?;
    files::replace(&args.out, &made)?;
    let path = args.out.display();
    output::note(&format!(
        "wrote {path}; next: fill it in, then greenlien import {path} --key KEY"
    ));
    Ok(Exit::Done)
}
