//! Pledges and reservations with every member they may have.

use super::{acts, hash, hidden, lines, now, quantity, span};
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::ExternalStatus;
use crate::domain::facts::{Record, StateKey};
use crate::domain::pledge::{
    Attested, Buyout, Cap, Disposal, Form, Former, Guarantee, Joint, LineCorrection, Maximum,
    Objection, Part, Pledge, PledgeMore, Reservation, ReservationEnd, Share,
};
use crate::primitives::id::{PartyId, PledgeId, ReservationId};

/// Two banks beside the pledgee.
pub(super) fn syndicate() -> Vec<Share> {
    let share = |(party, share_bp)| Share {
        party: PartyId(party),
        share_bp,
    };
    [(8, 3_000), (9, 2_500)].map(share).to_vec()
}

/// A tranche of a cap.
pub(super) fn cap(amount: &str, entry: u64) -> Cap {
    Cap {
        amount: quantity(amount),
        entry,
    }
}

/// Pledges and reservations, with and without the members that may be absent.
#[expect(clippy::too_many_lines, reason = "one sample of every shape")]
pub(super) fn records() -> Vec<(StateKey, Record)> {
    let pledge = Pledge {
        pledgee: PartyId(3),
        pledgor: PartyId(2),
        debtor: Some(PartyId(8)),
        form: Form::Mortgage,
        lines: lines(),
        term: Some(span("2026-12-01", "2027-12-01")),
        hidden: hidden(),
        reservation: Some(ReservationId(58)),
        more: PledgeMore {
            caps: vec![cap("4000000.5", 57), cap("600000", 63)],
            maximum: Some(Maximum {
                period: span("2026-01-01", "2028-01-01"),
            }),
            syndicate: syndicate(),
            green: Some("GIC2019:1.5.2".to_owned()),
            former: [false, true]
                .map(|subrogation| Former {
                    party: PartyId(8),
                    until: 63,
                    subrogation,
                })
                .to_vec(),
            determined: Some(62),
            parts: vec![Part {
                party: PartyId(9),
                amount: quantity("1000"),
                entry: 63,
            }],
            guarantees: vec![Guarantee {
                guarantor: PartyId(9),
                share_bp: 2_000,
                counter: Some(PledgeId(60)),
                document: hash("g"),
                entry: 59,
            }],
            buyouts: vec![Buyout {
                party: PartyId(9),
                price: quantity("3000000"),
                trigger: "逾期九十日".to_owned(),
                document: hash("b"),
                entry: 61,
            }],
            objections: [None, Some(hash("s"))]
                .map(|suit| Objection {
                    party: PartyId(2),
                    document: hash("o"),
                    entry: 64,
                    until: now(),
                    suit,
                })
                .to_vec(),
            disposals: vec![Disposal {
                line: 1,
                quantity: Some(quantity("5055")),
                proceeds: quantity("400000"),
                authority: Some(PartyId(4)),
                buyer: Some(PartyId(9)),
                document: hash("p"),
                entry: 65,
            }],
            joint: vec![Joint {
                first: 0,
                second: 2,
                quantity: quantity("45000"),
                entry: 66,
            }],
            corrections: [(Some(3), vec![58, 60]), (None, Vec::new())]
                .map(|(further, relied)| LineCorrection {
                    line: 0,
                    further,
                    quantity: quantity("80"),
                    relied,
                    document: hash("c"),
                    entry: 67,
                })
                .to_vec(),
            erased: vec![super::acts::erased("principal_cny")],
            external: [ExternalStatus::Registered, ExternalStatus::Lapsed]
                .map(acts::report)
                .to_vec(),
            attested: [ConsentClass::Paper, ConsentClass::Video]
                .map(|class| Attested {
                    party: PartyId(2),
                    class,
                    document: hash("scan"),
                    entry: 57,
                })
                .to_vec(),
        },
    };
    let plain = Pledge {
        debtor: None,
        term: None,
        hidden: Vec::new(),
        reservation: None,
        more: PledgeMore::default(),
        ..pledge.clone()
    };
    let reservation = |ended| Reservation {
        pledgee: PartyId(3),
        pledgor: PartyId(2),
        lines: lines(),
        expires: now(),
        ended,
    };
    let ends = [
        None,
        Some(ReservationEnd::Cancelled),
        Some(ReservationEnd::Taken(PledgeId(57))),
    ];
    let reservation_record = |ended| {
        (
            StateKey::Reservation(ReservationId(58)),
            Record::Reservation(reservation(ended)),
        )
    };
    let pledges =
        [pledge, plain].map(|pledge| (StateKey::Pledge(PledgeId(57)), Record::Pledge(pledge)));
    pledges
        .into_iter()
        .chain(ends.map(reservation_record))
        .collect()
}
