//! What happens to the lines of a pledge (FORMATS 6.7), and to the burdens that say the same, held against what the file shows of
//! the lines before (6.10).

import { notedBy } from "./attested.js";
import { checkForm } from "./difference.js";
import { splitOf } from "./events.js";
import { without } from "./fold.js";
import { linesLapse } from "./expected.js";
import { basisHolds } from "./givers.js";
import { GONE, Lines, extendedEnd, longer, placed, quantityOf, same, withQuantity } from "./known.js";
import { capIsOpen, periodIsLonger } from "./maxima.js";
import { orderAsAsked } from "./order.js";
import { extentOf } from "./question.js";
import { isGoneBeneath, leftUndivided, less, lessened, mostByAgreement, mostByCourt, outlasts, withSoldYears } from "./sold.js";
import { counting } from "./stacks.js";
import { NOTES_MAX, civilDay, dayText, micro, numberOf, written } from "./values.js";

/// The members of the pledge that an act may set.
const SETS = {
  amend_pledge: ["caps", "green", "attested"], extend_pledge: ["term", "maximum", "attested"], substitute_collateral: ["attested"],
  record_disposal: ["disposals", "attested"], change_rank: [],
};

/// The members of a right that say what was sold.
const SOLD = ["acquired", "balance", "steps", "holder", "converted"];

const itemOf = (row) => without(row, "of", "list", "drop");

/// An act on lines, taken apart: its lines by name, and the records that it touches.
class Taken {
  constructor(act) {
    this.act = act;
    this.rows = act.event.rows ?? [];
    this.touched = new Set([...act.event.changes, ...this.rows].map(({ of }) => of));
    this.lines = new Map();
    for (const row of this.rows.filter((item) => item.list === "lines")) {
      this.lines.set(`${splitOf(row.of).name}.${row.line}`, without(itemOf(row), "line"));
    }
  }

  /// Nothing is changed but lines and burdens, and members of pledges that the act may set.
  changesOnly(pledges, members, ofRights = []) {
    const { act } = this;
    for (const change of act.event.changes) {
      const { space, name } = splitOf(change.of);
      act.must(space === "right" || pledges.includes(name), `the act changes ${change.of}`);
      const allowed = space === "right" ? ofRights : members;
      act.must(Object.keys(without(change, "of")).every((member) => allowed.includes(member)), `the act changes ${change.of} otherwise`);
    }
    for (const row of this.rows) {
      const { space, name } = splitOf(row.of);
      const isOwn = space === "right" ? ["burdens", ...ofRights].includes(row.list) : pledges.includes(name) && ["lines", ...members].includes(row.list);
      act.must(isOwn, `the act changes ${row.list} of ${row.of}`);
    }
  }

  /// Every changed line stands on its right as it says, and no other burden changes; an overhang stays.
  burdensSayTheSame() {
    const { act } = this;
    const burdens = new Map(this.rows.filter((row) => row.list === "burdens").map((row) => [`${row.of} ${row.id}`, row]));
    act.must(burdens.size === this.lines.size, "burdens and lines of the act are not the same");
    for (const [id, line] of this.lines) {
      const row = burdens.get(`right|${line.right} ${id}`);
      act.must(row !== undefined, `the burden of ${id} does not change with it`);
      act.must((row.drop === true) === (line.released === true), `the burden of ${id} stays, or goes before its line`);
      if (!row.drop) act.must(same(itemOf(row), this.burdenOf(id, line, row)), `the burden of ${id} says something else`);
    }
  }

  burdenOf(id, line, row) {
    const isKnown = this.act.hasHistory("right", line.right);
    const before = isKnown ? this.act.before("right", line.right)?.burdens.find((item) => item.id === id) : row;
    const overhang = before?.overhang;
    return { id, ...without(line, "right"), ...(overhang !== undefined && { overhang }) };
  }

  /// The items of a list of the pledge that the event makes; undefined where it makes none.
  listOf(list) {
    const of = `pledge|${this.act.body.pledge}`;
    const rows = this.rows.filter((row) => row.of === of && row.list === list).map(itemOf);
    return rows.length > 0 ? rows : undefined;
  }
}

