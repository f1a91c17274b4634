//! Clocks that jump: time never goes back, and goes far forward only when an operator says that it is right.

use greenlien::cli::keyfile::write_key;
use greenlien::domain::party::Role;
use greenlien::service::ServiceFault;
use greenlien::service::audit::audit;
use greenlien::service::doctor::{Doctor, Outside, Standing};
use greenlien::service::options::{Options, StopCause};
use greenlien::service::timing::TimeSteps;

use super::whole::{Running, get};
use super::{after, create, open, try_admission, until};
use crate::cli::program;
use crate::support::{Actor, Local, Play as _, cast};

fn limited() -> Options {
    Options {
        time_steps: TimeSteps::Limited,
        ..Options::TEST
    }
}

#[test]
fn a_step_of_more_than_five_minutes_stops_the_registry_until_an_operator_acknowledges_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let (registry, clock) = create(&path, limited());
    let mut play = Local::on(registry.clone(), clock.clone());
    // A new log may begin whenever it is first used, and then goes on in small steps.
    clock.set(after(86_400));
    play.admit("bank-a", &[Role::Bank], &[]);
    clock.set(after(86_400 + 299));
    play.admit("bank-b", &[Role::Bank], &[]);
    let size = registry.published().size;
    clock.set(after(90_000));
    let admission =
        Actor::new("bank-c", &[Role::Bank]).admission(&play.audience(), &[Role::Bank], &[]);
    let answer = try_admission(&mut play, admission);
    assert!(answer.is_err(), "{answer:?}");
    until("the registry stops", || registry.is_stopped());
    assert!(matches!(
        registry.stop_cause(),
        Some(StopCause::TimeStep(_))
    ));
    assert_eq!(registry.published().size, size, "nothing was written");
    drop((play, registry));

    let fault = open(&path, &clock, limited()).err().unwrap();
    assert!(matches!(fault, ServiceFault::TimeStep(_)), "{fault}");
    let doctor = Doctor::open(&path).unwrap();
    let standing = |doctor: &Doctor| {
        let all = doctor.examine(after(90_000), &Outside::default()).unwrap();
        let time = all.into_iter().find(|one| one.name == "time").unwrap();
        time.standing
    };
    assert_eq!(standing(&doctor), Standing::Refused);
    doctor.accept_time_step(after(90_000)).unwrap();
    assert_eq!(standing(&doctor), Standing::Good);
    drop(doctor);
    // The acknowledgement is for that instant, not for any clock.
    clock.set(after(90_301));
    assert!(open(&path, &clock, limited()).is_err());
    clock.set(after(90_010));
    let registry = open(&path, &clock, limited()).unwrap();
    Local::on(registry, clock.clone()).admit("bank-c", &[Role::Bank], &[]);
    audit(&path, &mut |_, _| {}).unwrap().unwrap();
}

#[test]
fn a_heartbeat_that_would_be_a_step_stops_the_registry_too() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        heartbeat_seconds: Some(240),
        ..limited()
    };
    let (registry, clock) = create(&folder.path().join("data"), options);
    Local::on(registry.clone(), clock.clone()).admit("bank", &[Role::Bank], &[]);
    let size = registry.published().size;
    clock.set(after(3_600));
    until("the registry stops", || registry.is_stopped());
    assert_eq!(registry.published().size, size);
}

#[test]
fn after_hours_of_rest_the_program_says_what_to_run_and_it_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut local = Local::create(&data);
    local.admit("bank", &[Role::Bank], &[]);
    drop(local);
    let key = folder.path().join("log.test.key");
    write_key(&key, &cast::log_key(), None).unwrap();
    let (data, key) = (data.to_str().unwrap(), key.to_str().unwrap());
    let hours_later = ["--clock-offset", "30000"];

    let mut serve = vec![
        "serve",
        data,
        "--log-key",
        key,
        "--allow-test-keys",
        "--listen",
        "127.0.0.1:0",
    ];
    serve.extend(hours_later);
    let refused = program(&serve);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(
        refused
            .err
            .contains(&format!("greenlien doctor {data} --accept-time-step"))
    );

    let mut doctor = vec!["doctor", data];
    doctor.extend(hours_later);
    let told = program(&doctor);
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.out.contains("--accept-time-step"), "{}", told.out);
    doctor.push("--accept-time-step");
    assert_eq!(program(&doctor).code, 0);
    doctor.push("--json");
    let json: serde_json::Value = serde_json::from_str(&program(&doctor).out).unwrap();
    assert_eq!(json["starts"], true);

    let mut words = vec!["serve", data, "--log-key", key, "--heartbeat", "1"];
    words.extend(hours_later);
    let server = Running::start(&words);
    until("it beats again", || {
        let state: serde_json::Value =
            serde_json::from_str(&get(&format!("{}/v1/log", server.base))).unwrap();
        state["signed"]["size"].as_u64().unwrap() > 4
    });
}
