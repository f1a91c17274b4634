//! What pages look up: a party's name, the rules of a kind, the record behind what a person typed.

use crate::domain::facts::{Owner, Record, StateKey};
use crate::domain::party::Party;
use crate::domain::policy::KindPolicy;
use crate::domain::right::{Identity, Right};
use crate::primitives::id::{FreezeId, PartyId, PledgeId, ReservationId, RightId, parse_index};
use crate::primitives::identifier::{CreditCode, RegistrationNumber, Shape, normal_form_upper};
use crate::primitives::limits;
use crate::primitives::time::Timestamp;
use crate::service::Registry;
use crate::service::query::Found;
use crate::web::frozen;
use crate::web::lang::{Lang, Words};
use crate::web::shell::Fault;
use crate::web::show;

/// The shortest part of an identity that is looked for alone: permits and accounts are longer, pollutants and years are not.
const PART_CHARS_MIN: usize = 8;
/// Parties with a name in theirs that are compared with it whole; of more nobody knows whether another has it.
const NAMESAKES_MAX: usize = 50;
/// Of these, as many are named to whoever has to choose.
const NAMESAKES_SHOWN_MAX: usize = 8;
/// The letters of a printed registration number; a kind has eight at most.
const KIND_LETTERS_MAX: usize = 8;
/// The kind code of pledges and of reservations in registration numbers.
const PLEDGE_CODE: &str = "PLEDGE";

/// A party as pages name it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The id.
    pub(crate) id: String,
    /// The registered name, or that it is hidden.
    pub(crate) name: String,
}

/// Returns a town as people read it: its name, if the operator has said so, and its code.
pub(crate) fn town(registry: &Registry, code: &str) -> String {
    match registry.town(code) {
        Some(name) => format!("{name} {code}"),
        None => code.to_owned(),
    }
}

/// Names a party.
pub(crate) fn party(registry: &Registry, id: PartyId, words: &Words) -> Result<Named, Fault> {
    let found = registry.record(&StateKey::Party(id))?;
    let name = found.and_then(|found| match found.value.record {
        Record::Party(party) => Some(name_of(&party, words)),
        _ => None,
    });
    Ok(Named {
        id: id.to_string(),
        name: name.unwrap_or_default(),
    })
}

/// Returns the name of a party, or that it is hidden.
pub(crate) fn name_of(party: &Party, words: &Words) -> String {
    let hidden = || words.name_hidden.to_owned();
    party.name.clone().unwrap_or_else(hidden)
}

/// Finds the rules of a kind that are active at `now`.
pub(crate) fn policy(registry: &Registry, kind: &str, now: Timestamp) -> Result<KindPolicy, Fault> {
    let policy = registry.active_policy(kind, now)?;
    policy.ok_or_else(|| Fault::Internal(format!("no rules for the kind {kind}")))
}

/// Returns the title of a kind in the language of the page.
pub(crate) fn kind_title(policy: &KindPolicy, lang: Lang) -> &str {
    lang.pick(&policy.title_zh, &policy.title_en)
}

/// Returns the printed registration number of a right.
pub(crate) fn right_number(registry: &Registry, id: RightId, right: &Right) -> String {
    let letters = right.kind.chars().filter(char::is_ascii_alphabetic);
    let code: String = letters
        .take(KIND_LETTERS_MAX)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    printed(registry, &code, id.0)
}

/// Returns the printed registration number of a pledge.
pub(crate) fn pledge_number(registry: &Registry, id: PledgeId) -> String {
    printed(registry, PLEDGE_CODE, id.0)
}

fn printed(registry: &Registry, code: &str, index: u64) -> String {
    let number = RegistrationNumber::new(&registry.genesis().region, code, index);
    number.map_or_else(|_| String::new(), |number| number.to_string())
}

