//! Evidence files of a real registry: every kind of subject verifies, and every single flipped byte is caught.

use greenlien::domain::facts::StateKey;
use greenlien::domain::party::Role;
use greenlien::domain::right::Identity;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::primitives::id::{PledgeId, RightId};
use greenlien::verify::checks::{Trust, verify};
use greenlien::verify::verdict::{Finish, Verdict};

use crate::support::papers::{self, span};
use crate::support::{Local, Play as _};

/// What a reader of the registry trusts: its log key, and no witnesses.
pub(crate) fn trust(local: &Local) -> Trust {
    let text = format!("log {}\nquorum none\n", local.registry.genesis().log_vkey);
    let policy = TrustPolicy::parse(&text).unwrap();
    Trust {
        policy,
        old: None,
        now: None,
        age_seconds_max: None,
    }
}

/// A registry with a flow that carries two pledges, and a forest parcel with a neighbor and a sink.
fn story(folder: &std::path::Path) -> (Local, RightId, PledgeId, RightId) {
    let mut local = Local::create(folder);
    let bureau = local.admit(
        "bureau",
        &[Role::Authority],
        &["carbon_sink", "emission", "forest"],
    );
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let bank = local.admit("bank", &[Role::Bank], &[]);
    let days = span("2026-01-01", "2051-01-01");
    let flow = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    let taken = papers::line(
        flow,
        papers::flow("80", "t/a", span("2027-03-01", "2028-02-29")),
    );
    let first = local
        .submit(&bank, papers::pledge(&mill, vec![taken]), &[&mill], &[])
        .pledge();
    let taken = papers::line(
        flow,
        papers::flow("120", "t/a", span("2028-02-29", "2030-01-01")),
    );
    local
        .submit(&bank, papers::pledge(&mill, vec![taken]), &[&mill], &[])
        .pledge();
    let unit = papers::unit_number(1);
    let ground = papers::rectangle(0, 0, 50_000, 50_000);
    let forest = local.issue(
        &bureau,
        papers::forest(&mill, &unit, "商品林", ground, days),
    );
    let ground = papers::rectangle(50_000, 0, 50_000, 50_000);
    let next = papers::unit_number(2);
    local.issue(
        &bureau,
        papers::forest(&mill, &next, "商品林", ground, days),
    );
    local.issue(
        &bureau,
        papers::sink(&mill, "500113-LYTH-2026-001", &[&unit], (2027, 2036)),
    );
    (local, flow, first, forest)
}

fn check(file: &str, trust: &Trust) -> Verdict {
    verify(file.as_bytes(), trust)
}

#[test]
fn a_right_a_pledge_and_an_absence_verify_offline() {
    let folder = tempfile::tempdir().unwrap();
    let (local, flow, pledge, forest) = story(&folder.path().join("data"));
    let trust = trust(&local);
    let nobody = Identity {
        scheme: "sink-project".to_owned(),
        value: "500113-NONE".to_owned(),
    };
    for subject in [
        StateKey::Right(flow),
        StateKey::Right(forest),
        StateKey::Pledge(pledge),
        StateKey::Identity(nobody),
    ] {
        let file = local.registry.evidence(&subject, None).unwrap();
        let verdict = check(&file, &trust);
        assert!(verdict.holds(), "{subject}: {:#?}", verdict.checks);
        assert!(!verdict.statements.is_empty());
        let uncovered = |name: &str| {
            verdict
                .checks
                .iter()
                .any(|c| c.name == name && matches!(c.finish, Finish::NotCovered(_)))
        };
        assert!(uncovered("witnesses") && uncovered("law"));
    }
}

#[test]
fn an_older_checkpoint_is_a_prefix_and_another_log_is_a_fork() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = Local::create(&folder.path().join("data"));
    let old = local.registry.published();
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    let file = local
        .registry
        .evidence(&StateKey::Right(right), Some(old.size))
        .unwrap();
    let mut trust = trust(&local);
    trust.old = Some(old.checkpoint.to_string());
    let verdict = check(&file, &trust);
    assert!(verdict.holds(), "{:#?}", verdict.checks);
    // The same key signs another beginning: a reader who keeps the old checkpoint sees it.
    let other = Local::create(&folder.path().join("other"));
    trust.old = Some(other.registry.published().checkpoint.to_string());
    let verdict = check(&file, &trust);
    assert_eq!(
        verdict.failure().map(|check| check.name),
        Some("older checkpoint")
    );
}

#[test]
fn every_flipped_byte_of_a_file_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let mut local = Local::create(&folder.path().join("data"));
    let bureau = local.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = local.admit("mill", &[Role::Holder], &[]);
    let days = span("2026-01-01", "2031-01-01");
    let right = local.issue(&bureau, papers::emission(&mill, "COD", "120", days));
    let file = local
        .registry
        .evidence(&StateKey::Right(right), None)
        .unwrap()
        .into_bytes();
    let trust = trust(&local);
    assert!(verify(&file, &trust).holds());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (file, trust) = (&file, &trust);
            scope.spawn(move || {
                let mut flipped = file.clone();
                for at in (worker..file.len()).step_by(workers) {
                    // The lowest bit keeps digits digits and most letters letters, the hardest change to notice.
                    flipped[at] ^= 1;
                    let verdict = verify(&flipped, trust);
                    assert!(
                        !verdict.holds(),
                        "byte {at} of {} changed unseen",
                        file.len()
                    );
                    flipped[at] ^= 1;
                }
            });
        }
    });
}
