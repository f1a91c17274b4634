//! A lender's books with the real program: pledges are judged, left for the pledgor, signed by it and found again; releases are
//! carried out once; one file in every form says the same, and a hostile one ends in a refusal.

use std::path::PathBuf;

use encoding_rs::GB18030;
use greenlien::cli::keyfile::write_key;
use greenlien::client::answers::records::SecuredId;
use greenlien::client::{Client, Paging, Pledges};
use greenlien::documents::workbook::grid::read;
use greenlien::documents::workbook::sheet_out::{Table, Value, workbook};
use greenlien::domain::command::{Body, SignerRole};
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::party::Role;
use greenlien::domain::pledge::Pledge;
use greenlien::domain::right::Extent;
use greenlien::primitives::id::{PartyId, PledgeId, RightId};

use crate::cli::{Folder, Run, program};
use crate::desk::offset;
use crate::pages::{Town, town};
use crate::support::cast::{self, Actor};
use crate::support::papers;
use crate::support::play::Play as _;

/// The books that stand in the tree, with places for what a registry numbers by itself.
const PLEDGES: &str = include_str!("../fixtures/lending/pledges.csv");
const RELEASES: &str = include_str!("../fixtures/lending/releases.csv");

pub(crate) struct Lender {
    pub(crate) town: Town,
    pub(crate) folder: Folder,
    keys: [String; 2],
    mill_key: String,
    clock: String,
}

impl Lender {
    pub(crate) fn new() -> Self {
        let town = town();
        let folder = Folder::new();
        let key = |name: &str, key| {
            let path = folder.path(name);
            write_key(&PathBuf::from(&path), key, None).unwrap();
            path
        };
        Self {
            keys: [
                key("bank-maker.key", &*town.bank.maker),
                key("bank-checker.key", &*town.bank.checker),
            ],
            mill_key: key("mill-maker.key", &*town.mill.maker),
            clock: format!("--clock-offset={}", offset("2026-12-01T02:00:30Z")),
            town,
            folder,
        }
    }

    /// The book of pledges with the numbers of this registry.
    pub(crate) fn pledges(&self) -> String {
        let text = PLEDGES.replace("{mill}", &self.town.mill.credit_code);
        text.replace("{unit}", &papers::unit_number(1))
    }

    pub(crate) fn releases(&self) -> String {
        RELEASES.replace("{pledge}", &self.town.pledge.to_string())
    }

    pub(crate) fn import(&self, file: &str, more: &[&str]) -> Run {
        let server = self.town.house.client().base();
        let mut words = vec!["import", file, "--server", server, &self.clock];
        words.extend(self.keys.iter().flat_map(|key| ["--key", key.as_str()]));
        words.extend(more);
        program(&words)
    }

    fn signed_in(&self, actor: &Actor) -> Client {
        let client = self.town.house.client().clone();
        let session = client.open_session(actor.party, &actor.maker, None);
        client.with_token(session.unwrap().value.token)
    }

    /// How many pledges the bank has taken.
    fn taken(&self) -> usize {
        let which = Pledges::TakenBy(self.town.bank.party);
        let client = self.town.house.client();
        let page = client.list_pledges(which, &Paging::whole()).unwrap();
        page.value.items.len()
    }

    fn size(&self) -> u64 {
        crate::support::witness::open_checkpoint(&self.town.house.get("/checkpoint").text).size
    }

    /// Has a farmer admitted who holds no keys, and a parcel of its issued.
    pub(crate) fn farmer(&mut self) -> (Actor, RightId) {
        let house = &mut self.town.house;
        let mut farmer = Actor::new("farmer", &[Role::Holder]);
        let mut admission = farmer.admission(&house.audience(), &[Role::Holder], &[]);
        admission.keys.clear();
        let body = Body::AdmitParty(admission);
        let answer = house.submit(&cast::registrar(), body, &[], &[]);
        farmer.party = PartyId(answer.index());
        let days = papers::span("2026-12-01", "2041-01-01");
        let ground = papers::rectangle(90_000, 0, 4_000, 3_000);
        let parcel = papers::forest(&farmer, &papers::unit_number(9), "商品林", ground, days);
        let right = house.issue(&self.town.bureau, parcel);
        (farmer, right)
    }

    /// What the first line of a pledge has.
    fn line(&self, pledge: PledgeId) -> (String, bool) {
        let (record, _) = self.town.house.record(&StateKey::Pledge(pledge)).unwrap();
        let Record::Pledge(Pledge { lines, .. }) = record else {
            panic!("{pledge} is none");
        };
        let (Extent::Flow(amount, _) | Extent::Stock(amount)) = lines[0].extent else {
            panic!("{pledge} has no quantity");
        };
        (amount.to_string(), lines[0].released)
    }
}

