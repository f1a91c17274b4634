//! What the verbs of law 2 mean.
//!
//! | verb | words |
//! | --- | --- |
//! | `external PLEDGE` | `register:` `number:` `status:` `checked:` day; `term:` span |
//! | `assign PLEDGE` | `to:` who takes it; `paid` a guarantor steps in; `part:` yuan; `for:` the court that ordered it |
//! | `determine PLEDGE` | `for:` the court that gave notice |
//! | `substitute PLEDGE` | `line:` `part:` what is given back; after each `and` a line as of a pledge |
//! | `guarantee PLEDGE` | `share:` hundredths of a percent, `counter:` pledge |
//! | `buyout PLEDGE` | `price:` yuan, `when:` |
//! | `object PLEDGE`, `withdraw PLEDGE` | `document:` `suit:`, `as:` a name of the objection; `objection:` that name, or the index of the entry |
//! | `dispose PLEDGE` | `line:` `part:` `proceeds:` yuan, `for:` the court (then the registrar gives it), `buyer:`; else the pledgor consents, `of:` another or `-` |
//! | `rerank RIGHT` | `from:` `to:` lines in order; `with:` who consents |
//! | `verified CHECK` | records the question of that `check pledge` and its answer; `size:` of the checkpoint |
//! | `prolong RIGHT` | `to:` day, the first one after |
//! | `surrender RIGHT` | quantity; `carve_out:consent` or `order` |
//! | `correct RIGHT` | `class:` `attributes:NAME=VALUE,...`; a quantity; `resolution`; or `line:P1` quantity `relied:NUMBER@RECORD,...` certificates made just before a record |
//! | `transfer RIGHT` | `to:`, `succession`; for a part `into:NAME` quantity and identity, `lines:P1=10,P2=joint,...` |
//! | `convert RIGHT` | `into:NAME` `kind:` quantity and identity of the new right, `of:` quantity or `years:`, span |
//!
//! Acts on rights are signed by whom `with:` names too; the payload names them as consenting.

use greenlien::domain::command::{
    Body, ExternalReport, ExternalStatus, LineChange, PledgeAct, RightAct,
};

use greenlien::domain::right::BurdenId;

use greenlien::domain::command::{
    Allocation, CarveOut, Conversion, Converted, Correction, Reliance, TransferPart, Verification,
};

use super::paper::{Makes, Paper, lines};
use super::parser::{Words, day, quantity, span};
use super::players::{NOBODY, Names, document};
use super::rights::{attributes, identity};

/// The verbs of this file.
const VERBS: [&str; 16] = [
    "verified",
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
    "surrender",
    "correct",
    "transfer",
    "convert",
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
        "verified" => {
            let (question, answer, size) = names.asked(name);
            let verification = Verification {
                question: question.clone(),
                answer: answer.clone(),
                size: words
                    .value("size")
                    .map_or(*size, |size| size.parse().unwrap()),
                root: document("root"),
            };
            let act = RightAct::RecordVerification {
                right: question.right(),
                verification: Box::new(verification),
                document: document("consent of the holder"),
            };
            Paper::new(by.unwrap(), Body::OfRight(Box::new(act)))
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
        "surrender" | "correct" | "transfer" | "convert" => of_right(verb, name, by, words, names),
        _ => return None,
    })
}

/// An entry by its number, or by the name of what it made.
fn entry(text: &str, names: &Names) -> u64 {
    text.parse().unwrap_or_else(|_| names.entry_of(text))
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
                authority: words.value("for").map(|court| names.party(&court)),
                document: document(words),
            }
        }
        "determine" => PledgeAct::DetermineClaim {
            pledge,
            authority: words.value("for").map(|court| names.party(&court)),
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
            let of = words.value("of");
            PledgeAct::RegisterGuarantee {
                pledge,
                share_bp: words.value("share").unwrap().parse().unwrap(),
                of: of.map(|name| names.party(&name)),
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
            objection: entry(&words.value("objection").unwrap(), names),
            order: super::paper::order(words, names),
        },
        _ => {
            let authority = words.value("for").map(|court| names.party(&court));
            if authority.is_none() {
                consents.push(words.value("of").unwrap_or(pledgor));
            }
            PledgeAct::RecordDisposal {
                pledge,
                line: words.value("line").map_or(0, |line| line.parse().unwrap()),
                amount: words.amount_of("part"),
                proceeds_cny: yuan(words, "proceeds").unwrap(),
                authority,
                buyer: words.value("buyer").map(|buyer| names.party(&buyer)),
                document: document(words),
            }
        }
    };
    let by = by.unwrap_or(pledgee);
    consents.retain(|party| *party != by && *party != NOBODY);
    let makes = words.value("as").map_or(Makes::Nothing, Makes::Entry);
    let paper = Paper::new(by, Body::OfPledge(Box::new(act)));
    paper.with_consents(consents).making(makes)
}

