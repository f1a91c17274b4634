//! The log as C2SP tiles: hashes and entries, full and partial, give the root of the checkpoint; proofs join any two sizes
//! and show each entry.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use flate2::read::GzDecoder;
use greenlien::ledger::note::NoteKey;
use greenlien::ledger::policy_file::TrustPolicy;
use greenlien::ledger::proof::verify_consistency;
use greenlien::ledger::proof_file::ProofFile;
use greenlien::ledger::tile::parse_bundle;
use greenlien::ledger::tree::{Frontier, leaf_hash};
use greenlien::primitives::crypto::Hash;
use ureq::http::Method;

use super::listings::issue_many;
use super::{PROBLEM, Stage};
use crate::support::cast::{ORIGIN, log_key};

/// Paths near those of tiles; a static file server would know none of them.
const NO_TILES: [&str; 29] = [
    "/tile",
    "/tile/",
    "/tile/0",
    "/tile/0/",
    "/tile/0/0",
    "/tile/0/00",
    "/tile/0/0000",
    "/tile/0/000/",
    "/tile/0/000.p",
    "/tile/0/000.p/",
    "/tile/0/000.p/0",
    "/tile/0/000.p/01",
    "/tile/0/000.p/+1",
    "/tile/0/000.p/256",
    "/tile/0/000.p/1/",
    "/tile/0/000.P/1",
    "/tile/0/%30%30%30",
    "/tile/0/x000/000",
    "/tile/00/000",
    "/tile/+0/000",
    "/tile/64/000",
    "/tile/8/000",
    "/tile/entries/00",
    "/tile/Entries/000",
    "/tile/data/000.p/1",
    "/tile/8/0/000.p/1",
    "/tile/0/000.p/1?",
    "/tile/0/000.p/1?x=1",
    "/tile/entries/000.p/1?x=1",
];

/// Entries and hashes of a full tile.
const WIDTH: usize = 256;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;

fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.push(*leaf, &mut |_, _| {});
    }
    frontier.root()
}

/// Reads a tile whose bytes never change.
fn tile(stage: &Stage, path: &str) -> Vec<u8> {
    let raw = stage.wire.read(path);
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    assert!(raw.header("cache-control").contains("immutable"), "{path}");
    raw.bytes
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    assert_eq!(bytes.len() % HASH_BYTES, 0);
    let hash = |part: &[u8]| Hash(part.try_into().unwrap());
    bytes.chunks(HASH_BYTES).map(hash).collect()
}

#[test]
fn full_and_partial_tiles_give_the_root() {
    let mut stage = Stage::new();
    issue_many(&mut stage, 290);
    let head = stage.wire.head();
    let size = usize::try_from(head.size).unwrap();
    assert!((WIDTH + 1..2 * WIDTH).contains(&size), "{size}");
    let rest = size - WIDTH;

    let full = tile(&stage, "/tile/0/000");
    let partial = tile(&stage, &format!("/tile/0/001.p/{rest}"));
    let leaves = [hashes(&full), hashes(&partial)].concat();
    assert_eq!(leaves.len(), size);
    assert_eq!(root_of(&leaves), head.root);
    // The level above has one hash: that of the full tile.
    assert_eq!(
        hashes(&tile(&stage, "/tile/1/000.p/1")),
        [root_of(&leaves[..WIDTH])]
    );
    assert_eq!(stage.wire.get("/tile/1/000.p/2").status, 404);
    assert_eq!(stage.wire.get("/tile/1/000").status, 404);
    assert_eq!(stage.wire.get("/tile/0/001").status, 404);
    assert_eq!(
        stage
            .wire
            .get(&format!("/tile/0/001.p/{}", rest + 1))
            .status,
        404
    );
    // Every smaller width is the beginning of the wider tile, also where the full one is there.
    for width in 1..=rest {
        let narrow = tile(&stage, &format!("/tile/0/001.p/{width}"));
        assert_eq!(narrow, partial[..width * HASH_BYTES]);
    }
    assert_eq!(tile(&stage, "/tile/0/000.p/255"), full[..255 * HASH_BYTES]);

    let mut entries = parse_bundle(&tile(&stage, "/tile/entries/000"), 256).unwrap();
    let count = u16::try_from(rest).unwrap();
    let bundle = tile(&stage, &format!("/tile/entries/001.p/{rest}"));
    entries.extend(parse_bundle(&bundle, count).unwrap());
    let of_entries: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(of_entries, leaves);
    for index in [0, 1, 255, 256, size - 1] {
        let raw = stage.wire.read(&format!("/v1/entries/{index}"));
        assert_eq!(raw.bytes, entries[index]);
        assert_eq!(raw.header("content-type"), "application/json");
        assert!(raw.header("cache-control").contains("immutable"));
    }
    assert_eq!(stage.wire.get(&format!("/v1/entries/{size}")).status, 404);
    stage.house.close();
}

