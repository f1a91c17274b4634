//! The one form of an act (FORMATS 6.4): the difference between what each touched record was and what it is.

import { write } from "./canonical.js";
import { IDENTIFYING, without } from "./fold.js";
import { isObject } from "./forms.js";
import { splitOf } from "./events.js";
import { numberOf } from "./values.js";

const SPACES = ["right", "pledge", "party", "identity", "source", "cell", "policy"];
const LETTERS = "RMPV";

/// The order of records: by space, then by number with reservations after pledges, others by name.
function compareOf(left, right) {
  const [one, other] = [splitOf(left), splitOf(right)];
  const spaces = SPACES.indexOf(one.space) - SPACES.indexOf(other.space);
  if (spaces !== 0) return spaces;
  if (["right", "pledge", "party"].includes(one.space)) {
    const letters = LETTERS.indexOf(one.name[0]) - LETTERS.indexOf(other.name[0]);
    return letters !== 0 ? letters : numberOf(one.name) - numberOf(other.name);
  }
  return one.name < other.name ? -1 : 1;
}

function isObjects(value) {
  return Array.isArray(value) && value.some(isObject);
}

function same(left, right) {
  return left !== undefined && right !== undefined && write(left) === write(right);
}

/// The items of a list with the member that tells them apart; lines carry their number.
function numbered(list, member) {
  return list.map((item, at) => (member === "line" ? { line: at, ...item } : item));
}

function rowsOf(of, list, before, after, member) {
  const [old, now] = [numbered(before, member), numbered(after, member)];
  const find = (items, item) => items.find((other) => other[member] === item[member]);
  const dropped = old.filter((item) => !find(now, item)).map((item) => ({ of, list, drop: true, [member]: item[member] }));
  const put = now.filter((item) => !same(find(old, item), item)).map((item) => ({ of, list, ...item }));
  return [...dropped, ...put];
}

/// The change and the rows of one record.
function differenceOf(of, before, after) {
  const identifying = IDENTIFYING[splitOf(of).space] ?? {};
  const change = { of };
  if (before === undefined) change.new = true;
  const old = before ?? {};
  const rows = [];
  for (const name of Object.keys(after).sort()) {
    if (same(old[name], after[name])) continue;
    if (Object.hasOwn(identifying, name)) {
      if (before === undefined) change[name] = [];
      rows.push(...rowsOf(of, name, old[name] ?? [], after[name], identifying[name]));
    } else if (isObjects(after[name])) {
      change[name] = [];
      rows.push(...after[name].map((item) => ({ of, list: name, ...item })));
    } else {
      change[name] = after[name];
    }
  }
  const gone = Object.keys(old).filter((name) => !Object.hasOwn(after, name)).sort();
  if (gone.length > 0) change.clear = gone;
  const says = Object.keys(change).length > 1 || rows.length === 0;
  return { change: says ? change : undefined, rows };
}

/// The event of an act that makes these records of those before: `[of, before, after]` each.
export function eventOf(type, records) {
  const sorted = [...records].sort(([left], [right]) => compareOf(left, right));
  const parts = sorted.map(([of, before, after]) => differenceOf(of, before, after));
  const rows = parts.flatMap((part) => part.rows);
  return {
    type, changes: parts.flatMap((part) => part.change ?? []), ...(rows.length > 0 && { rows }),
  };
}

/// Adds an item to a list that may not be there yet.
export function noted(record, list, item) {
  return { ...record, [list]: [...(record[list] ?? []), item] };
}

/// Sets a list, which is gone when empty.
export function listed(record, list, items) {
  return items === undefined || items.length === 0 ? without(record, list) : { ...record, [list]: items };
}
