//! Who may stand behind whom.

use super::asked::{Ranks, Rules};
use super::deed::{Deed, Order};
use super::reason::{Detail, Reason, Reasons, because, reason};
use super::right::{Kind, Right, Taking};
use super::sign::harmed;
use super::{Ask, Model, Name};

impl Model {
    /// Whether ranks are open for the command on a right, by the rules that hold now; none where they are closed.
    pub(super) fn ranks_of(&self, deed: &Deed, right: &Right) -> Option<Ranks> {
        self.ranks_by(self.rules_of(right.rules)?, deed, right)
    }

    fn ranks_by(&self, rules: &Rules, deed: &Deed, right: &Right) -> Option<Ranks> {
        let is_mortgage = match deed {
            Deed::Register(registration) => registration.mortgage,
            // A reservation is judged by the usual form of the kind.
            Deed::Reserve { .. } => right.kind == Kind::Forest,
            _ => self.pledges.get(deed.pledge()?)?.mortgage,
        };
        let rule = rules.ranks[usize::from(is_mortgage)];
        (rules.cites && rule != Ranks::Exclusive).then_some(rule)
    }

    /// Whether a line is to let in who wants to stand behind it: now, or by rules that it once stood under.
    pub(super) fn is_to_let_in(&self, name: Name, deed: &Deed, right: &Right) -> bool {
        match self.ranks_of(deed, right) {
            None | Some(Ranks::Exclusive) => false,
            Some(Ranks::WithConsent) => true,
            Some(Ranks::Open) => !self.have_always(name, right.rules, |rules| {
                self.ranks_by(rules, deed, right) == Some(Ranks::Open)
            }),
        }
    }

    /// Judges the place that a line asks for; returns the names that are then not in its way. `gone` are lines of a
    /// reservation that ends with the command.
    pub(super) fn judge_place(
        &self,
        order: &Order,
        right: &Right,
        (number, ask): (u16, &Ask),
        gone: &[Name],
        reasons: &mut Reasons,
    ) -> Vec<Name> {
        if ask.behind.is_empty() {
            return Vec::new();
        }
        if self.ranks_of(&order.deed, right).is_none() {
            reasons.push(reason(6001));
            return Vec::new();
        }
        // One claim has one place.
        let pledge = order.deed.pledge();
        let own = pledge.map_or(self.index, |nth| self.pledges[nth].id);
        let is_own = |name: &Name| matches!(name, Name::Line(id, _) if *id == own);
        because(reasons, ask.behind.iter().any(is_own), 2014);
        let days = right.days(ask.from, ask.to, self.today());
        let mut seniors: Vec<&Taking> = Vec::new();
        for name in &ask.behind {
            let standing = right.takings.iter().find(|taking| taking.name == *name);
            let meets = |taking: &&Taking| days.iter().any(|day| taking.on(*day));
            match standing.filter(|_| name.is_line()).filter(meets) {
                Some(taking) => seniors.push(taking),
                None => reasons.push(reason(6010)),
            }
            let pledge = self.pledge_of(*name).map(|nth| &self.pledges[nth]);
            because(reasons, pledge.is_some_and(|it| it.caps.is_empty()), 6012);
        }
        let meet = |a: &Taking, b: &Taking| days.iter().any(|day| a.on(*day) && b.on(*day));
        let mut left_out: Vec<Name> = Vec::new();
        for taking in &right.takings {
            if !ask.behind.contains(&taking.name) && !gone.contains(&taking.name) {
                let mut seniors = seniors.iter();
                if seniors.any(|it| it.is_ranked_with(taking) && meet(it, taking)) {
                    left_out.push(taking.name);
                }
            }
        }
        for (nth, senior) in seniors.iter().enumerate() {
            let others = seniors.iter().skip(nth + 1);
            let apart = others.filter(|it| !it.is_ranked_with(senior) && meet(it, senior));
            left_out.extend(apart.map(|it| it.name));
        }
        if !left_out.is_empty() {
            left_out.sort_unstable();
            left_out.dedup();
            let names = left_out.iter().take(16).map(ToString::to_string);
            let detail = Some(Detail {
                line: Some(number),
                in_the_way: names.collect(),
                ..Detail::default()
            });
            reasons.push(Reason { code: 6009, detail });
        }
        // A second rank that nobody has let in is a double pledge like every other.
        let needed = self.names_to_let_in(&order.deed);
        let is_let_in = |name: &Name| {
            let pledgee = self.pledgee_of(*name).filter(|_| needed.contains(name));
            pledgee.is_none_or(|it| it == order.giver || order.is_signed_by(it))
        };
        if !ask.behind.iter().all(is_let_in) {
            return Vec::new();
        }
        ask.behind.clone()
    }

    /// Puts the lines of one whole stack into another order.
    pub(super) fn change_rank(
        &mut self,
        order: &Order,
        nth: usize,
        (from, to): (&[Name], &[Name]),
        reasons: &mut Reasons,
    ) {
        let has_a_line = to
            .iter()
            .any(|name| self.pledgee_of(*name) == Some(order.giver));
        because(reasons, !has_a_line, 5005);
        let Some(right) = self.rights.get(nth) else {
            reasons.push(reason(2001));
            return;
        };
        let known = |name: &Name| {
            let standing = right.takings.iter().find(|taking| taking.name == *name);
            standing.filter(|_| name.is_line()).cloned()
        };
        let lines: Vec<Taking> = from.iter().filter_map(known).collect();
        because(reasons, lines.len() < from.len(), 6010);
        let is_left_out = |taking: &Taking| {
            let shares = lines.iter().any(|line| line.is_ranked_with(taking));
            shares && !from.contains(&taking.name)
        };
        let mut is_whole = !right.takings.iter().any(is_left_out) && is_one_stack(&lines);
        for (place, line) in lines.iter().enumerate() {
            let after = lines[place + 1..].iter();
            is_whole &= !after.clone().any(|later| line.behind.contains(&later.name));
        }
        because(reasons, !is_whole, 6009);
        let is_unsigned = |name: &Name| {
            let pledgee = self.pledgee_of(*name);
            pledgee.is_some_and(|it| it != order.giver && !order.is_signed_by(it))
        };
        because(reasons, harmed(from, to).iter().any(is_unsigned), 6002);
        let today = self.today();
        for (place, name) in to.iter().enumerate() {
            let Some(own) = lines.iter().find(|line| line.name == *name) else {
                continue;
            };
            let mut behind = to[..place].to_vec();
            behind.retain(|other| {
                let other = lines.iter().find(|line| line.name == *other);
                other.is_some_and(|other| other.is_ranked_with(own))
            });
            self.put_behind(nth, *name, &behind);
        }
        self.rights[nth].hang(today);
    }

    fn put_behind(&mut self, nth: usize, name: Name, behind: &[Name]) {
        let takings = self.rights[nth].takings.iter_mut();
        for taking in takings.filter(|taking| taking.name == name) {
            taking.behind = behind.to_vec();
        }
        if let (Some(pledge), Name::Line(_, number)) = (self.pledge_of(name), name) {
            let line = &mut self.pledges[pledge].lines[usize::from(number)];
            line.ask.behind = behind.to_vec();
        }
    }
}

/// Whether each line is joined to every other, if need be through others.
fn is_one_stack(lines: &[Taking]) -> bool {
    let Some(first) = lines.first() else {
        return true;
    };
    let mut joined = vec![first];
    for _ in lines {
        for line in lines {
            if !joined.contains(&line) && joined.iter().any(|other| other.is_ranked_with(line)) {
                joined.push(line);
            }
        }
    }
    joined.len() == lines.len()
}
