//! Reads the parties of a district from `parties.csv`.
//!
//! Which duties a bureau has is found by the policies' own words for them (`issuer.book_duty`); keys are not in the file,
//! because every institution makes its own.

use std::path::Path;

use crate::documents::books::rows::SEPARATOR;
use crate::documents::books::{RowFault, TableRow};
use crate::documents::typed;
use crate::domain::party::Role;
use crate::domain::policy::KindPolicy;
use crate::primitives::identifier::CreditCode;

use super::read_table;

/// The name of the file.
pub const PARTIES_FILE: &str = "parties.csv";
/// How the book writes that a party keeps the register.
const REGISTRAR_DUTY: &str = "登记";

const KIND: &str = "机构类型";
const NAME: &str = "名称";
const CREDIT_CODE: &str = "统一社会信用代码";
const REGION: &str = "乡镇街道代码";
const DUTIES: &str = "核发权利";

/// How the book names the roles.
const ROLES: [(&str, Role); 7] = [
    ("登记机构", Role::Registrar),
    ("主管部门", Role::Authority),
    ("司法机关", Role::Court),
    ("银行", Role::Bank),
    ("担保机构", Role::Guarantor),
    ("企业", Role::Holder),
    ("农民专业合作社", Role::Holder),
];

/// A party as the book describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyRow {
    /// The line in the file.
    pub line: u64,
    /// The registered name.
    pub name: String,
    /// The unified social credit code.
    pub credit_code: String,
    /// The town or region code.
    pub region: Option<String>,
    /// What it may do.
    pub role: Role,
    /// The duties of a bureau, sorted, each once.
    pub duties: Vec<String>,
}

/// Reads the parties; each row gives a party or its report.
pub fn read_parties(
    folder: &Path,
    policies: &[KindPolicy],
) -> Result<Vec<Result<PartyRow, RowFault>>, RowFault> {
    let path = folder.join(PARTIES_FILE);
    let rows = read_table(&path, &[KIND, NAME, CREDIT_CODE])?;
    Ok(rows
        .into_iter()
        .map(|row| party_of(&row?, policies))
        .collect())
}

/// Returns the role that the book's word means.
pub fn role_of(word: &str) -> Option<Role> {
    let found = ROLES.iter().find(|(known, _)| *known == word);
    found.map(|(_, role)| *role)
}

fn party_of(row: &TableRow, policies: &[KindPolicy]) -> Result<PartyRow, RowFault> {
    let word = row.required(KIND)?;
    let role = role_of(word).ok_or_else(|| {
        let known: Vec<&str> = ROLES.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        let reason = (
            format!("「{word}」不是机构类型"),
            format!("{word:?} is not a kind of institution"),
        );
        let fix = (
            format!("填写 {known} 之一"),
            format!("write one of {known}"),
        );
        row.fault(KIND, reason, fix)
    })?;
    let credit_code = typed::credit_code(row.required(CREDIT_CODE)?);
    CreditCode::parse(&credit_code).map_err(|fault| {
        let fix = ("请与营业执照核对", "compare with the business licence");
        row.fault(CREDIT_CODE, ("统一社会信用代码不正确", fault), fix)
    })?;
    Ok(PartyRow {
        line: row.line,
        name: row.required(NAME)?.to_owned(),
        credit_code,
        region: row.cell(REGION).map(str::to_owned),
        role,
        duties: duties_of(row, policies)?,
    })
}

fn duties_of(row: &TableRow, policies: &[KindPolicy]) -> Result<Vec<String>, RowFault> {
    let cell = row.cell(DUTIES).unwrap_or_default();
    let mut duties = Vec::new();
    for word in cell.split(SEPARATOR).filter(|word| !word.is_empty()) {
        if word == REGISTRAR_DUTY {
            continue;
        }
        let policy = policies.iter().find(|policy| policy.book_duty == word);
        let Some(policy) = policy else {
            let reason = (
                format!("「{word}」不是政策所列的核发权限"),
                format!("{word:?} is no duty that a policy names"),
            );
            let fix = ("按政策的写法填写", "write the duties as the policies do");
            return Err(row.fault(DUTIES, reason, fix));
        };
        duties.push(policy.issuer_duty.clone());
    }
    duties.sort_unstable();
    duties.dedup();
    Ok(duties)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn row(kind: &str, code: &str, duties: &str) -> TableRow {
        let cells = [
            (KIND, kind),
            (NAME, "示例"),
            (CREDIT_CODE, code),
            (DUTIES, duties),
        ];
        let cells: BTreeMap<String, String> = cells
            .iter()
            .map(|(header, cell)| ((*header).to_owned(), (*cell).to_owned()))
            .collect();
        TableRow {
            file: PARTIES_FILE.to_owned(),
            line: 2,
            cells,
            unread: Vec::new(),
        }
    }

    #[test]
    fn a_bureau_has_the_duties_that_the_policies_name() {
        let texts = [
            include_str!("../../../fixtures/policy/emission.toml"),
            include_str!("../../../fixtures/policy/carbon.toml"),
        ];
        let policies: Vec<KindPolicy> = texts.map(|t| KindPolicy::parse(t).unwrap()).into();
        let code = "11500113H6YNKPX22K";
        let party = party_of(&row("主管部门", code, "排污权;碳排放配额"), &policies).unwrap();
        assert_eq!(party.role, Role::Authority);
        assert_eq!(party.duties, ["carbon", "emission"]);
        let registrar = party_of(&row("登记机构", code, "登记"), &policies).unwrap();
        assert!(registrar.duties.is_empty());
        let unknown = party_of(&row("主管部门", code, "捕鱼权"), &policies).unwrap_err();
        assert_eq!(unknown.column.as_deref(), Some(DUTIES));
    }

    #[test]
    fn an_unknown_institution_or_a_wrong_check_digit_is_reported() {
        let kind = party_of(&row("行会", "11500113H6YNKPX22K", ""), &[]).unwrap_err();
        assert_eq!(kind.column.as_deref(), Some(KIND));
        let code = party_of(&row("银行", "91500113QNUTHCM50A", ""), &[]).unwrap_err();
        assert_eq!(code.column.as_deref(), Some(CREDIT_CODE));
    }
}
