//! A row of the book of pledges as the command that would register it, with the values that it hides.
//!
//! A row is one pledge of one right, in first rank or behind what is registered. What a real book has and this one does not
//! carry: several rights in one pledge, agreed ranks, shares of a syndicate, a reservation to be taken over, and guarantees;
//! the forms of the pages have all of them. Which cells belong to a row the kind of its right says.

use std::collections::BTreeMap;

use crate::documents::books::lending::cells::{
    WITH_CONTRACT, check_unit, days_of, hidden_value, optional_days, optional_yuan, quantity_of,
};
use crate::documents::books::lending::columns::{
    CAP, CONSENT, CONSENT_CLASS, CONTRACT, DEBTOR, FIRST_YEAR, FROM, GREEN, LAST_YEAR, MAXIMUM,
    ORDINARY, PAPER, PERIOD_FROM, PERIOD_THROUGH, PLEDGOR, PRINCIPAL, PURPOSE, QUANTITY, RIGHT,
    SORT, TERM_FROM, TERM_THROUGH, THROUGH, VIDEO,
};
use crate::documents::books::lending::judge::{Look, Stop};
use crate::documents::books::lending::{UNIT, is_choice};
use crate::documents::books::rows::year_of;
use crate::documents::books::{RowFault, TableRow};
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::{ExtentRequest, LineRequest, RegisterPledge};
use crate::domain::pledge::Form;
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::domain::right::Right;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::identifier::CreditCode;
use crate::primitives::quantity::Quantity;
use crate::primitives::time::Span;

/// The hidden member by which a pledge is known again.
pub(super) const CONTRACT_CLAIM: &str = "contract_no";
/// Characters of the code of a green loan.
const GREEN_CHARS_MAX: usize = 32;

/// What a row of the book says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PledgeRow {
    /// The command, without the digests of what it hides.
    pub register: RegisterPledge,
    /// What it hides.
    pub hidden: BTreeMap<String, String>,
    /// The consent of a pledgor without keys.
    pub consent: Option<(ConsentClass, Hash)>,
    /// The number of the contract.
    pub contract: String,
    /// The right.
    pub right: RightId,
    /// The first identity of the right.
    pub identity: String,
    /// How much of it, for people.
    pub told: String,
}

/// Reads a row.
pub(super) fn read<L: Look>(
    row: &TableRow,
    policies: &[KindPolicy],
    look: &L,
) -> Result<PledgeRow, Stop<L::Fault>> {
    let contract = hidden_value(row, CONTRACT)?;
    let contract = contract
        .map_or_else(|| row.required(CONTRACT), Ok)?
        .to_owned();
    let (id, right, policy) = right_of(row, policies, look)?;
    let pledgor = party_of(row, PLEDGOR, row.required(PLEDGOR)?, look)?;
    let debtor = match row.cell(DEBTOR) {
        Some(typed) => Some(party_of(row, DEBTOR, typed, look)?),
        None => None,
    };
    let consent = consent_of(row)?;
    let has_keys = look.has_keys(pledgor).map_err(Stop::Look)?;
    check_consent(row, consent, has_keys, policy)?;
    let extent = extent_of(row, policy)?;
    let (cap, maximum) = cap_of(row)?;
    let mut hidden = BTreeMap::from([(CONTRACT_CLAIM.to_owned(), contract.clone())]);
    let principal = optional_yuan(row, PRINCIPAL)?.map(|yuan| yuan.to_string());
    let purpose = hidden_value(row, PURPOSE)?.map(str::to_owned);
    for (claim, value) in [("principal_cny", principal), ("purpose", purpose)] {
        hidden.extend(value.map(|value| (claim.to_owned(), value)));
    }
    let told = told_of(&extent);
    let register = RegisterPledge {
        pledgor,
        debtor: debtor.filter(|debtor| *debtor != pledgor),
        form: Form::parse(&policy.form).unwrap_or(Form::Pledge),
        lines: vec![LineRequest {
            right: id,
            extent,
            behind: Vec::new(),
        }],
        term: optional_days(row, TERM_FROM, TERM_THROUGH)?,
        reservation: None,
        cap_cny: cap,
        maximum,
        syndicate: Vec::new(),
        green: green_of(row)?,
        hidden: Vec::new(),
    };
    let identity = right.identities.first();
    Ok(PledgeRow {
        register,
        hidden,
        consent,
        contract,
        right: id,
        identity: identity.map(|it| it.value.clone()).unwrap_or_default(),
        told,
    })
}

