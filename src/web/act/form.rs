//! Reads what was typed into a form as the members of a body; every fault names its field, in the language of the page.
//!
//! Days are typed inclusively and written half-open, numbers may have groups of three. What is left to judge is judged by the reader of
//! commands and by the law, never here.

use crate::domain::pledge::Form as Security;
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::PartyId;
use crate::primitives::identifier::{CreditCode, normal_form_upper};
use crate::primitives::quantity::{Quantity, QuantityFault, Scale};
use crate::primitives::time::{Day, Span};
use crate::service::Registry;
use crate::web::act::catalogue::{Act, Change, Field, Kinds, Takes};
use crate::web::act::subject::{About, Standing, Subject, subject};
use crate::web::asked::Choice;
use crate::web::lang::Lang;
use crate::web::look::{self, Place};
use crate::web::misnamed;
use crate::web::mistyped::mistyped;
use crate::web::shell::{Fault, Visit};
use crate::web::typed::{self, not_a_quantity, plain_number};

/// Lines to come that one form takes; a command may have more, which a program writes.
pub(crate) const ROWS_MAX: usize = 8;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// A field and what is wrong with it.
pub(crate) type Faults = Vec<(String, String)>;

/// A member of a body; one of an object within it has the name of that before a point.
pub(crate) type Member = (String, Json);

/// A line to come.
pub(crate) struct Row {
    /// Its number in the form.
    pub(crate) at: usize,
    pub(crate) on: Option<Subject>,
}

/// A form with what was typed.
pub(crate) struct Form<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) visit: &'a Visit,
    pub(crate) about: &'a About,
    /// The rules of the kind that was chosen, where the form asks for one.
    pub(crate) kind: Option<KindPolicy>,
    /// The lines to come that name something.
    pub(crate) rows: Vec<Row>,
    pub(crate) faults: Faults,
    /// Rights that were meant by what names something else.
    pub(crate) meant: Vec<Choice>,
}

impl<'a> Form<'a> {
    /// Looks up the rights that the lines to come name.
    pub(crate) fn new(
        registry: &'a Registry,
        visit: &'a Visit,
        about: &'a About,
        act: &Act,
    ) -> Result<Self, Fault> {
        let mut form = Self {
            registry,
            visit,
            about,
            kind: None,
            rows: Vec::new(),
            faults: Faults::new(),
            meant: Vec::new(),
        };
        for at in 0..ROWS_MAX {
            let typed = visit.typed(&format!("right{at}"));
            if typed.is_empty() {
                continue;
            }
            let on = match look::find(registry, &typed)? {
                Some(Place::Right(id)) => subject(registry, visit, id)?,
                Some(Place::Pledge(_) | Place::Reservation(_) | Place::Party(_)) | None => None,
            };
            if on.is_none() {
                let field = format!("right{at}");
                let path = format!("/acts/{}", act.name);
                let other = misnamed::not_a_right(registry, visit, (&path, &field), &typed)?;
                let none = || visit.lang.words().search_none.to_owned();
                let told = other.as_ref().map_or_else(none, |other| other.told.clone());
                form.fault(field, told);
                form.meant
                    .extend(other.into_iter().flat_map(|other| other.rights));
            }
            form.rows.push(Row { at, on });
        }
        if let Some((name, kinds)) = act.kind() {
            let mut offered = form.kinds(kinds);
            form.kind = match visit.param(name) {
                Some(chosen) => offered.into_iter().find(|policy| policy.kind == chosen),
                None if offered.len() == 1 => offered.pop(),
                None => None,
            };
        }
        Ok(form)
    }

    /// Returns the rules of the kinds that a form offers.
    pub(crate) fn kinds(&self, kinds: Kinds) -> Vec<KindPolicy> {
        let now = self.registry.now().max(self.registry.published().time);
        let offers = |policy: &KindPolicy| match kinds {
            Kinds::All => true,
            Kinds::Next => {
                let right = self.about.right.as_ref();
                right.is_some_and(|on| on.policy.switches.converts_into.contains(&policy.kind))
            }
        };
        let all = self.registry.active_policies(now).unwrap_or_default();
        all.into_iter().filter(offers).collect()
    }

