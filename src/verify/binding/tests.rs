//! Forged events on real signatures.

use super::*;
use crate::domain::command::SignerRole;
use crate::domain::facts::{PolicyTexts, Record, StateKey};
use crate::domain::geometry::{BoundingBox, Point};
use crate::domain::party::{Party, PartyKey, PartyMore, Role};
use crate::primitives::crypto::{KeyId, SecretKey};
use crate::primitives::id::CommandId;
use crate::primitives::time::Timestamp;
use crate::verify::past::Past;

fn signed(body: Body, given: u64) -> Signed {
    let command = Command {
        aud: "example".to_owned(),
        org: PartyId(4),
        cmd: CommandId([7; 16]),
        signers: Vec::new(),
        attested: Vec::new(),
        expect: Vec::new(),
        seen: None,
        iat: Timestamp::from_micros(0),
        exp: Timestamp::from_micros(1),
        body,
    };
    let at = Stamp {
        index: 9,
        time: Timestamp::from_micros(0),
    };
    let role = |n| {
        if n == 1 {
            SignerRole::Maker
        } else {
            SignerRole::Checker
        }
    };
    let verified = |n| VerifiedSignature {
        kid: secret(n).public().id(),
        role: role(n),
    };
    Signed {
        at,
        law: Law::FIRST,
        command,
        signatures: BTreeMap::from([(PartyId(4), given)]),
        verified: (1..=given).map(verified).collect(),
    }
}

fn secret(seed: u64) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(seed).unwrap(); 32])
}

/// M4, which signs with two of its three persons.
fn party() -> Party {
    let key = |n: u64| PartyKey {
        key: secret(n).public(),
        person: format!("p-{n}"),
        added: 4,
        revoked: None,
    };
    Party {
        name: None,
        credit_code: None,
        region: None,
        roles: vec![Role::Bank],
        duties: Vec::new(),
        keys: (1..=3).map(key).collect(),
        threshold: 2,
        hidden: Vec::new(),
        more: PartyMore::default(),
    }
}

fn verdict(signed: &Signed, event: &Event) -> Result<(), String> {
    let mut past = Past::new(
        Facts::new(std::sync::Arc::new(PolicyTexts::new())),
        vec![(4, StateKey::Party(PartyId(4)), Record::Party(party()))],
    );
    let corner = |lon| Point { lon, lat: lon };
    let genesis = Genesis {
        origin: "example".to_owned(),
        log_vkey: String::new(),
        region: String::new(),
        county: BoundingBox::new(corner(0), corner(1)).unwrap(),
        keys: Vec::new(),
        registrar: party(),
        quorum: BTreeMap::new(),
        policy_delay_seconds: 0,
        policies: Vec::new(),
        public: true,
    };
    given(signed, event, &genesis, past.at(signed.at))
}

fn key() -> KeyId {
    SecretKey::from_seed(&[1; 32]).public().id()
}

#[test]
fn an_event_hung_on_another_signature_is_refused() {
    let asked = signed(Body::RevokeKey(key()), 2);
    let done = Event::KeyRevoked {
        party: PartyId(4),
        kid: key(),
    };
    assert_eq!(verdict(&asked, &done), Ok(()));
    let other_party = Event::KeyRevoked {
        party: PartyId(5),
        kid: key(),
    };
    let other_act = Event::SigningPolicySet {
        party: PartyId(4),
        threshold: 1,
    };
    for forged in [other_party, other_act] {
        assert!(
            verdict(&asked, &forged)
                .unwrap_err()
                .contains("is not the event")
        );
    }
}

#[test]
fn a_release_needs_the_pledge_and_its_pledgee() {
    let body = Body::ReleasePledge {
        pledge: PledgeId(3),
        changes: Vec::new(),
        order: None,
    };
    let event = Event::PledgeReleased {
        pledge: PledgeId(3),
        lines: Vec::new(),
        overhangs: Vec::new(),
    };
    let missing = verdict(&signed(body, 2), &event).unwrap_err();
    assert_eq!(missing, "the record of P3 is missing");
}

#[test]
fn a_party_signs_with_as_many_as_its_policy_says() {
    let event = Event::SigningPolicySet {
        party: PartyId(4),
        threshold: 3,
    };
    let alone = verdict(&signed(Body::SetSigningPolicy(3), 1), &event).unwrap_err();
    assert_eq!(alone, "M4 signs with 2, and 1 signed");
    assert_eq!(
        verdict(&signed(Body::SetSigningPolicy(3), 2), &event),
        Ok(())
    );
}
