//! The scenarios of `fixtures/scenarios/`, each told three ways: to the pure law, over HTTP to a whole registry, and to a
//! reader offline who has nothing but an evidence file and the key of the log.
//!
//! The law and the registry must give the same answers to every step, and write the same log byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;

use greenlien::domain::authority::matrix::MATRIX;
use greenlien::domain::facts::StateKey;
use greenlien::domain::finding::Code;
use greenlien::domain::party::Role;
use greenlien::domain::right::Identity;
use greenlien::service::alerts::AlertKind;
use greenlien::service::notices::Noticed;

use crate::scenario::parser::{Step, parse};
use crate::scenario::players::Named;
use crate::scenario::runner::{Told, play};
use crate::second_verifier::{Both, ask};
use crate::support::house::{House, answer_of, submission};
use crate::support::papers::{emission, flow, line, pledge, span};
use crate::support::play::seal;
use crate::support::{Actor, Answer, Play, World};

/// Makes one test of each file, and the list of them.
macro_rules! scenarios {
    ($($name:ident)*) => {
        /// The names of the files.
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(#[test]
        fn $name() {
            tell(stringify!($name));
        })*
    };
}

scenarios! {
    acts_by_state
    acts_by_state_flow
    acts_by_state_forest
    acts_by_state_sink
    alerts
    annulled_revocation
    collateral_added
    conversions
    court_ordered_assignment
    after_a_merger
    alerts_of_everybody
    agreed_sales
    attested_consents
    bureau_splits
    deep_stacks
    determination_period
    door
    flow_parts
    four_cells
    found_by_sequences
    erasure
    extended_part
    key_disputes
    key_recovery
    large_ground
    later_rights
    later_steps
    keys_over_time
    kind_energy_contract
    kind_forest_compensation
    kind_mining
    kind_water_use
    lapse
    no_way_round
    notes_give_way
    limits
    log_key
    longer_rights
    loss_of_ground
    loss_of_sink
    lost_keys
    objections
    court_orders
    offers_with_room
    overhangs
    parts_of_a_claim
    parties_and_keys
    party_names
    party_splits
    policies
    policies_that_open
    ranks_on_new_days
    regressions
    renewals
    reservations
    right_states
    right_terms
    s01_partial_pledge
    s02_merger
    s03_split
    s04_carry_over
    s05_allowances
    s05_surrender
    s06_forest_parcels
    s07_by_number
    s07_disputed_ground
    s07_parcel_lists
    s07_same_ground
    s07_small_parcels
    s07_sinks
    s07_tonnes_and_prices
    s08_wrong_bank
    s09_court_freeze
    s09_disposal
    s09_execution
    s09_sink_years
    s10_backdating
    s11_compensation
    s11_revoked_right
    s12_second_rank
    s12_share_of_value
    s13_maximum_amount
    s14_price_falls
    s15_shares
    s15_subrogation
    s15_verification
    s16_registrar_error
    s17_race
    s18_dual_registration
    s18_other_registers
    several_rights
    sink_units
    syndicate
    spatial_truth
    succession
    succession_of_acts
    terms
    transfers
    used_years
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
}

pub(crate) fn steps(name: &str) -> Vec<Step> {
    let path = folder().join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap();
    parse(&format!("{name}.txt"), &text)
}

/// The names of all scenarios.
pub(crate) fn names() -> &'static [&'static str] {
    NAMES
}

/// The log that the pure law makes of a scenario.
pub(crate) fn log(name: &str) -> Vec<Vec<u8>> {
    world(name).entries().to_vec()
}

/// The registry in memory at the end of a scenario.
pub(crate) fn world(name: &str) -> World {
    let mut world = World::new();
    play(&mut world, &steps(name));
    world
}

/// Tells a scenario three ways.
fn tell(name: &str) {
    let steps = steps(name);
    let mut world = World::new();
    let pure = play(&mut world, &steps);
    assert_eq!(world.replayed().root(), world.machine().root());
    world.check_fold();

    let mut house = House::new();
    let served = play(&mut house, &steps);
    assert_eq!(pure.answers, served.answers);
    // The pure law has no clock that could go wrong, so its log differs after one did.
    if steps.iter().all(|step| step.verb != "clock") {
        assert!(world.entries() == house.entries(), "the logs differ");
    }
    verify_offline(&house, &served);
    house.close();
}

