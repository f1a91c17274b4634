//! Evidence of versions: what was cosigned, what is signed, and what stood at any earlier size, all from one folder.

use std::sync::atomic::{AtomicBool, Ordering};

use greenlien::domain::command::Expected;
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::id::RightId;
use greenlien::primitives::time::Span;
use greenlien::service::Published;
use greenlien::service::evidence::Wanted;
use greenlien::service::options::Options;
use greenlien::verify::checks::{Trust, verify};

use super::receipts::{Served, agent};
use super::witnesses::Fed;
use super::{after, create};
use crate::support::cosigner::{Cosigner, Manner};
use crate::support::papers::{self, span};
use crate::support::{Actor, Local, Play as _};

fn trust(policy: TrustPolicy) -> Trust {
    Trust {
        policy,
        old: None,
        now: Some(after(60)),
        age_seconds_max: None,
    }
}

fn unwitnessed(local: &Local) -> Trust {
    let text = format!("log {}\nquorum none\n", local.registry.genesis().log_vkey);
    trust(TrustPolicy::parse(&text).unwrap())
}

fn days() -> Span {
    span("2026-01-01", "2031-01-01")
}

/// A bureau, a mill and a bank.
fn parties(play: &mut Local) -> (Actor, Actor, Actor) {
    let bureau = play.admit("bureau", &[Role::Authority], &["emission", "forest"]);
    let mill = play.admit("mill", &[Role::Holder], &[]);
    let bank = play.admit("bank", &[Role::Bank], &[]);
    (bureau, mill, bank)
}

fn pledge(play: &mut Local, (bank, mill): (&Actor, &Actor), right: RightId, amount: &str) {
    let line = papers::line(right, papers::flow(amount, "t/a", days()));
    let body = papers::pledge(mill, vec![line]);
    play.submit(bank, body, &[mill], &[]).pledge();
}

/// Two events on one right that leave it as it was: a right has 96 places.
fn pledge_and_release(play: &mut Local, (bank, mill): (&Actor, &Actor), right: RightId) {
    let line = papers::line(right, papers::flow("10", "t/a", days()));
    let body = papers::pledge(mill, vec![line]);
    let id = play.submit(bank, body, &[mill], &[]).pledge();
    let expect = [(Expected::Pledge(id), 1)];
    let release = play.submit(bank, papers::release(id, Vec::new()), &[], &expect);
    assert!(release.is_accepted(), "{release:?}");
}

#[test]
fn evidence_is_of_the_cosigned_version_while_the_log_goes_on() {
    let w = Cosigner::start("w", Manner::Honest, after(0).seconds());
    let mut fed = Fed::start(&[&w], 1);
    let mut play = fed.play();
    let (bureau, mill, bank) = parties(&mut play);
    let right = play.issue(&bureau, papers::emission(&mill, "COD", "120", days()));
    fed.until_cosigned();
    w.behave(Manner::HangsUp);
    pledge(&mut play, (&bank, &mill), right, "80");
    let later = play.issue(&bureau, papers::emission(&mill, "NOx", "9", days()));
    drop(play);
    for restarted in [false, true] {
        if restarted {
            // What was cosigned before the restart can still be shown, before any witness is back.
            fed.stop_feeding();
            fed.restart(false);
        }
        let registry = &fed.registry;
        let cosigned = registry.basis(Wanted::Cosigned, None);
        assert_eq!(cosigned.provisional, None);
        let text = registry.evidence(&StateKey::Right(right), None).unwrap();
        let verdict = verify(text.as_bytes(), &trust(fed.policy.clone()));
        assert!(verdict.holds(), "{verdict:?}");
        assert!(!text.contains("pledge_registered"), "the pledge came later");

        let signed = registry.basis(Wanted::Signed, None);
        assert!(signed.version.size > cosigned.version.size);
        let text = registry
            .evidence_on(&signed.version, &StateKey::Right(right), None)
            .unwrap();
        assert!(text.contains("pledge_registered"));
        assert!(verify(text.as_bytes(), &unwitnessed(&fed.play())).holds());
        assert!(
            !verify(text.as_bytes(), &trust(fed.policy.clone())).holds(),
            "no quorum"
        );

        // A right that came later is not in the cosigned version, and the answer says so.
        let fault = registry
            .evidence(&StateKey::Right(later), None)
            .unwrap_err();
        assert!(fault.to_string().contains("checkpoint=signed"), "{fault}");
        // Whoever holds a checkpoint beyond the cosigned one gets the newest that joins it.
        let old = registry.published().size;
        let joined = registry.basis(Wanted::Cosigned, Some(old));
        assert_eq!(joined.version.size, old);
        assert!(
            joined
                .provisional
                .unwrap()
                .contains("newer than the cosigned")
        );
    }
    // An identity that was registered a moment ago is not called free, though the cosigned version does not have it.
    let taken = papers::emission(&mill, "NOx", "9", days()).identities[0].clone();
    let fault = fed.registry.evidence(&StateKey::identity(&taken), None);
    assert!(fault.unwrap_err().to_string().contains("is registered"));
}

