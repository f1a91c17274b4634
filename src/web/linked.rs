//! Ids in sentences as links: a sentence is cut at what names a record, a line of one, or a freeze.
//!
//! For sentences that pages make themselves; what people typed is never cut.

use crate::web::look;

/// A piece of a text, and the page of the record that it names.
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) path: Option<String>,
}

/// Cuts a sentence at the ids in it.
pub(crate) fn linked(sentence: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut plain = String::new();
    let is_of_id = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    let mut rest = sentence;
    while let Some(start) = rest.find(is_of_id) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !is_of_id(c)).unwrap_or(from.len());
        let (word, behind) = from.split_at(end);
        // A point at the end of a word is that of the sentence.
        let id = word.trim_end_matches('.');
        let (_, point) = word.split_at(id.len());
        plain.push_str(before);
        match look::page_of(look::without_line(id)) {
            Some(path) => {
                pieces.push(Piece {
                    text: std::mem::take(&mut plain),
                    path: None,
                });
                pieces.push(Piece {
                    text: id.to_owned(),
                    path: Some(path),
                });
            }
            None => plain.push_str(id),
        }
        plain.push_str(point);
        rest = behind;
    }
    plain.push_str(rest);
    pieces.push(Piece {
        text: plain,
        path: None,
    });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// Cuts several sentences.
pub(crate) fn all(sentences: &[String]) -> Vec<Vec<Piece>> {
    sentences.iter().map(|one| linked(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cut_out_and_nothing_else() {
        let told = |text: &str| -> Vec<String> {
            let pieces = linked(text);
            let joined: String = pieces.iter().map(|piece| &*piece.text).collect();
            assert_eq!(joined, text);
            pieces.into_iter().filter_map(|piece| piece.path).collect()
        };
        assert_eq!(
            told("冻结: F985 20.000 t/a, 2026-12-01 至 2027-06-30 (法院)"),
            ["/freezes/F985"]
        );
        assert_eq!(
            told("所及: P349.0 11.719 t/a; V58.1 7; R208."),
            ["/pledges/P349", "/pledges/V58", "/rights/R208"]
        );
        for none in [
            "",
            "F12公司",
            "AF985",
            "P349.X",
            "91500113U0GJA7TDX4001X",
            "GB-M9",
        ] {
            assert!(told(none).is_empty(), "{none}");
        }
    }
}