    /// Notes that a field is empty which must not be.
    pub(crate) fn missing(&mut self, field: &str) {
        let text = self.say("请填写", "Please fill this in");
        self.fault(field, text);
    }

    /// Notes what is wrong with what was typed, and shows it.
    pub(crate) fn wrong(&mut self, field: &str, typed: &str, text: &str) {
        let text = match self.visit.lang {
            Lang::Zh => format!("「{typed}」: {text}"),
            Lang::En => format!("“{typed}”: {text}"),
        };
        self.fault(field, text);
    }

    pub(crate) fn fault(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.faults.push((field.into(), text.into()));
    }

    pub(crate) fn say(&self, zh: &str, en: &str) -> String {
        self.visit.lang.pick(zh, en).to_owned()
    }

    /// What was typed, or a fault where there must be something.
    pub(crate) fn typed(&mut self, name: &str, required: bool) -> Option<String> {
        let typed = self.visit.param(name).map(str::to_owned);
        if typed.is_none() && required {
            self.missing(name);
        }
        typed
    }

    /// Reads one field as members of the body.
    pub(crate) fn read(&mut self, field: &Field) -> Result<Vec<Member>, Fault> {
        let (name, required) = (field.name, field.required);
        let one = |value: Option<Json>| {
            let member = value.map(|value| (name.to_owned(), value));
            member.into_iter().collect()
        };
        Ok(match field.takes {
            Takes::Party => one(self.party(name, required)?.map(id_json)),
            Takes::Yuan | Takes::Price => one(self.money(name, required)),
            Takes::Percent => one(self.percent(name)),
            Takes::Number => one(self.count(name, required)),
            Takes::Text | Takes::Class | Takes::Id => {
                one(self.typed(name, required).map(Json::Text))
            }
            Takes::From => one(self.day(name, required).map(day_json)),
            Takes::Through => one(self.day(name, required).map(|day| day_json(day.next()))),
            Takes::Span => one(self.span(name)),
            Takes::Mark => one(self.visit.param(name).map(|_| Json::Bool(true))),
            Takes::Digest => one(self.digest(name, required)),
            Takes::Amount => {
                let policy = self.policy().cloned();
                match policy {
                    Some(policy) => self.amount(name, &policy, required),
                    None => Vec::new(),
                }
            }
            Takes::Extent => {
                let policy = self.policy().cloned();
                policy.map_or_else(Vec::new, |policy| self.extent(&policy, ""))
            }
            Takes::Choice(_) => one(self.choice(name, required)),
            Takes::Changes(change) => self.changes(name, change, required),
            Takes::Lines => one(self.lines(name)),
            Takes::Stated => one(Some(Json::Bool(true))),
            Takes::Ground => one(self.ground(name, required)),
            Takes::Code => one(self.code(name, required)),
            Takes::Hex(bytes) => one(self.hex(name, bytes, required)),
            Takes::Days => one(self.days(name, required)),
            Takes::Policy => self.policy_text(name),
            Takes::Many(many) => self.read_many(field, many),
            Takes::Listed(listed) => self.read_listed(field, listed)?,
        })
    }

    /// A text in the spelling of codes. What is mistyped in a credit code is told with the other faults of the form.
    fn code(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?;
        let code = normal_form_upper(&typed);
        if name == "credit_code" && CreditCode::parse(&code).is_err() {
            let none = self.say(
                "不是统一社会信用代码, 请与营业执照核对",
                "is no credit code; compare it with the business licence",
            );
            let why = mistyped(&code, self.visit.lang).map_or(none, str::to_owned);
            self.wrong(name, &typed, &why);
            return None;
        }
        Some(Json::Text(code))
    }

