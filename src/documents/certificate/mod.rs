//! The search certificate (查询证明) as a PDF that a bank files and a court reads.
//!
//! Made from the certificate alone, so everybody who has the file can make the same bytes again and see that the pages say what
//! the file says. What it says and what it must never say is in `words`; a test reads every line of it.

mod body;
mod free;
mod history;
mod sentences;
mod shown;
mod words;

use crate::documents::DocumentFault;
use crate::documents::qr;
use crate::documents::reading::Role;
use crate::documents::say::local_time;
use crate::documents::sheet::{Ink, Papers, Sheet, Style};
use crate::primitives::time::Timestamp;
use crate::verify::certificate::Certificate;
use crate::verify::certificate::statement::{Found, Statement};

pub use history::left_out;
pub use sentences::{
    Sentence, elsewhere, extent, in_order, kind_of, provisional, register, remarks, sentence,
    status,
};
pub use shown::Schemes;

/// The name of the file inside the PDF.
pub const ATTACHED: &str = "certificate.json";

const TITLE: Style = Style::bold(440, Ink::Text);
const HEADING: Style = Style::bold(250, Ink::Green);
const PLAIN: Style = Style::new(190, Ink::Text);
const ENGLISH: Style = Style::new(160, Ink::Quiet);
const ANSWER: Style = Style::bold(220, Ink::Text);
/// The side of the QR code, 32 mm: a module is wide enough for an office printer.
const QR_SIDE: i16 = 1_860;

/// Makes the PDF.
pub fn pdf(certificate: &Certificate) -> Result<Vec<u8>, DocumentFault> {
    let fault = |fault: crate::primitives::field::FieldFault| DocumentFault(fault.to_string());
    let statement = certificate.statement().map_err(fault)?;
    let file = certificate.to_text().map_err(fault)?;
    let sheet = laid_out(certificate, &statement)?;
    let code = certificate.code.grouped();
    let number = certificate.printed_number(&statement);
    sheet.finish(Papers {
        title: format!("查询证明 {number} Search certificate"),
        id: format!("{} {code}", statement.origin),
        time: calendar(certificate.issued),
        file_name: ATTACHED,
        file_tells: "查询证明与证据包 certificate and evidence; greenlien verify",
        file: file.as_bytes(),
    })
}

/// What the QR code says: the page of the certificate, which a phone opens, with position, root and log behind it; without an
/// address a word to know it by before the same.
pub fn qr_text(certificate: &Certificate, statement: &Statement) -> String {
    if let Some(site) = &certificate.site {
        return format!(
            "{site}/certificates/{}#{}/{}/{}",
            certificate.code, statement.size, statement.root, statement.origin
        );
    }
    format!(
        "GREENLIEN-CERTIFICATE/1 {} {} {} {}",
        certificate.code, statement.size, statement.root, statement.origin
    )
}

fn laid_out(certificate: &Certificate, said: &Statement) -> Result<Sheet, DocumentFault> {
    let mut sheet = Sheet::new();
    head(&mut sheet, certificate, said)?;
    let schemes = Schemes::of(&certificate.evidence);
    for found in &said.found {
        body::answer(&mut sheet, found, said, &schemes);
    }
    body::particulars(&mut sheet, certificate, said, &schemes);
    for found in &said.found {
        match found {
            Found::Nothing(_) => {}
            Found::Right(right) => body::right(&mut sheet, right, certificate, &schemes),
        }
    }
    body::around(&mut sheet, certificate, said);
    body::limits(&mut sheet);
    body::verification(&mut sheet, certificate, said);
    let (number, code) = (certificate.printed_number(said), certificate.code.grouped());
    let (size, root, time) = (said.size, said.root, local_time(said.time));
    let lacks = sheet.lacks();
    sheet.foot(&|page, all| {
        let mut lines = vec![
            format!("查询证明 {number} · 核验码 {code} · 第 {page} 页 共 {all} 页 · page {page} of {all}"),
            format!("账页位置 position {size} · 检查点 checkpoint {root} · {time}"),
        ];
        if lacks {
            lines.push(format!("{} {}", words::LACKS.0, words::LACKS.1));
        }
        lines
    });
    Ok(sheet)
}

fn head(
    sheet: &mut Sheet,
    certificate: &Certificate,
    said: &Statement,
) -> Result<(), DocumentFault> {
    let top = sheet.y();
    let code = qr_text(certificate, said);
    let tells = match certificate.site {
        Some(_) => format!("{} {code}", words::QR_SITE),
        None => format!("{} {code}", words::QR),
    };
    sheet.squares(qr::squares(&code)?, QR_SIDE, &tells);
    let width = Sheet::width() - QR_SIDE - 200;
    let x = crate::documents::sheet::MARGIN;
    sheet.column(Style::new(170, Ink::Green), words::PRODUCT, x, width);
    sheet.column(Style::new(200, Ink::Text), &said.registrar, x, width);
    sheet.gap(120);
    let title = Role::Heading(1);
    sheet.column_as(title, (TITLE, words::TITLE_ZH), x, width);
    sheet.column(Style::new(240, Ink::Quiet), words::TITLE_EN, x, width);
    sheet.gap(80);
    let code = format!("{} {}", words::CODE, certificate.code.grouped());
    sheet.column(Style::bold(230, Ink::Text), &code, x, width);
    if let Some(site) = &certificate.site {
        let site = format!("{} {site}", words::SITE);
        sheet.column(Style::new(200, Ink::Text), &site, x, width);
    }
    sheet.below(top + QR_SIDE + 120);
    sheet.rule(Ink::Green, 24);
    sheet.gap(160);
    Ok(())
}

/// The parts of a time in UTC.
fn calendar(time: Timestamp) -> (u16, [u8; 5]) {
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse().ok());
    let small = |from| part(from, from + 2).and_then(|n: u16| u8::try_from(n).ok());
    let year = part(0, 4).unwrap_or_default();
    (
        year,
        [5, 8, 11, 14, 17].map(|from| small(from).unwrap_or_default()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_parts() {
        let time = Timestamp::parse("2026-12-01T02:03:04.123456Z").unwrap();
        assert_eq!(calendar(time), (2026, [12, 1, 2, 3, 4]));
    }
}
