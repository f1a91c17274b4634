//! Signing in: a member signs a challenge with one of its keys and has a session for a short time. There are no passwords.
//!
//! A challenge is a text that no command can be: what a command signs is base64url and dots, and has no `|`. It names the
//! registry, the party, the key and its end, and is sealed by this process, so that strangers who ask for challenges fill no
//! table; only the few that were signed are remembered until they end, so that each serves once. Sessions live in memory: a
//! restart ends them all.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::domain::facts::{Record, StateKey};
use crate::primitives::crypto::{Hash, KeyId, Signature};
use crate::primitives::id::PartyId;
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::openings::sealing::NoRandomness;
use crate::service::quota::{Allowance, Quota};
use crate::service::{Registry, ServiceFault};
use crate::store::StoreFault;

/// How every challenge begins; no other signed text of this program does.
const PREFIX: &str = "greenlien/session/v1";

/// Who may ask, until when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// The party.
    pub org: PartyId,
    /// The key that signed the challenge.
    pub kid: KeyId,
    /// The pseudonym of the person who holds the key.
    pub person: String,
    /// When the session ends by itself.
    pub ends: Timestamp,
    /// How its token is shown; shown in any other way it is nobody's.
    pub carrier: Carrier,
}

/// How the token of a session is shown, fixed when the session is opened.
///
/// Else whoever listens to or writes into plain http could show there, or have a victim show, what was given for another way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    /// By a program, as a bearer token.
    Token,
    /// By a browser that has its page under https, as [`SECURE_COOKIE`].
    SecureCookie,
    /// By a browser that has its page under plain http, as [`PLAIN_COOKIE`].
    PlainCookie,
}

/// Who sends a request, as the gate has found: what pages show, and what their forms carry.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its token.
    pub token: String,
}

impl SignedIn {
    /// Returns what forms carry beside the cookie.
    pub fn form_token(&self) -> String {
        form_token(&self.token)
    }
}

/// The cookie of a site under https: no subdomain and no plain-http page can set it (RFC 6265bis section 4.1.3.2).
pub const SECURE_COOKIE: &str = "__Host-greenlien";
/// The cookie of an intranet without TLS, where a browser takes no `Secure` cookie.
pub const PLAIN_COOKIE: &str = "greenlien-session";

/// Writes the cookie, where the carrier is one: for this host alone, never for scripts, never with a request that another site
/// makes.
pub fn cookie(token: &str, seconds: u64, carrier: Carrier) -> Option<String> {
    let rest = format!("Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict");
    match carrier {
        Carrier::Token => None,
        Carrier::SecureCookie => Some(format!("{SECURE_COOKIE}={token}; {rest}; Secure")),
        Carrier::PlainCookie => Some(format!("{PLAIN_COOKIE}={token}; {rest}")),
    }
}

/// Why nobody was signed in.
#[derive(Debug)]
pub enum SignInFault {
    /// The challenge or the signature is not accepted; deliberately without more.
    Denied,
    /// Too many, for this many seconds.
    TooMany(u64),
    /// The service failed.
    Service(ServiceFault),
}

impl From<ServiceFault> for SignInFault {
    fn from(fault: ServiceFault) -> Self {
        Self::Service(fault)
    }
}

/// Everything about sessions; lives and dies with the process.
pub(crate) struct Sessions {
    secret: Zeroizing<[u8; 32]>,
    tables: Mutex<Tables>,
    by_party: Quota<PartyId>,
    by_address: Quota<String>,
    reads: Quota<PartyId>,
}

#[derive(Default)]
struct Tables {
    /// By the hash of the token, so that a look-up tells nothing about tokens that are near.
    open: BTreeMap<Hash, Session>,
    /// Challenges that were answered, until they end.
    used: BTreeMap<Hash, Timestamp>,
}