    /// Reads the party that gives the command.
    pub(crate) fn party(&mut self, name: &str, required: bool) -> Result<Option<PartyId>, Fault> {
        let Some(typed) = self.typed(name, required) else {
            return Ok(None);
        };
        if let Some(Place::Party(id)) = look::find(self.registry, &typed)? {
            return Ok(Some(id));
        }
        let text = self.say(
            "没有这一主体, 请核对信用代码或编号",
            "There is no such party; compare its credit code or id",
        );
        self.wrong(name, &typed, &text);
        Ok(None)
    }

    fn money(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?;
        let plain = plain_number(&typed);
        let text = match Quantity::parse(&plain, Scale::MAX) {
            // How many digits a sum may have, its reader says.
            Ok(_) | Err(QuantityFault::TooFine) => return Some(Json::Text(plain)),
            Err(fault @ QuantityFault::TooLarge) => {
                not_a_quantity(fault, Scale::MAX, self.visit.lang)
            }
            Err(QuantityFault::NotDecimal) => self.say(
                "须为金额, 如 5,000,000 或 1360.50",
                "must be a sum such as 5,000,000 or 1360.50",
            ),
        };
        self.wrong(name, &typed, &text);
        None
    }

    pub(super) fn percent(&mut self, name: &str) -> Option<Json> {
        let typed = self.typed(name, true)?;
        let plain = plain_number(&typed);
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let hundredths = format!("{part:0<2}");
        let digits = format!("{whole}{hundredths}");
        let points = digits.parse::<u64>().ok();
        let points = points.filter(|points| hundredths.len() == 2 && *points <= 10_000);
        if points.is_none() {
            let text = self.say(
                "须为 0 至 100, 至多两位小数",
                "must be 0 to 100, with two decimal digits at most",
            );
            self.wrong(name, &typed, &text);
        }
        points.map(Json::count)
    }

    /// Reads a whole number.
    pub(crate) fn count(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?;
        let number = plain_number(&typed).parse::<u32>().ok();
        if number.is_none() {
            let text = self.say("须为整数", "must be a whole number");
            self.wrong(name, &typed, &text);
        }
        number.map(|number| Json::count(u64::from(number)))
    }

    fn day(&mut self, name: &str, required: bool) -> Option<Day> {
        let typed = self.typed(name, required)?;
        let day = typed::day(&typed);
        if day.is_none() {
            let text = typed::not_a_day(&typed, self.visit.lang);
            self.wrong(name, &typed, text);
        }
        day
    }

    /// Two fields, `<name>_from` and `<name>`: both or none, since what is signed has no day that nobody typed.
    fn span(&mut self, name: &str) -> Option<Json> {
        let from = format!("{name}_from");
        let is_there = |field: &str| self.visit.param(field).is_some();
        let has_any = is_there(&from) || is_there(name);
        let (first, last) = (self.day(&from, has_any), self.day(name, has_any));
        let (first, last) = first.zip(last)?;
        let span = Span::new(first, last.next());
        if span.is_none() {
            self.not_before(name);
        }
        span.map(|span| {
            Json::object([("from", day_json(span.from())), ("to", day_json(span.to()))])
        })
    }

    fn not_before(&mut self, name: &str) {
        let text = self.say("不能早于起始日", "must not be before the first day");
        self.fault(name, text);
    }

