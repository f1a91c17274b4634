//! What the verbs of law 2 mean.
//!
//! | verb | words |
//! | --- | --- |
//! | `external PLEDGE` | `register:` `number:` `status:` `checked:` day; `term:` span |
//! | `assign PLEDGE` | `to:` who takes it; `paid` a guarantor steps in; `part:` yuan |
//! | `determine PLEDGE` | |
//! | `substitute PLEDGE` | `line:` `part:` what is given back; after each `and` a line as of a pledge |
//! | `guarantee PLEDGE` | `share:` hundredths of a percent, `counter:` pledge |
//! | `buyout PLEDGE` | `price:` yuan, `when:` |
//! | `object PLEDGE`, `withdraw PLEDGE` | `document:` `suit:`; `objection:` the index of the entry |
//! | `dispose PLEDGE` | `line:` `part:` `proceeds:` yuan |
//! | `rerank RIGHT` | `from:` `to:` lines in order; `with:` who consents |
//! | `prolong RIGHT` | `to:` day, the first one after |

use greenlien::domain::command::{
    Body, ExternalReport, ExternalStatus, LineChange, PledgeAct, RightAct,
};

use greenlien::domain::right::BurdenId;

use super::paper::{Paper, lines};
use super::parser::{Words, day, quantity};
use super::players::{NOBODY, Names, document};

/// The verbs of this file.
const VERBS: [&str; 11] = [
    "external",
    "prolong",
    "rerank",
    "assign",
    "determine",
    "substitute",
    "guarantee",
    "buyout",
    "object",
    "withdraw",
    "dispose",
];

/// Writes the command of a step, where the verb is one of law 2.
pub(crate) fn write(
    verb: &str,
    name: &str,
    words: &mut Words,
    more: &mut [Words],
    names: &Names,
) -> Option<Paper> {
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
        "assign" | "determine" | "substitute" | "guarantee" | "buyout" | "object" | "withdraw"
        | "dispose" => on_pledge(verb, name, by, words, more, names),
        _ => return None,
    })
}

/// The acts on one pledge; usually its pledgee gives them.
fn on_pledge(
    verb: &str,
    name: &str,
    by: Option<String>,
    words: &mut Words,
    more: &mut [Words],
    names: &Names,
) -> Paper {
    let (pledge, pledgee, pledgor) = names.pledge(name);
    let yuan = |words: &mut Words, name: &str| words.value(name).as_deref().map(quantity);
    let document = |words: &mut Words| document(&words.value("document").unwrap_or_default());
    let mut consents = words.list("with");
    let act = match verb {
        "assign" => {
            let to = words.value("to").unwrap();
            consents.push(to.clone());
            PledgeAct::AssignPledge {
                pledge,
                to: names.party(&to),
                subrogation: words.has("paid"),
                part_cny: yuan(words, "part"),
                document: document(words),
            }
        }
        "determine" => PledgeAct::DetermineClaim {
            pledge,
            document: document(words),
        },
        "substitute" => {
            let line = |words: &mut Words| words.value("line").map(|line| line.parse().unwrap());
            let drop = LineChange {
                line: line(words).unwrap_or(0),
                amount: words.amount_of("part"),
                to: None,
                behind: Vec::new(),
            };
            consents.push(words.value("of").unwrap_or(pledgor));
            let [first, rest @ ..] = more else {
                panic!("substitute what for it?");
            };
            PledgeAct::SubstituteCollateral {
                pledge,
                drop: vec![drop],
                add: lines(first, rest, names).0,
            }
        }
        "guarantee" => {
            consents.push(pledgee.clone());
            let counter = words.value("counter");
            PledgeAct::RegisterGuarantee {
                pledge,
                share_bp: words.value("share").unwrap().parse().unwrap(),
                counter: counter.map(|name| names.pledge(&name).0),
                document: document(words),
            }
        }
        "buyout" => {
            consents.push(pledgee.clone());
            PledgeAct::RegisterBuyoutCommitment {
                pledge,
                price_cny: yuan(words, "price").unwrap(),
                trigger: words.value("when").unwrap(),
                document: document(words),
            }
        }
        "object" => {
            let suit = words.value("suit");
            PledgeAct::Object {
                pledge,
                document: document(words),
                suit: suit.map(|suit| super::players::document(&suit)),
            }
        }
        "withdraw" => PledgeAct::WithdrawObjection {
            pledge,
            objection: words.value("objection").unwrap().parse().unwrap(),
        },
        _ => PledgeAct::RecordDisposal {
            pledge,
            line: words.value("line").map_or(0, |line| line.parse().unwrap()),
            amount: words.amount_of("part"),
            proceeds_cny: yuan(words, "proceeds").unwrap(),
            document: document(words),
        },
    };
    let by = by.unwrap_or(pledgee);
    consents.retain(|party| *party != by && *party != NOBODY);
    Paper::new(by, Body::OfPledge(Box::new(act))).with_consents(consents)
}
