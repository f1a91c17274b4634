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

/// Checks what can be seen of the one form without the records before: its order, and that nothing is said twice or in vain.
export function checkForm(act) {
  const { changes, rows = [] } = act.event;
  const ascend = (items, compare, least) => items.every((item, at) => at === 0 || compare(items[at - 1], item) < least);
  act.must(ascend(changes, (left, right) => compareOf(left.of, right.of), 0), "the changes are not in their order");
  const place = (left, right) => compareOf(left.of, right.of) || (left.list < right.list ? -1 : Number(left.list > right.list));
  act.must(ascend(rows, (left, right) => (left.of === right.of && left.list === right.list ? 0 : place(left, right)), 1),
    "the rows are not in their order");
  const idle = changes.find((change) => Object.keys(change).length === 1 && rows.some((row) => row.of === change.of));
  act.must(idle === undefined, "a change that says nothing beside rows");
  for (const row of rows) {
    const own = rows.filter((other) => other.of === row.of && other.list === row.list);
    const member = IDENTIFYING[splitOf(row.of).space]?.[row.list];
    if (member === undefined) {
      const listed = changes.find((change) => change.of === row.of)?.[row.list];
      act.must(Array.isArray(listed) && listed.length === 0 && !row.drop, `items of ${row.list} alone`);
      continue;
    }
    act.must(own.filter((other) => other[member] === row[member]).length === 1, `an item of ${row.list} twice`);
    const drops = own.map((other) => other.drop === true);
    act.must(drops.every((drop, at) => at === 0 || !drop || drops[at - 1]), "what is dropped comes first");
    act.must(!row.drop || Object.keys(row).sort().join() === ["of", "list", "drop", member].sort().join(), "what is dropped has more members");
  }
}
