//! What the codes of this register are called: kinds of right, schemes of identities, duties and attributes, in the language
//! of a page.
//!
//! The words are data of the policies (a title, the headers of an office's book), so a further kind needs none of ours. Read
//! by pages and, as JSON, by the scripts that say in words what will be signed.

use std::collections::BTreeMap;

use crate::documents::identities;
use crate::domain::finding::Code;
use crate::domain::policy::KindPolicy;
use crate::primitives::canonical::Json;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::show;

/// The words of one language.
pub(crate) struct Vocabulary {
    policies: Vec<KindPolicy>,
    lang: Lang,
}

impl Vocabulary {
    /// Reads the words of the policies that are active now.
    pub(crate) fn of(registry: &Registry, lang: Lang) -> Result<Self, Fault> {
        let now = registry.now().max(registry.published().time);
        Ok(Self {
            policies: registry.active_policies(now)?,
            lang,
        })
    }

    /// What a kind of right is called.
    pub(crate) fn kind<'a>(&'a self, kind: &'a str) -> &'a str {
        let policy = self.policies.iter().find(|policy| policy.kind == kind);
        policy.map_or(kind, |policy| look::kind_title(policy, self.lang))
    }

    /// The kinds that are issued under a duty, or the duty as it is written where there is none.
    pub(crate) fn duty(&self, duty: &str) -> String {
        let under = self
            .policies
            .iter()
            .filter(|policy| policy.issuer_duty == duty);
        let titles: Vec<&str> = under
            .map(|policy| look::kind_title(policy, self.lang))
            .collect();
        if titles.is_empty() {
            return duty.to_owned();
        }
        titles.join(self.lang.pick("、", ", "))
    }

    /// What the parts of an identity are called, in their order.
    pub(crate) fn scheme(&self, scheme: &str) -> String {
        let (zh, en) = identities::scheme(&self.policies, scheme);
        self.lang.pick(&zh, &en).to_owned()
    }

    /// What the attributes of rights are called: those of the books, and those that this program knows by name.
    fn attributes(&self) -> BTreeMap<String, Json> {
        let books = self
            .policies
            .iter()
            .filter_map(|policy| policy.book.as_ref());
        let named = books.flat_map(|book| book.attributes.keys().cloned());
        named
            .chain(identities::known_attributes().map(str::to_owned))
            .map(|name| {
                let (zh, en) = identities::attribute(&self.policies, &name);
                let word = match self.lang {
                    Lang::Zh => zh,
                    Lang::En => en,
                };
                (name, Json::Text(word))
            })
            .collect()
    }

    /// What units are called, and how many digits behind the point the kinds that have them count.
    fn units(&self) -> Json {
        let mut units: BTreeMap<String, Json> = BTreeMap::new();
        for policy in &self.policies {
            let unit = Json::object([
                ("scale", Json::count(u64::from(policy.scale.digits()))),
                ("word", Json::text(show::unit(&policy.unit, self.lang))),
            ]);
            units.entry(policy.unit.clone()).or_insert(unit);
        }
        Json::Object(units)
    }

    /// Everything as JSON: `{"attributes","duties","findings","kinds","schemes","units"}`, each a map of codes to words, that of
    /// a unit with its digits.
    pub(crate) fn to_json(&self) -> String {
        let map = |codes: Vec<&String>, word: &dyn Fn(&str) -> String| {
            let words = codes
                .into_iter()
                .map(|code| (code.clone(), Json::Text(word(code))));
            Json::Object(words.collect())
        };
        let kinds = self.policies.iter().map(|policy| &policy.kind).collect();
        let duties = self
            .policies
            .iter()
            .map(|policy| &policy.issuer_duty)
            .collect();
        let schemes = self.policies.iter().flat_map(|policy| &policy.identities);
        let schemes = schemes.map(|one| &one.scheme).collect();
        let findings = Code::ALL.iter().map(|code| {
            let check = code.check();
            let title = self.lang.pick(check.title_zh, check.title_en);
            (check.code.to_string(), Json::text(title))
        });
        Json::object([
            ("attributes", Json::Object(self.attributes())),
            ("duties", map(duties, &|duty| self.duty(duty))),
            ("findings", Json::Object(findings.collect())),
            ("kinds", map(kinds, &|kind| self.kind(kind).to_owned())),
            ("schemes", map(schemes, &|scheme| self.scheme(scheme))),
            ("units", self.units()),
        ])
        .to_canonical()
    }
}

/// What a part of an identity is called.
pub(crate) fn part(policy: &KindPolicy, name: &str, lang: Lang) -> String {
    let (zh, en) = identities::part(policy, name);
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// What an attribute of a right is called.
pub(crate) fn attribute(policy: &KindPolicy, name: &str, lang: Lang) -> String {
    let (zh, en) = identities::attribute(std::slice::from_ref(policy), name);
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
