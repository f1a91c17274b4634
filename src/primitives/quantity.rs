//! Exact quantities: integers scaled by a power of ten that the policy of the kind fixes. No float anywhere.
//!
//! A quantity on the wire is a decimal string with exactly the scale's digits or fewer ("80" and "80.000" are one value); in
//! entries it is written in one way: no sign, no needless zeros.

use std::fmt;

/// The number of decimal digits after the point, 0 to 6.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale(u8);

impl Scale {
    /// The finest scale.
    pub const MAX: Self = Self(6);

    /// Makes a scale of 0 to 6 digits.
    pub fn new(digits: u64) -> Option<Self> {
        u8::try_from(digits)
            .ok()
            .filter(|d| *d <= Self::MAX.0)
            .map(Self)
    }

    /// Returns the number of digits.
    pub fn digits(self) -> u8 {
        self.0
    }
}

/// An amount in units of 10^-6 of the kind's unit, from 0 to 10^18 - 1 of those: 999,999,999,999.999999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Quantity(i64);

const MICRO: i64 = 1_000_000;
const RAW_MAX: i64 = 999_999_999_999_999_999;

/// Why a text is not a quantity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantityFault {
    /// It is not a plain decimal number.
    NotDecimal,
    /// It has more decimal digits than the unit of the kind.
    TooFine,
    /// It is larger than 999,999,999,999.
    TooLarge,
}

impl fmt::Display for QuantityFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotDecimal => "is not a plain decimal number such as 80.5",
            Self::TooFine => "has more decimal digits than the unit of this kind",
            Self::TooLarge => "is larger than 999999999999",
        })
    }
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Parses a decimal string of at most `scale` digits after the point; no sign, no exponent, no leading zeros.
    pub fn parse(text: &str, scale: Scale) -> Result<Self, QuantityFault> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || (text.contains('.') && !is_digits(fraction)) {
            return Err(QuantityFault::NotDecimal);
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(QuantityFault::NotDecimal);
        }
        if whole.len() > 12 {
            return Err(QuantityFault::TooLarge);
        }
        let significant = fraction.trim_end_matches('0');
        if significant.len() > usize::from(scale.0) {
            return Err(QuantityFault::TooFine);
        }
        let whole: i64 = whole.parse().map_err(|_| QuantityFault::NotDecimal)?;
        let micros: i64 = format!("{significant:0<6}")
            .parse()
            .map_err(|_| QuantityFault::NotDecimal)?;
        Ok(Self(whole * MICRO + micros))
    }

    /// Makes a quantity of raw micro-units, where it is in range.
    pub fn from_raw(raw: i64) -> Option<Self> {
        (0..=RAW_MAX).contains(&raw).then_some(Self(raw))
    }

    /// Returns the raw micro-units.
    pub fn raw(self) -> i64 {
        self.0
    }

    /// Returns how many units this sum of money buys at `price` for one, rounded up to the scale, where there is an answer:
    /// the least quantity whose value is not below the sum.
    pub fn units_at(self, price: Self, scale: Scale) -> Option<Self> {
        let step = 10_i128.pow(u32::from(Scale::MAX.0.saturating_sub(scale.0)));
        let one_step = i128::from(price.0).checked_mul(step)?;
        if one_step == 0 {
            return None;
        }
        let sum = i128::from(self.0).checked_mul(i128::from(MICRO))?;
        let steps = sum.checked_add(one_step - 1)? / one_step;
        let raw = steps.checked_mul(step)?;
        i64::try_from(raw).ok().and_then(Self::from_raw)
    }

    /// Says whether nothing is left.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Adds, within the range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::from_raw)
    }

    /// Subtracts, where `other` is not larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::from_raw)
    }

    /// Subtracts down to zero.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0.saturating_sub(other.0)).max(0))
    }

    /// Adds up to the largest quantity; for sums that are only compared.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).min(RAW_MAX))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, micros) = (self.0 / MICRO, self.0 % MICRO);
        if micros == 0 {
            return write!(f, "{whole}");
        }
        let fraction = format!("{micros:06}");
        write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(text: &str) -> Result<Quantity, QuantityFault> {
        Quantity::parse(text, Scale::new(3).unwrap())
    }

    #[test]
    fn a_quantity_has_one_text() {
        assert_eq!(three("80.500").unwrap().to_string(), "80.5");
        assert_eq!(three("0").unwrap().to_string(), "0");
        assert_eq!(three("80").unwrap(), three("80.000").unwrap());
    }

    #[test]
    fn other_texts_are_refused_with_their_fault() {
        for text in [
            "", "-1", "+1", "1e3", ".5", "5.", "007", "1,000", "１", "1.2.3", " 1",
        ] {
            assert_eq!(three(text), Err(QuantityFault::NotDecimal), "{text}");
        }
        assert_eq!(three("0.0001"), Err(QuantityFault::TooFine));
        assert_eq!(three("1000000000000"), Err(QuantityFault::TooLarge));
    }

    #[test]
    fn arithmetic_never_leaves_the_range() {
        let most = three("999999999999.999").unwrap();
        assert_eq!(most.checked_add(three("1").unwrap()), None);
        assert_eq!(Quantity::ZERO.checked_sub(three("1").unwrap()), None);
    }
}
