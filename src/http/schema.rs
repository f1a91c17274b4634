//! The shapes of bodies and answers, for `/openapi.json` only.
//!
//! Answers are written by hand where they are made, because the hot path has no use for a serializer and because canonical
//! texts must go out as they are. The tests below compare every written answer with its shape here, so the two cannot drift.
//! Records, events and command bodies are described in `docs/FORMATS.md`; here they are objects.

use utoipa::ToSchema;

pub(crate) use crate::http::failures::{BodyProblems, ReadProblems, ServiceProblems};

/// One signature of a JWS in General JSON serialization.
#[derive(ToSchema)]
pub struct JwsSignature {
    /// The protected header in base64url: exactly `alg`, `kid`, `role` and `typ`, canonical.
    pub protected: String,
    /// The 64 bytes of the Ed25519 signature in base64url.
    pub signature: String,
}

/// A signed command: JWS General JSON over the canonical payload.
#[derive(ToSchema)]
pub struct Jws {
    /// The canonical payload in base64url.
    pub payload: String,
    /// The signatures of every party that the payload names.
    pub signatures: Vec<JwsSignature>,
}

/// What a hidden digest of the payload stands for.
#[derive(ToSchema)]
pub struct Opening {
    /// The name of the hidden member.
    pub claim: String,
    /// 16 to 64 random bytes in hexadecimal digits.
    pub salt: String,
    /// The value.
    pub value: String,
}

/// A command as it is submitted.
#[derive(ToSchema)]
pub struct Submission {
    /// The signed command.
    pub command: Jws,
    /// Exactly one opening for every hidden digest.
    #[schema(nullable = false)]
    pub openings: Option<Vec<Opening>>,
}

/// Several commands, decided in order.
#[derive(ToSchema)]
pub struct Batch {
    /// The commands.
    #[schema(min_items = 1, max_items = 200)]
    pub commands: Vec<Submission>,
}

/// The answer to one command of a batch.
#[derive(ToSchema)]
pub struct BatchResult {
    /// The status code that the command alone would have had.
    pub status: u16,
    /// The receipt, for the statuses 200 and 201.
    #[schema(nullable = false)]
    pub receipt: Option<Receipt>,
    /// The problem, for every other status.
    #[schema(nullable = false)]
    pub problem: Option<Problem>,
}

/// The answers to a batch.
#[derive(ToSchema)]
pub struct BatchAnswer {
    /// One result for every command, in order.
    pub results: Vec<BatchResult>,
}

/// The largest that would be admissible instead.
#[derive(ToSchema)]
pub struct Alternative {
    /// The largest quantity over the whole span.
    #[schema(nullable = false)]
    pub quantity: Option<String>,
    /// The largest quantity for each part of the span: `from`, `to`, `quantity`.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    pub segments: Option<Vec<()>>,
    /// Spans that are free as a whole: `from`, `to`.
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    pub spans: Option<Vec<()>>,
}

/// One numbered check result, with its words.
#[derive(ToSchema)]
pub struct Finding {
    /// The number of the check.
    #[schema(example = 3002)]
    pub code: u16,
    /// A word for programs.
    #[schema(example = "double_pledge")]
    pub name: String,
    /// `refuse` or `warn`.
    pub severity: String,
    /// The title in Chinese.
    pub title_zh: String,
    /// The title in English.
    pub title_en: String,
    /// What to do.
    pub fix: String,
    /// The line of the command.
    #[schema(nullable = false)]
    pub line: Option<u16>,
    /// Ids of the records that stand in the way.
    #[schema(nullable = false)]
    pub conflicts: Option<Vec<String>>,
    /// The first day on which it is so.
    #[schema(nullable = false)]
    pub at: Option<String>,
    /// The share of the smaller parcel in millionths, rounded up.
    #[schema(nullable = false)]
    pub share_ppm: Option<u32>,
    /// What would be admissible.
    #[schema(nullable = false)]
    pub alternative: Option<Alternative>,
}

/// A failure (RFC 9457).
#[derive(ToSchema)]
pub struct Problem {
    /// `/findings/<code>` where the law numbers the fault, else `/problems/<name>`.
    #[schema(example = "/findings/3002")]
    pub r#type: String,
    /// What the type means.
    pub title: String,
    /// The status code.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened here.
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// The path of the member or parameter at fault; `$` is the whole body.
    #[schema(nullable = false, example = "body.lines[0].quantity")]
    pub field: Option<String>,
    /// The number of the first finding.
    #[schema(nullable = false)]
    pub code: Option<u16>,
    /// Every finding.
    #[schema(nullable = false)]
    pub findings: Option<Vec<Finding>>,
    /// The entry of the refusal, or the entry that consumed the id.
    #[schema(nullable = false)]
    pub index: Option<u64>,
    /// The receipt of a refusal.
    #[schema(nullable = false)]
    pub receipt: Option<Receipt>,
}

