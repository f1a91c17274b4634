//! Acts of law 2: a body of every type, and the events between any two records.

use super::{day, hash, records, span};
use crate::domain::change::between;
use crate::domain::command::{Body, ExternalReport, ExternalStatus, PartyAct, PledgeAct, RightAct};
use crate::domain::event::{Event, OverhangChange};
use crate::domain::right::BurdenId;
use crate::primitives::id::{PartyId, PledgeId, RightId};

/// What another register says.
pub(super) fn report(status: ExternalStatus) -> ExternalReport {
    let lapsed = status == ExternalStatus::Lapsed;
    ExternalReport {
        register: "zhongdeng".to_owned(),
        number: "0123 4567 8901".to_owned(),
        status,
        term: lapsed.then(|| span("2026-03-01", "2027-03-01")),
        checked: day("2027-03-02"),
    }
}

/// Bodies of every type of act; the last of a type has the most members.
pub(super) fn bodies() -> Vec<Body> {
    let of_pledge = |act| Body::OfPledge(Box::new(act));
    let external = |status| PledgeAct::RecordExternalRegistration {
        pledge: PledgeId(57),
        report: report(status),
    };
    vec![
        of_pledge(external(ExternalStatus::Registered)),
        of_pledge(external(ExternalStatus::Lapsed)),
        of_pledge(PledgeAct::ChangeRank {
            right: RightId(41),
            from: vec![
                BurdenId::Line(PledgeId(57), 0),
                BurdenId::Line(PledgeId(60), 1),
            ],
            to: vec![
                BurdenId::Line(PledgeId(60), 1),
                BurdenId::Line(PledgeId(57), 0),
            ],
        }),
        Body::OfParty(Box::new(PartyAct::ChangeParty {
            party: PartyId(3),
            name: "巴南某某银行（新）".to_owned(),
            document: hash("d"),
        })),
        Body::OfRight(Box::new(RightAct::ExtendRight {
            right: RightId(41),
            to: day("2032-01-01"),
            document: hash("d"),
        })),
    ]
}

/// The event of an act that turns each record into each other record of its space, and of one that creates it.
pub(super) fn events(overhangs: &[OverhangChange]) -> Vec<Event> {
    let records = records();
    let mut events = Vec::new();
    for (of, after) in &records {
        let before = records.iter().find(|(other, _)| other == of);
        for before in [None, before.map(|(_, record)| record)] {
            let (change, rows) = between(of, before, after);
            events.push(Event::Changed {
                act: "change_party".to_owned(),
                changes: vec![change],
                rows,
                overhangs: overhangs.to_vec(),
            });
        }
    }
    events
}
