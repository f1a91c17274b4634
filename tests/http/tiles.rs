//! The log as C2SP tiles: hashes and entries, full and partial, give the root of the checkpoint; proofs join any two sizes.

use greenlien::ledger::proof::verify_consistency;
use greenlien::ledger::tile::parse_bundle;
use greenlien::ledger::tree::{Frontier, leaf_hash};
use greenlien::primitives::crypto::Hash;

use super::Stage;
use super::listings::issue_many;

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
