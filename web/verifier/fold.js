//! Fold (FORMATS 6): the record after an event, from the record before it and the event alone.
//!
//! Records are plain objects and are never changed in place: every step makes a new one.

import { write } from "./canonical.js";
import { Fault, fail, must } from "./fault.js";
import { isAct, keyName, ownerOf, splitOf } from "./events.js";
import { recordForm } from "./records.js";
import { micro, micros } from "./values.js";

/// The members of an object but these.
export function without(object, ...names) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/// Says whether a burden counts at an instant: reservations end by themselves, and lines that lapse with their claim.
export function counts(burden, time) {
  return burden.expires === undefined || micros(time) < micros(burden.expires);
}

/// Says whether a line of a pledge stands at an instant: it is not released and has not lapsed.
export function isOpen(line, time) {
  return !line.released && counts(line, time);
}

const EXTENT = ["quantity", "from", "to"];

function extentOf(item) {
  return Object.fromEntries(Object.entries(item).filter(([name]) => EXTENT.includes(name)));
}

function burdenOf(id, line, more = {}) {
  const { behind, expires } = line;
  return { id, ...extentOf(line), ...(behind !== undefined && { behind }), ...(expires !== undefined && { expires }), ...more };
}

/// Folds an event into the record `space|name`; `before` is undefined where there is none yet.
export function fold(of, before, event, index, time, place) {
  const { space, name } = splitOf(of);
  if (isAct(event)) return foldAct(of, before, event, time, place);
  switch (space) {
    case "right":
      return foldRight(name, before, event, time, place);
    case "pledge":
      return name.startsWith("V") ? foldReservation(name, before, event, place) : foldPledge(name, before, event, place);
    case "party":
      return foldParty(name, before, event, index, place);
    case "identity":
      must(before === undefined || (event.type === "right_issued" && event.succeeds.includes(before.right)), place, `${name} has an owner already`);
      if (event.type === "right_issued") return { right: event.right };
      must(event.type === "party_admitted" || event.type === "key_added", place, `${event.type} gives no identity`);
      return { party: event.party };
    case "source":
      must(event.type === "right_issued", place, `${event.type} is not folded into a source`);
      return { rights: [...(before?.rights ?? []), { from: event.span.from, right: event.right, to: event.span.to }] };
    case "cell":
      must(event.type === "right_issued", place, `${event.type} is not folded into a cell`);
      return { rights: [...(before?.rights ?? []), { layer: event.layer, right: event.right }] };
    case "policy": {
      must(event.type === "policy_adopted", place, `${event.type} is not folded into a policy`);
      const version = { active_from: event.active_from, digest: event.digest, entry: index };
      return { versions: [...(before?.versions ?? []), version] };
    }
    default:
      return fail(place, `there is no space ${space}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Rights
// ---------------------------------------------------------------------------------------------------------------------

function foldRight(name, before, event, time, place) {
  if (event.type === "right_issued" && event.right === name) {
    must(before === undefined, place, `${name} is there already`);
    return without(event, "type", "right", "tolerated", "moved");
  }
  must(before !== undefined, place, `${name} is not there yet`);
  const right = { ...before, burdens: before.burdens.filter((burden) => counts(burden, time)) };
  return applyOverhangs(changeRight(name, right, event, place), name, event.overhangs);
}

function applyOverhangs(right, name, overhangs = []) {
  const burdens = right.burdens.map((burden) => {
    const items = overhangs.filter((item) => item.right === name && item.burden === burden.id);
    return items.reduce((changed, item) => {
      const rest = without(changed, "overhang");
      return item.overhang === undefined ? rest : { ...rest, overhang: item.overhang };
    }, burden);
  });
  return { ...right, burdens };
}

function dropOwned(right, owner) {
  return { ...right, burdens: right.burdens.filter((burden) => ownerOf(burden.id) !== owner) };
}

function linesOn(name, owner, lines, more) {
  return lines.flatMap((line, at) => (line.right === name ? [burdenOf(`${owner}.${at}`, line, more)] : []));
}

/// Whether an extent takes no more than another one, and on no other days.
export function isWithin(extent, other) {
  if ((extent.quantity === undefined) !== (other.quantity === undefined)) return false;
  if (extent.quantity !== undefined && micro(extent.quantity) > micro(other.quantity)) return false;
  if ((extent.from === undefined) !== (other.from === undefined)) return false;
  return extent.from === undefined || (other.from <= extent.from && extent.to <= other.to);
}

/// The place of the first line of a reservation into which an extent fits, of those that still stand, or -1.
export function reservedPlace(burdens, reservation, extent) {
  return burdens.findIndex((burden) => ownerOf(burden.id) === reservation && isWithin(extent, burden));
}

/// Lines stand where they were reserved; those that were not stand at the end.
function takeOver(right, { id, in_place: inPlace }, lines) {
  const burdens = [...right.burdens];
  const rest = lines.filter((line) => {
    const place = inPlace ? reservedPlace(burdens, id, line) : -1;
    if (place >= 0) burdens[place] = line;
    return place < 0;
  });
  const freed = dropOwned({ ...right, burdens }, id);
  return { ...freed, burdens: [...freed.burdens, ...rest] };
}

function changeRight(name, right, event, place) {
  switch (event.type) {
    case "right_issued":
      return changeByIssue(name, right, event, place);
    case "right_adjusted":
      if (right.balance !== undefined) return { ...right, balance: event.quantity };
      must(right.steps !== undefined, place, "land is not adjusted");
      return {
        ...right,
        steps: [...right.steps.filter((step) => step.from < event.from), { from: event.from, quantity: event.quantity }],
      };
    case "right_revoked":
      return { ...right, revoked_from: event.from };
    case "frozen":
      return { ...right, burdens: [...right.burdens, event.burden] };
    case "unfrozen":
      return { ...right, burdens: right.burdens.filter((burden) => burden.id !== event.freeze) };
    case "reserved":
      return { ...right, burdens: [...right.burdens, ...linesOn(name, event.reservation, event.lines, { expires: event.expires })] };
    case "reservation_cancelled":
      return dropOwned(right, event.reservation);
    case "pledge_registered": {
      const added = linesOn(name, event.pledge, event.lines);
      return event.reservation ? takeOver(right, event.reservation, added) : { ...right, burdens: [...right.burdens, ...added] };
    }
    case "pledge_amended":
    case "pledge_extended":
    case "pledge_released":
      return (event.lines ?? []).filter((line) => line.right === name).reduce(
        (changed, line) => changeLine(changed, `${event.pledge}.${line.line}`, line), right);
    default:
      return fail(place, `${event.type} is not folded into a right`);
  }
}

function changeLine(right, id, result) {
  if (result.released) return { ...right, burdens: right.burdens.filter((burden) => burden.id !== id) };
  const burdens = right.burdens.map((burden) =>
    burden.id === id ? { ...without(burden, ...EXTENT), ...extentOf(result) } : burden);
  return { ...right, burdens };
}

function changeByIssue(name, right, event, place) {
  const changed = { ...right };
  if (event.succeeds.includes(name)) changed.succeeded_by = event.right;
  const moved = (event.moved ?? []).filter((item) => item.from === name).map((item) => item.burden);
  changed.burdens = right.burdens.filter((burden) => !moved.includes(burden.id));
  for (const item of event.tolerated ?? []) {
    if (item.right !== name) continue;
    must(right.measure !== undefined, place, "only land tolerates an overlap");
    changed.tolerated_area2 = String(BigInt(changed.tolerated_area2 ?? "0") + BigInt(item.area2));
  }
  return changed;
}

// ---------------------------------------------------------------------------------------------------------------------
// Pledges, reservations, parties
// ---------------------------------------------------------------------------------------------------------------------

function moveLines(record, name, event) {
  const moved = (event.moved ?? []).map((item) => item.burden);
  const lines = record.lines.map((line, at) => (moved.includes(`${name}.${at}`) ? { ...line, right: event.right } : line));
  return { ...record, lines };
}

function foldPledge(name, before, event, place) {
  if (event.type === "pledge_registered") {
    must(before === undefined, place, `${name} is there already`);
    const pledge = without(event, "type", "pledge", "reservation");
    return event.reservation ? { ...pledge, reservation: event.reservation.id } : pledge;
  }
  must(before !== undefined, place, `${name} is not there yet`);
  switch (event.type) {
    case "pledge_amended":
    case "pledge_released":
    case "pledge_extended": {
      const lines = [...before.lines];
      for (const result of event.lines ?? []) {
        must(result.line < lines.length, place, `there is no line ${result.line}`);
        lines[result.line] = without(result, "line");
      }
      const term = event.type === "pledge_extended" && event.term ? { term: event.term } : {};
      return { ...before, lines, ...term };
    }
    case "right_issued":
      return moveLines(before, name, event);
    default:
      return fail(place, `${event.type} is not folded into a pledge`);
  }
}

function foldReservation(name, before, event, place) {
  if (event.type === "reserved") {
    must(before === undefined, place, `${name} is there already`);
    return without(event, "type", "reservation");
  }
  must(before !== undefined, place, `${name} is not there yet`);
  switch (event.type) {
    case "reservation_cancelled":
      return { ...before, ended: "cancelled" };
    case "pledge_registered":
      return { ...before, ended: event.pledge };
    case "right_issued":
      return moveLines(before, name, event);
    default:
      return fail(place, `${event.type} is not folded into a reservation`);
  }
}

function foldParty(name, before, event, index, place) {
  if (event.type === "party_admitted") {
    must(before === undefined, place, `${name} is there already`);
    return { ...without(event, "type", "party"), keys: event.keys.map((key) => ({ added: index, ...key })) };
  }
  must(before !== undefined, place, `${name} is not there yet`);
  switch (event.type) {
    case "key_added":
      return { ...before, keys: [...before.keys, { added: index, key: event.key, person: event.person }] };
    case "key_revoked": {
      const keys = before.keys.map((key) =>
        keyName(key.key) === `ed25519-key:${event.kid}` ? { ...key, revoked: index } : key);
      return { ...before, keys };
    }
    case "signing_policy_set":
      return { ...before, threshold: event.threshold };
    default:
      return fail(place, `${event.type} is not folded into a party`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Acts of law 2 (6.4)
// ---------------------------------------------------------------------------------------------------------------------

/// The lists whose items change one by one, with the member that tells them apart.
export const IDENTIFYING = {
  right: { burdens: "id" }, pledge: { lines: "line" }, party: { keys: "key" }, source: { rights: "right" }, cell: { rights: "right" },
};

function foldAct(of, before, event, time, place) {
  const { space, name } = splitOf(of);
  const changes = event.changes.filter((change) => change.of === of);
  const rows = (event.rows ?? []).filter((row) => row.of === of);
  // A second one breaks the one form of an act (3.2), which `authority` looks at.
  const [change] = changes;
  const isNew = change?.new === true;
  must(isNew === (before === undefined), place, isNew ? `${of} is there already` : `${of} is not there yet`);
  let record = before ?? {};
  if (space === "right" && record.burdens) {
    record = { ...record, burdens: record.burdens.filter((burden) => counts(burden, time)) };
  }
  for (const gone of change?.clear ?? []) must(Object.hasOwn(record, gone), place, `${of} has no member ${gone}`);
  record = { ...without(record, ...(change?.clear ?? [])), ...without(change ?? {}, "of", "new", "clear") };
  for (const row of rows) record = applyRow(record, row, IDENTIFYING[space] ?? {}, place);
  if (space === "right") {
    must(Array.isArray(record.burdens), place, `${of} has no list of burdens`);
    record = applyOverhangs(record, name, event.overhangs);
  }
  try {
    write(record, 2);
    recordForm(space, name)(record, of);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    fail(place, `the act leaves no record: ${fault.message}`);
  }
  return record;
}

function applyRow(record, row, identifying, place) {
  const { list } = row;
  const items = record[list] ?? [];
  must(Array.isArray(items), place, `${row.of} has no list ${list}`);
  const put = (changed) => ({ ...record, [list]: changed });
  const own = without(row, "of", "list", "drop");
  const member = Object.hasOwn(identifying, list) ? identifying[list] : undefined;
  if (member === undefined) {
    must(!row.drop, place, `items of ${list} are not dropped`);
    return put([...items, own]);
  }
  const byNumber = member === "line";
  const at = byNumber ? own.line : items.findIndex((item) => item[member] === own[member]);
  const exists = at >= 0 && at < items.length;
  if (row.drop) {
    must(exists, place, `the item of ${list} to be dropped is not there`);
    return put(items.filter((_, number) => number !== at));
  }
  if (byNumber) must(Number.isSafeInteger(at) && at >= 0 && at <= items.length, place, `${at} is no line, nor the next`);
  const item = byNumber ? without(own, "line") : own;
  return put(exists ? items.map((old, number) => (number === at ? item : old)) : [...items, item]);
}

