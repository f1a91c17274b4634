//! What must hold after every act: the registry and the model say and hold the same.

mod rights;

use std::collections::BTreeSet;

use greenlien::domain::authority::attest::ConsentClass;
use greenlien::domain::facts::{Record, StateKey};
use greenlien::domain::finding::Finding;
use greenlien::domain::pledge::Pledge;
use greenlien::domain::right::{Burden, BurdenId, Extent, Overhang};
use greenlien::primitives::id::{PartyId, PledgeId};
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::{Day, Span, Timestamp};

use super::stage::{Played, Stage, person, secret};
use crate::model::{ALWAYS, DayNumber, Detail, Name, Party, Reason, Taking, refuses};
use crate::support::Answer;

/// Checks that say what is in the way, and mostly offer something else: stock, flow, land, more than the right, the line or the freeze, frozen, pledged, waiting.
const DETAILED: [u16; 14] = [
    3001, 3002, 3005, 3008, 3009, 3010, 3012, 3013, 3014, 3015, 3016, 6018, 9001, 9002,
];

/// Checks that name rights: the same ground.
const OF_GROUND: [u16; 8] = [2019, 7003, 7004, 7005, 7007, 7008, 7013, 7014];

/// The two refuse for the same reasons, with the same largest admissible quantity, or both accept with the same warnings.
pub(crate) fn same_answer(played: &Played) {
    let Played {
        answer, reasons, ..
    } = played;
    assert!(
        !matches!(answer, Answer::Faulty(_)),
        "at the door: {played:?}"
    );
    let refused = refuses(reasons);
    let law = reasons_of(answer.findings());
    let counts = |reason: &&Reason| reason.warns() != refused;
    let model: BTreeSet<Reason> = reasons.iter().filter(counts).cloned().collect();
    assert_eq!(
        law, model,
        "the law is left, the model right: {:?}",
        played.order
    );
    assert_eq!(answer.is_accepted(), !refused, "{:?}", played.order);
}

/// What the law found, in the words of the model.
pub(crate) fn reasons_of(findings: &[Finding]) -> BTreeSet<Reason> {
    findings.iter().map(reason_of).collect()
}

fn reason_of(finding: &Finding) -> Reason {
    let code = finding.code.number();
    let is_of_ground = OF_GROUND.contains(&code);
    // An extension says how far a right may be extended.
    let is_of_days = code == 2013 && finding.at.is_some();
    // A line that is to stand behind a part of a stack is told of the rest.
    let is_of_rank = code == 6009 && finding.line.is_some();
    // A line that goes beyond what is reserved is told of that.
    let is_of_hold = code == 6008 && finding.line.is_some();
    // Days that are out of the question, where others are offered.
    let offers_days = matches!(code, 4002 | 4008 | 4011) && finding.alternative.is_some();
    // What is to last longer is told the first end with which it would.
    let is_of_days = is_of_days || code == 4007 && finding.at.is_some();
    let is_detailed = DETAILED.contains(&code) || is_of_ground || is_of_days || offers_days;
    if !is_detailed && !is_of_rank && !is_of_hold {
        return Reason { code, detail: None };
    }
    let alternative = finding.alternative.clone().unwrap_or_default();
    let days = |span: &Span| (number(span.from()), number(span.to()));
    let stretch =
        |(span, free): &(Span, Quantity)| (number(span.from()), number(span.to()), free.raw());
    // The right that is too small is named as well; what stands in the way are burdens.
    let is_named = |name: &&String| is_of_ground || BurdenId::parse(name).is_some();
    let detail = Detail {
        line: finding.line,
        in_the_way: finding.conflicts.iter().filter(is_named).cloned().collect(),
        share: finding.share_ppm.map(i64::from),
        first: finding.at.map(number),
        most: alternative.quantity.map(Quantity::raw),
        stretches: alternative.segments.iter().map(stretch).collect(),
        free: alternative.spans.iter().map(days).collect(),
    };
    Reason {
        code,
        detail: Some(detail),
    }
}