#[test]
fn any_two_sizes_are_joined_by_a_proof() {
    let mut stage = Stage::new();
    issue_many(&mut stage, 12);
    let head = stage.wire.head();
    let size = usize::try_from(head.size).unwrap();
    let leaves = hashes(&tile(&stage, &format!("/tile/0/000.p/{size}")));
    let proof = |old: usize, new: Option<usize>| {
        let new = new.map_or(String::new(), |new| format!("&new={new}"));
        let raw = stage
            .wire
            .read(&format!("/v1/checkpoints/consistency?old={old}{new}"));
        let answer = raw.json();
        let hash = |hash: &serde_json::Value| Hash::from_hex(hash.as_str().unwrap()).unwrap();
        let proof: Vec<Hash> = answer["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(hash)
            .collect();
        (answer["new"].as_u64().unwrap(), proof)
    };
    let as_u64 = |size: usize| u64::try_from(size).unwrap();
    for new in 1..=size {
        let new_root = root_of(&leaves[..new]);
        for old in 1..=new {
            let (_, hashes) = proof(old, Some(new));
            let old_root = root_of(&leaves[..old]);
            verify_consistency(as_u64(old), as_u64(new), old_root, new_root, &hashes).unwrap();
            if old < new {
                let forged =
                    verify_consistency(as_u64(old), as_u64(new), new_root, new_root, &hashes);
                assert!(forged.is_err(), "{old} to {new}");
            }
        }
    }
    assert_eq!(proof(1, None).0, head.size);
    stage.house.close();
}

#[test]
fn what_is_no_tile_is_not_found_and_no_cache_keeps_the_answer() {
    let stage = Stage::new();
    for path in NO_TILES {
        let raw = stage.wire.get(path);
        assert_eq!(raw.status, 404, "{path}");
        assert_eq!(raw.header("content-type"), PROBLEM, "{path}");
        assert_eq!(raw.header("cache-control"), "no-store", "{path}");
    }
    stage.house.close();
}

#[test]
fn tiles_are_served_for_every_size_that_a_checkpoint_had() {
    let mut stage = Stage::new();
    let mut sizes = vec![usize::try_from(stage.wire.head().size).unwrap()];
    for _ in 0..5 {
        issue_many_more(&mut stage, &mut sizes);
    }
    for size in sizes {
        for path in ["/tile/0/000", "/tile/entries/000"] {
            let bytes = tile(&stage, &format!("{path}.p/{size}"));
            assert!(!bytes.is_empty());
        }
        let leaves = hashes(&tile(&stage, &format!("/tile/0/000.p/{size}")));
        assert_eq!(leaves.len(), size);
    }
    stage.house.close();
}

/// Lets the log grow by a few entries and remembers the size that was published.
fn issue_many_more(stage: &mut Stage, sizes: &mut Vec<usize>) {
    let body = stage.pledge("1");
    let (bank, mill) = (stage.bank.clone(), stage.mill.clone());
    let command = super::draft(&mut stage.house, &bank, body, &[&mill]);
    let raw = stage
        .wire
        .post(super::COMMANDS, stage.signed(super::payload_of(&command)));
    assert_eq!(raw.status, 201, "{}", raw.text());
    let size = usize::try_from(stage.wire.head().size).unwrap();
    assert!(size > *sizes.last().unwrap());
    sizes.push(size);
}

#[test]
fn head_tells_what_get_would_and_sends_nothing() {
    let stage = Stage::new();
    for path in [
        "/checkpoint",
        "/tile/0/000.p/1",
        "/tile/entries/000.p/2",
        "/v1/entries/0/proof",
        "/tile/0/000",
    ] {
        let plain = [("accept-encoding", "identity")];
        let get = stage.wire.send(Method::GET, path, &plain, &[]);
        let head = stage.wire.send(Method::HEAD, path, &plain, &[]);
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty() && !get.bytes.is_empty(), "{path}");
        for name in ["content-type", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        assert_eq!(head.header("content-length"), get.bytes.len().to_string());
    }
    stage.house.close();
}

/// An answer as it was sent: an HTTP client would unpack the body.
pub(super) struct Sent {
    head: String,
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// Returns the values of a header, joined.
    pub(super) fn header(&self, name: &str) -> String {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let values = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let values: Vec<&str> = values.map(|(_, value)| value).collect();
        values.join(", ")
    }

    /// Returns the body as it was before it was compressed.
    pub(super) fn unpacked(&self) -> Vec<u8> {
        let mut unpacked = Vec::new();
        GzDecoder::new(&self.body[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        unpacked
    }
}

/// Asks for a path with these headers.
pub(super) fn exchange(base: &str, path: &str, headers: &[(&str, &str)]) -> Sent {
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let lines = headers
        .iter()
        .map(|(name, value)| [*name, ": ", *value, "\r\n"].concat());
    let lines = lines.collect::<Vec<_>>().concat();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{lines}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    Sent { head, body }
}

#[test]
fn a_bundle_is_compressed_for_who_takes_gzip_and_hashes_never_are() {
    let stage = Stage::new();
    let path = "/tile/entries/000.p/3";
    let base = stage.house.client().base();
    let read = |path: &str, accepted: &str| exchange(base, path, &[("accept-encoding", accepted)]);
    let how = |sent: &Sent| [sent.header("content-encoding"), sent.header("vary")];
    let plain = read(path, "identity");
    assert_eq!(how(&plain), ["", "accept-encoding"]);
    let packed = read(path, "br, gzip");
    assert_eq!(how(&packed), ["gzip", "accept-encoding"]);
    assert!(packed.body.len() < plain.body.len());
    let unpacked = packed.unpacked();
    assert_eq!(unpacked, plain.body);
    assert_eq!(parse_bundle(&unpacked, 3).unwrap().len(), 3);
    assert_eq!(how(&read("/tile/0/000.p/3", "gzip")), ["", ""]);
    stage.house.close();
}

#[test]
fn every_entry_is_proved_by_a_file_of_its_own() {
    let stage = Stage::new();
    let head = stage.wire.head();
    let key = NoteKey::new(ORIGIN, log_key().public()).unwrap();
    let policy = TrustPolicy::parse(&format!("log {}\nquorum none\n", key.vkey())).unwrap();
    for index in 0..head.size {
        let raw = stage.wire.read(&format!("/v1/entries/{index}/proof"));
        assert_eq!(raw.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(raw.header("cache-control"), "public, max-age=2");
        let name = format!("attachment; filename=\"entry-{index}.tlog-proof\"");
        assert_eq!(raw.header("content-disposition"), name);
        let file = ProofFile::parse(raw.text()).unwrap();
        assert_eq!((file.index(), file.extra()), (index, None));
        let entry = stage.wire.read(&format!("/v1/entries/{index}")).bytes;
        let accepted = file.verify(leaf_hash(&entry), &policy).unwrap();
        assert_eq!(accepted.checkpoint, head);
        let other = stage
            .wire
            .read(&format!("/v1/entries/{}", (index + 1) % head.size));
        assert!(file.verify(leaf_hash(&other.bytes), &policy).is_err());
    }
    let beyond = stage.wire.get(&format!("/v1/entries/{}/proof", head.size));
    assert_eq!(beyond.status, 404);
    stage.house.close();
}
