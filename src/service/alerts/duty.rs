//! What the holder of a stock still has to surrender: the attribute says how much it was when an authority wrote it, and the
//! entries since then say how much was surrendered.

use std::collections::BTreeMap;

use crate::domain::command::{Act, Correction, RightAct};
use crate::domain::door::SURRENDER_DUE;
use crate::domain::entry::{Entry, Outcome};
use crate::domain::facts::StateKey;
use crate::domain::right::{Capacity, Right};
use crate::domain::wire::parse_command;
use crate::primitives::id::RightId;
use crate::primitives::limits;
use crate::primitives::quantity::{Quantity, Scale};
use crate::service::{Registry, ServiceFault};

/// What an entry of a right's history says of the duty.
enum Said {
    /// Nothing.
    Nothing,
    /// So much was surrendered.
    Surrendered(Quantity),
    /// From here on the attribute stands as it is.
    Written,
    /// The right was cut off another one, whose duty stays where it was recorded.
    Copied,
}

impl Registry {
    /// What is still to be surrendered of a stock, where an authority has recorded a duty on it: the attribute less what was
    /// surrendered since it was written. Of a history longer than `ALERT_HISTORY_MAX` entries the newest are read.
    pub(crate) fn surrender_left(
        &self,
        id: RightId,
        right: &Right,
    ) -> Result<Option<Quantity>, ServiceFault> {
        let due = right.attributes.get(SURRENDER_DUE);
        let due = due.and_then(|text| Quantity::parse(text, Scale::MAX).ok());
        let Some(due) = due.filter(|_| matches!(right.capacity, Capacity::Stock(_))) else {
            return Ok(None);
        };
        let (mut left, mut before) = (due, None);
        for _ in 0..limits::ALERT_HISTORY_MAX.div_ceil(limits::PAGE_ROWS_MAX) {
            let page = self.history(&StateKey::Right(id), before, limits::PAGE_ROWS_MAX)?;
            for (index, bytes) in &page {
                match said(id, bytes) {
                    Said::Nothing => {}
                    Said::Surrendered(amount) => left = left.saturating_sub(amount),
                    Said::Written => return Ok(Some(left)),
                    Said::Copied => return Ok(None),
                }
                before = Some(*index);
            }
            if page.len() < limits::PAGE_ROWS_MAX {
                break;
            }
        }
        Ok(Some(left))
    }

    /// The same for several rights.
    pub(super) fn surrenders_left<'a>(
        &self,
        rights: impl Iterator<Item = (RightId, &'a Right)>,
    ) -> Result<BTreeMap<RightId, Quantity>, ServiceFault> {
        let mut all = BTreeMap::new();
        for (id, right) in rights {
            if let Some(left) = self.surrender_left(id, right)? {
                all.insert(id, left);
            }
        }
        Ok(all)
    }
}

fn said(id: RightId, bytes: &[u8]) -> Said {
    let Ok(Entry::Command {
        index,
        envelope,
        outcome: Outcome::Accepted { .. },
        ..
    }) = Entry::parse(bytes)
    else {
        return Said::Nothing;
    };
    let command = parse_command(&envelope.payload);
    let act = command.as_ref().ok().and_then(|command| command.body.act());
    let act = match act {
        Some(Act::Right(act)) => Some(act),
        Some(Act::Party(_) | Act::Pledge(_)) | None => None,
    };
    let is_made_here = index == id.0;
    match act {
        Some(RightAct::TransferRight { .. } | RightAct::ConvertRight { .. }) if is_made_here => {
            Said::Copied
        }
        Some(RightAct::SurrenderRight { amount, .. }) => Said::Surrendered(amount.0),
        Some(RightAct::CorrectRight {
            correction: Correction::Particulars { attributes, .. },
            ..
        }) if attributes.contains_key(SURRENDER_DUE) => Said::Written,
        Some(
            RightAct::ExtendRight { .. }
            | RightAct::CorrectRight { .. }
            | RightAct::TransferRight { .. }
            | RightAct::ConvertRight { .. }
            | RightAct::RecordVerification { .. }
            | RightAct::OfFreeze(_),
        )
        | None => {
            if is_made_here {
                Said::Written
            } else {
                Said::Nothing
            }
        }
    }
}
