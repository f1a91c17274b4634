//! Writes what the model asks for as the body of a command.

mod openings;
mod rights;
mod rules;

use greenlien::domain::command::{
    AdmitParty, Body, CourtOrder, ExtentRequest, ExternalReport, ExternalStatus, Hiding,
    LineChange, LineRequest, OfferedKey, PartyAct, PledgeAct, RegisterPledge, SignerRole,
};
use greenlien::domain::party::{Role, SigningRule};
use greenlien::domain::pledge::{Form, Share};
use greenlien::domain::right::BurdenId;
use greenlien::primitives::crypto::{Hash, Signature};
use greenlien::primitives::id::{FreezeId, PledgeId, ReservationId};
use greenlien::primitives::quantity::Quantity;
use greenlien::primitives::time::{Day, Span};

use super::stage::{Stage, person, secret};
use crate::model::{self, Admission, Ask, Deed, Kind, Name, Offer, Part, Registration, facts_of};
use crate::support::{Actor, Play as _, papers};

pub(super) use openings::of as openings_of;

type Term = Option<(i64, i64)>;

impl Stage {
    /// Writes a body.
    pub(super) fn body(&self, deed: &Deed) -> Body {
        match deed {
            Deed::Register(registration) => {
                Body::RegisterPledge(Box::new(self.paper(registration)))
            }
            Deed::Reserve {
                pledgor,
                lines,
                days,
            } => Body::Reserve {
                pledgor: self.party(*pledgor),
                lines: self.lines(lines),
                days: i32::try_from(*days).unwrap(),
            },
            Deed::Cancel { hold } => Body::CancelReservation(self.hold(*hold)),
            Deed::Amend {
                pledge,
                lines,
                cap,
                green,
                ..
            } => Body::AmendPledge {
                pledge: self.pledge(*pledge),
                changes: lines
                    .iter()
                    .map(|(line, quantity, behind)| {
                        self.change(*pledge, *line, (Some(*quantity), None, behind))
                    })
                    .collect(),
                cap_cny: cap.map(raw),
                green: green.map(str::to_owned),
                consenting: self.consenting(deed.consenting()),
            },
            Deed::Extend {
                pledge,
                lines,
                term,
                maximum,
                ..
            } => Body::ExtendPledge {
                pledge: self.pledge(*pledge),
                changes: lines
                    .iter()
                    .map(|longer| {
                        let parts = (longer.part, Some(longer.to), longer.behind.as_slice());
                        self.change(*pledge, longer.line, parts)
                    })
                    .collect(),
                term: span(*term),
                maximum: span(*maximum),
                consenting: self.consenting(deed.consenting()),
            },
            Deed::Release {
                pledge,
                lines,
                court,
            } => Body::ReleasePledge {
                pledge: self.pledge(*pledge),
                changes: self.drops(*pledge, lines),
                order: self.order(*court),
            },
            Deed::Adjust { .. } | Deed::Revoke { .. } | Deed::ExtendRight { .. } => {
                self.body_of_authority(deed)
            }
            Deed::Freeze { .. }
            | Deed::ChangeFreeze { .. }
            | Deed::ExecuteFreeze { .. }
            | Deed::Unfreeze { .. } => self.body_of_freeze(deed),
            Deed::Issue(issue) => Body::IssueRight(Box::new(self.certificate(issue))),
            Deed::Transfer(_)
            | Deed::Convert(_)
            | Deed::Surrender { .. }
            | Deed::Correct { .. }
            | Deed::Verify(_) => Body::OfRight(Box::new(self.right_act(deed))),
            Deed::Admit(_)
            | Deed::AddKey(_)
            | Deed::RevokeKey(_)
            | Deed::SetThreshold(_)
            | Deed::Adopt(..) => self.body_of_registry(deed),
            _ => match self.pledge_act(deed) {
                Some(act) => Body::OfPledge(Box::new(act)),
                None => Body::OfParty(Box::new(self.party_act(deed))),
            },
        }
    }

    fn body_of_registry(&self, deed: &Deed) -> Body {
        match deed {
            Deed::Admit(admission) => Body::AdmitParty(self.admission(admission)),
            Deed::AddKey(offer) => Body::AddKey(self.offered(offer)),
            Deed::RevokeKey(key) => Body::RevokeKey(secret(*key).public().id()),
            Deed::SetThreshold(threshold) => {
                Body::SetSigningPolicy(u64::try_from(*threshold).unwrap())
            }
            Deed::Adopt(rules, is_text) => Body::AdoptPolicy {
                kind: rules.kind.to_owned(),
                text: if *is_text {
                    rules::text_of(rules, self.number_of(rules))
                } else {
                    "nonsense".to_owned()
                },
            },
            other => panic!("{other:?}"),
        }
    }

