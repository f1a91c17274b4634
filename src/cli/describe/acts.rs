//! The acts of law 2 in plain words.

use crate::cli::describe::orders::freeze_lines;
use crate::cli::describe::span_words;
use crate::domain::command::{
    Amount, Body, Converted, Correction, CourtOrder, OfferedKey, PartyAct, PledgeAct, Reliance,
    RightAct, SignerRole, Verification,
};
use crate::domain::party::SigningRule;
use crate::domain::right::BurdenId;
use crate::primitives::crypto::KeyId;
use crate::primitives::id::PartyId;

/// Says what an act on pledges does.
#[expect(clippy::too_many_lines, reason = "one flat arm for each act")]
pub(super) fn pledge_lines(act: &PledgeAct, lines: &mut Vec<String>) {
    match act {
        PledgeAct::RecordExternalRegistration { pledge, report } => {
            lines.push(format!(
                "Record for the pledge {pledge} what {} says under number {}: {}, seen on {}",
                report.register,
                report.number,
                report.status.name(),
                report.checked
            ));
            let term = report
                .term
                .map(|term| format!("  term {}", span_words(term)));
            lines.extend(term);
        }
        PledgeAct::AssignPledge {
            pledge,
            to,
            subrogation,
            part_cny,
            authority,
            document,
        } => {
            let part = part_cny.map_or("the claim".to_owned(), |part| {
                format!("a part of {part} CNY of the claim")
            });
            let how = if *subrogation {
                ", who has paid and steps into the pledgee's place"
            } else {
                ""
            };
            lines.push(format!(
                "Assign {part} of the pledge {pledge} to {to}{how}; document {document}"
            ));
            lines.extend(authority.map(|court| format!("  ordered by {court}")));
        }
        PledgeAct::DetermineClaim {
            pledge,
            authority,
            document,
        } => {
            lines.push(format!(
                "Fix the claims of the maximum-amount pledge {pledge}; document {document}"
            ));
            lines.extend(authority.map(|court| format!("  by notice of {court}")));
        }
        PledgeAct::SubstituteCollateral { pledge, drop, add } => {
            lines.push(format!("Take other collateral for the pledge {pledge}:"));
            let back = drop.iter().map(|change| super::change_words(change, "by"));
            lines.extend(back.map(|words| format!("  gives back{words}")));
            lines.extend(add.iter().map(|line| format!("  takes{}", super::line_words(line))));
        }
        PledgeAct::RegisterGuarantee {
            pledge,
            share_bp,
            of,
            counter,
            document,
        } => {
            let (whole, part) = (share_bp / 100, share_bp % 100);
            lines.push(format!(
                "Guarantee the pledge {pledge}, bearing {whole}.{part:02} % of a loss; document {document}"
            ));
            lines.extend(of.map(|of| format!("  as the share of {of}, for which it acts")));
            lines.extend(counter.map(|counter| format!("  secured by the pledge {counter}")));
        }
        PledgeAct::RegisterBuyoutCommitment {
            pledge,
            price_cny,
            trigger,
            document,
        } => lines.push(format!(
            "Commit to buy the collateral of {pledge} out for {price_cny} CNY, when: {trigger}; document {document}"
        )),
        PledgeAct::Object {
            pledge,
            document,
            suit,
        } => {
            lines.push(format!("Object to the pledge {pledge}; document {document}"));
            lines.extend(suit.map(|suit| format!("  a suit was filed: document {suit}")));
        }
        PledgeAct::WithdrawObjection {
            pledge,
            objection,
            order,
        } => lines.push(format!(
            "Withdraw the objection of entry {objection} to the pledge {pledge}{}",
            order_words(*order)
        )),
        PledgeAct::RecordDisposal {
            pledge,
            line,
            amount,
            proceeds_cny,
            authority,
            buyer,
            document,
        } => {
            let amount = amount.as_ref().map_or("all".to_owned(), super::amount_words);
            lines.push(format!(
                "Record that {amount} of line {line} of {pledge} was sold for {proceeds_cny} CNY; document {document}"
            ));
            lines.push(match authority {
                Some(court) => format!("  by order of {court}"),
                None => "  by agreement with the pledgor".to_owned(),
            });
            lines.extend(buyer.map(|buyer| format!("  bought by {buyer}")));
        }
        PledgeAct::ChangeRank { right, from, to } => {
            let order = |burdens: &[BurdenId]| -> String {
                let names: Vec<String> = burdens.iter().map(ToString::to_string).collect();
                names.join(", ")
            };
            lines.push(format!("Change the order of the lines on {right}"));
            lines.push(format!("  from {}", order(from)));
            lines.push(format!("  to   {}", order(to)));
        }
    }
}

