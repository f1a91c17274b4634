//! A command in plain words, for the person who is about to sign it.
//!
//! Everything that will be signed is said, nothing else is: names of parties, for instance, are not in the command, so only
//! their ids can be shown. Matches are exhaustive, so a command without words does not compile.

mod acts;
mod orders;

use crate::cli::describe::orders::terms_words;
use crate::domain::command::{
    AdmitParty, Body, Command, Expected, ExtentRequest, IssueRight, LineChange, LineRequest,
    OfferedKey, QuantityRequest, RegisterPledge,
};
use crate::domain::envelope::Opening;
use crate::domain::party::Role;
use crate::domain::right::BurdenId;
use crate::primitives::crypto::Hash;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;

/// Returns the lines that say what the command does.
pub fn describe(command: &Command, openings: &[Opening]) -> Vec<String> {
    let (registry, genesis) = command.aud.split_once('#').unwrap_or((&command.aud, ""));
    let short = genesis.get(..16).unwrap_or(genesis);
    let mut lines = vec![
        format!("registry   {registry}, entry 0 has the hash {short}…"),
        format!("given by   {}, as command {}", command.org, command.cmd),
        format!("valid      until {}", command.exp),
    ];
    for signer in &command.signers {
        lines.push(format!(
            "signed by  {} as {}",
            signer.org,
            signer.role.name()
        ));
    }
    for attestation in &command.attested {
        lines.push(format!(
            "attested   {} consents, says {}: {}, document {}; {} does not sign",
            attestation.party,
            command.org,
            attestation.class.name(),
            attestation.document,
            attestation.party
        ));
    }
    for (record, version) in &command.expect {
        let record = match record {
            Expected::Right(right) => right.to_string(),
            Expected::Pledge(pledge) => pledge.to_string(),
        };
        lines.push(format!("only if    {record} is still at version {version}"));
    }
    if let Some((index, root)) = &command.seen {
        lines.push(format!("seen       state entry {index} with root {root}"));
    }
    lines.push(String::new());
    body_lines(&command.body, &mut lines);
    for (name, digest) in command.body.hidden() {
        let value = openings.iter().find(|opening| opening.claim == *name);
        let value = value.map_or_else(|| format!("the digest {digest}"), |open| open.value.clone());
        lines.push(format!(
            "  hidden {name}: {value} (only its digest enters the log)"
        ));
    }
    lines
}

