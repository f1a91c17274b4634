//! Lists and statistics as spreadsheets: xlsx with real numbers and dates, or CSV.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::documents::workbook::lists::{self, Names, table, text};
use crate::documents::workbook::sheet_out::{self, Table, Value, csv};
use crate::domain::facts::{Record, StateKey};
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::http::answer::{header, read};
use crate::http::export_about::{about, part, saved_as};
use crate::http::export_asked::{Asked, List, Part, TOO_LONG_ZH};
use crate::http::export_columns::only;
use crate::http::export_freezes::freezes;
use crate::http::export_kept::of_member;
use crate::http::export_log::log;
use crate::http::export_record::{burdens, keys, keys_of, policies};
use crate::http::export_standing::{rights_of, stands};
use crate::http::export_watch::{alerts, reconciliation};
use crate::http::extract::{Named, Params};
use crate::http::gate::Visitor;
use crate::http::monthly::monthly;
use crate::http::person::{page, wants_page};
use crate::http::problem::Problem;
use crate::http::schema::{MemberProblems, ReadProblems, UnknownProblems};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::service::Registry;
use crate::service::query::{Found, Listing, is_named};
use crate::service::standing;
use crate::service::statistics::{
    Dimension, LineState, Reached, Selection, decimal, lines, tabulate,
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv; charset=utf-8";

/// A table, and behind which record the list goes on where it is a part.
pub(super) struct Made {
    pub(super) table: Table,
    pub(super) next: Option<String>,
}

impl From<Table> for Made {
    fn from(table: Table) -> Self {
        Self { table, next: None }
    }
}

/// A list as a spreadsheet
///
/// `rights`, `pledges` and `reservations` (a row for each line), `freezes`, `parties`, the `log` of decided commands, `alerts` and `reconciliation` of
/// a day, or `statistics` and the `lines` behind them as of a position, with the ending `.xlsx` (real numbers and dates) or `.csv` (UTF-8 with
/// a byte-order mark). `burdens` of a right, the `keys` of parties, and the versions of `policies`. `reads` (who has seen hidden values), the
/// inbox of `drafts`, `webhooks` and `deliveries` are for the members that see these lists. `monthly` has the lines that stood in a month
/// that is over, or up to a position in it, in published columns (FORMATS section 13). A list with more than 20,000 records is narrowed, or
/// taken in parts: `limit`, and then the `Link` of each answer. A workbook says on its second sheet from which register it is and as of
/// which position and time, and so does the name under which a file is saved.
#[utoipa::path(
    get, path = "/v1/exports/{file}", tag = "statistics",
    params(
        ("file" = String, Path, description = "such as `rights.xlsx`", example = "rights.xlsx"),
        ("holder" = Option<String>, Query, description = "rights of this party"),
        ("pledgee" = Option<String>, Query, description = "pledges, or lines, that this party has taken"),
        ("pledgor" = Option<String>, Query, description = "pledges that this party has given"),
        ("day" = Option<String>, Query, description = "the day of the alerts or of the reconciliation; today if absent"),
        ("at" = Option<u64>, Query, description = "the position of the statistics or lines, the published size if absent; of `monthly`, a position in the month, its end if absent"),
        ("by" = Option<String>, Query, description = "what the statistics are grouped by, as of `GET /v1/statistics`; everything if absent", example = "kind"),
        ("month" = Option<String>, Query, description = "the month (UTC+8) of `monthly`, which must be over where `at` is absent; of `lines`, that of registration", example = "2026-12"),
        ("kind" = Option<String>, Query, description = "only lines over this kind, rights or policies of it; only alerts of this kind"),
        ("party" = Option<String>, Query, description = "only alerts, commands or reservations that concern this party; only its keys; only freezes that it ordered", example = "M12"),
        ("name" = Option<String>, Query, description = "only parties, or keys of parties, with this in their registered names, present or former; of `deliveries`, the webhook", example = "bank"),
        ("decision" = Option<String>, Query, description = "of the `log`, only what was `accepted`, or `refused`", example = "refused"),
        ("type" = Option<String>, Query, description = "of the `log`, only commands of this type", example = "register_pledge"),
        ("record" = Option<String>, Query, description = "of the `log`, only what touches this right, pledge, reservation or party, or was refused about it; of `burdens`, the right; of `reads`, the pledge, the person, or the SHA-256 of the draft", example = "R41"),
        ("after" = Option<String>, Query, description = "a part that begins behind this record, by its id or its number; not of `freezes`, `statistics`, `lines`, `monthly`, `burdens`, `policies` and `webhooks`", example = "R41"),
        ("limit" = Option<u64>, Query, description = "a part of so many records, 1 to 20,000; `Link` says where the next begins", example = 20000),
        ("columns" = Option<String>, Query, description = "only these columns, by the English words of their heads with `_` between; all if absent", example = "id,kind,holder"),
        ("ends_by" = Option<String>, Query, description = "only pledges whose claim is to end on this day or before", example = "2027-06-30"),
        ("status" = Option<String>, Query, description = "only rights that stand so: `free`, `partly`, `fully`, `frozen`, `overhang`, `disputed`, `barred`, `ended` or `succeeded`", example = "free"),
        ("since" = Option<String>, Query, description = "only pledges that were registered on this day (UTC+8) or later", example = "2026-12-01"),
        ("town" = Option<String>, Query, description = "only lines of this town"),
        ("form" = Option<String>, Query, description = "only lines of this form of security", example = "质押"),
        ("item" = Option<String>, Query, description = "only lines whose quantity is of this, such as a pollutant", example = "COD"),
        ("green" = Option<String>, Query, description = "only lines of loans of this green category", example = "GIC2019:1.5.1"),
        ("state" = Option<String>, Query, description = "only lines that are `open`, `impaired`, `ended`, `lapsed`, `moved`, `disposed` or `released`; only pledges and reservations that are `open` or `closed`; only freezes that are `in_force`, `in_part`, `waits`, `expired`, `lifted`, `executed` or `gone`"),
    ),
    responses(
        (status = 200, description = "the spreadsheet", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
        UnknownProblems,
        MemberProblems,
        ReadProblems
    )
)]
pub(crate) async fn get_export(
    State(registry): State<Arc<Registry>>,
    visitor: Visitor,
    Named(file): Named<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    params: Params,
) -> Result<Response, Problem> {
    let asks = (visitor, query.unwrap_or_default());
    match export(registry, file, asks, params).await {
        // Pages link here, so what goes wrong is told to a person.
        Err(problem) if wants_page(&headers) => Ok(page(problem)),
        made => made,
    }
}

