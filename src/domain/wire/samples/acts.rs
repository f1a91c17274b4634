//! Acts of law 2: a body of every type, and the events between any two records.

use std::collections::BTreeMap;

use super::commands::line_requests;
use super::{day, findings, hash, now, quantity, records, secret, span};
use crate::domain::change::between;
use crate::domain::command::{
    Allocation, Amount, Body, CarveOut, Conversion, Converted, Correction, CourtOrder,
    ExtentRequest, ExternalReport, ExternalStatus, FreezeAct, Hiding, LineChange, LineRequest,
    OfferedKey, PartyAct, PledgeAct, RegisterPledge, Reliance, RightAct, SignerRole, TransferPart,
    Verification,
};
use crate::domain::event::{Event, OverhangChange};
use crate::domain::party::{
    Dispute, Erased, Handed, LogKey, PartyMore, Recovery, RecoveryEnd, SigningRule,
};
use crate::domain::pledge::Form;
use crate::domain::question::{Answer, Question};
use crate::domain::right::{BurdenId, Identity};
use crate::primitives::crypto::KeyId;
use crate::primitives::id::{FreezeId, PartyId, PledgeId, RightId};
use crate::primitives::quantity::{Quantity, Scale};

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
#[expect(clippy::too_many_lines, reason = "one sample of every act")]
pub(super) fn bodies() -> Vec<Body> {
    let of_pledge = |act| Body::OfPledge(Box::new(act));
    let external = |status| PledgeAct::RecordExternalRegistration {
        pledge: PledgeId(57),
        report: report(status),
    };
    let mut bodies = vec![
        of_pledge(external(ExternalStatus::Registered)),
        of_pledge(external(ExternalStatus::Lapsed)),
        of_pledge(PledgeAct::AssignPledge {
            pledge: PledgeId(57),
            to: PartyId(9),
            subrogation: false,
            part_cny: None,
            authority: None,
            document: hash("d"),
        }),
        of_pledge(PledgeAct::AssignPledge {
            pledge: PledgeId(57),
            to: PartyId(9),
            subrogation: true,
            part_cny: Some(quantity("1000000.5")),
            authority: Some(PartyId(4)),
            document: hash("d"),
        }),
        of_pledge(PledgeAct::DetermineClaim {
            pledge: PledgeId(57),
            authority: None,
            document: hash("d"),
        }),
        of_pledge(PledgeAct::DetermineClaim {
            pledge: PledgeId(57),
            authority: Some(PartyId(4)),
            document: hash("d"),
        }),
        of_pledge(PledgeAct::SubstituteCollateral {
            pledge: PledgeId(57),
            drop: vec![LineChange {
                line: 1,
                amount: None,
                to: None,
                behind: Vec::new(),
            }],
            add: line_requests(),
        }),
        of_pledge(PledgeAct::RegisterGuarantee {
            pledge: PledgeId(57),
            share_bp: 2_000,
            of: Some(PartyId(9)),
            counter: Some(PledgeId(60)),
            document: hash("d"),
        }),
        of_pledge(PledgeAct::RegisterBuyoutCommitment {
            pledge: PledgeId(57),
            price_cny: quantity("3000000"),
            trigger: "逾期九十日".to_owned(),
            document: hash("d"),
        }),
        of_pledge(PledgeAct::Object {
            pledge: PledgeId(57),
            document: hash("d"),
            suit: Some(hash("s")),
        }),
        of_pledge(PledgeAct::WithdrawObjection {
            pledge: PledgeId(57),
            objection: 61,
            order: None,
        }),
        of_pledge(PledgeAct::WithdrawObjection {
            pledge: PledgeId(57),
            objection: 61,
            order: Some(CourtOrder {
                authority: PartyId(4),
                document: hash("j"),
            }),
        }),
        of_pledge(PledgeAct::RecordDisposal {
            pledge: PledgeId(57),
            line: 1,
            amount: Some((quantity("5055"), "tCO2e".to_owned())),
            proceeds_cny: quantity("400000"),
            authority: Some(PartyId(4)),
            buyer: Some(PartyId(9)),
            document: hash("d"),
        }),
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
    ];
    bodies.extend(
        of_parties()
            .into_iter()
            .map(|act| Body::OfParty(Box::new(act))),
    );
    bodies.push(Body::OfRight(Box::new(RightAct::ExtendRight {
        right: RightId(41),
        to: day("2032-01-01"),
        document: hash("d"),
    })));
    bodies.extend(
        of_rights()
            .into_iter()
            .map(|act| Body::OfRight(Box::new(act))),
    );
    bodies.push(Body::OfRight(Box::new(verification())));
    bodies.extend(of_freezes().map(|act| Body::OfRight(Box::new(RightAct::OfFreeze(act)))));
    bodies
}