impl Sessions {
    pub(crate) fn new() -> Result<Self, StoreFault> {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut_slice()).map_err(|_| NoRandomness)?;
        let of_party = Allowance {
            burst: limits::SIGN_INS_PER_PARTY,
            refill_seconds: limits::SIGN_IN_PARTY_SECONDS,
        };
        let of_address = Allowance {
            burst: limits::SIGN_INS_PER_ADDRESS,
            refill_seconds: limits::SIGN_IN_ADDRESS_SECONDS,
        };
        let of_reads = Allowance {
            burst: limits::OPENING_READS_PER_PARTY,
            refill_seconds: limits::OPENING_READ_SECONDS,
        };
        Ok(Self {
            secret,
            tables: Mutex::default(),
            by_party: Quota::new(of_party, limits::QUOTA_KEYS_MAX),
            by_address: Quota::new(of_address, limits::QUOTA_KEYS_MAX),
            reads: Quota::new(of_reads, limits::QUOTA_KEYS_MAX),
        })
    }

    pub(crate) fn by_party(&self) -> &Quota<PartyId> {
        &self.by_party
    }

    pub(crate) fn reads(&self) -> &Quota<PartyId> {
        &self.reads
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals a text; the inner hash has a fixed length, so nothing can be appended to what is sealed.
    fn seal(&self, text: &str) -> Hash {
        let inner = Hash::of(&[self.secret.as_slice(), text.as_bytes()]);
        Hash::of(&[self.secret.as_slice(), inner.as_bytes()])
    }
}

/// What a challenge says.
struct Challenge {
    org: PartyId,
    kid: KeyId,
    ends: Timestamp,
}

impl Registry {
    /// Counts a request to sign in against the address that it comes from.
    pub fn count_sign_in(&self, address: &str) -> Result<(), SignInFault> {
        let now = self.shared.clock.now();
        let quota = &self.shared.sessions.by_address;
        quota
            .take(&address.to_owned(), now)
            .map_err(SignInFault::TooMany)
    }

    /// Counts an access to openings against the party of the session; else says after how many seconds it may be made.
    pub fn count_opening_read(&self, session: &Session) -> Result<(), u64> {
        let reads = &self.shared.sessions.reads;
        reads.take(&session.org, self.shared.clock.now())
    }

    /// Makes a challenge for a party and a key, whether or not these exist: that is told only to who can sign.
    pub fn challenge(&self, org: PartyId, kid: KeyId) -> Result<(String, Timestamp), ServiceFault> {
        let nonce = random()?;
        let ends = self.shared.clock.now();
        let ends = ends.plus_seconds(limits::CHALLENGE_SECONDS);
        let text = format!("{PREFIX}|{}|{org}|{kid}|{ends}|{nonce}", self.aud());
        let seal = self.shared.sessions.seal(&text);
        Ok((format!("{text}|{seal}"), ends))
    }

    /// Opens a session for whoever signed a challenge with a present key of the party; returns its token, which counts only
    /// as `carrier`.
    pub fn sign_in(
        &self,
        challenge: &str,
        signature: &Signature,
        carrier: Carrier,
    ) -> Result<(String, Session), SignInFault> {
        let now = self.shared.clock.now();
        let asked = self.read_challenge(challenge).ok_or(SignInFault::Denied)?;
        if now >= asked.ends {
            return Err(SignInFault::Denied);
        }
        let person = self.person_of(asked.org, asked.kid)?;
        let (person, key) = person.ok_or(SignInFault::Denied)?;
        if !key.verifies(challenge.as_bytes(), signature) {
            return Err(SignInFault::Denied);
        }
        let sessions = &self.shared.sessions;
        // Only who can sign for the party is counted against it: a stranger locks nobody out.
        sessions
            .by_party
            .take(&asked.org, now)
            .map_err(SignInFault::TooMany)?;
        let token = random().map_err(ServiceFault::from)?;
        let session = Session {
            org: asked.org,
            kid: asked.kid,
            person,
            ends: now.plus_seconds(limits::SESSION_SECONDS),
            carrier,
        };
        let mut tables = sessions.lock();
        tables.used.retain(|_, ends| now < *ends);
        tables.open.retain(|_, session| now < session.ends);
        let answered = Hash::of(&[challenge.as_bytes()]);
        if tables.used.insert(answered, asked.ends).is_some() {
            return Err(SignInFault::Denied);
        }
        if tables.used.len() > limits::SESSIONS_MAX {
            return Err(SignInFault::TooMany(limits::CHALLENGE_SECONDS));
        }
        make_room(&mut tables.open, asked.org)?;
        tables.open.insert(token_hash(&token), session.clone());
        Ok((token, session))
    }

