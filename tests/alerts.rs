//! Alerts over HTTP: what is near its end, reduced, frozen, changed, crossed or shared on a day; and that none is stored.

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::order::Terms;
use greenlien::domain::party::Role;
use greenlien::domain::right::Identity;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::{PledgeId, RightId};
use greenlien::service::prices::SignedPrices;
use serde_json::{Value, json};

use crate::support::house::House;
use crate::support::papers::{
    carbon, document, emission, flow, forest, instant, line, rectangle, register, sink, span,
    stock, unit_number, whole,
};
use crate::support::play::seal;
use crate::support::{Actor, Play as _, cast};

pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) bureau: Actor,
    pub(crate) mill: Actor,
    pub(crate) bank: Actor,
}

pub(crate) fn town() -> Town {
    let mut house = House::new();
    let duties = ["carbon", "carbon_sink", "emission", "forest"];
    Town {
        bureau: house.admit("bureau", &[Role::Authority], &duties),
        mill: house.admit("mill", &[Role::Holder], &[]),
        bank: house.admit("bank", &[Role::Bank], &[]),
        house,
    }
}

impl Town {
    fn issue(&mut self, right: greenlien::domain::command::IssueRight) -> RightId {
        self.house.issue(&self.bureau, right)
    }

    fn pledge(&mut self, register: RegisterPledge, openings: &[Opening]) -> PledgeId {
        let hidden = openings
            .iter()
            .map(|opening| (opening.claim.clone(), opening.digest()))
            .collect();
        let body = Body::RegisterPledge(Box::new(RegisterPledge { hidden, ..register }));
        let keys: Vec<_> = [&self.bank, &self.mill]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = self.house.draft(self.bank.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let sealed = seal(&command, &keys);
        self.house.deliver(sealed, openings).pledge()
    }

    /// The alerts of a day as `kind record.line what days`, as far as each says so.
    fn alerts(&self, query: &str) -> Vec<String> {
        let reply = self.house.get(&format!("/v1/alerts?{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        told(&reply.json)
    }

    fn add_prices(&self, key: &SecretKey, list: &Value) -> (u16, Value) {
        let list = list.to_string();
        let list = greenlien::primitives::canonical::Json::parse(list.as_bytes()).unwrap();
        let signed = SignedPrices::sign(&self.house.audience(), list.to_canonical(), key);
        let client = self.house.client().clone();
        let body = signed.to_json().to_canonical();
        let reply = client.post("/v1/prices", &body).unwrap();
        (reply.status, reply.json)
    }
}

fn told(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    let text = |alert: &Value| {
        let word = |name: &str| match &alert[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => "-".to_owned(),
        };
        ["kind", "what", "on", "days_left", "stage", "amount"]
            .map(word)
            .join(" ")
    };
    items.iter().map(text).collect()
}

fn opening(claim: &str, value: &str) -> Opening {
    Opening {
        claim: claim.to_owned(),
        salt: vec![7; 16],
        value: value.to_owned(),
    }
}

#[test]
fn ends_are_told_60_30_and_7_days_before_and_afterwards() {
    let mut t = town();
    let cod = emission(&t.mill, "COD", "120", span("2026-01-01", "2028-06-01"));
    let cod = t.issue(cod);
    let days = span("2027-01-01", "2028-01-01");
    let term = span("2026-12-01", "2027-03-01");
    let pledge = register(&t.mill, vec![line(cod, flow("80", "t/a", days))]);
    let pledge = RegisterPledge {
        term: Some(term),
        ..pledge
    };
    t.pledge(pledge, &[]);
    // That nothing is reported of the register which the policy names is told on every day, ends only when they are near.
    let elsewhere = "external_unrecorded - - - - -".to_owned();
    assert_eq!(t.alerts("day=2026-12-30"), std::slice::from_ref(&elsewhere));
    for (day, left, stage) in [
        ("2026-12-31", 60, 60),
        ("2027-01-30", 30, 30),
        ("2027-02-25", 4, 7),
        ("2027-03-02", -1, 0),
    ] {
        let expected = format!("lapse term 2027-03-01 {left} {stage} -");
        let expected = [expected, elsewhere.clone()];
        assert_eq!(t.alerts(&format!("day={day}")), expected, "{day}");
    }
    // The span of the line ends on the first day of 2028, the right half a year later.
    let late = t.alerts("day=2028-05-01");
    assert!(
        late.contains(&"lapse right 2028-06-01 31 60 -".to_owned()),
        "{late:?}"
    );
    assert!(
        late.iter()
            .any(|alert| alert.starts_with("lapse collateral_span"))
    );
    t.house.close();
}

#[test]
fn acts_of_authorities_reach_the_creditor() {
    let mut t = town();
    let court = t.house.admit("court", &[Role::Court], &[]);
    let cod = emission(&t.mill, "COD", "120", span("2026-01-01", "2028-01-01"));
    let cod = t.issue(cod);
    let days = span("2027-01-01", "2028-01-01");
    let pledge = register(&t.mill, vec![line(cod, flow("80", "t/a", days))]);
    let pledge = RegisterPledge {
        term: Some(span("2026-12-01", "2029-01-01")),
        ..pledge
    };
    let registered = t.house.submit(
        &t.bank,
        Body::RegisterPledge(Box::new(pledge)),
        &[&t.mill],
        &[],
    );
    // The policy of the kind refuses a claim that outlasts the right, so this one has none.
    assert_eq!(registered.refusals(), [4_002]);
    let pledge = register(&t.mill, vec![line(cod, flow("80", "t/a", days))]);
    let pledge = t.pledge(pledge, &[]);
    let freeze = Body::Freeze {
        right: cod,
        authority: court.party,
        extent: flow("100", "t/a", days),
        document: document(),
        terms: Terms::default(),
    };
    let registrar = cast::registrar();
    assert!(t.house.submit(&registrar, freeze, &[], &[]).is_accepted());
    let query = "day=2027-01-01&kind=frozen";
    // Of the line the freeze takes what is not left beside it; it came later, so nothing of the line is lost.
    assert_eq!(t.alerts(query), ["frozen - - - - 60"]);
    let reduced = t.alerts("day=2027-01-01&kind=right_reduced");
    assert_eq!(reduced, Vec::<String>::new());
    let revoke = Body::RevokeRight {
        right: cod,
        from: span("2027-04-01", "2028-01-01").from(),
        document: document(),
    };
    assert!(t.house.submit(&t.bureau, revoke, &[], &[]).is_accepted());
    let revoked = t.alerts("day=2027-01-01&kind=right_revoked");
    assert_eq!(revoked, ["right_revoked - 2027-04-01 90 - -"]);
    let reduced = t.alerts("day=2027-01-01&kind=right_reduced");
    assert_eq!(reduced, ["right_reduced - 2027-04-01 - - 80"]);
    // By party, by right and by pledge it is the same alert; of another party there is none.
    assert_eq!(t.alerts(query), ["frozen - - - - -"]);
    for query in [
        format!("party={}", t.bank.party),
        format!("right={cod}"),
        format!("pledge={pledge}"),
    ] {
        let query = format!("day=2027-01-01&kind=right_reduced&{query}");
        assert_eq!(t.alerts(&query), reduced, "{query}");
    }
    let query = format!("day=2027-01-01&party={}", t.bureau.party);
    assert_eq!(t.alerts(&query), Vec::<String>::new());
    t.house.close();
}

#[test]
fn insurance_ground_and_compliance_are_watched() {
    let mut t = town();
    let days = span("2026-01-01", "2046-01-01");
    let mut land = forest(
        &t.mill,
        &unit_number(1),
        "商品林",
        rectangle(0, 0, 60_000, 50_000),
        days,
    );
    land.attributes
        .insert("insurance_until".to_owned(), "2026-12-31".to_owned());
    let land = t.issue(land);
    t.pledge(register(&t.mill, vec![line(land, whole())]), &[]);
    let insured = t.alerts("day=2026-12-10");
    let expected = [
        "external_unrecorded - - - - -",
        "insurance_lapse - 2027-01-01 22 30 -",
        "area_differs - - - - 484.59",
    ];
    assert_eq!(insured, expected);
    // A sink that was issued after the pledge lies on the same ground.
    let project = sink(&t.mill, "CCER-1", &[&unit_number(1)], (2027, 2030));
    t.issue(project);
    // For the creditor's line, and for the holder and issuer of each right.
    assert_eq!(t.alerts("day=2026-12-10&kind=same_ground").len(), 3);
    let mut allowances = carbon(&t.mill, "5001130001", 2026, "50000", days);
    for (name, value) in [("surrender_due", "41000"), ("surrender_by", "2027-12-31")] {
        allowances
            .attributes
            .insert(name.to_owned(), value.to_owned());
    }
    let allowances = t.issue(allowances);
    let lines = vec![line(allowances, stock("20000", "tCO2e"))];
    t.pledge(register(&t.mill, lines), &[]);
    let gap = "compliance_gap - 2028-01-01 45 60 11000".to_owned();
    let query = "day=2027-11-17&kind=compliance_gap";
    // Once for the creditor's line, once for the holder and the issuer.
    assert_eq!(t.alerts(query), [gap.clone(), gap]);
    t.house.close();
}

/// S14: 100,000 t at 70.00, loan 4.55 m, lines at 75 and 85 percent.
#[test]
fn a_price_line_is_crossed_by_imported_prices_and_presented_openings() {
    let mut t = town();
    let days = span("2026-01-01", "2031-01-01");
    let cea = t.issue(carbon(&t.mill, "5001130001", 2026, "200000", days));
    let principal = opening("principal_cny", "4550000");
    let lines = vec![line(cea, stock("100000", "tCO2e"))];
    let pledge = t.pledge(register(&t.mill, lines), std::slice::from_ref(&principal));
    let price = |day: &str, cny: &str| json!({"kind": "carbon", "parts": "type=CEA", "day": day, "cny": cny, "source": "全国碳市场收盘价"});
    let list = json!({"prices": [
        price("2026-12-01", "70"), price("2027-01-01", "60"), price("2027-02-01", "53"),
    ]});
    let registrar = cast::registrar();
    let strangers = t.add_prices(&t.bank.maker, &list);
    assert_eq!((strangers.0, &strangers.1["field"]), (400, &json!("kid")));
    assert_eq!(
        t.add_prices(&registrar.maker, &list),
        (200, json!({"added": 3}))
    );
    let wrong = json!({"prices": [price("2027-01-01", "0")]});
    assert_eq!(
        t.add_prices(&registrar.maker, &wrong).1["field"],
        "list.prices[0].cny"
    );
    let ask = |day: &str, opening: &Opening| {
        let body = json!({"openings": [{
            "pledge": pledge.to_string(), "claim": opening.claim, "value": opening.value,
            "salt": "07".repeat(16),
        }]});
        let client = t.house.client().clone();
        let path = format!("/v1/alerts?day={day}&kind=price_line");
        client.post(&path, &body.to_string()).unwrap()
    };
    let crossed = |day: &str| {
        let page = ask(day, &principal).json;
        let price = &page["items"][0]["price"];
        (price["line"].clone(), price["ltv_ppm"].clone())
    };
    assert_eq!(crossed("2026-12-15"), (Value::Null, Value::Null));
    assert_eq!(crossed("2027-01-15"), (json!("warning"), json!(758_334)));
    assert_eq!(crossed("2027-03-01"), (json!("close_out"), json!(858_491)));
    // Nobody else sees it, and a made-up amount opens nothing.
    assert_eq!(
        t.alerts("day=2027-03-01&kind=price_line"),
        Vec::<String>::new()
    );
    let typed = ask("2027-03-01", &opening("principal_cny", "1"));
    assert_eq!(
        (typed.status, &typed.json["field"]),
        (400, &json!("openings[0]"))
    );
    let log = t.house.get("/checkpoint").text;
    assert_eq!(t.add_prices(&registrar.maker, &list).0, 200);
    assert_eq!(
        t.house.get("/checkpoint").text,
        log,
        "prices are no entries"
    );
    t.house.close();
}

#[test]
fn pages_go_on_where_the_one_before_ended() {
    let mut t = town();
    let mut last = RightId(0);
    for number in 0..7 {
        let pollutant = ["COD", "NH3-N", "TN", "TP", "SO2", "NOx", "VOCs"][number];
        let cod = emission(&t.mill, pollutant, "120", span("2026-01-01", "2027-02-01"));
        last = t.issue(cod);
        let days = span("2027-01-01", "2027-01-20");
        let pledge = register(&t.mill, vec![line(last, flow("80", "t/a", days))]);
        t.pledge(pledge, &[]);
    }
    let reserve = greenlien::domain::command::Body::Reserve {
        pledgor: t.mill.party,
        lines: vec![line(
            last,
            flow("1", "t/a", span("2027-01-01", "2027-01-20")),
        )],
        days: 20,
    };
    let reserved = t.house.submit(&t.bank, reserve, &[&t.mill], &[]);
    assert!(reserved.is_accepted(), "{reserved:?}");
    let all = t.alerts("day=2026-12-15&limit=200");
    let mut seen = Vec::new();
    let mut path = "/v1/alerts?day=2026-12-15&limit=2".to_owned();
    loop {
        let page = t.house.get(&path);
        seen.extend(told(&page.json));
        match page.json["next"].as_str() {
            Some(next) => path = format!("/v1/alerts?day=2026-12-15&limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    assert!(
        seen.iter()
            .any(|alert| alert.starts_with("lapse reservation"))
    );
    for (query, field) in [
        ("kind=color", "kind"),
        ("day=today", "day"),
        ("after=F1", "after"),
        ("party=R1", "party"),
        ("color=red", "color"),
    ] {
        let reply = t.house.get(&format!("/v1/alerts?{query}"));
        assert_eq!(
            (reply.status, &reply.json["field"]),
            (400, &json!(field)),
            "{query}"
        );
    }
    t.house.close();
}

#[test]
fn an_identity_names_its_price_series_from_the_most_exact_on() {
    let mut t = town();
    let days = span("2026-01-01", "2031-01-01");
    let mut right = carbon(&t.mill, "5001130001", 2026, "10", days);
    right.identities = vec![Identity {
        scheme: "allowance-account".to_owned(),
        value: "CEA|5001130001|2026".to_owned(),
    }];
    let cea = t.issue(right);
    let principal = opening("principal_cny", "700");
    let lines = vec![line(cea, stock("10", "tCO2e"))];
    let pledge = t.pledge(register(&t.mill, lines), std::slice::from_ref(&principal));
    let price = |parts: &str, cny: &str| json!({"kind": "carbon", "parts": parts, "day": "2026-12-01", "cny": cny, "source": "s"});
    let list = json!({"prices": [price("", "1"), price("vintage=2026;type=CEA", "80"), price("type=CEA", "70")]});
    assert_eq!(t.add_prices(&cast::registrar().checker, &list).0, 200);
    let body = json!({"openings": [{
        "pledge": pledge.to_string(), "claim": "principal_cny", "value": "700", "salt": "07".repeat(16),
    }]});
    let client = t.house.client().clone();
    let page = client
        .post("/v1/alerts?day=2026-12-02", &body.to_string())
        .unwrap();
    let price = &page.json["items"][0]["price"];
    assert_eq!(price["ltv_ppm"], 875_000, "{}", page.text);
    assert_eq!(price["prices"][0]["series"], "carbon|type=CEA|vintage=2026");
    t.house.close();
}

/// A pledge without a clear cap: its principal comes beside the command and counts in the answer, and nowhere else.
#[test]
fn what_is_lent_is_noticed_in_the_receipt_by_the_opened_principal() {
    let mut t = town();
    let text = include_str!("../fixtures/policy/carbon.toml");
    let later = text.replacen("version = 2", "version = 3", 1);
    let body = Body::AdoptPolicy {
        kind: "carbon".to_owned(),
        text: format!("{later}\n[ltv]\nmax_percent = 60\ncites = \"本地办法\"\n"),
    };
    let (bank, bureau) = (t.bank.clone(), t.bureau.clone());
    assert!(t.house.submit(&bank, body, &[&bureau], &[]).is_accepted());
    t.house.at(instant("2026-12-20T02:00:00Z"));
    let days = span("2026-01-01", "2031-01-01");
    let cea = t.issue(carbon(&t.mill, "5001130001", 2026, "200000", days));
    let price =
        json!({"kind": "carbon", "parts": "", "day": "2026-12-01", "cny": "70", "source": "x"});
    let registrar = cast::registrar();
    let added = t.add_prices(&registrar.maker, &json!({ "prices": [price] }));
    assert_eq!(added.0, 200, "{added:?}");
    // 10,000 t at 70 yuan are 700,000, of which 60 percent are 420,000.
    let mut send = |principal: &str| {
        let opening = opening("principal_cny", principal);
        let lines = vec![line(cea, stock("10000", "tCO2e"))];
        let body = Body::RegisterPledge(Box::new(RegisterPledge {
            hidden: vec![(opening.claim.clone(), opening.digest())],
            ..register(&t.mill, lines)
        }));
        let keys: Vec<_> = [&t.bank, &t.mill]
            .into_iter()
            .flat_map(Actor::signers)
            .collect();
        let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
        let command = t.house.draft(t.bank.party, body, &signers, &[]);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
        let sent = crate::support::house::submission(&seal(&command, &keys), &[opening]);
        let reply = t.house.client().post("/v1/commands", &sent).unwrap();
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json
    };
    assert_eq!(send("420000")["notices"], Value::Null);
    let above = send("420000.01");
    let notice = &above["notices"][0];
    let lending = json!({
        "before_cny": "0", "claim_cny": "420000.01", "most_cny": "420000", "value_cny": "700000",
    });
    assert_eq!(
        (&notice["code"], &notice["right"], &notice["lending"]),
        (&json!(3017), &json!(cea.to_string()), &lending)
    );
    assert!(!above["entry"].as_str().unwrap().contains("3017"));
    // Without its opening nobody is told.
    let told = t.alerts("day=2026-12-20&kind=above_max_ltv");
    assert_eq!(told, Vec::<String>::new());
    let id = above["created"].as_str().unwrap();
    let body = json!({"openings": [{
        "pledge": id, "claim": "principal_cny", "value": "420000.01", "salt": "07".repeat(16),
    }]});
    let client = t.house.client().clone();
    let path = "/v1/alerts?day=2026-12-20&kind=above_max_ltv";
    let page = client.post(path, &body.to_string()).unwrap().json;
    assert_eq!(page["items"][0]["lending"], lending, "{page}");
    t.house.close();
}
