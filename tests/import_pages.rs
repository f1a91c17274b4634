//! The page 导入 over HTTP: who may upload, how an office's book is read and judged row by row, and what is told of a file that is
//! none. Nothing is written by any of it.

use greenlien::documents::workbook::sheet_out::{Table, Value, workbook};
use ureq::http::Method;

use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

const HEAD: &str =
    "排污许可证编号,污染物,污染物代码,持证单位统一社会信用代码,核定量,单位,有效期起,有效期止";

/// A row of the book of discharge rights.
fn row(town: &Town, pollutant: &str, amount: &str, through: &str) -> String {
    let code = &town.mill.credit_code;
    format!("{code}001W,某污染物,{pollutant},{code},{amount},吨/年,2027-01-01,{through}")
}

fn book(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

fn size(town: &Town) -> u64 {
    let log: serde_json::Value = serde_json::from_str(&town.house.get("/v1/log").text).unwrap();
    log["signed"]["size"].as_u64().unwrap()
}

/// How often a word stands in a page.
fn count(page: &str, word: &str) -> usize {
    page.matches(word).count()
}

#[test]
fn only_members_upload_and_nothing_is_written() {
    let town = town();
    let before = size(&town);
    let page = town.house.get("/import").text;
    assert!(
        page.contains("/sign-in?next=%2Fimport") && !page.contains("type=\"file\""),
        "{page}"
    );
    let wire = Wire::new(town.house.client().base());
    let boundary = [("content-type", "multipart/form-data; boundary=x")];
    let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na\r\n--x--";
    let raw = wire.send(Method::POST, "/import", &boundary, body);
    assert!(
        raw.text().contains("导入须先登录") && !raw.text().contains("id=\"rows\""),
        "{}",
        raw.text()
    );
    assert_eq!(size(&town), before);
    town.house.close();
}

#[test]
fn every_row_is_judged_with_the_reason_and_the_fix_in_every_encoding() {
    let town = town();
    let bureau = town.bureau.clone();
    let person = Person::sign_in(&town.house, &bureau);
    let before = size(&town);
    let rows = [
        row(&town, "NOx", "30.5", "2030-12-31"),
        row(&town, "SO2", "1e3", "2030-12-31"),
        row(&town, "TP", "4", "2026-12-31"),
        row(&town, "NOx", "31", "2030-12-31"),
        // The town has this one, with other days.
        row(&town, "COD", "120", "2030-12-31"),
        row(&town, "TN", "5", "2030-12-31").replace(&town.mill.credit_code, &town.bank.credit_code),
        row(&town, "VOCs", "5", "2030-12-31").replace("吨/年", "公斤"),
    ];
    let text = book(&rows);
    let (encoded, _, _) = encoding_rs::GB18030.encode(&text);
    let lines: Vec<Vec<Value>> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .map(|cell| Value::Text(cell.to_owned()))
                .collect()
        })
        .collect();
    let sheet = workbook(&[Table {
        name: "book".to_owned(),
        head: HEAD.split(',').map(str::to_owned).collect(),
        rows: lines,
    }]);
    let sheet = sheet.unwrap();
    for (name, bytes) in [
        ("台账.csv", text.as_bytes()),
        ("old.csv", &*encoded),
        ("book.xlsx", &sheet),
    ] {
        let raw = person.upload("/import", &[("kind", "")], (name, bytes));
        let page = raw.text();
        assert_eq!(raw.status, 200, "{name}: {page}");
        assert!(
            page.contains(
                "排污权 · 共 7 行: 可以登记 2, 与登记内容不同 1, 与前行重复 1, 填写有误 3"
            ),
            "{name}: {page}"
        );
        for told in [
            "「1e3」不是合格的数量",
            "写 10533.5 或 10,533.5 这样的数, 不写单位, 小数至多 6 位",
            "末日 2026-12-31 早于首日 2027-01-01",
            "第 2 行已有同一标识",
            "该标识已登记, 内容不同",
            "<strong>有效期起</strong>: 登记为 ",
            "单位「公斤」不是 t/a, 吨/年, t/年 之一",
            "尚未写入任何内容",
            // Wrong rows beside good ones are seen before any word is read.
            "<section class=\"conclusion unclear\" role=\"status\">",
            "<span aria-hidden=\"true\">▲</span> 可以登记 2 行, 有误 5 行",
        ] {
            assert!(page.contains(told), "{name}: {told}: {page}");
        }
        assert!(page.contains(&format!("/rights/{}", town.permit)), "{name}");
        assert_eq!(count(page, "data-body="), 2, "{name}");
        assert!(page.contains("data-checkers=\"1\""), "{name}");
    }
    let raw = person.upload("/import", &[("as", "xlsx")], ("book.csv", text.as_bytes()));
    assert!(
        raw.header("content-disposition")
            .contains("import-report.xlsx")
    );
    assert!(raw.bytes.starts_with(b"PK"));
    check_report(&person, &text);
    assert_eq!(size(&town), before, "nothing is written");
    town.house.close();
}

