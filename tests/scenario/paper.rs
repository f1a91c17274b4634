//! What the verbs of a scenario mean: the body of a command, who gives it, who must consent.
//!
//! | verb | words |
//! | --- | --- |
//! | `party NAME` | `roles:` `duties:` `code:` `threshold:` `keys:none`, `person` for a natural person, `number:` its identity number |
//! | `key add PARTY KEY` | `person:` whose hand holds it; `from:PARTY.KEY` a key that has an owner, `from:log` the first of the log; `proof:wrong` |
//! | `key revoke PARTY KEY` | `from:PARTY.KEY` a key of somebody else |
//! | `threshold PARTY N` | |
//! | `policy KIND` | `like:KIND` `set:NAME=VALUE;...` changes lines of its text, `longest:YEARS` adds a longest term, `ltv:PERCENT` a share of the value, `requires:ATTRIBUTE=VALUE/CODE` what must be there, `lapse:ends` ends lines with their claim; `text:` another text; `with:` who agrees |
//! | `right NAME` | see `rights` |
//! | `adjust RIGHT`, `revoke RIGHT` | quantity, `from:` |
//! | `freeze NAME` | `right:` extent `for:` whose order it is |
//! | `unfreeze FREEZE` | `right:` where it is another one |
//! | `reserve NAME`, `pledge NAME` | lines: `right:` extent `behind:`, `and` before the next; `with:` who else consents, `cap:` yuan, `maximum:` span; `syndicate:` MEMBER/hundredths of a percent, `green:` category; `of:` `days:` `term:` `debtor:` `reservation:` `form:` `times:`; hidden: `loan:` yuan, `contract:` |
//! | `cancel RESERVATION` | |
//! | `amend PLEDGE` | `to:` quantity, `line:` `behind:`; `and` before the next; `cap:` yuan, `green:` category, `with:` who else consents, `holders:` present holders who consent |
//! | `extend PLEDGE` | `to:` day, `line:` `term:`; `maximum:` span, `with:` who else consents, `holders:` present holders and pledgees behind it who consent |
//! | `release PLEDGE` | nothing for the whole; `line:` `part:` quantity |
//!
//! An extent is a quantity, a span or `years:2028-2032`. `by:` names who gives the command where it is not the one whom the
//! record names; `?` stands for a record or a party that the register does not know.

use std::sync::Arc;

use greenlien::domain::command::{
    AdmitParty, Body, CourtOrder, Expected, ExtentRequest, LineChange, LineRequest, OfferedKey,
    RegisterPledge,
};
use greenlien::domain::envelope::Opening;
use greenlien::domain::party::Role;
use greenlien::domain::pledge::{Form, Share};
use greenlien::domain::right::BurdenId;
use greenlien::primitives::crypto::{SecretKey, Signature};
use greenlien::primitives::id::RightId;

use super::acts;
use super::court_acts;
use super::parser::{Words, day, quantity};
use super::party_acts;
use super::players::{NOBODY, Names, Player, document, secret};
use super::rights::issue;
use crate::support::{Actor, cast};

/// A command before it is signed.
#[derive(Debug)]
pub(crate) struct Paper {
    /// Who gives it.
    pub(crate) giver: String,
    /// Who consents.
    pub(crate) consents: Vec<String>,
    /// What it asks.
    pub(crate) body: Body,
    /// Openings of its hidden members.
    pub(crate) openings: Vec<Opening>,
    /// The record whose version it must name.
    pub(crate) expect: Option<Expected>,
    /// What has a name once it is accepted.
    pub(crate) makes: Makes,
}

/// What an accepted command leaves behind that later steps can name.
#[derive(Debug)]
pub(crate) enum Makes {
    /// Nothing new.
    Nothing,
    /// A party.
    Party(Box<Player>),
    /// A key of the giver.
    Key(String, Arc<SecretKey>),
    /// Keys of a party.
    KeysOf(String, Vec<(String, Arc<SecretKey>)>),
    /// The name of the entry itself.
    Entry(String),
    /// A threshold of the giver.
    Threshold(u64),
    /// A right of a kind and a holder.
    Right(String, String),
    /// A right of this name, kind and holder that came of another.
    Part(String, String, String),
    /// A pledge of its pledgor.
    Pledge(String),
    /// A reservation.
    Reservation,
    /// A freeze on a right.
    Freeze(String),
}

