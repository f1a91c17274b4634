//! Workbooks with the real program: a template is filled in, judged, confirmed and found again; hostile workbooks end in a
//! refusal and in nothing else.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use greenlien::cli::keyfile::write_key;
use greenlien::client::Watch;
use greenlien::documents::workbook::grid::{Cell, read};
use greenlien::documents::workbook::sheet_out::{Table, Value, workbook};
use greenlien::domain::party::Role;

use crate::cli::{Folder, Run, program};
use crate::desk::offset;
use crate::support::house::House;
use crate::support::play::Play as _;

/// The columns of the book of discharge rights.
const HEADERS: [&str; 7] = [
    "持证单位统一社会信用代码",
    "核定量",
    "单位",
    "有效期起",
    "有效期止",
    "排污许可证编号",
    "污染物代码",
];

struct Office {
    house: House,
    folder: Folder,
    holder: String,
    keys: [String; 2],
    clock: String,
}

impl Office {
    fn new() -> Self {
        let mut house = House::new();
        let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
        let mill = house.admit("mill", &[Role::Holder], &[]);
        let folder = Folder::new();
        let key = |name: &str, key| {
            let path = folder.path(name);
            write_key(&PathBuf::from(&path), key, None).unwrap();
            path
        };
        let keys = [
            key("maker.key", &*bureau.maker),
            key("checker.key", &*bureau.checker),
        ];
        Self {
            clock: format!("--clock-offset={}", offset("2026-12-01T02:00:05Z")),
            holder: mill.credit_code.clone(),
            house,
            folder,
            keys,
        }
    }

    fn row(&self, permit: &str, amount: Value) -> Vec<Value> {
        let text = |text: &str| Value::Text(text.to_owned());
        vec![
            text(&self.holder),
            amount,
            text("吨/年"),
            Value::Day(greenlien::primitives::time::Day::of(2027, 1, 1).unwrap()),
            text("2030-12-31"),
            text(&format!("{}{permit}W", self.holder)),
            text("COD"),
        ]
    }

    fn import(&self, file: &str, more: &[&str]) -> Run {
        let server = self.house.client().base();
        let mut words = vec!["import", file, "--server", server, &self.clock];
        words.extend(self.keys.iter().flat_map(|key| ["--key", key.as_str()]));
        words.extend(more);
        program(&words)
    }

    fn size(&self) -> u64 {
        crate::support::witness::open_checkpoint(&self.house.get("/checkpoint").text).size
    }
}

fn book(rows: Vec<Vec<Value>>) -> Vec<u8> {
    let head = HEADERS.iter().map(|header| (*header).to_owned()).collect();
    workbook(&[Table {
        name: "数据".to_owned(),
        head,
        rows,
    }])
    .unwrap()
}

