//! A part of a right that goes to somebody or turns into something, with the lines that go along (FORMATS 6.8): the exact event,
//! where the history of the right is shown. Of a pledge without history only the numbers of its lines are taken from the event.

import { write } from "./canonical.js";
import { eventOf, noted } from "./difference.js";
import { ownerOf } from "./events.js";
import { without } from "./fold.js";
import { convertedOf } from "./free.js";
import { policyAt } from "./givers.js";
import { hangingOn } from "./hanging.js";
import { lineBefore, lineOf } from "./known.js";
import { sourceOf } from "./policies.js";
import { lessened } from "./sold.js";
import { changesOf, countingAs, flowAt, isFreeze, shareDay, stacksOf, standing, taken } from "./stacks.js";
import { civilDay, dayText, digitsOf, identityName, micro, written } from "./values.js";

const EXTENT = ["quantity", "from", "to"];

const least = (left, right) => (left < right ? left : right);
const notBelowZero = (value) => (value > 0n ? value : 0n);
const replaced = (items, place, item) => items.map((other, at) => (at === place ? item : other));
const asExtent = (millionths) => (millionths > 0n ? { quantity: written(millionths) } : undefined);

function amountOf(act, { quantity, unit }, policy) {
  const fits = unit === policy.unit.name && digitsOf(quantity) <= policy.unit.scale;
  act.must(fits && micro(quantity) > 0n, `the quantity does not fit ${policy.kind}`);
  return micro(quantity);
}

/// What a right gets out of a transfer, its lines of `moved` and what is left of the old right.
function transferred(act, right, policy) {
  const { to, quantity, identities, lines = [], succession } = act.body;
  act.must(to !== right.holder, `${to} has the right already`);
  const amount = amountOf(act, act.body, policy);
  act.must(right.measure === undefined, "ground has no parts");
  const isFlow = right.steps !== undefined;
  const today = dayText(civilDay(act.time));
  const levels = isFlow ? daysToCome(right, today).map((day) => flowAt(right, day)) : [micro(right.balance)];
  act.must(levels.length > 0, "all days of the right are over");
  const left = levels.reduce(least) - amount;
  act.must(left > 0n, "no part, but all of it or more");
  const moved = [];
  for (const { line, quantity: part } of lines) {
    const burden = right.burdens.find(({ id }) => id === line);
    const stands = line.startsWith("P") && burden?.quantity !== undefined && moved.every((item) => item.burden !== burden);
    act.must(stands && (!isFlow || today < burden.to), `${line} does not stand, or goes twice`);
    act.must(!isFlow || part !== undefined, "a line of a flow goes in a quantity");
    const held = micro(burden.quantity);
    const [stays, goes] = part === undefined ? [least(held, left), least(held, amount)] : [held - micro(part), micro(part)];
    act.must(goes > 0n && stays >= 0n, `${line} has less, or nothing goes`);
    const { from, to: end } = burden;
    const [its, days] = isFlow ? [{ from, to: end }, { from: from > today ? from : today, to: end }] : [{}, {}];
    const rest = asExtent(stays);
    moved.push({
      burden, stays: rest && { ...rest, ...its }, goes: { ...asExtent(goes), ...days }, joint: part === undefined ? held : undefined,
    });
  }
  const isBlocked = policy.transfer?.pledged === "blocked" && !succession;
  act.must(moved.length === 0 || !isBlocked, "the kind does not go while it is pledged");
  const kept = { ...without(right, "acquired", "source", "verifications"), holder: to, identities };
  if (!isFlow) {
    return { moved, made: { ...kept, balance: written(amount) }, policy, after: { ...right, balance: written(left) } };
  }
  const [from] = daysToCome(right, today);
  const span = { from, to: right.span.to };
  const made = { ...kept, span, steps: [{ from, quantity: written(amount) }] };
  return { moved, made, policy, after: { ...right, steps: lessened(right, span, amount, today) } };
}

/// The days to come of a flow on which something may change, its first one among them.
function daysToCome(right, today, burdens = []) {
  const first = right.span.from > today ? right.span.from : today;
  return changesOf(right, burdens, first).filter((day) => day < right.span.to);
}

/// What there is of a right before its division, with what stays on it and what goes: of a flow, whenever one of them changes.
function instants(act, right, after, made) {
  if (right.steps === undefined) {
    return [[micro(right.balance), countingAs("stock", after, act.time), countingAs("stock", made, act.time)]];
  }
  const [stay, along] = [countingAs("flow", after, act.time), countingAs("flow", made, act.time)];
  const days = daysToCome(right, dayText(civilDay(act.time)), [...stay, ...along]);
  return days.map((day) => [flowAt(right, day), standing(stay, day), standing(along, day)]);
}

