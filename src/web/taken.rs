//! An entry as a reader takes it apart: the records that it is about, each with its page, and the command as it was signed, with
//! its ids as links.
//!
//! The raw entry stays below: it is what is hashed. Nothing here is read from anywhere but the entry and the records it names.

use crate::domain::entry::{Entry, Outcome};
use crate::domain::event::Event;
use crate::domain::facts::StateKey;
use crate::domain::wire::parse_command;
use crate::service::Registry;
use crate::web::lang::Lang;
use crate::web::linked::{Piece, linked};
use crate::web::look;
use crate::web::shell::Fault;
use crate::web::terms::Teller;

/// Lines of a command that are told in words.
const LINES_TOLD: usize = 8;

/// Records that are named; a bundle of splits may have hundreds.
const RECORDS_MAX: usize = 24;

/// A record that an entry is about: its page, its id and what it is.
pub(crate) struct Named {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) what: String,
}

/// An entry taken apart.
#[derive(Default)]
pub(crate) struct Taken {
    /// The parties that signed, then the records that it made or changed; none where it is no command.
    pub(crate) records: Vec<Named>,
    /// What the command says, in words; empty where there is none.
    pub(crate) told: Vec<Piece>,
    /// The command as indented JSON; empty where there is none.
    pub(crate) command: Vec<Piece>,
}

/// Takes an entry apart.
pub(crate) fn taken(registry: &Registry, bytes: &[u8], lang: Lang) -> Result<Taken, Fault> {
    let entry = Entry::parse(bytes).map_err(|fault| Fault::Internal(fault.to_string()))?;
    let Entry::Command {
        envelope, outcome, ..
    } = &entry
    else {
        return Ok(Taken::default());
    };
    let internal = |fault: &dyn std::fmt::Display| Fault::Internal(fault.to_string());
    let command = parse_command(&envelope.payload).map_err(|fault| internal(&fault))?;
    let value: serde_json::Value =
        serde_json::from_slice(&envelope.payload).map_err(|fault| internal(&fault))?;
    let text = serde_json::to_string_pretty(&value).map_err(|fault| internal(&fault))?;
    let mut ids: Vec<String> = Vec::new();
    let mut add = |id: String| {
        if !ids.contains(&id) && ids.len() < RECORDS_MAX {
            ids.push(id);
        }
    };
    add(command.org.to_string());
    command
        .signers
        .iter()
        .for_each(|signer| add(signer.org.to_string()));
    let touched = match outcome {
        Outcome::Accepted { event, .. } => Event::touches(event),
        Outcome::Refused(_) => Vec::new(),
    };
    touched.iter().map(StateKey::name).for_each(&mut add);
    let told = Teller::of(registry, lang)?.told(&command.body, LINES_TOLD)?;
    let command = pieces(&text);
    // A refused command made nothing; what it names is still what it was about.
    command
        .iter()
        .filter(|piece| piece.path.is_some())
        .for_each(|piece| add(piece.text.clone()));
    let mut records = Vec::new();
    for id in ids {
        let Some(path) = look::page_of(&id) else {
            continue;
        };
        let what = look::words_of(registry, &id, lang)?;
        records.push(Named { path, id, what });
    }
    Ok(Taken {
        records,
        told: linked(&told),
        command,
    })
}

/// Cuts a text at the ids within quotation marks.
fn pieces(text: &str) -> Vec<Piece> {
    let plain = |text: &str| Piece {
        text: text.to_owned(),
        path: None,
    };
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before = String::new();
    for (n, part) in text.split('"').enumerate() {
        if n > 0 {
            before.push('"');
        }
        match look::page_of(part) {
            Some(path) => {
                pieces.push(plain(&before));
                before.clear();
                pieces.push(Piece {
                    text: part.to_owned(),
                    path: Some(path),
                });
            }
            None => before.push_str(part),
        }
    }
    pieces.push(plain(&before));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_within_quotation_marks_are_cut_out_and_nothing_is_lost() {
        let text = "{\n  \"org\": \"M9\",\n  \"text\": \"of M9\",\n  \"rights\": [\"R41\"]\n}";
        let pieces = pieces(text);
        let joined: String = pieces.iter().map(|piece| &*piece.text).collect();
        assert_eq!(joined, text);
        let links = pieces.iter().filter_map(|piece| piece.path.as_deref());
        assert_eq!(links.collect::<Vec<_>>(), ["/parties/M9", "/rights/R41"]);
    }
}
