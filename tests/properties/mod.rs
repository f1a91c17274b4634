//! Random sequences of commands, decided by the registry and by the slow reference model.
//!
//! `PROPTEST_CASES=1000` plays more of them, `PROPTEST_RNG_SEED=7` others; without them the same ones are played every time.
//! A failing sequence is shrunk.

mod acts;
mod compare;
mod district;
mod found;
mod stage;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use acts::Act;
use stage::Stage;

use crate::support::Play as _;

/// How many sequences are played unless the environment says otherwise.
const CASES: u32 = 200;

fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

fn runner() -> TestRunner {
    let cases = cases();
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_261_201),
        RngSeed::Fixed(seed) => RngSeed::Fixed(seed),
    };
    TestRunner::new(Config {
        cases,
        rng_seed,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 60_000,
        ..default
    })
}

/// How often each act was accepted, and each check refused.
type Counts = BTreeMap<String, usize>;

fn play(mut stage: Stage, acts: &[Act], counts: &RefCell<Counts>) {
    for act in acts {
        let at = stage.world.now();
        let Some((answer, reasons)) = stage.play(act) else {
            continue;
        };
        compare::same_answer(&answer, &reasons);
        compare::same_state(&stage, at);
        compare::nothing_is_pledged_twice(&stage, at);
        let mut counts = counts.borrow_mut();
        if answer.is_accepted() {
            let name = answer.event().type_name().to_owned();
            *counts.entry(name).or_default() += 1;
        }
        for code in answer.refusals() {
            *counts.entry(code.to_string()).or_default() += 1;
        }
    }
    compare::the_log_tells_it_all(&stage.world);
}

#[test]
fn the_law_agrees_with_the_slow_model_and_nothing_is_pledged_twice() {
    let stage = Stage::new();
    let counts = RefCell::new(Counts::new());
    let result = runner().run(&acts::sequence(), |acts| {
        play(stage.clone(), &acts, &counts);
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, acts)) => {
            let acts: Vec<String> = acts.iter().map(|act| format!("{act:?}")).collect();
            panic!("{reason}\n{}", acts.join("\n"));
        }
        Err(failure) => panic!("{failure}"),
    }
    if cases() < CASES {
        return;
    }
    // The sequences must be worth the comparison: everything that can happen happens, and more than once.
    for (what, least) in [
        ("pledge_registered", 200),
        ("pledge_amended", 25),
        ("amend_pledge", 25),
        ("pledge_extended", 10),
        ("extend_pledge", 5),
        ("pledge_released", 100),
        ("reserved", 50),
        ("reservation_cancelled", 10),
        ("right_adjusted", 40),
        ("right_revoked", 5),
        ("frozen", 40),
        ("unfrozen", 10),
        ("2002", 5),
        ("2003", 10),
        ("2009", 3),
        ("2010", 10),
        ("2014", 10),
        ("2017", 3),
        ("3001", 20),
        ("3002", 50),
        ("3004", 10),
        ("3008", 20),
        ("3009", 20),
        ("3010", 10),
        ("4002", 20),
        ("4007", 10),
        ("4008", 10),
        ("5003", 5),
        ("5005", 20),
        ("5008", 10),
        ("6004", 10),
        ("6007", 5),
        ("6008", 10),
        ("9001", 10),
    ] {
        let count = counts.borrow().get(what).copied().unwrap_or(0);
        assert!(count >= least, "{what}: {count} of at least {least}");
    }
}
