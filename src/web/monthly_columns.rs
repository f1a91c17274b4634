//! What the columns of the monthly table say, for people; programs read docs/FORMATS.md 13, and a test holds the two together.

use crate::web::lang::Lang;

/// Columns, Chinese, English.
const COLUMNS: &[(&str, &str, &str)] = &[
    (
        "month, position",
        "月份; 月末之前的账页数, 即统计的同一位置",
        "the month; the number of entries before its end, the position of the same statistics",
    ),
    (
        "pledge, line",
        "担保登记号; 担保物明细的序号, 从 0 起",
        "the pledge; the number of the line, from 0",
    ),
    (
        "change",
        "本月新增为 new, 本月部分解除或部分处置为 reduced, 本月终结为其终结状态, 依次以空格分隔; 无变化为空",
        "new where the line came in the month, reduced where a part of it was released or disposed of in it, the state where it ended in it, in this order with spaces between, or nothing",
    ),
    (
        "state",
        "月末状态: open 在登, impaired 部分悬空, 其余为已终结的状态",
        "the state at the month's end: open, impaired (a part has no right beneath it), or one of those that have ended",
    ),
    (
        "form",
        "担保形式: 质押或抵押",
        "the form of the security: 质押 (pledge) or 抵押 (mortgage)",
    ),
    (
        "pledgee, pledgee_code, pledgee_name",
        "担保权人 (合并后为承继者): 编号、统一社会信用代码、名称",
        "who is secured, after a merger who acts in its place: id, unified social credit code, name",
    ),
    (
        "pledgor, pledgor_code, pledgor_name",
        "出质人 / 抵押人; 自然人的代码与名称为空",
        "who secures; code and name are empty for natural persons",
    ),
    (
        "right, kind, certificate",
        "权益编号、种类、权证标识 (以分号分隔)",
        "the right, its kind, its identities separated by semicolons",
    ),
    (
        "town",
        "权益所在乡镇的区划代码; 未记载的为持有人的区划代码",
        "of the right, or else the region of its holder",
    ),
    (
        "quantity, unit",
        "担保物数量与单位; 以整项权益担保的为该权益的数量, 以若干年担保的为各年合计",
        "the quantity of the line and its unit: of a whole right the measure of the right, of years what they yield together",
    ),
    (
        "from, through",
        "担保物期间的首日与末日 (含), 有期间的才填",
        "first and last day of the line, where it has days",
    ),
    (
        "term_from, term_through",
        "债务履行期限的首日与末日 (含), 有记载的才填",
        "first and last day of the secured claim, where they are on record",
    ),
    (
        "cap_cny",
        "最高担保金额 (元), 有记载的才填",
        "the most that is secured, in yuan, where it is on record",
    ),
    (
        "registered",
        "担保登记日 (北京时间)",
        "the day (UTC+8) on which the pledge was registered",
    ),
    (
        "green",
        "绿色贷款目录代码, 有记载的才填",
        "the category of the loan in a catalogue of green finance, where it is on record",
    ),
    (
        "released_part, disposed_part",
        "本月部分解除、部分处置的数量, 不含在 quantity 之内; 没有的为空",
        "how much of the line was released, or disposed of, in the month by parts, which is not in quantity; empty where none",
    ),
    (
        "item",
        "数量所指, 如污染物; 种类之内不分细目的为空。不同细目的数量不可相加",
        "what the quantity is of, such as a pollutant; empty where the kind does not tell it apart. Quantities of different items are no sum",
    ),
];

/// Returns the columns with what they say.
pub(crate) fn columns(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let row =
        |(names, zh, en): &(&'static str, &'static str, &'static str)| (*names, lang.pick(zh, en));
    COLUMNS.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_published_table() {
        let formats = include_str!("../../docs/FORMATS.md");
        let section = formats.split("## 13. ").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
        let published: Vec<String> = cells
            .map(|line| line.split(" | ").next().unwrap().replace('`', ""))
            .collect();
        let told: Vec<&str> = columns(Lang::En).iter().map(|(names, _)| *names).collect();
        assert_eq!(told, published);
    }
}
