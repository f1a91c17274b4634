//! The language of scenario files, as far as it needs no registry: lines into steps, words into named values.
//!
//! ```text
//! # a comment
//! [check] VERB [NAME] WORD... [-> OUTCOME]
//! ```
//!
//! A word is `name:value`, a quantity with its unit (`80t/a`), a span of days (`2026-03-01..2028-03-01`, the second day is the
//! first one outside), or plain. `and` begins the next line of a pledge. A step without an outcome must be accepted without
//! a warning. What the words mean is in `bodies`; a word that nobody asks for stops the test, so a slip of the pen cannot pass.

use std::collections::BTreeMap;

use greenlien::primitives::quantity::{Quantity, Scale};
use greenlien::primitives::time::{Day, Span};

/// One step of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Where it stands: `s01.txt:12`.
    pub(crate) place: String,
    /// The line as it is written.
    pub(crate) text: String,
    /// It only asks.
    pub(crate) asks: bool,
    /// What is done.
    pub(crate) verb: String,
    /// Its words, up to the arrow; the first part holds the words of the whole step too.
    pub(crate) parts: Vec<Words>,
    /// What must come out.
    pub(crate) outcome: Expected,
}

/// The words of one line of a step, each to be asked for once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    named: BTreeMap<String, String>,
    plain: Vec<String>,
}

/// What a step must come to. A detail that is not written is not compared; codes always are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Expected {
    /// Accepted, with exactly these warnings.
    Accepted {
        warnings: Vec<u16>,
        details: Details,
    },
    /// Refused, with exactly these codes in order of precedence.
    Refused { codes: Vec<u16>, details: Details },
    /// Refused at the door, for this number or this field or both.
    Door {
        code: Option<u16>,
        field: Option<String>,
    },
    /// The decision of an earlier step, once more.
    Same(String),
}

/// Details of the first finding of an outcome, and of an accepted event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Details {
    /// `max 40`: the largest admissible quantity.
    pub(crate) max: Option<Quantity>,
    /// `from 2027-01-01`: the first day on which it is so.
    pub(crate) from: Option<Day>,
    /// `parts SPAN:QUANTITY,...`: what is free in each part of the asked span.
    pub(crate) parts: Option<Vec<(Span, Quantity)>>,
    /// `free SPAN,...`: the spans that are free.
    pub(crate) free: Option<Vec<Span>>,
    /// `against P1,F1.0`: the records in the way; `against -` that none is named.
    pub(crate) against: Option<Vec<String>>,
    /// `share 21768`: the share of the smaller parcel in millionths.
    pub(crate) share: Option<u32>,
    /// `overhang P1:30,P2:none,P3:whole`: what the event leaves without a right beneath it.
    pub(crate) overhangs: Option<Vec<(String, String)>>,
}

impl Expected {
    /// Returns the numbers that the outcome names.
    pub(crate) fn codes(&self) -> Vec<u16> {
        match self {
            Self::Accepted { warnings, .. } => warnings.clone(),
            Self::Refused { codes, .. } => codes.clone(),
            Self::Door { code, .. } => code.iter().copied().collect(),
            Self::Same(_) => Vec::new(),
        }
    }
}

/// Reads the steps of a file.
pub(crate) fn parse(name: &str, text: &str) -> Vec<Step> {
    let line = |(n, line): (usize, &str)| {
        let text = line.split_once('#').map_or(line, |(before, _)| before);
        let text = text.trim();
        (!text.is_empty()).then(|| parse_step(format!("{name}:{}", n + 1), text))
    };
    text.lines().enumerate().filter_map(line).collect()
}

fn parse_step(place: String, text: &str) -> Step {
    let (command, outcome) = text.split_once("->").unwrap_or((text, "ok"));
    let mut tokens = command.split_whitespace().peekable();
    let asks = tokens.next_if_eq(&"check").is_some();
    let Some(verb) = tokens.next() else {
        panic!("{place}: nothing is done");
    };
    let verb = verb.to_owned();
    let mut parts = vec![Words::default()];
    for token in tokens {
        match parts.last_mut() {
            Some(last) if token != "and" => last.add(&place, token),
            Some(_) | None => parts.push(Words::default()),
        }
    }
    Step {
        outcome: parse_outcome(&place, outcome),
        text: text.to_owned(),
        place,
        asks,
        verb,
        parts,
    }
}

fn parse_outcome(place: &str, text: &str) -> Expected {
    let mut tokens = text.split_whitespace();
    let kind = tokens.next();
    let mut tokens = tokens.peekable();
    match kind {
        Some("ok") => {
            let warns = tokens.next_if_eq(&"warn").is_some();
            let warnings = parse_codes(&mut tokens);
            assert_eq!(warns, !warnings.is_empty(), "{place}: warn what?");
            let details = parse_details(place, tokens);
            Expected::Accepted { warnings, details }
        }
        Some("refused") => {
            let codes = parse_codes(&mut tokens);
            assert!(!codes.is_empty(), "{place}: refused why?");
            let details = parse_details(place, tokens);
            Expected::Refused { codes, details }
        }
        Some("door") => {
            let code = parse_codes(&mut tokens).first().copied();
            let field = tokens.next().map(str::to_owned);
            assert!(code.is_some() || field.is_some(), "{place}: door why?");
            assert_eq!(tokens.next(), None, "{place}");
            Expected::Door { code, field }
        }
        Some("same") => Expected::Same(tokens.next().unwrap_or_default().to_owned()),
        other => panic!("{place}: {other:?} is not an outcome"),
    }
}

fn parse_codes<'a>(tokens: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Vec<u16> {
    let mut codes = Vec::new();
    while let Some(code) = tokens.peek().and_then(|token| token.parse().ok()) {
        codes.push(code);
        tokens.next();
    }
    codes
}

