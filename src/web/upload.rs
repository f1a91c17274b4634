//! The body of a form with files (`multipart/form-data`, RFC 7578), as browsers send it and no wider.
//!
//! Separate and pure, so that every cut of it can be tried in a test. What is not whole is nothing: no part of a broken upload
//! is used.

/// Parts of a form; ours have four.
const PARTS_MAX: usize = 8;
/// Bytes of a boundary (RFC 2046 section 5.1.1), and of the head of a part.
const BOUNDARY_BYTES_MAX: usize = 70;
const HEAD_BYTES_MAX: usize = 2_048;

/// One field of the form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// The name of the field.
    pub(crate) name: String,
    /// The name of the file, where it is one.
    pub(crate) file: Option<String>,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// Reads the parts of a body; nothing if it is not a whole form.
pub(crate) fn parts(content_type: &str, body: &[u8]) -> Option<Vec<Part>> {
    let boundary = boundary(content_type)?;
    let first = format!("--{boundary}\r\n");
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        let head_end = find(rest, b"\r\n\r\n").filter(|end| *end <= HEAD_BYTES_MAX)?;
        let (head, content) = rest.split_at(head_end);
        let content = content.get(4..)?;
        let end = find(content, between.as_bytes())?;
        let (bytes, after) = content.split_at(end);
        parts.push(part(std::str::from_utf8(head).ok()?, bytes)?);
        let after = after.get(between.len()..)?;
        if matches!(after, b"--" | b"--\r\n") {
            return Some(parts);
        }
        rest = after.strip_prefix(b"\r\n")?;
        if parts.len() >= PARTS_MAX {
            return None;
        }
    }
}

/// Returns the field of a name.
pub(crate) fn field<'a>(parts: &'a [Part], name: &str) -> Option<&'a Part> {
    parts.iter().find(|part| part.name == name)
}

fn boundary(content_type: &str) -> Option<&str> {
    let rest = content_type.strip_prefix("multipart/form-data;")?;
    let value = rest.trim_start().strip_prefix("boundary=")?;
    let value = value.trim_matches('"');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=?".contains(c);
    let is_right = !value.is_empty() && value.len() <= BOUNDARY_BYTES_MAX;
    (is_right && value.chars().all(is_plain)).then_some(value)
}

fn part(head: &str, bytes: &[u8]) -> Option<Part> {
    let line = head.split("\r\n").find(|line| {
        let name = line.split(':').next().unwrap_or_default();
        name.eq_ignore_ascii_case("content-disposition")
    })?;
    let quoted = |name: &str| {
        let (_, rest) = line.split_once(&format!("; {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    Some(Part {
        name: quoted("name")?,
        file: quoted("filename"),
        bytes: bytes.to_vec(),
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----b1";
    const BODY: &[u8] = b"------b1\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nemission\r\n\
        ------b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xe8\xa1\xa8.csv\"\r\n\
        Content-Type: text/csv\r\n\r\na,b\r\n1,2\r\n\r\n------b1--\r\n";

    #[test]
    fn fields_and_files_are_read_as_they_were_sent() {
        let parts = parts(TYPE, BODY).unwrap();
        assert_eq!(field(&parts, "kind").unwrap().bytes, b"emission");
        let file = field(&parts, "file").unwrap();
        assert_eq!(file.file.as_deref(), Some("表.csv"));
        assert_eq!(file.bytes, b"a,b\r\n1,2\r\n");
        assert!(field(&parts, "none").is_none());
    }

    #[test]
    fn what_is_cut_or_of_another_form_is_nothing() {
        for end in 0..BODY.len() - 2 {
            assert_eq!(parts(TYPE, &BODY[..end]), None, "{end}");
        }
        for other in [
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a\"b",
            "multipart/form-data; boundary=----b2",
        ] {
            assert_eq!(parts(other, BODY), None, "{other}");
        }
        let many = "------b1\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n".repeat(9)
            + "------b1--";
        assert_eq!(parts(TYPE, many.as_bytes()), None);
    }
}
