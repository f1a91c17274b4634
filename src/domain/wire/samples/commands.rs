//! One command of every type.

use crate::domain::authority::VerifiedSignature;
use crate::domain::authority::attest::{Attestation, ConsentClass};
use crate::domain::command::{
    AdmitParty, Body, Command, CourtOrder, Expected, ExtentRequest, GroundRequest, IssueRight,
    LineChange, LineRequest, OfferedKey, QuantityRequest, RegisterPledge, Signer, SignerRole,
};
use crate::domain::order::Terms;
use crate::domain::party::Role;
use crate::domain::pledge::Form;
use crate::domain::right::{BurdenId, Capacity};
use crate::domain::wire::samples::{
    day, hash, hidden, now, parcel, person, quantity, right, secret, span,
};
use crate::primitives::crypto::{Hash, SecretKey};
use crate::primitives::id::{CommandId, FreezeId, PartyId, PledgeId, ReservationId, RightId};

/// A command with this body, given by M3 and consented by M2.
pub(in crate::domain) fn command(body: Body) -> Command {
    let signer = |org, role| Signer {
        org: PartyId(org),
        role,
    };
    Command {
        aud: format!("registry.example/greenlien/500113#{}", hash("entry 0")),
        org: PartyId(3),
        cmd: CommandId([0xab; 16]),
        signers: vec![
            signer(2, SignerRole::Maker),
            signer(3, SignerRole::Maker),
            signer(3, SignerRole::Checker),
        ],
        attested: vec![
            Attestation {
                party: PartyId(9),
                class: ConsentClass::Paper,
                document: hash("scan"),
            },
            Attestation {
                party: PartyId(12),
                class: ConsentClass::Video,
                document: hash("recording"),
            },
        ],
        expect: vec![
            (Expected::Right(RightId(9)), 1),
            (Expected::Pledge(PledgeId(57)), 3),
        ],
        seen: Some((40, hash("root"))),
        iat: now(),
        exp: now().plus_seconds(600),
        body,
    }
}

/// Signatures that fit the list of [`command`], and the party of each key.
pub(in crate::domain) fn signed() -> Vec<(SecretKey, VerifiedSignature, PartyId)> {
    let one = |seed, role, org| {
        let key = secret(seed);
        let kid = key.public().id();
        (key, VerifiedSignature { kid, role }, PartyId(org))
    };
    vec![
        one(2, SignerRole::Maker, 2),
        one(3, SignerRole::Maker, 3),
        one(4, SignerRole::Checker, 3),
    ]
}

fn offered(seed: u8) -> OfferedKey {
    let (key, person) = (secret(seed), format!("p-{seed}"));
    let proof = key.sign(&OfferedKey::proof_message("aud", &key.public(), &person));
    OfferedKey {
        key: key.public(),
        person,
        proof,
    }
}

fn registry_bodies() -> Vec<Body> {
    let admit = AdmitParty {
        name: Some("巴南某某银行（分行）".to_owned()),
        credit_code: Some("91350100M000100Y43".to_owned()),
        region: Some("500113".to_owned()),
        roles: vec![Role::Registrar, Role::Authority, Role::Bank],
        duties: vec!["carbon".to_owned(), "forest".to_owned()],
        keys: vec![offered(1), offered(2)],
        threshold: 2,
        hidden: Vec::new(),
    };
    let person = AdmitParty {
        name: None,
        credit_code: None,
        region: None,
        roles: vec![Role::Holder],
        duties: Vec::new(),
        keys: Vec::new(),
        threshold: 1,
        hidden: person().hidden,
    };
    let (kind, text) = ("carbon".to_owned(), "kind = \"carbon\"\n".to_owned());
    vec![
        Body::AdmitParty(admit),
        Body::AdmitParty(person),
        Body::AddKey(offered(1)),
        Body::RevokeKey(secret(1).public().id()),
        Body::SetSigningPolicy(5),
        Body::AdoptPolicy { kind, text },
    ]
}

fn right_bodies() -> Vec<Body> {
    let record = right(Capacity::Stock(quantity("0")));
    let plain = IssueRight {
        kind: record.kind,
        holder: record.holder,
        identities: record.identities,
        span: record.span,
        quantity: QuantityRequest::Level(quantity("1000")),
        unit: "tCO2e".to_owned(),
        class: None,
        attributes: [].into(),
        ground: GroundRequest::Absent,
        succeeds: Vec::new(),
        additional: false,
        adjudication: None,
    };
    let steps = vec![
        (day("2026-01-01"), quantity("200")),
        (day("2028-03-01"), quantity("0")),
    ];
    let full = IssueRight {
        quantity: QuantityRequest::Steps(steps),
        class: Some("公益林".to_owned()),
        attributes: [("species".to_owned(), "柏木".to_owned())].into(),
        ground: GroundRequest::Polygon(parcel().parts().to_vec()),
        succeeds: vec![RightId(9), RightId(7)],
        additional: true,
        adjudication: Some(hash("judgment")),
        ..plain.clone()
    };
    let ground = GroundRequest::Units(vec!["500113001".to_owned()]);
    let units = IssueRight {
        ground,
        ..plain.clone()
    };
    let (right, document) = (RightId(41), hash("order"));
    let mut bodies: Vec<_> = [plain, full, units]
        .map(|issue| Body::IssueRight(Box::new(issue)))
        .into();
    let from = day("2027-01-01");
    let amount = (quantity("80.5"), "t/a".to_owned());
    bodies.extend([
        Body::AdjustRight {
            right,
            from,
            amount,
            document,
        },
        Body::RevokeRight {
            right,
            from,
            document,
        },
        Body::Unfreeze {
            right,
            freeze: FreezeId(60),
            document,
        },
    ]);
    bodies.extend(freezes());
    bodies
}

