//! The inbox of drafts for members: what the desk of a member lists, what the page that signs is handed, and the command line.

use std::process::{Command, Stdio};

use greenlien::cli::keyfile::write_key;
use greenlien::domain::command::SignerRole;
use greenlien::domain::envelope::Draft;
use greenlien::primitives::crypto::SecretKey;

use crate::cli::Folder;
use crate::pages::{Town, town};
use crate::support::person::Person;
use crate::support::play::Play as _;
use crate::support::{Actor, papers};

/// A pledge that the bank asks the mill for, with a checker of the bank.
pub(crate) fn draft(town: &mut Town) -> Draft {
    let days = papers::span("2027-01-01", "2027-06-01");
    let lines = vec![papers::line(town.permit, papers::flow("1", "t/a", days))];
    let body = papers::pledge(&town.mill, lines);
    let signers = [
        (town.bank.party, SignerRole::Maker),
        (town.bank.party, SignerRole::Checker),
        (town.mill.party, SignerRole::Maker),
    ];
    let command = town.house.draft(town.bank.party, body, &signers, &[]);
    Draft::new(&command, Vec::new()).unwrap()
}

pub(crate) fn put(town: &Town, actor: &Actor, draft: &Draft) {
    let client = town.house.client();
    let session = client
        .open_session(actor.party, &actor.maker, None)
        .unwrap();
    let client = client.clone().with_token(session.value.token);
    client.add_draft(draft).unwrap();
}

/// The part of the page between this list and the next.
fn list<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"inbox-{name}\"")).unwrap();
    rest.split("</section>").next().unwrap()
}

/// Which of the four lists have this draft.
fn lists_with(page: &str, link: &str) -> Vec<&'static str> {
    let names = ["sign", "check", "consent", "waiting"];
    let has = |name: &&str| list(page, name).contains(link);
    names.into_iter().filter(has).collect()
}

#[test]
fn the_desk_of_a_member_lists_what_it_is_asked_to_sign_to_check_and_to_consent_to() {
    let mut town = town();
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let mut draft = draft(&mut town);
    let link = format!("/sign?draft={}", draft.payload_hash());
    let (at_bank, at_mill) = (
        Person::sign_in(&town.house, &bank),
        Person::sign_in(&town.house, &mill),
    );
    put(&town, &mill, &draft);
    let page = at_bank.page("/work");
    assert!(page.contains("等待本单位签署: 1"), "{page}");
    assert_eq!(lists_with(&page, &link), ["sign"]);
    assert!(list(&page, "sign").contains("mill-maker"), "{page}");
    draft.sign(SignerRole::Maker, &bank.maker).unwrap();
    put(&town, &bank, &draft);
    assert_eq!(lists_with(&at_bank.page("/work"), &link), ["check"]);
    draft.sign(SignerRole::Checker, &bank.checker).unwrap();
    put(&town, &bank, &draft);
    assert_eq!(lists_with(&at_bank.page("/work"), &link), ["waiting"]);
    let page = at_mill.page("/work?lang=en");
    assert_eq!(lists_with(&page, &link), ["consent"]);
    for word in [
        "Waiting for your institution: 1",
        "Consents asked of you (1)",
        "Put there by",
    ] {
        assert!(page.contains(word), "{word}: {page}");
    }
    // Nothing is registered yet, and the draft is not called so.
    assert!(
        page.contains("Register a pledge") && !page.contains("pledge registered"),
        "{page}"
    );
    // Who is asked declines: whoever gives the command is told first, and who declined has done its part.
    let session = town
        .house
        .client()
        .open_session(mill.party, &mill.maker, None)
        .unwrap();
    let client = town.house.client().clone().with_token(session.value.token);
    client
        .add_draft_decline(&draft.payload_hash(), "too much")
        .unwrap();
    let page = at_bank.page("/work?lang=zh");
    assert!(
        page.contains("有人不签, 待改后重办: 1") && list(&page, "declined").contains("too much"),
        "{page}"
    );
    assert!(lists_with(&page, &link).is_empty(), "{page}");
    // One of its own declines too: it waits for nobody, and stays there.
    let session = town
        .house
        .client()
        .open_session(bank.party, &bank.maker, None)
        .unwrap();
    let client = town.house.client().clone().with_token(session.value.token);
    client
        .add_draft_decline(&draft.payload_hash(), "not so")
        .unwrap();
    let page = at_bank.page("/work?lang=zh");
    assert!(list(&page, "declined").contains("not so"), "{page}");
    let page = at_mill.page("/work");
    assert!(
        !page.contains("id=\"inbox-declined\"") && lists_with(&page, &link) == ["waiting"],
        "{page}"
    );
    // Nobody sees the inbox of another, and a visitor none.
    let other = Person::sign_in(&town.house, &town.other);
    assert!(lists_with(&other.page("/work?lang=zh"), &link).is_empty());
    for page in [
        other.page(&format!("/work?party={}", mill.party)),
        town.house.get(&format!("/work?party={}", mill.party)).text,
    ] {
        assert!(
            !page.contains("id=\"inbox\"") && !page.contains(&link),
            "{page}"
        );
    }
    // The page that signs fetches it for a member, and sends a visitor to sign in first.
    let page = at_mill.page(&link);
    assert!(
        page.contains(&format!("data-draft=\"{}\"", draft.payload_hash()))
            && page.contains(&format!("data-org=\"{}\"", mill.party)),
        "{page}"
    );
    let page = town.house.get(&link).text;
    assert!(
        !page.contains("data-draft") && page.contains("/sign-in?next=%2Fsign"),
        "{page}"
    );
    assert!(!at_mill.page("/sign?draft=%22%3E").contains("data-draft"));
    town.house.close();
}