function namedIn(body) {
  const { lines = [], drop = [], line } = body;
  return [...lines, ...drop].map((item) => item.line).concat(line === undefined ? [] : [line]);
}

/// The act touches its pledge, and the rights of the lines that it changes or names.
function touchesOnly(taken, lines) {
  const { act } = taken;
  const rights = new Set([...lines.put.values()].map((line) => line.right));
  let isKnown = true;
  for (const number of namedIn(act.body)) {
    const line = lines.stood(number);
    if (line !== undefined) rights.add(line.right);
    else isKnown &&= lines.put.has(number);
  }
  const wanted = [`pledge|${act.body.pledge}`, ...[...rights].map((name) => `right|${name}`)];
  act.must(wanted.every((of) => taken.touched.has(of)), "a record is not touched");
  act.must(!isKnown || taken.touched.size === wanted.length, "a right changes, and nobody asked for it");
}

/// The pledge before the act; undefined where its history is not shown.
function pledgeBefore(act) {
  const { pledge } = act.body;
  return act.hasHistory("pledge", pledge) ? act.record("pledge", pledge) : undefined;
}

/// The notes of attested consents are those of before, then those of the command.
function attestedAsAsked(taken) {
  const { act } = taken;
  const [own, noted] = [notedBy(act), taken.listOf("attested")];
  act.must((noted !== undefined) === (own.length > 0), "the attested consents are not those of the command");
  if (noted === undefined) return;
  const earlier = noted.slice(0, -own.length);
  act.must(noted.length >= own.length && same(noted.slice(-own.length), own), "the attested consents are not those of the command");
  const before = pledgeBefore(act);
  if (before !== undefined) {
    const all = [...before.attested ?? [], ...own];
    act.must(same(noted, all.slice(-NOTES_MAX)), "the consents of before are not those noted");
    return;
  }
  const { pledge } = act.body;
  const made = Number(pledge.slice(1));
  earlier.forEach(({ entry }, at) => {
    act.must(made <= entry && entry < act.index && (at === 0 || earlier[at - 1].entry <= entry), "a consent of another entry");
  });
  const [shown, of] = [act.notes.shown(earlier), act.notes.of(pledge, "attested")];
  // Where the list is full, the first may have given way.
  const gone = noted.length >= NOTES_MAX ? Math.max(0, of.length - shown.length) : 0;
  act.must(same(shown, of.slice(gone)), "the consents of the entries before are not those noted");
}

/// An event of law 1 has no room for lines, caps and notes; where there are none, it is the one that the law writes.
function needsRoom(act, adds) {
  act.must(adds || act.payload.attested !== undefined, "the law writes another event where nothing is added");
}

function amend(taken, lines) {
  const { act } = taken;
  const wanted = [];
  for (const { line: number, quantity, behind } of act.body.lines ?? []) {
    const asked = micro(quantity);
    if (lines.put.has(number)) {
      act.must(behind === undefined, `line ${number} stands behind others and is not added`);
      lines.becomes(number, (line) => (asked < (quantityOf(line) ?? 0n) ? withQuantity(line, asked) : undefined),
        (now) => now.released === undefined && quantityOf(now) === asked);
      continue;
    }
    const line = lines.stood(number);
    if (line === undefined) {
      const fits = (added) => lines.isUnknown(added) && same(added.behind ?? [], behind ?? [])
        && (quantityOf(added) ?? 0n) > 0n && quantityOf(added) < asked;
      wanted.push({ fits, isSure: false });
      continue;
    }
    const had = quantityOf(line);
    act.must(had !== undefined && asked >= had, `line ${number} does not become what was asked`);
    if (asked > had) wanted.push({ fits: (added) => same(added, placed(withQuantity(line, asked - had), behind)), isSure: true });
    else act.must(behind === undefined, `nothing is added to line ${number}`);
  }
  const adds = lines.adds(namedIn(act.body), wanted);
  capsAsAsked(taken);
  capIsOpen(act, pledgeBefore(act));
  asAsked(taken, "green");
  needsRoom(act, adds || act.body.cap_cny !== undefined || act.body.green !== undefined);
}