    /// Reads bytes in hexadecimal digits.
    pub(crate) fn hex(&mut self, name: &str, bytes: usize, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?.to_ascii_lowercase();
        let digits = bytes * 2;
        if typed.len() == digits && typed.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Some(Json::Text(typed));
        }
        let text = match self.visit.lang {
            Lang::Zh => format!("须为 {digits} 位十六进制"),
            Lang::En => format!("must be {digits} hexadecimal digits"),
        };
        self.wrong(name, &typed, &text);
        None
    }

    fn days(&mut self, name: &str, required: bool) -> Option<Json> {
        let Some(Json::Int(days)) = self.count(name, required) else {
            return None;
        };
        days.checked_mul(DAY_SECONDS).map(Json::Int)
    }

    /// The text with the kind that it says it is of. A text file ends with a line end, which fields of forms lose.
    fn policy_text(&mut self, name: &str) -> Vec<Member> {
        let Some(typed) = self.typed(name, true) else {
            return Vec::new();
        };
        let text = format!("{}\n", typed.replace("\r\n", "\n"));
        match KindPolicy::parse(&text) {
            Ok(policy) => vec![
                ("kind".to_owned(), Json::Text(policy.kind)),
                (name.to_owned(), Json::Text(text)),
            ],
            Err(fault) => {
                let text = self.say("规则全文有误", "the rules cannot be read");
                self.fault(name, format!("{text}: {fault}"));
                Vec::new()
            }
        }
    }

    fn digest(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?.to_ascii_lowercase();
        let hash = Hash::from_hex(&typed);
        if hash.is_none() {
            let text = self.say(
                "须为文件的 SHA-256 (64 位十六进制); 选择文件即可自动算出",
                "must be the SHA-256 of a file, 64 hexadecimal digits; choosing the file fills it in",
            );
            self.wrong(name, &typed, &text);
        }
        hash.map(|hash| Json::Text(hash.to_string()))
    }

    /// The rules of the kind that a quantity of the form is in.
    pub(crate) fn policy(&self) -> Option<&KindPolicy> {
        if self.kind.is_some() {
            return self.kind.as_ref();
        }
        let chosen = self.visit.param("line");
        let line = |line: &&Standing| chosen == Some(&*line.number.to_string());
        let of_line = self
            .about
            .lines
            .iter()
            .find(line)
            .or(self.about.lines.first());
        let right = self.about.right.as_ref();
        let of_row = self.rows.iter().find_map(|row| row.on.as_ref());
        let on = right.or(of_line.map(|line| &line.on)).or(of_row);
        on.map(|on| &on.policy)
    }

    pub(crate) fn quantity(
        &mut self,
        name: &str,
        policy: &KindPolicy,
        required: bool,
    ) -> Option<Json> {
        let typed = self.typed(name, required)?;
        match typed::quantity(&typed, policy.scale) {
            Ok(quantity) => Some(Json::Text(quantity.to_string())),
            Err(fault) => {
                let text = not_a_quantity(fault, policy.scale, self.visit.lang);
                self.wrong(name, &typed, &text);
                None
            }
        }
    }

    /// Reads a quantity with its unit.
    pub(crate) fn amount(
        &mut self,
        name: &str,
        policy: &KindPolicy,
        required: bool,
    ) -> Vec<Member> {
        let quantity = self.quantity(name, policy, required);
        let unit = match name.split_once('.') {
            Some((object, _)) => format!("{object}.unit"),
            None => "unit".to_owned(),
        };
        quantity.map_or_else(Vec::new, |quantity| {
            let unit = (unit, Json::text(&*policy.unit));
            vec![(name.to_owned(), quantity), unit]
        })
    }

    /// As much of a right as its kind asks for; `row` ends the names of the fields.
    fn extent(&mut self, policy: &KindPolicy, row: &str) -> Vec<Member> {
        let mut members = Vec::new();
        let named = |name: &str| format!("{name}{row}");
        if policy.extent == ExtentRule::Amount
            && let Some(quantity) = self.quantity(&named("quantity"), policy, true)
        {
            members.push(("quantity".to_owned(), quantity));
            members.push(("unit".to_owned(), Json::text(&*policy.unit)));
        }
        if policy.extent == ExtentRule::Amount && policy.model == Model::Flow {
            let first = self.day(&named("from"), true);
            let last = self.day(&named("through"), true);
            if let Some((first, last)) = first.zip(last) {
                match Span::new(first, last.next()) {
                    Some(span) => {
                        members.push(("from".to_owned(), day_json(span.from())));
                        members.push(("to".to_owned(), day_json(span.to())));
                    }
                    None => self.not_before(&named("through")),
                }
            }
        }
        if policy.extent == ExtentRule::Years {
            let years = (self.year(&named("first")), self.year(&named("last")));
            if let (Some(first), Some(last)) = years {
                members.push(("years".to_owned(), Json::list([first, last])));
            }
        }
        members
    }

    /// Reads a calendar year.
    pub(crate) fn year(&mut self, name: &str) -> Option<Json> {
        let typed = self.typed(name, true)?;
        let year = plain_number(&typed).parse::<u16>().ok();
        if year.is_none() {
            let text = self.say("须为四位年份", "must be a year");
            self.wrong(name, &typed, &text);
        }
        year.map(|year| Json::Int(i64::from(year)))
    }

    fn choice(&mut self, name: &str, required: bool) -> Option<Json> {
        let typed = self.typed(name, required)?;
        // Lines and entries are numbers on the wire, freezes and words are texts.
        Some(match typed.parse::<u32>() {
            Ok(number) => Json::count(u64::from(number)),
            Err(_) => Json::Text(typed),
        })
    }

    fn changes(&mut self, name: &'static str, change: Change, required: bool) -> Vec<Member> {
        let mut changes = Vec::new();
        let about = self.about;
        for line in &about.lines {
            let number = line.number;
            let mut json = Json::object([("line", Json::count(u64::from(number)))]);
            let named = |part: &str| format!("{name}_{part}{number}");
            let quantity = named("quantity");
            let asked = self.visit.param(&quantity).is_some();
            if asked {
                let quantity = self.quantity(&quantity, &line.on.policy, true);
                let unit = Json::text(&*line.on.policy.unit);
                json = json.with("quantity", quantity).with("unit", Some(unit));
            }
            let is_changed = match change {
                Change::Total | Change::Part | Change::Drop => {
                    asked || self.visit.param(&named("whole")).is_some()
                }
                Change::End => {
                    let day = self.day(&named("through"), asked);
                    json = json.with("to", day.map(|day| day_json(day.next())));
                    day.is_some()
                }
            };
            if is_changed {
                changes.push(json);
            }
        }
        if changes.is_empty() && required {
            let text = self.say("请至少选一项", "Choose one at least");
            let first = about.lines.first().map_or(0, |line| line.number);
            self.fault(format!("{name}_whole{first}"), text);
        }
        if changes.is_empty() {
            Vec::new()
        } else {
            vec![(name.to_owned(), Json::list(changes))]
        }
    }

    fn lines(&mut self, name: &str) -> Option<Json> {
        let rows = std::mem::take(&mut self.rows);
        let mut lines = Vec::new();
        for row in &rows {
            let Some(on) = &row.on else { continue };
            let mut json = Json::object([("right", Json::Text(on.id.to_string()))]);
            for (member, value) in self.extent(&on.policy, &row.at.to_string()) {
                json = json.with(&member, Some(value));
            }
            let behind = self.visit.typed(&format!("behind{}", row.at));
            let behind: Vec<Json> = behind
                .split([' ', ',', '，', '、', ';'])
                .filter(|part| !part.is_empty())
                .map(Json::text)
                .collect();
            if !behind.is_empty() {
                json = json.with("behind", Some(Json::list(behind)));
            }
            lines.push(json);
        }
        self.rows = rows;
        if lines.is_empty() && self.faults.is_empty() {
            let text = self.say("请至少填一项", "Name one at least");
            self.fault("right0", text);
        }
        (!lines.is_empty() || name.is_empty()).then(|| Json::list(lines))
    }

    /// Who gives the collateral, and the form of security that its kind has: both follow from the first line.
    pub(crate) fn of_first_line(&self) -> Option<(PartyId, Security)> {
        let on = self.rows.iter().find_map(|row| row.on.as_ref())?;
        let form = Security::parse(&on.policy.form).unwrap_or(Security::Pledge);
        Some((on.right.holder, form))
    }
}

pub(crate) fn id_json(id: PartyId) -> Json {
    Json::Text(id.to_string())
}

fn day_json(day: Day) -> Json {
    Json::Text(day.to_string())
}
