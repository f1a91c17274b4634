//! Lists that only members have, and those of one record, as spreadsheets: the same rows as the list, and the same answer to who
//! may not see it.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use greenlien::client::Client;
use greenlien::domain::command::SignerRole;
use greenlien::primitives::crypto::SecretKey;
use greenlien::service::webhooks::{Attempt, Consequence};
use serde_json::Value;

use crate::act_pages::page;
use crate::exports::{freeze, linked};
use crate::inbox_pages::{draft, put};
use crate::member_pages::hide;
use crate::pages::{Town, town};
use crate::support::person::Person;
use crate::support::{Actor, cast, papers};

/// The client of a member, as the command line signs in.
fn member(town: &Town, actor: &Actor, key: &SecretKey) -> Client {
    let client = town.house.client();
    let session = client.open_session(actor.party, key, None).unwrap();
    client.clone().with_token(session.value.token)
}

/// The rows of a CSV file, without its head and cell by cell.
fn rows(client: &Client, path: &str) -> Vec<Vec<String>> {
    let bytes = client.get_bytes(path).unwrap();
    let bytes = bytes.unwrap_or_else(|reply| panic!("{path}: {}", reply.text));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    let reply = client.get(path).unwrap();
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    let json: Value = serde_json::from_str(&reply.text).unwrap();
    json["items"].as_array().unwrap().clone()
}

/// Who may not see a list is told the same by its spreadsheet; returns with which status.
fn refused_alike(client: &Client, list: &str, export: &str) -> u16 {
    let (of_list, of_export) = (client.get(list).unwrap(), client.get(export).unwrap());
    assert!(of_list.status >= 400, "{list}: {}", of_list.text);
    assert_eq!(
        (of_export.status, &of_export.text),
        (of_list.status, &of_list.text),
        "{export}"
    );
    of_list.status
}

/// The rows of a workbook, without its head.
fn cells(client: &Client, path: &str) -> Vec<Vec<Data>> {
    let bytes = client.get_bytes(path).unwrap();
    let bytes = bytes.unwrap_or_else(|reply| panic!("{path}: {}", reply.text));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(1).map(<[Data]>::to_vec).collect()
}

/// All of a list that is taken one record at a time.
fn in_parts(client: &Client, file: &str, filter: Option<&(&'static str, String)>) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..20 {
        let mut filters = vec![("limit", Some("1".to_owned())), ("after", after)];
        filters.extend(filter.map(|(name, value)| (*name, Some(value.clone()))));
        let (bytes, next) = client.get_export_part(file, &filters).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        all.extend(text.lines().skip(1).map(str::to_owned));
        after = next;
        if after.is_none() {
            return all;
        }
    }
    panic!("{file} never ends: {all:?}");
}