/// Returns what an id names, for people: what a right is, whom a pledge or reservation secures, who a party is; empty where
/// it names nothing that has a page. A number after a point, of a line, is passed over.
pub(crate) fn words_of(registry: &Registry, id: &str, lang: Lang) -> Result<String, Fault> {
    let record = id.split_once('.').map_or(id, |(record, _)| record);
    let Some(place) = by_id(record) else {
        return freeze_words(registry, record, lang);
    };
    let found = registry.record(&place.key())?;
    let Some(found) = found.map(|found| found.value.record) else {
        return Ok(String::new());
    };
    let words = lang.words();
    let secures = |what: &str, of: PartyId| -> Result<String, Fault> {
        Ok(format!("{what} · {}", party(registry, of, words)?.name))
    };
    match found {
        Record::Right(right) => {
            let now = registry.now().max(registry.published().time);
            let policy = policy(registry, &right.kind, now)?;
            let identity = right.identities.first().map(show::identity);
            let kind = kind_title(&policy, lang);
            Ok(format!("{kind} {}", identity.unwrap_or_default()))
        }
        Record::Pledge(pledge) => secures(words.burden_line, pledge.pledgee),
        Record::Reservation(held) => secures(words.burden_hold, held.pledgee),
        Record::Party(party) => Ok(name_of(&party, words)),
        Record::Identity(_) | Record::Source(_) | Record::Cell(_) | Record::Policy(_) => {
            Ok(String::new())
        }
    }
}

/// What a freeze is and who ordered it; empty where no entry did.
fn freeze_words(registry: &Registry, id: &str, lang: Lang) -> Result<String, Fault> {
    let words = lang.words();
    let found = FreezeId::parse(id).map(|id| frozen::ordered(registry, id));
    let Some((_, burden)) = found.transpose()?.flatten() else {
        return Ok(String::new());
    };
    let authority = burden.authority.map(|id| party(registry, id, words));
    let authority = authority.transpose()?.map(|party| party.name);
    let parts = [Some(words.burden_freeze.to_owned()), authority].into_iter();
    Ok(parts.flatten().collect::<Vec<_>>().join(" · "))
}

/// Where a search leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// The page of a right.
    Right(RightId),
    /// The page of a pledge.
    Pledge(PledgeId),
    /// The page of a reservation.
    Reservation(ReservationId),
    /// The page of a party.
    Party(PartyId),
}

impl Place {
    /// Returns the address of the page.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Right(id) => format!("/rights/{id}"),
            Self::Pledge(id) => format!("/pledges/{id}"),
            Self::Reservation(id) => format!("/pledges/{id}"),
            Self::Party(id) => format!("/parties/{id}"),
        }
    }

    fn of(owner: Owner) -> Self {
        match owner {
            Owner::Right(id) => Self::Right(id),
            Owner::Party(id) => Self::Party(id),
        }
    }

    fn key(self) -> StateKey {
        match self {
            Self::Right(id) => StateKey::Right(id),
            Self::Pledge(id) => StateKey::Pledge(id),
            Self::Reservation(id) => StateKey::Reservation(id),
            Self::Party(id) => StateKey::Party(id),
        }
    }
}

/// Finds what a person typed: an id, a registration number, a credit code, or an identity of any scheme.
///
/// Spaces, full-width forms and small letters are taken as a person means them; what is stored is compared exactly.
pub(crate) fn find(registry: &Registry, typed: &str) -> Result<Option<Place>, Fault> {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    // Whoever reads a registration number aloud or off paper may leave its hyphens out.
    let hyphened = typed.split_whitespace().collect::<Vec<_>>().join("-");
    let hyphened = normal_form_upper(&hyphened);
    for place in ids(&compact).into_iter().chain(ids(&hyphened)) {
        if registry.record(&place.key())?.is_some() {
            return Ok(Some(place));
        }
    }
    if CreditCode::parse(&compact).is_ok() {
        let identity = Identity {
            scheme: crate::domain::facts::CREDIT_CODE_SCHEME.to_owned(),
            value: compact.clone(),
        };
        if let Some(owner) = registry.owner(&identity)? {
            return Ok(Some(Place::of(owner)));
        }
    }
    // A certificate may have spaces of its own, so the text is tried with them first.
    for text in [&normal, &compact] {
        for (scheme, value) in candidates(registry, text)? {
            if let Some(owner) = registry.owner(&Identity { scheme, value })? {
                return Ok(Some(Place::of(owner)));
            }
        }
    }
    Ok(None)
}

