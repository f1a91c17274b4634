//! Plays a scenario on a registry, step by step; at its end the test stops if a step came to something else than it says,
//! and names every such step.
//!
//! | verb | what happens |
//! | --- | --- |
//! | `at TIME` | time passes, for everybody |
//! | `clock TIME` | the server's clock alone is set, backward too |
//! | `again NAME` | the same bytes are sent once more |
//! | `see RECORD` | a record is looked at, see `sight` |
//! | `price KIND` | the registrar imports a price: yuan, `on:` day, `parts:` of the identity, `source:` |
//! | `alerts PLEDGE` | what its creditor sees on a day, `on:`, with the opening of the loan: `value:` yuan, `ltv:` percent, `line:` `warning`, `close_out` or `-`; with `unopened` that others see none of it |
//! | `noticed`, `told`, `reconciled`, `certified` | what the registry says beside its log, see `outside` |
//! | all others | a command is signed and sent, or with `check` only asked; see `paper` |
//!
//! A command may say how it is signed: `sign:bank-a.maker,bank-a.checker` (the first key of a party is its maker), `made:TIME`
//! the date it claims, `lives:7d`, `expect:3` or `expect:none` the version it names,
//! `attest:farmer=paper` whose consent the giver attests and how, `id:P1` the id of an earlier command.
//! `times:N row:K step:E,N` repeats a forest right N times, K in a row, each so far from the one before.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenlien::domain::authority::attest::{Attestation, ConsentClass};
use greenlien::domain::command::{Command, Expected as Record, SignerRole};
use greenlien::domain::envelope::{Envelope, Opening};
use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::{CommandId, PartyId, RightId};

use super::outcome;
use super::outside;
use super::paper::{Makes, Paper, write};
use super::parser::{Expected, Step, Words};
use super::players::{Named, Names, document};
use super::prices;
use super::sight;
use super::stage::Stage;
use crate::support::Answer;
use crate::support::papers::instant;
use crate::support::play::seal;

/// What came of a scenario.
pub(crate) struct Told {
    /// What it has named.
    pub(crate) names: Names,
    /// The answer to every step that has one, with its place.
    pub(crate) answers: Vec<(String, Answer)>,
    /// The type of every command that was only asked about, with its place.
    pub(crate) asked: Vec<(String, &'static str)>,
}

/// A command that was sent.
struct Sent {
    cmd: CommandId,
    envelope: Envelope,
    openings: Vec<Opening>,
    answer: Answer,
}

struct Runner<'a, S> {
    stage: &'a mut S,
    names: Names,
    sent: BTreeMap<String, Sent>,
    /// The openings that somebody keeps of each registration.
    openings: BTreeMap<String, Vec<Opening>>,
    answers: Vec<(String, Answer)>,
    asked: Vec<(String, &'static str)>,
    complaints: Vec<String>,
}

/// How a command is signed, where it is not as usual.
#[derive(Clone, Debug)]
struct Signing {
    sign: Vec<String>,
    made: Option<String>,
    lives: Option<String>,
    expect: Option<String>,
    id: Option<String>,
    attest: Vec<String>,
}

/// Plays every step.
pub(crate) fn play<S: Stage>(stage: &mut S, steps: &[Step]) -> Told {
    let mut runner = Runner {
        stage,
        names: Names::new(),
        sent: BTreeMap::new(),
        openings: BTreeMap::new(),
        answers: Vec::new(),
        asked: Vec::new(),
        complaints: Vec::new(),
    };
    for step in steps {
        runner.step(step.clone());
        runner.stage.check_ledger();
    }
    let complaints = runner.complaints;
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    Told {
        names: runner.names,
        answers: runner.answers,
        asked: runner.asked,
    }
}

impl<S: Stage> Runner<'_, S> {
    fn step(&mut self, mut step: Step) {
        let Some(name) = step.parts.first_mut().and_then(Words::word) else {
            panic!("{}: {} what?", step.place, step.verb);
        };
        match step.verb.as_str() {
            "at" => self.stage.turn_to(instant(&name)),
            "clock" => self.stage.set_server_clock(instant(&name)),
            "again" => self.again(&step, &name),
            "see" => {
                let [words] = step.parts.as_mut_slice() else {
                    panic!("{}: one look at a time", step.place);
                };
                sight::see(&step.place, &name, words, &self.names, self.stage);
            }
            "price" => prices::import(&name, &mut step, self.stage),
            "alerts" => {
                let pledge = self.names.pledge(&name).0;
                let openings = self.openings.get(&name).cloned().unwrap_or_default();
                prices::look(pledge, &openings, &mut step, self.stage);
            }
            "noticed" | "told" | "heard" | "sent" | "streamed" | "reconciled" | "certified" => {
                self.look_beside(&name, step);
            }
            _ => {
                for (name, step) in repeated(&name, step) {
                    self.command(&name, step);
                }
            }
        }
    }

