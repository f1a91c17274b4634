//! The log changes its key: both sign during the overlap, the new one alone after it, and a server without a key that must
//! sign neither takes the change nor starts.

use std::path::Path;
use std::sync::Arc;

use greenlien::cli::feeding;
use greenlien::domain::command::{Body, PartyAct};
use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::ledger::checkpoint::Checkpoint;
use greenlien::ledger::note::{CosignatureKey, NoteKey};
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::RightId;
use greenlien::primitives::time::{Clock as _, FixedClock};
use greenlien::service::audit::audit;
use greenlien::service::doctor::{Doctor, Outside, Standing};
use greenlien::service::options::Options;
use greenlien::service::{Registry, ServiceFault};
use greenlien::verify::checks::{Trust, verify};

use crate::support::cast::{self, ORIGIN};
use crate::support::papers::{self, instant, span};
use crate::support::play::Answer;
use crate::support::{Actor, Local, Play as _};

const HOUR: u64 = 3_600;

fn options(further: Vec<SecretKey>) -> Options {
    Options {
        further_log_keys: further.into_iter().map(Arc::new).collect(),
        ..Options::TEST
    }
}

fn open(
    folder: &Path,
    clock: &Arc<FixedClock>,
    key: SecretKey,
    further: Vec<SecretKey>,
) -> Result<Local, ServiceFault> {
    let of_registry: Arc<FixedClock> = Arc::clone(clock);
    let registry = Registry::open_with(folder, key, of_registry, options(further))?;
    let of_player: Arc<FixedClock> = Arc::clone(clock);
    Ok(Local::on(Arc::new(registry), of_player))
}

/// The change to the next key, with an overlap of one hour.
fn change(local: &mut Local, bureau: &Actor, bank: &Actor) -> Answer {
    let next = cast::next_log_key();
    let message = PartyAct::log_key_message(&local.audience(), &next.public());
    let act = PartyAct::RotateLogKey {
        key: next.public(),
        overlap_seconds: HOUR,
        proof: next.sign(&message),
    };
    let registrar = cast::registrar();
    let body = Body::OfParty(Box::new(act));
    local.submit(&registrar, body, &[bureau, bank], &[])
}

/// Which of the two keys have signed the published checkpoint.
fn signers(local: &Local) -> [bool; 2] {
    let note = local.registry.published().checkpoint.to_string();
    [cast::log_key(), cast::next_log_key()].map(|key| {
        let key = NoteKey::new(ORIGIN, key.public()).unwrap();
        Checkpoint::open(&note, &[key], ORIGIN).is_ok()
    })
}

/// What a reader finds who trusts these keys of the log.
fn is_believed(local: &Local, right: RightId, keys: &[SecretKey]) -> bool {
    let line = |key: &SecretKey| format!("log {}\n", vkey(key));
    let logs: String = keys.iter().map(line).collect();
    let trust = Trust {
        policy: TrustPolicy::parse(&format!("{logs}quorum none\n")).unwrap(),
        old: None,
        now: None,
        age_seconds_max: None,
    };
    let file = local
        .registry
        .evidence(&StateKey::Right(right), None)
        .unwrap();
    verify(file.as_bytes(), &trust).holds()
}

fn vkey(key: &SecretKey) -> String {
    NoteKey::new(ORIGIN, key.public()).unwrap().vkey()
}

