//! `check`: asks whether a command would be accepted, without giving it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::draft::DRAFT_BYTES_MAX;
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::remote::{self, ServerArgs};
use crate::cli::{files, output};
use crate::client::{CheckAnswer, Proven};
use crate::domain::pledge::Form;
use crate::domain::wire::parse_question;
use crate::primitives::canonical::Json;
use crate::primitives::id::{PartyId, RightId};

/// Ask whether something would be accepted
///
/// "May this be pledged to me?" Nothing is written and no id is consumed. Give the flags for a pledge of one right, or a JSON
/// file {"org","type","body"} for any command.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct CheckArgs {
    /// The question, as a JSON file
    #[arg(required_unless_present = "right", conflicts_with_all = ["right", "pledgee", "pledgor"])]
    question: Option<PathBuf>,
    /// The right to be pledged
    #[arg(long, value_parser = parse_right, requires_all = ["pledgee", "pledgor"])]
    right: Option<RightId>,
    /// How much of it, as a decimal
    #[arg(long, requires_all = ["right", "unit"])]
    quantity: Option<String>,
    /// The unit of the quantity, such as t/a
    #[arg(long, requires = "quantity")]
    unit: Option<String>,
    /// The first day, for a flow
    #[arg(long, value_name = "DAY", requires_all = ["right", "to"])]
    from: Option<String>,
    /// The day after the last, for a flow
    #[arg(long, value_name = "DAY", requires = "from")]
    to: Option<String>,
    /// First and last year, for land by the year, such as 2027-2030
    #[arg(long, value_parser = parse_years, requires = "right", conflicts_with = "from")]
    years: Option<(i64, i64)>,
    /// Who would be secured
    #[arg(long, value_name = "PARTY", value_parser = parse_party)]
    pledgee: Option<PartyId>,
    /// Who would give the collateral
    #[arg(long, value_name = "PARTY", value_parser = parse_party)]
    pledgor: Option<PartyId>,
    /// 质押 or 抵押
    #[arg(long, value_parser = parse_form, default_value = "质押")]
    form: Form,
    #[command(flatten)]
    server: ServerArgs,
    /// Write an evidence file that proves the answer here; for a pledge of one right
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Print the registry's answer as JSON
    #[arg(long)]
    json: bool,
}

/// Asks, and prints the answer; an inadmissible pledge ends like a refusal.
pub fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let question = match &args.question {
        Some(path) => files::read_json(path, DRAFT_BYTES_MAX)?,
        None => question(args)?,
    };
    let (org, body) = parse_question(question).map_err(|fault| {
        let failure = Failure::from(fault);
        match &args.question {
            Some(path) => failure.of(path.display()),
            None => failure,
        }
        .hint("docs/API.md shows the body of every type, `--help` the flags")
    })?;
    let client = args.server.client()?;
    let answer = remote::answered(client.check_command(org, &body), args.json)?;
    if let Some(path) = &args.evidence {
        let proven = client.post_answer_evidence(org, &body, Proven::default())?;
        files::replace(path, proven.text.as_bytes())?;
        output::note(&format!(
            "wrote {}; next: greenlien verify {} --policy TRUST",
            path.display(),
            path.display()
        ));
    }
    if args.json {
        output::line(answer.text.trim_end())?;
    } else {
        print(&answer.value)?;
    }
    Ok(if answer.value.admissible {
        Exit::Done
    } else {
        Exit::Refused
    })
}

fn print(answer: &CheckAnswer) -> Result<(), Failure> {
    let word = if answer.admissible {
        "yes, it would be accepted"
    } else {
        "no, it would be refused"
    };
    let as_of = format!("entry count {}, {}", answer.as_of.size, answer.as_of.time);
    output::facts(&[("answer", word.to_owned()), ("as of", as_of)])?;
    remote::print_findings(&answer.findings)?;
    remote::print_findings(&answer.warnings)
}

/// Makes the question whether the pledge of one right would be registered.
fn question(args: &CheckArgs) -> Result<Json, Failure> {
    let (Some(right), Some(pledgee), Some(pledgor)) = (args.right, args.pledgee, args.pledgor)
    else {
        return Err(Failure::usage(
            "name a question, or --right with --pledgee and --pledgor",
        ));
    };
    let text = |value: &Option<String>| value.as_ref().map(Json::text);
    let years = args
        .years
        .map(|(first, last)| Json::list([Json::Int(first), Json::Int(last)]));
    let line = Json::object([("right", Json::Text(right.to_string()))])
        .with("quantity", text(&args.quantity))
        .with("unit", text(&args.unit))
        .with("from", text(&args.from))
        .with("to", text(&args.to))
        .with("years", years);
    let body = Json::object([
        ("pledgor", Json::Text(pledgor.to_string())),
        ("form", Json::text(args.form.name())),
        ("lines", Json::list([line])),
    ]);
    Ok(Json::object([
        ("org", Json::Text(pledgee.to_string())),
        ("type", Json::text("register_pledge")),
        ("body", body),
    ]))
}

fn parse_right(text: &str) -> Result<RightId, String> {
    RightId::parse(text).ok_or_else(|| "must be an id such as R41".to_owned())
}

fn parse_party(text: &str) -> Result<PartyId, String> {
    PartyId::parse(text).ok_or_else(|| "must be an id such as M9".to_owned())
}

fn parse_form(text: &str) -> Result<Form, String> {
    Form::parse(text).ok_or_else(|| "must be 质押 or 抵押".to_owned())
}

fn parse_years(text: &str) -> Result<(i64, i64), String> {
    let years = || {
        let (first, last) = text.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    };
    years().ok_or_else(|| "must be two years, such as 2027-2030".to_owned())
}