/// A question of a guarantor about one right, with an answer that has all parts.
fn verification() -> RightAct {
    let line = |span| LineRequest {
        right: RightId(41),
        extent: ExtentRequest {
            amount: Some((quantity("80"), "t/a".to_owned())),
            span: Some(span),
            years: None,
        },
        behind: vec![BurdenId::Line(PledgeId(57), 0)],
    };
    let pledge = RegisterPledge {
        pledgor: PartyId(2),
        debtor: None,
        form: Form::Pledge,
        lines: vec![line(span("2026-01-01", "2028-01-01"))],
        term: Some(span("2026-01-01", "2027-01-01")),
        reservation: None,
        hidden: Vec::new(),
        cap_cny: Some(quantity("2000000")),
        maximum: None,
        syndicate: Vec::new(),
        green: None,
    };
    RightAct::RecordVerification {
        right: RightId(41),
        verification: Box::new(Verification {
            question: Question::new(PartyId(3), Body::RegisterPledge(Box::new(pledge))).unwrap(),
            answer: Answer {
                admissible: false,
                findings: findings(),
                law: 2,
            },
            size: 41,
            root: hash("root"),
        }),
        document: hash("d"),
    }
}

fn of_freezes() -> impl Iterator<Item = FreezeAct> {
    let change = |until, amount: Option<&str>, limit_cny| FreezeAct::ChangeFreeze {
        right: RightId(41),
        freeze: FreezeId(60),
        until,
        amount: amount.map(|amount| (quantity(amount), "tCO2e".to_owned())),
        limit_cny,
        document: hash("d"),
    };
    let executed = |amount: Option<&str>, buyer| FreezeAct::ExecuteFreeze {
        right: RightId(41),
        freeze: FreezeId(60),
        amount: amount.map(|amount| (quantity(amount), "tCO2e".to_owned())),
        proceeds_cny: quantity("404400.5"),
        buyer,
        document: hash("d"),
    };
    [
        change(Some(day("2029-12-01")), None, None),
        change(None, Some("80"), None),
        change(Some(day("2029-12-01")), Some("80"), Some(quantity("6400"))),
        executed(Some("5055"), None),
        executed(None, Some(PartyId(13))),
    ]
    .into_iter()
}

fn offered(seed: u8) -> OfferedKey {
    OfferedKey {
        key: secret(seed).public(),
        person: "p-3".to_owned(),
        proof: secret(seed).sign(b"proof"),
    }
}

fn rule(command: &str, threshold: u64) -> SigningRule {
    SigningRule {
        command: command.to_owned(),
        threshold,
    }
}

fn to_kind((kind, party): &(&str, PartyId)) -> (String, PartyId) {
    ((*kind).to_owned(), *party)
}

/// Acts on parties, all but a new name.
fn of_parties() -> Vec<PartyAct> {
    let party = PartyId(3);
    let kid = KeyId(hash("k"));
    let document = hash("d");
    let split = |residual, kinds: &[(&str, PartyId)]| PartyAct::SplitParty {
        party,
        successors: vec![PartyId(8), PartyId(9)],
        residual,
        kinds: kinds.iter().map(to_kind).collect(),
        document,
    };
    vec![
        PartyAct::MergeParties {
            absorbed: vec![PartyId(2), party],
            into: PartyId(8),
            document,
        },
        split(None, &[]),
        split(Some(PartyId(9)), &[]),
        split(None, &[("carbon", PartyId(9)), ("forest", PartyId(8))]),
        PartyAct::RotateKey {
            party,
            old: kid,
            new: offered(5),
        },
        PartyAct::SetSigningRules {
            party,
            rules: Vec::new(),
            parts: Vec::new(),
        },
        PartyAct::SetSigningRules {
            party,
            rules: vec![rule("register_pledge", 2), rule("release_pledge", 3)],
            parts: vec![(kid, SignerRole::Checker)],
        },
        PartyAct::DisputeEntries {
            party,
            kid,
            from: 41,
            document,
        },
        PartyAct::ResolveDispute {
            party,
            dispute: 60,
            document,
        },
        PartyAct::RecoverParty {
            party,
            keys: vec![offered(5), offered(6)],
            document,
        },
        PartyAct::RotateLogKey {
            key: secret(7).public(),
            overlap_seconds: 86_400,
            proof: secret(7).sign(b"proof"),
        },
        PartyAct::VetoRecovery { party },
        PartyAct::CompleteRecovery { party },
        PartyAct::Erase {
            of: Hiding::Party(party),
            claims: vec!["name".to_owned(), "resident_id".to_owned()],
            document,
        },
        PartyAct::Erase {
            of: Hiding::Pledge(PledgeId(57)),
            claims: vec!["principal_cny".to_owned()],
            document,
        },
    ]
}