#[test]
fn a_workbook_is_judged_then_confirmed_and_then_there_is_nothing_to_do() {
    let office = Office::new();
    let good = office.row("001", Value::Number("40.5".to_owned()));
    let also = office.row("002", Value::Text("0.123456".to_owned()));
    let mut broken = office.row("003", Value::Number("10".to_owned()));
    broken[2] = Value::Text("公斤/年".to_owned());
    let zero = office.row("004", Value::Number("0".to_owned()));
    let file = office.folder.file(
        "rights.xlsx",
        book(vec![good.clone(), also.clone(), broken, zero]),
    );
    let report = office.folder.path("judged.xlsx");

    let before = office.size();
    let judged = office.import(&file, &["--report", &report]);
    assert_eq!(judged.code, 1, "{}{}", judged.out, judged.err);
    assert!(
        judged.out.contains("line 2: may be registered") && judged.out.contains("line 3: may be"),
        "{}",
        judged.out
    );
    assert!(
        judged.out.contains("公斤/年") && judged.err.contains("--confirm"),
        "{}{}",
        judged.out,
        judged.err
    );
    assert_eq!(office.size(), before, "nothing is written");
    let lines = read(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(lines.len(), 5);
    let texts: Vec<String> = lines[3]
        .cells
        .iter()
        .map(|cell| format!("{cell:?}"))
        .collect();
    let texts = texts.join(" ");
    assert!(
        texts.contains("not readable") && texts.contains("单位") && texts.contains("公斤/年"),
        "{texts}"
    );

    let file = office
        .folder
        .file("good.xlsx", book(vec![good.clone(), also.clone()]));
    let done = office.import(&file, &["--confirm"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    assert!(done.out.contains("2 registered"), "{}", done.out);
    let after = office.size();
    assert!(after > before);
    for more in [&["--confirm"][..], &[]] {
        let again = office.import(&file, more);
        assert_eq!(again.code, 0, "{}", again.out);
        assert!(
            again.err.contains("nothing to do"),
            "{}{}",
            again.out,
            again.err
        );
    }
    assert_eq!(office.size(), after);

    // An import that stopped goes on behind what is registered, and says where.
    let new = office.row("005", Value::Number("7".to_owned()));
    let longer = book(vec![good, also, new]);
    let on = office.import(
        &office.folder.file("longer.xlsx", longer),
        &["--confirm", "--quiet"],
    );
    assert_eq!(on.code, 0, "{}{}", on.out, on.err);
    let told = "2 rows are registered already; it goes on at line 4";
    assert!(on.err.contains(told), "{}", on.err);
    assert!(
        on.out.contains("1 registered, 2 registered before"),
        "{}",
        on.out
    );
    let right = office.house.get(&format!(
        "/v1/rights?identity=discharge-permit:{}001W%7CCOD",
        office.holder
    ));
    assert!(right.text.contains("\"40.5\""), "{}", right.text);
    office.house.close();
}

/// Rows of a book that takes several requests.
const LONG_ROWS: u64 = 320;

#[test]
fn an_import_that_was_killed_goes_on_where_it_was_and_registers_nothing_twice() {
    let office = Office::new();
    let row = |number| {
        let amount = Value::Number("7".to_owned());
        office.row(&format!("{number:03}"), amount)
    };
    let file = office
        .folder
        .file("long.xlsx", book((1..=LONG_ROWS).map(row).collect()));
    let before = office.size();
    let mut words = vec!["import", &*file, "--server", office.house.client().base()];
    words.extend(["--confirm", "--quiet", &office.clock]);
    words.extend(office.keys.iter().flat_map(|key| ["--key", key.as_str()]));
    let mut killed = Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(&words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first rows are registered, and others are on their way.
    while office.size() == before {
        assert!(killed.try_wait().unwrap().is_none(), "it ended before");
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    // What was on its way when it was killed is decided before the file is given again.
    let mut size = office.size();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = office.size();
        if now == size {
            break;
        }
        size = now;
    }

    let on = office.import(&file, &["--confirm", "--quiet"]);
    assert_eq!(on.code, 0, "{}{}", on.out, on.err);
    let count = |what: &str| -> u64 {
        let (head, _) = on.out.rsplit_once(what).unwrap();
        let number = head.rsplit(|c: char| !c.is_ascii_digit()).next();
        number.unwrap().parse().unwrap()
    };
    let (now, earlier) = (count(" registered, "), count(" registered before"));
    assert!(now > 0 && earlier > 0, "{}", on.out);
    assert_eq!(now + earlier, LONG_ROWS, "{}", on.out);
    let after = office.size();
    let again = office.import(&file, &["--confirm"]);
    assert!(again.err.contains("nothing to do"), "{}", again.err);
    assert_eq!(office.size(), after);
    office.house.close();
}

#[test]
fn a_row_that_repeats_another_is_told_before_anything_is_written_and_one_that_differs_names_its_columns()
 {
    let office = Office::new();
    let one = office.row("001", Value::Number("40".to_owned()));
    let same = office.row("001", Value::Number("41".to_owned()));
    let file = office
        .folder
        .file("twice.xlsx", book(vec![one, same.clone()]));
    let report = office.folder.path("twice-judged.xlsx");
    let judged = office.import(&file, &["--report", &report]);
    assert_eq!(judged.code, 1, "{}{}", judged.out, judged.err);
    for told in [
        "line 2: may be",
        "line 3: repeats an earlier row",
        "line 2 has the same",
    ] {
        assert!(judged.out.contains(told), "{told}: {}", judged.out);
    }
    let lines = read(&std::fs::read(&report).unwrap()).unwrap();
    let told = format!("{:?}", lines[2].cells);
    for word in [
        "与前行重复 repeats",
        "第 2 行已登记同一标识",
        "删去其中一行 / delete",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let done = office.import(&file, &["--confirm"]);
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    let sums = "1 registered, 1 repeats an earlier row";
    assert!(done.out.contains(sums), "{}", done.out);
    let mut other = same;
    other[4] = Value::Text("2031年1月31日".to_owned());
    let file = office.folder.file("other.xlsx", book(vec![other]));
    let differs = office.import(&file, &[]);
    for told in [
        "核定量; 有效期止: ",
        "核定量: 40 is registered, the table has 41",
        "有效期止: 2030-12-31 is registered, the table has 2031-01-31",
    ] {
        assert!(differs.out.contains(told), "{told}: {}", differs.out);
    }
    office.house.close();
}

#[test]
fn a_table_in_gb18030_is_read_as_one_in_utf_8() {
    let office = Office::new();
    let holder = &office.holder;
    let text = format!(
        "{}\n{holder},7,吨/年,2027-01-01,2030-12-31,{holder}001W,COD\n",
        HEADERS.join(",")
    );
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    let file = office.folder.file("rights.csv", &bytes);
    let judged = office.import(&file, &["--kind", "emission"]);
    assert_eq!(judged.code, 0, "{}{}", judged.out, judged.err);
    assert!(judged.out.contains("1 may be registered"), "{}", judged.out);
    let other = office.import(&file, &["--kind", "carbon"]);
    assert_eq!(other.code, 1);
    assert!(
        other.err.contains("the column") && other.err.contains("is missing"),
        "{}",
        other.err
    );
    office.house.close();
}

#[test]
fn a_template_has_the_columns_that_the_import_reads() {
    let office = Office::new();
    let file = office.folder.path("t.xlsx");
    let server = office.house.client().base().to_owned();
    let made = program(&["template", "emission", "--out", &file, "--server", &server]);
    assert_eq!(made.code, 0, "{}", made.err);
    let lines = read(&std::fs::read(&file).unwrap()).unwrap();
    let head: Vec<&Cell> = lines[0].cells.iter().collect();
    for header in HEADERS {
        assert!(
            head.contains(&&Cell::Text(header.to_owned())),
            "{header}: {head:?}"
        );
    }
    // It is empty, so there is nothing to judge.
    let run = office.import(&file, &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(
        program(&["template", "nothing", "--out", &file, "--server", &server]).code,
        1
    );
    office.house.close();
}

/// An archive whose directory says what it is told to say.
fn archive(parts: &[(&str, Vec<u8>)], said: Option<u32>) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let size = said.unwrap_or_else(|| u32::try_from(content.len()).unwrap());
        let mut common = Vec::new();
        common.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        common.extend(crc.sum().to_le_bytes());
        common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        directory.extend(*b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(*b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let (at, length) = (bytes.len(), directory.len());
    bytes.extend(&directory);
    bytes.extend(*b"PK\x05\x06\x00\x00\x00\x00");
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    bytes.extend([count, count].concat());
    bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(at).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// The parts of a workbook with this sheet and these shared strings.
fn parts(sheet: Vec<u8>, strings: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let rels = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    vec![
        ("xl/workbook.xml", book.into_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.into_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ]
}

#[test]
fn a_hostile_workbook_ends_in_a_refusal_within_its_limits() {
    let office = Office::new();
    let sheet =
        |inner: &str| format!("<worksheet><sheetData>{inner}</sheetData></worksheet>").into_bytes();
    let strings = || b"<sst></sst>".to_vec();
    let spaces = || [b"<worksheet><sheetData>".to_vec(), vec![b' '; 100 << 20]].concat();
    let many = || [b"<sst>".to_vec(), b"<si><t>a</t></si>".repeat(6 << 20)].concat();
    let corner = r#"<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>"#;
    let begun = Instant::now();
    for (name, bytes) in [
        ("corner", archive(&parts(sheet(corner), strings()), None)),
        ("bomb", archive(&parts(spaces(), strings()), None)),
        (
            "lying-bomb",
            archive(&parts(spaces(), strings()), Some(1_000)),
        ),
        ("strings", archive(&parts(sheet(""), many()), None)),
        (
            "lying-strings",
            archive(&parts(sheet(""), many()), Some(1_000)),
        ),
        ("empty", archive(&parts(sheet(""), strings()), None)),
        ("no-parts", archive(&[], None)),
        ("text", b"not a workbook".to_vec()),
    ] {
        assert!(bytes.len() < 2 << 20, "{name}: {} bytes", bytes.len());
        let file = office.folder.file(&format!("{name}.xlsx"), &bytes);
        let run = office.import(&file, &["--confirm"]);
        assert_eq!(run.code, 1, "{name}: {}{}", run.out, run.err);
        assert!(
            run.err.contains("error: ") && run.err.contains("hint: "),
            "{name}: {}",
            run.err
        );
    }
    assert!(
        begun.elapsed() < Duration::from_secs(240),
        "{:?}",
        begun.elapsed()
    );
    office.house.close();
}

#[test]
fn lists_and_statistics_are_exported_with_real_numbers_and_days() {
    let mut office = Office::new();
    let bureau = office
        .house
        .admit("second-bureau", &[Role::Authority], &["emission"]);
    let holder = office.house.admit("second-mill", &[Role::Holder], &[]);
    let bank = office.house.admit("bank", &[Role::Bank], &[]);
    let days = crate::support::papers::span("2026-01-01", "2031-01-01");
    let right = office.house.issue(
        &bureau,
        crate::support::papers::emission(&holder, "COD", "120.25", days),
    );
    let extent = crate::support::papers::flow(
        "80",
        "t/a",
        crate::support::papers::span("2027-01-01", "2028-01-01"),
    );
    let line = crate::support::papers::line(right, extent);
    let body = crate::support::papers::pledge(&holder, vec![line]);
    let pledge = office.house.submit(&bank, body, &[&holder], &[]).pledge();
    let server = office.house.client().base().to_owned();
    let export = |words: &[&str], name: &str| {
        let file = office.folder.path(name);
        let run = program(&[&["export"], words, &["--out", &file, "--server", &server]].concat());
        assert_eq!(run.code, 0, "{words:?}: {}", run.err);
        std::fs::read(file).unwrap()
    };
    let line_with = |bytes: &[u8], id: &str| -> Vec<Cell> {
        let lines = read(bytes).unwrap();
        let found = lines
            .iter()
            .find(|line| line.cells.contains(&Cell::Text(id.to_owned())));
        found
            .unwrap_or_else(|| panic!("{id}: {lines:?}"))
            .cells
            .clone()
    };
    let has = |cells: &[Cell], text: &str| cells.contains(&Cell::Text(text.to_owned()));
    let rights = line_with(&export(&["rights"], "r.xlsx"), &right.to_string());
    assert!(
        has(&rights, "120.25") && has(&rights, "2030-12-31") && has(&rights, "t/a"),
        "{rights:?}"
    );
    let pledges = line_with(&export(&["pledges"], "p.xlsx"), &pledge.to_string());
    assert!(
        has(&pledges, "80") && has(&pledges, "2027-12-31") && has(&pledges, "bank"),
        "{pledges:?}"
    );
    let at = pledges
        .iter()
        .position(|cell| *cell == Cell::Text("80".to_owned()))
        .unwrap();
    assert_eq!(pledges[at + 1], Cell::Text("t/a".to_owned()), "{pledges:?}");
    let of_right = format!("{:?}", &pledges[at - 3..at]);
    for said in [
        right.to_string(),
        "排污权".to_owned(),
        "001W | COD".to_owned(),
    ] {
        assert!(of_right.contains(&said), "{said}: {of_right}");
    }
    // The code of the scheme is for programs, and stands apart.
    assert!(!of_right.contains("discharge-permit"), "{of_right}");
    let code = format!("{:?}", rights.last().unwrap());
    assert!(
        code.contains("discharge-permit:") && code.contains("001W|COD"),
        "{rights:?}"
    );
    let parties = line_with(&export(&["parties"], "m.xlsx"), &bank.credit_code);
    assert!(has(&parties, "bank"), "{parties:?}");
    let sums = line_with(&export(&["statistics"], "s.xlsx"), &bank.party.to_string());
    assert!(has(&sums, "80") && has(&sums, "2026-12"), "{sums:?}");
    let lines = export(&["lines", "--state", "open"], "l.xlsx");
    let behind = line_with(&lines, &format!("{pledge}.0"));
    assert!(
        has(&behind, "80") && has(&behind, "在登 open"),
        "{behind:?}"
    );
    let none = export(&["lines", "--state", "released"], "n.csv");
    assert!(
        !String::from_utf8(none)
            .unwrap()
            .contains(&format!("{pledge}.0"))
    );
    let alerts = export(&["alerts", "--day", "2027-12-20"], "a.xlsx");
    let alert = line_with(&alerts, &pledge.to_string());
    let words = "未记载外部登记 No registration in the other register is recorded";
    assert!(
        has(&alert, words) && has(&alert, "中登网 Zhongdeng"),
        "{alert:?}"
    );
    let csv = String::from_utf8(export(
        &["rights", "--holder", &holder.party.to_string()],
        "r.csv",
    ))
    .unwrap();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(
        csv.contains(",120.25,") && csv.contains(",2026-01-01,2030-12-31,"),
        "{csv}"
    );
    let page = office.house.get("/rights").text;
    assert!(page.contains("/v1/exports/rights.xlsx"), "{page}");
    for wrong in ["rights.pdf", "rights", "stamps.xlsx"] {
        assert_eq!(
            office.house.get(&format!("/v1/exports/{wrong}")).status,
            400,
            "{wrong}"
        );
    }
    // A browser that follows a link is told in words.
    let wire = crate::http::Wire::new(office.house.client().base());
    for (path, said) in [
        ("/v1/exports/stamps.xlsx", "没有这个名称的列表"),
        ("/v1/exports/parties.xlsx?holder=M1", "请返回上一页"),
        ("/v1/exports/monthly.xlsx?month=2099-01", "该月份须已结束"),
    ] {
        let accept = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        let raw = wire.send(ureq::http::Method::GET, path, &accept, &[]);
        assert_eq!(raw.status, 400, "{path}");
        assert!(
            raw.header("content-type").starts_with("text/html"),
            "{raw:?}"
        );
        assert!(raw.text().contains(said), "{path}: {}", raw.text());
    }
    assert_eq!(
        office
            .house
            .get("/v1/exports/parties.xlsx?holder=M1")
            .status,
        400
    );
    office.house.close();
}

#[test]
fn whoever_watches_an_export_is_told_of_every_byte() {
    let house = House::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let watch = Watch::new(move |come, all| told.lock().unwrap().push((come, all)));
    let client = house.client().clone().with_watch(watch);
    let bytes = client.get_export("parties.xlsx", &[]).unwrap();
    let size = u64::try_from(bytes.len()).unwrap();
    let last = seen.lock().unwrap().last().copied();
    assert_eq!(last, Some((size, Some(size))));
    assert!(read(&bytes).unwrap().len() > 1);
    // What is not as it should be comes through the same reader.
    assert!(client.get_export("stamps.xlsx", &[]).is_err());
    house.close();
}
