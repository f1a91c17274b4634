//! The fields of a form that have several inputs of their own: how each is shown, and how it is read.

use crate::domain::policy::{IdentityScheme, KindPolicy};
use crate::domain::right::{BurdenId, Capacity};
use crate::primitives::canonical::Json;
use crate::primitives::identifier::{Shape, normal_form};
use crate::web::act::catalogue::{Field, Kinds, Many};
use crate::web::act::form::{Form, Member};
use crate::web::act::inputs::{Choice, Input, Inputs};
use crate::web::act::of_kind;
use crate::web::act::subject::Subject;
use crate::web::act::suggest;
use crate::web::items;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::show;
use crate::web::vocabulary;

/// Certificates that one form takes; a command may have more, which a program writes.
const CERTIFICATES_SHOWN: usize = 3;

impl Form<'_> {
    /// Reads a field of several inputs as members of the body.
    pub(crate) fn read_many(&mut self, field: &Field, many: Many) -> Vec<Member> {
        let name = field.name;
        let one = |value: Option<Json>| value.map(|value| (name.to_owned(), value));
        match many {
            Many::Kind(_) => {
                let kind = self.kind.as_ref().map(|policy| Json::text(&*policy.kind));
                one(kind).into_iter().collect()
            }
            Many::Identities => {
                let policy = self.policy().cloned();
                let list = policy.and_then(|policy| self.identities(name, &policy));
                one(list).into_iter().collect()
            }
            Many::Attributes => one(self.attributes()).into_iter().collect(),
            Many::Reliance => one(self.reliance(name)).into_iter().collect(),
            Many::Allocations => one(self.allocations(name)).into_iter().collect(),
            Many::Order => self.order(name),
            Many::Converted => self.converted(),
        }
    }

    /// One value for each scheme that something was typed for; the first scheme of a kind must be there, or one that stands alone.
    fn identities(&mut self, name: &str, policy: &KindPolicy) -> Option<Json> {
        let mut identities = Vec::new();
        let ids_of = |nth: usize, scheme: &IdentityScheme| -> Vec<String> {
            let parts = 0..scheme.parts.len();
            parts.map(|part| format!("{name}_{nth}_{part}")).collect()
        };
        let mut schemes = policy.identities.iter().enumerate();
        let has_another = schemes.any(|(nth, scheme)| {
            let mut ids = ids_of(nth, scheme).into_iter();
            scheme.stands_alone && ids.any(|id| !self.visit.typed(&id).is_empty())
        });
        for (nth, scheme) in policy.identities.iter().enumerate() {
            let ids = ids_of(nth, scheme).into_iter();
            let typed: Vec<(String, String)> = ids
                .map(|id| {
                    let value = normal_form(&self.visit.typed(&id));
                    (id, value)
                })
                .collect();
            if (nth > 0 || has_another) && typed.iter().all(|(_, value)| value.is_empty()) {
                continue;
            }
            for ((id, value), (_, shape)) in typed.iter().zip(&scheme.parts) {
                if value.is_empty() {
                    self.missing(id);
                } else if shape.check(value).is_err() {
                    let text = shape_words(shape, self.visit.lang);
                    self.wrong(id, value, &text);
                }
            }
            let parts: Vec<String> = typed.into_iter().map(|(_, value)| value).collect();
            identities.push(Json::object([
                ("scheme", Json::text(&*scheme.scheme)),
                ("value", Json::Text(parts.join("|"))),
            ]));
        }
        (!identities.is_empty()).then(|| Json::list(identities))
    }

    fn attributes(&mut self) -> Option<Json> {
        let known = self.known_attributes();
        let mut attributes = Json::object([]);
        let mut is_empty = true;
        for name in known {
            if let Some(value) = self.visit.param(&attribute_id(&name)) {
                attributes = attributes.with(&name, Some(Json::text(value)));
                is_empty = false;
            }
        }
        let name = self.visit.param("attribute_name");
        let value = self.visit.param("attribute_value");
        match (name, value) {
            (Some(name), Some(value)) => {
                attributes = attributes.with(name, Some(Json::text(value)));
                is_empty = false;
            }
            (Some(_), None) => self.missing("attribute_value"),
            (None, Some(_)) => self.missing("attribute_name"),
            (None, None) => {}
        }
        (!is_empty).then_some(attributes)
    }

    /// The attributes that have inputs of their own: those that the right has, and those of the book of its kind.
    fn known_attributes(&self) -> Vec<String> {
        let right = self.about.right.as_ref().map(|on| &on.right);
        let Some(policy) = self.policy() else {
            return Vec::new();
        };
        let mut names = of_kind::attributes(policy, right);
        names.extend(of_kind::ruled(policy, right));
        names
    }

    fn reliance(&mut self, name: &str) -> Option<Json> {
        let mut relied = Vec::new();
        for nth in 0..CERTIFICATES_SHOWN {
            let (position, number) = (
                format!("{name}_position{nth}"),
                format!("{name}_number{nth}"),
            );
            let typed = self.visit.param(&number).map(Json::text);
            if typed.is_none() && self.visit.param(&position).is_none() {
                continue;
            }
            if let Some(position) = self.count(&position, true) {
                relied.push(Json::object([("position", position)]).with("number", typed));
            }
        }
        (!relied.is_empty()).then(|| Json::list(relied))
    }

    fn allocations(&mut self, name: &str) -> Option<Json> {
        let about = self.about;
        let policy = self.policy().cloned()?;
        let mut lines = Vec::new();
        for burden in &about.burdens {
            let (joint, quantity) = (
                format!("{name}_joint{}", burden.id),
                format!("{name}_quantity{}", burden.id),
            );
            let line = Json::object([("line", Json::Text(burden.id.to_string()))]);
            if self.visit.param(&joint).is_some() {
                lines.push(line.with("joint", Some(Json::Bool(true))));
            } else if self.visit.param(&quantity).is_some() {
                let quantity = self.quantity(&quantity, &policy, true);
                lines.push(line.with("quantity", quantity));
            }
        }
        (!lines.is_empty()).then(|| Json::list(lines))
    }

    /// The stack whose order was changed: `from` as it stands, `to` by the numbers that were typed.
    fn order(&mut self, name: &str) -> Vec<Member> {
        let mut changed: Vec<(Vec<BurdenId>, Vec<BurdenId>)> = Vec::new();
        let about = self.about;
        for stack in &about.stacks {
            let mut places = Vec::new();
            for (at, id) in stack.iter().enumerate() {
                let field = order_id(name, *id);
                let typed = self.visit.typed(&field);
                match typed.parse::<usize>() {
                    Ok(place) if (1..=stack.len()).contains(&place) => places.push((place, *id)),
                    Ok(_) | Err(_) if typed.is_empty() => places.push((at + 1, *id)),
                    Ok(_) | Err(_) => {
                        let count = stack.len();
                        let text = match self.visit.lang {
                            Lang::Zh => format!("须为 1 至 {count}"),
                            Lang::En => format!("must be 1 to {count}"),
                        };
                        self.wrong(&field, &typed, &text);
                    }
                }
            }
            places.sort_unstable_by_key(|(place, _)| *place);
            let twice = places.windows(2).find_map(|pair| match pair {
                [(one, _), (other, id)] if one == other => Some((*other, *id)),
                _ => None,
            });
            if let Some((place, id)) = twice {
                let text = self.say("同一顺位填了两次", "the same rank is typed twice");
                self.wrong(&order_id(name, id), &place.to_string(), &text);
            }
            let to: Vec<BurdenId> = places.into_iter().map(|(_, id)| id).collect();
            if to != *stack {
                changed.push((stack.clone(), to));
            }
        }
        self.one_order(name, &changed)
    }

    fn one_order(&mut self, name: &str, changed: &[(Vec<BurdenId>, Vec<BurdenId>)]) -> Vec<Member> {
        let names = |ids: &[BurdenId]| Json::list(ids.iter().map(|id| Json::Text(id.to_string())));
        if let [(from, to)] = changed {
            return vec![
                ("from".to_owned(), names(from)),
                (name.to_owned(), names(to)),
            ];
        }
        let first = self.about.stacks.first().and_then(|stack| stack.first());
        let field = first.map_or_else(|| name.to_owned(), |id| order_id(name, *id));
        let text = if changed.is_empty() {
            self.say("没有改动任何顺位", "No rank is changed")
        } else {
            self.say(
                "一份指令只变更一条顺位链, 其余另行办理",
                "One command changes one stack; change the others by commands of their own",
            )
        };
        self.fault(field, text);
        Vec::new()
    }

    /// Years of land, a quantity of everything else.
    fn converted(&mut self) -> Vec<Member> {
        let Some(on) = self.about.right.as_ref() else {
            return Vec::new();
        };
        match on.right.capacity {
            Capacity::Land { .. } => {
                let years = (self.year("first"), self.year("last"));
                match years {
                    (Some(first), Some(last)) => {
                        vec![("years".to_owned(), Json::list([first, last]))]
                    }
                    (Some(_) | None, Some(_) | None) => Vec::new(),
                }
            }
            Capacity::Stock(_) | Capacity::Flow(_) => {
                let policy = on.policy.clone();
                self.amount("quantity", &policy, true)
            }
        }
    }
}

