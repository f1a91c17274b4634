//! Every form from its fields to the log: the form is filled in, answers yes, and what it hands to the page that signs is signed
//! with the keys of the parties that it names, submitted and accepted.

mod parties;
mod rights;

use greenlien::domain::command::Expected;
use greenlien::domain::wire::parse_question;
use greenlien::primitives::canonical::Json;
use greenlien::primitives::id::{PledgeId, RightId};
use serde_json::{Value, json};

use crate::act_pages::{orgs, prepared};
use crate::pages::Town;
use crate::support::cast::Actor;
use crate::support::play::{Answer, Play as _};

/// Signs what a form has prepared with the keys of the parties that it names, which must be among `actors`, and submits it.
pub(crate) fn carried(town: &mut Town, command: &Value, actors: &[&Actor]) -> Answer {
    let asked = json!({"body": command["body"], "org": command["org"], "type": command["type"]});
    let asked = Json::parse(asked.to_string().as_bytes()).unwrap();
    let (org, body) = parse_question(asked).unwrap();
    let signers = orgs(command);
    let of = |id: &str| {
        let mut actors = actors.iter();
        let found = actors.find(|actor| actor.party.to_string() == id);
        *found.unwrap_or_else(|| panic!("{id} signs {command}"))
    };
    let giver = of(&org.to_string());
    let others = signers.iter().filter(|id| **id != org.to_string());
    let others: Vec<&Actor> = others.map(|id| of(id)).collect();
    let none = serde_json::Map::new();
    let expect = command["expect"].as_object().unwrap_or(&none);
    let expect: Vec<(Expected, u64)> = expect
        .iter()
        .map(|(id, version)| {
            let right = RightId::parse(id).map(Expected::Right);
            let pledge = || PledgeId::parse(id).map(Expected::Pledge);
            (right.or_else(pledge).unwrap(), version.as_u64().unwrap())
        })
        .collect();
    town.house.submit(giver, body, &others, &expect)
}

/// Fills in a form, signs what it prepares, and wants it accepted.
pub(crate) fn done(town: &mut Town, path: &str, actors: &[&Actor]) -> Value {
    let command = prepared(town, path);
    let answer = carried(town, &command, actors);
    assert!(answer.is_accepted(), "{path}: {answer:?}");
    command
}