#[expect(
    clippy::too_many_lines,
    reason = "one flat match, one arm for every command"
)]
fn body_lines(body: &Body, lines: &mut Vec<String>) {
    let text = match body {
        Body::AdmitParty(admit) => return admit_lines(admit, lines),
        Body::IssueRight(issue) => return issue_lines(issue, lines),
        Body::RegisterPledge(register) => return register_lines(register, lines),
        Body::OfPledge(act) => return acts::pledge_lines(act, lines),
        Body::OfParty(act) => return acts::party_lines(act, lines),
        Body::OfRight(act) => return acts::right_lines(act, lines),
        Body::AddKey(key) => format!("Add the {}", key_words(key)),
        Body::RevokeKey(kid) => format!("Revoke the key {kid}"),
        Body::SetSigningPolicy(threshold) => {
            format!("Require {threshold} different persons to sign for this party")
        }
        Body::AdoptPolicy { kind, text } => {
            let digest = Hash::of(&[text.as_bytes()]);
            format!("Adopt the policy text with the digest {digest} for the kind {kind}")
        }
        Body::AdjustRight {
            right,
            from,
            amount,
            document,
        } => {
            format!(
                "Set {right} to {} from {from} on; document {document}",
                amount_words(amount)
            )
        }
        Body::RevokeRight {
            right,
            from,
            document,
        } => {
            format!("Revoke {right} from {from} on; document {document}")
        }
        Body::Freeze {
            right,
            authority,
            extent,
            document,
            terms,
        } => {
            let (extent, terms) = (extent_words(extent), terms_words(terms));
            format!(
                "Freeze {extent} of {right} by order of {authority}{terms}; document {document}"
            )
        }
        Body::Unfreeze {
            right,
            freeze,
            document,
        } => {
            format!("Lift the freeze {freeze} on {right}; document {document}")
        }
        Body::Reserve {
            pledgor,
            lines: requests,
            days,
        } => {
            lines.push(format!(
                "Reserve for {days} days, of the rights of {pledgor}:"
            ));
            return lines.extend(requests.iter().map(line_words));
        }
        Body::CancelReservation(reservation) => format!("Give up the reservation {reservation}"),
        Body::AmendPledge {
            pledge,
            changes,
            cap_cny,
            green,
            consenting,
        } => {
            let cap = cap_cny.map_or(String::new(), |cap| format!(" and the cap to {cap} CNY"));
            lines.push(format!("Set new quantities in the pledge {pledge}{cap}:"));
            lines.extend(green.as_ref().map(|green| green_words(green)));
            lines.extend(changes.iter().map(|change| change_words(change, "to")));
            return acts::consent_words(consenting, lines);
        }
        Body::ExtendPledge {
            pledge,
            changes,
            term,
            maximum,
            consenting,
        } => {
            let term = term.map_or(String::new(), |term| {
                format!(", claim {}", span_words(term))
            });
            lines.push(format!("Extend the pledge {pledge}{term}:"));
            lines.extend(maximum.map(|period| {
                let period = span_words(period);
                format!("  its maximum amount is for claims that arise {period}")
            }));
            lines.extend(changes.iter().map(|change| change_words(change, "to")));
            return acts::consent_words(consenting, lines);
        }
        Body::ReleasePledge {
            pledge,
            changes,
            order,
        } if changes.is_empty() => {
            format!(
                "Release the whole pledge {pledge}{}",
                acts::order_words(*order)
            )
        }
        Body::ReleasePledge {
            pledge,
            changes,
            order,
        } => {
            let order = acts::order_words(*order);
            lines.push(format!("Release a part of the pledge {pledge}{order}:"));
            return lines.extend(changes.iter().map(|change| change_words(change, "by")));
        }
    };
    lines.push(text);
}

fn admit_lines(admit: &AdmitParty, lines: &mut Vec<String>) {
    let name = admit.name.as_deref().unwrap_or("a natural person");
    let code = admit.credit_code.as_deref().unwrap_or("no credit code");
    let roles: Vec<&str> = admit.roles.iter().map(|role| Role::name(*role)).collect();
    lines.push(format!("Admit {name} ({code}) as {}", roles.join(", ")));
    if !admit.duties.is_empty() {
        lines.push(format!(
            "  issues the kinds under the duties {}",
            admit.duties.join(", ")
        ));
    }
    if let Some(region) = &admit.region {
        lines.push(format!("  region {region}"));
    }
    lines.push(format!(
        "  signs with {} different persons",
        admit.threshold
    ));
    lines.extend(admit.keys.iter().map(|key| format!("  {}", key_words(key))));
}

fn issue_lines(issue: &IssueRight, lines: &mut Vec<String>) {
    lines.push(format!(
        "Issue a right of the kind {} to {}",
        issue.kind, issue.holder
    ));
    lines.extend(
        issue
            .identities
            .iter()
            .map(|identity| format!("  identity {identity}")),
    );
    lines.push(format!("  days {}", span_words(issue.span)));
    match &issue.quantity {
        QuantityRequest::Level(quantity) => {
            lines.push(format!("  quantity {quantity} {}", issue.unit));
        }
        QuantityRequest::Steps(steps) => {
            for (from, quantity) in steps {
                lines.push(format!(
                    "  quantity {quantity} {} from {from} on",
                    issue.unit
                ));
            }
        }
    }
    if let Some(parts) = issue.ground.polygon() {
        let vertices: usize = parts.iter().flatten().map(Vec::len).sum();
        lines.push(format!(
            "  ground: {} parts, {vertices} vertices",
            parts.len()
        ));
    }
    let units = issue.ground.units();
    if !units.is_empty() {
        lines.push(format!("  ground of {}", units.join(", ")));
    }
    if let Some(class) = &issue.class {
        lines.push(format!("  class {class}"));
    }
    for (name, value) in &issue.attributes {
        lines.push(format!("  {name}: {value}"));
    }
    for right in &issue.succeeds {
        lines.push(format!("  takes the place of {right}, with its burdens"));
    }
    if issue.additional {
        lines.push("  declared additional to other rights on the same source".to_owned());
    }
    if let Some(adjudication) = &issue.adjudication {
        lines.push(format!(
            "  an overlap was adjudicated: document {adjudication}"
        ));
    }
}