async fn export(
    registry: Arc<Registry>,
    file: String,
    (visitor, query): (Visitor, String),
    mut params: Params,
) -> Result<Response, Problem> {
    let what = "must be rights, pledges, reservations, freezes, parties, log, alerts, reconciliation, statistics, lines, monthly, burdens, keys, policies, reads, drafts, webhooks or deliveries, with .xlsx or .csv";
    let wrong = || Problem::field("file", what).because_zh("没有这个名称的列表");
    let (name, ending) = file.rsplit_once('.').ok_or_else(wrong)?;
    let list = List::parse(name).ok_or_else(wrong)?;
    let is_csv = match ending {
        "xlsx" => false,
        "csv" => true,
        _ => return Err(wrong()),
    };
    let session = visitor.session.map(|(session, _)| session);
    let asked = Asked::read(list, &mut params, session)?;
    let columns = params.text("columns")?;
    let pairs = params.pairs();
    params.finish()?;
    let named = (name.to_owned(), ending.to_owned());
    let (bytes, next, saved) = read(registry, move |registry| {
        let mut about = about(registry, list, &asked, &pairs)?;
        let saved = saved_as(registry, (&named.0, &named.1), &asked, &about);
        let Made { table, next } = made(registry, list, &asked)?;
        part(
            &mut about,
            asked.part.named_after().as_deref(),
            next.as_deref(),
        );
        let made = match columns {
            Some(columns) => only(table, &columns)?,
            None => table,
        };
        let bytes = if is_csv {
            csv(&made)
        } else {
            sheet_out::list(made, &about)
        };
        let bytes = bytes.map_err(|fault| Problem::internal(&fault))?;
        Ok((bytes, next, saved))
    })
    .await?;
    let kind = HeaderValue::from_static(if is_csv { CSV } else { XLSX });
    let response = (StatusCode::OK, [(CONTENT_TYPE, kind)], bytes).into_response();
    let name = format!("attachment; filename=\"{saved}\"");
    let response = header(response, CONTENT_DISPOSITION, &name);
    Ok(match next {
        Some(next) => header(response, LINK, &next_part(&file, &query, &next)),
        None => response,
    })
}