fn right_of<'a, L: Look>(
    row: &TableRow,
    policies: &'a [KindPolicy],
    look: &L,
) -> Result<(RightId, Right, &'a KindPolicy), Stop<L::Fault>> {
    let named = row.required(RIGHT)?.trim();
    let found = look.right(named).map_err(Stop::Look)?;
    let Some((id, right)) = found else {
        let reason = (
            format!("本登记系统内未见权益「{named}」"),
            format!("no right {named:?} is registered"),
        );
        let fix = (
            "填写权益编号 (R41) 或权证标识, 各部分以 | 相连, 与权益页核对",
            "write R41, or the identity with | between its parts, as the page of the right shows it",
        );
        return Err(row.fault(RIGHT, reason, fix).into());
    };
    let Some(policy) = policies.iter().find(|policy| policy.kind == right.kind) else {
        let reason = (
            "该种类没有现行政策",
            "there are no rules in force for its kind",
        );
        let fix = ("请与登记机构联系", "ask the registrar");
        return Err(row.fault(RIGHT, reason, fix).into());
    };
    Ok((id, right, policy))
}

fn party_of<L: Look>(
    row: &TableRow,
    header: &str,
    typed: &str,
    look: &L,
) -> Result<PartyId, Stop<L::Fault>> {
    let typed = typed.trim();
    let found = look.party(typed).map_err(Stop::Look)?;
    found.ok_or_else(|| {
        let is_id = PartyId::parse(typed).is_some();
        let reason = match CreditCode::parse(typed) {
            Err(fault) if !is_id => (
                format!("统一社会信用代码 {typed} 不正确"),
                fault.to_string(),
            ),
            Err(_) | Ok(_) => (
                format!("主体 {typed} 尚未登记"),
                format!("no party {typed} is registered"),
            ),
        };
        let fix = (
            "请与营业执照核对; 未登记的请登记机构先接纳",
            "compare with the business licence; have the registrar admit it first",
        );
        row.fault(header, reason, fix).into()
    })
}

/// Reads the cells that the kind asks for; others must be empty, for they would mean nothing.
fn extent_of(row: &TableRow, policy: &KindPolicy) -> Result<ExtentRequest, RowFault> {
    let mut extent = ExtentRequest::default();
    if policy.extent == ExtentRule::Amount {
        check_unit(row, policy)?;
        let quantity = quantity_of(row, QUANTITY, policy)?;
        if quantity.is_zero() {
            let reason = ("数量为 0", "the quantity is 0");
            let fix = ("填写大于 0 的数量", "write a quantity greater than 0");
            return Err(row.fault(QUANTITY, reason, fix));
        }
        extent.amount = Some((quantity, policy.unit.clone()));
    } else {
        must_be_empty(row, &[QUANTITY, UNIT], policy)?;
    }
    if policy.model == Model::Flow {
        extent.span = Some(days_of(row, FROM, THROUGH)?);
    } else {
        must_be_empty(row, &[FROM, THROUGH], policy)?;
    }
    if policy.extent == ExtentRule::Years {
        let (first, last) = (year_of(row, FIRST_YEAR)?, year_of(row, LAST_YEAR)?);
        if Span::of_years(first, last).is_none() {
            let reason = (
                format!("末年 {last} 早于首年 {first}"),
                format!("the last year {last} is before the first, {first}"),
            );
            return Err(row.fault(LAST_YEAR, reason, WITH_CONTRACT));
        }
        extent.years = Some((first, last));
    } else {
        must_be_empty(row, &[FIRST_YEAR, LAST_YEAR], policy)?;
    }
    Ok(extent)
}

