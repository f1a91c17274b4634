//! A row of the book of pledges as the command that would register it, with the values that it hides.
//!
//! A row is one pledge of one right, in first rank or behind what is registered. What a real book has and this one does not
//! carry: several rights in one pledge, agreed ranks, shares of a syndicate, a reservation to be taken over, and guarantees;
//! the forms of the pages have all of them. Which cells belong to a row the kind of its right says.

use std::collections::BTreeMap;

use crate::documents::books::lending::cells::{
    WITH_CONTRACT, check_unit, hidden_value, optional_days, optional_yuan, quantity_of,
};
use crate::documents::books::lending::columns::{
    CAP, CONSENT, CONSENT_CLASS, CONTRACT, DEBTOR, FIRST_YEAR, FROM, GREEN, LAST_YEAR, MAXIMUM,
    ORDINARY, PAPER, PERIOD_FROM, PERIOD_THROUGH, PLEDGOR, PRINCIPAL, PURPOSE, QUANTITY, RIGHT,
    SORT, TERM_FROM, TERM_THROUGH, THROUGH, VIDEO,
};
use crate::documents::books::lending::instead::{self, Takes};
use crate::documents::books::lending::judge::{Alike, Look, Stop};
use crate::documents::books::lending::{UNIT, is_choice};
use crate::documents::books::rows::{days_of, years_of};
use crate::documents::books::{Faults, RowFault, TableRow};
use crate::documents::typed;
use crate::domain::authority::attest::ConsentClass;
use crate::domain::command::{ExtentRequest, LineRequest, RegisterPledge};
use crate::domain::pledge::Form;
use crate::domain::policy::{ExtentRule, KindPolicy, Model};
use crate::domain::right::{Identity, Right};
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, RightId};
use crate::primitives::identifier::{CreditCode, normal_form, normal_form_upper};
use crate::primitives::quantity::{Quantity, Scale};
use crate::primitives::time::Span;

/// The hidden member by which a pledge is known again.
pub(super) const CONTRACT_CLAIM: &str = "contract_no";
/// Characters of a credit code: what has as many is one, and no name.
const CREDIT_CODE_CHARS: usize = 18;
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
    pub identity: Option<Identity>,
    /// The scale of quantities of its kind.
    pub scale: Scale,
}

/// Reads a row.
pub(super) fn read<L: Look>(
    row: &TableRow,
    policies: &[KindPolicy],
    look: &L,
) -> Result<PledgeRow, Stop<L::Fault>> {
    let mut faults = Faults::of(row);
    let contract = faults.take(
        hidden_value(row, CONTRACT)
            .and_then(|contract| contract.map_or_else(|| row.required(CONTRACT), Ok)),
    );
    let found = kept(right_of(row, policies, look), &mut faults)?;
    let named = row.required(PLEDGOR).map_err(Stop::from);
    let pledgor = named.and_then(|named| party_of(row, PLEDGOR, named, look));
    let pledgor = kept(pledgor, &mut faults)?;
    let debtor = match row.cell(DEBTOR) {
        Some(named) => kept(party_of(row, DEBTOR, named, look), &mut faults)?,
        None => None,
    };
    let consent = faults.take(consent_of(row));
    let policy = found.as_ref().map(|(_, _, policy)| *policy);
    if let (Some(pledgor), Some(consent), Some(policy)) = (pledgor, consent, policy) {
        let has_keys = look.has_keys(pledgor).map_err(Stop::Look)?;
        faults.take(check_consent(row, consent, has_keys, policy));
    }
    let extent = policy.map(|policy| extent_of(row, policy, &mut faults));
    let (cap, maximum) = cap_of(row, &mut faults);
    let mut hidden = BTreeMap::new();
    let principal = faults.take(optional_yuan(row, PRINCIPAL)).flatten();
    let principal = principal.map(|yuan| yuan.to_string());
    let purpose = faults.take(hidden_value(row, PURPOSE)).flatten();
    let own = contract.map(str::to_owned);
    for (claim, value) in [
        (CONTRACT_CLAIM, own.clone()),
        ("principal_cny", principal),
        ("purpose", purpose.map(str::to_owned)),
    ] {
        hidden.extend(value.map(|value| (claim.to_owned(), value)));
    }
    let term = optional_days(row, TERM_FROM, TERM_THROUGH, &mut faults);
    let green = faults.take(green_of(row)).flatten();
    let (Some(contract), Some((id, right, policy)), Some(pledgor), Some(extent)) =
        (own, found, pledgor, extent)
    else {
        return faults.conclude(None).map_err(Stop::Row);
    };
    let register = RegisterPledge {
        pledgor,
        debtor: debtor.filter(|debtor| *debtor != pledgor),
        form: Form::parse(&policy.form).unwrap_or(Form::Pledge),
        lines: vec![LineRequest {
            right: id,
            extent,
            behind: Vec::new(),
        }],
        term,
        reservation: None,
        cap_cny: cap,
        maximum,
        syndicate: Vec::new(),
        green,
        hidden: Vec::new(),
    };
    let read = PledgeRow {
        register,
        hidden,
        consent: consent.flatten(),
        contract,
        right: id,
        identity: right.identities.first().cloned(),
        scale: policy.scale,
    };
    faults.conclude(Some(read)).map_err(Stop::Row)
}

