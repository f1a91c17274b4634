//! Reads the members of a parsed object once each, and names the member that is at fault.
//!
//! The door, the log reader and the evidence verifier all parse through here, so that an unknown or missing member is the
//! same clear error everywhere: `body.lines[2].quantity: is missing`.

use std::collections::BTreeMap;
use std::fmt;

use crate::primitives::canonical::Json;
use crate::primitives::crypto::{Hash, lower_hex};

/// A member that could not be accepted, with its path, why, and the finding it counts as where the law numbers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldFault {
    /// The path of the member, for example `body.lines[2].quantity`.
    pub field: String,
    /// What is wrong with its value.
    pub reason: String,
    /// The number of the finding in the catalogue, where there is one (1002 for a bad check digit).
    pub code: Option<u16>,
}

impl FieldFault {
    /// Makes a fault of one member.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            reason: reason.into(),
            code: None,
        }
    }

    /// Names the finding that the fault counts as.
    #[must_use]
    pub fn with_code(mut self, code: u16) -> Self {
        self.code = Some(code);
        self
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

impl std::error::Error for FieldFault {}

/// The members of one object that are still to be read.
#[derive(Debug)]
pub struct Fields {
    path: String,
    members: BTreeMap<String, Json>,
}

impl Fields {
    /// Opens an object that stands at `path`.
    pub fn open(path: &str, value: Json) -> Result<Self, FieldFault> {
        match value {
            Json::Object(members) => Ok(Self {
                path: path.to_owned(),
                members,
            }),
            Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::List(_) => {
                Err(FieldFault::new(path, "must be an object"))
            }
        }
    }

    /// Returns the path of a member of this object.
    pub fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Makes a fault of a member of this object.
    pub fn fault(&self, name: &str, reason: impl Into<String>) -> FieldFault {
        FieldFault::new(self.at(name), reason)
    }

    /// Says whether the member is still there.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Takes a member that may be absent.
    pub fn optional(&mut self, name: &str) -> Option<Json> {
        self.members.remove(name)
    }

    /// Takes a member that must be there.
    pub fn required(&mut self, name: &str) -> Result<Json, FieldFault> {
        self.members
            .remove(name)
            .ok_or_else(|| self.fault(name, "is missing"))
    }

    /// Takes a string.
    pub fn text(&mut self, name: &str) -> Result<String, FieldFault> {
        match self.required(name)? {
            Json::Text(text) => Ok(text),
            Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => {
                Err(self.fault(name, "must be a string"))
            }
        }
    }

    /// Takes a string that may be absent.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, FieldFault> {
        if self.has(name) {
            self.text(name).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Takes an integer from 0 up.
    pub fn count(&mut self, name: &str) -> Result<u64, FieldFault> {
        match self.required(name)? {
            Json::Int(value) => {
                u64::try_from(value).map_err(|_| self.fault(name, "must not be negative"))
            }
            Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                Err(self.fault(name, "must be an integer"))
            }
        }
    }

    /// Takes a boolean that is false when absent.
    pub fn flag(&mut self, name: &str) -> Result<bool, FieldFault> {
        match self.optional(name) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(value),
            Some(Json::Int(_) | Json::Text(_) | Json::List(_) | Json::Object(_)) => {
                Err(self.fault(name, "must be true or false"))
            }
        }
    }

    /// Takes an array.
    pub fn list(&mut self, name: &str) -> Result<Vec<Json>, FieldFault> {
        match self.required(name)? {
            Json::List(values) => Ok(values),
            Json::Bool(_) | Json::Int(_) | Json::Text(_) | Json::Object(_) => {
                Err(self.fault(name, "must be an array"))
            }
        }
    }

    /// Refuses the object when the member is not there; the member stays.
    pub fn required_list(&self, name: &str) -> Result<(), FieldFault> {
        if self.has(name) {
            Ok(())
        } else {
            Err(self.fault(name, "is missing"))
        }
    }

    /// Takes an array that is empty when absent.
    pub fn optional_list(&mut self, name: &str) -> Result<Vec<Json>, FieldFault> {
        if self.has(name) {
            self.list(name)
        } else {
            Ok(Vec::new())
        }
    }

    /// Takes an object.
    pub fn object(&mut self, name: &str) -> Result<Fields, FieldFault> {
        let path = self.at(name);
        Fields::open(&path, self.required(name)?)
    }

    /// Takes an object that may be absent.
    pub fn optional_object(&mut self, name: &str) -> Result<Option<Fields>, FieldFault> {
        if self.has(name) {
            self.object(name).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Takes an array of objects, at most `max` of them, and opens each.
    pub fn objects(&mut self, name: &str, max: usize) -> Result<Vec<Fields>, FieldFault> {
        let values = self.optional_list(name)?;
        if values.len() > max {
            return Err(self.fault(
                name,
                format!("has {} items, at most {max} are allowed", values.len()),
            ));
        }
        let path = self.at(name);
        values
            .into_iter()
            .enumerate()
            .map(|(n, v)| Fields::open(&format!("{path}[{n}]"), v))
            .collect()
    }

    /// Takes an array of strings, at most `max` of them.
    pub fn texts(&mut self, name: &str, max: usize) -> Result<Vec<String>, FieldFault> {
        let values = self.optional_list(name)?;
        if values.len() > max {
            return Err(self.fault(
                name,
                format!("has {} items, at most {max} are allowed", values.len()),
            ));
        }
        let path = self.at(name);
        let read = |(n, value)| match value {
            Json::Text(text) => Ok(text),
            Json::Bool(_) | Json::Int(_) | Json::List(_) | Json::Object(_) => {
                Err(FieldFault::new(format!("{path}[{n}]"), "must be a string"))
            }
        };
        values.into_iter().enumerate().map(read).collect()
    }

    /// Takes a SHA-256 value: 64 lowercase hexadecimal digits.
    pub fn hash(&mut self, name: &str) -> Result<Hash, FieldFault> {
        self.hex(name).map(Hash)
    }

    /// Takes `N` bytes as lowercase hexadecimal digits.
    pub fn hex<const N: usize>(&mut self, name: &str) -> Result<[u8; N], FieldFault> {
        let text = self.text(name)?;
        lower_hex(&text).ok_or_else(|| {
            self.fault(
                name,
                format!("must be {} lowercase hexadecimal digits", 2 * N),
            )
        })
    }

    /// Takes a string and parses it; `what` completes "must be ...".
    pub fn parsed<T>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, FieldFault> {
        let text = self.text(name)?;
        parse(&text).ok_or_else(|| self.fault(name, format!("must be {what}, not {text:?}")))
    }

    /// Takes all members that are still there, for a form whose members are those of another.
    pub fn into_rest(self) -> BTreeMap<String, Json> {
        self.members
    }

    /// Refuses members that nobody asked for.
    pub fn finish(self) -> Result<(), FieldFault> {
        match self.members.keys().next() {
            Some(name) => Err(self.fault(name, "is not a known member")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_faulty_member_is_named() {
        let value = Json::parse(br#"{"lines":[{"a":"x"},{"a":1,"b":2}]}"#).unwrap();
        let mut fields = Fields::open("body", value).unwrap();
        let mut lines = fields.objects("lines", 8).unwrap();
        assert_eq!(
            lines[1].text("a").unwrap_err().to_string(),
            "body.lines[1].a: must be a string"
        );
        let rest = lines.remove(1);
        assert_eq!(
            rest.finish().unwrap_err().to_string(),
            "body.lines[1].b: is not a known member"
        );
        assert_eq!(
            fields.text("z").unwrap_err().to_string(),
            "body.z: is missing"
        );
    }
}
