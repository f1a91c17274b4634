//! Pages for members, over HTTP: signing in and out, importing a book, the desk of a party, hidden values, the registrar's
//! view. What they write, and what they must not.

use greenlien::documents::workbook::sheet_out::{Table, Value, workbook};
use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use ureq::http::Method;

use crate::http::Wire;
use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::{Play as _, seal};

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
fn a_person_signs_in_is_named_on_every_page_and_signs_out() {
    let town = town();
    let stranger = town.house.get("/pledges").text;
    assert!(
        stranger.contains("href=\"/sign-in?next=%2Fpledges\""),
        "{stranger}"
    );
    let led = town.house.get("/sign-in?next=//evil.example").text;
    assert!(
        led.contains("data-next=\"/work\"") && led.contains("data-public"),
        "{led}"
    );
    let person = Person::sign_in(&town.house, &town.bank);
    let page = person.page("/pledges?lang=en");
    assert!(page.contains("bank-a · bank-a-maker"), "{page}");
    let meta = format!(
        "<meta name=\"form-token\" content=\"{}\">",
        person.form_token
    );
    assert!(page.contains(&meta), "{page}");
    // The token is for this site's forms: it does not travel in links.
    let links = page.split("href=\"").skip(1);
    assert!(
        links
            .filter_map(|rest| rest.split('"').next())
            .all(|link| !link.contains("form_token"))
    );
    let raw = person.get("/");
    assert_eq!(raw.header("cache-control"), "private, no-store");
    // With no referrer at all a browser would send `Origin: null` with a form, and no form could be sent.
    assert_eq!(raw.header("referrer-policy"), "same-origin");

    let plain = "application/x-www-form-urlencoded";
    // Nor does it stand in an address: histories and logs keep these.
    assert!(
        !page.contains("?form_token=") && !page.contains("&form_token="),
        "{page}"
    );
    let field = format!("form_token={}", person.form_token);
    for (path, body) in [
        ("/sign-out", ""),
        ("/sign-out", "form_token=00"),
        ("/sign-out", &*format!("a=1&{field}")),
        ("/sign-out", &*format!("x{field}")),
        (&*format!("/sign-out?{field}"), ""),
        // The first field is for forms of pages; a program's path wants the header.
        ("/v1/commands", &*field),
    ] {
        let raw = person.send(path, plain, body.as_bytes());
        assert_eq!(raw.status, 403, "{path} {body}");
    }
    assert!(person.page("/").contains("bank-a-maker"), "still signed in");
    let out = person.form("/sign-out", "");
    assert_eq!((out.status, out.header("location")), (303, "/"));
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    assert!(!person.page("/").contains("bank-a-maker"));
    town.house.close();
}

