//! What pages show beside the answer: an entry taken apart, how a certificate is verified without a program, what stands behind
//! what, and every word in the language of the page.

use crate::pages::town;
use crate::support::papers;
use crate::support::person::Person;
use crate::support::play::Play as _;

/// The part of a page behind an id, as far as the end of its section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or("");
    from.split("</section>").next().unwrap()
}

#[test]
fn an_entry_leads_to_its_records_and_shows_the_command_that_was_signed() {
    let mut town = town();
    let page = town.page(&format!("/log/{}", town.pledge.0));
    let records = section(&page, "records");
    let of = [
        format!("/pledges/{}", town.pledge),
        format!("/rights/{}", town.permit),
        format!("/parties/{}", town.bank.party),
        format!("/parties/{}", town.mill.party),
    ];
    for path in &of {
        assert!(records.contains(&format!("href=\"{path}\"")), "{records}");
    }
    assert!(records.contains("bank-a") && records.contains("mill"));
    let command = section(&page, "command");
    let right = format!("<a href=\"{}\">{}</a>", of[1], town.permit);
    assert!(
        command.contains("register_pledge") && command.contains(&right),
        "{command}"
    );
    // What is hashed stays, and is what it was.
    assert!(
        page.contains("id=\"raw\"") && page.contains("payload"),
        "{page}"
    );
    let genesis = town.page("/log/0");
    assert!(!genesis.contains("id=\"command\"") && genesis.contains("id=\"raw\""));
    // A refused command made no record, and leads to those that it named.
    let days = papers::span("2027-01-01", "2027-06-01");
    let line = papers::line(town.permit, papers::flow("50", "t/a", days));
    let body = papers::pledge(&town.mill, vec![line]);
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    assert_eq!(answer.refusals(), [3_002]);
    let page = town.page(&format!("/log/{}", answer.index()));
    assert!(page.contains("/findings/3002"), "{page}");
    let records = section(&page, "records");
    assert!(
        records.contains(&format!("href=\"{}\"", of[1])) && !records.contains(&of[0]),
        "{records}"
    );
    town.house.close();
}

#[test]
fn a_certificate_is_verified_without_a_program_and_found_by_its_code() {
    let town = town();
    let person = Person::sign_in(&town.house, &town.bank);
    let issued = person.form("/certificates", &format!("right={}", town.permit));
    assert_eq!(issued.status, 303, "{}", issued.text());
    let page = town.page(issued.header("location"));
    for link in ["href=\"/verify\"", "href=\"/verify/offline.html\""] {
        assert!(page.contains(link), "{page}");
    }
    let verify = town.page("/verify");
    let form = verify.split("<form").nth(1).unwrap_or("");
    let form = verify
        .split("<form")
        .find(|form| form.contains("name=\"q\""))
        .unwrap_or(form);
    assert!(form.contains("action=\"/search\""), "{verify}");
    let code = issued.header("location").rsplit('/').next().unwrap();
    let found = town.house.get(&format!("/search?q={code}"));
    assert_eq!(found.status, 303, "{}", found.text);
    town.house.close();
}