/// Freezes of every extent, and one with all that its order may say.
fn freezes() -> Vec<Body> {
    let freeze = |extent, terms| Body::Freeze {
        right: RightId(41),
        authority: PartyId(4),
        extent,
        document: hash("d"),
        terms,
    };
    let terms = Terms {
        number: Some("(2026)渝0113执保12号".to_owned()),
        until: Some(day("2029-12-01")),
        limit_cny: Some(quantity("2400000")),
        price_cny: Some(quantity("79.505")),
    };
    let plain = extents().into_iter();
    let plain = plain.map(|extent| freeze(extent, Terms::default()));
    plain
        .chain([freeze(ExtentRequest::default(), terms)])
        .collect()
}

fn extents() -> Vec<ExtentRequest> {
    let amount = Some((quantity("80.5"), "t/a".to_owned()));
    let flow = Some(span("2026-12-01", "2028-03-01"));
    vec![
        ExtentRequest::default(),
        ExtentRequest {
            amount: amount.clone(),
            ..ExtentRequest::default()
        },
        ExtentRequest {
            amount,
            span: flow,
            years: None,
        },
        ExtentRequest {
            years: Some((2026, 2030)),
            ..ExtentRequest::default()
        },
    ]
}

pub(super) fn line_requests() -> Vec<LineRequest> {
    let line = |extent| LineRequest {
        right: RightId(41),
        extent,
        behind: Vec::new(),
    };
    let mut lines: Vec<_> = extents().into_iter().map(line).collect();
    lines.extend(extents().into_iter().map(|extent| LineRequest {
        behind: vec![BurdenId::Line(PledgeId(57), 0)],
        ..line(extent)
    }));
    lines
}

fn register_bodies() -> Vec<Body> {
    let plain = RegisterPledge {
        pledgor: PartyId(2),
        debtor: None,
        form: Form::Pledge,
        lines: line_requests(),
        term: None,
        reservation: None,
        cap_cny: None,
        maximum: None,
        syndicate: Vec::new(),
        green: None,
        hidden: Vec::new(),
    };
    let full = RegisterPledge {
        debtor: Some(PartyId(8)),
        form: Form::Mortgage,
        term: Some(span("2026-12-01", "2027-12-01")),
        reservation: Some(ReservationId(58)),
        cap_cny: Some(quantity("4000000.5")),
        maximum: Some(span("2026-01-01", "2028-01-01")),
        syndicate: crate::domain::wire::samples::pledges::syndicate(),
        green: Some("GIC2019:1.5.1".to_owned()),
        hidden: hidden(),
        ..plain.clone()
    };
    [plain, full]
        .map(|body| Body::RegisterPledge(Box::new(body)))
        .into()
}

fn releases() -> Vec<Body> {
    let release = |changes, order| Body::ReleasePledge {
        pledge: PledgeId(57),
        changes,
        order,
    };
    let change = |line, amount| LineChange {
        line,
        amount,
        to: None,
        behind: Vec::new(),
    };
    let part = change(0, Some((quantity("40"), "t/a".to_owned())));
    let order = CourtOrder {
        authority: PartyId(6),
        document: Hash([6; 32]),
    };
    vec![
        release(Vec::new(), None),
        release(Vec::new(), Some(order)),
        release(vec![part, change(1, None)], None),
    ]
}

fn pledge_bodies() -> Vec<Body> {
    let term = Some(span("2026-12-01", "2027-12-01"));
    let pledge = PledgeId(57);
    let amount = Some((quantity("40"), "t/a".to_owned()));
    let amended = LineChange {
        line: 0,
        amount,
        to: None,
        behind: Vec::new(),
    };
    let change = |line, to| LineChange {
        line,
        amount: None,
        to,
        behind: Vec::new(),
    };
    let extended = change(63, Some(day("2029-01-01")));
    let extended_part = LineChange {
        to: extended.to,
        ..amended.clone()
    };
    let extend = |changes, (term, maximum), consenting| Body::ExtendPledge {
        pledge,
        changes,
        term,
        maximum,
        consenting,
    };
    vec![
        Body::Reserve {
            pledgor: PartyId(2),
            lines: line_requests(),
            days: 30,
        },
        Body::CancelReservation(ReservationId(58)),
        Body::AmendPledge {
            pledge,
            changes: vec![amended.clone()],
            cap_cny: None,
            green: None,
            consenting: vec![PartyId(3), PartyId(9)],
        },
        Body::AmendPledge {
            pledge,
            changes: Vec::new(),
            cap_cny: Some(quantity("4600000.5")),
            green: Some("GIC2019:1.5.2".to_owned()),
            consenting: Vec::new(),
        },
        Body::AmendPledge {
            pledge,
            changes: vec![LineChange {
                behind: vec![BurdenId::Line(PledgeId(60), 1)],
                ..amended.clone()
            }],
            cap_cny: Some(quantity("4600000.5")),
            green: Some("GIC2019:1.5.2".to_owned()),
            consenting: Vec::new(),
        },
        extend(vec![extended], (None, term), vec![PartyId(9)]),
        extend(vec![extended_part], (None, None), Vec::new()),
        extend(Vec::new(), (term, None), Vec::new()),
    ]
}

/// Bodies of every type.
pub(in crate::domain) fn bodies() -> Vec<Body> {
    [
        registry_bodies(),
        right_bodies(),
        register_bodies(),
        pledge_bodies(),
        releases(),
        super::acts::bodies(),
    ]
    .concat()
}