    /// The number of a text: the next one, or the last where nothing is new.
    fn number_of(&self, rules: &crate::model::Rules) -> usize {
        let versions = self.model.versions.iter();
        let later = versions.filter(|it| it.rules.kind == rules.kind).skip(1);
        let last = rules::first_number(rules.kind) + later.count();
        let is_same = self.model.rules_of(rules.kind) == Some(rules);
        last + usize::from(!is_same)
    }

    fn pledge_act(&self, deed: &Deed) -> Option<PledgeAct> {
        let document = papers::document();
        let pledge = |nth: &usize| self.pledge(*nth);
        Some(match deed {
            Deed::ChangeRank { right, from, to } => PledgeAct::ChangeRank {
                right: self.right(*right),
                from: from.iter().map(burden).collect(),
                to: to.iter().map(burden).collect(),
            },
            Deed::Substitute {
                pledge: nth,
                drop,
                add,
            } => PledgeAct::SubstituteCollateral {
                pledge: self.pledge(*nth),
                drop: self.drops(*nth, drop),
                add: self.lines(add),
            },
            Deed::Assign {
                pledge: nth,
                to,
                paid,
                part,
                court,
            } => PledgeAct::AssignPledge {
                pledge: pledge(nth),
                to: self.party(*to),
                subrogation: *paid,
                part_cny: part.map(raw),
                authority: court.map(|court| self.party(court)),
                document,
            },
            Deed::Determine { pledge: nth, court } => PledgeAct::DetermineClaim {
                pledge: pledge(nth),
                authority: court.map(|court| self.party(court)),
                document,
            },
            Deed::Dispose {
                pledge: nth,
                line,
                quantity,
                court,
                buyer,
            } => PledgeAct::RecordDisposal {
                pledge: pledge(nth),
                line: *line,
                amount: quantity.map(|it| self.amount_of_line(*nth, *line, it)),
                proceeds_cny: raw(1_000_000),
                authority: court.map(|court| self.party(court)),
                buyer: buyer.map(|buyer| self.party(buyer)),
                document,
            },
            Deed::Object {
                pledge: nth,
                document: number,
                suit,
            } => PledgeAct::Object {
                pledge: pledge(nth),
                document: Hash::of(&[b"objection", &number.to_be_bytes()]),
                suit: suit.then_some(document),
            },
            Deed::Withdraw {
                pledge: nth,
                entry,
                court,
            } => PledgeAct::WithdrawObjection {
                pledge: pledge(nth),
                objection: *entry,
                order: self.order(*court),
            },
            Deed::Guarantee {
                pledge: nth,
                share,
                of,
                counter,
            } => PledgeAct::RegisterGuarantee {
                pledge: pledge(nth),
                share_bp: *share,
                of: of.map(|nth| self.party(nth)),
                counter: counter.map(|nth| self.pledge(nth)),
                document,
            },
            Deed::Buyout { pledge: nth } => PledgeAct::RegisterBuyoutCommitment {
                pledge: pledge(nth),
                price_cny: raw(1_000_000),
                trigger: "逾期九十日".to_owned(),
                document,
            },
            Deed::External {
                pledge: nth,
                number,
            } => PledgeAct::RecordExternalRegistration {
                pledge: pledge(nth),
                report: ExternalReport {
                    register: "zhongdeng".to_owned(),
                    number: number.to_string(),
                    status: ExternalStatus::Registered,
                    term: None,
                    checked: day(self.model.today()),
                },
            },
            _ => return None,
        })
    }

    /// What a court orders.
    fn order(&self, court: Option<usize>) -> Option<CourtOrder> {
        court.map(|court| CourtOrder {
            authority: self.party(court),
            document: papers::document(),
        })
    }

