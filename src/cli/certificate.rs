//! `certificate`: asks for a search certificate, or fetches one by its code, and writes it as PDF or JSON.
//!
//! The PDF is made here from the certificate, with the same function and the same bytes as in the registry.

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{ServerArgs, succeeded};
use crate::cli::{files, output};
use crate::documents::certificate::{pdf, sentence};
use crate::primitives::canonical::Json;
use crate::primitives::id::RightId;
use crate::primitives::verification_code::VerificationCode;
use crate::verify::certificate::Certificate;

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
    let reply = if let Some(typed) = &args.code {
        let code = VerificationCode::parse(typed).ok_or_else(|| {
            Failure::usage(format!("--code {typed} is not a verification code"))
                .hint("compare all sixteen characters with the certificate; I, O, S, V and Z do not occur")
        })?;
        client.get(&format!("/v1/certificates/{code}"))?
    } else {
        let old = args
            .old
            .map_or(String::new(), |size| format!("?old={size}"));
        let path = format!("/v1/certificates{old}");
        client.post(&path, &request(args)?.to_canonical())?
    };
    let reply = succeeded(reply)?;
    let certificate = Certificate::parse(reply.text.as_bytes()).map_err(|fault| {
        Failure::refused(format!("the answer is not a certificate: {fault}"))
            .hint("check the address; this may be another service or another version")
    })?;
    if let Some(path) = &args.out {
        let is_pdf = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
        if is_pdf {
            let made = pdf(&certificate).map_err(|fault| Failure::internal(fault.to_string()))?;
            files::replace(path, &made)?;
        } else {
            files::replace(path, reply.text.as_bytes())?;
        }
        let path = path.display();
        output::note(&format!(
            "wrote {path}; next: greenlien verify {path} --policy TRUST"
        ));
    }
    if args.json {
        output::line(reply.text.trim_end())?;
    } else {
        tell(&certificate)?;
    }
    Ok(Exit::Done)
}

fn request(args: &CertificateArgs) -> Result<Json, Failure> {
    let asked = match &args.right {
        Some(right) if RightId::parse(right).is_some() => {
            Json::object([("right", Json::text(right))])
        }
        Some(right) => {
            let failure = Failure::usage(format!("{right:?} is not the id of a right"));
            return Err(failure.hint("write an id such as R41, or name --identity SCHEME:VALUE"));
        }
        None => {
            let identities = args.identity.iter().map(Json::text);
            Json::object([("identities", Json::list(identities))])
        }
    };
    let reader = Json::object([])
        .with("name", args.reader.as_ref().map(Json::text))
        .with("purpose", args.purpose.as_ref().map(Json::text));
    let has_reader = args.reader.is_some() || args.purpose.is_some();
    Ok(asked.with("reader", has_reader.then_some(reader)))
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
    for found in &said.found {
        let answer = sentence(found, &said);
        output::line(&format!("{}\n{}", answer.zh, answer.en))?;
    }
    Ok(())
}