/// The page of a judged file gives the table with the reasons, without the file being chosen again.
fn check_report(person: &Person, book: &str) {
    // A line behind a blank one that has too few cells.
    let short = format!("{book}\nMILL,1\n");
    let raw = person.upload("/import", &[], ("book.csv", short.as_bytes()));
    let page = raw.text();
    let told = "有 2 格, 首行有 ";
    assert!(page.contains(told), "{page}");
    let table = page.split("<textarea name=\"table\"").nth(1).unwrap();
    let table = table
        .split_once('>')
        .unwrap()
        .1
        .split("</textarea>")
        .next()
        .unwrap();
    let marks = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    let table = marks.iter().fold(table.to_owned(), |text, (mark, sign)| {
        text.replace(mark, sign)
    });
    let raw = person.upload(
        "/import/report",
        &[("table", table.as_str())],
        ("none", &b""[..]),
    );
    assert!(
        raw.header("content-disposition")
            .contains("import-report.xlsx"),
        "{raw:?}"
    );
    let lines = greenlien::documents::workbook::grid::read(&raw.bytes).unwrap();
    assert_eq!(lines.len(), 9, "the head and eight rows");
    let said = format!("{:?}", lines.last().unwrap().cells);
    assert!(
        said.starts_with("[Text(\"10\")") && said.contains(told),
        "{said}"
    );
    let raw = person.upload(
        "/import/report",
        &[("table", "[[],[]]")],
        ("none", &b""[..]),
    );
    assert_eq!(raw.status, 400);
}

#[test]
fn a_row_is_read_as_it_was_copied_and_tells_all_its_faults_at_once() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let plain = row(&town, "NOx", "1234.5", "2030-12-31");
    let copied = row(&town, " ｎｏｘ", "\"1,234.5\"", "２０３０／１２／３１").replace(
        &town.mill.credit_code,
        &format!(" {}\u{a0}", town.mill.credit_code.to_lowercase()),
    );
    let raw = person.upload("/import", &[], ("book.csv", book(&[plain]).as_bytes()));
    let body = |page: &str| {
        let part = page
            .split("data-body=\"")
            .nth(1)
            .unwrap_or_else(|| panic!("{page}"));
        part.split('"').next().unwrap().to_owned()
    };
    let wanted = body(raw.text());
    let raw = person.upload("/import", &[], ("book.csv", book(&[copied]).as_bytes()));
    let page = raw.text();
    assert!(page.contains("可以登记 1"), "{page}");
    assert_eq!(body(page).replace("|nox", "|NOx"), wanted);
    // The number of the permit, the unit, the quantity and a day: each is told, in both languages.
    let wrong = row(&town, "NOx", "５.5吨", "2027-02-30")
        .replace("吨/年", "公斤")
        .replace(&format!("{}001W", town.mill.credit_code), "x");
    for (lang, told) in [
        (
            "zh",
            [
                "「X」不合",
                "单位「公斤」",
                "「５.5吨」不是合格的数量",
                "没有「2027-02-30」这一天",
            ],
        ),
        (
            "en",
            [
                "permit",
                "not one of t/a",
                "is not a plain decimal",
                "there is no such day",
            ],
        ),
    ] {
        let path = format!("/import?lang={lang}");
        let raw = person.upload(
            &path,
            &[],
            ("book.csv", book(std::slice::from_ref(&wrong)).as_bytes()),
        );
        let page = raw.text();
        for told in told {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(count(page, "<td><p><strong>"), 1, "{page}");
        assert_eq!(count(page, "<p><strong>"), 4, "{page}");
    }
    // A permit that is over may be registered, for the record, and is told to be over.
    let over = row(&town, "SO2", "3", "1995-06-30").replace("2027-01-01", "1990-07-01");
    let raw = person.upload("/import", &[], ("book.csv", book(&[over]).as_bytes()));
    let page = raw.text();
    assert!(
        page.contains("可以登记 1") && page.contains("期限已于 1995-06-30 届满: 可以登记备查"),
        "{page}"
    );
    town.house.close();
}

