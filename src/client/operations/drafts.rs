//! The inbox of drafts: commands that wait for signatures.

use crate::client::answers::drafts::{DraftView, DraftWhole};
use crate::client::answers::sessions::OpeningRead;
use crate::client::answers::{Answer, Page, Paging};
use crate::client::fault::ClientFault;
use crate::client::operations::succeeded;
use crate::client::transport::{Client, query_of};
use crate::domain::envelope::Draft;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;

const DRAFTS: &str = "/v1/drafts";

impl Client {
    /// Puts a draft, or more signatures to the one that is there, into the inbox of its signers.
    pub fn add_draft(&self, draft: &Draft) -> Result<Answer<DraftView>, ClientFault> {
        self.send(DRAFTS, &draft.to_json().to_canonical(), DraftView::read)
    }

    /// Lists the drafts that the member may sign or has put there, in the order in which they came.
    pub fn list_drafts(&self, paging: &Paging) -> Result<Answer<Page<DraftView>>, ClientFault> {
        self.list(&format!("{DRAFTS}{}", after(paging)), DraftView::read)
    }

    /// Reads a draft with its hidden values; where it hides any, the registry writes the access down.
    pub fn get_draft(&self, draft: &Hash) -> Result<Answer<DraftWhole>, ClientFault> {
        self.read(&format!("{DRAFTS}/{draft}"), DraftWhole::read)
    }

    /// Takes a draft back that the member's party has put there.
    pub fn end_draft(&self, draft: &Hash) -> Result<(), ClientFault> {
        succeeded(self.delete(&format!("{DRAFTS}/{draft}"))?).map(drop)
    }

    /// Says that the member's party will not sign a draft, and why.
    pub fn add_draft_decline(
        &self,
        draft: &Hash,
        reason: &str,
    ) -> Result<Answer<DraftView>, ClientFault> {
        let body = Json::object([("reason", Json::text(reason))]);
        let path = format!("{DRAFTS}/{draft}/decline");
        self.send(&path, &body.to_canonical(), DraftView::read)
    }

    /// Lists who has seen the hidden values of a draft, oldest first.
    pub fn list_draft_reads(
        &self,
        draft: &Hash,
        paging: &Paging,
    ) -> Result<Answer<Page<OpeningRead>>, ClientFault> {
        let path = format!("{DRAFTS}/{draft}/reads{}", after(paging));
        self.list(&path, OpeningRead::read)
    }
}

fn after(paging: &Paging) -> String {
    query_of([
        ("after", paging.after.clone()),
        ("limit", paging.limit.map(|limit| limit.to_string())),
    ])
}
