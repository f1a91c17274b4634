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
  for (const name of rightsUnder(act, pledge)) {
    for (const burden of behind(act, name, pledge)) {
      const owner = ownerOf(burden.id);
      if (act.before("pledge", owner) === undefined) continue;
      const party = act.acting(act.pledgeeOf(owner));
      act.must(named.includes(party), `${party}, who stands behind it, has not consented`);
    }
  }
}

/// The rights that lines of a pledge stood on last before the entry, of those whose histories are shown: no more than it has lines,
/// whatever else the file shows.
function rightsUnder({ run, index }, pledge) {
  run.places ??= placesOf(run);
  const lines = [...(run.places.get(pledge) ?? new Map()).values()];
  const stood = lines.map((places) => lastBefore(places, index)?.right);
  return new Set(stood.filter((name) => name !== undefined));
}

/// The last place before an entry, found by halves.
function lastBefore(places, index) {
  let [from, to] = [0, places.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (places[middle].index < index) from = middle + 1;
    else to = middle;
  }
  return places[from - 1];
}

/// For each pledge and line, where it came to stand, in the order of the entries.
function placesOf(run) {
  const places = new Map();
  for (const { space, name, history, folded } of run.records.values()) {
    const seen = new Set();
    for (const { index, record } of space === "right" && history !== undefined ? folded : []) {
      for (const { id } of record.burdens) {
        if (seen.has(id)) continue;
        seen.add(id);
        const owner = ownerOf(id);
        if (!places.has(owner)) places.set(owner, new Map());
        const lines = places.get(owner);
        if (!lines.has(id)) lines.set(id, []);
        lines.get(id).push({ index, right: name });
      }
    }
  }
  for (const lines of places.values()) for (const stood of lines.values()) stood.sort((left, right) => left.index - right.index);
  return places;
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
