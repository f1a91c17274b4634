//! The files of the real program, read again at SIGHUP: what is added, changed and removed, and that nothing is lost by it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use greenlien::primitives::crypto::SecretKey;
use greenlien::primitives::id::PartyId;

use super::receiver::{Receiver, Reply, status, until};
use super::served::as_member;
use crate::cli::program;
use crate::crash::Server;
use crate::feeds::Ground;
use crate::support::cast;

fn start(ground: &Ground, flags: &[String], told: &Path) -> Server {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let to = File::options()
        .append(true)
        .create(true)
        .open(told)
        .unwrap();
    Server::start_telling(&ground.data, &ground.key, &flags, Stdio::from(to))
}

/// A server with a file of webhooks that a test writes, and what it says on standard error.
pub(super) struct Shop {
    pub(super) ground: Ground,
    /// None only while it starts again.
    server: Option<Server>,
    file: PathBuf,
    told: PathBuf,
    folder: PathBuf,
    rounds: u32,
    flags: Vec<String>,
}

impl Shop {
    pub(super) fn open(text: impl Fn(&Ground) -> String, more: &[&str]) -> Self {
        let ground = Ground::new();
        let folder = ground.data.parent().unwrap().to_owned();
        let (file, told) = (folder.join("webhooks.toml"), folder.join("told"));
        fs::write(&file, text(&ground)).unwrap();
        let key = folder.join("hooks.key");
        let seed = SecretKey::from_seed(&[0x77; 32]);
        greenlien::cli::keyfile::write_key(&key, &seed, None).unwrap();
        let (file_text, key) = (file.to_str().unwrap(), key.to_str().unwrap());
        let flags = ["--webhooks", file_text, "--webhooks-key", key];
        let flags = [&flags, more].concat();
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let server = start(&ground, &flags, &told);
        Self {
            ground,
            server: Some(server),
            file,
            told,
            folder,
            rounds: 0,
            flags,
        }
    }

    /// Ends the server and starts it again.
    pub(super) fn restart(&mut self) {
        self.stop();
        self.server = Some(start(&self.ground, &self.flags, &self.told));
    }

