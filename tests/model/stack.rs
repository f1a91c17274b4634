//! Who shares a place: whoever stands behind another takes the same, and the largest of them counts.

use super::Amount;
use super::right::Taking;

/// Puts what is taken on one day into stacks: whoever stands behind another shares its stack.
pub(super) fn stacks(there: &[&Taking]) -> Vec<Vec<usize>> {
    let mut stacks: Vec<Vec<usize>> = Vec::new();
    for (nth, taking) in there.iter().enumerate() {
        let mut joined = vec![nth];
        let mut apart = Vec::new();
        for stack in stacks {
            if stack
                .iter()
                .any(|other| there[*other].is_ranked_with(taking))
            {
                joined.extend(stack);
            } else {
                apart.push(stack);
            }
        }
        apart.push(joined);
        stacks = apart;
    }
    stacks
}

/// The stacks of what is taken of a stock, in the order of the first of each.
pub(super) fn stacks_of(takings: &[Taking]) -> Vec<Vec<Taking>> {
    let there: Vec<&Taking> = takings.iter().collect();
    let mut stacks = stacks(&there);
    for stack in &mut stacks {
        stack.sort_unstable();
    }
    stacks.sort_unstable();
    let taking = |nth: &usize| there[*nth].clone();
    let of_stack = |stack: &Vec<usize>| stack.iter().map(taking).collect();
    stacks.iter().map(of_stack).collect()
}

pub(super) fn largest(there: &[&Taking], stack: &[usize]) -> Amount {
    let quantities = stack.iter().map(|nth| there[*nth].quantity);
    quantities.max().unwrap_or(0)
}