#[test]
fn who_has_seen_hidden_values_leaves_for_those_who_may_know_it() {
    let mut town = town();
    let pledge = hide(&mut town);
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let (at_bank, at_mill) = (
        member(&town, &bank, &bank.maker),
        member(&town, &mill, &mill.maker),
    );
    let values = format!("/v1/pledges/{pledge}/openings");
    for client in [&at_bank, &at_mill, &at_bank] {
        assert_eq!(client.get(&values).unwrap().status, 200);
    }
    let list = format!("{values}/reads");
    let export = format!("/v1/exports/reads.csv?record={pledge}");
    let registrar = cast::registrar();
    let at_registrar = member(&town, &registrar, &registrar.maker);
    for client in [&at_bank, &at_mill, &at_registrar] {
        let listed = items(client, &list);
        let table = rows(client, &export);
        assert_eq!((listed.len(), table.len()), (3, 3), "{table:?}");
        for (item, row) in listed.iter().zip(&table) {
            let of = |name: &str| item[name].as_str().unwrap();
            assert_eq!(row[0], item["number"].to_string());
            assert_eq!(row[4..7], [of("org"), of("person"), of("kid")]);
            assert!(row[7].ends_with(of("as")), "{row:?}");
            assert_eq!(row[8], "合同编号 contract number");
        }
        assert!(!format!("{table:?}").contains("2027-031905"), "{table:?}");
    }
    // Newest first, as listed; a number and a day are no texts.
    let real = cells(&at_bank, &export.replace(".csv", ".xlsx"));
    assert!(
        matches!(real[0][0], Data::Float(number) if number > 1.0)
            && matches!(real[0][1], Data::DateTime(_)),
        "{real:?}"
    );
    let whole: Vec<String> = rows(&at_bank, &export)
        .into_iter()
        .map(|row| row.join(","))
        .collect();
    let record = ("record", pledge.to_string());
    assert_eq!(in_parts(&at_bank, "reads.csv", Some(&record)), whole);

    // A supervisor sees the values and not who has seen them; a stranger neither; nobody what is not there.
    let at_bureau = member(&town, &town.bureau, &town.bureau.maker);
    let at_other = member(&town, &town.other, &town.other.maker);
    for client in [&at_bureau, &at_other] {
        assert_eq!(refused_alike(client, &list, &export), 403);
    }
    let visitor = town.house.client();
    assert_eq!(refused_alike(visitor, &list, &export), 401);
    for (record, list) in [
        ("P999", "/v1/pledges/P999/openings/reads".to_owned()),
        (
            &*mill.party.to_string(),
            format!("/v1/parties/{}/openings/reads", mill.party),
        ),
    ] {
        let export = format!("/v1/exports/reads.csv?record={record}");
        assert_eq!(refused_alike(&at_bank, &list, &export), 404);
        assert_eq!(refused_alike(visitor, &list, &export), 401);
    }
    let unsaid = at_bank.get("/v1/exports/reads.csv").unwrap();
    assert_eq!(unsaid.status, 400, "{}", unsaid.text);

    // The page that shows the list leads there, and no cache keeps the file.
    let path = format!("/pledges/{pledge}/openings");
    let link = format!("/v1/exports/reads.xlsx?record={pledge}");
    let person = Person::sign_in(&town.house, &bank);
    assert!(person.page(&path).contains(&format!("href=\"{link}\"")));
    let file = person.get(&link);
    assert_eq!(file.status, 200);
    assert_eq!(file.header("cache-control"), "private, no-store");
    let other = Person::sign_in(&town.house, &town.bureau);
    assert!(!other.page(&path).contains("/v1/exports/reads"));
    town.house.close();
}

#[test]
fn the_inbox_leaves_for_the_member_whose_it_is() {
    let mut town = town();
    let (bank, mill) = (town.bank.clone(), town.mill.clone());
    let mut first = draft(&mut town);
    put(&town, &mill, &first);
    let second = draft(&mut town);
    put(&town, &bank, &second);
    first.sign(SignerRole::Maker, &bank.maker).unwrap();
    put(&town, &bank, &first);

    let at_bank = member(&town, &bank, &bank.maker);
    let at_mill = member(&town, &mill, &mill.maker);
    for (client, actor, asked) in [
        (&at_bank, &bank, ["待复核 to check", "待经办签署 to sign"]),
        (&at_mill, &mill, ["请本单位同意 to consent"; 2]),
    ] {
        let listed = items(client, "/v1/drafts");
        let table = rows(client, "/v1/exports/drafts.csv");
        assert_eq!((listed.len(), table.len()), (2, 2), "{table:?}");
        for ((item, row), asked) in listed.iter().zip(&table).zip(asked) {
            assert_eq!(row[0], item["number"].to_string());
            assert_eq!(row[1], item["draft"].as_str().unwrap());
            assert_eq!(row[2], asked);
            assert_eq!(row[8], item["depositor"].as_str().unwrap());
            assert_eq!(row[14], item["missing"].to_string());
            assert!(row[4].contains(&town.permit.to_string()), "{row:?}");
        }
        let whole: Vec<String> = table.iter().map(|row| row.join(",")).collect();
        let parts = in_parts(client, "drafts.csv", None).join("\n");
        assert_eq!(parts.replace('"', ""), whole.join("\n"));
        let page = Person::sign_in(&town.house, actor).page("/work");
        assert!(page.contains("href=\"/v1/exports/drafts.xlsx\""), "{page}");
    }
    let real = cells(&at_bank, "/v1/exports/drafts.xlsx");
    assert!(
        matches!(real[0][10], Data::DateTime(_)) && matches!(real[0][14], Data::Float(_)),
        "{real:?}"
    );
    // Another member has its own, which is empty; a visitor has none.
    let at_other = member(&town, &town.other, &town.other.maker);
    assert!(rows(&at_other, "/v1/exports/drafts.csv").is_empty());
    let visitor = town.house.client();
    assert_eq!(
        refused_alike(visitor, "/v1/drafts", "/v1/exports/drafts.csv"),
        401
    );
    // Nobody has looked at what a draft hides; who does not see the draft does not see that either.
    let hash = first.payload_hash();
    let list = format!("/v1/drafts/{hash}/reads");
    let export = format!("/v1/exports/reads.csv?record={hash}");
    assert!(items(&at_bank, &list).is_empty() && rows(&at_bank, &export).is_empty());
    assert_eq!(refused_alike(&at_other, &list, &export), 404);
    town.house.close();
}