/// Finds the rights that have what a person typed as a part of an identity, and whether there may be more: the number of a
/// permit, or an account.
pub(crate) fn with_part(
    registry: &Registry,
    typed: &str,
    limit: usize,
) -> Result<(Vec<RightId>, bool), Fault> {
    if typed.chars().count() < PART_CHARS_MIN {
        return Ok((Vec::new(), false));
    }
    let (found, has_more) = registry.rights_with_part(typed, limit)?;
    let ids = found.iter().filter_map(|found| found.value.key.right());
    Ok((ids.collect(), has_more))
}

/// Says whether a person typed an id or a registration number, of a record or of none.
pub(crate) fn is_id(typed: &str) -> bool {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    !ids(&compact).is_empty() || FreezeId::parse(&compact).is_some()
}

/// Returns the freeze whose id a person typed.
pub(crate) fn freeze(typed: &str) -> Option<FreezeId> {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    FreezeId::parse(without_line(&compact))
}

/// Returns the entry that a person means by its number, or by the id of a freeze that no entry ordered.
pub(crate) fn entry(registry: &Registry, typed: &str) -> Option<u64> {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    let record = without_line(&compact);
    let index = if let Some(freeze) = FreezeId::parse(record) {
        Some(freeze.0)
    } else {
        let mut words = ["账页", "ENTRY"].iter();
        let number = words.find_map(|word| record.strip_prefix(word));
        parse_index(number.unwrap_or(record))
    };
    index.filter(|index| *index < registry.published().size)
}

/// An id without the number of a line, which pages write behind a point.
pub(crate) fn without_line(id: &str) -> &str {
    match id.rsplit_once('.') {
        Some((record, line)) if parse_index(line).is_some() => record,
        Some(_) | None => id,
    }
}

/// Returns the number of the line that a person typed behind the id of its record.
pub(crate) fn line_of(typed: &str) -> Option<usize> {
    let normal = normal_form_upper(typed);
    let (_, line) = normal.rsplit_once('.')?;
    usize::try_from(parse_index(line.trim())?).ok()
}

/// Returns what a person typed as an identity of every scheme that it fits, up to as many as a certificate names; a number that
/// has a form of its own is no free text as well. Says too whether it has such a form.
pub(crate) fn well_formed(
    registry: &Registry,
    typed: &str,
) -> Result<(Vec<Identity>, bool), Fault> {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    let policies = registry.active_policies(registry.now())?;
    let mut found: Vec<(bool, Identity)> = Vec::new();
    for text in [&compact, &normal] {
        for (scheme, value) in candidates(registry, text)? {
            let mut schemes = policies
                .iter()
                .filter_map(|policy| policy.identity_scheme(&scheme));
            let parts: Vec<&str> = value.split('|').collect();
            let Some(shapes) = schemes.next().map(|scheme| &scheme.parts) else {
                continue;
            };
            let mut pairs = shapes.iter().zip(&parts);
            let fits = shapes.len() == parts.len()
                && pairs.all(|((_, shape), part)| shape.check(part).is_ok());
            // Without its spaces it is the same number to whoever typed it.
            if !fits || found.iter().any(|(_, one)| one.scheme == scheme) {
                continue;
            }
            let is_free = |shape: &Shape| matches!(shape, Shape::Text { .. } | Shape::Code { .. });
            let has_form = !shapes.iter().all(|(_, shape)| is_free(shape));
            found.push((has_form, Identity { scheme, value }));
        }
    }
    let any_form = found.iter().any(|(has_form, _)| *has_form);
    found.retain(|(has_form, _)| *has_form || !any_form);
    found.truncate(limits::CERTIFICATE_IDENTITIES_MAX);
    let identities = found.into_iter().map(|(_, identity)| identity);
    Ok((identities.collect(), any_form))
}

/// Finds a party by what a person typed: an id, a credit code, its whole name, or a part of a name that only one party has in it.
pub(crate) fn find_party(registry: &Registry, typed: &str) -> Result<Option<PartyId>, Fault> {
    if let Some(Place::Party(id)) = find(registry, typed)? {
        return Ok(Some(id));
    }
    let (found, more) = registry.parties_named(typed, None, NAMESAKES_MAX)?;
    let id = |found: &Found| found.value.key.party();
    let wanted = normal_form_upper(typed);
    let whole = found.iter().filter(|found| match &found.value.record {
        Record::Party(party) => {
            let name = party.name.as_deref().map(normal_form_upper);
            name.is_some_and(|name| name == wanted)
        }
        _ => false,
    });
    let whole: Vec<&Found> = whole.collect();
    Ok(match (whole.as_slice(), found.as_slice(), more) {
        ([whole], _, None) => id(whole),
        ([], [only], None) => id(only),
        (_, _, _) => None,
    })
}

