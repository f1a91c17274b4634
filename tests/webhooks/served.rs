//! Webhooks of the real program: the file, a kill, and what members see of them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use greenlien::primitives::crypto::SecretKey;

use super::receiver::{Receiver, status, until};
use crate::cli::program;
use crate::crash::Server;
use crate::feeds::Ground;

/// The program with the token of a session.
pub(super) fn as_member(token: &str, words: &[&str]) -> (i32, String) {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(words)
        .env("GREENLIEN_TOKEN", token)
        .output()
        .unwrap();
    let out = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    (run.status.code().unwrap(), out)
}

#[test]
fn a_kill_loses_nothing_and_members_see_their_own_webhooks() {
    let ground = Ground::new();
    let folder = ground.data.parent().unwrap().to_owned();
    let receiver = Receiver::start(|_, _| status(200));
    let write_key = |name: &str, key: &SecretKey| {
        let path = folder.join(name);
        greenlien::cli::keyfile::write_key(&path, key, None).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let hooks_key = write_key("hooks.key", &SecretKey::from_seed(&[0x77; 32]));
    let file = folder.join("webhooks.toml");
    let (bank, mill) = (ground.bank.party, ground.mill.party);
    let url = receiver.url();
    let text = format!(
        "[[webhook]]\nname = \"bank\"\nmember = \"{bank}\"\nurl = \"{url}\"\nfrom = 0\n\
         [[webhook]]\nname = \"mill\"\nmember = \"{mill}\"\nurl = \"http://127.0.0.1:9/\"\n"
    );
    std::fs::write(&file, text).unwrap();
    let flags = [
        "--webhooks",
        file.to_str().unwrap(),
        "--webhooks-key",
        &hooks_key,
    ];
    for round in 0..2 {
        let server = Server::start_with(&ground.data, &ground.key, &flags);
        let (stop, notes) = (AtomicBool::new(false), Mutex::default());
        std::thread::scope(|scope| {
            let (ground, stop, notes, address) = (&ground, &stop, &notes, server.address.clone());
            scope.spawn(move || ground.work(&address, round, stop, notes));
            Ground::wait(notes, 6);
            server.kill();
            stop.store(true, Ordering::Release);
        });
    }
    let expected = ground.commands();
    assert!(expected.len() > 10, "the load was no load");
    let server = Server::start_with(&ground.data, &ground.key, &flags);
    until("everything is delivered", || {
        receiver.taken().last() == expected.last()
    });
    // What was on its way when the server was killed may come twice, at once and under its id.
    let mut taken = receiver.taken();
    let count = taken.len();
    taken.dedup();
    assert_eq!(taken, expected);
    assert!(count <= expected.len() + 2, "{count}");

    let base = format!("http://{}", server.address);
    let login = |party: String, key: &SecretKey| {
        let path = write_key(&format!("{party}.key"), &SecretKey::from_seed(&key.seed()));
        let run = program(&["login", "--server", &base, "--org", &party, "--key", &path]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out.trim().to_owned()
    };
    let ask = |token: &str, more: &[&str]| {
        as_member(token, &[&["webhooks", "--server", &base], more].concat())
    };
    let anybody = program(&["webhooks", "--server", &base]);
    assert_eq!(anybody.code, 1);
    assert!(anybody.err.contains("greenlien login"), "{}", anybody.err);
    let token = login(bank.to_string(), &ground.bank.maker);
    let (code, out) = ask(&token, &[]);
    assert_eq!(code, 0, "{out}");
    let public = SecretKey::from_seed(&[0x77; 32]).public();
    assert!(out.contains(&public.id().to_string()), "{out}");
    assert!(
        out.contains("bank  active") && !out.contains("mill"),
        "{out}"
    );
    let (code, out) = ask(&token, &["bank"]);
    assert!(code == 0 && out.contains("taken (200)"), "{out}");
    let sent = folder.join("sent.csv");
    let words = ["export", "deliveries", "--name", "bank", "--server", &base];
    let words = [&words[..], &["--out", sent.to_str().unwrap()]].concat();
    // What came twice is noted once: the first time, the server was killed before it could.
    until("every delivery is noted", || {
        let (code, out) = as_member(&token, &words);
        assert_eq!(code, 0, "{out}");
        let text = std::fs::read_to_string(&sent).unwrap();
        text.matches("已送达 delivered,200,").count() == expected.len()
    });
    let (code, out) = ask(&token, &["mill"]);
    assert!(
        code == 1 && out.contains("no webhook of this name"),
        "{out}"
    );
    let (code, out) = ask(&token, &["mill", "--replay-from", "0"]);
    assert!(
        code == 1 && out.contains("no webhook of this name"),
        "{out}"
    );
    let (code, out) = ask(&token, &["bank", "--replay-from", "999999"]);
    assert!(code == 1 && out.contains("from must be at most"), "{out}");
    let from = expected[expected.len() - 2].to_string();
    let (code, out) = ask(&token, &["bank", "--replay-from", &from]);
    assert!(code == 0 && out.contains(&format!("at {from}")), "{out}");
    until("two came again", || receiver.taken().len() == count + 2);
    let token = login("M0".to_owned(), &crate::support::cast::registrar().maker);
    let (code, out) = ask(&token, &[]);
    assert!(
        code == 0 && out.contains("bank  active") && out.contains("mill  active"),
        "{out}"
    );
    assert_eq!(server.end(), 0);

    // A file with a mistake, and a key with two jobs, start nothing.
    let refused = |flags: &[&str]| {
        let data = ground.data.to_str().unwrap();
        let key = ground.key.to_str().unwrap();
        let words = ["serve", data, "--log-key", key, "--allow-test-keys"];
        program(&[&words, flags].concat())
    };
    let run = refused(&[
        "--webhooks",
        flags[1],
        "--webhooks-key",
        ground.key.to_str().unwrap(),
    ]);
    assert!(
        run.code == 2 && run.err.contains("another job"),
        "{}",
        run.err
    );
    std::fs::write(
        &file,
        "[[webhook]]\nname = \"a\"\nmember = \"M1\"\nurl = \"http://bank.example\"\n",
    )
    .unwrap();
    let run = refused(&flags);
    assert!(
        run.code == 1 && run.err.contains("url must be https"),
        "{}",
        run.err
    );
}
