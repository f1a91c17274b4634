//! Random acts: a word and some dice. What they come to depends on where they are played (`choose`), so that a failing
//! sequence shrinks to few acts; 0 on a die is always the plainest choice.

use proptest::prelude::*;

/// One act.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Which kind of act.
    pub(crate) word: Word,
    /// What is thrown, one after the other.
    pub(crate) dice: Vec<u16>,
}

/// The kinds of acts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Word {
    Register,
    Amend,
    Extend,
    Release,
    Reserve,
    TakeOver,
    Cancel,
    ChangeRank,
    Substitute,
    Assign,
    Determine,
    Dispose,
    Object,
    Withdraw,
    Guarantee,
    Buyout,
    External,
    Verify,
    Adjust,
    Revoke,
    ExtendRight,
    Issue,
    Succeed,
    Correct,
    Transfer,
    Convert,
    Surrender,
    Freeze,
    ChangeFreeze,
    Execute,
    Unfreeze,
    Adopt,
    Admit,
    Rename,
    Merge,
    Split,
    Erase,
    AddKey,
    RevokeKey,
    SetThreshold,
    Rotate,
    SetRules,
    Dispute,
    Resolve,
    Recover,
    Veto,
    Complete,
    RotateLogKey,
    Wait,
}

/// How often each comes, of the sum of all.
const WEIGHTS: [(Word, u32); 49] = [
    (Word::Register, 120),
    (Word::Amend, 45),
    (Word::Extend, 30),
    (Word::Release, 30),
    (Word::Reserve, 20),
    (Word::TakeOver, 16),
    (Word::Cancel, 14),
    (Word::ChangeRank, 30),
    (Word::Substitute, 24),
    (Word::Assign, 20),
    (Word::Determine, 14),
    (Word::Dispose, 14),
    (Word::Object, 12),
    (Word::Withdraw, 8),
    (Word::Guarantee, 12),
    (Word::Buyout, 6),
    (Word::External, 8),
    (Word::Verify, 16),
    (Word::Adjust, 12),
    (Word::Revoke, 3),
    (Word::ExtendRight, 6),
    (Word::Issue, 30),
    (Word::Succeed, 14),
    (Word::Correct, 20),
    (Word::Transfer, 26),
    (Word::Convert, 18),
    (Word::Surrender, 16),
    (Word::Freeze, 18),
    (Word::ChangeFreeze, 12),
    (Word::Execute, 12),
    (Word::Unfreeze, 12),
    (Word::Adopt, 18),
    (Word::Admit, 8),
    (Word::Rename, 6),
    (Word::Merge, 9),
    (Word::Split, 9),
    (Word::Erase, 10),
    (Word::AddKey, 9),
    (Word::RevokeKey, 8),
    (Word::SetThreshold, 7),
    (Word::Rotate, 8),
    (Word::SetRules, 12),
    (Word::Dispute, 10),
    (Word::Resolve, 6),
    (Word::Recover, 12),
    (Word::Veto, 7),
    (Word::Complete, 9),
    (Word::RotateLogKey, 10),
    (Word::Wait, 40),
];

/// How many dice an act has.
const DICE: usize = 32;

fn word() -> impl Strategy<Value = Word> {
    let mut words = Vec::new();
    for (word, weight) in WEIGHTS {
        words.extend((0..weight).map(|_| word));
    }
    prop::sample::select(words)
}

/// A sequence of 50 acts on average. A least length would keep a failing one from shrinking.
pub(crate) fn sequence() -> impl Strategy<Value = Vec<Act>> {
    let act = (word(), prop::collection::vec(any::<u16>(), DICE));
    let act = act.prop_map(|(word, dice)| Act { word, dice });
    prop::collection::vec(act, 1..=100)
}

/// The dice of one act, thrown one after the other; when all are thrown, they show 0.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    values: Vec<u16>,
    thrown: usize,
}

impl Dice {
    pub(crate) fn new(values: &[u16]) -> Self {
        Self {
            values: values.to_vec(),
            thrown: 0,
        }
    }

    /// A number below `count`, or 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let value = self.values.get(self.thrown).copied().unwrap_or(0);
        self.thrown += 1;
        usize::from(value) % count.max(1)
    }

    /// True once in so many throws.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    /// One of a list that may be empty.
    pub(crate) fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        if list.is_empty() {
            return None;
        }
        Some(list[self.below(list.len())].clone())
    }
}