/// Names the parties that a person may have meant by a name that several have in theirs, and says whether there are more.
pub(crate) fn namesakes(registry: &Registry, typed: &str) -> Result<(Vec<Named>, bool), Fault> {
    if typed.is_empty() {
        return Ok((Vec::new(), false));
    }
    let (found, more) = registry.parties_named(typed, None, NAMESAKES_SHOWN_MAX)?;
    let named = found.iter().filter_map(|found| match &found.value.record {
        Record::Party(party) => Some(Named {
            id: found.value.key.name(),
            name: party.name.clone()?,
        }),
        _ => None,
    });
    Ok((named.collect(), more.is_some()))
}

/// Says that several parties have a name in theirs, and which.
pub(crate) fn several(named: &[Named], has_more: bool, lang: Lang) -> String {
    let list: Vec<String> = named
        .iter()
        .map(|one| format!("{} ({})", one.name, one.id))
        .collect();
    let more = if has_more { " …" } else { "" };
    match lang {
        Lang::Zh => format!(
            "名称相符的主体不止一个, 请填写其编号: {}{more}",
            list.join("; ")
        ),
        Lang::En => format!(
            "several parties have this in their names; give the id of one: {}{more}",
            list.join("; ")
        ),
    }
}

/// The page of the record or of the freeze that an id names; nothing where it is no id.
pub(crate) fn page_of(id: &str) -> Option<String> {
    let freeze = || FreezeId::parse(id).map(|id| format!("/freezes/{id}"));
    by_id(id).map(Place::path).or_else(freeze)
}

/// The records that a text may name by an id or a registration number.
fn ids(text: &str) -> Vec<Place> {
    let text = without_line(text);
    if let Ok(number) = RegistrationNumber::parse(text) {
        let index = number.index();
        return vec![
            Place::Right(RightId(index)),
            Place::Pledge(PledgeId(index)),
            Place::Reservation(ReservationId(index)),
        ];
    }
    by_id(text).into_iter().collect()
}

/// The record that an id names; no two kinds of record share a first letter.
fn by_id(text: &str) -> Option<Place> {
    let right = || RightId::parse(text).map(Place::Right);
    let pledge = || PledgeId::parse(text).map(Place::Pledge);
    let reservation = || ReservationId::parse(text).map(Place::Reservation);
    let party = || PartyId::parse(text).map(Place::Party);
    right().or_else(pledge).or_else(reservation).or_else(party)
}

/// Every scheme under which the text may be an identity, or the one that it names before a colon.
fn candidates(registry: &Registry, text: &str) -> Result<Vec<(String, String)>, Fault> {
    let policies = registry.active_policies(registry.now())?;
    let schemes = policies.iter().flat_map(|policy| &policy.identities);
    let mut found = Vec::new();
    for scheme in schemes {
        let prefix = format!("{}:", scheme.scheme.to_ascii_uppercase());
        let value = text.strip_prefix(&prefix).unwrap_or(text);
        found.push((scheme.scheme.clone(), value.to_owned()));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_registration_numbers_name_records() {
        assert_eq!(ids("R41"), [Place::Right(RightId(41))]);
        assert_eq!(ids("P57"), [Place::Pledge(PledgeId(57))]);
        assert_eq!(ids("M9")[0].path(), "/parties/M9");
        let number = RegistrationNumber::new("500113", PLEDGE_CODE, 57).unwrap();
        assert!(ids(&number.to_string()).contains(&Place::Pledge(PledgeId(57))));
        assert!(ids("X1").is_empty());
        // A line is of its pledge.
        assert_eq!(ids("P57.0"), [Place::Pledge(PledgeId(57))]);
        assert!(ids(&format!("{number}.12")).contains(&Place::Pledge(PledgeId(57))));
        assert!(ids("P57.X").is_empty() && is_id("F46") && is_id("p57.0"));
    }
}