/// A decision with its proof.
#[derive(ToSchema)]
pub struct Receipt {
    /// The signed checkpoint (C2SP note) that covers the entry.
    pub checkpoint: String,
    /// The checkpoint carries the quorum of the registry's witnesses; without it the receipt is provisional.
    pub cosigned: bool,
    /// The id of the record that the entry created.
    #[schema(nullable = false, example = "P41")]
    pub created: Option<String>,
    /// `accepted` or `refused`.
    pub decision: String,
    /// The bytes of the entry; its leaf hash is the SHA-256 of 0x00 and these bytes.
    pub entry: String,
    /// What happened, where it was accepted.
    #[schema(nullable = false, value_type = Option<Object>)]
    pub event: Option<()>,
    /// Why not, where it was refused.
    #[schema(nullable = false)]
    pub findings: Option<Vec<Finding>>,
    /// The position in the log.
    pub index: u64,
    /// The inclusion proof, leaf sibling first; hexadecimal.
    pub proof: Vec<String>,
    /// The command had been decided before; this is the original decision.
    pub repeated: bool,
    /// The size of the checkpoint's tree.
    pub size: u64,
    /// Registry time of the entry.
    pub time: String,
    /// What was noted, where it was accepted.
    #[schema(nullable = false)]
    pub warnings: Option<Vec<Finding>>,
}

/// A question: a command without the members that only a signature needs.
#[derive(ToSchema)]
pub struct Question {
    /// The party that would give the command.
    #[schema(example = "M9")]
    pub org: String,
    /// The type of the command.
    #[schema(example = "register_pledge")]
    pub r#type: String,
    /// The body of the command.
    #[schema(value_type = Object)]
    pub body: (),
}

/// What a search certificate is to be about: `right`, or `identities`.
#[derive(ToSchema)]
pub struct CertificateRequest {
    /// The id of a right.
    #[schema(example = "R41", nullable = false)]
    pub right: Option<String>,
    /// Up to 8 identities, `<scheme>:<value>` in normal form.
    #[schema(nullable = false)]
    pub identities: Option<Vec<String>>,
    /// Who asks and why, printed as it is given.
    #[schema(nullable = false)]
    pub reader: Option<CertificateReader>,
}

/// Who asks for a certificate and why, in their own words.
#[derive(ToSchema)]
pub struct CertificateReader {
    /// The name, 1 to 120 characters.
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The purpose, 1 to 120 characters.
    #[schema(nullable = false)]
    pub purpose: Option<String>,
}

/// What an answer rests on.
#[derive(ToSchema)]
pub struct AsOf {
    /// The size of the log.
    pub size: u64,
    /// Registry time.
    pub time: String,
}

/// The answer to a question.
#[derive(ToSchema)]
pub struct CheckAnswer {
    /// Whether the command would be accepted now, if every required signature were there.
    pub admissible: bool,
    /// What the answer rests on.
    pub as_of: AsOf,
    /// What would happen.
    #[schema(nullable = false, value_type = Option<Object>)]
    pub event: Option<()>,
    /// Why not.
    pub findings: Vec<Finding>,
    /// What would be noted.
    pub warnings: Vec<Finding>,
}

/// A record as of the published checkpoint.
#[derive(ToSchema)]
pub struct RecordView {
    /// Its id.
    #[schema(example = "R41")]
    pub id: String,
    /// How many entries touched it; what `expect` in a command names.
    pub version: u64,
    /// The last of them.
    pub last_index: u64,
    /// The RFC 6962 root over all of them.
    pub history_root: String,
    /// The record.
    #[schema(value_type = Object)]
    pub record: (),
}

