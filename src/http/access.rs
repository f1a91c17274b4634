//! The shapes of sessions and of openings that are read, for `/openapi.json` only; see `schema`.

use utoipa::ToSchema;

/// Who wants to sign in.
#[derive(ToSchema)]
pub struct ChallengeRequest {
    /// The party.
    #[schema(example = "M12")]
    pub org: String,
    /// The id of its key that will sign.
    pub kid: String,
}

/// A text to sign.
#[derive(ToSchema)]
pub struct Challenge {
    /// The text: `greenlien/session/v1|<aud>|<org>|<kid>|<ends>|<nonce>|<seal>`.
    pub challenge: String,
    /// When it ends, two minutes from now.
    pub ends: String,
}

/// A signed challenge.
#[derive(ToSchema)]
pub struct SignInRequest {
    /// The text as it was given.
    pub challenge: String,
    /// Its Ed25519 signature, 128 hexadecimal digits.
    pub signature: String,
}

/// A session.
#[derive(ToSchema)]
pub struct SessionView {
    /// When it ends by itself.
    pub ends: String,
    /// What a page sends as `X-Form-Token` with everything that changes something.
    pub form_token: String,
    /// The key that signed in.
    pub kid: String,
    /// The party.
    #[schema(example = "M12")]
    pub org: String,
    /// The pseudonym of the person who holds the key.
    pub person: String,
    /// For `Authorization: Bearer`; given once, to a program that signs in.
    #[schema(nullable = false)]
    pub token: Option<String>,
}

/// A hidden member of a pledge: its opening, or why there is none.
#[derive(ToSchema)]
pub struct ShownOpening {
    /// The name of the member.
    #[schema(example = "contract_no")]
    pub claim: String,
    /// The digest in the record.
    pub digest: String,
    /// The entry that ordered its destruction.
    #[schema(nullable = false)]
    pub erased: Option<u64>,
    /// The registry keeps no opening though none was erased.
    #[schema(nullable = false)]
    pub lost: Option<bool>,
    /// The salt in hexadecimal digits.
    #[schema(nullable = false)]
    pub salt: Option<String>,
    /// The value.
    #[schema(nullable = false)]
    pub value: Option<String>,
}

/// The hidden members of a pledge.
#[derive(ToSchema)]
pub struct OpeningsView {
    /// In which capacity the reader sees them: `pledgee`, `pledgor`, `guarantor` or `supervisor`.
    #[schema(rename = "as")]
    pub r#as: String,
    /// The members.
    pub items: Vec<ShownOpening>,
    /// The pledge.
    #[schema(example = "P57")]
    pub pledge: String,
}

/// One access to the openings of a pledge.
#[derive(ToSchema)]
pub struct OpeningReadView {
    /// In which capacity.
    #[schema(rename = "as")]
    pub r#as: String,
    /// What was shown.
    pub claims: Vec<String>,
    /// The key that had signed in.
    pub kid: String,
    /// Its number among the accesses of the pledge, from 0.
    pub number: u64,
    /// The party.
    #[schema(example = "M12")]
    pub org: String,
    /// The pseudonym of the person who holds the key.
    pub person: String,
    /// When, by the clock of the server.
    pub time: String,
}

/// Accesses to the openings of a pledge, newest first.
#[derive(ToSchema)]
pub struct OpeningReadPage {
    /// The accesses.
    pub items: Vec<OpeningReadView>,
    /// The cursor of the next page, as `before`.
    #[schema(nullable = false)]
    pub next: Option<String>,
}