impl Paper {
    /// Further parties that sign: pledgees before the line, or those whose line gets worse.
    pub(super) fn with_consents(mut self, of: Vec<String>) -> Self {
        self.consents.extend(of);
        self
    }

    pub(super) fn new(giver: String, body: Body) -> Self {
        Self {
            giver,
            consents: Vec::new(),
            body,
            openings: Vec::new(),
            expect: None,
            makes: Makes::Nothing,
        }
    }

    pub(super) fn making(self, makes: Makes) -> Self {
        Self { makes, ..self }
    }

    pub(super) fn with_consent(mut self, of: String) -> Self {
        if of != self.giver && of != NOBODY {
            self.consents.push(of);
        }
        self
    }
}

/// Writes the command of a step; `aud` is the registry it is meant for.
pub(crate) fn write(
    verb: &str,
    name: &str,
    parts: &mut [Words],
    names: &Names,
    aud: &str,
) -> Paper {
    let [words, more @ ..] = parts else {
        panic!("a step has at least one part");
    };
    if let Some(paper) = acts::write(verb, name, words, more, names) {
        let expect = paper.body.must_expect();
        return Paper { expect, ..paper };
    }
    if let Some(paper) = party_acts::write(verb, name, words, names, aud) {
        return paper;
    }
    if let Some(paper) = court_acts::write(verb, name, words, names) {
        return paper;
    }
    let by = words.value("by");
    match verb {
        "party" => party(name, by, words, aud),
        "key" => key(name, words, names, aud),
        "threshold" => {
            let threshold = words.word().unwrap().parse().unwrap();
            Paper::new(name.to_owned(), Body::SetSigningPolicy(threshold))
                .making(Makes::Threshold(threshold))
        }
        "policy" => policy(name, by, words),
        "right" => {
            let kind = words.value("kind").unwrap();
            let by = by.unwrap_or_else(|| names.issuer_of(&kind));
            let (issue, holder) = issue(&kind, words, names);
            Paper::new(by, Body::IssueRight(Box::new(issue))).making(Makes::Right(kind, holder))
        }
        "adjust" => {
            let (right, kind, _) = names.right(name);
            // Units of a stock change at once.
            let usual = if kind == "carbon" {
                "2026-12-01"
            } else {
                "2027-01-01"
            };
            let body = Body::AdjustRight {
                right,
                from: day(&words.value("from").unwrap_or(usual.to_owned())),
                amount: words.amount().unwrap(),
                document: document("adjustment"),
            };
            Paper::new(by.unwrap_or_else(|| names.issuer_of(&kind)), body)
        }
        "revoke" => {
            let (right, kind, _) = names.right(name);
            let body = Body::RevokeRight {
                right,
                from: day(&words.value("from").unwrap()),
                document: document("revocation"),
            };
            Paper::new(by.unwrap_or_else(|| names.issuer_of(&kind)), body)
        }
        "freeze" => {
            let right = words.value("right").unwrap();
            let body = Body::Freeze {
                right: names.right(&right).0,
                authority: names.party(&words.value("for").unwrap()),
                extent: extent(words),
                document: document("order"),
                terms: court_acts::terms(words),
            };
            Paper::new(by.unwrap_or("registrar".to_owned()), body).making(Makes::Freeze(right))
        }
        "unfreeze" => {
            let (freeze, right) = names.freeze(name);
            let right = words.value("right").or(right).unwrap();
            let body = Body::Unfreeze {
                right: names.right(&right).0,
                freeze,
                document: document("lifting"),
            };
            Paper::new(by.unwrap_or("registrar".to_owned()), body)
        }
        "cancel" => {
            let (reservation, pledgee) = names.reservation(name);
            Paper::new(by.unwrap_or(pledgee), Body::CancelReservation(reservation))
        }
        "reserve" => reserve(by.unwrap(), words, more, names),
        "pledge" => pledge(by.unwrap(), words, more, names),
        "amend" | "extend" | "release" => change(verb, name, by, words, more, names),
        other => panic!("{other} is not a verb"),
    }
}

