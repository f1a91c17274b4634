//! Imports a lender's book: pledges and releases, each row a command that the lender signs and, where the law asks for more
//! signatures than the keys here can make, leaves in the inbox for whoever else signs.
//!
//! It signs in with the lender's key, because the inbox and the hidden values that tell contracts apart are for members alone.
//! All rows are judged before the first is sent, so that what was sent is never counted twice.

mod look;

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::cli::exit::{Exit, Failure};
use crate::cli::progress::{Progress, Unit};
use crate::client::answers::records::SecuredId;
use crate::client::{Client, ClientFault, Signatory, hide, random_command_id};
use crate::documents::books::TableRow;
use crate::documents::books::head::Rows;
use crate::documents::books::lending::Lending;
use crate::documents::books::lending::judge::{Fate, Judge, Look as _, Place, Wanted};
use crate::documents::workbook::grid::Line;
use crate::domain::authority::attest::Attestation;
use crate::domain::command::{Body, Command, Expected, Signer, SignerRole};
use crate::domain::envelope::{Draft, Opening};
use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::domain::policy::KindPolicy;
use crate::primitives::crypto::Hash;
use crate::primitives::id::PartyId;
use crate::primitives::limits;

use crate::cli::import::child::read_workbook;
use crate::cli::import::command::{BATCH, ImportArgs, LIFE_SECONDS, Register, check_clock};
use crate::cli::import::report::{DRAFT, Outcome, Report};
use crate::cli::import::teller::Teller;

/// A finding as the registry tells it.
type Finding = crate::client::answers::finding::Finding;

/// A file that is a lender's book, with its lines.
pub(super) struct Found {
    book: Lending,
    file: String,
    lines: Vec<Line>,
}

/// Reads a file far enough to see whether it is a lender's book: the one that --kind names, or the one whose columns it has.
pub(super) fn recognized(args: &ImportArgs) -> Result<Option<Found>, Failure> {
    let named = args.kind.as_deref().map(Lending::parse);
    if named == Some(None) {
        return Ok(None);
    }
    let name = args.books.file_name();
    let file = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let lines = match read_workbook(&args.books, &file) {
        Ok(lines) => lines,
        // A table that is none is told by the reader of offices' books, which reads the same file.
        Err(fault) if named.is_none() => {
            drop(fault);
            return Ok(None);
        }
        Err(fault) => {
            let failure = Failure::refused(fault.reason).of(&file);
            return Err(failure.hint(fault.fix));
        }
    };
    let of_columns = || {
        let (book, missing) = Lending::of(&lines)?;
        missing.is_empty().then_some(book)
    };
    let book = named.flatten().or_else(of_columns);
    Ok(book.map(|book| Found { book, file, lines }))
}

/// Imports the book.
pub(super) fn perform(
    args: &ImportArgs,
    (client, aud, policies): (Client, &str, &[KindPolicy]),
    register: &Register,
    found: &Found,
) -> Result<Exit, Failure> {
    let rows = found.book.rows(&found.file, &found.lines);
    let rows = rows.map_err(|fault| {
        let failure = Failure::refused(fault.reason).of(&found.file);
        failure.hint(fault.fix)
    })?;
    let Some(own) = register.first_signatory() else {
        return Err(Failure::refused("no key is given").hint("give the lender's with --key"));
    };
    let session = client.open_session(own.party, &own.maker, Some(aud))?;
    let lender = Lender {
        client: client.with_token(session.value.token),
        aud,
        policies,
        org: own.party,
        register,
        args,
        parties: RefCell::default(),
        opened: RefCell::default(),
    };
    let done = lender.import(found.book, &rows);
    // The session ends by itself too; what was done counts.
    drop(lender.client.end_session());
    done
}

struct Lender<'a> {
    client: Client,
    aud: &'a str,
    policies: &'a [KindPolicy],
    org: PartyId,
    register: &'a Register,
    args: &'a ImportArgs,
    parties: RefCell<BTreeMap<PartyId, Party>>,
    /// What the importer's drafts in the inbox hide.
    opened: RefCell<BTreeMap<Hash, BTreeMap<String, String>>>,
}

/// A row that was judged.
enum Item {
    Settled(Report),
    /// It may be sent: what is told of it in a preview, its command, and the version that it expects.
    Send(Report, Box<Wanted>, Vec<(Expected, u64)>),
}

