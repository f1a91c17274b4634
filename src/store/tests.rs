//! Tests of the room as a whole, on real folders: commits, crashes, refusals, rebuilds.
//!
//! Separate because every file of the room takes part in them.

use tempfile::TempDir;

use super::*;
use crate::ledger::tree::{HashReader, NodeId};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{CommandId, PartyId, PledgeId, RightId};

const ROW: &[u8] = b"rR0";
const CMD: CommandId = CommandId([9; 16]);

fn fresh() -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("registry");
    (outer, folder)
}

/// A commit of entry `index`, which touches `ROW` after entry `previous`.
fn touch(index: u64, previous: Option<u64>) -> Commit {
    Commit {
        entries: vec![(index, format!("entry {index} of the log").into_bytes())],
        nodes: vec![(
            NodeId { level: 0, index },
            Hash::of(&[&index.to_be_bytes()]),
        )],
        records: vec![(ROW.to_vec(), index.to_string().into_bytes())],
        links: vec![(
            index,
            vec![Link {
                key: ROW.to_vec(),
                previous,
            }],
        )],
        ..Commit::default()
    }
}

fn full() -> Commit {
    let payload = Hash::of(&[b"payload"]);
    let opening = |claim: &str| Opening {
        entry: 0,
        claim: claim.to_owned(),
        sealed: format!("{claim} of somebody").into_bytes(),
    };
    Commit {
        origin: Some("registry.example/greenlien/1".to_owned()),
        commands: vec![CommandRow {
            org: PartyId(1),
            cmd: CMD,
            entry: 0,
            payload,
        }],
        holders: [4, 2, 3]
            .map(|n| IndexChange::Add(PartyId(1), RightId(n)))
            .to_vec(),
        pledgees: vec![IndexChange::Add(PartyId(1), PledgeId(5))],
        pledgors: vec![IndexChange::Add(PartyId(2), PledgeId(5))],
        concerned: vec![
            IndexChange::Add(PartyId(2), 5),
            IndexChange::Add(PartyId(3), 5),
        ],
        openings: vec![opening("name"), opening("id")],
        opening_keys: vec![(0, b"the wrapped key".to_vec())],
        checkpoint: Some((1, "note".to_owned())),
        ..touch(0, None)
    }
}

fn dump_all(store: &Store) -> Vec<(Column, Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    for column in Column::ALL {
        let mut visit = |k: &[u8], v: &[u8]| rows.push((column, k.to_vec(), v.to_vec()));
        store.dump(column, &mut visit).unwrap();
    }
    rows
}

/// The newest write-ahead log of a closed store.
fn log_file(folder: &Path) -> PathBuf {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    names
        .filter(|path| path.extension().is_some_and(|e| e == "log"))
        .max()
        .unwrap()
}

fn any_file_holds(folder: &Path, needle: &[u8]) -> bool {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).any(|path| {
        fs::read(path)
            .unwrap()
            .windows(needle.len())
            .any(|window| window == needle)
    })
}

#[test]
fn a_commit_is_read_back_after_reopening() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&full()).unwrap();
    let before = dump_all(&store);
    drop(store);

    let store = Store::open(&folder).unwrap();
    assert_eq!(dump_all(&store), before);
    assert_eq!(store.size(), 1);
    assert_eq!(
        store.origin().unwrap().unwrap(),
        "registry.example/greenlien/1"
    );
    assert_eq!(store.entry(0).unwrap().unwrap(), b"entry 0 of the log");
    assert_eq!(store.entry(1).unwrap(), None);
    assert_eq!(
        store.latest_checkpoint().unwrap(),
        Some((1, "note".to_owned()))
    );
    assert_eq!(store.checkpoint_at(2).unwrap(), None);
    assert_eq!(
        store.command(PartyId(1), CMD).unwrap().unwrap(),
        full().commands[0]
    );
    assert_eq!(store.command(PartyId(2), CMD).unwrap(), None);
    let claims: Vec<_> = store
        .openings(0)
        .unwrap()
        .into_iter()
        .map(|o| o.claim)
        .collect();
    assert_eq!(claims, ["id", "name"]);
    assert_eq!(store.opening(0, "id").unwrap().unwrap(), full().openings[1]);
    let leaf = NodeId { level: 0, index: 0 };
    assert_eq!(store.read(&[leaf]).unwrap(), [full().nodes[0].1]);
    let absent = NodeId { level: 1, index: 7 };
    assert!(matches!(
        store.read(&[leaf, absent]),
        Err(StoreFault::Missing { index: 7, .. })
    ));
}