    /// Compares what the registry says beside its log.
    fn look_beside(&mut self, name: &str, mut step: Step) {
        let place = step.place.clone();
        if step.verb == "noticed" {
            let codes = outside::given(&mut step.parts[0], "codes");
            let aud = self.stage.audience();
            let is_right = step.parts[0].peek("kind").is_some();
            let act = if is_right { "right" } else { "pledge" };
            let paper = write(act, name, &mut step.parts, &self.names, &aud);
            let org = self.names.party(&paper.giver);
            if let Some(house) = self.stage.served() {
                outside::noticed(&place, house, org, &paper.body, &codes);
            }
            return step.parts[0].finish(&place);
        }
        let key = self.names.key(name);
        let words = &mut step.parts[0];
        let Some(house) = self.stage.served() else {
            return;
        };
        match step.verb.as_str() {
            "told" => outside::told(&place, house, &key, words, &self.names),
            "heard" => outside::heard(&place, house, &key, words, &self.names),
            "sent" => outside::sent(&place, house, &key, words),
            "streamed" => outside::streamed(&place, house, &key, words),
            "reconciled" => outside::reconciled(&place, house, &key, words),
            _ => outside::certified(&place, house, &key, words, &self.names),
        }
        words.finish(&place);
    }

    /// Sends the same bytes again. The pure law remembers no ids: that is the service's part.
    fn again(&mut self, step: &Step, name: &str) {
        assert_eq!(
            step.outcome,
            Expected::Same(name.to_owned()),
            "{}",
            step.place
        );
        let sent = &self.sent[name];
        if S::REMEMBERS {
            let answer = self.stage.deliver(sent.envelope.clone(), &sent.openings);
            assert_eq!(answer, sent.answer, "{}", step.place);
        }
    }

    fn command(&mut self, name: &str, mut step: Step) {
        let signing = Signing::take(&mut step.parts[0]);
        if signing.id.is_some() && !S::REMEMBERS {
            // Its own id goes unused there too, so that later commands have the same.
            self.stage.next_command();
            return;
        }
        let aud = self.stage.audience();
        let paper = write(&step.verb, name, &mut step.parts, &self.names, &aud);
        for words in &step.parts {
            words.finish(&step.place);
        }
        let answer = if step.asks {
            self.stage
                .ask(self.names.party(&paper.giver), paper.body.clone())
        } else {
            self.send(name, &paper, &signing)
        };
        if step.asks {
            let org = self.names.party(&paper.giver);
            self.stage.asked(org, &paper.body);
            self.names.keep(name, org, &paper.body, &answer);
            let place = step.place.clone();
            self.asked.push((place, paper.body.type_name()));
        }
        let complaint = outcome::check(&step, &answer, &self.names).err();
        self.complaints.extend(complaint);
        if answer.is_accepted() && !step.asks {
            self.remember(name, paper, &answer);
        }
        if signing.id.is_none() {
            self.answers.push((step.place, answer));
        }
    }

    fn send(&mut self, name: &str, paper: &Paper, signing: &Signing) -> Answer {
        let keys = self.keys(paper, signing);
        let signers: Vec<(PartyId, SignerRole)> = keys
            .iter()
            .map(|(party, role, _)| (*party, *role))
            .collect();
        let expect = self.expect(paper, signing);
        let giver = self.names.party(&paper.giver);
        let mut command = self
            .stage
            .draft(giver, paper.body.clone(), &signers, &expect);
        self.date(&mut command, signing);
        let keys: Vec<_> = keys.iter().map(|(_, role, key)| (*role, &**key)).collect();
        let envelope = seal(&command, &keys);
        let answer = self.stage.deliver(envelope.clone(), &paper.openings);
        let sent = Sent {
            cmd: command.cmd,
            envelope,
            openings: paper.openings.clone(),
            answer: answer.clone(),
        };
        if !sent.openings.is_empty() {
            self.openings.insert(name.to_owned(), sent.openings.clone());
        }
        self.sent.insert(name.to_owned(), sent);
        answer
    }

    /// The keys that sign: those the step names, else as many of every party as its signing policy asks for.
    fn keys(&self, paper: &Paper, signing: &Signing) -> Vec<(PartyId, SignerRole, Arc<SecretKey>)> {
        let usual = || {
            // Whose consent is attested does not sign.
            let attested = signing.attested().map(|(party, _)| party);
            let attested: Vec<&str> = attested.collect();
            let signs = |party: &&String| !attested.contains(&party.as_str());
            let consents = paper.consents.iter().filter(signs);
            let parties = std::iter::once(&paper.giver).chain(consents);
            let of_party = |party: &String| {
                let count = usize::try_from(self.names.player(party).actor.threshold).unwrap();
                let keys = ["maker", "checker", "deputy"].into_iter().take(count);
                keys.map(|key| format!("{party}.{key}")).collect::<Vec<_>>()
            };
            parties.flat_map(of_party).collect::<Vec<_>>()
        };
        let names = if signing.sign.is_empty() {
            usual()
        } else {
            signing.sign.clone()
        };
        let mut keys: Vec<(PartyId, SignerRole, Arc<SecretKey>)> = Vec::new();
        for name in names {
            let (party, key) = name.split_once('.').unwrap();
            let player = self.names.player(party);
            let is_first = keys.iter().all(|(other, ..)| *other != player.actor.party);
            let role = if is_first {
                SignerRole::Maker
            } else {
                SignerRole::Checker
            };
            keys.push((player.actor.party, role, Arc::clone(&player.keys[key])));
        }
        keys
    }