fn amount(quantity: &str) -> Amount {
    let quantity = Quantity::parse(quantity, Scale::MAX);
    (quantity.unwrap_or_default(), "tCO2e".to_owned())
}

fn identities() -> Vec<Identity> {
    vec![Identity {
        scheme: "account".to_owned(),
        value: "CEA|10000003|2025".to_owned(),
    }]
}

/// A correction of every sort, with those who consent.
fn corrections() -> Vec<(Correction, Vec<PartyId>)> {
    let line = Correction::Line {
        line: BurdenId::Line(PledgeId(57), 0),
        amount: amount("80"),
        relied: [Some("500113-2026-000007".to_owned()), None]
            .map(|number| Reliance {
                position: 61,
                number,
            })
            .to_vec(),
    };
    let particulars = Correction::Particulars {
        class: Some("c".to_owned()),
        attributes: BTreeMap::from([("fee".to_owned(), "paid".to_owned())]),
    };
    vec![
        (particulars, Vec::new()),
        (Correction::Quantity(amount("100")), vec![PartyId(3)]),
        (Correction::Resolution, Vec::new()),
        (line, vec![PartyId(3), PartyId(9)]),
    ]
}

/// Acts on rights that name who consents, with few members and with many.
fn of_rights() -> Vec<RightAct> {
    let (right, document) = (RightId(41), hash("d"));
    let consenting = vec![PartyId(3), PartyId(9)];
    let correct = |correction, consenting| RightAct::CorrectRight {
        right,
        correction,
        consenting,
        document,
    };
    let surrender = |carve_out, consenting| RightAct::SurrenderRight {
        right,
        amount: amount("41000"),
        carve_out,
        consenting,
        document,
    };
    let transfer = |succession, part, consenting| RightAct::TransferRight {
        right,
        to: PartyId(12),
        succession,
        part,
        consenting,
        document,
    };
    let part = TransferPart {
        amount: amount("25000"),
        identities: identities(),
        allocations: [(0, Some(amount("10000").0)), (1, None)]
            .map(|(number, quantity)| Allocation {
                line: BurdenId::Line(PledgeId(57), number),
                quantity,
            })
            .to_vec(),
    };
    let convert = |part| RightAct::ConvertRight {
        right,
        part,
        into: Box::new(Conversion {
            kind: "units".to_owned(),
            identities: identities(),
            amount: amount("6317"),
            span: span("2026-01-01", "2031-01-01"),
            class: Some("c".to_owned()),
        }),
        consenting: consenting.clone(),
        document,
    };
    let mut acts = vec![
        surrender(None, Vec::new()),
        surrender(Some(CarveOut::Order), consenting.clone()),
        transfer(true, None, Vec::new()),
        transfer(false, Some(Box::new(part)), consenting.clone()),
        convert(Converted::Amount(amount("38000"))),
        convert(Converted::Years(2026, 2028)),
    ];
    let corrected = corrections().into_iter();
    acts.extend(corrected.map(|(correction, consenting)| correct(correction, consenting)));
    acts
}

/// Every member that acts on parties add, but former names.
pub(super) fn more() -> PartyMore {
    let recovery = |ended| Recovery {
        entry: 50,
        document: hash("d"),
        ready: now(),
        ended,
    };
    let dispute = |resolved| Dispute {
        entry: 60,
        kid: KeyId(hash("k")),
        from: 41,
        document: hash("d"),
        resolved,
    };
    PartyMore {
        former_names: Vec::new(),
        signing: vec![rule("release_pledge", 3)],
        parts: vec![(KeyId(hash("k")), SignerRole::Checker)],
        disputes: vec![dispute(Some((70, hash("e")))), dispute(None)],
        recoveries: vec![
            recovery(Some((RecoveryEnd::Vetoed, 51))),
            recovery(Some((RecoveryEnd::Completed, 52))),
            recovery(None),
        ],
        recovery_keys: vec![(secret(5).public(), "p-3".to_owned())],
        predecessors: vec![(PartyId(5), 44)],
        successors: vec![(PartyId(8), 45), (PartyId(9), 45)],
        handed: vec![Handed {
            kind: "carbon".to_owned(),
            party: PartyId(8),
            entry: 45,
        }],
        ended: Some((45, PartyId(9))),
        log_keys: vec![LogKey {
            key: secret(7).public(),
            entry: 71,
            overlap_until: now(),
        }],
        erased: vec![erased("name"), erased("resident_id")],
    }
}

/// A hidden member whose opening was destroyed.
pub(super) fn erased(claim: &str) -> Erased {
    Erased {
        claim: claim.to_owned(),
        entry: 72,
    }
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
