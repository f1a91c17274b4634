//! What a typed number says of itself where nothing is found: its check digits do not fit, so a character of it is wrong.
//!
//! Separate from `look`, which compares with records; here is only arithmetic.

use crate::primitives::identifier::{
    CreditCode, IdentifierFault, PermitNumber, RegistrationNumber, normal_form_upper,
};
use crate::web::lang::Lang;

/// Says which number was meant, where its check digits do not fit the rest of it or a part of it is missing.
pub(crate) fn mistyped(typed: &str, lang: Lang) -> Option<&'static str> {
    let normal = normal_form_upper(typed);
    let compact: String = normal.chars().filter(|c| !c.is_whitespace()).collect();
    // A permit begins with a credit code, and may have the pollutant after it.
    let permit = compact.split('|').next().unwrap_or_default();
    let is_wrong = |fault: Option<IdentifierFault>| match fault {
        Some(IdentifierFault::CheckDigit { .. }) => true,
        Some(IdentifierFault::Shape { .. } | IdentifierFault::NotNormal(_)) | None => false,
    };
    let pick = |zh, en| lang.pick(zh, en);
    if is_wrong(RegistrationNumber::parse(&compact).err()) {
        return Some(pick(
            "登记编号末两位校验位与前文不符: 必有一处有误",
            "The check digits of this registration number do not fit: a character of it is wrong",
        ));
    }
    if compact.starts_with("GL-") && RegistrationNumber::parse(&compact).is_err() {
        return Some(pick(
            "登记编号不完整: 须如 GL-500113-PLEDGE-000000057-00, 末两位为校验位",
            "This registration number is not whole: it is like GL-500113-PLEDGE-000000057-00, and ends with two check digits",
        ));
    }
    if is_wrong(CreditCode::parse(&compact).err()) {
        return Some(pick(
            "统一社会信用代码的校验码与前文不符: 必有一处有误",
            "The check character of this credit code does not fit: a character of it is wrong",
        ));
    }
    if is_like_a_credit_code(&compact) && CreditCode::parse(&compact).is_err() {
        return Some(pick(
            "统一社会信用代码须为 18 位, 且不含字母 I、O、S、V、Z",
            "A credit code has 18 characters and none of the letters I, O, S, V and Z",
        ));
    }
    is_wrong(PermitNumber::parse(permit).err()).then(|| {
        pick(
            "排污许可证编号前 18 位的校验码不符: 必有一处有误",
            "The credit code at the head of this permit number has a check character that does not fit: a character of it is wrong",
        )
    })
}

/// Says whether a text begins as credit codes do, with kind and region, and is about as long.
fn is_like_a_credit_code(text: &str) -> bool {
    let kind = text.get(..2).unwrap_or_default();
    let region = text.get(2..8).unwrap_or_default();
    let is_region = region.len() == 6 && region.bytes().all(|byte| byte.is_ascii_digit());
    let has_letter = text.bytes().any(|byte| byte.is_ascii_uppercase());
    (17..=19).contains(&text.len())
        && is_region
        && has_letter
        && ["11", "12", "51", "52", "91", "92", "93"].contains(&kind)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