/// One page of records, ascending by id.
#[derive(ToSchema)]
pub struct RecordPage {
    /// The records.
    pub items: Vec<RecordView>,
    /// The cursor for `after`; absent on the last page.
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// One entry of a history.
#[derive(ToSchema)]
pub struct HistoryItem {
    /// The position in the log.
    pub index: u64,
    /// The bytes of the entry.
    pub entry: String,
}

/// One page of a history, newest first.
#[derive(ToSchema)]
pub struct HistoryPage {
    /// The entries.
    pub items: Vec<HistoryItem>,
    /// The cursor for `before`; absent on the last page.
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// A proof that one log is a prefix of another.
#[derive(ToSchema)]
pub struct Consistency {
    /// The older size.
    pub old: u64,
    /// The newer size.
    pub new: u64,
    /// The hashes of RFC 6962 section 2.1.2; hexadecimal.
    pub proof: Vec<String>,
}

/// The opening of a hidden member of a registered pledge, presented by a reader who has it.
#[derive(ToSchema)]
pub struct PresentedOpening {
    /// The pledge.
    #[schema(example = "P57")]
    pub pledge: String,
    /// The name of the hidden member.
    #[schema(example = "principal_cny")]
    pub claim: String,
    /// 16 to 64 random bytes in hexadecimal digits.
    pub salt: String,
    /// The value.
    pub value: String,
}

/// Openings that a reader presents with a question. They are compared with the log and kept nowhere.
#[derive(ToSchema)]
pub struct Presented {
    /// The openings.
    #[schema(max_items = 300)]
    pub openings: Vec<PresentedOpening>,
}

/// How the collateral of a pledge was valued.
#[derive(ToSchema)]
pub struct AlertPrice {
    /// `warning` or `close_out`.
    pub line: String,
    /// That line in millionths; the contract's where its opening is presented, else 750000 and 850000.
    pub line_ppm: u64,
    /// Loan to value in millionths, rounded up.
    pub ltv_ppm: u64,
    /// The principal in yuan.
    pub principal_cny: String,
    /// The value of the lines that are not released, in yuan, without what hangs over.
    pub value_cny: String,
    /// The prices: `series`, `day`, `cny`, `source`.
    #[schema(value_type = Vec<Object>)]
    pub prices: Vec<()>,
}

/// One alert.
#[derive(ToSchema)]
pub struct Alert {
    /// `expiry_before_maturity`, `lapse`, `insurance_lapse`, `right_reduced`, `right_revoked`, `frozen`, `holder_changed`,
    /// `price_line`, `same_ground` or `compliance_gap`.
    pub kind: String,
    /// The pledge, the reservation or the right it is about.
    #[schema(example = "P57")]
    pub record: String,
    /// The line of the pledge.
    #[schema(nullable = false)]
    pub line: Option<u16>,
    /// The right.
    #[schema(nullable = false)]
    pub right: Option<String>,
    /// Whom it concerns.
    pub parties: Vec<String>,
    /// What lapses: `term`, `collateral_span`, `right` or `reservation`.
    #[schema(nullable = false)]
    pub what: Option<String>,
    /// The day it is about; the first one outside, where it is an end.
    #[schema(nullable = false)]
    pub on: Option<String>,
    /// Days until then; negative once it has passed.
    #[schema(nullable = false)]
    pub days_left: Option<i32>,
    /// 60, 30 or 7, or 0 once it has passed.
    #[schema(nullable = false)]
    pub stage: Option<i32>,
    /// How much is missing, in the unit of the right.
    #[schema(nullable = false)]
    pub amount: Option<String>,
    /// Further records it rests on.
    #[schema(nullable = false)]
    pub records: Option<Vec<String>>,
    /// How the collateral was valued.
    #[schema(nullable = false)]
    pub price: Option<AlertPrice>,
}

/// A pledge whose principal the reader presents, at imported prices.
#[derive(ToSchema)]
pub struct ValuedPledge {
    /// The pledge.
    #[schema(example = "P57")]
    pub pledge: String,
    /// Loan to value in millionths, rounded up.
    pub ltv_ppm: u64,
    /// The line that it has crossed: `warning` or `close_out`; absent where none.
    #[schema(nullable = false)]
    pub line: Option<String>,
    /// The principal in yuan.
    pub principal_cny: String,
    /// The value of the lines that are not released, in yuan, without what hangs over.
    pub value_cny: String,
    /// The prices: `series`, `day`, `cny`, `source`.
    #[schema(value_type = Vec<Object>)]
    pub prices: Vec<()>,
}

/// A page of alerts.
#[derive(ToSchema)]
pub struct Alerts {
    /// The day.
    pub day: String,
    /// The pledges whose principal was presented and whose lines all have a price, on every page; absent where none.
    #[schema(nullable = false)]
    pub valued: Option<Vec<ValuedPledge>>,
    /// The size of the log that the page rests on.
    pub size: u64,
    /// The alerts.
    pub items: Vec<Alert>,
    /// The cursor for `after`; absent on the last page.
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// A list of prices that the registrar signed.
#[derive(ToSchema)]
pub struct PriceList {
    /// The id of a key of the registrar.
    pub kid: String,
    /// The canonical text of the list.
    pub list: String,
    /// The signature in hexadecimal digits.
    pub signature: String,
}

/// What became of a list of prices.
#[derive(ToSchema)]
pub struct PricesAdded {
    /// How many were added.
    pub added: u64,
}

/// The lines of one state in a cell.
#[derive(ToSchema)]
pub struct StatisticsSum {
    /// How many lines.
    pub lines: u64,
    /// The sum of their quantities in the unit of the kind, where the cell is of one kind and the kind has quantities.
    #[schema(nullable = false)]
    pub quantity: Option<String>,
    /// Where these lines are listed.
    pub records: String,
}

/// One cell of a table.
#[derive(ToSchema)]
pub struct StatisticsCell {
    /// The bank or guarantor, where grouped by it.
    #[schema(nullable = false)]
    pub pledgee: Option<String>,
    /// The kind of the rights.
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// The month of registration.
    #[schema(nullable = false, example = "2026-12")]
    pub month: Option<String>,
    /// The town.
    #[schema(nullable = false)]
    pub town: Option<String>,
    /// The unit of the kind.
    #[schema(nullable = false)]
    pub unit: Option<String>,
    /// Pledges with a line in the cell.
    pub pledges: u64,
    /// Lines that stand, with their rights beneath them.
    pub open: StatisticsSum,
    /// Lines that an authority's act has left without a right beneath them, or a part of them.
    pub impaired: StatisticsSum,
    /// Lines that were released.
    pub released: StatisticsSum,
    /// The principals, in yuan, that the presented openings show; of pledges that are not released.
    #[schema(nullable = false)]
    pub principal_cny: Option<String>,
    /// How many pledges that sum is of.
    #[schema(nullable = false)]
    pub principal_pledges: Option<u64>,
}

/// The table of a position.
#[derive(ToSchema)]
pub struct Statistics {
    /// Entries before the position.
    pub at: u64,
    /// Registry time of the last of them.
    pub time: String,
    /// What it is grouped by.
    pub by: Vec<String>,
    /// The cells, sorted.
    pub cells: Vec<StatisticsCell>,
}

/// One line of a pledge as of a position.
#[derive(ToSchema)]
pub struct StatisticsLine {
    /// The line.
    #[schema(example = "P57.0")]
    pub line: String,
    /// The right.
    pub right: String,
    /// Who is secured.
    pub pledgee: String,
    /// The kind of the right.
    pub kind: String,
    /// The month of registration.
    pub month: String,
    /// The town.
    pub town: String,
    /// `open`, `impaired` or `released`.
    pub state: String,
    /// Its quantity, where the kind has quantities.
    #[schema(nullable = false)]
    pub quantity: Option<String>,
}

/// One page of the lines behind a table.
#[derive(ToSchema)]
pub struct StatisticsLines {
    /// The lines.
    pub items: Vec<StatisticsLine>,
    /// The cursor for `after`; absent on the last page.
    #[schema(nullable = false)]
    pub next: Option<String>,
}

/// Where the log stands.
#[derive(ToSchema)]
pub struct LogState {
    /// The newest head that the quorum of the witnesses has cosigned.
    #[schema(nullable = false)]
    pub cosigned: Option<LogHead>,
    /// The name of the log.
    pub origin: String,
    /// The newest head that the log has signed; perhaps not cosigned yet.
    pub signed: LogHead,
    /// What each configured witness last did; absent where none is configured.
    #[schema(nullable = false)]
    pub witnesses: Option<Vec<WitnessView>>,
}

/// A head of the log.
#[derive(ToSchema)]
pub struct LogHead {
    /// The signed checkpoint (C2SP note).
    pub checkpoint: String,
    /// The root over the entries; hexadecimal.
    pub root: String,
    /// The number of entries.
    pub size: u64,
    /// Registry time of the last of them, a state entry.
    pub time: String,
}

/// What a witness last did.
#[derive(ToSchema)]
pub struct WitnessView {
    /// The time of its last cosignature that counted, by its own clock.
    #[schema(nullable = false)]
    pub cosigned_at: Option<String>,
    /// Why its last answer was of no use; absent after a good one.
    #[schema(nullable = false)]
    pub fault: Option<String>,
    /// When that was.
    #[schema(nullable = false)]
    pub fault_at: Option<String>,
    /// Its name in the file that names the witnesses.
    pub name: String,
    /// The size that it has cosigned last.
    #[schema(nullable = false)]
    pub size: Option<u64>,
}

/// Whether the program works.
#[derive(ToSchema)]
pub struct Health {
    /// `ok` or `ready`.
    pub status: String,
}
