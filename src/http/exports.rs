//! Lists and statistics as spreadsheets: xlsx with real numbers and dates, or CSV.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::documents::workbook::lists::{self, Names, table, text};
use crate::documents::workbook::sheet_out::{Table, Value, csv, workbook};
use crate::domain::facts::{Record, StateKey};
use crate::domain::policy::KindPolicy;
use crate::domain::right::Right;
use crate::http::answer::{header, read};
use crate::http::export_columns::only;
use crate::http::export_standing::{rights_of, stands};
use crate::http::extract::{Named, Params};
use crate::http::monthly::{file_name, monthly};
use crate::http::person::{page, wants_page};
use crate::http::problem::Problem;
use crate::http::schema::ReadProblems;
use crate::http::statistics::{BY, dimensions, selection};
use crate::primitives::id::{EntryIndex, PartyId};
use crate::primitives::limits;
use crate::primitives::time::Day;
use crate::service::Registry;
use crate::service::alerts::AlertFilter;
use crate::service::narrowing::{Narrowing, PledgeState};
use crate::service::query::{Found, Listing};
use crate::service::standing::{self, StatusOf};
use crate::service::statistics::{
    Dimension, LineState, Month, Reached, Selection, decimal, lines, tabulate,
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv; charset=utf-8";

/// What a person is told whose list has more than [`limits::EXPORT_ROWS_MAX`] records.
pub(super) const TOO_LONG_ZH: &str =
    "超过 20,000 条, 不能一次导出。请先按主体、种类、月份等缩小范围, 或在页面上逐页查看。";

/// The lists that can be had.
#[derive(Clone, Copy)]
enum List {
    Rights,
    Pledges,
    Parties,
    Alerts,
    Reconciliation,
    Statistics,
    Lines,
    Monthly,
}

/// What narrows a list, by what it takes.
#[derive(Default)]
struct Asked {
    listing: Option<Listing>,
    narrowing: Narrowing,
    status: Option<StatusOf>,
    since: Option<Day>,
    day: Option<Day>,
    at: Option<u64>,
    month: Option<Month>,
    by: Option<Vec<Dimension>>,
    selection: Selection,
}

impl Asked {
    fn read(list: List, params: &mut Params) -> Result<Self, Problem> {
        let mut asked = Self::default();
        match list {
            List::Rights => {
                let holder = params.parsed("holder", "an id such as M9", PartyId::parse)?;
                asked.listing = Some(holder.map_or(Listing::Rights, Listing::RightsOf));
                asked.narrowing.kind = params.text("kind")?;
                asked.status = params.parsed("status", StatusOf::WORDS, StatusOf::parse)?;
            }
            List::Pledges => {
                let taken = params.parsed("pledgee", "an id such as M9", PartyId::parse)?;
                let given = match taken {
                    Some(_) => None,
                    None => params.parsed("pledgor", "an id such as M9", PartyId::parse)?,
                };
                let given = given.map_or(Listing::Pledges, Listing::PledgedBy);
                asked.listing = Some(taken.map_or(given, Listing::PledgesOf));
                asked.narrowing.state =
                    params.parsed("state", PledgeState::WORDS, PledgeState::parse)?;
                asked.narrowing.ends_by =
                    params.parsed("ends_by", "a day such as 2026-12-01", Day::parse)?;
                asked.since = params.parsed("since", "a day such as 2026-12-01", Day::parse)?;
            }
            List::Parties => asked.listing = Some(Listing::Parties),
            List::Alerts | List::Reconciliation => {
                asked.day = params.parsed("day", "a day such as 2026-12-01", Day::parse)?;
            }
            List::Statistics => {
                asked.at = params.count("at")?;
                asked.by = params.parsed("by", BY, dimensions)?;
            }
            List::Lines => {
                asked.at = params.count("at")?;
                asked.selection = selection(params)?;
                asked.selection.state =
                    params.parsed("state", LineState::WORDS, LineState::parse)?;
            }
            List::Monthly => {
                asked.month = params.parsed("month", "a month such as 2026-12", Month::parse)?;
                asked.at = params.count("at")?;
            }
        }
        Ok(asked)
    }
}

impl List {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "rights" => Some(Self::Rights),
            "pledges" => Some(Self::Pledges),
            "parties" => Some(Self::Parties),
            "alerts" => Some(Self::Alerts),
            "reconciliation" => Some(Self::Reconciliation),
            "statistics" => Some(Self::Statistics),
            "lines" => Some(Self::Lines),
            "monthly" => Some(Self::Monthly),
            _ => None,
        }
    }
}

