//! What lies near a line on land: rights of other layers, and those with which somebody disputes the ground.

use super::kinds::facts_of;
use super::reason::{Detail, Reason, Reasons, because};
use super::right::{Kind, Name};
use super::{Ask, Model};

impl Model {
    /// Notes rights of other layers on the ground of a line, whatever their days, and disputed ones of its own.
    pub(super) fn note_neighbors(&self, number: u16, ask: &Ask, reasons: &mut Reasons) {
        let right = &self.rights[ask.right];
        let ends = |land: &usize| self.rights[*land].end() < ask.to;
        let is_short = right.kind == Kind::Sink && right.land.iter().any(ends);
        because(reasons, is_short, 4006);
        let facts = facts_of(right.rules).unwrap();
        let (mut others, mut rivals) = (Vec::new(), Vec::new());
        for (nth, other) in self.rights.iter().enumerate() {
            let shares = right.site().shares(other).is_some();
            let Some(layer) = other.layer.filter(|_| shares) else {
                continue;
            };
            if other.succeeded_by.is_some() || nth == ask.right {
                continue;
            }
            if facts.warn_layers.contains(&layer) {
                others.push(nth);
            } else if Some(layer) == right.layer
                && other.lives_in(right.from.max(self.today()), right.to)
            {
                rivals.push(nth);
            }
        }
        self.name_rivals((number, ask), &rivals, reasons);
        rivals.retain(|nth| self.rights[*nth].is_disputed());
        for (code, rights) in [(7005, others), (7014, rivals)] {
            let mut names = self.numbered(&rights);
            names.truncate(16);
            if !names.is_empty() {
                let detail = Some(Detail {
                    line: Some(number),
                    in_the_way: names,
                    ..Detail::default()
                });
                reasons.push(Reason { code, detail });
            }
        }
    }

    fn numbered(&self, rights: &[usize]) -> Vec<String> {
        let ids = rights.iter().map(|nth| self.rights[*nth].id);
        ids.map(|id| format!("R{id}")).collect()
    }

    /// Who is told that the right is disputed is told with whom, and who stands there on days of it that are to come.
    fn name_rivals(&self, (number, ask): (u16, &Ask), rivals: &[usize], reasons: &mut Reasons) {
        let right = &self.rights[ask.right];
        let (first, end) = (right.from.max(self.today()), right.to);
        let there = rivals.iter().flat_map(|nth| &self.registered[*nth]);
        let lines = there.filter(|it| !it.is_freeze() && it.from.max(first) < it.to.min(end));
        let mut lines: Vec<Name> = lines.map(|taking| taking.name).collect();
        lines.sort_unstable();
        lines.dedup();
        let refusals = reasons.iter_mut().filter(|it| it.code == 2019);
        let mut details = refusals.filter_map(|it| it.detail.as_mut());
        if let Some(detail) = details.find(|detail| detail.line == Some(number)) {
            detail.in_the_way.extend(self.numbered(rivals));
            detail
                .in_the_way
                .extend(lines.iter().map(ToString::to_string));
            detail.in_the_way.truncate(16);
        }
    }
}
