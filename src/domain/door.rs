//! What the door refuses before a command is decided: members that do not fit the kind, and signatures that nobody needs.
//!
//! The door judges by the committed state; the law repeats the same checks at the entry's position and then numbers them, so
//! that nothing rests on the door.

use std::collections::BTreeMap;

use crate::domain::authority;
use crate::domain::command::{
    Body, Command, Correction, ExtentRequest, GroundRequest, IssueRight, LineChange, PledgeAct,
    QuantityRequest, RightAct,
};
use crate::domain::facts::{CREDIT_CODE_SCHEME, Facts, PolicyTexts};
use crate::domain::finding::Code;
use crate::domain::fold::Stamp;
use crate::domain::law::Law;
use crate::domain::policy::{ExtentRule, Ground, KindPolicy, Model};
use crate::domain::right::Identity;
use crate::primitives::field::FieldFault;
use crate::primitives::id::{PledgeId, RightId};
use crate::primitives::identifier::{CreditCode, IdentifierFault};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Timestamp};

/// The attribute of a right that says on which day its insurance ends, that day included.
pub const INSURED_UNTIL: &str = "insurance_until";
/// The attribute of a stock that says how much its holder must surrender.
pub const SURRENDER_DUE: &str = "surrender_due";
/// The attribute that says by which day.
pub const SURRENDER_BY: &str = "surrender_by";

/// Checks that the members of the command fit its kinds.
pub fn check(command: &Command, facts: &Facts, at: Stamp) -> Result<(), FieldFault> {
    check_circle(command, facts, at)?;
    check_members(command, facts, at.time)
}

/// Checks the attributes of a right that alerts are computed of, which are free text to the law: a day or an amount that nobody can
/// read would be an alarm that never rings. Only who takes commands asks this; what is in a log already stays as it is.
pub fn check_read(body: &Body) -> Result<(), FieldFault> {
    match body {
        Body::IssueRight(issue) => check_attributes(&issue.attributes),
        Body::OfRight(act) => match &**act {
            RightAct::CorrectRight {
                correction: Correction::Particulars { attributes, .. },
                ..
            } => check_attributes(attributes),
            RightAct::CorrectRight { .. }
            | RightAct::ExtendRight { .. }
            | RightAct::SurrenderRight { .. }
            | RightAct::TransferRight { .. }
            | RightAct::ConvertRight { .. }
            | RightAct::RecordVerification { .. }
            | RightAct::OfFreeze(_) => Ok(()),
        },
        Body::AdmitParty(_)
        | Body::AddKey(_)
        | Body::RevokeKey(_)
        | Body::SetSigningPolicy(_)
        | Body::AdoptPolicy { .. }
        | Body::AdjustRight { .. }
        | Body::RevokeRight { .. }
        | Body::Freeze { .. }
        | Body::Unfreeze { .. }
        | Body::Reserve { .. }
        | Body::CancelReservation(_)
        | Body::RegisterPledge(_)
        | Body::AmendPledge { .. }
        | Body::ExtendPledge { .. }
        | Body::ReleasePledge { .. }
        | Body::OfPledge(_)
        | Body::OfParty(_) => Ok(()),
    }
}

fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), FieldFault> {
    let wrong = |name: &str, reason: &str| {
        let path = format!("body.attributes.{name}");
        Err(FieldFault::new(path, reason))
    };
    for name in [INSURED_UNTIL, SURRENDER_BY] {
        if attributes
            .get(name)
            .is_some_and(|day| Day::parse(day).is_none())
        {
            return wrong(name, "is not a day such as 2027-12-31");
        }
    }
    match attributes.get(SURRENDER_DUE) {
        Some(due) if Quantity::parse(due, Scale::MAX).is_err() => {
            wrong(SURRENDER_DUE, "is not a plain decimal number such as 80.5")
        }
        Some(_) | None => Ok(()),
    }
}

