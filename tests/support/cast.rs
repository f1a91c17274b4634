//! Who acts in a test: parties with the keys of two persons each, and the genesis of their registry.
//!
//! Keys come from names, so the same story has the same bytes every time it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenlien::domain::command::{AdmitParty, OfferedKey, SignerRole};
use greenlien::domain::genesis::{Genesis, REGISTRAR};
use greenlien::domain::geometry::{BoundingBox, Point};
use greenlien::domain::party::{Party, Role};
use greenlien::ledger::note::NoteKey;
use greenlien::primitives::crypto::{Hash, SecretKey};
use greenlien::primitives::id::PartyId;
use greenlien::service::openings::sealing::OpeningsKey;

/// The origin of every registry that a test begins.
pub(crate) const ORIGIN: &str = "registry.example/greenlien/500113";

/// The county's box in units of 1e-7 degree: 106.35 to 107.10 E, 28.95 to 29.80 N.
const SOUTH_WEST: Point = Point {
    lon: 1_063_500_000,
    lat: 289_500_000,
};
const NORTH_EAST: Point = Point {
    lon: 1_071_000_000,
    lat: 298_000_000,
};

/// The policy texts of the project, by kind.
const POLICIES: [(&str, &str); 5] = [
    ("carbon", include_str!("../../fixtures/policy/carbon.toml")),
    (
        "carbon_sink",
        include_str!("../../fixtures/policy/carbon_sink.toml"),
    ),
    (
        "emission",
        include_str!("../../fixtures/policy/emission.toml"),
    ),
    ("energy", include_str!("../../fixtures/policy/energy.toml")),
    ("forest", include_str!("../../fixtures/policy/forest.toml")),
];

/// A party and the keys of its two persons.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    /// Its id; the registrar's before it is admitted.
    pub(crate) party: PartyId,
    /// Its name, from which everything else of it is made.
    pub(crate) name: String,
    /// Its credit code, with both check characters right.
    pub(crate) credit_code: String,
    /// How many persons sign for it: 1 the maker alone, 2 the maker and the checker.
    pub(crate) threshold: u64,
    /// The key of the person who prepares.
    pub(crate) maker: Arc<SecretKey>,
    /// The key of the person who checks.
    pub(crate) checker: Arc<SecretKey>,
}

impl Actor {
    /// Makes the party of this name with these roles; it signs with as few persons as its roles allow.
    pub(crate) fn new(name: &str, roles: &[Role]) -> Self {
        Self {
            party: REGISTRAR,
            name: name.to_owned(),
            credit_code: credit_code(name),
            threshold: Party::least_threshold(roles),
            maker: Arc::new(secret(name, "maker")),
            checker: Arc::new(secret(name, "checker")),
        }
    }

    /// The signatures that satisfy its own signing policy.
    pub(crate) fn signers(&self) -> Vec<(PartyId, SignerRole, &SecretKey)> {
        let mut signers = vec![(self.party, SignerRole::Maker, &*self.maker)];
        if self.threshold > 1 {
            signers.push((self.party, SignerRole::Checker, &self.checker));
        }
        signers
    }

    /// The pseudonym of the person with this part.
    fn person(&self, part: &str) -> String {
        format!("{}-{part}", self.name)
    }

    /// The key of one of its persons as it is offered to a registry of this audience.
    fn offered(&self, aud: &str, part: &str, key: &SecretKey) -> OfferedKey {
        let person = self.person(part);
        let proof = key.sign(&OfferedKey::proof_message(aud, &key.public(), &person));
        OfferedKey {
            key: key.public(),
            person,
            proof,
        }
    }

