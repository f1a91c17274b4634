//! The signature of a delivery: HTTP Message Signatures (RFC 9421) with Ed25519, over a Content-Digest (RFC 9530).
//!
//! The receiver verifies it with any library for these two documents and the public key; `keyid` is the id of that key, as
//! everywhere in this program. It covers method, address, media type and body, so nothing of a delivery can be exchanged or
//! brought elsewhere, and it ends after five minutes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::primitives::crypto::{Hash, SecretKey};
use crate::primitives::limits;

/// The name of the signature within the request.
const LABEL: &str = "sig1";
/// What the signature is for (RFC 9421 section 2.3, `tag`).
const TAG: &str = "greenlien-webhook";
/// The media type of a CloudEvent in structured mode.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// The headers that a delivery carries for its signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHeaders {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// Returns the value of `Content-Digest` for a body.
pub fn content_digest(body: &[u8]) -> String {
    let digest = Hash::of(&[body]);
    format!("sha-256=:{}:", STANDARD.encode(digest.as_bytes()))
}

/// Returns the signature base (RFC 9421 section 2.5): covered components with their values, then the parameters.
pub fn signature_base(components: &[(&str, &str)], parameters: &str) -> String {
    let parameters = [("@signature-params", parameters)];
    let lines = components.iter().chain(&parameters);
    let lines: Vec<String> = lines
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    lines.join("\n")
}

/// Returns the signature parameters: the covered components and what is said about the signature, in the order given.
pub fn signature_parameters(components: &[(&str, &str)], said: &str) -> String {
    let names: Vec<String> = components
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    format!("({});{said}", names.join(" "))
}

/// Signs a POST to an address at an instant, in whole seconds since 1970.
pub fn sign(key: &SecretKey, url: &str, body: &[u8], created: u64) -> SignatureHeaders {
    let content_digest = content_digest(body);
    let components = [
        ("@method", "POST"),
        ("@target-uri", url),
        ("content-type", CONTENT_TYPE),
        ("content-digest", &*content_digest),
    ];
    let expires = created.saturating_add(limits::WEBHOOK_SIGNATURE_SECONDS);
    let keyid = key.public().id();
    let said = format!(
        "created={created};expires={expires};keyid=\"{keyid}\";alg=\"ed25519\";tag=\"{TAG}\""
    );
    let parameters = signature_parameters(&components, &said);
    let signature = key.sign(signature_base(&components, &parameters).as_bytes());
    SignatureHeaders {
        signature_input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.0)),
        content_digest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9421 appendix B.2.6: the key, the base and the signature of the example.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let seed = STANDARD
            .decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=")
            .unwrap();
        let key = SecretKey::from_seed(&seed.try_into().unwrap());
        let components = [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ];
        let said = "created=1618884473;keyid=\"test-key-ed25519\"";
        let parameters = signature_parameters(&components, said);
        assert_eq!(
            parameters,
            "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
             ;created=1618884473;keyid=\"test-key-ed25519\""
        );
        let base = signature_base(&components, &parameters);
        assert_eq!(
            base,
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
             \"@method\": POST\n\
             \"@path\": /foo\n\
             \"@authority\": example.com\n\
             \"content-type\": application/json\n\
             \"content-length\": 18\n\
             \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \
             \"content-length\");created=1618884473;keyid=\"test-key-ed25519\""
        );
        assert_eq!(
            STANDARD.encode(key.sign(base.as_bytes()).0),
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        );
    }

    /// RFC 9530 appendix D: the digest of a JSON text with its line feed.
    #[test]
    fn the_digest_is_that_of_the_rfc() {
        assert_eq!(
            content_digest(b"{\"hello\": \"world\"}\n"),
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
        );
    }

    #[test]
    fn the_headers_say_what_is_covered_and_until_when() {
        let key = SecretKey::from_seed(&[7; 32]);
        let headers = sign(&key, "https://bank.example/hook?a=1", b"{}", 1_000);
        let keyid = key.public().id();
        assert_eq!(
            headers.signature_input,
            format!(
                "sig1=(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\");created=1000;expires=1300;\
                 keyid=\"{keyid}\";alg=\"ed25519\";tag=\"greenlien-webhook\""
            )
        );
        let again = sign(&key, "https://bank.example/hook?a=1", b"{}", 1_000);
        assert_eq!(headers, again);
        let elsewhere = sign(&key, "https://other.example/hook?a=1", b"{}", 1_000);
        assert_ne!(headers.signature, elsewhere.signature);
    }
}