fn party(name: &str, by: Option<String>, words: &mut Words, aud: &str) -> Paper {
    let roles = words.list("roles");
    let roles: Vec<Role> = roles
        .iter()
        .map(|role| Role::parse(role).unwrap())
        .collect();
    let duties = words.list("duties");
    let duty_names: Vec<&str> = duties.iter().map(String::as_str).collect();
    let mut actor = Actor::new(name, &roles);
    if let Some(threshold) = words.value("threshold") {
        actor.threshold = threshold.parse().unwrap();
    }
    if let Some(code) = words.value("code") {
        actor.credit_code = code;
    }
    let mut admission = actor.admission(aud, &roles, &duty_names);
    if words.value("keys").is_some_and(|keys| keys == "none") {
        admission.keys.clear();
    }
    let mut openings = Vec::new();
    if words.has("person") {
        let number = words.value("number");
        let number = number.as_deref().unwrap_or("500113198001010019");
        openings = [("name", name), ("resident_id", number)]
            .map(|(claim, value)| opening(claim, value))
            .to_vec();
        let digest = |opening: &Opening| (opening.claim.clone(), opening.digest());
        admission = AdmitParty {
            name: None,
            credit_code: None,
            hidden: openings.iter().map(digest).collect(),
            ..admission
        };
    }
    let player = Player::new(actor, duties);
    let body = Body::AdmitParty(admission);
    let paper = Paper::new(by.unwrap_or("registrar".to_owned()), body);
    Paper {
        openings,
        ..paper.making(Makes::Party(Box::new(player)))
    }
}

fn opening(claim: &str, value: &str) -> Opening {
    Opening {
        claim: claim.to_owned(),
        salt: document(claim).as_bytes()[..16].to_vec(),
        value: value.to_owned(),
    }
}

/// `key add bank-a deputy`: the first word is the act.
fn key(act: &str, words: &mut Words, names: &Names, aud: &str) -> Paper {
    let (party, name) = (words.word().unwrap(), words.word().unwrap());
    let secret = match words.value("from") {
        None => match names.player(&party).keys.get(&name) {
            Some(known) => Arc::clone(known),
            None => Arc::new(secret(&format!("{party}.{name}"))),
        },
        Some(other) if other == "log" => Arc::new(cast::log_key()),
        Some(other) => {
            let (party, key) = other.split_once('.').unwrap();
            Arc::clone(&names.player(party).keys[key])
        }
    };
    if act == "revoke" {
        return Paper::new(party, Body::RevokeKey(secret.public().id()));
    }
    assert_eq!(act, "add");
    let person = words.value("person").unwrap_or_else(|| name.clone());
    let person = format!("{party}-{person}");
    let mut proof = secret.sign(&OfferedKey::proof_message(aud, &secret.public(), &person));
    if words.value("proof").is_some_and(|proof| proof == "wrong") {
        proof = Signature(secret.sign(b"something else").0);
    }
    let offered = OfferedKey {
        key: secret.public(),
        person,
        proof,
    };
    Paper::new(party, Body::AddKey(offered)).making(Makes::Key(name, secret))
}