/// Checks the members alone, whoever signed.
fn check_members(command: &Command, facts: &Facts, now: Timestamp) -> Result<(), FieldFault> {
    match &command.body {
        Body::IssueRight(issue) => match facts.policy(&issue.kind, now) {
            Some(policy) => check_issue(issue, policy),
            None => Ok(()),
        },
        Body::AdjustRight { right, amount, .. } => match policy_of(*right, facts, now) {
            Some(policy) => check_amount("body.quantity", amount, policy),
            None => Ok(()),
        },
        Body::Freeze { right, extent, .. } => match policy_of(*right, facts, now) {
            Some(policy) => check_extent("body", extent, policy),
            None => Ok(()),
        },
        Body::Reserve { lines, .. } => check_lines("body.lines", lines, facts, now),
        Body::RegisterPledge(register) => check_lines("body.lines", &register.lines, facts, now),
        Body::OfPledge(act) => check_act(act, facts, now),
        Body::AmendPledge {
            pledge, changes, ..
        }
        | Body::ExtendPledge {
            pledge, changes, ..
        }
        | Body::ReleasePledge {
            pledge, changes, ..
        } => check_changes("body.lines", changes, *pledge, facts, now),
        Body::AdmitParty(_)
        | Body::AddKey(_)
        | Body::RevokeKey(_)
        | Body::SetSigningPolicy(_)
        | Body::AdoptPolicy { .. }
        | Body::RevokeRight { .. }
        | Body::Unfreeze { .. }
        | Body::CancelReservation(_)
        | Body::OfParty(_) => Ok(()),
        Body::OfRight(act) => match &**act {
            RightAct::OfFreeze(act) => match (act.amount(), policy_of(act.right(), facts, now)) {
                (Some(amount), Some(policy)) => check_amount("body.quantity", amount, policy),
                (Some(_) | None, _) => Ok(()),
            },
            RightAct::ExtendRight { .. }
            | RightAct::SurrenderRight { .. }
            | RightAct::CorrectRight { .. }
            | RightAct::TransferRight { .. }
            | RightAct::ConvertRight { .. }
            | RightAct::RecordVerification { .. } => Ok(()),
        },
    }
}

/// Amounts in acts on pledges: given back, taken, or disposed of.
fn check_act(act: &PledgeAct, facts: &Facts, now: Timestamp) -> Result<(), FieldFault> {
    match act {
        PledgeAct::SubstituteCollateral { pledge, drop, add } => {
            check_changes("body.drop", drop, *pledge, facts, now)?;
            check_lines("body.add", add, facts, now)
        }
        PledgeAct::RecordDisposal {
            pledge,
            line,
            amount: Some(amount),
            ..
        } => {
            let line = facts
                .pledge(*pledge)
                .and_then(|pledge| pledge.lines.get(usize::from(*line)));
            match line.and_then(|line| policy_of(line.right, facts, now)) {
                Some(policy) => check_amount("body.quantity", amount, policy),
                None => Ok(()),
            }
        }
        PledgeAct::RecordDisposal { amount: None, .. }
        | PledgeAct::RecordExternalRegistration { .. }
        | PledgeAct::ChangeRank { .. }
        | PledgeAct::AssignPledge { .. }
        | PledgeAct::DetermineClaim { .. }
        | PledgeAct::RegisterGuarantee { .. }
        | PledgeAct::RegisterBuyoutCommitment { .. }
        | PledgeAct::Object { .. }
        | PledgeAct::WithdrawObjection { .. } => Ok(()),
    }
}

fn check_circle(command: &Command, facts: &Facts, at: Stamp) -> Result<(), FieldFault> {
    if authority::is_open_circle(&command.body) {
        return Ok(());
    }
    let consents = authority::consents(Law::LATEST, command, facts, at);
    for (n, signer) in command.signers.iter().enumerate() {
        if signer.org != command.org && !consents.contains(&signer.org) {
            let reason = format!("{} is not needed for this command", signer.org);
            return Err(FieldFault::new(format!("signers[{n}].org"), reason));
        }
    }
    Ok(())
}

/// Returns the rules of a right's kind.
pub fn policy_of(right: RightId, facts: &Facts, now: Timestamp) -> Option<&KindPolicy> {
    facts.policy(&facts.right(right)?.kind, now)
}

fn check_lines(
    path: &str,
    lines: &[crate::domain::command::LineRequest],
    facts: &Facts,
    now: Timestamp,
) -> Result<(), FieldFault> {
    for (n, line) in lines.iter().enumerate() {
        if let Some(policy) = policy_of(line.right, facts, now) {
            check_extent(&format!("{path}[{n}]"), &line.extent, policy)?;
        }
    }
    Ok(())
}

