//! How the command line looks a lender's book up: over HTTP, signed in as the lender.

use std::collections::BTreeMap;

use crate::cli::exit::Failure;
use crate::client::answers::records::{Secured, SecuredId};
use crate::client::answers::sessions::Kept;
use crate::client::{ClientFault, Paging, Pledges, Rights};
use crate::documents::books::lending::judge::{Alike, Considered, Look, Place};
use crate::domain::command::{Body, RegisterPledge};
use crate::domain::entry::Entry;
use crate::domain::pledge::Pledge;
use crate::domain::right::{Identity, Right};
use crate::domain::wire::parse_command;
use crate::primitives::crypto::Hash;
use crate::primitives::id::{PartyId, PledgeId, RightId};
use crate::primitives::identifier::{RegistrationNumber, normal_form, normal_form_upper};

use super::{Finding, Lender};

/// Parties that are named to whoever wrote a part of a name.
const NAMESAKES_MAX: usize = 8;

/// Nothing, where the registry says that there is nothing.
fn there<T>(answer: Result<T, ClientFault>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(ClientFault::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

impl Lender<'_> {
    /// Finds the right that has an identity, under whichever scheme of as many parts.
    fn right_with(&self, typed: &str) -> Result<Option<(RightId, Right)>, Failure> {
        let parts = typed.split('|').count();
        let schemes = self.policies.iter().flat_map(|it| &it.identities);
        let fitting = schemes.filter(|scheme| scheme.parts.len() == parts);
        let mut names: Vec<&str> = fitting.map(|scheme| scheme.scheme.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for scheme in names {
            let begin = typed.get(..scheme.len());
            let is_named = begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
            let rest = typed.get(scheme.len()..).filter(|_| is_named);
            let value = rest.and_then(|value| value.strip_prefix(':'));
            let which = Rights::With(Identity {
                scheme: scheme.to_owned(),
                value: value.unwrap_or(typed).to_owned(),
            });
            let page = self.client.list_rights(&which, &Paging::default())?.value;
            if let Some(held) = page.items.into_iter().next() {
                return Ok(Some((held.id, held.record)));
            }
        }
        Ok(None)
    }
}

impl Look for Lender<'_> {
    type Fault = Failure;
    type Finding = Finding;

    fn party(&self, typed: &str) -> Result<Option<PartyId>, Failure> {
        let typed = normal_form_upper(typed);
        match PartyId::parse(&typed) {
            Some(id) => Ok(there(self.client.get_party(id))?.map(|_| id)),
            None => Ok(self.register.parties.get(&typed).copied()),
        }
    }

    fn named(&self, typed: &str) -> Result<Alike, Failure> {
        let wanted = normal_form_upper(typed);
        let names = self.register.names.iter();
        let alike = names.filter(|(_, name)| normal_form_upper(name).contains(&wanted));
        let mut alike: Vec<(PartyId, String)> = alike.cloned().collect();
        // The one that has no other name stands first, so that it is not cut off.
        alike.sort_by_key(|(_, name)| normal_form_upper(name) != wanted);
        let is_more = alike.len() > NAMESAKES_MAX;
        let count = |of: &[(PartyId, String)]| {
            let same = of
                .iter()
                .filter(|(_, name)| normal_form_upper(name) == wanted);
            same.count()
        };
        let is_unclear = count(&alike) != 1;
        alike.truncate(NAMESAKES_MAX);
        Ok(Alike {
            parties: alike,
            has_more: is_more && is_unclear,
        })
    }

    fn right(&self, typed: &str) -> Result<Option<(RightId, Right)>, Failure> {
        // Written as a person means it; an identity whose letters count is asked for with its own case too.
        let spelled = [normal_form_upper(typed), normal_form(typed)];
        let [upper, kept] = &spelled;
        let number = RegistrationNumber::parse(upper).ok();
        let number = number.map(|number| RightId(number.index()));
        if let Some(id) = RightId::parse(upper).or(number) {
            let held = there(self.client.get_right(id))?;
            return Ok(held.map(|held| (id, held.value.record)));
        }
        for typed in [upper, kept] {
            if let Some(found) = self.right_with(typed)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn pledge(&self, id: PledgeId) -> Result<Option<Pledge>, Failure> {
        let held = there(self.client.get_pledge(SecuredId::Pledge(id)))?;
        Ok(held.and_then(|held| match held.value.record {
            Secured::Pledge(pledge) => Some(*pledge),
            Secured::Reservation(_) => None,
        }))
    }

    fn has_keys(&self, party: PartyId) -> Result<bool, Failure> {
        Ok(!self.acting(party)?.1.keys.is_empty())
    }

    fn registered(&self, pledgor: PartyId) -> Result<Vec<(Place, RegisterPledge)>, Failure> {
        let (mut registered, mut paging) = (Vec::new(), Paging::whole());
        loop {
            let page = self
                .client
                .list_pledges(Pledges::GivenBy(pledgor), &paging)?;
            for held in &page.value.items {
                let SecuredId::Pledge(id) = held.id else {
                    continue;
                };
                let Entry::Command { envelope, .. } = self.client.get_entry(id.0)?.value else {
                    continue;
                };
                // Its id is the index of the entry that registered it.
                if let Ok(command) = parse_command(&envelope.payload)
                    && command.org == self.org
                    && let Body::RegisterPledge(register) = command.body
                {
                    registered.push((Place::Pledge(id), *register));
                }
            }
            if page.value.next.is_none() {
                return Ok(registered);
            }
            paging = paging.after(page.value.next);
        }
    }

    fn waiting(&self) -> Result<Vec<(Hash, Body)>, Failure> {
        let (mut waiting, mut paging) = (Vec::new(), Paging::whole());
        loop {
            let page = self.client.list_drafts(&paging)?.value;
            let own = page.items.iter().filter(|view| {
                let is_ours = matches!(&*view.command, "register_pledge" | "release_pledge");
                is_ours && view.org == self.org
            });
            for view in own {
                // Signed and submitted meanwhile, it is found in the register.
                let Some(whole) = there(self.client.get_draft(&view.draft))? else {
                    continue;
                };
                let file = whole.value.file;
                let openings = file.openings.into_iter();
                let opened = openings.map(|one| (one.claim, one.value)).collect();
                self.opened.borrow_mut().insert(view.draft, opened);
                waiting.push((view.draft, file.command.body));
            }
            if page.next.is_none() {
                return Ok(waiting);
            }
            paging = paging.after(page.next);
        }
    }

    fn opened(&self, place: Place) -> Result<BTreeMap<String, String>, Failure> {
        let id = match place {
            Place::Pledge(id) => id,
            Place::Draft(hash) => {
                let opened = self.opened.borrow();
                return Ok(opened.get(&hash).cloned().unwrap_or_default());
            }
        };
        let openings = match self.client.get_openings(id) {
            Ok(openings) => openings.value,
            // Of a pledge that was assigned to another, what is clear has to do.
            Err(ClientFault::Refused(problem)) if problem.status == 403 => {
                return Ok(BTreeMap::new());
            }
            Err(fault) => return Err(fault.into()),
        };
        let open = openings.items.into_iter().filter_map(|one| match one.kept {
            Kept::Open { value, .. } => Some((one.claim, value)),
            Kept::Erased(_) | Kept::Lost => None,
        });
        Ok(open.collect())
    }

    fn consider(&self, body: &Body, lines: &[u64]) -> Result<Considered<Finding>, Failure> {
        let answer = match self.client.check_command(self.org, body) {
            Ok(answer) => answer.value,
            // What the door does not read, the row is to blame for; that it is busy, nobody.
            Err(ClientFault::Refused(problem)) if matches!(problem.status, 400 | 409 | 422) => {
                return Ok(Considered::Unread(problem.complaint().to_owned()));
            }
            Err(fault) => return Err(fault.into()),
        };
        if answer.admissible {
            return Ok(Considered::Yes(answer.warnings));
        }
        let own = format!("P{}.", answer.as_of.size);
        let mut findings = answer.findings;
        for conflict in findings.iter_mut().flat_map(|it| &mut it.conflicts) {
            // The command that stands for the rows before has no number yet: its lines are named by their rows.
            let number = conflict.strip_prefix(&own);
            let row = number.and_then(|it| lines.get(it.parse::<usize>().ok()?));
            if let Some(row) = row {
                *conflict = format!("line {row}");
            }
        }
        Ok(Considered::No(findings))
    }
}