function capsAsAsked(taken) {
  const { act } = taken;
  const [caps, before] = [taken.listOf("caps"), pledgeBefore(act)];
  const isCleared = act.event.changes.some((change) => change.caps !== undefined) !== (caps !== undefined);
  act.must(!isCleared, "the tranches of the cap are not listed");
  if (act.body.cap_cny === undefined) {
    act.must(caps === undefined, "the cap changes without being asked for");
    return;
  }
  const asked = micro(act.body.cap_cny);
  if (before === undefined) {
    if (caps === undefined) return;
    const ascends = caps.every(({ entry }, at) => entry <= act.index && (at === 0 || caps[at - 1].entry < entry));
    const isWritten = caps.every((item) => Object.keys(item).sort().join() === "amount,entry" && micro(item.amount) > 0n);
    act.must(ascends && isWritten && caps.reduce((sum, item) => sum + micro(item.amount), 0n) === asked, "the cap is not that asked for");
    return;
  }
  const wanted = [];
  let left = asked;
  for (const { amount, entry } of before.caps ?? []) {
    const part = micro(amount) < left ? micro(amount) : left;
    left -= part;
    if (part > 0n) wanted.push({ amount: written(part), entry });
  }
  // The first cap stands where the pledge does.
  const entry = before.caps === undefined ? numberOf(act.body.pledge) : act.index;
  if (left > 0n) wanted.push({ amount: written(left), entry });
  act.must(same(caps ?? before.caps ?? [], wanted), "the tranches of the cap are not those asked for");
}

/// A claim is extended, never cut short (law 2).
function termIsLater(act) {
  const { term, pledge } = act.body;
  if (act.law === 1 || term === undefined || !act.hasHistory("pledge", pledge)) return;
  const had = act.record("pledge", pledge).term;
  act.must(had === undefined || had.to <= term.to, "the claim is cut short");
}

function extend(taken, lines) {
  const { act } = taken;
  termIsLater(act);
  const { term } = act.body;
  const wanted = [];
  for (const { line: number, to, behind, quantity } of act.body.lines ?? []) {
    const isOwn = behind !== undefined || quantity !== undefined;
    if (lines.put.has(number)) {
      act.must(!isOwn, `line ${number} stands behind others and is not added`);
      lines.becomes(number, (line) => (lines.comesBetween(number, line, to) ? undefined : extendedEnd(longer(line, to), term)),
        (now) => now.released === undefined && now.quantity !== undefined && now.to === to && same(extendedEnd(now, term), now));
      continue;
    }
    const line = lines.stood(number);
    if (line === undefined) {
      const fits = (added) => lines.isUnknown(added) && added.quantity !== undefined && added.to === to
        && (quantity === undefined || micro(added.quantity) === micro(quantity)) && same(added.behind ?? [], behind ?? []) && same(extendedEnd(added, term), added);
      wanted.push({ fits, isSure: true });
      continue;
    }
    act.must(longer(line, to) !== undefined, `line ${number} does not get longer`);
    act.must(isOwn || lines.comesBetween(number, line, to) !== false, `line ${number} is extended in its place`);
    const asked = quantity === undefined ? quantityOf(line) : micro(quantity);
    act.must(asked > 0n && asked <= quantityOf(line), `line ${number} has less than is extended`);
    const part = withQuantity(line, asked);
    const days = extendedEnd({ ...part, from: line.to, to }, term);
    wanted.push({ fits: (added) => same(added, placed(days, behind)), isSure: true });
  }
  const adds = lines.movesOrAdds(namedIn(act.body), wanted, term);
  asAsked(taken, "term");
  asAsked(taken, "maximum");
  periodIsLonger(act, pledgeBefore(act));
  lines.movesAll(term);
  needsRoom(act, adds || act.body.maximum !== undefined || lines.mayMove(term));
}

