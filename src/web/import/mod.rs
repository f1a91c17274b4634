//! The page 导入: a table is uploaded, every row is judged and shown with what to do about it, and what may be registered is
//! signed in the browser, row by row, with the importer's key.
//!
//! The server writes nothing here and keeps nothing: the file is read in a process of its own, the answer goes back with the
//! page, and what the page then submits are signed commands like any others. For members alone, because reading a hostile file
//! costs seconds of a processor.

mod judge;
mod lending;
mod portion;
pub(crate) mod report;

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use crate::documents::DocumentFault;
use crate::documents::books::RowFault;
use crate::documents::books::columns::template_of;
use crate::documents::books::geojson::Grounds;
use crate::documents::books::lending::Lending;
use crate::documents::books::sheet::{Nearest, fitting, nearest};
use crate::documents::workbook::TableFault;
use crate::documents::workbook::grid::Line;
use crate::domain::facts::{Record, StateKey};
use crate::domain::policy::KindPolicy;
use crate::primitives::limits;
use crate::service::Registry;
use crate::web::act::suggest::known;
use crate::web::import::judge::{Desk, Outlook, Row};
use crate::web::import::lending::Eye;
use crate::web::import::portion::{Cut, Kept, Portion, carried};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::{Fault, Shell, Visit, answer};
use crate::web::upload::{self, Part};
use crate::web::vocabulary::Vocabulary;
use crate::web::{signing, upload::field};

/// Bytes of an upload: a table of [`ROWS_MAX`] rows, and as many polygons.
const UPLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Rows that the page judges and signs at once; a larger book comes in parts, or by the command line.
const ROWS_MAX: usize = 500;
/// Tables that are read at a time, each in a process of its own.
const READERS_MAX: usize = 2;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Reads the lines of a table in a process with limits; the pages start none themselves.
pub type ReadTable = Arc<dyn Fn(Vec<u8>) -> Result<Vec<Line>, TableFault> + Send + Sync>;

/// What the page needs beside the register.
#[derive(Clone)]
pub(crate) struct Reader {
    read: ReadTable,
    free: Arc<Semaphore>,
}

impl Reader {
    pub(crate) fn new(read: ReadTable) -> Self {
        let free = Arc::new(Semaphore::new(READERS_MAX));
        Self { read, free }
    }
}

/// Why a file was not judged.
struct Notice {
    reason: String,
    fix: String,
}

impl Notice {
    fn new(lang: Lang, reason: (&str, &str), fix: (&str, &str)) -> Self {
        Self {
            reason: lang.pick(reason.0, reason.1).to_owned(),
            fix: lang.pick(fix.0, fix.1).to_owned(),
        }
    }

    fn of(fault: RowFault, lang: Lang) -> Self {
        let (reason, fix) = match lang {
            Lang::Zh => *fault.zh,
            Lang::En => (fault.reason, fault.fix),
        };
        Self { reason, fix }
    }
}

/// A file that was judged.
struct Judged {
    file: String,
    kind: String,
    /// What may be done with it, in words, with a shape and a color beside them.
    result: (&'static str, &'static str, String),
    counts: String,
    /// The column of the class, by what it is called and by its header, where the book has one: a right of a class that was mistyped can never be pledged.
    class: Option<(String, String)>,
    rows: Vec<Row>,
    /// Which of its rows these are, where it has more.
    portion: Option<Portion>,
    /// The rows with what was told beside each: the page sends it back to be saved as a workbook, since nothing is kept.
    table: String,
}

impl Judged {
    fn result_of(rows: &[Row], lang: Lang) -> (&'static str, &'static str, String) {
        let count = |is: fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count();
        let may = count(|row| row.outlook == Outlook::May);
        let wrong = count(|row| row.outlook.is_wrong());
        let (tag, sign) = match (may, wrong) {
            (_, 0) => ("yes", "✓"),
            (0, _) => ("no", "✕"),
            (_, _) => ("unclear", "▲"),
        };
        let told = match (lang, may, wrong) {
            (Lang::Zh, 0, 0) => "没有需要登记的行".to_owned(),
            (Lang::En, 0, 0) => "No row is left to be registered".to_owned(),
            (Lang::Zh, _, _) => format!("可以登记 {may} 行, 有误 {wrong} 行"),
            (Lang::En, _, _) => {
                format!("Rows that may be registered: {may}; wrong rows: {wrong}")
            }
        };
        (tag, sign, told)
    }