impl Inputs<'_> {
    /// Adds the inputs of a field that has several.
    pub(crate) fn add_many(&mut self, field: &Field, many: Many, form: &Form<'_>) {
        let lang = self.visit.lang;
        let label = lang.pick(field.label.0, field.label.1);
        let hint = lang.pick(field.hint.0, field.hint.1);
        let name = field.name;
        match many {
            Many::Kind(kinds) => self.kinds(name, label, kinds, form),
            Many::Identities => self.identities(name, label, hint, form),
            Many::Attributes => self.attributes(label, hint, form),
            Many::Reliance => {
                self.group(label, hint);
                for nth in 0..CERTIFICATES_SHOWN {
                    let (position, number) = (
                        lang.pick("账页数", "Position"),
                        lang.pick("证明编号", "Number"),
                    );
                    self.push("pair", "", "");
                    self.push(
                        "decimal",
                        format!("{name}_position{nth}"),
                        format!("{} {position}", nth + 1),
                    );
                    self.push(
                        "text",
                        format!("{name}_number{nth}"),
                        format!("{} {number}", nth + 1),
                    );
                    self.push("end", "", "");
                }
            }
            Many::Allocations => self.allocations(name, label, hint),
            Many::Order => self.order(name, label),
            Many::Converted => {
                self.group(label, hint);
                if let Some(on) = &self.about.right {
                    self.converted(on);
                }
            }
        }
    }

    fn kinds(&mut self, name: &str, label: &str, kinds: Kinds, form: &Form<'_>) {
        let lang = self.visit.lang;
        let chosen = form.kind.as_ref().map(|policy| policy.kind.as_str());
        let offered = form.kinds(kinds);
        let options = offered.iter().map(|policy| Choice {
            is_chosen: chosen == Some(policy.kind.as_str()),
            value: policy.kind.clone(),
            text: look::kind_title(policy, lang).to_owned(),
        });
        self.all.push(Input {
            options: options.collect(),
            required: true,
            ..self.input("select", name, label)
        });
    }

    fn identities(&mut self, name: &str, label: &str, hint: &str, form: &Form<'_>) {
        let Some(policy) = form.policy() else { return };
        let lang = self.visit.lang;
        let has_others = policy.leading_schemes().count() > 1;
        for (nth, scheme) in policy.identities.iter().enumerate() {
            let text = if nth == 0 {
                label.to_owned()
            } else {
                let other = lang.pick(
                    "另一标识, 没有就不填",
                    "another identity; leave empty for none",
                );
                let parts = scheme.parts.iter();
                let words = parts.map(|(name, _)| vocabulary::part(policy, name, lang));
                let words: Vec<String> = words.collect();
                format!("{label} · {} ({other})", words.join(" | "))
            };
            self.group(&text, if nth == 0 { hint } else { "" });
            for (part, (word, shape)) in scheme.parts.iter().enumerate() {
                let word = vocabulary::part(policy, word, lang);
                let codes = self.codes(&format!("{name}_{nth}_{part}"), shape);
                let kind = if codes.is_empty() { "text" } else { "select" };
                self.all.push(Input {
                    hint: shape_words(shape, lang),
                    required: nth == 0 && !has_others,
                    options: codes,
                    ..self.input(kind, format!("{name}_{nth}_{part}"), word)
                });
            }
        }
    }

    /// The codes that a part of an identity is one of, with what they are called, for a list; none where it may be anything.
    fn codes(&self, id: &str, shape: &Shape) -> Vec<Choice> {
        let Shape::OneOf(codes) = shape else {
            return Vec::new();
        };
        let lang = self.visit.lang;
        let typed = self.visit.typed(id);
        let blank = lang.pick("请选择", "choose").to_owned();
        let blank = (String::new(), blank);
        let named = codes
            .iter()
            .map(|code| (code.clone(), items::name(code, lang)));
        let option = |(value, text): (String, String)| Choice {
            is_chosen: value == typed,
            value,
            text,
        };
        std::iter::once(blank).chain(named).map(option).collect()
    }

    /// The particulars that the office has a column for, and below them, closed, those that the rules read and any other.
    fn attributes(&mut self, label: &str, hint: &str, form: &Form<'_>) {
        let Some(policy) = form.policy() else { return };
        let lang = self.visit.lang;
        let right = self.about.right.as_ref().map(|on| &on.right);
        let asked = of_kind::attributes(policy, right);
        if !asked.is_empty() {
            self.group(label, hint);
        }
        let (now, one) = (lang.pick("现为", "now"), |name: &String| {
            (
                attribute_id(name),
                vocabulary::attribute(policy, name, lang),
            )
        });
        for name in &asked {
            let value = right.and_then(|right| right.attributes.get(name));
            let (id, word) = one(name);
            self.all.push(Input {
                hint: value.map_or_else(String::new, |value| format!("{now}: {value}")),
                suggested: suggest::attribute(self.registry, policy, name),
                is_optional: value.is_none(),
                ..self.input("text", id, word)
            });
        }
        let more = lang.pick("其他记载 (少用)", "Other particulars, which are rare");
        self.push("more", "", more);
        for name in &of_kind::ruled(policy, right) {
            let (id, word) = one(name);
            self.push("text", id, word);
        }
        self.push("pair", "", "");
        let (name, value) = (
            lang.pick("另一项的名称 (a-z 0-9 _)", "Another, by name (a-z 0-9 _)"),
            lang.pick("另一项的内容", "Its value"),
        );
        self.push("text", "attribute_name", name);
        self.push("text", "attribute_value", value);
        self.push("end", "", "");
        self.push("done", "", "");
    }

    fn allocations(&mut self, name: &str, label: &str, hint: &str) {
        let lang = self.visit.lang;
        let about = self.about;
        if about.burdens.is_empty() {
            return;
        }
        self.group(label, hint);
        let unit = about
            .right
            .as_ref()
            .map_or("", |on| on.policy.unit.as_str());
        let (goes, joint) = (
            lang.pick("随之转移的数量", "quantity that goes along"),
            lang.pick(
                "不分开, 由两部分共同担保",
                "not divided: both parts secure it",
            ),
        );
        for burden in &about.burdens {
            if burden.has_amount {
                let text = format!("{} · {goes} ({unit})", burden.text);
                self.push("decimal", format!("{name}_quantity{}", burden.id), text);
            }
            let text = format!("{} · {joint}", burden.id);
            self.push("check", format!("{name}_joint{}", burden.id), text);
        }
    }

    fn order(&mut self, name: &str, label: &str) {
        let about = self.about;
        self.group(label, "");
        for stack in &about.stacks {
            for (at, id) in stack.iter().enumerate() {
                let text = about.burdens.iter().find(|burden| burden.id == *id);
                let text = text.map_or_else(|| id.to_string(), |burden| burden.text.clone());
                let mut input = self.input("decimal", order_id(name, *id), text);
                if input.value.is_empty() {
                    input.value = (at + 1).to_string();
                }
                self.all.push(input);
            }
        }
        if about.stacks.is_empty() {
            let text = self.visit.lang.pick(
                "该权益上没有两项以上共用同一额度的担保",
                "No two lines on this right share the same room",
            );
            self.group("", text);
        }
    }

    fn converted(&mut self, on: &Subject) {
        let words = self.visit.lang.words();
        match on.right.capacity {
            Capacity::Land { .. } => {
                self.push("pair", "", "");
                for (name, label) in [
                    ("first", words.check_first_year),
                    ("last", words.check_last_year),
                ] {
                    self.all.push(Input {
                        required: true,
                        ..self.input("decimal", name, label)
                    });
                }
                self.push("end", "", "");
            }
            Capacity::Stock(_) | Capacity::Flow(_) => {
                let unit = show::unit(&on.policy.unit, self.visit.lang);
                let label = format!("{} ({unit})", words.check_quantity);
                self.all.push(Input {
                    required: true,
                    ..self.input("decimal", "quantity", label)
                });
            }
        }
    }
}