    /// What the registrar submits to admit this party. A court gets no keys.
    pub(crate) fn admission(&self, aud: &str, roles: &[Role], duties: &[&str]) -> AdmitParty {
        let keys = if roles.contains(&Role::Court) {
            Vec::new()
        } else {
            vec![
                self.offered(aud, "maker", &self.maker),
                self.offered(aud, "checker", &self.checker),
            ]
        };
        AdmitParty {
            name: Some(self.name.clone()),
            credit_code: Some(self.credit_code.clone()),
            region: Some("500113".to_owned()),
            roles: roles.to_vec(),
            duties: duties.iter().map(|duty| (*duty).to_owned()).collect(),
            keys,
            threshold: self.threshold,
            hidden: Vec::new(),
        }
    }
}

/// The key of the log.
pub(crate) fn log_key() -> SecretKey {
    secret("log", "log")
}

/// The key that signs what webhooks deliver.
pub(crate) fn webhook_key() -> SecretKey {
    SecretKey::from_seed(&[0x77; 32])
}

/// The secret of [`openings_key`], as a key file holds it.
pub(crate) fn openings_secret() -> SecretKey {
    secret("openings", "openings")
}

/// The key under which a registry of the tests seals openings.
pub(crate) fn openings_key() -> OpeningsKey {
    OpeningsKey::new(&openings_secret())
}

/// The key that a log may change to; a [`super::House`] has it at hand.
pub(crate) fn next_log_key() -> SecretKey {
    secret("log", "next")
}

/// The registrar, as [`genesis`] admits it.
pub(crate) fn registrar() -> Actor {
    Actor::new("registrar", &[Role::Registrar])
}

/// What entry 0 of a test's registry fixes: the registrar with two keys, a quorum of one bureau and one bank, the five
/// policies of the project.
pub(crate) fn genesis() -> Genesis {
    let registrar = registrar();
    let key = NoteKey::new(ORIGIN, log_key().public()).unwrap();
    let text = |(kind, text): (&str, &str)| (kind.to_owned(), text.to_owned());
    Genesis {
        origin: ORIGIN.to_owned(),
        log_vkey: key.vkey(),
        region: "500113".to_owned(),
        county: BoundingBox::new(SOUTH_WEST, NORTH_EAST).unwrap(),
        keys: vec![
            (registrar.maker.public(), registrar.person("maker")),
            (registrar.checker.public(), registrar.person("checker")),
        ],
        registrar: Party {
            name: Some(registrar.name.clone()),
            credit_code: Some(registrar.credit_code.clone()),
            region: Some("500113".to_owned()),
            roles: vec![Role::Registrar],
            duties: Vec::new(),
            keys: Vec::new(),
            threshold: registrar.threshold,
            hidden: Vec::new(),
            more: greenlien::domain::party::PartyMore::default(),
        },
        quorum: BTreeMap::from([(Role::Authority, 1), (Role::Bank, 1)]),
        policy_delay_seconds: 86_400,
        policies: POLICIES.into_iter().map(text).collect(),
        public: true,
    }
}

fn secret(name: &str, part: &str) -> SecretKey {
    let seed = Hash::of(&[
        b"greenlien test key|",
        name.as_bytes(),
        b"|",
        part.as_bytes(),
    ]);
    SecretKey::from_seed(seed.as_bytes())
}

/// Makes the credit code of a name: a firm of the county with both check characters right (GB 32100, GB 11714).
pub(crate) fn credit_code(name: &str) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let place = |c: char| ALPHABET.iter().position(|known| char::from(*known) == c);
    let digest = Hash::of(&[b"greenlien test party|", name.as_bytes()]);
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]);
    let organization: String = digest.as_bytes().iter().take(8).map(letter).collect();
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let values = organization.chars().map(|c| c.to_digit(36).unwrap());
    let sum: u32 = values
        .zip(weights)
        .map(|(value, weight)| value * weight)
        .sum();
    let inner = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap(),
    };
    let mut code = format!("91500113{organization}{inner}");
    let mut weight = 1;
    let mut sum = 0;
    for c in code.chars() {
        sum += place(c).unwrap() * weight;
        weight = weight * 3 % 31;
    }
    code.push(char::from(ALPHABET[(31 - sum % 31) % 31]));
    code
}