/// Where a list goes on: the address of this part behind another record.
fn next_part(file: &str, query: &str, next: &str) -> String {
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next();
        !pair.is_empty() && name != Some("after")
    });
    let after = format!("after={next}");
    let query: Vec<&str> = kept.chain([after.as_str()]).collect();
    format!("</v1/exports/{file}?{}>; rel=\"next\"", query.join("&"))
}

fn made(registry: &Registry, list: List, asked: &Asked) -> Result<Made, Problem> {
    Ok(match list {
        List::Rights | List::Pledges | List::Reservations | List::Parties => {
            records(registry, list, asked)?
        }
        List::Keys => match asked.party {
            Some(party) => keys_of(registry, party)?.into(),
            None => records(registry, list, asked)?,
        },
        List::Freezes => freezes(registry, asked.freezes)?.into(),
        List::Log => log(registry, asked)?,
        List::Alerts => alerts(registry, asked)?,
        List::Reconciliation => reconciliation(registry, asked)?,
        List::Statistics => statistics(registry, asked.at, asked.by.as_deref())?.into(),
        List::Lines => lines_table(registry, asked.at, &asked.selection)?.into(),
        List::Monthly => monthly(registry, asked.month, asked.at)?.into(),
        List::Burdens => burdens(registry, asked.right)?.into(),
        List::Policies => policies(registry, asked.narrowing.kind.as_deref())?.into(),
        List::OfMember(_) => of_member(registry, asked)?,
    })
}

/// Reads the records of a listing that are wanted, page by page, and says behind which one they go on where it is a part.
fn all(
    registry: &Registry,
    listing: Listing,
    wants: &dyn Fn(&Record) -> bool,
    mut after: Option<EntryIndex>,
    part: &Part,
) -> Result<(Vec<Found>, Option<EntryIndex>), Problem> {
    let mut rows: Vec<Found> = Vec::new();
    loop {
        let page = registry.list(listing, after, limits::PAGE_ROWS_MAX)?;
        let is_last = page.len() < limits::PAGE_ROWS_MAX;
        for found in page {
            let index = found.value.key.entry();
            if wants(&found.value.record) {
                if part.room(rows.len())? == 0 {
                    return Ok((rows, after));
                }
                rows.push(found);
            }
            after = index;
        }
        if is_last || after.is_none() {
            return Ok((rows, None));
        }
    }
}

/// The names of parties and the titles of kinds.
pub(super) struct Known {
    parties: BTreeMap<PartyId, String>,
    kinds: BTreeMap<String, KindPolicy>,
}

impl Known {
    pub(super) fn read(registry: &Registry) -> Result<Self, Problem> {
        let now = registry.now().max(registry.published().time);
        let kinds = registry.active_policies(now)?.into_iter();
        let mut parties = BTreeMap::new();
        let (found, _) = all(
            registry,
            Listing::Parties,
            &|_| true,
            None,
            &Part::everything(),
        )?;
        for found in found {
            if let (StateKey::Party(id), Record::Party(party)) =
                (&found.value.key, found.value.record)
            {
                parties.insert(*id, party.name.unwrap_or_default());
            }
        }
        Ok(Self {
            parties,
            kinds: kinds.map(|policy| (policy.kind.clone(), policy)).collect(),
        })
    }

