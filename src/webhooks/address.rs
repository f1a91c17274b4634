//! Which addresses are called: https, or plain http on this machine; never a place inside the network by surprise.
//!
//! A name says nothing about where it leads, and may lead elsewhere tomorrow. So it is the addresses that a name leads to at
//! the moment of a connection that are looked at, and the connection goes to one of those.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::primitives::limits;

/// Where a webhook may lead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// To this machine alone.
    Loopback,
    /// To the public internet.
    Public,
    /// Also into private networks, because the operator says so.
    Private,
}

/// An address in its one spelling: lowercase, without the usual port, with a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    text: String,
    is_loopback: bool,
}

impl Address {
    /// Parses an address; the text says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("must begin with https://, or with http:// for this machine")?;
        let scheme = scheme.to_ascii_lowercase();
        let usual = match &*scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(format!("{scheme} is not spoken; use https")),
        };
        if text.len() > limits::WEBHOOK_URL_BYTES_MAX {
            return Err(format!(
                "has more than {} bytes",
                limits::WEBHOOK_URL_BYTES_MAX
            ));
        }
        if !rest.bytes().all(|byte| byte.is_ascii_graphic())
            || rest.contains(['#', '\\', '"', '<', '>'])
        {
            return Err("must be ASCII without spaces, quotes and #".to_owned());
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err("must not hold a name or a password".to_owned());
        }
        let authority = authority.to_ascii_lowercase();
        let authority = authority.strip_suffix(usual).unwrap_or(&authority);
        let (host, port) = split_port(authority)?;
        let is_loopback = is_loopback(host);
        if scheme == "http" && !is_loopback {
            return Err(
                "must be https, unless it is on this machine (127.0.0.1, [::1], localhost)"
                    .to_owned(),
            );
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self {
            text: format!("{scheme}://{host}{port}{slash}{path}"),
            is_loopback,
        })
    }

    /// Returns where it may lead.
    pub fn reach(&self, is_private: bool) -> Reach {
        match (self.is_loopback, is_private) {
            (true, _) => Reach::Loopback,
            (false, true) => Reach::Private,
            (false, false) => Reach::Public,
        }
    }

    /// Returns the one spelling.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), String> {
    let is_literal = authority.starts_with('[');
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !is_literal || host.ends_with(']') => {
            let digits = !port.is_empty() && !port.starts_with('0');
            let digits = digits && port.bytes().all(|byte| byte.is_ascii_digit());
            let number = port.parse().ok().filter(|_| digits);
            (host, Some(number.ok_or(format!("{port:?} is no port"))?))
        }
        Some(_) | None => (authority, None),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let fits = match inner {
        Some(inner) => inner.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(is_name),
    };
    fits.then_some((host, port))
        .ok_or(format!("{host:?} is no host"))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Option<IpAddr> = bare.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Says whether an address may be called within a reach.
pub fn may_call(reach: Reach, address: IpAddr) -> bool {
    match place_of(address) {
        Place::Loopback => reach == Reach::Loopback,
        Place::Private => reach == Reach::Private,
        Place::Public => reach != Reach::Loopback,
        Place::Nowhere => false,
    }
}

/// Where an address is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Loopback,
    /// In the network of somebody (RFC 1918, RFC 4193, RFC 6598).
    Private,
    Public,
    /// Nobody that a notice could be for: the link, where clouds keep their secrets, groups, and what is reserved.
    Nowhere,
}

fn place_of(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(address) => place_of_v4(address),
        IpAddr::V6(address) => place_of_v6(address),
    }
}

fn place_of_v4(address: Ipv4Addr) -> Place {
    let [a, b, c, _] = address.octets();
    if address.is_loopback() {
        Place::Loopback
    } else if address.is_private() || (a == 100 && (64..128).contains(&b)) {
        Place::Private
    } else if address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (b == 18 || b == 19))
    {
        Place::Nowhere
    } else {
        Place::Public
    }
}