fn policy(kind: &str, by: Option<String>, words: &mut Words) -> Paper {
    let text = words.value("text").unwrap_or_else(|| {
        let base = words.value("like").unwrap_or_else(|| kind.to_owned());
        let sets = words.value("set").unwrap_or_default();
        let longest = words.value("longest").map_or(String::new(), |years| {
            format!("\n[longest]\nyears = {years}\ncites = \"本地办法\"\n")
        });
        let ltv = words.value("ltv").map_or(String::new(), |percent| {
            format!("\n[ltv]\nmax_percent = {percent}\ncites = \"本地办法\"\n")
        });
        let requires = words.value("requires").map_or(String::new(), |rule| {
            let (attribute, rule) = rule.split_once('=').unwrap();
            let (value, finding) = rule.split_once('/').unwrap();
            format!(
                "\n[[bar]]\nattribute = \"{attribute}\"\nrequires = [\"{value}\"]\nfinding = {finding}\n"
            )
        });
        let lapse = words.value("lapse").map_or(String::new(), |at_end| {
            format!("\n[lapse]\nat_end = \"{at_end}\"\ncites = \"本地办法\"\n")
        });
        edited(&policy_text(&base), &sets) + &longest + &lapse + &ltv + &requires
    });
    let body = Body::AdoptPolicy {
        kind: kind.to_owned(),
        text,
    };
    let mut paper = Paper::new(by.unwrap_or("bureau".to_owned()), body);
    paper.consents = words.list("with");
    paper
}

fn policy_text(kind: &str) -> String {
    policy_file(kind).unwrap_or_else(|| panic!("{kind} has no policy text"))
}

/// The policy text of a kind, where the project has one.
pub(crate) fn policy_file(kind: &str) -> Option<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policy");
    std::fs::read_to_string(folder.join(format!("{kind}.toml"))).ok()
}

/// Gives new values to lines of a policy text: `version=2;name="water"`.
fn edited(text: &str, sets: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for set in sets.split(';').filter(|set| !set.is_empty()) {
        let (name, value) = set.split_once('=').unwrap();
        let begins = format!("{name} = ");
        let line = lines.iter_mut().find(|line| line.starts_with(&begins));
        match line {
            Some(line) => *line = format!("{begins}{value}"),
            None => panic!("the text has no line {name}"),
        }
    }
    lines.join("\n") + "\n"
}

fn extent(words: &mut Words) -> ExtentRequest {
    ExtentRequest {
        amount: words.amount(),
        span: words.span(),
        years: words.years(),
    }
}

/// Reads the lines of a step; a line without a right is on the right of the line before.
pub(super) fn lines(
    words: &mut Words,
    more: &mut [Words],
    names: &Names,
) -> (Vec<LineRequest>, String) {
    let mut requests = Vec::new();
    let (mut right, mut holder) = (None::<RightId>, None);
    for words in std::iter::once(words).chain(more) {
        if let Some(name) = words.value("right") {
            let (id, _, of) = names.right(&name);
            right = Some(id);
            holder.get_or_insert(of);
        }
        let behind = words.list("behind");
        let behind: Vec<BurdenId> = behind.iter().map(|name| names.burden(name)).collect();
        let times = words.value("times").map_or(1, |n| n.parse().unwrap());
        let line = LineRequest {
            right: right.unwrap(),
            extent: extent(words),
            behind,
        };
        requests.extend(std::iter::repeat_n(line, times));
    }
    (requests, holder.unwrap())
}

fn reserve(by: String, words: &mut Words, more: &mut [Words], names: &Names) -> Paper {
    let of = words.value("of");
    let days = words.value("days").map_or(10, |days| days.parse().unwrap());
    let consents = words.list("with");
    let (lines, holder) = lines(words, more, names);
    let of = of.unwrap_or(holder);
    let body = Body::Reserve {
        pledgor: names.party(&of),
        lines,
        days,
    };
    Paper::new(by, body)
        .with_consent(of)
        .with_consents(consents)
        .making(Makes::Reservation)
}

