//! The fields of a form as the page shows them, with what was typed.

use crate::domain::party::Dispute;
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::domain::right::{BurdenId, Extent};
use crate::service::Registry;
use crate::web::act::catalogue::{Among, Change, Field, Takes};
use crate::web::act::form::{Form, ROWS_MAX};
use crate::web::act::persons;
use crate::web::act::subject::{About, OnRight, Standing, Subject};
use crate::web::act::suggest::{self, Suggestion};
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Visit;
use crate::web::show;

/// What is chosen among.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

/// A field on the page; `kind` is the word that the template knows it by.
pub(crate) struct Input {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) options: Vec<Choice>,
    /// What the page suggests; anything else may be typed.
    pub(crate) suggested: Vec<Suggestion>,
    pub(crate) required: bool,
    /// Whether the page says that it may be left empty; false where that depends on other fields.
    pub(crate) is_optional: bool,
}

/// Makes the fields of a form.
pub(crate) struct Inputs<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) visit: &'a Visit,
    pub(crate) about: &'a About,
    pub(crate) all: Vec<Input>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(registry: &'a Registry, visit: &'a Visit, about: &'a About) -> Self {
        Self {
            registry,
            visit,
            about,
            all: Vec::new(),
        }
    }

    /// Makes a field with what was typed into it.
    pub(crate) fn input(
        &self,
        kind: &'static str,
        id: impl Into<String>,
        label: impl Into<String>,
    ) -> Input {
        let id = id.into();
        Input {
            kind,
            value: self.visit.typed(&id),
            id,
            label: label.into(),
            hint: String::new(),
            options: Vec::new(),
            suggested: Vec::new(),
            required: false,
            is_optional: false,
        }
    }

    /// Adds a field that says no more.
    pub(crate) fn push(
        &mut self,
        kind: &'static str,
        id: impl Into<String>,
        label: impl Into<String>,
    ) {
        let input = self.input(kind, id, label);
        self.all.push(input);
    }

    /// Adds the inputs of one field.
    pub(crate) fn add(&mut self, field: &Field, form: &Form<'_>) {
        let lang = self.visit.lang;
        let label = lang.pick(field.label.0, field.label.1);
        let hint = lang.pick(field.hint.0, field.hint.1);
        let name = field.name;
        let simple = |kind: &'static str| (kind, label.to_owned());
        let (kind, label) = match field.takes {
            Takes::Party | Takes::Text | Takes::Id | Takes::Code | Takes::Hex(_) => simple("text"),
            Takes::Class => return self.class(field, (label, hint), form),
            Takes::Ground => simple("ground"),
            Takes::Policy => simple("policy"),
            Takes::Yuan | Takes::Price | Takes::Percent | Takes::Number | Takes::Days => {
                simple("decimal")
            }
            Takes::From | Takes::Through => simple("date"),
            Takes::Mark => simple("check"),
            Takes::Digest => simple("digest"),
            Takes::Amount => {
                let unit = form.policy().map_or("", |policy| policy.unit.as_str());
                let unit = show::unit(unit, self.visit.lang);
                ("decimal", format!("{label} ({unit})"))
            }
            Takes::Choice(among) => {
                self.all.push(Input {
                    options: self.options(name, among),
                    hint: hint.to_owned(),
                    ..self.input("select", name, label)
                });
                return;
            }
            Takes::Span => return self.span(field, label, hint),
            Takes::Extent => {
                self.group(label, hint);
                if let Some(on) = &self.about.right {
                    self.extent(on, "");
                }
                return;
            }
            Takes::Changes(change) => {
                self.group(label, hint);
                return self.changes(name, change);
            }
            Takes::Lines => return self.rows(label, form),
            Takes::Many(many) => return self.add_many(field, many, form),
            Takes::Listed(listed) => return self.add_listed(field, listed, form),
            Takes::Stated => return,
        };
        self.all.push(Input {
            required: field.required,
            is_optional: !field.required && kind != "check",
            hint: hint.to_owned(),
            ..self.input(kind, name, label)
        });
    }

    pub(crate) fn group(&mut self, label: &str, hint: &str) {
        self.all.push(Input {
            hint: hint.to_owned(),
            ..self.input("group", "", label)
        });
    }

    /// A class: with the list of those that the rules name, where they name some.
    fn class(&mut self, field: &Field, (label, hint): (&str, &str), form: &Form<'_>) {
        let Some(policy) = form.policy() else { return };
        let lang = self.visit.lang;
        let suggested = suggest::classes(policy);
        let names: Vec<&str> = suggested.iter().map(|one| one.value.as_str()).collect();
        let header = policy.book.as_ref().and_then(|book| book.class.as_deref());
        let label = header.filter(|_| lang == Lang::Zh).unwrap_or(label);
        let hint = match (names.is_empty(), lang) {
            (true, _) => hint.to_owned(),
            (false, Lang::Zh) => format!("{hint}; 规则所列: {}", names.join("、")),
            (false, Lang::En) => format!("{hint}; the rules name {}", names.join(", ")),
        };
        self.all.push(Input {
            is_optional: true,
            hint,
            suggested,
            ..self.input("text", field.name, label)
        });
    }

    fn span(&mut self, field: &Field, label: &str, hint: &str) {
        let words = self.visit.lang.words();
        let name = field.name;
        self.group(label, hint);
        if let Some(group) = self.all.last_mut() {
            group.is_optional = !field.required;
        }
        self.push("pair", "", "");
        self.push("date", format!("{name}_from"), words.check_from);
        self.push("date", name, words.check_through);
        self.push("end", "", "");
    }

    fn options(&self, name: &str, among: Among) -> Vec<Choice> {
        let typed = self.visit.typed(name);
        let option = |value: String, text: String| Choice {
            is_chosen: value == typed,
            value,
            text,
        };
        let lang = self.visit.lang;
        match among {
            Among::Freezes => {
                let freezes = self.about.freezes.iter();
                let row = |one: &super::subject::Frozen| option(one.id.clone(), one.text.clone());
                freezes.map(row).collect()
            }
            Among::Objections => {
                let row = |one: &crate::domain::pledge::Objection| {
                    let until = show::local_time(one.until);
                    let who = self.words_of(&one.party.to_string());
                    let entry = lang.words().entry;
                    let text = format!("{who} · {entry} {} · {until}", one.entry);
                    option(one.entry.to_string(), text)
                };
                self.about.objections.iter().map(row).collect()
            }
            Among::Lines => {
                let row = |line: &Standing| option(line.number.to_string(), line.text.clone());
                self.about.lines.iter().map(row).collect()
            }
            Among::Burdens => {
                let burdens = self.about.burdens.iter();
                let lines = burdens.filter(|burden| burden.id.pledge().is_some());
                let row = |burden: &OnRight| option(burden.id.to_string(), burden.text.clone());
                lines.map(row).collect()
            }
            Among::Keys => self.keys(&option, true),
            Among::RevokedKeys => self.keys(&option, false),
            Among::Disputes => {
                let open = self.about.disputes().into_iter();
                let row = |dispute: &Dispute| {
                    let kid = show::short(&dispute.kid.to_string());
                    let entry = lang.words().entry;
                    option(
                        dispute.entry.to_string(),
                        format!("{entry} {} · {kid}", dispute.entry),
                    )
                };
                open.map(row).collect()
            }
            Among::Fixed(words) => words
                .iter()
                .map(|(value, zh, en)| option((*value).to_owned(), lang.pick(zh, en).to_owned()))
                .collect(),
        }
    }

    /// What a record is, or whose; nothing where it cannot be looked up now.
    pub(super) fn words_of(&self, id: &str) -> String {
        look::words_of(self.registry, id, self.visit.lang).unwrap_or_default()
    }

    /// The keys of the party that sign now, or those that ended.
    fn keys(&self, option: &dyn Fn(String, String) -> Choice, sign: bool) -> Vec<Choice> {
        let party = self.about.party.as_ref().map(|(_, party)| party);
        let keys = party.map_or(&[][..], |party| &party.keys);
        let chosen = keys.iter().filter(|key| key.revoked.is_none() == sign);
        chosen
            .map(|key| option(key.key.id().to_string(), persons::key_text(key)))
            .collect()
    }

    /// Says whether the form was sent, so that an empty field is one that was emptied.
    pub(super) fn is_sent(&self) -> bool {
        self.visit.param(super::SENT).is_some()
    }

    /// One field for each line that stands, or two where a part of it may be given back.
    fn changes(&mut self, name: &str, change: Change) {
        let lang = self.visit.lang;
        let about = self.about;
        for line in &about.lines {
            let number = line.number;
            let unit = &line.on.policy.unit;
            let has_amount = match line.extent {
                Extent::Stock(_) | Extent::Flow(..) => true,
                Extent::Whole | Extent::Years(_) => false,
            };
            let has_days = match line.extent {
                Extent::Flow(..) | Extent::Years(_) => true,
                Extent::Stock(_) | Extent::Whole => false,
            };
            let label = format!("{}.{number} · {}", record(about), line.text);
            match change {
                Change::Total if has_amount => {
                    let label = format!("{label} → ({unit})");
                    self.push("decimal", format!("{name}_quantity{number}"), label);
                }
                Change::End if has_days => {
                    self.push("date", format!("{name}_through{number}"), label);
                    if has_amount {
                        let part = lang.pick("只延长其中", "extend only so much of it");
                        let label = format!("{}.{number} · {part} ({unit})", record(about));
                        self.push("decimal", format!("{name}_quantity{number}"), label);
                    }
                }
                Change::Part | Change::Drop => {
                    self.push("check", format!("{name}_whole{number}"), label);
                    if has_amount {
                        let part = if change == Change::Part {
                            lang.pick("只解除其中", "release only so much of it")
                        } else {
                            lang.pick("只退回其中", "give back only so much of it")
                        };
                        let label = format!("{}.{number} · {part} ({unit})", record(about));
                        self.push("decimal", format!("{name}_quantity{number}"), label);
                    }
                }
                Change::Total | Change::End => {}
            }
        }
    }

    /// The lines to come: those that were named with what their kind asks, and one more.
    fn rows(&mut self, label: &str, form: &Form<'_>) {
        let words = self.visit.lang.words();
        for row in &form.rows {
            self.group(&format!("{label} {}", row.at + 1), "");
            let hint = row.on.as_ref().map(|on| on.text.clone());
            self.all.push(Input {
                hint: hint.unwrap_or_default(),
                required: row.at == 0,
                ..self.input("text", format!("right{}", row.at), words.check_right)
            });
            let Some(on) = &row.on else { continue };
            self.extent(on, &row.at.to_string());
            self.behind(on, row.at);
        }
        let next = form.rows.last().map_or(0, |row| row.at + 1);
        if next >= ROWS_MAX {
            return;
        }
        if form.rows.is_empty() {
            self.all.push(Input {
                required: true,
                ..self.input("text", format!("right{next}"), words.check_right)
            });
            return;
        }
        let lang = self.visit.lang;
        let more = lang.pick("再加一项担保物", "One more right");
        self.push("more", "", more);
        self.push("text", format!("right{next}"), words.check_right);
        self.push("done", "", "");
    }

    /// What a kind asks of an extent; where nothing was typed yet, the days that the right has left.
    fn extent(&mut self, on: &Subject, row: &str) {
        let words = self.visit.lang.words();
        let policy: &KindPolicy = &on.policy;
        if policy.extent == ExtentRule::Amount {
            let unit = show::unit(&policy.unit, self.visit.lang);
            let label = format!("{} ({unit})", words.check_quantity);
            self.all.push(Input {
                required: true,
                ..self.input("decimal", format!("quantity{row}"), label)
            });
        }
        if policy.extent == ExtentRule::Amount && policy.model == Model::Flow {
            let today = self
                .registry
                .now()
                .max(self.registry.published().time)
                .day();
            let rest = on.right.live_span().and_then(|span| span.since(today));
            let days = rest.map(|rest| (rest.from().to_string(), show::last_day(rest).to_string()));
            let (first, last) = days.unwrap_or_default();
            self.push("pair", "", "");
            for (name, label, otherwise) in [
                ("from", words.check_from, first),
                ("through", words.check_through, last),
            ] {
                let mut input = self.input("date", format!("{name}{row}"), label);
                if input.value.is_empty() {
                    input.value = otherwise;
                }
                self.all.push(input);
            }
            self.push("end", "", "");
        }
        if policy.extent == ExtentRule::Years {
            self.push("pair", "", "");
            self.push("decimal", format!("first{row}"), words.check_first_year);
            self.push("decimal", format!("last{row}"), words.check_last_year);
            self.push("end", "", "");
        }
    }

    /// A later rank, where there is something to stand behind.
    fn behind(&mut self, on: &Subject, at: usize) {
        let now = self.registry.now().max(self.registry.published().time);
        let burdens = on
            .right
            .burdens
            .iter()
            .filter(|burden| burden.counts_at(now));
        let lines: Vec<String> = burdens
            .filter(|burden| match burden.id {
                BurdenId::Line(..) | BurdenId::Hold(..) => true,
                BurdenId::Freeze(_) => false,
            })
            .map(|burden| {
                let id = burden.id.to_string();
                format!("{id} ({})", self.words_of(&id))
            })
            .collect();
        if lines.is_empty() {
            return;
        }
        let lang = self.visit.lang;
        let label = lang.pick("排在哪些担保之后", "Stand behind");
        let hint = match lang {
            Lang::Zh => format!("设后顺位时填; 现有: {}", lines.join(", ")),
            Lang::En => {
                format!(
                    "For a later rank only; registered now: {}",
                    lines.join(", ")
                )
            }
        };
        self.all.push(Input {
            hint,
            ..self.input("text", format!("behind{at}"), label)
        });
    }
}

fn record(about: &About) -> &str {
    about.record.as_ref().map_or("", |(_, id)| id.as_str())
}