/// The two hold the same burdens, with the same ranks and overhangs, the same pledges and the same parties.
pub(crate) fn same_state(stage: &Stage, at: Timestamp) {
    for (id, model) in stage.rights().zip(&stage.model.rights) {
        let law = stage.world.right(id);
        rights::same_right(stage, law, model, id);
        let burdens = law.burdens.iter();
        let standing = burdens.filter(|burden| burden.expires.is_none_or(|expires| at < expires));
        let taken: Vec<Taking> = standing.map(taking_of).collect();
        assert_eq!(
            taken, model.takings,
            "{id}: the law is left, the model right"
        );
    }
    for (nth, pledge) in stage.model.pledges.iter().enumerate() {
        let id = PledgeId(pledge.id);
        same_pledge(stage, nth, stage.world.pledge(id), id, at);
    }
    for party in &stage.model.parties {
        same_party(stage, party);
    }
}

fn same_pledge(stage: &Stage, nth: usize, law: &Pledge, id: PledgeId, at: Timestamp) {
    let model = &stage.model.pledges[nth];
    assert_eq!(law.lines.len(), model.lines.len(), "{id}");
    for (law, model) in law.lines.iter().zip(&model.lines) {
        let (quantity, from, to) = extent_of(law.extent);
        let behind: Vec<Name> = law.behind.iter().map(name_of).collect();
        let ends = law.expires.map(Timestamp::micros);
        let law = (law.is_open_at(at), ends, quantity, from, to, behind);
        let ask = &model.ask;
        let behind = ask.behind.clone();
        assert_eq!(
            law,
            (
                model.open,
                model.ends,
                ask.quantity,
                ask.from,
                ask.to,
                behind
            ),
            "{id}"
        );
    }
    let right = |nth: usize| stage.right(nth);
    let on: Vec<_> = law.lines.iter().map(|line| line.right).collect();
    let of_model: Vec<_> = model.lines.iter().map(|it| right(it.ask.right)).collect();
    assert_eq!(on, of_model, "{id}");
    let hidden: Vec<&str> = law.hidden.iter().map(|(name, _)| &**name).collect();
    assert_eq!(hidden, model.hidden, "{id}");
    let erased: Vec<&str> = law.more.erased.iter().map(|it| &*it.claim).collect();
    assert_eq!(erased, model.erased, "{id}");
    let attested = law.more.attested.iter();
    let attested: Vec<_> = attested
        .map(|it| (it.party, it.class == ConsentClass::Video, it.entry))
        .collect();
    let of_model = model.attested.iter();
    let of_model: Vec<_> = of_model
        .map(|(party, video, entry)| (stage.party(*party), *video, *entry))
        .collect();
    assert_eq!(attested, of_model, "{id}");
    let joint = law.more.joint.iter();
    let joint: Vec<_> = joint
        .map(|it| (it.first, it.second, it.quantity.raw()))
        .collect();
    assert_eq!(joint, model.joint, "{id}");
    let corrections = law.more.corrections.iter();
    let corrections: Vec<_> = corrections
        .map(|it| (it.line, it.quantity.raw(), it.further))
        .collect();
    assert_eq!(corrections, model.corrections, "{id}");
    let caps: Vec<i64> = law.more.caps.iter().map(|cap| cap.amount.raw()).collect();
    assert_eq!(caps, model.caps, "{id}");
    assert_eq!(law.pledgee, stage.party(model.bank), "{id}");
    assert_eq!(law.pledgor, stage.party(model.holder), "{id}");
    let more = &law.more;
    let counts = [
        more.former.len(),
        more.parts.len(),
        more.guarantees.len(),
        more.buyouts.len(),
        more.disposals.len(),
        more.external.len(),
    ];
    let of_model = [
        model.former.len(),
        model.parts.len(),
        model.guarantors.len(),
        model.buyouts,
        model.disposals.len(),
        model.external.len(),
    ];
    assert_eq!(counts, of_model, "{id}");
    assert_eq!(more.determined.is_some(), model.determined, "{id}");
    let objections = more.objections.iter();
    let objections: Vec<_> = objections
        .map(|it| (it.party, it.entry, it.until.micros(), it.suit.is_some()))
        .collect();
    let of_model = model.objections.iter();
    let of_model: Vec<_> = of_model
        .map(|it| (stage.party(it.party), it.entry, it.until, it.suit))
        .collect();
    assert_eq!(objections, of_model, "{id}");
}

