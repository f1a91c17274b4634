//! The log: entries, proofs, heads, tiles; and what operators ask.

use crate::client::answers::Answer;
use crate::client::answers::log::{Consistency, LogState, RegistryIdentity};
use crate::client::fault::ClientFault;
use crate::client::transport::{Client, query_of};
use crate::domain::entry::Entry;
use crate::ledger::tree::leaf_hash;
use crate::primitives::field::FieldFault;
use crate::primitives::id::EntryIndex;
use crate::verify::machine::audience;

impl Client {
    /// Reads an entry; the text is its bytes.
    pub fn get_entry(&self, index: EntryIndex) -> Result<Answer<Entry>, ClientFault> {
        let path = format!("/v1/entries/{index}");
        let text = self.read_text(&path)?;
        let value =
            Entry::parse(text.as_bytes()).map_err(|fault| self.misunderstood(&path, fault))?;
        Ok(Answer { text, value })
    }

    /// Reads what a registry is: all of it follows from entry 0.
    pub fn identity(&self) -> Result<Answer<RegistryIdentity>, ClientFault> {
        let Answer { text, value } = self.get_entry(0)?;
        let Entry::Genesis { genesis, .. } = value else {
            let fault = FieldFault::new("kind", "entry 0 must be a genesis");
            return Err(self.misunderstood("/v1/entries/0", fault));
        };
        let leaf = leaf_hash(text.as_bytes());
        let value = RegistryIdentity {
            aud: audience(&genesis.origin, &leaf),
            genesis: *genesis,
            leaf,
        };
        Ok(Answer { text, value })
    }

    /// Reads the proof of an entry (C2SP tlog-proof).
    pub fn get_entry_proof(&self, index: EntryIndex) -> Result<String, ClientFault> {
        self.read_text(&format!("/v1/entries/{index}/proof"))
    }

    /// Reads the proof that an older log is a prefix of a newer one; the published one if absent.
    pub fn get_consistency(
        &self,
        old: u64,
        new: Option<u64>,
    ) -> Result<Answer<Consistency>, ClientFault> {
        let query = query_of([
            ("old", Some(old.to_string())),
            ("new", new.map(|size| size.to_string())),
        ]);
        self.read(
            &format!("/v1/checkpoints/consistency{query}"),
            Consistency::read,
        )
    }

    /// Reads the signed checkpoint (C2SP note).
    pub fn get_checkpoint(&self) -> Result<String, ClientFault> {
        self.read_text("/checkpoint")
    }

    /// Reads where the log stands.
    pub fn get_log(&self) -> Result<Answer<LogState>, ClientFault> {
        self.read("/v1/log", LogState::read)
    }

    /// Reads a tile of hashes or a bundle of entries, by its name behind `/tile/`.
    pub fn get_tile(&self, name: &str) -> Result<Vec<u8>, ClientFault> {
        self.read_bytes(&format!("/tile/{name}"))
    }

    /// Says whether the program runs.
    pub fn get_health(&self) -> Result<(), ClientFault> {
        self.read_text("/healthz").map(drop)
    }

    /// Says whether the registry takes commands.
    pub fn get_readiness(&self) -> Result<(), ClientFault> {
        self.read_text("/readyz").map(drop)
    }

    /// Reads the numbers for the operator's tools.
    pub fn get_metrics(&self) -> Result<String, ClientFault> {
        self.read_text("/metrics")
    }

    /// Reads the description of the service.
    pub fn get_openapi(&self) -> Result<String, ClientFault> {
        self.read_text("/openapi.json")
    }
}
