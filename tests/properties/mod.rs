//! Random sequences of commands, decided by the registry and by the slow reference model.
//!
//! They are divided over several seeds, the same ones every time. `GREENLIEN_CASES=1000` plays more of them, `GREENLIEN_SEEDS=7,8`
//! as many again for each further seed, and `PROPTEST_RNG_SEED=7` those of that seed alone. A failing sequence is shrunk.

mod choose;
mod compare;
mod conserve;
mod dice;
mod district;
mod invariants;
mod paper;
mod stage;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use greenlien::domain::authority::matrix::MATRIX;
use greenlien::domain::finding::Code;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use conserve::Ledger;
use dice::Act;
use stage::Stage;

use crate::model::WORDS;

/// How many sequences are played unless the environment says otherwise; fewer where the program is not optimized.
const CASES: u32 = if cfg!(debug_assertions) { 600 } else { 2_000 };

fn cases() -> u32 {
    let asked = std::env::var("GREENLIEN_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

/// The seeds that every run plays.
const SEEDS: [u64; 4] = [7, 20_261_202, 31_415_926, 27_182_818];

/// The seeds of this run, and how many sequences each of them plays.
fn seeds() -> (Vec<u64>, u32) {
    let (mut seeds, of_each) = match Config::default().rng_seed {
        RngSeed::Random => {
            let count = u32::try_from(SEEDS.len()).unwrap();
            (SEEDS.to_vec(), cases().div_ceil(count))
        }
        RngSeed::Fixed(seed) => (vec![seed], cases()),
    };
    let more = std::env::var("GREENLIEN_SEEDS").unwrap_or_default();
    let more = more.split(',').filter(|seed| !seed.is_empty());
    seeds.extend(more.map(|seed| seed.trim().parse::<u64>().expect("GREENLIEN_SEEDS=7,8")));
    (seeds, of_each)
}

fn runner(seed: u64, cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 25_000,
        ..Config::default()
    })
}

/// Checks of codes, shapes, units and spans, which the door makes before the law; an unusual credit code, of which the cast has
/// none; numbers of neighbors, which no district of this size has; and units or parcels that have not begun, which nobody issues here.
const NEVER_FOUND: [u16; 10] = [1001, 1002, 1003, 1004, 2007, 2022, 3003, 3011, 4001, 7011];

/// How often the day came on which a line lapses.
const LAPSED: &str = "lines lapsed";

/// How often a sink was found on a parcel of which nobody knows where it lies.
const BY_NUMBER: &str = "found by number";

/// How often each command was accepted, and each check found something.
type Counts = BTreeMap<String, usize>;

fn play(mut stage: Stage, acts: &[Act], counts: &RefCell<Counts>) {
    for act in acts {
        let lapsed = stage.lines_that_lapsed();
        *counts.borrow_mut().entry(LAPSED.to_owned()).or_default() += lapsed;
        for order in stage.orders(act) {
            let before = Ledger::of(&stage);
            let played = stage.decide(order);
            let at = stage.world.machine().last_time();
            compare::same_answer(&played);
            compare::same_state(&stage, at);
            invariants::nothing_is_pledged_twice(&stage, at);
            invariants::pledges_are_whole(&stage);
            conserve::nothing_is_made_or_lost(&stage, &before, &played);
            let mut counts = counts.borrow_mut();
            let word = played.order.deed.word();
            let outcome = if played.answer.is_accepted() {
                format!("{word} accepted")
            } else {
                format!("{word} refused")
            };
            *counts.entry(outcome).or_default() += 1;
            for finding in played.answer.findings() {
                if finding.code == Code::VintageOverlap
                    && stage.names_a_sink_nowhere(&finding.conflicts)
                {
                    *counts.entry(BY_NUMBER.to_owned()).or_default() += 1;
                }
                *counts.entry(finding.code.number().to_string()).or_default() += 1;
            }
        }
    }
    invariants::the_log_tells_it_all(&stage.world);
}