fn same_party(stage: &Stage, model: &Party) {
    let id = PartyId(model.id);
    let fact = stage.world.fact(&StateKey::Party(id)).unwrap();
    let Record::Party(law) = &fact.record else {
        panic!("{id}: {fact:?}");
    };
    let name = law.name.as_deref();
    let threshold = usize::try_from(law.threshold).unwrap();
    assert_eq!(
        (name, threshold),
        ((!model.natural).then_some(&*model.name), model.threshold),
        "{id}"
    );
    let erased: Vec<&str> = law.more.erased.iter().map(|it| &*it.claim).collect();
    assert_eq!(erased, model.erased, "{id}");
    let keys = law.keys.iter();
    let keys: Vec<_> = keys
        .map(|key| (key.key.clone(), key.person.clone(), key.added, key.revoked))
        .collect();
    let of_model = model.keys.iter();
    let of_model: Vec<_> = of_model
        .map(|key| {
            let public = secret(key.number).public();
            (public, person(key.person), key.added, key.ended)
        })
        .collect();
    assert_eq!(keys, of_model, "{id}");
    let more = &law.more;
    let parties = |list: &[(PartyId, u64)]| list.iter().map(|(party, _)| *party).collect();
    let predecessors: Vec<PartyId> = parties(&more.predecessors);
    let of_model =
        |list: &[usize]| -> Vec<PartyId> { list.iter().map(|nth| stage.party(*nth)).collect() };
    assert_eq!(predecessors, of_model(&model.predecessors), "{id}");
    let successors = model.successors.iter();
    let successors: Vec<(PartyId, u64)> = successors
        .map(|(nth, entry)| (stage.party(*nth), *entry))
        .collect();
    assert_eq!(more.successors, successors, "{id}");
    let handed = more.handed.iter();
    let handed: Vec<_> = handed.map(|of| (&*of.kind, of.party, of.entry)).collect();
    let expected = model.handed.iter();
    let expected: Vec<_> = expected
        .map(|(kind, to, entry)| (*kind, stage.party(*to), *entry))
        .collect();
    assert_eq!(handed, expected, "{id}");
    let ended = more.ended.map(|(_, party)| party);
    assert_eq!(ended, model.ended.map(|nth| stage.party(nth)), "{id}");
    assert_eq!(more.recoveries.len(), model.recoveries.len(), "{id}");
    assert_eq!(
        law.open_recovery().is_some(),
        model.is_in_recovery(),
        "{id}"
    );
    let rules = more.signing.iter();
    let rules: Vec<_> = rules.map(|rule| (&*rule.command, rule.threshold)).collect();
    let of_model = model.rules.iter();
    let of_model: Vec<_> = of_model
        .map(|(word, threshold)| (*word, u64::try_from(*threshold).unwrap()))
        .collect();
    assert_eq!(rules, of_model, "{id}");
    assert_eq!(more.parts.len(), model.parts.len(), "{id}");
    let disputes = more.disputes.iter();
    let disputes: Vec<_> = disputes
        .map(|it| (it.entry, it.resolved.is_some()))
        .collect();
    assert_eq!(disputes, model.disputes, "{id}");
}

fn taking_of(burden: &Burden) -> Taking {
    let (quantity, from, to) = extent_of(burden.extent);
    Taking {
        name: name_of(&burden.id),
        quantity,
        from,
        to,
        expires: burden.expires.map(Timestamp::micros),
        behind: burden.behind.iter().map(name_of).collect(),
        hanging: hanging(burden),
    }
}

fn name_of(id: &BurdenId) -> Name {
    match *id {
        BurdenId::Line(pledge, line) => Name::Line(pledge.0, line),
        BurdenId::Hold(reservation, line) => Name::Hold(reservation.0, line),
        BurdenId::Freeze(freeze) => Name::Freeze(freeze.0),
    }
}

pub(super) fn extent_of(extent: Extent) -> (i64, DayNumber, DayNumber) {
    match extent {
        Extent::Stock(quantity) => (quantity.raw(), ALWAYS.0, ALWAYS.1),
        Extent::Flow(quantity, span) => (quantity.raw(), number(span.from()), number(span.to())),
        Extent::Whole => (1, ALWAYS.0, ALWAYS.1),
        Extent::Years(span) => (1, number(span.from()), number(span.to())),
    }
}

pub(super) fn hanging(burden: &Burden) -> i64 {
    match burden.overhang {
        None => 0,
        Some(Overhang::Amount(quantity)) => quantity.raw(),
        Some(Overhang::Whole) => 1,
    }
}

pub(super) fn number(day: Day) -> DayNumber {
    day.number().into()
}
