//! `see NAME WORD...`: what a record must look like, through the reads that everybody has.
//!
//! | record | words |
//! | --- | --- |
//! | right | `carries:P1=50,F1` its burdens in order, with quantities where written, `carries:-` for none; `hangs:P1=30` overhangs, `hangs:-` for none; `revoked:DAY`; `succeeded:R2`; `disputed`; `ranks:P1=1,P2=2`; `ends:DAY`; `force:F1=30000,F2=5000+25000` what is in force of each freeze, and what waits; `verified:` guarantors of the recorded verifications, `-` for none |
//! | pledge | `open`, `closed`; `lapsed` where lines ended with the claim; `lapses:DAY,-` when each line does; `on:R1,R2` the rights of its lines; `external:REGISTER=STATUS`; `caps:4000000,600000`; `pledgee:` `chain:` pledgees of the past; `objected:` how many objections stand; `joint:LINE+LINE=45000,...`; `corrected:LINE=80,...`; `attested:farmer=paper` consents that were attested; `noted:disposals=16,former=2` how many disposals, corrections, former pledgees and guarantees are noted |
//! | party | `called:NAME`; `former:NAME`; `ended:PARTY` who acts in its place; `before:` and `after:` parties in order, `-` for none; `handed:KIND=PARTY,...`; `recovery:` `none`, `open`, `vetoed`, `completed`; `disputed:N` open disputes |
//! | pledge, party | `erased:CLAIM,...` hidden values whose openings were destroyed, `erased:-` for none |
//! | reservation | `stands`, `ended` |

use greenlien::domain::facts::Record;
use greenlien::domain::party::{Erased, Party};
use greenlien::domain::pledge::{Objection, Pledge};
use greenlien::domain::right::{Capacity, Extent, Right};
use greenlien::primitives::id::PartyId;
use greenlien::primitives::time::Timestamp;

use super::court_acts::force_of;
use super::outcome::overhang_text;
use super::parser::{Words, day, quantity};
use super::players::Names;
use super::stage::Stage;

/// Looks at a record; stops the test where it looks otherwise.
pub(crate) fn see<S: Stage>(place: &str, name: &str, words: &mut Words, names: &Names, stage: &S) {
    let key = names.key(name);
    match stage.record(&key) {
        Some((Record::Right(right), _)) => {
            see_force(place, &right, words, names, stage.now());
            see_right(place, &right, words, names);
        }
        Some((Record::Party(party), _)) => {
            see_party(place, &party, words, names);
        }
        Some((Record::Pledge(pledge), _)) => {
            see_notes(place, &pledge, words, names, stage.now());
            if words.has("open") {
                assert!(!pledge.is_closed_at(stage.now()), "{place}: {pledge:?}");
            }
            if words.has("closed") {
                assert!(pledge.is_closed_at(stage.now()), "{place}: {pledge:?}");
            }
            if words.has("lapsed") {
                assert!(pledge.has_lapsed_at(stage.now()), "{place}: {pledge:?}");
            }
            let on = words.list("on");
            if !on.is_empty() {
                let rights: Vec<_> = pledge.lines.iter().map(|line| line.right).collect();
                let expected: Vec<_> = on.iter().map(|name| names.right(name).0).collect();
                assert_eq!(rights, expected, "{place}");
            }
        }
        Some((Record::Reservation(reservation), _)) => {
            if words.has("stands") {
                assert!(
                    reservation.stands_at(stage.now()),
                    "{place}: {reservation:?}"
                );
            }
            if words.has("ended") {
                assert!(
                    !reservation.stands_at(stage.now()),
                    "{place}: {reservation:?}"
                );
            }
        }
        other => panic!("{place}: {other:?}"),
    }
    words.finish(place);
}