function converted(act, right, policy) {
  const { into, years } = act.body;
  const madeOf = policyAt(act, into.kind);
  act.must((policy.convert?.into ?? []).includes(into.kind) && madeOf.model === "stock", "the kind does not turn into that one");
  act.must(right.adjudication === undefined || right.resolution !== undefined, "the right is disputed");
  act.must(dayText(civilDay(act.time)) < into.span.to, "what it turns into is over");
  if (years === undefined && into.kind === right.kind) {
    const isKept = amountOf(act, into, madeOf) === amountOf(act, act.body, policy) && right.span.to <= into.span.to;
    act.must(isKept, "units of one kind keep their quantity and their days");
  }
  const whole = amountOf(act, into, madeOf);
  const step = 10n ** BigInt(6 - madeOf.unit.scale);
  const share = (part, of) => {
    const goes = (((whole * part) / of) / step) * step;
    act.must(goes > 0n, "a line gets nothing");
    return asExtent(goes);
  };
  const { moved, after } = years === undefined
    ? ofQuantity(act, right, amountOf(act, act.body, policy), share) : ofYears(act, right, share);
  const { kind, identities, span, class: klass } = into;
  const made = {
    kind, identities, span, issuer: act.org, holder: right.holder, balance: written(whole), ...(klass !== undefined && { class: klass }),
    ...(right.attributes !== undefined && { attributes: right.attributes }),
  };
  return { moved, made, policy: madeOf, after };
}

/// Free units go first, then those of lines, the latest stack first.
function ofQuantity(act, right, amount, share) {
  act.must(right.balance !== undefined, "only a stock has a quantity that turns into something");
  const balance = micro(right.balance);
  const burdens = countingAs("stock", right, act.time);
  act.must(amount <= balance - taken(burdens.filter(isFreeze)), "more than there is, or what is frozen");
  let still = notBelowZero(amount - notBelowZero(balance - taken(burdens)));
  const stacks = stacksOf(burdens);
  const moved = [];
  for (const stack of [...new Set(stacks)].sort((left, right) => right - left)) {
    const own = burdens.filter((_, at) => stacks[at] === stack);
    if (!own.every(({ id }) => id.startsWith("P"))) continue;
    const highest = own.map(({ quantity }) => micro(quantity)).reduce((left, right) => (left > right ? left : right));
    const most = least(highest, still);
    still -= most;
    for (const burden of own) {
      const held = micro(burden.quantity);
      const goes = held - least(held, highest - most);
      if (goes > 0n) moved.push({ burden, stays: asExtent(held - goes), goes: share(goes, amount) });
    }
  }
  act.must(still === 0n, "more than is free or goes along");
  return { moved, after: { ...right, balance: written(balance - amount) } };
}

const yearOf = (day) => BigInt(day.slice(0, 4));

function ofYears(act, right, share) {
  act.must(right.measure !== undefined, "only ground has years that turn into something");
  const [first, last] = act.body.years;
  const years = { from: `${first}-01-01`, to: `${last + 1}-01-01` };
  act.must(years.to <= dayText(civilDay(act.time)), "the years are not over");
  const isInside = right.span.from <= years.from && years.to <= right.span.to;
  act.must(isInside && !convertedOf(right).some((span) => shareDay(span, years)), "years that the right does not have");
  const moved = [];
  for (const burden of right.burdens) {
    const isByYears = burden.from !== undefined && burden.quantity === undefined;
    if (!isByYears || !shareDay(burden, years)) continue;
    const from = burden.from > years.from ? burden.from : years.from;
    const to = burden.to < years.to ? burden.to : years.to;
    const [isBefore, isBehind] = [burden.from < from, to < burden.to];
    act.must(burden.id.startsWith("P") && !(isBefore && isBehind), `${burden.id} is in the way`);
    const rest = isBefore ? { from: burden.from, to: from } : { from: to, to: burden.to };
    const goes = share(yearOf(to) - yearOf(from), yearOf(years.to) - yearOf(years.from));
    moved.push({ burden, stays: isBefore || isBehind ? rest : undefined, goes });
  }
  const after = { ...right, converted: [...(right.converted ?? []), `${first}-${last}`] };
  return { moved, after };
}

/// Wherever a line goes, it lapses when it would have.
function endOf({ expires }) {
  return expires === undefined ? {} : { expires };
}

/// The pledges of the lines that move, before and after.
class Pledges {
  constructor(act, right) {
    this.act = act;
    this.right = right;
    this.before = new Map();
    this.after = new Map();
  }

  changed() {
    return [...this.after].map(([name, after]) => [`pledge|${name}`, this.before.get(name), after]);
  }

  set(name, record) {
    this.after.set(name, record);
  }

  /// Leaves of a line what stays, adds what goes; returns the name of that.
  move({ burden, stays, goes, joint }) {
    const { act } = this;
    const [name, number] = [ownerOf(burden.id), Number(burden.id.split(".")[1])];
    if (!this.after.has(name)) {
      this.before.set(name, this.stood(name));
      this.after.set(name, this.before.get(name));
    }
    const pledge = this.after.get(name);
    act.must(number < pledge.lines.length, `${name} has no line ${number}`);
    const line = pledge.lines[number];
    const rest = stays === undefined ? { ...line, released: true } : { ...without(line, ...EXTENT), ...stays };
    const further = pledge.lines.length;
    const lines = [...replaced(pledge.lines, number, rest), { right: `R${act.index}`, ...goes, ...endOf(burden) }];
    // What a split left undivided stays together, wherever its parts go.
    const isPart = (pledge.joint ?? []).some((note) => note.first === number || note.second === number);
    const undivided = isPart ? line.quantity : undefined;
    const quantity = joint === undefined ? undivided : written(joint);
    const note = { entry: act.index, first: number, quantity, second: further };
    this.set(name, quantity === undefined ? { ...pledge, lines } : noted({ ...pledge, lines }, "joint", note));
    return `${name}.${further}`;
  }

