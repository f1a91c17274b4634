//! The fields with several inputs that are about parties, keys and hidden values: how each is shown, and how it is read.

use std::collections::BTreeMap;

use crate::domain::authority::matrix::MATRIX;
use crate::domain::command::SignerRole;
use crate::domain::party::{PartyKey, Role};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};
use crate::web::act::catalogue::{self, Field, Listed, Words};
use crate::web::act::form::{Form, Member, id_json};
use crate::web::act::inputs::{Choice, Input, Inputs};
use crate::web::look::{self, Place};
use crate::web::misnamed;
use crate::web::openings;
use crate::web::party::role_word;
use crate::web::shell::Fault;

/// Keys and rules that one form takes; a command may have more, which a program writes.
const ROWS_SHOWN: usize = 4;
/// Bytes of a public key, and of a signature.
const KEY_BYTES: usize = 32;
const PROOF_BYTES: usize = 64;
/// What hides of a natural person.
const PERSON: [&str; 2] = ["name", "resident_id"];

impl Form<'_> {
    /// Reads a field about parties as members of the body.
    pub(crate) fn read_listed(
        &mut self,
        field: &Field,
        listed: Listed,
    ) -> Result<Vec<Member>, Fault> {
        let name = field.name;
        let value = self.listed(name, listed, field.required)?;
        Ok(match value {
            // What has no name of its own stands in the body itself.
            Some(Json::Object(members)) if name.is_empty() => members.into_iter().collect(),
            Some(value) => vec![(name.to_owned(), value)],
            None => Vec::new(),
        })
    }

    fn listed(
        &mut self,
        name: &str,
        listed: Listed,
        required: bool,
    ) -> Result<Option<Json>, Fault> {
        Ok(match listed {
            Listed::Parties => {
                let parties = self.parties(name, required)?;
                let ids = parties.iter().map(|id| id_json(*id));
                (!parties.is_empty()).then(|| Json::list(ids))
            }
            Listed::Rights => self.rights(name)?,
            Listed::Units => self.list(name, &normal),
            Listed::Roles => {
                let of = |role: &Role| self.visit.param(&format!("{name}_{}", role.name()));
                let roles = Role::ALL.into_iter().filter(|role| of(role).is_some());
                let roles: Vec<Json> = roles.map(|role| Json::text(role.name())).collect();
                self.one_at_least(&format!("{name}_{}", Role::ALL[0].name()), &roles, required);
                Some(Json::list(roles))
            }
            Listed::Duties => {
                let duties = self.duties();
                let is_chosen = |duty: &&String| {
                    let id = format!("{name}_{duty}");
                    self.visit.param(&id).is_some()
                };
                let chosen = duties.keys().filter(is_chosen);
                Some(Json::list(chosen.map(|duty| Json::text(&**duty))))
            }
            Listed::Claims => {
                let about = self.about;
                let is_chosen = |claim: &&String| {
                    let id = format!("{name}_{claim}");
                    self.visit.param(&id).is_some()
                };
                let chosen = about.hidden.iter().filter(is_chosen);
                let claims: Vec<Json> = chosen.map(|claim| Json::text(&**claim)).collect();
                let first = about.hidden.first().map_or("", String::as_str);
                self.one_at_least(&format!("{name}_{first}"), &claims, required);
                Some(Json::list(claims))
            }
            Listed::Offered => self.offered(&stem(name), true),
            Listed::Keys => Some(self.keys(name, required)),
            // The digests are made where the values are typed, on the page that signs; until then they are of nothing.
            Listed::Person => {
                let digest = || Json::Text(Hash::of(&[]).to_string());
                Some(Json::object(PERSON.map(|claim| (claim, digest()))))
            }
            Listed::Rules => self.rules(name),
            Listed::Parts => self.parts(name),
            Listed::Shares => self.shares(name)?,
            Listed::Handed => self.handed(name)?,
        })
    }

    fn one_at_least(&mut self, field: &str, chosen: &[Json], required: bool) {
        if required && chosen.is_empty() {
            let text = self.say("请至少选一项", "Choose one at least");
            self.fault(field, text);
        }
    }

    /// Reads several parties from one field, ascending.
    pub(super) fn parties(&mut self, name: &str, required: bool) -> Result<Vec<PartyId>, Fault> {
        let Some(typed) = self.typed(name, required) else {
            return Ok(Vec::new());
        };
        let mut parties = Vec::new();
        for one in divided(&typed) {
            match look::find(self.registry, one)? {
                Some(Place::Party(id)) => parties.push(id),
                Some(Place::Right(_) | Place::Pledge(_) | Place::Reservation(_)) | None => {
                    let text = self.say("没有这一主体", "there is no such party");
                    self.wrong(name, one, &text);
                }
            }
        }
        parties.sort_unstable();
        parties.dedup();
        Ok(parties)
    }

    fn rights(&mut self, name: &str) -> Result<Option<Json>, Fault> {
        let typed = self.visit.typed(name);
        let mut rights: Vec<RightId> = Vec::new();
        for one in divided(&typed) {
            match look::find(self.registry, one)? {
                Some(Place::Right(id)) => rights.push(id),
                Some(Place::Party(_) | Place::Pledge(_) | Place::Reservation(_)) | None => {
                    let field = ("/acts", name);
                    let other = misnamed::not_a_right(self.registry, self.visit, field, one)?;
                    if let Some(other) = other {
                        self.fault(name, other.told);
                    } else {
                        let text = self.say("没有这一权益", "there is no such right");
                        self.wrong(name, one, &text);
                    }
                }
            }
        }
        rights.sort_unstable();
        rights.dedup();
        let ids = rights.iter().map(|id| Json::Text(id.to_string()));
        Ok(Some(Json::list(ids)))
    }

    fn list(&mut self, name: &str, written: &dyn Fn(&str) -> String) -> Option<Json> {
        let typed = self.visit.typed(name);
        let all: Vec<Json> = divided(&typed)
            .map(|one| Json::Text(written(one)))
            .collect();
        (!all.is_empty()).then(|| Json::list(all))
    }

    /// The duties under which something is issued here, each with the kinds that are.
    fn duties(&self) -> BTreeMap<String, String> {
        let lang = self.visit.lang;
        let mut duties: BTreeMap<String, String> = BTreeMap::new();
        for policy in self.kinds(catalogue::Kinds::All) {
            let title = look::kind_title(&policy, lang).to_owned();
            let kinds = duties.entry(policy.issuer_duty).or_default();
            if !kinds.is_empty() {
                kinds.push_str(lang.pick("、", ", "));
            }
            kinds.push_str(&title);
        }
        duties
    }

    /// Reads a key that is offered; nothing where nothing of it was typed and it need not be there.
    fn offered(&mut self, stem: &str, required: bool) -> Option<Json> {
        let named = |part: &str| format!("{stem}{part}");
        let is_there = |part: &&str| self.visit.param(&named(part)).is_some();
        if !required && !["key", "person", "proof"].iter().any(is_there) {
            return None;
        }
        let key = self.hex(&named("key"), KEY_BYTES, true);
        let person = self.typed(&named("person"), true);
        let proof = self.hex(&named("proof"), PROOF_BYTES, true);
        Some(Json::object([
            ("key", key?),
            ("person", Json::Text(person?)),
            ("proof", proof?),
        ]))
    }

    fn keys(&mut self, name: &str, required: bool) -> Json {
        let mut keys = Vec::new();
        for nth in 0..ROWS_SHOWN {
            let is_needed = required && nth == 0;
            keys.extend(self.offered(&format!("{name}{nth}."), is_needed));
        }
        Json::list(keys)
    }

    fn rules(&mut self, name: &str) -> Option<Json> {
        let mut rules = Vec::new();
        for nth in 0..self.about.rules_shown() {
            let (command, threshold) = (
                format!("{name}_command{nth}"),
                format!("{name}_threshold{nth}"),
            );
            let Some(chosen) = self.visit.param(&command).map(str::to_owned) else {
                continue;
            };
            if let Some(count) = self.count(&threshold, true) {
                rules.push((chosen, count));
            }
        }
        rules.sort_by(|(one, _), (other, _)| one.cmp(other));
        let all = rules.into_iter().map(|(command, threshold)| {
            Json::object([("command", Json::Text(command)), ("threshold", threshold)])
        });
        let all: Vec<Json> = all.collect();
        (!all.is_empty()).then(|| Json::list(all))
    }

    /// Reads to whom kinds of right go, ascending by kind.
    fn handed(&mut self, name: &str) -> Result<Option<Json>, Fault> {
        let kinds = self.kinds(catalogue::Kinds::All).into_iter();
        let mut kinds: Vec<String> = kinds.map(|policy| policy.kind).collect();
        kinds.sort_unstable();
        let mut handed = Vec::new();
        for kind in kinds {
            if let Some(party) = self.party(&format!("{name}_{kind}"), false)? {
                handed.push(Json::object([
                    ("kind", Json::Text(kind)),
                    ("party", id_json(party)),
                ]));
            }
        }
        Ok((!handed.is_empty()).then(|| Json::list(handed)))
    }

    /// Reads who shares a claim, ascending by party.
    fn shares(&mut self, name: &str) -> Result<Option<Json>, Fault> {
        let mut shares: BTreeMap<PartyId, Json> = BTreeMap::new();
        for nth in 0..ROWS_SHOWN {
            let (party, share) = (
                format!("{name}{nth}.party"),
                format!("{name}{nth}.share_bp"),
            );
            if self.visit.param(&party).is_none() && self.visit.param(&share).is_none() {
                continue;
            }
            let (id, share_bp) = (self.party(&party, true)?, self.percent(&share));
            let Some((id, share_bp)) = id.zip(share_bp) else {
                continue;
            };
            if shares.insert(id, share_bp).is_some() {
                let typed = self.visit.typed(&party);
                let text = self.say("同一主体填了两次", "the same party twice");
                self.wrong(&party, &typed, &text);
            }
        }
        let share = |(party, share_bp): (PartyId, Json)| {
            Json::object([("party", id_json(party)), ("share_bp", share_bp)])
        };
        let shares: Vec<Json> = shares.into_iter().map(share).collect();
        Ok((!shares.is_empty()).then(|| Json::list(shares)))
    }

    fn parts(&mut self, name: &str) -> Option<Json> {
        let mut kids: Vec<String> = self.about.kids(true);
        kids.sort_unstable();
        let part = |kid: String| {
            let part = self.visit.param(&format!("{name}_{kid}"))?;
            Some(Json::object([
                ("kid", Json::text(&*kid)),
                ("part", Json::text(part)),
            ]))
        };
        let parts: Vec<Json> = kids.into_iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| Json::list(parts))
    }
}