fn see_party(place: &str, party: &Party, words: &mut Words, names: &Names) {
    let more = &party.more;
    if let Some(called) = words.value("called") {
        assert_eq!(party.name, Some(called), "{place}");
    }
    if let Some(former) = words.value("former") {
        let known = more.former_names.iter().any(|(name, _)| *name == former);
        assert!(known, "{place}: {more:?}");
    }
    if let Some(successor) = words.value("ended") {
        let acting = more.ended.map(|(_, successor)| names.name_of(successor));
        assert_eq!(acting, Some(successor), "{place}");
    }
    let named = |list: &[(PartyId, u64)]| {
        let names = list.iter().map(|(id, _)| names.name_of(*id));
        names.map(|name| (name, None)).collect::<Vec<_>>()
    };
    if let Some(before) = items(words, "before") {
        assert_eq!(named(&more.predecessors), before, "{place}");
    }
    if let Some(after) = items(words, "after") {
        assert_eq!(named(&more.successors), after, "{place}");
    }
    if let Some(handed) = words.value("handed") {
        let known = more.handed.iter();
        let known = known.map(|of| format!("{}={}", of.kind, names.name_of(of.party)));
        assert_eq!(known.collect::<Vec<_>>().join(","), handed, "{place}");
    }
    if let Some(recovery) = words.value("recovery") {
        let last = more.recoveries.last();
        let state = match last.map(|recovery| recovery.ended) {
            None => "none",
            Some(None) => "open",
            Some(Some((end, _))) => end.name(),
        };
        assert_eq!(state, recovery, "{place}");
    }
    see_erased(place, &more.erased, words);
    if let Some(disputed) = words.value("disputed") {
        let open = more.disputes.iter().filter(|d| d.resolved.is_none());
        assert_eq!(open.count().to_string(), disputed, "{place}");
    }
}

fn see_erased(place: &str, erased: &[Erased], words: &mut Words) {
    if let Some(expected) = items(words, "erased") {
        let claims = erased.iter().map(|erased| (erased.claim.clone(), None));
        assert_eq!(claims.collect::<Vec<_>>(), expected, "{place}");
    }
}

/// How many notes of some sorts a pledge has.
fn see_counts(place: &str, pledge: &Pledge, words: &mut Words) {
    let Some(noted) = words.value("noted") else {
        return;
    };
    let more = &pledge.more;
    let counts = [
        ("disposals", more.disposals.len()),
        ("corrections", more.corrections.len()),
        ("former", more.former.len()),
        ("guarantees", more.guarantees.len()),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(of, count)| format!("{of}={count}")).collect();
    assert_eq!(counts.join(","), noted, "{place}");
}

/// What law 2 has noted on a pledge.
fn see_notes(place: &str, pledge: &Pledge, words: &mut Words, names: &Names, now: Timestamp) {
    see_erased(place, &pledge.more.erased, words);
    see_counts(place, pledge, words);
    if let Some(caps) = words.value("caps") {
        let noted = pledge.more.caps.iter().map(|cap| cap.amount.to_string());
        assert_eq!(noted.collect::<Vec<_>>().join(","), caps, "{place}");
    }
    if let Some(objected) = words.value("objected") {
        let stands = |objection: &&Objection| objection.stands_at(now);
        let standing = pledge.more.objections.iter().filter(stands);
        assert_eq!(standing.count().to_string(), objected, "{place}");
    }
    if let Some(lapses) = words.value("lapses") {
        let ends = pledge.lines.iter().map(|line| line.expires);
        let ends = ends.map(|end| end.map_or("-".to_owned(), |end| end.day().to_string()));
        assert_eq!(ends.collect::<Vec<_>>().join(","), lapses, "{place}");
    }
    if let Some(joint) = words.value("joint") {
        let noted = pledge.more.joint.iter();
        let noted = noted.map(|j| format!("{}+{}={}", j.first, j.second, j.quantity));
        assert_eq!(noted.collect::<Vec<_>>().join(","), joint, "{place}");
    }
    if let Some(corrected) = words.value("corrected") {
        let noted = pledge.more.corrections.iter();
        let noted = noted.map(|c| format!("{}={}", c.line, c.quantity));
        assert_eq!(noted.collect::<Vec<_>>().join(","), corrected, "{place}");
    }
    if let Some(attested) = items(words, "attested") {
        let noted = pledge.more.attested.iter().map(|attested| {
            let class = attested.class.name().to_owned();
            (names.name_of(attested.party), Some(class))
        });
        assert_eq!(noted.collect::<Vec<_>>(), attested, "{place}");
    }
    if let Some(pledgee) = words.value("pledgee") {
        assert_eq!(pledge.pledgee, names.party(&pledgee), "{place}");
    }
    if let Some(chain) = items(words, "chain") {
        let former = pledge.more.former.iter().map(|former| former.party);
        let chain: Vec<_> = chain.iter().map(|(name, _)| names.party(name)).collect();
        assert_eq!(former.collect::<Vec<_>>(), chain, "{place}");
    }
    if let Some(syndicate) = items(words, "syndicate") {
        let shares = pledge.more.syndicate.iter();
        let shares: Vec<_> = shares
            .map(|it| (it.party, Some(it.share_bp.to_string())))
            .collect();
        let wanted = syndicate.into_iter();
        let mut wanted: Vec<_> = wanted.map(|(name, bp)| (names.party(&name), bp)).collect();
        wanted.sort_unstable();
        assert_eq!(shares, wanted, "{place}");
    }
    if let Some(green) = words.value("green") {
        assert_eq!(pledge.more.green, Some(green), "{place}");
    }
    if let Some(external) = items(words, "external") {
        let noted = pledge.more.external.iter();
        let noted: Vec<_> = noted
            .map(|report| {
                (
                    report.register.clone(),
                    Some(report.status.name().to_owned()),
                )
            })
            .collect();
        assert_eq!(noted, external, "{place}");
    }
}