/// A CSV text as a workbook of texts.
fn as_workbook(text: &str) -> Vec<u8> {
    let cells = |line: &str| -> Vec<String> { line.split(',').map(str::to_owned).collect() };
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(cells);
    let head = lines.next().unwrap();
    let rows = lines.map(|line| line.into_iter().map(Value::Text).collect());
    let name = "book".to_owned();
    workbook(&[Table {
        name,
        head,
        rows: rows.collect(),
    }])
    .unwrap()
}

pub(crate) fn says(run: &Run, parts: &[&str]) {
    for part in parts {
        let (out, err) = (&run.out, &run.err);
        assert!(
            out.contains(part) || err.contains(part),
            "{part}: {out}{err}"
        );
    }
}

#[test]
fn a_pledgor_is_named_on_the_command_line_too_and_a_row_tells_all_its_faults() {
    let lender = Lender::new();
    let mill = &lender.town.mill.credit_code;
    let head = "合同编号,权益,出质人,担保数量,担保起始日,担保截止日,主债权金额(元)\n";
    let rows = format!(
        "{head}甲-1,{}００１w|cod ,ＭＩＬＬ,10,2027/1/1,2027-12-31,\"5,000,000\"\n\
         甲-2,{mill}001W|COD,bank,0,soon,2027-02-30,五百万\n",
        mill.to_lowercase()
    );
    let file = lender.folder.file("named.csv", rows);
    let run = lender.import(&file, &[]);
    says(
        &run,
        &[
            "line 2: may be registered",
            "mill (M4) must sign too",
            "line 3: not readable",
            "these have \"bank\" in their names: bank-a (M6); bank-b (M8)",
            "担保数量 quantity: the quantity is 0",
            "担保起始日 from: \"soon\" is not a day",
            "担保截止日 through: there is no such day",
            "主债权金额(元) principal: \"五百万\"",
        ],
    );
    let run = lender.import(&file, &["--json"]);
    let line = run
        .out
        .lines()
        .find(|line| line.contains("\"line\":3"))
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(told["faults"].as_array().map(Vec::len), Some(5), "{line}");
    lender.town.house.close();
}

