//! Orders of courts and authorities in plain words.

use crate::domain::command::FreezeAct;
use crate::domain::order::Terms;

/// Says what a freeze says beyond its quantity.
pub(super) fn terms_words(terms: &Terms) -> String {
    let parts = [
        terms
            .number
            .as_ref()
            .map(|number| format!(", number {number}")),
        terms
            .limit_cny
            .map(|limit| format!(", limited to {limit} yuan")),
        terms
            .price_cny
            .map(|price| format!(" at {price} yuan a unit")),
        terms
            .until
            .map(|until| format!(", through {}", until.previous())),
    ];
    parts.into_iter().flatten().collect()
}

/// Says what an act on a freeze does.
pub(super) fn freeze_lines(act: &FreezeAct, lines: &mut Vec<String>) {
    match act {
        FreezeAct::ChangeFreeze {
            right,
            freeze,
            until,
            amount,
            limit_cny,
            document,
        } => {
            lines.push(format!(
                "Change the freeze {freeze} on {right}; it keeps its place; document {document}"
            ));
            lines.extend(until.map(|until| format!("  it runs through {}", until.previous())));
            lines.extend(amount.as_ref().map(|(quantity, unit)| {
                let limit = limit_cny.map(|limit| format!(", for {limit} yuan"));
                format!(
                    "  {quantity} {unit} stay frozen{}",
                    limit.unwrap_or_default()
                )
            }));
        }
        FreezeAct::ExecuteFreeze {
            right,
            freeze,
            amount,
            proceeds_cny,
            buyer,
            document,
        } => {
            let sold = match amount {
                Some((quantity, unit)) => format!("{quantity} {unit}"),
                None => "all".to_owned(),
            };
            let to = buyer.map(|buyer| format!(" to {buyer}"));
            lines.push(format!(
                "Record the sale of {sold} of the freeze {freeze} on {right}{} for {proceeds_cny} yuan; \
                 document {document}",
                to.unwrap_or_default()
            ));
        }
    }
}