fn check_changes(
    path: &str,
    changes: &[LineChange],
    pledge: PledgeId,
    facts: &Facts,
    now: Timestamp,
) -> Result<(), FieldFault> {
    let lines = facts.pledge(pledge).map_or(&[][..], |pledge| &pledge.lines);
    let right = |change: &LineChange| {
        let line = lines.get(usize::from(change.line));
        line.map(|line| line.right)
    };
    for (n, change) in changes.iter().enumerate() {
        let policy = right(change).and_then(|right| policy_of(right, facts, now));
        if let (Some(policy), Some(amount)) = (policy, &change.amount) {
            check_amount(&format!("{path}[{n}].quantity"), amount, policy)?;
        }
    }
    Ok(())
}

/// Checks that a line has exactly the members that the kind's extent rule names.
pub fn check_extent(
    path: &str,
    extent: &ExtentRequest,
    policy: &KindPolicy,
) -> Result<(), FieldFault> {
    let (amount, span, years) = match (policy.extent, policy.model) {
        (ExtentRule::Amount, Model::Flow) => (true, true, false),
        (ExtentRule::Amount, Model::Stock | Model::Land) => (true, false, false),
        (ExtentRule::Whole, _) => (false, false, false),
        (ExtentRule::Years, _) => (false, false, true),
    };
    let members = [
        ("quantity", amount, extent.amount.is_some()),
        ("from", span, extent.span.is_some()),
        ("years", years, extent.years.is_some()),
    ];
    for (name, wanted, given) in members {
        if wanted != given {
            let reason = if wanted {
                "is missing"
            } else {
                "does not belong here"
            };
            let reason = format!("{reason} for the kind {:?}", policy.kind);
            let code = if name == "quantity" {
                Code::UnitMismatch
            } else {
                Code::SpanRequired
            };
            return Err(FieldFault::new(format!("{path}.{name}"), reason).with_code(code.number()));
        }
    }
    match &extent.amount {
        Some(amount) => check_amount(&format!("{path}.quantity"), amount, policy),
        None => Ok(()),
    }
}

fn check_amount(
    path: &str,
    (quantity, unit): &(Quantity, String),
    policy: &KindPolicy,
) -> Result<(), FieldFault> {
    check_unit(path, unit, policy)?;
    check_scale(path, *quantity, policy.scale)
}

fn check_unit(path: &str, unit: &str, policy: &KindPolicy) -> Result<(), FieldFault> {
    if unit == policy.unit {
        return Ok(());
    }
    let path = path.replace("quantity", "unit");
    let reason = format!(
        "must be {:?} for the kind {:?}, not {unit:?}",
        policy.unit, policy.kind
    );
    Err(FieldFault::new(path, reason).with_code(Code::UnitMismatch.number()))
}

fn check_scale(path: &str, quantity: Quantity, scale: Scale) -> Result<(), FieldFault> {
    if Quantity::parse(&quantity.to_string(), scale).is_ok() {
        return Ok(());
    }
    let reason = format!("has more than {} decimal digits", scale.digits());
    Err(FieldFault::new(path, reason).with_code(Code::UnitMismatch.number()))
}

fn check_issue(issue: &IssueRight, policy: &KindPolicy) -> Result<(), FieldFault> {
    check_unit("body.quantity", &issue.unit, policy)?;
    match (&issue.quantity, policy.model) {
        (QuantityRequest::Level(quantity), _) => {
            check_scale("body.quantity", *quantity, policy.scale)?;
        }
        (QuantityRequest::Steps(steps), Model::Flow) => {
            for (n, (_, quantity)) in steps.iter().enumerate() {
                check_scale(
                    &format!("body.steps[{n}].quantity"),
                    *quantity,
                    policy.scale,
                )?;
            }
        }
        (QuantityRequest::Steps(_), Model::Stock | Model::Land) => {
            let reason = format!("does not belong here for the kind {:?}", policy.kind);
            let code = Code::NotApplicable.number();
            return Err(FieldFault::new("body.steps", reason).with_code(code));
        }
    }
    check_ground(issue, policy)?;
    check_identities(issue, policy)
}

