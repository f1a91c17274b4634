//! The papers of authorities and courts about rights.

use greenlien::domain::command::{
    Allocation, Body, CarveOut, Conversion, Converted, Correction, FreezeAct, GroundRequest,
    IssueRight, QuantityRequest, Reliance, RightAct, TransferPart, Verification,
};
use greenlien::domain::geometry::Point;
use greenlien::domain::order::Terms;
use greenlien::domain::question::Question;
use greenlien::domain::right::Identity;
use greenlien::primitives::id::{FreezeId, PartyId, RightId};

use super::{burden, day, raw};
use crate::model::{self, Carving, Deed, Ground, Issue, Mistake, Parcel, Turned, facts_of};
use crate::properties::stage::Stage;
use crate::support::papers;

/// The unit of a kind that nobody knows.
const NO_UNIT: &str = "t";

impl Stage {
    pub(super) fn body_of_authority(&self, deed: &Deed) -> Body {
        let document = papers::document();
        match deed {
            Deed::Adjust {
                right,
                from,
                quantity,
            } => Body::AdjustRight {
                right: self.right(*right),
                from: day(*from),
                amount: self.amount(*right, *quantity),
                document,
            },
            Deed::Revoke { right, from } => Body::RevokeRight {
                right: self.right(*right),
                from: day(*from),
                document,
            },
            Deed::ExtendRight { right, to } => Body::OfRight(Box::new(RightAct::ExtendRight {
                right: self.right(*right),
                to: day(*to),
                document,
            })),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn body_of_freeze(&self, deed: &Deed) -> Body {
        let document = papers::document();
        let of = |nth: &usize| {
            let known = self.model.freezes.get(*nth);
            let id = FreezeId(known.map_or(9_999_999, |freeze| freeze.id));
            (known.map_or(0, |freeze| freeze.right), id)
        };
        let act = match deed {
            Deed::Freeze {
                authority,
                ask,
                terms,
            } => {
                return Body::Freeze {
                    right: self.right(ask.right),
                    authority: self.party(*authority),
                    extent: self.extent(ask),
                    document,
                    terms: Terms {
                        number: None,
                        until: terms.until.map(day),
                        limit_cny: terms.limit.map(raw),
                        price_cny: terms.price.map(raw),
                    },
                };
            }
            Deed::Unfreeze { freeze } => {
                let (right, freeze) = of(freeze);
                return Body::Unfreeze {
                    right: self.right(right),
                    freeze,
                    document,
                };
            }
            Deed::ChangeFreeze {
                freeze,
                until,
                keeps,
                limit,
            } => {
                let (right, freeze) = of(freeze);
                FreezeAct::ChangeFreeze {
                    right: self.right(right),
                    freeze,
                    until: until.map(day),
                    amount: keeps.map(|quantity| self.amount_of_freeze(right, quantity)),
                    limit_cny: limit.map(raw),
                    document,
                }
            }
            Deed::ExecuteFreeze {
                freeze,
                quantity,
                proceeds,
                buyer,
            } => {
                let (right, freeze) = of(freeze);
                FreezeAct::ExecuteFreeze {
                    right: self.right(right),
                    freeze,
                    amount: quantity.map(|quantity| self.amount_of_freeze(right, quantity)),
                    proceeds_cny: raw(*proceeds),
                    buyer: buyer.map(|buyer| self.party(buyer)),
                    document,
                }
            }
            other => panic!("{other:?}"),
        };
        Body::OfRight(Box::new(RightAct::OfFreeze(act)))
    }

    /// The whole of a land right is 1 in the model, which is not a quantity of its unit.
    fn amount_of_freeze(
        &self,
        right: usize,
        quantity: i64,
    ) -> (greenlien::primitives::quantity::Quantity, String) {
        let known = &self.model.rights[right];
        let grain = facts_of(known.rules).unwrap().grain;
        self.amount(
            right,
            if known.kind.is_land() {
                grain
            } else {
                quantity
            },
        )
    }

    pub(super) fn certificate(&self, issue: &Issue) -> IssueRight {
        let facts = facts_of(issue.kind);
        let is_flow = facts.is_some_and(|facts| facts.kind == model::Kind::Flow);
        let step = |(from, quantity): &(i64, i64)| (day(*from), raw(*quantity));
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        IssueRight {
            kind: issue.kind.to_owned(),
            holder: self.party(issue.holder),
            identities: identities(&issue.identities),
            span: super::span(Some((issue.from, issue.to))).unwrap(),
            quantity: if is_flow && issue.levels.len() > 1 {
                QuantityRequest::Steps(issue.levels.iter().map(step).collect())
            } else {
                QuantityRequest::Level(raw(issue.levels[0].1))
            },
            unit: facts.map_or(NO_UNIT, |facts| facts.unit).to_owned(),
            class: issue.class.map(str::to_owned),
            attributes: issue.attributes.iter().map(text).collect(),
            ground: ground(&issue.ground),
            succeeds: issue.succeeds.iter().map(|nth| self.right(*nth)).collect(),
            additional: issue.additional,
            adjudication: issue.adjudicated.then(papers::document),
        }
    }

    /// Parties as a payload lists them.
    pub(super) fn consenting(&self, parties: &[usize]) -> Vec<PartyId> {
        let mut parties: Vec<PartyId> = parties.iter().map(|nth| self.party(*nth)).collect();
        parties.sort_unstable();
        parties.dedup();
        parties
    }

    pub(super) fn right_act(&self, deed: &Deed) -> RightAct {
        let document = papers::document();
        let consenting = self.consenting(deed.consenting());
        let nth = deed.right().unwrap();
        let right: RightId = self.right(nth);
        match deed {
            Deed::Surrender {
                quantity, carve, ..
            } => RightAct::SurrenderRight {
                right,
                amount: self.amount(nth, *quantity),
                carve_out: carve.map(|carve| match carve {
                    Carving::Consent => CarveOut::Consent,
                    Carving::Order | Carving::Refuse => CarveOut::Order,
                }),
                consenting,
                document,
            },
            Deed::Verify(inquiry) => {
                let question = self.body(&Deed::Register(inquiry.asked.clone()));
                let mut answer = self.answers[inquiry.number].clone();
                answer.law = inquiry.law;
                RightAct::RecordVerification {
                    right,
                    verification: Box::new(Verification {
                        question: Question::new(self.party(inquiry.bank), question).unwrap(),
                        answer,
                        size: inquiry.size,
                        root: document,
                    }),
                    document,
                }
            }
            Deed::Correct { mistake, .. } => RightAct::CorrectRight {
                right,
                correction: self.correction(nth, mistake),
                consenting,
                document,
            },
            Deed::Transfer(transfer) => RightAct::TransferRight {
                right,
                to: self.party(transfer.to),
                succession: transfer.succession,
                part: transfer.part.as_ref().map(|part| {
                    let allocation = |(line, quantity): &(model::Name, Option<i64>)| Allocation {
                        line: burden(line),
                        quantity: quantity.map(raw),
                    };
                    Box::new(TransferPart {
                        amount: self.amount(nth, part.quantity),
                        identities: identities(&part.identities),
                        allocations: part.lines.iter().map(allocation).collect(),
                    })
                }),
                consenting,
                document,
            },
            Deed::Convert(conversion) => RightAct::ConvertRight {
                right,
                part: match conversion.part {
                    Turned::Amount(quantity) => Converted::Amount(self.amount(nth, quantity)),
                    Turned::Years(first, last) => {
                        let year = |year: i64| i32::try_from(year).unwrap();
                        Converted::Years(year(first), year(last))
                    }
                },
                into: Box::new(Conversion {
                    kind: conversion.kind.to_owned(),
                    identities: identities(&conversion.identities),
                    amount: (
                        raw(conversion.quantity),
                        facts_of(conversion.kind)
                            .map_or(NO_UNIT, |facts| facts.unit)
                            .to_owned(),
                    ),
                    span: super::span(Some((conversion.from, conversion.to))).unwrap(),
                    class: conversion.class.map(str::to_owned),
                }),
                consenting,
                document,
            },
            other => panic!("{other:?}"),
        }
    }

    fn correction(&self, right: usize, mistake: &Mistake) -> Correction {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        match mistake {
            Mistake::Particulars(class, attributes) => Correction::Particulars {
                class: class.map(str::to_owned),
                attributes: attributes.iter().map(text).collect(),
            },
            Mistake::Quantity(quantity) => Correction::Quantity(self.amount(right, *quantity)),
            Mistake::Dispute => Correction::Resolution,
            Mistake::Line(line, quantity, relied) => Correction::Line {
                line: burden(line),
                amount: self.amount(right, *quantity),
                relied: relied
                    .iter()
                    .map(|position| Reliance {
                        position: *position,
                        number: None,
                    })
                    .collect(),
            },
        }
    }
}

fn identities(identities: &[model::Identity]) -> Vec<Identity> {
    let identity = |(scheme, value): &model::Identity| Identity {
        scheme: (*scheme).to_owned(),
        value: value.clone(),
    };
    identities.iter().map(identity).collect()
}

fn ground(named: &Ground) -> GroundRequest {
    let point = |lon: i64, lat: i64| Point {
        lon: i32::try_from(lon).unwrap(),
        lat: i32::try_from(lat).unwrap(),
    };
    match named {
        Ground::Unknown => GroundRequest::Absent,
        Ground::Units(units) => GroundRequest::Units(units.clone()),
        Ground::Both(units, parcels) => match ground(&Ground::Parcels(parcels.clone())) {
            GroundRequest::Polygon(parts) => GroundRequest::Both(units.clone(), parts),
            other => panic!("{other:?}"),
        },
        Ground::Parcels(parcels) => {
            let ring = |parcel: &Parcel| {
                vec![vec![
                    point(parcel.west, parcel.south),
                    point(parcel.east, parcel.south),
                    point(parcel.east, parcel.north),
                    point(parcel.west, parcel.north),
                ]]
            };
            GroundRequest::Polygon(parcels.iter().map(ring).collect())
        }
        Ground::Crossed => {
            let (lon, lat) = (1_065_000_000, 294_000_000);
            let ring = vec![
                point(lon, lat),
                point(lon + 9_000, lat + 9_000),
                point(lon + 9_000, lat),
                point(lon, lat + 9_000),
            ];
            GroundRequest::Polygon(vec![vec![ring]])
        }
    }
}