    fn is_done(&self) -> bool {
        let is_present = |row: &Row| row.outlook == Outlook::Present;
        self.portion.is_none() && !self.rows.is_empty() && self.rows.iter().all(is_present)
    }
}

#[derive(Template)]
#[template(path = "import.html")]
pub(crate) struct ImportPage {
    shell: Shell,
    kinds: Vec<(String, String)>,
    chosen: String,
    notice: Option<Notice>,
    judged: Option<Judged>,
    aud: String,
    /// The time of the register, for commands: that of the computer may be wrong.
    now: String,
    /// What the codes of this register are called, as JSON.
    vocabulary: String,
    checkers: u64,
    script: &'static str,
}

/// What came with the form.
struct Upload {
    kind: Option<String>,
    file: Part,
    grounds: Vec<u8>,
    wants_workbook: bool,
    /// The row of a longer table with which the page begins, from 0.
    from: usize,
}

/// Shows the form.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<ImportPage, Fault> {
    Ok(ImportPage {
        shell: Shell::new(registry, visit, visit.lang.words().import_title),
        kinds: judge::kinds(registry, visit.lang)?,
        chosen: visit.typed("kind"),
        notice: None,
        judged: None,
        aud: registry.aud().to_owned(),
        now: registry.now().to_string(),
        vocabulary: Vocabulary::of(registry, visit.lang)?.to_json(),
        checkers: checkers(registry, visit)?,
        script: signing::hash(),
    })
}

/// How many checkers sign beside the maker.
fn checkers(registry: &Registry, visit: &Visit) -> Result<u64, Fault> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(0);
    };
    let found = registry.record(&StateKey::Party(signed_in.session.org))?;
    Ok(match found.map(|found| found.value.record) {
        Some(Record::Party(party)) => party.threshold_for("issue_right").saturating_sub(1),
        Some(_) | None => 0,
    })
}

/// Takes an upload and answers with every row judged, as a page or as a workbook.
pub(crate) async fn receive(
    reader: Reader,
    State(registry): State<Arc<Registry>>,
    visit: Visit,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (asked, again) = (Arc::clone(&registry), visit.clone());
    let judged = match taken(&visit, &headers, body).await {
        Ok(upload) => {
            let Ok(_permit) = Arc::clone(&reader.free).try_acquire_owned() else {
                let fault = busy(visit.lang);
                return noticed(registry, visit, fault).await;
            };
            let wants_workbook = upload.wants_workbook;
            let work = move || judge_upload(&reader.read, &asked, &again, upload);
            match tokio::task::spawn_blocking(work).await {
                Ok(Ok(Ok(judged))) if wants_workbook => return report::answer(&judged, visit.lang),
                Ok(Ok(judged)) => judged,
                Ok(Err(fault)) => {
                    return answer(registry, visit, move |_, _| Err::<ImportPage, _>(fault)).await;
                }
                Err(fault) => {
                    let fault = Fault::Internal(fault.to_string());
                    return answer(registry, visit, move |_, _| Err::<ImportPage, _>(fault)).await;
                }
            }
        }
        Err(notice) => Err(notice),
    };
    match judged {
        Ok(judged) => {
            answer(registry, visit, move |registry, visit| {
                Ok(ImportPage {
                    judged: Some(judged),
                    ..page(registry, visit)?
                })
            })
            .await
        }
        Err(notice) => noticed(registry, visit, notice).await,
    }
}

async fn noticed(registry: Arc<Registry>, visit: Visit, notice: Notice) -> Response {
    answer(registry, visit, move |registry, visit| {
        Ok(ImportPage {
            notice: Some(notice),
            ..page(registry, visit)?
        })
    })
    .await
}

