//! The draft file, as the command line reads and signs it ([`crate::domain::envelope::Draft`]).

use std::path::Path;

use crate::cli::exit::Failure;
use crate::cli::files;
use crate::domain::command::SignerRole;
use crate::domain::envelope::{Draft, SignFault};
use crate::primitives::crypto::SecretKey;
use crate::primitives::limits;

/// Bytes of a draft file: a signed command as it is sent, with white space.
pub const DRAFT_BYTES_MAX: usize = 2 * limits::COMMAND_BYTES_MAX;

/// Reads a draft file.
pub fn read(path: &Path) -> Result<Draft, Failure> {
    let json = files::read_json(path, DRAFT_BYTES_MAX)?;
    Draft::parse(json).map_err(|fault| {
        Failure::from(fault)
            .of(path.display())
            .hint("a draft is made with `greenlien sign --new`")
    })
}

/// Adds a signature, or says why the draft takes none.
pub fn sign(draft: &mut Draft, role: SignerRole, key: &SecretKey) -> Result<(), Failure> {
    draft.sign(role, key).map_err(|fault| match fault {
        SignFault::HasSigned(kid) => {
            Failure::refused(format!("the key {kid} has signed this draft already"))
                .hint("another person must sign now, with another key")
        }
        SignFault::NotAsked(role) => {
            let role = role.name();
            Failure::refused(format!("the draft takes no further signature as {role}"))
                .hint("`signers` of the payload says who signs; choose the other role")
        }
    })
}
