//! `import`: registers the rights of a bureau's books with a running registry, and reports on every row.
//!
//! The same file twice changes nothing, and an import that was interrupted goes on where it stopped, without a file of its
//! own that could be lost: what is registered is found in the registry by its identity, and the row is compared with the
//! signed command that registered it. What the registry would refuse is asked with `POST /v1/check` first, which writes
//! nothing, so that a book with faulty rows may be imported again and again. Ids of commands are random: an id made from the
//! content would bar a row for ever that was refused once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::cli::environment::{self, ClockArgs};
use crate::cli::exit::{EXIT_CODES, Exit, Failure};
use crate::cli::files;
use crate::cli::keyfile::read_key;
use crate::cli::progress::ProgressArgs;
use crate::cli::remote::ServerArgs;
use crate::client::answers::records::HeldParty;
use crate::client::{
    Client, ClientFault, Paging, Rights, Signatory, Unsigned, random_command_id, sign_all,
};
use crate::documents::books::compared::{Seen, differences};
use crate::documents::books::geojson::Grounds;
use crate::documents::books::head::Rows;
use crate::documents::books::noted::noted;
use crate::documents::books::rows::{Context, issue_of};
use crate::documents::books::{RowFault, TableRow};
use crate::domain::command::{Body, IssueRight};
use crate::domain::entry::Entry;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::parse_command;
use crate::primitives::crypto::{PublicKey, SecretKey};
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::limits;

use super::one_file::read_one;
use super::report::{Outcome, Report};
use super::teller::Teller;
use super::{KindBook, PARCELS_FILE, lending, read_books, read_grounds};

/// Rows that are sent in one request.
pub(super) const BATCH: usize = 100;
/// Seconds that a command may wait for its decision.
pub(super) const LIFE_SECONDS: u64 = 600;

/// Import the books of a bureau, or a lender's book of pledges or releases
///
/// Registers every right in the tables of a folder (CSV in UTF-8 or GB18030, columns as the policies describe them;
/// parcels.geojson for the polygons) for the bureaus whose keys are given, and reports on every row. One workbook (.xlsx) or
/// table may be named instead: then every row is judged and shown, and nothing is written before a person at the terminal
/// says yes, once, or the same command says --confirm. The same file may be imported again at any time: what is registered
/// already stays as it is, and an interrupted import goes on.
///
/// A file with the columns of `template pledges` or `template releases` is a lender's book: it is signed with the keys that are
/// given, the lender's first. What the pledgor must sign too goes into the inbox for it, unless its keys are given as well; the
/// import signs in for that by itself.
#[derive(Args, Debug)]
#[command(after_long_help = EXIT_CODES)]
pub struct ImportArgs {
    /// The folder of the books, or one workbook (.xlsx) or table (.csv)
    pub(super) books: PathBuf,
    /// The kind of the rights in a workbook or table, or pledges or releases; found by its columns, if absent
    #[arg(long, value_name = "KIND")]
    pub(super) kind: Option<String>,
    /// Judge every row and write nothing; a single file is only judged without --confirm
    #[arg(long, conflicts_with = "confirm")]
    pub(super) preview: bool,
    /// Register what may be registered
    #[arg(long)]
    pub(super) confirm: bool,
    /// Write a workbook with what was told beside every row
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Sign with this key file; give the maker's first, then the checker's, for each bureau
    #[arg(long, value_name = "FILE", required = true)]
    key: Vec<PathBuf>,
    /// Take the passphrase of the keys from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Read the columns of a kind from this policy, where one was adopted after the registry began
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Print one line of JSON for every row, and one of sums
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) progress: ProgressArgs,
    #[command(flatten)]
    pub(super) clock: ClockArgs,
}

/// Imports the folder; returns the exit code.
pub fn run(args: &ImportArgs) -> u8 {
    crate::cli::conclude(perform(args))
}