    pub(super) fn party(&self, id: PartyId) -> String {
        self.parties.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn kind(&self, kind: &str) -> (String, String) {
        match self.kinds.get(kind) {
            Some(policy) => (
                format!("{} {}", policy.title_zh, policy.title_en),
                policy.unit.clone(),
            ),
            None => (kind.to_owned(), String::new()),
        }
    }
}

fn records(registry: &Registry, list: List, asked: &Asked) -> Result<Made, Problem> {
    let Some(listing) = asked.listing else {
        return Ok(Table::default().into());
    };
    let known = Known::read(registry)?;
    let now = registry.now().max(registry.published().time);
    let stands = |right: &Right| stands(known.kinds.get(&right.kind), right, now);
    let by_name = asked.name.as_deref().map(is_named);
    let wants = |record: &Record| {
        let has_status = match (asked.status, record) {
            (Some(wanted), Record::Right(right)) => {
                let policy = known.kinds.get(&right.kind);
                policy.map(|policy| standing::status_of(right, policy, now)) == Some(wanted)
            }
            (_, _) => true,
        };
        has_status
            && by_name.as_ref().is_none_or(|fits| fits(record))
            && asked.narrowing.takes(record, now)
    };
    let since = match asked.since {
        Some(day) => registry.first_entry_since(day)?.checked_sub(1),
        None => None,
    };
    let after = asked.part.after.max(since);
    let (found, next) = all(registry, listing, &wants, after, &asked.part)?;
    let (mut rights, mut pledges) = (Vec::new(), Vec::new());
    let (mut held, mut parties) = (Vec::new(), Vec::new());
    for found in found {
        match (found.value.key, found.value.record) {
            (StateKey::Right(id), Record::Right(right)) => rights.push((id, right)),
            (StateKey::Pledge(id), Record::Pledge(pledge)) => pledges.push((id, pledge)),
            (StateKey::Reservation(id), Record::Reservation(one)) => held.push((id, one)),
            (StateKey::Party(id), Record::Party(party)) => parties.push((id, party)),
            _ => {}
        }
    }
    let lines = pledges.iter().flat_map(|(_, pledge)| &pledge.lines);
    let lines = lines.chain(held.iter().flat_map(|(_, one)| &one.lines));
    let beneath = rights_of(registry, lines)?;
    let names = Names {
        party: &|id| known.party(id),
        kind: &|kind| known.kind(kind),
        right: &|id| beneath.get(&id).cloned().unwrap_or_default(),
    };
    let table = match list {
        List::Rights => lists::rights(&rights, &names, &stands),
        List::Pledges => lists::pledges(&pledges, &names, now),
        List::Reservations => lists::reservations(&held, &names, now),
        List::Keys => keys(&parties),
        List::Freezes
        | List::Parties
        | List::Log
        | List::Alerts
        | List::Reconciliation
        | List::Statistics
        | List::Lines
        | List::Monthly
        | List::Burdens
        | List::Policies
        | List::OfMember(_) => lists::parties(&parties),
    };
    let next = next.map(|index| index.to_string());
    Ok(Made { table, next })
}

/// What the table of statistics may be grouped by, with the heads of its columns.
const GROUPS: [(Dimension, &[&str]); 7] = [
    (Dimension::Pledgee, &["担保权人 pledgee", "编号 id"]),
    (Dimension::Kind, &["种类 kind"]),
    (Dimension::Month, &["登记月 month"]),
    (Dimension::Town, &["乡镇 town", "乡镇名 town name"]),
    (Dimension::Form, &["担保形式 form"]),
    (Dimension::Item, &["数量所指 item"]),
    (Dimension::Green, &["绿色贷款目录代码 green"]),
];

/// Heads of what it says of each group.
const STATISTICS: [&str; 21] = [
    "担保数(含已解除) pledges",
    "在登行 lines open",
    "在登数量 quantity open",
    "悬空行 lines impaired",
    "悬空数量 quantity impaired",
    "已期满行 lines ended",
    "已期满数量 quantity ended",
    "期限届满失效行 lines lapsed",
    "期限届满失效数量 quantity lapsed",
    "已转移行 lines moved",
    "已转移数量 quantity moved",
    "已处置行 lines disposed",
    "已处置数量 quantity disposed",
    "已解除行 lines released",
    "已解除数量 quantity released",
    "其中悬空 overhang",
    "其中冻结 frozen",
    "单位 unit",
    "登记限额的担保数 pledges with a cap",
    "限额合计(元) caps CNY",
    "账页位置 position",
];

/// The table, grouped by what is asked for, else by everything. Quantities of different things are no sum and stay empty.
fn statistics(
    registry: &Registry,
    at: Option<u64>,
    by: Option<&[Dimension]>,
) -> Result<Table, Problem> {
    let known = Known::read(registry)?;
    let position = registry.position(at)?;
    let all = GROUPS.map(|(dimension, _)| dimension);
    let by = by.unwrap_or(&all);
    let cells = tabulate(&lines(&position, &[]), by, &Selection::default());
    let groups = GROUPS
        .iter()
        .filter(|(dimension, _)| by.contains(dimension));
    let heads = groups.clone().flat_map(|(_, heads)| heads.iter());
    let heads: Vec<&str> = heads.chain(&STATISTICS).copied().collect();
    let row = |cell: &crate::service::statistics::Cell| {
        let mut row = Vec::with_capacity(heads.len());
        for (dimension, _) in groups.clone() {
            let value = cell.values.get(dimension).cloned().unwrap_or_default();
            match dimension {
                Dimension::Pledgee => {
                    let name = PartyId::parse(&value).map(|id| known.party(id));
                    row.extend([text(name.unwrap_or_default()), text(value)]);
                }
                Dimension::Kind => row.push(text(known.kind(&value).0)),
                Dimension::Town => {
                    let name = registry.town(&value).unwrap_or_default();
                    row.extend([text(value), text(name)]);
                }
                Dimension::Month | Dimension::Form | Dimension::Item | Dimension::Green => {
                    row.push(text(value));
                }
            }
        }
        row.push(Value::Number(cell.pledges.to_string()));
        let unit = cell.items.first().filter(|_| cell.items.len() == 1);
        let sum = |raw| unit.map_or(Value::Empty, |_| Value::Number(decimal(raw)));
        let mut reached = Reached::default();
        for state in LineState::ALL {
            let of = cell.states.get(&state).copied().unwrap_or_default();
            row.push(Value::Number(of.lines.to_string()));
            row.push(sum(of.quantity));
            reached.lost += of.reached.lost;
            reached.frozen += of.reached.frozen;
        }
        row.push(sum(reached.lost));
        row.push(sum(reached.frozen));
        row.push(unit.map_or(Value::Empty, |of| text(&of.unit)));
        row.push(Value::Number(cell.cap_pledges.to_string()));
        row.push(Value::Number(decimal(cell.cap)));
        row.push(Value::Number(position.at.to_string()));
        row
    };
    let rows = cells.iter().map(row).collect();
    Ok(table("统计 statistics", &heads, rows))
}

/// How a line stands, in Chinese and English.
fn state_words(state: LineState) -> &'static str {
    match state {
        LineState::Open => "在登 open",
        LineState::Impaired => "悬空 impaired",
        LineState::Ended => "已期满 ended",
        LineState::Lapsed => "期限届满失效 lapsed",
        LineState::Moved => "已转移 moved",
        LineState::Disposed => "已处置 disposed",
        LineState::Released => "已解除 released",
    }
}

