//! Takes the certificate file out of the PDF that carries it.
//!
//! This is not a reader of PDF. The file is attached once and uncompressed, so its bytes stand in the PDF as they are, and the
//! dictionary before them says how many they are. What does not look so is refused, such as a PDF that another program has
//! written anew. That the pages say what the file says is no question for this place: whoever can make the PDF again compares
//! all its bytes (`cli/verify.rs`).

/// What every PDF begins with.
const PDF: &[u8] = b"%PDF-";
/// What the dictionary of an attached file says of itself.
const EMBEDDED: &[u8] = b"/Type/EmbeddedFile";
/// What begins an object, and what begins its bytes.
const OBJECT: &[u8] = b" obj";
const STREAM: &[u8] = b">>\nstream\n";
/// What says how many bytes a stream has, and what says that they are encoded.
const LENGTH: &[u8] = b"/Length ";
const FILTER: &[u8] = b"/Filter";
/// Bytes of the dictionary of an attached file.
const DICTIONARY_BYTES_MAX: usize = 1_024;

/// Says whether the bytes are a PDF.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(PDF)
}

/// Returns the one attached file, or why it cannot be had.
pub fn attachment(pdf: &[u8]) -> Result<&[u8], &'static str> {
    let Some((file, end)) = next_file(pdf, 0)? else {
        return Err(
            "has no attached certificate that can be read: use the PDF as the registry made it",
        );
    };
    // Words inside of the attached file are text, so the search goes on behind it.
    match next_file(pdf, end)? {
        None => Ok(file),
        Some(_) => Err("has more than one attached file: use the PDF as the registry made it"),
    }
}

/// The next attached file from `from` on, and where it ends.
fn next_file(pdf: &[u8], from: usize) -> Result<Option<(&[u8], usize)>, &'static str> {
    let odd = "has an attached file of another form: use the PDF as the registry made it";
    let Some(at) = find(pdf.get(from..).unwrap_or_default(), EMBEDDED) else {
        return Ok(None);
    };
    let word = from + at;
    let before = pdf
        .get(word.saturating_sub(DICTIONARY_BYTES_MAX)..word)
        .unwrap_or_default();
    let after = pdf
        .get(word..(word + DICTIONARY_BYTES_MAX).min(pdf.len()))
        .unwrap_or_default();
    let begin = before
        .windows(OBJECT.len())
        .rposition(|window| window == OBJECT);
    let (Some(begin), Some(end)) = (begin, find(after, STREAM)) else {
        return Err(odd);
    };
    let dictionary = pdf
        .get(word - before.len() + begin..word + end)
        .unwrap_or_default();
    let length = find(dictionary, LENGTH).and_then(|at| number(dictionary, at + LENGTH.len()));
    let (Some(length), None) = (length, find(dictionary, FILTER)) else {
        return Err(odd);
    };
    let begin = word + end + STREAM.len();
    let end = begin.checked_add(length).ok_or(odd)?;
    pdf.get(begin..end).map(|file| Some((file, end))).ok_or(odd)
}

fn number(text: &[u8], at: usize) -> Option<usize> {
    let digits = text.get(at..)?;
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(digits.get(..count)?).ok()?.parse().ok()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(length: &str, file: &str) -> String {
        format!(
            "7 0 obj\n<</Length {length}/Type/EmbeddedFile/Subtype/application#2fjson>>\nstream\n{file}\nendstream\nendobj\n"
        )
    }

    #[test]
    fn the_attached_file_is_read_whatever_it_says() {
        let file = "{\"reader\":\"/Type/EmbeddedFile >>\\nstream\"}";
        let pdf = format!("%PDF-1.7\n{}%%EOF", object(&file.len().to_string(), file));
        assert!(is_pdf(pdf.as_bytes()));
        assert_eq!(attachment(pdf.as_bytes()), Ok(file.as_bytes()));
    }

    #[test]
    fn a_pdf_of_another_form_is_refused() {
        let two = object("2", "{}").repeat(2);
        for pdf in [
            "%PDF-1.7\n%%EOF".to_owned(),
            two,
            object("99", "{}"),
            object("-1", "{}"),
            object("99999999999999999999", "{}"),
            object("2/Filter/FlateDecode", "{}"),
            "/Type/EmbeddedFile".to_owned(),
        ] {
            assert!(attachment(pdf.as_bytes()).is_err(), "{pdf}");
        }
    }
}
