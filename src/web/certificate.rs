//! The page of a search certificate, the one that a code names.

use askama::Template;

use crate::documents::certificate::{
    Schemes, Sentence, elsewhere, extent, kind_of, left_out, provisional, remarks, sentence,
};
use crate::domain::right::Capacity;
use crate::primitives::field::FieldFault;
use crate::primitives::verification_code::VerificationCode;
use crate::service::Registry;
use crate::verify::certificate::statement::{
    Act, Found, FoundRight, Free, Named, PledgeHistory, Statement,
};
use crate::verify::certificate::{Asked, Certificate};
use crate::web::history;
use crate::web::lang::Lang;
use crate::web::linked::{Piece, linked};
use crate::web::right::{Fact, in_law};
use crate::web::shell::{Fault, Shell, Visit};
use crate::web::show;

/// A certificate.
#[derive(Template)]
#[template(path = "certificate.html")]
pub(crate) struct CertificatePage {
    shell: Shell,
    code: String,
    plain_code: String,
    number: String,
    answers: Vec<Answer>,
    facts: Vec<Fact>,
    provisional: Option<String>,
    /// What is free of a flow, period by period.
    free: Vec<(String, String)>,
    /// What stands on the rights, as the paper says it.
    burdens: Vec<Standing>,
    histories: Vec<Followed>,
    /// Which pledges are not followed entry by entry.
    cut: Option<String>,
}

/// A burden of a right of the certificate.
struct Standing {
    id: Vec<Piece>,
    what: String,
    who: String,
    extent: String,
    since: String,
    remarks: String,
    elsewhere: String,
}

/// A pledge that stands or stood on a right of the certificate, entry by entry.
struct Followed {
    pledge: String,
    steps: Vec<Happened>,
}

/// An entry of its history.
struct Happened {
    entry: String,
    time: String,
    what: String,
    signers: String,
}

/// What was found, with the place where the record stands now.
struct Answer {
    text: String,
    link: Option<String>,
}

/// Makes the page of a certificate.
pub(crate) fn page(
    registry: &Registry,
    visit: &Visit,
    typed: &str,
) -> Result<CertificatePage, Fault> {
    let code = VerificationCode::parse(typed).ok_or(Fault::NotFound)?;
    let text = registry.certificate(&code)?.ok_or(Fault::NotFound)?;
    let internal = |fault: FieldFault| Fault::Internal(fault.to_string());
    let certificate = Certificate::parse(text.as_bytes()).map_err(internal)?;
    let said = certificate.statement().map_err(internal)?;
    let words = visit.lang.words();
    let schemes = Schemes::of(&certificate.evidence);
    let answer = |found: &Found| {
        let sentence = sentence(found, &said, &schemes);
        Answer {
            text: visit.lang.pick(&sentence.zh, &sentence.en).to_owned(),
            link: match found {
                Found::Nothing(_) => None,
                Found::Right(right) => Some(format!("/rights/{}", right.id)),
            },
        }
    };
    let number = certificate.printed_number(&said);
    Ok(CertificatePage {
        shell: Shell::new(registry, visit, format!("{} {number}", words.certificate)),
        code: code.grouped(),
        plain_code: code.to_string(),
        answers: said.found.iter().map(answer).collect(),
        facts: facts(&certificate, &said, &schemes, visit.lang),
        provisional: certificate.provisional.as_deref().map(|why| {
            let Sentence { zh, en } = provisional(why);
            visit.lang.pick(&zh, &en).to_owned()
        }),
        free: free(&said, visit.lang),
        burdens: burdens(&said, visit.lang),
        histories: histories(&said, visit.lang),
        cut: left_out(&pledges_of(&said))
            .map(|Sentence { zh, en }| visit.lang.pick(&zh, &en).to_owned()),
        number,
    })
}

fn pledges_of(said: &Statement) -> Vec<PledgeHistory> {
    let rights = said.found.iter().filter_map(|found| match found {
        Found::Right(right) => Some(&right.pledge_histories),
        Found::Nothing(_) => None,
    });
    rights.flatten().cloned().collect()
}

fn burdens(said: &Statement, lang: Lang) -> Vec<Standing> {
    let pick = |Sentence { zh, en }: &Sentence| lang.pick(zh, en).to_owned();
    let all = |sentences: &[Sentence]| {
        let said: Vec<String> = sentences.iter().map(pick).collect();
        said.join("; ")
    };
    let mut rows = Vec::new();
    for found in &said.found {
        let Found::Right(right) = found else { continue };
        for (burden, place) in right.burdens.iter().zip(1..) {
            let who = burden.party.as_ref().map(|named| match &named.name {
                Some(name) => format!("{name} ({})", named.id),
                None => format!("{} ({})", lang.words().name_hidden, named.id),
            });
            rows.push(Standing {
                id: linked(&burden.burden.id.to_string()),
                what: pick(&kind_of(burden, right)),
                who: who.unwrap_or_default(),
                extent: match lang {
                    Lang::Zh => pick(&extent(burden.burden.extent, right)),
                    // The paper says quantities once, in figures that need no second language.
                    Lang::En => {
                        let (scale, words) = (right.scale, lang.words());
                        show::extent(burden.burden.extent, scale, &right.unit, words)
                    }
                },
                since: burden.time.map_or_else(String::new, show::local_time),
                remarks: all(&remarks(burden, right, place)),
                elsewhere: all(&elsewhere(burden)),
            });
        }
    }
    rows
}

