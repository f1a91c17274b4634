//! Hidden values: their digests in the papers, and the openings that go with them.

use greenlien::domain::envelope::Opening;
use greenlien::primitives::crypto::Hash;

use crate::model::{Admission, Deed};

/// Names of the hidden values of a natural person, in order.
const OF_PERSONS: [&str; 2] = ["name", "resident_id"];

/// The names of what an admission hides.
pub(super) fn of_admission(admission: &Admission) -> &'static [&'static str] {
    if admission.natural { &OF_PERSONS } else { &[] }
}

fn opening(claim: &str) -> Opening {
    let value = match claim {
        "contract_no" => "2028-0815",
        "principal_cny" => "5000000",
        "name" => "陈某",
        "resident_id" => "500113198001010019",
        other => panic!("{other}"),
    };
    Opening {
        claim: claim.to_owned(),
        salt: vec![0xa1; 16],
        value: value.to_owned(),
    }
}

pub(super) fn digests(claims: &[&str]) -> Vec<(String, Hash)> {
    let digest = |claim: &&str| ((*claim).to_owned(), opening(claim).digest());
    claims.iter().map(digest).collect()
}

/// The openings that must go with a command.
pub(crate) fn of(deed: &Deed) -> Vec<Opening> {
    let claims: &[&str] = match deed {
        Deed::Register(registration) => &registration.hidden,
        Deed::Admit(admission) => of_admission(admission),
        _ => &[],
    };
    claims.iter().map(|claim| opening(claim)).collect()
}