/// Keeps the faults of a row with its others; that the look fails ends the reading.
fn kept<T, F>(read: Result<T, Stop<F>>, faults: &mut Faults) -> Result<Option<T>, Stop<F>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Row(own)) => {
            for fault in own {
                faults.add(fault);
            }
            Ok(None)
        }
        Err(Stop::Look(fault)) => Err(Stop::Look(fault)),
    }
}

fn right_of<'a, L: Look>(
    row: &TableRow,
    policies: &'a [KindPolicy],
    look: &L,
) -> Result<(RightId, Right, &'a KindPolicy), Stop<L::Fault>> {
    let named = row.required(RIGHT)?;
    let found = look.right(named).map_err(Stop::Look)?;
    let Some((id, right)) = found else {
        if let Some(fault) = instead::fault(row, RIGHT, Takes::Right, look)? {
            return Err(fault.into());
        }
        let reason = (
            format!("本登记系统内未见权益「{named}」"),
            format!("no right {named:?} is registered"),
        );
        let fix = (
            "填写权益编号 (R41, 见权益页抬头) 或权证标识, 各部分以 | 相连, 与权益页核对",
            "write R41, as the page of the right has it at the top, or the identity with | between its parts",
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

/// Finds a party by its id, its credit code or its whole name; a part of a name is answered with those that have it.
fn party_of<L: Look>(
    row: &TableRow,
    header: &str,
    named: &str,
    look: &L,
) -> Result<PartyId, Stop<L::Fault>> {
    if let Some(party) = look.party(named).map_err(Stop::Look)? {
        return Ok(party);
    }
    let code = typed::credit_code(named);
    let is_code = code.len() == CREDIT_CODE_CHARS && code.is_ascii();
    if let Err(fault) = CreditCode::parse(&code)
        && is_code
    {
        let reason = (format!("统一社会信用代码 {code} 不正确"), fault.to_string());
        let fix = ("请与营业执照核对", "compare with the business licence");
        return Err(row.fault(header, reason, fix).into());
    }
    let is_id = PartyId::parse(&code).is_some();
    if let Some(fault) = instead::fault(row, header, Takes::Party, look)? {
        return Err(fault.into());
    }
    let alike = if is_code || is_id {
        Alike::default()
    } else {
        look.named(named).map_err(Stop::Look)?
    };
    let same = |(_, name): &&(PartyId, String)| normal_form_upper(name) == code;
    let whole: Vec<&(PartyId, String)> = alike.parties.iter().filter(same).collect();
    if let ([(party, _)], false) = (whole.as_slice(), alike.has_more) {
        return Ok(*party);
    }
    Err(not_found(row, header, named, &alike).into())
}

/// The fault of a cell that names no party: none has the name, or those that have it in theirs.
fn not_found(row: &TableRow, header: &str, named: &str, alike: &Alike) -> RowFault {
    let listed = alike.parties.iter();
    let listed: Vec<String> = listed.map(|(id, name)| format!("{name} ({id})")).collect();
    let more = if alike.has_more { " …" } else { "" };
    let listed = listed.join("; ") + more;
    let (reason, fix) = if alike.parties.is_empty() {
        (
            (
                format!("主体「{named}」尚未登记"),
                format!("no party {named:?} is registered"),
            ),
            (
                "填写全名、统一社会信用代码或主体编号 (M12); 未登记的请登记机构先接纳",
                "write the whole name, the credit code or the id (M12); have the registrar admit it first",
            ),
        )
    } else {
        (
            (
                format!("名称含「{named}」的主体: {listed}"),
                format!("these have {named:?} in their names: {listed}"),
            ),
            (
                "填写全名; 同名的填写其编号或统一社会信用代码",
                "write the whole name; of namesakes the id or the credit code",
            ),
        )
    };
    row.fault(header, reason, fix)
}

/// Reads the cells that the kind asks for; others must be empty, for they would mean nothing.
fn extent_of(row: &TableRow, policy: &KindPolicy, faults: &mut Faults) -> ExtentRequest {
    let mut extent = ExtentRequest::default();
    if policy.extent == ExtentRule::Amount {
        faults.take(check_unit(row, policy));
        let quantity = faults.take(quantity_of(row, QUANTITY, policy));
        if quantity.is_some_and(Quantity::is_zero) {
            let reason = ("数量为 0", "the quantity is 0");
            let fix = ("填写大于 0 的数量", "write a quantity greater than 0");
            faults.add(row.fault(QUANTITY, reason, fix));
        }
        extent.amount = quantity.map(|quantity| (quantity, policy.unit.clone()));
    } else {
        must_be_empty(row, &[QUANTITY, UNIT], policy, faults);
    }
    if policy.model == Model::Flow {
        extent.span = days_of(row, (FROM, THROUGH), WITH_CONTRACT, faults);
    } else {
        must_be_empty(row, &[FROM, THROUGH], policy, faults);
    }
    if policy.extent == ExtentRule::Years {
        extent.years = years_of(row, (FIRST_YEAR, LAST_YEAR), WITH_CONTRACT, faults);
    } else {
        must_be_empty(row, &[FIRST_YEAR, LAST_YEAR], policy, faults);
    }
    extent
}

fn must_be_empty(row: &TableRow, headers: &[&str], policy: &KindPolicy, faults: &mut Faults) {
    for header in headers.iter().filter(|header| row.cell(header).is_some()) {
        let reason = (
            format!("「{}」不按此列担保", policy.title_zh),
            format!("a {} is not pledged by it", policy.title_en),
        );
        faults.add(row.fault(header, reason, ("请清空", "empty the cell")));
    }
}

/// Reads what is secured at most: of a maximum-amount pledge with its period, else only where it is written.
fn cap_of(row: &TableRow, faults: &mut Faults) -> (Option<Quantity>, Option<Span>) {
    let sort = row.cell(SORT).unwrap_or(ORDINARY);
    let cap = faults.take(optional_yuan(row, CAP)).flatten();
    if is_choice(MAXIMUM, sort) {
        if row.cell(CAP).is_none() {
            faults.take(row.required(CAP));
        }
        let period = days_of(row, (PERIOD_FROM, PERIOD_THROUGH), WITH_CONTRACT, faults);
        return (cap, period);
    }
    if !is_choice(ORDINARY, sort) {
        let reason = (
            format!("「{sort}」不是 {ORDINARY} 或 {MAXIMUM}"),
            format!("{sort:?} is neither {ORDINARY} nor {MAXIMUM}"),
        );
        let fix = ("从列表选择", "choose from the list");
        faults.add(row.fault(SORT, reason, fix));
        return (cap, None);
    }
    for header in [PERIOD_FROM, PERIOD_THROUGH] {
        if row.cell(header).is_some() {
            let reason = (
                "一般担保没有债权确定期间",
                "an ordinary pledge has no determination period",
            );
            let fix = (
                "清空, 或选择最高额",
                "empty it, or choose a maximum-amount pledge",
            );
            faults.add(row.fault(header, reason, fix));
        }
    }
    (cap, None)
}

fn green_of(row: &TableRow) -> Result<Option<String>, RowFault> {
    let Some(code) = row.cell(GREEN).map(normal_form) else {
        return Ok(None);
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ".:-_".contains(c);
    if code.chars().all(is_allowed) && code.len() <= GREEN_CHARS_MAX {
        return Ok(Some(code));
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
    let (Some(digest), class) = (row.cell(CONSENT), row.cell(CONSENT_CLASS)) else {
        return Ok(None);
    };
    let Some(hash) = Hash::from_hex(&normal_form(digest).to_ascii_lowercase()) else {
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
            unread: Vec::new(),
        }
    }

    fn columns(faults: Vec<RowFault>) -> Vec<String> {
        faults
            .into_iter()
            .map(|fault| fault.column.unwrap())
            .collect()
    }

    #[test]
    fn a_kind_says_which_cells_belong_to_a_row() {
        let extent = |policy: &str, cells: &[(&str, &str)]| {
            let row = row(cells);
            let mut faults = Faults::of(&row);
            let extent = extent_of(&row, &KindPolicy::parse(policy).unwrap(), &mut faults);
            faults.conclude(Some(extent)).map_err(columns)
        };
        let years = [(FIRST_YEAR, "2027"), (LAST_YEAR, "2029")];
        assert_eq!(extent(SINK, &years).unwrap().years, Some((2027, 2029)));
        assert_eq!(extent(FOREST, &[]).unwrap(), ExtentRequest::default());
        let days = [
            (FROM, "2027/1/1"),
            (THROUGH, "2027年12月31日"),
            (QUANTITY, "１,003.5"),
        ];
        let read = extent(EMISSION, &days).unwrap();
        let (amount, unit) = read.amount.unwrap();
        assert_eq!((&*amount.to_string(), &*unit), ("1003.5", "t/a"));
        let days_read = read.span.map(|span| span.to_string());
        assert_eq!(days_read.as_deref(), Some("[2027-01-01, 2028-01-01)"));
        for (policy, cells, wrong) in [
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
            assert_eq!(extent(policy, &cells).unwrap_err(), [wrong]);
        }
        // All of them at once.
        let wrong = [
            (FROM, "soon"),
            (QUANTITY, "0"),
            (UNIT, "kg"),
            (FIRST_YEAR, "1"),
        ];
        assert_eq!(
            extent(EMISSION, &wrong).unwrap_err(),
            [UNIT, QUANTITY, FROM, THROUGH, FIRST_YEAR]
        );
    }

    #[test]
    fn a_cap_belongs_to_a_maximum_and_a_consent_has_a_form() {
        let column = |fault: RowFault| fault.column.unwrap();
        let cap = |cells: &[(&str, &str)]| {
            let row = row(cells);
            let mut faults = Faults::of(&row);
            let cap = cap_of(&row, &mut faults);
            faults
                .conclude(Some(cap))
                .map_err(|faults| columns(faults)[0].clone())
        };
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