fn histories(said: &Statement, lang: Lang) -> Vec<Followed> {
    let happened = |act: &Act| Happened {
        entry: act.entry.to_string(),
        time: show::local_time(act.time),
        what: history::done(&act.act, lang),
        signers: signers(act, lang),
    };
    let pledges = pledges_of(said).into_iter();
    let followed = pledges.filter_map(|pledge| {
        Some(Followed {
            pledge: pledge.pledge.to_string(),
            steps: pledge.acts?.iter().map(happened).collect(),
        })
    });
    followed.collect()
}

fn signers(act: &Act, lang: Lang) -> String {
    let words = lang.words();
    let name = |named: &Named| named.name.clone().unwrap_or_else(|| named.id.to_string());
    let mut signers: Vec<String> = act
        .signers
        .iter()
        .map(|(org, part)| format!("{} · {}", name(org), history::role(*part, words)))
        .collect();
    signers.extend(act.attested.iter().map(|(party, class)| {
        let class = history::consent_class(*class, words);
        format!("{} · {} ({class})", name(party), words.consent_attested)
    }));
    signers.join(", ")
}

/// What a right is, as the paper says it.
fn record(found: &FoundRight, schemes: &Schemes, lang: Lang) -> Vec<Fact> {
    let words = lang.words();
    let unit = show::unit(&found.unit, lang);
    let amount = |quantity| show::amount(quantity, found.scale, unit);
    let quantity = match &found.right.capacity {
        Capacity::Stock(balance) => amount(*balance),
        Capacity::Land { measure, .. } => amount(*measure),
        Capacity::Flow(steps) => {
            let steps = steps.iter().map(|(day, much)| match steps.len() {
                1 => amount(*much),
                _ => format!("{day}: {}", amount(*much)),
            });
            steps.collect::<Vec<_>>().join("; ")
        }
    };
    let identity = |one| {
        let Sentence { zh, en } = schemes.identity(one);
        lang.pick(&zh, &en).to_owned()
    };
    let identities: Vec<String> = found.right.identities.iter().map(identity).collect();
    let holder = &found.holder;
    let hidden = || words.name_hidden.to_owned();
    let mut facts = vec![
        Fact::plain(words.kind, lang.pick(&found.title_zh, &found.title_en)),
        Fact::plain(words.identities, identities.join("; ")),
        Fact::plain(
            words.holder,
            format!(
                "{} ({})",
                holder.name.clone().unwrap_or_else(hidden),
                holder.id
            ),
        ),
        Fact::plain(words.validity, show::days(found.right.span, words)),
        Fact::plain(words.quantity, quantity),
    ];
    let class = found.right.class.iter();
    facts.extend(class.map(|class| Fact::plain(words.class, class)));
    facts
}

/// What is not burdened of a flow, period by period, as the paper has it.
fn free(said: &Statement, lang: Lang) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for found in &said.found {
        let Found::Right(right) = found else { continue };
        let Free::Flow(parts) = &right.free else {
            continue;
        };
        let unit = show::unit(&right.unit, lang);
        rows.extend(parts.iter().map(|part| {
            let days = show::days(part.span, lang.words());
            (days, show::amount(part.free, right.scale, unit))
        }));
    }
    rows
}

fn facts(certificate: &Certificate, said: &Statement, schemes: &Schemes, lang: Lang) -> Vec<Fact> {
    let words = lang.words();
    let asked = match &certificate.asked {
        Asked::Right(right) => right.to_string(),
        Asked::Identities(identities) => {
            let list = identities.iter().map(|one| {
                let Sentence { zh, en } = schemes.identity(one);
                lang.pick(&zh, &en).to_owned()
            });
            list.collect::<Vec<_>>().join("; ")
        }
    };
    let mut facts = vec![Fact::id(words.certificate_asked, asked)];
    let rights = said.found.iter().filter_map(|found| match found {
        Found::Right(right) => Some(right),
        Found::Nothing(_) => None,
    });
    let rights: Vec<_> = rights.collect();
    let numbers = rights.iter().map(|right| right.number.as_str());
    facts.extend(numbers.map(|number| Fact::id(words.registration_no, number)));
    facts.extend([
        Fact::plain(
            words.certificate_issued,
            show::local_time(certificate.issued),
        ),
        Fact::plain(words.certificate_as_of, show::local_time(said.time)),
        Fact::id(words.vital_checkpoint, said.size.to_string()),
        Fact::id(words.vital_root, said.root.to_string()),
        Fact::id(words.certificate_signed_by, said.signed_by.join(", ")),
    ]);
    for right in &rights {
        facts.extend(record(right, schemes, lang));
    }
    let effects = rights.iter().filter_map(|right| right.effect.as_ref());
    facts.extend(effects.map(|effect| in_law(effect, lang)));
    let reader = &certificate.reader;
    facts.extend(
        reader
            .name
            .iter()
            .map(|name| Fact::plain(words.certificate_reader, name)),
    );
    let purpose = reader.purpose.iter();
    facts.extend(purpose.map(|text| Fact::plain(words.certificate_purpose, text)));
    facts.push(Fact::plain(words.certificate_law, said.law.to_string()));
    facts
}