fn perform(args: &ImportArgs) -> Result<Exit, Failure> {
    let client = args.server.client()?;
    let keys = read_keys(args)?;
    let (aud, policies) = read_registry(&client, &args.policy)?;
    let register = Register::read(&client, keys)?;
    let is_file = args.books.is_file();
    if is_file && let Some(book) = lending::recognized(args)? {
        return lending::perform(args, (client, &aud, &policies), &register, &book);
    }
    let folder = match args.books.parent() {
        Some(parent) if is_file => parent,
        Some(_) | None => args.books.as_path(),
    };
    let grounds = read_grounds(folder, PARCELS_FILE).map_err(file_fault)?;
    let books = if is_file {
        vec![read_one(&args.books, args.kind.as_deref(), &policies)?]
    } else {
        read_books(&args.books, &policies)
    };
    if books.is_empty() {
        let failure =
            Failure::refused("no book of a kind of this registry").of(args.books.display());
        return Err(failure.hint("name the folder in which the CSV files lie, or one file"));
    }
    let is_preview = args.preview || (is_file && !args.confirm);
    if !is_preview {
        check_clock(&client, args)?;
    }
    let rows = rows_of(&books, &register);
    let mut importer = Importer {
        teller: Teller::begin(args, is_preview, rows),
        client,
        aud,
        register,
        grounds,
        args,
    };
    importer.run(&books)?;
    // Whoever sits at a terminal has seen every row, and is asked once.
    if is_file && importer.teller.is_agreed(args)? {
        check_clock(&importer.client, args)?;
        importer.teller = Teller::begin(args, false, rows);
        importer.run(&books)?;
    }
    importer.teller.conclude(args)
}

/// Refuses to sign with a clock so far behind the registry's that every command would have expired before it arrives.
pub(super) fn check_clock(client: &Client, args: &ImportArgs) -> Result<(), Failure> {
    let registry = client.get_log()?.value.signed.time;
    let behind = registry
        .seconds()
        .saturating_sub(args.clock.now().seconds());
    if behind < LIFE_SECONDS {
        return Ok(());
    }
    let failure = Failure::refused(format!(
        "this computer's clock is {behind} s behind the registry's time {registry}; whatever it signs has expired"
    ));
    Err(failure.hint(
        "set the clock of this computer; --clock-offset SECONDS moves it for a demonstration",
    ))
}

/// Counts the rows that will be reported on.
fn rows_of(books: &[KindBook<'_>], register: &Register) -> u64 {
    let taken = books
        .iter()
        .filter(|book| register.issuer(&book.policy.issuer_duty).is_some());
    let counts = taken.map(|book| book.rows.as_ref().map_or(1, Vec::len));
    u64::try_from(counts.sum::<usize>()).unwrap_or(u64::MAX)
}

fn file_fault(fault: RowFault) -> Failure {
    let fix = fault.fix.clone();
    Failure::refused(fault.reason).of(fault.file).hint(fix)
}

fn read_keys(args: &ImportArgs) -> Result<Vec<SecretKey>, Failure> {
    let passphrase = environment::passphrase(args.passphrase_file.as_deref())?;
    let passphrase = passphrase.as_deref().map(String::as_str);
    let read = |path: &PathBuf| Ok(read_key(path, passphrase)?);
    args.key.iter().map(read).collect()
}

/// Reads the audience of commands and the policies in force: those of entry 0, and what was adopted since.
pub(super) fn read_registry(
    client: &Client,
    newer: &[PathBuf],
) -> Result<(String, Vec<KindPolicy>), Failure> {
    let registry = client.identity()?.value;
    let mut policies = BTreeMap::new();
    let mut add = |text: &str, from: String| {
        let policy = KindPolicy::parse(text).map_err(|fault| {
            let failure = Failure::refused(fault.to_string()).of(from);
            failure
                .hint("use the version of greenlien that adopted the policy, or correct the file")
        })?;
        policies.insert(policy.kind.clone(), policy);
        Ok::<(), Failure>(())
    };
    for (kind, text) in &registry.genesis.policies {
        add(text, format!("the policy of {kind} in entry 0"))?;
    }
    for index in client.get_log()?.value.policies {
        let Entry::Command { envelope, .. } = client.get_entry(index)?.value else {
            continue;
        };
        let command = parse_command(&envelope.payload);
        if let Ok(Body::AdoptPolicy { text, .. }) = command.map(|command| command.body) {
            add(&text, format!("the policy in entry {index}"))?;
        }
    }
    for path in newer {
        let text = files::read_text(path, limits::POLICY_BYTES_MAX)?;
        add(&text, path.display().to_string())?;
    }
    Ok((registry.aud, policies.into_values().collect()))
}

/// What an importer must know of the registry's parties.
pub(super) struct Register {
    /// Credit code to party.
    pub(super) parties: BTreeMap<String, PartyId>,
    /// The names that are not hidden.
    pub(super) names: Vec<(PartyId, String)>,
    /// The bureaus whose keys are given, by duty.
    issuers: BTreeMap<String, usize>,
    pub(super) signatories: Vec<Signatory>,
    /// The key that is given first.
    first: Option<PublicKey>,
}

impl Register {
    /// Reads every party, and finds those that the keys belong to.
    fn read(client: &Client, keys: Vec<SecretKey>) -> Result<Self, Failure> {
        let mut register = Self {
            parties: BTreeMap::new(),
            names: Vec::new(),
            issuers: BTreeMap::new(),
            signatories: Vec::new(),
            first: keys.first().map(SecretKey::public),
        };
        let mut keys: Vec<(PublicKey, Option<SecretKey>)> = keys
            .into_iter()
            .map(|key| (key.public(), Some(key)))
            .collect();
        let mut paging = Paging::whole();
        loop {
            let page = client.list_parties(None, &paging)?.value;
            for party in &page.items {
                register.add(party, &mut keys)?;
            }
            if page.next.is_none() {
                break;
            }
            paging = paging.after(page.next);
        }
        if let Some((key, _)) = keys.iter().find(|(_, key)| key.is_some()) {
            let failure = Failure::refused(format!(
                "no party has the public key {}",
                hex::encode(key.to_bytes())
            ));
            return Err(
                failure.hint("have the registrar admit the party, or check which key file it is")
            );
        }
        Ok(register)
    }

    fn add(
        &mut self,
        held: &HeldParty,
        keys: &mut [(PublicKey, Option<SecretKey>)],
    ) -> Result<(), Failure> {
        let (party, record) = (held.id, &held.record);
        if let Some(code) = &record.credit_code {
            self.parties.insert(code.clone(), party);
        }
        self.names
            .extend(record.name.clone().map(|name| (party, name)));
        let is_valid = |public: &PublicKey| {
            let mut valid = record.keys.iter().filter(|key| key.revoked.is_none());
            valid.any(|key| key.key == *public)
        };
        let mut own = Vec::new();
        for (public, key) in keys.iter_mut() {
            if is_valid(public) {
                own.extend(key.take());
            }
        }
        let threshold = record.threshold;
        let count = u64::try_from(own.len()).unwrap_or(u64::MAX);
        let mut own = own.into_iter();
        let Some(maker) = own.next() else {
            return Ok(());
        };
        if count < threshold {
            let failure = Failure::refused(format!(
                "{party} signs with {threshold} persons, {count} keys are given"
            ));
            return Err(failure.hint("give the key of the checker with a second --key"));
        }
        let place = self.signatories.len();
        for duty in &record.duties {
            self.issuers.entry(duty.clone()).or_insert(place);
        }
        let checker = own.next();
        self.signatories.push(Signatory {
            party,
            maker,
            checker,
        });
        Ok(())
    }

    /// Returns the party whose key is given first.
    pub(super) fn first_signatory(&self) -> Option<&Signatory> {
        let has = |it: &&Signatory| it.keys().any(|(key, _)| Some(key.public()) == self.first);
        self.signatories.iter().find(has)
    }

    fn issuer(&self, duty: &str) -> Option<&Signatory> {
        self.signatories.get(*self.issuers.get(duty)?)
    }
}

/// What is told of one row, as one text of each language.
fn joined(notes: Vec<(String, String)>) -> Option<(String, String)> {
    let (zh, en): (Vec<String>, Vec<String>) = notes.into_iter().unzip();
    (!zh.is_empty()).then(|| (zh.join("; "), en.join("; ")))
}

struct Importer<'a> {
    client: Client,
    aud: String,
    register: Register,
    grounds: Grounds,
    args: &'a ImportArgs,
    teller: Teller,
}