/// The command line of a member: the same inbox, where nothing but the network is shared with the pages.
#[test]
fn a_draft_goes_from_signer_to_signer_with_the_command_line_too() {
    let mut town = town();
    let folder = Folder::new();
    let draft = draft(&mut town);
    let name = draft.payload_hash().to_string();
    let file = folder.file("draft.json", draft.to_text());
    let key = |name: &str, key: &SecretKey| {
        let path = folder.path(name);
        write_key(std::path::Path::new(&path), key, None).unwrap();
        path
    };
    let run = |actor: &Actor, words: &[&str]| {
        let client = town.house.client();
        let session = client
            .open_session(actor.party, &actor.maker, None)
            .unwrap();
        let made = Command::new(env!("CARGO_BIN_EXE_greenlien"))
            .args(words)
            .env("GREENLIEN_SERVER", client.base())
            .env("GREENLIEN_TOKEN", session.value.token.unwrap())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            made.status.code().unwrap(),
            text(made.stdout),
            text(made.stderr),
        )
    };
    let done = |actor: &Actor, words: &[&str]| {
        let (code, out, err) = run(actor, words);
        assert_eq!(code, 0, "{words:?}: {out}{err}");
        out
    };
    let (bank, mill) = (&town.bank, &town.mill);
    let (maker, checker, mills) = (
        key("maker.key", &bank.maker),
        key("checker.key", &bank.checker),
        key("mill.key", &mill.maker),
    );
    done(bank, &["sign", &file, "--key", &maker, "--role", "maker"]);
    let out = done(bank, &["drafts", "--put", &file]);
    assert!(
        out.contains(&name) && out.matches("to sign").count() == 2,
        "{out}"
    );
    // The checker, at another machine, names it by its first digits.
    let second = folder.path("second.json");
    let out = done(bank, &["drafts"]);
    assert!(
        out.contains("register_pledge") && out.contains("2 missing"),
        "{out}"
    );
    done(bank, &["drafts", &name[..8], "--out", &second]);
    done(
        bank,
        &["sign", &second, "--key", &checker, "--role", "checker"],
    );
    done(bank, &["drafts", "--put", &second]);
    let out = done(mill, &["drafts", &name, "--decline", "not yet"]);
    assert!(out.contains("declined") && out.contains("not yet"), "{out}");
    let third = folder.path("third.json");
    let out = done(mill, &["drafts", &name, "--out", &third]);
    assert!(
        out.contains("Register a pledge") && out.contains("1 t/a"),
        "{out}"
    );
    assert_eq!(
        done(mill, &["drafts", &name, "--reads"]),
        "",
        "it hides nothing"
    );
    let piped = done(mill, &["drafts", &name, "--out", "-"]);
    assert_eq!(piped, std::fs::read_to_string(&third).unwrap());
    done(mill, &["sign", &third, "--key", &mills, "--role", "maker"]);
    let out = done(mill, &["drafts", "--put", &third, "--json"]);
    assert!(out.contains("\"missing\":0"), "{out}");
    let (code, _, err) = run(mill, &["drafts", &name, "--withdraw"]);
    assert!(code == 1 && err.contains("may take it back"), "{err}");
    done(mill, &["submit", &third]);
    assert_eq!(done(mill, &["drafts"]), "");
    let (code, _, err) = run(mill, &["drafts", &name[..8]]);
    assert!(code == 1 && err.contains("has no draft"), "{err}");
    let (code, _, err) = run(mill, &["drafts", "abc"]);
    assert!(code == 2 && err.contains("first 8 digits"), "{err}");
    town.house.close();
}
