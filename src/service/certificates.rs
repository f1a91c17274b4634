//! Search certificates: issued of the version that evidence is made of, kept whole, found again by their code.
//!
//! A certificate is kept as the text that was handed out, because the version it rests on is gone soon. Nothing hashes it and
//! no replay makes it; `rebuild` leaves it alone.

use std::sync::{Mutex, PoisonError};

use crate::domain::facts::{Owner, Record, StateKey};
use crate::domain::right::Identity;
use crate::primitives::field::FieldFault;
use crate::primitives::id::PartyId;
use crate::primitives::identifier::leaves_no_mark;
use crate::primitives::limits;
use crate::primitives::verification_code::VerificationCode;
use crate::service::cosign::Cosigning;
use crate::service::evidence::Wanted;
use crate::service::quota::{Allowance, Quota};
use crate::service::version::record_at;
use crate::service::{Registry, ServiceFault};
use crate::verify::certificate::{Asked, Certificate, Reader};
use crate::verify::evidence::Evidence;

/// Seconds over which certificates are counted.
const HOUR: u64 = 3_600;

/// Who asks for a certificate, or for one by its code: nobody takes what is there for everybody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Asker {
    /// Whoever is signed in for a party.
    Member(PartyId),
    /// Whoever asks from an address.
    Visitor(String),
}

/// Where certificates are issued and looked up.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Held while a certificate takes its number.
    issuing: Mutex<Issuing>,
    askers: Quota<Asker>,
    lookups: Quota<Asker>,
}

impl Default for Desk {
    fn default() -> Self {
        let of_asker = Allowance {
            burst: limits::CERTIFICATES_PER_ASKER,
            refill_seconds: limits::CERTIFICATE_ASKER_SECONDS,
        };
        let of_lookups = Allowance {
            burst: limits::CERTIFICATE_LOOKUPS,
            refill_seconds: limits::CERTIFICATE_LOOKUP_SECONDS,
        };
        Self {
            issuing: Mutex::default(),
            askers: Quota::new(of_asker, limits::QUOTA_KEYS_MAX),
            lookups: Quota::new(of_lookups, limits::QUOTA_KEYS_MAX),
        }
    }
}

/// The hour that is counted, how many certificates it has seen, and how many of them went to visitors.
#[derive(Debug, Default)]
struct Issuing {
    hour: u64,
    count: u64,
    by_visitors: u64,
}

impl Issuing {
    /// Counts one more certificate; says no where the hour has seen enough.
    fn take(&mut self, seconds: u64, asker: &Asker) -> bool {
        let hour = seconds / HOUR;
        if hour != self.hour {
            *self = Self {
                hour,
                ..Self::default()
            };
        }
        let is_open = self.count < limits::CERTIFICATES_PER_HOUR_MAX;
        let is_given = match asker {
            Asker::Member(_) => is_open,
            Asker::Visitor(_) => {
                is_open && self.by_visitors < limits::CERTIFICATES_OF_VISITORS_PER_HOUR_MAX
            }
        };
        self.count += u64::from(is_given);
        self.by_visitors += u64::from(is_given && matches!(asker, Asker::Visitor(_)));
        is_given
    }
}

/// What became of a request for a certificate.
#[derive(Debug)]
pub enum Issued {
    /// It is kept; its text.
    Kept {
        /// The certificate.
        certificate: Box<Certificate>,
        /// Its text.
        text: String,
    },
    /// The hour has seen as many as it may.
    TooMany,
    /// The asker has had as many as it may; after so many seconds there is one more.
    Wait(u64),
}

impl Registry {
    /// Issues a certificate about what is asked, as of the version that evidence is made of; `old` is as for evidence.
    pub fn issue_certificate(
        &self,
        of: &Asker,
        asked: Asked,
        reader: Reader,
        old: Option<u64>,
    ) -> Result<Issued, ServiceFault> {
        check_print(&reader).map_err(ServiceFault::Input)?;
        let desk = &self.shared.certificates;
        if let Err(seconds) = desk.askers.look(of, self.now()) {
            return Ok(Issued::Wait(seconds));
        }
        let basis = self.basis(Wanted::Cosigned, old);
        let mut subjects: Vec<StateKey> = Vec::new();
        match &asked {
            Asked::Right(right) => subjects.push(StateKey::Right(*right)),
            Asked::Identities(identities) => {
                for (n, identity) in identities.iter().enumerate() {
                    let subject = self.subject_of(n, identity, basis.version.size)?;
                    if !subjects.contains(&subject) {
                        subjects.push(subject);
                    }
                }
            }
        }
        let mut evidence = Vec::new();
        for subject in &subjects {
            let text = self.evidence_on(&basis.version, subject, old)?;
            let file = Evidence::parse(text.as_bytes());
            evidence.push(file.map_err(|fault| ServiceFault::Doubt(fault.to_string()))?);
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| ServiceFault::Stopped)?;
        let cosigning = self.shared.cosigning.as_ref();
        let issued = self.shared.clock.now().max(basis.version.time);
        let mut certificate = Certificate {
            number: 0,
            code: VerificationCode::from_random(random),
            issued,
            asked,
            reader,
            provisional: basis.provisional,
            site: self.shared.site.clone(),
            auditors: cosigning.map_or_else(Vec::new, Cosigning::auditors),
            evidence,
        };
        let mut issuing = desk.issuing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(seconds) = desk.askers.take(of, self.now()) {
            return Ok(Issued::Wait(seconds));
        }
        if !issuing.take(issued.seconds(), of) {
            return Ok(Issued::TooMany);
        }
        let store = &self.shared.store;
        certificate.number = store.last_certificate()?.saturating_add(1);
        let text = certificate
            .to_text()
            .map_err(|fault| ServiceFault::Doubt(fault.to_string()))?;
        if text.len() > limits::EVIDENCE_BYTES_MAX {
            let why = "bring more evidence than one file may have; ask for fewer";
            return Err(ServiceFault::Input(FieldFault::new("identities", why)));
        }
        store.put_certificate(certificate.number, certificate.code.as_str(), &text)?;
        Ok(Issued::Kept {
            certificate: Box::new(certificate),
            text,
        })
    }

