//! The pages of a supervisor: from a number to its lines, from a month to its end, and the monthly table of a month that is not over.

use crate::statistics::{district, rows_of, story};

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
