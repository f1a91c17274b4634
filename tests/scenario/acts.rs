//! What the verbs of law 2 mean.
//!
//! | verb | words |
//! | --- | --- |
//! | `external PLEDGE` | `register:` `number:` `status:` `checked:` day; `term:` span |
//! | `rerank RIGHT` | `from:` `to:` lines in order; `with:` who consents |
//! | `prolong RIGHT` | `to:` day, the first one after |

use greenlien::domain::command::{Body, ExternalReport, ExternalStatus, PledgeAct, RightAct};

use greenlien::domain::right::BurdenId;

use super::paper::Paper;
use super::parser::{Words, day};
use super::players::{Names, document};

/// The verbs of this file.
const VERBS: [&str; 3] = ["external", "prolong", "rerank"];

/// Writes the command of a step, where the verb is one of law 2.
pub(crate) fn write(verb: &str, name: &str, words: &mut Words, names: &Names) -> Option<Paper> {
    if !VERBS.contains(&verb) {
        return None;
    }
    let by = words.value("by");
    Some(match verb {
        "external" => {
            let (pledge, pledgee, _) = names.pledge(name);
            let report = ExternalReport {
                register: words.value("register").unwrap_or("zhongdeng".to_owned()),
                number: words.value("number").unwrap(),
                status: ExternalStatus::parse(&words.value("status").unwrap()).unwrap(),
                term: words.span_of("term"),
                checked: day(&words.value("checked").unwrap()),
            };
            let act = PledgeAct::RecordExternalRegistration { pledge, report };
            Paper::new(by.unwrap_or(pledgee), Body::OfPledge(Box::new(act)))
        }
        "prolong" => {
            let (right, kind, _) = names.right(name);
            let act = RightAct::ExtendRight {
                right,
                to: day(&words.value("to").unwrap()),
                document: document("extension"),
            };
            let by = by.unwrap_or_else(|| names.issuer_of(&kind));
            Paper::new(by, Body::OfRight(Box::new(act)))
        }
        "rerank" => {
            let (right, ..) = names.right(name);
            let mut order = |word: &str| -> Vec<BurdenId> {
                let burdens = words.list(word);
                burdens.iter().map(|name| names.burden(name)).collect()
            };
            let act = PledgeAct::ChangeRank {
                right,
                from: order("from"),
                to: order("to"),
            };
            let consents = words.list("with");
            Paper::new(by.unwrap(), Body::OfPledge(Box::new(act))).with_consents(consents)
        }
        _ => return None,
    })
}
