//! The event stream: every decided command once and in order, from any position, for who may read it, and nothing hidden.

use greenlien::domain::command::{Body, PledgeAct, RegisterPledge};
use greenlien::domain::entry::Entry;
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::domain::wire::parse_command;
use greenlien::ledger::tree::leaf_hash;
use greenlien::primitives::crypto::Hash;
use serde_json::{Value, json};

use super::Stage;
use crate::support::feed::{Feed, Opened, ids_now};
use crate::support::papers::{self, day, flow, line, quantity, register, release, span};
use crate::support::play::seal;
use crate::support::{Actor, Play as _};

const PRINCIPAL: &str = "73194682.55";

impl Stage {
    /// Gives a command with the consents of others; it must be accepted. Returns its entry.
    fn done(&mut self, giver: &Actor, consents: &[&Actor], body: Body) -> u64 {
        let named = body.must_expect();
        let version = |key| self.house.record(&key).unwrap().1;
        let expect = named.map(|record| (record, version(record.key())));
        let answer = self.house.submit(giver, body, consents, expect.as_slice());
        assert!(answer.is_accepted(), "{answer:?}");
        answer.index()
    }

    fn size(&self) -> u64 {
        self.wire.head().size
    }

    /// The entries of commands, as the log has them.
    fn commands(&mut self) -> Vec<(u64, Vec<u8>)> {
        self.house.check_ledger();
        let entries = self.house.entries().iter().cloned();
        let commands = (0..)
            .zip(entries)
            .filter(|(_, bytes)| matches!(Entry::parse(bytes), Ok(Entry::Command { .. })));
        commands.collect()
    }
}

fn ids(events: &[crate::support::feed::Event]) -> Vec<u64> {
    events.iter().map(|event| event.id).collect()
}

#[test]
fn every_decided_command_has_one_cloud_event_that_its_entry_gives() {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let body = stage.pledge("80");
    let pledge = stage.done(&bank, &[&mill], body);
    let body = stage.pledge("80");
    let refused = stage.house.submit(&bank, body, &[&mill], &[]);
    let refused_at = refused.index();
    assert!(!refused.is_accepted());
    let commands = stage.commands();
    let size = stage.size();
    let base = stage.wire.base.clone();
    let events = Feed::open(&base, &format!("?from=0&until={size}"), &[]).rest();
    assert_eq!(
        ids(&events),
        commands.iter().map(|(n, _)| *n).collect::<Vec<_>>()
    );
    let aud = stage.house.audience();
    for (event, (index, bytes)) in events.iter().zip(&commands) {
        let Ok(Entry::Command { envelope, time, .. }) = Entry::parse(bytes) else {
            unreachable!();
        };
        let command = parse_command(&envelope.payload).unwrap();
        let event = event.json();
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        let known = "data datacontenttype id source specversion subject time type";
        assert_eq!(members, known.split(' ').collect::<Vec<_>>());
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], index.to_string());
        assert_eq!(event["source"], format!("//{aud}"));
        assert_eq!(event["time"], time.to_string());
        assert_eq!(event["datacontenttype"], "application/json");
        assert_eq!(event["data"]["leaf"], leaf_hash(bytes).to_string());
        assert_eq!(event["data"]["org"], command.org.to_string());
        assert_eq!(event["data"]["cmd"], command.cmd.to_string());
        assert_eq!(event["data"]["command"], command.body.type_name());
    }
    let of = |index: u64| -> Value {
        let found = events.iter().find(|event| event.id == index);
        found.unwrap().json()
    };
    let event = of(pledge);
    let (right, mill_id) = (stage.right.to_string(), mill.party.to_string());
    assert_eq!(event["type"], "greenlien.register_pledge.accepted");
    assert_eq!(event["subject"], format!("P{pledge}"));
    assert_eq!(event["data"]["created"], format!("P{pledge}"));
    assert_eq!(
        event["data"]["records"],
        json!([right, format!("P{pledge}")])
    );
    assert_eq!(event["data"]["findings"], json!([]));
    let event = of(refused_at);
    assert_eq!(event["type"], "greenlien.register_pledge.refused");
    assert_eq!(event["subject"], right);
    assert_eq!(event["data"]["records"], json!([right, mill_id]));
    assert_eq!(event["data"]["findings"], json!([3002]));
    assert_eq!(event["data"].get("created"), None);
    stage.house.close();
}

