//! The page 签署: a command is shown in full and signed in the browser, by a key that the register never sees.
//!
//! The server prepares what a page knows already (the body, who must sign); the script of `web/signing` builds the payload,
//! signs, hands the draft on and submits it. A draft may come from anywhere and is read by the forms of the offline verifier.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use askama::Template;

use crate::domain::command::Body;
use crate::domain::facts::{Record, StateKey};
use crate::domain::party::Party;
use crate::domain::wire::body_json;
use crate::primitives::canonical::Json;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{EntryIndex, PartyId, PledgeId};
use crate::service::Registry;
use crate::web::act::{self, Prepared};
use crate::web::ask;
use crate::web::ended;
use crate::web::inbox;
use crate::web::look;
use crate::web::script;
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::vocabulary::Vocabulary;

macro_rules! of_verifier {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../web/verifier/", $name)))),*]
    };
}

macro_rules! of_signing {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../web/signing/", $name)))),*]
    };
}

/// Modules of the verifier that signing uses too, after those that they import.
const SHARED: &[(&str, &str)] = of_verifier![
    "vendor/_u64.js",
    "vendor/utils.js",
    "vendor/_md.js",
    "vendor/sha2.js",
    "vendor/hmac.js",
    "vendor/pbkdf2.js",
    "vendor/scrypt.js",
    "vendor/noble-ed25519.js",
    "bytes.js",
    "dom.js",
    "fault.js",
    "canonical.js",
    "forms.js",
    "polygon.js",
    "ed25519.js",
    "note.js",
    "values.js",
    "findings.js",
    "records.js",
    "commands.js",
];

/// AES of another package, whose files have the names of the first.
const CIPHERS: &[(&str, &str)] =
    of_signing!["vendor/utils.js", "vendor/_polyval.js", "vendor/aes.js"];

/// The modules of the page.
const MODULES: &[(&str, &str)] = of_signing![
    "clock.js",
    "switched.js",
    "draft.js",
    "keyfile.js",
    "keyring.js",
    "words.js",
    "signers.js",
    "names.js",
    "describe.js",
    "digest.js",
    "parts.js",
    "handed.js",
    "drafts.js",
    "inbox.js",
    "next.js",
    "decision.js",
    "batch.js",
    "verification.js",
    "kept.js",
    "page.js",
    "session.js",
    "import.js",
    "offer.js",
    "ground.js"
];

const LICENSES: [&str; 2] = [
    include_str!("../../web/verifier/vendor/LICENSE-noble-ed25519"),
    include_str!("../../web/signing/vendor/LICENSE-noble-ciphers"),
];

static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let [curves, ciphers] = LICENSES;
    let license =
        format!("Parts: @noble/ed25519, @noble/hashes:\n{curves}@noble/ciphers:\n{ciphers}");
    script::join(
        &license,
        &[
            script::texts(SHARED),
            script::group("aes.js", CIPHERS),
            script::texts(MODULES),
        ],
    )
});

static HASH: LazyLock<String> = LazyLock::new(|| Hash::of(&[SCRIPT.as_bytes()]).to_string());

/// The command that a guarantor fills from an evidence file.
pub(crate) const VERIFICATION: &str = "record_verification";

/// What is hidden of a natural person.
const PERSON_HIDES: [&str; 2] = ["name", "resident_id"];
/// Values that a pledge may hide, which the page asks for; any other is for the command line.
const HIDES: [&str; 3] = ["contract_no", "principal_cny", "purpose"];

#[derive(Template)]
#[template(path = "sign.html")]
pub(crate) struct SignPage {
    shell: Shell,
    /// The audience that a command for this register names.
    aud: String,
    /// The time of the register, for commands: that of the computer may be wrong.
    now: String,
    /// What the codes of this register are called, as JSON.
    vocabulary: String,
    /// What another page has prepared, as JSON.
    command: Option<String>,
    /// Whether the page reads the evidence file of a verification, and the question to ask for it, as JSON, where one was.
    verification: Option<String>,
    /// The draft of the inbox that is to be shown.
    draft: Option<String>,
    /// Drafts of the inbox that are to be signed together.
    drafts: Option<String>,
    /// Whether the draft is shown only to who signs in first.
    is_for_members: bool,
    fault: Option<Cow<'static, str>>,
    /// Where what is at fault can be looked up: addresses with words.
    see: Vec<(String, String)>,
    /// The form to go back to, with what was typed.
    back: Option<String>,
    /// SHA-256 of the script, so that a browser never keeps an old one.
    script: &'static str,
}

/// The script of the page, for the assets.
pub(crate) fn script() -> &'static [u8] {
    SCRIPT.as_bytes()
}

/// SHA-256 of the script, so that a browser never keeps an old one.
pub(crate) fn hash() -> &'static str {
    &HASH
}

