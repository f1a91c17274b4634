//! What tests that play whole histories share: a cast with keys, papers to submit, and a registry in memory.
//!
//! [`Play`] is what a registry offers to an institution; [`World`] is the pure one, without store, threads or network. A
//! registry behind HTTP can be a second `Play`, and every story written against the trait then runs on both.
//!
//! ```text
//! let mut world = World::new();
//! let bureau = world.admit("bureau", &[Role::Authority], &["emission"]);
//! let mill = world.admit("mill", &[Role::Holder], &[]);
//! let bank = world.admit("bank", &[Role::Bank], &[]);
//! let span = span("2026-01-01", "2031-01-01");
//! let right = world.issue(&bureau, papers::emission(&mill, "COD", "120", span));
//! let body = papers::pledge(&mill, vec![papers::line(right, papers::flow("80", "t/a", span))]);
//! let answer = world.submit(&bank, body, &[&mill], &[]);
//! assert_eq!(answer.refusals(), [0; 0]);
//! ```

pub(crate) mod cast;
pub(crate) mod cosigner;
pub(crate) mod feed;
pub(crate) mod house;
pub(crate) mod local;
pub(crate) mod logged;
pub(crate) mod papers;
pub(crate) mod person;
pub(crate) mod play;
pub(crate) mod witness;
pub(crate) mod world;

pub(crate) use cast::Actor;
pub(crate) use local::Local;
pub(crate) use logged::logged;
pub(crate) use play::{Answer, Play};
pub(crate) use world::World;

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// Runs a script in node with one argument, and fails with what it says.
pub(crate) fn run_in_node(script: &Path, argument: &OsStr) {
    let node = std::env::var("GREENLIEN_NODE").unwrap_or_else(|_| "node".to_owned());
    let output = Command::new(&node).arg(script).arg(argument).output();
    let output =
        output.unwrap_or_else(|fault| panic!("{node}: {fault}; `make node` installs node"));
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complaint}");
}

/// Returns a page as a person reads it: a day or a number that must not be broken stands in a `span` of its own, which says
/// nothing. Whatever is no page stays as it is.
pub(crate) fn as_read(text: &str) -> String {
    const OPEN: &str = "<span class=\"nb\">";
    let text = text.replace("<span class=\"nb id\">", OPEN);
    let mut parts = text.split(OPEN);
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        read.push_str(&part.replacen("</span>", "", 1));
    }
    without_labels(&read.replace("<table data-stacks", "<table"))
}

/// The names of columns at cells are for the style of phones.
fn without_labels(text: &str) -> String {
    let mut parts = text.split(" data-label=\"");
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        read.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    read
}