#[test]
fn a_stream_goes_on_after_the_last_id_and_begins_with_what_comes_next() {
    let mut stage = Stage::new();
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let base = stage.wire.base.clone();
    let before = stage.commands().len();
    let mut live = Feed::open(&base, "", &[]);
    let mut given = Vec::new();
    for amount in ["1", "2", "3"] {
        let body = stage.pledge(amount);
        given.push(stage.done(&bank, &[&mill], body));
        assert_eq!(live.next().unwrap().id, *given.last().unwrap());
    }
    let last = given[0].to_string();
    for query in ["", "?from=0"] {
        // What the client has seen counts more than the address that it began with.
        let mut feed = Feed::open(&base, query, &[("last-event-id", &last)]);
        let events: Vec<u64> = (0..2).map(|_| feed.next().unwrap().id).collect();
        assert_eq!(events, given[1..], "{query}");
    }
    let size = stage.size();
    let all = ids_now(&base, "?", size);
    assert_eq!(all.len(), before + 3);
    // Whatever the cut, the parts give the whole.
    for cut in 0..=size {
        let first = Feed::ask(&base, &format!("?from=0&until={cut}"), &[]).unwrap();
        let mut both = match first {
            Opened::Feed(feed) => ids(&feed.rest()),
            Opened::Answer(status, _) => {
                assert_eq!((cut, status), (0, 204));
                Vec::new()
            }
        };
        if cut < size {
            let query = format!("?from={cut}&until={size}");
            both.extend(ids(&Feed::open(&base, &query, &[]).rest()));
        }
        assert_eq!(both, all, "{cut}");
    }
    stage.house.close();
}

#[test]
fn a_place_that_the_log_does_not_have_is_refused() {
    let stage = Stage::new();
    let size = stage.size();
    let get = |query: &str| stage.wire.get(&format!("/v1/events{query}"));
    let problem = get(&format!("?from={}", size + 1)).fault(400, "from");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("{size} entries")), "{detail}");
    for (query, field) in [
        ("?from=-1", "from"),
        ("?until=x", "until"),
        ("?right=P1", "right"),
        ("?right=", "right"),
        ("?pledge=M1", "pledge"),
        ("?party=M1,", "party"),
        ("?type=pledge", "type"),
        ("?decision=yes", "decision"),
        ("?follow=1", "follow"),
    ] {
        get(query).fault(400, field);
    }
    let many = vec!["M1"; 65].join(",");
    get(&format!("?party={many}")).fault(400, "party");
    for id in ["x", "-1", "", "18446744073709551615"] {
        let headers = [("last-event-id", id)];
        let raw = stage
            .wire
            .send(ureq::http::Method::GET, "/v1/events", &headers, &[]);
        raw.fault(400, "Last-Event-ID");
    }
    let raw = get(&format!("?from={size}&until={size}"));
    assert_eq!((raw.status, raw.text()), (204, ""));
    stage.house.close();
}