#[test]
fn webhooks_and_their_deliveries_leave_for_the_member_whose_they_are() {
    let town = town();
    let registry = town.house.registry();
    let epoch = registry.webhook_standing("bank-a").unwrap().epoch;
    for (index, fault) in [(3, Some("status 500".to_owned())), (3, None), (4, None)] {
        let attempt = Attempt {
            index,
            time: papers::instant("2026-12-01T02:00:00Z"),
            millis: 12,
            status: Some(if fault.is_some() { 500 } else { 200 }),
            fault,
        };
        let consequence = match attempt.fault {
            Some(_) => Consequence::Failed,
            None => Consequence::Delivered,
        };
        let noted = registry.webhook_attempted("bank-a", epoch, &attempt, consequence);
        noted.unwrap();
    }
    let at_bank = member(&town, &town.bank, &town.bank.maker);
    let list = "/v1/webhooks/bank-a/deliveries";
    let export = "/v1/exports/deliveries.csv?name=bank-a";
    let listed = items(&at_bank, list);
    let table = rows(&at_bank, export);
    assert_eq!((listed.len(), table.len()), (3, 3), "{table:?}");
    for (item, row) in listed.iter().zip(&table) {
        assert_eq!(row[0], item["number"].to_string());
        assert_eq!(row[1], item["index"].to_string());
        assert_eq!(row[2], "2026-12-01");
        assert_eq!(row[5], item["status"].to_string());
        assert_eq!(row[6], item["fault"].as_str().unwrap_or_default());
        assert_eq!(row[7], "12");
    }
    assert_eq!(
        (&*table[0][4], &*table[2][4]),
        ("已送达 delivered", "未送达 failed")
    );
    let name = ("name", "bank-a".to_owned());
    assert_eq!(in_parts(&at_bank, "deliveries.csv", Some(&name)).len(), 3);
    let real = cells(&at_bank, &export.replace(".csv", ".xlsx"));
    assert!(
        matches!(real[0][2], Data::DateTime(_)) && matches!(real[0][5], Data::Float(_)),
        "{real:?}"
    );

    let hooks = "/v1/exports/webhooks.csv";
    let registrar = cast::registrar();
    for (actor, count) in [(&town.bank, 1), (&registrar, 1), (&town.other, 0)] {
        let client = member(&town, actor, &actor.maker);
        assert_eq!(rows(&client, hooks).len(), count, "{}", actor.party);
        assert_eq!(items(&client, "/v1/webhooks").len(), count);
    }
    let row = &rows(&at_bank, hooks)[0];
    assert_eq!((&*row[0], &*row[5]), ("bank-a", "5"), "{row:?}");

    let at_other = member(&town, &town.other, &town.other.maker);
    assert_eq!(refused_alike(&at_other, list, export), 404);
    let visitor = town.house.client();
    assert_eq!(refused_alike(visitor, list, export), 401);
    assert_eq!(refused_alike(visitor, "/v1/webhooks", hooks), 401);
    let feeds = Person::sign_in(&town.house, &town.bank).page("/feeds");
    for link in ["deliveries.xlsx?name=bank-a", "webhooks.xlsx"] {
        assert!(
            feeds.contains(&format!("href=\"/v1/exports/{link}\"")),
            "{feeds}"
        );
    }
    let feeds = Person::sign_in(&town.house, &town.other).page("/feeds");
    assert!(!feeds.contains("/v1/exports/deliveries") && !feeds.contains("/v1/exports/webhooks"));
    town.house.close();
}