/// The lines behind a number of the statistics, each with what it is of and how it stands.
fn lines_table(
    registry: &Registry,
    at: Option<u64>,
    selection: &Selection,
) -> Result<Table, Problem> {
    let known = Known::read(registry)?;
    let position = registry.position(at)?;
    let all = lines(&position, &[]);
    let taken: Vec<_> = all.iter().filter(|line| selection.takes(line)).collect();
    if taken.len() > limits::EXPORT_ROWS_MAX {
        let what = format!("has {} lines; narrow it", taken.len());
        return Err(Problem::field("file", what).because_zh(TOO_LONG_ZH));
    }
    let row = |line: &&crate::service::statistics::LineFact| {
        vec![
            text(format!("{}.{}", line.pledge, line.number)),
            text(line.right),
            text(known.kind(&line.kind).0),
            text(known.party(line.pledgee)),
            text(line.pledgee),
            text(&line.month),
            text(&line.town),
            text(registry.town(&line.town).unwrap_or_default()),
            Value::Number(decimal(line.quantity)),
            Value::Number(decimal(line.reached.lost)),
            Value::Number(decimal(line.reached.frozen)),
            text(&line.unit),
            text(state_words(line.state)),
            Value::Number(position.at.to_string()),
        ]
    };
    let head = [
        "担保物 line",
        "权益 right",
        "种类 kind",
        "担保权人 pledgee",
        "编号 id",
        "登记月 month",
        "乡镇 town",
        "乡镇名 town name",
        "数量 quantity",
        "其中悬空 overhang",
        "其中冻结 frozen",
        "单位 unit",
        "状态 state",
        "账页位置 position",
    ];
    let rows = taken.iter().map(row).collect();
    Ok(table("明细 lines", &head, rows))
}