fn attribute_id(name: &str) -> String {
    format!("attribute_is_{name}")
}

fn order_id(name: &str, id: BurdenId) -> String {
    format!("{name}_{id}")
}

/// What a part of an identity looks like.
fn shape_words(shape: &Shape, lang: Lang) -> String {
    match (shape, lang) {
        (Shape::CreditCode, Lang::Zh) => "18 位统一社会信用代码".to_owned(),
        (Shape::CreditCode, Lang::En) => "a credit code of 18 characters".to_owned(),
        (Shape::Permit, Lang::Zh) => "22 位排污许可证编号".to_owned(),
        (Shape::Permit, Lang::En) => "a permit number of 22 characters".to_owned(),
        (Shape::UnitNumber, Lang::Zh) => "28 位不动产单元号".to_owned(),
        (Shape::UnitNumber, Lang::En) => "a real-estate unit number of 28 characters".to_owned(),
        (Shape::Year, Lang::Zh) => "四位年份".to_owned(),
        (Shape::Year, Lang::En) => "a year".to_owned(),
        (Shape::Digits { min, max }, Lang::Zh) => format!("{min} 至 {max} 位数字"),
        (Shape::Digits { min, max }, Lang::En) => format!("{min} to {max} digits"),
        (Shape::OneOf(codes), Lang::Zh) => format!("其一: {}", codes.join("、")),
        (Shape::OneOf(codes), Lang::En) => format!("one of {}", codes.join(", ")),
        (Shape::FileNumber { .. }, Lang::Zh) => {
            "如 渝用能(2025)巴南0001号: 年份置于 ( ) 内, 末字为号".to_owned()
        }
        (Shape::FileNumber { .. }, Lang::En) => {
            "such as 渝用能(2025)巴南0001号: the year in ( ), 号 at the end".to_owned()
        }
        (Shape::Text { max_chars }, Lang::Zh) => format!("至多 {max_chars} 个字"),
        (Shape::Text { max_chars }, Lang::En) => format!("{max_chars} characters at most"),
        (Shape::Code { max_chars }, Lang::Zh) => {
            format!("至多 {max_chars} 个字母、数字或 - _ . /")
        }
        (Shape::Code { max_chars }, Lang::En) => {
            format!("{max_chars} letters, digits or - _ . / at most")
        }
    }
}