#[test]
fn what_was_imported_is_present_and_a_refusal_has_its_number() {
    let mut town = town();
    let bureau = town.bureau.clone();
    let days = papers::span("2027-01-01", "2031-01-01");
    town.house
        .issue(&bureau, papers::emission(&town.mill, "NOx", "30.5", days));
    let text = book(&[row(&town, "NOx", "30.5", "2030-12-31")]);
    let person = Person::sign_in(&town.house, &bureau);
    let raw = person.upload("/import", &[], ("book.csv", text.as_bytes()));
    let page = raw.text();
    assert!(page.contains("全部行均已登记, 无须再办"), "{page}");
    assert_eq!(count(page, "data-body="), 0);
    // A bank may not issue: the law says so, row by row.
    let person = Person::sign_in(&town.house, &town.bank);
    let text = book(&[row(&town, "SO2", "3", "2030-12-31")]);
    let raw = person.upload(
        "/import",
        &[("kind", "emission")],
        ("book.csv", text.as_bytes()),
    );
    let page = raw.text();
    assert!(
        page.contains("不可登记 1") && page.contains("href=\"/findings/2009\""),
        "{page}"
    );
    assert_eq!(count(page, "data-body="), 0);
    town.house.close();
}

#[test]
fn a_file_that_is_no_book_is_refused_with_what_to_do() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let missing = book(&[]).replace("核定量", "数量");
    let twice = book(&[]).replace(",单位,", ",核定量,单位,");
    let two = book(&[])
        .replace("核定量", "数量")
        .replace(",单位,", ",量纲,");
    let large = vec![b'x'; 4 * 1024 * 1024];
    let wide = ",".repeat(64) + "x";
    for (kind, bytes, told) in [
        ("", &b"a,b\n1,2\n"[..], "列名不符合任何种类的模板"),
        (
            "",
            "用能权指标证号,持有人统一社会信用代码,指标量,单位,有效期起\n".as_bytes(),
            "最接近「用能权」, 缺少列「有效期止」",
        ),
        ("emission", missing.as_bytes(), "缺少列「核定量」"),
        ("", book(&[]).as_bytes(), "表格没有数据行"),
        ("", wide.as_bytes(), "表格至多 20000 行 64 列"),
        ("", &b"PK\x03\x04 no archive"[..], "表格无法读取"),
        ("", &b"\xff\xff"[..], "表格无法读取"),
        ("", &b""[..], "表格无法读取: 是空文件"),
        (
            "",
            &b"%PDF-1.7\n"[..],
            "表格无法读取: 这是 PDF 文件, 不是表格",
        ),
        ("", twice.as_bytes(), "列「核定量」出现两次"),
        ("", two.as_bytes(), "缺少列「核定量」「单位」"),
        ("", &large[..], "文件超过 4 MB"),
    ] {
        let raw = person.upload("/import", &[("kind", kind)], ("book.csv", bytes));
        let page = raw.text();
        assert!(
            page.contains(told) && page.contains("role=\"alert\""),
            "{told}: {page}"
        );
        assert!(!page.contains("id=\"rows\""), "{told}");
        let notice = page.split("role=\"alert\"").nth(1).unwrap();
        let notice = notice.split("</div>").next().unwrap();
        for english in ["split the", "save it", "a table may"] {
            assert!(!notice.contains(english), "{notice}");
        }
    }
    let raw = person.form("/import", "file=x");
    assert!(raw.text().contains("没有收到文件"));
    assert_eq!(person.send("/import", "text/plain", b"x").status, 403);
    town.house.close();
}