#[test]
fn a_second_open_is_refused_while_the_first_lives() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    let clone = store.clone();
    drop(store);
    assert_eq!(
        Store::open(&folder).unwrap_err(),
        StoreFault::Busy(folder.clone())
    );
    drop(clone);
    assert!(Store::open(&folder).is_ok());
}

#[test]
fn only_a_new_folder_is_created_and_only_a_store_is_opened() {
    let (outer, folder) = fresh();
    assert_eq!(
        Store::open(&folder).unwrap_err(),
        StoreFault::Absent(folder.clone())
    );
    drop(Store::create(&folder).unwrap());
    assert_eq!(
        Store::create(&folder).unwrap_err(),
        StoreFault::Exists(folder.clone())
    );
    let occupied = outer.path().to_owned();
    assert_eq!(
        Store::create(&occupied).unwrap_err(),
        StoreFault::Exists(occupied.clone())
    );
    assert_eq!(
        Store::open(&occupied).unwrap_err(),
        StoreFault::Absent(occupied)
    );
}

#[test]
fn another_format_is_named_and_refused() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.put_meta(META_FORMAT, "2").unwrap();
    store
        .shared
        .database
        .create_cf("unheard-of", &Options::default())
        .unwrap();
    drop(store);
    let fault = Store::open(&folder).unwrap_err();
    assert_eq!(
        fault,
        StoreFault::Format {
            found: "2".to_owned()
        }
    );
    assert!(fault.to_string().contains("format 2"));
}

#[test]
fn an_entry_is_never_overwritten_nor_a_gap_left() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    for found in [0, 2] {
        let fault = StoreFault::OutOfOrder { expected: 1, found };
        assert_eq!(store.commit(&touch(found, None)), Err(fault));
    }
    assert_eq!(store.size(), 1);
}

#[test]
fn history_is_found_by_walking_backward() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    let mut previous = None;
    for index in 0..6 {
        let mut commit = touch(index, previous);
        if index % 2 == 0 {
            previous = Some(index);
        } else {
            commit.links.clear();
        }
        store.commit(&commit).unwrap();
    }
    assert_eq!(store.history(ROW, 4, 10).unwrap(), [0, 2, 4]);
    assert_eq!(store.history(ROW, 4, 2).unwrap(), [2, 4]);
    assert!(matches!(
        store.history(ROW, 3, 2),
        Err(StoreFault::Missing { index: 3, .. })
    ));
}

#[test]
fn pages_follow_each_other_without_overlap() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&full()).unwrap();
    let rights = |after, limit| store.rights_of_holder(PartyId(1), after, limit).unwrap();
    assert_eq!(rights(None, 2), [RightId(2), RightId(3)]);
    assert_eq!(rights(Some(RightId(3)), 2), [RightId(4)]);
    assert!(
        store
            .rights_of_holder(PartyId(2), None, 9)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.pledges_of_pledgee(PartyId(1), None, 9).unwrap(),
        [PledgeId(5)]
    );
    assert_eq!(
        store.pledges_of_pledgor(PartyId(2), None, 9).unwrap(),
        [PledgeId(5)]
    );
    assert_eq!(store.concerned(PartyId(3), None, 9).unwrap(), [5]);
    assert!(store.concerned(PartyId(3), Some(5), 9).unwrap().is_empty());

    let row = |name: &str| (name.as_bytes().to_vec(), Vec::new());
    let records = ["a", "p1", "p10", "p2", "q"].map(row).to_vec();
    store
        .commit(&Commit {
            records,
            ..Commit::default()
        })
        .unwrap();
    let page = |after: Option<&str>| store.records(b"p", after.map(str::as_bytes), 2).unwrap();
    assert_eq!(page(None), [row("p1"), row("p10")]);
    assert_eq!(page(Some("p10")), [row("p2")]);
    let found = store.records_of(&[b"q", b"z", b"p2"]).unwrap();
    assert_eq!(found, [Some(Vec::new()), None, Some(Vec::new())]);

    store.commit(&touch(1, Some(0))).unwrap();
    let indexes = |from, count, bytes| -> Vec<u64> {
        store
            .entries(from, count, bytes)
            .unwrap()
            .into_iter()
            .map(|(i, _)| i)
            .collect()
    };
    assert_eq!(indexes(0, 9, 1_000), [0, 1]);
    assert_eq!(indexes(0, 1, 1_000), [0]);
    assert_eq!(indexes(0, 9, 1), [0]);
    assert!(indexes(2, 9, 1_000).is_empty());
}