#[test]
fn another_site_neither_signs_out_nor_issues_in_a_members_name() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let fields = format!("right={}&name=x", town.permit);
    let own = person.form("/certificates", &fields);
    assert_eq!(own.status, 303, "{}", own.text());
    let bare = person.send(
        "/certificates",
        "application/x-www-form-urlencoded",
        fields.as_bytes(),
    );
    assert_eq!(bare.status, 403);
    town.house.close();
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
            "填写普通十进制数, 小数至多 6 位",
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
    let many: Vec<String> = (0..501)
        .map(|_| row(&town, "NOx", "1", "2030-12-31"))
        .collect();
    let many = book(&many);
    let missing = book(&[]).replace("核定量", "数量");
    let large = vec![b'x'; 4 * 1024 * 1024];
    let wide = ",".repeat(64) + "x";
    for (kind, bytes, told) in [
        ("", many.as_bytes(), "本页一次至多 500 行"),
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
        ("", &b""[..], "没有收到文件"),
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

#[test]
fn the_registrar_sees_keys_rules_and_policies() {
    let town = town();
    let page = town.house.get("/registrar").text;
    for word in [
        "bank-a-maker",
        "bureau-checker",
        "2 人",
        "排污权",
        "本登记簿未配置见证方",
        "流量",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let page = town.house.get("/registrar?lang=en").text;
    assert!(
        page.contains("2 persons") && page.contains("Policies in force"),
        "{page}"
    );
    for form in ["admit_party", "adopt_policy"] {
        assert!(
            page.contains(&format!("href=\"/acts/{form}\"")),
            "{form}: {page}"
        );
    }
    town.house.close();
}

#[test]
fn a_member_sees_its_own_desk_first_with_what_was_refused() {
    let mut town = town();
    let days = papers::span("2027-01-01", "2027-06-01");
    let line = || vec![papers::line(town.permit, papers::flow("50", "t/a", days))];
    let body = papers::pledge(&town.mill, line());
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert_eq!(answer.refusals(), [3002]);
    let person = Person::sign_in(&town.house, &town.bank);
    let page = person.page("/work");
    assert!(page.contains("待办 bank-a"), "{page}");
    let refused = page.split("id=\"refused\"").nth(1).unwrap();
    assert!(refused.contains("/findings/3002"), "{refused}");
    let taken = page.split("id=\"taken\"").nth(1).unwrap();
    assert!(
        taken.contains(&format!("/pledges/{}", town.pledge)),
        "{taken}"
    );
    let all = person.page("/work?party=all");
    assert!(!all.contains("id=\"refused\""), "{all}");
    // The other party of the pledge has it in the other list, and nothing was refused to it.
    let page = town
        .house
        .get(&format!("/work?party={}", town.mill.party))
        .text;
    let given = page.split("id=\"given\"").nth(1).unwrap();
    assert!(
        given.contains(&format!("/pledges/{}", town.pledge)),
        "{given}"
    );
    assert!(page.contains("最近的账页中没有被拒的申请"), "{page}");
    town.house.close();
}

#[test]
fn hidden_values_are_on_a_page_of_their_own_and_each_look_is_listed() {
    let mut town = town();
    let opening = Opening {
        claim: "contract_no".to_owned(),
        salt: vec![0xa1; 16],
        value: "2027-031905".to_owned(),
    };
    let days = papers::span("2027-01-01", "2028-01-01");
    let lines = vec![papers::line(town.permit, papers::flow("10", "t/a", days))];
    let body = Body::RegisterPledge(Box::new(RegisterPledge {
        hidden: vec![(opening.claim.clone(), opening.digest())],
        ..papers::register(&town.mill, lines)
    }));
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let keys: Vec<_> = [&bank, &mill]
        .into_iter()
        .flat_map(|one| one.signers())
        .collect();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = town.house.draft(bank.party, body, &signers, &[]);
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let pledge = town
        .house
        .deliver(seal(&command, &keys), &[opening])
        .pledge();
    assert!(town.house.record(&StateKey::Pledge(pledge)).is_some());

    let path = format!("/pledges/{pledge}/openings");
    let stranger = town.house.get(&path).text;
    assert!(
        !stranger.contains("2027-031905") && stranger.contains("/sign-in"),
        "{stranger}"
    );
    let other = Person::sign_in(&town.house, &town.other.clone());
    assert!(!other.page(&path).contains("2027-031905"));
    let person = Person::sign_in(&town.house, &bank);
    // The page of the pledge leads there and shows nothing by the way.
    let page = person.page(&format!("/pledges/{pledge}"));
    assert!(
        page.contains(&path) && !page.contains("2027-031905"),
        "{page}"
    );
    let page = person.page(&path);
    assert!(
        page.contains("2027-031905") && page.contains("bank-a-maker"),
        "{page}"
    );
    let holder = Person::sign_in(&town.house, &mill);
    let page = holder.page(&format!("{path}?lang=en"));
    assert!(
        page.contains("Contract number") || page.contains("contract number"),
        "{page}"
    );
    assert_eq!(count(&page, "bank-a-maker"), 1, "{page}");
    let guest = town.house.admit("guest", &[Role::Bank], &[]);
    let guest = Person::sign_in(&town.house, &guest);
    assert_eq!(guest.get("/pledges/P999/openings").status, 404);
    town.house.close();
}

#[test]
fn members_find_the_monthly_table_and_their_own_webhooks_and_have_them_told_again() {
    let mut town = town();
    let page = town.house.get("/feeds").text;
    assert!(page.contains("2026-12 (至账页位置 "), "{page}");
    assert!(!page.contains("bank-a.example") && page.contains("/sign-in?next=%2Ffeeds"));
    for from in ["/statistics", "/work", "/"] {
        assert!(
            town.house.get(from).text.contains("href=\"/feeds"),
            "{from}"
        );
    }
    let bank = town.bank.clone();
    let person = Person::sign_in(&town.house, &bank);
    let page = person.page("/feeds");
    assert!(
        page.contains("https://bank-a.example/hooks/greenlien"),
        "{page}"
    );
    assert!(page.contains(&format!("/v1/events?party={}", bank.party)));
    let other = Person::sign_in(&town.house, &town.other.clone());
    let page = other.page("/feeds");
    assert!(!page.contains("bank-a.example") && page.contains("贵单位没有回调"));
    // Another's webhook is none, and a bad position changes nothing.
    assert_eq!(other.form("/feeds/bank-a/replay", "from=0").status, 404);
    let bare = person.send(
        "/feeds/bank-a/replay",
        "application/x-www-form-urlencoded",
        b"from=0",
    );
    assert_eq!(bare.status, 403);
    for from in ["999999", "x", ""] {
        let raw = person.form("/feeds/bank-a/replay", &format!("from={from}"));
        assert_eq!(raw.header("location"), "/feeds?fault=from#hooks", "{from}");
    }
    assert!(person.page("/feeds?fault=from").contains("role=\"alert\""));
    let raw = person.form("/feeds/bank-a/replay", "from=3");
    assert_eq!((raw.status, raw.header("location")), (303, "/feeds#hooks"));
    assert!(
        person
            .page("/feeds")
            .contains("name=\"from\" inputmode=\"numeric\" required maxlength=\"16\" value=\"3\"")
    );

    // When a month is over, its table is there, and the link leads to it.
    town.house.at(papers::instant("2027-01-02T02:00:00Z"));
    town.house.issue(
        &town.bureau.clone(),
        papers::emission(
            &town.mill,
            "TN",
            "5",
            papers::span("2027-01-01", "2028-01-01"),
        ),
    );
    let page = town.house.get("/feeds").text;
    let link = "/v1/exports/monthly.csv?month=2026-12";
    assert!(
        page.contains(link) && !page.contains("month=2027-01\""),
        "{page}"
    );
    let table = town.house.get(link);
    assert_eq!(table.status, 200, "{}", table.text);
    assert!(
        table.text.contains(&town.pledge.to_string()),
        "{}",
        table.text
    );
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