/// A member of the pledge that the command may set is what it asks for, and set only where it was not so before.
function asAsked({ act }, member) {
  const change = act.event.changes.find(({ of }) => of === `pledge|${act.body.pledge}`) ?? {};
  const [put, asked, before] = [change[member], act.body[member], pledgeBefore(act)];
  const isSame = before !== undefined && same(asked, before[member]);
  const mayStay = asked === undefined || before === undefined || isSame;
  act.must(put === undefined ? mayStay : same(put, asked) && !isSame, `${member} is not that asked for`);
}

function substitute({ act }, lines) {
  for (const { line, quantity } of act.body.drop) lines.givesBack(line, quantity);
  const wanted = act.body.add.map((line) => placed({ right: line.right, ...extentOf(line) }, line.behind));
  const added = lines.added(namedIn(act.body));
  linesLapse(act, added, pledgeBefore(act));
  act.must(same(added.map((line) => without(line, "expires")), wanted), "the added lines are not those asked for");
}

function dispose(taken, lines) {
  const { act } = taken;
  const { document, line, proceeds_cny: proceeds, quantity, authority, buyer } = act.body;
  basisHolds(act);
  lines.givesBack(line, quantity);
  act.must(lines.added([line]).length === 0, "another line than the one disposed of");
  const item = {
    document, entry: act.index, line, proceeds: written(micro(proceeds)), ...(quantity !== undefined && { quantity: written(micro(quantity)) }),
    ...(authority && { authority }), ...(buyer && { buyer }),
  };
  const [noted, before] = [taken.listOf("disposals") ?? [], pledgeBefore(act)];
  act.must(same(noted.at(-1), item), "the disposal is not noted as asked");
  act.must(before === undefined || same(noted.slice(0, -1), withRoom(before)), "the disposals of before are not those noted");
  soldAsAsked(taken, lines.put.get(line));
}

/// The disposals of before, without one that gives way where there is no room: the first of a line that no note joins.
function withRoom({ disposals = [], joint = [] }) {
  const joined = new Set(joint.flatMap(({ first, second }) => [first, second]));
  const old = disposals.length >= NOTES_MAX ? disposals.find(({ line }) => !joined.has(line)) : undefined;
  return disposals.filter((sale) => sale !== old);
}

/// What was sold has left a right whose history is shown: units, a flow on its days, or by a court years or all of the ground.
function soldAsAsked({ act, rows }, { right: name }) {
  if (!act.hasHistory("right", name)) return;
  const { pledge, line, quantity, buyer } = act.body;
  const [of, right] = [`right|${name}`, act.record("right", name)];
  const said = without(act.event.changes.find((change) => change.of === of) ?? {}, "of");
  if (said.steps !== undefined) said.steps = rows.filter((row) => row.of === of && row.list === "steps").map(itemOf);
  const burden = right.burdens.find(({ id }) => id === `${pledge}.${line}`);
  const sold = micro(quantity ?? burden.quantity ?? "0");
  const today = dayText(civilDay(act.time));
  let wanted = {};
  const isWithBuyer = buyer !== undefined && act.acting(buyer) === act.acting(right.holder);
  const byCourt = act.org === "M0";
  const counted = { ...right, burdens: counting(right, act.time) };
  const mostForSale = byCourt ? mostByCourt : mostByAgreement;
  const undivided = leftUndivided(pledgeBefore(act), line);
  const beneath = right.measure === undefined ? mostForSale(counted, burden, today) : undefined;
  const most = beneath !== undefined && undivided !== undefined && undivided < beneath ? undivided : beneath;
  // Where those before it leave nothing, a court notes what there was for the line.
  const isGone = isGoneBeneath(right, burden, today) || (byCourt && most === 0n);
  if (!isWithBuyer && !isGone) {
    act.must(most === undefined || sold <= most, `${burden.id} sells what others hold`);
    if (right.balance !== undefined) wanted = { balance: less(right.balance, sold) };
    else if (right.steps !== undefined) {
      const steps = lessened(right, burden, sold, today);
      if (!same(steps, right.steps)) wanted = { steps };
    } else {
      act.must(buyer !== undefined && act.org === "M0", "ground is sold to a party, by a court");
      const hasOthers = burden.from !== undefined && outlasts(right, burden, today);
      wanted = hasOthers ? withSoldYears(right, burden) : { holder: buyer, acquired: act.index };
    }
  }
  act.must(same(said, wanted), `what was sold has not left ${name}`);
}

