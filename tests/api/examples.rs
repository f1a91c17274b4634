//! The examples of the document, played: a small registry is begun, every request that the document shows is sent to it in
//! order, byte for byte as it is shown, and every answer must be the one that is shown.
//!
//! With `GREENLIEN_UPDATE=1` the requests are those of this file, and what comes back is written to
//! `src/http/description/examples.json`, from which the document is made. Answers longer than a person reads are not kept; their
//! status and shape are checked all the same.

use std::collections::BTreeSet;

use greenlien::domain::command::{AdmitParty, Body, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::{CommandId, PartyId, RightId};
use greenlien::service::prices::SignedPrices;
use serde_json::{Value, json};

use super::DOCUMENT;
use super::failures::show_failures;
use super::inbox::show_drafts;
use super::showroom::{Asked, Named, Showroom};
use crate::support::papers::{self, carbon, emission, flow, line, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _, cast};

/// An example of an operation: its name, and what it is in Chinese and English.
macro_rules! example {
    ($operation:ident $name:ident $zh:literal $en:literal) => {
        &Named {
            operation: stringify!($operation),
            name: stringify!($name),
            zh: $zh,
            en: $en,
        }
    };
}
pub(super) use example;

/// Who and what the registry of the examples has.
pub(super) struct Town {
    pub(super) mill: Actor,
    pub(super) bank_a: Actor,
    bank_b: Actor,
    right: RightId,
}

fn town(room: &mut Showroom) -> Town {
    let bureau = room.admit(
        "bureau",
        "示例生态环境局",
        &[Role::Authority],
        &["carbon", "emission"],
    );
    let mill = room.admit("mill", "示例造纸有限公司", &[Role::Holder], &[]);
    let bank_a = room.admit("bank-a", "示例银行甲", &[Role::Bank], &[]);
    let bank_b = room.admit("bank-b", "示例银行乙", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = room
        .house
        .issue(&bureau, emission(&mill, "COD", "120", days));
    room.house
        .issue(&bureau, carbon(&mill, "5001130001", 2026, "1000", days));
    Town {
        mill,
        bank_a,
        bank_b,
        right,
    }
}

impl Town {
    pub(super) fn pledge(&self, amount: &str, openings: &[Opening]) -> Body {
        let extent = flow(amount, "t/a", span("2027-01-01", "2029-01-01"));
        let hidden = openings
            .iter()
            .map(|opening| (opening.claim.clone(), opening.digest()));
        let register = papers::register(&self.mill, vec![line(self.right, extent)]);
        Body::RegisterPledge(Box::new(RegisterPledge {
            hidden: hidden.collect(),
            term: Some(span("2026-12-01", "2028-12-01")),
            ..register
        }))
    }

    fn question(&self, org: &Actor, amount: &str) -> Value {
        let text = greenlien::client::question(org.party, &self.pledge(amount, &[]));
        serde_json::from_str(&text).unwrap()
    }
}

pub(super) fn openings() -> Vec<Opening> {
    let opening = |claim: &str, salt: u8, value: &str| Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    };
    vec![
        opening("contract_no", 0xa1, "2026-0815"),
        opening("principal_cny", 0xa2, "25440000"),
    ]
}

/// Shows how commands are given; returns the id of the first.
fn show_commands(room: &mut Showroom, town: &Town) -> CommandId {
    let free = town.question(&town.bank_a, "80");
    room.show(
        example!(check_command would_be_accepted "可以担保" "It would be accepted"),
        Asked::default().body(free),
    );
    let openings = openings();
    let body = town.pledge("80", &openings);
    let (cmd, text) = room.sealed(&town.bank_a, body, &[&town.mill], &openings);
    let asked = || Asked::default().text(&text);
    room.show(example!(submit_command pledge_registered "担保已登记; 合同编号与本金只以摘要入账" "A pledge is registered; contract number and principal stand in the log as digests"), asked());
    room.tick();
    room.show(example!(submit_command decided_before "同样的字节再次提交: 原决定" "The same bytes again: the original decision"), asked());
    let (_, text) = room.sealed(&town.bank_b, town.pledge("50", &[]), &[&town.mill], &[]);
    room.show(example!(submit_command double_pledge "重复担保: 拒绝, 附在先登记和可办的最大数量" "A double pledge: refused, with what stands in the way and the most that would be admissible"), Asked::default().text(&text));
    room.tick();
    let late = text.replacen("\"payload\":\"e", "\"payload\":\"f", 1);
    room.show(example!(submit_command damaged_payload "内容被改动: 入口即拒, 不留账页" "A payload that was changed: refused at the door, without an entry"), Asked::default().text(&late));
    let lines = vec![line(
        town.right,
        flow("20", "t/a", span("2027-01-01", "2028-01-01")),
    )];
    let (_, reserve) = room.sealed(
        &town.bank_b,
        papers::reserve(&town.mill, lines, 14),
        &[&town.mill],
        &[],
    );
    // The second is refused at the door: of two that are decided, the log may close a group between them or not.
    let batch = format!("{{\"commands\":[{reserve},{late}]}}");
    room.show(example!(submit_command_batch one_of_two "一项接受, 一项在入口被拒" "One is accepted, one refused at the door"), Asked::default().text(&batch));
    room.tick();
    let receipt = Asked::default()
        .with("cmd", cmd)
        .with("org", town.bank_a.party);
    room.show(
        example!(get_receipt receipt_again "再取回执" "The receipt once more"),
        receipt,
    );
    let unknown = Asked::default()
        .with("cmd", "0".repeat(32))
        .with("org", town.bank_a.party);
    room.show(
        example!(get_receipt receipt_unknown "没有这样的指令" "No such command"),
        unknown,
    );
    let taken = town.question(&town.bank_b, "50");
    room.show(example!(check_command would_be_refused "不可以: 最多 20 t/a" "It would be refused: at most 20 t/a"), Asked::default().body(taken));
    let mut wrong = town.question(&town.bank_b, "10");
    wrong["body"]["lines"][0]["unit"] = json!("kg");
    room.show(example!(check_command wrong_unit "单位不符: 指明成员" "The wrong unit: the member is named"), Asked::default().body(wrong));
    cmd
}

fn show_records(room: &mut Showroom, town: &Town) {
    let permit = format!("discharge-permit:{}001W|COD", town.mill.credit_code);
    let asked = Asked::default;
    room.show(
        example!(list_rights by_identity "按标识" "By identity"),
        asked().with("identity", &permit),
    );
    room.show(
        example!(list_rights by_holder "按持有人, 首页" "By holder, the first page"),
        asked().with("holder", town.mill.party).with("limit", 1),
    );
    let raw = room.show(
        example!(get_right right "一项权益及其负担" "A right with its burdens"),
        asked().with("id", town.right),
    );
    room.show(
        example!(get_right unchanged "版本未变" "The version is the same"),
        asked()
            .with("id", town.right)
            .with("If-None-Match", raw.header("etag")),
    );
    room.show(
        example!(get_right right_unknown "没有这项权益" "No such right"),
        asked().with("id", "R999"),
    );
    room.show(
        example!(list_right_history right_history "最近的一个账页" "The last entry"),
        asked().with("id", town.right).with("limit", 1),
    );
    room.show(
        example!(list_pledges by_pledgee "按担保权人" "By pledgee"),
        asked().with("pledgee", town.bank_a.party),
    );
    room.show(
        example!(get_pledge pledge "一项担保登记" "A pledge"),
        asked().with("id", "P14"),
    );
    room.show(
        example!(list_pledge_history pledge_history "担保登记的经过" "The history of a pledge"),
        asked().with("id", "P14"),
    );
    room.show(
        example!(list_parties by_credit_code "按信用代码" "By credit code"),
        asked().with("credit_code", &town.bank_a.credit_code),
    );
    let typo = format!("{}0", &town.bank_a.credit_code[..17]);
    room.show(
        example!(list_parties wrong_check_digit "校验位有误" "A wrong check character"),
        asked().with("credit_code", typo),
    );
    room.show(
        example!(get_party party "一个主体及其密钥" "A party with its keys"),
        asked().with("id", town.bank_a.party),
    );
    room.show(
        example!(list_party_history party_history "主体的经过" "The history of a party"),
        asked().with("id", town.bank_a.party).with("limit", 1),
    );
    room.show(
        example!(get_export rights_csv "权益列表, CSV" "The rights, as CSV"),
        asked().with("file", "rights.csv"),
    );
    room.show(
        example!(get_export burdens_csv "一项权益上的负担, CSV" "The burdens on a right, as CSV"),
        asked()
            .with("file", "burdens.csv")
            .with("record", town.right),
    );
    room.show(
        example!(get_export burdens_of_nothing "没有这项权益" "There is no such right"),
        asked().with("file", "burdens.csv").with("record", "R999"),
    );
    room.show(
        example!(get_export statistics_xlsx "统计表, xlsx" "The statistics, as a workbook"),
        asked().with("file", "statistics.xlsx").with("at", 17),
    );
    room.show(
        example!(get_export month_not_over "该月尚未结束" "The month is not over"),
        asked().with("file", "monthly.csv").with("month", "2026-12"),
    );
}

fn show_sessions(room: &mut Showroom, town: &Town) {
    /// What is shown in place of what is random.
    const CHALLENGE: &str =
        "greenlien/session/v1|registry.example/greenlien/500113#\u{2026}|M6|\u{2026}";
    let asked = Asked::default;
    let kid = town.bank_a.maker.public().id().to_string();
    let who = json!({"org": town.bank_a.party.to_string(), "kid": kid});
    let raw = room.show(
        example!(make_challenge challenge "取待签文本" "A text to sign"),
        asked().body(who).masking("challenge", CHALLENGE),
    );
    let challenge = raw.json()["challenge"].as_str().unwrap().to_owned();
    let sign_in = |text: &str| {
        let signature = town.bank_a.maker.sign(text.as_bytes());
        json!({"challenge": text, "signature": hex::encode(signature.0)})
    };
    let raw = room.show(
        example!(open_session signed_in "登录" "Signing in"),
        asked()
            .body(sign_in(CHALLENGE))
            .sending_body(sign_in(&challenge))
            .masking("form_token", "b\u{2026}")
            .masking("token", "a\u{2026}"),
    );
    let token = raw.json()["token"].as_str().unwrap().to_owned();
    let denied = asked().body(sign_in(CHALLENGE));
    room.show(
        example!(open_session sign_in_denied "不是本登记簿的文本" "A text that is not ours"),
        denied,
    );
    let session = asked().signed_in(&token).masking("form_token", "b\u{2026}");
    room.show(example!(get_session session "会话" "The session"), session);
    room.show(
        example!(get_session no_session "没有会话" "There is no session"),
        asked(),
    );
    let id = || asked().with("id", "P14").signed_in(&token);
    room.show(example!(get_openings openings "担保权人看到的隐藏值" "The hidden values, as the pledgee sees them"), id());
    room.show(
        example!(list_opening_reads opening_reads "谁看过" "Who has seen them"),
        id(),
    );
    room.show(
        example!(get_export reads_csv "谁看过隐藏值, CSV" "Who has seen hidden values, as CSV"),
        asked()
            .with("file", "reads.csv")
            .with("record", "P14")
            .signed_in(&token),
    );
    room.show(
        example!(list_webhooks webhooks "成员的回调" "The webhooks of a member"),
        asked().signed_in(&token),
    );
    let hook = || asked().with("name", "bank-a").signed_in(&token);
    room.show(
        example!(list_deliveries deliveries "尚无投递" "Nothing was delivered yet"),
        hook(),
    );
    room.show(
        example!(replay_webhook replay "自账页 2 起重新投递" "Once more from entry 2"),
        hook().body(json!({"from": 2})),
    );
    room.show(
        example!(post_watch watch "权益 R10 的, 或与本单位有关的冻结与调整" "Freezes and changes of a right, or that concern the bank"),
        hook().body(json!({"parties": ["M6"], "rights": ["R10"], "types": ["freeze", "adjust_right"]})),
    );
    room.show(
        example!(post_watch watch_unknown "本登记系统没有该权益" "There is no such right"),
        hook().body(json!({"rights": ["R900"]})),
    );
    let other = asked().with("name", "bank-b").signed_in(&token);
    room.show(
        example!(list_deliveries webhook_of_others "没有这个回调" "No such webhook"),
        other,
    );
    let nobody = asked().with("id", "P14");
    room.show(
        example!(get_openings openings_of_others "未登录" "Without a session"),
        nobody,
    );
    room.show(
        example!(end_session signed_out "退出" "Signing out"),
        asked().signed_in(&token),
    );
}

fn show_alerts_and_tables(room: &mut Showroom) {
    let asked = Asked::default;
    let some = || asked().with("from", 14).with("until", 17);
    room.show(
        example!(stream_events events "三个账页的通知" "The notices of three entries"),
        some(),
    );
    room.show(
        example!(stream_events events_of_type "其中一类, 接着最后所见" "One type of them, after the last that was seen"),
        some().with("type", "register_pledge").with("Last-Event-ID", 14),
    );
    room.show(
        example!(stream_events events_beyond "账簿没有这样的位置" "A place that the log does not have"),
        asked().with("from", 9999),
    );
    let prices = json!({"prices": [{
        "cny": "98000", "day": "2026-12-01", "kind": "emission", "parts": "", "source": "示例排污权交易所",
    }]});
    let list = Json::parse(prices.to_string().as_bytes())
        .unwrap()
        .to_canonical();
    let signed = SignedPrices::sign(&room.house.audience(), list, &cast::registrar().maker);
    room.show(
        example!(add_prices one_price "一条价格" "One price"),
        asked().text(&signed.to_json().to_canonical()),
    );
    let shown = openings().into_iter().map(|opening| {
        json!({"pledge": "P14", "claim": opening.claim, "salt": "a2".repeat(16), "value": opening.value})
    });
    let presented = json!({"openings": shown.filter(|one| one["claim"] == "principal_cny").collect::<Vec<_>>()});
    room.show(
        example!(list_alerts lapse "即将到期" "What comes to its end"),
        asked().with("kind", "lapse").with("day", "2028-11-20"),
    );
    room.show(example!(ask_alerts loan_to_value "计入所出示的本金" "With the principal that is presented"), asked().with("day", "2026-12-02").body(presented.clone()));
    let mut wrong = presented.clone();
    wrong["openings"][0]["value"] = json!("1");
    room.show(example!(ask_alerts wrong_opening "揭示与摘要不符" "An opening that does not open its digest"), asked().body(wrong));
    room.show(
        example!(list_reconciliation nothing_elsewhere "未记载外部登记" "No registration elsewhere is recorded"),
        asked().with("day", "2026-12-02"),
    );
    room.show(
        example!(get_statistics by_kind "按种类" "By kind"),
        asked().with("by", "kind").with("at", 17),
    );
    room.show(example!(ask_statistics with_principals "计入所出示的本金" "With the principal that is presented"), asked().with("by", "kind,month").with("at", 17).body(presented));
    room.show(
        example!(list_statistics_lines open_lines "在登的行" "Lines that stand"),
        asked().with("at", 17).with("state", "open"),
    );
}

fn show_files(room: &mut Showroom, town: &Town) {
    let asked = Asked::default;
    room.show(example!(get_right_evidence right_evidence "权益的证据包, 附旧检查点未被改写的证明" "Evidence of a right, with the proof that an older log was not rewritten"), asked().with("id", town.right).with("old", 2));
    room.show(
        example!(get_pledge_evidence pledge_evidence "担保登记的证据包" "Evidence of a pledge"),
        asked().with("id", "P14"),
    );
    let nobody = "discharge-permit:91500113PP7QNGFH31009R|SO2";
    room.show(
        example!(get_absence_evidence absence "未见登记" "No record is found"),
        asked().with("identity", nobody),
    );
    let permit = format!("discharge-permit:{}001W|COD", town.mill.credit_code);
    room.show(example!(get_absence_evidence not_absent "已有登记: 请取其权益的证据" "It is registered: ask for the evidence of its right"), asked().with("identity", permit));
    let question = town.question(&town.bank_b, "10");
    room.show(
        example!(post_answer_evidence answer_evidence "答复的证据包" "Evidence of an answer"),
        asked().body(question),
    );
    let about = json!({"right": town.right.to_string(), "reader": {"name": "示例银行乙", "purpose": "贷前调查"}});
    room.show(
        example!(issue_certificate certificate_of_right "就一项权益出具" "About a right"),
        asked().body(about),
    );
    let about = json!({"identities": [nobody]});
    // The code is random; the document shows another one of the same form.
    let raw = room.show(
        example!(issue_certificate certificate_of_absence "就一个标识出具" "About an identity"),
        asked().body(about).masking("code", "0000000000000000"),
    );
    let code = raw.json()["code"].as_str().unwrap().to_owned();
    let by_code = asked()
        .with("code", "0000000000000000")
        .sending("code", code.clone())
        .masking("code", "0000000000000000");
    room.show(
        example!(get_certificate certificate_by_code "按核验码取 JSON" "By its code, as JSON"),
        by_code,
    );
    let printed = asked()
        .with("code", "0000000000000000.pdf")
        .sending("code", format!("{code}.pdf"));
    room.show(
        example!(get_certificate certificate_pdf "PDF" "As PDF"),
        printed,
    );
}

fn show_log(room: &mut Showroom) {
    let asked = Asked::default;
    room.show(
        example!(get_entry entry "登记担保的账页" "The entry that registered a pledge"),
        asked().with("index", 14),
    );
    room.show(
        example!(get_entry entry_beyond "尚无此账页" "There is no such entry yet"),
        asked().with("index", 9999),
    );
    room.show(
        example!(get_entry_proof entry_proof "账页的证明" "The proof of an entry"),
        asked().with("index", 14),
    );
    room.show(example!(get_consistency prefix "大小为 5 的日志是大小为 16 的前缀" "The log of size 5 is a prefix of that of size 16"), asked().with("old", 5).with("new", 16));
    room.show(
        example!(get_checkpoint checkpoint "最新的检查点" "The newest checkpoint"),
        asked(),
    );
    room.show(
        example!(get_log log "日志现状" "Where the log stands"),
        asked(),
    );
    room.show(
        example!(get_tile hashes "前五个叶的哈希" "The hashes of the first five leaves"),
        asked().with("path", "0/000.p/5"),
    );
    room.show(
        example!(get_tile bundle "前三个账页" "The first three entries"),
        asked().with("path", "entries/000.p/3"),
    );
    room.show(example!(get_health runs "在运行" "It runs"), asked());
    room.show(
        example!(get_readiness takes_commands "接受指令" "It takes commands"),
        asked(),
    );
    room.show(
        example!(get_metrics metrics "供监控读取的数字" "Numbers for a monitor"),
        asked().retelling(without_measurements),
    );
    room.show(
        example!(get_openapi description "本描述" "This description"),
        asked(),
    );
}

/// What the program counts and times while it answers, as zero.
fn without_measurements(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((name, _)) if line.starts_with("greenlien_http_") => format!("{name} 0\n"),
        Some(_) | None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A natural person, who is admitted last, so that the entries of all other examples keep their numbers.
fn show_person(room: &mut Showroom) {
    let opening = |claim: &str, salt: u8, value: &str| Opening {
        claim: claim.to_owned(),
        salt: vec![salt; 16],
        value: value.to_owned(),
    };
    let hidden = [
        opening("name", 0xb1, "示例农户甲"),
        opening("resident_id", 0xb2, "500113198001010019"),
    ];
    let mut person = Actor::new("person", &[Role::Holder]);
    let aud = room.house.audience();
    let body = Body::AdmitParty(AdmitParty {
        name: None,
        credit_code: None,
        region: None,
        hidden: hidden
            .iter()
            .map(|one| (one.claim.clone(), one.digest()))
            .collect(),
        ..person.admission(&aud, &[Role::Holder], &[])
    });
    let registrar = cast::registrar();
    let signers = registrar.signers();
    let named: Vec<_> = signers.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = room.house.draft(registrar.party, body, &named, &[]);
    let keys: Vec<_> = signers.iter().map(|(_, role, key)| (*role, *key)).collect();
    let answer = room.house.deliver(seal(&command, &keys), &hidden);
    assert!(answer.is_accepted(), "{answer:?}");
    person.party = PartyId(answer.index());
    let client = room.house.client();
    let session = client.open_session(person.party, &person.maker, None);
    let token = session.unwrap().value.token.unwrap();
    let id = || Asked::default().with("id", person.party);
    room.show(
        example!(get_person_openings person_openings "本人看到的隐藏值" "The hidden values, as the person sees them"),
        id().signed_in(&token),
    );
    room.show(
        example!(list_person_opening_reads person_opening_reads "谁看过" "Who has seen them"),
        id().signed_in(&token),
    );
    room.show(
        example!(get_person_openings person_openings_of_others "未登录" "Without a session"),
        id(),
    );
}

#[test]
fn every_example_is_answered_as_the_document_shows() {
    let mut room = Showroom::new();
    let town = town(&mut room);
    let decided = show_commands(&mut room, &town);
    show_records(&mut room, &town);
    show_sessions(&mut room, &town);
    show_alerts_and_tables(&mut room);
    show_files(&mut room, &town);
    show_log(&mut room);
    show_person(&mut room);
    show_drafts(&mut room, &town);
    show_failures(&mut room, &town, decided);
    room.finish();
}

#[test]
fn the_document_shows_no_example_that_is_not_played() {
    let kept: Vec<Value> =
        serde_json::from_str(include_str!("../../src/http/description/examples.json")).unwrap();
    let names: BTreeSet<&str> = kept
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    let mut found = Vec::new();
    gather(&DOCUMENT["paths"], &mut found);
    gather(&DOCUMENT["components"]["responses"], &mut found);
    for name in &found {
        // What no request shows is named after its kind of failure, and made of it.
        let made = &DOCUMENT["components"]["examples"][name]["value"]["type"];
        let is_made = *made == format!("/problems/{name}");
        assert!(names.contains(name.as_str()) != is_made, "{name}");
    }
    assert!(found.len() > names.len() / 2);
}

/// Collects the names under every `examples`.
fn gather(value: &Value, found: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        match member.as_object() {
            Some(examples) if name == "examples" => found.extend(examples.keys().cloned()),
            _ => gather(member, found),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        gather(item, found);
    }
}
