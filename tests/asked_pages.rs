//! What people ask of the pages and how they ask it: by half of a number, with a slip of the pen, for a certificate, for how much
//! and not only how many; and what is said first, wherever in the log it stands.

use greenlien::domain::command::{Body, RegisterPledge};
use greenlien::primitives::id::PledgeId;

use crate::pages::{Town, town};
use crate::support::papers;
use crate::support::play::Play as _;

fn pledge_of(town: &mut Town, amount: &str, term: Option<(&str, &str)>) -> PledgeId {
    let taken = papers::span("2026-12-01", "2028-03-01");
    let line = papers::line(town.permit, papers::flow(amount, "t/a", taken));
    let register = RegisterPledge {
        term: term.map(|(from, to)| papers::span(from, to)),
        ..papers::register(&town.mill, vec![line])
    };
    let body = Body::RegisterPledge(Box::new(register));
    let answer = town.house.submit(&town.bank, body, &[&town.mill], &[]);
    answer.pledge()
}

#[test]
fn the_desk_says_first_what_ends_soon_wherever_it_stands_in_the_log() {
    let mut town = town();
    for _ in 0..51 {
        pledge_of(&mut town, "0.5", None);
    }
    let soon = pledge_of(&mut town, "0.5", Some(("2026-12-01", "2027-01-11")));
    let desk = format!("/work?party={}", town.bank.party);
    let first = town.page(&desk);
    // Each pledge may be registered elsewhere too, which nobody has said of any.
    let said = "将到期 (60、30、7 天): 1 · 需要留意: 53";
    assert!(first.contains(said), "{first}");
    let expiring = first.split("id=\"expiring\"").nth(1).unwrap();
    let expiring = expiring.split("</section>").next().unwrap();
    assert!(expiring.contains(&format!("/pledges/{soon}")), "{expiring}");
    let record = "/acts/record_external_registration?record=";
    assert_eq!(first.matches(record).count(), 50);
    assert!(first.contains("50 / 53"), "{first}");
    let next = first
        .split('"')
        .find(|text| text.starts_with("/work?") && text.contains("after="));
    let second = town.page(&next.unwrap().replace("&#38;", "&"));
    assert_eq!(second.matches(record).count(), 3);
    assert!(
        second.contains(said) && !second.contains("rel=\"next\""),
        "{second}"
    );
    // What ends soon is one step away there, and not said to be none.
    let expiring = second.split("id=\"expiring\"").nth(1).unwrap();
    let expiring = expiring.split("</section>").next().unwrap();
    assert!(
        expiring.contains("#expiring\">第一页</a>: 1") && !expiring.contains("没有记录"),
        "{expiring}"
    );
    town.house.close();
}

