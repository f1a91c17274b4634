//! Ids of this register in cells that take a number of the world: a clerk copies `M12` or `R41` off a page, and no certificate has it.

use crate::documents::books::{RowFault, TableRow};
use crate::primitives::id::{PartyId, PledgeId, RightId};

/// What a cell takes, and where to find it, in Chinese and English.
pub(super) struct Takes {
    what: (&'static str, &'static str),
    from: (&'static str, &'static str),
}

/// The cell of a holder.
pub(super) const CREDIT_CODE: Takes = Takes {
    what: ("统一社会信用代码", "a credit code"),
    from: (
        "填写 18 位信用代码, 见营业执照或主体页",
        "write its 18 characters, as the business licence or the page of the party has them",
    ),
};

/// The cell of parcels.
pub(super) const UNIT_NUMBERS: Takes = Takes {
    what: ("不动产单元号", "numbers of real-estate units"),
    from: (
        "填写 28 位单元号, 见不动产权证书或权益页",
        "write their 28 characters, as the certificate or the page of the right has them",
    ),
};

/// Refuses ids of this register among the values of a cell.
pub(super) fn refuse_ids<'a>(
    row: &TableRow,
    header: &str,
    typed: impl IntoIterator<Item = &'a String>,
    takes: &Takes,
) -> Result<(), RowFault> {
    let mut typed = typed.into_iter();
    typed.try_for_each(|one| refuse_id(row, header, one, takes))
}

fn refuse_id(row: &TableRow, header: &str, typed: &str, takes: &Takes) -> Result<(), RowFault> {
    let (zh, en) = if RightId::parse(typed).is_some() {
        ("权益编号", "the id of a right")
    } else if PledgeId::parse(typed).is_some() {
        ("担保登记编号", "the number of a pledge")
    } else if PartyId::parse(typed).is_some() {
        ("主体编号", "the id of a party")
    } else {
        return Ok(());
    };
    let reason = (
        format!("「{typed}」是本登记系统的{zh}, 本列须填{}", takes.what.0),
        format!("{typed:?} is {en}, and this column takes {}", takes.what.1),
    );
    Err(row.fault(header, reason, takes.from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::books::head::parse_table;

    #[test]
    fn an_id_of_the_register_is_told_apart_from_a_number_of_the_world() {
        let rows = parse_table("book.csv", "宗地\nx\n".as_bytes(), &[]).unwrap();
        let row = rows[0].as_ref().unwrap();
        let told = |typed| refuse_id(row, "宗地", typed, &UNIT_NUMBERS).err();
        for (typed, what) in [
            ("R41", "the id of a right"),
            ("P7", "the number of a pledge"),
            ("M12", "the id of a party"),
        ] {
            let fault = told(typed).unwrap();
            let said = format!("{typed:?} is {what}, and this column takes numbers of real-estate");
            assert!(fault.to_string().contains(&said), "{fault}");
            assert_eq!(fault.column.as_deref(), Some("宗地"));
        }
        assert_eq!(told("500113001002JE00123L00010001"), None);
        assert_eq!(told("R"), None);
    }
}