fn place_of_v6(address: Ipv6Addr) -> Place {
    let segments = address.segments();
    let [first, second, third, fourth, ..] = segments;
    let [.., last_high, last_low] = segments;
    let inner = |high: u16, low: u16| {
        let bits = (u32::from(high) << 16) | u32::from(low);
        place_of_v4(Ipv4Addr::from(bits))
    };
    if address.is_loopback() {
        Place::Loopback
    } else if let Some(mapped) = address.to_ipv4_mapped() {
        place_of_v4(mapped)
    } else if [first, second, third, fourth] == [0x64, 0xff9b, 0, 0] {
        // Translated to IPv4 on the way (RFC 6052).
        inner(last_high, last_low)
    } else if first == 0x2002 {
        // 6to4 (RFC 3056).
        inner(second, third)
    } else if address.is_unique_local() {
        Place::Private
    } else if (first & 0xe000) == 0x2000
        && [first, second] != [0x2001, 0xdb8]
        && [first, second] != [0x2001, 0]
    {
        // Global unicast, without examples and Teredo.
        Place::Public
    } else {
        Place::Nowhere
    }
}

/// Looks names up and keeps the addresses that may be called.
#[derive(Debug)]
pub struct Guard {
    /// Where the webhook may lead.
    pub reach: Reach,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found
            .iter()
            .filter(|address| may_call(self.reach, address.ip()))
        {
            kept.push(*address);
        }
        if kept.is_empty() {
            let why = match self.reach {
                Reach::Loopback => "the name does not lead to this machine",
                Reach::Public => {
                    "the name leads into a private network; the file must say private = true"
                }
                Reach::Private => "the name leads to no address that is called",
            };
            return Err(ureq::Error::Io(io::Error::other(why)));
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        for (text, one) in [
            ("https://Bank.Example", "https://bank.example/"),
            ("HTTPS://bank.example:443/Hook", "https://bank.example/Hook"),
            (
                "https://bank.example:8443?a=B",
                "https://bank.example:8443/?a=B",
            ),
            ("http://127.0.0.1:80/x", "http://127.0.0.1/x"),
            ("http://localhost:8080/x", "http://localhost:8080/x"),
            ("http://[::1]:99", "http://[::1]:99/"),
            ("https://[2001:db9::1]/", "https://[2001:db9::1]/"),
        ] {
            assert_eq!(Address::parse(text).unwrap().as_str(), one);
            assert_eq!(Address::parse(one).unwrap().as_str(), one);
        }
        for text in [
            "bank.example",
            "http://bank.example/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example/",
            "ftp://bank.example/",
            "https://",
            "https:///x",
            "https://user@bank.example/",
            "https://user:pw@bank.example/",
            "https://bank.example/#top",
            "https://bank.example/a b",
            "https://bank.example:0/",
            "https://bank.example:65536/",
            "https://bank.example:/",
            "https://bänk.example/",
            "https://[::1/",
            "https://[1.2.3.4]/",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        let long = format!(
            "https://bank.example/{}",
            "a".repeat(limits::WEBHOOK_URL_BYTES_MAX)
        );
        assert!(Address::parse(&long).is_err());
    }

    #[test]
    fn only_who_says_so_is_led_into_private_networks_and_nobody_to_the_link() {
        let calls = |reach, text: &str| may_call(reach, text.parse().unwrap());
        let all = |text| {
            let of = |reach| calls(reach, text);
            [of(Reach::Loopback), of(Reach::Public), of(Reach::Private)]
        };
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(all(text), [true, false, false], "{text}");
        }
        for text in [
            "8.8.8.8",
            "2400:3200::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert_eq!(all(text), [false, true, true], "{text}");
        }
        for text in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
        ] {
            assert_eq!(all(text), [false, false, true], "{text}");
        }
        for text in [
            "0.0.0.0",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.2.1",
            "::",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:169.254.169.254",
        ] {
            assert_eq!(all(text), [false, false, false], "{text}");
        }
    }

    #[test]
    fn a_name_is_looked_up_when_it_is_called() {
        let agent = |reach| {
            let config = ureq::Agent::config_builder().proxy(None).build();
            let connector = ureq::unversioned::transport::DefaultConnector::default();
            ureq::Agent::with_parts(config, connector, Guard { reach })
        };
        let fault = agent(Reach::Public)
            .get("http://localhost:9/")
            .call()
            .unwrap_err();
        assert!(fault.to_string().contains("private = true"), "{fault}");
        let fault = agent(Reach::Loopback)
            .get("http://192.0.2.1/")
            .call()
            .unwrap_err();
        assert!(fault.to_string().contains("this machine"), "{fault}");
    }
}
