//! Pledges that a file shows (FORMATS 6.10): what its entries noted in them is there, and they stand on the rights
//! whose histories are shown as the burdens there say.

import { ownerOf, splitOf } from "./events.js";
import { must } from "./fault.js";
import { isOpen, without } from "./fold.js";
import { lineOf, same } from "./known.js";
import { NOTES_MAX, dayBegins } from "./values.js";

const LISTS = ["attested", "corrections", "disposals", "joint"];
const FIXED = ["pledgor", "debtor", "form", "hidden", "syndicate"];

/// What the accepted entries so far have noted in pledges.
export class Notes {
  constructor() {
    this.passed = new Set();
    this.items = new Map();
    this.registered = new Map();
    this.reserved = new Map();
    this.ended = new Map();
  }

  keep(act) {
    this.passed.add(act.index);
    const { event } = act;
    if (event.type === "pledge_registered") {
      this.registered.set(event.pledge, event);
      this.add(event.pledge, "attested", event.attested ?? []);
    }
    if (event.type === "reserved") this.reserved.set(event.reservation, event);
    if (event.type === "reservation_cancelled") this.ended.set(event.reservation, "cancelled");
    if (event.type === "pledge_registered" && event.reservation) this.ended.set(event.reservation.id, event.pledge);
    for (const row of event.rows ?? []) {
      const { space, name } = splitOf(row.of);
      if (space === "pledge" && row.entry === act.index) this.add(name, row.list, [without(row, "of", "list")]);
    }
  }

  add(pledge, list, items) {
    const key = `${pledge} ${list}`;
    this.items.set(key, [...(this.items.get(key) ?? []), ...items]);
  }

  of(pledge, list) {
    return this.items.get(`${pledge} ${list}`) ?? [];
  }

  /// Those of some items whose entries have passed.
  shown(items) {
    return items.filter((item) => this.passed.has(item.entry));
  }
}

function isSame(left, right) {
  return left === undefined || right === undefined ? left === right : same(left, right);
}

/// Checks the shown records after all entries.
export function pledgesAreKept(run, notes) {
  for (const shown of run.records.values()) {
    const { space, name, record } = shown;
    if (record === undefined) continue;
    if (space === "pledge" && name.startsWith("P")) {
      isAsNoted(notes, name, record);
      goesByTerm(run, name, record);
      record.lines.forEach((line, at) => {
        const hasOnePlace = !(line.behind ?? []).some((id) => ownerOf(id) === name);
        must(hasOnePlace, name, `line ${at} stands behind a line of its own pledge`);
        stands(run, `${name}.${at}`, line);
      });
    }
    if (space === "pledge" && name.startsWith("V")) isAsReserved(run, notes, name, record);
    if (space === "right" && shown.history !== undefined) for (const burden of record.burdens) isItsLine(run, name, burden);
  }
}

/// Only a determination period that was registered gets longer, and none gets shorter.
function isPeriodOf(period, registered) {
  if (period === undefined || registered === undefined) return period === registered;
  return period.from <= registered.from && registered.to <= period.to;
}

/// A pledge: what its registration said, and what the entries of the file noted.
function isAsNoted(notes, name, pledge) {
  const event = notes.registered.get(name);
  if (event !== undefined) {
    const isKept = FIXED.every((member) => isSame(event[member], pledge[member])) && isPeriodOf(pledge.maximum, event.maximum)
      && event.pledgee === (pledge.former?.[0]?.party ?? pledge.pledgee) && event.reservation?.id === pledge.reservation;
    must(isKept, name, "it is not what was registered");
  }
  for (const list of LISTS) {
    const [items, noted] = [pledge[list] ?? [], notes.of(name, list)];
    const shown = notes.shown(items);
    // Where a list is full, an older note may have given way.
    const isFull = list !== "joint" && items.length >= NOTES_MAX;
    const kept = isFull ? noted.filter((item) => shown.some((other) => same(item, other))) : noted;
    must(same(shown, kept), name, `${list} are not those that the entries noted`);
  }
}

/// A reservation: what it began as, and the shown entry that ended it.
function isAsReserved(run, notes, name, held) {
  const event = notes.reserved.get(name);
  const isSaid = event === undefined || ["pledgee", "pledgor", "expires"].every((member) => event[member] === held[member]);
  must(isSaid, name, "it is not what was reserved");
  const isKnown = notes.ended.has(name)
    || held.lines.some(({ right }) => run.records.get(`right|${right}`)?.history !== undefined);
  must(!isKnown || held.ended === notes.ended.get(name), name, "it has not ended so");
}

/// The lines of a pledge that lapse and have not lapsed go by its term.
function goesByTerm(run, name, { lines, term }) {
  const ends = lines.filter((line) => isOpen(line, run.state.time) && line.expires !== undefined).map((line) => line.expires);
  must(ends.every((end) => term !== undefined && end === dayBegins(term.to)), name, "it has lines that do not lapse with its term");
}

/// An open line is a burden of its right, where the history of the right is shown.
function stands(run, id, line) {
  const right = run.records.get(`right|${line.right}`);
  if (!isOpen(line, run.state.time) || right?.history === undefined) return;
  must(right.record?.burdens.some((burden) => burden.id === id), line.right, `${id} does not stand there`);
}

/// A burden is the line of its name in the record that is shown.
function isItsLine(run, right, burden) {
  if (burden.id.startsWith("F")) return;
  const shown = run.records.get(`pledge|${ownerOf(burden.id)}`);
  if (shown === undefined) return;
  const line = shown.record?.lines[Number(burden.id.split(".")[1])];
  must(line !== undefined && same(line, lineOf(right, burden)), right, `${burden.id} is not the line of its record`);
}