/// After the overlap of a rotation the old key is nobody's business any more, for `serve` and for doctor.
fn the_file_of_the_witnesses_names_a_key_of_now(path: &Path, clock: &Arc<FixedClock>) {
    let (old, new) = (cast::log_key(), cast::next_log_key());
    let witness = CosignatureKey::new("w", SecretKey::from_seed(&[5; 32]).public()).unwrap();
    let file = |keys: &[&SecretKey]| {
        let line = |key: &&SecretKey| format!("log {}\n", vkey(key));
        let logs: String = keys.iter().map(line).collect();
        let text = format!(
            "{logs}witness w {} http://127.0.0.1:1/\nquorum w\n",
            witness.vkey()
        );
        TrustPolicy::parse(&text).unwrap()
    };
    for (keys, is_good) in [
        (vec![&new], true),
        (vec![&old, &new], true),
        (vec![&old], false),
    ] {
        let policy = file(&keys);
        let outside = Outside {
            witnesses: Some(policy.clone()),
            ..Outside::default()
        };
        let doctor = Doctor::open(path).unwrap();
        let found = doctor.examine(clock.now(), &outside).unwrap();
        let found = found.iter().find(|one| one.name == "file of the witnesses");
        let standing = if is_good {
            Standing::Good
        } else {
            Standing::Refused
        };
        assert_eq!(found.unwrap().standing, standing, "{found:?}");
        drop(doctor);
        let options = Options {
            witnesses: Some(policy),
            ..Options::TEST
        };
        let of_registry: Arc<FixedClock> = Arc::clone(clock);
        let opened = Registry::open_with(path, cast::next_log_key(), of_registry, options);
        assert_eq!(opened.is_ok(), is_good);
        if let Ok(registry) = opened {
            registry.stop();
        }
    }
    // Both keys are given while both sign, in any order, and the file may name either.
    let held = [old, new];
    for key in &held {
        assert_eq!(feeding::own_origin(&file(&[key]), &held).unwrap(), ORIGIN);
    }
    assert!(feeding::own_origin(&file(&[&held[0]]), &held[1..]).is_err());
}

#[test]
fn the_log_changes_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry");
    let clock = Arc::new(FixedClock::new(instant("2026-12-01T02:00:00Z")));
    let of_registry: Arc<FixedClock> = Arc::clone(&clock);
    let made = Registry::create(&path, cast::genesis(), cast::log_key(), of_registry).unwrap();
    let of_player: Arc<FixedClock> = Arc::clone(&clock);
    let mut local = Local::on(Arc::new(made), of_player);
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let bank = local.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));

    // A server that cannot sign with the successor does not take the change.
    match change(&mut local, &bureau, &bank) {
        Answer::Faulty(fault) => assert_eq!(fault.field, "body.key"),
        other @ Answer::Decided { .. } => panic!("{other:?}"),
    }
    local.registry.stop();
    drop(local);
    let (old, new) = (cast::log_key, cast::next_log_key);
    let mut local = open(&path, &clock, old(), vec![new()]).unwrap();
    assert_eq!(signers(&local), [true, false]);
    assert!(change(&mut local, &bureau, &bank).is_accepted());
    assert_eq!(signers(&local), [true, true]);
    for keys in [vec![old()], vec![new()], vec![old(), new()]] {
        assert!(is_believed(&local, right, &keys));
    }
    assert!(!is_believed(
        &local,
        right,
        &[SecretKey::from_seed(&[3; 32])]
    ));
    local.registry.stop();
    drop(local);

    // During the overlap both must be there.
    for alone in [old(), new()] {
        let refused = open(&path, &clock, alone, Vec::new()).err().unwrap();
        assert!(refused.to_string().contains("was not given"), "{refused}");
        assert!(matches!(refused, ServiceFault::LogKey(_)), "{refused:?}");
    }
    let mut local = open(&path, &clock, new(), vec![old()]).unwrap();
    assert_eq!(signers(&local), [true, true]);
    let both = [vkey(&old()), vkey(&new())];
    assert_eq!(local.registry.signing_vkeys(), both);

    // After it the new one alone signs, and the old one is not needed.
    clock.set(clock.now().plus_seconds(HOUR + 60));
    local.issue(&bureau, papers::emission(&mill, "NH3-N", "5", days));
    assert_eq!(signers(&local), [false, true]);
    assert!(is_believed(&local, right, &[new()]));
    assert!(is_believed(&local, right, &[old(), new()]));
    assert!(!is_believed(&local, right, &[old()]));
    local.registry.stop();
    drop(local);
    assert!(open(&path, &clock, old(), Vec::new()).is_err());
    let local = open(&path, &clock, new(), Vec::new()).unwrap();
    assert_eq!(signers(&local), [false, true]);
    assert_eq!(local.registry.signing_vkeys(), [vkey(&new())]);
    local.registry.stop();
    drop(local);
    the_file_of_the_witnesses_names_a_key_of_now(&path, &clock);
    assert!(audit(&path, &mut |_, _| {}).unwrap().is_ok());
}
