//! A lender's books on the page 导入, over HTTP: every row judged with who else signs it, the commands that the script makes, and
//! what is told of a file that is no book.

use encoding_rs::GB18030;
use serde_json::Value;

use crate::lending_books::Lender;
use crate::support::person::Person;

/// What the script is given for the rows that may be signed.
fn asked(page: &str) -> Vec<Value> {
    let parts = page.split("data-asked=\"").skip(1);
    let text = |part: &str| part.split('"').next().unwrap().replace("&#34;", "\"");
    parts
        .map(|part| serde_json::from_str(&text(part)).unwrap())
        .collect()
}

#[test]
fn a_book_of_pledges_says_of_every_row_who_signs_it() {
    let lender = Lender::new();
    let person = Person::sign_in(&lender.town.house, &lender.town.bank);
    let text = lender.pledges();
    let (encoded, _, _) = GB18030.encode(&text);
    for (name, kind, bytes) in [
        ("book.csv", "", text.as_bytes()),
        ("old.csv", "pledges", &*encoded),
    ] {
        let raw = person.upload("/import", &[("kind", kind)], (name, bytes));
        let page = raw.text();
        for told in [
            "担保登记台账 · 共 3 行: 可以登记 3",
            "<section class=\"conclusion yes\" role=\"status\">",
            "<span aria-hidden=\"true\">✓</span> 可以登记 3 行, 有误 0 行",
            "须由 mill (M4) 签署",
            "本单位签后放入待签箱",
            "甲-2026-001",
            "10.000 t/a, 2027-01-01 至 2027-12-31 (含)",
            "尚未写入任何内容",
        ] {
            assert!(page.contains(told), "{name}: {told}: {page}");
        }
        let asked = asked(page);
        assert_eq!(asked.len(), 3);
        let mill = lender.town.mill.party.to_string();
        assert_eq!(asked[0]["type"], "register_pledge");
        assert_eq!(asked[0]["hidden"]["contract_no"], "甲-2026-001");
        assert_eq!(asked[0]["hidden"]["principal_cny"], "5000000");
        assert_eq!(asked[0]["body"]["pledgor"], mill.as_str());
        assert!(
            asked[0]["body"].get("hidden").is_none(),
            "digests are made in the browser"
        );
        let signers = asked[0]["signers"].as_array().unwrap();
        assert!(signers.iter().any(|signer| signer["org"] == mill.as_str()));
        assert_eq!(asked[1]["body"]["cap_cny"], "3000000");
        assert_eq!(
            asked[1]["body"]["maximum"]["to"], "2028-12-01",
            "the last day is inclusive"
        );
        assert_eq!(asked[2]["body"]["form"], "抵押");
    }
    let page = person.page("/import?lang=en");
    assert!(
        page.contains("Book of pledges") && page.contains("/import/template/releases.xlsx"),
        "{page}"
    );
    for book in ["pledges", "releases"] {
        let raw = person.get(&format!("/import/template/{book}.xlsx"));
        assert!(raw.bytes.starts_with(b"PK"), "{book}");
    }
    lender.town.house.close();
}