fn busy(lang: Lang) -> Notice {
    Notice::new(
        lang,
        ("正在读取其他表格", "other tables are being read"),
        ("请过几秒再试", "try again in a few seconds"),
    )
}

/// Takes the form apart.
async fn taken(visit: &Visit, headers: &HeaderMap, body: Body) -> Result<Upload, Notice> {
    let lang = visit.lang;
    // Read to its end in any case: a browser that is cut off shows no page.
    let bytes = axum::body::to_bytes(body, UPLOAD_BYTES_MAX).await;
    if visit.signed_in.is_none() {
        let reason = (
            "登录已结束, 文件没有读取",
            "the session has ended; the file was not read",
        );
        let fix = (
            "登录后请再选一次这个文件",
            "sign in, and choose the file again",
        );
        return Err(Notice::new(lang, reason, fix));
    }
    let Ok(bytes) = bytes else {
        return Err(Notice::new(
            lang,
            ("文件超过 4 MB", "the file has more than 4 MB"),
            (
                "分成几个表, 或用命令行 greenlien import",
                "split the table, or use greenlien import",
            ),
        ));
    };
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let parts = kind.and_then(|kind| upload::parts(kind, &bytes));
    let file = parts.as_deref().and_then(|parts| field(parts, "file"));
    // A form without a chosen file sends one without a name.
    let file = file.filter(|file| {
        !file.bytes.is_empty() || file.file.as_ref().is_some_and(|name| !name.is_empty())
    });
    let on_its_way = parts.as_deref().and_then(carried_file);
    let (Some(parts), Some(file)) = (parts.as_deref(), file.or(on_its_way.as_ref())) else {
        return Err(Notice::new(
            lang,
            ("没有收到文件", "no file has come"),
            ("请选择 xlsx 或 CSV 文件", "choose an xlsx or CSV file"),
        ));
    };
    let text = |name: &str| {
        let part = field(parts, name)?;
        let text = String::from_utf8(part.bytes.clone()).ok()?;
        (!text.is_empty()).then_some(text)
    };
    Ok(Upload {
        kind: text("kind"),
        file: file.clone(),
        grounds: field(parts, "grounds")
            .map(|part| part.bytes.clone())
            .filter(|bytes| !bytes.is_empty())
            .or_else(|| carried(parts, "kept_grounds"))
            .unwrap_or_default(),
        wants_workbook: text("as").as_deref() == Some("xlsx"),
        from: text("from").and_then(|text| text.parse().ok()).unwrap_or(0),
    })
}

/// The file that a page has carried to this part.
fn carried_file(parts: &[Part]) -> Option<Part> {
    let name = field(parts, "kept_name")?.bytes.clone();
    Some(Part {
        name: "file".to_owned(),
        file: String::from_utf8(name).ok(),
        bytes: carried(parts, "kept")?,
    })
}

/// What is told of a file that is no table, or reaches beyond what a table may have.
fn unreadable(fault: TableFault, lang: Lang) -> Notice {
    let (reason, fix) = match lang {
        Lang::Zh => *fault.zh,
        Lang::En => (fault.reason, fault.fix),
    };
    let reason = match lang {
        Lang::Zh => format!("表格无法读取: {reason}"),
        Lang::En => format!("The table cannot be read: it {reason}"),
    };
    Notice { reason, fix }
}