fn must_be_empty(row: &TableRow, headers: &[&str], policy: &KindPolicy) -> Result<(), RowFault> {
    match headers.iter().find(|header| row.cell(header).is_some()) {
        None => Ok(()),
        Some(header) => {
            let reason = (
                format!("「{}」不按此列担保", policy.title_zh),
                format!("a {} is not pledged by it", policy.title_en),
            );
            Err(row.fault(header, reason, ("请清空", "empty the cell")))
        }
    }
}

/// Reads what is secured at most: of a maximum-amount pledge with its period, else only where it is written.
fn cap_of(row: &TableRow) -> Result<(Option<Quantity>, Option<Span>), RowFault> {
    let sort = row.cell(SORT).map_or(ORDINARY, str::trim);
    let cap = optional_yuan(row, CAP)?;
    if is_choice(MAXIMUM, sort) {
        if cap.is_none() {
            row.required(CAP)?;
        }
        return Ok((cap, Some(days_of(row, PERIOD_FROM, PERIOD_THROUGH)?)));
    }
    if !is_choice(ORDINARY, sort) {
        let reason = (
            format!("「{sort}」不是 {ORDINARY} 或 {MAXIMUM}"),
            format!("{sort:?} is neither {ORDINARY} nor {MAXIMUM}"),
        );
        let fix = ("从列表选择", "choose from the list");
        return Err(row.fault(SORT, reason, fix));
    }
    let mut period = [PERIOD_FROM, PERIOD_THROUGH].into_iter();
    match period.find(|header| row.cell(header).is_some()) {
        None => Ok((cap, None)),
        Some(header) => {
            let reason = (
                "一般担保没有债权确定期间",
                "an ordinary pledge has no determination period",
            );
            let fix = (
                "清空, 或选择最高额",
                "empty it, or choose a maximum-amount pledge",
            );
            Err(row.fault(header, reason, fix))
        }
    }
}