/// Verifies, twice, the evidence of every right and every pledge of the scenario, and the absence of an identity nobody has.
fn verify_offline(house: &House, told: &Told) {
    let subject = |named: &Named| match named {
        Named::Right(id, ..) => Some(StateKey::Right(*id)),
        Named::Pledge(id, ..) => Some(StateKey::Pledge(*id)),
        Named::Reservation(..) | Named::Freeze(..) | Named::Entry(_) => None,
    };
    let nobody = StateKey::Identity(Identity {
        scheme: "energy-certificate".to_owned(),
        value: "渝用能(2099)001号".to_owned(),
    });
    let mut both = Both::new();
    // Of a right that stands for hundreds of its like, the first speaks for all.
    let subjects = told.names.distinct().filter_map(subject);
    for subject in subjects.chain([nobody]) {
        let file = house.evidence(&subject);
        let verdict = both.verify(&subject.to_string(), file.as_bytes(), &house.reader());
        assert!(verdict.holds(), "{subject}: {:?}", verdict.failure());
        assert!(!verdict.statements.is_empty(), "{subject}");
        if let StateKey::Right(id) = subject {
            ask(&mut both, house, id);
        }
    }
    both.agree();
}

#[test]
fn every_file_is_told() {
    let files = std::fs::read_dir(folder()).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let is_scenario = path.extension().is_some_and(|extension| extension == "txt");
        is_scenario.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
    };
    let files: BTreeSet<String> = files.filter_map(name).collect();
    let told: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(files, told);
}

#[test]
fn every_finding_occurs_in_a_scenario() {
    let steps = NAMES.iter().flat_map(|name| steps(name));
    let codes = |step: Step| [step.outcome.codes(), step.codes_beside()].concat();
    let told: BTreeSet<u16> = steps.flat_map(codes).collect();
    let law = Code::ALL.iter().map(|code| code.number());
    // What the law does not say and the service notices has its numbers in the same catalogue.
    let noticed = Noticed::ALL.into_iter().map(Noticed::code);
    let law: BTreeSet<u16> = law.chain(noticed).collect();
    let missing: Vec<&u16> = law.difference(&told).collect();
    let unknown: Vec<&u16> = told.difference(&law).collect();
    assert!(missing.is_empty(), "in no scenario: {missing:?}");
    assert!(unknown.is_empty(), "not in the law: {unknown:?}");
}