/// Says what an act on parties does.
pub(super) fn party_lines(act: &PartyAct, lines: &mut Vec<String>) {
    match act {
        PartyAct::ChangeParty {
            party,
            name,
            document,
        } => lines.push(format!("Rename {party} to {name}; document {document}")),
        PartyAct::MergeParties {
            absorbed,
            into,
            document,
        } => lines.push(format!(
            "Merge {} into {into}, which acts in their place from then on; their keys end; document {document}",
            listed(absorbed)
        )),
        PartyAct::SplitParty {
            party,
            successors,
            residual,
            kinds,
            document,
        } => {
            lines.push(format!(
                "Record that {} came out of {party}; document {document}",
                listed(successors)
            ));
            let ends = residual.map(|residual| {
                format!("  {party} ends, and {residual} acts in its place; its keys end")
            });
            lines.extend(ends);
            let kinds = kinds
                .iter()
                .map(|(kind, to)| format!("  its rights of the kind {kind} go on under {to}"));
            lines.extend(kinds);
        }
        PartyAct::RotateKey { party, old, new } => lines.push(format!(
            "Put the key {} of {} in the place of the key {old} of {party}, which ends",
            new.key.id(),
            new.person
        )),
        PartyAct::SetSigningRules {
            party,
            rules,
            parts,
        } => {
            lines.push(format!("Set the signing rules of {party}"));
            let rule = |rule: &SigningRule| {
                format!("  {}: {} persons", rule.command, rule.threshold)
            };
            lines.extend(rules.iter().map(rule));
            let part = |(kid, part): &(KeyId, SignerRole)| {
                format!("  key {kid}: {} only", part.name())
            };
            lines.extend(parts.iter().map(part));
        }
        PartyAct::DisputeEntries { .. }
        | PartyAct::ResolveDispute { .. }
        | PartyAct::RecoverParty { .. }
        | PartyAct::VetoRecovery { .. }
        | PartyAct::CompleteRecovery { .. }
        | PartyAct::Erase { .. } => doubt_lines(act, lines),
        PartyAct::RotateLogKey {
            key,
            overlap_seconds,
            ..
        } => lines.push(format!(
            "Name {} as the key that signs the log; the one before signs beside it for {overlap_seconds} seconds",
            hex::encode(key.to_bytes())
        )),
    }
}