    /// Takes one look at a certificate by its code where nothing else is open; else says after how many seconds there is one.
    pub fn take_lookup(&self, asker: &Asker) -> Result<(), u64> {
        self.shared.certificates.lookups.take(asker, self.now())
    }

    /// Finds the text of the certificate with a code.
    pub fn certificate(&self, code: &VerificationCode) -> Result<Option<String>, ServiceFault> {
        Ok(self.shared.store.certificate(code.as_str())?)
    }

    /// The record that answers for an identity: the right that had it at the version, or its absence.
    fn subject_of(
        &self,
        n: usize,
        identity: &Identity,
        size: u64,
    ) -> Result<StateKey, ServiceFault> {
        let key = StateKey::identity(identity);
        let Some(found) = record_at(&self.shared.store, &key, size)? else {
            return Ok(key);
        };
        match found.value.record {
            Record::Identity(Owner::Right(right)) => Ok(StateKey::Right(right)),
            Record::Identity(Owner::Party(party)) => Err(ServiceFault::Input(FieldFault::new(
                format!("identities[{n}]"),
                format!(
                    "is of the party {party}: a certificate is about rights, so name a right or its certificate number"
                ),
            ))),
            _ => Err(ServiceFault::Doubt(
                "an identity holds another record".to_owned(),
            )),
        }
    }
}

/// Refuses words of the reader that would be printed otherwise than they are read: a direction mark turns what stands behind it
/// around, and what leaves no mark makes two names of one. Older certificates may have them, so no verifier asks for this.
fn check_print(reader: &Reader) -> Result<(), FieldFault> {
    for (field, text) in [
        ("reader.name", &reader.name),
        ("reader.purpose", &reader.purpose),
    ] {
        let marks = text.iter().flat_map(|text| text.chars());
        let mut unseen = marks.filter(|c| leaves_no_mark(*c) && *c != ' ' && *c != '\u{3000}');
        if let Some(c) = unseen.next() {
            let why = format!(
                "has U+{:04X}, which leaves no mark or changes the direction of the text",
                u32::from(c)
            );
            return Err(FieldFault::new(field, why));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_wants_printed_is_printed_as_it_is_read() {
        let reader = |name: &str, purpose: &str| Reader {
            name: Some(name.to_owned()),
            purpose: Some(purpose.to_owned()),
        };
        for name in ["张三", "Zoë O'Neil", "示例(重庆)银行　业务部", "公司①"] {
            check_print(&reader(name, "贷前调查 loan 2026")).unwrap();
        }
        for unseen in [
            '\u{202e}', '\u{2066}', '\u{200b}', '\u{ad}', '\u{feff}', '\u{2028}',
        ] {
            let name = format!("张{unseen}三");
            let fault = check_print(&reader(&name, "x")).unwrap_err();
            let code = format!("has U+{:04X}", u32::from(unseen));
            assert!(fault.to_string().contains(&code), "{fault}");
            assert!(check_print(&reader("x", &name)).is_err());
        }
    }

    #[test]
    fn an_hour_sees_so_many_certificates_and_visitors_leave_some_to_members() {
        let (visitor, member) = (Asker::Visitor("::1".to_owned()), Asker::Member(PartyId(9)));
        let mut issuing = Issuing::default();
        for _ in 0..limits::CERTIFICATES_OF_VISITORS_PER_HOUR_MAX {
            assert!(issuing.take(7_200, &visitor));
        }
        assert!(!issuing.take(7_200, &visitor));
        let left =
            limits::CERTIFICATES_PER_HOUR_MAX - limits::CERTIFICATES_OF_VISITORS_PER_HOUR_MAX;
        for _ in 0..left {
            assert!(issuing.take(7_200, &member));
        }
        assert!(!issuing.take(10_799, &member));
        assert!(issuing.take(10_800, &visitor));
    }
}