#[test]
fn the_later_change_of_an_index_wins_in_a_merged_commit() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    let change = |holders| Commit {
        holders,
        ..Commit::default()
    };
    let (party, right) = (PartyId(1), RightId(2));
    let mut commit = change(vec![IndexChange::Add(party, right)]);
    commit.absorb(change(vec![IndexChange::Remove(party, right)]));
    store.commit(&commit).unwrap();
    assert!(store.rights_of_holder(party, None, 9).unwrap().is_empty());
    commit.absorb(change(vec![IndexChange::Add(party, right)]));
    store.commit(&commit).unwrap();
    assert_eq!(store.rights_of_holder(party, None, 9).unwrap(), [right]);
}

#[test]
fn a_wipe_leaves_truth_and_marks_the_store_until_the_rebuild_is_done() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&full()).unwrap();
    let before = dump_all(&store);
    store.wipe_derived().unwrap();
    let truth = |rows: &[(Column, Vec<u8>, Vec<u8>)]| -> Vec<_> {
        let kept = |column: Column| !column.is_derived() && column != Column::Meta;
        rows.iter()
            .filter(|(column, ..)| kept(*column))
            .cloned()
            .collect()
    };
    let after = dump_all(&store);
    assert_eq!(truth(&after), truth(&before));
    assert!(after.iter().all(|(column, ..)| !column.is_derived()));
    drop(store);

    assert_eq!(
        Store::open(&folder).unwrap_err(),
        StoreFault::Unfinished(folder.clone())
    );
    let store = Store::open_for_rebuild(&folder).unwrap();
    assert_eq!(store.rebuild_mark().unwrap().as_deref(), Some("unfinished"));
    assert_eq!(store.size(), 1);
    store
        .commit(&Commit {
            entries: Vec::new(),
            ..full()
        })
        .unwrap();
    store.finish_rebuild().unwrap();
    assert_eq!(store.rebuild_mark().unwrap(), None);
    drop(store);
    assert_eq!(dump_all(&Store::open(&folder).unwrap()), before);
}

#[test]
fn a_torn_tail_opens_without_the_unacknowledged_commit() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    store.commit(&touch(1, Some(0))).unwrap();
    drop(store);
    let log = fs::OpenOptions::new()
        .write(true)
        .open(log_file(&folder))
        .unwrap();
    log.set_len(log.metadata().unwrap().len() - 5).unwrap();
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.size(), 1);
    assert_eq!(store.record(ROW).unwrap().unwrap(), b"0");
    store.commit(&touch(1, Some(0))).unwrap();
}

#[test]
fn damage_to_an_acknowledged_commit_refuses_to_open() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    store.commit(&touch(1, Some(0))).unwrap();
    drop(store);
    let path = log_file(&folder);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes
        .windows(7)
        .position(|window| window == b"entry 0")
        .unwrap();
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(Store::open(&folder), Err(StoreFault::Damaged(_))));
}

#[test]
fn purging_takes_erased_openings_off_the_disk() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&full()).unwrap();
    let openings_erased = vec![(0, "name".to_owned())];
    store
        .commit(&Commit {
            openings_erased,
            ..Commit::default()
        })
        .unwrap();
    assert_eq!(store.opening(0, "name").unwrap(), None);
    assert!(
        any_file_holds(&folder, b"name of somebody"),
        "the write-ahead log has it still"
    );
    store.purge_erased().unwrap();
    assert!(!any_file_holds(&folder, b"name of somebody"));
    assert!(store.opening(0, "id").unwrap().is_some());
}