/// Makes the page: for a draft, or for what the address says is to be done.
pub(crate) fn page(registry: &Registry, visit: &Visit) -> Result<SignPage, Fault> {
    let mut page = prepared(registry, visit)?;
    let is_incomplete = page.fault.as_deref() == Some(visit.lang.words().sign_incomplete);
    let act = visit.param("act").filter(|_| is_incomplete);
    page.back = act.map(|act| back(visit, act));
    Ok(page)
}

fn prepared(registry: &Registry, visit: &Visit) -> Result<SignPage, Fault> {
    let words = visit.lang.words();
    let mut page = SignPage {
        shell: Shell::new(registry, visit, words.sign_title),
        aud: registry.aud().to_owned(),
        now: registry.now().to_string(),
        vocabulary: Vocabulary::of(registry, visit.lang)?.to_json(),
        command: None,
        verification: None,
        draft: None,
        drafts: None,
        is_for_members: false,
        fault: None,
        see: Vec::new(),
        back: None,
        script: hash(),
    };
    if let Some(draft) = visit.param("draft").and_then(Hash::from_hex) {
        page.is_for_members = visit.signed_in.is_none();
        if page.is_for_members {
            page.fault = Some(words.inbox_sign_in.into());
        } else {
            page.draft = Some(draft.to_string());
        }
        return Ok(page);
    }
    let marked = visit.marked(inbox::MARK);
    if !marked.is_empty() {
        let hashes = marked.into_iter().filter_map(Hash::from_hex);
        let hashes: Vec<String> = hashes.map(|hash| hash.to_string()).collect();
        page.drafts = Some(hashes.join(" "));
        return Ok(page);
    }
    match visit.param("act") {
        Some("register") => match ask::prepared(registry, visit)? {
            Some((org, body)) => {
                let prepared = Prepared::alone(org, body);
                page.command = Some(command(registry, visit, &prepared, &HIDES)?);
            }
            None => page.fault = Some(words.sign_incomplete.into()),
        },
        Some(VERIFICATION) => {
            let title = visit.lang.pick("记载核验", "Record a verification");
            title.clone_into(&mut page.shell.title);
            page.verification = Some(question(registry, visit)?);
        }
        Some("release") => match release(registry, visit)? {
            Some((org, body)) => {
                let prepared = Prepared::alone(org, body);
                page.command = Some(command(registry, visit, &prepared, &[])?);
            }
            None => page.cannot_release(ended::not_released(registry, visit)?),
        },
        Some(name) => match act::prepared(registry, visit, name)? {
            Some(prepared) => {
                let hides = if matches!(prepared.body, Body::RegisterPledge(_)) {
                    &HIDES[..]
                } else if let Body::AdmitParty(admit) = &prepared.body
                    && admit.credit_code.is_none()
                {
                    &PERSON_HIDES[..]
                } else {
                    &[]
                };
                page.command = Some(command(registry, visit, &prepared, hides)?);
            }
            None => page.fault = Some(words.sign_incomplete.into()),
        },
        None => {}
    }
    Ok(page)
}

impl SignPage {
    fn cannot_release(&mut self, (told, see): ended::Told) {
        self.fault = Some(told.into());
        self.see = see;
    }
}

/// The form of an act with what its address says for it.
fn back(visit: &Visit, act: &str) -> String {
    match act {
        "register" => visit.to("/check"),
        name => visit.to(&format!("/acts/{}", crate::web::show::escaped(name))),
    }
}

/// The question whose answer a guarantor records, as the register is asked for it; empty where the address has none.
///
/// The answer is never written here: the page that signs takes it from the evidence file that the guarantor keeps.
fn question(registry: &Registry, visit: &Visit) -> Result<String, Fault> {
    let Some((org, body)) = ask::prepared(registry, visit)? else {
        return Ok(String::new());
    };
    let question = Json::object([
        ("body", body_json(&body)),
        ("org", Json::Text(org.to_string())),
        ("type", Json::text(body.type_name())),
    ]);
    Ok(question.to_canonical())
}

fn release(registry: &Registry, visit: &Visit) -> Result<Option<(PartyId, Body)>, Fault> {
    // Pages print the id of a line, too.
    let id = visit.param("pledge").map(look::without_line);
    let Some(id) = id.and_then(PledgeId::parse) else {
        return Ok(None);
    };
    let found = registry.record(&StateKey::Pledge(id))?;
    let Some(Record::Pledge(pledge)) = found.map(|found| found.value.record) else {
        return Ok(None);
    };
    let body = Body::ReleasePledge {
        pledge: id,
        changes: Vec::new(),
        order: None,
    };
    let now = registry.now().max(registry.published().time);
    Ok((!pledge.is_closed_at(now)).then_some((pledge.pledgee, body)))
}

fn command(
    registry: &Registry,
    visit: &Visit,
    prepared: &Prepared,
    hide: &[&str],
) -> Result<String, Fault> {
    asked(registry, visit, prepared, hide).map(|asked| asked.to_canonical())
}