    fn party_act(&self, deed: &Deed) -> PartyAct {
        let document = papers::document();
        let party = |nth: &usize| self.party(*nth);
        let sorted = |list: &[usize]| {
            let mut parties: Vec<_> = list.iter().map(party).collect();
            parties.sort_unstable();
            parties
        };
        match deed {
            Deed::Rename { party: nth, name } => PartyAct::ChangeParty {
                party: party(nth),
                name: name.clone(),
                document,
            },
            Deed::Merge { absorbed, into } => PartyAct::MergeParties {
                absorbed: sorted(absorbed),
                into: party(into),
                document,
            },
            Deed::Split {
                party: nth,
                successors,
                residual,
                kinds,
            } => PartyAct::SplitParty {
                party: party(nth),
                successors: sorted(successors),
                residual: residual.as_ref().map(party),
                kinds: kinds
                    .iter()
                    .map(|(kind, to)| ((*kind).to_owned(), party(to)))
                    .collect(),
                document,
            },
            Deed::Erase { of, claims } => PartyAct::Erase {
                of: match of {
                    model::Hiding::Party(nth) => Hiding::Party(party(nth)),
                    model::Hiding::Pledge(nth) => Hiding::Pledge(self.pledge(*nth)),
                },
                claims: claims.iter().map(|claim| (*claim).to_owned()).collect(),
                document,
            },
            Deed::Recover { party: nth, keys } => PartyAct::RecoverParty {
                party: party(nth),
                keys: keys.iter().map(|offer| self.offered(offer)).collect(),
                document,
            },
            Deed::Veto { party: nth } => PartyAct::VetoRecovery { party: party(nth) },
            Deed::Complete { party: nth } => PartyAct::CompleteRecovery { party: party(nth) },
            _ => self.key_act(deed),
        }
    }