  standBehind(id, behind) {
    const [name, number] = [ownerOf(id), Number(id.split(".")[1])];
    const pledge = this.after.get(name);
    this.set(name, { ...pledge, lines: replaced(pledge.lines, number, { ...pledge.lines[number], behind }) });
  }

  /// A pledge as the entry found it, or as far as the law asks: the lines on the right, and how many it had.
  stood(name) {
    const { act } = this;
    if (act.hasHistory("pledge", name)) {
      const before = act.before("pledge", name);
      act.must(before !== undefined, `${name} did not exist`);
      return before;
    }
    const shown = act.run.records.get(`pledge|${name}`)?.record;
    act.must(shown, `the record of ${name} is not shown`);
    const rows = (act.event.rows ?? []).filter((row) => row.of === `pledge|${name}` && row.list === "lines");
    const further = rows.filter((row) => row.right === `R${act.index}`).map((row) => row.line).sort((left, right) => left - right);
    const isNext = further.length > 0 && further.at(-1) < shown.lines.length;
    act.must(isNext, `${name} gets lines with other numbers than the next`);
    for (let number = further[0]; number < shown.lines.length; number += 1) {
      act.must(lineBefore(act, name, number) === undefined, `${name} gets lines with other numbers than the next`);
    }
    const lines = Array.from({ length: further[0] }, (_, number) => {
      const burden = this.right.burdens.find(({ id }) => id === `${name}.${number}`);
      return burden === undefined ? {} : lineOf(act.body.right, burden);
    });
    const joint = (shown.joint ?? []).filter(({ entry }) => entry < act.index);
    return { lines, ...(joint.length > 0 && { joint }) };
  }
}

/// The burdens of both rights after the lines have moved; they stand behind those of them that they stood behind.
function burdensAfter(right, moved, pledges) {
  const names = new Map();
  const place = (item) => right.burdens.indexOf(item.burden);
  const ordered = [...moved].sort((left, other) => place(left) - place(other));
  for (const item of ordered) names.set(item.burden.id, pledges.move(item));
  const made = ordered.map(({ burden, goes }) => {
    const id = names.get(burden.id);
    const behind = (burden.behind ?? []).filter((senior) => names.has(senior)).map((senior) => names.get(senior));
    if (behind.length > 0) pledges.standBehind(id, behind);
    return { id, ...goes, ...endOf(burden), ...(behind.length > 0 && { behind }) };
  });
  const left = right.burdens.flatMap((burden) => {
    const item = moved.find((other) => other.burden === burden);
    if (item === undefined) return [burden];
    return item.stays === undefined ? [] : [{ ...without(burden, ...EXTENT), ...item.stays }];
  });
  return { made, left };
}

/// Checks that the event is the one that the law makes of the right before it.
export function carriedAsMade(act) {
  const { right: name } = act.body;
  const right = act.rightBefore(name);
  const type = act.payload.type;
  const policy = policyAt(act, right.kind);
  const parts = (type === "transfer_right" ? transferred : converted)(act, right, policy);
  const pledges = new Pledges(act, right);
  const burdens = burdensAfter(right, parts.moved, pledges);
  const after = { ...parts.after, burdens: burdens.left };
  const created = `R${act.index}`;
  const source = sourceOf(parts.policy, parts.made.identities[0]);
  const made = { ...parts.made, burdens: burdens.made, succeeds: [], ...(source !== undefined && { source }) };
  if (type === "transfer_right") {
    const goes = micro(act.body.quantity);
    for (const [thereIs, stay, along] of instants(act, right, after, made)) {
      act.must(goes <= thereIs - taken(stay) && taken(along) <= goes, "more goes than is free");
    }
  }
  const records = [[`right|${name}`, right, after], [`right|${created}`, undefined, made], ...pledges.changed()];
  for (const identity of made.identities) records.push([`identity|${identityName(identity)}`, undefined, { right: created }]);
  if (source !== undefined) {
    // Who else draws from it is not shown; the event adds one item and says nothing of the others.
    const isNew = act.event.changes.some((change) => change.of === `source|${source}` && change.new);
    records.push([`source|${source}`, isNew ? undefined : { rights: [] }, { rights: [{ right: created, ...made.span }] }]);
  }
  const named = (act.event.overhangs ?? []).filter((item) => item.right === created);
  act.must(write(named) === write(hangingOn(created, made, act.time)), `the overhangs of ${created} are not those that the event leaves`);
  act.must(write(without(act.event, "overhangs")) === write(eventOf(type, records)), "the event is not what the act makes of the records before it");
}
