//! What a record has that an act may choose among: a page offers no form whose list would be empty.

use crate::domain::party::Party;
use crate::domain::pledge::Pledge;
use crate::domain::right::{Capacity, Right};
use crate::primitives::time::Timestamp;
use crate::web::act::catalogue::{Act, Among, Listed, Many, Takes};
use crate::web::act::subject::{left, stacks};

/// Something that an act needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Thing {
    Freeze,
    Objection,
    /// A maximum amount whose claims are not fixed.
    OpenMaximum,
    /// A line of a pledge.
    Line,
    /// Two lines that share their room.
    Stack,
    /// A balance, which may be used up.
    Balance,
    /// A balance or quantities of days to come, of which a part may go.
    Parts,
    /// An overlap that is not decided.
    Overlap,
    /// A kind that the right may turn into.
    Next,
    /// A key that signs now.
    Key,
    /// A key that ended.
    RevokedKey,
    /// A dispute that is not decided.
    Dispute,
    /// A recovery that is not over.
    Recovery,
    /// A hidden value that is not erased.
    Hidden,
}

/// What a record has.
#[derive(Clone, Default, Debug)]
pub(crate) struct Has(Vec<Thing>);

impl Has {
    fn of<const N: usize>(things: [(bool, Thing); N]) -> Self {
        let there = things.into_iter().filter(|(is_there, _)| *is_there);
        Self(there.map(|(_, thing)| thing).collect())
    }

    /// Returns what a right has.
    pub(crate) fn of_right(right: &Right, converts: bool, now: Timestamp) -> Self {
        let counts = |freezes: bool| {
            let mut burdens = right.burdens.iter().filter(|one| one.counts_at(now));
            burdens
                .any(|one| one.id.is_freeze() == freezes && (freezes || one.id.pledge().is_some()))
        };
        let (balance, parts) = match right.capacity {
            Capacity::Stock(_) => (true, true),
            Capacity::Flow(_) => (false, right.span.since(now.day()).is_some()),
            Capacity::Land { .. } => (false, false),
        };
        Self::of([
            (counts(true), Thing::Freeze),
            (counts(false), Thing::Line),
            (!stacks(right, now).is_empty(), Thing::Stack),
            (balance, Thing::Balance),
            (parts, Thing::Parts),
            (
                right.adjudication.is_some() && right.resolution.is_none(),
                Thing::Overlap,
            ),
            (converts, Thing::Next),
        ])
    }

    /// Returns what a pledge has.
    pub(crate) fn of_pledge(pledge: &Pledge) -> Self {
        let more = &pledge.more;
        Self::of([
            (!more.objections.is_empty(), Thing::Objection),
            (
                more.maximum.is_some() && more.determined.is_none(),
                Thing::OpenMaximum,
            ),
            (
                !left(&pledge.hidden, &more.erased).is_empty(),
                Thing::Hidden,
            ),
        ])
    }

    /// Returns what a party has.
    pub(crate) fn of_party(party: &Party) -> Self {
        let has = |signs: bool| party.keys.iter().any(|key| key.revoked.is_none() == signs);
        let more = &party.more;
        Self::of([
            (has(true), Thing::Key),
            (has(false), Thing::RevokedKey),
            (
                more.disputes.iter().any(|one| one.resolved.is_none()),
                Thing::Dispute,
            ),
            (party.open_recovery().is_some(), Thing::Recovery),
            (!left(&party.hidden, &more.erased).is_empty(), Thing::Hidden),
        ])
    }

    /// Says whether there is everything that an act chooses among.
    pub(super) fn suffices(&self, act: &Act) -> bool {
        let own = match act.name {
            "determine_claim" => Some(Thing::OpenMaximum),
            "surrender_right" => Some(Thing::Balance),
            "transfer_right-part" => Some(Thing::Parts),
            "correct_right-resolution" => Some(Thing::Overlap),
            "convert_right" => Some(Thing::Next),
            "add_key" | "set_signing_policy" => Some(Thing::Key),
            "veto_recovery" | "complete_recovery" => Some(Thing::Recovery),
            _ => None,
        };
        let mut needs = act.fields.iter().filter_map(|field| needs(field.takes));
        own.is_none_or(|own| self.0.contains(&own)) && needs.all(|thing| self.0.contains(&thing))
    }
}

/// What must be there for a field to have anything to choose among.
fn needs(takes: Takes) -> Option<Thing> {
    match takes {
        Takes::Choice(among) => match among {
            Among::Freezes => Some(Thing::Freeze),
            Among::Objections => Some(Thing::Objection),
            Among::Burdens => Some(Thing::Line),
            Among::Keys => Some(Thing::Key),
            Among::RevokedKeys => Some(Thing::RevokedKey),
            Among::Disputes => Some(Thing::Dispute),
            Among::Lines | Among::Fixed(_) => None,
        },
        Takes::Many(many) => match many {
            Many::Order => Some(Thing::Stack),
            Many::Kind(_)
            | Many::Identities
            | Many::Attributes
            | Many::Reliance
            | Many::Allocations
            | Many::Converted => None,
        },
        Takes::Listed(listed) => match listed {
            Listed::Rules | Listed::Parts => Some(Thing::Key),
            Listed::Claims => Some(Thing::Hidden),
            Listed::Parties
            | Listed::Rights
            | Listed::Units
            | Listed::Roles
            | Listed::Duties
            | Listed::Offered
            | Listed::Keys
            | Listed::Person
            | Listed::Shares
            | Listed::Handed => None,
        },
        Takes::Party
        | Takes::Yuan
        | Takes::Price
        | Takes::Percent
        | Takes::Number
        | Takes::Text
        | Takes::Class
        | Takes::Id
        | Takes::From
        | Takes::Through
        | Takes::Span
        | Takes::Mark
        | Takes::Digest
        | Takes::Amount
        | Takes::Extent
        | Takes::Changes(_)
        | Takes::Lines
        | Takes::Stated
        | Takes::Code
        | Takes::Hex(_)
        | Takes::Days
        | Takes::Ground
        | Takes::Policy => None,
    }
}