    fn key_act(&self, deed: &Deed) -> PartyAct {
        let document = papers::document();
        let kid = |number: &u64| secret(*number).public().id();
        match deed {
            Deed::Rotate { party, old, new } => PartyAct::RotateKey {
                party: self.party(*party),
                old: kid(old),
                new: self.offered(new),
            },
            Deed::SetRules {
                party,
                rules,
                parts,
            } => {
                let rule = |(command, threshold): &(&str, usize)| SigningRule {
                    command: (*command).to_owned(),
                    threshold: u64::try_from(*threshold).unwrap(),
                };
                let mut rules: Vec<_> = rules.iter().map(rule).collect();
                rules.sort_unstable();
                let part = |(key, part): &(u64, Part)| (kid(key), role(*part));
                let mut parts: Vec<_> = parts.iter().map(part).collect();
                parts.sort_unstable();
                PartyAct::SetSigningRules {
                    party: self.party(*party),
                    rules,
                    parts,
                }
            }
            Deed::Dispute { party, key, from } => PartyAct::DisputeEntries {
                party: self.party(*party),
                kid: kid(key),
                from: *from,
                document,
            },
            Deed::Resolve { party, entry } => PartyAct::ResolveDispute {
                party: self.party(*party),
                dispute: *entry,
                document,
            },
            Deed::RotateLogKey { key, hours, proven } => {
                let next = secret(*key);
                let message = PartyAct::log_key_message(&self.world.audience(), &next.public());
                PartyAct::RotateLogKey {
                    key: next.public(),
                    overlap_seconds: hours * 3_600,
                    proof: if *proven {
                        next.sign(&message)
                    } else {
                        Signature([0; 64])
                    },
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn paper(&self, registration: &Registration) -> RegisterPledge {
        RegisterPledge {
            pledgor: self.party(registration.pledgor),
            debtor: registration.debtor.map(|nth| self.party(nth)),
            form: if registration.mortgage {
                Form::Mortgage
            } else {
                Form::Pledge
            },
            lines: self.lines(&registration.lines),
            term: span(registration.term),
            reservation: registration.hold.map(|nth| self.hold(nth)),
            cap_cny: registration.cap.map(raw),
            maximum: span(registration.maximum),
            syndicate: self.shares(&registration.syndicate),
            green: registration.green.map(str::to_owned),
            hidden: openings::digests(&registration.hidden),
        }
    }

    fn shares(&self, syndicate: &[(usize, u64)]) -> Vec<Share> {
        let share = |(party, share_bp): &(usize, u64)| Share {
            party: self.party(*party),
            share_bp: *share_bp,
        };
        syndicate.iter().map(share).collect()
    }

    fn hold(&self, nth: usize) -> ReservationId {
        let hold = self.model.holds.get(nth);
        ReservationId(hold.map_or(9_999_999, |hold| hold.id))
    }

    fn admission(&self, admission: &Admission) -> AdmitParty {
        let role = match admission.role {
            model::Role::Registrar => Role::Registrar,
            model::Role::Authority => Role::Authority,
            model::Role::Bank => Role::Bank,
            model::Role::Guarantor => Role::Guarantor,
            model::Role::Court => Role::Court,
            model::Role::Holder => Role::Holder,
        };
        let actor = Actor::new(&admission.name, &[role]);
        AdmitParty {
            name: (!admission.natural).then(|| admission.name.clone()),
            credit_code: (!admission.natural).then_some(actor.credit_code),
            region: Some("500113".to_owned()),
            roles: vec![role],
            duties: admission
                .duties
                .iter()
                .map(|duty| (*duty).to_owned())
                .collect(),
            keys: admission
                .keys
                .iter()
                .map(|offer| self.offered(offer))
                .collect(),
            threshold: u64::try_from(admission.threshold).unwrap(),
            hidden: openings::digests(openings::of_admission(admission)),
        }
    }

    fn offered(&self, offer: &Offer) -> OfferedKey {
        let (key, person) = (secret(offer.key), person(offer.person));
        let message = OfferedKey::proof_message(&self.world.audience(), &key.public(), &person);
        OfferedKey {
            key: key.public(),
            person,
            proof: if offer.proven {
                key.sign(&message)
            } else {
                Signature([0; 64])
            },
        }
    }

    fn lines(&self, asks: &[Ask]) -> Vec<LineRequest> {
        let line = |ask: &Ask| LineRequest {
            right: self.right(ask.right),
            extent: self.extent(ask),
            behind: ask.behind.iter().map(burden).collect(),
        };
        asks.iter().map(line).collect()
    }

    fn extent(&self, ask: &Ask) -> ExtentRequest {
        let Some(right) = self.model.rights.get(ask.right) else {
            return papers::whole();
        };
        let amount = Some(self.amount(ask.right, ask.quantity));
        match right.kind {
            Kind::Stock => ExtentRequest {
                amount,
                ..ExtentRequest::default()
            },
            Kind::Flow => ExtentRequest {
                amount,
                span: Span::new(day(ask.from), day(ask.to)),
                years: None,
            },
            Kind::Forest => papers::whole(),
            Kind::Sink => papers::years(day(ask.from).date().0, day(ask.to).previous().date().0),
        }
    }

    /// A quantity in the unit of a right.
    fn amount(&self, right: usize, quantity: i64) -> (Quantity, String) {
        let known = self.model.rights.get(right);
        let unit = known.map_or("t/a", |right| facts_of(right.rules).unwrap().unit);
        (raw(quantity), unit.to_owned())
    }

    fn amount_of_line(&self, nth: usize, line: u16, quantity: i64) -> (Quantity, String) {
        let pledge = self.model.pledges.get(nth);
        let line = pledge.and_then(|pledge| pledge.lines.get(usize::from(line)));
        let Some(line) = line else {
            return (raw(1_000_000), "t/a".to_owned());
        };
        let right = line.ask.right;
        // The whole of a land right is 1 in the model, which is not a quantity of its unit.
        let is_land = self.model.rights[right].kind.is_land();
        let grain = facts_of(self.model.rights[right].rules).unwrap().grain;
        self.amount(right, if is_land { grain } else { quantity })
    }

    fn change(
        &self,
        nth: usize,
        line: u16,
        (quantity, to, behind): (Option<i64>, Option<i64>, &[Name]),
    ) -> LineChange {
        LineChange {
            line,
            amount: quantity.map(|quantity| self.amount_of_line(nth, line, quantity)),
            to: to.map(day),
            behind: behind.iter().map(burden).collect(),
        }
    }

    fn drops(&self, nth: usize, lines: &[(u16, Option<i64>)]) -> Vec<LineChange> {
        let drop = |(line, part): &(u16, Option<i64>)| self.change(nth, *line, (*part, None, &[]));
        lines.iter().map(drop).collect()
    }
}

/// The part of a signature.
pub(super) fn role(part: Part) -> SignerRole {
    match part {
        Part::Maker => SignerRole::Maker,
        Part::Checker => SignerRole::Checker,
    }
}

fn burden(name: &Name) -> BurdenId {
    match *name {
        Name::Line(pledge, line) => BurdenId::Line(PledgeId(pledge), line),
        Name::Hold(reservation, line) => BurdenId::Hold(ReservationId(reservation), line),
        Name::Freeze(freeze) => BurdenId::Freeze(FreezeId(freeze)),
    }
}

fn span(term: Term) -> Option<Span> {
    term.map(|(from, to)| Span::new(day(from), day(to)).unwrap())
}

fn raw(raw: i64) -> Quantity {
    Quantity::from_raw(raw).unwrap()
}

pub(super) fn number(text: &str) -> i64 {
    papers::day(text).number().into()
}

pub(super) fn day(number: i64) -> Day {
    Day::of(1970, 1, 1)
        .unwrap()
        .plus(i32::try_from(number).unwrap())
}
