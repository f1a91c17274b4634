//! The verification code of a search certificate (查询证明核验码): sixteen characters that a person copies from paper, such as
//! `7KQ4-M2TX-9RNB-H5CY`.
//!
//! Fifteen characters are random, 74 bits, so that a code cannot be guessed; the last one is a check character over them, so
//! that a slip of the pen is told before anything is looked up. Alphabet, weights and modulus are those of the unified social
//! credit code (GB 32100-2015), which leaves out I, O, S, V and Z: the modulus 31 is a prime, so every single wrong character
//! and every exchange of two neighbors is found.

use std::fmt;

/// The characters, by value.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Characters before the check character.
const RANDOM_CHARS: usize = 15;
/// Characters between two hyphens.
const GROUP: usize = 4;

/// A verification code whose check character is right.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct VerificationCode(String);

impl VerificationCode {
    /// Makes the code of 16 random bytes.
    ///
    /// 31^15 is below 2^75, so the remainder of 128 bits favors no code by more than one part in 2^53.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut rest = u128::from_be_bytes(bytes);
        let mut code = String::with_capacity(RANDOM_CHARS + 1);
        for _ in 0..RANDOM_CHARS {
            code.push(letter(rest % 31));
            rest /= 31;
        }
        let check = check_char(&code).unwrap_or('0');
        code.push(check);
        Self(code)
    }

    /// Parses a code as a person writes it: hyphens, spaces and small letters are taken as they are meant.
    pub fn parse(typed: &str) -> Option<Self> {
        let kept = typed.chars().filter(|c| !matches!(c, '-' | ' '));
        let code: String = kept.map(|c| c.to_ascii_uppercase()).collect();
        Self::parse_plain(&code)
    }

    /// Says whether a text has the form of a code, right or mistyped: four groups of four letters or digits, or the sixteen
    /// without hyphens, among them a letter and a digit.
    pub fn is_meant(typed: &str) -> bool {
        let typed = typed.trim();
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mut groups = typed.split('-');
        let count = groups.clone().count();
        if count == 1 {
            return typed.len() == RANDOM_CHARS + 1
                && is_plain(typed)
                && typed.bytes().any(|byte| byte.is_ascii_digit())
                && typed.bytes().any(|byte| byte.is_ascii_alphabetic());
        }
        count == (RANDOM_CHARS + 1) / GROUP
            && groups.all(|group| group.len() == GROUP && is_plain(group))
    }

    /// Parses the sixteen characters and nothing else.
    pub fn parse_plain(code: &str) -> Option<Self> {
        let (random, check) = code.split_at_checked(RANDOM_CHARS)?;
        let expected = check_char(random)?;
        let is_right = check.chars().eq([expected]);
        is_right.then(|| Self(code.to_owned()))
    }

    /// Returns the sixteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code in groups of four, as it is printed.
    pub fn grouped(&self) -> String {
        let mut grouped = String::new();
        for (n, c) in self.0.chars().enumerate() {
            if n > 0 && n.is_multiple_of(GROUP) {
                grouped.push('-');
            }
            grouped.push(c);
        }
        grouped
    }
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn letter(value: u128) -> char {
    let at = usize::try_from(value).unwrap_or_default();
    ALPHABET.get(at).map_or('0', |letter| char::from(*letter))
}

/// Returns the check character over the first fifteen, or nothing if one of them is not of the alphabet.
fn check_char(random: &str) -> Option<char> {
    let (mut sum, mut weight) = (0_u128, 1_u128);
    for c in random.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == c)?;
        sum += weight * u128::try_from(value).ok()?;
        weight = weight * 3 % 31;
    }
    Some(letter((31 - sum % 31) % 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> VerificationCode {
        VerificationCode::from_random(*b"0123456789abcdef")
    }

    #[test]
    fn a_code_is_read_as_a_person_writes_it() {
        let code = code();
        assert_eq!(code.as_str().len(), 16);
        assert_eq!(VerificationCode::parse(&code.grouped()), Some(code.clone()));
        let typed = code.grouped().to_lowercase().replace('-', " ");
        assert_eq!(VerificationCode::parse(&typed), Some(code.clone()));
        assert_eq!(VerificationCode::parse_plain(&code.grouped()), None);
    }

    #[test]
    fn every_wrong_character_and_every_exchange_of_neighbors_is_found() {
        let text: Vec<u8> = code().as_str().bytes().collect();
        let parse =
            |bytes: &[u8]| VerificationCode::parse_plain(std::str::from_utf8(bytes).unwrap());
        for at in 0..text.len() {
            for other in ALPHABET.iter().filter(|other| **other != text[at]) {
                let mut wrong = text.clone();
                wrong[at] = *other;
                assert_eq!(parse(&wrong), None, "{at} {other}");
            }
        }
        for at in 0..14 {
            let mut swapped = text.clone();
            swapped.swap(at, at + 1);
            assert_eq!(parse(&swapped).is_some(), swapped == text, "{at}");
        }
    }

    #[test]
    fn what_is_not_sixteen_letters_of_the_alphabet_is_no_code() {
        for text in [
            "",
            "0",
            "000000000000000I",
            "0000000000000000 0x",
            "十六个字符的核验码",
        ] {
            assert_eq!(VerificationCode::parse(text), None, "{text}");
        }
        assert!(VerificationCode::parse("0000000000000000").is_some());
    }

    #[test]
    fn codes_of_different_bytes_differ() {
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..=255 {
            let mut bytes = [7; 16];
            bytes[15] = n;
            assert!(seen.insert(VerificationCode::from_random(bytes)));
        }
    }
}
