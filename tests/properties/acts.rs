//! Random acts: small words that say little by themselves, so that a failing sequence shrinks to a readable one.
//!
//! Which pledge, which quantity and which day a word means depends on where it is played (`stage`).

use proptest::prelude::*;

/// How much is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Much {
    /// So many eighths of what the right had when it was issued.
    Eighths(i64),
    /// All that is free.
    Exact,
    /// The smallest quantity more than is free.
    OneMore,
}

/// One line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Which right: of the holder's own mostly, of all from [`OWN_SLOTS`] on.
    pub(crate) slot: usize,
    pub(crate) much: Much,
    /// The first day or year, and how many places of the calendar later it ends.
    pub(crate) from: usize,
    pub(crate) length: usize,
}

/// From here on, a number names any record of its kind; below, one that stands.
pub(crate) const ANY: usize = 6;

/// Slots below this one name a right of the holder.
pub(crate) const OWN_SLOTS: usize = 24;

/// Who gives a command about a record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    /// The bank of the record.
    Own,
    /// The bank after it.
    Other,
}

/// How one line is released.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// So many eighths of the line.
    Eighths(i64),
    /// More than the line holds.
    TooMuch,
    /// The line.
    Whole,
}

/// One act.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Register {
        bank: usize,
        holder: usize,
        lines: Vec<Wish>,
    },
    Reserve {
        bank: usize,
        holder: usize,
        lines: Vec<Wish>,
        days: u64,
    },
    /// A registration on a reservation: of its own lines where none are given.
    TakeOver {
        which: usize,
        who: Who,
        lines: Vec<Wish>,
    },
    Cancel {
        which: usize,
        who: Who,
    },
    Amend {
        which: usize,
        who: Who,
        stale: bool,
        lines: Vec<(usize, Much)>,
    },
    Extend {
        which: usize,
        who: Who,
        lines: Vec<(usize, usize)>,
    },
    /// The whole pledge where no lines are given.
    Release {
        which: usize,
        who: Who,
        lines: Vec<(usize, Part)>,
    },
    Freeze {
        wish: Wish,
        by: Orderer,
    },
    Unfreeze {
        which: usize,
        by_registrar: bool,
    },
    Adjust {
        right: usize,
        from: usize,
        eighths: i64,
        by_issuer: bool,
    },
    Revoke {
        right: usize,
        from: usize,
    },
    Wait {
        days: u32,
    },
}

/// Who orders a freeze.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Orderer {
    /// A court, through the registrar.
    Court,
    /// The issuer.
    Issuer,
    /// A bank, in the name of a court.
    Nobody,
}

fn much() -> impl Strategy<Value = Much> {
    prop_oneof![
        6 => (1..=3_i64).prop_map(Much::Eighths),
        1 => prop_oneof![Just(0), 4..=9_i64].prop_map(Much::Eighths),
        3 => Just(Much::Exact),
        2 => Just(Much::OneMore),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    let slot = prop_oneof![20 => 0..OWN_SLOTS, 1 => OWN_SLOTS..OWN_SLOTS + 10];
    let from = prop_oneof![8 => 1..7_usize, 1 => 0..9_usize];
    (slot, much(), from, 0..3_usize).prop_map(|(slot, much, from, length)| Wish {
        slot,
        much,
        from,
        length,
    })
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    prop_oneof![
        3 => prop::collection::vec(wish(), 1),
        2 => prop::collection::vec(wish(), 2..=3),
        // The same right more than once, on days that touch or overlap.
        1 => (0..OWN_SLOTS, prop::collection::vec(wish(), 2..=3)).prop_map(|(slot, wishes)| {
            wishes.into_iter().map(|wish| Wish { slot, ..wish }).collect()
        }),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![7 => Just(Who::Own), 1 => Just(Who::Other)]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        4 => (0..=8_i64).prop_map(Part::Eighths),
        1 => Just(Part::TooMuch),
        2 => Just(Part::Whole),
    ]
}

fn of_lines<T: std::fmt::Debug>(
    what: impl Strategy<Value = T>,
    least: usize,
) -> impl Strategy<Value = Vec<(usize, T)>> {
    prop::collection::vec((0..3_usize, what), least..=2)
}

fn which() -> impl Strategy<Value = usize> {
    0..=ANY
}

fn voluntary() -> impl Strategy<Value = Act> {
    let parties = || (0..3_usize, 0..2_usize);
    prop_oneof![
        30 => (parties(), wishes()).prop_map(|((bank, holder), lines)| Act::Register {
            bank, holder, lines,
        }),
        8 => (parties(), wishes(), 1..=30_u64).prop_map(|((bank, holder), lines, days)| {
            Act::Reserve { bank, holder, lines, days }
        }),
        7 => (which(), who(), prop_oneof![2 => Just(Vec::new()), 1 => wishes()])
            .prop_map(|(which, who, lines)| Act::TakeOver { which, who, lines }),
        3 => (which(), who()).prop_map(|(which, who)| Act::Cancel { which, who }),
        16 => (which(), who(), prop::bool::weighted(0.05), of_lines(much(), 1))
            .prop_map(|(which, who, stale, lines)| Act::Amend { which, who, stale, lines }),
        10 => (which(), who(), of_lines(3..9_usize, 1))
            .prop_map(|(which, who, lines)| Act::Extend { which, who, lines }),
        12 => (which(), who(), of_lines(part(), 0))
            .prop_map(|(which, who, lines)| Act::Release { which, who, lines }),
    ]
}

fn of_authorities() -> impl Strategy<Value = Act> {
    let orderer = prop_oneof![
        4 => Just(Orderer::Court), 4 => Just(Orderer::Issuer), 1 => Just(Orderer::Nobody),
    ];
    prop_oneof![
        6 => (wish(), orderer).prop_map(|(wish, by)| Act::Freeze { wish, by }),
        6 => (which(), any::<bool>())
            .prop_map(|(which, by_registrar)| Act::Unfreeze { which, by_registrar }),
        6 => (0..10_usize, 0..9_usize, 0..=12_i64, prop::bool::weighted(0.9)).prop_map(
            |(right, from, eighths, by_issuer)| Act::Adjust { right, from, eighths, by_issuer }
        ),
        1 => (0..10_usize, 0..9_usize).prop_map(|(right, from)| Act::Revoke { right, from }),
    ]
}

/// A sequence of 46 acts on average. A least length would keep a failing one from shrinking.
pub(crate) fn sequence() -> impl Strategy<Value = Vec<Act>> {
    let wait = prop_oneof![12 => 0..45_u32, 1 => 100..500_u32];
    let act = prop_oneof![
        80 => voluntary(),
        16 => of_authorities(),
        8 => wait.prop_map(|days| Act::Wait { days }),
    ];
    prop::collection::vec(act, 1..=92)
}