    fn expect(&self, paper: &Paper, signing: &Signing) -> Vec<(Record, u64)> {
        let Some(record) = paper.expect else {
            return Vec::new();
        };
        let version = match signing.expect.as_deref() {
            Some("none") => return Vec::new(),
            Some(version) => version.parse().unwrap(),
            None => self.stage.version(record),
        };
        vec![(record, version)]
    }

    /// Gives a command the date and the id that its step wants.
    fn date(&self, command: &mut Command, signing: &Signing) {
        if let Some(made) = &signing.made {
            command.iat = instant(made);
        }
        if let Some(lives) = &signing.lives {
            let days: u64 = lives.strip_suffix('d').unwrap().parse().unwrap();
            command.exp = command.iat.plus_seconds(days * 86_400);
        }
        let attest = |(party, class): (&str, &str)| Attestation {
            party: self.names.party(party),
            class: ConsentClass::parse(class).unwrap(),
            document: document(party),
        };
        command.attested = signing.attested().map(attest).collect();
        command.attested.sort_unstable();
        if let Some(id) = &signing.id {
            command.cmd = self.sent[id].cmd;
        }
    }

    /// Gives what was created the name that the step wants.
    fn remember(&mut self, name: &str, paper: Paper, answer: &Answer) {
        let giver = paper.giver;
        let named = match paper.makes {
            Makes::Nothing => return,
            Makes::Party(mut player) => {
                player.actor.party = PartyId(answer.index());
                return self.names.add_player(name, *player);
            }
            Makes::Key(key, secret) => {
                self.names.player_mut(&giver).keys.insert(key, secret);
                return;
            }
            Makes::KeysOf(party, keys) => {
                self.names.player_mut(&party).keys.extend(keys);
                return;
            }
            Makes::Entry(called) => return self.names.add(called, Named::Entry(answer.index())),
            Makes::Threshold(threshold) => {
                self.names.player_mut(&giver).actor.threshold = threshold;
                return;
            }
            Makes::Part(name, kind, holder) => {
                let right = RightId(answer.index());
                return self.names.add(name, Named::Right(right, kind, holder));
            }
            Makes::Right(kind, holder) => Named::Right(answer.right(), kind, holder),
            Makes::Pledge(of) => Named::Pledge(answer.pledge(), giver, of),
            Makes::Reservation => Named::Reservation(answer.reservation(), giver),
            Makes::Freeze(right) => Named::Freeze(answer.freeze(), right),
        };
        self.names.add(name.to_owned(), named);
    }
}

impl Signing {
    /// The parties whose consent is attested, and how: `attest:farmer=paper`.
    fn attested(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attest.iter().map(|text| text.split_once('=').unwrap())
    }

    fn take(words: &mut Words) -> Self {
        Self {
            sign: words.list("sign"),
            made: words.value("made"),
            lives: words.value("lives"),
            expect: words.value("expect"),
            id: words.value("id"),
            attest: words.list("attest"),
        }
    }
}

/// Writes a step that stands for many as many: the first keeps the name, the others get a number behind it.
fn repeated(name: &str, step: Step) -> Vec<(String, Step)> {
    let is_right = step.verb == "right";
    let Some(times) = step.parts[0].peek("times").filter(|_| is_right) else {
        return vec![(name.to_owned(), step)];
    };
    let number =
        |words: &mut Words, name: &str| -> i32 { words.value(name).unwrap().parse().unwrap() };
    let pair = |words: &mut Words, name: &str| -> (i32, i32) {
        let text = words.value(name).unwrap();
        let (a, b) = text.split_once(',').unwrap();
        (a.parse().unwrap(), b.parse().unwrap())
    };
    let copy = |n: i32| {
        let mut step = step.clone();
        let words = &mut step.parts[0];
        words.value("times");
        let (row, unit) = (number(words, "row"), number(words, "unit"));
        let (step_size, corner) = (pair(words, "step"), pair(words, "corner"));
        let (east, north) = (n % row * step_size.0, n / row * step_size.1);
        words.set("unit", format!("{}", unit + n));
        words.set(
            "corner",
            format!("{},{}", corner.0 + east, corner.1 + north),
        );
        let name = if n == 0 {
            name.to_owned()
        } else {
            format!("{name}_{n}")
        };
        (name, step)
    };
    (0..times.parse().unwrap()).map(copy).collect()
}