#[test]
fn a_longer_table_is_judged_part_by_part_over_the_same_file() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let before = size(&town);
    let mut rows = vec![row(&town, "NOx", "30.5", "2030-12-31")];
    rows.resize(501, row(&town, "TP", "1e3", "2030-12-31"));
    rows.push(row(&town, "SO2", "12", "2030-12-31"));
    let book = book(&rows);
    let raw = person.upload("/import", &[("kind", "")], ("长.csv", book.as_bytes()));
    let first = raw.text();
    for said in ["本页为第 1–500 行, 共 502 行", "下一部分 (第 501–502 行)"] {
        assert!(first.contains(said), "{said}: {first}");
    }
    assert_eq!(count(first, "data-body="), 1);
    let value = |name: &str, end: &str| {
        let rest = first.split(&format!("name=\"{name}\" {end}")).nth(1);
        let rest = rest.unwrap_or_else(|| panic!("{name}: {first}"));
        rest.split(['"', '<']).next().unwrap().to_owned()
    };
    let hidden = "hidden aria-hidden=\"true\">";
    let fields = [
        ("from", value("from", "value=\"")),
        ("kind", value("kind", "value=\"")),
        ("kept_name", value("kept_name", "value=\"")),
        ("kept", value("kept", hidden)),
        ("kept_grounds", value("kept_grounds", hidden)),
    ];
    let fields = fields
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let raw = person.upload("/import", &fields, ("", b""));
    let second = raw.text();
    assert!(
        second.contains("本页为第 501–502 行, 共 502 行"),
        "{second}"
    );
    assert!(second.contains("长.csv") && !second.contains("id=\"next-part\""));
    assert_eq!(count(second, "data-body="), 1);
    assert!(second.contains("data-line=\"503\""), "{second}");
    // A workbook of the reasons is of one part, and says so.
    let fields = [("kind", ""), ("as", "xlsx")];
    let raw = person.upload("/import", &fields, ("long.csv", book.as_bytes()));
    assert!(raw.text().contains("本页一次至多 500 行"), "{}", raw.text());
    assert_eq!(size(&town), before, "nothing is written");
    town.house.close();
}

#[test]
fn every_kind_with_a_book_has_a_template() {
    let town = town();
    let page = town.house.get("/import").text;
    let templates: Vec<&str> = page
        .split('"')
        .filter(|text| text.starts_with("/import/template/"))
        .collect();
    assert!(templates.len() >= 5, "{page}");
    let wire = Wire::new(town.house.client().base());
    for path in templates {
        let raw = wire.send(Method::GET, path, &[], &[]);
        assert!(raw.status == 200 && raw.bytes.starts_with(b"PK"), "{path}");
    }
    assert_eq!(town.house.get("/import/template/none.xlsx").status, 404);
    town.house.close();
}

/// One word of the class that is mistyped makes a right which is never pledged: the office hears it before anything is signed.
#[test]
fn a_class_that_the_rules_do_not_name_is_told_before_it_is_registered() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let code = &town.mill.credit_code;
    let row = |number: u32, class: &str| {
        let unit = papers::unit_number(number);
        format!("{unit},{code},{class},20.00,2027-01-01,2056-12-31")
    };
    let rows = [
        row(71, "商品林"),
        row(72, "商品林木"),
        row(73, "公益林"),
        row(74, ""),
    ];
    let head = "不动产单元号,权利人统一社会信用代码,林种,面积(亩),使用期限起,使用期限止";
    let book = format!("{head}\n{}\n", rows.join("\n"));
    let raw = person.upload("/import", &[], ("林权.csv", book.as_bytes()));
    let page = raw.text();
    assert!(page.contains("<th scope=\"col\">林种</th>"), "{page}");
    assert!(page.contains("<td>商品林木</td>"), "{page}");
    let told =
        "类别「商品林木」不在规则所列 (商品林、公益林) 之内: 可以登记, 但更正之前不能设立担保";
    assert_eq!(count(page, &format!("<p>{told}")), 1, "{page}");
    let none = "<p>没有填写类别 (规则所列: 商品林、公益林)";
    assert_eq!(count(page, none), 1, "{page}");
    // It is a note: the office may register what its certificates say. None of these parcels has a position, which is told too.
    assert_eq!(count(page, "data-body="), 4, "{page}");
    assert!(
        page.contains("可以登记 4 行, 有误 0 行; 其中 4 行有提示, 请先看"),
        "{page}"
    );
    let raw = person.upload("/import?lang=en", &[], ("forest.csv", book.as_bytes()));
    let page = raw.text();
    assert!(
        page.contains("is none that the rules name (商品林, 公益林)"),
        "{page}"
    );
    assert!(
        page.contains("<th scope=\"col\">林种 (class)</th>"),
        "{page}"
    );
    town.house.close();
}