#[test]
fn over_http_the_header_says_which_version_a_file_is_of() {
    let w = Cosigner::start("w", Manner::Honest, after(0).seconds());
    let fed = Fed::start(&[&w], 1);
    let mut play = fed.play();
    let (bureau, mill, _) = parties(&mut play);
    let right = play.issue(&bureau, papers::emission(&mill, "COD", "120", days()));
    fed.until_cosigned();
    let served = Served::start(&fed.registry);
    let get = |query: &str| {
        let url = format!("{}/v1/evidence/rights/{right}{query}", served.base);
        let mut reply = agent().get(url).call().unwrap();
        let header = reply.headers().get("greenlien-checkpoint");
        let header = header.map(|value| value.to_str().unwrap().to_owned());
        let text = reply.body_mut().read_to_string().unwrap();
        (reply.status().as_u16(), header.unwrap_or_default(), text)
    };
    let reader = trust(fed.policy.clone());
    for query in ["", "?checkpoint=cosigned", "?old=2"] {
        let (status, header, text) = get(query);
        assert_eq!((status, header.as_str()), (200, "cosigned"), "{query}");
        assert!(verify(text.as_bytes(), &reader).holds(), "{query}");
    }
    let (status, header, text) = get("?checkpoint=signed");
    assert_eq!((status, header.as_str()), (200, "signed; as asked for"));
    assert!(!verify(text.as_bytes(), &reader).holds(), "no quorum");
    let (status, _, text) = get("?checkpoint=newest");
    assert_eq!(status, 400);
    assert!(text.contains("cosigned or signed"), "{text}");
}

#[test]
fn every_earlier_version_gives_the_same_evidence_byte_for_byte_however_the_log_went_on() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = create(&folder.path().join("data"), Options::TEST);
    let mut play = Local::on(registry.clone(), clock);
    let mut kept: Vec<(Published, StateKey, String)> = Vec::new();
    let mut keep = |subjects: &[StateKey]| {
        let version = registry.published();
        for subject in subjects {
            let text = registry.evidence_on(&version, subject, None).unwrap();
            kept.push((version.clone(), subject.clone(), text));
        }
    };
    let (bureau, mill, bank) = parties(&mut play);
    let flow = play.issue(&bureau, papers::emission(&mill, "COD", "120", days()));
    let forests: Vec<RightId> = (0..3)
        .map(|n| {
            let ground = papers::rectangle(50_000 * i32::try_from(n).unwrap(), 0, 50_000, 50_000);
            let unit = papers::unit_number(n + 1);
            play.issue(
                &bureau,
                papers::forest(&mill, &unit, "商品林", ground, days()),
            )
        })
        .collect();
    let mut subjects = vec![StateKey::Right(flow), StateKey::Right(forests[0])];
    keep(&subjects);
    for n in 0..4 {
        let line = papers::line(flow, papers::flow("10", "t/a", days()));
        let body = papers::pledge(&mill, vec![line]);
        let made = play.submit(&bank, body, &[&mill], &[]).pledge();
        subjects.push(StateKey::Pledge(made));
        keep(&subjects);
        // Neighbors and parties change too: another parcel, another key of the pledgee's side.
        let ground = papers::rectangle(0, 50_000 * (n + 1), 50_000, 50_000);
        let unit = papers::unit_number(u32::try_from(n).unwrap() + 10);
        play.issue(
            &bureau,
            papers::forest(&mill, &unit, "商品林", ground, days()),
        );
        play.admit(&format!("guest-{n}"), &[Role::Holder], &[]);
        keep(&subjects);
    }
    assert_eq!(kept.len(), 2 + 2 * (3 + 4 + 5 + 6));
    let reader = unwitnessed(&play);
    for (version, subject, text) in kept {
        let again = registry.evidence_on(&version, &subject, None).unwrap();
        assert!(again == text, "{subject} at {} differs", version.size);
        let verdict = verify(again.as_bytes(), &reader);
        assert!(
            verdict.holds(),
            "{subject} at {}: {verdict:?}",
            version.size
        );
    }
}

#[test]
fn a_right_with_a_hundred_events_is_shown_in_one_request_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, clock) = create(&folder.path().join("data"), Options::TEST);
    let mut play = Local::on(registry.clone(), clock.clone());
    let (bureau, mill, bank) = parties(&mut play);
    let right = play.issue(&bureau, papers::emission(&mill, "COD", "2000", days()));
    for _ in 0..55 {
        pledge_and_release(&mut play, (&bank, &mill), right);
    }
    let found = registry.record(&StateKey::Right(right)).unwrap().unwrap();
    assert_eq!(found.value.history_size, 111);
    let reader = unwitnessed(&play);
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The writer touches the same right, its holder and its pledgee all the while.
        let writer = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Acquire) && count < 60 {
                pledge_and_release(&mut play, (&bank, &mill), right);
                count += 1;
            }
            count
        });
        let mut shown = 0;
        for _ in 0..5 {
            let version = registry.published();
            let text = registry
                .evidence_on(&version, &StateKey::Right(right), None)
                .unwrap();
            let verdict = verify(text.as_bytes(), &reader);
            assert!(verdict.holds(), "{verdict:?}");
            let events = ["registered", "released"]
                .map(|what| text.matches(&format!("\"pledge_{what}\\\"")).count());
            shown = shown.max(events.iter().sum());
        }
        is_done.store(true, Ordering::Release);
        assert!(writer.join().unwrap() > 0);
        assert!(shown >= 110, "{shown} events");
    });
}
