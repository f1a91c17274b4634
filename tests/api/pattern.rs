//! A matcher for the patterns of the description: the part of ECMA-262 that they use.
//!
//! Anchors at both ends, literals, escapes of punctuation, `.`, classes with ranges and negation, groups, alternatives, and the
//! quantifiers `*`, `+`, `?`, `{n}`, `{n,}` and `{n,m}`. Anything else stops the test. It backtracks, which is fine for what a
//! test reads.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// One step of a pattern.
#[derive(Clone, Debug)]
enum Step {
    One(Class),
    Group(Vec<Vec<Repeat>>),
}

#[derive(Clone, Debug)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

/// A step that comes so many times.
#[derive(Clone, Debug)]
struct Repeat {
    step: Step,
    least: usize,
    most: usize,
}

/// Says whether a text as a whole matches a pattern that begins with `^` and ends with `$`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static READ: RefCell<BTreeMap<String, Vec<Vec<Repeat>>>> = const { RefCell::new(BTreeMap::new()) };
    }
    let text: Vec<char> = text.chars().collect();
    READ.with_borrow_mut(|read| {
        let alternatives = read
            .entry(pattern.to_owned())
            .or_insert_with(|| read_whole(pattern));
        any(alternatives, &text, 0, &mut |end| end == text.len())
    })
}

fn read_whole(pattern: &str) -> Vec<Vec<Repeat>> {
    let inner = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'));
    let inner = inner.unwrap_or_else(|| panic!("{pattern}: not anchored at both ends"));
    let letters: Vec<char> = inner.chars().collect();
    let mut at = 0;
    let alternatives = parse(&letters, &mut at);
    assert_eq!(at, letters.len(), "{pattern}: read up to {at}");
    alternatives
}

fn parse(letters: &[char], at: &mut usize) -> Vec<Vec<Repeat>> {
    let mut alternatives = vec![Vec::new()];
    while let Some(letter) = letters.get(*at).copied() {
        let step = match letter {
            ')' => break,
            '|' => {
                *at += 1;
                alternatives.push(Vec::new());
                continue;
            }
            '(' => {
                *at += 1;
                let group = parse(letters, at);
                assert_eq!(letters.get(*at), Some(&')'));
                *at += 1;
                Step::Group(group)
            }
            _ => Step::One(class(letters, at)),
        };
        let (least, most) = quantifier(letters, at);
        let repeat = Repeat { step, least, most };
        alternatives.last_mut().unwrap().push(repeat);
    }
    alternatives
}

fn class(letters: &[char], at: &mut usize) -> Class {
    let letter = letters[*at];
    *at += 1;
    let one = |c: char| Class {
        negated: false,
        ranges: vec![(c, c)],
    };
    match letter {
        '\\' => one(escaped(letters, at)),
        '.' => Class {
            negated: true,
            ranges: vec![('\n', '\n')],
        },
        '[' => {
            let negated = letters[*at] == '^';
            *at += usize::from(negated);
            let mut ranges = Vec::new();
            while letters[*at] != ']' {
                let first = member(letters, at);
                if letters[*at] == '-' && letters[*at + 1] != ']' {
                    *at += 1;
                    ranges.push((first, member(letters, at)));
                } else {
                    ranges.push((first, first));
                }
            }
            *at += 1;
            Class { negated, ranges }
        }
        '^' | '$' | '*' | '+' | '?' | '{' => panic!("{letter:?} at {at} is not for this matcher"),
        _ => one(letter),
    }
}

fn member(letters: &[char], at: &mut usize) -> char {
    let letter = letters[*at];
    *at += 1;
    if letter == '\\' {
        escaped(letters, at)
    } else {
        letter
    }
}

fn escaped(letters: &[char], at: &mut usize) -> char {
    let letter = letters[*at];
    *at += 1;
    match letter {
        'n' => '\n',
        _ if letter.is_ascii_punctuation() => letter,
        _ => panic!("\\{letter} is not for this matcher"),
    }
}

fn quantifier(letters: &[char], at: &mut usize) -> (usize, usize) {
    let range = match letters.get(*at) {
        Some('*') => (0, usize::MAX),
        Some('+') => (1, usize::MAX),
        Some('?') => (0, 1),
        Some('{') => {
            let end = letters[*at..].iter().position(|c| *c == '}').unwrap() + *at;
            let text: String = letters[*at + 1..end].iter().collect();
            *at = end;
            match text.split_once(',') {
                None => (text.parse().unwrap(), text.parse().unwrap()),
                Some((least, "")) => (least.parse().unwrap(), usize::MAX),
                Some((least, most)) => (least.parse().unwrap(), most.parse().unwrap()),
            }
        }
        _ => return (1, 1),
    };
    *at += 1;
    range
}

fn any(
    alternatives: &[Vec<Repeat>],
    text: &[char],
    from: usize,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    alternatives
        .iter()
        .any(|steps| all(steps, text, from, then))
}

fn all(steps: &[Repeat], text: &[char], from: usize, then: &mut dyn FnMut(usize) -> bool) -> bool {
    match steps.split_first() {
        None => then(from),
        Some((first, rest)) => times(first, 0, text, from, &mut |end| all(rest, text, end, then)),
    }
}

/// Takes a step once more as long as it may, then goes on; the longest first.
fn times(
    repeat: &Repeat,
    count: usize,
    text: &[char],
    from: usize,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let alternatives = match &repeat.step {
        // A polygon is a text of many thousand letters: no call for each of them.
        Step::One(class) => {
            let rest = text.iter().skip(from).take(repeat.most);
            let most = rest.take_while(|letter| class.has(**letter)).count();
            return (repeat.least..=most).rev().any(|taken| then(from + taken));
        }
        Step::Group(alternatives) => alternatives,
    };
    if count < repeat.most {
        let mut again = |end: usize| end > from && times(repeat, count + 1, text, end, then);
        if any(alternatives, text, from, &mut again) {
            return true;
        }
    }
    count >= repeat.least && then(from)
}

impl Class {
    fn has(&self, letter: char) -> bool {
        let inside = self
            .ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&letter));
        inside != self.negated
    }
}

#[test]
fn patterns_match_as_ecma_262_says() {
    for (pattern, texts, others) in [
        (
            "^R(0|[1-9][0-9]{0,2})$",
            &["R0", "R41", "R999"][..],
            &["R", "R041", "R1000", "r1"][..],
        ),
        (
            "^([0-9a-f]{2}){2,3}$",
            &["a1b2", "a1b2c3"],
            &["a1", "a1b", "a1b2c3d4", "A1B2"],
        ),
        (
            "^(whole|[0-9]+(\\.[0-9]+)?)$",
            &["whole", "1", "1.5"],
            &["1.", "wholes", ""],
        ),
        ("^[^\\n]+\\n?$", &["a", "a\n", "重"], &["", "\n", "a\nb"]),
        ("^[a-z-]{1,}$", &["a-b", "-"], &["", "_"]),
        ("^.*x$", &["x", "axx"], &["xa", "a\nx"]),
    ] {
        for text in texts {
            assert!(matches(pattern, text), "{pattern} {text:?}");
        }
        for text in others {
            assert!(!matches(pattern, text), "{pattern} {text:?}");
        }
    }
}
