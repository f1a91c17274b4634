//! Rights, pledges, parties and their histories.

use crate::client::answers::records::{HeldParty, HeldRight, HeldSecured, SecuredId, Touched};
use crate::client::answers::{Answer, Page, Paging};
use crate::client::fault::ClientFault;
use crate::client::transport::{Client, query_of};
use crate::domain::right::Identity;
use crate::primitives::field::{FieldFault, Fields};
use crate::primitives::id::{PartyId, RightId};

/// Which rights are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rights {
    /// All.
    All,
    /// The one that has this identity.
    With(Identity),
    /// Those that a party holds.
    Of(PartyId),
}

/// Which pledges are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pledges {
    /// All.
    All,
    /// Those that a party has taken.
    TakenBy(PartyId),
    /// Those that a party has given.
    GivenBy(PartyId),
}

fn paged(filter: Option<(&'static str, String)>, paging: &Paging, cursor: &'static str) -> String {
    let (name, value) = filter.unzip();
    query_of([
        (name.unwrap_or_default(), value),
        (cursor, paging.after.clone()),
        ("limit", paging.limit.map(|limit| limit.to_string())),
    ])
}

impl Client {
    /// Reads a right.
    pub fn get_right(&self, id: RightId) -> Result<Answer<HeldRight>, ClientFault> {
        self.read(&format!("/v1/rights/{id}"), HeldRight::read)
    }

    /// Reads a pledge or a reservation.
    pub fn get_pledge(&self, id: SecuredId) -> Result<Answer<HeldSecured>, ClientFault> {
        self.read(&format!("/v1/pledges/{id}"), HeldSecured::read)
    }

    /// Reads a party.
    pub fn get_party(&self, id: PartyId) -> Result<Answer<HeldParty>, ClientFault> {
        self.read(&format!("/v1/parties/{id}"), HeldParty::read)
    }

    /// Lists rights; of an identity there is one at most, and no paging.
    pub fn list_rights(
        &self,
        which: &Rights,
        paging: &Paging,
    ) -> Result<Answer<Page<HeldRight>>, ClientFault> {
        let query = match which {
            Rights::All => paged(None, paging, "after"),
            Rights::Of(holder) => paged(Some(("holder", holder.to_string())), paging, "after"),
            Rights::With(identity) => query_of([("identity", Some(identity.to_string()))]),
        };
        self.list(&format!("/v1/rights{query}"), HeldRight::read)
    }

    /// Lists pledges and reservations.
    pub fn list_pledges(
        &self,
        which: Pledges,
        paging: &Paging,
    ) -> Result<Answer<Page<HeldSecured>>, ClientFault> {
        let filter = match which {
            Pledges::All => None,
            Pledges::TakenBy(pledgee) => Some(("pledgee", pledgee.to_string())),
            Pledges::GivenBy(pledgor) => Some(("pledgor", pledgor.to_string())),
        };
        let query = paged(filter, paging, "after");
        self.list(&format!("/v1/pledges{query}"), HeldSecured::read)
    }

    /// Lists parties; of a credit code there is one at most, and no paging.
    pub fn list_parties(
        &self,
        credit_code: Option<&str>,
        paging: &Paging,
    ) -> Result<Answer<Page<HeldParty>>, ClientFault> {
        let query = match credit_code {
            None => paged(None, paging, "after"),
            Some(code) => query_of([("credit_code", Some(code.to_owned()))]),
        };
        self.list(&format!("/v1/parties{query}"), HeldParty::read)
    }

    /// Lists the entries that touched a right, newest first; `paging.after` is the cursor of the page before.
    pub fn list_right_history(
        &self,
        id: RightId,
        paging: &Paging,
    ) -> Result<Answer<Page<Touched>>, ClientFault> {
        self.history("rights", &id.to_string(), paging)
    }

    /// Lists the entries that touched a pledge or a reservation, newest first.
    pub fn list_pledge_history(
        &self,
        id: SecuredId,
        paging: &Paging,
    ) -> Result<Answer<Page<Touched>>, ClientFault> {
        self.history("pledges", &id.to_string(), paging)
    }

    /// Lists the entries that touched a party, newest first.
    pub fn list_party_history(
        &self,
        id: PartyId,
        paging: &Paging,
    ) -> Result<Answer<Page<Touched>>, ClientFault> {
        self.history("parties", &id.to_string(), paging)
    }

    fn history(
        &self,
        space: &str,
        id: &str,
        paging: &Paging,
    ) -> Result<Answer<Page<Touched>>, ClientFault> {
        let query = paged(None, paging, "before");
        self.list(&format!("/v1/{space}/{id}/history{query}"), Touched::read)
    }

    /// Reads a page of a listing.
    pub(super) fn list<T>(
        &self,
        path: &str,
        read: impl Fn(&mut Fields) -> Result<T, FieldFault>,
    ) -> Result<Answer<Page<T>>, ClientFault> {
        self.read(path, |fields| Page::read(fields, read))
    }
}
