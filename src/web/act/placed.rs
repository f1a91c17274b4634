//! Where a fault of a form stands: beside the input that it is about, with its label.
//!
//! Separate from the form, which finds some of them; others are found by the reader of commands, whose paths are not of inputs.

use crate::primitives::field::FieldFault;
use crate::web::act::inputs::Input;
use crate::web::door_words;
use crate::web::lang::Lang;

/// Puts the label of its input before a fault, and lets it lead there; where a fault is about several inputs, to the first.
pub(super) fn at_its_input((field, text): (String, String), inputs: &[Input]) -> (String, String) {
    let has_label = |input: &&Input| !input.id.is_empty() && !input.label.is_empty();
    let exact = inputs.iter().find(|input| input.id == field);
    let stem = field.trim_end_matches(|c: char| c.is_ascii_digit());
    let head = field.split(|c: char| c.is_ascii_digit() || matches!(c, '[' | '.'));
    let head = head.into_iter().next().unwrap_or_default();
    let near = |stem: &str| {
        let mut shown = inputs.iter().filter(has_label);
        shown.find(|input| !stem.is_empty() && input.id.starts_with(stem))
    };
    match exact.or_else(|| near(stem)).or_else(|| near(head)) {
        Some(input) if !input.label.is_empty() => {
            let label = group_of(input, inputs).unwrap_or(&input.label);
            (input.id.clone(), format!("{label}: {text}"))
        }
        Some(_) | None => (field, text),
    }
}

/// What several boxes are chosen for: what is wrong with them is of no single one.
fn group_of<'a>(input: &Input, inputs: &'a [Input]) -> Option<&'a String> {
    let at = inputs.iter().position(|one| one.id == input.id)?;
    let before = inputs.get(..at)?.iter().rev();
    let mut others = before.skip_while(|one| one.kind == "check");
    let group = others.next().filter(|one| one.kind == "group")?;
    (input.kind == "check" && !group.label.is_empty()).then_some(&group.label)
}

/// Puts a fault of the reader of commands beside its field, in the language of the page: `body.lines[1].quantity` is `quantity1`,
/// and `body.keys[0].proof` is `keys0.proof`.
pub(super) fn placed(fault: &FieldFault, lang: Lang) -> (String, String) {
    let path = fault.field.trim_start_matches("body.");
    let (name, rest) = path.split_once('[').unwrap_or((path, ""));
    let field = match rest.split_once(']') {
        Some((at, member)) if name == "lines" && !member.is_empty() => {
            let (member, _) = member.split_once('[').unwrap_or((member, ""));
            format!("{}{at}", member.trim_start_matches('.'))
        }
        Some((at, member)) => format!("{name}{at}{member}"),
        None => name.to_owned(),
    };
    (field, door_words::told(path, &fault.reason, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(kind: &'static str, id: &str, label: &str) -> Input {
        Input {
            kind,
            id: id.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: String::new(),
            options: Vec::new(),
            suggested: Vec::new(),
            required: false,
            is_optional: false,
        }
    }

    #[test]
    fn what_is_wrong_with_boxes_is_told_of_their_group_and_leads_to_the_first() {
        let inputs = [
            input("text", "name", "名称"),
            input("group", "", "身份"),
            input("check", "roles_registrar", "登记机构"),
            input("check", "roles_bank", "银行"),
            input("check", "subrogation", "代位"),
        ];
        let told = |field: &str| at_its_input((field.to_owned(), "x".to_owned()), &inputs);
        let of = |id: &str, text: &str| (id.to_owned(), text.to_owned());
        assert_eq!(told("roles_registrar"), of("roles_registrar", "身份: x"));
        assert_eq!(told("roles_bank"), of("roles_bank", "身份: x"));
        assert_eq!(told("name"), of("name", "名称: x"));
        let alone = [
            input("text", "name", "名称"),
            input("check", "mark", "代位"),
        ];
        let told = at_its_input(of("mark", "x"), &alone);
        assert_eq!(told, of("mark", "代位: x"));
    }

    #[test]
    fn a_fault_stands_beside_the_field_that_it_is_about() {
        let place = |path: &str| placed(&FieldFault::new(path, "is wrong"), Lang::Zh).0;
        assert_eq!(place("body.lines[1].quantity"), "quantity1");
        assert_eq!(place("lines[0].right"), "right0");
        assert_eq!(place("body.document"), "document");
        assert_eq!(place("lines[0].behind[0]"), "behind0");
        assert_eq!(place("body.keys[0].proof"), "keys0.proof");
    }
}
