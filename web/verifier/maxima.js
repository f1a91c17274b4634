//! The determination period of a maximum amount, and its cap (FORMATS 6.7): until the claims are determined both may grow, the
//! period with whoever stands behind the pledge.

import { ownerOf } from "./events.js";
import { isFreeze } from "./stacks.js";
import { civilDay, dayText, micro } from "./values.js";

/// A longer period, as far as the file shows the pledge and who stands behind it.
export function periodIsLonger(act, before) {
  const { maximum, pledge } = act.body;
  if (maximum === undefined) return;
  if (before !== undefined) {
    act.must(isOpen(act, before), "there are no open claims of a maximum amount");
    const { from, to } = before.maximum;
    const isLonger = maximum.from <= from && to <= maximum.to && (maximum.from < from || to < maximum.to);
    act.must(isLonger, "the determination period does not get longer");
  }
  const named = [act.org, ...(act.body.consenting ?? []).map((id) => act.acting(id))];
  for (const { space, name, history } of act.run.records.values()) {
    if (space !== "right" || history === undefined || act.before("right", name) === undefined) continue;
    for (const burden of behind(act, name, pledge)) {
      const owner = ownerOf(burden.id);
      if (act.before("pledge", owner) === undefined) continue;
      const party = act.acting(act.pledgeeOf(owner));
      act.must(named.includes(party), `${party}, who stands behind it, has not consented`);
    }
  }
}

/// A cap is raised while claims may arise.
export function capIsOpen(act, before) {
  const { cap_cny: cap } = act.body;
  if (cap === undefined || before?.maximum === undefined) return;
  const present = (before.caps ?? []).reduce((sum, { amount }) => sum + micro(amount), 0n);
  act.must(micro(cap) <= present || isOpen(act, before), "the cap is raised after the claims are determined");
}

function isOpen(act, { maximum, determined }) {
  return maximum !== undefined && determined === undefined && dayText(civilDay(act.time)) < maximum.to;
}

/// The lines and reservations behind a pledge that stand and whose days are not over.
function behind(act, name, pledge) {
  const { burdens, steps } = act.rightBefore(name);
  const standing = new Set(burdens.map(({ id }) => id));
  const isBehind = (burden) => (burden.behind ?? []).some((senior) => standing.has(senior) && ownerOf(senior) === pledge);
  const isOver = (burden) => steps !== undefined && burden.to <= dayText(civilDay(act.time));
  return burdens.filter((burden) => isBehind(burden) && !isFreeze(burden) && !isOver(burden));
}
