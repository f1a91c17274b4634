//! What a member has its own webhook watch: over the interface of the real program, over restarts, and beside the operator's file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use greenlien::client::answers::feeds::Watched;
use greenlien::client::{Client, ClientFault};
use greenlien::primitives::id::{PartyId, RightId};

use super::receiver::{Got, Receiver, status, until};
use super::reread::{Shop, table};
use crate::feeds::Ground;

fn listed(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The status and the field of a refusal.
fn refusal<T: std::fmt::Debug>(answer: Result<T, ClientFault>) -> (u16, String) {
    match answer.unwrap_err() {
        ClientFault::Refused(problem) => (problem.status, problem.field.unwrap_or_default()),
        other => panic!("{other}"),
    }
}

#[test]
fn a_member_chooses_what_its_webhook_watches_and_the_file_says_what_it_watches_otherwise() {
    let receiver = Receiver::start(|_, _| status(200));
    let mut shop = Shop::open(
        |ground| {
            table("bank", ground.bank.party, &receiver.url(), "")
                + &table(
                    "mill",
                    ground.mill.party,
                    &receiver.url(),
                    "types = [\"erase\"]",
                )
        },
        &[],
    );
    let (bank, right) = (shop.ground.bank.party, shop.ground.rights[0].to_string());
    let token = shop.sign_in(bank, &shop.ground.bank.maker);
    let client = |shop: &Shop, token: Option<&str>| {
        let client = Client::new(&shop.base()).unwrap();
        client.with_token(token.map(str::to_owned))
    };
    let member = client(&shop, Some(&token));
    let everything = shop.load(2);
    until("everything comes", || receiver.taken() == everything);

    // Freezes of one right: none of what is pledged comes, and it goes on to the end.
    let freezes = Watched {
        rights: vec![right.clone()],
        types: listed(&["freeze"]),
        ..Watched::default()
    };
    let view = member.post_watch("bank", &freezes).unwrap().value;
    assert!(view.watch_chosen && view.watch == freezes, "{view:?}");
    shop.load(2);
    let is_at_end = |shop: &Shop, token: &str| {
        let list = client(shop, Some(token)).list_webhooks().unwrap().value;
        list.items[0].behind == 0
    };
    until("it is at the end", || is_at_end(&shop, &token));
    assert_eq!(receiver.taken(), everything);

    // What is not there, nobody's, another's, and without a session.
    for (watched, field) in [
        (listed(&["R900000"]), "rights"),
        (listed(&["P1"]), "rights[0]"),
        (vec!["R1".to_owned(); 65], "rights"),
    ] {
        let watched = Watched {
            rights: watched,
            ..Watched::default()
        };
        let refused = refusal(member.post_watch("bank", &watched));
        assert_eq!(refused, (400, field.to_owned()));
    }
    let watched = Watched::default();
    assert_eq!(refusal(member.post_watch("mill", &watched)).0, 404);
    assert_eq!(
        refusal(client(&shop, None).post_watch("bank", &watched)).0,
        401
    );

    // The file is read again and the server starts anew; the choice stays, and the operator is told.
    let other = table(
        "bank",
        bank,
        &receiver.url(),
        "types = [\"register_pledge\"]",
    );
    let said = shop.reread(&other, "webhook bank is changed in what it watches");
    assert!(said.contains("its member has chosen"), "{said}");
    shop.load(2);
    shop.restart();
    let token = shop.sign_in(bank, &shop.ground.bank.maker);
    until("it is at the end", || is_at_end(&shop, &token));
    assert_eq!(receiver.taken(), everything);

    // Pledges of one right of two.
    let pledges = Watched {
        rights: vec![right],
        ..Watched::default()
    };
    client(&shop, Some(&token))
        .post_watch("bank", &pledges)
        .unwrap();
    let pledged = shop.load(6);
    until("it is at the end", || is_at_end(&shop, &token));
    let of_one = receiver.taken()[everything.len()..].to_vec();
    assert!(
        !of_one.is_empty() && of_one.len() < pledged.len(),
        "{of_one:?} of {pledged:?}"
    );
    assert!(of_one.iter().all(|index| pledged.contains(index)));

    // Nothing named: what the file says, which is by now every pledge.
    let view = client(&shop, Some(&token))
        .post_watch("bank", &watched)
        .unwrap();
    assert!(!view.value.watch_chosen);
    assert_eq!(view.value.watch.types, ["register_pledge"]);
    let all = shop.load(2);
    until("all of them come", || receiver.taken().ends_with(&all));

    // Given to another it forgets what this one has chosen.
    client(&shop, Some(&token))
        .post_watch("bank", &freezes)
        .unwrap();
    let mill: PartyId = shop.ground.mill.party;
    shop.reread(
        &table("bank", mill, &receiver.url(), ""),
        "changed in member",
    );
    let token = shop.sign_in(mill, &shop.ground.mill.maker);
    let list = client(&shop, Some(&token)).list_webhooks().unwrap().value;
    assert_eq!(list.items[0].watch, Watched::default());
    shop.end();
}

/// Which of the rights a notice is about.
fn right_of(got: &Got, rights: &[RightId]) -> Option<RightId> {
    let names = |right: &&RightId| got.body.contains(&format!("\"{right}\""));
    rights.iter().find(names).copied()
}

#[test]
fn a_choice_counts_from_where_the_webhook_stands_whatever_is_under_way() {
    let (is_held, begun) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (held, count) = (Arc::clone(&is_held), Arc::clone(&begun));
    let receiver = Receiver::start(move |_, _| {
        count.fetch_add(1, Ordering::AcqRel);
        // Shorter than a delivery is waited for.
        let end = Instant::now() + Duration::from_secs(8);
        while held.load(Ordering::Acquire) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        status(200)
    });
    let of_bank = |ground: &Ground| table("bank", ground.bank.party, &receiver.url(), "");
    let mut shop = Shop::open(of_bank, &[]);
    let bank = shop.ground.bank.party;
    let token = shop.sign_in(bank, &shop.ground.bank.maker);
    let member = Client::new(&shop.base()).unwrap().with_token(Some(token));
    let all = shop.load(8);
    until("everything comes", || receiver.taken() == all);
    let got = receiver.got();
    let rights: Vec<_> = got
        .iter()
        .map(|got| right_of(got, &shop.ground.rights))
        .collect();
    // Only what is about another right than the first notice, from the first notice on: the ones before it are passed over.
    let later = rights
        .iter()
        .flatten()
        .find(|right| Some(**right) != rights[0]);
    let other = Watched {
        rights: vec![later.expect("notices of two rights").to_string()],
        ..Watched::default()
    };
    member.post_watch("bank", &other).unwrap();
    is_held.store(true, Ordering::Release);
    let before = begun.load(Ordering::Acquire);
    member.replay_webhook("bank", all[0]).unwrap();
    until("one is under way", || {
        begun.load(Ordering::Acquire) > before
    });
    // While it is, everything is chosen.
    let view = member.post_watch("bank", &Watched::default()).unwrap();
    assert_eq!(view.value.next, all[0]);
    is_held.store(false, Ordering::Release);
    until("everything comes again", || {
        receiver.taken().ends_with(&all)
    });
    shop.end();
}