/// A list as a spreadsheet
///
/// `rights`, `pledges` (a row for each line), `parties`, `alerts` and `reconciliation` of a day, or `statistics` and the `lines`
/// behind them as of a position, with the ending `.xlsx` (real numbers and dates) or `.csv` (UTF-8 with a byte-order mark). `monthly` has the lines that stood in
/// a month that is over, or up to a position in it, in published columns (FORMATS section 13). Of lists with more than 20,000 records, page
/// through the list itself.
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
        ("kind" = Option<String>, Query, description = "only lines over this kind, or rights of it"),
        ("columns" = Option<String>, Query, description = "only these columns, by the English words of their heads with `_` between; all if absent", example = "id,kind,holder"),
        ("ends_by" = Option<String>, Query, description = "only pledges whose claim is to end on this day or before", example = "2027-06-30"),
        ("status" = Option<String>, Query, description = "only rights that stand so: `free`, `partly`, `fully`, `frozen`, `overhang`, `disputed`, `barred`, `ended` or `succeeded`", example = "free"),
        ("since" = Option<String>, Query, description = "only pledges that were registered on this day (UTC+8) or later", example = "2026-12-01"),
        ("town" = Option<String>, Query, description = "only lines of this town"),
        ("form" = Option<String>, Query, description = "only lines of this form of security", example = "质押"),
        ("item" = Option<String>, Query, description = "only lines whose quantity is of this, such as a pollutant", example = "COD"),
        ("green" = Option<String>, Query, description = "only lines of loans of this green category", example = "GIC2019:1.5.1"),
        ("state" = Option<String>, Query, description = "only lines that are `open`, `impaired`, `ended`, `lapsed`, `moved`, `disposed` or `released`; only pledges that are `open` or `closed`"),
    ),
    responses(
        (status = 200, description = "the spreadsheet", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
        ReadProblems
    )
)]
pub(crate) async fn get_export(
    State(registry): State<Arc<Registry>>,
    Named(file): Named<String>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, Problem> {
    match export(registry, file, params).await {
        // Pages link here, so what goes wrong is told to a person.
        Err(problem) if wants_page(&headers) => Ok(page(problem)),
        made => made,
    }
}

async fn export(
    registry: Arc<Registry>,
    file: String,
    mut params: Params,
) -> Result<Response, Problem> {
    let what = "must be rights, pledges, parties, alerts, reconciliation, statistics, lines or monthly, with .xlsx or .csv";
    let wrong = || Problem::field("file", what).because_zh("没有这个名称的列表");
    let (name, ending) = file.rsplit_once('.').ok_or_else(wrong)?;
    let list = List::parse(name).ok_or_else(wrong)?;
    let is_csv = match ending {
        "xlsx" => false,
        "csv" => true,
        _ => return Err(wrong()),
    };
    let asked = Asked::read(list, &mut params)?;
    let columns = params.text("columns")?;
    params.finish()?;
    let saved = match asked.month {
        // One is kept beside those of other months and districts.
        Some(month) => file_name(&registry, month, asked.at, ending),
        None => file.clone(),
    };
    let bytes = read(registry, move |registry| {
        let made = match (list, asked.listing) {
            (List::Alerts, _) => alerts(registry, asked.day)?,
            (List::Reconciliation, _) => reconciliation(registry, asked.day)?,
            (List::Statistics, _) => statistics(registry, asked.at, asked.by.as_deref())?,
            (List::Lines, _) => lines_table(registry, asked.at, &asked.selection)?,
            (List::Monthly, _) => monthly(registry, asked.month, asked.at)?,
            (List::Rights | List::Pledges | List::Parties, Some(listing)) => {
                records(registry, list, listing, &asked)?
            }
            (List::Rights | List::Pledges | List::Parties, None) => Table::default(),
        };
        let made = match columns {
            Some(columns) => only(made, &columns)?,
            None => made,
        };
        let bytes = if is_csv {
            csv(&made)
        } else {
            workbook(&[made])
        };
        bytes.map_err(|fault| Problem::internal(&fault))
    })
    .await?;
    let kind = HeaderValue::from_static(if is_csv { CSV } else { XLSX });
    let response = (StatusCode::OK, [(CONTENT_TYPE, kind)], bytes).into_response();
    let name = format!("attachment; filename=\"{saved}\"");
    Ok(header(response, CONTENT_DISPOSITION, &name))
}

/// Reads every record of a listing that is wanted, page by page.
fn all(
    registry: &Registry,
    listing: Listing,
    narrowing: &Narrowing,
    mut after: Option<EntryIndex>,
) -> Result<Vec<Found>, Problem> {
    let mut rows: Vec<Found> = Vec::new();
    let now = registry.now();
    loop {
        let page = registry.list(listing, after, limits::PAGE_ROWS_MAX)?;
        let is_last = page.len() < limits::PAGE_ROWS_MAX;
        after = page.last().and_then(|found| found.value.key.entry());
        let wanted = page.into_iter();
        rows.extend(wanted.filter(|found| narrowing.takes(&found.value.record, now)));
        if rows.len() > limits::EXPORT_ROWS_MAX {
            let why = format!(
                "the list has more than {} records; name a party, or page through the list",
                limits::EXPORT_ROWS_MAX
            );
            return Err(Problem::field("file", why).because_zh(TOO_LONG_ZH));
        }
        if is_last || after.is_none() {
            return Ok(rows);
        }
    }
}

/// The names of parties and the titles of kinds.
struct Known {
    parties: BTreeMap<PartyId, String>,
    kinds: BTreeMap<String, KindPolicy>,
}

impl Known {
    fn read(registry: &Registry) -> Result<Self, Problem> {
        let now = registry.now().max(registry.published().time);
        let kinds = registry.active_policies(now)?.into_iter();
        let mut parties = BTreeMap::new();
        for found in all(registry, Listing::Parties, &Narrowing::default(), None)? {
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

    fn party(&self, id: PartyId) -> String {
        self.parties.get(&id).cloned().unwrap_or_default()
    }

    fn kind(&self, kind: &str) -> (String, String) {
        match self.kinds.get(kind) {
            Some(policy) => (
                format!("{} {}", policy.title_zh, policy.title_en),
                policy.unit.clone(),
            ),
            None => (kind.to_owned(), String::new()),
        }
    }
}

fn records(
    registry: &Registry,
    list: List,
    listing: Listing,
    asked: &Asked,
) -> Result<Table, Problem> {
    let known = Known::read(registry)?;
    let (mut rights, mut pledges, mut parties) = (Vec::new(), Vec::new(), Vec::new());
    let now = registry.now().max(registry.published().time);
    let stands = |right: &Right| stands(known.kinds.get(&right.kind), right, now);
    let after = match asked.since {
        Some(day) => registry.first_entry_since(day)?.checked_sub(1),
        None => None,
    };
    for found in all(registry, listing, &asked.narrowing, after)? {
        match (found.value.key, found.value.record) {
            (StateKey::Right(id), Record::Right(right)) => {
                let policy = known.kinds.get(&right.kind);
                let status = policy.map(|policy| standing::status_of(&right, policy, now));
                if asked.status.is_none() || asked.status == status {
                    rights.push((id, right));
                }
            }
            (StateKey::Pledge(id), Record::Pledge(pledge)) => pledges.push((id, pledge)),
            (StateKey::Party(id), Record::Party(party)) => parties.push((id, party)),
            _ => {}
        }
    }
    let beneath = rights_of(registry, &pledges)?;
    let names = Names {
        party: &|id| known.party(id),
        kind: &|kind| known.kind(kind),
        right: &|id| beneath.get(&id).cloned().unwrap_or_default(),
    };
    Ok(match list {
        List::Rights => lists::rights(&rights, &names, &stands),
        List::Pledges => lists::pledges(&pledges, &names, now),
        List::Parties
        | List::Alerts
        | List::Reconciliation
        | List::Statistics
        | List::Lines
        | List::Monthly => lists::parties(&parties),
    })
}

fn alerts(registry: &Registry, day: Option<Day>) -> Result<Table, Problem> {
    let day = day.unwrap_or_else(|| registry.now().day());
    let known = Known::read(registry)?;
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = registry.alerts(
            &AlertFilter::default(),
            &[],
            day,
            after.as_ref(),
            limits::PAGE_ROWS_MAX,
        )?;
        for alert in page.alerts {
            let parties: Vec<String> = alert
                .parties
                .iter()
                .map(|id| format!("{} ({id})", known.party(*id)))
                .collect();
            rows.push(vec![
                text(alert.kind.name()),
                text(alert.record.name()),
                alert
                    .line
                    .map_or(Value::Empty, |line| Value::Number(line.to_string())),
                alert.right.map_or(Value::Empty, text),
                text(parties.join("; ")),
                alert.on.map_or(Value::Empty, Value::Day),
                alert
                    .days_left
                    .map_or(Value::Empty, |days| Value::Number(days.to_string())),
                alert
                    .amount
                    .map_or(Value::Empty, |amount| Value::Number(amount.to_string())),
                text(alert.records.join(", ")),
            ]);
        }
        if rows.len() > limits::EXPORT_ROWS_MAX {
            return Err(Problem::field(
                "file",
                "there are too many alerts; ask for those of a party",
            )
            .because_zh(TOO_LONG_ZH));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let head = [
        "提示 alert",
        "登记项 record",
        "行 line",
        "权益 right",
        "相关主体 parties",
        "日期 on",
        "剩余天数 days left",
        "数量 amount",
        "相关记录 records",
    ];
    Ok(table("提示 alerts", &head, rows))
}

fn reconciliation(registry: &Registry, day: Option<Day>) -> Result<Table, Problem> {
    let day = day.unwrap_or_else(|| registry.now().day());
    let known = Known::read(registry)?;
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = registry.reconciliation(None, None, day, after, limits::PAGE_ROWS_MAX)?;
        for row in page.rows {
            let report = row.report.as_ref();
            let of = |value: Option<String>| value.map_or(Value::Empty, text);
            rows.push(vec![
                text(row.pledge),
                text(format!("{} ({})", known.party(row.pledgee), row.pledgee)),
                text(format!(
                    "{} {}",
                    row.standing.name_zh(),
                    row.standing.name()
                )),
                of(row.register.clone()),
                of(report.map(|report| report.number.clone())),
                of(report.map(|report| report.status.name().to_owned())),
                report.map_or(Value::Empty, |report| Value::Day(report.checked)),
                report
                    .and_then(|report| report.term)
                    .map_or(Value::Empty, |term| Value::Day(term.to())),
                row.days_left
                    .map_or(Value::Empty, |days| Value::Number(days.to_string())),
            ]);
        }
        if rows.len() > limits::EXPORT_ROWS_MAX {
            let why = "there are too many pledges; page through /v1/reconciliation";
            return Err(Problem::field("file", why).because_zh(TOO_LONG_ZH));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let head = [
        "登记项 pledge",
        "担保权人 pledgee",
        "核对结果 standing",
        "外部登记机构 register",
        "外部登记编号 number",
        "外部状态 status",
        "核对日 checked",
        "外部到期日 ends",
        "剩余天数 days left",
    ];
    Ok(table("核对 reconciliation", &head, rows))
}

/// What the table of statistics may be grouped by, with the heads of its columns.
const GROUPS: [(Dimension, &[&str]); 7] = [
    (Dimension::Pledgee, &["担保权人 pledgee", "编号 id"]),
    (Dimension::Kind, &["种类 kind"]),
    (Dimension::Month, &["登记月 month"]),
    (Dimension::Town, &["乡镇 town"]),
    (Dimension::Form, &["担保形式 form"]),
    (Dimension::Item, &["数量所指 item"]),
    (Dimension::Green, &["绿色贷款目录代码 green"]),
];

/// Heads of what it says of each group.
const STATISTICS: [&str; 21] = [
    "担保数 pledges",
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
                Dimension::Month
                | Dimension::Town
                | Dimension::Form
                | Dimension::Item
                | Dimension::Green => row.push(text(value)),
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
            Value::Number(decimal(line.quantity)),
            Value::Number(decimal(line.reached.lost)),
            Value::Number(decimal(line.reached.frozen)),
            text(&line.unit),
            text(line.state.name()),
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