    /// Finds the session of a token: shown as it was given, not ended, and its key still a key of the party.
    pub fn session(&self, token: &str, carrier: Carrier) -> Result<Option<Session>, ServiceFault> {
        let hash = token_hash(token);
        let found = self.shared.sessions.lock().open.get(&hash).cloned();
        let Some(session) = found.filter(|session| session.carrier == carrier) else {
            return Ok(None);
        };
        let is_over = self.shared.clock.now() >= session.ends;
        if is_over || self.person_of(session.org, session.kid)?.is_none() {
            self.shared.sessions.lock().open.remove(&hash);
            return Ok(None);
        }
        Ok(Some(session))
    }

    /// Ends the session of a token.
    pub fn sign_out(&self, token: &str) {
        let hash = token_hash(token);
        self.shared.sessions.lock().open.remove(&hash);
        // Streams of the session look whether it stands.
        self.shared.tell_observers();
    }

    /// Reads a challenge of this process and this registry.
    fn read_challenge(&self, challenge: &str) -> Option<Challenge> {
        let (text, seal) = challenge.rsplit_once('|')?;
        if self.shared.sessions.seal(text).to_string() != seal {
            return None;
        }
        let mut parts = text.rsplitn(5, '|');
        let _nonce = parts.next()?;
        let ends = Timestamp::parse(parts.next()?)?;
        let kid = KeyId(Hash::from_hex(parts.next()?)?);
        let org = PartyId::parse(parts.next()?)?;
        let rest = parts.next()?;
        (rest == format!("{PREFIX}|{}", self.aud())).then_some(Challenge { org, kid, ends })
    }

    /// The person who holds a key, and the key, where the party may sign with it now.
    pub(in crate::service) fn person_of(
        &self,
        org: PartyId,
        kid: KeyId,
    ) -> Result<Option<(String, crate::primitives::crypto::PublicKey)>, ServiceFault> {
        let found = self.record(&StateKey::Party(org))?;
        let Some(Record::Party(party)) = found.map(|found| found.value.record) else {
            return Ok(None);
        };
        let key = party.key(kid).filter(|key| key.revoked.is_none());
        Ok(key.map(|key| (key.person.clone(), key.key.clone())))
    }
}

/// The oldest session of the party makes room for the next; others are never pushed out by it.
fn make_room(open: &mut BTreeMap<Hash, Session>, org: PartyId) -> Result<(), SignInFault> {
    let own = |(_, session): &(&Hash, &Session)| session.org == org;
    if open.iter().filter(own).count() >= limits::SESSIONS_PER_PARTY_MAX {
        let oldest = open.iter().filter(own).min_by_key(|(_, one)| one.ends);
        if let Some(hash) = oldest.map(|(hash, _)| *hash) {
            open.remove(&hash);
        }
    }
    if open.len() >= limits::SESSIONS_MAX {
        return Err(SignInFault::TooMany(limits::SIGN_IN_PARTY_SECONDS));
    }
    Ok(())
}

fn token_hash(token: &str) -> Hash {
    Hash::of(&[b"greenlien/token/v1|".as_slice(), token.as_bytes()])
}

/// Derives from a token what forms carry beside the cookie; who has only the one cannot make the other.
pub fn form_token(token: &str) -> String {
    Hash::of(&[b"greenlien/form/v1|".as_slice(), token.as_bytes()]).to_string()
}

/// 256 random bits, in hexadecimal digits.
fn random() -> Result<String, StoreFault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Hash(bytes).to_string())
}