/// What is registered is changed by acts of its own, and the row leads to their forms.
#[test]
fn a_row_that_differs_leads_to_the_acts_by_which_it_is_changed() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let judged = |path: &str, amount: &str, through: &str| {
        let book = book(&[row(&town, "COD", amount, through)]);
        let raw = person.upload(path, &[], ("book.csv", book.as_bytes()));
        raw.text().to_owned()
    };
    let door = |act: &str, title: &str| {
        let permit = town.permit;
        format!("<a href=\"/acts/{act}?record={permit}\">{title}</a>")
    };
    let (adjust, extend) = (
        door("adjust_right", "调整权益数量"),
        door("extend_right", "延续权益期限"),
    );
    let page = judged("/import", "130", "2035-12-31");
    assert!(
        page.contains(&format!("不能再次登记</span>: {adjust}, {extend}")),
        "{page}"
    );
    // Nothing makes a right end earlier than it was certified, and the quantity is the same.
    let page = judged("/import", "120", "2029-12-31");
    assert!(!page.contains(&adjust) && !page.contains(&extend), "{page}");
    // In English a column is called by its header, which stands in the file, and by what it means.
    let page = judged("/import?lang=en", "130", "2035-12-31");
    assert!(
        page.contains("<strong>核定量 (quantity)</strong>: "),
        "{page}"
    );
    assert!(
        page.contains("<strong>有效期止 (last day)</strong>: "),
        "{page}"
    );
    town.house.close();
}

#[test]
fn a_row_that_names_one_pollutant_with_the_code_of_another_is_not_registered() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let rows = [
        row(&town, "NOx", "30", "2030-12-31"),
        row(&town, "SO2", "30", "2030-12-31"),
    ];
    let book = book(&rows).replace("某污染物", "总磷");
    let raw = person.upload("/import", &[], ("book.csv", book.as_bytes()));
    let page = raw.text();
    let told = "<strong>污染物代码</strong>: 「总磷」(TP) 与代码 SO2 (二氧化硫) 不符";
    assert!(page.contains(told), "{page}");
    assert!(page.contains("请与权证核对, 改正其中之一"), "{page}");
    assert_eq!(count(page, "data-body="), 0, "{page}");
    let fine = book.replace("总磷,NOx", "氮氧化物,NOx");
    let raw = person.upload("/import", &[], ("book.csv", fine.as_bytes()));
    assert_eq!(count(raw.text(), "data-body="), 1, "{}", raw.text());
    town.house.close();
}

/// A parcel of the demonstration with the polygon that its office would upload beside the book.
#[test]
fn a_book_of_parcels_is_judged_with_the_polygons_that_are_uploaded_beside_it() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bureau.clone());
    let head = "不动产单元号,不动产权证书号,权利人统一社会信用代码,乡镇街道代码,权利类型,林种,主要树种,面积(亩),使用期限起,使用期限止";
    let unit = "500113006013JE00001L00000001";
    let code = &town.mill.credit_code;
    let row = format!(
        "{unit},渝(2015)巴南区不动产权第000161096号,{code},500113006,林地使用权/林木使用权,商品林,柏木,325.41,2015-01-01,2065-12-31"
    );
    let book = format!("{head}\n{row}\n");
    let judged = |grounds: &str| {
        let fields = [("kind", "forest"), ("grounds", grounds)];
        let raw = person.upload("/import", &fields, ("林权.csv", book.as_bytes()));
        assert_eq!(raw.status, 200);
        raw.text().to_owned()
    };
    // Nothing but the parcel's own polygon of the file is taken.
    let grounds = include_str!("../fixtures/banan/parcels.geojson");
    let page = judged(grounds);
    let body = page
        .split("data-body=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"));
    let body = body.split('"').next().unwrap().replace("&#34;", "\"");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let polygon = body["polygon"].as_str().unwrap();
    assert!(polygon.contains("1065786139"), "{polygon}");
    assert_eq!(body["kind"], "forest");
    assert!(page.contains("可以登记 1"), "{page}");
    // Without it the row may be registered, and the page says what that means.
    let page = judged("");
    assert!(page.contains("/findings/7009"), "{page}");
    let page = judged("{\"type\":\"Feature\"}");
    assert!(page.contains("界址文件不可用"), "{page}");
    assert!(page.contains("GeoJSON (RFC 7946, CGCS2000)"), "{page}");
    assert_eq!(count(&page, "data-body="), 0);
    town.house.close();
}
