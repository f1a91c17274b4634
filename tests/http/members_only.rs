//! A registry that is not public: what proves the log is open to everybody, what it says is for members.

use greenlien::client::Client;
use greenlien::domain::party::Role;
use ureq::http::Method;

use super::Wire;
use crate::cli::program;
use crate::crash::Server;
use crate::support::feed::Feed;
use crate::support::local::Local;
use crate::support::{Play as _, cast};

/// Whoever was handed a certificate finds it by its code, so many times; nobody but members asks for one.
fn check_by_code(wire: &Wire, token: &str) {
    use greenlien::primitives::limits::CERTIFICATE_LOOKUPS;

    let body = br#"{"identities":["discharge-permit:91500113QNUTHCM504001W|TP"]}"#;
    let bearer = format!("Bearer {token}");
    let json = ("content-type", "application/json");
    let asked =
        |headers: &[(&str, &str)]| wire.send(Method::POST, "/v1/certificates", headers, body);
    assert_eq!(asked(&[json]).status, 401);
    let issued = asked(&[json, ("authorization", &*bearer)]);
    assert_eq!(issued.status, 201, "{}", issued.text());
    let path = issued.header("location").to_owned();
    let raw = wire.get(&path);
    assert_eq!((raw.status, &raw.bytes), (200, &issued.bytes));
    let page = wire.get(path.strip_prefix("/v1").unwrap());
    assert!(
        page.status == 200 && page.text().contains("查询证明"),
        "{}",
        page.text()
    );
    assert_eq!(wire.get("/certificates").status, 401);
    // The clock of this server is the real one, so a few more may come back meanwhile.
    let mut looks = 2;
    while wire.get("/v1/certificates/AAAA-AAAA-AAAA-AAAA").status != 429 {
        looks += 1;
        assert!(looks < 10 * CERTIFICATE_LOOKUPS, "no end of looks");
    }
    assert!(looks >= CERTIFICATE_LOOKUPS, "{looks} looks");
    assert_eq!(wire.get_as(token, &path).status, 200, "a member reads on");
}

#[test]
fn entries_and_records_are_for_members_and_hashes_for_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut local = Local::create_private(&data);
    let bank = local.admit("bank", &[Role::Bank], &[]);
    local.registry.stop();
    drop(local);
    let key = |name: &str, key| {
        let path = folder.path().join(name);
        greenlien::cli::keyfile::write_key(&path, &key, None).unwrap();
        path
    };
    let server = Server::start_with(&data, &key("log.test.key", cast::log_key()), &[]);
    let base = format!("http://{}", server.address);
    let wire = Wire::new(&base);
    for path in [
        "/checkpoint",
        "/tile/0/000.p/4",
        "/v1/log",
        "/healthz",
        "/metrics",
        "/readyz",
        "/openapi.json",
        "/sign-in",
    ] {
        assert_eq!(wire.get(path).status, 200, "{path}");
    }
    // Where a party is looked up by nobody but members, signing in asks for its id.
    let page = wire.get("/sign-in");
    assert!(!page.text().contains("data-public"), "{}", page.text());
    assert_eq!(
        wire.get("/v1/checkpoints/consistency?old=2&new=4").status,
        200
    );
    let bank_id = bank.party.to_string();
    let closed = [
        "/v1/parties".to_owned(),
        format!("/v1/parties/{bank_id}"),
        format!("/v1/parties/{bank_id}/history"),
        "/v1/rights".to_owned(),
        "/v1/pledges".to_owned(),
        "/v1/entries/2".to_owned(),
        "/v1/entries/2/proof".to_owned(),
        "/tile/entries/000.p/4".to_owned(),
        "/v1/statistics".to_owned(),
        "/v1/alerts".to_owned(),
        "/v1/events?from=0&until=4".to_owned(),
        "/parties".to_owned(),
        "/log/2".to_owned(),
        "/".to_owned(),
        "/nowhere".to_owned(),
    ];
    // A stream ends with its session.
    let leaving = wire.sign_in(&bank);
    let bearer = format!("Bearer {leaving}");
    let mut feed = Feed::open(&base, "?from=0", &[("authorization", &bearer)]);
    assert_eq!(feed.next().unwrap().id, 2);
    let out = [("authorization", &*bearer)];
    assert_eq!(
        wire.send(Method::DELETE, "/v1/sessions", &out, &[]).status,
        204
    );
    assert_eq!(feed.rest(), []);
    let token = wire.sign_in(&bank);
    for path in &closed {
        let raw = wire.get(path);
        assert_eq!(raw.status, 401, "{path}: {}", raw.text());
        assert!(!raw.text().contains(&bank.credit_code), "{path}");
        let raw = wire.get_as(&token, path);
        assert_ne!(raw.status, 401, "{path}");
        assert_eq!(raw.header("cache-control"), "private, no-store", "{path}");
    }
    assert_eq!(wire.get_as(&token, "/tile/entries/000.p/4").status, 200);
    // A court or a guarantor without a session can check a file that it has, and read what a number means.
    for path in [
        "/verify",
        "/verify/offline.html",
        "/findings",
        "/findings/3001",
    ] {
        let raw = wire.get(path);
        assert_eq!(raw.status, 200, "{path}");
        assert!(!raw.text().contains(&bank.credit_code), "{path}");
    }
    check_by_code(&wire, &token);
    // A person sees a page, and it says nothing else.
    let page = wire.send(
        Method::GET,
        "/parties",
        &[("accept", "text/html,*/*;q=0.8")],
        &[],
    );
    assert_eq!(page.status, 401);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("仅对成员开放"), "{}", page.text());
    assert!(page.text().contains("href=\"/sign-in\""), "{}", page.text());
    // A command carries its own authority and needs no session; nothing here shows one.
    let refused = Client::new(&base)
        .unwrap()
        .post("/v1/commands", "{}")
        .unwrap();
    assert_eq!(refused.status, 400);

    // The command line signs in and asks as a member.
    let file = key(
        "bank.key",
        greenlien::primitives::crypto::SecretKey::from_seed(&bank.maker.seed()),
    );
    let file = file.to_str().unwrap();
    let login = program(&["login", "--server", &base, "--org", &bank_id, "--key", file]);
    assert_eq!(login.code, 0, "{}", login.err);
    let shown = program(&["show", &bank_id, "--server", &base]);
    assert_eq!(shown.code, 1, "{}", shown.out);
    assert!(shown.err.contains("greenlien login"), "{}", shown.err);
    let asked = std::process::Command::new(env!("CARGO_BIN_EXE_greenlien"))
        .args(["show", &bank_id, "--server", &base])
        .env("GREENLIEN_TOKEN", login.out.trim())
        .output()
        .unwrap();
    let out = String::from_utf8(asked.stdout).unwrap();
    assert!(
        asked.status.success() && out.contains(&bank.credit_code),
        "{out}"
    );
    let wrong = [
        "login",
        "--server",
        &base,
        "--org",
        &bank_id,
        "--key",
        file,
        "--aud",
        "another#00",
    ];
    let wrong = program(&wrong);
    assert!(
        wrong.code == 1 && wrong.err.contains("nothing was signed"),
        "{}",
        wrong.err
    );
    assert_eq!(server.end(), 0);
}