/// What the acts of a sequence came to, for the reader of a failure.
fn told(mut stage: Stage, acts: &[Act]) -> String {
    let mut told = Vec::new();
    for act in acts {
        for order in stage.orders(act) {
            let played = stage.decide(order);
            told.push(format!(
                "{:?} -> {:?}",
                played.order,
                played.answer.refusals()
            ));
        }
    }
    told.join("\n")
}

#[test]
fn the_law_agrees_with_the_slow_model_and_nothing_is_pledged_twice() {
    let stage = Stage::new();
    let counts = RefCell::new(Counts::new());
    let (seeds, of_each) = seeds();
    for seed in seeds {
        let result = runner(seed, of_each).run(&dice::sequence(), |acts| {
            play(stage.clone(), &acts, &counts);
            Ok(())
        });
        match result {
            Ok(()) => {}
            Err(TestError::Fail(reason, acts)) => {
                panic!("seed {seed}: {reason}\n{}", told(stage, &acts));
            }
            Err(failure) => panic!("seed {seed}: {failure}"),
        }
    }
    // The sequences must be worth the comparison: a run that never comes to a check says nothing about it.
    if cases() >= CASES {
        check_counts(&counts.borrow());
    }
}

/// What this world comes to. What is found at the door, and at limits that no sequence comes to, is told by scenarios alone.
const FOUND: [u16; 103] = [
    1005, 1008, 1010, 1011, 1012, 1013, 2001, 2002, 2003, 2005, 2006, 2008, 2009, 2010, 2011, 2012,
    2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021, 3001, 3002, 3004, 3005, 3008, 3009, 3010,
    3012, 3013, 3014, 3015, 3016, 4002, 4003, 4006, 4007, 4008, 4009, 4010, 4011, 4012, 5002, 5003,
    5004, 5005, 5007, 5008, 5009, 5010, 5011, 5012, 5013, 5014, 5015, 5016, 5017, 5018, 5019, 5020,
    5021, 5022, 6001, 6002, 6004, 6005, 6006, 6007, 6008, 6009, 6010, 6011, 6012, 6013, 6014, 6015,
    6016, 6017, 6018, 6019, 6020, 7001, 7002, 7003, 7004, 7005, 7007, 7008, 7009, 7010, 7012, 7013,
    7014, 8004, 8005, 9001, 9002, 9003, 9004,
];

/// All of it was found, and every command of the law was accepted and refused.
fn check_counts(counts: &Counts) {
    let mut wanted: Vec<String> = FOUND.iter().map(u16::to_string).collect();
    for word in WORDS {
        wanted.extend(["accepted", "refused"].map(|outcome| format!("{word} {outcome}")));
    }
    // For whoever runs it with `--nocapture`: how often each was accepted and refused, and each check found something.
    eprintln!("{counts:#?}");
    wanted.extend([LAPSED, BY_NUMBER].map(str::to_owned));
    wanted.retain(|what| counts.get(what).is_none_or(|count| *count == 0));
    assert!(wanted.is_empty(), "never seen: {wanted:?} of {counts:#?}");
}

#[test]
fn the_model_knows_every_command_of_the_law() {
    let law: BTreeSet<&str> = MATRIX.iter().map(|row| row.command).collect();
    let model: BTreeSet<&str> = WORDS.into_iter().collect();
    assert_eq!(law, model);
    assert_eq!(WORDS.len(), model.len(), "no command is listed twice");
}

/// A check that no sequence comes to must have a reason to be missing.
#[test]
fn checks_that_no_sequence_finds_are_those_of_the_door_and_of_limits() {
    let found: BTreeSet<u16> = FOUND.into_iter().collect();
    let all = Code::ALL.iter().map(|code| code.number());
    let missing: BTreeSet<u16> = all.filter(|code| !found.contains(code)).collect();
    assert_eq!(missing, BTreeSet::from(NEVER_FOUND));
}
