//! The statement of a certificate as canonical JSON, for programs that do not read evidence.
//!
//! Written only: a reader of a certificate makes the statement again from its evidence and compares the two.

use std::fmt;

use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::SignerRole;
use crate::domain::effect::Effect;
use crate::domain::facts::PolicyVersion;
use crate::domain::flow::Segment;
use crate::domain::right::{BurdenId, Extent, Overhang};
use crate::primitives::canonical::Json;
use crate::primitives::time::Span;
use crate::verify::certificate::pledge_notes::{Noted, PledgeNote};
use crate::verify::certificate::statement::{
    Act, Claim, Found, FoundBurden, FoundRight, Free, Named, Note, Reported, Statement,
};

fn word(value: impl fmt::Display) -> Json {
    Json::Text(value.to_string())
}

/// Writes the statement.
pub(super) fn statement_json(said: &Statement) -> Json {
    Json::object([
        ("found", Json::list(said.found.iter().map(found_json))),
        ("law", Json::count(said.law)),
        ("origin", Json::text(&said.origin)),
        ("region", Json::text(&said.region)),
        ("registrar", Json::text(&said.registrar)),
        ("root", word(said.root)),
        (
            "signed_by",
            Json::list(said.signed_by.iter().map(Json::text)),
        ),
        ("size", Json::count(said.size)),
        ("time", word(said.time)),
    ])
}

fn found_json(found: &Found) -> Json {
    match found {
        Found::Nothing(identity) => Json::object([
            ("identity", word(identity)),
            ("result", Json::text("no record")),
        ]),
        Found::Right(right) => right_json(right),
    }
}

fn right_json(found: &FoundRight) -> Json {
    let right = &found.right;
    // Beside the burdens and not in them: a fixed number of levels is all that a reader has to take.
    let external = found.burdens.iter().flat_map(|burden| {
        let reports = burden.external.iter();
        reports.map(|reported| external_json(burden.burden.id, reported))
    });
    let missing = found.burdens.iter().flat_map(|burden| {
        let missing = burden.missing.iter();
        missing.map(|missing| missing_json(burden.burden.id, missing))
    });
    let histories = &found.pledge_histories;
    let pledge_acts = histories.iter().flat_map(|history| {
        let acts = history.acts.iter().flatten();
        acts.map(|act| act_json(act).with("pledge", Some(word(history.pledge))))
    });
    let left_out = histories.iter().filter(|history| history.acts.is_none());
    let left_out = left_out.map(|history| {
        Json::object([
            ("entries", Json::count(history.entries)),
            ("pledge", word(history.pledge)),
        ])
    });
    Json::object([
        ("acts", Json::list(found.acts.iter().map(act_json))),
        ("burdens", Json::list(found.burdens.iter().map(burden_json))),
        ("claims", Json::list(found.claims.iter().map(claim_json))),
        ("external", Json::list(external)),
        ("free", free_json(&found.free)),
        ("from", word(right.span.from())),
        ("holder", named_json(&found.holder)),
        ("identities", Json::list(right.identities.iter().map(word))),
        ("issuer", named_json(&found.issuer)),
        ("kind", Json::text(&right.kind)),
        ("missing", Json::list(missing)),
        ("notes", Json::list(found.notes.iter().map(note_json))),
        ("number", Json::text(&found.number)),
        ("pledge_acts", Json::list(pledge_acts)),
        (
            "pledge_notes",
            Json::list(found.pledge_notes.iter().map(pledge_note_json)),
        ),
        ("pledges_left_out", Json::list(left_out)),
        ("policy", word(found.policy)),
        (
            "policy_changes",
            Json::list(found.policy_changes.iter().map(version_json)),
        ),
        ("quantity", word(right.most())),
        ("result", Json::text("record")),
        ("right", word(found.id)),
        ("to", word(right.span.to())),
        ("unit", Json::text(&found.unit)),
    ])
    .with("adjudication", right.adjudication.map(word))
    .with("class", right.class.as_ref().map(Json::text))
    .with("effect", found.effect.as_ref().map(effect_json))
    .with("revoked_from", right.revoked_from.map(word))
    .with("succeeded_by", right.succeeded_by.map(word))
}

fn named_json(named: &Named) -> Json {
    Json::object([("id", word(named.id))]).with("name", named.name.as_ref().map(Json::text))
}

fn burden_json(found: &FoundBurden) -> Json {
    let burden = &found.burden;
    let json = Json::object([
        ("behind", Json::list(burden.behind.iter().map(word))),
        ("entry", Json::count(found.entry)),
        ("id", word(burden.id)),
        ("objections", Json::count(found.objections)),
    ]);
    let json = json
        .with("cap", found.cap.map(word))
        .with("expires", burden.expires.map(word))
        .with("form", found.form.map(|form| Json::text(form.name())))
        .with("party", found.party.as_ref().map(named_json))
        .with("registered", found.time.map(word))
        .with(
            "overhang",
            burden.overhang.map(|overhang| match overhang {
                Overhang::Amount(quantity) => word(quantity),
                Overhang::Whole => Json::text("whole"),
            }),
        );
    match burden.extent {
        Extent::Stock(quantity) => json.with("quantity", Some(word(quantity))),
        Extent::Flow(quantity, span) => {
            with_span(json.with("quantity", Some(word(quantity))), span)
        }
        Extent::Whole => json.with("whole", Some(Json::Bool(true))),
        Extent::Years(span) => with_span(json, span),
    }
}