/// Reads the file, finds its kind and judges its rows.
fn judge_upload(
    read: &ReadTable,
    registry: &Registry,
    visit: &Visit,
    upload: Upload,
) -> Result<Result<Judged, Notice>, Fault> {
    let lang = visit.lang;
    let Some(signed_in) = &visit.signed_in else {
        return Err(Fault::NotFound);
    };
    let name = upload.file.file.clone().unwrap_or_default();
    let cut = Cut {
        from: upload.from,
        wants_workbook: upload.wants_workbook,
        kept: Kept::of(&upload),
    };
    let lines = match read(upload.file.bytes) {
        Ok(lines) => lines,
        Err(fault) => return Ok(Err(unreadable(fault, lang))),
    };
    let grounds = match grounds_of(&upload.grounds, lang) {
        Ok(grounds) => grounds,
        Err(notice) => return Ok(Err(notice)),
    };
    let policies = registry.active_policies(registry.now())?;
    let lending = lending_of(upload.kind.as_deref(), &lines);
    if let Some((book, missing)) = &lending
        && missing.is_empty()
    {
        return judge_lending(registry, visit, &policies, (*book, &name, &lines), cut);
    }
    let mut found = fitting(&name, &lines, upload.kind.as_deref(), &policies);
    let Some((policy, rows)) = found.kinds.pop() else {
        let named = found.fault.filter(|_| upload.kind.is_some());
        return Ok(Err(named.map_or_else(
            || match &lending {
                Some((book, missing)) => no_book(*book, missing, lang),
                None => no_kind(&name, nearest(&lines, &policies).as_ref(), lang),
            },
            |fault| Notice::of(fault, lang),
        )));
    };
    if !found.kinds.is_empty() {
        let reason = (
            "列名同时符合几个种类",
            "the columns are those of several kinds",
        );
        let fix = ("请选择种类", "choose the kind");
        return Ok(Err(Notice::new(lang, reason, fix)));
    }
    let (rows, portion) = match cut.rows(rows, ROWS_MAX, lang) {
        Ok(cut) => cut,
        Err(notice) => return Ok(Err(notice)),
    };
    let desk = Desk {
        registry,
        org: signed_in.session.org,
        policy,
        grounds: &grounds,
        lang,
    };
    let rows = desk.judge(&rows)?;
    let mut result = Judged::result_of(&rows, lang);
    result.2.push_str(&noted_count(&rows, lang));
    Ok(Ok(Judged {
        file: name,
        kind: look::kind_title(policy, lang).to_owned(),
        result,
        class: desk.class(),
        counts: judge::counts(&rows, lang),
        table: report::text(&rows, lang),
        rows,
        portion,
    }))
}

/// How many rows may be registered with something to be read first; empty where there is none.
fn noted_count(rows: &[Row], lang: Lang) -> String {
    let has_note = |row: &&Row| row.outlook == Outlook::May && !row.told.is_empty();
    match (rows.iter().filter(has_note).count(), lang) {
        (0, _) => String::new(),
        (count, Lang::Zh) => format!("; 其中 {count} 行有提示, 请先看"),
        (count, Lang::En) => format!("; rows with a note to be read first: {count}"),
    }
}

/// Which of a lender's books was asked for or has these columns, and which it lacks.
fn lending_of(kind: Option<&str>, lines: &[Line]) -> Option<(Lending, Vec<&'static str>)> {
    match kind {
        Some(kind) => Lending::parse(kind).map(|book| (book, Vec::new())),
        None => Lending::of(lines),
    }
}

/// Judges the rows of a lender's book.
fn judge_lending(
    registry: &Registry,
    visit: &Visit,
    policies: &[KindPolicy],
    (book, name, lines): (Lending, &str, &[Line]),
    cut: Cut,
) -> Result<Result<Judged, Notice>, Fault> {
    let lang = visit.lang;
    let Some(signed_in) = &visit.signed_in else {
        return Err(Fault::NotFound);
    };
    let rows = match book.rows(name, lines) {
        Ok(rows) => rows,
        Err(fault) => return Ok(Err(Notice::of(fault, lang))),
    };
    // A pledge waits in the inbox for its pledgor, which takes so many of one member.
    let most = match book {
        Lending::Pledges => limits::DRAFTS_PER_PARTY_MAX,
        Lending::Releases => ROWS_MAX,
    };
    let (rows, portion) = match cut.rows(rows, most, lang) {
        Ok(cut) => cut,
        Err(notice) => return Ok(Err(notice)),
    };
    let eye = Eye {
        registry,
        visit,
        session: &signed_in.session,
        policies,
    };
    let rows = eye.judge(book, &rows)?;
    let (zh, en) = book.title();
    Ok(Ok(Judged {
        file: name.to_owned(),
        kind: lang.pick(zh, en).to_owned(),
        result: Judged::result_of(&rows, lang),
        class: None,
        counts: judge::counts(&rows, lang),
        table: report::text(&rows, lang),
        rows,
        portion,
    }))
}

