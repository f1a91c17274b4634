//! One value of every form, for the tests of this room.

mod acts;
mod commands;
mod pledges;

pub(in crate::domain) use commands::{bodies, command, signed};

use crate::domain::cell::Cell;
use crate::domain::event::{Event, LineResult, MovedLine, OverhangChange, TakenOver, Tolerated};
use crate::domain::facts::{Owner, PolicyVersion, Record, StateKey};
use crate::domain::finding::{Alternative, Code, Finding};
use crate::domain::genesis::Genesis;
use crate::domain::geometry::{BoundingBox, CellId, Parcel, Point};
use crate::domain::order::Order;
use crate::domain::party::{Party, PartyKey, PartyMore, Role};
use crate::domain::pledge::{Form, Line, Maximum, PledgeMore};
use crate::domain::right::{
    Burden, BurdenId, Capacity, Extent, GroundOf, Identity, NamedParcel, Overhang, Right, Used,
    Verified,
};
use crate::primitives::crypto::{Hash, SecretKey};
use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span, Timestamp};

/// Replaces a part of a text that must be there.
pub(in crate::domain) fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1)
}

pub(in crate::domain) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(in crate::domain) fn span(from: &str, to: &str) -> Span {
    Span::new(day(from), day(to)).unwrap()
}

pub(in crate::domain) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text, Scale::MAX).unwrap()
}