fn pledge_note_json(note: &PledgeNote) -> Json {
    let about = |about: &'static str| {
        Json::object([("about", Json::text(about)), ("pledge", word(note.pledge))])
    };
    let entry = |entry| Some(Json::count(entry));
    match &note.noted {
        Noted::Maximum(period) => with_span(about("maximum"), *period),
        Noted::Determined(at) => about("determined").with("entry", entry(*at)),
        Noted::Former(named, former) => about("former")
            .with("party", Some(named_json(named)))
            .with(
                "subrogation",
                former.subrogation.then_some(Json::Bool(true)),
            )
            .with("until", entry(former.until)),
        Noted::Attested(named, attested) => about("attested")
            .with("class", Some(Json::text(attested.class.name())))
            .with("document", Some(word(attested.document)))
            .with("entry", entry(attested.entry))
            .with("party", Some(named_json(named))),
        Noted::Joint(joint) => about("joint")
            .with("entry", entry(joint.entry))
            .with("first", entry(joint.first.into()))
            .with("quantity", Some(word(joint.quantity)))
            .with("second", entry(joint.second.into())),
    }
}

fn with_span(json: Json, span: Span) -> Json {
    json.with("from", Some(word(span.from())))
        .with("to", Some(word(span.to())))
}

fn external_json(burden: BurdenId, reported: &Reported) -> Json {
    let report = &reported.report;
    let json = Json::object([
        ("burden", word(burden)),
        ("checked", word(report.checked)),
        ("number", Json::text(&report.number)),
        ("register", Json::text(&report.register)),
        ("status", Json::text(report.status.name())),
    ])
    .with("over", reported.over.then_some(Json::Bool(true)));
    match report.term {
        Some(term) => with_span(json, term),
        None => json,
    }
}

fn missing_json(burden: BurdenId, (register, receipt): &(String, bool)) -> Json {
    Json::object([("burden", word(burden)), ("register", Json::text(register))])
        .with("receipt", receipt.then_some(Json::Bool(true)))
}

fn claim_json(claim: &Claim) -> Json {
    Json::object([
        ("attribute", Json::text(&claim.attribute)),
        ("finding", Json::count(claim.finding.into())),
        ("text", Json::text(&claim.text)),
    ])
}

fn effect_json(effect: &Effect) -> Json {
    Json::object([
        ("cites", Json::text(&effect.cites)),
        ("class", Json::text(effect.class.name())),
    ])
    .with("decides", effect.decides.as_ref().map(Json::text))
}

fn free_json(free: &Free) -> Json {
    let list =
        |spans: &[Span]| Json::list(spans.iter().map(|span| with_span(Json::object([]), *span)));
    match free {
        Free::Ended => Json::object([("ended", Json::Bool(true))]),
        Free::Stock(quantity) => Json::object([("quantity", word(quantity))]),
        Free::Flow(segments) => {
            let part = |segment: &Segment| {
                let json = Json::object([("quantity", word(segment.free))]);
                with_span(json, segment.span)
            };
            Json::object([("parts", Json::list(segments.iter().map(part)))])
        }
        Free::Whole(is_free) => Json::object([("whole", Json::Bool(*is_free))]),
        Free::Years(spans) => Json::object([("years", list(spans))]),
    }
}

fn act_json(act: &Act) -> Json {
    let signer = |(org, role): &(Named, SignerRole)| word(format!("{} {}", org.id, role.name()));
    let consent =
        |(party, class): &(Named, ConsentClass)| word(format!("{} {}", party.id, class.name()));
    let attested = act.attested.iter().map(consent);
    let attested = (!act.attested.is_empty()).then(|| Json::list(attested));
    Json::object([
        ("act", Json::text(&act.act)),
        ("entry", Json::count(act.entry)),
        ("law", Json::count(act.law)),
        ("org", named_json(&act.org)),
        ("signers", Json::list(act.signers.iter().map(signer))),
        ("time", word(act.time)),
    ])
    .with("attested", attested)
}

fn version_json(version: &PolicyVersion) -> Json {
    Json::object([
        ("active_from", word(version.active_from)),
        ("digest", word(version.digest)),
        ("entry", Json::count(version.entry)),
    ])
}

fn note_json(note: &Note) -> Json {
    match note {
        Note::Recovery(party, recovery) => Json::object([
            ("about", Json::text("recovery")),
            ("entry", Json::count(recovery.entry)),
            ("party", named_json(party)),
            ("ready", word(recovery.ready)),
        ])
        .with(
            "ended",
            recovery.ended.map(|(end, _)| Json::text(end.name())),
        )
        .with(
            "ended_entry",
            recovery.ended.map(|(_, entry)| Json::count(entry)),
        ),
        Note::Dispute(party, dispute) => Json::object([
            ("about", Json::text("dispute")),
            ("entry", Json::count(dispute.entry)),
            ("from_entry", Json::count(dispute.from)),
            ("party", named_json(party)),
        ])
        .with(
            "resolved_entry",
            dispute.resolved.map(|(entry, _)| Json::count(entry)),
        ),
        Note::Ended(party, entry, next) => Json::object([
            ("about", Json::text("ended")),
            ("entry", Json::count(*entry)),
            ("party", named_json(party)),
            ("successor", word(next)),
        ]),
        Note::Renamed(party, name, entry) => Json::object([
            ("about", Json::text("former name")),
            ("entry", Json::count(*entry)),
            ("name", Json::text(name)),
            ("party", named_json(party)),
        ]),
    }
}