fn no_book(book: Lending, missing: &[&str], lang: Lang) -> Notice {
    let (zh, en) = book.title();
    let reason = match lang {
        Lang::Zh => format!("最接近「{zh}」, 缺少列「{}」", missing.join("」「")),
        Lang::En => format!("nearest is the {en}, which lacks: {}", missing.join(", ")),
    };
    let fix = lang.pick(
        "下载模板, 按模板的列名填写",
        "download the template and use its columns",
    );
    Notice {
        reason,
        fix: fix.to_owned(),
    }
}

fn no_kind(file: &str, nearest: Option<&Nearest<'_>>, lang: Lang) -> Notice {
    if let Some(fault) = nearest.and_then(|nearest| nearest.fault(file)) {
        return Notice::of(fault, lang);
    }
    let mut notice = Notice::new(
        lang,
        (
            "列名不符合任何种类的模板",
            "the columns are those of no kind",
        ),
        (
            "下载模板, 按模板的列名填写; 或选择种类, 查看缺少哪一列",
            "download a template and use its columns; or choose the kind to see what is missing",
        ),
    );
    if let Some(nearest) = nearest {
        let title = look::kind_title(nearest.policy, lang);
        let more = match lang {
            Lang::Zh => {
                format!(
                    "; 最接近「{title}」, 缺少列「{}」",
                    nearest.missing.join("」「")
                )
            }
            Lang::En => format!(
                "; nearest is the {title}, which lacks: {}",
                nearest.missing.join(", ")
            ),
        };
        notice.reason.push_str(&more);
    }
    notice
}

fn grounds_of(bytes: &[u8], lang: Lang) -> Result<Grounds, Notice> {
    if bytes.is_empty() {
        return Ok(Grounds::default());
    }
    let fix = (
        "请重新导出为 GeoJSON (RFC 7946, CGCS2000)",
        "export it again as GeoJSON (RFC 7946, CGCS2000)",
    );
    let refuse = |detail: String| Notice {
        reason: format!("{}: {detail}", lang.pick("界址文件不可用", "the polygons")),
        fix: lang.pick(fix.0, fix.1).to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|fault| refuse(fault.to_string()))?;
    Grounds::parse(text).map_err(|fault| refuse(fault.to_string()))
}

/// Answers with the workbook to be filled in for a kind.
pub(crate) async fn get_template(
    State(registry): State<Arc<Registry>>,
    Path(name): Path<String>,
    visit: Visit,
) -> Response {
    let asked = Arc::clone(&registry);
    let made = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, Fault> {
        let kind = name.strip_suffix(".xlsx").ok_or(Fault::NotFound)?;
        let internal = |fault: DocumentFault| Fault::Internal(fault.to_string());
        if let Some(book) = Lending::parse(kind) {
            let policies = asked.active_policies(asked.now())?;
            return book.template(&policies).map_err(internal);
        }
        let policy = asked
            .active_policy(kind, asked.now())?
            .ok_or(Fault::NotFound)?;
        let made = template_of(&policy, &known(&asked, &policy)).ok_or(Fault::NotFound)?;
        made.map_err(internal)
    });
    let fault = match made.await {
        Ok(Ok(bytes)) => return workbook(bytes, "template.xlsx"),
        Ok(Err(fault)) => fault,
        Err(fault) => Fault::Internal(fault.to_string()),
    };
    answer(registry, visit, move |_, _| Err::<ImportPage, _>(fault)).await
}

fn workbook(bytes: Vec<u8>, name: &str) -> Response {
    let Ok(kept) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(XLSX)),
        (CONTENT_DISPOSITION, kept),
    ];
    (headers, bytes).into_response()
}
