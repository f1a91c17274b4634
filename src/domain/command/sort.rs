//! What sort of command a body is. It is the one place that names every command for it, so that a new command is sorted once
//! and every rule that asks for sorts meets it.

use crate::domain::command::{Body, LineChange, LineRequest, PartyAct, PledgeAct, RightAct};
use crate::domain::facts::StateKey;
use crate::domain::pledge::Form;
use crate::primitives::id::{PartyId, PledgeId, ReservationId};

/// An act of law 2.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// On pledges.
    Pledge(&'a PledgeAct),
    /// On parties.
    Party(&'a PartyAct),
    /// On rights.
    Right(&'a RightAct),
}

/// The lines that a registration or a reservation asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who gives the collateral.
    pub pledgor: PartyId,
    /// The lines.
    pub lines: &'a [LineRequest],
    /// The form of security; a reservation has none yet.
    pub form: Option<Form>,
    /// The reservation that is taken over.
    pub reservation: Option<ReservationId>,
}

/// The sorts of commands.
#[derive(Clone, Copy, Debug)]
pub enum Sort<'a> {
    /// About parties, their keys and the policies.
    Register,
    /// Of an authority on a right.
    Right,
    /// A reservation or a registration.
    Asks(Asked<'a>),
    /// An amendment or an extension of lines.
    Changes(PledgeId, &'a [LineChange]),
    /// A release of lines.
    Releases(PledgeId),
    /// The end of a reservation.
    Cancels,
    /// An act of law 2.
    Act(Act<'a>),
}

impl Body {
    /// Returns the sort of the command.
    pub fn sort(&self) -> Sort<'_> {
        match self {
            Self::AdmitParty(_)
            | Self::AddKey(_)
            | Self::RevokeKey(_)
            | Self::SetSigningPolicy(_)
            | Self::AdoptPolicy { .. } => Sort::Register,
            Self::IssueRight(_)
            | Self::AdjustRight { .. }
            | Self::RevokeRight { .. }
            | Self::Freeze { .. }
            | Self::Unfreeze { .. } => Sort::Right,
            Self::Reserve { pledgor, lines, .. } => Sort::Asks(Asked {
                pledgor: *pledgor,
                lines,
                form: None,
                reservation: None,
            }),
            Self::RegisterPledge(register) => Sort::Asks(Asked {
                pledgor: register.pledgor,
                lines: &register.lines,
                form: Some(register.form),
                reservation: register.reservation,
            }),
            Self::AmendPledge {
                pledge, changes, ..
            }
            | Self::ExtendPledge {
                pledge, changes, ..
            } => Sort::Changes(*pledge, changes),
            Self::ReleasePledge { pledge, .. } => Sort::Releases(*pledge),
            Self::CancelReservation(_) => Sort::Cancels,
            Self::OfPledge(act) => Sort::Act(Act::Pledge(act)),
            Self::OfParty(act) => Sort::Act(Act::Party(act)),
            Self::OfRight(act) => Sort::Act(Act::Right(act)),
        }
    }

    /// Returns the parties that the payload names as consenting.
    pub fn consenting(&self) -> &[PartyId] {
        match self {
            Self::AmendPledge { consenting, .. } | Self::ExtendPledge { consenting, .. } => {
                consenting
            }
            Self::OfRight(act) => act.consenting(),
            Self::AdmitParty(_)
            | Self::AddKey(_)
            | Self::RevokeKey(_)
            | Self::SetSigningPolicy(_)
            | Self::AdoptPolicy { .. }
            | Self::IssueRight(_)
            | Self::AdjustRight { .. }
            | Self::RevokeRight { .. }
            | Self::Freeze { .. }
            | Self::Unfreeze { .. }
            | Self::Reserve { .. }
            | Self::CancelReservation(_)
            | Self::RegisterPledge(_)
            | Self::ReleasePledge { .. }
            | Self::OfPledge(_)
            | Self::OfParty(_) => &[],
        }
    }

    /// Returns the act, where the command came with law 2.
    pub fn act(&self) -> Option<Act<'_>> {
        match self.sort() {
            Sort::Act(act) => Some(act),
            Sort::Register
            | Sort::Right
            | Sort::Asks(_)
            | Sort::Changes(..)
            | Sort::Releases(_)
            | Sort::Cancels => None,
        }
    }

    /// Returns the rights, pledges, reservations and parties that the command names, in its own order; each may come twice.
    pub fn names(&self) -> Vec<StateKey> {
        let lines = |lines: &[LineRequest]| -> Vec<StateKey> {
            let rights = lines.iter().map(|line| StateKey::Right(line.right));
            rights.collect()
        };
        match self {
            Self::AdmitParty(_)
            | Self::AddKey(_)
            | Self::RevokeKey(_)
            | Self::SetSigningPolicy(_)
            | Self::AdoptPolicy { .. } => Vec::new(),
            Self::IssueRight(issue) => {
                let before = issue.succeeds.iter().copied().map(StateKey::Right);
                before.chain([StateKey::Party(issue.holder)]).collect()
            }
            Self::AdjustRight { right, .. }
            | Self::RevokeRight { right, .. }
            | Self::Unfreeze { right, .. } => vec![StateKey::Right(*right)],
            Self::Freeze {
                right, authority, ..
            } => vec![StateKey::Right(*right), StateKey::Party(*authority)],
            Self::Reserve {
                pledgor,
                lines: asked,
                ..
            } => [lines(asked), vec![StateKey::Party(*pledgor)]].concat(),
            Self::CancelReservation(id) => vec![StateKey::Reservation(*id)],
            Self::RegisterPledge(register) => {
                let reservation = register.reservation.map(StateKey::Reservation);
                let parties = [Some(register.pledgor), register.debtor];
                let parties = parties.into_iter().flatten().map(StateKey::Party);
                let rights = lines(&register.lines).into_iter();
                rights.chain(reservation).chain(parties).collect()
            }
            Self::AmendPledge { pledge, .. } | Self::ExtendPledge { pledge, .. } => {
                vec![StateKey::Pledge(*pledge)]
            }
            Self::ReleasePledge { pledge, order, .. } => {
                let court = order.map(|order| StateKey::Party(order.authority));
                let pledge = StateKey::Pledge(*pledge);
                std::iter::once(pledge).chain(court).collect()
            }
            Self::OfPledge(act) => [act.names(), act.looks_at()].concat(),
            Self::OfParty(act) => act.names(),
            Self::OfRight(act) => act.names(),
        }
    }

    /// Returns the registered pledge that the command is about.
    pub fn pledge(&self) -> Option<PledgeId> {
        match self.sort() {
            Sort::Changes(pledge, _) | Sort::Releases(pledge) => Some(pledge),
            Sort::Act(Act::Pledge(act)) => act.pledge(),
            Sort::Register
            | Sort::Right
            | Sort::Asks(_)
            | Sort::Cancels
            | Sort::Act(Act::Party(_) | Act::Right(_)) => None,
        }
    }
}