fn register_lines(register: &RegisterPledge, lines: &mut Vec<String>) {
    let form = register.form.name();
    lines.push(format!(
        "Register a pledge ({form}) of rights of {}:",
        register.pledgor
    ));
    lines.extend(register.lines.iter().map(line_words));
    if let Some(debtor) = register.debtor {
        lines.push(format!("  the debtor is {debtor}"));
    }
    if let Some(term) = register.term {
        lines.push(format!("  the claim runs {}", span_words(term)));
    }
    if let Some(cap) = register.cap_cny {
        lines.push(format!("  secures at most {cap} CNY"));
    }
    if let Some(period) = register.maximum {
        let period = span_words(period);
        lines.push(format!(
            "  a maximum amount, for claims that arise {period}"
        ));
    }
    for share in &register.syndicate {
        let (whole, part) = (share.share_bp / 100, share.share_bp % 100);
        lines.push(format!(
            "  {} has {whole}.{part:02} % of the claim",
            share.party
        ));
    }
    lines.extend(register.green.as_ref().map(|green| green_words(green)));
    if let Some(reservation) = register.reservation {
        lines.push(format!("  takes over the reservation {reservation}"));
    }
}

fn green_words(green: &str) -> String {
    format!("  the loan is of the green category {green}")
}

fn line_words(line: &LineRequest) -> String {
    let behind = behind_words(&line.behind);
    format!("  {} of {}{behind}", extent_words(&line.extent), line.right)
}

fn behind_words(behind: &[BurdenId]) -> String {
    let behind: Vec<String> = behind.iter().map(ToString::to_string).collect();
    if behind.is_empty() {
        return String::new();
    }
    format!(", behind {}", behind.join(", "))
}

fn change_words(change: &LineChange, preposition: &str) -> String {
    let amount = match &change.amount {
        Some(amount) => format!(" {preposition} {}", amount_words(amount)),
        None if change.to.is_none() => " as a whole".to_owned(),
        None => String::new(),
    };
    let to = change
        .to
        .map_or(String::new(), |to| format!(" through {}", to.previous()));
    let behind = behind_words(&change.behind);
    format!("  line {}{amount}{to}{behind}", change.line)
}

fn extent_words(extent: &ExtentRequest) -> String {
    let mut parts = Vec::new();
    parts.extend(extent.amount.as_ref().map(amount_words));
    parts.extend(extent.span.map(span_words));
    parts.extend(
        extent
            .years
            .map(|(first, last)| format!("the years {first} to {last}")),
    );
    if parts.is_empty() {
        "the whole".to_owned()
    } else {
        parts.join(" ")
    }
}

fn amount_words((quantity, unit): &(Quantity, String)) -> String {
    format!("{quantity} {unit}")
}

/// Writes a span as people do, with its last day inclusive.
fn span_words(span: Span) -> String {
    format!("from {} through {}", span.from(), span.to().previous())
}

fn key_words(offered: &OfferedKey) -> String {
    format!("key {} of {}", offered.key.id(), offered.person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::parse_question;
    use crate::primitives::canonical::Json;

    fn words(question: &str) -> String {
        let (_, body) = parse_question(Json::parse(question.as_bytes()).unwrap()).unwrap();
        let mut lines = Vec::new();
        body_lines(&body, &mut lines);
        lines.join("\n")
    }

    #[test]
    fn a_pledge_is_said_in_words() {
        let question = r#"{"org":"M3","type":"register_pledge","body":{"form":"质押","pledgor":"M9",
            "lines":[{"right":"R41","quantity":"50","unit":"t/a","from":"2027-01-01","to":"2028-01-01"}]}}"#;
        let expected = "Register a pledge (质押) of rights of M9:\n  50 t/a from 2027-01-01 through 2027-12-31 of R41";
        assert_eq!(words(question), expected);
    }

    #[test]
    fn a_release_says_whether_it_is_whole() {
        let question = r#"{"org":"M3","type":"release_pledge","body":{"pledge":"P57"}}"#;
        assert_eq!(words(question), "Release the whole pledge P57");
    }
}
