//! The words of alerts: their kinds, what lapses, and which price line is crossed.

use crate::service::notices::Noticed;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the word in queries and answers.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Parses the word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == word)
            }
        }
    };
}

words! {
    /// What is to be looked at.
    AlertKind {
        /// The right ends before the claim does.
        ExpiryBeforeMaturity = "expiry_before_maturity",
        /// Something ends soon, or has ended while the pledge stands.
        Lapse = "lapse",
        /// The insurance of the right ends soon or has ended.
        InsuranceLapse = "insurance_lapse",
        /// An authority's act has left a part of the line without a right beneath it.
        RightReduced = "right_reduced",
        /// The right was revoked.
        RightRevoked = "right_revoked",
        /// A court or an authority has frozen a part of the right.
        Frozen = "frozen",
        /// What was sold of a freeze has brought the sum that it is limited to, and more is frozen yet.
        FreezeSatisfied = "freeze_satisfied",
        /// The right has another holder than the pledgor.
        HolderChanged = "holder_changed",
        /// The loan is more of the value than the contract wants.
        PriceLine = "price_line",
        /// Other rights lie on the same ground.
        SameGround = "same_ground",
        /// The holder must surrender more than is free of pledges.
        ComplianceGap = "compliance_gap",
        /// Another register does not have the pledge, or no longer, or its term there is over.
        ExternalRegistration = "external_registration",
        /// The pledgee, the pledgor, the debtor or the holder was merged into another or split.
        PartySucceeded = "party_succeeded",
        /// The area of the certificate is not that of its ground.
        AreaDiffers = "area_differs",
        /// Another register is said to show a claim on the right that is not matched here.
        ExternalClaim = "external_claim",
        /// The policy of the kind names another register, and nothing is recorded of it.
        ExternalUnrecorded = "external_unrecorded",
        /// The register that holds the units has not confirmed that it froze them.
        ReceiptMissing = "receipt_missing",
        /// Somebody objects to the pledge.
        Objection = "objection",
        /// A part of the collateral was disposed of.
        Disposal = "disposal",
        /// Somebody asks for new keys of a party.
        Recovery = "recovery",
        /// A party says that it did not mean what one of its keys signed about the pledge.
        SignatureDisputed = "signature_disputed",
        /// Parcels on which a sink draws were revoked, have a successor, or end before the line.
        GroundLost = "ground_lost",
        /// The issuer says something of the right that would bar a new pledge.
        Barred = "barred",
        /// The claim, with those before it, is more of the value than the policies of its kinds want.
        AboveMaxLtv = "above_max_ltv",
    }
}

words! {
    /// What lapses.
    Lapsing {
        /// The term of the claim.
        Term = "term",
        /// Lines that end with the term of the claim.
        Line = "line",
        /// The collateral span of a line.
        CollateralSpan = "collateral_span",
        /// The right.
        Right = "right",
        /// The reservation.
        Reservation = "reservation",
        /// The registration in another register.
        External = "external",
        /// The days in which secured claims may arise.
        Determination = "determination",
    }
}

words! {
    /// Which line of the contract a loan-to-value has crossed.
    PriceLine {
        /// The line of warning (预警线).
        Warning = "warning",
        /// The line of closing out (平仓线).
        CloseOut = "close_out",
    }
}

/// The number of an alert that is a check of the catalogue; what a claim from outside is follows from its attribute.
pub(super) fn code_of(kind: AlertKind) -> Option<u16> {
    let noticed = match kind {
        AlertKind::ComplianceGap => Noticed::Gap,
        AlertKind::ExternalRegistration => Noticed::Differs,
        AlertKind::AreaDiffers => Noticed::Area,
        AlertKind::ExternalUnrecorded => Noticed::Unrecorded,
        AlertKind::ReceiptMissing => Noticed::NoReceipt,
        AlertKind::AboveMaxLtv => Noticed::Ltv,
        AlertKind::ExpiryBeforeMaturity
        | AlertKind::Lapse
        | AlertKind::InsuranceLapse
        | AlertKind::RightReduced
        | AlertKind::RightRevoked
        | AlertKind::Frozen
        | AlertKind::FreezeSatisfied
        | AlertKind::HolderChanged
        | AlertKind::PriceLine
        | AlertKind::SameGround
        | AlertKind::PartySucceeded
        | AlertKind::ExternalClaim
        | AlertKind::Objection
        | AlertKind::Disposal
        | AlertKind::SignatureDisputed
        | AlertKind::GroundLost
        | AlertKind::Barred
        | AlertKind::Recovery => return None,
    };
    Some(noticed.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::parse(kind.name()), Some(*kind));
        }
        for what in Lapsing::ALL {
            assert_eq!(Lapsing::parse(what.name()), Some(*what));
        }
        assert_eq!(Lapsing::parse("price"), None);
        assert_eq!(PriceLine::parse("close_out"), Some(PriceLine::CloseOut));
    }
}
