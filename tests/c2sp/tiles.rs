//! tlog-tiles: every rule of a path and of a bundle broken once, and `tlog_tiles` as the second opinion on paths, on which
//! tiles a log of a size has, and on what is in them.

use greenlien::ledger::tile::{
    TILE_WIDTH, TileId, TileLevel, append_bundle, available_width, parse_bundle,
};
use greenlien::ledger::tree::{Frontier, HashReader as _, Tail, leaf_hash};
use tlog_tiles::Tile;

/// The height of a tile in levels of the tree; other implementations have it as an argument.
const HEIGHT: u8 = 8;

/// Every rule of a path with one that breaks it.
const BROKEN_PATHS: [(&str, &str); 52] = [
    ("a path", ""),
    ("the word tile", "tiles/0/000"),
    ("in lower case", "Tile/0/000"),
    ("no slash before it", "/tile/0/000"),
    ("a slash after it", "tile0/000"),
    ("one slash", "tile//0/000"),
    ("a level", "tile/000"),
    ("that is not empty", "tile//000"),
    ("a level in decimal", "tile/a/000"),
    ("without leading zeros", "tile/00/000"),
    ("without leading zeros before a digit", "tile/01/000"),
    ("without a plus sign", "tile/+1/000"),
    ("without a minus sign", "tile/-1/000"),
    ("without a space", "tile/ 1/000"),
    ("in ASCII", "tile/１/000"),
    ("up to 63", "tile/64/000"),
    ("not beyond a byte", "tile/256/000"),
    ("or the word entries", "tile/entry/000"),
    ("in lower case too", "tile/ENTRIES/000"),
    ("not the word data of other logs", "tile/data/000"),
    ("nor a height before the level", "tile/8/0/000"),
    ("an index", "tile/0"),
    ("that is not empty either", "tile/0/"),
    ("of three digits, not one", "tile/0/0"),
    ("not two", "tile/0/00"),
    ("not four", "tile/0/0000"),
    ("digits, not hexadecimal", "tile/0/00a"),
    ("digits without a sign", "tile/0/+01"),
    ("digits without a space", "tile/0/ 01"),
    ("ASCII digits", "tile/0/０００"),
    ("groups before the last have an x", "tile/0/001/000"),
    ("in lower case only", "tile/0/X001/000"),
    ("the last has none", "tile/0/x001/x000"),
    ("nor alone", "tile/0/x000"),
    ("groups of three digits", "tile/0/x01/000"),
    ("not of four", "tile/0/x0001/000"),
    ("the first group is not zero", "tile/0/x000/001"),
    ("nor the first two", "tile/0/x000/x000/001"),
    ("one slash between groups", "tile/0/x001//000"),
    ("no slash at the end", "tile/0/000/"),
    (
        "an index below 2^64",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ),
    ("a width after .p", "tile/0/000.p"),
    ("that is not empty as well", "tile/0/000.p/"),
    ("not zero", "tile/0/000.p/0"),
    ("at most 255", "tile/0/000.p/256"),
    ("without leading zeros, too", "tile/0/000.p/01"),
    ("without a plus sign, too", "tile/0/000.p/+1"),
    ("in decimal, too", "tile/0/000.p/1f"),
    ("once", "tile/0/000.p/1.p/1"),
    ("in its own place", "tile/0/x001.p/1/000"),
    ("in lower case, too", "tile/0/000.P/1"),
    ("and nothing after it", "tile/0/000.p/1/"),
];

/// Their path as ours: `tile/8/<L>/` and `tile/8/data/` become `tile/<L>/` and `tile/entries/`.
fn as_ours(tile: &Tile) -> String {
    let path = tile.path();
    let rest = path.strip_prefix("tile/8/").unwrap();
    match rest.strip_prefix("data/") {
        Some(rest) => format!("tile/entries/{rest}"),
        None => format!("tile/{rest}"),
    }
}

#[test]
fn every_rule_of_a_path_is_kept() {
    for good in [
        "tile/0/000",
        "tile/63/x001/234.p/255",
        "tile/entries/999.p/1",
    ] {
        assert_eq!(TileId::parse(good).unwrap().to_string(), good);
    }
    for (rule, path) in BROKEN_PATHS {
        assert_eq!(TileId::parse(path), None, "{rule}: {path}");
    }
    // No byte but those of paths is taken anywhere.
    let good = "tile/0/x001/234.p/56";
    for at in 0..=good.len() {
        for byte in (0..128_u8).map(char::from) {
            let mut path = good.to_owned();
            path.insert(at, byte);
            let same = TileId::parse(&path).is_none_or(|tile| tile.to_string() == path);
            assert!(same, "{path}: a tile with two names");
        }
    }
}

