//! The address under which people open the pages of a register, as it is printed on paper.
//!
//! A type of its own because it is set in type and in a QR code, where nobody corrects it: one spelling, and nothing but a place.

use std::fmt;

/// Characters of an address: what a QR code of 32 mm takes beside the checkpoint.
const SITE_CHARS_MAX: usize = 80;

/// An address such as `https://registry.example` or `http://10.0.0.7:8470`: scheme, host and port, in small letters, without a
/// path, since all pages lie at the root of their host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site(String);

impl Site {
    /// Parses an address; a slash at its end is not part of it and is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let place = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))?;
        let (host, port) = match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        };
        let is_label = |label: &str| {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !label.is_empty()
                && label.chars().all(is_plain)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let is_port = |port: &str| {
            !port.starts_with('0')
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        };
        let is_site = text.len() <= SITE_CHARS_MAX
            && host.split('.').all(is_label)
            && port.is_none_or(is_port);
        is_site.then(|| Self(text.to_owned()))
    }

    /// Returns the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port_and_nothing_else() {
        for text in [
            "https://registry.example",
            "http://10.0.0.7:8470",
            "https://xn--fiq228c.example",
            "http://localhost:1",
        ] {
            assert_eq!(Site::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "registry.example",
            "ftp://registry.example",
            "https://",
            "https://registry.example/",
            "https://registry.example/greenlien",
            "https://Registry.example",
            "https://登记.example",
            "https://a..b",
            "https://-a.example",
            "https://a-",
            "https://a:0",
            "https://a:080",
            "https://a:65536",
            "https://a:",
            "https://a:+1",
            "https://user@a",
            "https://a?b",
            "https://a#b",
            "https://a b",
        ] {
            assert_eq!(Site::parse(text), None, "{text}");
        }
        assert!(Site::parse(&format!("https://{}", "a".repeat(72))).is_some());
        assert!(Site::parse(&format!("https://{}", "a".repeat(73))).is_none());
    }
}
