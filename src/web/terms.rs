//! What a command says, in one line of words: what it is about, how much, for which days, for whom. Days are inclusive here, as
//! everywhere for people, though they are half-open in the command.
//!
//! Read from the members of the body, so that a draft, an answer and an entry are told alike; what has no words here is left to
//! the command itself, which is never far.

use std::collections::BTreeMap;

use crate::domain::command::Body;
use crate::domain::policy::KindPolicy;
use crate::domain::wire::body_json;
use crate::primitives::canonical::Json;
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::{Day, Span};
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;

/// Members of a body that name what the command is about, the nearest first.
const ABOUT: [&str; 6] = ["pledge", "reservation", "right", "party", "of", "holder"];

/// Parties that a command is for or with: member, Chinese, English. The party that it is about is named before.
const PARTIES: [(&str, &str, &str); 8] = [
    ("holder", "持有人", "holder"),
    ("pledgor", "出质人 / 抵押人", "pledgor"),
    ("debtor", "债务人", "debtor"),
    ("authority", "决定机关", "ordered by"),
    ("to", "受让人", "to"),
    ("buyer", "买受人", "buyer"),
    ("into", "存续的主体", "into"),
    ("residual", "承接其余事项", "the rest goes to"),
];

/// Sums of money.
const SUMS: [(&str, &str, &str); 5] = [
    (
        "cap_cny",
        "担保债权最高额 (元)",
        "most that is ever secured (CNY)",
    ),
    ("limit_cny", "限额 (元)", "limited to (CNY)"),
    ("price_cny", "单价或收储价 (元)", "price (CNY)"),
    ("proceeds_cny", "所得价款 (元)", "proceeds (CNY)"),
    ("part_cny", "转让的债权 (元)", "part of the claim (CNY)"),
];

/// Other texts that are said as they are.
const TEXTS: [(&str, &str, &str); 8] = [
    ("class", "类别", "class"),
    ("order", "文号", "order"),
    ("freeze", "冻结", "freeze"),
    ("name", "名称", "name"),
    ("credit_code", "统一社会信用代码", "credit code"),
    ("person", "经办人代号", "person"),
    ("threshold", "签署人数", "signers"),
    ("days", "保留天数", "days"),
];

/// What lists of entries leave out: it stands on the page of the record or of the entry.
const NOT_IN_BRIEF: [&str; 9] = [
    "term",
    "maximum",
    "holder",
    "pledgor",
    "debtor",
    "cap_cny",
    "limit_cny",
    "name",
    "credit_code",
];
/// Lines that lists of entries tell.
const BRIEF_LINES: usize = 2;

/// What a line takes that states neither a quantity nor days nor years.
const WHOLE: (&str, &str) = (
    "整项权益 (全部面积, 至注销为止)",
    "the whole right (all of its area, until it is released)",
);

/// Lists whose items have extents.
const LINES: [(&str, &str, &str); 4] = [
    ("lines", "", ""),
    ("steps", "", ""),
    ("drop", "退回", "given back"),
    ("add", "换入", "taken instead"),
];

type Members = BTreeMap<String, Json>;

/// Says what commands say.
pub(crate) struct Teller<'a> {
    registry: &'a Registry,
    policies: Vec<KindPolicy>,
    lang: Lang,
}

impl<'a> Teller<'a> {
    /// Reads what units are counted in.
    pub(crate) fn of(registry: &'a Registry, lang: Lang) -> Result<Self, Fault> {
        let now = registry.now().max(registry.published().time);
        Ok(Self {
            registry,
            policies: registry.active_policies(now)?,
            lang,
        })
    }

