//! A case of every finding in both languages: who asks for what, with which numbers, and what the answer is.
//!
//! Each is taken from a step of a scenario in `fixtures/scenarios/`, which the tests play; `tests/findings.rs` holds the table to
//! them, so an example cannot tell what the law does not do.

/// A case in which a check finds something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// The number of the finding.
    pub code: u16,
    /// The file of the scenario, without its ending.
    pub scenario: &'static str,
    /// The step there which shows it, as it is written before the arrow.
    pub step: &'static str,
    /// The case in Chinese.
    pub zh: &'static str,
    /// The case in English.
    pub en: &'static str,
}

/// Makes a table: number, scenario and step, the case in Chinese and in English.
macro_rules! examples {
    ($($code:literal $scenario:literal $step:literal $zh:literal $en:literal;)*) => {
        use super::Example;

        /// The examples, by number.
        pub(super) const TABLE: &[Example] = &[$(Example {
            code: $code, scenario: $scenario, step: $step, zh: $zh, en: $en,
        }),*];
    };
}

mod ground;
mod parties;
mod pledges;
mod quantities;
mod rights;
mod signatures;
mod time;

/// Returns every example, by number.
pub fn all() -> impl Iterator<Item = &'static Example> {
    [
        parties::TABLE,
        rights::TABLE,
        quantities::TABLE,
        time::TABLE,
        signatures::TABLE,
        pledges::TABLE,
        ground::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// Returns the example of a finding or of what the service notices.
pub fn of(code: u16) -> Option<&'static Example> {
    all().find(|example| example.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::Code;
    use crate::service::notices::Noticed;
    use crate::web::finding_words;
    use crate::web::noticed_words;

    /// Numbers, with title, cause and fix in both languages.
    fn explained() -> Vec<(u16, Vec<&'static str>)> {
        let law = Code::ALL.iter().map(|code| {
            let check = code.check();
            let (cause, fix) = finding_words::of(check.code).unwrap();
            let english = [check.title_zh, check.title_en, check.cause, check.fix];
            (check.code, [&english[..], &[cause, fix]].concat())
        });
        let noticed = Noticed::ALL.into_iter().map(|noticed| {
            let words = noticed.words();
            let (cause, fix) = noticed_words::of(noticed);
            let english = [words.title_zh, words.title_en, words.cause, words.fix];
            (words.code, [&english[..], &[cause, fix]].concat())
        });
        let mut explained: Vec<_> = law.chain(noticed).collect();
        explained.sort();
        explained
    }

    #[test]
    fn every_finding_has_an_example_that_says_more_than_its_cause_and_its_fix() {
        let explained = explained();
        let numbers: Vec<u16> = explained.iter().map(|(code, _)| *code).collect();
        let here: Vec<u16> = all().map(|example| example.code).collect();
        assert_eq!(here, numbers, "one example of each number, ascending");
        for (code, words) in explained {
            let example = of(code).unwrap();
            for text in [example.zh, example.en] {
                // No part of what is said anyway, and long enough to be a case.
                let is_said = words.iter().any(|word| word.contains(text));
                assert!(!is_said && text.chars().count() >= 20, "{code}: {text}");
            }
            let is_chinese =
                |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(is_chinese(example.zh), "{code}");
            assert!(
                !example.en.contains('。') && example.en.ends_with('.'),
                "{code}"
            );
        }
    }

    #[test]
    fn both_languages_tell_the_same_numbers() {
        for example in all() {
            let [zh, en] = [example.zh, example.en].map(|text| {
                let digits = |c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','));
                let numbers = text
                    .split(digits)
                    .map(|number| number.trim_matches(['.', ',']));
                let mut numbers: Vec<&str> = numbers.filter(|number| !number.is_empty()).collect();
                numbers.sort_unstable();
                numbers
            });
            assert_eq!(zh, en, "{}", example.code);
        }
    }
}
