//! Texts of files whose octets above 0x7f have no meaning, as names of them: trust files (C2SP tlog-policy, "Character set").
//!
//! Two texts come out equal if and only if their octets are. What is UTF-8 stays as it is, so that names look as they were
//! written.

/// The first of the characters that stand for single octets: the last 128 code points, which no writing uses.
const FIRST: u32 = 0x0010_ff80;

/// Returns the octets as text: an octet that is not part of UTF-8 becomes a character of its own.
pub(super) fn text_of(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        for c in chunk.valid().chars() {
            if u32::from(c) < FIRST {
                text.push(c);
            } else {
                // It would stand for an octet that is not there.
                let mut buffer = [0; 4];
                let octets = c.encode_utf8(&mut buffer).bytes();
                text.extend(octets.map(stand_in));
            }
        }
        text.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    text
}

/// Says whether a text has a character that stands for an octet.
pub(super) fn has_stand_in(text: &str) -> bool {
    text.chars().any(|c| u32::from(c) >= FIRST)
}

fn stand_in(octet: u8) -> char {
    let place = u32::from(octet).saturating_sub(0x80);
    char::from_u32(FIRST + place).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_stays_and_other_octets_differ_from_everything() {
        assert_eq!(text_of("信任 a\tb\n".as_bytes()), "信任 a\tb\n");
        let texts: [&[u8]; 8] = [
            b"\xd0\xc5",
            b"\xd0\xc6",
            b"\xd0",
            b"\xff",
            "\u{10ff80}".as_bytes(),
            "\u{10ffff}".as_bytes(),
            "\u{e9}".as_bytes(),
            b"\xe9",
        ];
        for (at, one) in texts.iter().enumerate() {
            assert_eq!(has_stand_in(&text_of(one)), *one != "\u{e9}".as_bytes());
            for other in &texts[at + 1..] {
                assert_ne!(text_of(one), text_of(other), "{one:?} {other:?}");
            }
        }
    }
}
