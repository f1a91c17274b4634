//! Refused commands are entries too, so each party may have so many of them and no more: the next is not decided.

use std::sync::Arc;

use greenlien::domain::command::Body;
use greenlien::domain::envelope::Envelope;
use greenlien::domain::party::Role;
use greenlien::primitives::time::{Clock, FixedClock};
use greenlien::service::options::Options;
use greenlien::service::quota::Allowance;
use greenlien::service::{Answer, Registry, SubmitFault};

use crate::support::local::Local;
use crate::support::papers::{self, flow, instant, line, span};
use crate::support::play::{Play as _, seal};
use crate::support::{Actor, cast};

const BURST: u64 = 3;
const REFILL_SECONDS: u64 = 10;

/// A command whose only giver is the party, over more than the right has.
fn too_much(local: &mut Local, bank: &Actor, body: Body) -> Envelope {
    let signers: Vec<_> = bank
        .signers()
        .iter()
        .map(|(org, role, _)| (*org, *role))
        .collect();
    let command = local.draft(bank.party, body, &signers, &[]);
    let keys: Vec<_> = bank
        .signers()
        .iter()
        .map(|(_, role, key)| (*role, *key))
        .collect();
    seal(&command, &keys)
}

fn send(local: &Local, envelope: &Envelope) -> Answer {
    let verified = local
        .registry
        .verify(envelope.to_json(), Vec::new())
        .unwrap();
    local.registry.submit_and_wait(verified)
}

#[test]
fn a_party_has_so_many_refusals_and_its_repeats_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let start = instant("2026-12-01T02:00:00Z");
    let clock = Arc::new(FixedClock::new(start));
    let shared: Arc<dyn Clock> = clock.clone();
    let options = Options {
        refusals: Some(Allowance {
            burst: BURST,
            refill_seconds: REFILL_SECONDS,
        }),
        ..Options::TEST
    };
    let path = folder.path().join("data");
    let made = Registry::create_with(&path, cast::genesis(), cast::log_key(), shared, options);
    let mut local = Local::on(Arc::new(made.unwrap()), clock.clone());
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let banks = ["bank-a", "bank-b"].map(|name| local.admit(name, &[Role::Bank], &[]));
    let days = span("2026-01-01", "2031-01-01");
    let right = local.issue(&bureau, papers::emission(&mill, "COD", "100", days));
    let body = || {
        // Without the consent of the pledgor, so it is refused, whatever it asks for.
        let extent = flow("10", "t/a", span("2027-01-01", "2028-01-01"));
        papers::pledge(&mill, vec![line(right, extent)])
    };
    let [a, b] = &banks;
    let mut refused = Vec::new();
    for _ in 0..BURST {
        let envelope = too_much(&mut local, a, body());
        let index = send(&local, &envelope).unwrap().index;
        refused.push((envelope, index));
    }
    let size = local.registry.published().size;
    let envelope = too_much(&mut local, a, body());
    for _ in 0..3 {
        match send(&local, &envelope) {
            Err(SubmitFault::TooManyRefusals(seconds)) => assert_eq!(seconds, REFILL_SECONDS),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(local.registry.published().size, size, "nothing was written");
    // Whoever waits for an answer gets it, and nobody else waits.
    for (envelope, index) in &refused {
        let again = send(&local, envelope).unwrap();
        assert!(again.repeated && again.index == *index);
    }
    let other = too_much(&mut local, b, body());
    assert!(send(&local, &other).is_ok());
    // The same bytes are decided once there is room.
    clock.set(start.plus_seconds(REFILL_SECONDS));
    let decided = send(&local, &envelope).unwrap();
    assert!(!decided.repeated);
    let next = too_much(&mut local, a, body());
    assert!(matches!(
        send(&local, &next),
        Err(SubmitFault::TooManyRefusals(_))
    ));
}