    fn stop(&mut self) {
        assert_eq!(self.server.take().unwrap().end(), 0);
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// Ends the server in good order.
    pub(super) fn end(mut self) {
        self.stop();
    }

    fn told(&self) -> String {
        fs::read_to_string(&self.told).unwrap()
    }

    /// Writes the file, sends SIGHUP, and returns what the server says of it, as soon as it says the last of these words.
    pub(super) fn reread(&self, text: &str, last: &str) -> String {
        fs::write(&self.file, text).unwrap();
        let before = self.told().len();
        self.server().signal("-HUP");
        until(last, || self.told()[before..].contains(last));
        self.told()[before..].to_owned()
    }

    /// Has at least so many more commands decided, and returns the entries of all that were.
    pub(super) fn load(&mut self, count: usize) -> Vec<u64> {
        let (stop, notes) = (AtomicBool::new(false), Mutex::default());
        let (address, round) = (self.server().address.clone(), self.rounds);
        self.rounds += 1;
        std::thread::scope(|scope| {
            let (ground, stop, notes) = (&self.ground, &stop, &notes);
            scope.spawn(move || ground.work(&address, round, stop, notes));
            Ground::wait(notes, count);
            stop.store(true, Ordering::Release);
        });
        let notes = notes.into_inner().unwrap();
        let mut entries: Vec<u64> = notes.acknowledged.iter().map(|(index, _)| *index).collect();
        entries.sort_unstable();
        entries
    }

    pub(super) fn sign_in(&self, party: PartyId, key: &SecretKey) -> String {
        let path = self.folder.join(format!("{party}.key"));
        let copy = SecretKey::from_seed(&key.seed());
        if !path.exists() {
            greenlien::cli::keyfile::write_key(&path, &copy, None).unwrap();
        }
        let (base, party) = (self.base(), party.to_string());
        let key = path.to_str().unwrap();
        let run = program(&["login", "--server", &base, "--org", &party, "--key", key]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out.trim().to_owned()
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.server().address)
    }

    /// What the program prints of webhooks to who has a token.
    fn webhooks(&self, token: &str, more: &[&str]) -> String {
        let base = self.base();
        as_member(token, &[&["webhooks", "--server", &base], more].concat()).1
    }
}

pub(super) fn table(name: &str, member: PartyId, url: &str, more: &str) -> String {
    format!("[[webhook]]\nname = \"{name}\"\nmember = \"{member}\"\nurl = \"{url}\"\n{more}\n")
}

#[test]
fn webhooks_are_added_changed_and_removed_while_the_server_runs() {
    let [first, second, third] = [(); 3].map(|()| Receiver::start(|_, _| status(200)));
    let mut shop = Shop::open(
        |ground| table("bank", ground.bank.party, &first.url(), "from = 0"),
        &[],
    );
    let (bank, mill) = (shop.ground.bank.party, shop.ground.mill.party);
    let early = shop.load(3);
    until("the first has all", || first.taken().last() == early.last());
    let all = first.taken();

    // Another beside it: it begins where it says, and the one that was there is not told again.
    let same = table("bank", bank, &first.url(), "from = 0");
    let from = format!("from = {}", early[1]);
    let two = same.clone() + &table("mill", mill, &second.url(), &from);
    let said = shop.reread(&two, "webhook mill is added and active");
    assert!(!said.contains("bank"), "{said}");
    until("the second has the last two", || {
        second.taken() == early[1..]
    });
    assert!(shop.reread(&two, "what they said before").contains("INFO"));

    // Another address: it goes on where the old one was.
    let moved = two.replacen(&first.url(), &third.url(), 1);
    shop.reread(&moved, "webhook bank is changed in url, and active");
    let next = shop.load(3);
    until("the third has what is new", || third.taken() == next);
    assert_eq!(first.taken(), all);

    // It watches something else: that alone comes from then on.
    let narrow = moved.replacen("from = 0", "from = 0\ntypes = [\"freeze\"]", 1);
    shop.reread(&narrow, "webhook bank is changed in what it watches");
    let more = shop.load(3);
    until("the second has it", || second.taken().last() == more.last());
    let registrar = shop.sign_in(PartyId(0), &cast::registrar().maker);
    until("bank is at the end", || {
        shop.webhooks(&registrar, &["--json"])
            .contains("\"behind\":0,\"failures\":0,\"member\":\"M6\",\"name\":\"bank\"")
    });
    assert_eq!(third.taken(), next);

    // Taken out it is told nothing; back under its name it goes on where it was.
    let alone = narrow.split("[[webhook]]\nname = \"mill\"").next().unwrap();
    shop.reread(alone, "webhook mill is removed");
    assert!(!shop.webhooks(&registrar, &[]).contains("mill"));
    let count = second.taken().len();
    let missed = shop.load(2);
    let moved_on = narrow.replace(&from, "from = 0");
    shop.reread(&moved_on, "webhook mill is added");
    until("it has what it missed", || {
        second.taken()[count..] == missed
    });
    // Where one begins that is there already says nothing, and that is told.
    let said = shop.reread(&narrow, "webhook mill stays at entry");
    assert!(said.contains("--replay-from"), "{said}");
    shop.stop();
    assert_eq!(second.taken()[count..], missed);
}

#[test]
fn a_file_with_a_mistake_changes_nothing_and_is_told_with_the_word() {
    let receiver = Receiver::start(|_, _| status(200));
    let mut shop = Shop::open(
        |ground| table("bank", ground.bank.party, &receiver.url(), "from = 0"),
        &[],
    );
    let bank = shop.ground.bank.party;
    let good = fs::read_to_string(&shop.file).unwrap();
    let further = |more: &str| good.clone() + &table("new", bank, "https://bank.example/", more);
    let registrar = shop.sign_in(PartyId(0), &cast::registrar().maker);
    for (text, word) in [
        (
            good.replace(&receiver.url(), "http://bank.example/"),
            "webhook \"bank\": url must be https",
        ),
        (further("form = 0"), "unknown field `form`"),
        (
            further("from = 900000"),
            "webhook.from: of new must be at most",
        ),
        (
            further("rights = [\"P1\"]"),
            "webhook \"new\": rights: \"P1\"",
        ),
        (good.clone() + &good, "webhook \"bank\" is there twice"),
        (String::new(), "must have from 1 to 32 tables"),
    ] {
        let said = shop.reread(&text, word);
        let file = shop.file.to_str().unwrap();
        assert!(
            said.contains("ERROR") && said.contains("changed nothing") && said.contains(file),
            "{said}"
        );
        let now = shop.webhooks(&registrar, &[]);
        assert!(
            now.contains(&receiver.url()) && !now.contains("new"),
            "{now}"
        );
    }
    let entries = shop.load(2);
    until("it is told as before", || {
        receiver.taken().last() == entries.last()
    });

    // Names that lead nowhere are taken, since they may lead somewhere tomorrow, and told.
    let text = further("rights = [\"R900000\"]\nparties = [\"M1\"]");
    let said = shop.reread(&text, "webhook new is added");
    assert!(
        said.contains("the register has no M1, R900000") || said.contains("has no R900000, M1"),
        "{said}"
    );
    assert!(
        shop.reread(&good, "webhook new is removed")
            .contains("INFO")
    );
    // A file that is gone is a mistake too, and after all of them it ends in good order.
    fs::remove_file(&shop.file).unwrap();
    shop.server().signal("-HUP");
    until("the file is missed", || {
        shop.told().contains("webhooks.toml: No such file")
    });
    shop.stop();
}

#[test]
fn a_name_that_is_given_to_another_member_begins_anew() {
    let receiver = Receiver::start(|_, _| status(200));
    let mut shop = Shop::open(
        |ground| table("hook", ground.bank.party, &receiver.url(), "from = 0"),
        &[],
    );
    let (bank, mill) = (shop.ground.bank.party, shop.ground.mill.party);
    let entries = shop.load(2);
    until("the bank has it", || {
        receiver.taken().last() == entries.last()
    });
    let count = receiver.taken().len();
    let before = shop.sign_in(bank, &shop.ground.bank.maker);
    let after = shop.sign_in(mill, &shop.ground.mill.maker);
    assert!(shop.webhooks(&before, &["hook"]).contains("taken (200)"));
    shop.reread(
        &table("hook", mill, &receiver.url(), ""),
        "webhook hook is changed in member",
    );
    // What was delivered to the one is not the other's to read.
    assert_eq!(shop.webhooks(&after, &["hook"]), "");
    assert!(shop.webhooks(&after, &[]).contains("hook  active"));
    assert!(
        shop.webhooks(&before, &["hook"])
            .contains("no webhook of this name")
    );
    let entries = shop.load(2);
    until("it is told of what is new", || {
        receiver.taken()[count..] == entries
    });
    shop.stop();
}

#[test]
fn nothing_is_lost_or_doubled_by_changes_amid_deliveries_that_fail() {
    // Every fourth is not taken, and each takes a while, so that a signal comes while one is on its way.
    let receiver = Receiver::start(|n, _| Reply {
        after: Duration::from_millis(120),
        ..status(if n % 4 == 2 { 500 } else { 200 })
    });
    let url = |n: usize| receiver.url().replace("of=test", &format!("of=test{n}"));
    let mut shop = Shop::open(
        |ground| table("bank", ground.bank.party, &url(0), "from = 0"),
        &[],
    );
    let bank = shop.ground.bank.party;
    shop.load(8);
    for n in 1..=6 {
        let count = receiver.got().len();
        until("another is on its way", || receiver.got().len() > count);
        shop.reread(
            &table("bank", bank, &url(n), "from = 0"),
            "webhook bank is changed in url",
        );
    }
    let last = *shop.load(2).last().unwrap();
    until("everything is taken", || {
        receiver.taken().last() == Some(&last)
    });
    shop.stop();
    let expected = shop.ground.commands();
    assert!(expected.len() > 12, "the load was no load");
    assert_eq!(receiver.taken(), expected);
    let targets: std::collections::BTreeSet<String> =
        receiver.got().into_iter().map(|got| got.target).collect();
    assert_eq!(targets.len(), 7, "{targets:?}");
}

#[test]
fn towns_are_called_otherwise_and_a_mistake_in_either_file_holds_both_back() {
    let receiver = Receiver::start(|_, _| status(200));
    let towns = tempfile::NamedTempFile::new().unwrap();
    let path = towns.path().to_str().unwrap();
    fs::write(path, "500113103,旧镇\n").unwrap();
    let mut shop = Shop::open(
        |ground| table("bank", ground.bank.party, &receiver.url(), ""),
        &["--towns", path],
    );
    let good = fs::read_to_string(&shop.file).unwrap();
    fs::write(path, "500113103,新镇\n").unwrap();
    let wrong = shop.reread(&good.replace("M6", "R6"), "member must be a party");
    assert!(!wrong.contains("towns"), "{wrong}");
    fs::write(path, "500113103,新镇\nx\n").unwrap();
    let moved = good.replace("of=test", "of=other");
    let wrong = shop.reread(&moved, "line 2: must be a code and a name");
    assert!(!wrong.contains("webhook bank"), "{wrong}");
    fs::write(path, "500113103,新镇\n").unwrap();
    let said = shop.reread(&moved, "towns have other names");
    assert!(said.contains("webhook bank is changed in url"), "{said}");
    shop.stop();
}

#[test]
fn without_such_files_a_server_goes_on_and_with_its_terminal_gone_it_ends_in_good_order() {
    let ground = Ground::new();
    let told = tempfile::NamedTempFile::new().unwrap();
    let to = Stdio::from(told.reopen().unwrap());
    let server = Server::start_telling(&ground.data, &ground.key, &[], to);
    server.signal("-HUP");
    until("it says so", || {
        fs::read_to_string(told.path())
            .unwrap()
            .contains("nothing to read again")
    });
    assert_eq!(server.end(), 0);

    // A terminal of its own, which is closed as soon as the server listens.
    let script = "\
import os, pty, signal, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(60)
seen = b''
while b'listening on' not in seen:
    seen += os.read(terminal, 4096)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";
    let python = std::env::var("GREENLIEN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let ended = Process::new(python)
        .args(["-c", script, env!("CARGO_BIN_EXE_greenlien"), "serve"])
        .arg(&ground.data)
        .args(["--allow-test-keys", "--listen", "127.0.0.1:0", "--log-key"])
        .arg(&ground.key)
        .status()
        .unwrap();
    assert_eq!(ended.code(), Some(0));
}