    /// The registry whose records it names.
    pub(crate) fn registry(&self) -> &'a Registry {
        self.registry
    }

    /// The language that it speaks.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// What a command is about and what it says of it, in one line; of many lines the first ones.
    pub(crate) fn told(&self, body: &Body, lines_max: usize) -> Result<String, Fault> {
        let id = about(body);
        let named = look::words_of(self.registry, &id, self.lang)?;
        let parts = [format!("{id} {named}"), self.terms(body, lines_max)?];
        let parts = parts.iter().map(|part| part.trim());
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        Ok(parts.join(": "))
    }

    /// How much, for which days, for whom, without what it is about.
    pub(crate) fn terms(&self, body: &Body, lines_max: usize) -> Result<String, Fault> {
        let Json::Object(members) = body_json(body) else {
            return Ok(String::new());
        };
        self.said(body, &members, lines_max, &[&about(body)])
    }

    /// How much and for which days, as a line of a history has it: what people sign beside that stands on other pages, and the
    /// records that are shown beside the line are not named again.
    pub(crate) fn brief(&self, body: &Body, shown: &[&str]) -> Result<String, Fault> {
        let Json::Object(mut members) = body_json(body) else {
            return Ok(String::new());
        };
        members.retain(|name, _| !NOT_IN_BRIEF.contains(&name.as_str()));
        // The words of a right are its kind and its identity.
        if shown.iter().any(|id| id.starts_with('R')) {
            members.remove("identities");
        }
        // The lines on what the page is of come first; of others a few are told.
        if let Some(Json::List(lines)) = members.get_mut("lines") {
            let is_shown = |line: &Json| match line {
                Json::Object(line) => {
                    text(line, "right").is_some_and(|right| shown.contains(&right.as_str()))
                }
                _ => false,
            };
            lines.sort_by_key(|line| !is_shown(line));
        }
        self.said(body, &members, BRIEF_LINES, shown)
    }

    fn said(
        &self,
        body: &Body,
        members: &Members,
        lines_max: usize,
        shown: &[&str],
    ) -> Result<String, Fault> {
        let about = about(body);
        let mut told = Vec::new();
        if let Body::IssueRight(issue) = body
            && members.contains_key("identities")
        {
            let policy = self.policies.iter().find(|it| it.kind == issue.kind);
            told.extend(policy.map(|it| look::kind_title(it, self.lang).to_owned()));
        }
        if let Some(Json::List(identities)) = members.get("identities")
            && let Some(Json::Object(first)) = identities.first()
        {
            told.extend(text(first, "value").map(|value| show::grouped(&value)));
        }
        told.extend(self.extent(members));
        if let Some(Json::Object(span)) = members.get("span") {
            told.extend(self.days(span));
        }
        for (name, zh, en) in LINES {
            told.extend(self.lines(members, name, (zh, en), (&about, lines_max, shown))?);
        }
        if !members.contains_key("lines") && matches!(body, Body::ReleasePledge { .. }) {
            let whole = self.lang.pick(
                "全部担保物, 此后该登记不再占用任何权益",
                "all of its collateral; it takes no right any more",
            );
            told.push(whole.to_owned());
        }
        told.extend(self.others(members, shown)?);
        Ok(told.join("; "))
    }

    /// Parties, terms and sums.
    fn others(&self, members: &Members, shown: &[&str]) -> Result<Vec<String>, Fault> {
        let lang = self.lang;
        let mut told = Vec::new();
        for (name, zh, en) in [
            ("term", "债务履行期限", "term of the claim"),
            ("maximum", "债权确定期间", "determination period"),
        ] {
            if let Some(Json::Object(span)) = members.get(name)
                && let Some(days) = self.days(span)
            {
                told.push(format!("{} {days}", lang.pick(zh, en)));
            }
        }
        for (name, zh, en) in PARTIES {
            let id = text(members, name);
            let id = id.filter(|id| id.starts_with('M') && !shown.contains(&id.as_str()));
            if let Some(id) = id {
                let party = look::words_of(self.registry, &id, lang)?;
                told.push(format!("{} {party} ({id})", lang.pick(zh, en)));
            }
        }
        for (name, zh, en) in SUMS {
            let sum = text(members, name).and_then(|sum| Quantity::parse(&sum, Scale::MAX).ok());
            told.extend(sum.map(|sum| show::yuan(sum, lang.pick(zh, en))));
        }
        for (name, zh, en) in TEXTS {
            let value = match members.get(name) {
                Some(Json::Text(value)) => Some(value.clone()),
                Some(Json::Int(value)) => Some(value.to_string()),
                Some(_) | None => None,
            };
            told.extend(value.map(|value| format!("{} {value}", lang.pick(zh, en))));
        }
        Ok(told)
    }

    /// The extents of a list of lines; a line of another right or pledge than those that are shown names it.
    fn lines(
        &self,
        members: &Members,
        name: &str,
        (zh, en): (&str, &str),
        (about, lines_max, shown): (&str, usize, &[&str]),
    ) -> Result<Vec<String>, Fault> {
        let Some(Json::List(lines)) = members.get(name) else {
            return Ok(Vec::new());
        };
        let word = self.lang.pick(zh, en);
        let mut told = Vec::new();
        for line in lines.iter().take(lines_max) {
            let Json::Object(line) = line else { continue };
            let mut parts: Vec<String> = Vec::new();
            parts.extend((!word.is_empty()).then(|| word.to_owned()));
            let right = text(line, "right").filter(|right| !shown.contains(&right.as_str()));
            if let Some(right) = right {
                let named = look::words_of(self.registry, &right, self.lang)?;
                parts.push(format!("{right} {named}"));
            }
            match line.get("line") {
                Some(Json::Int(at)) => parts.push(format!("{about}.{at}")),
                Some(Json::Text(burden)) => parts.push(burden.clone()),
                Some(_) | None => {}
            }
            // A line of land without years takes all of its right, which the command says by saying nothing.
            let is_whole = name == "lines" && line.contains_key("right");
            let whole = || is_whole.then(|| self.lang.pick(WHOLE.0, WHOLE.1).to_owned());
            parts.extend(self.extent(line).or_else(whole));
            told.push(parts.join(" "));
        }
        told.extend((lines.len() > lines_max).then(|| "…".to_owned()));
        told.retain(|line| !line.is_empty());
        Ok(told)
    }

    /// A quantity with its unit, and days or years, as far as they are there.
    fn extent(&self, members: &Members) -> Option<String> {
        let unit = text(members, "unit").unwrap_or_default();
        let of_unit = self.policies.iter().find(|policy| policy.unit == unit);
        let scale = of_unit.map_or(Scale::new(0).unwrap_or(Scale::MAX), |policy| policy.scale);
        let much =
            text(members, "quantity").and_then(|much| Quantity::parse(&much, Scale::MAX).ok());
        let unit = show::unit(&unit, self.lang);
        let much = much.map(|much| show::amount(much, scale, unit).trim().to_owned());
        let years = match members.get("years") {
            Some(Json::List(years)) => {
                let years = years.iter().filter_map(|year| match year {
                    Json::Int(year) => Some(year.to_string()),
                    _ => None,
                });
                Some(years.collect::<Vec<_>>().join("–"))
            }
            Some(_) | None => None,
        };
        let parts: Vec<String> = [much, self.days(members), years]
            .into_iter()
            .flatten()
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Days, inclusively: both, or the one that is there.
    fn days(&self, members: &Members) -> Option<String> {
        let words = self.lang.words();
        let day = |name| text(members, name).as_deref().and_then(Day::parse);
        let end = day("to").or(day("until"));
        match (day("from"), end) {
            (Some(from), Some(to)) => Some(show::days(Span::new(from, to)?, words)),
            (Some(from), None) => Some(match self.lang {
                Lang::Zh => format!("{from} 起"),
                Lang::En => format!("from {from} on"),
            }),
            (None, Some(to)) => {
                let last = to.previous();
                Some(format!("{} {last}", words.through))
            }
            (None, None) => None,
        }
    }
}

fn text(members: &Members, name: &str) -> Option<String> {
    match members.get(name) {
        Some(Json::Text(text)) => Some(text.clone()),
        Some(_) | None => None,
    }
}

/// Returns the id of the record that a command is about; empty where it names none.
pub(crate) fn about(body: &Body) -> String {
    let Json::Object(members) = body_json(body) else {
        return String::new();
    };
    let first = || match members.get("lines") {
        Some(Json::List(lines)) => match lines.first() {
            Some(Json::Object(line)) => text(line, "right"),
            Some(_) | None => None,
        },
        Some(_) | None => None,
    };
    let named = ABOUT.iter().find_map(|name| text(&members, name));
    named.or_else(first).unwrap_or_default()
}