#[test]
fn who_watches_a_record_or_a_party_is_told_of_what_touches_it_and_of_nothing_else() {
    let mut stage = Stage::new();
    let (bank, mill, bureau) = (stage.bank.clone(), stage.mill.clone(), stage.bureau.clone());
    let other = stage.house.admit("other-bank", &[Role::Bank], &[]);
    let stranger = stage.house.admit("stranger", &[Role::Holder], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let second = stage
        .house
        .issue(&bureau, papers::emission(&mill, "NOx", "90", days));
    let begin = stage.size();
    let body = stage.pledge("80");
    let first = stage.done(&bank, &[&mill], body);
    let lines = vec![line(
        second,
        flow("5", "t/a", span("2027-01-01", "2028-01-01")),
    )];
    let elsewhere = stage.done(&bank, &[&mill], papers::pledge(&mill, lines));
    // The bureau alone signs; whose burden it is must hear of it.
    let cut = Body::AdjustRight {
        right: stage.right,
        from: day("2027-01-01"),
        amount: (quantity("60"), "t/a".to_owned()),
        document: papers::document(),
    };
    let cut = stage.done(&bureau, &[], cut);
    let assign = Body::OfPledge(Box::new(PledgeAct::AssignPledge {
        pledge: greenlien::primitives::id::PledgeId(first),
        to: other.party,
        subrogation: false,
        part_cny: None,
        authority: None,
        document: papers::document(),
    }));
    let assigned = stage.done(&bank, &[&other], assign);
    let after = Body::AdjustRight {
        right: stage.right,
        from: day("2027-01-01"),
        amount: (quantity("50"), "t/a".to_owned()),
        document: papers::document(),
    };
    let after = stage.done(&bureau, &[], after);
    let freed = stage.done(
        &bank,
        &[],
        release(greenlien::primitives::id::PledgeId(elsewhere), vec![]),
    );
    let size = stage.size();
    let base = stage.wire.base.clone();
    let told = |query: &str| -> Vec<u64> {
        let mut ids = ids_now(&base, query, size);
        ids.retain(|id| *id >= begin);
        // The same from a later start, whose reader has seen nothing of what was before.
        for from in begin..size {
            let query = format!("{query}&from={from}&until={size}");
            let late = Feed::open(&base, &query, &[]).rest();
            let expected: Vec<u64> = ids.iter().copied().filter(|id| *id >= from).collect();
            let late: Vec<u64> = late.iter().map(|event| event.id).collect();
            assert_eq!(late, expected, "{query}");
        }
        ids
    };
    let right = stage.right;
    assert_eq!(told(&format!("?right={right}")), [first, cut, after]);
    assert_eq!(told(&format!("?pledge=P{first}")), [first, assigned]);
    assert_eq!(told(&format!("?right={second}")), [elsewhere, freed]);
    // The bank is told of the cuts of its collateral while it has it.
    let bank_id = bank.party;
    assert_eq!(
        told(&format!("?party={bank_id}")),
        [first, elsewhere, cut, assigned, freed]
    );
    assert_eq!(told(&format!("?party={}", other.party)), [assigned, after]);
    assert_eq!(told(&format!("?party={}", stranger.party)), [0_u64; 0]);
    assert_eq!(
        told(&format!("?party={}&type=adjust_right", bank.party)),
        [cut]
    );
    assert_eq!(
        told(&format!("?party={}&right={second}", other.party)),
        [elsewhere, assigned, after, freed],
        "either will do"
    );
    assert_eq!(
        told("?type=assign_pledge,adjust_right"),
        [cut, assigned, after]
    );
    assert_eq!(told("?decision=refused"), [0_u64; 0]);
    stage.house.close();
}

#[test]
fn nothing_hidden_is_in_a_notice() {
    let mut stage = Stage::new();
    let opening = Opening {
        claim: "principal_cny".to_owned(),
        salt: vec![0xa7; 16],
        value: PRINCIPAL.to_owned(),
    };
    let lines = vec![line(
        stage.right,
        flow("10", "t/a", span("2027-01-01", "2028-01-01")),
    )];
    let body = Body::RegisterPledge(Box::new(RegisterPledge {
        hidden: vec![(opening.claim.clone(), opening.digest())],
        ..register(&stage.mill, lines)
    }));
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let keys: Vec<_> = [&bank, &mill]
        .into_iter()
        .flat_map(Actor::signers)
        .collect();
    let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
    let command = stage.house.draft(bank.party, body, &signers, &[]);
    let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
    let digest: Hash = opening.digest();
    let answer = stage.house.deliver(seal(&command, &keys), &[opening]);
    assert!(answer.is_accepted(), "{answer:?}");
    let size = stage.size();
    let events = Feed::open(&stage.wire.base, &format!("?from=0&until={size}"), &[]).rest();
    assert_eq!(events.last().unwrap().id, answer.index());
    for event in events {
        for secret in [PRINCIPAL.to_owned(), "a7".repeat(16), digest.to_string()] {
            assert!(!event.text.contains(&secret), "{}", event.text);
        }
        for actor in [&bank, &mill] {
            assert!(!event.text.contains(&actor.credit_code));
        }
    }
    stage.house.close();
}

#[test]
fn streams_end_with_the_server_and_each_address_has_so_many() {
    let stage = Stage::new();
    let most = greenlien::primitives::limits::EVENT_STREAMS_PER_ADDRESS_MAX;
    let base = stage.wire.base.clone();
    let mut feeds: Vec<Feed> = (0..most).map(|_| Feed::open(&base, "", &[])).collect();
    let raw = stage.wire.get("/v1/events");
    assert_eq!(raw.status, 429, "{}", raw.text());
    assert_eq!(raw.header("retry-after"), "5");
    assert_eq!(
        stage.wire.get("/v1/rights").status,
        200,
        "others are answered"
    );
    // A place is free soon after its client is gone.
    drop(feeds.pop());
    let began = std::time::Instant::now();
    let again = loop {
        if let Some(Opened::Feed(feed)) = Feed::ask(&base, "", &[]) {
            break feed;
        }
        assert!(began.elapsed().as_secs() < 30, "the place stays taken");
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    feeds.push(again);
    let waiting = std::thread::spawn(move || {
        let ends = feeds.into_iter().map(|feed| feed.rest().len());
        ends.sum::<usize>()
    });
    stage.house.close();
    assert_eq!(waiting.join().unwrap(), 0);
}
