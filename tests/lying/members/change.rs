//! All the ways in which one member of a JSON text is changed: gone, another number, another id, another word, a list that is
//! shorter, longer or in another order, a member more.
//!
//! The changes follow from the text alone, so they are the same in every run.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// A text with one change.
pub(super) struct Change {
    /// Where, without the numbers of items: `rows[].until`.
    pub(super) path: String,
    /// What was done there.
    pub(super) what: String,
    /// The whole text with the change.
    pub(super) value: Value,
}

/// A place in a text.
struct Place {
    pointer: String,
    path: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let token = name.replace('~', "~0").replace('/', "~1");
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            pointer: format!("{}/{token}", self.pointer),
            path: format!("{}{dot}{name}", self.path),
        }
    }

    fn item(&self, number: usize) -> Self {
        Self {
            pointer: format!("{}/{number}", self.pointer),
            path: format!("{}[]", self.path),
        }
    }
}

/// Every change of a text; `ids` are those that a liar could put in place of others.
pub(super) fn changes(whole: &Value, ids: &BTreeSet<String>) -> Vec<Change> {
    let mut changes = Vec::new();
    let root = Place {
        pointer: String::new(),
        path: String::new(),
    };
    walk(whole, &root, &mut |place, value| {
        for (what, other) in others(value, ids) {
            if other == *value {
                continue;
            }
            let mut changed = whole.clone();
            *changed.pointer_mut(&place.pointer).unwrap() = other;
            changes.push(Change {
                path: place.path.clone(),
                what,
                value: changed,
            });
        }
        if let Some(changed) = without(whole, &place.pointer) {
            changes.push(Change {
                path: place.path.clone(),
                what: "removed".to_owned(),
                value: changed,
            });
        }
    });
    changes
}

/// Every id of a text.
pub(super) fn ids(whole: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let root = Place {
        pointer: String::new(),
        path: String::new(),
    };
    walk(whole, &root, &mut |_, value| {
        let id = value.as_str().filter(|text| is_id(text));
        ids.extend(id.map(str::to_owned));
    });
    ids
}

fn walk(value: &Value, place: &Place, visit: &mut impl FnMut(&Place, &Value)) {
    visit(place, value);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &place.member(name), visit);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                walk(item, &place.item(number), visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The text without the member of an object; items of lists go by [`others`] of the list.
fn without(whole: &Value, pointer: &str) -> Option<Value> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let mut changed = whole.clone();
    let members = changed.pointer_mut(parent)?.as_object_mut()?;
    members.remove(&name.replace("~1", "/").replace("~0", "~"))?;
    Some(changed)
}

/// What may stand in place of a value, with a word for each.
fn others(value: &Value, ids: &BTreeSet<String>) -> Vec<(String, Value)> {
    let told = |values: Vec<Value>| -> Vec<(String, Value)> {
        let named = |value: Value| (value.to_string(), value);
        values.into_iter().map(named).collect()
    };
    match value {
        Value::Null => Vec::new(),
        Value::Bool(is) => told(vec![json!(!is)]),
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            let less = (number > 0).then(|| json!(number - 1));
            told([json!(number + 1)].into_iter().chain(less).collect())
        }
        Value::String(text) => told(texts(text, ids).into_iter().map(Value::from).collect()),
        Value::Object(members) => {
            let mut more = members.clone();
            more.insert("zz".to_owned(), json!(1));
            vec![("a member more".to_owned(), Value::Object(more))]
        }
        Value::Array(items) => lists(items),
    }
}

fn lists(items: &[Value]) -> Vec<(String, Value)> {
    let Some((last, but_last)) = items.split_last() else {
        return vec![("an item".to_owned(), json!(["x"]))];
    };
    let twice = [items, std::slice::from_ref(last)].concat();
    let reversed: Vec<Value> = items.iter().rev().cloned().collect();
    let mut all = vec![("shorter", but_last.to_vec()), ("its last twice", twice)];
    if reversed != items {
        all.push(("reversed", reversed));
    }
    if items.len() > 1 {
        all.push(("without its first", items[1..].to_vec()));
    }
    let named = |(what, list): (&str, Vec<Value>)| (what.to_owned(), Value::Array(list));
    all.into_iter().map(named).collect()
}

fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    let letter = chars.next().is_some_and(|c| "MRPVF".contains(c));
    let digits = chars.as_str();
    letter && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// Two other ids of the same letter, those that come next.
fn other_ids(id: &str, ids: &BTreeSet<String>) -> Vec<String> {
    let is_other = |other: &&String| other[..1] == id[..1] && **other != id;
    let after = ids.range(id.to_owned()..).chain(ids);
    after.filter(is_other).take(2).cloned().collect()
}

/// What may stand in place of a text, by what it looks like.
fn texts(text: &str, ids: &BTreeSet<String>) -> Vec<String> {
    let with = |prefix: &str, name: &str, suffix: &str| -> Vec<String> {
        let others = other_ids(name, ids).into_iter();
        others.map(|id| format!("{prefix}{id}{suffix}")).collect()
    };
    if is_id(text) {
        return with("", text, "");
    }
    if let Some((space, name)) = text.split_once('|').filter(|(_, name)| is_id(name)) {
        return with(&format!("{space}|"), name, "");
    }
    if let Some((id, line)) = text.split_once('.').filter(|(id, _)| is_id(id)) {
        let next = format!("{id}.{}", line.parse::<u64>().unwrap_or_default() + 1);
        let others = with("", id, &format!(".{line}"));
        return others.into_iter().take(1).chain([next]).collect();
    }
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    if !text.is_empty() && text.len() < 12 && text.chars().all(is_number) {
        let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
        let number: i64 = whole.parse().unwrap_or_default();
        return vec![
            format!("{}{part}", number + 1),
            format!("{}{part}", (number - 1).max(0)),
        ];
    }
    let is_of_day = |c: char| c.is_ascii_digit() || c == '-';
    let is_day = |text: &str| text.len() == 10 && text.chars().all(is_of_day);
    if is_day(text) {
        let (month, day) = text.split_at(8);
        let other = if day == "02" { "03" } else { "02" };
        return vec![format!("{month}{other}"), text.replacen("20", "21", 1)];
    }
    if text.len() > 10 && is_day(&text[..text.char_indices().nth(10).map_or(0, |(at, _)| at)]) {
        let (but_last, last) = text.split_at(text.len() - 2);
        let next = if last == "9Z" { "8Z" } else { "9Z" };
        return vec![
            format!("{but_last}{next}"),
            text.replacen("2026", "2025", 1).replacen("2027", "2026", 1),
            text.replacen("20", "21", 1),
        ];
    }
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return vec!["ab".repeat(32)];
    }
    vec![format!("{text}x"), "甲".to_owned()]
}