pub(in crate::domain) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(in crate::domain) fn hash(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

pub(in crate::domain) fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn now() -> Timestamp {
    time("2026-12-01T02:03:04.123456Z")
}

fn parcel() -> Parcel {
    let point = |lon, lat| Point {
        lon: 1_065_786_710 + lon,
        lat: 291_579_745 + lat,
    };
    let ring = vec![point(0, 0), point(61_442, 468), point(42_975, 38_709)];
    let county = BoundingBox::around(ring.iter().copied()).unwrap();
    Parcel::new(vec![vec![ring]], &county).unwrap()
}

fn right(capacity: Capacity) -> Right {
    Right {
        kind: "carbon".to_owned(),
        issuer: PartyId(1),
        holder: PartyId(2),
        acquired: None,
        identities: vec![Identity {
            scheme: "carbon-account".to_owned(),
            value: "A1|2026".to_owned(),
        }],
        source: None,
        layer: None,
        span: span("2026-01-01", "2031-01-01"),
        capacity,
        class: None,
        attributes: [].into(),
        burdens: Vec::new(),
        succeeds: Vec::new(),
        succeeded_by: None,
        additional: false,
        adjudication: None,
        revoked_from: None,
        resolution: None,
        converted: Vec::new(),
        uses: Vec::new(),
        verifications: Vec::new(),
    }
}

fn uses() -> Vec<Used> {
    let used = |text: &str, ordered, entry| Used {
        quantity: quantity(text),
        ordered,
        entry,
    };
    vec![used("50", false, 45), used("12.5", true, 46)]
}

fn cells() -> Vec<Cell> {
    let square = |x, y| Cell::Grid(CellId { x, y });
    let parcel = Cell::Parcel(RightId(40));
    vec![square(10_657, 2_915), square(10_658, -1), parcel]
}

/// A right with every member that a right can have.
pub(in crate::domain) fn forest() -> Right {
    let burden = |id, extent| Burden {
        id,
        extent,
        expires: None,
        authority: None,
        behind: Vec::new(),
        overhang: None,
        order: None,
    };
    let held = Burden {
        expires: Some(now()),
        behind: vec![
            BurdenId::Line(PledgeId(57), 0),
            BurdenId::Freeze(FreezeId(60)),
        ],
        ..burden(
            BurdenId::Hold(ReservationId(58), 1),
            Extent::Years(span("2026-01-01", "2028-01-01")),
        )
    };
    let frozen = Burden {
        authority: Some(PartyId(4)),
        overhang: Some(Overhang::Whole),
        order: Some(Box::new(Order {
            number: Some("(2026)渝0113执保12号".to_owned()),
            limit_cny: Some(quantity("2400000")),
            price_cny: Some(quantity("79.505")),
            executed: Some(quantity("5055")),
            proceeds_cny: Some(quantity("404400")),
        })),
        ..burden(BurdenId::Freeze(FreezeId(60)), Extent::Whole)
    };
    let land = Capacity::Land {
        ground: GroundOf::Polygon(parcel()),
        measure: quantity("120.5"),
        cells: cells(),
        tolerated_area2: i128::from(i64::MAX) + 1,
    };
    Right {
        kind: "forest".to_owned(),
        acquired: Some(43),
        source: Some("forest|500113001".to_owned()),
        layer: Some("forest".to_owned()),
        class: Some("公益林".to_owned()),
        attributes: [("species".to_owned(), "柏木".to_owned())].into(),
        burdens: vec![
            burden(BurdenId::Line(PledgeId(57), 0), Extent::Whole),
            held,
            frozen,
        ],
        succeeds: vec![RightId(7), RightId(9)],
        succeeded_by: Some(RightId(99)),
        additional: true,
        adjudication: Some(hash("judgment")),
        revoked_from: Some(day("2027-05-01")),
        resolution: Some(hash("r")),
        converted: vec![span("2026-01-01", "2028-01-01")],
        uses: uses(),
        verifications: vec![Verified {
            guarantor: PartyId(6),
            question: hash("q"),
            answer: hash("a"),
            size: 40,
            root: hash("root"),
            entry: 61,
        }],
        ..right(land)
    }
}

pub(in crate::domain) fn rights() -> Vec<Right> {
    let units = vec![NamedParcel {
        unit: "500113001".to_owned(),
        right: RightId(41),
    }];
    let land = |ground| Capacity::Land {
        ground,
        measure: quantity("1"),
        cells: Vec::new(),
        tolerated_area2: 0,
    };
    let steps = vec![
        (day("2026-01-01"), quantity("200")),
        (day("2028-03-01"), quantity("120")),
    ];
    let mut flow = right(Capacity::Flow(steps));
    flow.burdens = vec![Burden {
        id: BurdenId::Line(PledgeId(57), 0),
        extent: Extent::Flow(quantity("80.5"), span("2026-12-01", "2028-03-01")),
        expires: None,
        authority: None,
        behind: Vec::new(),
        overhang: Some(Overhang::Amount(quantity("0.000001"))),
        order: None,
    }];
    vec![
        right(Capacity::Stock(quantity("1000"))),
        flow,
        forest(),
        right(land(GroundOf::Unknown)),
        right(land(GroundOf::Units(units))),
        right(land(GroundOf::Units(Vec::new()))),
    ]
}

fn lines() -> Vec<Line> {
    let line = |extent| Line {
        right: RightId(41),
        extent,
        behind: Vec::new(),
        released: false,
        expires: None,
    };
    vec![
        line(Extent::Flow(
            quantity("80.5"),
            span("2026-12-01", "2028-03-01"),
        )),
        Line {
            released: true,
            ..line(Extent::Stock(quantity("3")))
        },
        Line {
            behind: vec![BurdenId::Line(PledgeId(12), 63)],
            ..line(Extent::Whole)
        },
        Line {
            expires: Some(time("2028-02-29T16:00:00Z")),
            ..line(Extent::Years(span("2026-01-01", "2031-01-01")))
        },
    ]
}

fn results() -> Vec<LineResult> {
    (3_u16..)
        .zip(lines())
        .map(|(number, line)| LineResult { number, line })
        .collect()
}

fn hidden() -> Vec<(String, Hash)> {
    vec![
        ("contract_no".to_owned(), hash("c")),
        ("principal_cny".to_owned(), hash("p")),
    ]
}

fn bank() -> Party {
    Party {
        name: Some("巴南某某银行（分行）".to_owned()),
        credit_code: Some("91350100M000100Y43".to_owned()),
        region: Some("500113".to_owned()),
        roles: vec![Role::Bank, Role::Guarantor],
        duties: Vec::new(),
        keys: Vec::new(),
        threshold: 1,
        hidden: Vec::new(),
        more: PartyMore::default(),
    }
}

fn person() -> Party {
    let digests = vec![
        ("name".to_owned(), hash("n")),
        ("resident_id".to_owned(), hash("r")),
    ];
    let roles = vec![Role::Holder];
    Party {
        name: None,
        credit_code: None,
        region: None,
        roles,
        hidden: digests,
        more: PartyMore {
            former_names: vec![("巴南某某信用社".to_owned(), 9)],
            ..acts::more()
        },
        ..bank()
    }
}

pub(in crate::domain) fn records() -> Vec<(StateKey, Record)> {
    let rights = rights()
        .into_iter()
        .map(|right| (StateKey::Right(RightId(41)), Record::Right(right)));
    let key = |seed, revoked| PartyKey {
        key: secret(seed).public(),
        person: "p-1".to_owned(),
        added: 5,
        revoked,
    };
    let keyed = Party {
        keys: vec![key(1, None), key(2, Some(9))],
        ..bank()
    };
    let identity = Identity {
        scheme: "real-estate-unit".to_owned(),
        value: "5:0|1".to_owned(),
    };
    let version = PolicyVersion {
        digest: hash("text"),
        entry: 0,
        active_from: now(),
    };
    let mut records: Vec<_> = rights.collect();
    records.extend(pledges::records());
    records.extend([
        (StateKey::Party(PartyId(3)), Record::Party(keyed)),
        (StateKey::Party(PartyId(2)), Record::Party(person())),
        (
            StateKey::Identity(identity.clone()),
            Record::Identity(Owner::Right(RightId(41))),
        ),
        (
            StateKey::Identity(identity),
            Record::Identity(Owner::Party(PartyId(0))),
        ),
        (
            StateKey::Source("emission|x".to_owned()),
            Record::Source(vec![(RightId(41), span("2026-01-01", "2031-01-01"))]),
        ),
        (
            StateKey::Cell(Cell::Grid(CellId { x: 1, y: -2 })),
            Record::Cell(vec![(RightId(41), "forest".to_owned())]),
        ),
        (
            StateKey::Policy("carbon".to_owned()),
            Record::Policy(vec![version]),
        ),
    ]);
    records
}

fn right_events(overhangs: &[OverhangChange]) -> Vec<Event> {
    let (right, overhangs) = (RightId(41), overhangs.to_vec());
    let issued = |record| Event::RightIssued {
        right,
        record: Box::new(record),
        tolerated: Vec::new(),
        moved: Vec::new(),
    };
    let mut events: Vec<_> = rights().into_iter().map(issued).collect();
    let burden = forest().burdens.swap_remove(2);
    events.extend([
        Event::RightIssued {
            right,
            record: Box::new(forest()),
            tolerated: vec![Tolerated {
                right: RightId(7),
                area2: i128::MAX,
            }],
            moved: vec![MovedLine {
                from: RightId(9),
                burden: BurdenId::Line(PledgeId(57), 0),
            }],
        },
        Event::RightAdjusted {
            right,
            from: day("2027-01-01"),
            quantity: quantity("0"),
            overhangs: overhangs.clone(),
        },
        Event::RightRevoked {
            right,
            from: day("2027-01-01"),
            overhangs: overhangs.clone(),
        },
        Event::Frozen {
            right,
            burden,
            overhangs: overhangs.clone(),
        },
        Event::Unfrozen {
            right,
            freeze: FreezeId(60),
            overhangs,
        },
    ]);
    events
}

fn pledge_events(overhangs: &[OverhangChange]) -> Vec<Event> {
    let (pledge, reservation, overhangs) = (PledgeId(57), ReservationId(58), overhangs.to_vec());
    let rights = vec![RightId(41), RightId(42)];
    let term = Some(span("2026-12-01", "2027-12-01"));
    let registered = |debtor, term, hidden, reservation| Event::PledgeRegistered {
        pledge,
        pledgee: PartyId(3),
        pledgor: PartyId(2),
        debtor,
        form: Form::Pledge,
        lines: lines(),
        term,
        hidden,
        reservation,
        more: Box::new(PledgeMore {
            caps: vec![pledges::cap("4000000.5", 57)],
            maximum: term.map(|period| Maximum { period }),
            syndicate: pledges::syndicate(),
            green: Some("GIC2019:1.5.1".to_owned()),
            ..PledgeMore::default()
        }),
    };
    vec![
        Event::Reserved {
            reservation,
            pledgee: PartyId(3),
            pledgor: PartyId(2),
            lines: lines(),
            expires: now(),
        },
        Event::ReservationCancelled {
            reservation,
            rights: rights.clone(),
            overhangs: overhangs.clone(),
        },
        registered(None, None, Vec::new(), None),
        registered(
            Some(PartyId(8)),
            term,
            hidden(),
            Some(TakenOver {
                id: reservation,
                rights,
                in_place: true,
            }),
        ),
        Event::PledgeAmended {
            pledge,
            lines: results(),
            overhangs: overhangs.clone(),
        },
        Event::PledgeExtended {
            pledge,
            lines: results(),
            term: None,
        },
        Event::PledgeExtended {
            pledge,
            lines: Vec::new(),
            term,
        },
        Event::PledgeReleased {
            pledge,
            lines: results(),
            overhangs,
        },
    ]
}

pub(in crate::domain) fn events() -> Vec<Event> {
    let change = |overhang| OverhangChange {
        right: RightId(41),
        burden: BurdenId::Line(PledgeId(57), 0),
        overhang,
    };
    let overhangs = [
        change(None),
        change(Some(Overhang::Amount(quantity("7.25")))),
    ];
    let (party, key) = (PartyId(3), secret(1).public());
    let admitted = |record, keys| Event::PartyAdmitted {
        party,
        record: Box::new(record),
        keys,
    };
    let mut events = vec![
        admitted(bank(), vec![(key.clone(), "p-1".to_owned())]),
        admitted(person(), Vec::new()),
        Event::KeyAdded {
            party,
            key: key.clone(),
            person: "p-2".to_owned(),
        },
        Event::KeyRevoked {
            party,
            kid: key.id(),
        },
        Event::SigningPolicySet {
            party,
            threshold: 2,
        },
        Event::PolicyAdopted {
            kind: "carbon".to_owned(),
            digest: hash("t"),
            active_from: now(),
        },
    ];
    events.extend(right_events(&[]));
    events.extend(right_events(&overhangs));
    events.extend(pledge_events(&[]));
    events.extend(pledge_events(&overhangs));
    events.extend(acts::events(&[]));
    events.extend(acts::events(&overhangs));
    events
}

pub(in crate::domain) fn findings() -> Vec<Finding> {
    let full = Finding {
        code: Code::DoublePledgeFlow,
        line: Some(2),
        conflicts: vec!["P57.0".to_owned(), "R41".to_owned()],
        at: Some(day("2026-12-01")),
        share_ppm: Some(4_999),
        alternative: Some(Alternative {
            quantity: Some(quantity("40")),
            segments: vec![(span("2026-12-01", "2028-03-01"), quantity("40"))],
            spans: vec![span("2029-01-01", "2031-01-01")],
        }),
    };
    let empty = Some(Alternative::default());
    vec![
        full.clone(),
        Finding {
            alternative: empty,
            ..full
        },
    ]
}

pub(in crate::domain) fn genesis() -> Genesis {
    let corner = |lon, lat| Point { lon, lat };
    Genesis {
        origin: "registry.example/greenlien/500113".to_owned(),
        log_vkey: "registry.example/greenlien/500113+12345678+AQ==".to_owned(),
        region: "500113".to_owned(),
        county: BoundingBox::new(
            corner(1_060_000_000, 290_000_000),
            corner(1_070_000_000, 300_000_000),
        )
        .unwrap(),
        registrar: Party {
            roles: vec![Role::Registrar],
            threshold: 2,
            ..bank()
        },
        keys: [1, 2]
            .map(|seed| (secret(seed).public(), format!("p-{seed}")))
            .into(),
        quorum: [(Role::Authority, 2), (Role::Bank, 1)].into(),
        policy_delay_seconds: 86_400,
        policies: [("carbon", "kind = \"carbon\"\n"), ("forest", "# 林权\n")]
            .map(|(kind, text)| (kind.to_owned(), text.to_owned()))
            .into(),
        public: true,
    }
}