const LINE_ACTS = { amend_pledge: amend, extend_pledge: extend, substitute_collateral: substitute, record_disposal: dispose };

/// Says whether the acts of a type change lines.
export function changesLines(type) {
  return Object.hasOwn(SETS, type);
}

/// Checks that an act changes the lines that its payload asks for, and nothing else.
export function linesAsAsked(act) {
  const { type } = act.payload;
  checkForm(act);
  const taken = new Taken(act);
  taken.burdensSayTheSame();
  if (type === "change_rank") {
    taken.changesOnly(act.body.from.map((id) => id.split(".")[0]), []);
    orderAsAsked(act, taken.lines, taken.touched);
    return;
  }
  taken.changesOnly([act.body.pledge], SETS[type], type === "record_disposal" ? SOLD : []);
  const put = new Map([...taken.lines].map(([id, line]) => [Number(id.split(".")[1]), line]));
  const lines = new Lines(act, put);
  touchesOnly(taken, lines);
  attestedAsAsked(taken);
  LINE_ACTS[type](taken, lines);
}

// ---------------------------------------------------------------------------------------------------------------------
// Events of law 1, under either law
// ---------------------------------------------------------------------------------------------------------------------

const RESULTS = {
  amend_pledge: (lines, { line: number, quantity }) => {
    const asked = micro(quantity);
    const mayGrow = lines.act.law === 1;
    lines.becomes(number, (line) => {
      const had = quantityOf(line);
      return had === undefined || (asked > had && !mayGrow) ? undefined : withQuantity(line, asked);
    }, (now) => now.released === undefined && quantityOf(now) === asked);
  },
  extend_pledge: (lines, { line: number, to }) => {
    const mayCome = lines.act.law === 1;
    lines.becomes(number, (line) => (!mayCome && lines.comesBetween(number, line, to) ? undefined : longer(line, to)),
      (now) => now.released === undefined && now.to === to);
  },
  release_pledge: (lines, { line, quantity }) => lines.givesBack(line, quantity),
};

/// Checks the line results of an amendment, an extension or a release.
export function resultsAsAsked(act) {
  const { type } = act.payload;
  if (!Object.hasOwn(RESULTS, type)) return;
  const { body, event } = act;
  const changes = body.lines ?? [];
  const adds = body.cap_cny !== undefined || body.green !== undefined || body.maximum !== undefined || act.payload.attested !== undefined || changes.some((line) => line.behind !== undefined || (type === "extend_pledge" && line.quantity !== undefined));
  const results = event.lines ?? [];
  const lines = new Lines(act, new Map(results.map((result) => [result.line, without(result, "line")])));
  act.must(lines.put.size === results.length, "a line twice");
  if (type === "extend_pledge") termIsLater(act);
  const moves = type === "extend_pledge" && lines.moves(body.term);
  act.must(type === "release_pledge" || !(adds || moves), "the event has no room for what the body adds");
  const isAll = type === "release_pledge" && changes.length === 0;
  for (const change of isAll ? results.map(({ line }) => ({ line })) : changes) RESULTS[type](lines, change);
  if (type === "release_pledge") basisHolds(act);
  if (isAll) {
    act.must(results.every(({ line }, at) => at === 0 || results[at - 1].line < line), "the lines are not in their order");
    for (let number = 0; number < 64; number += 1) {
      const isOpen = !lines.put.has(number) && lines.was(number) !== GONE && lines.was(number) !== undefined;
      act.must(!isOpen, `line ${number} is not released`);
    }
  }
}