#[test]
fn figures_count_rows_and_errors() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&full()).unwrap();
    let stats = store.stats().unwrap();
    let holders = stats
        .columns
        .iter()
        .find(|c| c.column == Column::Holders)
        .unwrap();
    assert_eq!(
        (holders.rows, stats.background_errors, stats.write_stopped),
        (3, 0, false)
    );
    assert!(store.report().unwrap().contains("DB Stats"));
}

#[test]
fn a_folder_that_lacks_a_derived_column_opens_after_a_rebuild() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    let concerned = Column::Concerned.name();
    store.shared.database.drop_cf(concerned).unwrap();
    drop(store);
    assert_eq!(
        Store::open(&folder).unwrap_err(),
        StoreFault::Outgrown {
            folder: folder.clone(),
            column: concerned
        }
    );
    let store = Store::open_for_rebuild(&folder).unwrap();
    store.wipe_derived().unwrap();
    store.finish_rebuild().unwrap();
    drop(store);
    let store = Store::open(&folder).unwrap();
    assert!(store.concerned(PartyId(1), None, 9).unwrap().is_empty());
}

#[test]
fn a_folder_of_the_first_release_gets_the_column_that_it_lacks() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    store
        .shared
        .database
        .drop_cf(Column::Cosigned.name())
        .unwrap();
    drop(store);
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.latest_cosigned().unwrap(), None);
    store.put_cosigned(1, "note of 1\n").unwrap();
    store.commit(&touch(1, Some(0))).unwrap();
    store.put_cosigned(2, "note of 2\n").unwrap();
    drop(store);
    let store = Store::open(&folder).unwrap();
    assert_eq!(
        store.latest_cosigned().unwrap(),
        Some((2, "note of 2\n".to_owned()))
    );
    // A derived column that is missing is damage, and is not made up for.
    store.shared.database.drop_cf(Column::Links.name()).unwrap();
    drop(store);
    assert!(Store::open(&folder).is_err());
}

/// Says whether a file of the database has the name of its sort.
type Named = fn(&str) -> bool;

#[test]
fn whatever_is_missing_or_cut_of_the_files_is_called_damage() {
    let (_outer, folder) = fresh();
    let store = Store::create(&folder).unwrap();
    store.commit(&touch(0, None)).unwrap();
    drop(store);
    // Opened again, what was in the log of writes lies in a table.
    drop(Store::open(&folder).unwrap());
    let files = || fs::read_dir(&folder).unwrap();
    let find = |is_it: Named| {
        let mut paths = files().map(|file| file.unwrap().path());
        paths.find(|path| is_it(path.file_name().unwrap().to_str().unwrap()))
    };
    let is_table = |name: &str| Path::new(name).extension().is_some_and(|ext| ext == "sst");
    let names: [(&str, Named); 3] = [
        ("a table", is_table),
        ("the manifest", |name| name.starts_with("MANIFEST-")),
        ("the name of the manifest", |name| name == "CURRENT"),
    ];
    for (what, is_it) in names {
        let path = find(is_it).unwrap();
        let bytes = fs::read(&path).unwrap();
        let cut = bytes.len() / 2;
        for kept in [&bytes[..cut], &[]] {
            fs::write(&path, kept).unwrap();
            let fault = Store::open(&folder).err();
            let is_damage = matches!(fault, Some(StoreFault::Damaged(_)));
            assert!(is_damage, "{what} of {} bytes: {fault:?}", kept.len());
        }
        fs::write(&path, bytes).unwrap();
    }
    let table = find(is_table).unwrap();
    let aside = table.with_extension("aside");
    fs::rename(&table, &aside).unwrap();
    assert!(matches!(Store::open(&folder), Err(StoreFault::Damaged(_))));
    fs::rename(&aside, &table).unwrap();
    assert_eq!(Store::open(&folder).unwrap().size(), 1);
}