#[test]
fn a_party_is_named_a_number_is_grouped_and_every_fault_of_a_row_is_told() {
    let lender = Lender::new();
    let person = Person::sign_in(&lender.town.house, &lender.town.bank);
    let mill = &lender.town.mill.credit_code;
    let head = "合同编号,权益,出质人,债务人,担保数量,担保起始日,担保截止日,主债权金额(元),用途\n";
    let named = format!(
        "{head}甲-1, {}００１w|cod ,ＭＩＬＬ,bank-a,10,2027/1/1,2027-12-31,\"5,000,000\",\n",
        mill.to_lowercase()
    );
    let raw = person.upload("/import", &[], ("p.csv", named.as_bytes()));
    let page = raw.text();
    assert!(page.contains("可以登记 1"), "{page}");
    let asked = asked(page);
    let party = lender.town.mill.party.to_string();
    assert_eq!(asked[0]["body"]["pledgor"], party.as_str());
    assert_eq!(asked[0]["hidden"]["principal_cny"], "5000000");
    let wrong = format!("{head}甲-2,{mill}001W|COD,bank,mil,0,soon,2027-02-30,五百万,\n");
    let raw = person.upload("/import", &[], ("p.csv", wrong.as_bytes()));
    let page = raw.text();
    for told in [
        // A part of a name is answered with who has it, and the column in the language of the page.
        "<strong>出质人</strong>: 名称含「bank」的主体: bank-a (M6); bank-b (M8)",
        "<strong>债务人</strong>: 名称含「mil」的主体: mill (M4)",
        "「五百万」不是合格的数量",
        "<strong>担保数量</strong>: 数量为 0",
        "<strong>担保起始日</strong>: 「soon」不是日期",
        "<strong>担保截止日</strong>: 没有「2027-02-30」这一天",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let raw = person.upload("/import?lang=en", &[], ("p.csv", wrong.as_bytes()));
    // In English both words are said: the header of the file may be either.
    let told = "<strong>出质人 (pledgor)</strong>: these have &#34;bank&#34; in their names";
    assert!(raw.text().contains(told), "{}", raw.text());
    // What is refused, how much there is and what stands in the way are set apart from each other.
    let large =
        format!("{head}甲-3,{mill}001W|COD,mill,,50,2027-01-01,2027-12-31,\"5,000,000\",\n");
    let raw = person.upload("/import", &[], ("p.csv", large.as_bytes()));
    let page = raw.text();
    assert!(page.contains("超出可用量; 最多: 40.000 t/a"), "{page}");
    let beside = "3002</a>: <a class=\"id\" href=\"/pledges/";
    assert!(page.contains(beside), "{page}");
    lender.town.house.close();
}

#[test]
fn a_book_of_releases_is_judged_and_one_that_lacks_a_column_is_told_which() {
    let lender = Lender::new();
    let person = Person::sign_in(&lender.town.house, &lender.town.bank);
    let (pledge, mill) = (lender.town.pledge, &lender.town.mill.credit_code);
    let rows = format!(
        "{}{pledge},全部,,,,,\nP99999,全部,,,,,\n{},全部,,,,,\n",
        lender.releases(),
        lender.town.permit
    );
    let raw = person.upload("/import", &[], ("r.csv", rows.as_bytes()));
    let page = raw.text();
    for told in [
        "解除担保台账 · 共 4 行: 可以登记 1, 与前行重复 1, 填写有误 2",
        "本登记系统内未见担保「P99999」",
        &format!(
            "「{}」是一项权益, 本列须填担保登记<br><span class=\"hint\">填写担保登记编号; 该权益上的担保: {pledge}<",
            lender.town.permit
        ),
        "第 2 行已解除同一担保的同一部分",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let asked = asked(page);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["body"]["lines"][0]["quantity"], "20");
    assert!(
        asked[0]["expect"][pledge.to_string()].is_u64(),
        "{}",
        asked[0]
    );
    let many: Vec<String> = (0..201).map(|n| format!("甲-{n},R1,{mill}\n")).collect();
    let many = format!("合同编号,权益,出质人\n{}", many.concat());
    for (bytes, told) in [
        (
            "合同编号,出质人,担保数量\n甲,乙,1\n",
            "最接近「担保登记台账」, 缺少列「权益 right」",
        ),
        ("担保登记编号,全部或部分\n", "表格没有数据行"),
        (&*many, "本页为第 1–200 行"),
    ] {
        let raw = person.upload("/import", &[], ("book.csv", bytes.as_bytes()));
        assert!(raw.text().contains(told), "{told}: {}", raw.text());
    }
    // The row of a stranger's pledge is refused by the law, with its number.
    let other = Person::sign_in(&lender.town.house, &lender.town.other);
    let raw = other.upload("/import", &[], ("r.csv", lender.releases().as_bytes()));
    assert!(raw.text().contains("不可登记 1"), "{}", raw.text());
    let none = "<span aria-hidden=\"true\">✕</span> 可以登记 0 行, 有误 1 行";
    assert!(
        raw.text().contains("<section class=\"conclusion no\"") && raw.text().contains(none),
        "{}",
        raw.text()
    );
    lender.town.house.close();
}
