//! Kinds that are adopted after entry 0 have their books on the command line too: a template, and an import that is judged by the
//! policy in force.

use std::path::PathBuf;

use greenlien::cli::keyfile::write_key;
use greenlien::domain::command::Body;
use greenlien::domain::party::Role;

use crate::cli::{Folder, program};
use crate::desk::offset;
use crate::support::house::House;
use crate::support::papers::{forest, instant, rectangle, span, unit_number};
use crate::support::play::Play as _;

const KINDS: [(&str, &str); 4] = [
    (
        "water_use",
        include_str!("../fixtures/policy/water_use.toml"),
    ),
    ("mining", include_str!("../fixtures/policy/mining.toml")),
    (
        "energy_contract",
        include_str!("../fixtures/policy/energy_contract.toml"),
    ),
    (
        "forest_compensation",
        include_str!("../fixtures/policy/forest_compensation.toml"),
    ),
];

#[test]
fn books_of_adopted_kinds_are_imported_like_those_of_entry_0() {
    let mut house = House::new();
    let duties = KINDS.map(|(kind, _)| kind);
    let bureau = house.admit(
        "bureau",
        &[Role::Authority],
        &[
            "energy_contract",
            "forest",
            "forest_compensation",
            "mining",
            "water_use",
        ],
    );
    let bank = house.admit("bank", &[Role::Bank], &[]);
    let mill = house.admit("mill", &[Role::Holder], &[]);
    let server = house.client().base().to_owned();
    let folder = Folder::new();
    let template = |kind: &str| {
        let file = folder.path(&format!("{kind}.xlsx"));
        program(&["template", kind, "--out", &file, "--server", &server])
    };
    assert_eq!(template("water_use").code, 1, "it is not adopted yet");
    for (kind, text) in KINDS {
        let (kind, text) = (kind.to_owned(), text.to_owned());
        let body = Body::AdoptPolicy { kind, text };
        let adopted = house.submit(&bank, body, &[&bureau], &[]);
        assert!(adopted.is_accepted(), "{adopted:?}");
    }
    assert_eq!(template("water_use").code, 1, "it is not in force yet");
    house.at(instant("2026-12-03T02:00:00Z"));
    let days = span("2020-01-01", "2060-01-01");
    let ground = rectangle(0, 0, 60_000, 50_000);
    house.issue(
        &bureau,
        forest(&mill, &unit_number(1), "公益林", ground, days),
    );
    for kind in duties {
        let made = template(kind);
        assert_eq!(made.code, 0, "{kind}: {}", made.err);
    }

    let key = |name: &str, key| {
        let path = folder.path(name);
        write_key(&PathBuf::from(&path), key, None).unwrap();
        path
    };
    let (maker, checker) = (
        key("maker.key", &*bureau.maker),
        key("checker.key", &*bureau.checker),
    );
    let clock = format!("--clock-offset={}", offset("2026-12-03T02:00:05Z"));
    let import = |name: &str, text: &str| {
        let file = folder.file(name, text.as_bytes());
        let words = [
            "import",
            &file,
            "--server",
            &server,
            &clock,
            "--key",
            &maker,
            "--key",
            &checker,
            "--confirm",
        ];
        program(&words)
    };
    let holder = &mill.credit_code;
    let unit = unit_number(1);
    let books = [
        (
            "water_use_rights.csv",
            format!(
                "取水权人统一社会信用代码,许可取水量,单位,有效期起,有效期止,用水类别,取水许可证编号,取水口,水源类型\n{holder},90000.5,m3/a,2026-01-01,2030-12-31,工业,D500113S2021-0001,1号取水口,地表水\n"
            ),
        ),
        (
            "energy_contracts.csv",
            format!(
                "节能服务公司统一社会信用代码,年节能收益,单位,收益期起,收益期止,转让状况,合同编号,项目地点,用能单位\n{holder},300000,CNY/a,2026-01-01,2033-12-31,,EMC-2026-01,花溪造纸厂,花溪造纸厂\n"
            ),
        ),
        (
            "forest_compensation.csv",
            format!(
                "补偿对象统一社会信用代码,年补偿金额(元),补偿首年,补偿末年,关联不动产单元号,补偿协议编号\n{holder},85000.40,2026,2035,{unit},公补2026-17\n"
            ),
        ),
    ];
    for (name, text) in &books {
        let done = import(name, text);
        assert_eq!(done.code, 0, "{name}: {}{}", done.out, done.err);
        assert!(done.out.contains("1 registered"), "{name}: {}", done.out);
    }
    let (name, text) = &books[0];
    let again = import(name, text);
    let told = again.out + &again.err;
    assert!(told.contains("nothing to do"), "{told}");
    // A class that the rules do not name is registered, and told on the way.
    let text = |class: &str, number: u32| {
        let unit = unit_number(number);
        format!(
            "不动产单元号,权利人统一社会信用代码,林种,面积(亩),使用期限起,使用期限止\n{unit},{holder},{class},20.00,2026-12-01,2056-12-31\n"
        )
    };
    let told = "类别「商品林木」不在规则所列 (商品林、公益林) 之内";
    let done = import("forest_rights.csv", &text("商品林木", 8));
    assert!(
        done.code == 0 && done.out.contains("registered with warnings") && done.out.contains(told),
        "{}{}",
        done.out,
        done.err
    );
    let fine = import("more_rights.csv", &text("商品林", 9));
    assert!(
        fine.code == 0 && !fine.out.contains("不在规则所列"),
        "{}",
        fine.out
    );
    house.close();
}