#[test]
fn paths_are_those_of_the_other_implementation() {
    let indexes = (0..1_100)
        .chain([9_999, 10_000, 999_999, 1_000_000, 1_234_067, 123_456_789])
        .chain((0..64).map(|bit| 1 << bit))
        .chain([u64::MAX - 1, u64::MAX]);
    for index in indexes {
        for width in [1, 2, 9, 10, 99, 100, 255, 256] {
            for level in [Some(0), Some(1), Some(9), Some(63), None] {
                let theirs = Tile::new(HEIGHT, level.unwrap_or(0), index, width, level.is_none());
                let path = as_ours(&theirs);
                let ours = TileId {
                    level: level.map_or(TileLevel::Entries, TileLevel::Hashes),
                    index,
                    width: u16::try_from(width).unwrap(),
                };
                assert_eq!(ours.to_string(), path);
                assert_eq!(TileId::parse(&path), Some(ours));
            }
        }
    }
}

#[test]
fn a_log_has_the_tiles_that_the_other_implementation_counts() {
    let edges = (0..7).map(|level| 1_u64 << (8 * level));
    let sizes = (0..1_000)
        .chain([65_535, 65_536, 65_537, 70_000, 131_071, 131_072, 131_073])
        .chain(edges.flat_map(|edge| [edge.saturating_sub(1), edge, edge + 1]));
    for size in sizes {
        // The new tiles since the size that is a hundred full tiles less: all near the right edge.
        let old = size.saturating_sub(25_600);
        for tile in Tile::new_tiles(HEIGHT, old, size) {
            let level = TileLevel::Hashes(tile.level());
            let index = tile.level_index();
            let width = u32::from(available_width(level, index, size));
            assert_eq!(width, tile.width(), "{size}: {}", tile.path());
            // Beyond the last tile of a level there is nothing.
            if tile.width() < 256 {
                assert_eq!(available_width(level, index + 1, size), 0);
            }
        }
        if size <= 200_000 {
            let all = Tile::new_tiles(HEIGHT, 0, size);
            for level in 0..=63 {
                let count = all.iter().filter(|tile| tile.level() == level).count();
                let next = u64::try_from(count).unwrap();
                let width = available_width(TileLevel::Hashes(level), next, size);
                assert_eq!(width, 0, "{size}: level {level} has {count} tiles");
            }
        }
    }
}

#[test]
fn tiles_hold_the_hashes_that_the_other_implementation_reads() {
    const SIZE: u64 = 600;
    let mut ours = Tail::new(Frontier::new());
    for index in 0..SIZE {
        ours.append(leaf_hash(&index.to_be_bytes()));
    }
    let theirs = super::trees::their_hashes(SIZE);
    for size in (1..=SIZE)
        .step_by(7)
        .chain([255, 256, 257, 511, 512, 513, SIZE])
    {
        for tile in Tile::new_tiles(HEIGHT, 0, size) {
            let id = TileId::parse(&as_ours(&tile)).unwrap();
            let bytes: Vec<u8> = ours
                .read(&id.nodes())
                .unwrap()
                .iter()
                .flat_map(|hash| hash.0)
                .collect();
            assert_eq!(bytes, tile.read_data(&theirs).unwrap(), "{size}: {id}");
        }
    }
}

#[test]
fn every_rule_of_a_bundle_is_kept() {
    let entries: [&[u8]; 3] = [b"one", b"", b"three"];
    let mut good = Vec::new();
    for entry in entries {
        append_bundle(&mut good, entry).unwrap();
    }
    assert_eq!(good, b"\0\x03one\0\0\0\x05three");
    let parsed = parse_bundle(&good, 3).unwrap();
    assert_eq!(parsed, entries.map(<[u8]>::to_vec));
    let shorter = |bytes: usize| good[..good.len() - bytes].to_vec();
    let cases = [
        ("as many entries as the path says", good.clone(), 2),
        ("not fewer", good.clone(), 4),
        ("whole entries", shorter(1), 3),
        ("with their lengths", shorter(6), 3),
        ("nothing after them", [&good[..], &[0]].concat(), 3),
        ("not even an empty entry", [&good[..], &[0, 0]].concat(), 3),
        ("two bytes of length", vec![3], 1),
        ("the most significant first", b"\x03\0one".to_vec(), 1),
        ("something", vec![], 1),
    ];
    for (rule, bundle, count) in cases {
        assert_eq!(parse_bundle(&bundle, count), None, "{rule}");
    }
    // The largest entry, and one byte more.
    let mut bundle = Vec::new();
    append_bundle(&mut bundle, &vec![7; 65_535]).unwrap();
    assert_eq!(parse_bundle(&bundle, 1).unwrap()[0].len(), 65_535);
    assert_eq!(append_bundle(&mut bundle, &vec![7; 65_536]), None);
    assert_eq!(bundle.len(), 65_537);
    // A full bundle.
    let mut full = Vec::new();
    for index in 0..TILE_WIDTH {
        append_bundle(&mut full, &index.to_be_bytes()).unwrap();
    }
    assert_eq!(parse_bundle(&full, TILE_WIDTH).unwrap().len(), 256);
}