impl Lender<'_> {
    fn import(&self, book: Lending, rows: &Rows) -> Result<Exit, Failure> {
        let is_preview = self.args.preview || !self.args.confirm;
        if !is_preview {
            check_clock(&self.client, self.args)?;
        }
        let mut teller = self.run(book, rows, is_preview)?;
        if teller.is_agreed(self.args)? {
            check_clock(&self.client, self.args)?;
            teller = self.run(book, rows, false)?;
        }
        teller.conclude(self.args)
    }

    fn run(&self, book: Lending, rows: &Rows, is_preview: bool) -> Result<Teller, Failure> {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let bar = Progress::begin("judging", Unit::Rows, Some(count), self.args.progress);
        let mut judge = Judge::new(self, self.policies)?;
        let mut items = Vec::new();
        for row in rows {
            items.push(match row {
                Err(fault) => (None, Item::Settled(Report::of_fault(fault.clone()))),
                Ok(row) => (Some(row), self.item(row, judge.row(book, row)?.fate)?),
            });
            bar.add(1);
        }
        bar.end();
        let mut teller = Teller::begin(self.args, is_preview, count);
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let some: Vec<_> = items.by_ref().take(BATCH).collect();
            self.send(some, &mut teller)?;
        }
        Ok(teller)
    }

    /// Sends what has all its signatures, leaves the rest in the inbox, and tells about every row in its order.
    fn send(
        &self,
        items: Vec<(Option<&TableRow>, Item)>,
        teller: &mut Teller,
    ) -> Result<(), Failure> {
        let (mut reports, mut texts, mut sent) = (Vec::new(), Vec::new(), Vec::new());
        for (row, item) in items {
            let report = match item {
                Item::Settled(report) => report,
                Item::Send(report, ..) if teller.is_preview => report,
                Item::Send(report, wanted, expect) => {
                    let draft = self.signed(*wanted, expect)?;
                    let left = [SignerRole::Maker, SignerRole::Checker].map(|it| draft.missing(it));
                    if left == [0, 0] {
                        texts.push(draft.to_submission().to_canonical());
                        sent.push(row);
                        continue;
                    }
                    self.handed_on(&draft, report)?
                }
            };
            reports.push((row, report));
        }
        if !texts.is_empty() {
            let decisions = self.client.submit_command_batch(&texts)?;
            for (row, decision) in sent.into_iter().zip(&decisions) {
                reports.extend(row.map(|it| (row, Report::of_decision(it, decision))));
            }
        }
        reports.sort_by_key(|(_, report)| report.line);
        for (row, report) in &reports {
            teller.report(report, *row)?;
        }
        Ok(())
    }

    fn handed_on(&self, draft: &Draft, report: Report) -> Result<Report, Failure> {
        match self.client.add_draft(draft) {
            Ok(_) => Ok(Report {
                outcome: Outcome::HandedOn,
                ..report
            }),
            // A full inbox, say: the same file again goes on from there.
            Err(ClientFault::Refused(problem)) => {
                let report = Report {
                    outcome: Outcome::Refused,
                    ..report
                };
                Ok(report.with_problem(&problem))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// Turns what becomes of a row into its report.
    fn item(&self, row: &TableRow, fate: Fate<Finding>) -> Result<Item, Failure> {
        let at = |mut report: Report, place: Place| {
            report.record = Some(match place {
                Place::Pledge(id) => id.to_string(),
                Place::Draft(hash) => format!("{DRAFT}{hash}"),
            });
            report
        };
        Ok(Item::Settled(match fate {
            Fate::May(wanted, warnings) => {
                let mut report = Report::new(row, Outcome::Admissible);
                report.findings = warnings;
                report.note = self.asks(&wanted)?;
                let expect = match wanted.body.must_expect() {
                    Some(expected @ Expected::Pledge(id)) => {
                        let held = self.client.get_pledge(SecuredId::Pledge(id))?.value;
                        vec![(expected, held.version.saturating_add(wanted.after))]
                    }
                    Some(Expected::Right(_)) | None => Vec::new(),
                };
                return Ok(Item::Send(report, wanted, expect));
            }
            Fate::Present(place @ Place::Pledge(_)) => {
                at(Report::new(row, Outcome::Present), place)
            }
            Fate::Present(place @ Place::Draft(_)) => at(Report::new(row, Outcome::Waiting), place),
            Fate::Differs(place, fault) => at(
                Report {
                    faults: vec![fault],
                    ..Report::new(row, Outcome::Differs)
                },
                place,
            ),
            Fate::Twice(fault) => Report {
                faults: vec![fault],
                ..Report::new(row, Outcome::Twice)
            },
            Fate::Unreadable(faults) => Report::of_faults(row, faults),
            Fate::Refused(findings, earlier) => {
                let lines: Vec<String> = earlier.iter().map(u64::to_string).collect();
                let together = (
                    format!("与本表第 {} 行合计; 单独可以登记", lines.join("、")),
                    format!(
                        "together with the lines {}; alone it may be registered",
                        lines.join(", ")
                    ),
                );
                Report {
                    findings,
                    note: (!earlier.is_empty()).then_some(together),
                    ..Report::new(row, Outcome::Refused)
                }
            }
        }))
    }

    // -----------------------------------------------------------------------------------------------------------------
    // Signing
    // -----------------------------------------------------------------------------------------------------------------

    /// Who must sign beside the lender, by the law's matrix: who gives the collateral of a pledge, and who has a part of the
    /// claim of one that is released and holds keys.
    fn consenting(&self, body: &Body) -> Result<Vec<(PartyId, Party)>, Failure> {
        let asked: Vec<PartyId> = if let Body::RegisterPledge(register) = body {
            vec![register.pledgor]
        } else if let Body::ReleasePledge { pledge, .. } = body {
            let pledge = self.pledge(*pledge)?;
            pledge.iter().flat_map(Pledge::sharers).collect()
        } else {
            Vec::new()
        };
        let is_pledge = matches!(body, Body::RegisterPledge(_));
        let mut found: Vec<(PartyId, Party)> = Vec::new();
        for party in asked {
            let (id, party) = self.acting(party)?;
            let counts = is_pledge || !party.keys.is_empty();
            if counts && id != self.org && found.iter().all(|(other, _)| *other != id) {
                found.push((id, party));
            }
        }
        Ok(found)
    }

    /// Says who else must sign a row, and how it comes to them.
    fn asks(&self, wanted: &Wanted) -> Result<Option<(String, String)>, Failure> {
        let mut told = Vec::new();
        for (id, party) in self.consenting(&wanted.body)? {
            let name = party.name.unwrap_or_default();
            let has_keys = self.register.signatories.iter().any(|it| it.party == id);
            told.push(match (&wanted.consent, has_keys) {
                (Some(_), _) => (
                    format!("{name} ({id}) 未持密钥, 以所附同意为据, 由本单位声明"),
                    format!("{name} ({id}) holds no keys: its consent is stated by the lender"),
                ),
                (None, true) => (
                    format!("{name} ({id}) 以所给密钥签署"),
                    format!("{name} ({id}) signs with a key that is given"),
                ),
                (None, false) => (
                    format!("须由 {name} ({id}) 签署: 放入待签箱"),
                    format!("{name} ({id}) must sign too: it goes into the inbox"),
                ),
            });
        }
        let (zh, en): (Vec<String>, Vec<String>) = told.into_iter().unzip();
        Ok((!zh.is_empty()).then(|| (zh.join("; "), en.join("; "))))
    }

    /// Makes the command of a row and signs it with every key that is given.
    fn signed(&self, wanted: Wanted, expect: Vec<(Expected, u64)>) -> Result<Draft, Failure> {
        let mut openings: Vec<Opening> = Vec::new();
        for (claim, value) in &wanted.hidden {
            openings.push(hide(claim, value)?);
        }
        let consenting = self.consenting(&wanted.body)?;
        let (mut signers, mut attested) = (Vec::new(), Vec::new());
        let own = self.acting(self.org)?;
        for (id, party) in std::iter::once(own).chain(consenting) {
            match wanted.consent {
                Some((class, document)) if id != self.org => attested.push(Attestation {
                    party: id,
                    class,
                    document,
                }),
                Some(_) | None => {
                    signers.extend(self.signers(id, &party, wanted.body.type_name()));
                }
            }
        }
        signers.sort_unstable();
        let is_ours = |signer: &Signer| {
            let mut keys = self.register.signatories.iter();
            keys.any(|it| it.signers().any(|own| own == *signer))
        };
        let life_seconds = if signers.iter().all(is_ours) {
            LIFE_SECONDS
        } else {
            limits::COMMAND_LIFE_SECONDS_MAX
        };
        let now = self.args.clock.now();
        let mut body = wanted.body;
        if let Body::RegisterPledge(register) = &mut body {
            let hidden = openings.iter().map(|it| (it.claim.clone(), it.digest()));
            register.hidden = hidden.collect();
        }
        let command = Command {
            aud: self.aud.to_owned(),
            org: self.org,
            cmd: random_command_id()?,
            signers,
            attested,
            expect,
            seen: None,
            iat: now,
            exp: now.plus_seconds(life_seconds),
            body,
        };
        let draft = Draft::new(&command, openings);
        let mut draft = draft.map_err(|fault| Failure::internal(fault.to_string()))?;
        for signatory in &self.register.signatories {
            for (key, role) in signatory.keys() {
                let org = signatory.party;
                if draft.command.signers.contains(&Signer { org, role }) {
                    let signed = draft.sign(role, key);
                    signed.map_err(|fault| Failure::internal(format!("{fault:?}")))?;
                }
            }
        }
        Ok(draft)
    }

    /// A maker, and as many checkers as the party's rules ask for, or as keys are given.
    fn signers(&self, id: PartyId, party: &Party, command: &str) -> Vec<Signer> {
        let given = self.register.signatories.iter().find(|it| it.party == id);
        let given = given.map_or(0, |it: &Signatory| u64::from(it.checker.is_some()));
        let checkers = party.threshold_for(command).saturating_sub(1).max(given);
        let signer = |role| Signer { org: id, role };
        let mut signers = vec![signer(SignerRole::Maker)];
        signers.extend((0..checkers).map(|_| signer(SignerRole::Checker)));
        signers
    }

    /// Finds who acts for a party, which may have merged into another.
    fn acting(&self, id: PartyId) -> Result<(PartyId, Party), Failure> {
        let mut id = id;
        loop {
            let known = self.parties.borrow().get(&id).cloned();
            let party = match known {
                Some(party) => party,
                None => self.client.get_party(id)?.value.record,
            };
            self.parties.borrow_mut().insert(id, party.clone());
            match party.more.ended {
                Some((_, successor)) => id = successor,
                None => return Ok((id, party)),
            }
        }
    }
}