fn parse_details<'a>(place: &str, mut tokens: impl Iterator<Item = &'a str>) -> Details {
    let mut details = Details::default();
    while let Some(name) = tokens.next() {
        let Some(value) = tokens.next() else {
            panic!("{place}: {name} what?");
        };
        let list = || value.split(',');
        let pair = |item: &str| match item.rsplit_once(':') {
            Some((left, right)) => (left.to_owned(), right.to_owned()),
            None => panic!("{place}: {item} has no colon"),
        };
        match name {
            "max" => details.max = Some(quantity(value)),
            "from" => details.from = Some(day(value)),
            "parts" => {
                let part = |item| {
                    let (days, amount) = pair(item);
                    (span(&days), quantity(&amount))
                };
                details.parts = Some(list().map(part).collect());
            }
            "free" => details.free = Some(list().map(span).collect()),
            "against" if value == "-" => details.against = Some(Vec::new()),
            "against" => details.against = Some(list().map(str::to_owned).collect()),
            "share" => details.share = Some(value.parse().unwrap()),
            "overhang" => details.overhangs = Some(list().map(pair).collect()),
            other => panic!("{place}: {other} is not a detail of an outcome"),
        }
    }
    details
}

/// Reads a day.
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|| panic!("{text:?} is not a day"))
}

/// Reads a span of days `FROM..TO`; the second day is the first one outside.
pub(crate) fn span(text: &str) -> Span {
    let days = text.split_once("..");
    let span = days.and_then(|(from, to)| Span::new(day(from), day(to)));
    span.unwrap_or_else(|| panic!("{text:?} is not a span"))
}

/// Reads a quantity.
pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::parse(text, Scale::MAX).unwrap_or_else(|_| panic!("{text:?} is not a quantity"))
}

/// Splits `80t/a` into the quantity and its unit.
fn amount(text: &str) -> Option<(Quantity, String)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let number = Quantity::parse(number, Scale::MAX).ok()?;
    (!unit.starts_with(['-', ':'])).then(|| (number, unit.to_owned()))
}

impl Step {
    /// Returns the numbers of the catalogue that a look beside the log names: `codes:3007`, `rows:zhongdeng=lapsed/8002`.
    pub(crate) fn codes_beside(&self) -> Vec<u16> {
        if !["noticed", "told", "reconciled"].contains(&self.verb.as_str()) {
            return Vec::new();
        }
        let words = self.parts.first();
        let lists = ["codes", "rows", "alerts"].map(|name| words.and_then(|it| it.peek(name)));
        let items = lists.iter().flatten().flat_map(|list| list.split(','));
        let number = |item: &str| item.rsplit('/').next().and_then(|code| code.parse().ok());
        items.filter_map(number).collect()
    }
}

impl Words {
    fn add(&mut self, place: &str, token: &str) {
        match token.split_once(':') {
            Some((name, value)) if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
                let before = self.named.insert(name.to_owned(), value.to_owned());
                assert_eq!(before, None, "{place}: {name} is written twice");
            }
            Some(_) | None => self.plain.push(token.to_owned()),
        }
    }

    /// Takes the value of a name.
    pub(crate) fn value(&mut self, name: &str) -> Option<String> {
        self.named.remove(name)
    }

    /// Returns the value of a name and leaves it.
    pub(crate) fn peek(&self, name: &str) -> Option<String> {
        self.named.get(name).cloned()
    }

    /// Gives a name a value.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.named.insert(name.to_owned(), value);
    }

    /// Takes the values of a name that are separated by commas; none where the name is not written.
    pub(crate) fn list(&mut self, name: &str) -> Vec<String> {
        let text = self.value(name).unwrap_or_default();
        let items = text.split(',').filter(|item| !item.is_empty());
        items.map(str::to_owned).collect()
    }

    /// Takes the first plain word, such as the name that a step gives to what it creates.
    pub(crate) fn word(&mut self) -> Option<String> {
        (!self.plain.is_empty()).then(|| self.plain.remove(0))
    }

    /// Takes a plain word if it is written.
    pub(crate) fn has(&mut self, word: &str) -> bool {
        let before = self.plain.len();
        self.plain.retain(|other| other != word);
        self.plain.len() < before
    }

    /// Takes the quantity with its unit.
    pub(crate) fn amount(&mut self) -> Option<(Quantity, String)> {
        let at = self.plain.iter().position(|word| amount(word).is_some())?;
        amount(&self.plain.remove(at))
    }

    /// Takes the span.
    pub(crate) fn span(&mut self) -> Option<Span> {
        let at = self.plain.iter().position(|word| word.contains(".."))?;
        Some(span(&self.plain.remove(at)))
    }

    /// Takes a span under a name.
    pub(crate) fn span_of(&mut self, name: &str) -> Option<Span> {
        self.value(name).as_deref().map(span)
    }

    /// Takes first and last year under the name `years`, such as `2028-2032`, both included.
    pub(crate) fn years(&mut self) -> Option<(i32, i32)> {
        let text = self.value("years")?;
        let (first, last) = text.split_once('-')?;
        Some((first.parse().unwrap(), last.parse().unwrap()))
    }

    /// Takes an amount under a name.
    pub(crate) fn amount_of(&mut self, name: &str) -> Option<(Quantity, String)> {
        let text = self.value(name)?;
        Some(amount(&text).unwrap_or_else(|| panic!("{text:?} is no quantity with a unit")))
    }

    /// Stops the test where a word is left that nobody asked for.
    pub(crate) fn finish(&self, place: &str) {
        let is_done = self.named.is_empty() && self.plain.is_empty();
        assert!(is_done, "{place}: nobody asks for {self:?}");
    }
}
