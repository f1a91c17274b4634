//! `certificate`: asks for a search certificate, or fetches one by its code, and writes it as PDF or JSON.
//!
//! The PDF is made here from the certificate, with the same function and the same bytes as in the registry.

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::ServerArgs;
use crate::cli::{files, output};
use crate::client::CertificateSubject;
use crate::documents::certificate::{Schemes, pdf, sentence};
use crate::domain::right::Identity;
use crate::primitives::id::RightId;
use crate::primitives::verification_code::VerificationCode;
use crate::verify::certificate::{Asked, Certificate, Reader};

/// Ask for a search certificate (查询证明)
///
/// About a right by its id, or about identities. Or, with --code, fetch one that was issued before. Who has the code can see
/// the certificate, the reader's name included. The PDF carries all the evidence; check it with `greenlien verify`.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct CertificateArgs {
    /// The id of a right
    #[arg(required_unless_present_any = ["identity", "code"], conflicts_with_all = ["identity", "code"])]
    right: Option<String>,
    /// An identity, which may be found or not; up to eight
    #[arg(long, value_name = "SCHEME:VALUE")]
    identity: Vec<String>,
    /// Who asks, printed as it is given
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// Why, printed as it is given
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// Add the proof that the log of this size, of a checkpoint you kept, is a prefix of the present one
    #[arg(long, value_name = "SIZE", conflicts_with = "code")]
    old: Option<u64>,
    /// The code of a certificate that was issued before
    #[arg(long, value_name = "CODE", conflicts_with_all = ["identity", "reader", "purpose"])]
    code: Option<String>,
    /// Write it here: as PDF if the name ends with .pdf, else as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Print the certificate as one line of JSON
    #[arg(long)]
    json: bool,
}

/// Asks, writes and tells.
pub fn run(args: &CertificateArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let answer = if let Some(typed) = &args.code {
        let code = VerificationCode::parse(typed).ok_or_else(|| {
            Failure::usage(format!("--code {typed} is not a verification code"))
                .hint("compare all sixteen characters with the certificate; I, O, S, V and Z do not occur")
        })?;
        client.get_certificate(&code)?
    } else {
        client.issue_certificate(&subject(args)?, args.old)?
    };
    let certificate = &answer.value;
    if let Some(path) = &args.out {
        let is_pdf = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
        if is_pdf {
            let made = pdf(certificate).map_err(|fault| Failure::internal(fault.to_string()))?;
            files::replace(path, &made)?;
        } else {
            files::replace(path, answer.text.as_bytes())?;
        }
        let path = path.display();
        output::note(&format!(
            "wrote {path}; next: greenlien verify {path} --policy TRUST"
        ));
    }
    if args.json {
        output::line(answer.text.trim_end())?;
    } else {
        tell(certificate)?;
    }
    Ok(Exit::Done)
}

fn subject(args: &CertificateArgs) -> Result<CertificateSubject, Failure> {
    let asked = if let Some(right) = &args.right {
        Asked::Right(RightId::parse(right).ok_or_else(|| {
            let failure = Failure::usage(format!("{right:?} is not the id of a right"));
            failure.hint("write an id such as R41, or name --identity SCHEME:VALUE")
        })?)
    } else {
        let identities = args.identity.iter().map(|text| identity(text));
        Asked::Identities(identities.collect::<Result<_, Failure>>()?)
    };
    let reader = Reader::new(args.reader.clone(), args.purpose.clone())?;
    Ok(CertificateSubject { asked, reader })
}

fn identity(text: &str) -> Result<Identity, Failure> {
    let (scheme, value) = text.split_once(':').ok_or_else(|| {
        let failure = Failure::usage(format!("{text:?} is not an identity"));
        failure.hint("write SCHEME:VALUE")
    })?;
    Ok(Identity {
        scheme: scheme.to_owned(),
        value: value.to_owned(),
    })
}

fn tell(certificate: &Certificate) -> Result<(), Failure> {
    let said = certificate
        .statement()
        .map_err(|fault| Failure::internal(fault.to_string()))?;
    output::facts(&[
        ("number", certificate.printed_number(&said)),
        ("code", certificate.code.grouped()),
        ("as of", format!("{} (position {})", said.time, said.size)),
        ("checkpoint", said.root.to_string()),
    ])?;
    let schemes = Schemes::of(&certificate.evidence);
    for found in &said.found {
        let answer = sentence(found, &said, &schemes);
        output::line(&format!("{}\n{}", answer.zh, answer.en))?;
    }
    Ok(())
}
