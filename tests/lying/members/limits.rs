//! The members that a file alone cannot judge, each group with the sentence of docs/FORMATS.md 7.6 that says so.

use std::collections::BTreeSet;

use super::Place;

/// Members with one reason.
pub(super) struct Limit {
    /// Words of 7.6.
    pub(super) says: &'static str,
    /// About what the file is, what is changed, and which of its members.
    places: &'static [(&'static str, &'static str, &'static [&'static str])],
}

pub(super) const LIMITS: &[Limit] = &[
    Limit {
        says: "that each decision followed the law: that capacity was there at the time, policy quorum and delay, warnings",
        places: &[
            ("pledge", "entry", &["outcome.accepted.warnings"]),
            ("pledge", "policy_adopted", &["active_from"]),
            ("right", "entry", &["outcome.accepted.warnings"]),
            ("right", "policy_adopted", &["active_from"]),
        ],
    },
    Limit {
        says: "and times of the entries are right, beyond the order of those shown",
        places: &[
            (
                "absence",
                "the state entry",
                &["prev", "previous_state_index", "time"],
            ),
            ("pledge", "entry", &["policy", "prev", "time"]),
            (
                "pledge",
                "the state entry",
                &["prev", "previous_state_index", "time"],
            ),
            ("right", "entry", &["policy", "prev", "time"]),
            (
                "right",
                "the state entry",
                &["prev", "previous_state_index", "time"],
            ),
        ],
    },
    Limit {
        says: "they are shown as they stand",
        places: &[
            (
                "pledge",
                "shown cell",
                &[
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.rights",
                ],
            ),
            (
                "pledge",
                "shown pledge",
                &[
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.caps",
                    "record.former",
                    "record.green",
                    "record.guarantees",
                    "record.lines",
                    "record.maximum",
                    "record.parts",
                    "record.pledgee",
                    "record.term",
                ],
            ),
            ("pledge", "pledge_registered", &["lines[].expires"]),
            (
                "pledge",
                "shown right",
                &[
                    "",
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.adjudication",
                    "record.burdens",
                    "record.cells",
                    "record.class",
                    "record.holder",
                    "record.identities",
                    "record.issuer",
                    "record.layer",
                    "record.measure",
                    "record.polygon",
                    "record.resolution",
                    "record.span",
                    "record.succeeds",
                    "record.units",
                ],
            ),
            (
                "right",
                "shown cell",
                &[
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.rights",
                ],
            ),
            ("right", "shown identity", &["history.size"]),
            (
                "right",
                "shown party",
                &[
                    "",
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.duties",
                    "record.keys",
                    "record.name",
                    "record.region",
                    "record.threshold",
                ],
            ),
            (
                "right",
                "shown pledge",
                &[
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.lines",
                ],
            ),
            (
                "right",
                "shown right",
                &[
                    "",
                    "history.last",
                    "history.root",
                    "history.size",
                    "record.adjudication",
                    "record.burdens",
                    "record.cells",
                    "record.class",
                    "record.converted",
                    "record.holder",
                    "record.identities",
                    "record.issuer",
                    "record.layer",
                    "record.measure",
                    "record.polygon",
                    "record.resolution",
                    "record.revoked_from",
                    "record.span",
                    "record.succeeded_by",
                    "record.succeeds",
                    "record.units",
                ],
            ),
        ],
    },
    Limit {
        says: "in any file, whether its source began with it",
        places: &[
            ("pledge", "convert_right", &["changes"]),
            ("pledge", "transfer_right", &["changes"]),
            ("right", "convert_right", &["changes"]),
            ("right", "transfer_right", &["changes"]),
        ],
    },
    Limit {
        says: "where a near right lies",
        places: &[
            ("pledge", "right_issued", &["cells"]),
            ("right", "right_issued", &["cells", "units[].right"]),
        ],
    },
];

/// Every place of the table.
pub(super) fn table() -> BTreeSet<Place> {
    let mut table = BTreeSet::new();
    for limit in LIMITS {
        for (about, carrier, members) in limit.places {
            for member in *members {
                table.insert((*about, (*carrier).to_owned(), (*member).to_owned()));
            }
        }
    }
    table
}
