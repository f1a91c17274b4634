//! The pages of a supervisor: from a number to its lines, from a month to its end, and the monthly table of a month that is not over.

use ureq::http::Method;

use crate::http::Wire;
use crate::statistics::{district, rows_of, story};
use crate::support::papers::instant;

/// The address behind the first link of a page that begins so.
fn link_of(page: &str, begin: &str) -> String {
    let from = page.split(&format!("href=\"{begin}")).nth(1).unwrap();
    let rest = from.split('"').next().unwrap();
    format!("{begin}{rest}")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[test]
fn a_month_that_is_not_over_is_exported_as_of_a_position_in_it() {
    let mut d = district();
    story(&mut d);
    let december = "/v1/exports/monthly.csv?month=2026-12";
    let january = "/v1/exports/monthly.csv?month=2027-01";
    let whole = d.house.get(december).text;
    let end: u64 = rows_of(&whole)[0]["position"].parse().unwrap();
    // As of its end it is what it is when it is over, and as of a position before that something else, for ever.
    assert_eq!(d.house.get(&format!("{december}&at={end}")).text, whole);
    let before = d.house.get(&format!("{december}&at={}", end - 1));
    assert_eq!(before.status, 200, "{}", before.text);
    assert!(before.text != whole);
    for of_another in [
        format!("{december}&at={}", end + 1),
        format!("{january}&at={end}"),
        format!("{january}&at=0"),
    ] {
        let reply = d.house.get(&of_another);
        let why = "must be a position of the month";
        assert_eq!(reply.status, 400, "{of_another}");
        assert!(reply.text.contains(why), "{}", reply.text);
    }
    // Supervisors find it on the page of the statistics, for the position that it shows, and all months on that of the feeds.
    assert_eq!(d.house.get(january).status, 400, "January is not over");
    let page = d.house.get("/statistics?lang=zh").text;
    let so_far = d.house.get(&link_of(&page, january));
    assert_eq!(so_far.status, 200, "{}", so_far.text);
    assert!(
        rows_of(&so_far.text)
            .iter()
            .any(|row| row["state"] == "released")
    );
    let then = d.house.get("/statistics?at=2026-12-31&lang=en").text;
    assert!(then.contains(&format!("position {end}.")), "{then}");
    assert_eq!(d.house.get(&link_of(&then, december)).text, whole);
    let feeds = d.house.get("/feeds?lang=en").text;
    assert!(feeds.contains("2027-01 (up to position"), "{feeds}");
    assert_eq!(d.house.get(&link_of(&feeds, january)).text, so_far.text);
    d.house.close();
}

#[test]
fn every_number_of_the_page_leads_to_its_lines_and_past_months_to_their_ends() {
    let mut d = district();
    story(&mut d);
    let page = d.house.get("/statistics?by=kind&lang=en").text;
    let all = d.house.get(&link_of(&page, "/statistics/lines?at=")).text;
    assert!(all.contains("项担保物"), "{all}");
    let past = d
        .house
        .get(&link_of(&page, "/statistics?by=kind&amp;at="))
        .text;
    let december = d.house.get("/statistics?by=kind&at=2026-12-31").text;
    let table = |page: &str| page.split("<tbody>").nth(1).unwrap().to_owned();
    assert_eq!(table(&past), table(&december));
    // A sum is written as one quantity is: with the digits of its kind.
    assert!(december.contains("80.000 t/a"), "{december}");
    // What stands, hangs and is gone differ by shape, in the bars and in their key.
    assert!(page.contains("class=\"sample chart\"") && page.contains("stripes"));
    d.house.close();
}

/// The bars of a page: their titles, each once for a desk and once for a phone.
fn bars_of(page: &str) -> Vec<&str> {
    let titles = page.split("<title>").skip(1);
    let mut titles: Vec<&str> = titles.map(|rest| rest.split('<').next().unwrap()).collect();
    titles.sort_unstable();
    titles.dedup();
    titles
}

#[test]
fn a_line_that_is_released_in_part_is_one_in_the_pictures_and_told_as_a_part_in_the_table() {
    let mut d = district();
    story(&mut d);
    d.house.at(instant("2027-02-03T02:00:00Z"));
    d.release_part("5");
    let page = d.house.get("/statistics?by=kind&lang=en").text;
    let mut bars = bars_of(&page);
    bars.retain(|bar| bar.contains(": "));
    // Three lines in all, each one once: of emission one stands with the rest and one is released, that of carbon is released.
    let expected = [
        "2026-12: 2",
        "2027-01: 1",
        "carbon allowance: 1",
        "pollutant-discharge right: 1",
    ];
    assert_eq!(bars, expected);
    assert!(page.contains("1 of them in part"), "{page}");
    let zh = d.house.get("/statistics?by=kind&lang=zh").text;
    assert!(
        zh.contains("其中部分 1") && zh.contains("每项计一次"),
        "{zh}"
    );
    d.house.close();
}

#[test]
fn a_day_that_is_not_over_is_told_with_the_position_that_is_shown() {
    let mut d = district();
    story(&mut d);
    let size = d.house.get("/v1/statistics").json["at"].clone();
    for (day, zh, en) in [
        ("2027-01-20", "尚未结束", "is not over"),
        ("2027-05-01", "还未到", "is yet to come"),
    ] {
        for (path, lang, says) in [
            ("/statistics", "zh", zh),
            ("/statistics", "en", en),
            ("/statistics/lines", "en", en),
        ] {
            let page = d.house.get(&format!("{path}?at={day}&lang={lang}")).text;
            let says = format!("{day} {says}");
            assert!(page.contains(&says), "{path} {day}: {page}");
            assert!(page.contains(&format!("{size}")), "{path} {day}");
        }
    }
    let over = d.house.get("/statistics?at=2026-12-31&lang=en").text;
    assert!(!over.contains("is not over"), "{over}");
    d.house.close();
}

#[test]
fn what_a_month_releases_by_parts_stands_behind_the_row_of_its_line() {
    let mut d = district();
    story(&mut d);
    d.house.at(instant("2027-02-03T02:00:00Z"));
    d.release_part("5");
    d.house.at(instant("2027-03-01T02:00:00Z"));
    d.release_part("9");
    d.house.at(instant("2027-04-01T02:00:00Z"));
    d.release_part("1");
    for (month, told) in [
        ("2027-01", "new open 20 -"),
        ("2027-02", "reduced open 15 5"),
        ("2027-03", "reduced open 6 9"),
    ] {
        let reply = d
            .house
            .get(&format!("/v1/exports/monthly.csv?month={month}"));
        let rows = rows_of(&reply.text);
        let row = rows.iter().find(|row| row["state"] == "open").unwrap();
        let cells = ["change", "state", "quantity", "released_part"].map(|name| row[name]);
        let cells = cells.map(|cell| if cell.is_empty() { "-" } else { cell });
        assert_eq!(cells.join(" "), told, "{month}");
        assert_eq!(row["disposed_part"], "", "{month}");
    }
    d.house.close();
}

#[test]
fn a_monthly_table_is_saved_under_its_district_and_month() {
    let mut d = district();
    story(&mut d);
    let wire = Wire::new(d.house.client().base());
    let named = |query: &str| {
        let raw = wire.send(Method::GET, &format!("/v1/exports/{query}"), &[], &[]);
        raw.header("content-disposition").to_owned()
    };
    assert_eq!(
        named("monthly.csv?month=2026-12"),
        "attachment; filename=\"greenlien-500113-monthly-2026-12.csv\""
    );
    let at = d.house.get("/v1/statistics").json["at"].clone();
    assert_eq!(
        named(&format!("monthly.xlsx?month=2027-01&at={at}")),
        format!("attachment; filename=\"greenlien-500113-monthly-2027-01-at-{at}.xlsx\"")
    );
    let rights = named("rights.csv");
    let begins = "attachment; filename=\"greenlien-500113-rights-2027-";
    assert!(rights.starts_with(begins), "{rights}");
    d.house.close();
}

#[test]
fn the_rows_come_to_a_total_in_which_every_pledge_counts_once_and_no_quantities_are_mixed() {
    let mut d = district();
    story(&mut d);
    let total = |by: &str, lang: &str| {
        let page = d
            .house
            .get(&format!("/statistics?by={by}&lang={lang}"))
            .text;
        let row = page.split("<tr class=\"total\">").nth(1);
        let row = row.unwrap_or_else(|| panic!("{by}: {page}"));
        let row = row.split("</tr>").next().unwrap().to_owned();
        (page, row)
    };
    let (page, by_kind) = total("kind", "zh");
    assert!(by_kind.contains("合计"), "{by_kind}");
    assert!(page.contains("担保登记 (含已解除的)"), "{page}");
    let numbers = |row: &str| -> Vec<String> {
        let cells = row.split("class=\"number\">").skip(1);
        let text = |cell: &str| {
            let cell = cell.split("</td>").next().unwrap();
            let inner = cell.split_once('>').filter(|_| cell.starts_with('<'));
            let inner = inner.map_or(cell, |(_, inner)| inner);
            inner.split('<').next().unwrap().to_owned()
        };
        cells.map(text).collect()
    };
    // Three lines in all: one stands, two are released.
    let rows = numbers(&by_kind);
    let table = d.house.get("/v1/statistics?by=form").json;
    let cells = table["cells"].as_array().unwrap();
    let pledges: u64 = cells
        .iter()
        .map(|cell| cell["pledges"].as_u64().unwrap())
        .sum();
    assert_eq!(rows[0], pledges.to_string(), "{by_kind}");
    assert_eq!(
        (&*rows[1], rows.last().unwrap().as_str()),
        ("1", "2"),
        "{by_kind}"
    );
    assert!(!by_kind.contains("t/a"), "{by_kind}");
    // It is the same however they are grouped.
    let (_, by_month) = total("month", "zh");
    assert_eq!(numbers(&by_month), rows);
    let (page, english) = total("month", "en");
    assert!(english.contains("Total"), "{english}");
    assert!(page.contains("Pledges (those released too)"), "{page}");
    // One row is its own total.
    let one = d.house.get("/statistics?by=form&lang=en").text;
    assert!(cells.len() > 1 || !one.contains("class=\"total\""), "{one}");
    d.house.close();
}
