//! Pages for members, over HTTP: signing in and out, the desk of a party, hidden values, the registrar's
//! view. What they write, and what they must not.

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::domain::envelope::Opening;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::primitives::id::PledgeId;

use crate::pages::{Town, town};
use crate::support::person::Person;
use crate::support::play::{Play as _, seal};
use crate::support::{cast, papers};

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
    // The other party of the pledge has it in the other list, and the attempt concerns it; a stranger is told of none.
    let page = town
        .house
        .get(&format!("/work?party={}", town.mill.party))
        .text;
    let given = page.split("id=\"given\"").nth(1).unwrap();
    assert!(
        given.contains(&format!("/pledges/{}", town.pledge)),
        "{given}"
    );
    let refused = page.split("id=\"refused\"").nth(1).unwrap();
    assert!(refused.contains("/findings/3002"), "{refused}");
    let page = town
        .house
        .get(&format!("/work?party={}", town.other.party))
        .text;
    assert!(page.contains("最近的账页中没有被拒的申请"), "{page}");
    // A stranger who has not signed in is told so first; the registrar sees what was refused to anybody.
    assert!(!page.contains("您没有登录"), "{page}");
    let page = town.house.get("/work").text;
    assert!(
        page.contains("您没有登录") && page.contains("/sign-in?next=/work"),
        "{page}"
    );
    let registrar = Person::sign_in(&town.house, &cast::registrar());
    let page = registrar.page("/work");
    let refused = page.split("id=\"refused\"").nth(1).unwrap();
    assert!(
        refused.contains("/findings/3002") && refused.contains("href=\"/log?decision=refused\""),
        "{refused}"
    );
    assert!(!page.contains("您没有登录"), "{page}");
    town.house.close();
}

/// A pledge of the bank that hides the number of its contract.
pub(crate) fn hide(town: &mut Town) -> PledgeId {
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
    let sealed = seal(&command, &keys);
    town.house.deliver(sealed, &[opening]).pledge()
}

#[test]
fn hidden_values_are_on_a_page_of_their_own_and_each_look_is_listed() {
    let mut town = town();
    let pledge = hide(&mut town);
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
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
fn members_choose_what_their_own_webhook_watches_and_what_was_typed_wrongly_comes_back() {
    let mut town = town();
    let bank = town.bank.clone();
    let right = town.house.issue(
        &town.bureau.clone(),
        papers::emission(
            &town.mill,
            "NOX",
            "5",
            papers::span("2027-01-01", "2028-01-01"),
        ),
    );
    let person = Person::sign_in(&town.house, &bank);
    let page = person.page("/feeds");
    assert!(page.contains("全部指令 (依运行者所登记)"), "{page}");
    let path = "/feeds/bank-a/watch";
    let typed = format!("ids={right}%2C+m6+&types=freeze&decision=refused");
    // Without the token of the form, and by another, nothing happens.
    let form = "application/x-www-form-urlencoded";
    assert_eq!(person.send(path, form, typed.as_bytes()).status, 403);
    let other = Person::sign_in(&town.house, &town.other.clone());
    assert_eq!(other.form(path, &typed).status, 404);
    assert!(person.page("/feeds").contains("依运行者所登记"));
    let raw = person.form(path, &typed);
    assert_eq!((raw.status, raw.header("location")), (303, "/feeds#hooks"));
    let page = person.page("/feeds");
    let now = format!("{right}, M6 · 冻结 / 查封 · 已拒绝 (成员自选)");
    assert!(page.contains(&now), "{page}");
    assert!(
        page.contains("<option value=\"refused\" selected>"),
        "{page}"
    );
    assert!(!page.contains("<details open>"));
    let english = person.page("/feeds?lang=en");
    assert!(english.contains("chosen by its member"), "{english}");
    for (typed, says) in [
        ("ids=R900000", "没有 R900000"),
        ("ids=X9", "「X9」不可用"),
        ("types=frieze&ids=R900000", "「frieze」不可用"),
        ("decision=perhaps", "「perhaps」不可用"),
    ] {
        let raw = person.form(path, typed);
        let back = raw.header("location").trim_end_matches("#hooks").to_owned();
        assert!(
            back.starts_with("/feeds?fault=watch&hook=bank-a&"),
            "{back}"
        );
        let page = person.page(&back);
        assert!(
            page.contains(says) && page.contains("<details open>"),
            "{page}"
        );
        assert!(page.contains(&now), "nothing has changed: {page}");
        assert!(
            !typed.contains("900000") || page.contains(">R900000</textarea>"),
            "{page}"
        );
    }
    let raw = person.form(path, "ids=&types=&decision=");
    assert_eq!(raw.header("location"), "/feeds#hooks");
    assert!(person.page("/feeds").contains("全部指令 (依运行者所登记)"));
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
