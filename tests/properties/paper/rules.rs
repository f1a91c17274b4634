//! The text of a kind with the rules that a sequence asks for.

use crate::model::{Carving, Handover, Ranks, Rules};
use crate::properties::district::rules_at_first;

/// The texts of the kinds, as genesis has them.
const TEXTS: [(&str, &str); 5] = [
    (
        "carbon",
        include_str!("../../../fixtures/policy/carbon.toml"),
    ),
    (
        "carbon_sink",
        include_str!("../../../fixtures/policy/carbon_sink.toml"),
    ),
    (
        "emission",
        include_str!("../../../fixtures/policy/emission.toml"),
    ),
    (
        "energy",
        include_str!("../../../fixtures/policy/energy.toml"),
    ),
    (
        "forest",
        include_str!("../../../fixtures/policy/forest.toml"),
    ),
];

fn word(ranks: Ranks) -> &'static str {
    match ranks {
        Ranks::Exclusive => "exclusive",
        Ranks::Open => "ranked",
        Ranks::WithConsent => "ranked_with_consent",
    }
}

/// The number of the first text of a kind.
pub(super) fn first_number(kind: &str) -> usize {
    let (_, text) = TEXTS.iter().find(|(known, _)| *known == kind).unwrap();
    let mut lines = text.lines();
    let number = lines.find_map(|line| line.strip_prefix("version = "));
    number.unwrap().parse().unwrap()
}

/// The text of a kind with these rules, under a number.
pub(super) fn text_of(rules: &Rules, number: usize) -> String {
    let text = TEXTS.iter().find(|(kind, _)| *kind == rules.kind);
    let [pledges, mortgages] = rules.ranks;
    let mut lines: Vec<String> = Vec::new();
    for line in with_tables(text.unwrap().1, rules).lines() {
        let line = match line.split_once(" = ") {
            Some(("version", _)) => format!("version = {number}"),
            Some(("second_rank", _)) => format!("second_rank = \"{}\"", word(pledges)),
            Some(("second_rank_text", _)) if !rules.cites => continue,
            Some(("second_rank_text", _)) if pledges != mortgages => {
                let of_form = format!(
                    "form_rank = [{{ form = \"抵押\", second_rank = \"{}\", second_rank_text = \"x\" }}]",
                    word(mortgages)
                );
                lines.push(of_form);
                line.to_owned()
            }
            Some(("pledgee_roles", _)) if !rules.guarantors => {
                "pledgee_roles = [\"bank\"]".to_owned()
            }
            Some(("beyond_right_end", _)) if rules.strict => {
                "beyond_right_end = \"refuse\"".to_owned()
            }
            Some(("beyond_right_end", _)) => "beyond_right_end = \"warn\"".to_owned(),
            Some(_) | None => line.to_owned(),
        };
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// A table of law 2, where the rules say something of it.
fn table(rules: &Rules, name: &str) -> Option<String> {
    let line = match name {
        "transfer" => {
            let word = match rules.transfer? {
                Handover::Free => "free",
                Handover::Consent => "consent",
                Handover::Blocked => "blocked",
            };
            format!("pledged = \"{word}\"")
        }
        "surrender" => {
            let word = match rules.carve? {
                Carving::Refuse => "refuse",
                Carving::Consent => "consent",
                Carving::Order => "order",
            };
            format!("carve_out = \"{word}\"")
        }
        "convert" => {
            let word = if rules.converts? { "holder" } else { "none" };
            format!("into = [\"carbon\"]\nconsent = \"{word}\"")
        }
        "consent" => {
            let classes = rules.attested.into_iter().zip(["\"paper\"", "\"video\""]);
            let allowed = classes.filter_map(|(is_allowed, class)| is_allowed.then_some(class));
            let allowed: Vec<&str> = allowed.collect();
            if allowed.is_empty() {
                return None;
            }
            format!("attested = [{}]", allowed.join(", "))
        }
        "longest" => format!("years = {}", rules.longest?),
        "lapse" => {
            let word = if rules.lapse? { "ends" } else { "warn" };
            format!("at_end = \"{word}\"")
        }
        other => panic!("{other}"),
    };
    Some(format!("[{name}]\n{line}\ncites = \"x\"\n"))
}

/// The text of a kind as genesis has it, with other tables where the rules are others.
fn with_tables(text: &str, rules: &Rules) -> String {
    let first = rules_at_first(rules.kind);
    let mut dropped = Vec::new();
    let mut added = String::new();
    for name in [
        "transfer",
        "surrender",
        "convert",
        "consent",
        "longest",
        "lapse",
    ] {
        let (before, after) = (table(&first, name), table(rules, name));
        if before != after {
            dropped.push(format!("[{name}]"));
            added.push_str(&after.unwrap_or_default());
        }
    }
    let mut kept = String::new();
    let mut is_dropped = false;
    for line in text.lines() {
        if line.starts_with('[') {
            is_dropped = dropped.iter().any(|name| name == line);
        }
        if !is_dropped {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept + &added
}