fn green_of(row: &TableRow) -> Result<Option<String>, RowFault> {
    let Some(code) = row.cell(GREEN).map(str::trim) else {
        return Ok(None);
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".:-_".contains(c);
    if code.chars().all(is_allowed) && code.len() <= GREEN_CHARS_MAX {
        return Ok(Some(code.to_owned()));
    }
    let reason = (
        format!("「{code}」不是类别代码"),
        format!("{code:?} is no code of a category"),
    );
    let fix = (
        format!("用目录中的代码, 字母数字与 . : _ -, 至多 {GREEN_CHARS_MAX} 个字符"),
        format!("use the code of the catalogue: A-Z a-z 0-9 . : _ -, at most {GREEN_CHARS_MAX}"),
    );
    Err(row.fault(GREEN, reason, fix))
}

fn consent_of(row: &TableRow) -> Result<Option<(ConsentClass, Hash)>, RowFault> {
    let (Some(digest), class) = (row.cell(CONSENT).map(str::trim), row.cell(CONSENT_CLASS)) else {
        return Ok(None);
    };
    let Some(hash) = Hash::from_hex(&digest.to_ascii_lowercase()) else {
        let reason = (
            "不是 SHA-256 (64 个十六进制数字)",
            "is no SHA-256 of 64 hexadecimal digits",
        );
        let fix = (
            "在签署页选择文件即得, 或用 sha256sum",
            "sha256sum prints it, and so does the page that signs",
        );
        return Err(row.fault(CONSENT, reason, fix));
    };
    let class = class.map(str::trim);
    let class = match class {
        Some(class) if is_choice(VIDEO, class) => Some(ConsentClass::Video),
        Some(class) if is_choice(PAPER, class) => Some(ConsentClass::Paper),
        Some(_) | None => None,
    };
    let Some(class) = class else {
        let reason = (
            format!("须为 {PAPER} 或 {VIDEO}"),
            format!("must be {PAPER} or {VIDEO}"),
        );
        let fix = ("从列表选择", "choose from the list");
        return Err(row.fault(CONSENT_CLASS, reason, fix));
    };
    Ok(Some((class, hash)))
}

/// Whoever holds a key signs; for whoever holds none the lender says that it consented, where the rules of the kind let it.
fn check_consent(
    row: &TableRow,
    consent: Option<(ConsentClass, Hash)>,
    has_keys: bool,
    policy: &KindPolicy,
) -> Result<(), RowFault> {
    let allowed: Vec<&str> = policy.attested.iter().map(|class| class.name()).collect();
    let (reason, fix) = match consent {
        None if has_keys => return Ok(()),
        Some((class, _)) if !has_keys && policy.attested.contains(&class) => return Ok(()),
        Some(_) if has_keys => (
            (
                "出质人持有密钥, 须自行签署",
                "the pledgor holds keys and signs by itself",
            ),
            ("请清空".to_owned(), "empty the cell".to_owned()),
        ),
        Some(_) | None if allowed.is_empty() => (
            (
                "出质人未持密钥, 该种类的规则又不许由担保权人声明其同意",
                "the pledgor holds no key, and the rules of the kind let nobody state its consent",
            ),
            (
                "请登记机构先为出质人登记密钥".to_owned(),
                "have the registrar admit a key of the pledgor first".to_owned(),
            ),
        ),
        Some(_) | None => (
            (
                "出质人未持密钥, 须有规则所许形式的同意",
                "the pledgor holds no key: its consent is needed in a form that the rules allow",
            ),
            (
                format!("填写同意书的 SHA-256 与形式 ({})", allowed.join(", ")),
                format!(
                    "write the SHA-256 of its consent, and on what it is ({})",
                    allowed.join(", ")
                ),
            ),
        ),
    };
    Err(row.fault(CONSENT, reason, fix))
}

fn told_of(extent: &ExtentRequest) -> String {
    let amount = extent.amount.iter();
    let mut parts: Vec<String> = amount.map(|(it, unit)| format!("{it} {unit}")).collect();
    let days = extent.span.iter();
    parts.extend(days.map(|span| format!("{} – {}", span.from(), span.to().previous())));
    let years = extent.years.iter();
    parts.extend(years.map(|(first, last)| format!("{first} – {last}")));
    if parts.is_empty() {
        return "全部 whole".to_owned();
    }
    parts.join(", ")
}

/// Returns the columns in which a row is not what was registered.
pub(super) fn differing(
    was: (&RegisterPledge, &BTreeMap<String, String>),
    row: &PledgeRow,
) -> Vec<&'static str> {
    let ((register, hidden), own) = (was, &row.register);
    let line = |of: &RegisterPledge| of.lines.first().map(|line| line.extent.clone());
    let (before, now) = (
        line(register).unwrap_or_default(),
        line(own).unwrap_or_default(),
    );
    let claims = [("principal_cny", PRINCIPAL), ("purpose", PURPOSE)];
    let mut found: Vec<&'static str> = [
        (register.pledgor != own.pledgor, PLEDGOR),
        (register.debtor != own.debtor, DEBTOR),
        (before.amount != now.amount, QUANTITY),
        (before.span != now.span, FROM),
        (before.years != now.years, FIRST_YEAR),
        (register.maximum != own.maximum, PERIOD_FROM),
        (register.cap_cny != own.cap_cny, CAP),
        (register.term != own.term, TERM_THROUGH),
        (register.green != own.green, GREEN),
        (register.lines.len() != own.lines.len(), RIGHT),
    ]
    .into_iter()
    .filter_map(|(differs, header)| differs.then_some(header))
    .collect();
    let hides = claims
        .into_iter()
        .filter(|(claim, _)| hidden.get(*claim) != row.hidden.get(*claim));
    found.extend(hides.map(|(_, header)| header));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMISSION: &str = include_str!("../../../../fixtures/policy/emission.toml");
    const SINK: &str = include_str!("../../../../fixtures/policy/carbon_sink.toml");
    const FOREST: &str = include_str!("../../../../fixtures/policy/forest.toml");

    fn row(cells: &[(&str, &str)]) -> TableRow {
        let cells = cells.iter();
        TableRow {
            file: "book".to_owned(),
            line: 2,
            cells: cells
                .map(|(header, cell)| ((*header).to_owned(), (*cell).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_kind_says_which_cells_belong_to_a_row() {
        let extent = |policy: &str, cells: &[(&str, &str)]| {
            extent_of(&row(cells), &KindPolicy::parse(policy).unwrap())
                .map(|extent| told_of(&extent))
                .map_err(|fault| (fault.column.unwrap(), fault.reason))
        };
        let years = [(FIRST_YEAR, "2027"), (LAST_YEAR, "2029")];
        assert_eq!(extent(SINK, &years).unwrap(), "2027 – 2029");
        assert_eq!(extent(FOREST, &[]).unwrap(), "全部 whole");
        let days = [
            (FROM, "2027/1/1"),
            (THROUGH, "2027年12月31日"),
            (QUANTITY, "3.5"),
        ];
        assert_eq!(
            extent(EMISSION, &days).unwrap(),
            "3.5 t/a, 2027-01-01 – 2027-12-31"
        );
        for (policy, cells, column) in [
            (
                SINK,
                vec![(FIRST_YEAR, "2029"), (LAST_YEAR, "2027")],
                LAST_YEAR,
            ),
            (SINK, [&years[..], &[(UNIT, "t/a")]].concat(), UNIT),
            (FOREST, vec![(QUANTITY, "5")], QUANTITY),
            (EMISSION, [&days[..], &years[..1]].concat(), FIRST_YEAR),
            (EMISSION, days[..2].to_vec(), QUANTITY),
            (EMISSION, days[1..].to_vec(), FROM),
        ] {
            assert_eq!(extent(policy, &cells).unwrap_err().0, column);
        }
    }

    #[test]
    fn a_cap_belongs_to_a_maximum_and_a_consent_has_a_form() {
        let column = |fault: RowFault| fault.column.unwrap();
        let cap = |cells: &[(&str, &str)]| cap_of(&row(cells)).map_err(column);
        assert_eq!(cap(&[]), Ok((None, None)));
        assert_eq!(cap(&[(SORT, "Maximum")]), Err(CAP.to_owned()));
        assert_eq!(
            cap(&[(SORT, "最高额"), (CAP, "5.001")]),
            Err(CAP.to_owned())
        );
        assert_eq!(
            cap(&[(SORT, "最高额"), (CAP, "5")]),
            Err(PERIOD_FROM.to_owned())
        );
        assert_eq!(
            cap(&[(PERIOD_FROM, "2027-01-01")]),
            Err(PERIOD_FROM.to_owned())
        );
        assert_eq!(cap(&[(SORT, "浮动")]), Err(SORT.to_owned()));
        let digest = "AB".repeat(32);
        let consent = |cells: &[(&str, &str)]| consent_of(&row(cells)).map_err(column);
        let found = consent(&[(CONSENT, &digest), (CONSENT_CLASS, "视频 video")]).unwrap();
        assert_eq!(found.map(|(class, _)| class), Some(ConsentClass::Video));
        assert_eq!(
            consent(&[(CONSENT, &digest)]),
            Err(CONSENT_CLASS.to_owned())
        );
        assert_eq!(consent(&[(CONSENT, "ab")]), Err(CONSENT.to_owned()));
    }
}