fn of_right(verb: &str, name: &str, by: Option<String>, words: &mut Words, names: &Names) -> Paper {
    let (right, kind, holder) = names.right(name);
    let with = words.list("with");
    let mut consenting: Vec<_> = with.iter().map(|name| names.party(name)).collect();
    consenting.sort_unstable();
    let document = document(verb);
    let mut makes = Makes::Nothing;
    let mut giver = names.issuer_of(&kind);
    let act = match verb {
        "surrender" => RightAct::SurrenderRight {
            right,
            amount: words.amount().unwrap(),
            carve_out: words
                .value("carve_out")
                .map(|word| CarveOut::parse(&word).unwrap()),
            consenting,
            document,
        },
        "correct" => {
            let line = words.value("line");
            if line.is_some() {
                "registrar".clone_into(&mut giver);
            }
            RightAct::CorrectRight {
                right,
                correction: correction(line, words, names),
                consenting,
                document,
            }
        }
        "transfer" => {
            let to = words.value("to").unwrap();
            let part = words.amount().map(|amount| {
                let lines = words.list("lines");
                let allocation = |text: &String| {
                    let (line, amount) = text.split_once('=').unwrap();
                    Allocation {
                        line: names.burden(line),
                        quantity: (amount != "joint").then(|| quantity(amount)),
                    }
                };
                makes = Makes::Part(words.value("into").unwrap(), kind.clone(), to.clone());
                Box::new(TransferPart {
                    amount,
                    identities: vec![identity(&kind, &to, words, names)],
                    allocations: lines.iter().map(allocation).collect(),
                })
            });
            RightAct::TransferRight {
                right,
                to: names.party(&to),
                succession: words.has("succession"),
                part,
                consenting,
                document,
            }
        }
        _ => {
            let kind = words.value("kind").unwrap();
            giver = names.issuer_of(&kind);
            makes = Makes::Part(words.value("into").unwrap(), kind.clone(), holder.clone());
            RightAct::ConvertRight {
                right,
                part: match words.years() {
                    Some((first, last)) => Converted::Years(first, last),
                    None => Converted::Amount(words.amount_of("of").unwrap()),
                },
                into: Box::new(Conversion {
                    identities: vec![identity(&kind, &holder, words, names)],
                    kind,
                    amount: words.amount().unwrap(),
                    span: words
                        .span()
                        .unwrap_or_else(|| span("2026-01-01..2031-01-01")),
                    class: words.value("class"),
                }),
                consenting,
                document,
            }
        }
    };
    let paper = Paper::new(by.unwrap_or(giver), Body::OfRight(Box::new(act)));
    Paper {
        consents: with,
        makes,
        ..paper
    }
}

/// `NUMBER@RECORD`: a certificate that was made just before the record was entered; the number may be left out.
fn reliance(text: &str, names: &Names) -> Reliance {
    let (number, before) = text.split_once('@').unwrap();
    let record = names.key(before).name();
    Reliance {
        position: record[1..].parse().unwrap(),
        number: (!number.is_empty()).then(|| number.to_owned()),
    }
}

fn correction(line: Option<String>, words: &mut Words, names: &Names) -> Correction {
    if let Some(line) = line {
        return Correction::Line {
            line: names.burden(&line),
            amount: words.amount().unwrap(),
            relied: words
                .list("relied")
                .iter()
                .map(|text| reliance(text, names))
                .collect(),
        };
    }
    if let Some(amount) = words.amount() {
        return Correction::Quantity(amount);
    }
    if words.has("resolution") {
        return Correction::Resolution;
    }
    Correction::Particulars {
        class: words.value("class"),
        attributes: attributes(words),
    }
}
