//! Consents that the file does not show signed but attested: said in words that nobody can take for a signature.

use crate::verify::binding::Signed;
use crate::verify::verdict::Verdict;

/// Adds a statement for every consent that a command of the file attests.
pub(super) fn say(signed: &[Signed], verdict: &mut Verdict) {
    for signed in signed {
        let (index, org) = (signed.at.index, signed.command.org);
        let words = signed.command.attested.iter().map(|attestation| {
            format!(
                "the consent of {party} in entry {index} is attested by {org} ({class}, document {document}); {party} did not sign",
                party = attestation.party,
                class = attestation.class.name(),
                document = attestation.document,
            )
        });
        verdict.statements.extend(words);
    }
}