fn check_ground(issue: &IssueRight, policy: &KindPolicy) -> Result<(), FieldFault> {
    let wrong = |member: &str| {
        let reason = format!("does not belong here for the kind {:?}", policy.kind);
        Err(FieldFault::new(member, reason).with_code(Code::NotApplicable.number()))
    };
    match (&issue.ground, policy.land.as_ref().map(|land| &land.ground)) {
        (GroundRequest::Absent, None | Some(Ground::Polygon { .. }))
        | (GroundRequest::Polygon(_), Some(Ground::Polygon { .. }))
        | (GroundRequest::Units(_) | GroundRequest::Both(..), Some(Ground::Units { .. }))
        | (GroundRequest::Both(..), Some(Ground::Polygon { scheme: Some(_) })) => Ok(()),
        (GroundRequest::Absent, Some(Ground::Units { .. })) => {
            let code = Code::NotApplicable.number();
            Err(FieldFault::new("body.units", "is missing").with_code(code))
        }
        (GroundRequest::Polygon(_), None | Some(Ground::Units { .. })) => wrong("body.polygon"),
        (GroundRequest::Units(_), None | Some(Ground::Polygon { .. }))
        | (GroundRequest::Both(..), None | Some(Ground::Polygon { scheme: None })) => {
            wrong("body.units")
        }
    }
}

fn check_identities(issue: &IssueRight, policy: &KindPolicy) -> Result<(), FieldFault> {
    check_shapes(&issue.identities, policy)
}

/// Checks that identities are of the schemes and shapes of a kind, the first of them of its first scheme or one that stands alone.
pub fn check_shapes(identities: &[Identity], policy: &KindPolicy) -> Result<(), FieldFault> {
    let first = identities.first().map(|identity| identity.scheme.as_str());
    if !policy.leading_schemes().any(|scheme| Some(scheme) == first) {
        let leading: Vec<String> = policy
            .leading_schemes()
            .map(|scheme| format!("{scheme:?}"))
            .collect();
        let leading = leading.join(" or ");
        let reason = format!("must be {leading}, the first scheme of the kind");
        let code = Code::IdentityShape.number();
        return Err(FieldFault::new("body.identities[0].scheme", reason).with_code(code));
    }
    for (n, identity) in identities.iter().enumerate() {
        let path = format!("body.identities[{n}]");
        let Some(scheme) = policy.identity_scheme(&identity.scheme) else {
            let reason = format!("is not a scheme of the kind {:?}", policy.kind);
            let code = Code::IdentityShape.number();
            return Err(FieldFault::new(format!("{path}.scheme"), reason).with_code(code));
        };
        let parts: Vec<&str> = identity.value.split('|').collect();
        if parts.len() != scheme.parts.len() {
            let reason = format!("must have {} parts joined with |", scheme.parts.len());
            let code = Code::IdentityShape.number();
            return Err(FieldFault::new(format!("{path}.value"), reason).with_code(code));
        }
        for (part, (name, shape)) in parts.iter().zip(&scheme.parts) {
            shape.check(part).map_err(|fault| {
                let reason = format!("the part {name:?} {fault}");
                FieldFault::new(format!("{path}.value"), reason).with_code(code_of(&fault).number())
            })?;
        }
    }
    Ok(())
}

/// Checks that an identity is one that a record of this registry could have: a known scheme, and parts of its shapes.
///
/// A proof that nobody has a malformed identity would prove nothing about the right that was meant.
pub fn check_identity(identity: &Identity, policies: &PolicyTexts) -> Result<(), String> {
    if identity.scheme == CREDIT_CODE_SCHEME {
        return CreditCode::parse(&identity.value)
            .map(drop)
            .map_err(|fault| fault.to_string());
    }
    let mut schemes = policies
        .values()
        .filter_map(|policy| policy.identity_scheme(&identity.scheme));
    let Some(scheme) = schemes.next() else {
        return Err(format!(
            "{:?} is not a scheme of this registry",
            identity.scheme
        ));
    };
    let parts: Vec<&str> = identity.value.split('|').collect();
    if parts.len() != scheme.parts.len() {
        return Err(format!(
            "must have {} parts joined with |",
            scheme.parts.len()
        ));
    }
    for (part, (name, shape)) in parts.iter().zip(&scheme.parts) {
        shape
            .check(part)
            .map_err(|fault| format!("the part {name:?} {fault}"))?;
    }
    Ok(())
}

/// Returns the check that a malformed identifier counts as.
pub fn code_of(fault: &IdentifierFault) -> Code {
    match fault {
        IdentifierFault::NotNormal(_) | IdentifierFault::Shape { .. } => Code::IdentityShape,
        IdentifierFault::CheckDigit { .. } => Code::BadCreditCode,
    }
}
