//! What a sale takes out of a right (FORMATS 6.7, 6.9): units, a flow on some days, years. Disposals, executions and divisions of a
//! flow share it.

import { convertedOf, freeDays } from "./free.js";
import { changesOf, daysOf, flowAt, isFreeze, standing, stockAt, taken } from "./stacks.js";
import { micro, written } from "./values.js";

/// Says whether from today on nothing is left of a right beneath a line: no units, no quantity, no days.
export function isGoneBeneath(right, burden, today) {
  if (right.balance !== undefined) return stockAt(right, today) === 0n;
  const { span, revoked_from: revoked } = right;
  const { from, to } = daysOf(burden, right);
  const first = [from, span.from, today].reduce((left, other) => (left > other ? left : other));
  const end = [to, span.to, revoked ?? span.to].reduce((left, other) => (left < other ? left : other));
  if (first >= end) return true;
  if (right.steps !== undefined) {
    return changesOf(right, [burden], first).filter((day) => first <= day && day < end).every((day) => flowAt(right, day) === 0n);
  }
  return burden.from !== undefined && freeDays({ from: first, to: end }, convertedOf(right)).length === 0;
}

/// Says whether a right has days from today on beside these years and those that are gone before.
export function outlasts(right, years, today) {
  const { span, revoked_from: revoked } = right;
  const live = { from: span.from > today ? span.from : today, to: revoked !== undefined && revoked < span.to ? revoked : span.to };
  return freeDays(live, [...convertedOf(right), years]).length > 0;
}

/// The converted years of a right, where there are any, with those of a burden last that it has to their end, such as 2029-2031.
export function withSoldYears({ converted = [], span, revoked_from: revoked }, { from, to }) {
  const end = [to, span.to, revoked ?? to].map((day) => Number(day.slice(0, 4))).reduce((left, other) => Math.min(left, other));
  return Number(from.slice(0, 4)) < end ? { converted: [...converted, `${from.slice(0, 4)}-${end - 1}`] } : {};
}

/// A quantity without what was sold.
export function less(quantity, sold) {
  const rest = micro(quantity) - sold;
  return written(rest < 0n ? 0n : rest);
}

/// The steps of a flow without what was sold, on the days of the line from today on.
export function lessened({ steps, span }, { from, to }, sold, today) {
  const first = from < today ? today : from;
  if (first >= to) return steps;
  const all = [...steps];
  for (const day of [first, to]) {
    const at = all.findLastIndex((step) => step.from <= day);
    if (at >= 0 && all[at].from < day && day < span.to) all.splice(at + 1, 0, { ...all[at], from: day });
  }
  return all.map((step) => (first <= step.from && step.from < to ? { ...step, quantity: less(step.quantity, sold) } : step));
}

/// How much of a freeze can be sold: what all that came before it leaves, of a flow on each day to come.
export function mostToSell(right, freeze, today) {
  return leftOf(right, freeze, right.burdens.slice(0, right.burdens.indexOf(freeze)), today);
}

/// How much of a line can be sold by agreement: what those before it leave, and those after it that do not stand behind it. A
/// freeze that came later is none of them.
export function mostByAgreement(right, line, today) {
  const place = right.burdens.indexOf(line);
  const stays = (burden, at) => at < place || (at > place && !isFreeze(burden) && !(burden.behind ?? []).includes(line.id));
  return leftOf(right, line, right.burdens.filter(stays), today);
}

/// How much of a line a court can sell: what the lines and reservations before it leave.
export function mostByCourt(right, line, today) {
  const before = right.burdens.slice(0, right.burdens.indexOf(line));
  return leftOf(right, line, before.filter((burden) => !isFreeze(burden)), today);
}

/// How much may yet be sold of a line that splits left undivided: what each note that joins it with others secures, less what was sold
/// of all these since. Undefined of a line that counts for itself, and where the file does not show the pledge.
export function leftUndivided(pledge, number) {
  const { joint = [], disposals = [], lines } = pledge ?? {};
  const soldOf = ({ line, quantity }) => micro(quantity ?? (lines[line].from === undefined ? lines[line].quantity : undefined) ?? "0");
  const rests = joint.map((note, place) => {
    const group = new Set([note.first]);
    for (const { first, second } of joint.slice(place)) if (group.has(first)) group.add(second);
    const since = disposals.filter(({ entry, line }) => entry > note.entry && group.has(line));
    return { group, rest: since.reduce((left, sale) => left - soldOf(sale), micro(note.quantity)) };
  });
  const its = rests.filter(({ group }) => group.has(number)).map(({ rest }) => notBelowZero(rest));
  return its.length === 0 ? undefined : its.reduce((left, other) => (left < other ? left : other));
}

function leftOf(right, burden, others, today) {
  const least = (left, other) => (left < other ? left : other);
  const held = micro(burden.quantity);
  if (right.balance !== undefined) return least(held, notBelowZero(stockAt(right, today) - taken(others)));
  const days = changesOf(right, [...others, burden], today).filter((day) => day < burden.to && burden.from <= day);
  if (days.length === 0) return 0n;
  return days.map((day) => notBelowZero(flowAt(right, day) - taken(standing(others, day)))).reduce(least, held);
}

function notBelowZero(millionths) {
  return millionths > 0n ? millionths : 0n;
}