fn listed(parties: &[PartyId]) -> String {
    let names: Vec<String> = parties.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// Says what an act does about keys that are in doubt, and about values that are to go.
fn doubt_lines(act: &PartyAct, lines: &mut Vec<String>) {
    match act {
        PartyAct::DisputeEntries {
            party,
            kid,
            from,
            document,
        } => lines.push(format!(
            "Dispute for {party} every entry signed with the key {kid} from entry {from} on; document {document}"
        )),
        PartyAct::ResolveDispute {
            party,
            dispute,
            document,
        } => lines.push(format!(
            "Record the decision about the dispute of {party} in entry {dispute}; document {document}"
        )),
        PartyAct::RecoverParty {
            party,
            keys,
            document,
        } => {
            lines.push(format!(
                "Begin to recover {party}: after 72 hours its keys may be replaced by these; document {document}"
            ));
            let key =
                |key: &OfferedKey| format!("  key {} of {}", key.key.id(), key.person);
            lines.extend(keys.iter().map(key));
        }
        PartyAct::Erase {
            of,
            claims,
            document,
        } => lines.push(format!(
            "Destroy for good the openings of {} of {of}; document {document}",
            claims.join(", ")
        )),
        PartyAct::VetoRecovery { party } => {
            lines.push(format!("Veto the recovery of {party}"));
        }
        PartyAct::CompleteRecovery { party } => lines.push(format!(
            "Complete the recovery of {party}: its new keys take effect, and every other ends"
        )),
        PartyAct::ChangeParty { .. }
        | PartyAct::MergeParties { .. }
        | PartyAct::SplitParty { .. }
        | PartyAct::RotateKey { .. }
        | PartyAct::SetSigningRules { .. }
        | PartyAct::RotateLogKey { .. } => {}
    }
}

/// Says what an act on rights does.
pub(super) fn right_lines(act: &RightAct, lines: &mut Vec<String>) {
    let (right, document) = (act.right(), act.document());
    let text = match act {
        RightAct::ExtendRight { to, .. } => format!("Extend {right} through {}", to.previous()),
        RightAct::SurrenderRight {
            amount, carve_out, ..
        } => {
            let way = carve_out.map_or(String::new(), |carve_out| {
                format!(", pledged units too, by {}", carve_out.name())
            });
            format!("Surrender {} of {right}{way}", amount_words(amount))
        }
        RightAct::CorrectRight { correction, .. } => {
            format!("Correct {right}: {}", correction_words(correction))
        }
        RightAct::TransferRight {
            to,
            succession,
            part,
            ..
        } => {
            let what = part.as_ref().map_or("the whole".to_owned(), |part| {
                let lines = match part.allocations.len() {
                    1 => "1 line".to_owned(),
                    count => format!("{count} lines"),
                };
                format!("{}, with {lines}", amount_words(&part.amount))
            });
            let why = if *succession { ", by succession" } else { "" };
            format!("Transfer {what} of {right} to {to}{why}")
        }
        RightAct::ConvertRight { part, into, .. } => {
            let part = match part {
                Converted::Amount(amount) => amount_words(amount),
                Converted::Years(first, last) => format!("the years {first} through {last}"),
            };
            let became = amount_words(&into.amount);
            format!("Convert {part} of {right} into {became} of {}", into.kind)
        }
        RightAct::RecordVerification { verification, .. } => {
            return verification_lines(act, verification, lines);
        }
        RightAct::OfFreeze(act) => return freeze_lines(act, lines),
    };
    lines.push(text);
    consent_words(act.consenting(), lines);
    lines.push(format!("  document {document}"));
}

/// Says who is named as consenting, where anybody is.
pub(super) fn consent_words(consenting: &[PartyId], lines: &mut Vec<String>) {
    let consenting: Vec<String> = consenting.iter().map(ToString::to_string).collect();
    if !consenting.is_empty() {
        lines.push(format!("  with the consent of {}", consenting.join(", ")));
    }
}

fn verification_lines(act: &RightAct, verification: &Verification, lines: &mut Vec<String>) {
    let Verification {
        question,
        answer,
        size,
        root,
    } = verification;
    let (right, document) = (act.right(), act.document());
    lines.push(format!(
        "Record what was asked about {right}: may {} take this pledge?",
        question.org()
    ));
    if let Body::RegisterPledge(pledge) = question.body() {
        let asked = pledge.lines.iter().map(super::line_words);
        lines.extend(asked.map(|line| format!("  of {}:{line}", pledge.pledgor)));
    }
    let word = if answer.admissible { "yes" } else { "no" };
    let codes = answer.findings.iter().map(|f| f.code.number().to_string());
    let codes: Vec<String> = codes.collect();
    let found = match codes.as_slice() {
        [] => String::new(),
        codes => format!(", findings {}", codes.join(", ")),
    };
    lines.push(format!("  answered: {word}{found}"));
    lines.push(format!(
        "  under the checkpoint of size {size}, root {root}"
    ));
    lines.push(format!("  document {document}"));
}

fn amount_words((quantity, unit): &Amount) -> String {
    format!("{quantity} {unit}")
}

fn correction_words(correction: &Correction) -> String {
    match correction {
        Correction::Particulars { class, attributes } => {
            let class = class.as_ref().map(|class| format!("class {class}"));
            let named = attributes
                .iter()
                .map(|(name, value)| format!("{name} {value}"));
            let parts: Vec<String> = class.into_iter().chain(named).collect();
            parts.join(", ")
        }
        Correction::Quantity(amount) => format!("quantity {}", amount_words(amount)),
        Correction::Resolution => "the dispute over its ground is decided".to_owned(),
        Correction::Line {
            line,
            amount,
            relied,
        } => {
            let certificate = |reliance: &Reliance| {
                let number = reliance.number.as_ref();
                let number = number.map_or(String::new(), |number| format!(" {number}"));
                format!("certificate{number} at position {}", reliance.position)
            };
            let relied: Vec<String> = relied.iter().map(certificate).collect();
            let relied = match relied.as_slice() {
                [] => String::new(),
                certificates => format!("; relied on: {}", certificates.join(", ")),
            };
            format!("line {line} is {}{relied}", amount_words(amount))
        }
    }
}

/// Whose order a command carries out, where the registrar enters it.
pub(super) fn order_words(order: Option<CourtOrder>) -> String {
    let words = |order: CourtOrder| {
        format!(
            ", by order of {}; document {}",
            order.authority, order.document
        )
    };
    order.map(words).unwrap_or_default()
}