/// Makes what the script reads: `{"attests","body","expect","hide","names","org","signers","type"}`. Whoever holds no keys
/// cannot sign, and the giver attests the consent.
pub(crate) fn asked(
    registry: &Registry,
    visit: &Visit,
    prepared: &Prepared,
    hide: &[&str],
) -> Result<Json, Fault> {
    let Prepared { org, body, beside } = prepared;
    let consents = registry.consents(*org, body.clone())?;
    let consents = consents.iter().chain(beside.iter());
    let mut signers = Vec::new();
    let mut attests = Vec::new();
    let mut names = BTreeMap::new();
    let mut giver = *org;
    for (at, asked) in std::iter::once(org).chain(consents).enumerate() {
        let (id, party) = acting(registry, *asked)?;
        if at == 0 {
            giver = id;
        }
        let is_there = names.contains_key(&id.to_string());
        if is_there {
            continue;
        }
        if party.keys.is_empty() {
            attests.push(Json::Text(id.to_string()));
        } else {
            let checkers = party.threshold_for(body.type_name()).saturating_sub(1);
            signers.push(Json::object([
                ("checkers", Json::count(checkers)),
                ("org", Json::Text(id.to_string())),
                ("persons", Json::count(persons(&party))),
            ]));
        }
        let name = look::name_of(&party, visit.lang.words());
        names.insert(id.to_string(), Json::Text(name));
    }
    let mut asked = Json::object([
        ("attests", Json::List(attests)),
        ("body", body_json(body)),
        ("hide", Json::list(hide.iter().copied().map(Json::text))),
        ("names", Json::Object(names)),
        ("org", Json::Text(giver.to_string())),
        ("signers", Json::List(signers)),
        ("type", Json::text(body.type_name())),
    ]);
    if let Some(expected) = body.must_expect() {
        let key = expected.key();
        let version = registry
            .record(&key)?
            .map_or(0, |found| found.value.history_size);
        let versions = BTreeMap::from([(key.name(), Json::count(version))]);
        asked = asked.with("expect", Some(Json::Object(versions)));
    }
    Ok(asked)
}

/// How many persons hold keys of a party that are valid now.
fn persons(party: &Party) -> u64 {
    let keys = party.keys.iter();
    let valid = keys.filter(|key| key.is_valid_at(EntryIndex::MAX));
    let persons: BTreeSet<&str> = valid.map(|key| key.person.as_str()).collect();
    u64::try_from(persons.len()).unwrap_or(u64::MAX)
}

/// Finds who acts for a party, which may have merged into another.
pub(crate) fn acting(registry: &Registry, id: PartyId) -> Result<(PartyId, Party), Fault> {
    let mut id = id;
    loop {
        let found = registry.record(&StateKey::Party(id))?;
        let Some(Record::Party(party)) = found.map(|found| found.value.record) else {
            return Err(Fault::NotFound);
        };
        match party.more.ended {
            Some((_, successor)) => id = successor,
            None => return Ok((id, party)),
        }
    }
}

/// Finds who keeps rights of a kind that a party has issued.
pub(crate) fn keeping(registry: &Registry, id: PartyId, kind: &str) -> Result<PartyId, Fault> {
    let (mut keeping, mut last) = (id, 0);
    loop {
        let found = registry.record(&StateKey::Party(keeping))?;
        let Some(Record::Party(party)) = found.map(|found| found.value.record) else {
            return Err(Fault::NotFound);
        };
        let entries = last + 1..EntryIndex::MAX;
        match party.more.follower(Some(kind), &entries) {
            Some((entry, next)) => (keeping, last) = (next, entry),
            None => return Ok(keeping),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::script::{ends_its_texts, scope, uncommented};

    #[test]
    fn every_module_comes_after_those_it_imports_and_none_is_left_out() {
        let groups: [&[(&str, &str)]; 3] = [SHARED, CIPHERS, MODULES];
        let mut seen: Vec<String> = Vec::new();
        for (name, text) in groups.into_iter().flatten() {
            assert!(ends_its_texts(text), "{name} has a text over several lines");
            let imports = uncommented(text)
                .into_iter()
                .filter(|line| line.contains(" from \""));
            for line in imports {
                let path = line.rsplit_once(" from ").unwrap().1;
                let path = scope(path.trim_matches(|c| matches!(c, '"' | ';')));
                assert!(
                    seen.contains(&path),
                    "{name} imports {path} before it is there"
                );
            }
            seen.push(scope(name));
        }
        for folder in ["web/signing", "web/signing/vendor"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                let is_module = name
                    .rsplit_once('.')
                    .is_some_and(|(_, ending)| ending == "js");
                assert!(
                    !is_module || seen.contains(&scope(&name)),
                    "{name} is left out"
                );
            }
        }
    }

    #[test]
    fn the_script_is_one_text_that_asks_for_nothing_else() {
        assert!(SCRIPT.contains("module_draft") && !SCRIPT.contains("\nimport "));
        assert!(SCRIPT.len() < 400_000, "{}", SCRIPT.len());
    }
}
