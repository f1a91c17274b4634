//! Files that a person carries away: evidence, certificates, spreadsheets.

use crate::client::answers::Answer;
use crate::client::fault::ClientFault;
use crate::client::operations::{refused, succeeded};
use crate::client::sign::question;
use crate::client::transport::{Client, Reply, percent_encode, query_of};
use crate::domain::command::Body;
use crate::domain::right::Identity;
use crate::primitives::canonical::Json;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::verification_code::VerificationCode;
use crate::verify::certificate::{Asked, Certificate, Reader};
use crate::verify::evidence::Evidence;

/// What evidence is asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A right.
    Right(RightId),
    /// A pledge.
    Pledge(PledgeId),
    /// An identity that nobody has.
    Absence(Identity),
}

/// Which version evidence is of, and from which older one it is proved to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Proven {
    /// The size of an older checkpoint that the reader kept.
    pub old: Option<u64>,
    /// The newest version under the log's signature alone, and not the one that the witnesses have cosigned.
    pub signed_only: bool,
}

impl Proven {
    fn query(self, first: Option<(&'static str, String)>) -> String {
        let (name, value) = first.unzip();
        let signed = self.signed_only.then(|| "signed".to_owned());
        query_of([
            (name.unwrap_or_default(), value),
            ("old", self.old.map(|size| size.to_string())),
            ("checkpoint", signed),
        ])
    }
}

/// What a certificate is to be about, who asks and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateSubject {
    /// What is asked.
    pub asked: Asked,
    /// Who asks and why, printed as it is given.
    pub reader: Reader,
}

impl Client {
    /// Reads evidence about anything; the text is the file.
    pub fn get_evidence(
        &self,
        subject: &Subject,
        proven: Proven,
    ) -> Result<Answer<Evidence>, ClientFault> {
        match subject {
            Subject::Right(id) => self.get_right_evidence(*id, proven),
            Subject::Pledge(id) => self.get_pledge_evidence(*id, proven),
            Subject::Absence(identity) => self.get_absence_evidence(identity, proven),
        }
    }

    /// Reads evidence about a right.
    pub fn get_right_evidence(
        &self,
        id: RightId,
        proven: Proven,
    ) -> Result<Answer<Evidence>, ClientFault> {
        let path = format!("/v1/evidence/rights/{id}{}", proven.query(None));
        self.evidence(&path, self.get(&path)?)
    }

    /// Reads evidence about a pledge.
    pub fn get_pledge_evidence(
        &self,
        id: PledgeId,
        proven: Proven,
    ) -> Result<Answer<Evidence>, ClientFault> {
        let path = format!("/v1/evidence/pledges/{id}{}", proven.query(None));
        self.evidence(&path, self.get(&path)?)
    }

    /// Reads the evidence that an identity is not registered.
    pub fn get_absence_evidence(
        &self,
        identity: &Identity,
        proven: Proven,
    ) -> Result<Answer<Evidence>, ClientFault> {
        let query = proven.query(Some(("identity", identity.to_string())));
        let path = format!("/v1/evidence/absence{query}");
        self.evidence(&path, self.get(&path)?)
    }

    /// Reads evidence of the answer to a question about one right.
    pub fn post_answer_evidence(
        &self,
        org: PartyId,
        body: &Body,
        proven: Proven,
    ) -> Result<Answer<Evidence>, ClientFault> {
        let path = format!("/v1/evidence/answers{}", proven.query(None));
        self.evidence(&path, self.post(&path, &question(org, body))?)
    }

    fn evidence(&self, path: &str, reply: Reply) -> Result<Answer<Evidence>, ClientFault> {
        self.file(path, reply, Evidence::parse)
    }

    fn file<T>(
        &self,
        path: &str,
        reply: Reply,
        parse: impl FnOnce(&[u8]) -> Result<T, FieldFault>,
    ) -> Result<Answer<T>, ClientFault> {
        let text = succeeded(reply)?.text;
        let value = parse(text.as_bytes()).map_err(|fault| self.misunderstood(path, fault))?;
        Ok(Answer { text, value })
    }

    /// Has a certificate issued.
    pub fn issue_certificate(
        &self,
        subject: &CertificateSubject,
        old: Option<u64>,
    ) -> Result<Answer<Certificate>, ClientFault> {
        let query = query_of([("old", old.map(|size| size.to_string()))]);
        let path = format!("/v1/certificates{query}");
        let Reader { name, purpose } = &subject.reader;
        let reader = Json::object([])
            .with("name", name.as_ref().map(Json::text))
            .with("purpose", purpose.as_ref().map(Json::text));
        let has_reader = name.is_some() || purpose.is_some();
        let asked = subject.asked.to_json();
        let body = asked.with("reader", has_reader.then_some(reader));
        let reply = self.post(&path, &body.to_canonical())?;
        self.file(&path, reply, Certificate::parse)
    }

    /// Reads a certificate by its code.
    pub fn get_certificate(
        &self,
        code: &VerificationCode,
    ) -> Result<Answer<Certificate>, ClientFault> {
        let path = format!("/v1/certificates/{}", code.as_str());
        self.file(&path, self.get(&path)?, Certificate::parse)
    }

    /// Reads a spreadsheet, such as `rights.xlsx`, with filters such as `holder`.
    pub fn get_export(
        &self,
        file: &str,
        filters: &[(&'static str, Option<String>)],
    ) -> Result<Vec<u8>, ClientFault> {
        Ok(self.get_export_part(file, filters)?.0)
    }

    /// The same, with the record behind which the list goes on where it is a part.
    pub fn get_export_part(
        &self,
        file: &str,
        filters: &[(&'static str, Option<String>)],
    ) -> Result<(Vec<u8>, Option<String>), ClientFault> {
        let query = query_of(filters.iter().map(|(name, value)| (*name, value.clone())));
        let path = format!("/v1/exports/{}{query}", percent_encode(file));
        let got = self.get_linked(&path)?;
        let (bytes, link) = got.map_err(|reply| refused(&reply))?;
        let next = link.and_then(|link| {
            let (_, after) = link.rsplit_once("after=")?;
            let (after, _) = after.split_once(['>', '&'])?;
            Some(after.to_owned())
        });
        Ok((bytes, next))
    }
}