/// Whether a row is to be sent.
enum Judged {
    /// It may be; the report of a preview says what would be noted.
    Send(Box<IssueRight>, Report),
    Settled(Report),
}

impl Importer<'_> {
    /// Goes through every book.
    fn run(&mut self, books: &[KindBook<'_>]) -> Result<(), Failure> {
        for book in books {
            self.teller.begin_book();
            let duty = &book.policy.issuer_duty;
            if self.register.issuer(duty).is_none() {
                let kind = &book.policy.kind;
                self.teller.note(&format!(
                    "{kind}: skipped, no key of a bureau with the duty {duty}"
                ));
                continue;
            }
            match &book.rows {
                Ok(rows) => self.import(book.policy, rows)?,
                Err(fault) => self.teller.report(&Report::of_fault(fault.clone()), None)?,
            }
        }
        Ok(())
    }

    fn import(&mut self, policy: &KindPolicy, rows: &Rows) -> Result<(), Failure> {
        let mut seen = Seen::default();
        for rows in rows.chunks(BATCH) {
            let (mut texts, mut sent, mut reports) = (Vec::new(), Vec::new(), Vec::new());
            for row in rows {
                let row = match row {
                    Ok(row) => row,
                    Err(fault) => {
                        reports.push(Report::of_fault(fault.clone()));
                        continue;
                    }
                };
                match self.judge(row, policy, &mut seen)? {
                    Judged::Settled(report) => reports.push(report),
                    Judged::Send(_, report) if self.teller.is_preview => reports.push(report),
                    Judged::Send(issue, report) => {
                        texts.push(self.sign(*issue, policy)?);
                        sent.push((row, report.note));
                    }
                }
            }
            if !texts.is_empty() {
                let decisions = self.client.submit_command_batch(&texts)?;
                let decided = sent.into_iter().zip(&decisions);
                let report =
                    |((row, note), decision)| Report::of_decision(row, decision).with_note(note);
                reports.extend(decided.map(report));
            }
            reports.sort_by_key(|report| report.line);
            for report in reports {
                let mut read = rows.iter().filter_map(|row| row.as_ref().ok());
                let row = read.find(|row| row.line == report.line);
                self.teller.report(&report, row)?;
            }
        }
        Ok(())
    }

    /// Reads the row, looks for it in the register and asks what the registry would say.
    fn judge(
        &self,
        row: &TableRow,
        policy: &KindPolicy,
        seen: &mut Seen,
    ) -> Result<Judged, Failure> {
        let context = Context {
            policy,
            grounds: &self.grounds,
            party: &|code| self.register.parties.get(code).copied(),
        };
        let issue = match issue_of(row, &context) {
            Ok(issue) => issue,
            Err(faults) => return Ok(Judged::Settled(Report::of_faults(row, faults))),
        };
        if let Some(report) = self.find(row, &issue, policy)? {
            return Ok(Judged::Settled(report));
        }
        if let Some(earlier) = seen.earlier(&issue, policy) {
            return Ok(Judged::Settled(Report::of_twice(row, earlier)));
        }
        let issuer = self.register.issuer(&policy.issuer_duty);
        let org = issuer.map_or(PartyId(0), |issuer| issuer.party);
        let body = Body::IssueRight(Box::new(issue.clone()));
        let answer = match self.client.check_command(org, &body) {
            Ok(answer) => answer.value,
            // What the door does not read, the row is to blame for.
            Err(ClientFault::Refused(problem)) => {
                let report = Report::new(row, Outcome::Refused);
                return Ok(Judged::Settled(report.with_problem(&problem)));
            }
            Err(fault) => return Err(fault.into()),
        };
        if answer.admissible {
            let mut report = Report::new(row, Outcome::Admissible);
            report.findings = answer.warnings;
            report.note = joined(noted(&issue, policy, answer.as_of.time.day()));
            seen.keep(row.line, &issue, policy);
            return Ok(Judged::Send(Box::new(issue), report));
        }
        let mut report = Report::new(row, Outcome::Refused);
        report.findings = answer.findings;
        Ok(Judged::Settled(report))
    }

    /// Finds the right in the register by its first identity, and compares it with the row.
    fn find(
        &self,
        row: &TableRow,
        issue: &IssueRight,
        policy: &KindPolicy,
    ) -> Result<Option<Report>, Failure> {
        let Some(identity) = issue.identities.first() else {
            return Ok(None);
        };
        let which = Rights::With(identity.clone());
        let page = self.client.list_rights(&which, &Paging::default())?.value;
        let Some(id) = page.items.first().map(|right| right.id) else {
            return Ok(None);
        };
        let issued = self.issued_as(id)?;
        let mut report = if issued.as_ref() == Some(issue) {
            Report::new(row, Outcome::Present)
        } else {
            let differing = issued.map(|issued| differences(policy, &issued, issue));
            Report::of_difference(row, identity, id, &differing.unwrap_or_default())
        };
        report.record = Some(id.to_string());
        Ok(Some(report))
    }

    /// Returns what the command said that registered a right: its id is the index of that entry.
    fn issued_as(&self, id: RightId) -> Result<Option<IssueRight>, Failure> {
        let Entry::Command { envelope, .. } = self.client.get_entry(id.0)?.value else {
            return Ok(None);
        };
        Ok(
            match parse_command(&envelope.payload).map(|command| command.body) {
                Ok(Body::IssueRight(issue)) => Some(*issue),
                _ => None,
            },
        )
    }

    fn sign(&self, issue: IssueRight, policy: &KindPolicy) -> Result<String, Failure> {
        let issuer = self.register.issuer(&policy.issuer_duty).ok_or_else(|| {
            Failure::refused(format!(
                "no key of a bureau with the duty {}",
                policy.issuer_duty
            ))
        })?;
        let unsigned = Unsigned {
            aud: &self.aud,
            org: issuer.party,
            signers: issuer.signers().collect(),
            expect: Vec::new(),
            now: self.args.clock.now(),
            life_seconds: LIFE_SECONDS,
        };
        let body = Body::IssueRight(Box::new(issue));
        let payload = unsigned.payload(random_command_id()?, body);
        Ok(sign_all(payload, &[], issuer.keys())?)
    }
}
