//! Members of records that came with law 2. They are absent where there is nothing to say, so a record that no later act has
//! touched keeps the text of law 1.

pub(super) mod party;
pub(super) mod pledge;
