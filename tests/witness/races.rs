//! Two histories of one log, sent by many at once: at every moment only one of them is cosigned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use greenlien::http::witness::{Post, witness_router};
use greenlien::primitives::crypto::Hash;
use greenlien::primitives::time::SystemClock;
use greenlien::witness::logs::Logs;

use super::{Fork, ORIGIN, Served, agent, get, monitoring_path, opened, post};

/// Clients at once; half of them speak for each history.
const CLIENTS: u64 = 8;
/// Steps that every client tries.
const STEPS: u64 = 25;

/// Sends ever larger checkpoints of one history, each from the size that the witness says it has.
pub(super) fn push(base: &str, what: &str, steps: u64, seen: &Mutex<BTreeMap<u64, Hash>>) -> u64 {
    let agent = agent();
    let (mut known, mut count) = (0, 0);
    for _ in 0..steps {
        for step in [1, 3] {
            let size = known + step;
            let fork = Fork::new(ORIGIN, 1, what, size);
            let Some(raw) = post(&agent, base, fork.request(known)) else {
                return count;
            };
            match raw.status {
                200 => {
                    let before = seen.lock().unwrap().insert(size, fork.head().root);
                    assert!(
                        before.is_none_or(|root| root == fork.head().root),
                        "two views of {size}"
                    );
                    known = size;
                    count += 1;
                }
                409 => known = raw.text.trim().parse().unwrap(),
                422 => {}
                other => panic!("{other}: {}", raw.text),
            }
        }
    }
    count
}

#[test]
fn two_histories_at_once_are_never_both_cosigned() {
    let folder = tempfile::tempdir().unwrap();
    let mut logs = Logs::default();
    logs.add(Fork::new(ORIGIN, 1, "", 0).key()).unwrap();
    let clock = Arc::new(SystemClock::default());
    let cosigner = opened(folder.path(), logs, clock);
    let served = Served::new(witness_router(Post {
        witness: Arc::new(cosigner),
        auditor: None,
    }));
    let seen = Mutex::new(BTreeMap::new());
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let (base, seen) = (&served.base, &seen);
                scope.spawn(move || {
                    push(base, if n % 2 == 0 { "true" } else { "false" }, STEPS, seen)
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    assert!(counts.iter().sum::<u64>() > STEPS, "the load was no load");
    let true_count = counts.iter().step_by(2).sum::<u64>();
    let false_count = counts.iter().skip(1).step_by(2).sum::<u64>();
    assert!(
        true_count == 0 || false_count == 0,
        "{true_count} and {false_count}"
    );
    let shown = get(&served.base, &monitoring_path(ORIGIN)).text;
    let largest = seen.lock().unwrap().last_key_value().map(|(size, _)| *size);
    assert_eq!(shown.lines().nth(1).unwrap().parse().ok(), largest);
}
