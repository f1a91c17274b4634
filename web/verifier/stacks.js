//! Burdens that count, in stacks (FORMATS 7.5): what a right has at an instant, what stands on it, and what hangs over.

import { counts } from "./fold.js";
import { micro } from "./values.js";

export function isFreeze(burden) {
  return burden.id.startsWith("F");
}

/// The burdens of a right that count at the time of the state entry, in the order of the list.
export function counting(right, time) {
  return right.burdens.filter((burden) => counts(burden, time));
}

/// Those of them that have the extent of a model; no other is taken from it.
export function countingAs(model, right, time) {
  return counting(right, time).filter(({ quantity, from }) =>
    (model === "land" ? quantity === undefined : quantity !== undefined && (model === "flow") === (from !== undefined)));
}

/// The days of a burden on a right.
export function daysOf(burden, right) {
  return { from: burden.from ?? right.span.from, to: burden.to ?? right.span.to };
}

export function shareDay(left, right) {
  return left.from < right.to && right.from < left.to;
}

export function standsBehind(left, right) {
  return (left.behind ?? []).includes(right.id) || (right.behind ?? []).includes(left.id);
}

/// The stack of every burden, as the lowest position in it.
export function stacksOf(burdens) {
  const stack = burdens.map((_, at) => at);
  const root = (at) => (stack[at] === at ? at : root(stack[at]));
  burdens.forEach((burden, at) => {
    for (let before = 0; before < at; before += 1) {
      if (!standsBehind(burden, burdens[before])) continue;
      const [low, high] = [root(at), root(before)].sort((left, right) => left - right);
      stack[high] = low;
    }
  });
  return burdens.map((_, at) => root(at));
}

function largest(left, right) {
  return left > right ? left : right;
}

/// The sum of all stacks, each as large as its largest burden.
export function taken(burdens) {
  const stacks = stacksOf(burdens);
  const rooms = new Map();
  burdens.forEach((burden, at) => rooms.set(stacks[at], largest(rooms.get(stacks[at]) ?? 0n, micro(burden.quantity))));
  let sum = 0n;
  for (const room of rooms.values()) sum += room;
  return sum;
}

/// What hangs over of each burden where the right has `has`, in millionths.
export function overhangs(burdens, has) {
  const stacks = stacksOf(burdens);
  const rooms = new Map();
  const added = burdens.map((burden, at) => {
    const before = rooms.get(stacks[at]) ?? 0n;
    const quantity = micro(burden.quantity);
    rooms.set(stacks[at], largest(before, quantity));
    return quantity > before ? quantity - before : 0n;
  });
  let lacks = taken(burdens) - has;
  for (let at = burdens.length - 1; at >= 0 && lacks > 0n; at -= 1) {
    if (isFreeze(burdens[at])) continue;
    const falls = lacks < added[at] ? lacks : added[at];
    lacks -= falls;
    rooms.set(stacks[at], rooms.get(stacks[at]) - falls);
  }
  return burdens.map((burden, at) => {
    if (isFreeze(burden)) return 0n;
    return largest(micro(burden.quantity) - rooms.get(stacks[at]), 0n);
  });
}

/// What a flow has on a day.
export function flowAt(right, day) {
  const { span, steps, revoked_from: revoked } = right;
  if (day < span.from || day >= span.to || (revoked !== undefined && day >= revoked)) return 0n;
  const step = steps.findLast((item) => item.from <= day);
  return step ? micro(step.quantity) : 0n;
}

/// What a stock has on a day.
export function stockAt(right, day) {
  return right.revoked_from !== undefined && right.revoked_from <= day ? 0n : micro(right.balance);
}

/// The days from `first` on at which something about a flow changes, `first` included, ascending.
export function changesOf(right, burdens, first) {
  const days = [first, right.span.from, right.span.to, ...right.steps.map((step) => step.from)];
  if (right.revoked_from !== undefined) days.push(right.revoked_from);
  for (const burden of burdens) days.push(burden.from, burden.to);
  return [...new Set(days)].filter((day) => day >= first).sort();
}

/// The burdens of a flow that stand on a day.
export function standing(burdens, day) {
  return burdens.filter((burden) => burden.from <= day && day < burden.to);
}
