//! The targets of the fuzzer, which are those that the tests of greenlien replay.

#[path = "../../tests/fuzzing/targets.rs"]
mod targets;

/// Runs a target by its name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.unwrap_or_else(|| panic!("no target {name}"));
    target(bytes);
}
