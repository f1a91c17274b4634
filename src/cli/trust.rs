//! The recommended trust policy for readers of a log, as `init` and the demonstration write it.
//!
//! C2SP tlog-policy has witnesses and groups only. The group `auditors` is how such a file says which cosigners have replayed
//! every entry; other tools read it as a group like any other.

use crate::ledger::note::CosignatureKey;
use crate::ledger::quorum::AUDITORS;

/// How many auditors a reader should ask for: one alone may be in league with the operator.
const AUDITORS_WANTED: usize = 2;

/// Returns the file: the log, more than half of the witnesses, and two auditors.
pub fn trust_text(
    log_vkey: &str,
    witnesses: &[CosignatureKey],
    auditors: &[CosignatureKey],
) -> String {
    let mut lines = vec![
        "# Trust policy (C2SP tlog-policy): whom you believe. Compare the keys with those that you were given in person."
            .to_owned(),
        format!("log {log_vkey}"),
    ];
    let line = |key: &CosignatureKey| format!("witness {} {}", key.name(), key.vkey());
    lines.extend(witnesses.iter().chain(auditors).map(line));
    let mut groups = Vec::new();
    if !witnesses.is_empty() {
        let most = witnesses.len() / 2 + 1;
        lines.push(
            "# Witnesses saw this log as the only one; more than half of them must have."
                .to_owned(),
        );
        lines.push(group("witnesses", most, witnesses));
        groups.push("witnesses");
    }
    if !auditors.is_empty() {
        lines.push("# Auditors have replayed every entry under the law.".to_owned());
        let wanted = AUDITORS_WANTED.min(auditors.len());
        lines.push(group(AUDITORS, wanted, auditors));
        groups.push(AUDITORS);
    }
    if groups.len() < 2 {
        lines.push(format!(
            "# For the verdict \"current and complete\" add witnesses and at least {AUDITORS_WANTED} auditors:"
        ));
        lines.push("#   witness <name> <vkey>".to_owned());
        lines.push("#   group witnesses <how many> <name> ...".to_owned());
        lines.push(format!("#   group {AUDITORS} {AUDITORS_WANTED} <name> ..."));
        lines.push(format!("#   group both all witnesses {AUDITORS}"));
        lines.push("#   quorum both".to_owned());
    }
    lines.push(match groups[..] {
        [] => "quorum none".to_owned(),
        [only] => format!("quorum {only}"),
        _ => format!("group both all {}\nquorum both", groups.join(" ")),
    });
    lines.join("\n") + "\n"
}

fn group(name: &str, threshold: usize, members: &[CosignatureKey]) -> String {
    let names: Vec<&str> = members.iter().map(CosignatureKey::name).collect();
    format!("group {name} {threshold} {}", names.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::note::NoteKey;
    use crate::ledger::policy_file::TrustPolicy;
    use crate::primitives::crypto::SecretKey;

    fn keys(names: &[&str], first: u8) -> Vec<CosignatureKey> {
        let key = |(seed, name): (u8, &&str)| {
            CosignatureKey::new(name, SecretKey::from_seed(&[seed; 32]).public()).unwrap()
        };
        (first..).zip(names).map(key).collect()
    }

    fn policy(witnesses: &[&str], auditors: &[&str]) -> TrustPolicy {
        let log = NoteKey::new("log.example", SecretKey::from_seed(&[1; 32]).public()).unwrap();
        let text = trust_text(&log.vkey(), &keys(witnesses, 10), &keys(auditors, 20));
        TrustPolicy::parse(&text).unwrap()
    }

    #[test]
    fn a_log_without_witnesses_is_believed_on_its_own_signature() {
        let policy = policy(&[], &[]);
        assert_eq!(policy.logs.len(), 1);
        assert!(policy.quorum_met(&[]));
        assert_eq!(policy.auditors_met(&[]), None);
    }

    #[test]
    fn most_witnesses_and_two_auditors_must_have_cosigned() {
        let policy = policy(&["w1", "w2", "w3"], &["a1", "a2", "a3"]);
        assert!(policy.quorum_met(&["w1", "w3", "a1", "a3"]));
        assert!(!policy.quorum_met(&["w1", "a1", "a3"]));
        assert!(!policy.quorum_met(&["w1", "w2", "w3", "a1"]));
        assert_eq!(policy.auditors_met(&["a1", "a3"]), Some(true));
    }

    #[test]
    fn one_kind_of_cosigner_alone_is_the_quorum() {
        assert!(policy(&["w1"], &[]).quorum_met(&["w1"]));
        let audited = policy(&[], &["a1"]);
        assert!(audited.quorum_met(&["a1"]) && !audited.quorum_met(&[]));
    }
}
