//! What hangs over (FORMATS 6.1, 7.5): of each burden that is no freeze, the part that has no right beneath it, and what an event
//! does to it. The law computes it right after every event, so a reader can.

import { touchedBy } from "./events.js";
import { convertedOf } from "./free.js";
import { modelOf } from "./records.js";
import { changesOf, countingAs, daysOf, flowAt, isFreeze, overhangs, shareDay, standing } from "./stacks.js";
import { civilDay, dayText, micro, numberOf, written } from "./values.js";

/// Events that leave nothing hanging, since the law refuses what there is no room for: they name no overhangs.
const TAKING = new Set(["right_issued", "reserved", "pledge_registered", "pledge_extended"]);

/// Whether an event is one that can name overhangs.
export function takes(event) {
  return TAKING.has(event.type);
}

/// What hangs of each burden that counts at a time and is no freeze: millionths, or `"whole"`.
export function hangs(right, time) {
  const model = modelOf(right);
  const burdens = countingAs(model, right, time);
  switch (model) {
    case "stock": {
      const has = right.revoked_from === undefined ? micro(right.balance) : 0n;
      return byName(burdens, overhangs(burdens, has));
    }
    case "flow":
      return worstDays(right, burdens, dayText(civilDay(time)));
    default:
      return byName(burdens, burdens.map((burden) => (isCovered(burden, right) ? lost(right, burden) : "whole")));
  }
}

function byName(burdens, lacks) {
  const named = burdens.map((burden, at) => [burden.id, lacks[at]]);
  return new Map(named.filter((_, at) => !isFreeze(burdens[at])));
}

function worstDays(right, burdens, today) {
  const worst = byName(burdens, burdens.map(() => 0n));
  for (const day of changesOf(right, burdens, today)) {
    const there = standing(burdens, day);
    for (const [id, lack] of byName(there, overhangs(there, flowAt(right, day)))) {
      if (lack > worst.get(id)) worst.set(id, lack);
    }
  }
  return worst;
}

/// The days of a burden on land lie in those of the right, up to its revocation, and none is in a year that is gone.
function isCovered(burden, right) {
  const { from, to } = daysOf(burden, right);
  const { span, revoked_from: revoked } = right;
  const end = revoked !== undefined && revoked < span.to ? revoked : span.to;
  const isGone = convertedOf(right).some((years) => shareDay(years, { from, to }));
  return span.from < end && span.from <= from && to <= end && !isGone;
}

/// What an authority has recorded as lost of ground since the pledge or reservation of a burden was registered.
function lost(right, { id }) {
  const stood = numberOf(id.split(".")[0]);
  const uses = (right.uses ?? []).filter(({ ordered, entry }) => ordered && stood < entry);
  return uses.reduce((sum, { quantity }) => sum + micro(quantity), 0n);
}

/// Burdens in the order in which an event names them: lines before reservations, each by number.
function compare(left, right) {
  const parts = (id) => [id.startsWith("V") ? 1 : 0, numberOf(id.split(".")[0]), Number(id.split(".")[1])];
  const [one, other] = [parts(left), parts(right)];
  const at = one.findIndex((part, place) => part !== other[place]);
  return at < 0 ? 0 : one[at] - other[at];
}

/// Checks the overhangs of every right that an event touches and whose history the file shows.
export function overhangsFollow(act) {
  if (takes(act.event)) return;
  for (const of of new Set(touchedBy(act.event))) {
    const [space, name] = of.split("|");
    if (space === "right" && act.hasHistory("right", name)) overhangsOn(act, name);
  }
}

/// The overhangs that an event names of a right that it makes: all that hangs.
export function hangingOn(name, right, time) {
  const now = [...hangs(right, time)].filter(([, lack]) => lack === "whole" || lack > 0n);
  const items = now.map(([burden, lack]) => ({ burden, overhang: lack === "whole" ? lack : written(lack), right: name }));
  return items.sort((left, other) => compare(left.burden, other.burden));
}

/// Checks what an event leaves hanging of one right, and that it names just that.
function overhangsOn(act, name) {
  const after = act.run.records.get(`right|${name}`).folded.find(({ index }) => index === act.index).record;
  const before = act.before("right", name) ?? after;
  const was = new Map(before.burdens.map((burden) => [burden.id, burden.overhang]));
  const named = (act.event.overhangs ?? []).filter((item) => item.right === name).map((item) => item.burden);
  // A release asks what hangs only where something hung.
  if (act.event.type === "pledge_released" && before.burdens.every((burden) => burden.overhang === undefined)) {
    act.must(named.length === 0, `nothing hung on ${name}`);
    return;
  }
  const now = hangs(after, act.time);
  const differ = [];
  for (const { id, overhang } of after.burdens) {
    const lack = now.get(id) ?? 0n;
    const wanted = lack === "whole" ? lack : lack > 0n ? written(lack) : undefined;
    act.must(overhang === wanted, `${id} hangs with another quantity on ${name}`);
    if (overhang !== was.get(id)) differ.push(id);
  }
  act.must(named.join() === differ.sort(compare).join(), `the overhangs of ${name} are not those that the event changes`);
}