impl Inputs<'_> {
    /// Adds the inputs of a field about parties.
    pub(crate) fn add_listed(&mut self, field: &Field, listed: Listed, form: &Form<'_>) {
        let lang = self.visit.lang;
        let label = lang.pick(field.label.0, field.label.1);
        let hint = lang.pick(field.hint.0, field.hint.1);
        let (name, required) = (field.name, field.required);
        match listed {
            Listed::Parties | Listed::Rights | Listed::Units => self.all.push(Input {
                hint: hint.to_owned(),
                required,
                ..self.input("text", name, label)
            }),
            Listed::Roles => {
                self.group(label, hint);
                for role in Role::ALL {
                    let id = format!("{name}_{}", role.name());
                    self.push("check", id, role_word(role, lang));
                }
            }
            Listed::Duties => {
                self.group(label, hint);
                for (duty, text) in form.duties() {
                    self.push("check", format!("{name}_{duty}"), text);
                }
            }
            Listed::Claims => {
                self.group(label, hint);
                let about = self.about;
                for claim in &about.hidden {
                    let text = openings::claim_name(claim, lang);
                    self.push("check", format!("{name}_{claim}"), text);
                }
                if about.hidden.is_empty() {
                    self.group("", lang.pick("没有保密事项", "Nothing is hidden there"));
                }
            }
            Listed::Offered => {
                self.group(label, hint);
                self.offered(&stem(name), "", true);
            }
            Listed::Keys => {
                self.group(label, hint);
                for nth in 0..ROWS_SHOWN {
                    let number = format!("{} · ", nth + 1);
                    self.offered(&format!("{name}{nth}."), &number, required && nth == 0);
                }
            }
            Listed::Rules => self.rules(name, label),
            Listed::Parts => self.parts(name, label),
            Listed::Shares => self.shares(name, label, hint),
            Listed::Person => {}
            Listed::Handed => self.handed(name, (label, hint), form),
        }
    }

    /// Rows of a party and its share, folded away while none is typed: most claims have one creditor.
    fn shares(&mut self, name: &str, label: &str, hint: &str) {
        let is_typed = |nth| {
            let typed = |part| self.visit.param(&format!("{name}{nth}.{part}")).is_some();
            typed("party") || typed("share_bp")
        };
        let is_folded = !(0..ROWS_SHOWN).any(is_typed);
        if is_folded {
            self.push("more", "", label);
            self.group("", hint);
        } else {
            self.group(label, hint);
        }
        let lang = self.visit.lang;
        let member = lang.pick("成员 (信用代码或编号)", "Member (credit code or id)");
        let share = lang.pick("占债权 (%)", "Of the claim (%)");
        for nth in 0..ROWS_SHOWN {
            self.push("pair", "", "");
            for (kind, part, label) in [("text", "party", member), ("decimal", "share_bp", share)] {
                let label = format!("{} · {label}", nth + 1);
                self.push(kind, format!("{name}{nth}.{part}"), label);
            }
            self.push("end", "", "");
        }
        if is_folded {
            self.push("done", "", "");
        }
    }

    /// One party for each kind of right, where an authority is divided.
    fn handed(&mut self, name: &str, (label, hint): (&str, &str), form: &Form<'_>) {
        let party = self.about.party.as_ref().map(|(_, party)| party);
        if !party.is_some_and(|party| party.has_role(Role::Authority)) {
            return;
        }
        self.group(label, hint);
        let lang = self.visit.lang;
        for policy in form.kinds(catalogue::Kinds::All) {
            let title = look::kind_title(&policy, lang);
            let input = self.input("text", format!("{name}_{}", policy.kind), title);
            self.all.push(input);
        }
    }

    fn offered(&mut self, stem: &str, number: &str, required: bool) {
        let lang = self.visit.lang;
        let parts: [(&'static str, &str, Words, Words); 3] = [
            (
                "text",
                "person",
                ("经办人代号", "Pseudonym of the person"),
                (
                    "小写字母、数字和连字符, 至多 32 个, 如 checker-01",
                    "Lower-case letters, digits and hyphens, 32 at most, such as checker-01",
                ),
            ),
            (
                "offer",
                "key",
                ("公钥", "Public key"),
                ("64 位十六进制", "64 hexadecimal digits"),
            ),
            (
                "text",
                "proof",
                ("持有证明", "Proof of possession"),
                ("128 位十六进制", "128 hexadecimal digits"),
            ),
        ];
        for (kind, part, label, hint) in parts {
            let label = format!("{number}{}", lang.pick(label.0, label.1));
            self.all.push(Input {
                hint: lang.pick(hint.0, hint.1).to_owned(),
                required,
                ..self.input(kind, format!("{stem}{part}"), label)
            });
        }
    }

    fn rules(&mut self, name: &str, label: &str) {
        let lang = self.visit.lang;
        let about = self.about;
        self.group(label, "");
        let party = about.party.as_ref().map(|(_, party)| party);
        let present = party.map_or(&[][..], |party| &party.more.signing);
        for nth in 0..about.rules_shown() {
            let stands = present.get(nth).filter(|_| !self.is_sent());
            let id = format!("{name}_command{nth}");
            let typed = stands.map_or_else(|| self.visit.typed(&id), |rule| rule.command.clone());
            let option = |value: &str, text: String| Choice {
                is_chosen: value == typed,
                value: value.to_owned(),
                text,
            };
            let commands = MATRIX.iter().map(|row| {
                let act = catalogue::all().find(|act| act.command() == row.command);
                let title = act.map_or(row.command, |act| lang.pick(act.title.0, act.title.1));
                option(row.command, title.to_owned())
            });
            let none = option("", lang.pick("无", "none").to_owned());
            let options = std::iter::once(none).chain(commands).collect();
            let (what, how) = (
                lang.pick("指令", "Command"),
                lang.pick("几人签署", "How many sign"),
            );
            self.push("pair", "", "");
            let what = Input {
                options,
                ..self.input("select", id, format!("{} · {what}", nth + 1))
            };
            self.all.push(what);
            let id = format!("{name}_threshold{nth}");
            let mut how = self.input("decimal", id, format!("{} · {how}", nth + 1));
            if let Some(rule) = stands {
                how.value = rule.threshold.to_string();
            }
            self.all.push(how);
            self.push("end", "", "");
        }
    }

    fn parts(&mut self, name: &str, label: &str) {
        let lang = self.visit.lang;
        let about = self.about;
        let Some((_, party)) = &about.party else {
            return;
        };
        self.group(label, "");
        for key in party.keys.iter().filter(|key| key.revoked.is_none()) {
            let kid = key.key.id();
            let id = format!("{name}_{kid}");
            let stands = party.more.parts.iter().find(|(of, _)| *of == kid);
            let typed = match stands {
                Some((_, part)) if !self.is_sent() => part.name().to_owned(),
                Some(_) | None => self.visit.typed(&id),
            };
            let options = [
                ("", lang.pick("经办、复核均可", "makes and checks")),
                (SignerRole::Maker.name(), lang.pick("只经办", "only makes")),
                (
                    SignerRole::Checker.name(),
                    lang.pick("只复核", "only checks"),
                ),
            ];
            let options = options.map(|(value, text)| Choice {
                is_chosen: value == typed,
                value: value.to_owned(),
                text: text.to_owned(),
            });
            let input = Input {
                options: options.into(),
                ..self.input("select", id, key_text(key))
            };
            self.all.push(input);
        }
    }
}

/// A key as lists name it.
pub(super) fn key_text(key: &PartyKey) -> String {
    let kid = key.key.id().to_string();
    format!("{} · {}", key.person, crate::web::show::short(&kid))
}

/// What stands before the parts of an offered key.
fn stem(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!("{name}.")
    }
}

fn normal(text: &str) -> String {
    crate::primitives::identifier::normal_form(text)
}

/// The items of one field.
fn divided(typed: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    typed.split(between).filter(|one| !one.is_empty())
}