fn pledge(by: String, words: &mut Words, more: &mut [Words], names: &Names) -> Paper {
    let of = words.value("of");
    let debtor = words.value("debtor").map(|name| names.party(&name));
    let term = words.span_of("term");
    let reservation = words.value("reservation");
    let reservation = reservation.map(|name| names.reservation(&name).0);
    let form = match words.value("form").as_deref() {
        None | Some("pledge") => Form::Pledge,
        Some("mortgage") => Form::Mortgage,
        Some(other) => panic!("{other} is not a form"),
    };
    let cap_cny = words.value("cap").as_deref().map(quantity);
    let maximum = words.span_of("maximum");
    let green = words.value("green");
    let syndicate = words.list("syndicate");
    let mut syndicate: Vec<Share> = syndicate.iter().map(|it| share(it, names)).collect();
    syndicate.sort_by_key(|share| share.party);
    let consents = words.list("with");
    let hidden = [
        ("contract", "contract"),
        ("principal", "principal"),
        ("loan", "principal_cny"),
    ];
    let openings =
        hidden.map(|(word, claim)| words.value(word).map(|value| opening(claim, &value)));
    let openings: Vec<Opening> = openings.into_iter().flatten().collect();
    let (lines, holder) = lines(words, more, names);
    let of = of.unwrap_or(holder);
    let digest = |opening: &Opening| (opening.claim.clone(), opening.digest());
    let body = Body::RegisterPledge(Box::new(RegisterPledge {
        pledgor: names.party(&of),
        debtor,
        form,
        lines,
        term,
        reservation,
        cap_cny,
        maximum,
        syndicate,
        green,
        hidden: openings.iter().map(digest).collect(),
    }));
    let paper = Paper::new(by, body)
        .with_consent(of.clone())
        .with_consents(consents)
        .making(Makes::Pledge(of));
    Paper { openings, ..paper }
}

/// The court whose order the registrar enters, such as `for:court`.
pub(super) fn order(words: &mut Words, names: &Names) -> Option<CourtOrder> {
    let court = words.value("for")?;
    Some(CourtOrder {
        authority: names.party(&court),
        document: document(&words.value("document").unwrap_or_default()),
    })
}

/// A member of a syndicate and its share in hundredths of a percent, such as `BankB/2500`.
fn share(text: &str, names: &Names) -> Share {
    let (party, share_bp) = text.split_once('/').expect("a member is PARTY/SHARE");
    Share {
        party: names.party(party),
        share_bp: share_bp.parse().unwrap(),
    }
}

fn change(
    verb: &str,
    name: &str,
    by: Option<String>,
    words: &mut Words,
    more: &mut [Words],
    names: &Names,
) -> Paper {
    let (pledge, pledgee, pledgor) = names.pledge(name);
    let pledgor = words.value("of").unwrap_or(pledgor);
    let (term, maximum) = (words.span_of("term"), words.span_of("maximum"));
    let cap_cny = words.value("cap").as_deref().map(quantity);
    let green = words.value("green");
    let order = order(words, names);
    let mut consents = words.list("with");
    let holders = words.list("holders");
    let mut consenting: Vec<_> = holders.iter().map(|name| names.party(name)).collect();
    consenting.sort_unstable();
    consents.extend(holders);
    let mut changes = Vec::new();
    for words in std::iter::once(words).chain(more) {
        let line = words.value("line");
        let change = LineChange {
            line: line.as_deref().map_or(0, |line| line.parse().unwrap()),
            amount: match verb {
                "amend" => words.amount_of("to"),
                _ => words.amount_of("part"),
            },
            to: match verb {
                "extend" => words.value("to").as_deref().map(day),
                _ => None,
            },
            behind: words
                .list("behind")
                .iter()
                .map(|name| names.burden(name))
                .collect(),
        };
        if line.is_some() || change.amount.is_some() || change.to.is_some() {
            changes.push(change);
        }
    }
    let by = by.unwrap_or(pledgee);
    let paper = match verb {
        "amend" => {
            let body = Body::AmendPledge {
                pledge,
                changes,
                cap_cny,
                green,
                consenting,
            };
            Paper::new(by, body).with_consent(pledgor)
        }
        "extend" => {
            let body = Body::ExtendPledge {
                pledge,
                changes,
                term,
                maximum,
                consenting,
            };
            Paper::new(by, body).with_consent(pledgor)
        }
        _ => {
            let body = Body::ReleasePledge {
                pledge,
                changes,
                order,
            };
            Paper::new(by, body)
        }
    };
    Paper {
        expect: Some(Expected::Pledge(pledge)),
        ..paper.with_consents(consents)
    }
}
