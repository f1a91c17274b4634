//! Cells of a lender's books that name a record of another sort than their column takes.

use greenlien::primitives::identifier::RegistrationNumber;

use crate::lending_books::{Lender, says};
use crate::support::papers;

#[test]
fn a_record_of_another_sort_than_its_column_takes_is_said_to_be_what_it_is() {
    let lender = Lender::new();
    let (right, pledge) = (lender.town.permit, lender.town.pledge);
    let mill = lender.town.mill.party;
    let number = papers::unit_number(1);
    let right_no = RegistrationNumber::new("500113", "EMISSION", right.0);
    let right_no = right_no.unwrap().to_string();
    let rows = [
        format!("{pledge},{mill}"),
        format!("{pledge}.0,{mill}"),
        format!("{mill},{right}"),
        format!("V99,{pledge}"),
        "P99999,R99999".to_owned(),
    ];
    let rows: Vec<String> = (0..)
        .zip(rows)
        .map(|(at, row): (u32, String)| format!("甲-{at},{row}"))
        .collect();
    let book = format!("合同编号,权益,出质人\n{}\n", rows.join("\n"));
    let judged = lender.import(&lender.folder.file("p.csv", book), &[]);
    let wants = "and this column takes a right";
    let stands = format!("write the right; the pledge stands on {right}");
    says(
        &judged,
        &[
            &format!("权益 right: {:?} is a pledge, {wants}", pledge.to_string()),
            &format!("权益 right: \"{pledge}.0\" is a line of a pledge, {wants}"),
            &stands,
            &format!("权益 right: \"{mill}\" is a party, and this column takes a right"),
            &format!("出质人 pledgor: \"{right}\" is a right, and this column takes a party"),
            &format!("the holder of the right is {mill}"),
            "权益 right: \"V99\" is the id of a reservation, and this column takes a right",
            &format!("出质人 pledgor: \"{pledge}\" is a pledge, and this column takes a party"),
            &format!("the pledgor of the pledge is {mill}"),
            "权益 right: \"P99999\" is spelled as the number of a pledge",
            "出质人 pledgor: \"R99999\" is spelled as the id of a right",
        ],
    );
    let rows = [
        &right.to_string(),
        &right_no,
        &number,
        &format!("{pledge}.0"),
        "F7",
    ];
    let rows: Vec<String> = rows.iter().map(|row| format!("{row},全部")).collect();
    let book = format!("担保登记编号,全部或部分\n{}\n", rows.join("\n"));
    let judged = lender.import(&lender.folder.file("r.csv", book), &[]);
    let stands = format!("on this right there stand {pledge}");
    says(
        &judged,
        &[
            &format!("担保登记编号 pledge: \"{right}\" is a right, and this column takes a pledge"),
            &stands,
            &format!("担保登记编号 pledge: \"{right_no}\" is a right"),
            &format!("担保登记编号 pledge: \"{number}\" is a right"),
            "no pledge stands on this right",
            &format!("担保登记编号 pledge: \"{pledge}.0\" is a line of a pledge"),
            &format!("write {pledge} here; to release this line alone, write 0 as the line"),
            "担保登记编号 pledge: \"F7\" is the id of a freeze",
        ],
    );
    lender.town.house.close();
}