#[test]
fn every_kind_of_alert_is_streamed_in_a_scenario() {
    let streamed = steps("alerts")
        .into_iter()
        .filter(|step| step.verb == "streamed");
    let lists = streamed.filter_map(|step| step.parts[0].peek("alerts"));
    let told: BTreeSet<String> = lists
        .flat_map(|list| list.split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter(|kind| kind != "-")
        .collect();
    // A crossed price line rests on an opening that the reader presents.
    let kinds = AlertKind::ALL
        .iter()
        .filter(|kind| **kind != AlertKind::PriceLine);
    let wanted: BTreeSet<String> = kinds.map(|kind| kind.name().to_owned()).collect();
    assert_eq!(told, wanted);
}

/// Commands that concern neither a right nor a pledge, and so meet none of its states.
const OF_THE_REGISTER: [&str; 17] = [
    "admit_party",
    "add_key",
    "revoke_key",
    "set_signing_policy",
    "rotate_key",
    "set_signing_rules",
    "dispute_entries",
    "resolve_dispute",
    "recover_party",
    "veto_recovery",
    "complete_recovery",
    "rotate_log_key",
    "erase",
    "change_party",
    "merge_parties",
    "split_party",
    "adopt_policy",
];

#[test]
fn every_command_is_asked_in_every_state_of_a_stock() {
    every_command_is_asked("acts_by_state");
}

#[test]
fn every_command_is_asked_in_every_state_of_a_flow() {
    every_command_is_asked("acts_by_state_flow");
}

#[test]
fn every_command_is_asked_in_every_state_of_ground() {
    every_command_is_asked("acts_by_state_forest");
}

#[test]
fn every_command_is_asked_in_every_state_of_years_of_a_sink() {
    every_command_is_asked("acts_by_state_sink");
}

/// Each command in each of the four states, with an answer that the state has something to do with.
fn every_command_is_asked(name: &str) {
    let text = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let steps = steps(name);
    let told = play(&mut World::new(), &steps);
    let commands = MATRIX.iter().map(|row| row.command);
    let wanted: BTreeSet<&str> = commands
        .filter(|command| !OF_THE_REGISTER.contains(command))
        .collect();
    assert_eq!(wanted.len() + OF_THE_REGISTER.len(), MATRIX.len());
    let begins = |(n, line): (usize, &str)| {
        let (state, _) = line.strip_prefix("# [")?.split_once(']')?;
        Some((n, state.to_owned()))
    };
    let states: Vec<(usize, String)> = text.lines().enumerate().filter_map(begins).collect();
    let names: Vec<&str> = states.iter().map(|(_, state)| &**state).collect();
    assert_eq!(names, ["frozen", "waiting", "overhang", "objected"]);
    for (nth, (first, state)) in states.iter().enumerate() {
        let end = states.get(nth + 1).map_or(usize::MAX, |(next, _)| *next);
        let is_here = |place: &str| {
            let (_, line) = place.split_once(':').unwrap();
            (*first..end).contains(&line.parse().unwrap())
        };
        // A row that only says that nothing is there to act on says nothing about the state.
        let meets = |place: &str| {
            let step = steps.iter().find(|step| step.place == place).unwrap();
            let codes = step.outcome.codes();
            codes.is_empty() || !codes.iter().all(|code| [2_017, 6_015].contains(code))
        };
        let here = told
            .asked
            .iter()
            .filter(|(place, _)| is_here(place) && meets(place));
        let asked: BTreeSet<&str> = here.map(|(_, command)| *command).collect();
        assert_eq!(asked, wanted, "{name}: {state}");
    }
}

/// S17: two banks ask for 70 of 120 at the same moment, on two connections. Exactly one gets it, the other is shown the
/// winner's line and what is left, and who sends again is told the same.
#[test]
fn of_two_banks_at_the_same_moment_one_wins() {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["emission"]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let banks = ["bank-a", "bank-b"].map(|name| house.admit(name, &[Role::Bank], &[]));
    let days = span("2026-01-01", "2031-01-01");
    for round in 0..8 {
        let mut right = emission(&mill, "COD", "120", days);
        right.identities[0].value = format!("{}00{round}W|COD", mill.credit_code);
        let right = house.issue(&bureau, right);
        let mut body = |bank: &Actor| {
            let body = pledge(&mill, vec![line(right, flow("70", "t/a", days))]);
            let keys = [bank, &mill].map(|actor| actor.signers());
            let keys: Vec<_> = keys.iter().flatten().collect();
            let signers: Vec<_> = keys.iter().map(|(org, role, _)| (*org, *role)).collect();
            let command = house.draft(bank.party, body, &signers, &[]);
            let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, *key)).collect();
            submission(&seal(&command, &keys), &[])
        };
        let bodies = [body(&banks[0]), body(&banks[1])];
        let send = |body: &String| {
            let client = house.client().clone();
            let body = body.clone();
            thread::spawn(move || answer_of(&client.post("/v1/commands", &body).unwrap()))
        };
        let racing: Vec<_> = bodies.iter().map(send).collect();
        let answers: Vec<Answer> = racing
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect();
        let winner = answers.iter().position(Answer::is_accepted).unwrap();
        let loser = &answers[1 - winner];
        assert_eq!(loser.refusals(), [3_002]);
        let finding = loser.finding(Code::DoublePledgeFlow);
        assert_eq!(
            finding.conflicts,
            [format!("{}.0", answers[winner].pledge())]
        );
        let again: Vec<Answer> = bodies
            .iter()
            .map(|body| send(body).join().unwrap())
            .collect();
        assert_eq!(again, answers);
        house.check_ledger();
    }
    house.close();
}

#[test]
fn the_head_of_every_scenario_says_where_its_rule_is_from() {
    let (laws, of) = (
        ["民法典", "管理办法", "DOMAIN", "ARCHITECTURE"],
        ["Civil Code", "Measures", "DOMAIN", "ARCHITECTURE"],
    );
    for name in NAMES {
        let text = std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        let head = head.join("\n");
        assert!(laws.iter().any(|law| head.contains(law)), "{name}: 依据?");
        assert!(of.iter().any(|law| head.contains(law)), "{name}: source?");
    }
}
