//! Who plays: every institution of the district with keys of its own, made in memory.
//!
//! A private key never leaves this side: the registry sees public keys and the proofs that their holders made.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::import::parties::PartyRow;
use crate::cli::keyfile::{TEST_KEY_SUFFIX, generate, write_key};
use crate::client::Signatory;
use crate::domain::command::{AdmitParty, OfferedKey};
use crate::domain::genesis::REGISTRAR;
use crate::domain::party::{Party, Role};
use crate::primitives::crypto::{PublicKey, SecretKey};
use crate::primitives::id::PartyId;

/// Pseudonyms of the persons who act for a party.
const PERSONS: [&str; 2] = ["maker", "checker"];
/// Parties whose keys are written at most; every file is synced, and a large district has many holders.
const KEYS_WRITTEN_MAX: usize = 500;

/// A party with its keys, before it is admitted.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The body of the command that admits it.
    pub admission: AdmitParty,
    maker: Option<SecretKey>,
    checker: Option<SecretKey>,
}

impl Candidate {
    /// Makes the keys that a party of this role needs, and the proofs for this registry.
    pub(super) fn new(row: &PartyRow, aud: &str) -> Self {
        let threshold = Party::least_threshold(&[row.role]);
        let (maker, checker) = match row.role {
            Role::Court => (None, None),
            Role::Registrar | Role::Authority => (Some(generate()), Some(generate())),
            Role::Bank | Role::Guarantor | Role::Holder => (Some(generate()), None),
        };
        let offer = |(key, person): (&SecretKey, &str)| {
            let public = key.public();
            let message = OfferedKey::proof_message(aud, &public, person);
            OfferedKey {
                proof: key.sign(&message),
                key: public,
                person: person.to_owned(),
            }
        };
        let keys = maker.iter().chain(&checker).zip(PERSONS).map(offer);
        Self {
            admission: AdmitParty {
                name: Some(row.name.clone()),
                credit_code: Some(row.credit_code.clone()),
                region: row.region.clone(),
                roles: vec![row.role],
                duties: row.duties.clone(),
                keys: keys.collect(),
                threshold,
                hidden: Vec::new(),
            },
            maker,
            checker,
        }
    }

    /// Returns the public keys with the persons who hold them.
    pub(super) fn keys(&self) -> Vec<(PublicKey, String)> {
        let key = |offered: &OfferedKey| (offered.key.clone(), offered.person.clone());
        self.admission.keys.iter().map(key).collect()
    }

    /// Returns the party as a record without keys, for the genesis.
    pub(super) fn record(&self) -> Party {
        let admission = self.admission.clone();
        Party {
            name: admission.name,
            credit_code: admission.credit_code,
            region: admission.region,
            roles: admission.roles,
            duties: admission.duties,
            keys: Vec::new(),
            threshold: admission.threshold,
            hidden: Vec::new(),
            more: crate::domain::party::PartyMore::default(),
        }
    }
}

/// A member of the registry, as the others know it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The id.
    pub party: PartyId,
    /// The registered name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// The admitted parties by credit code, and the keys of those who have some.
#[derive(Debug, Default)]
pub(super) struct Cast {
    members: BTreeMap<String, Member>,
    codes: BTreeMap<PartyId, String>,
    signatories: BTreeMap<PartyId, Signatory>,
    /// Duty to issuer.
    issuers: BTreeMap<String, PartyId>,
}

impl Cast {
    /// Adds the registrar, whom the genesis admits.
    pub(super) fn begin(row: &PartyRow, candidate: Candidate) -> Self {
        let mut cast = Self::default();
        cast.add(row, candidate, REGISTRAR);
        cast
    }

    /// Adds an admitted party.
    pub(super) fn add(&mut self, row: &PartyRow, candidate: Candidate, party: PartyId) {
        let (name, role) = (row.name.clone(), row.role);
        self.members
            .insert(row.credit_code.clone(), Member { party, name, role });
        self.codes.insert(party, row.credit_code.clone());
        for duty in &row.duties {
            self.issuers.entry(duty.clone()).or_insert(party);
        }
        if let Some(maker) = candidate.maker {
            let checker = candidate.checker;
            self.signatories.insert(
                party,
                Signatory {
                    party,
                    maker,
                    checker,
                },
            );
        }
    }

    /// Returns the party of a credit code.
    pub(super) fn party(&self, credit_code: &str) -> Option<PartyId> {
        self.members.get(credit_code).map(|member| member.party)
    }

    /// Returns a party by its id.
    pub(super) fn member(&self, party: PartyId) -> Option<&Member> {
        self.codes
            .get(&party)
            .and_then(|code| self.members.get(code))
    }

    /// Returns the name of a party, or its id.
    pub(super) fn name(&self, party: PartyId) -> String {
        self.member(party)
            .map_or_else(|| party.to_string(), |member| member.name.clone())
    }

    /// Returns the members of a role, in the order of their ids.
    pub(super) fn of_role(&self, role: Role) -> impl Iterator<Item = &Member> {
        let members = self
            .codes
            .values()
            .filter_map(|code| self.members.get(code));
        members.filter(move |member| member.role == role)
    }

    /// Returns who signs for a party.
    pub(super) fn signatory(&self, party: PartyId) -> Option<&Signatory> {
        self.signatories.get(&party)
    }

    /// Returns the bureau that issues a kind.
    pub(super) fn issuer(&self, duty: &str) -> Option<PartyId> {
        self.issuers.get(duty).copied()
    }

    /// Writes the private keys of the demonstration as test keys, so that others can go on with it.
    pub(super) fn write_keys(
        &self,
        folder: &Path,
        of_server: &[(&str, &SecretKey)],
    ) -> Result<(), Failure> {
        std::fs::create_dir_all(folder)
            .map_err(|cause| Failure::refused(cause.to_string()).of(folder.display()))?;
        for (name, key) in of_server {
            write_key(&folder.join(format!("{name}{TEST_KEY_SUFFIX}")), key, None)?;
        }
        for (party, signatory) in self.signatories.iter().take(KEYS_WRITTEN_MAX) {
            let Some(code) = self.codes.get(party) else {
                continue;
            };
            for (key, role) in signatory.keys() {
                let name = format!("{code}-{}{TEST_KEY_SUFFIX}", role.name());
                write_key(&folder.join(name), key, None)?;
            }
        }
        Ok(())
    }
}
