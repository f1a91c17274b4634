//! Small worlds of ranks, all of them: whatever lines are registered behind whole stacks, no release ever makes the others take
//! more than there is.

use greenlien::domain::right::BurdenId;
use greenlien::domain::stack::{Stacks, Taken};
use greenlien::primitives::id::PledgeId;
use greenlien::primitives::limits;
use greenlien::primitives::quantity::{Quantity, Scale};

use crate::scenarios;

/// How much there is.
const BALANCE: u64 = 4;
/// The largest quantity of one line.
const MOST: u64 = 3;
/// How many lines a world has at most.
const LINES: usize = 5;

/// A line: its quantity, and the numbers of the lines it stands behind.
#[derive(Clone, Debug)]
struct Line {
    quantity: u64,
    behind: Vec<usize>,
}

fn name(number: usize) -> BurdenId {
    BurdenId::Line(PledgeId(u64::try_from(number).unwrap()), 0)
}

fn quantity(number: u64) -> Quantity {
    Quantity::parse(&number.to_string(), Scale::MAX).unwrap()
}

/// What the law says of the lines that stand: how much they take, and whether any of them hangs.
fn by_law(lines: &[(usize, &Line)]) -> (Quantity, bool) {
    let behind: Vec<Vec<BurdenId>> = lines
        .iter()
        .map(|(_, line)| line.behind.iter().map(|senior| name(*senior)).collect())
        .collect();
    let taken = |((number, line), behind): (&(usize, &Line), &'_ Vec<BurdenId>)| {
        (name(*number), quantity(line.quantity), behind.clone())
    };
    let owned: Vec<_> = lines.iter().zip(&behind).map(taken).collect();
    let taken: Vec<Taken<'_>> = owned
        .iter()
        .map(|(id, quantity, behind)| Taken {
            id: *id,
            quantity: *quantity,
            behind,
        })
        .collect();
    let stacks = Stacks::of(&taken);
    let hanging = stacks.hanging(&taken, quantity(BALANCE));
    (stacks.used(), hanging.iter().any(|part| !part.is_zero()))
}

/// The same by counting: the largest line of each stack, where a stack is what hangs together by any way of naming.
fn by_counting(lines: &[(usize, &Line)]) -> u64 {
    let mut left: Vec<(usize, &Line)> = lines.to_vec();
    let mut sum = 0;
    while let Some(first) = left.pop() {
        let mut stack = vec![first];
        loop {
            let joins = |(number, line): &(usize, &Line)| {
                stack.iter().any(|(other, of_stack)| {
                    line.behind.contains(other) || of_stack.behind.contains(number)
                })
            };
            let (more, others): (Vec<_>, Vec<_>) = left.into_iter().partition(joins);
            left = others;
            if more.is_empty() {
                break;
            }
            stack.extend(more);
        }
        sum += stack
            .iter()
            .map(|(_, line)| line.quantity)
            .max()
            .unwrap_or(0);
    }
    sum
}

/// The whole stacks that stand: each as the numbers of its lines.
fn stacks(world: &[Line]) -> Vec<Vec<usize>> {
    let mut stacks: Vec<Vec<usize>> = Vec::new();
    for (number, line) in world.iter().enumerate() {
        let of_senior = |stack: &&mut Vec<usize>| line.behind.iter().any(|s| stack.contains(s));
        match stacks.iter_mut().find(of_senior) {
            Some(stack) => stack.push(number),
            None => stacks.push(vec![number]),
        }
    }
    stacks
}

fn check_every_release(world: &[Line]) {
    for removed in 0_u32..1 << world.len() {
        let stands = |(number, _): &(usize, &Line)| removed & (1 << number) == 0;
        let standing: Vec<(usize, &Line)> = world.iter().enumerate().filter(stands).collect();
        let (used, hangs) = by_law(&standing);
        assert_eq!(
            used,
            quantity(by_counting(&standing)),
            "{world:?} without {removed:b}"
        );
        assert!(used <= quantity(BALANCE), "{world:?} without {removed:b}");
        assert!(!hangs, "{world:?} without {removed:b}");
    }
}

/// Registers one more line in every way that the law accepts; returns how many worlds there are.
fn grow(world: &[Line]) -> usize {
    check_every_release(world);
    let mut worlds = 1;
    if world.len() == LINES {
        return worlds;
    }
    let mut places = stacks(world);
    places.push(Vec::new());
    for behind in places {
        for quantity_asked in 1..=MOST {
            let mut next = world.to_vec();
            next.push(Line {
                quantity: quantity_asked,
                behind: behind.clone(),
            });
            let all: Vec<(usize, &Line)> = next.iter().enumerate().collect();
            if by_law(&all).0 <= quantity(BALANCE) {
                worlds += grow(&next);
            }
        }
    }
    worlds
}

#[test]
fn no_release_takes_more_than_there_is_in_any_small_world() {
    let worlds = grow(&[]);
    assert!(worlds == 1_955, "{worlds}");
}

/// How many bytes more an entry has where each number of a pledge has eight digits.
fn longer_by(text: &str) -> usize {
    let of_pledge = |part: &str| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 { 8 - digits } else { 0 }
    };
    text.split('P').skip(1).map(of_pledge).sum()
}

#[test]
fn what_an_act_writes_of_a_full_right_fits_one_entry_also_in_a_long_log() {
    let acts = [
        "\"type\":\"change_rank\"",
        "\"type\":\"convert_right\"",
        "\"moved\":",
    ];
    let mut seen = [0; 3];
    for name in ["deep_stacks", "limits"] {
        for entry in scenarios::log(name) {
            let text = String::from_utf8(entry).unwrap();
            let Some(act) = acts.iter().position(|act| text.contains(act)) else {
                continue;
            };
            seen[act] += 1;
            // Each line also lapses, and has six decimal digits.
            let more = "\"expires\":\"2026-12-01T02:00:00.000000Z\",".len() + 12;
            let lines = text.matches("\"quantity\":").count();
            let bytes = text.len() + longer_by(&text) + lines * more;
            assert!(bytes <= limits::ENTRY_BYTES_MAX, "{name}: {bytes}");
        }
    }
    assert_eq!(seen, [1, 3, 2]);
}
