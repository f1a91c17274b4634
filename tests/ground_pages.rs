//! The ground on the page of a right: neighbors by name, what two parcels share, both areas, and a title of its own.

use greenlien::domain::party::Role;
use greenlien::primitives::id::RightId;

use crate::support::cast::Actor;
use crate::support::house::House;
use crate::support::papers;
use crate::support::play::Play as _;

/// A parcel of a cooperative, one beside it, and one that reaches ten units, a quarter of a percent, into it.
fn parcels(house: &mut House) -> (Actor, [RightId; 3]) {
    let bureau = house.admit("bureau", &[Role::Authority], &["forest"]);
    let coop = house.admit("coop", &[Role::Holder], &[]);
    let farmer = house.admit("farmer", &[Role::Holder], &[]);
    let days = papers::span("2026-12-01", "2041-01-01");
    let mut issue = |holder: &Actor, number, east| {
        let unit = papers::unit_number(number);
        let ground = papers::rectangle(east, 0, 4_000, 3_000);
        let parcel = papers::forest(holder, &unit, "商品林", ground, days);
        house.issue(&bureau, parcel)
    };
    let rights = [
        issue(&coop, 1, 0),
        issue(&coop, 2, -4_000),
        issue(&farmer, 3, 3_990),
    ];
    (farmer, rights)
}

#[test]
fn neighbors_are_named_and_what_they_share_is_hatched_and_told_first() {
    let mut house = House::new();
    let (farmer, [own, beside, sliver]) = parcels(&mut house);
    for (lang, told) in [
        (
            "zh",
            [
                "图形与相邻宗地重叠: ",
                "证载面积",
                "图形面积",
                "312.40 亩",
                "共同面积",
            ],
        ),
        (
            "en",
            [
                "Its polygon overlaps neighbors: ",
                "area by the certificate",
                "area by the polygon",
                "312.40 mu",
                "ground in common",
            ],
        ),
    ] {
        let page = house.get(&format!("/rights/{own}?lang={lang}")).text;
        for told in told {
            assert!(page.contains(told), "{told}: {page}");
        }
        // Named, linked, with holder and what is shared; the one that only touches shares nothing.
        let row = |id: RightId| {
            let link = format!("<a class=\"id\" href=\"/rights/{id}\">{id}</a> ");
            let from = page.find(&link).unwrap_or_else(|| panic!("{link}: {page}"));
            page[from..].split("</tr>").next().unwrap().to_owned()
        };
        let (touching, sharing) = (row(beside), row(sliver));
        assert!(touching.contains(">–</td>"), "{touching}");
        assert!(
            sharing.contains(&format!("/parties/{}", farmer.party)),
            "{sharing}"
        );
        let unit = if lang == "zh" {
            " 亩</td>"
        } else {
            " mu</td>"
        };
        assert!(
            sharing.contains(unit) && sharing.contains("500113"),
            "{sharing}"
        );
        let first = page.find(&format!("href=\"/rights/{sliver}\"")).unwrap();
        assert!(first < page.find(&format!("href=\"/rights/{beside}\"")).unwrap());
        // On the map, for a desk and for a phone: one is hatched, both have their numbers.
        assert_eq!(page.matches("class=\"overlap\"").count(), 2, "{page}");
        for id in [beside, sliver] {
            assert!(page.contains(&format!(">{id}</text>")), "{id}: {page}");
        }
    }
    // Who touches nobody's ground has no hatching and no sentence.
    let page = house.get(&format!("/rights/{beside}")).text;
    assert!(
        !page.contains("图形与相邻宗地重叠") && !page.contains("class=\"overlap\""),
        "{page}"
    );
    assert!(page.contains("swatch neighbor") && !page.contains("swatch overlap"));
    house.close();
}

#[test]
fn the_title_tells_a_parcel_from_the_others_of_its_holder() {
    let mut house = House::new();
    let (_, [own, beside, _]) = parcels(&mut house);
    let title = |id: RightId| {
        let page = house.get(&format!("/rights/{id}")).text;
        let title = page
            .split("<h1>")
            .nth(1)
            .unwrap()
            .split("</h1>")
            .next()
            .unwrap();
        title.to_owned()
    };
    let (one, other) = (title(own), title(beside));
    assert_ne!(one, other);
    assert!(one.contains("JE00001") && one.contains("coop"), "{one}");
    house.close();
}

#[test]
fn a_right_on_the_same_ground_is_named_wherever_it_is_noticed() {
    let mut house = House::new();
    let bureau = house.admit("bureau", &[Role::Authority], &["carbon_sink", "forest"]);
    let coop = house.admit("coop", &[Role::Holder], &[]);
    let bank = house.admit("bank-a", &[Role::Bank], &[]);
    let days = papers::span("2026-12-01", "2041-01-01");
    let unit = papers::unit_number(1);
    let ground = papers::rectangle(0, 0, 4_000, 3_000);
    let forest = house.issue(
        &bureau,
        papers::forest(&coop, &unit, "商品林", ground, days),
    );
    let project = papers::sink(&coop, "CQ-LH-2027-001", &[&unit], (2027, 2036));
    let sink = house.issue(&bureau, project);
    let named = |page: &str, id: RightId| {
        page.contains(&format!("<a class=\"id\" href=\"/rights/{id}\">{id}</a> "))
    };
    // Before anything is pledged: on both pages, first.
    for (own, other) in [(forest, sink), (sink, forest)] {
        let page = house.get(&format!("/rights/{own}")).text;
        let (_, told) = page
            .split_once("id=\"same-ground\">同一地块另有权益: ")
            .unwrap();
        let told = told.split("</p>").next().unwrap();
        assert!(named(told, other) && told.contains(" · coop"), "{told}");
    }
    let asked = format!("/check?right={forest}&pledgee={}&lang=en", bank.party);
    let page = house.get(&asked).text;
    let (_, told) = page.split_once("Notes: rights of another layer").unwrap();
    assert!(named(told.split("</p>").next().unwrap(), sink), "{page}");
    let line = papers::line(forest, papers::whole());
    let answer = house.submit(&bank, papers::pledge(&coop, vec![line]), &[&coop], &[]);
    let entry = answer.pledge().0;
    for path in [
        format!("/log/{entry}?lang=en"),
        "/log?lang=en".to_owned(),
        format!("/work?party={}&lang=en", bank.party),
        format!("/pledges/P{entry}?lang=en"),
    ] {
        let page = house.get(&path).text;
        assert!(named(&page, sink), "{path}: {page}");
    }
    house.close();
}