#[test]
fn pledges_are_judged_left_for_the_pledgor_and_known_again() {
    let mut lender = Lender::new();
    let text = lender.pledges();
    let (encoded, _, _) = GB18030.encode(&text);
    assert_ne!(&*encoded, text.as_bytes());
    let forms = [
        ("book.csv", text.as_bytes().to_vec()),
        ("old.csv", encoded.to_vec()),
        ("book.xlsx", as_workbook(&text)),
    ];
    let before = lender.size();
    for (name, bytes) in forms {
        let file = lender.folder.file(name, bytes);
        let judged = lender.import(&file, &[]);
        assert_eq!(judged.code, 0, "{name}: {}{}", judged.out, judged.err);
        says(
            &judged,
            &[
                "line 2: may be registered",
                "mill (M4) must sign too: it goes into the inbox",
                "须由 mill (M4) 签署: 放入待签箱",
                "in all: 3 may be registered",
                "nothing was written",
            ],
        );
    }
    assert_eq!(lender.size(), before, "nothing is written");

    let file = lender.folder.file("book.csv", &text);
    let done = lender.import(&file, &["--confirm"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    says(&done, &["in all: 3 put into the inbox for signatures"]);
    assert_eq!(lender.size(), before, "the pledgor has not signed");
    for more in [&["--confirm"][..], &[]] {
        let again = lender.import(&file, more);
        assert_eq!(again.code, 0, "{}{}", again.out, again.err);
        says(
            &again,
            &["line 3: waits for signatures as draft ", "3 waits"],
        );
    }

    // The mill finds them in its inbox, sees what is hidden, signs and submits.
    let mill = lender.signed_in(&lender.town.mill.clone());
    let views = mill.list_drafts(&Paging::whole()).unwrap().value.items;
    assert_eq!(views.len(), 3, "each row is there once");
    for view in views {
        let mut draft = mill.get_draft(&view.draft).unwrap().value.file;
        let claims: Vec<&str> = draft.openings.iter().map(|it| it.claim.as_str()).collect();
        assert_eq!(claims[..2], ["contract_no", "principal_cny"]);
        draft
            .sign(SignerRole::Maker, &lender.town.mill.maker)
            .unwrap();
        let text = draft.to_submission().to_canonical();
        let receipt = mill.submit_command(&text).unwrap().value;
        assert!(receipt.is_accepted(), "{}", receipt.text);
    }
    let after = lender.size();
    assert_eq!(lender.taken(), 4, "three beside the one of before");
    let again = lender.import(&file, &["--confirm"]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    says(&again, &["line 2: registered before as P", "nothing to do"]);
    assert_eq!(lender.size(), after);

    // The same contract of the same right with other contents is no second pledge.
    let other = text
        .replace(",10,", ",12,")
        .replace(",5000000,", ",6000000,");
    let differs = lender.import(&lender.folder.file("other.csv", other), &["--confirm"]);
    assert_eq!(differs.code, 1, "{}{}", differs.out, differs.err);
    says(
        &differs,
        &[
            "line 2: differs from the register as P",
            "担保数量 quantity",
            "主债权金额(元) principal",
            "with another content",
        ],
    );
    assert_eq!(lender.size(), after);
    assert_eq!(lender.taken(), 4);
    // A contract is compared through its opening, and each access is written down, once for each import.
    let bank = lender.signed_in(&lender.town.bank.clone());
    let page = bank.list_pledges(Pledges::TakenBy(lender.town.bank.party), &Paging::whole());
    let SecuredId::Pledge(newest) = page.unwrap().value.items[3].id else {
        panic!("no pledge");
    };
    let reads = bank.list_opening_reads(newest, &Paging::default()).unwrap();
    let reads = reads.value.items.into_iter();
    let compared = reads.filter(|read| read.capacity == "pledgee").count();
    assert_eq!(compared, 2, "by two imports since it is registered");
    lender.town.house.check_ledger();
    lender.town.house.close();
}

#[test]
fn with_the_pledgors_key_beside_the_lenders_pledges_are_registered_at_once_and_go_on_where_they_stopped()
 {
    let lender = Lender::new();
    let text = lender.pledges();
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.pop().unwrap();
    let mill_key = lender.mill_key.clone();
    let keys = ["--confirm", "--key", &mill_key];
    let part = lender.folder.file("part.csv", lines.join("\n"));
    let done = lender.import(&part, &keys);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    says(&done, &["registered as P", "in all: 2 registered"]);
    let whole = lender.folder.file("whole.xlsx", as_workbook(&text));
    let report = lender.folder.path("told.xlsx");
    let on = lender.import(&whole, &[&keys[..], &["--report", &report]].concat());
    assert_eq!(on.code, 0, "{}{}", on.out, on.err);
    says(
        &on,
        &[
            "2 rows are registered already; it goes on at line 4",
            "1 registered, 2 registered before",
        ],
    );
    assert!(last.contains("{unit}") || last.contains("500113"), "{last}");
    let told = read(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(told.len(), 4);
    let first = format!("{:?}", told[1].cells);
    assert!(
        first.contains("此前已登记") && first.contains("记"),
        "{first}"
    );
    lender.town.house.close();
}

#[test]
fn a_row_sees_the_rows_before_it_and_is_told_its_own_fault() {
    let lender = Lender::new();
    let text = lender.pledges();
    let head = text.lines().next().unwrap();
    let row = text.lines().nth(1).unwrap();
    let change = |from: &str, to: &str| {
        assert!(row.contains(from), "{from}: {row}");
        row.replacen(from, to, 1)
    };
    // 80 of 120 t/a are pledged until 2028-02-29: 40 are left.
    let rows = [
        change(",10,", ",30,"),
        change("甲-2026-001", "甲-2026-007"),
        change("甲-2026-001", "甲-2026-008").replacen(",10,", ",20,", 1),
        change("甲-2026-001", "甲-2026-009").replacen(",10,", ",50,", 1),
        row.to_owned(),
        change(",10,", ",一百,").replacen("甲-2026-001", "甲-2026-010", 1),
        change("t/a", "公斤").replacen("甲-2026-001", "甲-2026-011", 1),
        change("|COD", "|CODD"),
        change("2027-12-31", "2026-12-31"),
        change("一般 ordinary", "最高额"),
        change("甲-2026-001", ""),
    ];
    let book = format!("{head}\n{}\n", rows.join("\n"));
    let judged = lender.import(&lender.folder.file("rows.csv", book), &[]);
    assert_eq!(judged.code, 1);
    says(
        &judged,
        &[
            "line 2: may be registered",
            "line 3: may be registered",
            "line 4: refused",
            "together with the lines 2, 3; alone it may be registered",
            "in the way: ",
            "line 5: refused\n    3002",
            "line 6: repeats an earlier row",
            "line 2 has the same contract on the same right",
            "担保数量 quantity: \"一百\" is not a plain decimal",
            "单位 unit: the unit \"公斤\" is not one of t/a, 吨/年, t/年",
            "权益 right: no right ",
            "担保截止日 through: the last day 2026-12-31 is before the first, 2027-01-01",
            "最高债权额(元) cap: the cell is empty",
            "合同编号 contract: the cell is empty",
        ],
    );
    lender.town.house.close();
}

#[test]
fn a_pledgor_without_keys_is_pledged_by_its_consent_on_paper() {
    let mut lender = Lender::new();
    let (farmer, right) = lender.farmer();
    let head = "合同编号,权益,出质人,consent,同意形式";
    let code = &farmer.credit_code;
    let digest = "ab".repeat(32);
    let book =
        |consent: &str, class: &str| format!("{head}\n林-1,{right},{code},{consent},{class}\n");
    let without = lender.import(&lender.folder.file("a.csv", book("", "")), &[]);
    assert_eq!(without.code, 1);
    says(
        &without,
        &[
            "同意书SHA-256 consent: the pledgor holds no key",
            "(paper, video)",
        ],
    );
    let file = lender.folder.file("b.csv", book(&digest, "纸质"));
    says(
        &lender.import(&file, &[]),
        &["holds no keys: its consent is stated by the lender"],
    );
    let done = lender.import(&file, &["--confirm"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    says(&done, &["in all: 1 registered"]);
    says(&lender.import(&file, &[]), &["nothing to do"]);
    // Who holds keys signs.
    let mill = format!(
        "{head}\n甲-1,{},{},{digest},paper\n",
        papers::unit_number(1),
        lender.town.mill.credit_code
    );
    says(
        &lender.import(&lender.folder.file("c.csv", mill), &[]),
        &["the pledgor holds keys and signs by itself"],
    );
    lender.town.house.check_ledger();
    lender.town.house.close();
}

#[test]
fn releases_are_carried_out_once_whole_and_in_part() {
    let lender = Lender::new();
    let text = lender.releases();
    let (encoded, _, _) = GB18030.encode(&text);
    let before = lender.size();
    for (name, bytes) in [
        ("r.csv", text.as_bytes().to_vec()),
        ("old.csv", encoded.to_vec()),
        ("r.xlsx", as_workbook(&text)),
    ] {
        let judged = lender.import(&lender.folder.file(name, bytes), &[]);
        assert_eq!(judged.code, 0, "{name}: {}{}", judged.out, judged.err);
        says(
            &judged,
            &["line 2: may be registered", "1 may be registered"],
        );
    }
    assert_eq!(lender.size(), before);
    let file = lender.folder.file("r.csv", &text);
    let done = lender.import(&file, &["--confirm"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    says(&done, &["in all: 1 registered"]);
    assert_eq!(lender.line(lender.town.pledge), ("60".to_owned(), false));
    for more in [&["--confirm"][..], &[]] {
        let again = lender.import(&file, more);
        assert_eq!(again.code, 0, "{}{}", again.out, again.err);
        says(&again, &["line 2: registered before as P", "nothing to do"]);
    }
    assert_eq!(lender.line(lender.town.pledge), ("60".to_owned(), false));

    let pledge = lender.town.pledge;
    let head = "pledge,whole or part,line,released,left,unit";
    let book = |rows: &str| format!("{head}\n{rows}\n");
    let wrong = book(&format!(
        "{pledge},部分,0,30,50,t/a\n{pledge},部分,3,,,\n{pledge},some,,,,\nP99999,全部,,,,\n{pledge},whole,,5,,\n\
         {pledge},part,0,0,60,\n{pledge},part,,1.1234567,60,"
    ));
    let judged = lender.import(&lender.folder.file("w.csv", wrong), &["--confirm"]);
    assert_eq!(judged.code, 1, "{}{}", judged.out, judged.err);
    says(
        &judged,
        &[
            "line 2: differs from the register",
            "解除后数量 left: the line has 60; by the book it had 80 before",
            &format!("行号 line: {pledge} has the lines 0 to 0"),
            "\"some\" is neither 全部 whole nor 部分 part",
            "担保登记编号 pledge: no pledge \"P99999\" is registered",
            "解除数量 released: does not belong to the release of a whole pledge",
            "解除数量 released: nothing would be released",
            "has more decimal digits",
        ],
    );
    // A part, and then the rest, in one file: the rows are about the same line.
    let twice = book(&format!("{pledge},part,0,10,50,\n{pledge},全部 whole,,,,"));
    let judged = lender.import(&lender.folder.file("t.csv", twice), &["--confirm"]);
    says(
        &judged,
        &["line 2: registered", "line 3: repeats an earlier row"],
    );
    let rest = lender
        .folder
        .file("rest.csv", book(&format!("{pledge},全部,,,,")));
    says(
        &lender.import(&rest, &["--confirm"]),
        &["in all: 1 registered"],
    );
    assert!(lender.line(pledge).1, "the line is released");
    says(&lender.import(&rest, &["--confirm"]), &["nothing to do"]);
    lender.town.house.close();
}

#[test]
fn two_lines_of_one_pledge_are_released_by_two_rows_and_strangers_release_nothing() {
    let mut lender = Lender::new();
    let (bank, mill) = (lender.town.bank.clone(), lender.town.mill.clone());
    let line = |from: &str, to: &str| {
        papers::line(
            lender.town.permit,
            papers::flow("5", "t/a", papers::span(from, to)),
        )
    };
    let lines = vec![
        line("2028-03-01", "2029-01-01"),
        line("2029-01-01", "2030-01-01"),
    ];
    let body = papers::pledge(&mill, lines);
    let pledge = lender
        .town
        .house
        .submit(&bank, body, &[&mill], &[])
        .pledge();
    let text = format!("pledge,whole or part,line\n{pledge},part,0\n{pledge},part,1\n");
    let file = lender.folder.file("lines.csv", &text);
    // Another bank's key releases nothing of it.
    let other = lender.folder.path("other.key");
    write_key(&PathBuf::from(&other), &lender.town.other.maker, None).unwrap();
    let second = lender.folder.path("other-checker.key");
    write_key(&PathBuf::from(&second), &lender.town.other.checker, None).unwrap();
    let server = lender.town.house.client().base().to_owned();
    let run = program(&[
        "import",
        &file,
        "--server",
        &server,
        &lender.clock,
        "--key",
        &other,
        "--key",
        &second,
        "--confirm",
    ]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    says(&run, &["in all: 2 refused"]);
    let done = lender.import(&file, &["--confirm"]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    says(&done, &["in all: 2 registered"]);
    says(&lender.import(&file, &["--confirm"]), &["nothing to do"]);
    lender.town.house.close();
}

#[test]
fn templates_are_books_and_what_is_none_is_refused() {
    let lender = Lender::new();
    let server = lender.town.house.client().base().to_owned();
    for (book, header) in [
        ("pledges", "合同编号 contract"),
        ("releases", "担保登记编号 pledge"),
    ] {
        let file = lender.folder.path(&format!("{book}.xlsx"));
        let made = program(&["template", book, "--out", &file, "--server", &server]);
        assert_eq!(made.code, 0, "{}", made.err);
        let lines = read(&std::fs::read(&file).unwrap()).unwrap();
        assert!(format!("{:?}", lines[0].cells).contains(header));
        // It is empty, so there is nothing to judge.
        let run = lender.import(&file, &[]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        says(&run, &["there are no rows under the headers"]);
    }
    // An office's book has the bounds of every table.
    let tall = "a,b\n".repeat(20_001);
    for (name, text) in [("tall.csv", tall), ("broad.csv", "a,".repeat(20_000))] {
        let file = lender.folder.file(name, text);
        let run = lender.import(&file, &[]);
        assert_eq!(run.code, 1, "{name}: {}{}", run.out, run.err);
        says(&run, &["20000 rows and 64 columns", "split the table"]);
    }
    let corner = "合同编号,权益,出质人\n".to_owned() + &"x".repeat(3_000) + ",R1,M4\n";
    let control = "合同编号,权益,出质人\n\"甲\n乙\",R1,M4\n";
    for (name, bytes, told) in [
        ("bomb.xlsx", b"PK\x03\x04 no archive".to_vec(), "hint: "),
        ("neither.csv", b"\xff\xff".to_vec(), "hint: "),
        (
            "few.csv",
            "合同编号,出质人\n".as_bytes().to_vec(),
            "the column 权益 right is missing",
        ),
        ("long.csv", corner.into_bytes(), "more than 2000 characters"),
        (
            "control.csv",
            control.as_bytes().to_vec(),
            "control characters",
        ),
        (
            "wide.csv",
            [",".repeat(64).as_bytes(), b"x"].concat(),
            "64 columns",
        ),
    ] {
        let file = lender.folder.file(name, bytes);
        let run = lender.import(&file, &["--kind", "pledges", "--confirm"]);
        assert_eq!(run.code, 1, "{name}: {}{}", run.out, run.err);
        says(&run, &[told]);
    }
    lender.town.house.close();
}