#[test]
fn burdens_keys_and_rules_leave_as_the_pages_of_their_records_show_them() {
    let mut town = town();
    freeze(&mut town, "50");
    freeze(&mut town, "100");
    let visitor = town.house.client().clone();
    let shown = page(&town, &format!("/rights/{}", town.permit));
    let table = rows(&visitor, &linked(&shown, "burdens"));
    assert_eq!(table.len(), shown.matches("<tr id=\"").count(), "{table:?}");
    assert_eq!(table.len(), 3);
    let bank = town.bank.party.to_string();
    assert_eq!(table[0][1..4], ["担保 pledge", "bank-a", &*bank]);
    assert_eq!(table[0][5..9], ["80", "t/a", "2026-12-01", "2028-02-29"]);
    // Both freezes together reach all that was pledged before them, and the second waits for what the first has.
    assert_eq!((&*table[0][15], &*table[1][16]), ("80", ""), "{table:?}");
    assert_eq!(table[2][16], "30", "{table:?}");
    assert_eq!(table[2][12], "(2026)渝0113执保100号", "{table:?}");
    let real = cells(
        &visitor,
        &format!("/v1/exports/burdens.xlsx?record={}", town.permit),
    );
    assert!(
        matches!(real[0][5], Data::Float(_)) && matches!(real[0][8], Data::DateTime(_)),
        "{real:?}"
    );

    let shown = page(&town, &format!("/parties/{bank}"));
    let keys = rows(&visitor, &linked(&shown, "keys"));
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(
        keys.iter().all(|row| row[0] == bank && row[5].is_empty()),
        "{keys:?}"
    );
    let history = rows(&visitor, &linked(&shown, "log"));
    assert_eq!(
        history.len(),
        items(&visitor, &format!("/v1/parties/{bank}/history")).len()
    );
    let shown = page(&town, "/registrar?name=bank");
    let named = rows(&visitor, &linked(&shown, "keys"));
    assert_eq!(named.len(), 4, "{named:?}");
    let rules = rows(&visitor, &linked(&shown, "policies"));
    let kinds = shown.matches("href=\"/registrar/policies/").count();
    assert_eq!(rules.len(), kinds, "{rules:?}");
    let shown = page(&town, "/registrar/policies/emission");
    let of_kind = rows(&visitor, &linked(&shown, "policies"));
    assert!(
        of_kind.len() == 1 && of_kind[0][0] == "emission",
        "{of_kind:?}"
    );

    // What is not there is told, and no spreadsheet of nothing.
    for (wrong, status) in [
        ("burdens.csv", 400),
        ("burdens.csv?record=P57", 400),
        ("burdens.csv?record=R999", 404),
        ("keys.csv?party=M999", 404),
        ("policies.csv?limit=1", 400),
    ] {
        let reply = visitor.get(&format!("/v1/exports/{wrong}")).unwrap();
        assert_eq!(reply.status, status, "{wrong}: {}", reply.text);
    }
    town.house.close();
}
