//! The exact sum of many small fractions.
//!
//! Kept apart from `overlap` because it knows nothing of geometry. Adding thousands of rationals one by one
//! would take a greatest common divisor of ever longer numbers each time. Here whole parts are taken out,
//! fractions with the same denominator are added as integers, the rest are multiplied up pairwise as a
//! balanced tree, and the result is reduced once, against the small denominators it was made of.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, ToPrimitive};

/// Denominators reduced together; some thirty of 55 bits make a divisor long enough to divide by quickly.
const REDUCED_TOGETHER: usize = 32;

/// A sum that grows by fractions with 128-bit numerators.
#[derive(Debug, Default)]
pub(super) struct FractionSum {
    whole: i128,
    /// Numerators by denominator, each fraction below 1 when it was added.
    proper: BTreeMap<i128, i128>,
}

impl FractionSum {
    /// Adds an integer.
    pub(super) fn add_whole(&mut self, number: i128) {
        self.whole += number;
    }

    /// Adds `numerator / denominator`; the denominator is positive.
    pub(super) fn add(&mut self, numerator: i128, denominator: i128) {
        let (whole, rest) = numerator.div_mod_floor(&denominator);
        self.whole += whole;
        if rest != 0 {
            let common = rest.gcd(&denominator);
            *self.proper.entry(denominator / common).or_default() += rest / common;
        }
    }

    /// The sum in lowest terms.
    pub(super) fn total(self) -> BigRational {
        let mut whole = self.whole;
        let mut leaves = Vec::with_capacity(self.proper.len());
        let mut denominators = Vec::with_capacity(self.proper.len());
        for (denominator, numerator) in self.proper {
            let (quotient, rest) = numerator.div_mod_floor(&denominator);
            whole += quotient;
            if rest != 0 {
                leaves.push((BigInt::from(rest), BigInt::from(denominator)));
                denominators.push(denominator);
            }
        }
        let (numerator, denominator) = multiplied_up(leaves);
        lowest_terms(numerator + whole * denominator, &denominators)
    }
}

/// Adds the fractions pairwise until one is left; its denominator is the product of theirs.
fn multiplied_up(mut fractions: Vec<(BigInt, BigInt)>) -> (BigInt, BigInt) {
    while fractions.len() > 1 {
        fractions = fractions
            .chunks(2)
            .map(|pair| match pair {
                [(a, b), (c, d)] => (a * d + c * b, b * d),
                odd => odd[0].clone(),
            })
            .collect();
    }
    fractions
        .pop()
        .unwrap_or_else(|| (BigInt::ZERO, BigInt::one()))
}

/// Reduces `numerator` over the product of `denominators`, which are positive.
///
/// One pass is enough. A prime left in the numerator at the end was in it all along, so each denominator
/// lost all of its share of that prime when its turn came.
fn lowest_terms(mut numerator: BigInt, denominators: &[i128]) -> BigRational {
    let mut denominator = BigInt::one();
    for group in denominators.chunks(REDUCED_TOGETHER) {
        let mut product: BigInt = group.iter().map(|&small| BigInt::from(small)).product();
        // Stands for the numerator in this group: equal to it modulo the group's product, and both stay so
        // when a common divisor is taken out of all three.
        let mut rest = numerator.mod_floor(&product);
        let mut taken_out = BigInt::one();
        for small in group {
            let common = remainder(&rest, *small).gcd(small);
            if common != 1 {
                rest /= common;
                product /= common;
                taken_out *= common;
            }
        }
        numerator /= taken_out;
        denominator *= product;
    }
    BigRational::new_raw(numerator, denominator)
}

/// The remainder of a number that is not negative.
fn remainder(number: &BigInt, divisor: i128) -> i128 {
    // A remainder is smaller than its divisor, so it fits; 0 is never taken instead.
    (number % divisor).to_i128().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(fractions: &[(i128, i128)]) -> BigRational {
        let mut sum = FractionSum::default();
        for &(numerator, denominator) in fractions {
            sum.add(numerator, denominator);
        }
        sum.total()
    }

    #[test]
    fn the_sum_agrees_with_adding_one_by_one_and_is_in_lowest_terms() {
        let fractions: Vec<(i128, i128)> = (1..200)
            .map(|i: i128| (i * i * 7919 - 50_000, (i * 37) % 101 + 1))
            .collect();
        let slow: BigRational = fractions
            .iter()
            .map(|&(n, d)| BigRational::new(n.into(), d.into()))
            .sum();
        let fast = sum(&fractions);
        assert_eq!(fast.numer(), slow.numer());
        assert_eq!(fast.denom(), slow.denom());
    }

    #[test]
    fn fractions_that_cancel_leave_an_integer() {
        for (fractions, expected) in [
            (vec![], 0),
            (vec![(1, 2), (1, 3), (1, 6)], 1),
            (vec![(-1, 2), (-1, 3), (5, 6)], 0),
            (vec![(1, 4), (3, 4), (7, 1)], 8),
            (vec![(-7, 3), (1, 3)], -2),
        ] {
            let total = sum(&fractions);
            assert_eq!(
                (total.numer(), total.denom()),
                (&expected.into(), &BigInt::one())
            );
        }
    }
}