/// What is in force of each freeze.
fn see_force(place: &str, right: &Right, words: &mut Words, names: &Names, now: Timestamp) {
    if let Some(force) = items(words, "force") {
        let expected = force.iter().map(|(name, part)| {
            let part = part.as_deref().unwrap_or_default();
            format!("{}={part}", names.burden(name))
        });
        assert_eq!(
            force_of(right, now),
            expected.collect::<Vec<_>>(),
            "{place}"
        );
    }
}

fn see_right(place: &str, right: &Right, words: &mut Words, names: &Names) {
    if let Some(verified) = items(words, "verified") {
        let noted = right.verifications.iter();
        let noted = noted.map(|noted| (names.name_of(noted.guarantor), None));
        assert_eq!(noted.collect::<Vec<_>>(), verified, "{place}");
    }
    if let Some(carries) = items(words, "carries") {
        let ids: Vec<_> = right.burdens.iter().map(|burden| burden.id).collect();
        let expected: Vec<_> = carries.iter().map(|(name, _)| names.burden(name)).collect();
        assert_eq!(ids, expected, "{place}: {:?}", right.burdens);
        for (burden, (_, amount)) in right.burdens.iter().zip(&carries) {
            let taken = match burden.extent {
                Extent::Stock(quantity) | Extent::Flow(quantity, _) => Some(quantity),
                Extent::Whole | Extent::Years(_) => None,
            };
            if let Some(amount) = amount {
                assert_eq!(taken, Some(quantity(amount)), "{place}: {burden:?}");
            }
        }
    }
    if let Some(hangs) = items(words, "hangs") {
        let hanging = right
            .burdens
            .iter()
            .filter(|burden| burden.overhang.is_some());
        let hanging: Vec<_> = hanging
            .map(|burden| (burden.id, Some(overhang_text(burden.overhang))))
            .collect();
        let expected = hangs
            .into_iter()
            .map(|(name, amount)| (names.burden(&name), amount));
        assert_eq!(hanging, expected.collect::<Vec<_>>(), "{place}");
    }
    if let Some(revoked) = words.value("revoked") {
        assert_eq!(right.revoked_from, Some(day(&revoked)), "{place}");
    }
    if let Some(by) = words.value("succeeded") {
        assert_eq!(right.succeeded_by, Some(names.right(&by).0), "{place}");
    }
    if let Some(ranks) = items(words, "ranks") {
        let rank = |(name, rank): (String, Option<String>)| {
            let burden = right.burden(names.burden(&name)).unwrap();
            let standing = burden
                .behind
                .iter()
                .filter(|id| right.burden(**id).is_some());
            assert_eq!(
                Some((standing.count() + 1).to_string()),
                rank,
                "{place}: {name}"
            );
        };
        ranks.into_iter().for_each(rank);
    }
    if let Some(expected) = items(words, "steps") {
        let Capacity::Flow(steps) = &right.capacity else {
            panic!("{place}: {right:?}");
        };
        let steps = steps.iter();
        let steps = steps.map(|(day, quantity)| (day.to_string(), Some(quantity.to_string())));
        assert_eq!(steps.collect::<Vec<_>>(), expected, "{place}");
    }
    if let Some(end) = words.value("ends") {
        assert_eq!(right.span.to(), day(&end), "{place}");
    }
    if words.has("disputed") {
        assert!(right.adjudication.is_some(), "{place}");
    }
}

/// Takes items `NAME` or `NAME=VALUE`; `-` stands for none, and nothing for "not looked at".
fn items(words: &mut Words, name: &str) -> Option<Vec<(String, Option<String>)>> {
    words.peek(name)?;
    let item = |text: String| match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text, None),
    };
    let list = words.list(name).into_iter().filter(|text| text != "-");
    Some(list.map(item).collect())
}
