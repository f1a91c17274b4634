//! What the reader of commands says of a member, for a person: its reasons are written for programs, in English.
//!
//! The label of the field is put before by the page. A reason without words of its own stands, as it is, in a sentence.

use crate::web::lang::Lang;

/// What a member must be, as the reader says it, and in Chinese.
const FORMS: [(&str, &str); 19] = [
    (
        "a burden such as P57.0",
        "须写到担保的某一行, 如 P57.0 (编号、点、行号)",
    ),
    ("a day such as 2026-12-01", "须为 2026-12-01 这样的日期"),
    ("a name such as contract_no", "须为 contract_no 这样的名称"),
    (
        "a party or a pledge such as M9 or P57",
        "须为主体或担保的编号, 如 M9 或 P57",
    ),
    (
        "a price of one unit in yuan such as 79.50",
        "须为单价, 如 79.50 (元), 大于 0, 至多六位小数",
    ),
    (
        "an amount in yuan such as 4000000.50",
        "须为大于 0 的金额, 如 4000000.50 (元, 至分), 且小于 1,000,000,000,000",
    ),
    ("an area such as 1200", "须为面积, 如 1200"),
    (
        "a type of command such as release_pledge",
        "须为事项的代码, 如 release_pledge",
    ),
    ("an id such as M9", "须为主体编号, 如 M9"),
    ("an id such as R41", "须为权益编号, 如 R41"),
    ("an id such as P57", "须为担保编号, 如 P57"),
    (
        "1 to 32 characters of A-Z, a-z, 0-9, '.', ':', '_' and '-'",
        "须为 1 至 32 个字符的代码, 只含字母、数字和 . : _ -",
    ),
    (
        "1 to 32 characters of a-z, 0-9 and -",
        "须为 1 至 32 个字符, 只含小写字母、数字和 -",
    ),
    (
        "1 to 32 characters of a-z, 0-9, _ and -",
        "须为 1 至 32 个字符, 只含小写字母、数字、_ 和 -",
    ),
    ("6 to 12 digits", "须为 6 至 12 位数字"),
    ("six digits", "须为六位数字"),
    ("years such as 2028-2032", "须为年份, 如 2028-2032"),
    ("paper or video", "须选书面或录像"),
    ("maker or checker", "须选经办或复核"),
];

/// Whole reasons, and what they are in Chinese.
const REASONS: [(&str, &str); 15] = [
    (
        "is not a day such as 2027-12-31",
        "须为 2027-12-31 这样的日期",
    ),
    ("is missing", "请填写"),
    ("must have at least one", "请至少填一项"),
    ("must name one at least", "请至少填一项"),
    ("must be after `from`", "截止须在起始之后"),
    ("is named twice", "写了两次"),
    ("does not belong here", "这一项不应填写"),
    ("must not be negative", "不能为负数"),
    ("must be an integer", "须为整数"),
    (
        "is not a plain decimal number such as 80.5",
        "须为普通十进制数, 如 80.5",
    ),
    (
        "has more decimal digits than the unit of this kind",
        "小数位数多于该种类的单位",
    ),
    (
        "is larger than 999999999999",
        "数太大: 须小于 1,000,000,000,000",
    ),
    (
        "must name two lines or more, each once",
        "须写两行以上, 每行一次",
    ),
    (
        "must name the lines of `from` in another order",
        "须是同样的各行, 次序不同",
    ),
    (
        "must name parties in order, each once",
        "各主体按编号排列, 每个一次",
    ),
];

/// Says in the language of the page why a member is refused; `path` is its place in the body.
pub(crate) fn told(path: &str, reason: &str, lang: Lang) -> String {
    match lang {
        Lang::En => reason.to_owned(),
        Lang::Zh => in_chinese(reason)
            .unwrap_or_else(|| format!("填写的内容不合要求, 请核对 (技术说明 {path}: {reason})")),
    }
}

fn in_chinese(reason: &str) -> Option<String> {
    if let Some((_, zh)) = REASONS.iter().find(|(en, _)| *en == reason) {
        return Some((*zh).to_owned());
    }
    if let Some(rest) = reason.strip_prefix("must be ") {
        let (form, typed) = match rest.rsplit_once(", not \"") {
            Some((form, typed)) => (form, typed.strip_suffix('"')?),
            None => (rest, ""),
        };
        if let Some(between) = between(rest) {
            return Some(between);
        }
        let (_, zh) = FORMS.iter().find(|(en, _)| *en == form)?;
        return Some(if typed.is_empty() {
            (*zh).to_owned()
        } else {
            format!("「{typed}」: {zh}")
        });
    }
    let bytes = reason.strip_prefix("has more than ")?;
    if let Some(most) = bytes.strip_suffix(" bytes of UTF-8") {
        return Some(format!("太长: 至多 {most} 字节 (一个汉字 3 字节)"));
    }
    let most = bytes.strip_suffix(" items")?;
    Some(format!("太多: 至多 {most} 项"))
}

/// `1 to 5, not 0`, and how many characters a text may have.
fn between(rest: &str) -> Option<String> {
    let (range, not) = match rest.split_once(", not ") {
        Some((range, not)) => (range, not),
        None => (rest, ""),
    };
    let (range, of) = match range.strip_suffix(" printable characters") {
        Some(range) => (range, " 个字符"),
        None => (range, ""),
    };
    let (least, most) = range.split_once(" to ")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if !is_number(least) || !is_number(most) {
        return None;
    }
    let typed = match (not, of) {
        ("", _) => String::new(),
        (count, "") => format!("「{count}」: "),
        (count, _) => format!("现有 {count} 个: "),
    };
    Some(format!("{typed}须为 {least} 至 {most}{of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_the_reader_is_said_in_plain_words_and_never_raw_alone() {
        let zh = |reason: &str| told("lines[0].behind[0]", reason, Lang::Zh);
        assert_eq!(
            zh("must be a burden such as P57.0, not \"P456\""),
            "「P456」: 须写到担保的某一行, 如 P57.0 (编号、点、行号)"
        );
        let code =
            "must be 1 to 32 characters of A-Z, a-z, 0-9, '.', ':', '_' and '-', not \"<b>\"";
        assert_eq!(
            zh(code),
            "「<b>」: 须为 1 至 32 个字符的代码, 只含字母、数字和 . : _ -"
        );
        assert_eq!(zh("must be 1 to 5, not 0"), "「0」: 须为 1 至 5");
        assert_eq!(zh("must be 3600 to 34560000"), "须为 3600 至 34560000");
        assert_eq!(
            zh("must be 1 to 64 printable characters, not 80"),
            "现有 80 个: 须为 1 至 64 个字符"
        );
        assert_eq!(zh("is missing"), "请填写");
        assert_eq!(
            zh("has more than 256 bytes of UTF-8"),
            "太长: 至多 256 字节 (一个汉字 3 字节)"
        );
        let other = zh("is something new");
        assert!(other.contains("请核对") && other.contains("lines[0].behind[0]: is something new"));
        assert_eq!(
            told("x", "is missing", Lang::En),
            "is missing",
            "English pages say it as it is"
        );
    }
}
